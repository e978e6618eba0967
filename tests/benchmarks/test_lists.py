from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from benchmarks.population import populate
from benchmarks.population_rows import Size
from bot.chat.events import CommandUsed, HomeOpened, Place, Suggest
from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from storage import prepared
from storage.database import Database, open_database

HANDLERS = {spec.path: handler for spec, handler, *_ in ROUTES.commands}
SUGGESTED = 6
"""Statements of a completion, at most: whole titles and beginnings, the newest by words, then by spelling."""


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Size]]:
    """A programme with a student who has twenty applications, and a project with three hundred."""
    path: Path = tmp_path_factory.mktemp("programme") / "stint.db"
    size = populate(f"sqlite:///{path}", 1_000)
    database = open_database(f"sqlite:///{path}", inline=True)
    yield database, size
    database.close_inline()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are run."""
    found: list[str] = []

    def executed(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        found.append(given[2])

    run = prepared._run  # noqa: SLF001 - the one way of every prepared statement

    def noted(connection: Any, plan: Any, values: Any, **how: bool) -> Any:  # noqa: ANN401 - what the method returns
        found.append(plan.sql)
        return run(connection, plan, values, **how)

    monkeypatch.setattr(prepared, "_run", noted)
    event.listen(Engine, "before_cursor_execute", executed)
    yield found
    event.remove(Engine, "before_cursor_execute", executed)


@pytest.mark.parametrize(
    ("who", "command", "options", "most"),
    [
        ("busy_student", "applications", {}, 15),
        ("coordinator", "applicants", {}, 6),
        ("employer", "applicants", {"project": "1"}, 7),
        ("busy_student", "apply", {}, 5),
        ("coordinator", "placement", {}, 6),
        ("employer", "placement", {}, 7),
        ("coordinator", "cohort list", {}, 7),
        ("coordinator", "project list", {"mine": "yes"}, 5),
        ("busy_student", "project list", {}, 6),
        ("busy_student", "", {}, 32),
        ("coordinator", "", {}, 22),
    ],
)
def test_a_list_loads_what_it_shows(
    programme: tuple[Database, Size],
    asked: list[str],
    who: str,
    command: str,
    options: dict[str, str],
    most: int,
) -> None:
    """However much there is, a page takes few statements: none for each of its lines, or of the others'."""
    database, size = programme
    user = size.user(getattr(size, who))
    here: dict[str, Any] = {
        "id": "1",
        "at": size.now,
        "actor": user,
        "place": Place(size.platform, "space", "d", "dm"),
    }

    def show(turn: Turn) -> None:
        if command:
            path = tuple(command.split())
            HANDLERS[path](turn, CommandUsed(**here, path=path, options=options))
        else:
            assert ROUTES.home is not None
            ROUTES.home(turn, HomeOpened(**here))

    _act(database, size, who, show)
    assert 0 < len(asked) <= most, asked


@pytest.mark.parametrize("typed", ["", "market", "shop 77", "nothing is called so"])
@pytest.mark.parametrize("command", ["apply", "applicants", "project show"])
def test_completion_loads_what_it_offers(
    programme: tuple[Database, Size], asked: list[str], command: str, typed: str
) -> None:
    """Whatever is typed, completion takes few statements, and offers at most what a platform shows."""
    database, size = programme
    path = tuple(command.split())
    here: dict[str, Any] = {
        "id": "1",
        "at": size.now,
        "actor": size.user(1),
        "place": Place(size.platform, "space", "d", "dm"),
    }

    def offer(turn: Turn) -> None:
        found = ROUTES.suggestions[path, "project"](
            turn, Suggest(**here, path=path, option="project", typed=typed)
        )
        assert len(found) <= 25
        assert bool(found) == (typed != "nothing is called so")

    _act(database, size, "coordinator", offer)
    assert 0 < len(asked) <= SUGGESTED, asked


class _Undone(Exception):
    """Nothing of the turn is kept."""


def _act(database: Database, size: Size, who: str, act: Any) -> None:  # noqa: ANN401 - a function of a turn
    number = getattr(size, who)
    role = who.removeprefix("busy_")

    def turn_of(work: Any) -> None:  # noqa: ANN401 - a unit of work
        act(
            Turn(
                work,
                size.now,
                1,
                number,
                frozenset({role}),
                user=size.user(number),
                place=Place(size.platform, "space", "d", "dm"),
                routes=ROUTES,
                source="command:1",
            )
        )
        raise _Undone

    with pytest.raises(_Undone):
        database.transact_inline(turn_of)

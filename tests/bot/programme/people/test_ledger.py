"""The ledger in pieces: what is over and names a person who is forgotten, or joined to another."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from sqlalchemy import insert, select

from bot.chat.content import dump_message, message, text
from bot.programme import people
from bot.programme.accounts import forget, merge
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.people import ledger, unnaming
from storage.statistics import gather
from storage.tables import Notice, Person, Task, metadata, outbox, timers
from tests.support.in_memory import begun, carried, fired, person, steps

OVER: Final = ("outbox", "notices", "tasks")
MANY: Final = 7
ONCE: Final = 2


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are a piece."""
    monkeypatch.setattr(ledger, "_ROWS_AT_ONCE", ONCE)


def say_of(turn: Turn, someone: Person, many: int = MANY) -> None:
    """So many messages that were sent, news that was brought and tasks that are done name a person."""
    said = dump_message(message(text("{person} was here.", person=people.person_name(someone))))
    common = {"programme_id": turn.programme_id, "message": said, "created_at": turn.now}
    sent = {"destination": "terminal/@eve", "operation": "send", "due_at": turn.now, "attempts": 1}
    kinds: dict[Any, dict[str, Any]] = {
        outbox: sent | {"state": "sent"},
        Notice: {"state": "told"},
        Task: {"kind": "project.approval", "state": "done"},
    }
    for table, values in kinds.items():
        for each in range(many):
            own = {"key": f"about-{someone.id}:{each}", "subject": f"project:{each}"}
            whose = {"person_id": 1000 + each} if table is Notice else {}
            turn.connection.execute(insert(table).values(common | values | own | whose))


def named(turn: Turn, number: int) -> int:
    """How many rows of what is over name a person."""
    found = [metadata.tables[name].c.message for name in OVER]
    said = [each for column in found for each in turn.connection.scalars(select(column))]
    return sum(unnaming.names(each, number) for each in said)


def go_on(turn: Turn, number: int) -> int:
    """Let the timer of a person's pieces fire until it is gone; how often it fired."""
    key, times = keys.FORGOTTEN(number), 0
    while turn.connection.execute(select(timers.c.id).where(timers.c.key == key)).first():
        carried(turn, ledger.rest_due(*fired(turn, key)))
        times += 1
    return times


def test_what_is_over_loses_a_forgotten_person_piece_by_piece(turn: Turn) -> None:
    """The turn that forgets them handles a piece of each table, and its timer the others."""
    ada = person(turn, "ada").person
    say_of(turn, ada)
    carried(turn, forget.erase(turn, ada))
    assert 0 < named(turn, ada.id) < len(OVER) * MANY
    assert go_on(turn, ada.id) > 1
    assert named(turn, ada.id) == 0


def test_what_is_over_names_the_joined_person_piece_by_piece(turn: Turn) -> None:
    """In the end every row names the first account's person, and no row the second one's."""
    first, second = person(turn, "ada").person, person(turn, "ida").person
    say_of(turn, second)
    carried(turn, merge.join(turn, first, second))
    assert named(turn, second.id) > 0
    go_on(turn, second.id)
    assert (named(turn, first.id), named(turn, second.id)) == (len(OVER) * MANY, 0)


def test_a_person_who_is_forgotten_before_the_pieces_of_a_join_end_is_named_nowhere(turn: Turn) -> None:
    """The pieces that are left take the name out in place of giving the other one."""
    first, second, third = (person(turn, each).person for each in ("ada", "ida", "ila"))
    for each in (second, third):
        say_of(turn, each)
    carried(turn, merge.join(turn, second, third))
    carried(turn, merge.join(turn, first, second))
    carried(turn, forget.erase(turn, first))
    for each in (third, second, first):
        go_on(turn, each.id)
    assert [named(turn, each.id) for each in (first, second, third)] == [0, 0, 0]


def _steps(act: Callable[[Turn, Person], object], many: int) -> int:
    """What an act about a person takes where so many rows of each table name another."""
    with begun() as turn:
        ada = person(turn, "ada").person
        say_of(turn, person(turn, "eve").person, many)
        gather(turn.connection)
        return steps(turn.work, lambda: act(turn, ada))


def _join(turn: Turn, other: Person) -> None:
    merge.join(turn, turn.person, other)


@pytest.mark.parametrize("act", [forget.erase, _join])
def test_the_turn_reads_no_more_in_a_larger_ledger(act: Callable[[Turn, Person], object]) -> None:
    """SQLite takes as many steps for it among a thousand rows of each table as among ten."""
    assert _steps(act, 1_000) < _steps(act, 10) * 1.1

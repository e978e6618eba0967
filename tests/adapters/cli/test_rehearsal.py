"""`stint simulate --from`: a programme's time to come, on a copy, as a coordinator reads it."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from adapters.simulation.rehearsal.causes import TIMERS, WAITS
from adapters.simulation.rehearsal.lines import CONFIDED_WORDS, line_of
from adapters.simulation.rehearsal.names import place_name, subject_name
from bot.chat.content import Message, message
from bot.chat.events import Place, UserRef
from bot.programme import ROUTES
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from storage.migrate import upgrade
from storage.tables import Application, Cohort, Programme, outbox
from storage.unit_of_work import UnitOfWork
from tests.support.commands import Done, Shell
from tests.support.in_memory import in_memory
from tests.support.projects import posted, seed_applications
from tests.support.stage import MONDAY, open_stage

WHAT_IS_SAID = """\
Riverside, 20 days from Mon 9 Mar 2026, 09:00: rehearsed on a copy, and nothing was sent.
All times are of Europe/London.

WEEK 2, from Mon 16 Mar 2026

Sat 21 Mar, 08:00  to Marta Ruiz, direct message
    The daily message (a reminder of a date), as it is the hour of the daily message
    | 2 applicants wait for your answer on Market map of repair shops. You promised it by Tue 24 March …

WEEK 3, from Mon 23 Mar 2026

Mon 23 Mar, 08:00  to Marta Ruiz, direct message
    The daily message (a reminder of a date), as it is the hour of the daily message
    | 2 applicants wait for your answer on Market map of repair shops. You promised it by Tue 24 March …
"""


async def _apply(folder: Path, url: str) -> None:
    async with open_stage(folder, url=url, start=MONDAY) as stage:
        await posted(stage, "ada", "ben")


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a programme in which two students have applied to a project, and wait."""
    folder = tmp_path_factory.mktemp("programme")
    url = f"sqlite:///{folder / 'stint.db'}"
    upgrade(url)
    asyncio.run(_apply(folder, url))
    return folder


def rehearse(shell: Shell, source: Path | str, *more: str) -> Done:
    """Rehearse it from the Monday on which they applied."""
    begin = ("--start", "2026-03-09T09:00:00", "--zone", "Europe/London")
    return shell("simulate", "--from", str(source), *begin, *more)


def value(folder: Path, query: str) -> Any:  # noqa: ANN401 - as the query is
    """The one value that a query gives."""
    with closing(sqlite3.connect(folder / "stint.db")) as database:
        return database.execute(query).fetchone()[0]


def test_what_a_programme_will_say_is_printed_with_its_reasons(shell: Shell, programme: Path) -> None:
    """Reminders, the release of those who got no answer, counts by week, and nothing of it is sent."""
    rows = value(programme, "SELECT count(*) FROM outbox")
    done = rehearse(shell, programme, "--days", "20")
    assert done.code == 0
    assert done.out.startswith(WHAT_IS_SAID)
    assert (
        done.out.count("to Ada Okafor, direct message\n    News of an application, as applicants wait") == 1
    )
    assert "Marta Ruiz         ·   1   3       4" in done.out
    assert "Nothing is waited for at the end." in done.out
    assert value(programme, "SELECT count(*) FROM outbox") == rows
    noted = "SELECT began_by FROM history WHERE what = 'rehearsed' ORDER BY id DESC LIMIT 1"
    assert value(programme, noted) == "command"


def test_whole_words_are_shown_where_they_are_asked_for(shell: Shell, programme: Path) -> None:
    """A message is a block a line, with its buttons."""
    done = rehearse(shell, programme, "--days", "13", "--full")
    words = [line.removeprefix("    | ") for line in done.out.splitlines() if line.startswith("    | ")]
    assert words[0].startswith(
        "2 applicants wait for your answer on Market map of repair shops. You promised"
    )
    assert words[-1].endswith("]")


def test_a_rehearsal_is_read_by_a_program(shell: Shell, programme: Path) -> None:
    """As JSON: each message, the counts of each reader, and what waits at the end."""
    done = rehearse(shell, programme, "--days", "13", "--json")
    found = json.loads(done.out)
    [said] = found["messages"]
    assert (said["at"], said["reader"], said["place"]) == (
        "2026-03-21T08:00:00Z",
        "Marta Ruiz",
        "direct message",
    )
    assert found["counts"] == [{"to": "Marta Ruiz", "weeks": [0, 1]}]
    [waits] = found["open"]
    assert (waits["about"], waits["count"], waits["owed_by"]) == ("Market map of repair shops", 2, "employer")
    assert waits["due"] == "2026-03-24T08:00:00Z"
    assert (found["zone"], found["unsent"]) == ("Europe/London", {})


def test_the_people_of_a_copy_act_the_same_way_again(shell: Shell, programme: Path) -> None:
    """With the same seed the same is done and said; an employer who looks offers a place, which is news."""
    first, again = (
        rehearse(shell, programme, "--days", "4", "--acts", "random", "--seed", "3") for _ in range(2)
    )
    assert first.out == again.out
    assert "as a decision can no longer be undone (" in first.out


def test_a_made_up_programme_is_rehearsed_where_there_is_none(shell: Shell, tmp_path: Path) -> None:
    """A configuration whose database does not exist gives one with people who act; nothing is written."""
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    done = rehearse(shell, "config.toml", "--days", "1")
    assert done.code == 0
    assert "A project's card, as " in done.out
    assert "to the channel of Spring 26" in done.out
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


def test_what_cannot_be_rehearsed_is_said_with_what_to_do(shell: Shell, tmp_path: Path) -> None:
    """No database, no programme, several, another name, a start in the past, and a quiet time."""
    assert "Name the one that the bot uses, or its config.toml." in rehearse(shell, "no.db").err
    assert "Stint keeps its data in SQLite or PostgreSQL" in rehearse(shell, "mysql://x/y").err
    upgrade(f"sqlite:///{tmp_path / 'stint.db'}")
    assert "There is no programme in it yet" in rehearse(shell, tmp_path).err
    begin = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")
    (tmp_path / "stint.db").unlink()
    assert shell(*begin).code == 0
    assert "the newest entry of the copy is of" in rehearse(shell, tmp_path).err
    quiet = shell("simulate", "--from", ".", "--days", "2")
    assert "No message would be sent" in quiet.out
    assert "--acts random" in quiet.out
    assert (
        "There is no programme Lakeside." in shell("simulate", "--from", ".", "--programme", "Lakeside").err
    )
    assert "is no time zone" in shell("simulate", "--from", ".", "--zone", "Nowhere").err


def test_one_of_several_programmes_is_chosen(shell: Shell, programme: Path, tmp_path: Path) -> None:
    """They are listed where none is named; the messages are of the one that is."""
    (tmp_path / "both.db").write_bytes((programme / "stint.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "both.db")) as database:
        database.executescript(
            "CREATE TEMP TABLE another AS SELECT * FROM programmes;"
            "UPDATE another SET id = 2, name = 'Hillside';"
            "INSERT INTO programmes SELECT * FROM another;"
        )
    assert "There are several programmes: Riverside (1), Hillside (2)." in rehearse(shell, "both.db").err
    assert "to Marta Ruiz" in rehearse(shell, "both.db", "--days", "13", "--programme", "riverside").out
    assert "No message would be sent" in rehearse(shell, "both.db", "--programme", "2").out


@pytest.mark.soak
def test_a_database_on_postgresql_is_rehearsed(
    shell: Shell, migrated_postgresql_url: str, tmp_path: Path
) -> None:
    """Its rows are copied into a file, and what it will say is the same."""
    asyncio.run(_apply(tmp_path, migrated_postgresql_url))
    assert rehearse(shell, migrated_postgresql_url, "--days", "20").out.startswith(WHAT_IS_SAID)


def test_every_timer_and_wait_has_words() -> None:
    """Whatever begins a turn, a coordinator reads what was the matter."""
    assert set(TIMERS) == set(Timer)
    assert set(WAITS) == set(ROUTES.waits)


@pytest.fixture
def work() -> Iterator[UnitOfWork]:
    """A turn's share of a database in which a student has applied to a project."""
    with in_memory() as made:
        seed_applications(made, 1)
        yield made


def said(work: UnitOfWork, key: str) -> Any:  # noqa: ANN401 - a line, whose parts are looked at
    """The line of a message to the student under this key."""
    programme = work.session.scalars(select(Programme.id)).one()
    row = {"programme_id": programme, "key": key, "destination": "terminal/@p1", "operation": "send"}
    times = {"created_at": MONDAY, "due_at": MONDAY, "message": {}, "state": "sent", "attempts": 1}
    work.connection.execute(insert(outbox), [{**row, **times}])
    sent: tuple[str, UserRef, Message] = (
        f"{programme}:{key}",
        UserRef("terminal", "p1"),
        message("My words."),
    )
    return line_of(work.connection, sent, MONDAY, {})


def test_what_is_confided_is_not_shown_to_an_operator(work: UnitOfWork) -> None:
    """That there was a message is shown, and what it said is not; another message is shown whole."""
    assert said(work, keys.CASE_LATE(1, MONDAY)).text == CONFIDED_WORDS
    plain = said(work, keys.NOT_SELECTED(1))
    assert (plain.text, plain.to, plain.what) == ("My words.", "Person 1", "News of an application")
    assert plain.why == "what began it was not kept"


def test_things_are_called_by_their_names(work: UnitOfWork) -> None:
    """An application by its student and project, a cohort by its name, a channel by its cohort."""
    number = work.session.scalars(select(Application.id)).one()
    named = subject_name(work.connection, subjects.APPLICATION(number))
    assert named == "Person 1, Market map of repair shops"
    cohort = work.session.scalars(select(Cohort.id)).one()
    assert subject_name(work.connection, subjects.COHORT(cohort)) == "Spring"
    assert subject_name(work.connection, subjects.REPORT(1)) == ""
    assert place_name(work.connection, 1, Place("terminal", "riverside", "lounge")) == "channel lounge"

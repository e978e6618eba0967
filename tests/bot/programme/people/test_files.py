"""A file is kept exactly as long as a row holds it, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from bot.chat.answers import FileRef, JSONValue
from bot.chat.conversation.draft import Draft, MessageSource, StoredAnswer
from bot.programme.core.turn import Turn
from bot.programme.people import files
from bot.runtime.files import sweep
from storage.database import Database, UnitOfWork
from storage.tables import FileUse, Programme, StoredFile
from tests.support.projects import seed_applications, turn_of
from tests.support.stage import MONDAY


def put_files(work: UnitOfWork, *names: str) -> list[int]:
    """Files of the first student, in a programme made now where there is none; their numbers."""
    if work.session.scalars(select(Programme.id)).first() is None:
        seed_applications(work, 1)
    turn = turn_of(work, "p1")
    rows = [
        StoredFile(
            programme_id=turn.programme_id,
            person_id=turn.person_id,
            platform="terminal",
            external_id=name,
            name=name,
            size=1,
            media_type="application/pdf",
            content=b"x",
            created_at=MONDAY,
        )
        for name in names
    ]
    work.session.add_all(rows)
    work.session.flush()
    return [row.id for row in rows]


def left(work: UnitOfWork) -> list[str]:
    """The names of the files that are files."""
    return sorted(work.session.scalars(select(StoredFile.name)))


def after(*steps: Callable[[Turn, list[int]], None]) -> Callable[[UnitOfWork], list[list[str]]]:
    """Which of the files a and b are kept after each of these steps, of the turn and their numbers."""

    def run(work: UnitOfWork) -> list[list[str]]:
        numbers = put_files(work, "a", "b")
        found = []
        for step in steps:
            step(turn_of(work, "p1"), numbers)
            found.append(left(work))
        return found

    return run


async def test_the_last_holder_takes_its_file_along(database: Database) -> None:
    """A draft gives its file to an application; the draft's end leaves it, the answers' erasure takes it."""
    found = await database.transact(
        after(
            lambda turn, n: files.hold(turn, "draft", 1, set(n)),
            lambda turn, n: files.hold(turn, "application", 1, {n[0]}),
            lambda turn, _: files.let_go(turn, "draft", [1]),
            lambda turn, _: files.let_go(turn, "application", [1]),
        )
    )
    assert found == [["a", "b"], ["a", "b"], ["a"], []]


async def test_a_file_that_another_replaces_goes(database: Database) -> None:
    """What a row holds no longer is deleted, unless another row of any kind and number holds it."""
    found = await database.transact(
        after(
            lambda turn, n: files.hold(turn, "draft", 1, set(n)),
            lambda turn, n: files.hold(turn, "draft", 2, {n[1]}),
            lambda turn, n: files.hold(turn, "submission", 1, {n[1]}),
            lambda turn, _: files.hold(turn, "draft", 1, set()),
            lambda turn, _: files.let_go(turn, "draft", [1, 2]),
            lambda turn, _: files.let_go(turn, "submission", [1]),
        )
    )
    assert found == [["a", "b"], ["a", "b"], ["a", "b"], ["b"], ["b"], []]


async def test_holding_twice_is_holding_once(database: Database) -> None:
    """Noted again it is one row, and a number that is no file of the programme's is none."""

    def turn(work: UnitOfWork) -> list[int]:
        (number,) = put_files(work, "a")
        other = Programme(name="Other", zone="Europe/London", created_at=MONDAY)
        work.session.add(other)
        work.session.flush()
        for acting in (turn_of_programme(work, 1), turn_of_programme(work, other.id)):
            for _ in range(2):
                files.hold(acting, "draft", 1, {number, 4711})
        files.let_go(turn_of_programme(work, other.id), "draft", [1])
        return list(work.session.scalars(select(FileUse.file_id)))

    assert await database.transact(turn) == [1]
    assert await database.read(left) == ["a"]


def turn_of_programme(work: UnitOfWork, programme_id: int) -> Turn:
    """A timer's turn in this programme."""
    return Turn(work, MONDAY, programme_id)


async def test_only_ones_own_unheld_files_are_deleted(database: Database) -> None:
    """What came with an event and nothing took goes; what something holds, and others' files, stay."""

    def turn(work: UnitOfWork) -> None:
        first, second = put_files(work, "a", "b")
        files.hold(turn_of(work, "p1"), "draft", 1, {first})
        files.delete_unheld(turn_of(work, "p0"), [first, second])
        assert left(work) == ["a", "b"]
        files.delete_unheld(turn_of(work, "p1"), [first, second])

    await database.transact(turn)
    assert await database.read(left) == ["a"]


async def test_a_deleted_file_leaves_no_note(database: Database) -> None:
    """The database itself takes the notes along, whatever deletes the file."""

    def turn(work: UnitOfWork) -> None:
        numbers = put_files(work, "a")
        files.hold(turn_of(work, "p1"), "draft", 1, set(numbers))
        work.session.execute(delete(StoredFile))

    await database.transact(turn)
    assert await database.read(lambda work: list(work.session.scalars(select(FileUse.id)))) == []


@pytest.mark.parametrize(
    ("holder", "before", "found"),
    [
        ("application", MONDAY + timedelta(days=1), ["a"]),
        ("submission", MONDAY + timedelta(days=1), ["a"]),
        ("draft", MONDAY + timedelta(days=1), []),
        ("draft", MONDAY, ["a", "b"]),
    ],
)
async def test_the_sweep_asks_the_table(
    database: Database, holder: files.Holder, before: datetime, found: list[str]
) -> None:
    """Old files go that nothing holds, or a draft alone that was never sent; held and young ones stay."""

    def turn(work: UnitOfWork) -> None:
        first, _ = put_files(work, "a", "b")
        files.hold(turn_of(work, "p1"), holder, 1, {first})
        sweep(work, before, 10)

    await database.transact(turn)
    assert await database.read(left) == found


def test_files_are_found_where_they_are_stored_and_not_in_words() -> None:
    """In one answer, in a list of them, in a source, in what is tried or offered; a typed number is none."""

    def file(number: int) -> dict[str, JSONValue]:
        return {"id": f"kept:{number}", "name": "x.pdf", "size": 1, "media_type": "application/pdf"}

    answers = [{"name": "cv", "value": file(1)}, {"name": "more", "value": [file(2), file(3)]}]
    words = [{"name": "why", "value": "kept:4", "shown": '"kept:4"'}, {"id": "5", "value": {"id": "kept:x"}}]
    assert files.kept_in([*answers, *words]) == {1, 2, 3}
    source = MessageSource("", "", (FileRef("kept:7", "x.pdf", 1, "application/pdf"),))
    given = {
        "cv": StoredAnswer(file(6), "x.pdf", "f", (source,)),
        "why": StoredAnswer("kept:4", "kept:4", "f"),
    }
    tried = MessageSource("", "", (FileRef("kept:8", "x.pdf", 1, "application/pdf"),))
    assert files.files_in(Draft(answers=given, tried=tried, offered={"cv": file(9)})) == {6, 7, 8, 9}

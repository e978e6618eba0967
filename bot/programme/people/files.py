"""Files that are kept for people: what holds each, where each was given, and their end.

A file is kept exactly as long as a row holds it, and the table `file_uses` says which do. Code that stores
answers, a draft or a submission calls `hold`; code that erases or ends such a row calls `let_go`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, select

from bot.chat.actions import Action, Reply
from bot.chat.content import Message, Moment, Sentence, message, say, text
from bot.chat.conversation.draft import Draft
from bot.chat.events import ButtonPressed
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.time_zones import zone_of
from storage.queries import outbox
from storage.tables import FileUse, Person, StoredFile

__all__ = [
    "FILE",
    "ROUTES",
    "Holder",
    "delete_files_of",
    "delete_unheld",
    "files_in",
    "hold",
    "kept_in",
    "let_go",
    "names_of",
]

FILE: Final = "file"
"""The kind of a message that gives a kept file; its subject is the file's number."""

Holder = Literal["draft", "application", "submission"]
"""What holds a file: a conversation that is not over, or a row of the table that is called so."""

_STORED_PREFIX: Final = "kept:"


def kept_in(stored: object) -> set[int]:
    """Return the numbers of the kept files in stored data, as answers, drafts and submissions write them."""
    if isinstance(stored, list):
        return set().union(*map(kept_in, stored))
    if not isinstance(stored, dict):
        return set()
    found = set().union(*map(kept_in, stored.values()))
    name = stored.get("id")
    if isinstance(name, str) and name.startswith(_STORED_PREFIX):
        number = whole_number(name.removeprefix(_STORED_PREFIX))
        found |= {number} if number is not None else set()
    return found


def files_in(draft: Draft) -> set[int]:
    """Return the numbers of the kept files in a draft: in its answers, their sources, and what is offered."""
    sources = [source for given in draft.answers.values() for source in given.sources]
    sources += [draft.tried] if draft.tried else []
    sent = [{"id": file.id} for source in sources for file in source.files]
    return kept_in([*(given.value for given in draft.answers.values()), *draft.offered.values(), *sent])


def file_again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Say where the acting person finds a file that was given to them; where there are links, with a link.

    Raises:
        Declined: it was not given to them, or is erased.
    """
    number = verbs.FILE_AGAIN.read(event).file
    row = outbox.by_key(turn.connection, turn.programme_id, keys.FILE(number, str(turn.user)))
    file = turn.session.get(StoredFile, number)
    if row is None or row.sent_at is None or file is None or file.programme_id != turn.programme_id:
        raise Declined("I cannot find that file any more. What it belonged to may have been erased.")
    at = Moment(row.sent_at, zone_of(turn, turn.person))
    return [
        Reply(message(text("I gave you “{file}” in our direct messages on {when}.", file=file.name, when=at)))
    ]


def hold(turn: Turn, holder: Holder, number: int, wanted: set[int]) -> None:
    """Note that a row holds these files, and no others, from now on; what nothing holds is deleted.

    Where a file goes from one row to another, the other is noted first.
    """
    session = turn.session
    mine = _held_by(turn, holder, [number])
    known = set(session.scalars(select(FileUse.file_id).where(*mine)))
    there = select(StoredFile.id).where(
        StoredFile.programme_id == turn.programme_id, StoredFile.id.in_(wanted - known)
    )
    for file_id in session.scalars(there).all() if wanted - known else ():
        session.add(FileUse(programme_id=turn.programme_id, file_id=file_id, holder=holder, holder_id=number))
    session.flush()
    _end_uses(turn, known - wanted, *mine)


def let_go(turn: Turn, holder: Holder, numbers: Iterable[int]) -> None:
    """Note that these rows are erased, or over, and hold no file; delete the files that no row holds."""
    mine = _held_by(turn, holder, numbers)
    _end_uses(turn, turn.session.scalars(select(FileUse.file_id).where(*mine)), *mine)


def _held_by(turn: Turn, holder: Holder, numbers: Iterable[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        FileUse.programme_id == turn.programme_id,
        FileUse.holder == holder,
        FileUse.holder_id.in_(list(numbers)),
    )


def _end_uses(turn: Turn, files: Iterable[int], *uses: ColumnElement[bool]) -> None:
    gone = set(files)
    if gone:
        turn.session.execute(delete(FileUse).where(FileUse.file_id.in_(gone), *uses))
        _delete(turn, StoredFile.id.in_(gone))


def _delete(turn: Turn, *which: ColumnElement[bool]) -> None:
    """Delete those of these files that nothing holds."""
    held = select(FileUse.id).where(FileUse.file_id == StoredFile.id).exists()
    turn.session.execute(
        delete(StoredFile)
        .where(StoredFile.programme_id == turn.programme_id, ~held, *which)
        .execution_options(synchronize_session=False)
    )


def delete_unheld(turn: Turn, numbers: Collection[int]) -> None:
    """Delete those of the acting person's files that nothing holds."""
    if numbers and turn.person_id is not None:
        _delete(turn, StoredFile.person_id == turn.person_id, StoredFile.id.in_(numbers))


def delete_files_of(turn: Turn, person: Person) -> None:
    """Delete what a person has sent, whose rows are erased; what a report keeps holds its files on."""
    _delete(turn, StoredFile.person_id == person.id)


def names_of(turn: Turn, person: Person) -> list[str]:
    """Return the names of the files that a person has sent, the oldest first."""
    query = (
        select(StoredFile.name)
        .where(StoredFile.programme_id == turn.programme_id, StoredFile.person_id == person.id)
        .order_by(StoredFile.id)
    )
    return list(turn.session.scalars(query))


def _still_kept(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message with a file only while the file is kept."""
    file = turn.session.get(StoredFile, int(waiting.subject))
    return waiting.message if file is not None and file.programme_id == turn.programme_id else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A file")


ROUTES: Final = Routes(
    buttons={verbs.FILE_AGAIN: file_again_pressed}, messages={FILE: MessageRoute(_still_kept, _named)}
)

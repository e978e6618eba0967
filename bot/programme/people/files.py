"""Files that are kept for people: which an answer holds, where one was given, and their end."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import delete, select

from bot.chat.actions import Action, Reply
from bot.chat.content import Message, Moment, Part, Plain, message, text
from bot.chat.events import ButtonPressed
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme.core.turn import Turn
from bot.programme.people import evidence
from bot.programme.people.time_zones import zone_of
from storage.queries import conversations, outbox
from storage.tables import Application, Milestone, Person, Placement, StoredFile, Submission

__all__ = [
    "FILE",
    "ROUTES",
    "delete_files",
    "delete_files_of",
    "delete_unheld",
    "evident_files",
    "kept_in",
    "names_of",
]

FILE: Final = "file"
"""The kind of a message that gives a kept file; its subject is the file's number."""

_KEPT: Final = "kept:"


def kept_in(answers: Iterable[dict[str, Any]]) -> set[int]:
    """The numbers of the kept files that these stored answers hold."""
    found: set[int] = set()
    for answer in answers:
        value = answer.get("value")
        for each in value if isinstance(value, list) else [value]:
            name = str(each.get("id", "")) if isinstance(each, dict) else ""
            number = whole_number(name.removeprefix(_KEPT))
            if name.startswith(_KEPT) and number is not None:
                found.add(number)
    return found


def show_again(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Say where a file stands that was given to the person who acts; where there are links, one leads there.

    Raises:
        Declined: it was not given to them, or is erased.
    """
    number = event.action.partition(":")[2]
    row = outbox.by_key(turn.connection, turn.programme_id, f"file:{number}:{turn.user}")
    wanted = whole_number(number)
    file = turn.session.get(StoredFile, wanted) if wanted is not None else None
    if row is None or row.sent_at is None or file is None or file.programme_id != turn.programme_id:
        raise Declined("I cannot find that file any more. What it belonged to may have been erased.")
    at = Moment(row.sent_at, zone_of(turn, turn.person))
    return [Reply(message(text("I gave you “", Plain(file.name), "” in our direct messages on ", at, ".")))]


def delete_files(turn: Turn, application: Application) -> None:
    """Delete the files of an application's answers, those aside that another of the same person holds."""
    others = select(Application.answers).where(
        Application.programme_id == turn.programme_id,
        Application.person_id == application.person_id,
        Application.id != application.id,
    )
    held = {number for answers in turn.session.scalars(others) for number in kept_in(answers)}
    gone = kept_in(application.answers) - held
    if gone:
        turn.session.execute(
            delete(StoredFile).where(StoredFile.programme_id == turn.programme_id, StoredFile.id.in_(gone))
        )


def delete_unheld(turn: Turn, numbers: Collection[int]) -> None:
    """Delete those of the acting person's files that no answer, draft or work of theirs holds (any more)."""
    if not numbers or turn.person_id is None:
        return
    mine = (turn.programme_id, turn.person_id)
    answers = select(Application.answers).where(
        Application.programme_id == turn.programme_id, Application.person_id == turn.person_id
    )
    work = (
        select(Submission.files)
        .join(Milestone, Milestone.id == Submission.milestone_id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Placement.programme_id == turn.programme_id, Placement.person_id == turn.person_id)
    )
    drafts = [row.draft for row in conversations.unfinished(turn.connection, *mine)]
    holders = [*drafts, *turn.session.scalars(answers), *turn.session.scalars(work)]
    held, evident = json.dumps(holders), evident_files(turn)
    gone = [number for number in numbers if f'"{_KEPT}{number}"' not in held and number not in evident]
    turn.session.execute(
        delete(StoredFile).where(
            StoredFile.programme_id == turn.programme_id,
            StoredFile.person_id == turn.person_id,
            StoredFile.id.in_(gone),
        )
    )


def evident_files(turn: Turn) -> set[int]:
    """The numbers of the files that are kept because a report about them is open."""
    held = evidence.held_applications(turn)
    answers = select(Application.answers).where(Application.id.in_(held))
    work = (
        select(Submission.files)
        .join(Milestone, Milestone.id == Submission.milestone_id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Placement.application_id.in_(held))
    )
    found = [kept_in(each) for each in turn.session.scalars(answers)]
    found += [kept_in({"value": file} for file in files) for files in turn.session.scalars(work)]
    return set().union(*found)


def delete_files_of(turn: Turn, person: Person) -> None:
    """Delete every file that a person has sent, but for those that a report keeps."""
    turn.session.execute(
        delete(StoredFile).where(
            StoredFile.programme_id == turn.programme_id,
            StoredFile.person_id == person.id,
            StoredFile.id.not_in(evident_files(turn)),
        )
    )


def names_of(turn: Turn, person: Person) -> list[str]:
    """What the files are called that a person has sent, the oldest first."""
    query = (
        select(StoredFile.name)
        .where(StoredFile.programme_id == turn.programme_id, StoredFile.person_id == person.id)
        .order_by(StoredFile.id)
    )
    return list(turn.session.scalars(query))


def _still_kept(turn: Turn, waiting: Waiting) -> Message | None:
    """A file is given late only while it is kept."""
    file = turn.session.get(StoredFile, int(waiting.subject))
    return waiting.message if file is not None and file.programme_id == turn.programme_id else None


def _named(_turn: Turn, _subject: str) -> tuple[Part, ...]:
    return ("a file",)


ROUTES: Final = Routes(buttons={"file-again": show_again}, messages={FILE: MessageRoute(_still_kept, _named)})

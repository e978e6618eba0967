"""Messages about a case to those who read it: that there is something to read, and never what.

What was written is shown only to a reader who presses the button, so that no message that is kept, repeated
or could not be delivered holds a word of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import or_, select

from bot.chat.actions import Action, Post, WithdrawPost
from bot.chat.content import Block, Button, Buttons, Message, Text, message, note, text
from bot.chat.routes import Waiting
from bot.programme import people, projects
from bot.programme.cases.lookup import about_of, case_of, readers_of
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from storage.tables import Case, Letter, Person, outbox

__all__ = [
    "AGAIN",
    "ALONE",
    "ANSWERED",
    "BACK",
    "CHANGED",
    "GO_ON",
    "KIND",
    "OPENED",
    "OPENED_AGAIN",
    "PAUSED",
    "STOPPED",
    "WRITTEN",
    "WROTE",
    "holds",
    "lead",
    "open_button",
    "post",
    "tell_person",
    "tell_readers",
    "unreached",
    "withdraw_messages",
]

KIND: Final = "case"
"""The kind of the messages about a case; their subject is its id."""

OPENED, AGAIN, WROTE, BACK = "opened", "again", "wrote", "back"
OPENED_AGAIN, CHANGED, STOPPED, ANSWERED = "opened-again", "changed", "stopped", "answered"

GO_ON, PAUSED = "go-on", "paused"
"""What the other side reads."""

WRITTEN, ALONE = "written", "alone"
"""What the person of a case reads: that a coordinator has written, or that none can read it any more."""

_AT_NIGHT: Final = frozenset({OPENED, WROTE, OPENED_AGAIN, CHANGED, WRITTEN, ALONE})
"""What is said in quiet hours too: a person confides something that can be about a danger, or is answered."""

_ABOUT: Final[Mapping[str, str]] = {
    OPENED: "**{person}** writes to you in confidence about **{project}**.",
    AGAIN: "**{person}** still waits for your answer, in confidence, about **{project}**.",
    WROTE: "**{person}** has written more in the case about **{project}**.",
    BACK: "**{person}** has taken back the case about **{project}**. It can no longer be read.",
    OPENED_AGAIN: "The case of **{person}** about **{project}** is open again.",
    CHANGED: "**{person}** lets you read a case about **{project}**.",
    STOPPED: "**{person}** had the messages and dates of **{project}** stopped, in the case you read.",
    ANSWERED: "The other side has answered the end of the case of **{person}** about **{project}**.",
}
_ALONE: Final[Mapping[str, str]] = {
    OPENED: "**{person}** writes to you in confidence.",
    AGAIN: "**{person}** still waits for your answer, in confidence.",
    WROTE: "**{person}** has written more in a case.",
    BACK: "**{person}** has taken back a case. It can no longer be read.",
    OPENED_AGAIN: "The case of **{person}** is open again.",
    CHANGED: "**{person}** lets you read a case.",
}


def lead(turn: Turn, case: Case, what: str) -> Text:
    """Return what happened in a case for one of its readers."""
    about, person = about_of(turn, case), people.person_name(people.person_of(turn, case.person_id))
    if about.project is None:
        return text(_ALONE[what], person=person)
    return text(_ABOUT[what], person=person, project=projects.title_part(about.project))


def open_button(case: Case) -> Button:
    """Return the button that shows a case to those who read it."""
    return Button("Open the case", verbs.CASE_SHOW(case.id), style="primary")


def tell_readers(
    turn: Turn,
    case: Case,
    what: str,
    *more: Block,
    among: Sequence[Person] | None = None,
) -> list[Action]:
    """Tell the readers of a case (or those `among` them) that something happened there, but who did it."""
    reading = readers_of(turn, case) if among is None else among
    way = [] if what == BACK else [Buttons((open_button(case),))]
    words = message(lead(turn, case, what), *more, *way)
    return [post(turn, case, each, what, words) for each in reading if each.id != turn.person_id]


def tell_person(turn: Turn, case: Case, what: str, *blocks: Block) -> Post:
    """Tell the person of a case that something happened there."""
    person = people.person_of(turn, case.person_id)
    words = message(*blocks, Buttons((open_button(case),)))
    return post(turn, case, person, what, words)


def post(turn: Turn, case: Case, to: Person, what: str, words: Message) -> Post:
    """Return a message about a case; in quiet hours too, where it is one of those said then."""
    return Post(
        people.address(turn, to),
        words,
        keys.CASE(case.id, to.id, what, turn.source),
        at_night=what in _AT_NIGHT,
        kind=KIND,
        subject=str(case.id),
    )


def holds(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message about a case while it is true, and its reader still reads the case."""
    case = case_of(turn, waiting.subject)
    made = keys.CASE.match(waiting.key)
    if made is None:
        return waiting.message
    if made.what in {BACK, GO_ON} or made.person == case.person_id:
        return waiting.message
    if made.what == PAUSED:
        return waiting.message if case.stopped and case.status == "open" else None
    reads = made.person in {each.id for each in readers_of(turn, case)}
    return waiting.message if reads and case.status != "withdrawn" else None


def unreached(turn: Turn, reading: Sequence[Person]) -> list[Block]:
    """Say which of these people cannot be written to now."""
    unmet = people.awaiting_first_contact(turn, list(reading))
    missing = [each for each in reading if each in unmet or people.is_unreachable(turn, each)]
    if not missing:
        return []
    return [
        note(
            "I cannot write to {readers} now, so this waits there until I can.",
            readers=people.person_names(missing, mention=True),
        )
    ]


def withdraw_messages(turn: Turn, case: Case) -> list[Action]:
    """Hold back the messages from the other side that have not been delivered; they stay to be read."""
    theirs = select(Letter.id).where(
        Letter.programme_id == turn.programme_id,
        Letter.application_id == case.application_id,
        Letter.recipient_id == case.person_id,
        Letter.person_id.is_(None),
    )
    sent = [keys.MESSAGE(number) for number in turn.session.scalars(theirs)]
    unsent = select(outbox.c.key).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.key.in_(sent),
        or_(outbox.c.state == "pending", outbox.c.state == "held"),
    )
    return [WithdrawPost(key) for key in turn.connection.execute(unsent).scalars()]

"""Delivery of a letter, for its writer: that it could not be delivered yet, and that it has arrived."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Update
from bot.chat.content import Buttons, Message, Sentence, message, say, text
from bot.chat.routes import Waiting
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.messages.exchange import all_button, exchange_of, letter_of, may_open
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from storage.tables import Letter, Person, outbox

__all__ = [
    "LETTER",
    "WAITS",
    "arrived",
    "letter_in",
    "may_know",
    "named",
    "refused",
    "still_waits",
    "subject_for",
]

LETTER: Final = "letter"
"""The kind of a letter's message."""

WAITS: Final = "letter.waits"
"""The kind of the message to a writer that a letter waits; its subject is the letter's id."""

_WAITS: Final = "waits"
"""The end of a letter's subject where the writer knew from the start that it could not arrive yet."""

_NOT_DELIVERED: Final = frozenset({"held", "failed"})
_ARRIVING: Final = frozenset({"pending", "sending", "sent", "answered", "unknown"})


def subject_for(letter: Letter, *, waits: bool) -> str:
    """Return the subject of a letter's message; `waits`: its writer reads at once that it has to wait."""
    return subjects.OF_LETTER(letter.id, _WAITS if waits else None)


def letter_in(turn: Turn, subject: str) -> Letter:
    """Return the letter of a message, by the message's subject."""
    return letter_of(turn, subjects.OF_LETTER.parse(subject).letter)


def refused(turn: Turn, subject: str) -> list[Action]:
    """Inform a letter's writer, once, that it waits and why, when it arrived at none of its readers.

    Nothing where the writer read that when they wrote it.
    """
    letter, states = letter_in(turn, subject), _states(turn, subject)
    writer = people.person_of(turn, letter.sender_id)
    if subjects.OF_LETTER.parse(subject).state or writer.erased_at is not None or states & _ARRIVING:
        return []
    exchange = exchange_of(turn, letter)
    title, readers = projects.title_part(exchange.project), confidential.named(_readers(turn, letter, writer))
    if readers is None:
        failed = text(
            "I could not bring your message about **{project}** to the coordinators yet.", project=title
        )
    else:
        failed = text(
            "I could not bring your message about **{project}** to **{readers}** yet.",
            project=title,
            readers=readers,
        )
    why = text("The platform did not take it. It is kept, and a coordinator can send it once more.")
    if "held" in states:
        why = text(
            "Direct messages there are closed to me, or the account is gone. Your message is kept, and "
            "arrives as soon as I can write there. You need not send it again."
        )
    words = message(failed, why, Buttons((all_button(exchange, writer),)))
    return [Post(people.address(turn, writer), words, _key(letter), kind=WAITS, subject=str(letter.id))]


def _key(letter: Letter) -> str:
    return keys.LETTER_WAITS(letter.id)


def _readers(turn: Turn, letter: Letter, writer: Person) -> list[Person]:
    exchange = exchange_of(turn, letter)
    if exchange.person is not None and exchange.person.id == writer.id:
        return confidential.readers(turn, exchange.project, exchange.application, writer)
    return [people.person_of(turn, letter.recipient_id)]


def _states(turn: Turn, subject: str) -> set[str]:
    """Return the delivery states of a letter at its readers."""
    letter = subjects.OF_LETTER.parse(subject).letter
    told = (subjects.OF_LETTER(letter), subjects.OF_LETTER(letter, _WAITS))
    query = select(outbox.c.state).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.kind == LETTER,
        outbox.c.subject.in_(told),
    )
    return set(turn.connection.execute(query).scalars())


def arrived(turn: Turn, subject: str) -> list[Action]:
    """Change the message that a letter waits, where its writer got that message: the letter has arrived."""
    letter = letter_in(turn, subject)
    exchange = exchange_of(turn, letter)
    reader = people.person_of(turn, letter.recipient_id)
    title = projects.title_part(exchange.project)
    if exchange.person is not None and exchange.person.id == letter.sender_id:
        said = text("Your message about **{project}** has arrived with the coordinators.", project=title)
    else:
        said = text(
            "Your message about **{project}** has arrived with **{reader}**.",
            project=title,
            reader=people.person_name(reader),
        )
    return [Update(_key(letter), message(said))]


def still_waits(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the message that a letter waits while it does."""
    states = _states(turn, waiting.subject)
    return waiting.message if states & _NOT_DELIVERED and not states & _ARRIVING else None


def named(turn: Turn, subject: str) -> Sentence:
    """Return the name of the message in a coordinator's task."""
    known = may_know(turn, letter_in(turn, subject))
    return say("A note that a message waits") if known else say("A message")


def may_know(turn: Turn, letter: Letter) -> bool:
    """Return whether the coordinator who acts may know of a letter: confided words are for their readers."""
    exchange = exchange_of(turn, letter)
    return exchange.person is None or may_open(turn, exchange)

"""What becomes of a message between people, for its writer: that it waits, and that it has arrived."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Update
from bot.chat.content import Buttons, Message, Sentence, message, say, text
from bot.chat.routes import Waiting
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.messages.exchange import all_button, exchange_of, may_open, message_of
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from storage.tables import Letter, Person, outbox

__all__ = [
    "MESSAGE",
    "WAITS",
    "arrived",
    "has_arrived",
    "may_know",
    "message_in",
    "named",
    "refused",
    "still_waits",
    "subject_for",
]

MESSAGE: Final = "letter"
"""The kind of what brings a message to its reader, called a letter when it was first stored."""

WAITS: Final = "letter.waits"
"""The kind of the note to a writer that a message waits; its subject is the id of what waits."""

_WAITS: Final = "waits"
"""The end of such a subject where the writer knew from the start that it could not arrive yet."""

_NOT_DELIVERED: Final = frozenset({"held", "failed"})
_ARRIVING: Final = frozenset({"pending", "sending", "sent", "answered", "unknown"})


def subject_for(stored: Letter, *, waits: bool) -> str:
    """Return the subject of what brings a message; `waits`: its writer reads at once that it has to wait."""
    return subjects.OF_MESSAGE(stored.id, _WAITS if waits else None)


def message_in(turn: Turn, subject: str) -> Letter:
    """Return the message that an outbox row brings, by the row's subject."""
    return message_of(turn, subjects.OF_MESSAGE.parse(subject).message)


def refused(turn: Turn, subject: str) -> list[Action]:
    """Inform a message's writer, once, that it waits and why, when it arrived at none of its readers.

    Nothing where the writer read that when they wrote it.
    """
    stored, states = message_in(turn, subject), _states(turn, subject)
    writer = people.person_of(turn, stored.sender_id)
    if subjects.OF_MESSAGE.parse(subject).state or writer.erased_at is not None or states & _ARRIVING:
        return []
    exchange = exchange_of(turn, stored)
    title, readers = projects.title_part(exchange.project), confidential.named(_readers(turn, stored, writer))
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
    return [Post(people.address(turn, writer), words, _key(stored), kind=WAITS, subject=str(stored.id))]


def _key(stored: Letter) -> str:
    return keys.MESSAGE_WAITS(stored.id)


def _readers(turn: Turn, stored: Letter, writer: Person) -> list[Person]:
    exchange = exchange_of(turn, stored)
    if exchange.person is not None and exchange.person.id == writer.id:
        return confidential.readers(turn, exchange.project, exchange.application, writer)
    return [people.person_of(turn, stored.recipient_id)]


def _states(turn: Turn, subject: str) -> set[str]:
    """Return the delivery states of a message at its readers."""
    number = subjects.OF_MESSAGE.parse(subject).message
    told = (subjects.OF_MESSAGE(number), subjects.OF_MESSAGE(number, _WAITS))
    query = select(outbox.c.state).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.kind == MESSAGE,
        outbox.c.subject.in_(told),
    )
    return set(turn.connection.execute(query).scalars())


def has_arrived(turn: Turn, stored: Letter) -> bool:
    """Tell whether a message is known to have arrived with one of its readers."""
    return "sent" in _states(turn, subjects.OF_MESSAGE(stored.id))


def arrived(turn: Turn, subject: str) -> list[Action]:
    """Change the note that a message waits, where its writer got that note: the message has arrived."""
    stored = message_in(turn, subject)
    exchange = exchange_of(turn, stored)
    reader = people.person_of(turn, stored.recipient_id)
    title = projects.title_part(exchange.project)
    if exchange.person is not None and exchange.person.id == stored.sender_id:
        said = text("Your message about **{project}** has arrived with the coordinators.", project=title)
    else:
        said = text(
            "Your message about **{project}** has arrived with **{reader}**.",
            project=title,
            reader=people.person_name(reader),
        )
    return [Update(_key(stored), message(said))]


def still_waits(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the note that a message waits while it does."""
    states = _states(turn, waiting.subject)
    return waiting.message if states & _NOT_DELIVERED and not states & _ARRIVING else None


def named(turn: Turn, subject: str) -> Sentence:
    """Return the name of the message in a coordinator's task."""
    known = may_know(turn, message_in(turn, subject))
    return say("A note that a message waits") if known else say("A message")


def may_know(turn: Turn, stored: Letter) -> bool:
    """Return whether the coordinator who acts may know of a message: confided words are for their readers."""
    exchange = exchange_of(turn, stored)
    return exchange.person is None or may_open(turn, exchange)

"""Closed exchanges: when the two sides of an application may no longer write to each other.

After its end each side may write for a while, and each reader of a message can stop further messages.
Coordinators are not affected: they may always write, and can always be written to.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from bot.chat.actions import Action, Reply, WithdrawPost
from bot.chat.content import Button, Buttons, Message, Sentence, message, say, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Waiting
from bot.programme import people, projects
from bot.programme.applications import news
from bot.programme.applications.messages.exchange import Exchange, exchange_of, message_of, write_button
from bot.programme.applications.messages.undelivered import may_know, message_in
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from bot.programme.people.mentors import mentor_of_application
from storage.tables import Application, Letter, Mute, Person, Placement, outbox

__all__ = [
    "AFTER",
    "holds",
    "is_open",
    "message_mute_pressed",
    "message_unmute_pressed",
    "must_be_open",
    "mute_button",
    "named",
]

AFTER: Final = timedelta(days=14)
"""How long each side may write after a refusal, a release or an end."""

_INSTEAD: Final = "Is anything still open? A coordinator can settle it with you."
_OVER: Final = frozenset({"not_selected", "released", "declined", "expired", "withdrawn"})


def mute_button(stored: Letter) -> Button:
    """Return the button with which a reader stops what this writer and the writer's side write."""
    return Button("No more of these messages", verbs.MESSAGE_MUTE(stored.id))


def is_open(turn: Turn, application: Application) -> bool:
    """Return whether both sides of an application may still write."""
    until = _until(turn, application)
    return until is None or turn.now <= until


def _until(turn: Turn, application: Application) -> datetime | None:
    """Return until when each side may write; None while the application or the placement goes on."""
    if application.status in _OVER:
        return application.decided_at + AFTER if application.decided_at else None
    if application.status != "accepted":
        return None
    query = select(Placement.ended_at).where(
        Placement.programme_id == turn.programme_id,
        Placement.application_id == application.id,
        Placement.status != "active",
    )
    ended = turn.session.scalar(query)
    return ended + AFTER if ended else None


def must_be_open(turn: Turn, exchange: Exchange, reader: Person | None) -> None:
    """Check that the person who acts may write to `reader` in an exchange between the sides.

    `reader` is None where the project has no owner: then only the time after an end counts.

    Raises:
        Declined: messages are closed; says what they can do instead.
    """
    application = exchange.application
    instead = Buttons((write_button(application, "coordinators"),))
    until = _until(turn, application)
    if until is not None and turn.now > until:
        raise Declined(
            text(
                "Messages about this are closed: it ended on {day}, and each side could write for one day.",
                "Messages about this are closed: it ended on {day}, and each side could write for {count} "
                "days.",
                day=news.shown_day(turn, until - AFTER, turn.person),
                count=AFTER.days,
            ),
            text(_INSTEAD),
            instead,
        )
    _must_not_be_paused(turn, exchange, instead)
    closed = _mutes(turn, application, reader) if reader is not None else []
    if not closed:
        return
    mine = next((each for each in closed if each.person_id == turn.person.id), None)
    if mine is None:
        raise Declined(text("Messages about this are closed."), text(_INSTEAD), instead)
    raise Declined(
        text(
            "You asked for no more messages from **{person}**, so no answer could reach you.",
            person=people.person_name(people.person_of(turn, mine.from_id)),
        ),
        Buttons((_again_button(mine), write_button(application, "coordinators"))),
    )


def _must_not_be_paused(turn: Turn, exchange: Exchange, instead: Buttons) -> None:
    """Refuse messages that the student had stopped; the student can let them go on.

    Raises:
        Declined: they are stopped. The other side reads neither why nor who asked for it.
    """
    application = exchange.application
    own = open_cases.own(turn, application.id)
    if own is not None and open_cases.is_paused(turn, application.id):
        raise Declined(
            "You stopped the messages about this. In your case you can let them go on.",
            Buttons((Button("Open the case", verbs.CASE_SHOW(own)),)),
        )
    open_cases.must_not_be_paused(turn, exchange.project, application.id, instead)


def _mutes(turn: Turn, application: Application, reader: Person) -> list[Mute]:
    """Return who asked for no more messages: of these two, or of the sides of this application."""
    me = turn.person.id
    between = or_(
        Mute.application_id == application.id,
        and_(Mute.person_id == reader.id, Mute.from_id == me),
        and_(Mute.person_id == me, Mute.from_id == reader.id),
    )
    query = select(Mute).where(Mute.programme_id == turn.programme_id, between)
    return list(turn.session.scalars(query.order_by(Mute.id)))


def _again_button(muted: Mute) -> Button:
    return Button("Allow messages again", verbs.MESSAGE_UNMUTE(muted.id))


def message_mute_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Stop what the writer of this message writes."""
    stored = message_of(turn, verbs.MESSAGE_MUTE.read(event).message)
    if stored.recipient_id != turn.person.id:
        raise Declined("That message was not written to you.")
    exchange = exchange_of(turn, stored)
    if exchange.mentor is not None:
        raise Declined("To stop a mentor's messages, press **No mentor, please** in `/placement`.")
    if exchange.person is not None:
        raise Declined("Coordinators can always write to you, and you to them. You need not answer.")
    muted = _mute(turn, stored)
    said = message(
        text(
            "Done. I bring you no more messages from **{person}**, and none from that side about "
            "**{project}**.",
            person=people.person_name(people.person_of(turn, stored.sender_id)),
            project=projects.title_part(exchange.project),
        ),
        text(
            "I keep this to myself. An attempt to write gets this answer: “Messages about this are closed”."
        ),
        text("The coordinators and you can still write to each other."),
        Buttons((write_button(exchange.application, "coordinators"), _again_button(muted))),
    )
    return [Reply(said), *_not_brought(turn, stored)]


def _not_brought(turn: Turn, stored: Letter) -> list[Action]:
    """Withdraw earlier messages by that writer that were not delivered yet."""
    theirs = select(Letter.id).where(
        Letter.programme_id == turn.programme_id,
        Letter.recipient_id == turn.person.id,
        Letter.person_id.is_(None),
        Letter.mentor_id.is_(None),
        or_(Letter.sender_id == stored.sender_id, Letter.application_id == stored.application_id),
    )
    sent = [keys.MESSAGE(number) for number in turn.session.scalars(theirs)]
    unsent = select(outbox.c.key).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.key.in_(sent),
        outbox.c.state.in_(("pending", "held")),
    )
    return [WithdrawPost(key) for key in turn.connection.execute(unsent).scalars()]


def holds(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message while its words are kept and its reader wants messages by its writer."""
    stored = message_in(turn, waiting.subject)
    if not stored.text:
        return None
    if stored.mentor_id is not None:
        mentor = mentor_of_application(turn, stored.application_id)
        return waiting.message if mentor is not None and mentor.person_id == stored.mentor_id else None
    wanted = or_(Mute.from_id == stored.sender_id, Mute.application_id == stored.application_id)
    muted = select(Mute.id).where(
        Mute.programme_id == turn.programme_id, Mute.person_id == stored.recipient_id, wanted
    )
    between = stored.person_id is None
    if between and open_cases.is_paused(turn, stored.application_id):
        return None
    return None if between and turn.session.scalars(muted).first() is not None else waiting.message


def named(turn: Turn, subject: str) -> Sentence:
    """Return the message's name in a coordinator's task; without its writer where they may not read it."""
    stored = message_in(turn, subject)
    if not may_know(turn, stored):
        return say("A message")
    return say("A message from {person}", person=people.person_name(people.person_of(turn, stored.sender_id)))


def _mute(turn: Turn, stored: Letter) -> Mute:
    """Note the request for no more messages, once."""
    query = select(Mute).where(
        Mute.programme_id == turn.programme_id,
        Mute.person_id == turn.person.id,
        Mute.from_id == stored.sender_id,
        Mute.application_id == stored.application_id,
    )
    known = turn.session.scalars(query).first()
    if known is not None:
        return known
    muted = Mute(
        programme_id=turn.programme_id,
        person_id=turn.person.id,
        from_id=stored.sender_id,
        application_id=stored.application_id,
        created_at=turn.now,
    )
    turn.session.add(muted)
    turn.session.flush()
    return muted


def message_unmute_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Allow messages again for the person who had stopped them."""
    muted = turn.session.get(Mute, verbs.MESSAGE_UNMUTE.read(event).mute)
    if muted is None or muted.programme_id != turn.programme_id or muted.person_id != turn.person.id:
        raise Declined("You have not stopped these messages, so nothing was changed.")
    name = people.person_name(people.person_of(turn, muted.from_id))
    turn.session.delete(muted)
    turn.session.flush()
    return [
        Reply(message(text("**{person}** and you can write to each other again.", person=name)), replace=True)
    ]

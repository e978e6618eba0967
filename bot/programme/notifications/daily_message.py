"""The daily message: what a person did not ask for waits for their one message a day.

A piece is a Notice row. The day's card goes out at the programme's `daily_at` in the person's zone; a
piece that would be of no use by then goes out before, and takes with it everything that waits. A piece
that is no longer true is dropped before its reader sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Row, bindparam, select, update

from bot.chat.actions import Action, CancelTimers, Post, Reply, SetTimer
from bot.chat.content import (
    Block,
    Message,
    Moment,
    Sentence,
    dump_message,
    message,
    say,
)
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.clock import at_local, before_quiet, first_nominal, next_local, quiet_until
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_card, daily_message_names
from bot.programme.people import address, awaiting_first_contact, person_names, person_of, zone_of
from bot.programme.people.time_zones import asked_again, zone_question
from storage.dialects import begins, insert
from storage.queries import outbox
from storage.tables import Person, metadata

__all__ = [
    "ROUTES",
    "before_quiet_hours",
    "notify",
    "reschedule_daily_message",
    "reschedule_daily_messages",
    "retract_by_prefix",
    "retract_notices",
    "still_news",
    "wakes_at",
    "when_read",
]

_DAILY: Final = Timer.NOTICES_DAILY
_CARD: Final = "notices"
# The time a person has for reading before their quiet hours begin.
_BEFORE_QUIET: Final = timedelta(minutes=15)
_Pieces = Sequence[Row[*tuple[Any, ...]]]


class _Card(Struct, frozen=True, omit_defaults=True):
    """The payload of a daily message's timer: the date that it is for; none of an early message."""

    nominal: date | None = None


_table = metadata.tables["notices"]
_OF_PROGRAMME = _table.c.programme_id == bindparam("programme")
_WAITING = _table.c.state == "waiting"
_NOTE_DOWN = insert(_table).on_conflict_do_nothing().returning(_table.c.id)
_OF_PERSON = (
    select(_table).where(_OF_PROGRAMME, _table.c.person_id == bindparam("person")).order_by(_table.c.id)
)
_PENDING = _OF_PERSON.where(_WAITING).with_for_update()
_CARD_OF = _OF_PERSON.where(_table.c.id > bindparam("after"), _table.c.id <= bindparam("upto"))
_REST = _CARD_OF.where(_table.c.state == "told")
_SETTLE = (
    update(_table).where(_OF_PROGRAMME, _table.c.id == bindparam("row_id")).values(state=bindparam("to"))
)
_OPEN_ABOUT = (
    _OF_PROGRAMME,
    _table.c.subject == bindparam("about"),
    _table.c.state.in_(("waiting", "told")),
)
_ABOUT = select(_table.c.id).where(*_OPEN_ABOUT).limit(1)
_DROP = update(_table).where(*_OPEN_ABOUT).values(state="dropped")
_PEOPLE_WAITING = select(_table.c.person_id).where(_OF_PROGRAMME, _WAITING).distinct()


def notify(
    turn: Turn,
    person: Person,
    key: str,
    subject: str,
    *blocks: Block,
    useful_until: datetime | None = None,
    soon: bool = False,
    writer: int | None = None,
) -> list[Action]:
    """Put a piece of news into a person's daily message, once per `key` (at most 200 characters).

    `blocks` are the piece with its buttons; `subject` ("noun:id") is what `retract_notices` finds it by.
    After `useful_until` (UTC) it is worth nothing: if the day's message comes later, it goes before.
    `soon`: it has such an end and does not wait for the day's message, only for the end of quiet hours.
    `writer`: as that of a Post.
    """
    if person.erased_at is not None or (useful_until is not None and useful_until <= turn.now):
        return []
    row = {
        "programme_id": turn.programme_id,
        "person_id": person.id,
        "key": key,
        "subject": subject,
        "message": dump_message(message(*blocks)),
        "state": "waiting",
        "created_at": turn.now,
        "useful_until": useful_until,
        "writer_id": writer,
    }
    made = turn.connection.execute(_NOTE_DOWN, row).scalar()
    if made is None:
        return []
    nominal, card_at = _next_card(turn, person)
    if useful_until is None or (card_at < useful_until and not soon):
        return [_timer(person, nominal, card_at)]
    return [_early(turn, person, made, useful_until)]


def retract_by_prefix(turn: Turn, beginning: str) -> None:
    """Drop the pieces whose key begins so, whatever they are about: they are no longer true."""
    there = (_OF_PROGRAMME, begins(_table.c.key, beginning), _WAITING)
    turn.connection.execute(
        update(_table).where(*there).values(state="dropped"), {"programme": turn.programme_id}
    )


def retract_notices(turn: Turn, subject: str) -> None:
    """Drop the pieces about `subject`, which has changed: they are not sent any more."""
    about = {"programme": turn.programme_id, "about": subject}
    if turn.reading and turn.connection.execute(_ABOUT, about).first() is None:
        return
    turn.before_writing()
    turn.connection.execute(_DROP, about)


def reschedule_daily_message(turn: Turn, person: Person) -> list[Action]:
    """Follow a change of a person's zone, quiet hours or hour of the daily message: the next one moves."""
    cancel = CancelTimers(subject=subjects.PERSON(person.id), kind=_DAILY)
    waiting = _rows(turn, person)
    if not waiting:
        return [cancel]
    nominal, card_at = _next_card(turn, person)
    actions: list[Action] = [cancel, _timer(person, nominal, card_at)]
    pressing = [row for row in waiting if row.useful_until is not None and row.useful_until <= card_at]
    actions += [_early(turn, person, row.id, row.useful_until) for row in pressing]
    return actions


def reschedule_daily_messages(turn: Turn) -> list[Action]:
    """Follow a change of the hour of all daily messages: people with waiting news get it at the new hour."""
    found = turn.connection.execute(_PEOPLE_WAITING, {"programme": turn.programme_id}).scalars().all()
    return [act for person_id in found for act in reschedule_daily_message(turn, person_of(turn, person_id))]


def _timer(person: Person, nominal: date, due: datetime) -> SetTimer:
    return SetTimer(
        keys.NOTICES_TIMER(person.id, nominal), due, _DAILY, subjects.PERSON(person.id), _Card(nominal)
    )


def _early(turn: Turn, person: Person, notice_id: int, useful_until: datetime) -> SetTimer:
    """Set an early message: at once, or right after the quiet hours when it is still of use then."""
    until = wakes_at(turn, person, turn.now)
    due = until if until is not None and until < useful_until else turn.now
    return SetTimer(keys.NOTICES_EARLY(person.id, notice_id), due, _DAILY, subjects.PERSON(person.id))


def _next_card(turn: Turn, person: Person) -> tuple[date, datetime]:
    """Return the nominal date of a person's next daily message, and when it goes out (UTC)."""
    zone, wall = ZoneInfo(zone_of(turn, person)), time.fromisoformat(turn.programme.daily_at)
    nominal = first_nominal(turn.now, wall, zone)
    if outbox.by_key(turn.connection, turn.programme_id, _card_key(person, nominal)) is not None:
        nominal = next_local(nominal)
    due = at_local(nominal, wall, zone)
    return nominal, wakes_at(turn, person, due) or due


def before_quiet_hours(turn: Turn, person: Person, at: datetime, until: datetime) -> datetime:
    """Return when to announce what ends at `until`: at `at`, or before quiet hours that last past it.

    For what is set beforehand; where those quiet hours have begun already it stays at `at`.
    """
    wakes = wakes_at(turn, person, at)
    if wakes is None or wakes < until:
        return at
    begins = before_quiet(at, *_quiet_hours(turn, person)) or at
    return begins - _BEFORE_QUIET if begins - _BEFORE_QUIET > turn.now else at


def when_read(turn: Turn, persons: Sequence[Person], *, named: bool = False) -> Sentence:
    """Say when these people read what they did not ask for: now, or after quiet hours.

    `named`: the sentence before has their names.
    """
    waits = [until for person in persons if (until := wakes_at(turn, person, turn.now)) is not None]
    by = Moment(max(waits, default=turn.now), zone_of(turn, turn.person))
    names, count = person_names(persons), len(persons)
    if not waits and named:
        return say("My message goes out now.", "My messages go out now.", count=count)
    if not waits:
        return say("I am writing to {people}.", people=names)
    if len(waits) < count:
        return say("I am writing to all who have no quiet hours now, and to the others by {when}.", when=by)
    if count == 1 and not named:
        return say("{people} has quiet hours now, so my message goes out on {when}.", people=names, when=by)
    return say(
        "Quiet hours last a little longer there, so my message goes out on {when}.",
        "All have quiet hours now, so my messages go out by {when}.",
        count=count,
        when=by,
    )


def wakes_at(turn: Turn, person: Person, instant: datetime) -> datetime | None:
    """Return when a person's quiet hours end (UTC) that `instant` lies in; None when it lies in none."""
    return quiet_until(instant, *_quiet_hours(turn, person))


def _quiet_hours(turn: Turn, person: Person) -> tuple[ZoneInfo, time, time]:
    programme = turn.programme
    start = time.fromisoformat(person.quiet_from or programme.quiet_from)
    end = time.fromisoformat(person.quiet_to or programme.quiet_to)
    return ZoneInfo(zone_of(turn, person)), start, end


def _card_key(person: Person, day: date) -> str:
    return keys.NOTICES(person.id, day)


def _rows(turn: Turn, person: Person) -> _Pieces:
    return turn.connection.execute(_PENDING, {"programme": turn.programme_id, "person": person.id}).all()


def notices_daily_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Send the daily message, or an early one: everything that waits for this person and is still of use."""
    person = person_of(turn, subjects.PERSON.id_of(event.subject))
    if person.erased_at is None and awaiting_first_contact(
        turn, [person]
    ):  # what is true then is said when they act
        return [_timer(person, *_next_card(turn, person))]
    waiting = _rows(turn, person)
    useful = [row for row in waiting if row.useful_until is None or turn.now < row.useful_until]
    if person.erased_at is not None or person.left_at is not None:
        useful = []
    nominal = event.read(_Card).nominal
    day = _day_of_card(turn, person) if nominal else _today(turn, person)
    key = _card_key(person, day)
    if useful and outbox.by_key(turn.connection, turn.programme_id, key) is not None:
        if nominal:  # an early message was this day's
            return [_timer(person, *_next_card(turn, person))]
        key = keys.NOTICES_BESIDE(person.id, day, useful[0].id)
    _settle(turn, waiting, useful)
    if not useful:
        return []
    deadline = min((row.useful_until for row in useful if row.useful_until), default=None)
    words = daily_card.whole(turn, useful, person, zone_question(turn, person))
    about = subjects.OF_NEWS(person.id, useful[0].id, useful[-1].id)
    return [Post(address(turn, person), words, key, deadline=deadline, kind=_CARD, subject=about)]


def _still_news(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late card with the pieces that are still of use; without any it does not come."""
    return still_news(turn, waiting.subject, waiting.message)


def still_news(turn: Turn, subject: str, before: Message | None = None) -> Message | None:
    """Return a card with the pieces that are still of use; None without any, or without a reader.

    `before`: the card as it was, in case it asks for the reader's time zone.
    """
    person = person_of(turn, subjects.OF_NEWS.parse(subject).person)
    useful = _of_card(turn, subject)
    if not useful or person.erased_at is not None or person.left_at is not None:
        return None
    return daily_card.whole(turn, useful, person, asked_again(turn, person, before) if before else [])


def _named(turn: Turn, subject: str) -> Sentence:
    """Name what a card holds for a coordinator's task: each piece, with its end."""
    return daily_message_names.named(_of_card(turn, subject), turn.programme.zone)


def _of_card(turn: Turn, subject: str) -> list[Row[*tuple[Any, ...]]]:
    """Return the pieces of a card that are still of use."""
    about = subjects.OF_NEWS.parse(subject)
    asked = {
        "programme": turn.programme_id,
        "person": about.person,
        "after": about.first - 1,
        "upto": about.last,
    }
    rows = turn.connection.execute(_REST, asked).all()
    return [row for row in rows if row.useful_until is None or turn.now < row.useful_until]


def _today(turn: Turn, person: Person) -> date:
    return turn.now.astimezone(ZoneInfo(zone_of(turn, person))).date()


def _day_of_card(turn: Turn, person: Person) -> date:
    """Return the day whose message a card is that is made now: that of the date on which it arrives.

    A late card, because nothing ran, takes the place of the next card if both came on the same date.
    """
    zone, wall = ZoneInfo(zone_of(turn, person)), time.fromisoformat(turn.programme.daily_at)
    following = first_nominal(turn.now, wall, zone)
    due = at_local(following, wall, zone)
    comes, arrives = (wakes_at(turn, person, at) or at for at in (due, turn.now))
    same = comes.astimezone(zone).date() == arrives.astimezone(zone).date()
    return following if same else following - timedelta(days=1)


def _settle(turn: Turn, waiting: _Pieces, useful: _Pieces) -> None:
    told = {row.id for row in useful}
    states = [
        {"programme": turn.programme_id, "row_id": row.id, "to": "told" if row.id in told else "dropped"}
        for row in waiting
    ]
    if states:
        turn.connection.execute(_SETTLE, states)


def notice_rest_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show what did not fit on the day's card and is still true."""
    pressed = verbs.NOTICE_REST.read(event)
    asked = {
        "programme": turn.programme_id,
        "person": turn.person.id,
        # A button of an earlier version names no first piece: what it leads to is in the order of the ids.
        "after": pressed.after if pressed.first is None else pressed.first - 1,
        "upto": pressed.upto,
    }
    ordered = daily_card.in_order(turn.connection.execute(_CARD_OF, asked).all())
    shown = next((number for number, row in enumerate(ordered, 1) if row.id == pressed.after), 0)
    rows = [row for row in ordered[shown:] if row.state == "told"]
    if not rows:
        raise Declined("Nothing is left to do there.")
    first = pressed.first if pressed.first is not None else rows[0].id
    return [Reply(daily_card.rest(turn, rows, first, pressed.upto))]


ROUTES = Routes(
    buttons={verbs.NOTICE_REST: notice_rest_pressed},
    reads=frozenset({verbs.NOTICE_REST}),
    timers={_DAILY: notices_daily_due},
    messages={_CARD: MessageRoute(_still_news, _named)},
)

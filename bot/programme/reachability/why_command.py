"""`/stint why`: what became of one person's messages on one day, for a coordinator.

It says when each arrived, or why not yet, and of what kind it was; never what it said. What is confided to
some coordinators is left out for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.answers.date_words import spell_out
from bot.chat.answers.days import read_day
from bot.chat.answers.normalise import simplify
from bot.chat.answers.periods import Days
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, Message, heading, message, note, text
from bot.chat.events import ButtonPressed, CommandUsed, UserRef, platform_name
from bot.chat.local_day import Day
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Moment, Sentence, Term, layout, say
from bot.clock import at_local, quiet_until
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people import zone_of
from bot.programme.people.away import away_day, is_away
from bot.programme.people.dates import shown_day
from bot.programme.placements import wait_kinds
from bot.programme.reachability.message_kinds import CONFIDED, kind_of
from storage.prepared import Row
from storage.queries import person_messages, waits
from storage.tables import Application, Identity, Person, Placement

__all__ = ["ROUTES"]

_MOST: Final = 10
"""Lines of a page: more are too many for a phone's screen."""

_OWED: Final = {
    wait_kinds.HAND_IN: Term("Work to hand in", "owed"),
    wait_kinds.REVIEW: Term("An answer to work", "owed"),
    wait_kinds.DATE: Term("An answer about a date", "owed"),
    wait_kinds.CHECK_IN: Term("A check-in", "owed"),
    wait_kinds.KICKOFF: Term("A kickoff", "owed"),
}
"""What is waited for in a placement, by the kind of the wait."""

_REMINDER: Final = Term("A reminder of a date", "sent")
_CHECK_IN: Final = Term("A check-in", "sent")
_BY_ITSELF: Final = {
    Timer.NOTICES_DAILY: Term("The daily message", "sent"),
    Timer.OFFER_REMINDER: Term("News of an offer", "sent"),
    Timer.WAIT_OFFER: Term("News of an offer", "sent"),
    **dict.fromkeys((Timer.PLACEMENT_CHECKIN, Timer.WAIT_CHECK_IN), _CHECK_IN),
    **dict.fromkeys((Timer.PLACEMENT_REMINDER, Timer.PLACEMENT_LAST_CALL, Timer.WAIT_HAND_IN), _REMINDER),
    **dict.fromkeys((Timer.WAIT_DATE, Timer.WAIT_KICKOFF), _REMINDER),
}
"""What comes up for a student by itself, by the kind of its timer, in the words of `message_kinds`."""

WHY: Final = CommandSpec(
    ("stint", "why"),
    "Why a message came to a person, came late, or did not come",
    (
        Argument("person", "whose messages", kind="person", required=True),
        Argument("day", "which day, like: last tuesday; without it, today", rest=True),
    ),
    allowed=frozenset({"coordinator"}),
    example="/stint why @ada yesterday",
    reads=True,
)


def why_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Show what became of a person's messages on a day (`/stint why PERSON [day]`)."""
    user = people.user_of(event.options["person"])
    found = people.find_identity(turn.connection, turn.programme_id, user)
    if found is None:
        raise Declined("That person has not used me yet, so there is no message to them.")
    today = turn.now.astimezone(_clock(turn)).date()
    return [Reply(_page(turn, _person(turn, found[0]), _day(event.options.get("day", ""), today), 0))]


def why_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another day of the same person, or more of the same day, in place of the page before."""
    people.require_role(turn, "coordinator")
    pressed = verbs.WHY.read(event)
    page = _page(turn, _person(turn, pressed.person), pressed.day, max(0, pressed.start or 0))
    return [Reply(page, replace=True)]


def _person(turn: Turn, person_id: int) -> Person:
    """Return a person of this programme.

    Raises:
        Declined: there is none, or they were forgotten.
    """
    query = select(Person).where(Person.programme_id == turn.programme_id, Person.id == person_id)
    person = turn.session.scalar(query)
    if person is None or person.erased_at is not None:
        raise Declined("That person is no longer in this programme.")
    return person


def _day(typed: str, today: date) -> date:
    """Return the day that words name: today where there are none, the last such day where it would come.

    Raises:
        Declined: they name no day, or none that has begun.
    """
    words = spell_out(simplify(typed).lower())
    if not words:
        return today
    for tried in (words, "last " + words):
        found = read_day(tried, today, future=False)
        if isinstance(found, Days) and found.days[0] <= today:
            return found.days[0]
    raise Declined("Which day? Name one that has begun, like `yesterday`, `last tuesday` or `9 march`.")


def _page(turn: Turn, person: Person, day: date, start: int) -> Message:
    zone = _clock(turn)
    begins, ends = (at_local(each, time(0), zone) for each in (day, day + timedelta(days=1)))
    connection, programme_id, accounts = turn.connection, turn.programme_id, _accounts(turn, person)
    rows = person_messages.of_day(connection, programme_id, [*accounts], begins, ends)
    news = person_messages.news_of_day(connection, programme_id, person.id, begins, ends)
    fired = person_messages.fired_on_day(connection, programme_id, _about(turn, person), begins, ends)
    spoke = {row.cause for row in rows} | {row.created_at for row in news}
    lines = [
        *_messages(turn, person, rows, accounts),
        *_news(turn, news),
        *_silent(turn, [row for row in fired if not spoke & {keys.TIMER(row.id, row.due_at), row.done_at}]),
    ]
    shown = lines[start : start + _MOST]
    name = people.person_name(person)
    on = shown_day(turn, Day(day, zone.key), turn.person)
    return message(
        heading("Messages to {person}", person=name),
        text("On {day}:", day=on) if shown else text("No message to them on {day}.", day=on),
        *(text(layout("- {line}", line=line)) for line in shown),
        *(text(layout("- {line}", line=line)) for line in _owed(turn, person)),
        *_state(turn, person),
        note("Left out: what each said, answers that were given at once, and what is confided."),
        Buttons(tuple(_ways(turn, person, day, start, len(lines)))),
    )


def _ways(turn: Turn, person: Person, day: date, start: int, count: int) -> Iterator[Button]:
    if start:
        yield Button("Back", verbs.WHY(person.id, day, max(0, start - _MOST)))
    if start + _MOST < count:
        yield Button("More", verbs.WHY(person.id, day, start + _MOST))
    yield Button("The day before", verbs.WHY(person.id, day - timedelta(days=1), None))
    if day < turn.now.astimezone(_clock(turn)).date():
        yield Button("The day after", verbs.WHY(person.id, day + timedelta(days=1), None))


def _messages(
    turn: Turn, person: Person, rows: Iterable[Row], accounts: Mapping[str, Identity]
) -> Iterator[Sentence]:
    """Yield what became of each message that was written, due or sent on the day."""
    for row in rows:
        if keys.head_of(row.key) not in CONFIDED:
            yield _became(turn, person, row, accounts[row.destination])


def _accounts(turn: Turn, person: Person) -> dict[str, Identity]:
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return {str(UserRef(each.platform, each.user_id)): each for each in turn.session.scalars(query)}


def _became(turn: Turn, person: Person, row: Row, account: Identity) -> Sentence:
    what, written, due = kind_of(row.key), _at(turn, row.created_at), _at(turn, row.due_at)
    waited = row.due_at != row.created_at
    night = waited and _was_night(turn, person, row.created_at, row.due_at)
    match row.state:
        case "sent" if night:
            return say(
                "{what}: written at {written}, in their quiet hours, so it arrived at {at}.",
                what=what, written=written, at=_at(turn, row.sent_at),
            )  # fmt: skip
        case "sent" if waited or row.was_held:
            return say(
                "{what}: written at {written}, arrived at {at}.",
                what=what, written=written, at=_at(turn, row.sent_at),
            )  # fmt: skip
        case "sent":
            return say("{what}: arrived at {at}.", what=what, at=_at(turn, row.sent_at))
        case "pending" if night:
            return say("{what}: waits for the end of their quiet hours, {due}.", what=what, due=due)
        case "pending" | "sending":
            return say("{what}: goes out at {due}.", what=what, due=due)
        case "held":
            return _held(account, what)
        case "failed":
            on = platform_name(account.platform)
            return say("{what}: {platform} refused it at {due}.", what=what, platform=on, due=due)
        case "unknown":
            return say(
                "{what}: it may have arrived at {at}, which cannot be found out; a task asks you.",
                what=what, at=_at(turn, row.sent_at),
            )  # fmt: skip
        case "answered":
            return say("{what}: shown at once at {written}, so not sent.", what=what, written=written)
    return say("{what}: taken back before it went, as it was no longer true.", what=what)


def _held(account: Identity, what: Term) -> Sentence:
    on = platform_name(account.platform)
    if not account.acted:
        return say("{what}: waits until they first use me on {platform}.", what=what, platform=on)
    if not account.reachable:
        return say(
            "{what}: waits, since their direct messages on {platform} are closed.", what=what, platform=on
        )
    return say("{what}: waits until I can reach them on {platform} again.", what=what, platform=on)


def _news(turn: Turn, rows: Iterable[Row]) -> Iterator[Sentence]:
    """Yield what became of each piece of news for the daily message that came up on the day."""
    for row in rows:
        if keys.head_of(row.key) in CONFIDED:
            continue
        what, at = kind_of(row.key), _at(turn, row.created_at)
        match row.state:
            case "told":
                yield say("{what}: came up at {at}, and was part of a daily message.", what=what, at=at)
            case "waiting":
                yield say("{what}: came up at {at}, waits for their daily message.", what=what, at=at)
            case _:
                yield say(
                    "{what}: came up at {at}, and was dropped, as it was no longer true.", what=what, at=at
                )


def _silent(turn: Turn, rows: Iterable[Row]) -> Iterator[Sentence]:
    """Yield what came up for the person by itself on the day, and found nothing to say to them."""
    for row in rows:
        if what := _BY_ITSELF.get(row.kind):
            yield say(
                "{what}: its time came at {at}, and there was nothing to say.",
                what=what, at=_at(turn, row.done_at),
            )  # fmt: skip


def _about(turn: Turn, person: Person) -> list[str]:
    """Return the subjects of the timers that speak to a person: themselves, and what they do."""
    own = {"programme_id": turn.programme_id, "person_id": person.id}
    found = [subjects.PERSON(person.id)]
    for noun, subject in ((Application, subjects.APPLICATION), (Placement, subjects.PLACEMENT)):
        found += [subject(number) for number in turn.session.scalars(select(noun.id).filter_by(**own))]
    return found


def _owed(turn: Turn, person: Person) -> Iterator[Sentence]:
    """Yield what is waited for in the person's placements now, with when it comes up next."""
    query = select(Placement.id).where(
        Placement.programme_id == turn.programme_id,
        Placement.person_id == person.id,
        Placement.status == "active",
    )
    for placement_id in turn.session.scalars(query.order_by(Placement.id)):
        about = subjects.PLACEMENT(placement_id)
        for kind, what in _OWED.items():
            for row in waits.of_those(turn.connection, turn.programme_id, kind, about):
                if row.next_at is None:
                    yield say(
                        "{what}, placement {number}: no reminder is planned.", what=what, number=placement_id
                    )
                else:
                    yield say(
                        "{what}, placement {number}: the next reminder or step comes at {next}.",
                        what=what, number=placement_id, next=_at(turn, row.next_at, "full"),
                    )  # fmt: skip


def _state(turn: Turn, person: Person) -> Iterator[Block]:
    """Yield what holds for all that is sent to this person: their quiet hours, and an absence."""
    quiet_from, quiet_to = _quiet(turn, person)
    if quiet_from != quiet_to:
        yield note(
            "Quiet hours: {start} to {end}, {zone}.",
            start=quiet_from, end=quiet_to, zone=zone_of(turn, person),
        )  # fmt: skip
    if is_away(turn, person):
        yield note("Away until {day}.", day=away_day(turn, person, turn.person))


def _quiet(turn: Turn, person: Person) -> tuple[str, str]:
    programme = turn.programme
    return person.quiet_from or programme.quiet_from, person.quiet_to or programme.quiet_to


def _was_night(turn: Turn, person: Person, written: datetime, due: datetime) -> bool:
    start, end = (time.fromisoformat(each) for each in _quiet(turn, person))
    return quiet_until(written, ZoneInfo(zone_of(turn, person)), start, end) == due


def _at(turn: Turn, at: datetime | None, style: Literal["full", "time"] = "time") -> Moment:
    return Moment(at or turn.now, _clock(turn).key, style)


def _clock(turn: Turn) -> ZoneInfo:
    return ZoneInfo(zone_of(turn, turn.person))


ROUTES = Routes(
    commands=((WHY, why_command),),
    buttons={verbs.WHY: why_pressed},
    reads=frozenset({verbs.WHY}),
)

"""Whether a programme runs as it should: what is overdue, failed, doubtful or paused; and `/stint doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from sqlalchemy import Connection, FromClause, Select, and_, func, select

from bot.chat.actions import Action, Inspect, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, heading, layout, message, note, say, text
from bot.chat.events import CommandUsed, Inspected, Place, parse_destination, platform_name
from bot.chat.findings import Finding
from bot.chat.language import as_value
from bot.chat.routes import Routes
from bot.programme import cohorts
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.dialects import literal
from storage.tables import Channel, Cohort, Person, Programme, Role, Space, outbox, timers
from storage.tables.turns import UNSETTLED

__all__ = ["ROUTES", "findings", "lone", "stale_zones"]

_LATE: Final = timedelta(minutes=5)
_MOST_COUNTED: Final = 10_000  # overdue timers of all programmes
_LATELY: Final = timedelta(days=7)
_OLD: Final = 1
"""Years after which time zone data may no longer hold: countries change their clocks at short notice."""

_VERB: Final = "doctor"
_LINES: Final = {"ok": "✓ {finding}", "warning": "! {finding}", "problem": "✗ {finding}"}


def findings(connection: Connection, now: datetime, programme_id: int | None = None) -> list[Finding]:
    """Return what is wrong with one programme, or with all (None); nothing where all is well."""
    return [
        *_timers(connection, now, programme_id),
        *_messages(connection, now, programme_id),
        *_paused(connection, programme_id),
    ]


def _timers(connection: Connection, now: datetime, programme_id: int | None) -> Iterator[Finding]:
    waits = (timers.c.state == literal("pending"), timers.c.due_at < now - _LATE)
    overdue = select(timers.c.programme_id).where(*waits).order_by(timers.c.due_at).limit(_MOST_COUNTED)
    late = connection.scalar(_count_of(overdue.subquery(), programme_id))
    if late:
        yield Finding(
            "timers.overdue",
            "problem",
            say(
                "One thing should have happened more than five minutes ago and did not.",
                "{count} things should have happened more than five minutes ago and did not.",
                count=late,
            ),
            "See that `stint run` runs, and what its log says.",
        )
    failed = connection.scalar(_count_of(timers, programme_id).where(timers.c.state == literal("failed")))
    if failed:
        yield Finding(
            "timers.failed",
            "problem",
            say(
                "One reminder or other timed thing failed again and again and will not happen.",
                "{count} reminders or other timed things failed again and again and will not happen.",
                count=failed,
            ),
            "Look for timer.failed in the log, and report what it says.",
        )


def _count_of(rows: FromClause, programme_id: int | None) -> Select[int]:
    """Return the query that counts rows, in one programme or in all (None)."""
    counted = select(func.count()).select_from(rows)
    return counted.where(rows.c.programme_id == programme_id) if programme_id else counted


def _messages(connection: Connection, now: datetime, programme_id: int | None) -> Iterator[Finding]:
    mine = [outbox.c.programme_id == programme_id] if programme_id else []
    counted = select(func.count()).select_from(outbox)
    counted = counted.where(UNSETTLED, *mine, outbox.c.created_at > now - _LATELY)
    unknown = connection.scalar(counted.where(outbox.c.state == "unknown"))
    if unknown:
        yield Finding(
            "messages.unknown",
            "warning",
            say(
                "One message of the last week may or may not have arrived: the platform's answer was lost.",
                "{count} messages of the last week may or may not have arrived: the platform's answers were "
                "lost.",
                count=unknown,
            ),
            "`/stint tasks` lists them: for each, say whether it is there or is to be posted again.",
        )
    failed = connection.scalar(counted.where(outbox.c.state == "failed", outbox.c.operation == "send"))
    if failed:
        yield Finding(
            "messages.failed",
            "warning",
            say(
                "One message of the last week could not be delivered.",
                "{count} messages of the last week could not be delivered.",
                count=failed,
            ),
            "`/stint tasks` lists them with the reason.",
        )


def _paused(connection: Connection, programme_id: int | None) -> Iterator[Finding]:
    channels = select(Cohort.name, Channel.state).join(Channel, Channel.cohort_id == Cohort.id)
    channels = channels.where(Channel.state.in_(("paused", "new")))
    spaces = select(Space.name, Space.platform, Space.external_id).where(Space.state == "paused")
    if programme_id:
        channels = channels.where(Channel.programme_id == programme_id)
        spaces = spaces.where(Space.programme_id == programme_id)
    for name, state in connection.execute(channels):
        if state == "new":
            yield Finding(
                "channel.not_ready",
                "problem",
                say(
                    "The channel that was chosen for {cohort} is not ready, so nothing is announced in it.",
                    cohort=name,
                ),
                "`/stint setup` looks at it again and says what to do.",
            )
            continue
        yield Finding(
            "channel.paused",
            "problem",
            say("The channel of {cohort} is paused: I can no longer write there.", cohort=name),
            "Let me in again and press “I am back in” in `/stint tasks`, or use `/cohort channel`.",
        )
    for name, platform, space in connection.execute(spaces):
        yield Finding(
            "space.paused",
            "problem",
            say("{name} is paused: I was removed from it.", name=name or platform_name(platform)),
            "Install me there again; what I owe is kept.",
            str(space),
        )


def stale_zones(now: datetime) -> list[Finding]:
    """Return a finding if the time zone data is old: versions are years and letters (iana.org/time-zones)."""
    try:
        year = int(version("tzdata").partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return []
    if now.year - year <= _OLD:
        return []
    return [
        Finding(
            "zones.stale",
            "warning",
            say(
                "The time zone data is from {year}; countries may have changed their clocks since.",
                year=year,
            ),
            "Update the package tzdata, then restart.",
        )
    ]


DOCTOR: Final = CommandSpec(
    ("stint", "doctor"),
    "Look whether everything works here, and what to do where it does not",
    allowed=frozenset({"coordinator"}),
    example="/stint doctor",
)


def doctor_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint doctor`: look at spaces and channels, then say everything together."""
    require_role(turn, "coordinator")
    spaces = [Place(each.platform, each.external_id, "") for each in _spaces(turn) if each.state == "active"]
    open_ones = cohorts.channels_of(turn, [each.id for each in cohorts.all_cohorts(turn)])
    staff = parse_destination(turn.programme.staff_place) if turn.programme.staff_place else None
    channels = [*map(cohorts.place_of, open_ones), *([staff] if isinstance(staff, Place) else [])]
    places = tuple(dict.fromkeys([*spaces, *channels]))
    looking = message("I am looking. If nothing more comes, ask again in a minute.")
    return [Reply(looking), Inspect(_VERB, places)]


def _spaces(turn: Turn) -> Sequence[Space]:
    return turn.session.scalars(select(Space).where(Space.programme_id == turn.programme_id)).all()


def doctor_inspected(turn: Turn, event: Inspected) -> list[Action]:
    """Say what was found, with what to do."""
    require_role(turn, "coordinator")
    ours = {"", *(each.external_id for each in _spaces(turn))}
    seen = [each for each in event.findings if each.space in ours and each.level != "ok"]
    found = [
        *seen,
        *findings(turn.connection, turn.now, turn.programme_id),
        *lone(turn.connection, turn.programme_id),
        *stale_zones(turn.now),
    ]
    return [Reply(message(*_report(found)))]


def lone(connection: Connection, programme_id: int | None = None) -> Iterator[Finding]:
    """Find programmes, or one, with a single coordinator or none: who answers while that person is away?"""
    here = and_(Role.programme_id == Programme.id, Role.role == literal("coordinator"))
    known = and_(Person.id == Role.person_id, Person.left_at.is_(None))
    query = (
        select(Programme.id, Programme.name, func.count(Person.id).label("coordinators"))
        .select_from(Programme)
        .outerjoin(Role, here)
        .outerjoin(Person, known)
        .group_by(Programme.id, Programme.name)
        .having(func.count(Person.id) < 2)  # noqa: PLR2004 - a second one answers while the first is away
        .order_by(Programme.id)
    )
    query = query.where(Programme.id == programme_id) if programme_id else query
    for row in connection.execute(query):
        one = say("{programme} has one coordinator: while they are away, no one answers.", programme=row.name)
        none = say("{programme} has no coordinator: no one answers there.", programme=row.name)
        yield Finding(
            "coordinators.one" if row.coordinators else "coordinators.none",
            "warning",
            one if row.coordinators else none,
            "Make another person one: `/stint coordinator @name`.",
        )


def _report(found: Sequence[Finding]) -> list[Block]:
    if not found:
        return [text("All is well: I am connected, nothing is overdue, and nothing is lost.")]
    blocks: list[Block] = [heading("One finding", "{count} findings", count=len(found))]
    for each in found:
        blocks.append(text(layout(_LINES[each.level], finding=as_value(each.what))))
        if each.fix:
            blocks.append(note(as_value(each.fix)))
    return blocks


ROUTES = Routes(
    commands=((DOCTOR, doctor_command),), inspected={_VERB: doctor_inspected}, reads=frozenset({_VERB})
)

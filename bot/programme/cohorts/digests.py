"""The daily digest: one message in every cohort channel, once per local day, and none on an empty one.

The chain of timers carries what the next digest has to know: the nominal date it is for, the last
announcement that was in it, and how many places each project had left when it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, convert, field
from sqlalchemy import bindparam, func, select

from bot.chat.actions import Action, CancelTimers, Post, Reply, SetTimer
from bot.chat.answers.days_off import dates_off, weekdays_off
from bot.chat.content import Message, note, say
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.languages import CHANNELS
from bot.chat.local_day import Day, words_of
from bot.chat.rendering.screen import height
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.chat.sentences import ShownDay
from bot.chat.values import replace
from bot.clock import at_local, first_nominal, next_local
from bot.programme.cohorts.digest_message import digest_message
from bot.programme.cohorts.digest_sections import TITLES, DigestLine, in_sections, lines_of
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.projects.listing import Found, page_message
from storage.dialects import literal
from storage.prepared import Prepared
from storage.tables import Announcement, Channel, Cohort, Member, Project, timers

__all__ = ["ROUTES", "begin_digests", "coming_digests", "end_digests", "list_new", "reschedule_digest"]

_KIND: Final = Timer.COHORT_DIGEST
_DIGEST: Final = "digest"
_TOO_LATE: Final = timedelta(hours=6)
"""A digest later than this is folded into the next one."""

_PROJECTS_A_PAGE: Final = 5


class _LastDigest(Struct, frozen=True):
    """The payload of a digest's timer: what the last digest left for it.

    Attributes:
        `told`: the id of the last announcement that was in it.
        left: how many places were left, by the id of a project, where it was not all of them.
        last, nominal: the dates (ISO) that the last digest was for ("" before the first) and this one is for.
    """

    told: int = 0
    left: dict[str, int] = field(default_factory=dict)
    last: str = ""
    nominal: str = ""


def begin_digests(turn: Turn, cohort: Cohort) -> list[Action]:
    """Set the timer of a new cohort's first digest."""
    query = select(func.max(Announcement.id)).where(Announcement.cohort_id == cohort.id)
    return [_timer(turn, cohort, _LastDigest(turn.session.scalar(query) or 0))]


def reschedule_digest(turn: Turn, cohort: Cohort) -> list[Action]:
    """Follow a change of the cohort's zone, time or days off: its next digest moves, at most one a day."""
    known = _known(turn, cohort)
    if known is None:
        return begin_digests(turn, cohort)
    return [*end_digests(cohort), _timer(turn, cohort, known)]


def _known(turn: Turn, cohort: Cohort) -> _LastDigest | None:
    """Return what the cohort's pending timer carries; None if it has no timer."""
    query = (
        select(timers.c.payload)
        .where(
            timers.c.programme_id == turn.programme_id,
            timers.c.kind == _KIND,
            timers.c.subject == subjects.COHORT(cohort.id),
            timers.c.state == "pending",
        )
        .order_by(timers.c.id.desc())
    )
    found = turn.connection.execute(query).scalars().first()
    return None if found is None else convert(found, _LastDigest)


def coming_digests(turn: Turn, cohort: Cohort, count: int) -> list[datetime]:
    """Return the instants of the cohort's next digests, at least one of them (UTC)."""
    zone, wall = ZoneInfo(cohort.zone), time.fromisoformat(cohort.digest_at)
    weekdays, dates = weekdays_off(cohort.days_off), dates_off(cohort.days_off)
    nominal = first_nominal(turn.now, wall, zone, weekdays_off=weekdays, dates_off=dates)
    instants = [at_local(nominal, wall, zone)]
    while len(instants) < count:
        nominal = next_local(nominal, weekdays_off=weekdays, dates_off=dates)
        instants.append(at_local(nominal, wall, zone))
    return instants


def list_new(turn: Turn, cohort: Cohort, importing: int) -> list[Action]:
    """Say now, in each of the cohort's channels, what is new since its last digest.

    The next digest leaves it out. `importing`: the id of the import whose list it is, which is sent once.
    """
    known, lines = _known(turn, cohort) or _LastDigest(), lines_of(turn, cohort)
    new = [line for line in lines if line.announced > known.told]
    if not new:
        return []
    follow = note(
        "You can read each of them and apply now. Their cards follow here day by day, with the daily digest."
    )
    head = say(
        "{cohort}: 1 new project", "{cohort}: {count} new projects", cohort=cohort.name, count=len(new)
    )
    words = digest_message(
        turn, cohort.id, head, {"new": new}, known.told, CHANNELS, height([follow], CHANNELS)
    )
    words = replace(words, blocks=(*words.blocks, follow))
    about = subjects.OF_DIGEST(cohort.id, turn.now.astimezone(ZoneInfo(cohort.zone)).date())
    posts = [
        Post(place, words, keys.LIST(importing, number), kind=_DIGEST, subject=about)
        for number, place in _places(turn, cohort)
    ]
    listed = replace(known, told=max(line.announced for line in lines))
    return [*posts, *end_digests(cohort), _timer(turn, cohort, listed)]


def end_digests(cohort: Cohort) -> list[Action]:
    """Stop the digests."""
    return [CancelTimers(subject=subjects.COHORT(cohort.id), kind=_KIND)]


def _timer(turn: Turn, cohort: Cohort, known: _LastDigest) -> SetTimer:
    """Return the next digest's timer, given what the last left; it is for the next date."""
    zone, wall = ZoneInfo(cohort.zone), time.fromisoformat(cohort.digest_at)
    weekdays, dates = weekdays_off(cohort.days_off), dates_off(cohort.days_off)
    if known.last:
        nominal = next_local(date.fromisoformat(known.last), weekdays_off=weekdays, dates_off=dates)
    else:
        nominal = first_nominal(turn.now, wall, zone, weekdays_off=weekdays, dates_off=dates)
    due, told = at_local(nominal, wall, zone), replace(known, nominal=nominal.isoformat())
    return SetTimer(
        keys.DIGEST_TIMER(cohort.id, nominal), due, _KIND, subjects.COHORT(cohort.id), told, late="fold"
    )


def cohort_digest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Post a cohort's digest of its nominal date in each of its channels; then set the next timer."""
    cohort = turn.session.get(Cohort, subjects.COHORT.id_of(event.subject))
    if cohort is None or cohort.programme_id != turn.programme_id or cohort.ended_at is not None:
        return []
    known = event.read(_LastDigest)
    nominal = known.nominal
    if event.late_by > _TOO_LATE.total_seconds():
        return [_timer(turn, cohort, replace(known, last=nominal))]
    lines = lines_of(turn, cohort)
    sections = in_sections(lines, turn.now, known.told, known.left)
    following = _LastDigest(
        told=max([known.told, *(line.announced for line in lines)]),
        left={str(line.project.id): line.left for line in lines if line.left != line.project.places},
        last=nominal,
    )
    posts: list[Action] = []
    if any(sections.values()):
        day = date.fromisoformat(nominal)
        shown = ShownDay(words_of(Day(day, cohort.zone), ZoneInfo(cohort.zone), turn.now).day)
        head = say("{cohort}: projects on {day}", cohort=cohort.name, day=shown)
        words = digest_message(turn, cohort.id, head, sections, known.told, CHANNELS)
        places = _places(turn, cohort)
        about = subjects.OF_DIGEST(cohort.id, day)
        posts = [
            Post(place, words, keys.DIGEST(cohort.id, day, number), kind=_DIGEST, subject=about)
            for number, place in places
        ]
    return [*posts, _timer(turn, cohort, following)]


def _still_today(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late digest on its own day; the next digest lists its projects again."""
    about = subjects.OF_DIGEST.parse(waiting.subject)
    cohort = turn.session.get(Cohort, about.cohort)
    if cohort is None or cohort.ended_at is not None:
        return None
    today = turn.now.astimezone(ZoneInfo(cohort.zone)).date()
    return waiting.message if today == about.day else None


_PLACES: Final = Prepared(
    select(Channel.id, Channel.place)
    .where(Channel.programme_id == bindparam("programme"), Channel.cohort_id == bindparam("cohort"))
    .where(Channel.state == literal("active"))
    .order_by(Channel.id)
)


def _places(turn: Turn, cohort: Cohort) -> list[tuple[int, str]]:
    turn.session.flush()  # a prepared statement sees what is stored
    asked = {"programme": turn.programme_id, "cohort": cohort.id}
    return [(row.id, row.place) for row in _PLACES.rows(turn.connection, asked)]


def digest_all_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the person who asked every project of one section of a digest, as it is now."""
    pressed = verbs.DIGEST_ALL.read(event)
    if pressed.section not in TITLES:
        raise Declined(_OLD)
    cohort = turn.session.get(Cohort, pressed.cohort)
    if cohort is None or not _may_see(turn, cohort):
        raise Declined("That digest belongs to a cohort that you are not in.")
    lines = lines_of(turn, cohort)
    section = in_sections(lines, datetime.fromtimestamp(pressed.now, UTC), pressed.told, {})[pressed.section]
    if pressed.section == "places":
        section = [line for line in lines if line.left != line.project.places]
    if not section:
        raise Declined("None of them is open any more. `/project list` shows what is.")
    return [Reply(_page(turn, section, pressed), replace=pressed.page is not None)]


_OLD: Final = "That button no longer works. `/project list` shows what is open."


def _may_see(turn: Turn, cohort: Cohort) -> bool:
    if cohort.programme_id != turn.programme_id:
        return False
    if "coordinator" in turn.roles or any(place == str(turn.place) for _, place in _places(turn, cohort)):
        return True
    held = select(Member.id).where(
        Member.cohort_id == cohort.id, Member.person_id == turn.person.id, Member.state == "admitted"
    )
    return turn.session.scalar(held) is not None


def _page(turn: Turn, section: Sequence[DigestLine], pressed: SimpleNamespace) -> Message:
    pages = -(-len(section) // _PROJECTS_A_PAGE)
    page = min(max(1, pressed.page or 1), pages)
    start = (page - 1) * _PROJECTS_A_PAGE
    ids = [line.project.id for line in section[start : start + _PROJECTS_A_PAGE]]
    whole = {each.id: each for each in turn.session.scalars(select(Project).where(Project.id.in_(ids)))}
    projects = tuple(whole[number] for number in ids)
    asked = (pressed.cohort, pressed.section, pressed.told, pressed.now)
    found = Found(projects, page, pages, len(section))
    return page_message(turn, found, TITLES[pressed.section], lambda number: verbs.DIGEST_ALL(*asked, number))


ROUTES = Routes(
    buttons={verbs.DIGEST_ALL: digest_all_pressed},
    reads=frozenset({verbs.DIGEST_ALL, _KIND}),
    timers={_KIND: cohort_digest_due},
    messages={_DIGEST: MessageRoute(_still_today, lambda _turn, _subject: say("The digest"))},
)

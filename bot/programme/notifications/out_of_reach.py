"""People who cannot reach the bot: all platforms on which they have an account are out.

A platform is out when its row is not renewed (`bot/runtime/contact.py`). While the bot is down none is,
and at its start each platform counts as out until it is connected.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.events import parse_destination
from bot.chat.local_day import Day, When, ends_at
from bot.chat.routes import WaitRoute, WaitSides
from bot.programme.core.turn import Turn
from storage.prepared import Row
from storage.queries import platforms
from storage.tables import Channel, Person

__all__ = [
    "GRACE",
    "LONGEST_GAP",
    "LOOK_AGAIN",
    "capped",
    "cohorts_out",
    "moved_date",
    "out_since",
    "platforms_of",
    "platforms_of_cohorts",
    "subjects_out",
]

_A_DAY: Final = timedelta(days=1)
_HALF_A_DAY: Final = timedelta(hours=12)

GRACE: Final = timedelta(minutes=2)
"""The time without a renewal after which a platform is out: it is renewed every minute."""


LONGEST_GAP: Final = timedelta(minutes=15)
"""The time without contact that is no outage yet."""


LOOK_AGAIN: Final = timedelta(minutes=5)
"""The time after which what is due is looked at again whose people could not be reached when it was."""


def subjects_out(turn: Turn, rule: WaitRoute, about: str, subjects: Sequence[str]) -> frozenset[str]:
    """Return the subjects of waits said together whose owing people cannot reach the bot now.

    Past the instant up to which an outage moves such waits, the answer is none.
    """
    if rule.sides is None or not subjects:
        return frozenset()
    reached = platforms.last_reached(turn.connection)
    out = {each for each, at in reached.items() if at < turn.now - GRACE}
    if not out:
        return frozenset()
    owing = rule.sides.owing(turn, about, subjects)
    return frozenset(
        each
        for each, people in owing.items()
        if _are_on(turn, people, out, reached) and not _is_past(turn, rule.sides, each)
    )


def _is_past(turn: Turn, sides: WaitSides, subject: str) -> bool:
    """Tell whether a wait has come to the instant up to which an outage moves it."""
    latest = sides.latest(turn, subject) if sides.latest else None
    return latest is not None and latest <= turn.now


def _are_on(turn: Turn, people: Sequence[Person], out: Collection[str], reached: Collection[str]) -> bool:
    """Tell whether all these people's accounts are on platforms that are out."""
    used = platforms_of(turn, people) & set(reached)
    return bool(used) and used <= set(out)


def platforms_of(turn: Turn, people: Sequence[Person]) -> frozenset[str]:
    """Return the platforms on which any of these people can be written to."""
    numbers = {each.id for each in people}
    return platforms.platforms_of(turn.connection, turn.programme_id, numbers)


def cohorts_out(turn: Turn, cohorts: Collection[int]) -> bool:
    """Tell whether all channels of one of these cohorts are on platforms that are out."""
    reached = platforms.last_reached(turn.connection)
    out = {each for each, at in reached.items() if at < turn.now - GRACE}
    if not out:
        return False
    used = (each & reached.keys() for each in platforms_of_cohorts(turn, cohorts))
    return any(each and each <= out for each in used)


def platforms_of_cohorts(turn: Turn, cohorts: Collection[int]) -> list[set[str]]:
    """Return for each of these cohorts the platforms of its channels."""
    found: dict[int, set[str]] = {}
    query = select(Channel.cohort_id, Channel.place).where(
        Channel.programme_id == turn.programme_id,
        Channel.cohort_id.in_(sorted(cohorts)),
        Channel.state.in_(("active", "paused")),
    )
    for cohort, place in turn.connection.execute(query):
        found.setdefault(cohort, set()).add(parse_destination(place).platform)
    return list(found.values())


def out_since(outage: Row, used: Collection[str]) -> datetime | None:
    """Return since when (UTC) people who use these platforms were out of reach until an outage ended.

    None where they were not: they use another platform that could be reached, or not the one that was out.
    """
    if outage.platform not in used:
        return None
    others = {each.platform: each.reached_at for each in outage.others}
    elsewhere = set(used) - {outage.platform}
    if not elsewhere <= others.keys():
        return None
    since: datetime = max([outage.since, *(others[each] for each in elsewhere)])
    return since


def capped(due: datetime, by: timedelta, latest: datetime | None) -> datetime:
    """Return an instant so much later, but not past `latest`; what is past that by itself moves all the same.

    A date before the start of a project so stays before it.
    """
    moved = due + by
    return moved if latest is None or due >= latest else min(moved, latest)


def moved_date(when: When, by: timedelta, now: datetime, latest: datetime | None = None) -> When:
    """Return a date so much later, but not past `latest`.

    A Day moves by whole days, half a day counting as one; one that is over at `now` moves until it is not.
    """
    if not isinstance(when, Day):
        return capped(when, by, latest)
    days = (by + _HALF_A_DAY) // _A_DAY
    moved = Day(when.date + days * _A_DAY, when.zone)
    while ends_at(moved) <= now:
        moved = Day(moved.date + _A_DAY, when.zone)
    while latest is not None and ends_at(when) < latest < ends_at(moved):
        moved = Day(moved.date - _A_DAY, when.zone)
    return moved

"""Cohorts: which is meant, which people are in it, and which channels it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process
from sqlalchemy import func, select

from bot.chat.answers import Option
from bot.chat.content import Plain
from bot.chat.events import Place, Suggest, parse_destination
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme.core.turn import Turn
from storage.tables import Channel, Cohort, Member, Person

__all__ = [
    "all_cohorts",
    "channels_of",
    "cohort_at",
    "cohort_named",
    "cohort_of",
    "cohorts_of",
    "member_counts",
    "place_of",
    "suggest_cohorts",
    "waiting_count",
]

_MISSPELT_LIKENESS: Final = 80  # how alike (of 100) a misspelt name must be
_UNKNOWN: Final = "I do not know that cohort. `/cohort list` shows them all."


def all_cohorts(turn: Turn, *, ended: bool = False) -> list[Cohort]:
    """Return the programme's cohorts that have not ended (with `ended` those too), the oldest first."""
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id).order_by(Cohort.id)
    if not ended:
        query = query.where(Cohort.ended_at.is_(None))
    return list(turn.session.scalars(query))


def cohort_of(turn: Turn, cohort_id: int | str) -> Cohort:
    """Return the cohort with this id in the turn's programme.

    Raises:
        Declined: there is none.
    """
    wanted, found = whole_number(str(cohort_id)), None
    if wanted is not None:
        query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.id == wanted)
        found = turn.session.scalar(query)
    if found is None:
        raise Declined(_UNKNOWN)
    return found


def cohort_named(turn: Turn, typed: str) -> Cohort:
    """Return the cohort that a person means by name or number; "" is that of this channel, or the only one.

    Raises:
        Declined: there is none, or several could be meant.
    """
    cohorts = all_cohorts(turn)
    if not typed.strip():
        here = cohort_at(turn, turn.place) if turn.place is not None else None
        if here is None and len(cohorts) == 1:
            here = cohorts[0]
        if here is None:
            raise Declined("Which cohort do you mean? Name it, or use this command in its channel.")
        return here
    wanted = typed.strip().removeprefix("#").casefold()
    for cohort in cohorts:
        if wanted in (str(cohort.id), cohort.name.casefold()):
            return cohort
    names = {cohort.id: cohort.name.casefold() for cohort in cohorts}
    hit = process.extractOne(wanted, names, scorer=fuzz.WRatio, score_cutoff=_MISSPELT_LIKENESS)
    if hit is None:
        raise Declined(_UNKNOWN)
    return cohort_of(turn, hit[2])


def cohort_at(turn: Turn, place: Place) -> Cohort | None:
    """Return the cohort whose channel a place is; None where it is no cohort's, or the cohort has ended."""
    query = (
        select(Cohort)
        .join(Channel, Channel.cohort_id == Cohort.id)
        .where(
            Channel.programme_id == turn.programme_id,
            Channel.place == str(place),
            Cohort.ended_at.is_(None),
        )
        .order_by(Cohort.id)
    )
    return turn.session.scalars(query).first()


def cohorts_of(turn: Turn, person: Person) -> list[Cohort]:
    """Return the cohorts that have not ended and have admitted this person."""
    query = (
        select(Cohort)
        .join(Member, Member.cohort_id == Cohort.id)
        .where(
            Member.programme_id == turn.programme_id,
            Member.person_id == person.id,
            Member.state == "admitted",
            Cohort.ended_at.is_(None),
        )
        .order_by(Cohort.id)
    )
    return list(turn.session.scalars(query))


def channels_of(turn: Turn, cohort_ids: Iterable[int], *, paused: bool = False) -> list[Channel]:
    """Return the channels of these cohorts in which the bot can write (with `paused` all of them)."""
    query = select(Channel).where(
        Channel.programme_id == turn.programme_id, Channel.cohort_id.in_(list(cohort_ids))
    )
    if not paused:
        query = query.where(Channel.state == "active")
    return list(turn.session.scalars(query.order_by(Channel.id)))


def place_of(channel: Channel) -> Place:
    """Return where a cohort's channel is."""
    place = parse_destination(channel.place)
    if not isinstance(place, Place):
        raise TypeError(channel.place)
    return place


def waiting_count(turn: Turn, cohort: Cohort) -> int:
    """Count the people who ask to be let into a cohort."""
    asking = (Member.cohort_id == cohort.id, Member.state == "asked")
    query = select(func.count()).where(Member.programme_id == turn.programme_id, *asking)
    return turn.session.scalar(query) or 0


def member_counts(turn: Turn) -> dict[tuple[int, str], int]:
    """Count the members of each cohort in each state, by cohort id and state."""
    query = (
        select(Member.cohort_id, Member.state, func.count(Member.id))
        .where(Member.programme_id == turn.programme_id)
        .group_by(Member.cohort_id, Member.state)
    )
    return {(cohort_id, state): count for cohort_id, state, count in turn.session.execute(query)}


def suggest_cohorts(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest cohorts whose name holds what is typed so far."""
    typed = event.typed.strip().casefold()
    return [Option(c.name, Plain(c.name)) for c in all_cohorts(turn) if typed in c.name.casefold()]

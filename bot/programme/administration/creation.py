"""A programme's beginning: its rows and the timers that carry it, made before the first message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.chat.actions import Action, SetTimer
from bot.chat.events import Place, UserRef
from bot.programme.cohorts import all_cohorts, digests, join
from bot.programme.companies.employers import post_for
from bot.programme.core.lifecycle import begin
from bot.programme.core.timers import row_of
from bot.programme.core.turn import Turn
from bot.programme.notifications import task_summary
from bot.programme.people import give_role, person_for
from storage.database import UnitOfWork
from storage.queries import timers
from storage.tables import Channel, Cohort, Programme, Space

__all__ = ["create_cohort", "create_person", "create_programme", "create_space"]


def create_programme(
    work: UnitOfWork,
    now: datetime,
    name: str,
    zone: str,
    space: Place,
    coordinator: UserRef,
    coordinator_name: str = "",
) -> int:
    """Make a programme in the space that `space` is in, with its first coordinator; return its id.

    `zone` is an IANA name. Its daily summary of tasks is set.
    """
    programme = Programme(name=name, zone=zone, created_at=now)
    work.session.add(programme)
    # Every row below is bound to the id.
    work.session.flush()
    turn = Turn(work, now, programme.id)
    met = Space(programme_id=programme.id, platform=space.platform, external_id=space.space, created_at=now)
    begun = begin(turn, met)
    person = person_for(turn, coordinator, coordinator_name)
    give_role(turn, person, "coordinator")
    _set_timers(turn, [*begun, *task_summary.schedule_summary(turn)])
    return programme.id


def create_cohort(
    work: UnitOfWork,
    now: datetime,
    programme_id: int,
    name: str,
    zone: str,
    channel: Place,
    *,
    ready: bool = True,
) -> int:
    """Make an open cohort announced in `channel`, with its daily digest at 09:00 of its zone; return its id.

    `ready`: whether the channel is known to be ready; else it is in use once it was looked at.
    """
    turn = Turn(work, now, programme_id)
    cohort = Cohort(
        programme_id=programme_id,
        name=name,
        zone=zone,
        digest_at="09:00",
        days_off=[],
        open=True,
        created_at=now,
    )
    work.session.add(cohort)
    # The channel and the timers need the id.
    work.session.flush()
    state = "active" if ready else "new"
    announced = Channel(programme_id=programme_id, cohort_id=cohort.id, place=str(channel), state=state)
    _set_timers(turn, [*begin(turn, announced), *digests.begin_digests(turn, cohort)])
    return cohort.id


def create_space(work: UnitOfWork, now: datetime, cohort_id: int, channel: Place) -> None:
    """Let the programme of a cohort have the space of `channel`, too; the cohort is announced there."""
    cohort = work.session.get_one(Cohort, cohort_id)
    mine = {"programme_id": cohort.programme_id}
    turn = Turn(work, now, cohort.programme_id)
    met = Space(**mine, platform=channel.platform, external_id=channel.space, created_at=now)
    announced = Channel(**mine, cohort_id=cohort.id, place=str(channel), state="active")
    _set_timers(turn, [*begin(turn, met), *begin(turn, announced)])


def create_person(
    work: UnitOfWork,
    now: datetime,
    programme_id: int,
    account: tuple[UserRef, str, str],
    role: str,
    company: str = "",
) -> int:
    """Make a person by account, name and IANA zone, with a role; a student joins every cohort; return the id.

    `company` is the name of an employer's, made now if it is new. Its projects that have no owner,
    imported ones above all, become theirs.

    Raises:
        Declined: the company's name is too long.
    """
    user, name, zone = account
    turn = Turn(work, now, programme_id)
    person = person_for(turn, user, name)
    person.zone = zone
    give_role(turn, person, role)
    actions = post_for(turn, person, company) if company else []
    if role == "student":
        for cohort in all_cohorts(turn):
            _, joined = join(turn, cohort, person)
            actions += joined
    work.session.flush()
    _set_timers(turn, actions)
    return person.id


def _set_timers(turn: Turn, actions: Iterable[Action]) -> None:
    """Write the timers of these actions; there is no runtime around a seed that would carry them out."""
    rows = [row_of(turn.programme_id, act) for act in actions if isinstance(act, SetTimer)]
    timers.remind(turn.connection, rows)

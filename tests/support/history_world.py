"""A programme with every noun that has a history, and rows of it as a test wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.programme.core import history
from bot.programme.core.turn import Turn
from storage.tables import (
    Application,
    Cohort,
    Company,
    HistoryRow,
    Member,
    Milestone,
    Placement,
    Project,
)
from tests.support.in_memory import person
from tests.support.projects import project_row, seed_application
from tests.support.stage import MONDAY

__all__ = ["World", "put", "world"]


@dataclass
class World:
    """Ada is placed in Marta's project, Ben applied to it, Jo is of another company, Cora coordinates."""

    cora: Turn
    marta: Turn
    jo: Turn
    ada: Turn
    ben: Turn
    project: Project
    of_ada: Application
    of_ben: Application
    placement: Placement
    milestone: Milestone
    member: Member


def world(turn: Turn) -> World:
    """Put the people and the things of a programme into the turn's; none of it has a history yet."""
    of_programme = {"programme_id": turn.programme_id, "created_at": MONDAY}
    company = Company(**of_programme, name="Riverside Bikes")
    cohort = Cohort(
        **of_programme, name="Spring 26", zone="Europe/London", digest_at="08:30", days_off=[], open=True
    )
    other = Company(**of_programme, name="Birch Labs")
    turn.session.add_all([company, other, cohort])
    turn.session.flush()
    marta, jo = person(turn, "marta", "employer"), person(turn, "jo", "employer")
    ada, ben = person(turn, "ada", "student"), person(turn, "ben", "student")
    marta.person.company_id, jo.person.company_id = company.id, other.id
    project = project_row(turn.work, marta.person, MONDAY, url="https://example.org/map")
    of_ada = seed_application(turn.work, project, ada.person, MONDAY, status="accepted")
    of_ben = seed_application(turn.work, project, ben.person, MONDAY)
    placement = Placement(
        **of_programme,
        project_id=project.id,
        application_id=of_ada.id,
        person_id=ada.person.id,
        status="active",
        starts_at=MONDAY,
        due_at=MONDAY + timedelta(days=20),
    )
    turn.session.add(placement)
    turn.session.flush()
    milestone = Milestone(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        position=1,
        title="A table",
        due_at=MONDAY + timedelta(days=20),
        status="open",
    )
    member = Member(**of_programme, cohort_id=cohort.id, person_id=ada.person.id, state="admitted")
    turn.session.add_all([milestone, member])
    turn.session.flush()
    return World(turn, marta, jo, ada, ben, project, of_ada, of_ben, placement, milestone, member)


def put(
    turn: Turn,
    subject: str,
    what: str,
    before: str | None,
    after: str | None,
    *,
    at: datetime = MONDAY,
    parent: str = "",
    by: Turn | None = None,
    reason: str = "",
    known_by: str = "",
    began_by: str = "",
) -> HistoryRow:
    """Write a row of the history; `by` is who acted."""
    row = HistoryRow(
        programme_id=turn.programme_id,
        subject=subject,
        parent=parent,
        what=what,
        before=before,
        after=after,
        alias_id=history.alias_of(turn, by.own_id) if by is not None else None,
        began_by=began_by,
        at=at,
        reason=reason,
        known_by=known_by,
    )
    turn.session.add(row)
    turn.session.flush()
    return row

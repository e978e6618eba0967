"""The names of what rows are about, as a coordinator reads them: a project's title, a student, a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from bot.chat.codec import head_of
from bot.chat.events import Place, UserRef
from bot.chat.routes import Declined
from bot.programme.core import subjects
from storage.tables import (
    Application,
    Channel,
    CheckIn,
    Cohort,
    Identity,
    Letter,
    Member,
    Milestone,
    Person,
    Placement,
    Programme,
    Project,
    Submission,
)

__all__ = ["place_name", "reader_name", "subject_name"]

_ID: Final[BindParameter[int]] = bindparam("id")
_PERSON: Final = select(Person.name).where(Person.id == _ID)
_PROJECT: Final = select(Project.title).where(Project.id == _ID)
_OF_APPLICATION: Final = (
    select(Person.name, Project.title)
    .select_from(Application)
    .join(Person, Person.id == Application.person_id)
    .join(Project, Project.id == Application.project_id)
)
_OF_PLACEMENT: Final = (
    select(Person.name, Project.title)
    .select_from(Placement)
    .join(Person, Person.id == Placement.person_id)
    .join(Project, Project.id == Placement.project_id)
)
_OF_MILESTONE: Final = _OF_PLACEMENT.join(Milestone, Milestone.placement_id == Placement.id).add_columns(
    Milestone.title
)

_NAMES: Final[Mapping[str, Select[*tuple[Any, ...]]]] = {
    subjects.APPLICATION: _OF_APPLICATION.where(Application.id == _ID),
    subjects.CHECK_IN: _OF_PLACEMENT.join(CheckIn, CheckIn.placement_id == Placement.id).where(
        CheckIn.id == _ID
    ),
    subjects.COHORT: select(Cohort.name).where(Cohort.id == _ID),
    subjects.LETTER: _OF_APPLICATION.join(Letter, Letter.application_id == Application.id).where(
        Letter.id == _ID
    ),
    subjects.MEMBER: select(Person.name, Cohort.name)
    .select_from(Member)
    .join(Person, Person.id == Member.person_id)
    .join(Cohort, Cohort.id == Member.cohort_id)
    .where(Member.id == _ID),
    subjects.MILESTONE: _OF_MILESTONE.where(Milestone.id == _ID),
    subjects.PERSON: _PERSON,
    subjects.PLACEMENT: _OF_PLACEMENT.where(Placement.id == _ID),
    subjects.PROJECT: _PROJECT,
    subjects.SUBMISSION: _OF_MILESTONE.join(Submission, Submission.milestone_id == Milestone.id).where(
        Submission.id == _ID
    ),
}
"""The words by which each noun is known, by its id."""


def subject_name(connection: Connection, subject: str) -> str:
    """Return the name of what a row is about ("placement:3"); "" where it has none that may be shown."""
    query = _NAMES.get(head_of(subject))
    if query is None:
        return ""
    try:
        number = subjects.number_of(subject)
    except (Declined, ValueError):
        return ""
    row = connection.execute(query, {"id": number}).first()
    return ", ".join(" ".join(str(each).split()) for each in row if each) if row is not None else ""


def reader_name(connection: Connection, programme_id: int, to: UserRef) -> str:
    """Return the name of the person behind an account, and the account where there is none."""
    query = select(Person.name).join(Identity, Identity.person_id == Person.id)
    mine = (Identity.programme_id == programme_id, Identity.platform == to.platform)
    return connection.scalar(query.where(*mine, Identity.user_id == to.id)) or str(to)


def place_name(connection: Connection, programme_id: int, place: Place) -> str:
    """Return what a coordinator calls a channel: that of a cohort, or the staff channel."""
    cohort = (
        select(Cohort.name)
        .join(Channel, Channel.cohort_id == Cohort.id)
        .where(Channel.programme_id == programme_id, Channel.place == str(place))
    )
    if name := connection.scalar(cohort):
        return f"channel of {name}"
    staff = connection.scalar(select(Programme.staff_place).where(Programme.id == programme_id))
    return "staff channel" if staff == str(place) else f"channel {place.id}"

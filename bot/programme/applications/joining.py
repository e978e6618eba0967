"""Applications of two person rows that turn out to be the same person.

Of two applications to a project, the one that is further on is kept. The other is withdrawn, as its student
could have done, and remains with what is left of the second person.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import delete, select, update

from bot.chat.actions import Action, CancelTimers, Post
from bot.chat.content import message, text
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.applications import application_form, deadlines, news, submission, withdraw
from bot.programme.applications.drafts import drafts_of
from bot.programme.applications.lookup import lock_application
from bot.programme.core import keys
from bot.programme.core.lifecycle import can_move
from bot.programme.core.turn import Turn
from bot.programme.people import drafts
from storage.tables import Application, DraftCohort, Member, Person, Project, conversations

__all__ = ["merge"]

_NAMELESS: Final = "Another account"
_FURTHEST: Final = ("accepted", "offered", "shortlisted", "submitted", "admission")


def merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Move the second person's applications to the first; send what waited for a membership of either.

    Raises:
        Declined: both are placed in the same project, so two promises of an employer would become one.
    """
    actions = _join_applications(turn, first, second)
    _join_draft_cohorts(turn, first, second)
    admitted = select(Member).where(Member.person_id == first.id, Member.state == "admitted")
    for member in turn.session.scalars(admitted.order_by(Member.id)).all():
        actions += submission.admitted(turn, member)
    return [*actions, *_follow_drafts(turn, first, second)]


def _join_applications(turn: Turn, first: Person, second: Person) -> list[Action]:
    query = select(Application).where(
        Application.programme_id == turn.programme_id, Application.person_id == first.id
    )
    mine = {application.project_id: application.id for application in turn.session.scalars(query)}
    theirs = select(Application.id).where(
        Application.programme_id == turn.programme_id, Application.person_id == second.id
    )
    actions: list[Action] = []
    for number in turn.session.scalars(theirs.order_by(Application.project_id)).all():
        project, application = lock_application(turn, number)
        if project.id not in mine:
            application.person_id = first.id
            turn.session.flush()
            continue
        actions += _keep_further(turn, project, lock_application(turn, mine[project.id])[1], application)
    return actions


def _keep_further(turn: Turn, project: Project, mine: Application, theirs: Application) -> list[Action]:
    """Give the first person the application that is further on, of two applications to the same project."""
    first, second = mine.person_id, theirs.person_id
    keeps_mine = _behind(mine) <= _behind(theirs)
    loser = theirs if keeps_mine else mine
    if loser.status == "accepted":
        raise Declined(
            text(
                "You have a placement in **{project}** with each of your accounts. End one of them with "
                "`/placement` first, then link your accounts.",
                project=projects.title_part(project),
            )
        )
    actions: list[Action] = []
    if can_move(loser, "withdrawn"):
        actions += withdraw.withdraw_application(turn, project, loser)
        words = text(
            "You applied to **{project}** with both of your accounts. The application that is further along "
            "stays; the other one is withdrawn.",
            project=projects.title_part(project),
        )
        person = people.person_of(turn, first)
        to, about = people.address(turn, person), news.about(loser)
        key = keys.APPLICATION_JOINED(loser.id)
        actions.append(Post(to, message(words), key, kind=news.ANSWER, subject=about))
    if not keeps_mine:
        _swap(turn, mine, theirs, first, second)
    return actions


def _behind(application: Application) -> int:
    status = application.status
    return _FURTHEST.index(status) if status in _FURTHEST else len(_FURTHEST)


def _swap(turn: Turn, mine: Application, theirs: Application, first: int, second: int) -> None:
    """Swap the persons of two applications, by a third row: a person has only one for each project."""
    third = Person(programme_id=turn.programme_id, name=_NAMELESS, created_at=turn.now)
    turn.session.add(third)
    turn.session.flush()
    for application, person_id in ((mine, third.id), (theirs, first), (mine, second)):
        # The database holds a person to one application for each project, so each step is written by itself.
        application.person_id = person_id
        turn.session.flush()
    turn.session.delete(third)
    turn.session.flush()


def _join_draft_cohorts(turn: Turn, first: Person, second: Person) -> None:
    """Move the second person's choices of cohort to the first, whose own choices count where both began."""
    mine = select(DraftCohort.project_id).where(DraftCohort.person_id == first.id)
    turn.session.execute(
        delete(DraftCohort)
        .where(DraftCohort.person_id == second.id, DraftCohort.project_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    turn.session.execute(
        update(DraftCohort).where(DraftCohort.person_id == second.id).values(person_id=first.id)
    )


def _follow_drafts(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Move the reminders of drafts to the first person; none is left for what is sent already."""
    query = select(conversations.c.subject).where(
        conversations.c.person_id == first.id, conversations.c.form == application_form.FORM
    )
    actions: list[Action] = [
        CancelTimers(key=keys.APPLICATION_DRAFT(int(subject), second.id))
        for subject in sorted(set(turn.connection.scalars(query)))
    ]
    for row in drafts_of(turn, person=first.id):
        actions += _follow_draft(turn, first, row)
    return actions


def _follow_draft(turn: Turn, first: Person, row: Any) -> list[Action]:  # noqa: ANN401 - a row
    project = projects.project_of(turn, row.subject)
    sent = select(Application.id).where(
        Application.project_id == project.id,
        Application.person_id == first.id,
        Application.status != "withdrawn",
    )
    if turn.session.scalars(sent).first() is None:
        return deadlines.draft_timers(turn, project, first)
    drafts.end(turn, row.id)
    return [CancelTimers(key=keys.APPLICATION_DRAFT(project.id, first.id))]

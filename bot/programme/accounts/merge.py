"""Two people who turn out to be one: everything of the second becomes the first one's, in one transaction.

Where both have the same thing, the one that is further stays. Of two applications to one project the other is
withdrawn, as its student could have done, and stays with what is left of the second person: a row without a
name, account or word of theirs.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import delete, select, update

from bot.chat.actions import Action, CancelReminders, Post
from bot.chat.content import message, text
from bot.chat.conversation.draft import load_draft
from bot.chat.routes import Declined
from bot.programme import applications, people, projects
from bot.programme.accounts import profile
from bot.programme.applications import application_form, news
from bot.programme.applications.lookup import locked
from bot.programme.core.lifecycle import can_move
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import evidence
from bot.programme.people import files as people_files
from bot.programme.projects import saved_projects
from storage.tables import (
    Application,
    CheckIn,
    Code,
    DraftCohort,
    Erasure,
    Identity,
    Letter,
    Member,
    Mute,
    Notice,
    Person,
    Placement,
    Project,
    Report,
    Role,
    SavedProject,
    StoredFile,
    Task,
    Terms,
    TermsOffer,
    conversations,
)

__all__ = ["JOINED", "LEFT", "MOVED", "join"]

_NAMELESS: Final = "Another account"
MOVED: Final = (
    *(Identity.person_id, Placement.person_id, Placement.ended_by_id, CheckIn.person_id),
    *(Letter.sender_id, Letter.recipient_id, Letter.person_id, Task.about_id),
    *(Mute.person_id, Mute.from_id, Report.reporter_id, Report.about_id, Report.ended_by_id),
    *(Project.owner_id, Notice.person_id, StoredFile.person_id, Code.person_id, Task.closed_by),
    *(Terms.accepted_by, TermsOffer.proposed_by, TermsOffer.approved_by),
)
"""The columns of a person's id whose rows become the first person's as they are."""

JOINED: Final = (
    *(Application.person_id, SavedProject.person_id, DraftCohort.person_id),
    *(Role.person_id, Member.person_id, conversations.c.person_id),
)
"""Those of which a person has one row for each thing: of two rows the one that is further stays."""

LEFT: Final = (Erasure.person_id,)
"""Those that stay the second person's: who is back and asked to be forgotten has to ask again."""

_FURTHEST: Final = ("accepted", "offered", "shortlisted", "submitted", "admission")
_STATES: Final = ("admitted", "asked", "refused")


def join(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Make `second` and `first` one person, `first`; what depends on who they are is set anew.

    Raises:
        Declined: both are placed in the same project, so two employers' promises would become one.
    """
    _lock(turn, first, second)
    for person in (first, second):
        evidence.cancel_erasures(turn, person)
    drafts = _drafts(turn, second)
    actions = _join_applications(turn, first, second)
    actions += _join_saved(turn, first, second)
    for column in MOVED:
        _move(turn, column, first, second)
    _join_roles(turn, first, second)
    _join_decisions(turn, first, second)
    actions += _join_members(turn, first, second)
    actions += _join_drafts(turn, first, second, drafts)
    _complete(first, second)
    _leave_nameless(turn, second)
    tasks.close_about(turn, f"person:{second.id}")
    actions.append(CancelReminders(subject=f"person:{second.id}"))
    return [*actions, *profile.on_zone_changed(turn, first)]


def _lock(turn: Turn, *persons: Person) -> None:
    """Two accounts that link each other at the same moment do it one after the other."""
    ids = sorted(person.id for person in persons)
    query = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    turn.session.execute(query).all()


def _move(turn: Turn, column: Any, first: Person, second: Person) -> None:  # noqa: ANN401 - a mapped column
    turn.session.execute(
        update(column.class_)
        .where(column == second.id)
        .values({column.key: first.id})
        .execution_options(synchronize_session="fetch")
    )


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
        project, application = locked(turn, number)
        if project.id not in mine:
            application.person_id = first.id
            turn.session.flush()
            continue
        actions += _keep_further(turn, project, locked(turn, mine[project.id])[1], application)
    return actions


def _keep_further(turn: Turn, project: Project, mine: Application, theirs: Application) -> list[Action]:
    """Of two applications to one project the further one becomes (or stays) the first person's."""
    first, second = mine.person_id, theirs.person_id
    keeps_mine = _behind(mine) <= _behind(theirs)
    loser = theirs if keeps_mine else mine
    if loser.status == "accepted":
        raise Declined(
            text("You have a placement in **", projects.title_part(project), "** with each of your accounts. "
                 "End one of them with `/placement` first, then link your accounts.")
        )  # fmt: skip
    actions: list[Action] = []
    if can_move(loser, "withdrawn"):
        actions += applications.withdraw_application(turn, project, loser)
        words = text(
            "You applied to **", projects.title_part(project), "** with both of your accounts. The "
            "application that is further along stays; the other one is withdrawn."
        )  # fmt: skip
        person = people.person_of(turn, first)
        to, about = people.address(turn, person), news.about(loser)
        key = f"joined:{loser.id}"
        actions.append(Post(to, message(words), key, kind=news.ANSWER, subject=about))
    if not keeps_mine:
        _swap(turn, mine, theirs, first, second)
    return actions


def _behind(application: Application) -> int:
    status = application.status
    return _FURTHEST.index(status) if status in _FURTHEST else len(_FURTHEST)


def _swap(turn: Turn, mine: Application, theirs: Application, first: int, second: int) -> None:
    """Each gets the other's application; by way of nobody, since a person has one for each project."""
    nobody = Person(programme_id=turn.programme_id, name=_NAMELESS, created_at=turn.now)
    turn.session.add(nobody)
    turn.session.flush()
    for application, person_id in ((mine, nobody.id), (theirs, first), (mine, second)):
        application.person_id = person_id
        turn.session.flush()
    turn.session.delete(nobody)
    turn.session.flush()


def _join_saved(turn: Turn, first: Person, second: Person) -> list[Action]:
    having = set(
        turn.session.scalars(select(SavedProject.project_id).where(SavedProject.person_id == first.id))
    )
    actions: list[Action] = []
    query = select(SavedProject).where(SavedProject.person_id == second.id)
    for saved in turn.session.scalars(query).all():
        actions.append(CancelReminders(key=f"saved:{saved.project_id}:{second.id}"))
        if saved.project_id in having:
            turn.session.delete(saved)
            continue
        saved.person_id = first.id
        turn.session.flush()
        actions += saved_projects.reminder(turn, projects.project_of(turn, saved.project_id), first.id)
    turn.session.flush()
    return actions


def _join_roles(turn: Turn, first: Person, second: Person) -> None:
    for role in people.roles_of(turn, second):
        people.give_role(turn, first, role)
    turn.session.execute(delete(Role).where(Role.person_id == second.id))


def _join_members(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Of two memberships of one cohort the better one counts; what waited for it is sent."""
    query = select(Member).where(Member.person_id == first.id)
    mine = {member.cohort_id: member for member in turn.session.scalars(query)}
    actions: list[Action] = []
    for member in turn.session.scalars(select(Member).where(Member.person_id == second.id)).all():
        held = mine.get(member.cohort_id)
        if held is None:
            member.person_id = first.id
        else:
            held.state = min(held.state, member.state, key=_STATES.index)
            tasks.close_task(turn, f"admit:{member.id}")
            turn.session.delete(member)
        turn.session.flush()
        if (held or member).state == "admitted":
            actions += applications.admitted(turn, held or member)
    return actions


def _drafts(turn: Turn, person: Person) -> list[Any]:
    query = select(conversations).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == person.id,
        conversations.c.state.in_(("open", "waiting")),
    )
    return list(turn.connection.execute(query.order_by(conversations.c.id)).all())


def _join_decisions(turn: Turn, first: Person, second: Person) -> None:
    """Through which cohort the second person would have applied; where both began, the first one's counts."""
    mine = select(DraftCohort.project_id).where(DraftCohort.person_id == first.id)
    turn.session.execute(
        delete(DraftCohort)
        .where(DraftCohort.person_id == second.id, DraftCohort.project_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    turn.session.execute(
        update(DraftCohort).where(DraftCohort.person_id == second.id).values(person_id=first.id)
    )


def _join_drafts(turn: Turn, first: Person, second: Person, drafts: list[Any]) -> list[Action]:
    """Of two drafts of one thing the fuller one stays; none stays for what is sent already."""
    actions: list[Action] = []
    mine = {(row.form, row.subject): row for row in _drafts(turn, first)}
    for row in drafts:
        actions.append(CancelReminders(key=f"application.draft:{row.subject}:{second.id}"))
        other = mine.get((row.form, row.subject))
        loser = None
        if other is not None:
            fuller = len(load_draft(row.draft).answers) > len(load_draft(other.draft).answers)
            loser = other if fuller else row
            _end(turn, loser.id)
    everything = conversations.c.person_id == second.id
    turn.connection.execute(
        update(conversations).where(everything, conversations.c.state == "open").values(state="waiting")
    )
    turn.connection.execute(update(conversations).where(everything).values(person_id=first.id))
    for row in _drafts(turn, first):
        if row.form == application_form.FORM:
            actions += _follow_application(turn, first, row)
    return actions


def _follow_application(turn: Turn, first: Person, row: Any) -> list[Action]:  # noqa: ANN401 - a row
    project = projects.project_of(turn, row.subject)
    sent = select(Application.id).where(
        Application.project_id == project.id,
        Application.person_id == first.id,
        Application.status != "withdrawn",
    )
    if turn.session.scalars(sent).first() is None:
        return applications.draft_timers(turn, project, first)
    _end(turn, row.id)
    return [CancelReminders(key=f"application.draft:{project.id}:{first.id}")]


def _end(turn: Turn, conversation_id: int) -> None:
    ended = update(conversations).where(conversations.c.id == conversation_id)
    turn.connection.execute(ended.values(state="cancelled", draft={}))
    people_files.let_go(turn, "draft", [conversation_id])


def _complete(first: Person, second: Person) -> None:
    """What the first person never said is taken from the second."""
    if not first.zone_said and (second.zone_said or first.zone is None):
        first.zone, first.zone_said = second.zone or first.zone, second.zone_said
    if first.quiet_from is None:
        first.quiet_from, first.quiet_to = second.quiet_from, second.quiet_to
    first.company_id = first.company_id or second.company_id
    first.left_at = None


def _leave_nameless(turn: Turn, second: Person) -> None:
    """The row stays for the applications that were withdrawn, and says nothing of anybody."""
    second.name = _NAMELESS
    second.zone = second.quiet_from = second.quiet_to = None
    second.company_id = second.identity_id = None
    second.erased_at = turn.now
    turn.session.flush()

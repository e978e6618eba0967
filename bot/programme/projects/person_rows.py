"""Rows about a person among projects: those they look after, and those they saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Select, delete, exists, func, select, update

from bot.chat.actions import Action, CancelTimers
from bot.chat.content import Block, Button, Buttons, Moment, layout, say, text
from bot.chat.values import replace
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_news
from bot.programme.people import person_name, sent_messages, unnaming, zone_of
from bot.programme.people.parts import looked_after_by
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from bot.programme.projects import ownership, saved_projects
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import company_name, employer_of, project_of
from bot.programme.projects.ready_answers import name_in, shown_contact
from bot.programme.projects.search import search_text
from storage.tables import (
    Application,
    Person,
    Placement,
    Project,
    ProjectVersion,
    SavedProject,
    outbox,
)
from storage.tables.values import ProjectFields

__all__ = ["PARTS", "owned_alone"]

_GOES_ON: Final = ("review", "changes", "open", "closed")
_TO_ANSWER: Final = ("submitted", "shortlisted", "offered")


def owned_alone(person: Person) -> Select[int]:
    """Return the ids of the projects that only this person has ever owned, as far as the rows know."""
    others = exists().where(Person.company_id == Project.company_id, Person.id != person.id)
    mine = (Project.programme_id == person.programme_id, looked_after_by(person))
    return select(Project.id).where(*mine, ~others)


def _titles(turn: Turn, person: Person) -> Iterator[Section]:
    owned = turn.session.scalars(select(Project.title).where(looked_after_by(person)))
    yield say("Projects you look after"), [text(layout("- {project}", project=title)) for title in owned]
    written = select(Project.title, Project.contact).where(
        Project.contact_by_id == person.id, Project.contact != ""
    )
    yield (
        say("Who answers questions, as you wrote it"),
        [
            text(
                layout(
                    "- {project}: {contact}", project=title, contact=shown_contact(turn, contact, person.id)
                )
            )
            for title, contact in turn.session.execute(written)
        ],
    )


def _erase_contact(turn: Turn, person: Person) -> None:
    """Erase who answers questions where the person wrote it; where it is not known who, in their projects."""
    unknown = Project.contact_by_id.is_(None) & (looked_after_by(person))
    query = select(Project).where(Project.programme_id == turn.programme_id, Project.contact != "")
    # Each is found by its own index; as alternatives in one statement they read every row.
    ways = (Project.contact_by_id == person.id, unknown)
    for project in [row for mine in ways for row in turn.session.scalars(query.where(mine))]:
        said = {each: unnaming.ERASED for each in (project.contact, name_in(project.contact)) if each}
        placed = turn.session.scalars(select(Placement.id).where(Placement.project_id == project.id))
        kickoffs = [keys.KICKOFF(number) for number in placed]
        sent_messages.erase_copies(turn, outbox.c.key.in_(kickoffs), said)
        project.contact = ""
        project.search = search_text(project, company_name(turn, project))
    turn.session.flush()


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    _erase_contact(turn, request.person)
    owned = turn.session.scalars(select(Project.id).where(looked_after_by(request.person)))
    erase_news(turn, request, (), [subjects.PROJECT(number) for number in owned], own=False)
    return ownership.let_go(turn, request.person)


def _looked_after(turn: Turn, person: Person) -> list[Block]:
    """Return the projects that a person who left looked after, if other people still count on them."""
    waiting = select(func.count(Application.id)).where(
        Application.project_id == Project.id, Application.status.in_(_TO_ANSWER)
    )
    at_work = select(func.count(Placement.id)).where(
        Placement.project_id == Project.id, Placement.status == "active"
    )
    query = (
        select(Project, waiting.scalar_subquery(), at_work.scalar_subquery())
        .where(looked_after_by(person), Project.status.in_(_GOES_ON))
        .order_by(Project.id)
    )
    found: list[Block] = []
    for project, applicants, interns in turn.session.execute(query):
        if project.status == "closed" and not applicants and not interns:
            continue
        deputy = employer_of(turn, project)
        found.append(_line(project, applicants, interns, deputy))
        if deputy is None:
            found.append(Buttons((Button("See it", verbs.PROJECT_SHOW(project.id)),)))
    return found


def _line(project: Project, applicants: int, interns: int, deputy: Person | None) -> Block:
    if deputy is None:
        template = "- project **{project}**"
        if applicants or interns:
            template = "- project **{project}** (to answer: {applicants}, at work: {interns})"
        return text(template, project=title_part(project), applicants=applicants, interns=interns)
    template = "- project **{project}**, now looked after by {deputy}"
    if applicants or interns:
        template = (
            "- project **{project}** (to answer: {applicants}, at work: {interns}), "
            "now looked after by {deputy}"
        )
    return text(
        template,
        project=title_part(project),
        applicants=applicants,
        interns=interns,
        deputy=person_name(deputy, mention=True),
    )


def _export_changes(turn: Turn, person: Person) -> Iterator[Section]:
    changed = select(ProjectVersion, Project).join(Project, Project.id == ProjectVersion.project_id)
    yield (
        say("Changes of projects"),
        [
            _changed_line(turn, version, project, person)
            for version, project in turn.session.execute(
                changed.where(ProjectVersion.author_id == person.id).order_by(ProjectVersion.id)
            )
        ],
    )
    refused = changed.where(ProjectVersion.decided_by_id == person.id, ProjectVersion.reason != "")
    yield (
        say("Reasons why you did not take a change"),
        [
            text(layout("- {project}: {reason}", project=title_part(project), reason=version.reason))
            for version, project in turn.session.execute(refused.order_by(ProjectVersion.id))
        ],
    )


def _changed_line(turn: Turn, version: ProjectVersion, project: Project, person: Person) -> Block:
    """Return a change in a line: of which project, when, and who answers questions where that was in it."""
    when = Moment(version.created_at, zone_of(turn, person), "day")
    if not version.now.contact:
        return text("- {project}, on {when}", project=title_part(project), when=when)
    return text(
        "- {project}, on {when}: {contact}",
        project=title_part(project),
        when=when,
        contact=shown_contact(turn, version.now.contact, person.id),
    )


def _erase_changes(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase who answers questions from a person's changes, and their reasons for a no."""
    person = request.person
    for version in turn.session.scalars(
        select(ProjectVersion).where(ProjectVersion.author_id == person.id)
    ).all():
        version.was, version.now = _without_contact(version.was), _without_contact(version.now)
    turn.session.execute(
        update(ProjectVersion).where(ProjectVersion.decided_by_id == person.id).values(reason="")
    )
    turn.session.flush()
    return []


def _without_contact(fields: ProjectFields) -> ProjectFields:
    return replace(fields, contact="") if fields.contact else fields


def _export_saved(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Project.title).join(SavedProject, SavedProject.project_id == Project.id)
    titles = turn.session.scalars(query.where(SavedProject.person_id == person.id))
    yield say("Saved projects"), [text(layout("- {project}", project=title)) for title in titles]


def _erase_saved(turn: Turn, request: ErasureRequest) -> list[Action]:
    turn.session.execute(delete(SavedProject).where(SavedProject.person_id == request.person.id))
    return []


def _merge_saved(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Keep a project that both saved once, with a reminder for the first person."""
    mine = select(SavedProject.project_id).where(SavedProject.person_id == first.id)
    having = set(turn.session.scalars(mine))
    actions: list[Action] = []
    query = select(SavedProject).where(SavedProject.person_id == second.id)
    for saved in turn.session.scalars(query).all():
        actions.append(CancelTimers(key=keys.SAVED_TIMER(saved.project_id, second.id)))
        if saved.project_id in having:
            turn.session.delete(saved)
            continue
        saved.person_id = first.id
        turn.session.flush()
        actions += saved_projects.reminder(turn, project_of(turn, saved.project_id), first.id)
    turn.session.flush()
    return actions


PARTS: Final = (
    PersonalData(
        noun="projects",
        export=_titles,
        erase=_erase,
        merge=MOVING_IS_ENOUGH,
        on_left=_looked_after,
        moved=(Project.owner_id, Project.contact_by_id),
        kept={
            Project.contact_by_id: "That it was written, without what it said.",
            Project.payer: "A project is the company's; who has taken it over looks after its words.",
            Project.title: "A project is the company's; who has taken it over looks after its words.",
            Project.brief: "A project is the company's; who has taken it over looks after its words.",
        },
    ),
    PersonalData(
        noun="changes of projects",
        export=_export_changes,
        erase=_erase_changes,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(ProjectVersion.author_id, ProjectVersion.decided_by_id),
        kept={
            ProjectVersion.author_id: "That it was changed, without a name.",
            ProjectVersion.decided_by_id: "That a coordinator decided, without a name.",
        },
    ),
    PersonalData(
        noun="saved projects",
        export=_export_saved,
        erase=_erase_saved,
        merge=_merge_saved,
        on_left=NOTHING_UNFINISHED,
        joined=(SavedProject.person_id,),
    ),
)

"""Start of an application: the Apply button, `/apply`, and the picker of open projects."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select as SelectQuery
from sqlalchemy import select

from bot.chat.actions import Action, Reply, StartConversation
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, Plain, Select, message, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Suggest
from bot.chat.numbers import is_digits
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import Command
from bot.programme import cohorts, projects
from bot.programme.applications import (
    application_form,
    cohort_choice,
    deadlines,
    drafts,
    messages,
    news,
    residence,
)
from bot.programme.core import dates, verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.people import evidence
from bot.programme.projects import places, search, title_lookup
from bot.programme.projects.places import Counting
from storage.tables import Application, Cohort, Member, Project

__all__ = [
    "APPLY",
    "apply_command",
    "begin_pressed",
    "country_submitted",
    "refuse_again",
    "suggest_projects",
    "too_late",
]

APPLY: Final = CommandSpec(
    ("apply",),
    "Apply to a project; without a name, pick one of those that are open",
    (Argument("project", "its number, or words of its title", suggests=True, rest=True, writes=True),),
    example="/apply market map",
    reads=True,
)

_PICKER: Final = 25  # options of a select (Discord's limit)


def apply_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Begin an application, or show the projects that are open to this person (`/apply [project]`)."""
    typed = event.options.get("project", "").strip().removeprefix("#")
    if is_digits(typed):
        return _begin(turn, typed)
    found = _open_to(turn, typed)
    if found.named and found.only:
        return _begin(turn, str(found.only.id))
    if not found.projects and not typed and (elsewhere := _elsewhere(turn)):
        raise Declined(*elsewhere)
    if not found.projects:
        raise Declined(
            "I found no open project by that title or company. `/project list` shows every open one."
            if typed
            else "Nothing is open that you have not applied to. New projects are announced in your "
            "cohort's channel."
        )
    # Of several that fit words, those that are open to the person; none of them where none is.
    country = projects.country_of(turn)
    several = [each for each in found.projects if projects.is_open_in(each, country)] or found.projects
    options = tuple(Option(str(p.id), Plain(p.title), Plain(projects.company_name(turn, p))) for p in several)
    more = note("More are open: `/project list` shows every one.")
    return [
        Reply(
            message(
                "Which project would you like to apply to? Those that close first are at the top.",
                Select(verbs.APPLICATION_PICK.choice(), options, placeholder="Open projects"),
                more if found.more else None,
            )
        )
    ]


def suggest_projects(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest open projects that match the text typed so far."""
    country = projects.country_of(turn)
    found = (each for each in _open_to(turn, event.typed).projects if projects.is_open_in(each, country))
    return [Option(str(project.id), Plain(project.title)) for project in found]


def begin_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Begin an application after Apply, or after a choice of the picker."""
    return _begin(turn, verbs.APPLICATION_BEGIN.read(event).project)


def _begin(turn: Turn, project_id: int | str) -> list[Action]:
    project = projects.shown_project(turn, project_id)
    person = turn.person
    if "employer" in turn.roles and person.company_id == project.company_id:
        raise Declined(
            text(
                "This project is your own company's, so you cannot apply to it. {command} shows who did.",
                command=Command(f"/applicants {project.id}"),
            )
        )
    refuse_again(turn, project)
    if not projects.accepts_applications(turn, project) and not _under_way(turn, project):
        raise too_late(turn, project)
    if not _under_way(turn, project):
        cohort_choice.refuse_taken_away(turn, project)
        if project.countries and person.country is None:
            return [residence.ask(project)]
        if not projects.is_open_in(project, person.country):
            raise Declined(*residence.not_open(turn, project))
    cohort = cohort_choice.decide(turn, project)
    member, joined = cohorts.join(turn, cohort, person)
    if member.state == "refused":
        raise cohort_choice.not_admitted(turn, project, cohort)
    started = StartConversation(
        application_form.FORM,
        str(project.id),
        offered=application_form.offered_answers(
            turn, application_form.application_form(turn, str(project.id))
        ),
    )
    timers = deadlines.draft_timers(turn, project, person)
    return [*joined, started, *_said(turn, project, cohort, member), *timers]


def country_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Save where the person lives, and go on with the application for which that was asked, where it can."""
    residence.save(turn, done)
    if not done.subject:
        return [Reply(residence.saved(turn))]
    project = projects.shown_project(turn, done.subject)
    if not projects.is_open_in(project, turn.person.country):
        return [Reply(message(*residence.not_open(turn, project)))]
    return _begin(turn, project.id)


def _under_way(turn: Turn, project: Project) -> bool:
    """Return whether the person has a draft that may still be sent."""
    rows = drafts.drafts_of(turn, project=project, person=turn.own_id)
    return any(deadlines.in_time(turn, project, row.created_at) for row in rows)


def _said(turn: Turn, project: Project, cohort: Cohort, member: Member) -> list[Action]:
    """Return what the student should know beforehand, if anything; the start says where it continues."""
    blocks: list[Block] = []
    if member.state == "asked":
        blocks.append(
            text(
                "{cohort} is a closed cohort: you can fill in your application now, and it is sent as soon "
                "as a coordinator admits you.",
                cohort=cohort.name,
            )
        )
    if places.free(turn, project, Counting.PUBLIC) <= 0:
        blocks.append(
            note("Every place is offered or taken at the moment. You can apply in case one becomes free.")
        )
    return [Reply(message(*blocks))] if blocks else []


def refuse_again(turn: Turn, project: Project) -> None:
    """Refuse a second application to the same project kindly; after a withdrawal it is allowed.

    Raises:
        Declined: the person has applied already.
    """
    held = turn.session.scalar(
        select(Application).where(
            Application.programme_id == turn.programme_id,
            Application.project_id == project.id,
            Application.person_id == turn.person.id,
        )
    )
    if held is not None and held.status == "withdrawn" and evidence.is_held(turn, held.id):
        raise Declined(
            text(
                "You withdrew your application to **{project}**, and the coordinators are still looking into "
                "something about it. You can apply again when they are done.",
                project=projects.title_part(project),
            ),
            Buttons((messages.write_button(held, "coordinators"),)),
        )
    if held is None or held.status == "withdrawn":
        return
    shown = "submitted" if held.status == "shortlisted" else held.status
    raise Declined(
        text(
            "You have already applied to **{project}**. Your application: {state}.",
            project=projects.title_part(project),
            state=status_term(held, shown),
        ),
        Buttons((Button("My applications", verbs.APPLICATIONS_LIST()),)),
    )


def too_late(turn: Turn, project: Project) -> Declined:
    """Return the kind refusal of an application that comes too late, with similar projects."""
    if turn.now > project.deadline_at:
        ended = news.shown_date(turn, dates.read(project, "deadline"), turn.person)
        return Declined(
            text(
                "Applications for **{project}** closed on {when}.",
                project=projects.title_part(project),
                when=ended,
            ),
            *news.similar_blocks(turn, project, turn.person),
        )
    return Declined(
        text("**{project}** takes no more applications.", project=projects.title_part(project)),
        *news.similar_blocks(turn, project, turn.person),
    )


def _open_to(turn: Turn, typed: str) -> title_lookup.Fitting:
    """Return open projects with these words; those that close first come first.

    Without words, only projects that the person has not applied to: a project that is named is meant.
    """
    if typed:
        return title_lookup.fitting(turn, typed, search.among_open(turn), _PICKER)
    wanted = search.matching(turn, search.usual(turn))
    return title_lookup.fitting(turn, "", _not_applied_to(turn, wanted), _PICKER)


def _not_applied_to(turn: Turn, among: SelectQuery[Project]) -> SelectQuery[Project]:
    applied = select(Application.project_id).where(
        Application.programme_id == turn.programme_id,
        Application.person_id == turn.person_id,
        Application.status != "withdrawn",
    )
    return among.where(Project.id.not_in(applied))


def _elsewhere(turn: Turn) -> list[Block]:
    """Return that projects are open, and only to students of other countries; nothing where none is."""
    others = title_lookup.fitting(turn, "", _not_applied_to(turn, search.among_open(turn)), 1)
    if projects.country_of(turn) is None or not others.projects:
        return []
    return [
        text(
            "Nothing that you have not applied to is open to students where you live. "
            "`/project list country:any` shows what is open elsewhere."
        )
    ]

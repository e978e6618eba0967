"""`/applicants`: the applicants of an employer's project, as a list and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from bot.chat.actions import Action, Post, Reply
from bot.chat.answers import FileRef, Option
from bot.chat.answers.files import file_of
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    File,
    Message,
    Plain,
    Select,
    Sentence,
    heading,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    Suggest,
    UserRef,
    parse_destination,
)
from bot.chat.numbers import is_digits
from bot.chat.rendering.screen import paged
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.chat.values import replace
from bot.chat.values import replace as changed
from bot.programme import people, projects
from bot.programme.applications import (
    applicant_list,
    confidential,
    late_offers,
    lookup,
    messages,
    news,
    sent_applications,
    waiting_list,
)
from bot.programme.applications.decisions import held_decisions
from bot.programme.applications.given_answers import shown_answers
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.people import require_role, what_happened
from bot.programme.people.parts import is_of_employer
from bot.programme.projects import places, search, title_lookup
from bot.programme.projects.places import Counting
from storage.dialects import among
from storage.folding import tidy
from storage.tables import Application, Project

__all__ = ["APPLICANTS", "ROUTES", "shown"]

APPLICANTS: Final = CommandSpec(
    ("applicants",),
    "Who applied to your project: read, shortlist, offer, answer",
    (Argument("project", "its number, or words of its title", suggests=True, rest=True),),
    allowed=frozenset({"employer", "coordinator"}),
    example="/applicants market map",
    reads=True,
)

_SHOWN: Final = "applicant"
_PICKER: Final = 25  # options of a select (Discord's limit)


def applicants_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Show the list of applicants, or a picker of the person's projects (`/applicants [project]`)."""
    require_role(turn, *APPLICANTS.allowed)
    typed = event.options.get("project", "").strip().removeprefix("#")
    if is_digits(typed):
        return [Reply(message(*applicant_list.page(turn, _managed(turn, typed), 0)))]
    found = _projects(turn, typed)
    if found.only and (found.named or not typed):
        return [Reply(message(*applicant_list.page(turn, found.only, 0)))]
    if not found.projects and typed:
        raise Declined(
            "You have no published project by that title or company. `/applicants` lists them all."
        )
    if not found.projects:
        raise Declined("You have no published project yet. `/project post` starts one.")
    counts = sent_applications.counts_of(turn, [each.id for each in found.projects])
    options = [
        Option(str(each.id), Plain(each.title), _short_count(*counts.get(each.id, (0, 0))))
        for each in found.projects
    ]
    return [
        Reply(
            message(
                "Whose applicants would you like to see?",
                Select(verbs.APPLICANTS_PICK.choice(), tuple(options), placeholder="Your projects"),
                note("There are more: add words of the title, like `/applicants market map`.")
                if found.more
                else None,
            )
        )
    ]


def suggest(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest the person's projects that match the text typed so far."""
    if turn.roles.isdisjoint(APPLICANTS.allowed):
        return []
    found = _projects(turn, event.typed).projects
    return [Option(str(project.id), Plain(project.title)) for project in found]


def _managed(turn: Turn, project_id: int | str, *, lock: bool = False) -> Project:
    project = projects.project_of(turn, project_id, lock=lock)
    projects.may_review(turn, project)
    return project


def _projects(turn: Turn, typed: str) -> title_lookup.Fitting:
    """Return published projects that the person manages, with these words, the earliest decision first.

    Those where an applicant waits for an answer come before the others.
    """
    query = select(Project).where(
        Project.programme_id == turn.programme_id, Project.published_at.is_not(None)
    )
    waits = Project.id.in_(sent_applications.projects_to_answer(turn))
    first = waits
    if "coordinator" not in turn.roles:
        query = query.where(search.managed(turn))
    elif not tidy(typed):
        first = Project.id.in_(_earliest(turn))
    order = (Project.decide_at, Project.id)
    if tidy(typed):
        return title_lookup.fitting(turn, typed, query.order_by(~waits, *order), _PICKER)
    found = search.with_companies(turn, query.where(first).order_by(*order).limit(_PICKER + 1))
    if left := _PICKER + 1 - len(found):
        found += search.with_companies(turn, query.where(~waits).order_by(*order).limit(left))
    return title_lookup.Fitting(found[:_PICKER], len(found) > _PICKER)


def _earliest(turn: Turn) -> Sequence[int]:
    """Return the ids of the first published projects where an applicant waits, one more than are shown.

    They are looked up before they are sorted (`offset`). PostgreSQL would else read all projects in the order
    of their decisions, as it does not know that those of the past have no applicant who waits.
    """
    ids = turn.session.scalars(sent_applications.projects_to_answer(turn).distinct()).all()
    looked_up = (
        select(Project.id, Project.decide_at)
        .where(Project.programme_id == turn.programme_id, Project.published_at.is_not(None))
        .where(among(Project.id, "ids"))
        .offset(0)
        .subquery()
    )
    first = select(looked_up.c.id).order_by(looked_up.c.decide_at, looked_up.c.id).limit(_PICKER + 1)
    return turn.session.scalars(first, {"ids": ids}).all()


def _short_count(applied: int, waiting: int) -> Sentence:
    if not applied:
        return say("no applicant yet")
    return say("applicants: {applied} · to answer: {waiting}", applied=applied, waiting=waiting)


def show_list_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Show the list of a project's applicants, opened with a button or the picker."""
    return [
        Reply(
            message(*applicant_list.page(turn, _managed(turn, verbs.APPLICANTS_LIST.read(event).project), 0))
        )
    ]


def applicants_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list (or the list again), in place of the previous message."""
    pressed = verbs.APPLICANTS_PAGE.read(event)
    return [
        Reply(
            message(*applicant_list.page(turn, _managed(turn, pressed.project), pressed.page)), replace=True
        )
    ]


def applicant_show_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Show an application in a new message."""
    pressed = verbs.APPLICANT_SHOW.read(event)
    return shown(turn, event, pressed.application, pressed.page or 0, replace=False)


def applicant_turn_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Show an application in place of the previous message."""
    pressed = verbs.APPLICANT_TURN.read(event)
    return shown(turn, event, pressed.application, pressed.page or 0, replace=True)


def applicant_next_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the next application that waits for an answer, else the list."""
    project, application = lookup.lock_reviewed_application(
        turn, verbs.APPLICANT_NEXT.read(event).application
    )
    if application.held is not None:
        application.held = replace(application.held, left=True)  # the message with Undo has changed
    found = [*sent_applications.of_project(turn, project)]
    at = _place(found, application)
    following = [
        a.id for a in found[at + 1 :] + found[: at + 1] if a.status in lookup.UNDECIDED and not a.held
    ]
    if not following:
        return [Reply(message(*applicant_list.page(turn, project, 0)), replace=True)]
    return shown(turn, event, following[0], replace=True)


def _place(found: Sequence[Row[*tuple[Any, ...]]], application: Application) -> int:
    """Return the place of an application among these, from 0; -1 where it is none of them."""
    return next((at for at, each in enumerate(found) if each.id == application.id), -1)


def shown(turn: Turn, event: Event, application_id: int, page: int = 0, *, replace: bool) -> list[Action]:
    """Show an application to the person who acts; with a file, only ever in their direct messages."""
    blocks = _one(turn, application_id, page)
    if turn.user is None or event.place.kind == "dm" or not any(isinstance(b, File) for b in blocks):
        return [Reply(message(*blocks), replace=replace)]
    turn.before_writing()  # what is sent is named by the turn that sends it
    key, about = keys.APPLICANT(turn.source), str(application_id)
    return [Post(turn.user, message(*blocks), key, kind=_SHOWN, subject=about, is_answer=True)]


def _still_shown(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late application while it is still sent and its reader may still read it."""
    user = parse_destination(waiting.destination)
    known = (
        people.find_identity(turn.connection, turn.programme_id, user) if isinstance(user, UserRef) else None
    )
    application = lookup.application_of(turn, waiting.subject)
    if known is None or application.status not in sent_applications.SENT:
        return None
    reader = people.person_of(turn, known[0])
    project = projects.project_of(turn, application.project_id)
    looks_after = is_of_employer(reader, project)
    coordinates = reader in confidential.everybody(turn)
    return waiting.message if looks_after or coordinates else None


def _named(turn: Turn, subject: str) -> Sentence:
    return say("An application: {student}", student=news.name_of(turn, lookup.application_of(turn, subject)))


def _one(turn: Turn, application_id: int, page: int = 0) -> tuple[Block, ...]:
    """Return a page (from 0) of an application, with what can be done about it."""
    project, application = lookup.reviewed_application(turn, application_id)
    if projects.employer_of(turn, project) == turn.person:
        daily_message.retract_notices(turn, subjects.APPLICATION(application.id))  # the reader sees it now
    found = sent_applications.of_project(turn, project)
    at = _place(found, application)
    line = applicant_list.waiting_line(turn, project, [application])
    blocks: list[Block] = [
        heading(news.name_of(turn, application)),
        text(
            "**{project}** · {state} · sent on {when}",
            project=projects.title_part(project),
            state=applicant_list.standing(turn, application, line),
            when=news.shown_day(turn, application.submitted_at or application.created_at, turn.person),
        ),
    ]
    newest = what_happened.newest(turn, application)
    if newest is not None:
        blocks.append(text("What happened: {entry}", entry=newest.entry))
    moving = []
    if at > 0:
        moving.append(Button("Previous", verbs.APPLICANT_TURN(found[at - 1].id)))
    if 0 <= at < len(found) - 1:
        moving.append(Button("Next", verbs.APPLICANT_TURN(found[at + 1].id)))
    moving.append(Button("All applicants", verbs.APPLICANTS_PAGE(project.id, 0)))
    if newest is not None:
        moving.append(newest.button)
    last = _ways(turn, project, application)
    if at >= 0:
        last.append(note("{place} of {size}", place=at + 1, size=len(found)))
    last.append(Buttons(tuple(moving)))
    groups = [blocks, *([each] for each in _answers(turn, application))]
    return paged(
        groups, last, page, lambda number: verbs.APPLICANT_TURN(application.id, number), turn.language
    ).blocks


def _answers(turn: Turn, application: Application) -> list[Block]:
    """Return every answer whole, under its question; files are for the reader alone."""
    blocks: list[Block] = []
    for answer in shown_answers(turn, application, turn.person):
        if answer.kind == "file" and answer.value:
            blocks.append(text(layout("**{question}**", question=answer.question)))
            blocks += [File(file) for file in _files(answer.value)]
        elif answer.shown is None:
            blocks.append(text("**{question}**\n_erased_", question=answer.question))
        else:
            said = layout("**{question}**\n{answer}", question=answer.question, answer=answer.shown)
            blocks.append(text(said))
    return blocks


def _files(value: Any) -> list[FileRef]:  # noqa: ANN401 - a stored answer of kind file: one, or several
    found = value if isinstance(value, list) else [value]
    return [file_of(each) for each in found]


def _ways(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return what can be done now: the decision, the order, the rest; a reviewer can only shortlist."""
    write = Buttons(tuple(messages.ways(turn, application)))
    if not projects.manages(turn, project):
        undecided = application.status in {"submitted", "shortlisted"}
        return [Buttons((waiting_list.shortlist_button(application),)), write] if undecided else [write]
    if application.held is not None:
        return [Buttons((held_decisions.undo_button(application),)), write]
    offer = Button("Make an offer", verbs.APPLICANT_OFFER(application.id), style="primary")
    no = Button("Not this time", verbs.APPLICANT_NO(application.id))
    if application.status in {"submitted", "shortlisted"}:
        order = Buttons(tuple(waiting_list.waiting_buttons(turn, project, application)))
        ways: list[Block] = [Buttons((offer, waiting_list.shortlist_button(application), no)), order]
        if application.waiting is not None and places.free(turn, project, Counting.HELD) > 0:
            ways.append(note("A place is free now: you can make this offer at once."))
        return [*ways, write]
    if application.status == "expired":
        return [Buttons((changed(offer, label="Offer again"), no)), write]
    if late_offers.is_open(turn, application):
        return [Buttons((offer,)), write]
    return [write]


ROUTES = Routes(
    commands=((APPLICANTS, applicants_command),),
    buttons={
        verbs.APPLICANTS_LIST: show_list_pressed,
        verbs.APPLICANTS_PICK: show_list_pressed,
        verbs.APPLICANTS_PAGE: applicants_page_pressed,
        verbs.APPLICANT_SHOW: applicant_show_pressed,
        verbs.APPLICANT_TURN: applicant_turn_pressed,
        verbs.APPLICANT_NEXT: applicant_next_pressed,
    },
    suggestions={(("applicants",), "project"): suggest},
    messages={_SHOWN: MessageRoute(_still_shown, _named)},
)

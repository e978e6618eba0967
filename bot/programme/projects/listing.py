"""`/project list` and `/project show`: finding projects, some a page, and reading one whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select as SelectQuery

from bot.chat.actions import Action, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Select,
    Wording,
    heading,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.language import as_value
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Command
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people.what_happened import newest_blocks
from bot.programme.projects.company_lookup import suggest_companies
from bot.programme.projects.countries import country_of
from bot.programme.projects.details import about_company, detail_pages, page_of_details, see_all
from bot.programme.projects.display import short_line, state_of, title_part
from bot.programme.projects.filter_suggestions import suggest_cohorts, suggest_fields, suggest_skills
from bot.programme.projects.from_answers import rules_of
from bot.programme.projects.list_filters import filters_of, packed, page_action, unpacked
from bot.programme.projects.lookup import employer_of, manages, may_manage, project_of, shown_project
from bot.programme.projects.preview import finding_block
from bot.programme.projects.scope_check import check
from bot.programme.projects.search import (
    ANYWHERE,
    Filters,
    count_of,
    matching,
    usual,
    with_companies,
)
from bot.programme.projects.selection import (
    ANY_PROJECT,
    named_project,
    options_of,
    suggest_shown,
)
from storage.tables import Project

__all__ = ["LISTING", "Found", "page_message", "page_of"]

_PROJECTS_A_PAGE: Final = 5  # as many as a phone's screen holds


@dataclass(frozen=True, slots=True)
class Found:
    """One page of projects: which of how many pages, of how many projects in all."""

    projects: tuple[Project, ...]
    page: int
    pages: int
    count: int


def page_of(turn: Turn, query: SelectQuery[Project], page: int) -> Found:
    """Return the page of a query's projects; a page beyond the last is the last."""
    count = count_of(turn, query)
    pages = max(1, -(-count // _PROJECTS_A_PAGE))
    page = min(max(1, page), pages)
    found = with_companies(turn, query.limit(_PROJECTS_A_PAGE).offset((page - 1) * _PROJECTS_A_PAGE))
    return Found(found, page, pages, count)


def page_message(turn: Turn, found: Found, title: Wording, turned: Callable[[int], str | None]) -> Message:
    """Return a page with its lines, a select to read a project whole, and buttons to turn the page.

    `turned`: the action id of the button for another page; None where no button can hold it.
    """
    where = layout("{title} ({number})", title=as_value(title), number=found.count)
    if found.pages > 1:
        where = say("{title} · page {page} of {pages}", title=where, page=found.page, pages=found.pages)
    blocks: list[Block] = [heading(where)]
    lines = [(each.id, short_line(turn, each, people.reader_of(turn))) for each in found.projects]
    blocks += [text(layout("#{number} · {line}", number=number, line=line)) for number, line in lines]
    options = tuple(options_of(found.projects))
    blocks.append(Select(verbs.PROJECT_SHOW.choice(), options, placeholder="Read a project"))
    back = turned(found.page - 1) if found.page > 1 else None
    forth = turned(found.page + 1) if found.page < found.pages else None
    turns = [Button("Earlier", back)] if back else []
    turns += [Button("More", forth)] if forth else []
    if turns:
        blocks.append(Buttons(tuple(turns)))
    elif found.pages > 1:
        page = Command(f"page:{found.page + 1}")
        blocks.append(note("For the next page, add {page} to what you typed.", page=page))
    return message(*blocks)


def _project_list_command(turn: Turn, event: CommandUsed) -> list[Action]:
    filters = filters_of(turn, event.options)
    typed = event.options.get("page", "1")
    page = whole_number(typed)
    if page is None:
        raise Declined("Write the page as a number: `page:2` is the second one.")
    return [Reply(_listed(turn, filters, page or 1))]


def _project_list_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    pressed = verbs.PROJECT_LIST.read(event)
    filters = unpacked(pressed.filters) if pressed.filters else usual(turn)
    return [Reply(_listed(turn, filters, pressed.page or 1), replace=True)]


def _listed(turn: Turn, filters: Filters, page: int) -> Message:
    found = page_of(turn, matching(turn, filters), page)
    title = say("Your projects") if filters.mine else say("Open projects")
    elsewhere = _of_countries(turn, filters, found)
    if found.count:
        kept = packed(filters)
        shown = page_message(turn, found, title, lambda number: page_action(number, kept))
        return replace(shown, blocks=(*shown.blocks, *elsewhere))
    if elsewhere:
        return message("No project that fits is open to students where you live.", *elsewhere)
    if filters in (Filters(), usual(turn)):
        return message("No project is open just now. New ones are announced in the cohort's channel.")
    if filters == Filters(mine=True):
        may_post = not turn.roles.isdisjoint({"employer", "coordinator"})
        return message(
            "You have posted no project yet. `/project post` begins one."
            if may_post
            else "You have posted no project yet."
        )
    everything = Button("Show all open projects", verbs.PROJECT_LIST(1))
    return message("No open project fits that. Try fewer filters, or other words.", Buttons((everything,)))


def _of_countries(turn: Turn, filters: Filters, found: Found) -> list[Block]:
    """Return what a student should know of countries: what is left out, or that theirs is not known."""
    if turn.roles & {"coordinator", "employer"} or filters.mine:
        return []
    lives_in = country_of(turn)
    if lives_in is None and any(project.countries for project in found.projects):
        asked = "Some are open to students of some countries only. Tell me yours, and I leave those out."
        return [note(asked), Buttons((Button("Say where I live", verbs.COUNTRY_CHANGE()),))]
    if lives_in is None or filters.country != lives_in:
        return []
    everywhere = replace(filters, country=ANYWHERE)
    more = count_of(turn, matching(turn, everywhere)) - found.count
    if not more:
        return []
    left_out = note(
        "{count} more is only for students who live in other countries.",
        "{count} more are only for students who live in other countries.",
        count=more,
    )
    action = page_action(1, packed(everywhere))
    return [left_out, *([Buttons((Button("Show all countries", action),))] if action else [])]


def _project_show_command(turn: Turn, event: CommandUsed) -> list[Action]:
    return [
        Reply(
            _whole(
                turn, named_project(turn, event.options.get("project", ""), verbs.PROJECT_SHOW, shown=True)
            )
        )
    ]


def _show_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    pressed = verbs.PROJECT_SHOW.read(event)
    project = shown_project(turn, pressed.project)
    return [Reply(_whole(turn, project, pressed.page or 0), replace=pressed.page is not None)]


def _whole(turn: Turn, project: Project, page: int = 0) -> Message:
    """Return a page of the whole post; those who manage it also see what only they may read and do."""
    if not manages(turn, project):
        return see_all(turn, project, page)
    buttons = [Button("Applicants", verbs.APPLICANTS_LIST(project.id))] if project.published_at else []
    if project.status not in {"declined", "discarded"}:
        buttons.append(Button("Edit", verbs.PROJECT_EDIT(project.id)))
    if project.status == "draft":
        buttons.insert(0, Button("Publish", verbs.PROJECT_PUBLISH(project.id), style="primary"))
    if project.status in {"open", "review", "changes"}:
        close = say("Close", context="button") if project.status == "open" else say("Take it back")
        buttons.append(Button(close, verbs.PROJECT_CLOSE(project.id)))
    buttons.append(Button("Repeat", verbs.PROJECT_REPEAT(project.id)))
    if employer_of(turn, project) is None:
        buttons.append(Button("I look after it", verbs.PROJECT_TAKE(project.id)))
    else:
        buttons.append(Button("Hand it over", verbs.PROJECT_HAND_OVER_ASK(project.id)))
    state = note("You manage this project. Its status: {state}.", state=state_of(project))
    more = [*_found(turn, project), *newest_blocks(turn, project)]
    pages = detail_pages(turn, project, more, private=True)
    return page_of_details(project, pages, page, buttons, [state], Buttons((about_company(project),)))


def _found(turn: Turn, project: Project) -> list[Block]:
    """Return all that the scope check finds in a project which a coordinator still has to decide on."""
    if project.status not in {"draft", "review", "changes"}:
        return []
    findings = check(project, rules_of(turn, project))
    lines = [finding_block(each) for each in findings]
    return [text("**The scope check**"), *lines] if lines else []


def _project_take_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Give a project without an owner the acting person as owner: applicants then deal with them."""
    project = project_of(turn, verbs.PROJECT_TAKE.read(event).project, lock=True)
    person = may_manage(turn, project)
    if employer_of(turn, project) is not None:
        raise Declined("This project is looked after already.")
    project.updated_at = turn.now
    taken = change(turn, project, owner_id=person.id)
    tasks.close_task(turn, keys.UNOWNED(subjects.PROJECT(project.id)))
    said = message(
        text("You look after **{project}** now. Its applications come to you.", project=title_part(project)),
        Buttons((Button("Applicants", verbs.APPLICANTS_LIST(project.id)),)),
    )
    return [Reply(said), *taken]


_LIST: Final = CommandSpec(
    ("project", "list"),
    "Find open projects",
    (
        Argument("words", "Words that occur in the post", rest=True),
        Argument("skill", "A skill it asks for", suggests=True),
        Argument("field", "The field it is in", suggests=True),
        Argument("company", "Whose project it is", suggests=True),
        Argument("hours", "At most so many hours"),
        Argument("paid", "Whether there is a fee", "yes_no"),
        Argument("remote", "Whether it can be done from anywhere", "yes_no"),
        Argument("country", "Open to students who live there; any: whatever the country"),
        Argument("cohort", "Announced to this cohort", suggests=True),
        Argument("mine", "Those you manage, whatever became of them", "yes_no"),
        Argument("page", "Which page", "number"),
    ),
    example="/project list data hours:20 paid:yes",
    reads=True,
)
_SHOW: Final = CommandSpec(
    ("project", "show"),
    "Read a project in full",
    (ANY_PROJECT,),
    example="/project show market map",
    reads=True,
)
LISTING: Final = Routes(
    commands=((_LIST, _project_list_command), (_SHOW, _project_show_command)),
    buttons={
        verbs.PROJECT_LIST: _project_list_pressed,
        verbs.PROJECT_SHOW: _show_pressed,
        verbs.PROJECT_TAKE: _project_take_pressed,
    },
    reads=frozenset({verbs.PROJECT_LIST, verbs.PROJECT_SHOW}),
    suggestions={
        (_LIST.path, "skill"): suggest_skills,
        (_LIST.path, "field"): suggest_fields,
        (_LIST.path, "company"): suggest_companies,
        (_LIST.path, "cohort"): suggest_cohorts,
        (_SHOW.path, "project"): suggest_shown,
    },
)

"""`/project list` and `/project show`: finding projects, some a page, and reading one whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select as SelectQuery

from bot.chat.actions import Action, Reply
from bot.chat.answers import Asking, Understood, read_answer
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
from bot.chat.sentences import Command, Names
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people.what_happened import newest_blocks
from bot.programme.projects.company_lookup import suggest_companies
from bot.programme.projects.details import detail_pages, page_of_details, see_all
from bot.programme.projects.display import short_line, state_of, title_part
from bot.programme.projects.filter_suggestions import (
    open_cohorts,
    suggest_cohorts,
    suggest_fields,
    suggest_skills,
)
from bot.programme.projects.from_answers import rules_of
from bot.programme.projects.lookup import employer_of, manages, may_manage, project_of, shown_project
from bot.programme.projects.preview import finding_block
from bot.programme.projects.scope_check import check
from bot.programme.projects.search import Filters, count_of, matching, with_companies
from bot.programme.projects.selection import (
    ANY_PROJECT,
    named_project,
    options_of,
    suggest_shown,
)
from storage.folding import tidy
from storage.tables import Project

__all__ = ["LISTING", "Found", "page_message", "page_of"]

_PROJECTS_A_PAGE: Final = 5  # as many as a phone's screen holds
_LETTERS: Final = {
    "words": "w",
    "skill": "s",
    "field": "f",
    "company": "c",
    "hours": "h",
    "paid": "p",
    "remote": "r",
    "cohort": "k",
    "mine": "m",
}
"""One letter per filter, so that they fit into a button's id."""


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
    filters = _filters(turn, event.options)
    typed = event.options.get("page", "1")
    page = whole_number(typed)
    if page is None:
        raise Declined("Write the page as a number: `page:2` is the second one.")
    return [Reply(_listed(turn, filters, page or 1))]


def _project_list_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    pressed = verbs.PROJECT_LIST.read(event)
    return [Reply(_listed(turn, _unpack(pressed.filters or ""), pressed.page or 1), replace=True)]


def _listed(turn: Turn, filters: Filters, page: int) -> Message:
    found = page_of(turn, matching(turn, filters), page)
    title = say("Your projects") if filters.mine else say("Open projects")
    if found.count:
        packed = _pack(filters)
        return page_message(turn, found, title, lambda number: _page_action(number, packed))
    if filters == Filters():
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


def _page_action(number: int, packed: str) -> str | None:
    try:
        return verbs.PROJECT_LIST(number, packed or None)
    except ValueError:  # too long for a button
        return None


def _pack(filters: Filters) -> str:
    """Pack the filters in few characters: `w=market map|h=10`; `tidy` keeps `|` and `:` out of words."""
    pieces = []
    for name, letter in _LETTERS.items():
        value = getattr(filters, name)
        if value is None or value == "" or (name == "mine" and not value):
            continue
        packed = (
            str(int(value)) if isinstance(value, bool) else f"{value:g}" if name == "hours" else str(value)
        )
        pieces.append(f"{letter}={packed}")
    return "|".join(pieces)


def _unpack(packed: str) -> Filters:
    """Unpack what `_pack` packed; an unknown piece filters nothing."""
    names = {letter: name for name, letter in _LETTERS.items()}
    given: dict[str, Any] = {}
    for piece in packed.split("|"):
        letter, _, value = piece.partition("=")
        match names.get(letter):
            case "words" | "skill" | "field" | "company" as name:
                given[name] = tidy(value)
            case "paid" | "remote" | "mine" as name:
                given[name] = value == "1"
            case "hours" if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
                given["hours"] = float(value)
            case "cohort" if (cohort_id := whole_number(value)) is not None:
                given["cohort"] = cohort_id
            case _:
                pass
    return Filters(**given)


def _filters(turn: Turn, options: dict[str, str]) -> Filters:
    """Return a command's options as filters.

    Raises:
        Declined: some cannot be read; names their format, what was typed, and lists without them.
    """
    given: dict[str, Any] = {name: tidy(options.get(name, "")) for name in _WORDS}
    unread: dict[str, Declined] = {}
    for name, read in _READERS.items():
        try:
            given[name] = read(turn, name, options.get(name, ""))
        except Declined as no:
            unread[name] = no
    given["mine"] = bool(given.get("mine"))
    if not unread:
        return Filters(**given)
    reasons = (block for no in unread.values() for block in no.message.blocks)
    typed = " ".join(value if name == "words" else f"{name}:{value}" for name, value in options.items())
    without = _page_action(1, _pack(Filters(**given)))
    label = say("List without {filters}", filters=Names(tuple(unread)))
    leave = [Buttons((Button(label, without),))] if without else []
    raise Declined(*reasons, note("You typed: {words}", words=typed), *leave)


def _hours(turn: Turn, _name: str, typed: str) -> float | None:
    if not typed:
        return None
    asking = Asking("number", turn.now, ZoneInfo(turn.programme.zone), unit="hours", minimum=0)
    read = read_answer(typed, asking)
    if isinstance(read, Understood) and isinstance(read.value, int | float):
        return float(read.value)
    raise Declined("Write the most hours as a number: `hours:20` shows projects of at most 20 hours.")


def _yes_no(_turn: Turn, name: str, typed: str) -> bool | None:
    if not typed:
        return None
    if typed.casefold() in {"yes", "y", "true", "1", "on"}:
        return True
    if typed.casefold() in {"no", "n", "false", "0", "off"}:
        return False
    yes, no = Command(f"{name}:yes"), Command(f"{name}:no")
    raise Declined(text("Write {yes} or {no}.", yes=yes, no=no))


def _cohort(turn: Turn, _name: str, typed: str) -> int | None:
    if not typed:
        return None
    cohorts = open_cohorts(turn)
    for cohort in cohorts:
        if typed == str(cohort.id) or tidy(cohort.name) == tidy(typed):
            return cohort.id
    if not cohorts:
        raise Declined("There is no cohort here yet.")
    raise Declined(
        text(
            "I know no cohort of that name here. The only one is {cohorts}.",
            "I know no cohort of that name here. There are {cohorts}.",
            count=len(cohorts),
            cohorts=Names(tuple(each.name for each in cohorts)),
        )
    )


_WORDS: Final = ("words", "skill", "field", "company")
_READERS: Final[Mapping[str, Callable[[Turn, str, str], Any]]] = {
    "hours": _hours,
    "paid": _yes_no,
    "remote": _yes_no,
    "cohort": _cohort,
    "mine": _yes_no,
}


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
    return page_of_details(project, pages, page, buttons, [state])


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

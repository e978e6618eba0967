"""`/project list` and `/project show`: finding projects, some a page, and reading one whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select as SelectQuery
from sqlalchemy import func, select

from bot.chat.actions import Action, Reply
from bot.chat.answers import Asking, Option, Understood, read_answer
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Part,
    Plain,
    Select,
    Text,
    heading,
    listed,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Suggest
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined, Routes
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import LABELS, change
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.projects.details import detail_pages, page_of_details, see_all
from bot.programme.projects.display import short_line, title_part
from bot.programme.projects.from_answers import rules_of
from bot.programme.projects.lookup import employer_of, manages, may_manage, project_of, shown_project
from bot.programme.projects.preview import finding_block
from bot.programme.projects.scope_check import check
from bot.programme.projects.search import Filters, matching, tidy
from bot.programme.projects.selection import (
    ANY_PROJECT,
    named_project,
    options_of,
    suggest_shown,
)
from storage.tables import Cohort, Company, Project

__all__ = ["LISTING", "Found", "page_message", "page_of"]

_PAGE: Final = 5  # as many as a phone's screen holds
_LONGEST_OPTION: Final = 100  # characters
_MOST_SUGGESTED: Final = 25  # Discord's limit for autocomplete
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
    count = turn.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-count // _PAGE))
    page = min(max(1, page), pages)
    found = turn.session.scalars(query.limit(_PAGE).offset((page - 1) * _PAGE))
    return Found(tuple(found), page, pages, count)


def page_message(
    turn: Turn, found: Found, title: tuple[Part, ...], turned: Callable[[int], str | None]
) -> Message:
    """Return a page with its lines, a select to read a project whole, and buttons to turn the page.

    `turned`: the action id of the button for another page; None where no button can hold it.
    """
    pages = f" · page {found.page} of {found.pages}" if found.pages > 1 else ""
    blocks: list[Block] = [heading(*title, f" ({found.count}){pages}")]
    blocks += [
        Text((f"#{project.id} ", short_line(turn, project, people.reader_of(turn))))
        for project in found.projects
    ]
    options = tuple(options_of(list(found.projects)))
    blocks.append(Select(verbs.PROJECT_SHOW.choice(), options, placeholder="Read one whole"))
    turns = []
    for label, number in (("Earlier", found.page - 1), ("More", found.page + 1)):
        pressed = turned(number)
        if 1 <= number <= found.pages and pressed:
            turns.append(Button(label, pressed))
    if turns:
        blocks.append(Buttons(tuple(turns)))
    elif found.pages > 1:
        blocks.append(note(f"For the next page, add `page:{found.page + 1}` to what you typed."))
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
    title = ("Your projects",) if filters.mine else ("Open projects",)
    if found.count:
        packed = _pack(filters)
        return page_message(turn, found, title, lambda number: _page_action(number, packed))
    if filters == Filters():
        return message("No project is open just now. New ones are announced in the cohort's channel.")
    if filters == Filters(mine=True):
        may_post = not turn.roles.isdisjoint({"employer", "coordinator"})
        begin = " `/project post` begins one." if may_post else ""
        return message(f"You have posted no project yet.{begin}")
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
    leave = Buttons((Button(f"List without {' and '.join(unread)}", without),)) if without else None
    raise Declined(*reasons, note("You typed: ", Plain(typed)), *([leave] if leave else []))


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
    raise Declined(f"Write `{name}:yes` or `{name}:no`.")


def _cohort(turn: Turn, _name: str, typed: str) -> int | None:
    if not typed:
        return None
    cohorts = _cohorts(turn)
    for cohort in cohorts:
        if typed == str(cohort.id) or tidy(cohort.name) == tidy(typed):
            return cohort.id
    if not cohorts:
        raise Declined("There is no cohort here yet.")
    are = "The only one is " if len(cohorts) == 1 else "There are "
    raise Declined(
        text("I know no cohort of that name here. ", are, *listed([each.name for each in cohorts]), ".")
    )


_WORDS: Final = ("words", "skill", "field", "company")
_READERS: Final[Mapping[str, Callable[[Turn, str, str], Any]]] = {
    "hours": _hours,
    "paid": _yes_no,
    "remote": _yes_no,
    "cohort": _cohort,
    "mine": _yes_no,
}


def _cohorts(turn: Turn) -> Sequence[Cohort]:
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.ended_at.is_(None))
    return turn.session.scalars(query.order_by(Cohort.id)).all()


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
        label = "Close" if project.status == "open" else "Take it back"
        buttons.append(Button(label, verbs.PROJECT_CLOSE(project.id)))
    buttons.append(Button("Repeat", verbs.PROJECT_REPEAT(project.id)))
    if employer_of(turn, project) is None:
        buttons.append(Button("I look after it", verbs.PROJECT_TAKE(project.id)))
    state = note(f"You manage this project ({LABELS[project.status]}).")
    pages = detail_pages(turn, project, _found(turn, project), private=True)
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
        raise Declined("Somebody looks after this project already.")
    project.updated_at = turn.now
    taken = change(turn, project, owner_id=person.id)
    tasks.close_task(turn, keys.UNOWNED(subjects.PROJECT(project.id)))
    said = message(
        text("You look after **", title_part(project), "** now. Its applications come to you."),
        Buttons((Button("Applicants", verbs.APPLICANTS_LIST(project.id)),)),
    )
    return [Reply(said), *taken]


def _suggest_skills(turn: Turn, event: Suggest) -> list[Option]:
    found: Counter[str] = Counter()
    query = select(Project.skills).where(Project.programme_id == turn.programme_id, Project.status == "open")
    for skills in turn.session.scalars(query):
        found.update({" ".join(skill.split()) for skill in skills})
    return _suggested([name for name, _ in found.most_common()], event.typed)


def _suggest_fields(turn: Turn, event: Suggest) -> list[Option]:
    query = select(Project.field).where(Project.programme_id == turn.programme_id, Project.status == "open")
    return _suggested(turn.session.scalars(query.distinct().order_by(Project.field)).all(), event.typed)


def _suggest_companies(turn: Turn, event: Suggest) -> list[Option]:
    query = select(Company.name).where(Company.programme_id == turn.programme_id).order_by(Company.name)
    return _suggested(turn.session.scalars(query).all(), event.typed)


def _suggest_cohorts(turn: Turn, event: Suggest) -> list[Option]:
    return _suggested([cohort.name for cohort in _cohorts(turn)], event.typed)


def _suggested(names: Iterable[str], typed: str) -> list[Option]:
    wanted = tidy(typed)
    fitting = [name for name in names if name and wanted in tidy(name)]
    return [Option(name[:_LONGEST_OPTION], name[:_LONGEST_OPTION]) for name in fitting[:_MOST_SUGGESTED]]


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
)
_SHOW: Final = CommandSpec(
    ("project", "show"),
    "Read a project whole",
    (ANY_PROJECT,),
    example="/project show market map",
)
LISTING: Final = Routes(
    commands=((_LIST, _project_list_command), (_SHOW, _project_show_command)),
    buttons={
        verbs.PROJECT_LIST: _project_list_pressed,
        verbs.PROJECT_SHOW: _show_pressed,
        verbs.PROJECT_TAKE: _project_take_pressed,
    },
    suggestions={
        (_LIST.path, "skill"): _suggest_skills,
        (_LIST.path, "field"): _suggest_fields,
        (_LIST.path, "company"): _suggest_companies,
        (_LIST.path, "cohort"): _suggest_cohorts,
        (_SHOW.path, "project"): suggest_shown,
    },
)

"""A project whole: every word of its post, in pages where a phone's screen does not hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Part,
    Plain,
    Sentence,
    Text,
    heading,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.rendering.screen import LINES, in_pages, turning
from bot.programme import people
from bot.programme.core import dates, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.what_happened import newest_blocks
from bot.programme.projects import places
from bot.programme.projects.confidentiality import read_by
from bot.programme.projects.countries import open_to
from bot.programme.projects.deliverables import listed, wanted_of
from bot.programme.projects.display import (
    apply_by,
    fee_in_full,
    joined,
    shown_place,
    shown_time,
    state_of,
    student_buttons,
)
from bot.programme.projects.fee_share import share_rows
from bot.programme.projects.fixed_dates import shown_fixed
from bot.programme.projects.lookup import accepts_applications, company_name
from bot.programme.projects.pay import shown_pay, with_pay
from bot.programme.projects.places import Counting
from bot.programme.projects.private_details import makers_blocks
from bot.programme.projects.ready_answers import shown_contact
from storage.tables import Project
from storage.tables.values import OwnQuestion

__all__ = ["about_company", "detail_pages", "page_of_details", "see_all", "whole_post"]

_LONGEST_LINK: Final = 512  # characters of a button's address, Discord's limit
_LINES_A_PAGE: Final = LINES - 5  # lines of the post on a page; the rest is for what can be done
_QUESTION_KINDS: Final = {
    "link": "{number}. {question} (a link)",
    "file": "{number}. {question} (a file)",
    "number": "{number}. {question} (a number)",
    "date": "{number}. {question} (a date)",
    "yes_no": "{number}. {question} (yes or no)",
}


def see_all(turn: Turn, project: Project, page: int = 0) -> Message:
    """Return a page (from 0) of the whole post, as students read it, with what they can do."""
    takes = accepts_applications(turn, project)
    ways = (*(student_buttons(project, "apply", "save").buttons if takes else ()), about_company(project))
    last = [] if takes else [_why_closed(project)]
    pages = detail_pages(turn, project, newest_blocks(turn, project))
    return page_of_details(project, pages, page, ways, last, _link(project))


def about_company(project: Project) -> Button:
    """Return a button to the page of the project's company."""
    return Button("The company", verbs.COMPANY_SHOW(project.company_id))


def page_of_details(
    project: Project,
    pages: Sequence[Sequence[Block]],
    page: int,
    ways: Sequence[Button],
    last: Sequence[Block],
    link: Block | None = None,
) -> Message:
    """Return one of `pages` with the buttons that turn them, then `last`, `ways` and `link`."""
    page = min(max(0, page), len(pages) - 1)
    turns = turning(
        page,
        len(pages),
        verbs.PROJECT_SHOW(project.id, page - 1),
        verbs.PROJECT_SHOW(project.id, page + 1),
    )
    buttons = [Buttons(tuple(ways))] if ways else []
    return message(*pages[page], *([Buttons(turns)] if turns else []), *last, *buttons, link)


def detail_pages(
    turn: Turn, project: Project, more: Sequence[Block] = (), *, private: bool = False
) -> list[tuple[Block, ...]]:
    """Return the whole post in pages, without buttons, then `more`; `private` adds what only interns see."""
    left = places.free(turn, project, Counting.PUBLIC)
    groups = whole_post(turn, project, company_name(turn, project), max(0, left))
    if private and (only_interns := makers_blocks(turn, project, text("**Only for accepted interns**"))):
        groups.append(only_interns)
    return in_pages([*groups, more], _LINES_A_PAGE, turn.language)


def _why_closed(project: Project) -> Block:
    if project.status in {"open", "closed"}:
        return note("Applications are closed. `/project list` shows what is open.")
    return note("Students do not see this project. Its status: {state}.", state=state_of(project))


def _link(project: Project) -> Block | None:
    """Return a button that opens the employer's page, where it is an address a button may hold."""
    if project.url.startswith("https://") and len(project.url) <= _LONGEST_LINK and " " not in project.url:
        return Buttons((Button("Open the employer's page", url=project.url),))
    return None


def whole_post(turn: Turn, project: Project, company: str, left: int) -> list[list[Block]]:
    """Return everything a student may read of a project, in groups that belong together.

    `project` need not be stored yet (a preview).
    """
    byline: list[Part] = [Plain(part) for part in (company, project.field) if part]
    first: list[Block] = [heading(Plain(" ".join(project.title.split())))]
    if byline:
        first.append(Text(tuple(joined(byline, " · "))))
    wanted = (
        Text(listed(turn, wanted, people.reader_of(turn)))
        if (wanted := wanted_of(project, "open"))
        else note("None are named yet; ask before you apply.")
    )
    groups: list[list[Block]] = [
        [*first, text(Plain(project.brief))],
        [text("**Deliverables**"), wanted],
        [Fields(tuple(_rows(turn, project, left)))],
    ]
    if project.extra:
        more = "\n".join(f"{name}: {value}" for name, value in sorted(project.extra.items()))
        groups.append([text("**Also in the post**"), text(Plain(more))])
    if project.questions:
        lines = (_question_line(*each) for each in enumerate(project.questions, start=1))
        groups.append([text("**You will also be asked**"), Text(tuple(joined(lines, "\n")))])
    last = (_review(turn), *share_rows(project.fee_cents, turn.programme.fee_share))
    return [*groups, [Fields(last)]]


def _review(turn: Turn) -> Field:
    """Return by when handed-in work is reviewed, and what follows where it is not."""
    return row(
        "Review of work",
        "in {count} day, the last three days later; else settled, not reviewed",
        "in {count} days, the last three days later; else settled, not reviewed",
        count=turn.programme.review_days,
    )


def _rows(turn: Turn, project: Project, left: int) -> Iterable[Field]:
    reader = people.reader_of(turn)
    yield row("Time", shown_time(project.hours, project.weeks))
    yield row("Fee", with_pay(fee_in_full(project), project))
    if project.fee_cents and shown_pay(project) is None:
        yield row("Payment", "who pays, and when, is not said; ask before you apply")
    if left == project.places:
        yield row("Places", layout("{places}", places=project.places))
    else:
        yield row("Places", "{left} of {places} left", left=left, places=project.places)
    yield row("Where", shown_place(project.location))
    if (students := open_to(project)) is not None:
        yield row("Open to", students)
    if project.skills:
        yield row("Skills", Plain(", ".join(project.skills)))
    yield row("Apply by", apply_by(turn, project, reader))
    yield row("Answer by", people.shown_date(turn, dates.read(project, "decide"), reader))
    yield row("Starts", people.shown_day(turn, dates.read(project, "starts"), reader))
    if (fixed := shown_fixed(project.fixed)) is not None:
        yield row("Cannot move", layout("{dates}", dates=fixed))
    if contact := read_by(project, "contact", "open"):
        yield row("Questions", shown_contact(turn, contact, project.contact_by_id))
    if project.url:
        yield row("Link", Plain(project.url))


def _question_line(number: int, question: OwnQuestion) -> Sentence:
    if question.kind == "choice":
        choices = " / ".join(question.options)
        return layout(
            "{number}. {question} ({choices})", number=number, question=question.prompt, choices=choices
        )
    if question.kind == "text":
        return layout("{number}. {question}", number=number, question=question.prompt)
    return say(_QUESTION_KINDS[question.kind], number=number, question=question.prompt)

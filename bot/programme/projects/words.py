"""A project in words: its fee, its line in a list, and the whole post as students read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from bot.chat.answers.money import in_money
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Moment,
    Part,
    Plain,
    Row,
    Text,
    action,
    heading,
    message,
    note,
    row,
    text,
)
from bot.programme.lifecycle import LABELS
from bot.programme.projects.lookup import accepts_applications, company_name, places_left
from bot.programme.turn import Turn
from storage.tables import Project

__all__ = [
    "apply_by",
    "fee_parts",
    "fee_text",
    "hours_text",
    "money_text",
    "places_text",
    "post_blocks",
    "see_all",
    "short_line",
    "shortened",
    "student_buttons",
    "title_part",
    "whole_post",
]

_TITLE_IN_LISTS: Final = 120  # characters
_LONGEST_LINK: Final = 512  # characters of a button's address, Discord's limit
_QUESTION_KINDS: Final = {
    "text": "",
    "link": " (a link)",
    "file": " (a file)",
    "number": " (a number)",
    "date": " (a date)",
    "yes_no": " (yes or no)",
}


def shortened(words: str, most: int) -> str:
    """The words on one line; past `most` characters cut at a word, with an ellipsis that says so."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    head, _, tail = cut.rpartition(" ")
    return (head if head and len(tail) < most // 4 else cut).rstrip(" ,.;:") + "…"


def title_part(project: Project) -> Plain:
    """The title as words of a person's, short enough for a sentence."""
    return Plain(shortened(project.title, _TITLE_IN_LISTS))


def fee_text(project: Project) -> str:
    """The fixed fee: `$400`, or `unpaid`; never anybody's own words."""
    return money_text(project.fee_cents, project.currency)


def money_text(cents: int | None, currency: str) -> str:
    """An amount in words: `$400`; `unpaid` for none."""
    return in_money(Decimal(cents) / 100, currency) if cents else "unpaid"


def fee_parts(project: Project) -> tuple[Part, ...]:
    """The fee with what belongs to it: that it is for each intern, or why there is none."""
    if project.fee_cents:
        return (f"{fee_text(project)} for each intern" if project.places > 1 else fee_text(project),)
    return ("unpaid (", Plain(project.unpaid_reason), ")") if project.unpaid_reason else ("unpaid",)


def hours_text(project: Project) -> str:
    """The estimated hours: `10 hours`."""
    return f"{project.hours:g} hour{'' if project.hours == 1 else 's'}"


def apply_by(turn: Turn, project: Project) -> Moment:
    """The application deadline, in the programme's zone and always naming it."""
    return Moment(project.deadline_at, turn.programme.zone)


def short_line(turn: Turn, project: Project) -> tuple[Part, ...]:
    """One line of a list: title, company, hours, fee and deadline (or where it stands when not open)."""
    line: list[Part] = ["**", title_part(project), "**"]
    company = company_name(turn, project)
    if company:
        line += [" · ", Plain(company)]
    line += [f" · {hours_text(project)} · {fee_text(project)} · "]
    if project.status == "open":
        return (*line, "apply by " if project.deadline_at > turn.now else "closed ", apply_by(turn, project))
    return (*line, LABELS[project.status])


def places_text(project: Project, left: int) -> str:
    """`2 of 3 left`; `3` while none is taken."""
    return str(project.places) if left == project.places else f"{left} of {project.places} left"


def student_buttons(project: Project, *wanted: str) -> Buttons:
    """The buttons under a project for students: "apply", "details", "save"."""
    made = {
        "apply": Button("Apply", action("application-begin", project.id), style="primary"),
        "details": Button("Details", action("project-show", project.id)),
        "save": Button("Save", action("project-save", project.id)),
    }
    return Buttons(tuple(made[name] for name in wanted))


def see_all(turn: Turn, project: Project, *, private: bool = False) -> Message:
    """The whole post, exactly as students read it; `private` adds what only accepted interns see."""
    blocks = post_blocks(turn, project, private=private)
    if accepts_applications(turn, project):
        blocks.append(student_buttons(project, "apply", "save"))
    else:
        blocks.append(note(_why_closed(project)))
    return message(*blocks, _link(project))


def post_blocks(turn: Turn, project: Project, *, private: bool = False) -> list[Block]:
    """The whole post without any button."""
    blocks = whole_post(turn, project, company_name(turn, project), places_left(turn, project))
    if private and project.private_details:
        blocks += [text("**Only for accepted interns**"), Text((Plain(project.private_details),))]
    return blocks


def _why_closed(project: Project) -> str:
    if project.status in {"open", "closed"}:
        return "Applications are closed. `/project list` shows what is open."
    return f"This project is {LABELS[project.status]}; students do not see it."


def _link(project: Project) -> Block | None:
    """A button that opens the employer's page, where it is an address a button may hold."""
    if project.url.startswith("https://") and len(project.url) <= _LONGEST_LINK and " " not in project.url:
        return Buttons((Button("Open the employer's page", url=project.url),))
    return None


def whole_post(turn: Turn, project: Project, company: str, left: int) -> list[Block]:
    """Everything a student may read of a project; `project` need not be stored yet (a preview)."""
    byline: list[Part] = [Plain(part) for part in (company, project.field) if part]
    blocks: list[Block] = [heading(Plain(" ".join(project.title.split())))]
    if byline:
        blocks.append(Text(tuple(_joined(byline, " · "))))
    blocks.append(Text((Plain(project.brief),)))
    blocks.append(text("**Deliverables**"))
    blocks.append(
        Text((Plain(project.deliverables),))
        if project.deliverables.strip()
        else note("None are named yet; ask before you apply.")
    )
    blocks.append(Fields(tuple(_rows(turn, project, left))))
    if project.extra:
        more = "\n".join(f"{name}: {value}" for name, value in sorted(project.extra.items()))
        blocks += [text("**Also in the post**"), Text((Plain(more),))]
    if project.questions:
        blocks.append(text("**You will also be asked**"))
        blocks.append(Text(tuple(_question_lines(project.questions))))
    return blocks


def _rows(turn: Turn, project: Project, left: int) -> Iterable[Row]:
    zone = turn.programme.zone
    weeks = f" over {project.weeks} week{'' if project.weeks == 1 else 's'}"
    yield row("Time", f"about {hours_text(project)}{weeks}")
    yield row("Fee", *fee_parts(project))
    yield row("Places", places_text(project, left))
    yield row("Where", Plain(project.location) if project.location else "remote")
    if project.skills:
        yield row("Skills", Plain(", ".join(project.skills)))
    yield row("Apply by", apply_by(turn, project))
    yield row("Answer by", Moment(project.decide_at, zone))
    yield row("Starts", Moment(project.starts_at, zone, "day"))
    if project.contact:
        yield row("Questions", Plain(project.contact))
    if project.url:
        yield row("Link", Plain(project.url))


def _question_lines(questions: Sequence[dict[str, Any]]) -> Iterable[Part]:
    for number, question in enumerate(questions, start=1):
        yield ("\n" if number > 1 else "") + f"{number}. "
        yield Plain(str(question["prompt"]))
        if question["kind"] == "choice":
            yield " ("
            yield Plain(" / ".join(map(str, question["options"])))
            yield ")"
        else:
            yield _QUESTION_KINDS[str(question["kind"])]


def _joined(parts: Sequence[Part], separator: str) -> Iterable[Part]:
    for number, part in enumerate(parts):
        if number:
            yield separator
        yield part

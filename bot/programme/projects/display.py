"""A project in words: its facts, its fee, its line in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Final

from bot.chat.content import (
    Button,
    Buttons,
    Part,
    Plain,
)
from bot.chat.money_words import in_money
from bot.programme import people
from bot.programme.core import dates, verbs
from bot.programme.core.lifecycle import LABELS
from bot.programme.core.turn import Turn
from bot.programme.projects.lookup import company_name
from storage.tables import Person, Project

__all__ = [
    "apply_by",
    "facts",
    "fee_parts",
    "fee_text",
    "hours_text",
    "joined",
    "money_text",
    "places_text",
    "short_line",
    "shortened",
    "student_buttons",
    "title_part",
]

_TITLE_IN_LISTS: Final = 120  # characters
_PLACE: Final = 40  # characters of a location among the facts


def shortened(words: str, most: int) -> str:
    """Put the words on one line; past `most` characters cut it at a word, with an ellipsis that says so."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    head, _, tail = cut.rpartition(" ")
    return (head if head and len(tail) < most // 4 else cut).rstrip(" ,.;:") + "…"


def title_part(project: Project) -> Plain:
    """Return the title as words of a person's, short enough for a sentence."""
    return Plain(shortened(project.title, _TITLE_IN_LISTS))


def fee_text(project: Project) -> str:
    """Return the fixed fee: `$400`, or `unpaid`; never words that a person wrote."""
    return money_text(project.fee_cents, project.currency)


def money_text(cents: int | None, currency: str) -> str:
    """Return an amount in words: `$400`; `unpaid` for None."""
    return in_money(Decimal(cents) / 100, currency) if cents else "unpaid"


def fee_parts(project: Project) -> tuple[Part, ...]:
    """Return the fee with what belongs to it: that it is for each intern, or why there is none."""
    if project.fee_cents:
        return (f"{fee_text(project)} for each intern" if project.places > 1 else fee_text(project),)
    return ("unpaid (", Plain(project.unpaid_reason), ")") if project.unpaid_reason else ("unpaid",)


def facts(project: Project, left: int | None = None, unknown: Collection[str] = ()) -> tuple[Part, ...]:
    """Return the facts: `20 h over 1 week · $500 · remote · 1 place`; a fact that is missing is left out.

    `left`: how many places are free, None where that does not matter. `unknown`: questions of the form that
    a draft has not answered yet.
    """
    found: list[Part] = []
    if "hours" not in unknown:
        weeks = f" over {project.weeks} week{'' if project.weeks == 1 else 's'}" if project.weeks else ""
        found.append(f"{project.hours:g} h{weeks}")
    if project.fee_cents:
        found.append(f"{fee_text(project)} each" if project.places > 1 else fee_text(project))
    elif project.unpaid_reason:
        found.append("unpaid")
    found.append(Plain(shortened(project.location, _PLACE)) if project.location else "remote")
    places = f"{project.places} place{'' if project.places == 1 else 's'}"
    found.append(places if left in (None, project.places) else f"{left} of {places} left")
    return tuple(joined(found, " · "))


def hours_text(project: Project) -> str:
    """Return the estimated hours: `10 hours`."""
    return f"{project.hours:g} hour{'' if project.hours == 1 else 's'}"


def apply_by(turn: Turn, project: Project, reader: Person | None) -> Part:
    """Return the application deadline for a reader; None is a channel."""
    return people.shown_date(turn, dates.read(project, "deadline"), reader)


def short_line(turn: Turn, project: Project, reader: Person | None) -> tuple[Part, ...]:
    """Return a line of a list: title, company, hours, fee and deadline (or the status when not open).

    `reader` None is a channel.
    """
    line: list[Part] = ["**", title_part(project), "**"]
    company = company_name(turn, project)
    if company:
        line += [" · ", Plain(company)]
    line += [f" · {hours_text(project)} · {fee_text(project)} · "]
    if project.status == "open":
        takes = "apply by " if project.deadline_at > turn.now else "closed "
        return (*line, takes, apply_by(turn, project, reader))
    return (*line, LABELS[project.status])


def places_text(project: Project, left: int) -> str:
    """Return the free places: `2 of 3 left`; `3` while none is taken."""
    return str(project.places) if left == project.places else f"{left} of {project.places} left"


def student_buttons(project: Project, *wanted: str) -> Buttons:
    """Return the buttons under a project for students: "apply", "details", "save"."""
    made = {
        "apply": Button("Apply", verbs.APPLICATION_BEGIN(project.id), style="primary"),
        "details": Button("Details", verbs.PROJECT_SHOW(project.id)),
        "save": Button("Save", verbs.PROJECT_SAVE(project.id)),
    }
    return Buttons(tuple(made[name] for name in wanted))


def joined(parts: Sequence[Part], separator: str) -> Iterable[Part]:
    """Join the parts with the separator between them."""
    for number, part in enumerate(parts):
        if number:
            yield separator
        yield part

"""A project in words: its facts, its fee, its line in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from bot.chat.content import Button, Buttons, Part, Plain, Sentence, layout, say
from bot.chat.sentences import Money, Number, Term
from bot.programme import people
from bot.programme.core import dates, verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.projects.countries import open_to
from bot.programme.projects.lookup import company_name
from bot.programme.projects.ready_answers import shown_reason
from storage.prepared import Row
from storage.tables import Person, Project

__all__ = [
    "apply_by",
    "facts",
    "fee_in_full",
    "joined",
    "open_line",
    "short_line",
    "shortened",
    "shown_fee",
    "shown_hours",
    "shown_money",
    "shown_place",
    "shown_time",
    "state_of",
    "student_buttons",
    "title_part",
]

_TITLE_IN_LISTS: Final = 120  # characters
_COUNTRIES: Final = 2  # countries that a line names
_PLACE: Final = 40  # characters of a location among the facts


def shortened(words: str, most: int) -> str:
    """Put the words on one line; past `most` characters cut it at a word, with an ellipsis that says so."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    head, _, tail = cut.rpartition(" ")
    return (head if head and len(tail) < most // 4 else cut).rstrip(" ,.;:") + "…"


def title_part(project: Project | Row) -> Plain:
    """Return the title as words of a person's, short enough for a sentence."""
    return Plain(shortened(project.title, _TITLE_IN_LISTS))


def shown_fee(project: Project | Row) -> Money | Term:
    """Return the fixed fee: `$400`, or `unpaid`; never words that a person wrote."""
    return shown_money(project.fee_cents, project.currency)


def shown_money(cents: int | None, currency: str) -> Money | Term:
    """Return an amount: `$400`; `unpaid` for None."""
    return Money(cents, currency) if cents else Term("unpaid", "fee")


def fee_in_full(project: Project) -> Sentence:
    """Return the fee with what belongs to it: that it is for each intern, or why there is none."""
    if project.fee_cents and project.places > 1:
        return say("{fee} for each intern", fee=shown_fee(project))
    if not project.fee_cents and project.unpaid_reason:
        return say("unpaid ({reason})", reason=shown_reason(project.unpaid_reason))
    return layout("{fee}", fee=shown_fee(project))


def facts(project: Project, left: int | None = None, unknown: Collection[str] = ()) -> tuple[Part, ...]:
    """Return the facts: `20 h over 1 week · $500 · remote · 1 place`; a fact that is missing is left out.

    `left`: how many places are free, None where that does not matter. `unknown`: questions of the form that
    a draft has not answered yet.
    """
    found: list[Part] = []
    if "hours" not in unknown:
        found.append(_time(project))
    if project.fee_cents and project.places > 1:
        found.append(say("{fee} each", fee=shown_fee(project)))
    elif project.fee_cents or project.unpaid_reason:
        found.append(layout("{fee}", fee=shown_fee(project)))
    found.append(shown_place(shortened(project.location, _PLACE)))
    found.append(_places_left(project, project.places if left is None else left))
    return tuple(joined(found, " · "))


def _time(project: Project) -> Sentence:
    hours = shown_hours(project.hours)
    if not project.weeks:
        return say("{hours} h", hours=hours)
    return say(
        "{hours} h over {count} week", "{hours} h over {count} weeks", hours=hours, count=project.weeks
    )


def shown_hours(hours: float) -> Number:
    """Return a number of hours: `10`, `7.5`."""
    return Number(f"{hours:g}")


def shown_time(hours: float, weeks: int) -> Sentence:
    """Return estimated hours and the weeks they are spread over: `about 20 h over 2 weeks`."""
    if not weeks:
        return say("about {hours} h", hours=shown_hours(hours))
    return say(
        "about {hours} h over {count} week",
        "about {hours} h over {count} weeks",
        hours=shown_hours(hours),
        count=weeks,
    )


def shown_place(location: str) -> Plain | Sentence:
    """Return where the work is done; "" is anywhere."""
    return Plain(location) if location else say("remote", context="place")


def state_of(project: Project) -> Term:
    """Return a project's status, to be shown alone or after a colon."""
    return status_term(project, project.status)


def apply_by(turn: Turn, project: Project | Row, reader: Person | None) -> Part:
    """Return the application deadline for a reader; None is a channel."""
    return people.shown_date(turn, dates.read(project, "deadline"), reader)


def short_line(turn: Turn, project: Project, reader: Person | None) -> Sentence:
    """Return a line of a list: title, company, hours, fee and deadline (or the status when not open).

    `reader` None is a channel.
    """
    company = company_name(turn, project)
    if project.status == "open" and project.deadline_at > turn.now:
        return open_line(turn, project, company, reader)
    template = "**{project}** · {company} · {hours} h · {fee} · closed on {when}"
    if project.status != "open":
        template = "**{project}** · {company} · {hours} h · {fee} · {state}"
    return say(
        template,
        project=title_part(project),
        company=company,
        hours=shown_hours(project.hours),
        fee=shown_fee(project),
        state=state_of(project),
        when=apply_by(turn, project, reader),
    )


def open_line(turn: Turn, project: Project | Row, company: str, reader: Person | None) -> Sentence:
    """Return the same of a project that students can apply to, given its company's name.

    Where it is open to students of some countries only, it says so.
    """
    line = say(
        "**{project}** · {company} · {hours} h · {fee} · apply by {when}",
        project=title_part(project),
        company=company,
        hours=shown_hours(project.hours),
        fee=shown_fee(project),
        when=apply_by(turn, project, reader),
    )
    students = open_to(project, _COUNTRIES)
    return line if students is None else say("{project} · for {students}", project=line, students=students)


def _places_left(project: Project, left: int) -> Sentence:
    """Return the free places: `2 of 3 places left`; `3 places` while none is taken."""
    if left == project.places:
        return say("{count} place", "{count} places", count=project.places)
    return say(
        "{left} of {count} place left", "{left} of {count} places left", left=left, count=project.places
    )


def student_buttons(project: Project, *wanted: str) -> Buttons:
    """Return the buttons under a project for students: "apply", "details", "save"."""
    made = {
        "apply": Button("Apply", verbs.APPLICATION_BEGIN(project.id), style="primary"),
        "details": Button("Details", verbs.PROJECT_SHOW(project.id)),
        "save": Button(say("Save", context="bookmark"), verbs.PROJECT_SAVE(project.id)),
    }
    return Buttons(tuple(made[name] for name in wanted))


def joined(parts: Iterable[Part], separator: str) -> Iterable[Part]:
    """Join the parts with the separator between them."""
    for number, part in enumerate(parts):
        if number:
            yield separator
        yield part

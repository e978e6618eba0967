"""Deliverables of a project: rows that an employer writes as lines, and that placements get as milestones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.chat.content import Part, Plain, Sentence, layout, say
from bot.chat.local_day import EVERYWHERE, Day
from bot.chat.sentences import Value
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverable_list import write_deliverables
from bot.programme.projects.ready_answers import deliverable_in_words, shown_deliverable
from storage.tables import Deliverable, Person, Project
from storage.tables.values import Level, WantedDeliverable

__all__ = ["deliverable_facts", "listed", "set_deliverables", "shown_wanted", "wanted_of"]


def wanted_of(project: Project, *levels: Level) -> list[WantedDeliverable]:
    """Return what a project wants, in order; of these levels only, where any is given."""
    return [each.wanted for each in project.deliverables if not levels or each.level in levels]


def set_deliverables(project: Project, wanted: Sequence[WantedDeliverable]) -> None:
    """Make these the deliverables of a project, stored or not."""
    project.deliverables_text = deliverable_in_words(write_deliverables(wanted))
    kept = list(project.deliverables)
    rows: list[Deliverable] = []
    for position, each in enumerate(wanted, 1):
        # A row whose place or title is the same stays itself, whatever else is said of it now.
        row = next((one for one in kept if one.title == each.title), None)
        if row is None:
            row = Deliverable(programme_id=project.programme_id)
        else:
            kept.remove(row)
        row.position, row.title, row.done_when = position, each.title, each.done_when
        row.after_days, row.due_on, row.level = each.after_days, each.due_on, each.level
        row.first_step = each.first_step
        rows.append(row)
    project.deliverables = rows


def deliverable_facts(turn: Turn, wanted: WantedDeliverable, reader: Person | None) -> list[Sentence]:
    """Return what is said of a deliverable besides its title: when it is done and due, and what it begins."""
    facts = [say("done when {what}", what=Plain(wanted.done_when))] if wanted.done_when else []
    if wanted.after_days is not None:
        facts.append(
            say(
                "due {count} day after the start",
                "due {count} days after the start",
                count=wanted.after_days,
            )
        )
    if wanted.due_on is not None:
        day = Day(wanted.due_on, EVERYWHERE)
        facts.append(say("due on {when}", when=people.shown_day(turn, day, reader)))
    if wanted.first_step:
        facts.append(say("a first step: after it, either side may end the work without a reason"))
    return facts


def shown_wanted(
    turn: Turn, wanted: WantedDeliverable, reader: Person | None, title: Value | None = None
) -> Value:
    """Return a deliverable in a line, with what is said of it; `title` replaces its own."""
    said = title if title is not None else shown_deliverable(wanted.title)
    facts = deliverable_facts(turn, wanted, reader)
    match facts:
        case []:
            return said
        case [only]:
            return layout("{title} · {fact}", title=said, fact=only)
        case [first, second]:
            return layout("{title} · {first} · {second}", title=said, first=first, second=second)
        case [first, second, third]:
            return layout(
                "{title} · {first} · {second} · {third}", title=said, first=first, second=second, third=third
            )
    raise TypeError(type(facts))


def listed(turn: Turn, wanted: Iterable[WantedDeliverable], reader: Person | None) -> tuple[Part, ...]:
    """Return deliverables as a list, a line each."""
    lines: list[Part] = []
    for each in wanted:
        lines += ["\n- " if lines else "- ", layout("{line}", line=shown_wanted(turn, each, reader))]
    return tuple(lines)

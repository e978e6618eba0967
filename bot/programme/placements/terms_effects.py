"""Effects of new terms in a placement: its dates and its deliverables follow them."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.programme.applications import terms
from bot.programme.applications.news import retract_news
from bot.programme.core import dates, subjects
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.placements import reminders, schedule
from bot.programme.placements.closing import complete
from bot.programme.placements.kickoff import add_milestone, due_of, wanted
from bot.programme.placements.lookup import is_done, latest, milestones
from bot.programme.placements.wait_kinds import drop_of
from storage.tables import Milestone, Placement, Terms, TermsOffer
from storage.tables.values import WantedDeliverable

__all__ = ["take_up"]

_UNNAMED: Final = WantedDeliverable("")
"""What is known of a milestone that the terms do not name: it has no separate date."""


def take_up(turn: Turn, placement: Placement, agreed: TermsOffer) -> list[Action]:
    """Store a change that the student agreed to as the next version of the placement's terms; apply it."""
    before = terms.terms_of(turn, placement)
    instants = {each.due_at for each in milestones(turn, placement)}
    after = terms.accept(turn, placement, terms.values_of(agreed), before.agreements)
    taken_up = _move_dates(turn, placement, before, after)
    if after.deliverables != before.deliverables:
        taken_up += _rework(turn, placement, wanted(after))
    # A date is settled once nothing is open for it, which is so only after the milestones have moved.
    for due in instants:
        reminders.retract_date_news(turn, placement, due)
    if all(is_done(each) for each in milestones(turn, placement)):
        return [*taken_up, *complete(turn, placement)]
    return [*taken_up, *schedule.schedule(turn, placement)]


def _move_dates(turn: Turn, placement: Placement, before: Terms, after: Terms) -> list[Action]:
    """Move each deliverable whose date is as the terms had it, and let none be due after the new end."""
    named = {each.title: each for each in [*before.deliverables, *after.deliverables]}
    known = {each.title: each for each in before.deliverables}
    held = milestones(turn, placement)
    as_agreed = {
        each.id: each.due_at
        == dates.instant_of("due", due_of(turn, placement, known.get(each.title, _UNNAMED)))
        for each in held
    }
    start, due = dates.read(after, "starts"), dates.read(after, "due")
    moved = change(turn, placement, **dates.columns("starts", start), **dates.columns("due", due))
    for each in held:
        if not is_done(each) and (as_agreed[each.id] or each.due_at > after.due_at):
            own = due_of(turn, placement, named.get(each.title, _UNNAMED))
            moved += change(turn, each, **dates.columns("due", own))
            retract_news(turn, subjects.DATE(each.id))
    return moved


def _rework(turn: Turn, placement: Placement, agreed: list[WantedDeliverable]) -> list[Action]:
    """Turn the milestones into these deliverables; work that was handed in once stays, whatever its name.

    A milestone whose name is gone takes the next new name, so that a reworded deliverable keeps its row.
    """
    begun: list[Action] = []
    held = milestones(turn, placement)
    titles = [each.title for each in agreed]
    spare = [m for m in held if m.title not in titles and m.status == "open" and latest(turn, m) is None]
    known = {each.title: each for each in held}
    for each in agreed:
        if (same := known.pop(each.title, None)) is not None:
            same.done_when = each.done_when
        elif spare:
            reworded = spare.pop(0)
            reworded.title, reworded.done_when = each.title, each.done_when
            begun += change(turn, reworded, **dates.columns("due", due_of(turn, placement, each)))
        else:
            begun += add_milestone(turn, placement, len(held) + 1, each)
    for gone in spare:
        begun += _drop(turn, gone)
    turn.session.flush()
    for position, left in enumerate(milestones(turn, placement), 1):
        left.position = position
    return begun


def _drop(turn: Turn, milestone: Milestone) -> list[Action]:
    retract_news(turn, subjects.MILESTONE(milestone.id))
    retract_news(turn, subjects.DATE(milestone.id))
    dropped = drop_of(turn, milestone)
    turn.session.delete(milestone)
    return dropped

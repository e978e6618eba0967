"""Effects of new terms in a placement: its dates and its deliverables follow them."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.programme.applications import terms
from bot.programme.applications.news import retract_news
from bot.programme.core import dates, subjects
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.placements import reminders, schedule
from bot.programme.placements.closing import complete
from bot.programme.placements.kickoff import add_milestone, wanted
from bot.programme.placements.lookup import latest, milestones
from storage.tables import Milestone, Placement, Terms, TermsOffer

__all__ = ["take_up"]


def take_up(turn: Turn, placement: Placement, agreed: TermsOffer) -> list[Action]:
    """Store a change that the student agreed to as the next version of the placement's terms; apply it."""
    before = terms.terms_of(turn, placement)
    instants = {each.due_at for each in milestones(turn, placement)}
    after = terms.accept(turn, placement, terms.values_of(agreed), before.agreements)
    taken_up = _move_dates(turn, placement, after)
    if after.deliverables != before.deliverables:
        taken_up += _rework(turn, placement, wanted(after))
    # A date is settled once nothing is open for it, which is so only after the milestones have moved.
    for due in instants:
        reminders.retract_date_news(turn, placement, due)
    if all(each.status == "accepted" for each in milestones(turn, placement)):
        return [*taken_up, *complete(turn, placement)]
    return [*taken_up, *schedule.schedule(turn, placement)]


def _move_dates(turn: Turn, placement: Placement, after: Terms) -> list[Action]:
    """Move what was due at the previous end to the new end, and let nothing be due later than that."""
    moved: list[Action] = []
    start, due = dates.read(after, "starts"), dates.read(after, "due")
    for each in milestones(turn, placement):
        if each.status != "accepted" and (each.due_at == placement.due_at or each.due_at > after.due_at):
            moved += change(turn, each, **dates.columns("due", due))
            retract_news(turn, subjects.DATE(each.id))
    both = dates.columns("starts", start) | dates.columns("due", due)
    return [*moved, *change(turn, placement, **both)]


def _rework(turn: Turn, placement: Placement, titles: tuple[str, ...]) -> list[Action]:
    """Turn the milestones into these deliverables; work that was handed in once stays, whatever its name.

    A milestone whose name is gone takes the next new name, so that a reworded deliverable keeps its row.
    """
    begun: list[Action] = []
    held = milestones(turn, placement)
    spare = [m for m in held if m.title not in titles and m.status == "open" and latest(turn, m) is None]
    known = [each.title for each in held]
    for title in titles:
        if title in known:
            known.remove(title)
        elif spare:
            spare.pop(0).title = title
        else:
            begun += add_milestone(turn, placement, len(held) + 1, title)
    for each in spare:
        _drop(turn, each)
    turn.session.flush()
    for position, each in enumerate(milestones(turn, placement), 1):
        each.position = position
    return begun


def _drop(turn: Turn, milestone: Milestone) -> None:
    retract_news(turn, subjects.MILESTONE(milestone.id))
    retract_news(turn, subjects.DATE(milestone.id))
    turn.session.delete(milestone)

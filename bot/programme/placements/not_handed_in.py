"""Work that was not handed in: two weeks after its date it is not waited for any more, as was said before.

It counts as not handed in, and can still be handed in until the placement ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, layout, note, text
from bot.programme import people
from bot.programme.applications import news
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.placements.lookup import milestone_of, placement_of, sides, title_of
from bot.programme.placements.wait_kinds import HAND_IN
from storage.tables import Person, Placement

__all__ = ["DAYS", "let_go", "rule"]

DAYS: Final = 14
"""The days after its date for which work is waited for."""


def rule(turn: Turn, due: datetime, reader: Person | None) -> Block:
    """Say beforehand until when work is waited for whose date has passed."""
    return note(
        "It is waited for until {day}. After that it counts as not handed in.",
        day=people.shown_day(turn, due + timedelta(days=DAYS), reader),
    )


def let_go(turn: Turn, reached: waits.Reached) -> list[Action]:
    """End the waits for work that did not come, and say to both sides what each can still do."""
    ended = [act for each in reached.subjects for act in waits.end(turn, HAND_IN, each, "settled")]
    placement = placement_of(turn, subjects.PLACEMENT.id_of(reached.about))
    if placement.status != "active":
        return ended
    found = [milestone_of(turn, subjects.MILESTONE.id_of(each)) for each in reached.subjects]
    titles: list[Block] = [text(layout("- {deliverable}", deliverable=title_of(each))) for each in found]
    return [
        *ended,
        *_tell_student(turn, placement, titles, reached),
        *_tell_employer(turn, placement, titles, reached),
    ]


def _tell_student(
    turn: Turn, placement: Placement, titles: list[Block], reached: waits.Reached
) -> list[Action]:
    both, about = sides(turn, placement), subjects.NOT_HANDED_IN(placement.id)
    words: list[Block] = [
        text("This was not handed in for **{project}**, and is not waited for any more:", project=both.title),
        *titles,
        text("You can still hand it in, or end the work: then what you handed in is kept, and counts."),
        Buttons(
            (
                Button("Hand in", verbs.PLACEMENT_HAND_IN(placement.id), style="primary"),
                Button("End it early", verbs.PLACEMENT_END(placement.id)),
            )
        ),
    ]
    key = keys.NOT_HANDED_IN(placement.id, reached.at, "student")
    return daily_message.notify(turn, both.student, key, about, *words)


def _tell_employer(
    turn: Turn, placement: Placement, titles: list[Block], reached: waits.Reached
) -> list[Action]:
    both, about = sides(turn, placement), subjects.NOT_HANDED_IN(placement.id)
    words: list[Block] = [
        text(
            "**{student}** did not hand this in for **{project}**, and it is not waited for any more:",
            student=both.student_name,
            project=both.title,
        ),
        *titles,
        text("**{student}** can still hand it in. You can end the work.", student=both.student_name),
        Buttons(
            (
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id), style="primary"),
                Button("End it early", verbs.PLACEMENT_END(placement.id)),
            )
        ),
    ]
    key = keys.NOT_HANDED_IN(placement.id, reached.at, "employer")
    return news.tell_employer(turn, both.project, key, about, *words)

"""A placement as its mentor sees it, and the mentor as the student and the coordinators see them."""

from __future__ import annotations

from bot.chat.content import Button, Buttons, Field, Message, heading, layout, message, note, row, text
from bot.chat.sentences import say
from bot.programme import projects
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import shown_date
from bot.programme.core import dates, verbs
from bot.programme.core.lifecycle import placement_standing
from bot.programme.core.turn import Turn
from bot.programme.people.mentors import mentor_of
from bot.programme.placements.lookup import Who, sides
from bot.programme.placements.mentors import weekly
from bot.programme.placements.mentors.words import mentor_name
from storage.tables import Mentor, Placement

__all__ = ["card", "fields", "of_placement"]


def card(turn: Turn, placement: Placement, mentor: Mentor) -> Message:
    """Return a placement's card for its mentor: its status, and what a mentor can do."""
    both = sides(turn, placement)
    return message(
        heading(both.title),
        text(
            "{company} · {status}, due by {date}. You are the mentor of **{student}**.",
            company=projects.company_name(turn, both.project),
            status=placement_standing(placement, turn.now),
            date=shown_date(turn, dates.read(placement, "due"), turn.person),
            student=both.student_name,
        ),
        *weekly.line(turn, mentor, turn.person),
        Buttons(
            (
                *weekly.ways(turn, mentor),
                messages.write_button(application_of(turn, placement.application_id), "coordinators"),
                Button("I cannot do this", verbs.MENTOR_STOP(mentor.id)),
            )
        ),
        note("Placement #{number}", number=placement.id),
    )


def fields(turn: Turn, placement: Placement, who: Who) -> list[Field]:
    """Return who mentors a placement, and when they last talked; not for the employer."""
    mentor = mentor_of(turn, placement)
    if mentor is None or who == "employer":
        return []
    name = mentor_name(turn, mentor)
    if mentor.talked_at is None:
        return [row("Mentor", layout("{mentor}", mentor=name))]
    when = shown_date(turn, mentor.talked_at, turn.person)
    return [row("Mentor", say("{mentor}, last talked on {when}", mentor=name, when=when))]


def of_placement(turn: Turn, placement: Placement, who: Who) -> list[Button]:
    """Return the buttons about a placement's mentor: for its student, and for the coordinators."""
    mentor = mentor_of(turn, placement)
    if mentor is None or who == "employer":
        return []
    write = messages.write_button(application_of(turn, placement.application_id), "mentor")
    if who == "student":
        return [write, Button("No mentor, please", verbs.MENTOR_REFUSE(mentor.id))]
    return [write, Button("End the mentor's part", verbs.MENTOR_END(mentor.id))]

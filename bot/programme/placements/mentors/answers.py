"""What a mentor says by a press: that they talked with the student, or that they are worried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.actions import Action, Post, Reply
from bot.chat.content import Button, Buttons, Message, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.applications import confidential, messages
from bot.programme.applications.lookup import application_of
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.placements.mentors.ending import mentor_in
from bot.programme.placements.mentors.weekly import ways
from bot.programme.placements.mentors.words import of_mentor
from storage.tables import Mentor, Person

__all__ = ["ROUTES"]

_WORRY: Final = "mentor.worry"


def _own(turn: Turn, number: int) -> Mentor:
    """Return the mentor with this id, if it is the person who acts.

    Raises:
        Declined: it is not.
    """
    mentor = mentor_in(turn, number)
    if mentor.person_id != turn.person_id:
        raise Declined("Only the mentor can do that. `/placement` lists your placements.")
    return mentor


def talked_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Note that mentor and student talked."""
    mentor = _own(turn, verbs.MENTOR_TALKED.read(event).mentor)
    mentor.talked_at = turn.now
    turn.session.flush()
    _, both, _ = of_mentor(turn, mentor)
    said = text("Noted: you talked with **{student}**. Thank you.", student=both.student_name)
    shown = note("The student and the coordinators see when you last talked, and nothing of what was said.")
    return [Reply(message(said, shown, Buttons(ways(turn, mentor))), settles=True)]


def worried_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Bring a mentor's worry to the coordinators who may read it, at once; words are not needed."""
    mentor = _own(turn, verbs.MENTOR_WORRIED.read(event).mentor)
    placement, both, _ = of_mentor(turn, mentor)
    application = application_of(turn, placement.application_id)
    reading = confidential.readers(turn, both.project, application, both.student)
    if not reading:
        raise Declined(confidential.NO_READER)
    told = _to_coordinators(turn, mentor, reading)
    said = message(
        text(
            "The coordinators read now that you are worried about **{student}**. The student does not, and "
            "the company does not.",
            student=both.student_name,
        ),
        text("A few words help them. If someone is in danger now, call your local emergency number."),
        Buttons((messages.write_button(application, "coordinators"),)),
    )
    return [Reply(said, settles=True), *told]


def _to_coordinators(turn: Turn, mentor: Mentor, reading: Sequence[Person]) -> list[Action]:
    """Return what each of these coordinators reads at once, and their task."""
    placement, both, person = of_mentor(turn, mentor)
    application = application_of(turn, placement.application_id)
    lead = text(
        "**{mentor}** (mentor) is worried about **{student}** in **{project}**.",
        mentor=people.person_name(person, mention=True),
        student=both.student_name,
        project=both.title,
    )
    see = Buttons(
        (
            Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
            messages.write_button(application, "student"),
            messages.write_button(application, "mentor"),
        )
    )
    told = [
        Post(
            people.address(turn, reader),
            message(lead, see),
            keys.MENTOR_WORRY(mentor.id, reader.id, turn.source),
            at_night=True,  # as it can be about a danger
            kind=_WORRY,
            subject=subjects.MENTOR(mentor.id),
        )
        for reader in reading
    ]
    hidden = confidential.hidden_from(turn, both.project, application, both.student)
    about = None
    if len(reading) < len(confidential.everybody(turn)):
        about = tasks.TaskSubject(hidden.person_id, hidden.company_id)
    key = keys.MENTOR_WORRY_TASK(placement.id)
    item = tasks.open_task(turn, key, _WORRY, subjects.PLACEMENT(placement.id), lead, see, about=about)
    return [*told, *item]


def _still_worried(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late worry, also when the work is over."""
    mentor = turn.session.get(Mentor, subjects.MENTOR.id_of(waiting.subject))
    return waiting.message if mentor is not None else None


ROUTES: Final = Routes(
    buttons={verbs.MENTOR_TALKED: talked_pressed, verbs.MENTOR_WORRIED: worried_pressed},
    messages={_WORRY: MessageRoute(_still_worried)},
)

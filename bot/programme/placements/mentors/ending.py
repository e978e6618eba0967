"""The end of a mentor's part: refused by the student, given back, taken away, or over with the work."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action, CancelTimers, Reply
from bot.chat.content import Buttons, Text, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.programme import people
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import StatusChanged
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import require_role
from bot.programme.placements.mentors.words import of_mentor
from storage.tables import Mentor, Placement, Role

__all__ = ["ROUTES", "mentor_in", "over"]


def mentor_in(turn: Turn, number: int) -> Mentor:
    """Return the mentor with this id in the turn's programme, while they are one.

    Raises:
        Declined: there is none.
    """
    found = turn.session.get(Mentor, number)
    if found is None or found.programme_id != turn.programme_id or found.status != "active":
        raise Declined("That mentor's part is over. `/placement` shows how it is now.")
    return found


def over(turn: Turn, mentor: Mentor, status: str, *, tell: Collection[str] = ()) -> list[Action]:
    """End a mentor's part; `tell`: which of "student" and "mentor" read so in their daily message."""
    _, both, person = of_mentor(turn, mentor)
    about = subjects.MENTOR(mentor.id)
    daily_message.retract_notices(turn, about)
    mentor.ended_at = turn.now
    actions = [*move(turn, mentor, status), CancelTimers(subject=about, kind=Timer.MENTOR_WEEK)]
    others = select(Mentor.id).where(Mentor.person_id == mentor.person_id, Mentor.status == "active")
    if turn.session.scalars(others.limit(1)).first() is None:
        mine = (Role.person_id == mentor.person_id, Role.role == "mentor")
        turn.session.execute(delete(Role).where(Role.programme_id == turn.programme_id, *mine))
    student, project = people.person_name(both.student), both.title
    if "mentor" in tell and person.erased_at is None:
        words = text(
            "You are no longer the mentor of **{student}** for **{project}**. Thank you for being there.",
            student=student,
            project=project,
        )
        actions += daily_message.notify(turn, person, keys.MENTOR_OVER(mentor.id, person.id), about, words)
    if "student" in tell and both.student.erased_at is None:
        words = text(
            "**{mentor}** is no longer your mentor for **{project}**, and reads nothing of it any more.",
            mentor=people.person_name(person),
            project=project,
        )
        key = keys.MENTOR_OVER(mentor.id, both.student.id)
        actions += daily_message.notify(turn, both.student, key, about, words)
    return actions


def refuse_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """End a mentor's part for the student; the mentor reads no reason."""
    mentor = mentor_in(turn, verbs.MENTOR_REFUSE.read(event).mentor)
    placement, both, person = of_mentor(turn, mentor)
    if both.student.id != turn.person_id:
        raise Declined("Only the student can refuse a mentor.")
    name = people.person_name(person)
    said = message(
        text(
            "Done. **{mentor}** is not your mentor for **{project}** any more, and reads nothing of it.",
            mentor=name,
            project=both.title,
        ),
        text("You need not say why. {mentor} reads only that this part is over.", mentor=name),
        Buttons((messages.write_button(application_of(turn, placement.application_id), "coordinators"),)),
    )
    task = text(
        "**{student}** works without **{mentor}** as mentor in **{project}** from now on. `/mentor` names "
        "another, if that is wished.",
        student=people.person_name(both.student),
        mentor=name,
        project=both.title,
    )
    ended = over(turn, mentor, "refused", tell=("mentor",))
    return [Reply(said, settles=True), *ended, *_task(turn, placement, task)]


def stop_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """End the part of a mentor who gives it back; the student and the coordinators read so."""
    mentor = mentor_in(turn, verbs.MENTOR_STOP.read(event).mentor)
    placement, both, person = of_mentor(turn, mentor)
    if person.id != turn.person_id:
        raise Declined("Only the mentor can give this part back.")
    said = text(
        "Done. You are no longer the mentor of **{student}**. The student and the coordinators read so.",
        student=people.person_name(both.student),
    )
    task = text(
        "**{mentor}** no longer mentors **{student}** in **{project}**. `/mentor` names another.",
        mentor=people.person_name(person),
        student=people.person_name(both.student),
        project=both.title,
    )
    ended = over(turn, mentor, "ended", tell=("student",))
    return [Reply(message(said), settles=True), *ended, *_task(turn, placement, task)]


def end_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """End a mentor's part for a coordinator; both read so."""
    require_role(turn, "coordinator")
    mentor = mentor_in(turn, verbs.MENTOR_END.read(event).mentor)
    _, both, person = of_mentor(turn, mentor)
    said = text(
        "**{mentor}** is no longer the mentor of **{student}**.",
        mentor=people.person_name(person),
        student=people.person_name(both.student),
    )
    return [Reply(message(said), replace=True), *over(turn, mentor, "ended", tell=("student", "mentor"))]


def _task(turn: Turn, placement: Placement, words: Text) -> list[Action]:
    about = subjects.PLACEMENT(placement.id)
    return tasks.open_task(turn, keys.MENTOR_TASK(placement.id), "mentor", about, words)


def placement_over(turn: Turn, change: StatusChanged) -> list[Action]:
    """End a mentor's part when the placement is over."""
    if not isinstance(change.noun, Placement) or change.before != "active":
        return []
    query = select(Mentor).where(Mentor.placement_id == change.noun.id, Mentor.status == "active")
    found = turn.session.scalars(query.where(Mentor.programme_id == turn.programme_id)).all()
    tasks.close_task(turn, keys.MENTOR_TASK(change.noun.id))
    return [act for mentor in found for act in over(turn, mentor, "ended", tell=("mentor",))]


ROUTES: Final = Routes(
    buttons={
        verbs.MENTOR_REFUSE: refuse_pressed,
        verbs.MENTOR_STOP: stop_pressed,
        verbs.MENTOR_END: end_pressed,
    },
    follows={StatusChanged: (placement_over,)},
)

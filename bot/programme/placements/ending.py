"""Early ends: the other side reads that a placement ended, and only the coordinators read why.

A place that becomes free is not offered to another student automatically.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, CancelTimers, OpenForm, Post, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Plain,
    Sentence,
    Text,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.routes import Completed, Declined, MessageRoute, Waiting
from bot.programme import people, projects
from bot.programme.applications import confidential, messages
from bot.programme.applications.decisions import decide
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import shown_day, tell_employer
from bot.programme.applications.withdrawn import again_blocks
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people.reason_codes import ENDS
from bot.programme.placements import schedule
from bot.programme.placements.closing import settle
from bot.programme.placements.early_fee import early_fee_blocks
from bot.programme.placements.end_form import who_ends, why_readers
from bot.programme.placements.first_step import no_reason
from bot.programme.placements.lookup import (
    Sides,
    Who,
    latest,
    lock_placement,
    milestones,
    placement_of,
    sides,
)
from storage.tables import Application, Person, Placement

__all__ = ["placement_end_pressed", "placement_end_submitted", "reason_of"]

_ENDED: Final = "placement.ended"


def reason_of(placement: Placement) -> Sentence | None:
    """Return the reason for an early end that the other side may read, None where there is none."""
    return ENDS.get(placement.end_code or "")


def placement_end_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for the reason before a placement is ended early."""
    placement = placement_of(turn, verbs.PLACEMENT_END.read(event).placement)
    who_ends(turn, placement)
    _must_be_active(placement)
    return [OpenForm("placement-end", str(placement.id))]


def _must_be_active(placement: Placement) -> None:
    if placement.status != "active":
        raise Declined("This placement is over already. `/placement` shows how it ended.")


def placement_end_submitted(turn: Turn, done: Completed) -> list[Action]:
    """End the placement: stop its timers, inform both sides, and the coordinators at once of the reason."""
    placement = lock_placement(turn, done.subject)
    who = who_ends(turn, placement)
    _must_be_active(placement)
    placement.reason, placement.ended_at = str(done.values.get("reason") or ""), turn.now
    code = str(done.values.get("code") or "")
    placement.end_code, placement.ended_by_id = code if code in ENDS else None, turn.person.id
    moved = move(turn, placement, "ended")
    over = settle(turn, placement)
    daily_message.retract_by_prefix(turn, keys.FULL.begin(placement.project_id))  # a place is free now
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    told: list[Action] = []
    if who != "student":
        told += _tell_student(turn, placement, both, who)
    if both.employer is not None and both.employer.id != turn.person_id:
        told += _tell_employer(turn, placement, both, who)
    return [
        _receipt(turn, placement, both, application, who),
        CancelTimers(subject=schedule.subject(placement)),
        *moved,
        *over,
        *told,
        *_tell_coordinators(turn, placement, both, who),
        *projects.refresh(turn, both.project),
    ]


def _receipt(turn: Turn, placement: Placement, both: Sides, application: Application, who: Who) -> Reply:
    """Return the reply to the person who ended it: who is informed, and where to turn."""
    reading = why_readers(turn, placement, who) if placement.reason else []
    ways = None if who == "coordinator" else Buttons((messages.write_button(application, "coordinators"),))
    return Reply(
        message(
            text("The work on **{project}** has ended, and its reminders have stopped.", project=both.title),
            _hears(placement, reading, who),
            _read_by(reading),
            *(early_fee_blocks(turn, placement) if _has_handed_in(turn, placement) else []),
            ways,
            *(_again(turn, placement, both) if who == "student" else []),
        ),
        settles=True,
    )


def _has_handed_in(turn: Turn, placement: Placement) -> bool:
    return any(latest(turn, each) is not None for each in milestones(turn, placement))


def _again(turn: Turn, placement: Placement, both: Sides) -> list[Block]:
    """Return the applications that the student withdrew for a place without a kickoff, to send them again."""
    if placement.talked_at is not None or turn.now < placement.starts_at:
        return []
    return again_blocks(turn, both.student, placement.created_at)


def _hears(placement: Placement, reading: list[Person], who: Who) -> Text:
    """Return what the other side reads, or both; `reading`: the coordinators who read what was written."""
    if not placement.reason:
        return (
            text("They read that it ended, and the reason that you chose.")
            if placement.end_code
            else no_reason()
        )
    if who == "coordinator":
        if reading:
            return text("Both sides read that it ended, and that the programme knows why.")
        return text("Both sides read that it ended, and not why.")
    if reading:
        return text("The other side reads that it ended, and that the programme knows why.")
    return text("The other side reads that it ended, and not why.")


def _read_by(reading: list[Person]) -> Text | None:
    """Return which coordinators read what the person who acts wrote; None where there are none."""
    if not reading:
        return None
    readers = confidential.named(reading, mention=True)
    if readers is None:
        return text("Only the coordinators read what you wrote.")
    return text("Only {readers} can read what you wrote.", readers=readers)


def _who_ended(turn: Turn, both: Sides, who: Who) -> Text:
    """Return who ended whose work, as others read it."""
    title, student = both.title, both.student_name
    if who == "student":
        return text("**{student}** has ended the work on **{project}**.", student=student, project=title)
    if who == "employer":
        return text(
            "**{company}** has ended the work with **{student}** on **{project}**.",
            company=projects.company_name(turn, both.project),
            student=student,
            project=title,
        )
    return text(
        "**{person}** (coordinator) has ended the work of **{student}** on **{project}**.",
        person=people.person_name(turn.person, mention=True),
        student=student,
        project=title,
    )


def _code(placement: Placement) -> list[Block]:
    reason = reason_of(placement)
    if reason is not None:
        return [text("The reason: {reason}.", reason=reason)]
    return [] if placement.reason else [no_reason()]


def _shown_code(placement: Placement) -> Block:
    reason = reason_of(placement)
    if reason is None and not placement.reason:
        return no_reason()
    if reason is None:
        return note("The other side reads no reason.")
    return note("The other side reads this reason: {reason}.", reason=reason)


def _tell_student(turn: Turn, placement: Placement, both: Sides, who: Who) -> list[Action]:
    """Inform the student that the work has ended, what they keep, and where to give their view."""
    on = shown_day(turn, turn.now, both.student)
    lead = text(
        "**{company}** has ended the work on **{project}** on {date}.",
        company=projects.company_name(turn, both.project),
        project=both.title,
        date=on,
    )
    if who == "coordinator":
        lead = text(
            "**{person}** (coordinator) has ended the work on **{project}** on {date}.",
            person=people.person_name(turn.person, mention=True),
            project=both.title,
            date=on,
        )
    listed = milestones(turn, placement)
    accepted = sum(each.status == "accepted" for each in listed)
    application = application_of(turn, placement.application_id)
    words = message(
        lead,
        *_code(placement),
        text("What you did stays yours, and everything that you handed in is kept."),
        text("Accepted deliverables: {accepted} of {all}", accepted=accepted, all=len(listed)),
        *early_fee_blocks(turn, placement),
        *_own_side(
            turn, application, both.student, Button("See the placement", verbs.PLACEMENT_SHOW(placement.id))
        ),
    )
    to, about = people.address(turn, both.student), subjects.OF_END(placement.id, both.student.id)
    return [Post(to, words, keys.ENDED(placement.id), kind=_ENDED, subject=about)]


def _own_side(turn: Turn, application: Application, reader: Person, see: Button) -> list[Block]:
    """Return until when a side that was ended can answer in its own words, to the coordinators alone."""
    until = shown_day(turn, turn.now + messages.AFTER, reader)
    own = messages.write_button(application, "coordinators", say("Tell my side"))
    return [
        text("You can tell your side until {day}. Only the coordinators read it.", day=until),
        Buttons((own, see)),
    ]


def _tell_employer(turn: Turn, placement: Placement, both: Sides, who: Who) -> list[Action]:
    """Inform the employer that it ended, not why, and that they can offer the place to another student."""
    key, subject = keys.ENDED(placement.id), subjects.ENDED(placement.id)
    see = Button("See the work", verbs.PLACEMENT_SHOW(placement.id))
    application, employer = application_of(turn, placement.application_id), both.employer or both.student
    known: Text | None = text("The programme knows why, and does not pass it on.")
    if not placement.reason:
        known = None
    elif not why_readers(turn, placement, who):
        known = text("The reason is not passed on.")
    lead = [
        _who_ended(turn, both, who),
        text("It ended on {date}.", date=shown_day(turn, turn.now, both.employer)),
        *([known] if known is not None else []),
        *_code(placement),
        *early_fee_blocks(turn, placement),
        *_own_side(turn, application, employer, see),
    ]
    place = decide.place_blocks(turn, both.project)
    told = tell_employer(turn, both.project, key, subject, *lead)
    if place:
        free = keys.FREE_AFTER(both.project.id, placement.id)
        told += tell_employer(turn, both.project, free, subjects.FREE(both.project.id), *place)
    return told


def _tell_coordinators(turn: Turn, placement: Placement, both: Sides, who: Who) -> list[Action]:
    """Open an item with what was written, and inform at once each coordinator who may read it."""
    application = application_of(turn, placement.application_id)
    ways = [
        Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
        *messages.coordinators_ways(turn, application),
    ]
    opening = _who_ended(turn, both, who)
    said = [_writes(turn), text(Plain(placement.reason))] if placement.reason else []
    last = [
        _shown_code(placement),
        *early_fee_blocks(turn, placement),
        Buttons(tuple(ways)),
        *decide.place_blocks(turn, both.project),
    ]
    reading = why_readers(turn, placement, who)
    writes = turn.person if who == "employer" else both.student
    hidden = confidential.hidden_from(turn, both.project, application, writes)
    kept = len(confidential.readers(turn, both.project, application, writes)) < len(
        confidential.everybody(turn)
    )
    listed = said if hidden.whole or not placement.reason else _writes_to(turn, reading)
    item = tasks.open_task(
        turn,
        keys.ENDED_TASK(placement.id),
        "placement.ended",
        schedule.subject(placement),
        *(opening, *listed, *last),
        about=tasks.TaskSubject(hidden.person_id, hidden.company_id) if who == "student" or kept else None,
    )
    words = message(opening, *said, *last)
    return [*(_why(turn, placement, words, reader, writes) for reader in reading), *item]


def _writes(turn: Turn) -> Text:
    person = people.person_name(turn.person, mention=True)
    return text("For the coordinators only, {person} writes:", person=person)


def _writes_to(turn: Turn, reading: list[Person]) -> list[Text]:
    """Return which coordinators read what the person who acts writes, for an item that all of them read."""
    person = people.person_name(turn.person, mention=True)
    if not reading:
        return []
    readers = confidential.named(reading, mention=True)
    if readers is None:
        return [text("What {person} writes is read by the coordinators.", person=person)]
    return [text("What {person} writes is read by {readers}.", person=person, readers=readers)]


def _why(turn: Turn, placement: Placement, words: Message, reader: Person, writes: Person) -> Post:
    """Inform a coordinator at once why a placement ended; `writes` is the person who confides it."""
    key, about = keys.ENDED_WHY(placement.id, reader.id), subjects.OF_END(placement.id, reader.id, writes.id)
    # At night too, as it can be about a danger.
    return Post(people.address(turn, reader), words, key, at_night=True, kind=_ENDED, subject=about)


def _may_read(turn: Turn, subject: str, reader: Person) -> bool:
    """Return whether a person may read a message about an end.

    The student may read theirs; the reason is for the coordinators who read what its writer confides.
    """
    about = subjects.OF_END.parse(subject)
    placement = placement_of(turn, about.placement)
    both = sides(turn, placement)
    if about.writer is None:
        return bool(about.reader == both.student.id)
    application = application_of(turn, placement.application_id)
    return reader in confidential.readers(
        turn, both.project, application, people.person_of(turn, about.writer)
    )


def _still_theirs(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message about an end for a reader who may still read it."""
    reader = people.person_of(turn, subjects.OF_END.parse(waiting.subject).reader)
    return waiting.message if reader.erased_at is None and _may_read(turn, waiting.subject, reader) else None


def _named(turn: Turn, subject: str) -> Sentence:
    """Return the message's name in a task; a confided reason is named only to those who may read it."""
    about = subjects.OF_END.parse(subject)
    if about.writer is not None and not _may_read(turn, subject, turn.person):
        return say("A message")
    both = sides(turn, placement_of(turn, about.placement))
    return say("The end: **{project}**", project=both.title)


MESSAGES: Final = {_ENDED: MessageRoute(_still_theirs, _named)}
"""The route of messages about an early end."""

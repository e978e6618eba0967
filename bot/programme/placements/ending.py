"""Early ends: the other side reads that a placement ended, and only the coordinators read why.

A place that becomes free is not offered to another student automatically.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, CancelTimers, OpenForm, Post, Reply
from bot.chat.answers import Option
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
from bot.chat.forms import Ask, Form, Question
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
from bot.programme.placements.lookup import (
    Sides,
    Who,
    lock_placement,
    milestones,
    placement_of,
    sides,
    who_acts,
)
from storage.tables import Application, Person, Placement

__all__ = ["end_form", "placement_end_pressed", "placement_end_submitted", "reason_of"]

_SILENT: Final = "none"
_NOTICES: Final = {
    "student": "The company reads that you have ended it, and not what you write here.",
    "employer": "The student reads that you have ended it, and not what you write here.",
    "coordinator": "Both sides read that it has ended, and not what you write here.",
}
_READ_BY: Final = "Only the programme's coordinators read that."
_READ_BY_NO_PERSON: Final = (
    "No coordinator here could read it in confidence, so it waits until there is another coordinator."
)
_ENDED: Final = "placement.ended"
_PROMPTS: Final = {
    "student": "Why does it end? Only the coordinators read this.",
    "employer": "Why does it end? Only the coordinators read this.",
    "coordinator": "Why does it end? The other coordinators read this.",
}
_EARLIER: Final = ("Why does it end? The other side and the coordinators see this.",)


def reason_of(placement: Placement) -> Sentence | None:
    """Return the reason for an early end that the other side may read, None where there is none."""
    return ENDS.get(placement.end_code or "")


def placement_end_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for the reason before a placement is ended early."""
    placement = placement_of(turn, verbs.PLACEMENT_END.read(event).placement)
    _who_ends(turn, placement)
    _must_be_active(placement)
    return [OpenForm("placement-end", str(placement.id))]


def _who_ends(turn: Turn, placement: Placement) -> Who:
    """Return the side of the person who acts, who may end the placement: a reviewer may not.

    Raises:
        Declined: the placement is not theirs, or not theirs to end.
    """
    who = who_acts(turn, placement)
    if who != "student":
        projects.may_manage(turn, projects.project_of(turn, placement.project_id))
    return who


def _must_be_active(placement: Placement) -> None:
    if placement.status != "active":
        raise Declined("This placement is over already. `/placement` shows how it ended.")


def end_form(turn: Turn, subject: str) -> Form:
    """Return the form of an early end: why, for the coordinators; optionally a reason for the other side."""
    placement = placement_of(turn, subject)
    who = _who_ends(turn, placement)
    read_by = say(_READ_BY) if _readers(turn, placement, who) else say(_READ_BY_NO_PERSON)
    options = [Option(_SILENT, "No reason: the programme knows why")]
    options += [Option(code, words) for code, words in ENDS.items()]
    return Form(
        "placement-end",
        "End it early",
        (
            Question(
                "reason",
                Ask(_PROMPTS[who], label="Reason", kind="long", earlier=_EARLIER),
                min_length=3,
                max_length=500,
            ),
            Question(
                "code",
                Ask(
                    "Which reason may the other side read?",
                    label="For the other side",
                    kind="choice",
                    options=tuple(options),
                ),
                required=False,
            ),
        ),
        notice=(say(_NOTICES[who]), "\n", read_by),
        submit="End it",
    )


def _readers(turn: Turn, placement: Placement, who: Who) -> list[Person]:
    """Return the coordinators who read why, without the person who writes it."""
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    writes = turn.person if who == "employer" else both.student
    found = confidential.readers(turn, both.project, application, writes)
    return [reader for reader in found if reader.id != turn.person_id]


def placement_end_submitted(turn: Turn, done: Completed) -> list[Action]:
    """End the placement: stop its timers, inform both sides, and the coordinators at once of the reason."""
    placement = lock_placement(turn, done.subject)
    who = _who_ends(turn, placement)
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
    reading = _readers(turn, placement, who)
    if who == "coordinator":
        hears = (
            text("Both sides read that it ended, and that the programme knows why.")
            if reading
            else text("Both sides read that it ended, and not why.")
        )
    else:
        hears = (
            text("The other side reads that it ended, and that the programme knows why.")
            if reading
            else text("The other side reads that it ended, and not why.")
        )
    ways = None if who == "coordinator" else Buttons((messages.write_button(application, "coordinators"),))
    return Reply(
        message(
            text("The work on **{project}** has ended, and its reminders have stopped.", project=both.title),
            hears,
            _read_by(reading),
            ways,
            *(_again(turn, placement, both) if who == "student" else []),
        ),
        settles=True,
    )


def _again(turn: Turn, placement: Placement, both: Sides) -> list[Block]:
    """Return the applications that the student withdrew for a place without a kickoff, to send them again."""
    if placement.talked_at is not None or turn.now < placement.starts_at:
        return []
    return again_blocks(turn, both.student, placement.created_at)


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
    return [text("The reason: {reason}.", reason=reason)] if reason else []


def _shown_code(placement: Placement) -> Block:
    reason = reason_of(placement)
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
        text("You can tell your side. Only the coordinators read it."),
        Buttons(
            (
                messages.write_button(application, "coordinators", say("Tell my side")),
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
            )
        ),
    )
    to, about = people.address(turn, both.student), subjects.OF_END(placement.id, both.student.id)
    return [Post(to, words, keys.ENDED(placement.id), unasked=True, kind=_ENDED, subject=about)]


def _tell_employer(turn: Turn, placement: Placement, both: Sides, who: Who) -> list[Action]:
    """Inform the employer that it ended, not why, and that they can offer the place to another student."""
    key, subject = keys.ENDED(placement.id), subjects.ENDED(placement.id)
    see = Button("See the work", verbs.PLACEMENT_SHOW(placement.id))
    known = text("The programme knows why, and does not pass it on.")
    if not _readers(turn, placement, who):
        known = text("The reason is not passed on.")
    lead = [
        _who_ended(turn, both, who),
        text("It ended on {date}.", date=shown_day(turn, turn.now, both.employer)),
        known,
        *_code(placement),
        Buttons((see,)),
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
    said = [_writes(turn), text(Plain(placement.reason))]
    last = [_shown_code(placement), Buttons(tuple(ways)), *decide.place_blocks(turn, both.project)]
    reading = _readers(turn, placement, who)
    writes = turn.person if who == "employer" else both.student
    hidden = confidential.hidden_from(turn, both.project, application, writes)
    kept = len(confidential.readers(turn, both.project, application, writes)) < len(
        confidential.everybody(turn)
    )
    listed = said if hidden.whole else _writes_to(turn, reading)
    item = tasks.open_task(
        turn,
        keys.ENDED_TASK(placement.id),
        "placement.ended",
        schedule.subject(placement),
        *(opening, *listed, *last),
        about=tasks.About(hidden.person_id, hidden.company_id) if who == "student" or kept else None,
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
    return Post(people.address(turn, reader), words, key, kind=_ENDED, subject=about)


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

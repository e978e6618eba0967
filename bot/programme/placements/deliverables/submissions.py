"""Submissions: work that is handed in, accepted, or sent back for changes; every version is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from bot.chat.actions import Action, OpenForm, Post, RejectForm, Reply
from bot.chat.answers.files import file_of
from bot.chat.content import Block, Button, Buttons, File, Plain, Text, message, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.local_day import Day, ends_at
from bot.chat.rendering.screen import height, in_lines
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import WebLink
from bot.chat.values import replace
from bot.programme import people
from bot.programme.applications import news
from bot.programme.applications.news import retract_news, tell_employer
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.lifecycle import begin, change, move
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import files
from bot.programme.placements import late_messages, reminders, schedule
from bot.programme.placements.closing import complete
from bot.programme.placements.deliverables import review_reminders
from bot.programme.placements.lookup import (
    Sides,
    label_of,
    latest,
    lock_placement,
    milestone_of,
    milestones,
    placement_of,
    sides,
    title_of,
    unwanted_words,
    who_acts,
)
from storage.tables import Milestone, Person, Placement, Submission

__all__ = [
    "accept",
    "changes_form",
    "changes_submitted",
    "choose_milestone",
    "hand_in",
    "hand_in_form",
    "hand_in_submitted",
    "milestone_changes_pressed",
    "submission_blocks",
]


_LINES_AT_ONCE: Final = 10
"""Lines of a person's text that a message about it shows, so that it fits a phone."""

_TIME_FOR_CHANGES: Final = timedelta(days=3)
"""The least time a student has for changes, whatever the date was."""


_LOOKED_FOR: Final = (
    "Messages about this are closed: the other side hears that you did this, and reads your words with the "
    "placement."
)

_TITLE: Final = 60
"""Characters of a deliverable in a form's title."""


class HandIn(BaseModel):
    """The form of a hand-in: words, a link or a file, at least one of the three."""

    text: Annotated[
        str,
        Field(max_length=3000),
        Ask("What do you hand in? A few words help the reader.", "About the work", "long"),
    ] = ""
    link: Annotated[str, Ask("A link to the work, if it has one", "Link", "link", example="https://…")] = ""
    file: Annotated[dict[str, object] | None, Ask("A file, if there is one", "File", "file")] = None


class Changes(BaseModel):
    """The form of what an employer asks to be changed."""

    feedback: Annotated[
        str,
        Field(min_length=5, max_length=2000),
        Ask("What should change, and what is good already?", "What should change", "long"),
    ]


def choose_milestone(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Hand in the one open deliverable at once, or ask which deliverable is meant."""
    placement = placement_of(turn, verbs.PLACEMENT_HAND_IN.read(event).placement)
    _must_be_student(turn, placement)
    waiting = [m for m in milestones(turn, placement) if m.status != "accepted"]
    if not waiting:
        raise Declined("Everything is accepted already, so nothing waits to be handed in.")
    if len(waiting) == 1:
        return [OpenForm("hand-in", str(waiting[0].id))]
    buttons = tuple(Button(label_of(m), verbs.MILESTONE_HAND_IN(m.id)) for m in waiting[:20])
    return [Reply(message("Which deliverable do you hand in?", Buttons(buttons)))]


def hand_in(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask a student for the work of one deliverable."""
    milestone = milestone_of(turn, verbs.MILESTONE_HAND_IN.read(event).milestone)
    _must_be_student(turn, placement_of(turn, milestone.placement_id))
    _must_be_wanted(milestone)
    return [OpenForm("hand-in", str(milestone.id))]


def _must_be_student(turn: Turn, placement: Placement) -> None:
    if who_acts(turn, placement) != "student":
        raise Declined("Only the student hands the work in.")
    if placement.status != "active":
        raise Declined("This placement is over, so nothing more can be handed in.")


def _must_be_wanted(milestone: Milestone) -> None:
    if milestone.status == "accepted":
        raise Declined("That deliverable is accepted already. Nothing more is needed.")


def hand_in_form(turn: Turn, subject: str) -> Form:
    """Return the form of a hand-in for a milestone."""
    milestone = milestone_of(turn, subject)
    placement = placement_of(turn, milestone.placement_id)
    _must_be_student(turn, placement)
    title = say("Hand in: {deliverable}", deliverable=title_of(milestone, most=_TITLE))
    form = form_of(HandIn, form_id="hand-in", title=title, submit="Hand in")
    return _with_notice(turn, placement, form)


def _with_notice(turn: Turn, placement: Placement, form: Form) -> Form:
    """Return the form, with a notice where its words are shown only to a reader who looks for them."""
    return replace(form, notice=_LOOKED_FOR) if unwanted_words(turn, placement) else form


def hand_in_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Keep a new version; the employer is informed in the next daily message."""
    placement = lock_placement(turn, milestone_of(turn, done.subject).placement_id)
    milestone = milestone_of(turn, done.subject, lock=True)
    _must_be_student(turn, placement)
    _must_be_wanted(milestone)
    if not any(done.values[name] for name in ("text", "link", "file")):
        return [RejectForm({"text": say("There is nothing in it yet: give some words, a link or a file.")})]
    submission, kept = _keep(turn, milestone, done)
    if milestone.status == "open":
        kept += move(turn, milestone, "handed_in")
    files.hold(turn, "submission", submission.id, files.kept_in(submission.files))
    retract_news(turn, subjects.MILESTONE(milestone.id))
    reminders.retract_date_news(turn, placement, milestone.due_at)
    both = sides(turn, placement)
    shown = (
        _uncovered(placement) if unwanted_words(turn, placement) else _handed_in_short(placement, submission)
    )
    told = tell_employer(
        turn,
        both.project,
        keys.HANDED_IN(milestone.id, submission.version),
        subjects.MILESTONE(milestone.id),
        _news(both, milestone, submission),
        *shown,
        review_reminders.deciding(submission),
        part="reviewer",
    )
    receipt = message(
        _received(milestone, submission),
        note("The employer reads of it by tomorrow morning. Until it is accepted you can hand in again."),
    )
    wait = review_reminders.wait_for_word(turn, placement, milestone, submission.version)
    return [
        *kept,
        Reply(receipt, settles=True, keeps_others=True),
        *schedule.schedule(turn, placement),
        *told,
        wait,
    ]


def _news(both: Sides, milestone: Milestone, submission: Submission) -> Text:
    """Return which work was handed in, for the employer."""
    if submission.version == 1:
        return text(
            "**{student}** handed in: **{deliverable}**",
            student=both.student_name,
            deliverable=title_of(milestone),
        )
    return text(
        "**{student}** handed in (version {version}): **{deliverable}**",
        student=both.student_name,
        version=submission.version,
        deliverable=title_of(milestone),
    )


def _received(milestone: Milestone, submission: Submission) -> Text:
    """Return which work was handed in, for the student."""
    if submission.version == 1:
        return text("Handed in: **{deliverable}**.", deliverable=title_of(milestone))
    return text(
        "Handed in: **{deliverable}** (version {version}).",
        deliverable=title_of(milestone),
        version=submission.version,
    )


def _keep(turn: Turn, milestone: Milestone, done: Completed) -> tuple[Submission, list[Action]]:
    file = done.values["file"]
    words, link = str(done.values["text"] or ""), str(done.values["link"] or "")
    before = latest(turn, milestone)
    submission = Submission(
        programme_id=turn.programme_id,
        milestone_id=milestone.id,
        version=before.version + 1 if before else 1,
        text=words,
        link=link,
        files=[file] if isinstance(file, dict) else [],
        status="handed_in",
        created_at=turn.now,
    )
    return submission, begin(turn, submission)


def _handed_in_short(placement: Placement, submission: Submission) -> list[Block]:
    """Return a new version in brief, for a message about several things."""
    words = _in_short(placement, submission.text) if submission.text else []
    return [*words, *_beside_words(submission)]


def submission_blocks(submission: Submission) -> list[Block]:
    """Return a version as both sides see it."""
    words: list[Block] = [text(Plain(submission.text))] if submission.text else []
    return [*words, *_beside_words(submission)]


def _beside_words(submission: Submission) -> list[Block]:
    blocks: list[Block] = []
    if submission.link:
        blocks.append(text(WebLink(submission.link)))
    blocks += [File(file_of(file)) for file in submission.files]
    if submission.feedback:
        blocks.append(text("Changes asked: {changes}", changes=submission.feedback))
    return blocks


def _to_decide(turn: Turn, milestone_id: int | str) -> tuple[Placement, Milestone, Submission]:
    """Return a handed-in milestone, locked, for a person who may decide on it.

    Raises:
        Declined: the work is not theirs to decide on, or nothing is handed in.
    """
    placement = lock_placement(turn, milestone_of(turn, milestone_id).placement_id)
    milestone = milestone_of(turn, milestone_id, lock=True)
    if who_acts(turn, placement) == "student":
        raise Declined("The employer decides whether the work is accepted.")
    submission = latest(turn, milestone)
    if milestone.status != "handed_in" or submission is None:
        raise Declined("There is nothing to decide here now. `/placement` shows the work as it is now.")
    return placement, milestone, submission


def _decided(turn: Turn, milestone: Milestone) -> None:
    """Close the requests for an answer to work that has its answer."""
    retract_news(turn, subjects.MILESTONE(milestone.id))
    tasks.close_task(turn, keys.REVIEW_TASK(milestone.id))


def accept(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept a deliverable for the employer; after the last deliverable complete the placement."""
    placement, milestone, submission = _to_decide(turn, verbs.MILESTONE_ACCEPT.read(event).milestone)
    if not review_reminders.has_seen(event, submission):
        return [_newer(placement, milestone, submission)]
    moved = [*move(turn, submission, "accepted"), *move(turn, milestone, "accepted")]
    _decided(turn, milestone)
    both = sides(turn, placement)
    said = Reply(message(text("Accepted: **{deliverable}**.", deliverable=title_of(milestone))), settles=True)
    if all(m.status == "accepted" for m in milestones(turn, placement)):
        return [said, *moved, *complete(turn, placement)]
    told = Post(
        people.address(turn, both.student),
        message(
            text(
                "Your work was accepted: **{deliverable}** in **{project}**.",
                deliverable=title_of(milestone),
                project=both.title,
            )
        ),
        keys.ACCEPTED(milestone.id),
        unasked=True,
        kind=late_messages.WORK,
        subject=late_messages.work_of(turn, milestone),
    )
    return [said, *moved, told, *schedule.schedule(turn, placement)]


def milestone_changes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the employer what should change."""
    placement, milestone, submission = _to_decide(turn, verbs.MILESTONE_CHANGES.read(event).milestone)
    if not review_reminders.has_seen(event, submission):
        return [_newer(placement, milestone, submission)]
    return [OpenForm("changes", str(milestone.id))]


def _newer(placement: Placement, milestone: Milestone, submission: Submission) -> Reply:
    """Return the newest version with its question: a version that was not read cannot be decided on."""
    said = text(
        "There is a newer version of **{deliverable}** by now, so nothing is decided yet. This is version "
        "{version}:",
        deliverable=title_of(milestone),
        version=submission.version,
    )
    words = _handed_in_short(placement, submission)
    return Reply(message(said, *words, review_reminders.deciding(submission)), settles=True)


def changes_form(turn: Turn, subject: str) -> Form:
    """Return the form of what should change about the work of a milestone."""
    placement, milestone, _ = _to_decide(turn, subject)
    title = say("Changes: {deliverable}", deliverable=title_of(milestone, most=_TITLE))
    form = form_of(Changes, form_id="changes", title=title, submit="Ask for changes")
    return _with_notice(turn, placement, form)


def _days_ahead(turn: Turn, student: Person) -> Day:
    """Return a day of the student's that leaves time for changes."""
    zone = people.zone_of(turn, student)
    return Day(turn.now.astimezone(ZoneInfo(zone)).date() + _TIME_FOR_CHANGES, zone)


def changes_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Send the work back to the student with what should change, and with some days for it."""
    placement, milestone, submission = _to_decide(turn, done.subject)
    submission.feedback = str(done.values["feedback"])
    submission.feedback_by_id = turn.person_id
    both = sides(turn, placement)
    due = max(dates.read(milestone, "due"), _days_ahead(turn, both.student), key=ends_at)
    last = max(dates.read(placement, "due"), due, key=ends_at)
    moved = [
        *move(turn, submission, "changes"),
        *move(turn, milestone, "open"),
        *change(turn, milestone, **dates.columns("due", due)),
        *change(turn, placement, **dates.columns("due", last)),
    ]
    _decided(turn, milestone)
    until = news.shown_date(turn, due, turn.person)
    said = text("The new version is due by {date}.", date=until)
    heard = daily_message.when_told(turn, [both.student])
    told = _ask_for_changes(turn, placement, milestone, submission)
    return [Reply(message(said, heard), settles=True), *moved, told, *schedule.schedule(turn, placement)]


def _uncovered(placement: Placement) -> list[Block]:
    """Return the blocks in place of words by a person whose messages the reader stopped."""
    return [
        text("You asked for no more messages from the other side, so what it wrote about this is not shown."),
        Buttons((Button("Read it with the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    ]


def _in_short(placement: Placement, words: str) -> list[Block]:
    """Return what was written about the work; of a long text the beginning, with a way to the whole of it."""
    whole = text(Plain(words))
    if height([whole]) <= _LINES_AT_ONCE:
        return [whole]
    read = Button("Read all of it", verbs.PLACEMENT_SHOW(placement.id))
    return [text(Plain(in_lines(words, _LINES_AT_ONCE))), Buttons((read,))]


def _ask_for_changes(turn: Turn, placement: Placement, milestone: Milestone, submission: Submission) -> Post:
    both, unwanted = sides(turn, placement), unwanted_words(turn, placement)
    until = news.shown_date(turn, dates.read(milestone, "due"), both.student)
    words = message(
        text(
            "Changes are asked for **{deliverable}** in **{project}**."
            if unwanted
            else "Changes are asked for **{deliverable}** in **{project}**:",
            deliverable=title_of(milestone),
            project=both.title,
        ),
        *(_uncovered(placement) if unwanted else _in_short(placement, submission.feedback)),
        text("The new version is due by {date}.", date=until),
        Buttons(
            (
                Button("Hand in again", verbs.MILESTONE_HAND_IN(milestone.id), style="primary"),
                Button("Ask for another date", verbs.MILESTONE_DATE(milestone.id)),
            )
        ),
    )
    key, about = keys.CHANGES(milestone.id, submission.version), late_messages.work_of(turn, milestone)
    to = people.address(turn, both.student)
    return Post(to, words, key, unasked=True, kind=late_messages.WORK, subject=about)

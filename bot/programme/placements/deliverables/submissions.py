"""Submissions: work that is handed in, accepted, or sent back for changes; every version is kept."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers.files import file_of
from bot.chat.content import Block, Button, Buttons, File, Message, Plain, Text, message, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.language import ENGLISH
from bot.chat.rendering.screen import height, in_lines
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import WebLink
from bot.chat.values import replace
from bot.programme.applications.news import retract_news, tell_employer
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import begin, move
from bot.programme.core.turn import Turn
from bot.programme.people import files
from bot.programme.placements import reminders, schedule
from bot.programme.placements.deliverables import review_reminders
from bot.programme.placements.lookup import (
    Sides,
    answered_on,
    is_done,
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
from storage.tables import Milestone, Placement, Project, Submission

__all__ = [
    "TITLE",
    "choose_milestone",
    "hand_in",
    "hand_in_form",
    "hand_in_submitted",
    "handed_in_short",
    "in_short",
    "submission_blocks",
    "uncovered",
    "with_notice",
]


_LINES_AT_ONCE: Final = 10
"""Lines of a person's text that a message about it shows, so that it fits a phone."""


_LOOKED_FOR: Final = (
    "Messages about this are closed: the other side hears that you did this, and reads your words with the "
    "placement."
)

TITLE: Final = 60
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


def choose_milestone(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Hand in the one open deliverable at once, or ask which deliverable is meant."""
    placement = placement_of(turn, verbs.PLACEMENT_HAND_IN.read(event).placement)
    _must_be_student(turn, placement)
    waiting = [m for m in milestones(turn, placement) if not is_done(m)]
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
    if milestone.status == "settled":
        raise Declined("That deliverable is settled already. Nothing more is needed.")


def hand_in_form(turn: Turn, subject: str) -> Form:
    """Return the form of a hand-in for a milestone."""
    milestone = milestone_of(turn, subject)
    placement = placement_of(turn, milestone.placement_id)
    _must_be_student(turn, placement)
    title = say("Hand in: {deliverable}", deliverable=title_of(milestone, most=TITLE))
    form = form_of(HandIn, form_id="hand-in", title=title, submit="Hand in")
    return with_notice(turn, placement, form)


def with_notice(turn: Turn, placement: Placement, form: Form) -> Form:
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
        uncovered(placement) if unwanted_words(turn, placement) else handed_in_short(placement, submission)
    )
    told = tell_employer(
        turn,
        both.project,
        keys.HANDED_IN(milestone.id, submission.version),
        subjects.MILESTONE(milestone.id),
        _news(turn, placement, milestone, submission),
        *shown,
        review_reminders.deciding(submission),
        part="reviewer",
    )
    return [
        *kept,
        Reply(_receipt(turn, placement, milestone, submission), settles=True, keeps_others=True),
        *schedule.schedule(turn, placement),
        *told,
    ]


def _news(turn: Turn, placement: Placement, milestone: Milestone, submission: Submission) -> Text:
    """Return which work was handed in, for the employer; of two projects of the student it says of which."""
    both, deliverable = sides(turn, placement), title_of(milestone)
    if submission.version > 1:
        return text(
            "**{student}** handed in for **{project}** (version {version}): **{deliverable}**",
            student=both.student_name,
            project=both.title,
            version=submission.version,
            deliverable=deliverable,
        )
    if not _works_on_another(turn, placement, both):
        return text(
            "**{student}** handed in: **{deliverable}**", student=both.student_name, deliverable=deliverable
        )
    return text(
        "**{student}** handed in for **{project}**: **{deliverable}**",
        student=both.student_name,
        project=both.title,
        deliverable=deliverable,
    )


def _works_on_another(turn: Turn, placement: Placement, both: Sides) -> bool:
    """Tell whether the student works or worked on another project of the same company."""
    query = (
        select(Placement.id)
        .join(Project, Project.id == Placement.project_id)
        .where(
            Placement.programme_id == turn.programme_id,
            Placement.person_id == both.student.id,
            Placement.id != placement.id,
            Project.company_id == both.project.company_id,
        )
    )
    return turn.session.scalar(query.limit(1)) is not None


def _receipt(turn: Turn, placement: Placement, milestone: Milestone, submission: Submission) -> Message:
    """Return what a student reads who has handed work in: what follows, and by when."""
    due = review_reminders.due_of(turn, placement, milestone)
    return message(
        _received(milestone, submission),
        note("The employer reads of it by tomorrow morning. Until it is accepted you can hand in again."),
        note(
            "An answer comes by {when} at the latest. Without one it is settled then, and not reviewed.",
            when=answered_on(turn, placement, due, turn.person),
        ),
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


def handed_in_short(placement: Placement, submission: Submission) -> list[Block]:
    """Return a new version in brief, for a message about several things."""
    words = in_short(placement, submission.text) if submission.text else []
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


def uncovered(placement: Placement) -> list[Block]:
    """Return the blocks in place of words by a person whose messages the reader stopped."""
    return [
        text("You asked for no more messages from the other side, so what it wrote about this is not shown."),
        Buttons((Button("Read it with the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    ]


def in_short(placement: Placement, words: str) -> list[Block]:
    """Return what was written about the work; of a long text the beginning, with a way to the whole of it."""
    whole = text(Plain(words))
    if height([whole], ENGLISH) <= _LINES_AT_ONCE:  # words of a person, which are in no language of ours
        return [whole]
    read = Button("Read all of it", verbs.PLACEMENT_SHOW(placement.id))
    return [text(Plain(in_lines(words, _LINES_AT_ONCE))), Buttons((read,))]

"""The preview of a post, with what the scope check found and its one-tap fixes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, RejectForm, StartConversation
from bot.chat.answers import JSONValue, ReadyAnswer
from bot.chat.answers.terms import stored_term
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Plain,
    note,
    say,
    text,
)
from bot.chat.conversation.inputs import press
from bot.chat.events import ButtonPressed
from bot.chat.forms import Form, Question
from bot.chat.local_day import Day
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import LINES, height
from bot.chat.routes import Completed, Declined, Routes
from bot.chat.sentences import Names
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.projects.cards import card_blocks
from bot.programme.projects.details import whole_post
from bot.programme.projects.form import EDIT, POST, edit_form, post_form
from bot.programme.projects.lookup import cohort_ids
from bot.programme.projects.private_details import makers_blocks
from bot.programme.projects.ready_answers import DELIVERABLES, REASONS, contact_answers
from bot.programme.projects.scope_check import Fix, ScopeFinding
from bot.programme.projects.to_answers import as_date, as_money
from storage.queries import conversations
from storage.tables import Cohort, Project

__all__ = [
    "FIXES",
    "detail_blocks",
    "finding_block",
    "finding_blocks",
    "preview_blocks",
    "stopped",
    "unanswered",
]

_LONGEST_NUMBER: Final = 15
_LINES_OF_PREVIEW: Final = LINES - 8  # lines of a preview; the rest is for the review's buttons
_MOST_BUTTONS: Final = 5  # of one group: what Discord puts into a row
_TO_COORDINATOR: Final = "to_coordinator"
_HANGS_ON: Final = {
    "deliverables": ("deliverables",),
    "hours": ("hours", "weeks", "fee"),
    "deadline": ("deadline", "decide", "start"),
}
"""What cannot be said before one of these questions is answered."""


def unanswered(done: Completed) -> frozenset[str]:
    """Return the unanswered questions: they, or the questions they depend on, have no answer."""
    missing = (names for needed, names in _HANGS_ON.items() if done.values.get(needed) in (None, ""))
    return frozenset(name for names in missing for name in names)


def preview_blocks(
    turn: Turn,
    project: Project,
    company: str,
    left: int,
    after: Sequence[Block],
    unknown: Collection[str] = (),
) -> list[Block]:
    """Return the card as students will see it, its channels, then `after`; `unknown` as for the card.

    Where there is much to say after it, the card shows less of what is wanted: the buttons must be in sight.
    """
    rest = [*card_blocks(turn, project, company, left, unknown, 1), _announced(turn, project), *after]
    lines = height(rest, turn.language)
    wish = min(3, 1 + max(0, _LINES_OF_PREVIEW - lines))
    return [*card_blocks(turn, project, company, left, unknown, wish), _announced(turn, project), *after]


def detail_blocks(turn: Turn, project: Project, company: str, left: int) -> list[Block]:
    """Return exactly what students will read under Details, then what they will not."""
    blocks = [block for group in whole_post(turn, project, company, left) for block in group]
    return blocks + makers_blocks(turn, project, text("**Only accepted interns will see this**"))


def _announced(turn: Turn, project: Project) -> Block:
    query = select(Cohort.name).where(
        Cohort.programme_id == turn.programme_id, Cohort.id.in_(cohort_ids(project))
    )
    names = turn.session.scalars(query.order_by(Cohort.id)).all()
    if names:
        return note("Announced to {cohorts}.", cohorts=Names(tuple(names)))
    return note("It is announced in no channel; people find it with `/project list`.")


def finding_blocks(
    findings: Sequence[ScopeFinding],
    conversation_id: int | None = None,
    *,
    decides: bool = False,
    asked: bool = False,
    passed: int = 0,
) -> list[Block]:
    """Return the findings of the scope check, one at a time, the most important first, and how many follow.

    With a draft's `conversation_id` also its fixes. `decides`: the reader is a coordinator, who may publish
    over a stop with a reason. `asked`: the reader wants a coordinator to decide. `passed`: how many they
    have passed over; after the last one the first comes again.
    """
    if not findings:
        return [note("The scope check found nothing to change.")]
    at = passed % len(findings)
    finding, after = findings[at], findings[at + 1 :]
    blocks: list[Block] = [finding_block(finding)]
    if conversation_id is None:
        return [*blocks, *_rest(after), note("“Read it” shows them.")] if after else blocks
    fixes = list(finding.fixes)
    if finding.stop and not decides and not asked:
        fixes.append(Fix(say("Let a coordinator decide"), _TO_COORDINATOR, "1"))
    buttons = [_button(fix, conversation_id) for fix in fixes]
    if len(findings) > 1 and len(buttons) < _MOST_BUTTONS:
        label = "Next suggestion" if after else "First suggestion"
        buttons.append(Button(label, press(conversation_id, 0, "next")))
    if finding.stop and (decides or asked):
        how = (
            "To publish all the same, say why at “Publish over a stop because” (Edit an answer)."
            if decides
            else "A coordinator decides about the stops once you send this."
        )
        blocks.append(note(how))
    if buttons:
        blocks.append(Buttons(tuple(buttons)))
    return [*blocks, *_rest(after)]


def finding_block(finding: ScopeFinding) -> Block:
    """Return one finding as a paragraph that says which kind it is, with the programme's own reason."""
    words = finding.words
    if finding.why:
        why = Plain(finding.why)
        words = say("{advice}\nWhy this programme asks for it: {reason}", advice=words, reason=why)
    if finding.stop:
        return text("**Stop:** {reason}", reason=words)
    return text("**Suggestion:** {reason}", reason=words)


def _rest(after: Sequence[ScopeFinding]) -> Iterable[Block]:
    """Say how much more there is."""
    stops = sum(finding.stop for finding in after)
    if stops:
        yield note("{count} more stop after this one.", "{count} more stops after this one.", count=stops)
    if stops < len(after):
        yield note(
            "{count} more suggestion after this one.",
            "{count} more suggestions after this one.",
            count=len(after) - stops,
        )


def _button(fix: Fix, conversation_id: int) -> Button:
    return Button(fix.label, verbs.SCOPE_FIX(conversation_id, fix.question, fix.value))


def stopped(stops: Sequence[ScopeFinding]) -> RejectForm:
    """Refuse a draft while it has stops: they are below in its preview, with what would settle them."""
    why = say(
        "The scope check stops it for one reason, see below.",
        "The scope check stops it for {count} reasons, see below.",
        count=len(stops),
    )
    return RejectForm({"": why})


def _scope_fix_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Put the answer of a one-tap fix into the person's own draft, and review it again."""
    pressed = verbs.SCOPE_FIX.read(event)
    question, value = pressed.question, pressed.value
    row = conversations.by_id(turn.connection, turn.programme_id, turn.person.id, pressed.draft)
    if row is None or row.form not in {POST, EDIT} or row.state not in {"open", "waiting"}:
        raise Declined("That draft is no longer open, so there is nothing to fix.")
    form = post_form(turn, row.subject) if row.form == POST else edit_form(turn, row.subject)
    asked = form.by_name.get(question)
    answer = _answer(turn, asked, value, form) if asked is not None else None
    if asked is None or answer is None:
        raise Declined("I do not know that fix. Choose the answer with “Edit an answer” instead.")
    return [StartConversation(row.form, row.subject, answers={question: answer})]


def _answer(turn: Turn, asked: Question, value: str, form: Form) -> JSONValue:
    """Return the answer that a fix's number represents; None when it represents none (see `Fix`)."""
    number = whole_number(value, _LONGEST_NUMBER)
    if number is None:
        return None
    match asked.name:
        case "hours" | "weeks":
            return number
        case "fee":
            return as_money(number, form.currency)
        case "deadline" | "decide" | "start":
            if number > date.max.toordinal():
                # A button of an older version holds a Unix time in seconds.
                return as_date(datetime.fromtimestamp(number, UTC))
            return as_date(Day(date.fromordinal(max(1, number)), asked.ask.days_of or form.zone))
        case "to_coordinator":
            return True
        case "deliverables":
            return _chosen(DELIVERABLES, number)
        case "unpaid_reason":
            return _chosen(REASONS, number)
        case "contact":
            return _chosen(contact_answers(turn.person.name), number)
    return None


def _chosen(choices: Sequence[ReadyAnswer], number: int) -> str | None:
    """Return the Term of the ready answer with this number."""
    return stored_term(choices[number]) if number < len(choices) else None


FIXES: Final = Routes(buttons={verbs.SCOPE_FIX: _scope_fix_pressed})

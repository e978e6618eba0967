"""The preview of a post, with what the scope check found and its one-tap fixes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, RejectForm, Reply, StartConversation
from bot.chat.answers import JSONValue, show_value
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Plain,
    Text,
    action,
    listed,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.forms import asking
from bot.chat.routes import Declined, Routes
from bot.programme.projects.answers import as_date, as_money
from bot.programme.projects.form import EDIT, POST, edit_form, post_form
from bot.programme.projects.lookup import cohort_ids
from bot.programme.projects.scope import CONTACTS, DELIVERABLES, REASONS, Finding, Fix
from bot.programme.projects.words import whole_post
from bot.programme.turn import Turn
from storage.queries import conversations
from storage.tables import Cohort, Project

__all__ = ["FIXES", "finding_blocks", "preview_blocks", "stopped"]

_LONGEST_NUMBER: Final = 15
_TO_COORDINATOR: Final = "to_coordinator"


def preview_blocks(turn: Turn, project: Project, company: str, left: int) -> list[Block]:
    """Exactly what students will see, then what they will not, and where it will be announced."""
    blocks = whole_post(turn, project, company, left)
    blocks.append(Divider())
    if project.private_details:
        blocks += [text("**Only accepted interns will see this**"), Text((Plain(project.private_details),))]
    query = select(Cohort.name).where(
        Cohort.programme_id == turn.programme_id, Cohort.id.in_(cohort_ids(project))
    )
    names = turn.session.scalars(query.order_by(Cohort.id)).all()
    if names:
        blocks.append(note("Announced to ", *listed(names), "."))
    else:
        blocks.append(note("It is announced in no channel; people find it with `/project list`."))
    return blocks


def finding_blocks(
    findings: Sequence[Finding],
    conversation_id: int | None = None,
    *,
    decides: bool = False,
    asked: bool = False,
) -> list[Block]:
    """What the scope check found, in words; with a draft's `conversation_id` also with its fixes.

    `decides`: the reader is a coordinator, who may publish over a stop with a reason. `asked`: the
    reader wants a coordinator to decide.
    """
    blocks: list[Block] = []
    for finding in findings:
        blocks.append(text("**Stop:** " if finding.stop else "**Note:** ", *finding.words))
        if conversation_id is not None and finding.fixes:
            blocks.append(Buttons(tuple(_button(fix, conversation_id) for fix in finding.fixes)))
    if conversation_id is None or not any(finding.stop for finding in findings):
        return blocks or [note("The scope check found nothing to change.")]
    if decides:
        blocks.append(
            note(
                "To publish over a stop, write your reason at “Publish over a stop because” (Edit an answer)."
            )
        )
    elif asked:
        blocks.append(note("A coordinator decides about the stops once you send this."))
    else:
        ask = Fix("Let a coordinator decide", _TO_COORDINATOR, "1")
        blocks.append(note("A stop holds the project back until it is settled or a coordinator allows it."))
        blocks.append(Buttons((_button(ask, conversation_id),)))
    return blocks


def _button(fix: Fix, conversation_id: int) -> Button:
    return Button(fix.label, action("scope-fix", conversation_id, fix.question, fix.value))


def stopped(stops: Sequence[Finding]) -> RejectForm:
    """A draft is not sent while stops stand: they are below in its preview, with what would settle them."""
    count = (
        "A stop of the scope check stands"
        if len(stops) == 1
        else f"{len(stops)} stops of the scope check stand"
    )
    return RejectForm({"": f"{count}. Below you read why, and what would settle it."})


def _fix(turn: Turn, event: ButtonPressed) -> list[Action]:
    """A one-tap fix: the answer goes into the person's own draft, and its review comes again."""
    number, question, value = (*event.action.split(":")[1:], "", "", "")[:3]
    row = None
    if number.isdecimal() and len(number) <= _LONGEST_NUMBER:
        row = conversations.by_id(turn.connection, turn.programme_id, turn.person.id, int(number))
    if row is None or row.form not in {POST, EDIT} or row.state not in {"open", "waiting"}:
        raise Declined("That draft is no longer open, so there is nothing to fix.")
    form = post_form(turn, row.subject) if row.form == POST else edit_form(turn, row.subject)
    asked = form.by_name.get(question)
    answer = _answer(turn, question, value, form.currency)
    if asked is None or answer is None:
        raise Declined("I do not know that fix. Choose the answer with “Edit an answer” instead.")
    shown = show_value(answer, asking(form, asked, turn.now))
    said = message(text(asked.ask.label, ": ", Plain(shown), "."))
    return [Reply(said, replace=True), StartConversation(row.form, row.subject, answers={question: answer})]


def _answer(turn: Turn, question: str, value: str, currency: str) -> JSONValue:
    """The answer that a fix's number stands for; None when it stands for none (see `Fix`)."""
    if not value.isdecimal() or len(value) > _LONGEST_NUMBER:
        return None
    number = int(value)
    match question:
        case "hours" | "weeks":
            return number
        case "fee":
            return as_money(number, currency)
        case "deadline" | "decide" | "start":
            return as_date(datetime.fromtimestamp(number, UTC))
        case "to_coordinator":
            return True
        case "deliverables":
            return _chosen(DELIVERABLES, number)
        case "unpaid_reason":
            return _chosen(REASONS, number)
        case "contact":
            how = _chosen(CONTACTS, number)
            return f"{turn.person.name}, {how}" if how else None
    return None


def _chosen(choices: tuple[str, ...], number: int) -> str | None:
    return choices[number] if number < len(choices) else None


FIXES: Final = Routes(buttons={"scope-fix": _fix})

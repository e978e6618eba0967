"""Rows about a person among applications: those they sent, through which cohort they began one, and terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action
from bot.chat.content import Block, Plain, Text, text
from bot.programme.applications import joining, withdraw
from bot.programme.applications.messages import person_rows as message_rows
from bot.programme.applications.reports import person_rows as report_rows
from bot.programme.core.lifecycle import LABELS
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_news
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from storage.tables import Application, DraftCohort, Person, Project, Terms, TermsOffer

__all__ = ["PARTS"]

_TO_ANSWER: Final = ("submitted", "shortlisted", "offered")


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Application, Project.title).join(Project, Project.id == Application.project_id)
    entries: list[Block] = []
    for application, title in turn.session.execute(query.where(Application.person_id == person.id)):
        entries.append(text("**", Plain(title), f"**: {LABELS[application.status]}"))
        given = [f"{each['label']}: {each['shown']}" for each in application.answers if each.get("shown")]
        if given:
            entries.append(Text((Plain("\n".join(given)),)))
    yield "Applications", entries


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Withdraw what is open, and erase all that was written; then the news of it, also of the withdrawal."""
    actions = withdraw.leave(turn, request.person)
    turn.session.execute(delete(DraftCohort).where(DraftCohort.person_id == request.person.id))
    query = select(Application.id).where(Application.person_id == request.person.id)
    numbers = turn.session.scalars(query).all()
    gone = [f"application:{number}" for number in numbers if number not in request.held]
    named = [f"{noun}:{number}" for noun in ("application", "withdrawn") for number in numbers]
    erase_news(turn, request, gone, named)
    return actions


def _unanswered(turn: Turn, person: Person) -> list[Block]:
    query = (
        select(Project.title)
        .join(Application, Application.project_id == Project.id)
        .where(Application.person_id == person.id, Application.status.in_(_TO_ANSWER))
    )
    return [text("- application to **", Plain(title), "**") for title in turn.session.scalars(query)]


PARTS: Final = (
    PersonalData(
        noun="applications",
        export=_export,
        erase=_erase,
        merge=joining.merge,
        on_left=_unanswered,
        joined=(Application.person_id, DraftCohort.person_id),
        kept={Application.person_id: "How many applied and what became of them, without a name."},
    ),
    PersonalData(
        noun="terms",
        export="They are shown with the placement they belong to.",
        erase="What was agreed holds between two sides, and the other one keeps it.",
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Terms.accepted_by, TermsOffer.proposed_by, TermsOffer.approved_by),
        kept={
            Terms.accepted_by: "That one of the two sides accepted it, without a name.",
            TermsOffer.proposed_by: "That the employer's side asked for it, without a name.",
            TermsOffer.approved_by: "That a coordinator let it be asked, without a name.",
        },
    ),
    *message_rows.PARTS,
    *report_rows.PARTS,
)

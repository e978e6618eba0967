"""Rows about a person among applications: those they sent, the cohorts of those they began, and terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action
from bot.chat.content import Block, Part, Text, layout, say, text
from bot.chat.values import replace
from bot.programme.applications import joining, withdraw
from bot.programme.applications.decisions import kind_reasons
from bot.programme.applications.given_answers import shown_answers
from bot.programme.applications.messages import person_rows as message_rows
from bot.programme.applications.reports import person_rows as report_rows
from bot.programme.core import keys, subjects
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_about, erase_news
from bot.programme.people import sent_messages
from bot.programme.people.parts import looked_after_by
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from bot.programme.projects.person_rows import owned_alone
from storage.tables import Application, DraftCohort, Person, Project, Terms, TermsOffer, outbox

__all__ = ["PARTS"]

_TO_ANSWER: Final = ("submitted", "shortlisted", "offered")


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Application, Project.title).join(Project, Project.id == Application.project_id)
    entries: list[Block] = []
    for application, title in turn.session.execute(query.where(Application.person_id == person.id)):
        state = status_term(application, application.status)
        entries.append(text(layout("**{project}**: {state}", project=title, state=state)))
        lines: list[Part] = []
        for answer in shown_answers(turn, application, person):
            if answer.shown is not None:
                said = layout("{question}: {answer}", question=answer.label, answer=answer.shown)
                lines += ["\n", said] if lines else [said]
        if lines:
            entries.append(Text(tuple(lines)))
    yield say("Applications"), entries
    given = select(Application.reason).where(Application.reason_by_id == person.id, Application.reason != "")
    yield (
        say("Reasons you gave"),
        [Text(("- ", *kind_reasons.shown_reason(each))) for each in turn.session.scalars(given)],
    )


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Withdraw what is open, and erase all that was written; then the news of it, also of the withdrawal."""
    actions = withdraw.leave(turn, request.person)
    turn.session.execute(delete(DraftCohort).where(DraftCohort.person_id == request.person.id))
    query = select(Application.id).where(Application.person_id == request.person.id)
    numbers = turn.session.scalars(query).all()
    gone = [subjects.APPLICATION(number) for number in numbers if number not in request.held]
    named = [about(number) for about in (subjects.APPLICATION, subjects.WITHDRAWN) for number in numbers]
    erase_news(turn, request, gone, named)
    applied_to = select(Application.project_id).where(Application.person_id == request.person.id)
    places = [subjects.FREE(number) for number in turn.session.scalars(applied_to)]
    erase_news(turn, request, (), places, own=False)
    erase_about(request, {"application": numbers, "change": _changes(turn, numbers)})
    looked_after = select(Project.id).where(looked_after_by(request.person))
    others = turn.session.scalars(
        select(Application.id).where(Application.project_id.in_(looked_after))
    ).all()
    erase_about(request, {"application": others, "change": _changes(turn, others)}, own=False)
    _erase_reasons(turn, request)
    return actions


def _changes(turn: Turn, applications: Sequence[int]) -> Sequence[int]:
    """Return the terms that were offered for these applications."""
    query = select(TermsOffer.id).where(TermsOffer.application_id.in_(applications))
    return turn.session.scalars(query).all()


def _erase_reasons(turn: Turn, request: ErasureRequest) -> None:
    """Erase the reasons that the person gave for a no, also where they were sent or are still held."""
    # Each is found by its own index; as alternatives in one statement they read every row, and so
    # they do by the index of the programme.
    alone = Application.reason_by_id.is_(None) & Application.project_id.in_(owned_alone(request.person))
    ways = (Application.reason_by_id == request.person.id, alone)
    query = select(Application).where(
        (Application.reason != "") | Application.held.is_not(None), Application.id.not_in(request.held)
    )
    for application in [row for mine in ways for row in turn.session.scalars(query.where(mine))]:
        application.reason = ""
        if application.held is not None:
            application.held = replace(application.held, reason="")
        sent_messages.erase_copies(turn, outbox.c.key == keys.NOT_SELECTED(application.id))
    turn.session.flush()


def _unanswered(turn: Turn, person: Person) -> list[Block]:
    query = (
        select(Project.title, Application.status)  # as a condition PostgreSQL reads its index of all people
        .join(Application, Application.project_id == Project.id)
        .where(Application.person_id == person.id)
    )
    found = turn.session.execute(query)
    return [
        text("- application to **{project}**", project=title)
        for title, status in found
        if status in _TO_ANSWER
    ]


PARTS: Final = (
    PersonalData(
        noun="applications",
        export=_export,
        erase=_erase,
        merge=joining.merge,
        on_left=_unanswered,
        joined=(Application.person_id, DraftCohort.person_id),
        moved=(Application.reason_by_id,),
        kept={
            Application.person_id: "How many applied and what became of them, without a name.",
            Application.reason_by_id: "That a reason was given, without what it said.",
            Application.reason: "A reason of before it was noted who gave it.",
        },
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

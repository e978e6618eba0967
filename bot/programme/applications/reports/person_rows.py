"""Rows about a person among reports, and what is still to be erased for them when a report has its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import or_, select

from bot.chat.actions import Action
from bot.chat.content import Block, Moment, say, text
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_about
from bot.programme.people import evidence
from bot.programme.people.personal_data import NOTHING_UNFINISHED, ErasureRequest, PersonalData, Section
from storage.tables import Erasure, Person, Report

__all__ = ["PARTS"]


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    zone = people.zone_of(turn, person)
    entries: list[Block] = []
    for report in turn.session.scalars(select(Report).where(Report.reporter_id == person.id)):
        day = Moment(report.created_at, zone, "day")
        if report.ended_at:
            entries.append(text("- {day}: answered", day=day))
        else:
            entries.append(text("- {day}: waits for an answer", day=day))
    yield say("Messages you reported"), entries


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what was sent of the reports; their answers are the programme's, and stay in the reports."""
    person = request.person
    mine = or_(Report.reporter_id == person.id, Report.about_id == person.id)
    numbers = turn.session.scalars(select(Report.id).where(mine)).all()
    erase_about(request, {"report": numbers}, own=False)
    return []


def _merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Keep two accounts that are joined: nothing waits to be erased for either."""
    for person in (first, second):
        evidence.cancel_erasures(turn, person)
    return []


PARTS: Final = (
    PersonalData(
        noun="reports",
        export=_export,
        erase=_erase,
        merge=_merge,
        on_left=NOTHING_UNFINISHED,
        moved=(Report.reporter_id, Report.about_id, Report.ended_by_id),
        stays={Erasure.person_id: "A person who is back and asked to be forgotten has to ask again."},
        kept={
            Report.reporter_id: "That a report was made, and answered, without a name.",
            Report.about_id: "That a report was made, and answered, without a name.",
            Report.ended_by_id: "That a coordinator answered, without a name.",
            Report.answer: "What the programme answered to a report, in its name.",
            Report.other_answer: "What the programme wrote to the other side, in its name.",
            Erasure.person_id: "That something was, or is still to be, erased for this person.",
        },
    ),
)

"""The record of a company: how many of its applicants got an answer in time, and how long answers took.

It is counted from the history of the last year, not from the applications as they are today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Final

from sqlalchemy import and_, or_, select

from bot.chat.content import Sentence, say
from bot.programme.core import dates, history, subjects
from bot.programme.core.turn import Turn
from storage.tables import Company, HistoryRow, Project

__all__ = ["CompanyRecord", "record_of", "shown_record"]

_LEAST: Final = 5  # answers, before which a record would say little
_YEAR: Final = timedelta(days=365)
_DAY: Final = timedelta(days=1)
_ANSWERS: Final = ("offered", "not_selected")
_SENT_FROM: Final = ("admission", "withdrawn")
_SILENCE: Final = "silence"


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """What a company did with its applicants in the last year.

    Attributes:
        due: applicants who got an answer, or none by the promised date and were released.
        in_time: those of them who had an answer by the date that they were promised when they applied.
        days: in how many days half of the answers were given.
    """

    due: int
    in_time: int
    days: int


def record_of(turn: Turn, company: Company) -> CompanyRecord | None:
    """Return the record of a company; None where it gave too few answers to say anything by it."""
    projects = select(Project.id, Project.decide_at).where(
        Project.programme_id == turn.programme_id,
        Project.company_id == company.id,
        Project.published_at.is_not(None),
        Project.decide_at >= turn.now - _YEAR,
    )
    promised = {subjects.PROJECT(number): at for number, at in turn.session.execute(projects)}
    if not promised:
        return None
    rows = _rows(turn, list(promised))
    moved = [row for row in rows if row.what == "decide"]
    outcomes = _outcomes([row for row in rows if row.what != "decide"])
    waited = [(answer.at - sent.at) / _DAY for sent, answer in outcomes if answer.after in _ANSWERS]
    if len(waited) < _LEAST:
        return None
    in_time = sum(
        answer.after in _ANSWERS and answer.at <= _promise(sent, moved, promised) for sent, answer in outcomes
    )
    return CompanyRecord(len(outcomes), in_time, ceil(median(waited)))


def _rows(turn: Turn, projects: Sequence[str]) -> Sequence[HistoryRow]:
    """Return when applications to these projects were sent and answered, and when a promised date moved."""
    became = HistoryRow.what.in_((history.BIRTH, history.STATUS))
    query = select(HistoryRow).where(
        HistoryRow.programme_id == turn.programme_id,
        or_(
            and_(HistoryRow.subject.in_(projects), HistoryRow.what == "decide"),
            and_(
                HistoryRow.parent.in_(projects),
                became,
                HistoryRow.after.in_(("submitted", "released", *_ANSWERS)),
                HistoryRow.known_by != "found",
            ),
        ),
    )
    return turn.session.scalars(query.order_by(HistoryRow.at, HistoryRow.id)).all()


def _outcomes(rows: Sequence[HistoryRow]) -> list[tuple[HistoryRow, HistoryRow]]:
    """Return the last time that each application was sent, with the first answer to it or its release.

    One that was released for another reason than silence was owed no answer any more.
    """
    sent: dict[str, HistoryRow] = {}
    ended: dict[str, HistoryRow] = {}
    for row in rows:
        if row.after == "submitted":
            if row.before is None or row.before in _SENT_FROM:
                sent[row.subject] = row
                ended.pop(row.subject, None)
        elif row.subject in sent:
            ended.setdefault(row.subject, row)
    return [
        (sent[subject], row)
        for subject, row in ended.items()
        if row.after in _ANSWERS or row.reason == _SILENCE
    ]


def _promise(sent: HistoryRow, moved: Sequence[HistoryRow], promised: Mapping[str, datetime]) -> datetime:
    """Return by when an applicant was promised an answer as they applied: a later date came afterwards."""
    later = (row for row in moved if row.subject == sent.parent and row.at > sent.at)
    first = next(later, None)
    was = history.read_date(first.before or "") if first is not None else None
    return promised[sent.parent] if was is None else dates.instant_of("decide", was)


def shown_record(record: CompanyRecord) -> Sentence:
    """Return a record as its readers read it."""
    if record.in_time == record.due:
        return say(
            "All {due} applicants of the last year had an answer in time, half of them within {count} day.",
            "All {due} applicants of the last year had an answer in time, half of them within {count} days.",
            due=record.due,
            count=record.days,
        )
    return say(
        "Of {due} applicants of the last year, {in_time} had an answer in time. Half of the answers came "
        "within {count} day.",
        "Of {due} applicants of the last year, {in_time} had an answer in time. Half of the answers came "
        "within {count} days.",
        in_time=record.in_time,
        due=record.due,
        count=record.days,
    )

"""Answers promised to people who reported, after an outage: later where no reader could reach the bot."""

from __future__ import annotations

from typing import Final

from sqlalchemy import or_, select

from bot.chat.content import Block, text
from bot.chat.routes import DateRoute, LaterDate
from bot.programme import people
from bot.programme.applications.reports.lookup import readers_of, report_of
from bot.programme.core.turn import Turn
from bot.programme.notifications.out_of_reach import LONGEST_GAP, out_since, platforms_of
from storage.prepared import Row
from storage.tables import Person, Report

__all__ = ["DATES"]


def _found(turn: Turn, outage: Row, most: int) -> list[int]:
    """Return open reports whose promised day had not passed before an outage."""
    query = select(Report.id).where(
        Report.programme_id == turn.programme_id,
        Report.ended_at.is_(None),
        Report.due_at >= outage.since,
        Report.created_at < outage.until,
        or_(Report.outage_id.is_(None), Report.outage_id < outage.id),
    )
    return list(turn.session.scalars(query.order_by(Report.id).limit(most)))


def _later(turn: Turn, number: int, outage: Row) -> LaterDate | None:
    """Let an answer be promised for so much later as none of its readers could give it."""
    report = report_of(turn, number)
    report.outage_id = outage.id
    readers = readers_of(turn, report)
    since = out_since(outage, platforms_of(turn, readers))
    if since is None or (by := outage.until - max(since, report.created_at)) <= LONGEST_GAP:
        return None
    report.due_at += by

    def said(reader: Person) -> Block:
        return text(
            "The answer to a report: by {when}",
            when=people.shown_day_there(turn, report.due_at, turn.programme.zone, reader),
        )

    reporter = people.person_of(turn, report.reporter_id)
    return LaterDate((), [reporter, *readers], said, report.due_at)


DATES: Final = (DateRoute(_found, _later),)

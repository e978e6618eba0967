"""Words of a case, as rows: stored when they are written, and erased."""

from __future__ import annotations

from sqlalchemy import update

from bot.programme.applications import outcomes
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from storage.tables import Case, CaseLine

__all__ = ["add", "erase"]


def add(turn: Turn, case: Case, kind: str, words: str) -> None:
    """Store what the person who acts wrote in a case: `said`, `note` or `answer`."""
    turn.session.add(
        CaseLine(
            programme_id=turn.programme_id,
            case_id=case.id,
            person_id=turn.own_id,
            kind=kind,
            text=words,
            created_at=turn.now,
        )
    )
    turn.session.flush()


def erase(turn: Turn, case: Case) -> None:
    """Erase what was written in a case and at its end; that there was one is kept."""
    case.answer = case.other_answer = ""
    turn.session.flush()
    mine = (CaseLine.programme_id == turn.programme_id, CaseLine.case_id == case.id)
    turn.session.execute(update(CaseLine).where(*mine).values(text=""))
    sent = [
        keys.CASE_ENDED(case.id, count, to) for count in range(1, case.ends + 1) for to in ("person", "other")
    ]
    outcomes.empty_messages(turn, sent)

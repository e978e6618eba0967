"""The setup code: proof of the operator in a space without a programme; shown once, at the first start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.programme.people.codes import make
from storage.database import UnitOfWork
from storage.tables import Code, Programme

__all__ = ["first_code"]


_FIRST_GOOD_FOR: Final = timedelta(days=1)


def first_code(work: UnitOfWork, now: datetime) -> str | None:
    """Make the code for the first setup, good for a day; None if there is a programme, or such a code."""
    known = work.session.scalars(select(Programme.id).limit(1)).first()
    standing = select(Code.id).where(Code.kind == "setup", Code.used_at.is_(None), Code.expires_at > now)
    if known is not None or work.session.scalars(standing.limit(1)).first() is not None:
        return None
    return make(work, now, "setup", _FIRST_GOOD_FOR)

"""Single-use codes that people pass on by hand: to set up, to connect a space, to link accounts.

Only a code's digest is stored: a reader of the database cannot use a code. It is 59 random bits, so it is
found by its digest and never guessed, and no attempt has to be counted.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from sqlalchemy import delete, select, update

from storage.database import UnitOfWork
from storage.tables import Code
from storage.tables.values import CodePayload

__all__ = ["Purpose", "claim", "claimed", "digest_of", "find", "make", "redeem", "spend", "sweep"]

Purpose = Literal["setup", "connect", "link"]

# Read aloud and typed from paper: no letter that looks like a digit, or the other way round.
_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
# 12 of 30 letters are 59 random bits: too many to guess, few enough to type.
_GROUPS: Final = 3
_IN_GROUP: Final = 4


def make(
    work: UnitOfWork,
    now: datetime,
    kind: Purpose,
    good_for: timedelta,
    *,
    programme_id: int | None = None,
    person_id: int | None = None,
    company: int = 0,
) -> str:
    """Make a new code, as it is shown: `ABCD-EFGH-JKMN`. It cannot be shown a second time."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))
    code = "-".join(groups)
    work.session.add(
        Code(
            programme_id=programme_id,
            kind=kind,
            digest=digest_of(code),
            person_id=person_id,
            payload=CodePayload(company=company),
            created_at=now,
            expires_at=now + good_for,
        )
    )
    work.session.flush()
    return code


def digest_of(typed: str) -> str:
    """Return what is stored of a code, however it was typed: case, spaces and dashes do not matter."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return sha256(plain.encode()).hexdigest()


def find(work: UnitOfWork, now: datetime, kind: Purpose, typed: str) -> Code | None:
    """Return the code as it is now, if it can still be used."""
    query = select(Code).where(Code.kind == kind, Code.digest == digest_of(typed))
    found = work.session.scalars(query).first()
    return found if found is not None and found.used_at is None and found.expires_at > now else None


def redeem(work: UnitOfWork, now: datetime, kind: Purpose, typed: str) -> Code | None:
    """Use a code up; return None when it is unknown, too old, or used (also by another account just now)."""
    found = find(work, now, kind, typed)
    return found if found is not None and spend(work, now, found) else None


def spend(work: UnitOfWork, now: datetime, code: Code) -> bool:
    """Use up a code that was found; return False when another account was quicker."""
    used: Any = work.session.execute(
        update(Code)
        .where(Code.id == code.id, Code.used_at.is_(None), Code.expires_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)


def claim(work: UnitOfWork, now: datetime, kind: Purpose, typed: str, user: str) -> Code | None:
    """Note that this account (str(UserRef)) has given a code, which stays unused until it is spent.

    So what they press next needs no code in it, and what they begin can be broken off and begun again.
    """
    found = find(work, now, kind, typed)
    if found is not None:
        found.payload = CodePayload(claimed=user)
        work.session.flush()
    return found


def claimed(work: UnitOfWork, now: datetime, kind: Purpose, user: str, number: int = 0) -> Code | None:
    """Return the code that this account has given and that can still be used; with `number` only that row."""
    query = select(Code).where(Code.kind == kind, Code.used_at.is_(None), Code.expires_at > now)
    if number:
        query = query.where(Code.id == number)
    return next((code for code in work.session.scalars(query) if code.payload.claimed == user), None)


def sweep(work: UnitOfWork, before: datetime) -> int:
    """Delete codes that ran out before this instant; how many."""
    gone: Any = work.session.execute(delete(Code).where(Code.expires_at < before))
    return int(gone.rowcount)

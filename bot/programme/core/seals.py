"""Seals of the history: a chain of hashes per programme, by which a row that was tampered with is found.

A sweep seals rows some time after they were written, in the order of their ids, so that no turn waits for
another because of it. A row's digest is the SHA-256 of its canonical JSON (RFC 8785), which holds its
position and the digest before. Against a person who can write the whole chain again, or cut its end, the
chain proves nothing; its head, kept outside of the database, does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final, Literal

import rfc8785
from sqlalchemy import Connection

from storage.prepared import Row
from storage.queries import history

__all__ = ["MOST_ROWS", "Fault", "Head", "head_of", "read_head", "seal", "verify"]

MOST_ROWS: Final = 500
"""Rows that are sealed in one transaction, so that no other waits long."""

_LATE: Final = timedelta(hours=6)
"""Time after which a row has its seal, however long a turn took; sealing is tried every hour."""

_HEAD: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of a chain, as it is kept outside of the database: "1204:5f3a…"."""

    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a chain, and at which position.

    Attributes:
        kind: "changed": the row is not what was sealed, or is not after the row it was sealed after.
            "missing": there is no row at this position. "unsealed": rows without a seal that are older than
            the newest seal. "cut": the chain ends before a head that is known. "rewritten": it has another
            digest than the known head at that position.
    """

    kind: Literal["changed", "missing", "unsealed", "cut", "rewritten"]
    position: int


def read_head(text: str) -> Head | None:
    """Read a head as it was written down; None for what is none."""
    found = _HEAD.fullmatch(text.strip().lower())
    return Head(int(found[1]), found[2]) if found else None


def head_of(connection: Connection, programme_id: int) -> Head | None:
    """Return the head of a programme's chain; None before its first seal."""
    found = history.head(connection, programme_id)
    return Head(found.position, found.digest) if found else None


def seal(connection: Connection, programme_id: int) -> int:
    """Seal the oldest rows that have no seal, at most 500; return how many."""
    history.lock(connection, programme_id)
    rows = history.unsealed(connection, programme_id, MOST_ROWS)
    last = head_of(connection, programme_id) or Head(0, "")
    seals: list[tuple[int, int, str]] = []
    for row in rows:
        last = Head(last.position + 1, _digest(row, last))
        seals.append((row.id, last.position, last.digest))
    if seals:
        history.put_seals(connection, seals)
    return len(seals)


def verify(connection: Connection, programme_id: int, heads: Sequence[Head] = ()) -> Iterator[Fault]:
    """Yield every fault of a programme's chain; `heads` are heads of it that were kept outside."""
    known = {head.position: head.digest for head in heads}
    last = Head(0, "")
    at = None
    for row in history.chain(connection, programme_id):
        if row.position != last.position + 1:
            yield Fault("missing", last.position + 1)
        elif row.digest != _digest(row, last):
            yield Fault("changed", row.position)
        if known.pop(row.position, row.digest) != row.digest:
            yield Fault("rewritten", row.position)
        # It goes on from what is stored, so that one wrong row is one fault.
        last, at = Head(row.position, row.digest), row.at
    for position in sorted(known):
        yield Fault("cut", position)
    if at is not None and history.skipped(connection, programme_id, at - _LATE):
        yield Fault("unsealed", last.position)


def _digest(row: Row, before: Head) -> str:
    """Return the digest of a row at the position after `before`."""
    content = {
        "id": row.id,
        "programme": row.programme_id,
        "subject": row.subject,
        "parent": row.parent,
        "what": row.what,
        "before": row.before,
        "after": row.after,
        "alias": row.alias_id,
        "began_by": row.began_by,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reason": row.reason,
        "known_by": row.known_by,
        "position": before.position + 1,
        "seal_before": before.digest,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()

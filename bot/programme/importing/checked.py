"""What an import is checked against, and what the check gives: rows to import, and those that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bot.chat.language import as_text, as_value
from bot.chat.sentences import Wording, say
from bot.programme.projects.scope_check import Rules
from storage.tables.values import WantedDeliverable

__all__ = ["Checked", "Ground", "ImportRow", "RowRefusal"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file is checked against: the programme's rules, and its cohorts' ids by lower-case name."""

    rules: Rules
    cohorts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row that can be imported.

    Attributes:
        number: which of the file, from 1. `identity`: a hash of its whole content.
        values: columns of Project; `deliverables`: its rows. `notes`: the scope check's findings by field.
    """

    number: int
    identity: str
    company: str
    values: Mapping[str, Any]
    deliverables: tuple[WantedDeliverable, ...]
    notes: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A row that cannot be imported: which, at which field, and why. `row` 0 is a default."""

    row: int
    field: str
    reason: Wording

    def __str__(self) -> str:
        """One line: `row 12, deadline: …`, or of the row as a whole: `row 12: …`."""
        reason = as_value(self.reason)
        if not self.row:
            return as_text(say("--default, {field}: {reason}", field=self.field, reason=reason))
        if self.field == "row":
            return as_text(say("row {row}: {reason}", row=self.row, reason=reason))
        return as_text(say("row {row}, {field}: {reason}", row=self.row, field=self.field, reason=reason))


@dataclass(frozen=True, slots=True)
class Checked:
    """A whole file, checked: what can be imported, what cannot, and how many rows were there twice.

    Attributes:
        notes: how the file was read, in sentences. `guess`: that its encoding is only likely; "" where not.
    """

    rows: tuple[ImportRow, ...]
    refused: tuple[RowRefusal, ...]
    repeated: int = 0
    notes: tuple[Wording, ...] = ()
    guess: Wording = ""

    @property
    def identity(self) -> str:
        """The same for a file with the same rows; an interrupted import of it is resumed by this."""
        return sha256("\n".join(row.identity for row in self.rows).encode()).hexdigest()

"""The common metadata, its naming convention, and the columns of every row of the programme's nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.tables.values import (
    Agreement,
    CodePayload,
    CohortRef,
    Contact,
    GivenAnswer,
    HeldDecision,
    Level,
    OwnQuestion,
    ProjectFields,
    TunedRule,
    WantedDeliverable,
)
from storage.types import JSON, StructJSON, UTCDateTime

__all__ = ["ProgrammeRow", "in_programme", "metadata", "where_given"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class ProgrammeRow(DeclarativeBase):
    """A row of one of the programme's nouns. Every row belongs to a programme."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        dict[str, Any]: JSON,
        dict[str, Level]: JSON,
        dict[str, TunedRule]: StructJSON(dict[str, TunedRule]),
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        CodePayload: StructJSON(CodePayload),
        HeldDecision: StructJSON(HeldDecision),
        ProjectFields: StructJSON(ProjectFields),
        list[Agreement]: StructJSON(list[Agreement]),
        list[CohortRef]: StructJSON(list[CohortRef]),
        list[Contact]: StructJSON(list[Contact]),
        list[GivenAnswer]: StructJSON(list[GivenAnswer]),
        list[OwnQuestion]: StructJSON(list[OwnQuestion]),
        list[WantedDeliverable]: StructJSON(list[WantedDeliverable]),
    }

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)


def in_programme(*, listed: bool = False) -> Mapped[int]:
    """Return the column that binds a row to its programme.

    `listed`: with its own index, where all of a programme's rows are looked for, which are few. A table
    that grows has none: nearly all of its rows may be one programme's, so that it leads to every row.
    """
    return mapped_column(ForeignKey("programmes.id"), index=listed, sort_order=-1)


def where_given(table: str, column: str) -> Index:
    """Return the index of the rows that have a value in a column, where most rows have none."""
    given = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=given, postgresql_where=given)

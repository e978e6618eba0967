"""Rows about a person among companies: which of them a coordinator verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select, update

from bot.chat.actions import Action
from bot.chat.content import layout, say, text
from bot.programme.core.turn import Turn
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from storage.tables import Company, Person

__all__ = ["PARTS"]


def _verified(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Company.name).where(
        Company.programme_id == turn.programme_id, Company.verified_by_id == person.id
    )
    names = turn.session.scalars(query.order_by(Company.folded_name))
    yield say("Companies you verified"), [text(layout("- {company}", company=name)) for name in names]


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Take out who verified a company; that it was verified, and when, stays."""
    turn.session.execute(
        update(Company)
        .where(Company.programme_id == turn.programme_id, Company.verified_by_id == request.person.id)
        .values(verified_by_id=None)
        .execution_options(synchronize_session="fetch")
    )
    return []


PARTS: Final = (
    PersonalData(
        noun="verified companies",
        export=_verified,
        erase=_erase,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Company.verified_by_id,),
        kept={
            Company.about: "What a company does is the company's, whichever owner wrote it.",
            Company.website: "It is the company's.",
        },
    ),
)

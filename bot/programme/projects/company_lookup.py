"""Look-up of companies by their names, as people type them: in any case, and in any script."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.answers import Option
from bot.chat.content import Plain
from bot.chat.events import Suggest
from bot.programme.core.turn import Turn
from storage.dialects import begins
from storage.folding import folded
from storage.tables import Company

__all__ = ["add_company", "find_company", "suggest_companies"]

_COMPARED: Final = 300
"""Companies of whose names any part may be typed, the newest; others are suggested by how they begin."""

_SUGGESTED: Final = 25  # Discord's limit for autocomplete, and for the options of a select
_LABEL: Final = 90  # characters of a suggestion
_LONGEST: Final = 100  # characters that a suggestion may put into the command (Discord's limit)


def find_company(turn: Turn, name: str) -> Company | None:
    """Return the programme's company of this name, in capitals or not."""
    query = select(Company).where(
        Company.programme_id == turn.programme_id, Company.folded_name == folded(name)
    )
    return turn.session.scalars(query.order_by(Company.id).limit(1)).first()


def add_company(turn: Turn, name: str, field: str = "") -> Company:
    """Return a new company of this name."""
    company = Company(
        programme_id=turn.programme_id,
        name=" ".join(name.split()),
        field=field[:120],
        created_at=turn.now,
    )
    turn.session.add(company)
    # Callers write the id into other rows.
    turn.session.flush()
    return company


def suggest_companies(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest companies whose name begins with what is typed, then others that have it in their name."""
    if turn.space_company is not None:
        return []  # no other company is known in a company's own space
    typed, order = folded(event.typed), (Company.folded_name, Company.id)
    named = select(Company.name).where(Company.programme_id == turn.programme_id)
    first = named.where(begins(Company.folded_name, typed)) if typed else named
    names = turn.session.scalars(first.order_by(*order).limit(_SUGGESTED)).all()
    if typed and len(names) < _SUGGESTED:
        newest = select(Company.id).where(Company.programme_id == turn.programme_id)
        newest = select(newest.order_by(Company.id.desc()).limit(_COMPARED).subquery().c.id)
        holding = named.where(Company.id.in_(newest), Company.folded_name.contains(typed, autoescape=True))
        more = turn.session.scalars(holding.order_by(*order).limit(_SUGGESTED))
        names = [*dict.fromkeys((*names, *more))][:_SUGGESTED]
    return [Option(name[:_LONGEST], Plain(name[:_LABEL])) for name in names]

"""Spaces of one company: a workspace or server that joined the programme as a company's own.

A person who acts there has an employer's role if they are one of the company's people, no other role, and
no right that managing the space gives. Nothing of other companies is found there, and no cohort is announced
there.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.events import Place
from bot.chat.routes import Declined
from bot.programme.core.turn import Turn
from storage.tables import Space

__all__ = ["EMPLOYER", "company_of_place", "must_be_the_programme_s"]

EMPLOYER: Final = frozenset({"employer"})
"""The roles that count in a company's own space, for people of that company."""


def company_of_place(turn: Turn, place: Place) -> int | None:
    """Return the id of the company whose own space a place is in; None for a place of the programme's."""
    query = select(Space.company_id).where(
        Space.programme_id == turn.programme_id,
        Space.platform == place.platform,
        Space.external_id == place.space,
    )
    return turn.session.scalar(query)


def must_be_the_programme_s(turn: Turn, place: Place) -> None:
    """Check that a place can be used for the whole programme: a cohort's channel, the coordinators' own.

    Raises:
        Declined: it is in a company's own space.
    """
    if company_of_place(turn, place) is not None:
        raise Declined(
            "That {space} is a company's own: no cohort is announced there, and no tasks are listed there. "
            "Name a channel of the programme's."
        )

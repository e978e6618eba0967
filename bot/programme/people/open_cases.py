"""Open cases, as the rooms below need them: whether the clocks of an application run.

A case is read by few. These functions say only that there is one; what they refuse does not name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, distinct, func, or_, select

from bot.chat.content import Block, Text, text
from bot.chat.routes import Declined
from bot.programme.core.turn import Turn
from bot.programme.people.parts import is_of_employer
from storage.dialects import literal
from storage.prepared import Prepared
from storage.tables import Application, Case, Placement, Project

__all__ = ["is_open", "is_paused", "kept_place", "kept_places", "must_not_be_paused", "own", "without_open"]

_OPEN: Final = (
    Case.programme_id == bindparam("programme"),
    Case.application_id == bindparam("application"),
    Case.status == literal("open"),
)
_STILL: Final = Prepared(select(Case.id).where(*_OPEN, Case.still).limit(1))
_STOPPED: Final = Prepared(select(Case.id).where(*_OPEN, Case.still, Case.stopped).limit(1))
_OWN: Final = Prepared(select(Case.id).where(*_OPEN, Case.person_id == bindparam("person")).limit(1))
_OF_PROJECT: Final = (
    select(Application.id)
    .join(Case, Case.application_id == Application.id)
    .where(Case.programme_id == Application.programme_id, Case.status == "open", Case.still)
)


def is_open(turn: Turn, application_id: int) -> bool:
    """Tell whether a case of its student is open about an application: nothing there is asked or settled."""
    asked = {"programme": turn.programme_id, "application": application_id}
    return _STILL.value(turn.connection, asked) is not None


def is_paused(turn: Turn, application_id: int) -> bool:
    """Tell whether the student had the other side's messages and all dates of an application stopped."""
    asked = {"programme": turn.programme_id, "application": application_id}
    return _STOPPED.value(turn.connection, asked) is not None


def own(turn: Turn, application_id: int) -> int | None:
    """Return the id of the open case about an application that is the acting person's own."""
    asked = {"programme": turn.programme_id, "application": application_id, "person": turn.own_id}
    found = _OWN.value(turn.connection, asked)
    return None if found is None else int(found)


def must_not_be_paused(turn: Turn, project: Project, application_id: int, *instead: Block) -> None:
    """Refuse an act of the company's side about an application that is paused; coordinators may act.

    Raises:
        Declined: it is paused. Says neither why nor who asked for it.
    """
    if is_of_employer(turn.person, project) and is_paused(turn, application_id):
        raise Declined(
            text(
                "The coordinators have paused this for **{project}**. Its dates are on hold, and nothing was "
                "changed.",
                project=project.title,
            ),
            text("You need not do anything: you hear from me when it goes on."),
            *instead,
        )


def kept_places(turn: Turn, project: Project) -> int:
    """Count the places of a project that are not offered on: they became free while a case is open.

    Its student declined the offer meanwhile, or the placement has ended.
    """
    declined = (Application.status == "declined") & (Application.decided_at >= Case.opened_at)
    query = (
        select(func.count(distinct(Application.id)))
        .join(Case, Case.application_id == Application.id)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(Application.programme_id == turn.programme_id, Application.project_id == project.id)
        .where(Case.programme_id == turn.programme_id, Case.status == "open", Case.still)
        .where(or_(declined, Placement.status == "ended"))
    )
    return turn.session.scalar(query) or 0


def kept_place() -> Text:
    """Return that a place is not offered on for now, without a word of the case."""
    return text(
        "The place is kept for now: the coordinators still settle how it became free. You hear from me when "
        "it can be offered."
    )


def without_open(
    turn: Turn, applications: Sequence[Application], *, paused: bool = False
) -> list[Application]:
    """Return the applications about which no case is open; with `paused` those that are not paused."""
    numbers = [each.id for each in applications]
    query = _OF_PROJECT.where(Application.programme_id == turn.programme_id, Application.id.in_(numbers))
    held = set(turn.session.scalars(query.where(Case.stopped) if paused else query))
    return [each for each in applications if each.id not in held]

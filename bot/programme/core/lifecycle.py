"""The lifecycles of projects, applications and placements: every allowed move, on this page only.

Nothing else in the project changes a `status`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.chat.routes import Declined
from storage.tables import Application, Milestone, Placement, Project

__all__ = [
    "APPLICATION",
    "LABELS",
    "MILESTONE",
    "PLACEMENT",
    "PROJECT",
    "can_move",
    "move",
    "placement_standing",
]

PROJECT: Final = {
    "draft": {"review", "open", "discarded"},  # being written
    "review": {"open", "changes", "declined", "closed"},  # a coordinator looks at it
    "changes": {"review", "open", "discarded", "closed"},  # the coordinator asked for a change
    "open": {"closed"},  # announced; students can apply
    "closed": {"open"},  # no more applications; decisions may still be open
    "declined": set(),  # the coordinator said no
    "discarded": set(),  # thrown away before anyone saw it
}

APPLICATION: Final = {
    "admission": {"submitted", "withdrawn", "released"},  # complete; a closed cohort has to admit them
    "submitted": {"shortlisted", "offered", "not_selected", "withdrawn", "released"},
    "shortlisted": {"submitted", "offered", "not_selected", "withdrawn", "released"},
    "offered": {"accepted", "declined", "expired", "withdrawn", "released"},  # the student decides
    "accepted": {"withdrawn"},  # a placement stands for it
    "declined": set(),  # the student said no to the offer
    "expired": {"offered", "not_selected", "released", "withdrawn"},  # the offer ran out
    "not_selected": set(),
    "withdrawn": {"admission", "submitted"},  # and applied again
    "released": set(),  # the employer never answered; freed with an honest note
}

PLACEMENT: Final = {
    "active": {"completed", "ended"},
    "completed": set(),  # all deliverables accepted
    "ended": set(),  # stopped early, with a reason
}

MILESTONE: Final = {
    "open": {"handed_in"},
    "handed_in": {"open", "accepted"},  # open again: changes were asked for
    "accepted": set(),
}

LABELS: Final = {
    "draft": "draft",
    "review": "waiting for approval",
    "changes": "changes asked",
    "open": "open",
    "closed": "closed",
    "discarded": "discarded",
    "admission": "waiting for admission to the cohort",
    "submitted": "sent",
    "shortlisted": "shortlisted",
    "offered": "offer made",
    "accepted": "accepted",
    "declined": "declined",
    "expired": "offer ran out",
    "not_selected": "not this time",
    "withdrawn": "withdrawn",
    "released": "released without an answer",
    "active": "under way",
    "completed": "completed",
    "ended": "ended early",
    "handed_in": "handed in",
}

_TABLES: Final = {Project: PROJECT, Application: APPLICATION, Placement: PLACEMENT, Milestone: MILESTONE}


def can_move(noun: Project | Application | Placement | Milestone, to: str) -> bool:
    """Whether `noun` may go to status `to` from where it is."""
    return to in _TABLES[type(noun)][noun.status]


def move(noun: Project | Application | Placement | Milestone, to: str) -> None:
    """Put `noun` into status `to`.

    Raises:
        Declined: the lifecycle does not allow it from where it is; says where it is.
    """
    if not can_move(noun, to):
        name = type(noun).__name__.lower()
        raise Declined(
            f"That cannot be done any more: this {name} is {LABELS[noun.status]}. Nothing was changed."
        )
    noun.status = to


def placement_standing(placement: Placement, now: datetime) -> str:
    """Say where a placement is: its status, or that it has not begun."""
    waits = placement.status == "active" and placement.starts_at > now
    return "not begun yet" if waits else LABELS[placement.status]

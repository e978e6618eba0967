"""Guests of a space, and people of other organisations: the platform lets them in only in part.

They are kept out of everything here, unless a coordinator has said otherwise: by inviting them as an
employer, or by admitting them to a cohort. The check is made again for everything they do.
"""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.content import Message, message, text
from bot.programme.core.turn import Turn
from bot.programme.people.names import contacts
from bot.programme.people.roles import roles_of
from storage.tables import Member

__all__ = ["guest_refusal", "may_act"]


def may_act(turn: Turn) -> bool:
    """Tell whether the person who acts may do what their roles let them do."""
    if "guest" not in turn.rights:
        return True
    admitted = select(Member.id).where(
        Member.programme_id == turn.programme_id,
        Member.person_id == turn.person_id,
        Member.state == "admitted",
    )
    invited = "employer" in roles_of(turn, turn.person)
    return invited or turn.session.scalars(admitted.limit(1)).first() is not None


def guest_refusal(turn: Turn) -> Message:
    """Return what a guest reads who may do nothing here: what they are taken for, and which person to ask."""
    said = text(
        "You are a guest in this {space}, so I can do nothing for you yet. If you work with this programme, "
        "ask {contacts} to invite you as an employer or to admit you to a cohort.",
        contacts=contacts(turn),
    )
    return message(said)

"""Guests of a space, and people of other organisations, whom the platform lets in only in part.

They are kept out of everything here, unless a coordinator has said otherwise: by inviting them as an
employer, or by admitting them to a cohort. It is asked anew for everything they do.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import Message, Part, Plain, message, text
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageEdited,
    MessageReceived,
)
from bot.programme import cohorts, people
from bot.programme.turn import Turn
from storage.tables import Member

__all__ = ["is_visitor", "refusal", "turned_away", "welcome"]

_ACTS: Final = (CommandUsed, ButtonPressed, ChoiceMade, FormSubmitted)
_WORDS: Final = (MessageReceived, MessageEdited)
_APPLY: Final = "application-begin"

_NAMED: Final = 3
"""Up to so many coordinators are named."""


def welcome(turn: Turn) -> bool:
    """Whether the person who acts may do what their roles let them do."""
    if "guest" not in turn.rights:
        return True
    admitted = select(Member.id).where(
        Member.programme_id == turn.programme_id,
        Member.person_id == turn.person_id,
        Member.state == "admitted",
    )
    invited = "employer" in people.roles_of(turn, turn.person)
    return invited or turn.session.scalars(admitted.limit(1)).first() is not None


def is_visitor(turn: Turn, event: Event) -> bool:
    """Whether somebody whom nobody has met yet looks from a cohort's channel, where its projects are seen."""
    return "guest" not in event.rights and cohorts.cohort_at(turn, event.place) is not None


def turned_away(turn: Turn, event: Event) -> list[Action]:
    """What a guest is told who may do nothing here; empty for everybody else, and for what nobody did.

    One who presses Apply in a cohort's channel asks to be admitted by that.
    """
    words = isinstance(event, _WORDS) and event.place.kind == "dm"
    if not (words or isinstance(event, _ACTS)) or welcome(turn):
        return []
    cohort = cohorts.cohort_at(turn, event.place)
    if cohort is not None and isinstance(event, ButtonPressed) and event.action.startswith(f"{_APPLY}:"):
        asked = cohorts.join(turn, cohort, turn.person).state == "asked"
        said = text(
            "You are a guest in this {space}, so a coordinator has to admit you to **", Plain(cohort.name),
            "** first. I am asking ", *_asked(turn), ". When that is done, I tell you, and you can apply."
        )  # fmt: skip
        if asked:
            return [Reply(message(said))]
    return [Reply(refusal(turn))]


def _asked(turn: Turn) -> tuple[Part, ...]:
    """Those who were asked to admit a guest; by name where they are few."""
    known = people.coordinators(turn)
    return people.listed(known) if 0 < len(known) <= _NAMED else ("the coordinators",)


def refusal(turn: Turn) -> Message:
    """What a guest reads who may do nothing here: what they are taken for, and whom to ask."""
    said = text(
        "You are a guest in this {space}, so I can do nothing for you yet. If you work with this programme, ",
        *people.ask_whom(turn), " to invite you as an employer or to admit you to a cohort."
    )  # fmt: skip
    return message(said)

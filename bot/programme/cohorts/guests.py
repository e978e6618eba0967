"""Guests in a cohort's channel: pressing Apply there asks to be admitted; all else is refused."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.codec import head_of
from bot.chat.content import message, text
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageEdited,
    MessageReceived,
)
from bot.chat.sentences import Names, Term
from bot.programme import people
from bot.programme.cohorts.lookup import cohort_at
from bot.programme.cohorts.members import join
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import guests

__all__ = ["guest_answer", "is_visitor"]

_ACTS: Final = (CommandUsed, ButtonPressed, ChoiceMade, FormSubmitted)
_WORDS: Final = (MessageReceived, MessageEdited)

_NAMED: Final = 3
"""Up to so many coordinators are named."""


def is_visitor(turn: Turn, event: Event) -> bool:
    """Tell whether an unknown account looks from a cohort's channel, where its projects are seen."""
    return "guest" not in event.rights and cohort_at(turn, event.place) is not None


def guest_answer(turn: Turn, event: Event) -> list[Action]:
    """Return what a guest reads who may do nothing here; empty for all others, and in a timer's turn.

    A guest who presses Apply in a cohort's channel asks with it to be admitted.
    """
    words = isinstance(event, _WORDS) and event.place.kind == "dm"
    if not (words or isinstance(event, _ACTS)) or guests.may_act(turn):
        return []
    cohort = cohort_at(turn, event.place)
    applies = isinstance(event, ButtonPressed) and head_of(event.action) == verbs.APPLICATION_BEGIN
    if cohort is not None and applies:
        member, joined = join(turn, cohort, turn.person)
        said = text(
            "You are a guest in this {space}, so a coordinator has to admit you to **{cohort}** first. I am "
            "asking {coordinators}. I will let you know when that is done, and then you can apply.",
            cohort=cohort.name,
            coordinators=_asked(turn),
        )
        if member.state == "asked":
            return [Reply(message(said)), *joined]
        return [Reply(guests.guest_refusal(turn)), *joined]
    return [Reply(guests.guest_refusal(turn))]


def _asked(turn: Turn) -> Names:
    """Name the coordinators who were asked to admit a guest; by name where they are few."""
    known = people.coordinators(turn)
    if 0 < len(known) <= _NAMED:
        return people.person_names(known, mention=True)
    return Names((Term("the coordinators", "contact"),))

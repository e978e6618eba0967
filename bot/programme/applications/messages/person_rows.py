"""Rows about a person among messages: what they wrote and were written, and the people they muted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import delete, or_, select, update

from bot.chat.actions import Action
from bot.chat.content import Moment, layout, say, text
from bot.programme import people
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.people import sent_messages
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from storage.tables import Letter, Mute, Person

__all__ = ["PARTS"]


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    zone = people.zone_of(turn, person)
    query = select(Letter).where(Letter.sender_id == person.id, Letter.text != "").order_by(Letter.id)
    yield (
        say("Messages you wrote through me"),
        [
            text(layout("- {when}: {words}", when=Moment(each.created_at, zone), words=each.text))
            for each in turn.session.scalars(query)
        ],
    )


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase the words, also in delivered messages; withdraw what was not delivered."""
    free = (Letter.sender_id == request.person.id, Letter.application_id.not_in(request.held))
    numbers = turn.session.scalars(select(Letter.id).where(*free)).all()
    turn.session.execute(update(Letter).where(*free).values(text=""))
    sent_messages.take_back(turn, [keys.MESSAGE.stem(number) for number in numbers])
    return []


def _export_mutes(turn: Turn, person: Person) -> Iterator[Section]:
    known = select(Mute.from_id).where(Mute.person_id == person.id)
    muted = turn.session.scalars(select(Person).where(Person.id.in_(known)).order_by(Person.id))
    yield (
        say("People from whom you want no more messages"),
        [text(layout("- {person}", person=people.person_name(each))) for each in muted],
    )


def _erase_mutes(turn: Turn, request: ErasureRequest) -> list[Action]:
    if not request.held:
        mine = or_(Mute.person_id == request.person.id, Mute.from_id == request.person.id)
        turn.session.execute(delete(Mute).where(mine))
    return []


PARTS: Final = (
    PersonalData(
        noun="messages",
        export=_export,
        erase=_erase,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Letter.sender_id, Letter.recipient_id, Letter.person_id, Letter.mentor_id),
        kept={
            Letter.sender_id: "That there was a message, and when, without what it said.",
            Letter.recipient_id: "What others wrote to the person is theirs.",
            Letter.mentor_id: "That a student wrote with this person as mentor, without a name.",
            Letter.person_id: "That the coordinators wrote with this person, without a name.",
        },
    ),
    PersonalData(
        noun="closed messages",
        export=_export_mutes,
        erase=_erase_mutes,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Mute.person_id, Mute.from_id),
    ),
)

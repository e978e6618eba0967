"""A durable conversation turn: a typed answer in a DM is understood, saved, and the next question queued.

Stint's side is the path of every event, `database.transact(receive)`: the programme and the person, the inbox
row that makes the event have one effect, their conversation with its last question (whether it had reached
them, and what it said), the conversation saved, the next question in the outbox; and where a question had
buttons, their removal. `turn_peers` runs the same statements by other means.

PEOPLE people answer the first five of six questions. An answer given before its question was delivered would
be joined to the one before it, so between two questions all pending messages are marked as sent, outside the
measured time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import update

from benchmarks.costs import Cost
from benchmarks.stage import NOW, PLATFORM, Silent, open_programme, user
from bot.chat.actions import StartConversation
from bot.chat.events import MessageReceived, MessageRef, Place
from bot.chat.forms import Ask, form_of
from bot.chat.routes import FormRoute, Routes
from bot.programme.core.turn import Turn
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.turns import PlatformProfile, receive
from storage.database import Database, UnitOfWork
from storage.tables import outbox

__all__ = [
    "AT_ONCE",
    "PEOPLE",
    "QUESTIONS",
    "answer_all",
    "begin",
    "mark_sent",
    "ours",
    "port",
    "rounds_of_events",
]

AT_ONCE: Final = 20
PEOPLE: Final = 200
QUESTIONS: Final = 5
_PACE: Final = timedelta(minutes=1)
WORDS: Final = "I have drawn maps of three towns, and I like to find out how people get to work."


class _Application(BaseModel):
    """Six questions in words; the sixth is never answered."""

    why: Annotated[str, Field(max_length=1000), Ask("Why this project?", "Why")]
    done: Annotated[str, Field(max_length=1000), Ask("What have you done like it?", "Experience")]
    first: Annotated[str, Field(max_length=1000), Ask("What would you do first?", "First step")]
    week: Annotated[str, Field(max_length=1000), Ask("How does your week look?", "Your week")]
    learn: Annotated[str, Field(max_length=1000), Ask("What do you want to learn?", "To learn")]
    more: Annotated[str, Field(max_length=1000), Ask("Anything else?", "More")]


_FORM = form_of(
    _Application,
    form_id="bench",
    title="Application",
    notice="The company sees this once you send it. It is kept for 180 days. `cancel` deletes it.",
)
ROUTES: Final = Routes(forms={"bench": FormRoute(lambda _turn, _subject: _FORM, lambda _turn, _done: [])})


async def ours(url: str, people: int, at_once: int, cost: Cost) -> Cost:
    """Return `cost` with what all turns cost Stint on a new database, with `at_once` people at a time."""
    async with open_programme(url, people) as database:
        await answer_all(database, range(1, people + 1), at_once, cost)
    return cost


async def answer_all(database: Database, people: Sequence[int], at_once: int, cost: Cost) -> None:
    """Let these people answer all questions, `at_once` at a time; add what it costs to `cost`.

    The first programme of the database is theirs.
    """
    await database.transact(partial(begin, people=people))
    for now, events in rounds_of_events(people):
        with cost.counting():
            await asyncio.gather(*(_answer(database, events[n::at_once], now) for n in range(at_once)))
        await database.transact(partial(mark_sent, now=now))


async def _answer(database: Database, events: list[MessageReceived], now: datetime) -> None:
    for said in events:
        await database.transact(partial(receive, event=said, now=now, port=port()))


def port() -> PlatformProfile:
    """Return the port through which the turns enter."""
    silent = Silent()
    return PlatformProfile(ROUTES, silent.capabilities, silent.limits)


def rounds_of_events(people: Sequence[int]) -> Iterator[tuple[datetime, list[MessageReceived]]]:
    """Yield for each question the instant it is answered, and every person's answer."""
    for question in range(QUESTIONS):
        now = NOW + (question + 1) * _PACE
        yield now, [answer_event(number, question, now) for number in people]


def answer_event(person: int, question: int, now: datetime) -> MessageReceived:
    """Return the message in which a person answers a question in their DM."""
    place = Place(PLATFORM, "space", f"dm{person}", "dm")
    number = f"{person}-{question}"
    return MessageReceived(
        id=number,
        at=now,
        actor=user(person),
        place=place,
        actor_name=f"P{person}",
        message=MessageRef(place, number),
        text=WORDS,
    )


def begin(work: UnitOfWork, people: Sequence[int]) -> None:
    """Ask every person the first question, and count it as sent."""
    silent = Silent()
    for number in people:
        turn = Turn(
            work=work, now=NOW, programme_id=1, person_id=number, user=user(number), source=f"begin:{number}"
        )
        context = Context(turn, ROUTES, None, silent.capabilities, silent.limits)
        carry_out(context, [StartConversation("bench")])
    mark_sent(work, NOW)


def mark_sent(work: UnitOfWork, now: datetime) -> None:
    """Write what delivery would have written by the time people answer."""
    sent = {"state": "sent", "sent_at": now, "reference": "bench/dm/space/x#1"}
    work.connection.execute(update(outbox).where(outbox.c.state == "pending").values(sent))

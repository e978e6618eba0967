"""Terms under two answers at once, on SQLite and on PostgreSQL alike; what is worse for a student."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import ButtonPressed, Place, UserRef
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme.applications import offers, terms
from bot.programme.core.turn import Turn
from bot.programme.placements import terms_answers
from storage.database import Database, UnitOfWork
from storage.tables import Application, Terms, TermsOffer
from storage.tables.values import WantedDeliverable
from tests.support.projects import seed_applications, turn_of
from tests.support.stage import MONDAY

Handler = Callable[[Turn, Any], Sequence[Action]]


def wanted(words: str) -> list[WantedDeliverable]:
    """The deliverables that terms name in a text, one a line."""
    return [WantedDeliverable(title) for title in words.splitlines()]


def press(handler: Handler, action: str) -> Callable[[UnitOfWork], Sequence[Action]]:
    """A turn in which the student presses this button."""
    user, place = UserRef("terminal", "p1"), Place("terminal", "", "dm-1", "dm")

    def turn(work: UnitOfWork) -> Sequence[Action]:
        acting = replace(turn_of(work, "p1"), user=user, place=place)
        return handler(acting, ButtonPressed(id=action, at=MONDAY, actor=user, place=place, action=action))

    return turn


def ask_for_half(work: UnitOfWork) -> int:
    """A change of the student's terms to half the fee, asked; its id."""
    turn = turn_of(work)
    application = work.session.scalars(select(Application)).one()
    held = work.session.scalars(select(Terms)).one()
    values = terms.values_of(held) | {"fee_cents": 20000}
    return terms.propose(turn, application, values, "asked", proposed_by=None).id


async def test_agreeing_twice_at_once_makes_one_version(database: Database) -> None:
    """A double click on the last yes is one new version; the second press says that it is settled."""
    until = MONDAY.replace(day=11)
    (number,) = await database.transact(
        lambda work: seed_applications(work, 1, status="offered", offer_until=until)
    )
    await database.transact(press(offers.offer_accept_pressed, f"offer-accept:{number}"))
    change = await database.transact(ask_for_half)
    yes = press(terms_answers.terms_agree_yes_pressed, f"terms-agree-yes:{change}")
    answers = await asyncio.gather(*(database.transact(yes) for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(answer, Declined) for answer in answers) == [False, True]
    fees = select(Terms.fee_cents).order_by(Terms.version)
    assert await database.read(lambda work: list(work.session.scalars(fees))) == [40000, 20000]


def offer(**values: object) -> TermsOffer:
    """Terms of $400 for 20 hours and two deliverables, with these values instead."""
    named: dict[str, Any] = {
        "fee_cents": 40000,
        "currency": "USD",
        "unpaid_reason": "",
        "hours": 20.0,
        "weeks": 2,
        "deliverables": wanted("A table\nA summary"),
        "location": "",
        "starts_at": MONDAY,
        "due_at": MONDAY,
    }
    return TermsOffer(**(named | values))


@pytest.mark.parametrize(
    "values",
    [
        {"fee_cents": 39999},
        {"fee_cents": None},
        {"currency": "EUR"},
        {"hours": 21.0},
        {"deliverables": wanted("A table\nA summary\nA talk")},
        {"deliverables": wanted("A table\nA longer summary")},
    ],
)
def test_less_money_or_more_work_is_worse(values: dict[str, object]) -> None:
    """A coordinator looks at it; other words for a deliverable count, since a program cannot weigh them."""
    assert terms.is_worse(offer(), offer(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"fee_cents": 50000},
        {"hours": 10.0},
        {"deliverables": wanted("A table")},
        {"weeks": 3},
        {"location": "Berlin"},
    ],
)
def test_what_is_not_worse_is_asked_at_once(values: dict[str, object]) -> None:
    """More money, less work, more time or another place: the student alone decides."""
    assert not terms.is_worse(offer(), offer(**values))

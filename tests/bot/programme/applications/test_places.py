"""Places: counted for readers and for deciders, and under two decisions at once, on both databases."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import ButtonPressed, Place, TimerFired, UserRef
from bot.chat.routes import Completed, Declined
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.programme.applications import application_form, offers, outcomes, submission, withdraw
from bot.programme.applications.decisions import decide
from bot.programme.core import lifecycle
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.database import Database, UnitOfWork
from storage.tables import Application, Company, Placement, Programme, Project
from storage.tables.values import HeldDecision
from tests.support.in_memory import begun
from tests.support.projects import project_row, turn_of
from tests.support.projects import seed_applications as seeded
from tests.support.stage import MONDAY

Handler = Callable[[Turn, Any], Sequence[Action]]


def act(
    handler: Handler, verb: str, application_id: int, person: int
) -> Callable[[UnitOfWork], Sequence[Action]]:
    """A turn in which person number `person` presses this verb's button on an application."""
    user = UserRef("terminal", f"p{person}")
    place = Place("terminal", "", f"dm-{person}", "dm")

    def turn(work: UnitOfWork) -> Sequence[Action]:
        acting = replace(turn_of(work, f"p{person}"), user=user, place=place)
        event = ButtonPressed(
            id=f"{verb}{application_id}",
            at=MONDAY,
            actor=user,
            place=place,
            action=f"{verb}:{application_id}",
        )
        return handler(acting, event)

    return turn


def fire(handler: Handler, kind: str, application_id: int) -> Callable[[UnitOfWork], Sequence[Action]]:
    """A turn in which this kind of timer fires for an application."""

    def turn(work: UnitOfWork) -> Sequence[Action]:
        programme_id = work.session.scalars(select(Programme.id)).one()
        event = TimerFired(
            key=kind,
            kind=kind,
            subject=f"application:{application_id}",
            due_at=MONDAY,
            payload={},
            programme_id=programme_id,
        )
        return handler(Turn(work, MONDAY, programme_id, routes=ROUTES), event)

    return turn


def statuses(work: UnitOfWork) -> list[str]:
    """Every application's status, the alphabet's order."""
    return sorted(work.session.scalars(select(Application.status)))


@contextmanager
def _opened() -> Iterator[Turn]:
    """A turn in a programme with one company."""
    with begun() as begin:
        begin.session.add(Company(programme_id=begin.programme_id, name="Acme Maps", created_at=MONDAY))
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every move takes a while, so that two turns at once would overlap if nothing held one back."""

    def move(turn: Turn, noun: Application, to: str) -> list[Action]:
        time.sleep(0.05)
        return lifecycle.move(turn, noun, to)

    def free(turn: Turn, project: Project, counting: Counting) -> int:
        found = counted(turn, project, counting)
        time.sleep(0.05)
        return found

    counted = places.free
    for module in (offers, outcomes):
        monkeypatch.setattr(module, "move", move)
    monkeypatch.setattr(places, "free", free)


async def test_two_offers_at_once_fill_one_place_once(database: Database, slowly: None) -> None:
    """Of two held offers that fall due together for one place, one is made; the other stays undecided."""
    held = HeldDecision("offered", "")
    ids = await database.transact(lambda w: seeded(w, 2, held=held))
    await asyncio.gather(*(database.transact(fire(decide.decide_due, "decision.due", i)) for i in ids))
    assert await database.read(statuses) == ["offered", "submitted"]


async def test_two_employers_cannot_promise_one_place_twice(database: Database, slowly: None) -> None:
    """Two presses of "Make an offer" for two people at once hold one offer; the other is refused kindly."""
    ids = await database.transact(lambda w: seeded(w, 2))
    answers = await asyncio.gather(
        *(database.transact(act(decide.applicant_offer_pressed, "applicant-offer", i, 0)) for i in ids),
        return_exceptions=True,
    )
    assert sorted(isinstance(answer, Declined) for answer in answers) == [False, True]
    held = await database.read(lambda work: list(work.session.scalars(select(Application.held))))
    assert sum(one is not None for one in held) == 1


async def test_two_accepts_at_once_fill_one_place_once(database: Database, slowly: None) -> None:
    """With two open offers and one place left, one accept gets the place and one an honest note."""
    until = MONDAY.replace(day=11)
    ids = await database.transact(lambda w: seeded(w, 2, status="offered", offer_until=until))
    await asyncio.gather(
        *(
            database.transact(act(offers.offer_accept_pressed, "offer-accept", application_id, person))
            for person, application_id in enumerate(ids, start=1)
        )
    )
    assert await database.read(statuses) == ["accepted", "released"]
    placements = await database.read(lambda work: list(work.session.scalars(select(Placement.id))))
    assert len(placements) == 1


def _expire(turn: Turn, event: TimerFired) -> list[Action]:
    """The last step of an offer's wait."""
    return offers.expire(turn, waits.Reached(event.subject, "end", event.due_at, (event.subject,)))


async def test_accept_and_expiry_at_once_are_one_or_the_other(database: Database, slowly: None) -> None:
    """An offer that is accepted as it runs out is accepted or expired, never both."""
    ids = await database.transact(lambda w: seeded(w, 1, status="offered", offer_until=MONDAY))
    await asyncio.gather(
        database.transact(act(offers.offer_accept_pressed, "offer-accept", ids[0], 1)),
        database.transact(fire(_expire, "wait.offer", ids[0])),
        return_exceptions=True,
    )
    found = await database.read(statuses)
    placements = await database.read(lambda work: list(work.session.scalars(select(Placement.id))))
    assert (found, len(placements)) in ((["accepted"], 1), (["expired"], 0))


async def test_withdrawing_and_being_offered_at_once_is_one_or_the_other(
    database: Database, slowly: None
) -> None:
    """A student who withdraws as the offer goes out has withdrawn, or has the offer."""
    held = HeldDecision("offered", "")
    ids = await database.transact(lambda w: seeded(w, 1, held=held))
    await asyncio.gather(
        database.transact(act(withdraw.withdraw_pressed, "application-withdraw-yes", ids[0], 1)),
        database.transact(fire(decide.decide_due, "decision.due", ids[0])),
        return_exceptions=True,
    )
    assert await database.read(statuses) in (["withdrawn"], ["offered"])


@pytest.mark.soak
async def test_a_second_accept_of_one_offer_has_no_effect(database: Database, slowly: None) -> None:
    """A double click on Accept begins one placement; the second press says it is done."""
    until = MONDAY.replace(day=11)
    ids = await database.transact(lambda w: seeded(w, 1, status="offered", offer_until=until))
    answers = await asyncio.gather(
        *(database.transact(act(offers.offer_accept_pressed, "offer-accept", ids[0], 1)) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(isinstance(answer, Declined) for answer in answers) == [False, True]
    placements = await database.read(lambda work: list(work.session.scalars(select(Placement.id))))
    assert len(placements) == 1


async def test_sending_twice_at_once_makes_one_application(database: Database, slowly: None) -> None:
    """A double click on Send is one application; the answer to the second says that it is there."""
    await database.transact(lambda w: seeded(w, 1, status="withdrawn"))

    def turn(work: UnitOfWork) -> Sequence[Action]:
        project = work.session.scalars(select(Project)).one()
        acting = turn_of(work, "p1")
        asked = application_form.application_form(acting, str(project.id))
        return submission.application_submitted(
            acting, Completed(asked, str(project.id), {"why": "Maps."}, {}, {}, 0)
        )

    answers = await asyncio.gather(*(database.transact(turn) for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(answer, Declined) for answer in answers) == [False, True]
    assert await database.read(statuses) == ["submitted"]


ACCEPTED, PUBLIC, HELD = Counting.ACCEPTED, Counting.PUBLIC, Counting.HELD


def with_states(work: UnitOfWork) -> list[Project]:
    """Two projects: one with an application in every state that takes a place or does not, one with none."""
    seeded(work, 6)
    first = work.session.scalars(select(Project)).one()
    first.places = 4
    held, no, offered, active, ended, _waiting = work.session.scalars(select(Application))
    held.held, no.held = HeldDecision("offered", ""), HeldDecision("not_selected", "x")
    unfollowed = Turn(work, MONDAY, first.programme_id)
    for each in (offered, active, ended):
        lifecycle.move(unfollowed, each, "offered")
    for each, status in ((active, "active"), (ended, "ended")):
        lifecycle.move(unfollowed, each, "accepted")
        placement = Placement(
            programme_id=first.programme_id,
            project_id=first.id,
            application_id=each.id,
            person_id=each.person_id,
            status=status,
            starts_at=MONDAY,
            due_at=MONDAY,
            created_at=MONDAY,
        )
        work.session.add(placement)
    second = project_row(work, None, MONDAY, places=2)
    return [first, second]


@pytest.mark.sampled("sqlite")
@pytest.mark.parametrize(("counting", "left"), [(ACCEPTED, 3), (PUBLIC, 2), (HELD, 1)])
async def test_a_place_is_taken_by_what_is_counted(database: Database, counting: Counting, left: int) -> None:
    """An acceptance, an open offer and a held one each take one; a held no and an early end take none."""

    def turn(work: UnitOfWork) -> dict[int, int]:
        first, second = with_states(work)
        query = select(Project.id, places.left(counting)).order_by(Project.id)
        found = dict(work.session.execute(query).all())
        assert found == {one.id: places.free(turn_of(work), one, counting) for one in (first, second)}
        return found

    assert list((await database.transact(turn)).values()) == [left, 2]


async def test_more_taken_than_there_are_is_below_zero(database: Database) -> None:
    """An employer who took places away sees so; nothing is said to be free."""

    def turn(work: UnitOfWork) -> int:
        first, _ = with_states(work)
        first.places = 1
        return places.free(turn_of(work), first, HELD)

    assert await database.transact(turn) == -2

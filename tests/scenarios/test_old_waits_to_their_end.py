"""A database of the first edition in which something of everything is waited for plays on to its end.

It has applications that wait for an answer and for admission, an offer, work that was handed in and not
reviewed, another date that was asked for, a check-in without an answer, and a project before its approval.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.codec import head_of
from bot.chat.content import Message
from bot.chat.rendering.plain_text import plain_text
from bot.programme.notifications import opening_waits
from storage.tables import Application, Member, Milestone, Placement, Project, Wait, outbox, timers
from tests.support import programme_checks as checks
from tests.support.heard_sentences import listening
from tests.support.old_stage import EVERYTHING, open_old_stage
from tests.support.programme_book import Book, sections_of
from tests.support.stage import Stage
from tests.support.tampered_copies import TAMPERED, audit, copy_of, tamper

pytestmark = [pytest.mark.own_texts, pytest.mark.timeout(600)]

WAITS: Final = {
    "answer": {"application:3", "application:5"},
    "offer": {"application:4"},
    "review": {"milestone:1"},
    "approval": {"project:4"},
    "admission": {"member:4"},
    "hand_in": {"milestone:2"},
    "check_in": {"check-in:1", "check-in:2"},
    "date": {"milestone:2"},
}
"""What is waited for when the database was kept, by kind."""

REPLACED: Final = (
    "promise.soon",
    "promise.day",
    "promise.passed",
    "promise.release",
    "offer.reminder",
    "offer.expiry",
    "placement.review",
    "placement.reminder",
    "placement.last-call",
    "placement.overdue",
    "placement.silence",
)
"""The kinds of timers of the first edition that waits have replaced."""

ONCE: Final = (
    ("chi", "Your offer for Repair café survey runs out on"),
    ("chi", "Your offer for Repair café survey ran out on"),
    ("jo", "Chi Nakamura did not answer the offer"),
    ("jo", "I remind you once more before then."),
    ("jo", "This is my last reminder before then."),
    ("jo", "The decision date of Repair café survey has passed."),
    ("jo", "I have released one applicant from Repair café survey"),
    ("ben", "Birch Labs promised you an answer on Repair café survey"),
    ("dan", "Your application to Fruit tree register was not sent"),
    ("marta", "A spreadsheet of ten competitors of Ada Okafor in E-bike market map waits for your review"),
    ("marta", "and I do not ask again"),
    ("marta", "A spreadsheet of ten competitors of Ada Okafor in E-bike market map is settled"),
    ("marta", "The reason: Exams"),
    ("marta", "without an answer Sun 12 April 2026, 23:59 (Europe/Madrid) counts as agreed"),
    ("marta", "A two-page summary of Ada Okafor is due by Sun 12 April 2026"),
    ("marta", "How is Ada Okafor doing with E-bike market map?"),
    ("marta", "You have not answered my last two questions about Ada Okafor"),
    ("marta", "Ada Okafor has not handed in all of E-bike market map"),
    ("ada", "Acme Maps has not answered, so the later date counts as agreed"),
    ("ada", "Acme Maps has not answered about A spreadsheet of ten competitors in 7 days."),
    ("ada", "How is E-bike market map going?"),
    ("ada", "If you cannot make it, say so now"),
    ("ada", "The date for E-bike market map has passed"),
    ("cora", "was handed in, and the employer has not answered"),
    ("cora", "Marta Ruiz (employer) has not answered two check-ins in a row"),
    ("cora", "Ada Okafor is late with E-bike market map"),
    ("cora", "Repair café survey · Birch Labs: the decision was due by"),
)
"""What each person reads once, and no more, while no person acts."""


TOO_LATE: Final = {
    ("chi", "Your offer for Repair café survey runs out on"),
    ("marta", "A spreadsheet of ten competitors of Ada Okafor in E-bike market map waits for your review"),
}
"""What of it is left out by a bot that was down for two days before its first start."""


@dataclass
class Life:
    """The stage of the old database, the book of what is said on it, and its logs."""

    stage: Stage
    book: Book
    logs: list[Any]

    async def days(self, days: int) -> None:
        """Let days pass, one after the other."""
        for _ in range(days):
            await self.stage.tick(days=1)
            await self.book.look()

    def said(self) -> list[tuple[str, str]]:
        """Each piece of what came unasked, by the account that got it."""
        return [
            (each.to.partition("@")[2], plain_text(Message(tuple(section))))
            for each in self.book.said()
            if not each.asked and "/@" in each.to
            for section in sections_of(each.message)
        ]

    def is_in_order(self) -> None:
        """Whatever holds at any time: nothing contradicts, repeats, comes at night, fails or gets stuck."""
        book, received = self.book, self.book.received()
        assert list(checks.contradictions(book.claims(), book.changes())) == []
        assert sorted(book.odd) == []
        assert list(checks.repeated(received)) == []
        news = [each for each in received if head_of(each.key) == "notices"]
        assert list(checks.nightly(news, book.readers())) == []
        assert list(checks.stuck_waits(book.waits(), self.stage.clock.now())) == []
        assert [log for log in self.logs if "fail" in str(log)] == []
        assert self.stage.rows(select(timers.c.kind).where(timers.c.state == "failed")) == []
        assert set(self.stage.ledger()) == {"sent"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
async def life(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Life]:
    """The old database on each of the two, upgraded, just before the first start."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    async with opened(tmp_path, url) as it:
        yield it


@asynccontextmanager
async def opened(
    folder: Path, postgresql_url: str = "", down: timedelta = timedelta(0)
) -> AsyncIterator[Life]:
    """The old database, upgraded, just before the first start, after the bot was down for some time."""
    with listening() as heard, capture_logs() as logs:
        async with open_old_stage(folder, postgresql_url, down) as stage:
            yield Life(stage, Book(stage, heard, EVERYTHING.now), logs)


def waiting(stage: Stage) -> dict[str, set[str]]:
    """The open waits of each kind, by subject."""
    found: dict[str, set[str]] = {}
    for row in stage.rows(select(Wait.__table__)):
        if row.state in {"open", "held"}:
            found.setdefault(row.kind, set()).add(row.subject)
    return found


def planned(stage: Stage) -> list[tuple[object, ...]]:
    """The waits and the timers as they are."""
    pending = select(timers.c.kind, timers.c.key, timers.c.due_at).where(timers.c.state == "pending")
    waits = [
        (row.kind, row.subject, row.about, row.step, row.next_at, row.due_at, row.state)
        for row in stage.rows(select(Wait.__table__))
    ]
    others = stage.rows(pending.where(timers.c.kind != "waits.open"))
    return sorted((*waits, *map(tuple, others)), key=repr)


async def test_the_first_start_opens_each_wait_and_says_nothing(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each, in a turn of its own, has its wait with a next step; no replaced timer is left; twice is once."""
    monkeypatch.setattr(opening_waits, "PAGE", 1)
    stage = life.stage
    before = len(stage.rows(select(outbox.c.id)))
    await stage.settle()
    assert waiting(stage) == WAITS
    assert [row.kind for row in stage.rows(select(Wait.__table__)) if row.next_at is None] == []
    old = select(timers.c.kind).where(timers.c.state == "pending", timers.c.kind.in_(REPLACED))
    assert stage.rows(old) == []
    found = planned(stage)
    stage.database.transact_inline(
        lambda work: work.connection.execute(
            update(timers).where(timers.c.kind == "waits.open").values(state="pending")
        )
    )
    await stage.settle()
    assert planned(stage) == found
    assert len(stage.rows(select(outbox.c.id))) == before


@pytest.mark.soak
async def test_waits_are_opened_alike_in_one_turn_and_in_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one thing a turn there are the same waits and timers as with a hundred."""
    found = []
    for size in (100, 1):
        monkeypatch.setattr(opening_waits, "PAGE", size)
        folder = tmp_path / str(size)
        folder.mkdir()
        async with opened(folder) as life:
            await life.stage.settle()
            found.append(planned(life.stage))
    assert found[0] == found[1]


@pytest.mark.soak
async def test_while_no_person_acts_each_reminder_comes_once(life: Life) -> None:
    """Then a coordinator gives the answers that are theirs, and weeks later all has come to its end."""
    stage = life.stage
    await stage.settle()
    await life.days(28)
    said = life.said()
    assert {(who, words): n for who, words in ONCE if (n := count(said, who, words)) != 1} == {}
    life.is_in_order()
    assert waiting(stage) == {
        "approval": {"project:4"},
        "admission": {"member:4"},
        "hand_in": {"milestone:2"},
    }
    cora = stage.person("cora")
    await cora.uses("/cohort admit")
    await cora.presses("Admit")
    await cora.presses("Approve", on="Bench inventory")
    await cora.uses("/placement ada")
    await cora.presses("End it early")
    await cora.fills({"Reason": "The time is over."})
    await life.days(8 * 7)
    life.is_in_order()
    assert list(checks.endless_waits(life.book.waits())) == []
    assert statuses(stage) == {
        "projects": ["closed", "closed", "closed", "closed"],
        "applications": ["accepted", "released", "released", "expired", "released"],
        "placements": ["ended"],
        "milestones": ["settled", "open"],
        "members": ["admitted"] * 4,
    }


def count(said: list[tuple[str, str]], who: str, words: str) -> int:
    """How many pieces that an account got have these words."""
    return sum(whose == who and words in piece for whose, piece in said)


def statuses(stage: Stage) -> dict[str, list[str]]:
    """The status of each thing, in order of the ids."""
    return {
        noun.__tablename__: [found for (found,) in stage.rows(select(status).order_by(noun.id))]
        for noun, status in (
            (Project, Project.status),
            (Application, Application.status),
            (Placement, Placement.status),
            (Milestone, Milestone.status),
            (Member, Member.state),
        )
    }


@pytest.mark.soak
async def test_the_history_of_an_old_database_is_sealed_and_verified(tmp_path: Path) -> None:
    """The audit finds nothing wrong in what the upgrade and six weeks wrote, and finds each tampered copy."""
    async with opened(tmp_path) as life:
        await life.stage.settle()
        await life.days(42)
    whole = copy_of(tmp_path / "stint.db", tmp_path / "whole")
    done = await asyncio.to_thread(audit, whole)
    assert done.exit_code == 0, done.output
    head = done.output.rsplit(maxsplit=1)[-1]
    for what, (statements, said) in TAMPERED.items():
        copied = copy_of(tmp_path / "stint.db", tmp_path / what)
        tamper(copied, statements)
        found = await asyncio.to_thread(audit, copied, "--programme", "1", "--head", head)
        assert (found.exit_code, said in found.output) == (1, True), what


@pytest.mark.soak
async def test_after_days_in_which_the_bot_was_down_each_reminder_comes_once(tmp_path: Path) -> None:
    """What ended before the first start ends at it, and only what would be too late is left out."""
    async with opened(tmp_path, down=timedelta(days=2)) as life:
        await life.stage.settle()
        await life.days(28)
        said = life.said()
        assert {(who, words) for who, words in ONCE if count(said, who, words) != 1} == TOO_LATE
        life.is_in_order()


@pytest.mark.soak
async def test_while_people_act_everything_comes_to_its_end(life: Life) -> None:
    """They press what the first edition sent them, and what came since, until all is over."""
    stage = life.stage
    await stage.settle()
    ada, ben, chi, dan, cora, marta, jo = map(
        stage.person, ("ada", "ben", "chi", "dan", "cora", "marta", "jo")
    )
    await chi.presses("Accept")
    await ada.presses("On track")
    await cora.uses("/stint tasks")
    await cora.presses("Admit")
    await cora.uses("/stint tasks")
    await cora.presses("Approve", on="Bench inventory")
    await life.days(1)
    await marta.presses("Agree")
    await marta.presses("Accept", on="A spreadsheet of ten competitors")
    await marta.presses("On track")
    await jo.uses("/applicants Fruit")
    await jo.chooses("Dan Novak")
    await jo.presses("Make an offer")
    await life.days(1)
    await dan.presses("Accept", on="Fruit tree register")
    await ben.presses("Apply", on="Bench inventory")
    for each in ("I count well, and I walk a lot.", "skip", "yes"):
        await ben.says(each)
    await ben.presses("Send application")
    await life.days(1)
    await marta.uses("/applicants Bench")
    await marta.chooses("Ben Castillo")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "own", "In your own words": "You live too far away from these benches."})
    await life.days(2)
    await works(life, ada, marta, "E-bike", "A two-page summary")
    await life.days(22)
    for student, title in ((chi, "Repair"), (dan, "Fruit")):
        await works(life, student, jo, title, "A spreadsheet of ten competitors", "A two-page summary")
    await life.days(8 * 7)
    life.is_in_order()
    assert list(checks.endless_waits(life.book.waits())) == []
    assert statuses(stage) == {
        "projects": ["closed", "closed", "closed", "closed"],
        "applications": ["accepted", "released", "released", "accepted", "accepted", "not_selected"],
        "placements": ["completed"] * 3,
        "milestones": ["accepted"] * 6,
        "members": ["admitted"] * 4,
    }


async def works(life: Life, student: ScriptedUser, employer: ScriptedUser, title: str, *left: str) -> None:
    """A student hands in what is left, the employer accepts each, and both write a line at the end."""
    for number, deliverable in enumerate(left, start=1):
        await student.uses(f"/placement {title}")
        await student.presses("Hand in")
        if number < len(left):
            await student.presses(f"{number}. {deliverable}")
        await student.fills({"About the work": "All of it."})
        await life.days(1)
        await employer.presses("Accept", on=deliverable)
    await life.days(1)
    for person in (student, employer):
        await person.presses("Write a line")
        await person.fills({"Your line": "It went well."})

"""Work for many people is done in pieces: each is a turn, and a timer does the next, also after a kill."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import String, cast, func, select, update

from bot.chat.content import Plain, dump_message, message
from bot.programme.core.timers import NEWS_PIECE, PIECE
from bot.programme.people import ledger
from bot.programme.projects import news, ownership
from bot.programme.reachability import spaces
from storage.database import UnitOfWork
from storage.tables import (
    Application,
    Cohort,
    Identity,
    Member,
    Notice,
    Person,
    Project,
    Space,
    inbox,
    outbox,
    timers,
)
from tests.support.projects import DECIDE, posted, publish, seed_application
from tests.support.stage import Stage, open_stage

MANY = 23
LONGER: Final = NEWS_PIECE + 10
NEXT_DAY: Final = timedelta(days=1)


def _crowd(stage: Stage, number: int, status: str) -> None:
    """Let so many students, unknown until now, have applied to the first project."""
    now = stage.clock.now()
    for each in range(number):
        stage.world.add_account(f"s{each}", f"Student {each}", "Europe/London")

    def apply(work: UnitOfWork) -> None:
        project = work.session.scalars(select(Project)).one()
        mine = {"programme_id": project.programme_id}
        cohort = work.session.scalars(select(Cohort)).one()
        for each in range(number):
            student = Person(**mine, name=f"Student {each}", zone="Europe/London", created_at=now)
            work.session.add(student)
            work.session.flush()
            theirs = {**mine, "person_id": student.id}
            work.session.add(Identity(**theirs, platform="terminal", user_id=f"s{each}", seen_at=now))
            seed_application(work, project, student, now, status=status)
            if status == "admission":
                work.session.add(Member(**theirs, cohort_id=cohort.id, state="asked", created_at=now))

    stage.database.transact_inline(apply)


def _counts(stage: Stage) -> dict[str, int]:
    return dict(Counter(status for (status,) in stage.rows(select(Application.status))))


@pytest.mark.soak
async def test_a_release_of_many_goes_on_after_its_first_turn(stage: Stage) -> None:
    """Each turn releases a few, all are released in the end, and the employer reads of them once."""
    publish(stage)
    _crowd(stage, MANY, "submitted")
    await stage.to(DECIDE + timedelta(days=1))
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Release them now")
    assert _counts(stage) == {"submitted": MANY}
    await stage.person("cora").presses("Release them")
    assert "I am releasing 23 applicants from Market map of repair shops now." in stage.screen("cora")
    assert _counts(stage) == {"submitted": MANY - PIECE, "released": PIECE}
    await stage.tick(seconds=1)
    assert _counts(stage) == {"released": MANY}
    assert all("Market map of repair shops" in stage.screen(f"s{each}") for each in range(MANY))
    await stage.tick(days=1)
    assert stage.screen("marta").count("released 23 applicants") == 1


async def test_a_release_stops_where_the_date_is_moved(stage: Stage) -> None:
    """Those who were released stay so; the others wait for the new date."""
    publish(stage)
    _crowd(stage, MANY, "submitted")
    await stage.to(DECIDE + timedelta(days=1))
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Release them now")
    await stage.person("cora").presses("Release them")
    moved = update(Project).values(decide_at=stage.clock.now() + timedelta(days=9))
    await stage.database.transact(lambda work: work.session.execute(moved))
    await stage.tick(seconds=1)
    assert _counts(stage) == {"submitted": MANY - PIECE, "released": PIECE}


async def test_all_who_asked_are_refused_when_a_cohort_ends(stage: Stage) -> None:
    """Each turn refuses a few of them, and all have their answer in the end."""
    publish(stage)
    _crowd(stage, MANY, "admission")
    cora = stage.person("cora")
    await cora.uses("/cohort end Spring 26")
    await cora.presses("End it")
    asked = select(func.count()).where(Member.state == "asked")
    assert stage.rows(asked) == [(MANY - PIECE,)]
    await stage.tick(seconds=1)
    assert stage.rows(asked) == [(0,)]
    assert _counts(stage) == {"released": MANY}


def _read_of_owner(stage: Stage) -> int:
    """How many students have news of who looks after the project."""
    return len(stage.rows(select(Notice.id).where(Notice.subject == "handed-over:1")))


@pytest.mark.soak
async def test_many_students_read_of_a_new_owner_after_a_kill(tmp_path: Path) -> None:
    """The turn that hands a project over tells some, and the next process goes on where that one ended."""
    async with open_stage(tmp_path) as stage:
        publish(stage)
        _crowd(stage, LONGER, "submitted")
        await stage.person("marta").uses("/employer invite @ben")
        await stage.person("marta").uses("/project handover @ben")
        assert "looks after Market map of repair shops now." in stage.screen("marta")
        assert _read_of_owner(stage) == NEWS_PIECE
        url, now = stage.database.url, stage.clock.now()
    async with open_stage(tmp_path, start=now, url=url) as stage:
        await stage.tick(seconds=1)
        assert _read_of_owner(stage) == LONGER
        await stage.to(now + NEXT_DAY)
        said = "Ben Castillo looks after Market map of repair shops for Acme Maps now."
        assert [stage.screen(f"s{each}").count(said) for each in range(LONGER)] == [1] * LONGER


async def test_those_who_have_not_read_of_an_owner_who_was_taken_back_read_nothing(stage: Stage) -> None:
    """Undo spares those whose news waits, and those who have got none yet."""
    publish(stage)
    _crowd(stage, LONGER, "submitted")
    await stage.person("marta").uses("/employer invite @ben")
    stage.pause = timedelta(0)
    await stage.person("marta").uses("/project handover @ben")
    await stage.person("marta").presses("Undo")
    await stage.to(stage.clock.now() + NEXT_DAY)
    assert not any("looks after" in stage.screen(f"s{each}") for each in range(LONGER))


async def test_what_a_forgotten_person_looked_after_is_handed_over_in_pieces_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first turn gives the news about all projects, and one of them; the next process goes on."""
    monkeypatch.setattr(ownership, "_AT_ONCE", 1)
    reads, by_ben = select(Notice.person_id).where(Notice.key.startswith("news:")), func.count(Project.id)
    async with open_stage(tmp_path) as stage:
        for number in range(3):
            await posted(stage, "ada", title=f"Map {number}")
        await stage.person("marta").uses("/employer invite @ben")
        [(ben,)] = stage.rows(select(Identity.person_id).where(Identity.user_id == "ben"))
        [(marta,)] = stage.rows(select(Identity.person_id).where(Identity.user_id == "marta"))
        stage.database.transact_inline(lambda work: _waiting(work, marta, stage.clock.now()))
        stage.pause = timedelta(0)
        await stage.person("marta").uses("/profile")
        with monkeypatch.context() as killed:
            killed.setattr(ownership, "next_piece_at", lambda now: now + timedelta(hours=1))
            await stage.person("marta").presses("Forget me")
            await stage.person("marta").presses("Yes, forget me")
            await stage.tick(seconds=1)
        assert stage.rows(select(by_ben).where(Project.owner_id == ben)) == [(1,)]
        assert stage.rows(reads) == [(ben,)] * 3
        url, now = stage.database.url, stage.clock.now()
    async with open_stage(tmp_path, start=now, url=url) as stage:
        await stage.tick(days=2)
        assert stage.rows(select(by_ben).where(Project.owner_id == ben)) == [(3,)]
        assert stage.screen("ben").count("is yours to look after now") == 3
        assert stage.screen("ada").count("Ben Castillo looks after Map") == 3


def _waiting(work: UnitOfWork, reader: int, now: datetime) -> None:
    """Let news about each project wait for a person."""
    for number in work.session.scalars(select(Project.id)):
        news = {"message": dump_message(message(Plain("To be read"))), "created_at": now}
        about = {"key": f"news:{number}", "subject": f"project:{number}", "programme_id": 1}
        work.session.add(Notice(person_id=reader, **about, **news))


async def test_many_applicants_read_of_a_change_in_pieces(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The employer reads how many there are; each student reads once what is different, also after a turn."""
    monkeypatch.setattr(news, "NEWS_PIECE", 2)
    publish(stage)
    _crowd(stage, 5, "submitted")
    marta = stage.person("marta")
    stage.pause = timedelta(0)
    await marta.uses("/project edit 1")
    await marta.says("edit Fee")
    await marta.says("900 EUR")
    await marta.presses("Save changes")
    assert "I am telling 5 people who applied what is different." in stage.screen("marta")
    told = [f"s{each}" for each in range(5) if "has changed:" in stage.screen(f"s{each}")]
    assert len(told) < 5
    await stage.tick(days=1)
    assert [stage.screen(f"s{each}").count("has changed:") for each in range(5)] == [1] * 5
    assert "Fee: €900 (before: $400)" in stage.screen("s4")


async def test_a_forgotten_person_is_in_no_message_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn that forgets them takes the account; the next process erases the rest of what was sent."""
    monkeypatch.setattr(ledger, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(ledger, "_EVENTS_AT_ONCE", 2)
    said = (
        select(outbox.c.destination),
        select(outbox.c.reference),
        select(cast(outbox.c.message, String)),
        select(inbox.c.actor).where(inbox.c.answer_state != "owed"),
        select(cast(timers.c.payload, String)),
    )

    def left(stage: Stage) -> list[str]:
        place = stage.world.dm_of("ada").id
        found = [str(value) for query in said for (value,) in stage.rows(query)]
        return [text for text in found if "Okafor" in text or "/@ada" in text or place in text]

    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        stage.pause = timedelta(0)
        await stage.person("ada").uses("/profile")
        await stage.person("ada").presses("Forget me")
        await stage.person("ada").presses("Yes, forget me")
        assert "My own copies of what was sent are erased within the next minutes." in stage.screen("ada")
        assert stage.rows(select(Identity).where(Identity.user_id == "ada")) == []
        assert left(stage) != []
        url, now = stage.database.url, stage.clock.now()
    async with open_stage(tmp_path, start=now, url=url) as stage:
        await stage.tick(seconds=5)
        assert left(stage) == []
        assert stage.rows(select(timers.c.id).where(timers.c.kind == "forgotten.rest")) == []


async def test_people_of_a_left_space_are_forgotten_one_by_one_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each turn forgets one and looks at some; the next process goes on, and all are forgotten in the end."""
    monkeypatch.setattr(spaces, "_LOOKED_AT", 2)
    people = select(func.count(Person.id)).where(Person.erased_at.is_(None))
    async with open_stage(tmp_path) as stage:
        [(before,)] = stage.rows(people)
        stage.database.transact_inline(
            lambda work: work.session.execute(update(Space).values(state="paused"))
        )
        due = {"key": "space:1", "kind": "space.erase", "subject": "space:1", "payload": {}}
        row = {"programme_id": 1, "due_at": stage.clock.now(), "late": "send", "state": "pending"}
        stage.database.transact_inline(
            lambda work: work.connection.execute(timers.insert().values(**row, **due, attempts=0))
        )
        with monkeypatch.context() as killed:
            killed.setattr(spaces, "next_piece_at", lambda now: now + NEXT_DAY)
            await stage.tick(seconds=1)
        assert stage.rows(people) == [(before - 1,)]
        url, now = stage.database.url, stage.clock.now()
    async with open_stage(tmp_path, start=now, url=url) as stage:
        await stage.tick(days=2)
        assert stage.rows(people) == [(0,)]
        assert stage.rows(select(Identity)) == []

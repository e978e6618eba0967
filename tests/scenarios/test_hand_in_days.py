"""Days of a placement: they are the student's, move with them, and everybody else reads whose they are."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from bot.chat.conversation.draft import Draft, StoredAnswer, dump_draft, load_draft
from bot.chat.language import as_text
from bot.chat.local_day import EVERYWHERE, Day
from bot.programme.core import dates
from storage.database import UnitOfWork
from storage.queries import conversations as drafts
from storage.tables import (
    Milestone,
    Notice,
    Person,
    Placement,
    Terms,
    TermsOffer,
    Wait,
    conversations,
)
from tests.support.kept_stage import open_played
from tests.support.projects import posted
from tests.support.stage import Stage

START = dates.columns("starts", Day(date(2026, 3, 30), EVERYWHERE))
AUCKLAND_ENDS = datetime(2026, 4, 13, 11, 59, tzinfo=UTC)
BERLIN_ENDS = datetime(2026, 4, 13, 21, 59, tzinfo=UTC)


async def _play(stage: Stage) -> None:
    """Play until ada, in Berlin, has an offer of marta's, in Madrid, for work from 30 March."""
    await posted(stage, "ada", **START)
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def moves_to(stage: Stage, account: str, city: str) -> None:
    """A person says that they are in another time zone."""
    person = stage.person(account)
    await person.uses("/profile")
    await person.presses("Change time zone")
    await person.fills({"Time zone": city})


async def asks(stage: Stage, who: str, when: str) -> None:
    """A person asks for another date of the second deliverable, or moves it."""
    person = stage.person(who)
    await person.uses("/placement")
    await person.presses("Ask for another date" if who == "ada" else "Move a date")
    await person.presses("2. A one-page summary")
    await person.fills({"New date": when, "Reason": "Exams"})


def held(stage: Stage) -> list[tuple[date | None, str | None, datetime]]:
    """The dates by which the deliverables are due: date, zone and instant of each."""
    rows = stage.rows(select(Milestone).order_by(Milestone.position))
    return [(row.due_day, row.due_zone, row.due_at) for row in rows]


def last_calls(stage: Stage) -> list[datetime]:
    """The dates that are reminded of while work is owed."""
    query = select(Wait).where(Wait.kind == "hand_in", Wait.state == "open")
    found = stage.rows(query)
    assert all(wait.next_at < wait.due_at for wait in found)
    return sorted({wait.due_at for wait in found})


@pytest.mark.soak
async def test_each_side_reads_the_same_day(stage: Stage) -> None:
    """The student reads the date alone; the employer, elsewhere, its place and their own clock."""
    await moves_to(stage, "ada", "Auckland")
    await stage.person("ada").presses("Accept")
    assert "Starts: Mon 30 March\n" in stage.screen("ada")
    assert "Due: Mon 13 April\n" in stage.screen("ada")
    await stage.person("marta").uses("/placement")
    assert "From: Mon 30 March (Auckland)\n" in stage.screen("marta")
    assert "Due: Mon 13 April (Auckland; for you 13:59)\n" in stage.screen("marta")
    await stage.person("marta").presses("What was agreed")
    assert "Done by: Mon 13 April (Auckland; for you 13:59)" in stage.screen("marta")


@pytest.mark.soak
async def test_a_day_moves_with_its_student(stage: Stage) -> None:
    """In another zone the work is due by the same date there; its timers and its terms follow."""
    await stage.person("ada").presses("Accept")
    assert held(stage) == [(date(2026, 4, 13), "Europe/Berlin", BERLIN_ENDS)] * 2
    await moves_to(stage, "ada", "Auckland")
    assert held(stage) == [(date(2026, 4, 13), "Pacific/Auckland", AUCKLAND_ENDS)] * 2
    rows = [*stage.rows(select(Placement)), *stage.rows(select(Terms))]
    for row in rows:
        assert (row.starts_zone, row.due_zone) == ("Pacific/Auckland", "Pacific/Auckland")
        assert (row.starts_day, row.due_day, row.due_at) == (
            date(2026, 3, 30),
            date(2026, 4, 13),
            AUCKLAND_ENDS,
        )
    assert last_calls(stage) == [AUCKLAND_ENDS]
    await stage.person("ada").uses("/placement")
    await stage.person("ada").presses("What was agreed")
    assert "has given more time since" not in stage.screen("ada")


@pytest.mark.soak
async def test_a_day_that_has_passed_stays(stage: Stage) -> None:
    """What was missed stays missed by the day it was, and no reader reads of it a second time."""
    await stage.person("ada").presses("Accept")
    await stage.to(datetime(2026, 4, 15, 10, tzinfo=UTC))
    before = stage.screen("ada").count("has passed")
    await moves_to(stage, "ada", "New York")
    assert held(stage)[0][1] == "Europe/Berlin"
    await stage.tick(days=1)
    assert stage.screen("ada").count("has passed") == before == 1


async def test_the_programmes_zone_moves_days_of_unknown_zones_alone(stage: Stage) -> None:
    """A student who gave their zone keeps their days; one whose zone is not known has the programme's."""
    await stage.person("ada").presses("Accept")
    cora = stage.person("cora")
    for known, zone in ((True, "Europe/Berlin"), (False, "Asia/Tokyo")):
        if not known:
            stage.database.transact_inline(
                lambda work: work.session.execute(
                    update(Person).where(Person.name == "Ada Okafor").values(zone=None)
                )
            )
        await cora.uses("/stint settings")
        await cora.presses("Times and memory")
        await cora.fills({"Time zone": "Tokyo" if not known else "Lagos"})
        assert {each[1] for each in held(stage)} == {zone}


async def test_an_offer_moves_with_its_student(stage: Stage) -> None:
    """It is the same offer in another zone, and is accepted at once."""
    await moves_to(stage, "ada", "Auckland")
    (offer,) = stage.rows(select(TermsOffer))
    assert (offer.due_day, offer.due_zone) == (date(2026, 4, 13), "Pacific/Auckland")
    await stage.person("ada").presses("Accept")
    assert "has changed since" not in stage.screen("ada")
    assert held(stage) == [(date(2026, 4, 13), "Pacific/Auckland", AUCKLAND_ENDS)] * 2


@pytest.mark.soak
async def test_a_day_that_is_asked_for_moves_with_its_student(stage: Stage) -> None:
    """Agreed to after the student has moved, it is the date that was asked for, where the student is now."""
    await stage.person("ada").presses("Accept")
    await asks(stage, "ada", "24 April 2026")
    await stage.tick(days=1)
    assert "to Fri 24 April (Berlin)" in stage.screen("marta")
    await moves_to(stage, "ada", "Auckland")
    await stage.person("marta").presses("Agree")
    assert held(stage)[1][:2] == (date(2026, 4, 24), "Pacific/Auckland")
    assert "Agreed: Fri 24 April (Auckland; for you 13:59)." in stage.screen("marta")
    assert "has moved to Fri 24 April." in stage.screen("ada")


@pytest.mark.soak
async def test_a_date_in_an_open_form_is_the_typed_day_after_a_move(stage: Stage) -> None:
    """A form that was opened before the student moved gives the same date, where they are now."""
    await stage.person("ada").presses("Accept")
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Move a date")
    await marta.presses("2. A one-page summary")
    await moves_to(stage, "ada", "Auckland")
    await marta.fills({"New date": "24 April 2026", "Reason": "Exams"})
    assert held(stage)[1][:2] == (date(2026, 4, 24), "Pacific/Auckland")


async def test_a_time_is_by_the_clock_of_the_person_who_types_it(stage: Stage) -> None:
    """A date with a time is an instant, which each side reads on their own clock."""
    await moves_to(stage, "ada", "Auckland")
    await stage.person("ada").presses("Accept")
    await asks(stage, "marta", "24 April 2026 17:00")
    assert held(stage)[1] == (None, None, datetime(2026, 4, 24, 15, tzinfo=UTC))
    assert "Moved to Fri 24 April 2026, 17:00 (Europe/Madrid)" in stage.screen("marta")
    assert "has moved to Sat 25 April 2026, 03:00 (Pacific/Auckland)" in stage.screen("ada")


async def test_a_message_about_a_day_is_not_lost_by_a_move(stage: Stage) -> None:
    """News of a date that waits for the end of the quiet hours still comes after the student has moved."""
    await stage.person("ada").presses("Accept")
    await stage.to(datetime(2026, 3, 20, 22, tzinfo=UTC))
    await asks(stage, "marta", "24 April 2026")
    assert "has moved to Fri 24 April" not in stage.screen("ada")
    await moves_to(stage, "ada", "London")
    await stage.tick(days=1)
    assert "has moved to Fri 24 April." in stage.screen("ada")


@pytest.mark.soak
async def test_news_of_a_day_follows_a_move(stage: Stage) -> None:
    """What waits for a daily message names the day where its student is when it is read."""
    await stage.person("ada").presses("Accept")
    await asks(stage, "ada", "24 April 2026")
    await moves_to(stage, "ada", "Auckland")
    await stage.tick(days=1)
    said = stage.screen("marta")
    assert "from Mon 13 April (Auckland; for you 13:59) to Fri 24 April (Auckland; for you 13:59)" in said
    assert "The work is due by Mon 13 April (Auckland; for you 13:59)." in said
    assert "(Berlin" not in said


@pytest.mark.soak
async def test_news_is_read_by_the_clock_its_reader_has_then(stage: Stage) -> None:
    """An employer who moves before the daily message comes reads in it what is on their new clock."""
    await stage.person("ada").presses("Accept")
    await moves_to(stage, "marta", "New York")
    await stage.tick(days=1)
    assert "The work is due by Mon 13 April (Berlin; for you 17:59)." in stage.screen("marta")


@pytest.mark.soak
async def test_a_reminder_that_waits_follows_its_day(stage: Stage) -> None:
    """A reminder that was noted down before the student moved is not lost, and not of a day elsewhere."""
    await stage.person("ada").presses("Accept")
    await stage.to(datetime(2026, 4, 11, 23, tzinfo=UTC))
    (waiting,) = stage.rows(select(Notice).where(Notice.state == "waiting", Notice.subject.like("due:%")))
    assert (waiting.subject, waiting.useful_until) == (f"due:1:{BERLIN_ENDS.isoformat()}", BERLIN_ENDS)
    await moves_to(stage, "ada", "London")
    (waiting,) = stage.rows(select(Notice).where(Notice.state == "waiting", Notice.subject.like("due:%")))
    ends = datetime(2026, 4, 13, 22, 59, tzinfo=UTC)
    assert (waiting.subject, waiting.useful_until) == (f"due:1:{ends.isoformat()}", ends)
    await stage.to(datetime(2026, 4, 12, 12, tzinfo=UTC))
    assert "is due by Mon 13 April.\n" in stage.screen("ada")


@pytest.mark.soak
async def test_a_reminder_names_what_is_open_when_it_is_read(stage: Stage) -> None:
    """A deliverable whose date was moved meanwhile is not called due by the date it had."""
    await stage.person("ada").presses("Accept")
    await asks(stage, "ada", "24 April 2026")
    await stage.to(datetime(2026, 4, 11, 23, tzinfo=UTC))
    await stage.person("marta").presses("Agree")
    await stage.to(datetime(2026, 4, 12, 12, tzinfo=UTC))
    reminder = stage.screen("ada").rpartition("is due by Mon 13 April.\n")[2].partition("[")[0]
    assert reminder.split("\n")[0].strip() == "- A table of shops"
    assert "A one-page summary" not in reminder


@pytest.mark.soak
async def test_a_task_is_read_by_the_clock_of_each_coordinator(stage: Stage) -> None:
    """A task is one text for all: who opens it reads the day with their own clock, brackets never nested."""
    await stage.person("ada").presses("Accept")
    await stage.to(datetime(2026, 4, 16, 12, tzinfo=UTC))
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "all that was due by Mon 13 April (Berlin; for you 22:59)" in stage.screen("cora")
    await moves_to(stage, "cora", "Tokyo")
    await cora.uses("/stint tasks")
    assert "all that was due by Mon 13 April (Berlin; for you Tue 14 April, 06:59)" in stage.screen("cora")


async def test_a_draft_of_another_date_follows_its_student(stage: Stage) -> None:
    """A new date that either side has answered, and not sent, is the same day where the student is then."""
    await stage.person("ada").presses("Accept")
    day = StoredAnswer({"day": "2026-04-24", "zone": "Europe/Berlin"}, "Fri 24 April")
    people = {row.name: row.id for row in stage.rows(select(Person))}
    rows = [(people["Ada Okafor"], "2"), (people["Marta Ruiz"], "1")]

    def begin(work: UnitOfWork) -> None:
        for person, deliverable in rows:
            row = {"programme_id": 1, "person_id": person, "form": "move-date", "subject": deliverable}
            row |= {"draft": dump_draft(Draft(answers={"due": day})), "state": "waiting", "destination": ""}
            now = stage.clock.now()
            drafts.begin(work.connection, {**row, "created_at": now, "updated_at": now})

    stage.database.transact_inline(begin)
    await moves_to(stage, "ada", "Auckland")
    given = {row.person_id: row.draft["answers"]["due"] for row in stage.rows(select(conversations))}
    assert {each["value"]["zone"] for each in given.values()} == {"Pacific/Auckland"}
    assert {each["value"]["day"] for each in given.values()} == {"2026-04-24"}
    shown = [as_text(load_draft({"answers": {"due": given[each]}}).answers["due"].shown) for each, _ in rows]
    assert shown == ["Fri 24 April", "Fri 24 April (Auckland; for you 13:59)"]

"""What single migrations make of the rows that are there."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, select

from storage.engines import plain_engine
from storage.migrate import SCRIPTS, upgrade
from storage.tables import (
    Alias,
    Deliverable,
    HistoryRow,
    Milestone,
    Placement,
    Project,
    Terms,
    TermsOffer,
    conversations,
)
from storage.urls import parse_url
from tests.support.bot import MONDAY


def older(tmp_path: Path, revision: str) -> Path:
    """A directory with the migrations that are older than this one."""
    scripts = tmp_path / "older"
    shutil.copytree(SCRIPTS, scripts)
    for path in (scripts / "versions").glob("*.py"):
        if path.name[:4] >= revision:
            path.unlink()
    return scripts


def fill(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows as an older program did: by the columns there are, instants as the database has them."""
    there = MetaData()
    there.reflect(connection)
    text = connection.dialect.name == "sqlite"
    for name, given in rows.items():
        for row in given:
            values = {
                column: value.isoformat(timespec="microseconds")
                if text and isinstance(value, datetime)
                else value
                for column, value in row.items()
            }
            connection.execute(there.tables[name].insert().values(values))


def test_dates_without_a_time_become_days(empty_url: str, tmp_path: Path) -> None:
    """What ended at 23:59 in the programme's zone is a day there, in rows and drafts; others are instants."""
    (here,) = (SCRIPTS / "versions").glob("*_days.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    mine = {"programme_id": 1, "created_at": MONDAY}
    day, hour = datetime(2026, 3, 30, 22, 59, tzinfo=UTC), datetime(2026, 3, 30, 16, tzinfo=UTC)
    dates = {"deadline_at": day, "decide_at": hour, "starts_at": day}
    answers = {
        "title": {"value": "A", "shown": "A", "fingerprint": "t"},
        "deadline": {
            "value": "2026-03-30T22:59:00Z",
            "shown": "Mon 30 March 2026, 23:59",
            "fingerprint": "d",
        },
        "start": {"value": "2026-03-30T16:00:00Z", "shown": "Mon 30 March 2026, 17:00", "fingerprint": "s"},
    }
    draft = {
        "person_id": 1,
        "subject": "1",
        "draft": {"answers": answers, "at": ""},
        "revision": 1,
        "state": "open",
        "updated_at": MONDAY,
        "destination": "terminal/user/ada",
        "prompt_key": "",
    }
    engine = plain_engine(parse_url(empty_url))
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**mine, "id": 1, "name": "Ada"}],
                "companies": [{**mine, "id": 1, "name": "Acme Maps", "field": ""}],
                "projects": [{**mine, "id": 1, **_PROJECT, **dates}],
                "conversations": [
                    {**mine, **draft, "id": number, "form": form}
                    for number, form in ((1, "project"), (2, "garden"))
                ],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        (row,) = connection.execute(select(Project.__table__)).all()
        drafts = (
            connection.execute(select(conversations.c.draft).order_by(conversations.c.id)).scalars().all()
        )
    engine.dispose()
    assert (row.deadline_day, row.deadline_zone) == (date(2026, 3, 30), "Europe/London")
    assert (row.decide_day, row.starts_day) == (None, None)
    assert (row.deadline_at, row.decide_at, row.starts_at) == (day, hour, day)
    kept = {name: given["value"] for name, given in drafts[0]["answers"].items()}
    assert kept == {
        "title": "A",
        "deadline": {"day": "2026-03-30", "zone": "Europe/London"},
        "start": "2026-03-30T16:00:00Z",
    }
    assert drafts[1]["answers"] == answers


@pytest.mark.sampled("postgresql")
def test_hand_ins_without_a_time_become_days(empty_url: str, tmp_path: Path) -> None:
    """A due date of 23:59 in the programme's zone is a day there, in work and terms; others are instants."""
    (here,) = (SCRIPTS / "versions").glob("*_hand_ins.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    mine = {"programme_id": 1, "created_at": MONDAY}
    day, hour = datetime(2026, 3, 30, 22, 59, tzinfo=UTC), datetime(2026, 3, 30, 16, tzinfo=UTC)
    work = {"programme_id": 1, "placement_id": 1, "title": "A", "status": "open"}
    named = {"fee_cents": 50000, "currency": "USD", "unpaid_reason": "", "hours": 20, "weeks": 2}
    named |= {"deliverables": "A", "location": "", "starts_at": day}
    accepted = {"placement_id": 1, "version": 1, "accepted_by": 1, "accepted_at": MONDAY, "agreements": []}
    asked = {"value": "2026-03-30T22:59:00Z", "shown": "Mon 30 March 2026, 23:59", "fingerprint": "d"}
    engine = plain_engine(parse_url(empty_url))
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**mine, "id": 1, "name": "Ada"}],
                "companies": [{**mine, "id": 1, "name": "Acme Maps", "field": ""}],
                "cohorts": [{**mine, "id": 1, **_COHORT}],
                "projects": [{**mine, "id": 1, **_PROJECT}],
                "applications": [{**mine, "id": 1, **_APPLICATION}],
                "placements": [{**mine, "id": 1, **_PLACEMENT, "due_at": day}],
                "milestones": [
                    {**work, "id": number, "position": number, "due_at": at}
                    for number, at in ((1, day), (2, hour))
                ],
                "conversations": [
                    {
                        **mine,
                        **_DRAFT,
                        "id": number,
                        "subject": f"{number}",
                        "draft": {"answers": {"due": due}},
                    }
                    for number, due in ((1, asked), (2, {**asked, "value": "2026-03-30T16:00:00Z"}))
                ],
                "terms": [{"programme_id": 1, "id": 1, **accepted, **named, "due_at": day}],
                "terms_offers": [
                    {**mine, "id": 1, "application_id": 1, "state": "agreed", **named, "due_at": hour}
                ],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        rows = {
            table: connection.execute(select(table.__table__).order_by(table.id)).all()
            for table in (Placement, Milestone, Terms, TermsOffer)
        }
        drafts = (
            connection.execute(select(conversations.c.draft).order_by(conversations.c.id)).scalars().all()
        )
    engine.dispose()
    assert [each["answers"]["due"]["value"] for each in drafts] == [
        {"day": "2026-03-30", "zone": "Europe/London"},
        "2026-03-30T16:00:00Z",
    ]
    a_day, an_instant = (date(2026, 3, 30), "Europe/London", day), (None, None, hour)
    found = {table: [(row.due_day, row.due_zone, row.due_at) for row in each] for table, each in rows.items()}
    assert found == {
        Placement: [a_day],
        Milestone: [a_day, an_instant],
        Terms: [a_day],
        TermsOffer: [an_instant],
    }
    assert [row.starts_day for table in (Placement, Terms, TermsOffer) for row in rows[table]] == [None] * 3


def test_0006_writes_down_what_is_known_of_placements_and_offers(empty_url: str, tmp_path: Path) -> None:
    """A placement gets its project's terms, marked with the day they were taken; so does an open offer."""
    upgrade(empty_url, scripts=older(tmp_path, "0006"))
    mine = {"programme_id": 1, "created_at": MONDAY}
    engine = plain_engine(parse_url(empty_url))
    application = {**mine, "project_id": 1, "cohort_id": 1, "answers": [], "reason": ""}
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**mine, "id": 1, "name": "Ada"}, {**mine, "id": 2, "name": "Ben"}],
                "companies": [{**mine, "id": 1, "name": "Acme Maps", "field": ""}],
                "cohorts": [{**mine, "id": 1, **_COHORT}],
                "projects": [{**mine, "id": 1, **_PROJECT}],
                "applications": [
                    {**application, "id": 1, "person_id": 1, "status": "accepted"},
                    {**application, "id": 2, "person_id": 2, "status": "offered", "decided_at": MONDAY},
                ],
                "placements": [{**mine, "id": 1, **_PLACEMENT}],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        (terms,) = connection.execute(select(Terms.__table__)).all()
        (offer,) = connection.execute(select(TermsOffer.__table__)).all()
    assert (terms.fee_cents, terms.hours) == (50000, 20)
    assert [each.title for each in terms.deliverable_list] == ["A table", "A talk"]
    assert (terms.starts_at, terms.due_at) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=20))
    assert (terms.accepted_by, terms.accepted_at, terms.version) == (1, MONDAY, 1)
    assert terms.from_project_at > MONDAY
    assert (offer.application_id, offer.state, offer.fee_cents) == (2, "offered", 50000)
    assert offer.due_at == MONDAY + timedelta(weeks=2)


@pytest.mark.sampled("postgresql")
def test_the_text_of_deliverables_is_split_once(empty_url: str, tmp_path: Path) -> None:
    """As kickoff split it: bullets, short lines, prose whole, nothing for "tbd"; the text itself stays."""
    (here,) = (SCRIPTS / "versions").glob("*_deliverables.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    mine = {"programme_id": 1, "created_at": MONDAY}
    texts = ("A table\nA talk (by 3 May)", "Hand in:\n- A map\n- A deck\n  of ten", "tbd", "Prose. " * 40)
    engine = plain_engine(parse_url(empty_url))
    named = {"fee_cents": 50000, "currency": "USD", "unpaid_reason": "", "hours": 20, "weeks": 2}
    named |= {"location": "", "starts_at": MONDAY, "due_at": MONDAY, "application_id": 1, "state": "offered"}
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**mine, "id": 1, "name": "Ada"}],
                "companies": [{**mine, "id": 1, "name": "Acme Maps", "field": ""}],
                "cohorts": [{**mine, "id": 1, **_COHORT}],
                "projects": [
                    {**mine, "id": number, **_PROJECT, "deliverables": words}
                    for number, words in enumerate(texts, 1)
                ],
                "applications": [{**mine, "id": 1, **_APPLICATION}],
                "terms_offers": [{**mine, **named, "deliverables": words} for words in texts],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        rows = connection.execute(select(Deliverable.__table__).order_by(Deliverable.id)).all()
        offers = connection.execute(select(TermsOffer.__table__).order_by(TermsOffer.id)).all()
        kept = connection.execute(select(Project.__table__.c.deliverables).order_by(Project.id)).scalars()
        assert tuple(kept) == texts
    engine.dispose()
    split = [["A table", "A talk (by 3 May)"], ["Hand in:\nA map", "A deck\nof ten"], [], [texts[3].strip()]]
    found = [[row.title for row in rows if row.project_id == number] for number in range(1, 5)]
    assert found == [[each.title for each in offer.deliverable_list] for offer in offers] == split
    assert {(row.done_when, row.after_days, row.due_on, row.level) for row in rows} == {
        ("", None, None, "open")
    }


def test_older_rows_get_the_history_that_their_dates_tell(empty_url: str, tmp_path: Path) -> None:
    """Births and dated moves are marked as known by dates; a status that no date explains as found."""
    (here,) = (SCRIPTS / "versions").glob("*_history.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    mine = {"programme_id": 1, "created_at": MONDAY}
    later = MONDAY + timedelta(days=3)
    sent = {**mine, **_APPLICATION, "submitted_at": MONDAY}
    engine = plain_engine(parse_url(empty_url))
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**mine, "id": number, "name": "Ada"} for number in (1, 2)],
                "companies": [{**mine, "id": 1, "name": "Acme Maps", "field": ""}],
                "cohorts": [{**mine, "id": 1, **_COHORT}],
                "projects": [{**mine, "id": 1, **_PROJECT, "published_at": MONDAY, "closed_at": later}],
                "applications": [
                    {**sent, "id": 1, "status": "released", "decided_at": later, "release_reason": "full"},
                    {**sent, "id": 2, "person_id": 2, "status": "shortlisted"},
                ],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        rows = connection.execute(select(HistoryRow.__table__).order_by(HistoryRow.id)).all()
    engine.dispose()
    assert [
        (row.subject, row.what, row.before, row.after, row.at, row.reason, row.known_by) for row in rows
    ] == [
        ("project:1", "birth", None, "draft", MONDAY, "", "dates"),
        ("project:1", "status", "draft", "open", MONDAY, "", "dates"),
        ("project:1", "status", "open", "closed", later, "", "dates"),
        ("application:1", "birth", None, "submitted", MONDAY, "", "dates"),
        ("application:1", "status", "submitted", "released", later, "full", "dates"),
        ("application:2", "birth", None, "submitted", MONDAY, "", "dates"),
        ("application:2", "status", "submitted", "shortlisted", MONDAY, "", "found"),
    ]
    assert {row.parent for row in rows} == {"", "project:1"}


def test_offers_that_were_made_before_get_their_history(empty_url: str, tmp_path: Path) -> None:
    """Rows of applications tell when an offer was made and how it ended; where they do not, it is marked."""
    (here,) = (SCRIPTS / "versions").glob("*_made_offers.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    hour = timedelta(hours=1)
    engine = plain_engine(parse_url(empty_url))
    made = {"programme_id": 1, "created_at": MONDAY}
    mine = {**made, **_APPLICATION}
    of_history = {"programme_id": 1, "parent": "project:1", "what": "status", "began_by": "", "alias_id": 7}
    was = [
        (1, "submitted", "offered", MONDAY, ""),
        (1, "offered", "expired", MONDAY + hour, ""),
        (1, "expired", "offered", MONDAY + 2 * hour, ""),
        (1, "offered", "released", MONDAY + 3 * hour, ""),
        (2, "submitted", "accepted", MONDAY + hour, "dates"),
    ]
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "people": [{**made, "id": i, "name": "A"} for i in (1, 2)],
                "companies": [{**made, "id": 1, "name": "Acme", "field": ""}],
                "cohorts": [{**made, "id": 1, **_COHORT}],
                "projects": [{**made, "id": 1, **_PROJECT}],
                "applications": [{**mine, "id": 1}, {**mine, "id": 2, "person_id": 2}],
                "history": [
                    {
                        **of_history,
                        "subject": f"application:{number}",
                        "before": before,
                        "after": after,
                        "at": at,
                        "reason": "overfull" if after == "released" else "",
                        "known_by": known_by,
                    }
                    for number, before, after, at, known_by in was
                ],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        query = select(HistoryRow.__table__).where(HistoryRow.subject.startswith("offer"))
        rows = connection.execute(query.order_by(HistoryRow.id)).all()
    engine.dispose()
    assert [(row.subject, row.what, row.after, row.at, row.reason, row.known_by) for row in rows] == [
        ("offer:1:1", "birth", "open", MONDAY, "", "rows"),
        ("offer:1:1", "status", "expired", MONDAY + hour, "", "rows"),
        ("offer:1:2", "birth", "open", MONDAY + 2 * hour, "", "rows"),
        ("offer:1:2", "status", "taken_back", MONDAY + 3 * hour, "overfull", "rows"),
        ("offer:2:1", "birth", "open", MONDAY + hour, "", "found"),
        ("offer:2:1", "status", "accepted", MONDAY + hour, "", "dates"),
    ]
    assert [row.alias_id for row in rows] == [7, 7, 7, 7, None, 7]


def test_people_of_companies_get_the_birth_of_their_part(empty_url: str, tmp_path: Path) -> None:
    """It is marked as found; a person keeps the alias they have, and gets one where they have none."""
    (here,) = (SCRIPTS / "versions").glob("*_part_births.py")
    upgrade(empty_url, scripts=older(tmp_path, here.name[:4]))
    made = {"programme_id": 1, "created_at": MONDAY}
    engine = plain_engine(parse_url(empty_url))
    with engine.begin() as connection:
        fill(
            connection,
            {
                "programmes": [_programme()],
                "companies": [{**made, "id": 1, "name": "Acme", "field": ""}],
                "people": [
                    {**made, "id": 1, "name": "Ada"},
                    {**made, "id": 2, "name": "Ben", "company_id": 1, "company_part": "reviewer"},
                    {**made, "id": 3, "name": "Cem", "company_id": 1, "company_part": "owner"},
                ],
                "aliases": [{"programme_id": 1, "person_id": 2}],
            },
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        query = select(HistoryRow.__table__).where(HistoryRow.subject.startswith("part"))
        rows = connection.execute(query.order_by(HistoryRow.id)).all()
        aliases = connection.execute(select(Alias.__table__).order_by(Alias.id)).all()
    engine.dispose()
    assert [(row.subject, row.parent, row.what, row.after, row.at, row.known_by) for row in rows] == [
        ("part:1:1", "company:1", "birth", "reviewer", MONDAY, "found"),
        ("part:1:2", "company:1", "birth", "owner", MONDAY, "found"),
    ]
    assert [(row.id, row.person_id) for row in aliases] == [(1, 2), (2, 3)]


def _programme() -> dict[str, Any]:
    return {"id": 1, "name": "Riverside", "zone": "Europe/London", "created_at": MONDAY, **_SETTINGS}


_SETTINGS = {
    "currency": "USD",
    "fee_floor_cents": 0,
    "approval": False,
    "late_minutes": 30,
    "undo_seconds": 60,
    "offer_hours": 48,
    "decision_days": 5,
    "release_days": 3,
    "retention_days": 180,
    "quiet_from": "21:30",
    "quiet_to": "08:00",
    "daily_at": "09:00",
}
_COHORT = {"name": "Spring", "zone": "Europe/London", "digest_at": "08:30", "days_off": [], "open": True}
_DRAFT = {
    "person_id": 1,
    "form": "move-date",
    "revision": 1,
    "state": "open",
    "updated_at": MONDAY,
    "destination": "terminal/user/ada",
    "prompt_key": "",
}
_APPLICATION = {
    "project_id": 1,
    "person_id": 1,
    "cohort_id": 1,
    "status": "accepted",
    "answers": "[]",
    "reason": "",
}
_PLACEMENT = {
    "project_id": 1,
    "application_id": 1,
    "person_id": 1,
    "status": "active",
    "starts_at": MONDAY + timedelta(days=1),
    "due_at": MONDAY + timedelta(days=20),
    "reason": "",
    "student_line": "",
    "employer_line": "",
}
_PROJECT = {
    "company_id": 1,
    "status": "closed",
    "title": "Market map",
    "brief": "Shops",
    "deliverables": "A table\nA talk",
    "hours": 20,
    "deadline_at": MONDAY,
    "field": "",
    "location": "",
    "skills": [],
    "weeks": 2,
    "fee_cents": 50000,
    "currency": "USD",
    "unpaid_reason": "",
    "places": 2,
    "starts_at": MONDAY,
    "decide_at": MONDAY,
    "contact": "",
    "private_details": "",
    "questions": [],
    "cohorts": [],
    "url": "",
    "extra": {},
    "search": "",
    "override_reason": "",
    "updated_at": MONDAY,
}

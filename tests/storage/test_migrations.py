"""What single migrations make of the rows that are there."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, select

from storage.engines import plain_engine
from storage.migrate import SCRIPTS, upgrade
from storage.tables import Terms, TermsOffer
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
    assert (terms.fee_cents, terms.hours, terms.deliverables) == (50000, 20, "A table\nA talk")
    assert (terms.starts_at, terms.due_at) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=20))
    assert (terms.accepted_by, terms.accepted_at, terms.version) == (1, MONDAY, 1)
    assert terms.from_project_at > MONDAY
    assert (offer.application_id, offer.state, offer.fee_cents) == (2, "offered", 50000)
    assert offer.due_at == MONDAY + timedelta(weeks=2)


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

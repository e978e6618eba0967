"""Rows of earlier versions: a migration makes of them what they meant."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, select

from storage.engines import plain_engine
from storage.migrate import SCRIPTS, upgrade
from storage.tables import Company
from storage.urls import parse_url
from tests.support.rows import put

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def before(folder: Path, name: str) -> Path:
    """The migrations up to the one of this name, without it."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (there,) = (scripts / "versions").glob(f"*_{name}.py")
    for script in (scripts / "versions").glob("*.py"):
        if script.name >= there.name:
            script.unlink()
    return scripts


@contextmanager
def opened(url: str) -> Iterator[tuple[Connection, MetaData]]:
    """The database as it is, with the tables that it has; committed at the end."""
    engine = plain_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            found = MetaData()
            found.reflect(connection)
            yield connection, found
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


def _stored(url: str, instant: datetime) -> datetime | str:
    """An instant as a column of this database holds it."""
    return instant if url.startswith("postgresql") else instant.isoformat(timespec="microseconds")


def programme(connection: Connection, tables: MetaData) -> dict[str, int]:
    """A programme with a student, two of a company, a coordinator, and an application; ids by name."""
    mine = put(connection, tables, "programmes", daily_at="09:00")
    company = put(connection, tables, "companies", programme_id=mine)
    cohort = put(connection, tables, "cohorts", programme_id=mine, digest_at="08:30")
    of = {"student": None, "owner": company, "colleague": company, "coordinator": None}
    people = {
        name: put(connection, tables, "people", programme_id=mine, name=name, company_id=works_at)
        for name, works_at in of.items()
    }
    project = put(
        connection, tables, "projects", programme_id=mine, company_id=company, owner_id=people["owner"]
    )
    application = put(
        connection,
        tables,
        "applications",
        programme_id=mine,
        project_id=project,
        person_id=people["student"],
        cohort_id=cohort,
    )
    return {**people, "programme": mine, "application": application, "project": project}


@pytest.mark.soak
def test_messages_of_coordinators_differ_from_those_between_the_sides(empty_url: str, tmp_path: Path) -> None:
    """By who wrote to which person: neither the owner nor a colleague is a coordinator who wrote."""
    upgrade(empty_url, scripts=before(tmp_path, "letters_of_coordinators"))
    with opened(empty_url) as (connection, tables):
        ids = programme(connection, tables)
        for sender, recipient in (
            ("coordinator", "student"),
            ("student", "coordinator"),
            ("student", "owner"),
            ("colleague", "student"),
        ):
            put(
                connection,
                tables,
                "letters",
                programme_id=ids["programme"],
                application_id=ids["application"],
                sender_id=ids[sender],
                recipient_id=ids[recipient],
                text=f"{sender} to {recipient}",
            )
    upgrade(empty_url)
    with opened(empty_url) as (connection, tables):
        letters = tables.tables["letters"]
        found = connection.execute(select(letters.c.text).where(letters.c.person_id == ids["student"]))
        assert sorted(found.scalars()) == ["coordinator to student", "student to coordinator"]
        rest = select(letters.c.text).where(letters.c.person_id.is_(None))
        assert sorted(connection.execute(rest).scalars()) == ["colleague to student", "student to owner"]


@pytest.mark.sampled("postgresql")
def test_an_old_report_is_due_and_sent_again(empty_url: str, tmp_path: Path) -> None:
    """A task of a reported message becomes a report with a timer; one that was closed does not."""
    upgrade(empty_url, scripts=before(tmp_path, "reports"))
    with opened(empty_url) as (connection, tables):
        ids = programme(connection, tables)
        for number, state in ((1, "open"), (2, "done")):
            letter = put(
                connection,
                tables,
                "letters",
                programme_id=ids["programme"],
                application_id=ids["application"],
                sender_id=ids["owner"],
                recipient_id=ids["student"],
                reported_at=_stored(empty_url, NOON),
            )
            assert letter == number
            item = {"key": f"letter:{letter}", "kind": "report", "state": state}
            put(connection, tables, "tasks", programme_id=ids["programme"], **item)
    upgrade(empty_url)
    with opened(empty_url) as (connection, tables):
        reports, tasks, timers = (tables.tables[name] for name in ("reports", "tasks", "timers"))
        found = connection.execute(
            select(reports.c.letter_id, reports.c.reporter_id, reports.c.about_id, reports.c.ended_at)
        )
        assert found.all() == [(1, ids["student"], ids["owner"], None)]
        hidden = select(tasks.c.about_id).order_by(tasks.c.id)
        assert list(connection.execute(hidden).scalars()) == [ids["owner"], None]
        columns = (timers.c.kind, timers.c.subject, timers.c.state)
        told = connection.execute(select(*columns).where(timers.c.kind.startswith("report"))).all()
        assert told == [("report.repeat", "report:1", "pending")]


@pytest.mark.sampled("sqlite")
def test_files_of_before_are_held_by_what_names_them(empty_url: str, tmp_path: Path) -> None:
    """An unsent draft, an application and a submission hold theirs; sent drafts, words and strangers none."""
    upgrade(empty_url, scripts=before(tmp_path, "file_uses"))
    with opened(empty_url) as (connection, tables):
        ids, other = programme(connection, tables), put(connection, tables, "programmes", daily_at="09:00")
        mine = {"programme_id": ids["programme"], "person_id": ids["student"]}
        numbers = [put(connection, tables, "files", **mine, external_id=f"F{each}") for each in range(4)]
        numbers.append(put(connection, tables, "files", **{**mine, "programme_id": other}, external_id="F9"))
        files = [{"id": f"kept:{number}", "name": "x.pdf"} for number in numbers]
        drafts = [
            put(connection, tables, "conversations", **mine, subject=state, state=state, draft=stored)
            for state, stored in (
                ("open", {"answers": {"cv": {"value": files[0], "sources": [{"files": [files[1]]}]}}}),
                ("waiting", {"answers": {"why": {"value": f"kept:{numbers[3]}"}}}),
                ("done", {"answers": {"cv": {"value": files[3]}}}),
            )
        ]
        held = {
            "answers": [{"name": "cv", "value": [files[0], files[4]]}, {"name": "why", "value": "kept:4"}]
        }
        connection.execute(tables.tables["applications"].update().values(**held))
        given = {"programme_id": ids["programme"]}
        placement = put(
            connection,
            tables,
            "placements",
            **mine,
            project_id=ids["project"],
            application_id=ids["application"],
        )
        milestone = put(connection, tables, "milestones", **given, placement_id=placement)
        work = put(connection, tables, "submissions", **given, milestone_id=milestone, files=[files[2]])
    upgrade(empty_url)
    with opened(empty_url) as (connection, tables):
        uses = tables.tables["file_uses"].c
        found = connection.execute(select(uses.programme_id, uses.file_id, uses.holder, uses.holder_id)).all()
    assert {programme_id for programme_id, *_ in found} == {ids["programme"]}
    assert sorted((file_id, holder, holder_id) for _, file_id, holder, holder_id in found) == [
        (numbers[0], "application", ids["application"]),
        (numbers[0], "draft", drafts[0]),
        (numbers[1], "draft", drafts[0]),
        (numbers[2], "submission", work),
    ]


@pytest.mark.soak
def test_names_of_before_are_found_in_any_case_and_script(empty_url: str, tmp_path: Path) -> None:
    """Names and titles that were written before are kept as they are compared, as new ones are."""
    upgrade(empty_url, scripts=before(tmp_path, "folded_names"))
    with opened(empty_url) as (connection, tables):
        mine = put(connection, tables, "programmes")
        acme = put(connection, tables, "companies", programme_id=mine, name="ÜNAL  & Söhne")
        put(connection, tables, "people", programme_id=mine, name="Łukasz Straße")
        put(connection, tables, "projects", programme_id=mine, company_id=acme, title="Ｅ-bike: MAP")
    upgrade(empty_url)
    with opened(empty_url) as (connection, tables):
        names = {
            table: connection.execute(select(tables.tables[table].c[column])).scalar_one()
            for table, column in (
                ("companies", "folded_name"), ("people", "folded_name"), ("projects", "folded_title"),
            )
        }  # fmt: skip
    assert names == {"companies": "ünal & söhne", "people": "łukasz strasse", "projects": "e-bike map"}
    assert names["companies"] == Company(name="ÜNAL  & Söhne").folded_name

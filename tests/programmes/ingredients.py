"""What has to occur in a scripted programme, each read from its rows and not from the names of its script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage.tables import (
    Alias,
    Application,
    Case,
    Deliverable,
    HistoryRow,
    Mentor,
    Milestone,
    Notice,
    Outage,
    Person,
    Placement,
    Project,
    Role,
)
from tests.programmes.people import AnyStage

__all__ = ["missing"]


def missing(stage: AnyStage) -> list[str]:
    """What did not occur."""
    return [what for what, occurred in _parts(stage) if not occurred]


def _parts(stage: AnyStage) -> Iterator[tuple[str, bool]]:
    yield from _people(stage)
    yield from _what_went_wrong(stage)


def _people(stage: AnyStage) -> Iterator[tuple[str, bool]]:
    projects, applications = _all(stage, Project), _all(stage, Application)
    students = {each.person_id for each in applications}
    zones = {each.zone for each in _all(stage, Person) if each.id in students}
    coordinators = {each.person_id for each in _all(stage, Role) if each.role == "coordinator"}
    away = {_alias(stage, each) for each in _history(stage, "away")}
    yield "two employers", len({each.company_id for each in projects}) == 2
    yield "eight students", len(students) == 8
    yield "students in four zones", len(zones) == 4
    yield "a mentor", len(_all(stage, Mentor)) == 1
    yield "two coordinators", len(coordinators) == 2
    yield "one of whom goes on holiday", len(away & coordinators) == 1
    yield "two cohorts", len({each.id for project in projects for each in project.cohorts}) == 2


def _what_went_wrong(stage: AnyStage) -> Iterator[tuple[str, bool]]:
    placements = {f"placement:{each.id}": each for each in _all(stage, Placement)}
    ended = [
        each for each in _history(stage, "status") if each.after == "ended" and each.subject in placements
    ]
    yield "a dropout", any(_alias(stage, each) == placements[each.subject].person_id for each in ended)
    yield "a case", [each.status for each in _all(stage, Case)] == ["ended"]
    decide = {f"project:{each.id}": each.decide_at for each in _all(stage, Project)}
    offered = [each for each in _history(stage, "status") if each.after == "offered"]
    yield "a late employer", any(each.at > decide[each.parent] for each in offered)
    left = [each for each in _history(stage, "status") if each.after == "left"]
    yield "an employer who leaves", len(left) == 1
    levels = {each.level for each in _all(stage, Deliverable)}
    details = [each for each in _all(stage, Project) if each.private_details]
    yield "a confidential project", {"team", "agreement"} <= levels and len(details) == 1
    asked_again = [each.key for each in _all(stage, Notice) if each.key.startswith("approval-late:")]
    yield "an approval forgotten", asked_again != []
    yield "work unread", "settled" in {each.status for each in _all(stage, Milestone)}
    moved = [each for each in _history(stage, "due") if each.reason == "silence"]
    yield "a date request unanswered", len(moved) == 1
    out = [each.until - each.since for each in _all(stage, Outage)]
    yield "a bot down for three days", [each // timedelta(days=1) for each in out] == [3]


def _all(stage: AnyStage, table: Any) -> list[Any]:  # noqa: ANN401 - any table
    return list(stage.rows(select(table.__table__)))


def _history(stage: AnyStage, what: str) -> list[Any]:
    return [each for each in _all(stage, HistoryRow) if each.what == what]


def _alias(stage: AnyStage, row: Any) -> int | None:  # noqa: ANN401 - a row of the history
    """Return the person who did what a row of the history says."""
    known = {each.id: each.person_id for each in _all(stage, Alias)}
    return known.get(row.alias_id)

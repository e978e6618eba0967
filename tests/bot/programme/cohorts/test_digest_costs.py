"""What digests cost: as much for each channel however many there are, and however many applied meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from bot.programme import ROUTES
from bot.programme.cohorts import digests
from bot.programme.core.turn import Turn
from storage import statistics
from storage.tables import Announcement, Application, Channel, Cohort, Company, Person, Programme, Project
from tests.support.in_memory import carried, fired, in_memory, queries, set_for, steps
from tests.support.stage import MONDAY

PROJECTS = 50


@contextmanager
def programme_of(channels: int, applicants: int = 1) -> Iterator[Turn]:
    """A programme with fifty open projects, each announced in every channel, with so many applicants each."""
    mine = {"programme_id": 1, "created_at": MONDAY}
    cohort = {**mine, "zone": "UTC", "digest_at": "09:00", "days_off": [], "open": True}
    announced = {"programme_id": 1, "announced_at": MONDAY}
    applied = {**mine, "cohort_id": 1, "answers": []}
    projects, cohorts, people = range(1, PROJECTS + 1), range(1, channels + 1), range(1, applicants + 1)
    with in_memory() as work:
        for noun, rows in {
            Programme: [{"id": 1, "name": "Riverside", "zone": "UTC", "created_at": MONDAY}],
            Company: [{**mine, "id": 1, "name": "Acme"}],
            Cohort: [{**cohort, "id": each, "name": f"Cohort {each}"} for each in cohorts],
            Channel: [
                {"programme_id": 1, "cohort_id": each, **at(each), "state": "active"} for each in cohorts
            ],
            Person: [{**mine, "id": each, "name": "Ada"} for each in people],
            Project: [project(each) for each in projects],
            Announcement: [
                {**announced, "project_id": each, "cohort_id": to, **at(to)}
                for each in projects
                for to in cohorts
            ],
            Application: [
                {**applied, "project_id": each, "person_id": who, "status": "sent" if who > 1 else "offered"}
                for each in projects
                for who in people
            ],
        }.items():
            work.connection.execute(insert(noun), rows)
        statistics.gather(work.connection)
        work.connection.execute(text("ANALYZE sqlite_schema"))  # a new connection reads them by itself
        turn = Turn(work, MONDAY, 1, routes=ROUTES)
        for each in work.session.scalars(select(Cohort)):
            carried(turn, digests.begin_digests(turn, each), each.name)
        work.session.expunge_all()
        yield turn


def at(cohort: int) -> dict[str, str]:
    """The channel in which a cohort reads of its projects."""
    return {"place": f"terminal/channel/riverside/c{cohort}"}


def project(number: int) -> dict[str, object]:
    """An open project whose deadline is in this week."""
    texts = {"brief": "Shops", "search": "".join(f"|k:{cohort}" for cohort in range(1, 301)) + "|"}
    dates = dict.fromkeys(("starts_at", "decide_at"), MONDAY + timedelta(days=40))
    stamps = dict.fromkeys(("created_at", "updated_at", "published_at"), MONDAY)
    made = {"id": number, "programme_id": 1, "company_id": 1, "status": "open", "title": f"Project {number}"}
    lists: dict[str, object] = {"skills": [], "questions": [], "cohorts": [], "extra": {}}
    terms = {"hours": 20, "weeks": 2, "fee_cents": 40000, "currency": "USD", "places": 2}
    return {**made, **texts, **dates, **stamps, **lists, **terms, "deadline_at": MONDAY + timedelta(days=5)}


def cost(turn: Turn, count: int) -> tuple[int, int]:
    """SQLite's steps, and the statements, of the first `count` digests that are due, with what they owe."""

    def serve() -> None:
        for key in list(set_for(turn, "cohort.digest"))[:count]:
            later, event = fired(turn, key)
            assert len(carried(later, digests.cohort_digest_due(later, event), key)) == 2

    with queries(turn) as seen:
        taken = steps(turn.work, serve)
    return taken, len(seen)


def test_a_channels_digest_costs_the_same_among_thirty_and_three_hundred() -> None:
    """Thirty digests take as many statements among ten times as many, and hardly a step more."""
    with programme_of(30) as turn:
        few, asked = cost(turn, 30)
    with programme_of(300) as turn:
        many, asked_then = cost(turn, 30)
    assert asked_then == asked
    assert many < few * 1.2


@pytest.mark.soak
def test_those_who_only_applied_cost_a_digest_nothing() -> None:
    """The places of a project with two hundred applicants are counted by those who take one."""
    with programme_of(2) as turn:
        few, _ = cost(turn, 1)
    with programme_of(2, applicants=200) as turn:
        many, _ = cost(turn, 1)
    assert many < few * 1.2

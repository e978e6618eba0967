"""The history: what is written into it, who acted, and that nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.local_day import Day
from bot.chat.values import replace
from bot.programme.core import dates, history
from bot.programme.core.lifecycle import change, give_part, move
from bot.programme.core.turn import Turn
from storage.tables import Alias, Cohort, Company, HistoryRow, Person, Project
from tests.support.projects import project_row, seed_application
from tests.support.stage import MONDAY


@pytest.fixture
def project(turn: Turn) -> Project:
    """A project that is being written, of the person who acts."""
    company = Company(programme_id=turn.programme_id, created_at=MONDAY, name="Riverside Bikes")
    cohort = Cohort(
        programme_id=turn.programme_id,
        created_at=MONDAY,
        name="Spring",
        zone="Europe/London",
        digest_at="08:30",
        days_off=[],
    )
    turn.session.add_all([company, cohort])
    turn.session.flush()
    turn.person.company_id = company.id
    return project_row(turn.work, turn.person, MONDAY)


def rows(turn: Turn) -> list[HistoryRow]:
    """Return every row of the history of projects, in order."""
    query = select(HistoryRow).where(HistoryRow.subject.startswith("project:"))
    return list(turn.session.scalars(query.order_by(HistoryRow.id)))


def changes(turn: Turn) -> list[tuple[str, str | None, str | None]]:
    """Return what changed, as it was and as it is."""
    return [(row.what, row.before, row.after) for row in rows(turn)]


def test_a_move_is_one_row_with_the_person_who_acted(turn: Turn, project: Project) -> None:
    """It says of what, from where, to where and when; the person is named by an alias, not by their id."""
    move(turn, project, "review")
    [row] = rows(turn)
    assert (row.subject, row.parent) == (f"project:{project.id}", "")
    assert (row.what, row.before, row.after, row.at) == ("status", "draft", "review", turn.now)
    alias = turn.session.get_one(Alias, row.alias_id)
    assert alias.person_id == turn.person_id
    assert (row.began_by, row.known_by, row.position) == ("", "", None)


def test_a_timer_is_named_where_no_person_acted(turn: Turn, project: Project) -> None:
    """What a timer does has its kind and no alias."""
    fired = replace(turn, person_id=None, began_by="project.close")
    move(fired, project, "review")
    [row] = rows(turn)
    assert (row.alias_id, row.began_by) == (None, "project.close")


def test_each_date_that_changes_is_one_row(turn: Turn, project: Project) -> None:
    """A day is written with its zone, an instant in UTC, however many columns it has."""
    before = history.written(dates.read(project, "deadline"))
    change(turn, project, **dates.columns("deadline", Day((MONDAY + timedelta(days=9)).date(), "everywhere")))
    change(turn, project, **dates.columns("starts", MONDAY + timedelta(days=20)))
    written = changes(turn)
    assert written[0] == ("deadline", before, "2026-03-18 everywhere")
    assert written[1][0] == "starts"
    assert written[1][2] == "2026-03-29T08:00:00+00:00"
    assert len(written) == 2


def test_places_and_owner_are_written_and_words_are_not(turn: Turn, project: Project) -> None:
    """A number of places and an owner's alias go into the history; a title does not."""
    other = Person(programme_id=turn.programme_id, name="Dana", created_at=MONDAY)
    turn.session.add(other)
    turn.session.flush()
    change(turn, project, places=project.places + 1, title="Another title", owner_id=other.id)
    places, owner = rows(turn)
    assert (places.what, int(places.after or 0) - int(places.before or 0)) == ("places", 1)
    assert owner.what == "owner"
    assert turn.session.get_one(Alias, int(owner.after or 0)).person_id == other.id
    assert turn.session.get_one(Alias, int(owner.before or 0)).person_id == turn.person_id
    assert all("title" not in str(value) for row in rows(turn) for value in (row.before, row.after))


@pytest.mark.parametrize(
    ("to", "becomes"),
    [
        ("accepted", "accepted"),
        ("declined", "declined"),
        ("expired", "expired"),
        ("released", "taken_back"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_an_offer_is_a_noun_of_its_own(turn: Turn, project: Project, to: str, becomes: str) -> None:
    """It is born when it is made, has the date until which it is open, and its end has the release's code."""
    application = seed_application(turn.work, project, turn.person, MONDAY, release_reason="overfull")
    move(turn, application, "offered")
    change(turn, application, offer_until=MONDAY + timedelta(days=2))
    change(turn, application, offer_until=MONDAY + timedelta(days=3))
    move(turn, application, to)
    written = of_offers(turn)
    assert [(row.what, row.before, row.after) for row in written] == [
        ("birth", None, "open"),
        ("until", None, "2026-03-11T08:00:00+00:00"),
        ("until", "2026-03-11T08:00:00+00:00", "2026-03-12T08:00:00+00:00"),
        ("status", "open", becomes),
    ]
    of_application = f"application:{application.id}"
    assert {row.subject for row in written} == {f"offer:{application.id}:1"}
    assert {row.parent for row in written} == {of_application}
    assert written[-1].reason == ("overfull" if to == "released" else "")


def test_an_offer_that_is_made_again_is_another(turn: Turn, project: Project) -> None:
    """After the first ran out, the second has its own birth and end."""
    application = seed_application(turn.work, project, turn.person, MONDAY)
    for to in ("offered", "expired", "offered", "accepted"):
        move(turn, application, to)
    assert [(row.subject, row.after) for row in of_offers(turn)] == [
        (f"offer:{application.id}:1", "open"),
        (f"offer:{application.id}:1", "expired"),
        (f"offer:{application.id}:2", "open"),
        (f"offer:{application.id}:2", "accepted"),
    ]


def test_a_part_in_a_company_is_a_noun_of_its_own(turn: Turn, project: Project) -> None:
    """Coming, another part and leaving are a row each, by the person's alias; what stays is none."""
    company_id, person = project.company_id, turn.person
    give_part(turn, person, company_id, "owner")
    give_part(turn, person, company_id, "reviewer")
    give_part(turn, person, None, "owner")
    give_part(turn, person, company_id, "stand_in")
    query = select(HistoryRow).where(HistoryRow.parent == f"company:{company_id}").order_by(HistoryRow.id)
    written = list(turn.session.scalars(query))
    assert [(row.what, row.before, row.after) for row in written] == [
        ("status", "owner", "reviewer"),
        ("status", "reviewer", "left"),
        ("birth", None, "stand_in"),
    ]
    alias = history.alias_of(turn, person.id)
    assert {row.subject for row in written} == {f"part:{company_id}:{alias}"}


def of_offers(turn: Turn) -> list[HistoryRow]:
    """Return every row of the history of offers, in order."""
    query = select(HistoryRow).where(HistoryRow.subject.startswith("offer:"))
    return list(turn.session.scalars(query.order_by(HistoryRow.id)))


def test_nothing_is_written_where_nothing_changed(turn: Turn, project: Project) -> None:
    """A change to what is there already leaves no row."""
    change(turn, project, places=project.places, title=project.title)
    assert rows(turn) == []


def test_a_person_keeps_one_alias(turn: Turn, project: Project) -> None:
    """A second act of the same person has the alias of the first."""
    move(turn, project, "review")
    move(turn, project, "open")
    one, other = rows(turn)
    assert one.alias_id == other.alias_id
    assert history.alias_of(turn, turn.person.id) == one.alias_id

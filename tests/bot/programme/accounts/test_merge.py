"""Joined accounts: what becomes of the parts that each of them had in a company."""

import pytest
from sqlalchemy import select

from bot.programme.accounts.merge import join
from bot.programme.companies.employers import post_for
from bot.programme.core import history, subjects
from bot.programme.core.lifecycle import give_part
from bot.programme.core.turn import Turn
from storage.tables import Company, HistoryRow
from tests.support.in_memory import person
from tests.support.stage import MONDAY


@pytest.fixture
def companies(turn: Turn) -> list[int]:
    """The ids of two companies."""
    made = [
        Company(programme_id=turn.programme_id, name=name, created_at=MONDAY) for name in ("Acme", "Birch")
    ]
    turn.session.add_all(made)
    turn.session.flush()
    return [each.id for each in made]


def parts(turn: Turn) -> list[tuple[str, str | None, str | None]]:
    """The rows of the history about parts: subject, before and after."""
    query = select(HistoryRow).where(HistoryRow.subject.startswith("part:")).order_by(HistoryRow.id)
    return [(row.subject, row.before, row.after) for row in turn.session.scalars(query)]


@pytest.mark.soak
def test_the_second_account_leaves_its_company_by_its_own_alias(turn: Turn, companies: list[int]) -> None:
    """The history ends the part of the second account, and begins the first one's where it had none."""
    first, second = person(turn, "marta", "employer"), person(turn, "jo", "employer")
    give_part(turn, second.person, companies[0], "stand_in")
    alias = history.alias_of(turn, second.own_id)
    join(turn, first.person, second.person)
    assert parts(turn)[1:] == [
        (subjects.PART(companies[0], alias), "stand_in", "left"),
        (subjects.PART(companies[0], history.alias_of(turn, first.own_id)), None, "stand_in"),
    ]
    assert (first.person.company_id, first.person.company_part) == (companies[0], "stand_in")
    assert second.person.company_id is None


@pytest.mark.soak
@pytest.mark.parametrize(
    ("first_part", "second_part", "kept"),
    [("owner", "reviewer", "owner"), ("reviewer", "owner", "owner"), ("stand_in", "owner", "stand_in")],
)
def test_a_part_that_decides_is_kept(
    turn: Turn, companies: list[int], first_part: str, second_part: str, kept: str
) -> None:
    """Of two accounts in one company the person decides if either of them did."""
    first, second = person(turn, "marta", "employer"), person(turn, "jo", "employer")
    give_part(turn, first.person, companies[0], first_part)
    give_part(turn, second.person, companies[0], second_part)
    join(turn, first.person, second.person)
    assert (first.person.company_id, first.person.company_part) == (companies[0], kept)


@pytest.mark.soak
def test_another_company_of_the_second_account_is_left(turn: Turn, companies: list[int]) -> None:
    """The first account's company stays, and the history says that the second one left its own."""
    first, second = person(turn, "marta", "employer"), person(turn, "jo", "employer")
    give_part(turn, first.person, companies[0], "owner")
    give_part(turn, second.person, companies[1], "reviewer")
    join(turn, first.person, second.person)
    assert [row[1:] for row in parts(turn)] == [(None, "owner"), (None, "reviewer"), ("reviewer", "left")]
    assert first.person.company_id == companies[0]


def test_a_person_owns_the_company_they_are_to_post_for(turn: Turn, companies: list[int]) -> None:
    """A part of another company does not come along; a part that they have there already stays."""
    marta = person(turn, "marta", "employer").person
    give_part(turn, marta, companies[0], "reviewer")
    post_for(turn, marta, "Acme")
    assert (marta.company_id, marta.company_part) == (companies[0], "reviewer")
    post_for(turn, marta, "Birch")
    assert (marta.company_id, marta.company_part) == (companies[1], "owner")

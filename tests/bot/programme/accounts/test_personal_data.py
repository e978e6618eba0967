"""What becomes of every row about a person: when two turn out to be one, and when one is forgotten."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Text, UniqueConstraint, select, update

from bot.chat.events import Place
from bot.programme.accounts import forget, merge
from bot.programme.accounts.personal_data import PARTS
from bot.programme.administration.creation import create_cohort
from bot.programme.core.turn import Turn
from bot.programme.people import unnaming
from bot.programme.people.personal_data import column_of
from storage.tables import Company, Person, Report, metadata
from tests.support.in_memory import begun, person
from tests.support.projects import project_row, seed_application
from tests.support.rows import put

WORDS = "What she wrote."

OTHER_IDS = {
    "people.identity_id",
    "tasks.about_company_id",
    "file_uses.holder_id",
    "history.alias_id",
    "spaces.company_id",
    "projects.outage_id",
    "reports.outage_id",
    "waits.outage_id",
}
"""Ids without a foreign key that are not a person's."""


def declared() -> list[Column[Any]]:
    """Every column of a person's id that a noun answers for when two people are merged."""
    return [column_of(each) for part in PARTS for each in (*part.moved, *part.joined, *part.stays)]


def of_a_person(column: Column[Any]) -> bool:
    """Whether a column refers to people, or could without saying so."""
    if column.foreign_keys:
        return any(key.column.table.name == "people" for key in column.foreign_keys)
    return column.name.endswith("_id") and isinstance(column.type, Integer) and str(column) not in OTHER_IDS


def test_every_column_of_a_persons_id_is_some_nouns() -> None:
    """A new table about people has a noun that says what becomes of its rows, and only one."""
    named = Counter(map(str, declared()))
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    assert named == Counter(str(column) for column in columns if of_a_person(column))


def test_every_column_of_a_persons_id_has_an_index() -> None:
    """So that nothing reads a whole table to forget a person, to join two or to show one their data."""
    without = []
    for column in declared():
        indexes = [[each.name for each in index.columns] for index in column.table.indexes]
        indexes += [
            [each.name for each in rule.columns]
            for rule in column.table.constraints
            if isinstance(rule, UniqueConstraint)
        ]
        if not any(
            [each for each in names if each != "programme_id"][:1] == [column.name] for names in indexes
        ):
            without.append(str(column))
    assert without == []


def test_what_a_noun_leaves_out_has_a_reason() -> None:
    """Where a noun has no function, leaves a row behind or keeps a column, a sentence says why."""
    for part in PARTS:
        functions = (part.export, part.erase, part.merge, part.on_left)
        reasons = [each for each in functions if isinstance(each, str)]
        reasons += [*part.stays.values(), *part.kept.values()]
        assert all(reason.endswith(".") and " " in reason for reason in reasons), part.noun


@contextmanager
def _opened() -> Iterator[Turn]:
    """A turn in a programme with one company and one cohort."""
    with begun() as begin:
        place = Place("terminal", "riverside", "spring")
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", place)
        begin.session.add(Company(programme_id=begin.programme_id, name="Acme Maps", created_at=begin.now))
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def held_by(turn: Turn, someone: Person) -> set[str]:
    """The columns of a person's id in which this person's is."""
    columns = declared()
    found = (turn.connection.execute(select(each).where(each == someone.id)).first() for each in columns)
    return {str(each) for each, row in zip(columns, found, strict=True) if row}


def fill(turn: Turn, someone: Person, words: str = "") -> None:
    """A row in every table about people: this person in each column, these words in each free text."""
    project = project_row(turn.work, None, turn.now)
    project.owner_id = project.contact_by_id = someone.id
    project.contact = words
    application = seed_application(
        turn.work, project, someone, turn.now, reason=words, reason_by_id=someone.id
    )
    about = {"programme_id": turn.programme_id, "application_id": application.id, "project_id": project.id}
    people_in: dict[str, dict[str, int]] = {}
    for column in declared():
        people_in.setdefault(column.table.name, {})[column.name] = someone.id
    there = {name.partition(".")[0] for name in held_by(turn, someone)}
    found = MetaData()
    found.reflect(turn.connection)

    def add(name: str, **values: Any) -> int:  # noqa: ANN401 - a row's values
        columns = found.tables[name].columns
        written = {each.name: words for each in free_texts() if each.table.name == name and words}
        known = {key: value for key, value in about.items() if key in columns}
        return put(turn.connection, found, name, **written, **known, **values)

    placement_id = add("placements", **people_in["placements"])
    milestone_id = add("milestones", placement_id=placement_id)
    add("submissions", milestone_id=milestone_id, **people_in["submissions"])
    for name in sorted(people_in.keys() - there - {"placements", "submissions"}):
        fields: dict[str, Any] = {"was": {}, "now": {}} if name == "project_versions" else {}
        add(name, **people_in[name], **fields)
    turn.session.expire_all()


def free_texts() -> list[Column[Any]]:
    """Every column that holds words of any length."""
    return [c for table in metadata.sorted_tables for c in table.columns if isinstance(c.type, Text)]


@pytest.mark.soak
def test_nothing_stays_with_the_second_person(turn: Turn) -> None:
    """With a row in every column the first person has it all, but for a request to be forgotten."""
    first, second = person(turn, "ada").person, person(turn, "ida", "student").person
    fill(turn, second)
    everything = {str(column) for column in declared()}
    assert held_by(turn, second) == everything
    merge.join(turn, first, second)
    turn.session.flush()
    assert held_by(turn, second) == {"erasures.person_id"}
    assert held_by(turn, first) == everything - {"erasures.person_id"}


OTHERS_WORDS = {
    *("milestones.title", "milestones.done_when", "reports.answer", "reports.other_answer", "outbox.error"),
    *("companies.about", "companies.website"),
    *(str(c) for table in ("terms", "terms_offers") for c in metadata.tables[table].columns),
}
"""Free texts beside a person's id that a project, a company, the coordinators or a platform have said."""


def test_no_words_of_a_forgotten_person_are_left(turn: Turn) -> None:
    """In a row of every table about people, each free text is emptied that is not of another person."""
    ada = person(turn, "ada", "student").person
    fill(turn, ada, WORDS)
    turn.session.execute(update(Report).values(ended_at=turn.now))
    forget.erase(turn, ada)
    turn.session.flush()
    left = {str(c) for c in free_texts() if turn.connection.execute(select(c).where(c == WORDS)).first()}
    assert left - OTHERS_WORDS == set()
    assert turn.session.get_one(Person, ada.id).name == unnaming.GONE

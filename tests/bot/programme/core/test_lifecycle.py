"""A noun's life: how it is born, where it may go, what of it changes, and what is announced of that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined, Routes
from bot.chat.values import replace
from bot.programme.core.changes import OF_EVERY_NOUN, Begun, Change, Changed, StatusChanged, TasksRead
from bot.programme.core.lifecycle import LIFECYCLES, begin, can_move, change, move
from bot.programme.core.status_terms import STATUS_TERMS
from bot.programme.core.turn import Turn
from storage.tables import Channel, Cohort, Company, Project, metadata
from tests.support.in_memory import begun
from tests.support.projects import project_row
from tests.support.stage import MONDAY

FOLLOWED = CancelTimers(key="followed")


@pytest.fixture
def heard() -> list[Change]:
    """Every change that was followed, in order."""
    return []


@contextmanager
def _opened(heard: list[Change]) -> Iterator[Turn]:
    """A turn in which every change of a noun is followed, by one action."""

    def follower(_turn: Turn, announced: Change) -> list[Action]:
        heard.append(announced)
        return [FOLLOWED]

    with begun() as turn:
        mine = {"programme_id": turn.programme_id, "created_at": MONDAY}
        turn.session.add(Cohort(**mine, name="Spring", zone="UTC", digest_at="09:00", days_off=[]))
        turn.session.add(Company(**mine, name="Riverside Bikes"))
        turn.session.flush()
        routes = Routes(follows=dict.fromkeys(OF_EVERY_NOUN, (follower,)))
        yield replace(turn, routes=routes)


pytestmark = pytest.mark.turn(opened=_opened, given=("heard",))


@pytest.fixture
def project(turn: Turn) -> Project:
    """A project that is being written."""
    turn.person.company_id = turn.session.scalars(select(Company.id)).one()
    return project_row(turn.work, turn.person, MONDAY)


def test_what_is_born_is_stored_and_announced(turn: Turn, heard: list[Change]) -> None:
    """The row has its id when it is announced, and the caller gets what follows."""
    cohort = turn.session.scalars(select(Cohort)).one()
    row = Channel(programme_id=turn.programme_id, cohort_id=cohort.id, place="terminal/channel/r/one")
    assert begin(turn, row) == [FOLLOWED]
    assert turn.session.scalars(select(Channel)).one() is row
    assert heard == [Begun(row)]


def test_a_move_is_stored_and_announced(turn: Turn, project: Project, heard: list[Change]) -> None:
    """The change says where the noun was, and its row is already where it is now."""
    assert move(turn, project, "review") == [FOLLOWED]
    assert move(turn, project, "open") == [FOLLOWED]
    assert heard == [
        StatusChanged(project, "draft", "review"),
        StatusChanged(project, "review", "open"),
    ]
    assert turn.session.scalars(select(Project.status)).one() == "open"


def test_a_move_that_is_not_allowed_changes_nothing(
    turn: Turn, project: Project, heard: list[Change]
) -> None:
    """The refusal says where the noun is, and nothing is announced."""
    with pytest.raises(Declined) as refused:
        move(turn, project, "closed")
    assert "Status now: draft" in plain_text(refused.value.message)
    assert (project.status, heard) == ("draft", [])
    assert not can_move(project, "closed")


def test_a_change_names_what_is_different(turn: Turn, project: Project, heard: list[Change]) -> None:
    """Columns that stay as they are are not named; without one that is different nothing is announced."""
    later, before = project.deadline_at + timedelta(days=2), project.deadline_at
    places, owner = project.places, project.owner_id
    assert change(turn, project, deadline_at=later, places=places, owner_id=None) == [FOLLOWED]
    assert heard == [
        Changed(
            project,
            {"deadline_at": before, "owner_id": owner},
            {"deadline_at": later, "owner_id": None},
        )
    ]
    stored = turn.session.execute(select(Project.deadline_at, Project.owner_id, Project.places)).one()
    assert stored == (later, None, places)
    assert change(turn, project, deadline_at=later, places=places) == []
    assert len(heard) == 1


def test_what_every_noun_announces_needs_no_follower(turn: Turn, project: Project) -> None:
    """Births, moves and changes may go without one; any other change without one is a mistake."""
    alone = replace(turn, routes=Routes())
    assert move(alone, project, "open") == []
    assert change(alone, project, places=7) == []
    with pytest.raises(KeyError):
        alone.follow(TasksRead())


@pytest.mark.parametrize("noun", LIFECYCLES, ids=lambda noun: noun.__name__)
def test_a_lifecycle_is_whole(noun: type) -> None:
    """Each move leads to another status of the same lifecycle; the column is there."""
    column, moves = LIFECYCLES[noun]
    assert column in metadata.tables[str(getattr(noun, "__tablename__", ""))].columns
    assert {to for allowed in moves.values() for to in allowed} <= moves.keys()
    assert all(status not in allowed for status, allowed in moves.items())


@pytest.mark.parametrize(
    ("noun", "status"),
    [(noun, status) for noun, (_, moves) in LIFECYCLES.items() for status in moves],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_refused_move_says_the_status_in_words_of_the_noun(turn: Turn, noun: type, status: str) -> None:
    """Each status of each noun has words, in a list of that noun's; no other list has the same context."""
    column, moves = LIFECYCLES[noun]
    row = noun(**{column: status})
    with pytest.raises(Declined) as refused:
        move(turn, row, "elsewhere")
    words = STATUS_TERMS[noun][status]
    assert plain_text(refused.value.message).endswith(f"Status now: {words.word}")
    assert STATUS_TERMS[noun].keys() == moves.keys()
    others = [terms for kind, terms in STATUS_TERMS.items() if kind is not noun]
    assert all(words.context != each.context for terms in others for each in terms.values())

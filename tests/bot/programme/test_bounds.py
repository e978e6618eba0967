"""An id of another programme is found by no turn: it is a key to look things up with, never a right."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme import projects
from bot.programme.applications import lookup
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from storage.tables import Application, Programme, Wait
from storage.unit_of_work import UnitOfWork
from tests.support.in_memory import in_memory
from tests.support.projects import seed_applications, turn_of
from tests.support.stage import MONDAY


@pytest.fixture
def work() -> Iterator[UnitOfWork]:
    """A turn's share of a database in which a student has applied to a project."""
    with in_memory() as made:
        seed_applications(made, 1)
        yield made


@pytest.fixture
def elsewhere(work: UnitOfWork) -> Turn:
    """A turn in another programme of the same database."""
    here = turn_of(work)
    other = Programme(name="Hillside", zone="UTC", created_at=MONDAY)
    work.session.add(other)
    work.session.flush()
    assert other.id != here.programme_id
    return Turn(work, MONDAY, other.id, routes=here.routes)


def test_a_project_and_an_application_are_found_in_their_own_programme(
    work: UnitOfWork, elsewhere: Turn
) -> None:
    """In another one they are answered like what does not exist."""
    application = work.session.scalars(select(Application)).one()
    with pytest.raises(Declined) as no:
        projects.project_of(elsewhere, application.project_id)
    assert "I cannot find that project." in str(no.value.message)
    with pytest.raises(Declined) as no:
        lookup.application_of(elsewhere, application.id)
    assert "I cannot find that application." in str(no.value.message)


def test_a_project_of_another_company_is_unknown_in_a_companys_own_space(work: UnitOfWork) -> None:
    """In the space of its own company, and in the programme's, it is found."""
    project_id = work.session.scalars(select(Application.project_id)).one()
    here = turn_of(work)
    own = projects.project_of(here, project_id).company_id
    assert projects.project_of(replace(here, space_company=own), project_id).id == project_id
    with pytest.raises(Declined) as no:
        projects.project_of(replace(here, space_company=own + 1), project_id)
    assert "I cannot find that project." in str(no.value.message)


def test_a_wait_is_ended_in_its_own_programme(work: UnitOfWork, elsewhere: Turn) -> None:
    """Another programme has applications of the same numbers, and its waits are others."""
    number = work.session.scalars(select(Application.id)).one()
    mine = (Wait.kind == "answer", Wait.subject == subjects.APPLICATION(number))
    wait = work.session.scalars(select(Wait).where(*mine)).one()
    assert waits.end(elsewhere, wait.kind, wait.subject, "kept") == []
    work.session.refresh(wait)
    assert wait.state == "open"

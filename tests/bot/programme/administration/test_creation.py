"""A programme's beginning: what is stored before any person has said a word."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.chat.events import Place
from bot.programme import cohorts, people
from bot.programme.administration.creation import create_cohort
from bot.programme.core.turn import Turn
from storage.tables import Programme, Space
from tests.support.in_memory import set_for

pytestmark = pytest.mark.turn(zone="Europe/Berlin")


def test_a_new_programme_has_its_space_its_coordinator_and_its_summary(turn: Turn) -> None:
    """The space belongs to it, the coordinator may act, and the first daily summary is set."""
    assert turn.session.scalars(select(Programme.name)).all() == ["Riverside"]
    space = turn.session.scalars(select(Space)).one()
    assert (space.platform, space.external_id) == ("terminal", "riverside")
    assert [person.name for person in people.coordinators(turn)] == ["Cora"]
    assert turn.roles == {"coordinator"}
    assert list(set_for(turn, "tasks.daily").values()) == [datetime(2026, 3, 9, 23, 5, tzinfo=UTC)]


def test_a_new_cohort_has_its_channel_and_its_digest(turn: Turn) -> None:
    """It is open, announced in its channel, and its first digest is due at nine where it lives."""
    place = Place("terminal", "riverside", "spring")
    create_cohort(turn.work, turn.now, turn.programme_id, "Spring", "Asia/Tokyo", place)
    cohort = cohorts.cohort_at(turn, place)
    assert cohort is not None
    assert cohort.open
    assert list(set_for(turn, "cohort.digest").values()) == [datetime(2026, 3, 10, 0, 0, tzinfo=UTC)]

"""The lifecycle of a mentor: what is over does not begin again, and says so."""

import pytest

from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.translation import translated
from bot.programme.core.lifecycle import begin, move
from bot.programme.core.turn import Turn
from bot.programme.people.parts import acting_for
from storage.tables import Mentor
from tests.support.history_world import world


@pytest.mark.parametrize(
    ("status", "to", "said"),
    [
        ("active", "active", "Status now: mentor now"),
        ("refused", "active", "Status now: not wished by the student"),
        ("ended", "refused", "Status now: ended"),
    ],
)
def test_a_part_that_is_over_stays_over(turn: Turn, status: str, to: str, said: str) -> None:
    """A mentor who was refused, or has ended, is assigned again as another row."""
    here = world(turn)
    mentor = Mentor(
        programme_id=turn.programme_id,
        placement_id=here.placement.id,
        person_id=here.jo.own_id,
        status=status,
        reads_check_ins=False,
        created_at=turn.now,
    )
    begin(turn, mentor)
    with pytest.raises(Declined) as refused:
        move(turn, mentor, to)
    assert said in plain_text(translated(refused.value.message, ENGLISH))


def test_the_mentor_s_part_is_found_while_they_are_here(turn: Turn) -> None:
    """Who mentors a placement is looked up by part; a person who has left acts for no student."""
    here = world(turn)
    assert acting_for(turn, here.placement, "mentor") == []
    mentor = Mentor(
        programme_id=turn.programme_id,
        placement_id=here.placement.id,
        person_id=here.jo.own_id,
        status="active",
        reads_check_ins=True,
        created_at=turn.now,
    )
    begin(turn, mentor)
    assert acting_for(turn, here.placement, "mentor") == [here.jo.person]
    here.jo.person.left_at = turn.now
    turn.session.flush()
    assert acting_for(turn, here.placement, "mentor") == []

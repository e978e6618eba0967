"""The lifecycle of a mentor: what is over does not begin again, and says so."""

import pytest

from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.translation import translated
from bot.programme.core.lifecycle import begin, move
from bot.programme.core.turn import Turn
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

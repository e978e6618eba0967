"""A cohort's channels: how they are named where its set-up is shown."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from bot.chat.content import lines, message
from bot.chat.events import Place
from bot.chat.rendering.plain_text import plain_text
from bot.chat.sentences import ChannelName
from bot.programme import cohorts
from bot.programme.administration.creation import create_cohort
from bot.programme.core.turn import Turn
from storage.tables import Channel, Cohort
from tests.support.in_memory import begun

SPRING = Place("discord", "1", "7")


@contextmanager
def _opened() -> Iterator[Turn]:
    """A turn in no channel, in a programme whose cohort Spring has one on Discord."""
    with begun() as begin:
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", SPRING)
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("active", ""),
        ("new", " (not ready yet: /stint setup says why)"),
        ("paused", " (paused: I cannot write there)"),
        ("away", " (paused: I cannot write there)"),
    ],
)
def test_a_channel_is_a_value_that_platforms_draw(turn: Turn, state: str, said: str) -> None:
    """It is found by its place, and named neither by an id nor by its platform alone."""
    channel = turn.session.scalars(select(Channel)).one()
    channel.state = state
    turn.session.flush()
    (line,) = cohorts.channel_lines(turn, turn.session.scalars(select(Cohort)).one())
    assert line.values == {"channel": ChannelName(str(SPRING))}
    assert plain_text(message(lines(line))) == f"a channel{said}"


def test_without_a_channel_the_way_to_one_is_named(turn: Turn) -> None:
    """A cohort that can announce nothing says how it gets its channel."""
    turn.session.delete(turn.session.scalars(select(Channel)).one())
    turn.session.flush()
    (line,) = cohorts.channel_lines(turn, turn.session.scalars(select(Cohort)).one())
    assert plain_text(message(lines(line))) == "none yet: choose one with /cohort channel"

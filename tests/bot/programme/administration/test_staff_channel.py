"""The staff channel: a button that names no channel says what to do instead."""

import pytest

from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.programme.administration import staff_channel
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from tests.support.in_memory import begun, button

pytestmark = pytest.mark.turn(opened=begun)


def test_a_button_that_names_no_channel_says_what_to_type(turn: Turn) -> None:
    """It names the command that chooses a channel."""
    pressed = button(turn, verbs.SETTINGS_STAFF_CHECK(""))
    with pytest.raises(Declined) as no:
        staff_channel.check_pressed(turn, pressed)
    assert "Choose a channel with /stint settings #staff" in plain_text(no.value.message)

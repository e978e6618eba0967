"""Which history is meant: what autocomplete suggests to a coordinator."""

import pytest

from bot.chat.content import message, text
from bot.chat.events import Suggest
from bot.chat.rendering.plain_text import plain_text
from bot.chat.sentences import Sentence, layout
from bot.programme.core.turn import Turn
from bot.programme.history import meant
from tests.support.in_memory import begun

pytestmark = pytest.mark.turn(opened=begun)


def test_the_programme_is_suggested_by_its_name(turn: Turn) -> None:
    """With the word that tells it from a project of the same name."""
    assert turn.user is not None
    assert turn.place is not None
    common = {"id": "s", "at": turn.now, "actor": turn.user, "place": turn.place}
    typed = Suggest(**common, path=("stint", "history"), option="subject", typed="programme")  # type: ignore[arg-type]
    (found,) = meant.suggest(turn, typed)
    assert isinstance(found.label, Sentence)
    assert plain_text(message(text(layout("{label}", label=found.label)))) == "The programme: Riverside"
    assert found.value == f"programme {turn.programme_id}"

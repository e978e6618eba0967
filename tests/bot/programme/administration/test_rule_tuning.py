"""The form of a rule: a rule that there is not, or that stays as it is, is answered alike."""

import pytest

from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.programme.administration.rule_tuning import rule_form
from bot.programme.core.turn import Turn
from tests.support.in_memory import person


@pytest.mark.parametrize("rule", ["deadline-passed", "no-such-rule", ""])
def test_a_rule_that_cannot_be_tuned_has_no_form(turn: Turn, rule: str) -> None:
    """A button of an older version may name a rule that stays or is gone."""
    with pytest.raises(Declined) as declined:
        rule_form(person(turn, "cora", "coordinator"), rule)
    assert plain_text(declined.value.message).startswith("There is no such rule to see or change.")

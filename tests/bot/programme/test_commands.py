"""The programme's commands as they are offered where people type: short enough in every language."""

import pytest

from bot.chat.commands import CommandSpec
from bot.chat.language import ENGLISH
from bot.chat.languages import PSEUDO, language_for
from bot.programme import ROUTES

COMMANDS = [spec for spec, _ in ROUTES.commands]
DISCORD = 100
"""Characters of a command's or an option's description
(https://discord.com/developers/docs/interactions/application-commands)."""


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.name)
def test_what_a_command_and_its_arguments_mean_fits_where_it_is_shown(spec: CommandSpec) -> None:
    """Each says what it is in a line that has no full stop, and fits Discord's limit, translated as well."""
    pseudo = language_for(PSEUDO)
    for words in (spec.summary, *(each.summary for each in spec.arguments)):
        english = ENGLISH.text(words)
        assert english, spec.name
        assert not english.endswith("."), words
        assert pseudo.text(words) != english, words
        assert len(pseudo.text(words)) <= DISCORD, words

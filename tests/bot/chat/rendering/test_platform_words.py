"""A word that each platform has its own for."""

from adapters.discord.limits import LIMITS as DISCORD
from adapters.slack.limits import LIMITS as SLACK
from bot.chat.content import Button, Buttons, Fields, Option, Plain, Select, heading, message, note, row, text
from bot.chat.rendering.limits import Limits
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.split import split

SAID = message(
    heading("This {space}"),
    text("An admin of the {space}, ", Plain("{space} lover"), ", and other {space}s."),
    note("Only in a {space}."),
    Fields((row("The {space}", "is a {space}"),)),
    Buttons((Button("Another {space}", "a:1"),)),
    Select("c:1", (Option("1", "One"),), "Choose a {space}"),
)


def test_each_platform_puts_its_own_word() -> None:
    """Everywhere in a message, but for what people wrote."""
    for limits, word in ((SLACK, "workspace"), (DISCORD, "server"), (Limits(), "space")):
        shown = "\n".join(plain_text(part) for part in split(SAID, limits))
        assert shown.replace("{space} lover", "").count(word) == 8
        assert "{space} lover" in shown
        assert f"other {word}s." in shown

"""CommandSpecs as Discord's slash commands, and used ones as the core names things."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord import commands
from adapters.discord.commands import commands_of, read_command, same_commands
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.language import ENGLISH
from bot.programme import ROUTES
from tests.support.discord.openapi import refusals
from tests.support.dutch import DUTCH

PUT = ("PUT", "/applications/1/commands")

ROLE = Argument("role", "Which role", "choice", choices=(Option("student", "Student"),), required=True)
SPECS = (
    CommandSpec(("walk",), "Go for a walk", (Argument("where", "Where to", suggests=True),), where="dm"),
    CommandSpec(("team", "add"), "Add people", (Argument("who", "Who", "person"), ROLE), where="space"),
    CommandSpec(("team", "size"), "How many", (Argument("most", "At most", "number"),)),
)


def test_every_command_of_the_programme_is_registered() -> None:
    """Each CommandSpec is one command or subcommand with its options, and Discord takes them all at once."""
    made = commands_of(ROUTES.specs)
    assert refusals(*PUT, made) == []
    paths: set[tuple[str, ...]] = set()
    for root in made:
        subs = [each for each in root["options"] if each["type"] == 1]
        paths |= {(root["name"], sub["name"]) for sub in subs} or {(root["name"],)}
    assert paths == {spec.path for spec in ROUTES.specs}
    assert all("default_member_permissions" not in root for root in made)


def test_what_commands_are_for_is_said_in_every_language_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descriptions and choices have the words of each catalogue; the names that are typed stay English."""
    monkeypatch.setattr(commands, "language_for", lambda locale: DUTCH if locale == "nl" else ENGLISH)
    made = commands_of(SPECS)
    assert refusals(*PUT, made) == []
    team, walk = made
    assert walk["description_localizations"] == {"nl": "Een wandeling"}
    assert walk["options"][0]["description_localizations"] == {"nl": "Waarheen"}
    [role] = [each for each in team["options"][0]["options"] if each["name"] == "role"]
    assert role["choices"] == [
        {"name": "Student", "name_localizations": {"nl": "Scholier"}, "value": "student"}
    ]
    assert "name_localizations" not in str({**walk, **role, "choices": []})


def test_without_catalogues_commands_are_in_english_alone() -> None:
    """In a language that has no catalogue Discord shows the English words."""
    assert "localizations" not in str(commands_of(ROUTES.specs))


def test_options_keep_their_kinds_and_places() -> None:
    """Required options come first; a command is offered where one of its subcommands can be used."""
    team, walk = commands_of(SPECS)
    assert (team["contexts"], walk["contexts"]) == ([0, 1], [1])
    add, size = team["options"]
    assert [(each["name"], each["type"], each["required"]) for each in add["options"]] == [
        ("role", 3, True),
        ("who", 6, False),
    ]
    assert add["options"][0]["choices"] == [{"name": "Student", "value": "student"}]
    assert size["options"][0]["type"] == 4
    assert walk["options"][0]["autocomplete"] is True


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (3, "words", "words"),
        (3, '"Marta Ruiz"', "Marta Ruiz"),
        (3, "“Marta Ruiz”", "Marta Ruiz"),
        (3, '"Marta Ruiz", "Acme, Ltd"', '"Marta Ruiz", "Acme, Ltd"'),
        (3, "<@42> <@!43>, <#44>", "discord/@42 discord/@43, discord/channel/1/44"),
        (4, 7, "7"),
        (5, True, "yes"),
        (5, False, "no"),
        (6, "42", "discord/@42"),
        (7, "43", "discord/channel/1/43"),
        (8, "44", "44"),
    ],
)
def test_used_options_are_named_as_the_core_names_them(kind: int, value: object, read: str) -> None:
    """A person, channel, role, number or yes/no arrives as the text that every platform gives."""
    option = {"name": "it", "type": kind, "value": value}
    data = {"name": "team", "options": [{"name": "add", "type": 1, "options": [option]}]}
    assert read_command(data, "1") == (("team", "add"), {"it": read}, "")


def test_the_option_being_typed_is_named() -> None:
    """Autocomplete says which option the person is at; commands without options have none."""
    data = {"name": "walk", "options": [{"name": "where", "type": 3, "value": "par", "focused": True}]}
    assert read_command(data, "") == (("walk",), {"where": "par"}, "where")
    assert read_command({"name": "walk"}, "") == (("walk",), {}, "")


def test_what_discord_adds_is_no_difference() -> None:
    """Ids, versions and defaults that Discord adds are none; another word, option or command is one."""
    ours: Any = commands_of(SPECS)
    theirs: Any = [{**each, "id": "1", "version": "2", "nsfw": False} for each in reversed(ours)]
    for each in theirs:
        each["options"] = [{**option, "name_localizations": None} for option in each["options"]]
    assert same_commands(ours, theirs)
    assert not same_commands(ours, theirs[:1])
    assert not same_commands(ours, [*theirs[:1], {**theirs[1], "description": "Another"}])
    assert not same_commands(ours[:1], [{**ours[0], "options": ours[0]["options"][:1]}])
    assert not same_commands(ours, None)

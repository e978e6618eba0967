"""Typing at the playground: commands, one's own words changed, answers, what was begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.terminal.workspace import BOT, Entry, Workspace
from bot.chat.content import message
from bot.chat.events import CommandUsed, MessageEdited, MessageReceived
from tests.support.garden_club import MONDAY, playing
from tests.support.screen import click_on, shows, types


async def test_commands_complete_while_typing(world: Workspace) -> None:
    """Offers are above the line; Tab takes the marked one, the bot's own come as well, Enter sends."""
    async with playing(world) as (pilot, garden):
        await types(pilot, "/pl")
        assert shows(pilot.app, "/plot list What is free")
        await types(pilot, "", "down", "tab")
        assert shows(pilot.app, "The sunny corner free")
        await types(pilot, "soil:", "down", "tab", "enter")
        used = garden.events[-1]
        assert isinstance(used, CommandUsed)
        assert used.options == {"soil": "clay"}
        assert shows(pilot.app, "• The sunny corner")


async def test_enter_on_half_a_command_completes_it(world: Workspace) -> None:
    """Enter never sends what is no command yet while something is offered."""
    async with playing(world) as (pilot, garden):
        await types(pilot, "/req", "enter")
        assert garden.events == []
        await types(pilot, "", "enter")
        assert isinstance(garden.events[-1], CommandUsed)


async def test_own_words_are_changed_and_others_answered(world: Workspace) -> None:
    """Up changes the last message, R answers the one in focus; the bot gets both."""
    world.post(Entry("dm-ben", BOT, MONDAY, message("What do you need?")))
    async with playing(world) as (pilot, garden):
        await types(pilot, "", "f5")
        await types(pilot, "Waterr", "enter")
        await types(pilot, "", "up")
        assert shows(pilot.app, "Changing: Waterr")
        await types(pilot, "", "backspace", "enter")
        edited = garden.events[-1]
        assert isinstance(edited, MessageEdited)
        assert edited.text == "Water"
        assert shows(pilot.app, "(edited)")
        await click_on(pilot, "What do you need?")
        await types(pilot, "", "r")
        await types(pilot, "Seeds", "enter")
        answer = garden.events[-1]
        assert isinstance(answer, MessageReceived)
        assert answer.reply_to is not None
        assert answer.reply_to.id == world.entries[0].id
        assert shows(pilot.app, "↪ What do you need?")


@pytest.mark.soak
async def test_what_was_begun_waits_in_its_place(world: Workspace) -> None:
    """Words typed for one place do not follow to another and are there on coming back."""
    async with playing(world) as (pilot, _):
        await types(pilot, "half a thought")
        await click_on(pilot, "Ben Castillo")
        assert not shows(pilot.app, "half a thought")
        await click_on(pilot, "Olga Lindqvist")
        assert shows(pilot.app, "half a thought")


async def test_files_go_with_what_is_written(
    world: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+O begins to name a file, paths are offered, and the file goes with the next words."""
    (tmp_path / "plan of the bed.txt").write_text("beans")
    monkeypatch.chdir(tmp_path)
    async with playing(world) as (pilot, garden):
        await types(pilot, "", "ctrl+o")
        await types(pilot, "nothing.txt", "enter")
        assert shows(pilot.app, "There is no file at")
        await types(pilot, "", "ctrl+u")
        await types(pilot, "/attach pl", "tab", "enter")
        assert shows(pilot.app, "With: plan of the bed.txt, 5 bytes")
        await types(pilot, "My plan", "enter")
        heard = garden.events[-1]
        assert isinstance(heard, MessageReceived)
        assert [(file.name, heard.text) for file in heard.files] == [("plan of the bed.txt", "My plan")]
        assert shows(pilot.app, "▤ plan of the bed.txt, 5 bytes")
        await types(pilot, "And more", "enter")
        assert isinstance(garden.events[-1], MessageReceived)
        assert garden.events[-1].files == ()


async def test_what_is_typed_anywhere_begins_a_message(world: Workspace) -> None:
    """Words typed while a message or a list has the focus are not lost."""
    world.post(Entry("garden", BOT, MONDAY, message("Good morning")))
    async with playing(world) as (pilot, garden):
        await click_on(pilot, "# garden-club")
        await click_on(pilot, "Good morning")
        await types(pilot, "", *"hi", "f2", *"!?", "enter")
        heard = garden.events[-1]
        assert isinstance(heard, MessageReceived)
        assert (heard.text, heard.reply_to) == ("hi!?", None)

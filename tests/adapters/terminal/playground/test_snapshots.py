"""What the playground looks like, held as pictures (`pytest --snapshot-update` draws them again)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from adapters.terminal.playground import Playground
from adapters.terminal.workspace import Workspace
from tests.support.garden_club import COMMANDS, STEPS, Garden, garden_world
from tests.support.screen import click_on, settled, types

Snap = Callable[..., bool]


def garden_app(doing: Callable[[Pilot[Any]], Awaitable[None]]) -> tuple[Playground, Any]:
    """The playground on a new garden club, and what is done before the picture is taken."""
    garden = Garden(garden_world(Workspace(token="garden")))
    garden.adapter.commands = COMMANDS
    app = Playground(garden.adapter.world, garden.adapter, COMMANDS, garden, steps=STEPS, flowing=False)

    async def before(pilot: Pilot[Any]) -> None:
        await garden.adapter.open()
        run = asyncio.create_task(garden.adapter.run(garden.receive))
        await settled(pilot)
        await doing(pilot)
        await pilot.hover(offset=(0, 0))  # whether something lies under the mouse may change by a frame
        await settled(pilot)
        run.cancel()

    return app, before


async def publish(pilot: Pilot[Any]) -> None:
    """Olga offers a plot; Ben looks at its card."""
    await click_on(pilot, "Take me there")
    await types(pilot, "", "enter")
    await types(pilot, "The sunny corner", "tab", "enter", "ctrl+s")
    await types(pilot, "Sun from ten to six, a bench, and kind neighbours.", "tab", "enter", "ctrl+s")
    await click_on(pilot, "Take me there")


async def converse(pilot: Pilot[Any]) -> None:
    """Ben asks for the plot, answers, and has a select before him."""
    await publish(pilot)
    await click_on(pilot, "Ask for it  ")
    await click_on(pilot, "Go there")
    await types(pilot, "Beans and peas", "enter")
    await click_on(pilot, "When do you start? ▾")


async def mistake(pilot: Pilot[Any]) -> None:
    """Olga sends a page without the name it needs."""
    await click_on(pilot, "Take me there")
    await types(pilot, "", "enter", "ctrl+s")


async def command(pilot: Pilot[Any]) -> None:
    """Olga types a command, in the light theme."""
    await types(pilot, "", "f9")
    await types(pilot, "/plot list ")


@pytest.mark.soak
def test_a_card_in_a_channel(snap_compare: Snap) -> None:
    """A channel with a card, its buttons, and what is private."""
    app, before = garden_app(publish)
    assert snap_compare(app, run_before=before, terminal_size=(110, 34))


def test_a_conversation(snap_compare: Snap) -> None:
    """A conversation in the DM, with an unfolded select and one for several options."""
    app, before = garden_app(converse)
    assert snap_compare(app, run_before=before, terminal_size=(110, 34))


def test_a_form_with_a_mistake(snap_compare: Snap) -> None:
    """A form's page, the reason beside its question."""
    app, before = garden_app(mistake)
    assert snap_compare(app, run_before=before, terminal_size=(110, 34))


def test_completion_in_the_light(snap_compare: Snap) -> None:
    """Help while a command is typed, in the light theme."""
    app, before = garden_app(command)
    assert snap_compare(app, run_before=before, terminal_size=(110, 34))


@pytest.mark.soak
def test_the_keys_on_a_small_screen(snap_compare: Snap) -> None:
    """The help page, at 80 by 24."""

    async def ask(pilot: Pilot[Any]) -> None:
        await types(pilot, "", "f1")

    app, before = garden_app(ask)
    assert snap_compare(app, run_before=before, terminal_size=(80, 24))


@pytest.mark.soak
def test_a_small_screen(snap_compare: Snap) -> None:
    """A channel at 80 by 24."""
    app, before = garden_app(publish)
    assert snap_compare(app, run_before=before, terminal_size=(80, 24))

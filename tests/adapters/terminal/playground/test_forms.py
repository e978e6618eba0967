"""Forms at the playground: nothing typed is lost, whatever one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.terminal.workspace import Workspace
from bot.chat.events import FormSubmitted
from tests.support.garden_club import garden_world, offer_a_plot, playing
from tests.support.screen import click_on, shows, types


@pytest.mark.soak
async def test_mistakes_are_shown_beside_their_question(world: Workspace) -> None:
    """A page with a mistake stays, with the reason in place and everything typed still there."""
    async with playing(world) as (pilot, garden):
        await click_on(pilot, "Take me there")
        await types(pilot, "", "enter", "tab", "down", "enter")
        await click_on(pilot, "Rake")
        await click_on(pilot, "Continue")
        assert shows(pilot.app, "A plot needs a name.")
        await types(pilot, "Hedge")
        await click_on(pilot, "Continue")
        assert shows(pilot.app, "Page 2 of 2")
        submitted = garden.events[-1]
        assert isinstance(submitted, FormSubmitted)
        assert submitted.values == {"name": "Hedge", "soil": "clay", "tools": ("rake",)}


@pytest.mark.soak
async def test_back_keeps_what_was_typed(world: Workspace) -> None:
    """Going back a page shows its answers again, and the next page keeps its own."""
    async with playing(world) as (pilot, _):
        await click_on(pilot, "Take me there")
        await types(pilot, "", "enter")
        await types(pilot, "Hedge", "ctrl+s")
        await types(pilot, "Shady")
        await click_on(pilot, "Back")
        assert shows(pilot.app, "Page 1 of 2")
        assert shows(pilot.app, "Hedge")
        await click_on(pilot, "Continue")
        assert shows(pilot.app, "Shady")


async def test_a_form_put_aside_waits(world: Workspace) -> None:
    """Esc leaves the form with all that was typed; it can be gone on with, or discarded."""
    async with playing(world) as (pilot, garden):
        await click_on(pilot, "Take me there")
        await types(pilot, "", "enter")
        await types(pilot, "Half a name", "escape")
        assert shows(pilot.app, "“Offer a plot” is still open, with what you typed.")
        await click_on(pilot, "Chi Nakamura")
        assert not shows(pilot.app, "is still open")
        await click_on(pilot, "Olga Lindqvist")
        await click_on(pilot, "Go on")
        assert shows(pilot.app, "Half a name")
        await types(pilot, "", "escape")
        await click_on(pilot, "Discard")
        assert not shows(pilot.app, "is still open")
        assert not any(isinstance(event, FormSubmitted) for event in garden.events)


@pytest.mark.soak
async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """A new playground on the same file shows the same seat, messages, ticks and open form."""
    world = garden_world(Workspace(tmp_path / "world.jsonl"))
    async with playing(world) as (pilot, _):
        await offer_a_plot(pilot)
        await types(pilot, "/plot offer", "enter")
        await types(pilot, "Another", "escape")
    world.close()
    world = Workspace(tmp_path / "world.jsonl")
    async with playing(world) as (pilot, _):
        assert shows(pilot.app, "Another")
        await types(pilot, "", "escape")
        assert shows(pilot.app, "New plot: Sunny corner")
        assert shows(pilot.app, "as Olga Lindqvist")
        assert shows(pilot.app, "✓ Offer a plot")
    world.close()


async def test_a_file_is_named_by_its_path(world: Workspace, tmp_path: Path) -> None:
    """A question for a file takes a path on this machine; one where no file is stays, with the reason."""
    photo = tmp_path / "bench.png"
    photo.write_bytes(b"png")
    async with playing(world) as (pilot, garden):
        await click_on(pilot, "Take me there")
        await types(pilot, "", "enter")
        await types(pilot, "Hedge", "ctrl+s")
        await types(pilot, "", "tab", "tab")
        await types(pilot, str(tmp_path / "nothing.png"), "ctrl+s")
        assert shows(pilot.app, "There is no file at this path.")
        await types(pilot, "", "ctrl+u")
        await types(pilot, str(photo), "ctrl+s")
        submitted = garden.events[-1]
        assert isinstance(submitted, FormSubmitted)
        (file,) = submitted.files["photo"]
        assert (file.id, file.name, file.size, file.media_type) == (str(photo), "bench.png", 3, "image/png")

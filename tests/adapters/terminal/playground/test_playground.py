"""The playground, used by keys and mouse against a small scripted bot."""

from __future__ import annotations

import errno

import pytest
from rich.cells import cell_len
from textual.widgets import OptionList

from adapters.terminal.playground import picture
from adapters.terminal.playground.user_actions import what_became_of
from adapters.terminal.workspace import BOT, Entry, Workspace
from bot.chat.content import Button, Buttons, message
from bot.chat.events import ChoiceMade
from tests.support.garden_club import MONDAY, Garden, offer_a_plot, playing
from tests.support.screen import click_on, lines, shows, types


async def test_people_see_what_is_theirs(world: Workspace) -> None:
    """Changing seats by mouse changes the channels, the clock's zone and what is unread."""
    world.post(Entry("owners", BOT, MONDAY, message("For owners")))
    async with playing(world) as (pilot, _):
        assert shows(pilot.app, "08:00 Mon 9 March London")
        await click_on(pilot, "# owners")
        assert shows(pilot.app, "For owners")
        await click_on(pilot, "Chi Nakamura")
        assert shows(pilot.app, "17:00 Mon 9 March Tokyo")
        assert not shows(pilot.app, "# owners")


async def test_people_and_places_by_keys(world: Workspace) -> None:
    """F2 and F3 go to the lists, the arrows and Enter choose, F5 goes to what is unread."""
    world.post(Entry("dm-chi", BOT, MONDAY, message("Hello, Chi")))
    async with playing(world) as (pilot, _):
        await types(pilot, "", "f2", "down", "enter")
        assert shows(pilot.app, "as Ben Castillo, gardener")
        await types(pilot, "", "f3", "home", "enter")
        assert shows(pilot.app, "Direct messages as Ben")
        await types(pilot, "", "f5")
        assert shows(pilot.app, "Hello, Chi")
        await types(pilot, "", "f5")
        assert shows(pilot.app, "Nothing is unread.")


async def test_unread_is_marked_and_goes_away(world: Workspace) -> None:
    """A badge counts what is new, a line shows where it begins, and looking takes both away."""
    for number in range(3):
        world.post(Entry("dm-ben", BOT, MONDAY, message(f"number {number}")))
    world.mark_read("ben", "dm-ben")
    for number in range(3, 5):
        world.post(Entry("dm-ben", BOT, MONDAY, message(f"number {number}")))
    async with playing(world) as (pilot, _):
        assert any("Ben Castillo" in line and line[:37].rstrip().endswith("2") for line in lines(pilot.app))
        await click_on(pilot, "Ben Castillo")
        await click_on(pilot, "Direct messages")
        seen = lines(pilot.app)
        rows = {
            word: next(n for n, line in enumerate(seen) if word in line)
            for word in ("number 2", " new", "number 3")
        }
        assert rows["number 2"] < rows[" new"] < rows["number 3"]
        assert world.unread("ben", "dm-ben") == 0


async def test_selects_for_one_and_for_several(world: Workspace) -> None:
    """A select unfolds and gives one value; a list of several is sent by its button."""
    async with playing(world) as (pilot, garden):
        await click_on(pilot, "Ben Castillo")
        await click_on(pilot, "Direct messages")
        await types(pilot, "Beans", "enter")
        await click_on(pilot, "When do you start? ▾")
        await click_on(pilot, "Summer")
        chosen = garden.events[-1]
        assert isinstance(chosen, ChoiceMade)
        assert (chosen.action, chosen.values) == ("when", ("summer",))
        await click_on(pilot, "Spade")
        await click_on(pilot, "Watering can")
        await click_on(pilot, "Borrow these")
        assert shows(pilot.app, "You chose spade, can.")


async def test_links_open_outside(world: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link's button, and a link in the words, open its address and reach no bot."""
    opened: list[str] = []
    async with playing(world) as (pilot, garden):
        monkeypatch.setattr(pilot.app, "open_url", opened.append)
        await offer_a_plot(pilot)
        before = len(garden.events)
        await click_on(pilot, "The club's rules")
        assert len(garden.events) == before
        await click_on(pilot, "Details")
        await click_on(pilot, " map")
    assert opened == ["https://example.org/rules", "https://example.org/map"]


async def test_the_clock_moves_as_asked(world: Workspace) -> None:
    """Hour, day and next due move the clock; what arrives meanwhile is announced."""
    async with playing(world) as (pilot, garden):
        garden.later_words("ben", hours=30)
        await types(pilot, "", "f6")
        assert shows(pilot.app, "09:00 Mon 9 March")
        assert shows(pilot.app, "Next due in 29 h")
        await click_on(pilot, "Next due")
        assert shows(pilot.app, "14:00 Tue 10 March")
        assert shows(pilot.app, "Tue 10 March, 14:00: 1 new message")
        await click_on(pilot, "+1 day")
        assert shows(pilot.app, "14:00 Wed 11 March")


async def test_a_failing_bot_leaves_the_screen_alive(world: Workspace) -> None:
    """When the bot fails, that is said, nothing is lost, and the screen goes on."""
    async with playing(world) as (pilot, garden):
        garden.broken = True
        await click_on(pilot, "Direct messages")
        await types(pilot, "hello", "enter")
        assert shows(pilot.app, "It tries again at the next start.")
        assert [event.id for event in world.waiting]
        await types(pilot, "", "f1")
        assert shows(pilot.app, "Keys")


@pytest.mark.soak
async def test_people_s_words_stay_words(world: Workspace) -> None:
    """Markup and control characters in people's words are shown, not obeyed."""
    world.add_account("eve", "[red]Eve[/red]\x1b[31m", about="[b]gardener")
    world.post(Entry("garden", "eve", MONDAY, "[bold]hi[/bold] \x1b[2J **x**"))
    async with playing(world) as (pilot, _):
        await click_on(pilot, "# garden-club")
        assert shows(pilot.app, "[bold]hi[/bold] ␛[2J **x**")
        assert shows(pilot.app, "[red]Eve[/red]")


@pytest.mark.soak
async def test_a_long_place_shows_its_end_and_the_rest_on_request(world: Workspace) -> None:
    """Of many messages the newest are drawn; a button brings earlier ones."""
    for number in range(90):
        world.post(Entry("garden", "chi", MONDAY, f"message {number}."))
    async with playing(world) as (pilot, _):
        await click_on(pilot, "# garden-club")
        assert shows(pilot.app, "message 89.")
        pilot.app.query_one("#earlier").focus()
        await types(pilot, "", "enter")
        assert shows(pilot.app, "message 0.")


@pytest.mark.soak
async def test_a_place_opens_at_its_newest_message(world: Workspace) -> None:
    """Also where more than is drawn came since it was last read; where the new begins is marked."""
    for number in range(10):
        world.post(Entry("garden", "chi", MONDAY, f"message {number}."))
    world.mark_read("olga", "garden")
    for number in range(10, 100):
        world.post(Entry("garden", "chi", MONDAY, f"message {number}."))
    async with playing(world) as (pilot, _):
        await click_on(pilot, "# garden-club")
        assert shows(pilot.app, "message 99.")
        assert not shows(pilot.app, "message 40.")
        assert world.unread("olga", "garden") == 0


@pytest.mark.sampled("size0")
@pytest.mark.parametrize(
    ("size", "clock"),
    [
        ((100, 30), "08:00 Mon 9 Mar London"),
        ((92, 24), "08:00 Mon 9 Mar"),
        ((80, 24), "08:00 Mon 9 Mar London"),
        ((60, 20), "08:00 Mon 9 Mar"),
    ],
)
async def test_small_screens_work(world: Workspace, size: tuple[int, int], clock: str) -> None:
    """Time, day, places and the line to write in are whole, also while something is due."""
    async with playing(world, size) as (pilot, garden):
        for words in ("Olga Lind", "# garden-club", "F6", "F7", "F8", "Write in", clock):
            assert shows(pilot.app, words), words
        garden.later_words("ben", hours=30)
        await types(pilot, "", "f6")
        assert shows(pilot.app, clock.replace("08:00", "09:00"))
        assert shows(pilot.app, "in 29 h F8")


@pytest.mark.soak
async def test_wide_letters_keep_the_lists_in_line(world: Workspace) -> None:
    """A name of Chinese, Japanese or emoji takes no more columns than its list has, and the badge stays."""
    world.add_account("wei", "王小明" * 8, about="园丁" * 9)
    world.add_channel("wide", "東京の庭東京の庭東京の庭東京の庭東京の庭")
    world.post(Entry("wide", BOT, MONDAY, message("こんにちは")))
    for size in ((120, 40), (80, 24), (60, 20)):
        async with playing(world, size) as (pilot, _):
            sidebar = pilot.app.query_one("Sidebar")
            for listed in sidebar.query(OptionList):
                room = listed.content_size.width
                for number in range(listed.option_count):
                    prompt = listed.get_option_at_index(number).prompt
                    assert all(cell_len(line) <= room for line in str(prompt).splitlines())
            assert shows(pilot.app, "王小")


async def test_what_became_of_a_deed_is_said_as_it_is(world: Workspace) -> None:
    """Kept for later, done with a failure after it, or not done: from what the world holds, not by guess."""
    async with playing(world) as (pilot, garden):
        before = world.next_event_id()
        assert "the bot heard nothing" in what_became_of(world, before, KeyError())
        full = OSError(errno.ENOSPC, "No space left on device")
        assert what_became_of(world, before, full) == "Nothing was done: No space left on device."
        await click_on(pilot, "Direct messages")
        await types(pilot, "hello", "enter")
        assert "Done, but what follows" in what_became_of(world, before, ValueError())
        garden.broken, before = True, world.next_event_id()
        await types(pilot, "again", "enter")
        assert "It tries again" in what_became_of(world, before, ValueError())


@pytest.mark.soak
async def test_the_picture_names_no_other_host(world: Workspace) -> None:
    """The exported picture draws with local fonts only."""
    async with playing(world) as (pilot, _):
        svg = picture(pilot.app)
    assert "@font-face" not in svg
    assert {part.split("/")[2] for part in svg.split('"') if part.startswith("http")} <= {"www.w3.org"}


@pytest.mark.soak
async def test_real_time_cannot_be_moved(world: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that follows the wall there is nothing to move it by, and no list of things to try."""
    monkeypatch.setattr(Garden, "can_advance", False)
    async with playing(world) as (pilot, garden):
        for words in ("+1 hour", "Try this", "Next due"):
            assert not shows(pilot.app, words)
        await types(pilot, "", "f6")
        assert garden.now() == MONDAY
        await types(pilot, "hello", "enter")
        assert shows(pilot.app, "hello")


async def test_a_long_label_is_shown_whole(world: Workspace) -> None:
    """A button's label that is longer than a line goes on in the next one."""
    label = "Let somebody else decide about this, since I am away until the middle of next month"
    world.post(Entry("garden", BOT, MONDAY, message("Well?", Buttons((Button(label, "x"),)))))
    async with playing(world, (80, 24)) as (pilot, _):
        await click_on(pilot, "# garden-club")
        assert all(any(word in line for line in lines(pilot.app)) for word in label.split())

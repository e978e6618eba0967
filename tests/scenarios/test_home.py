"""Everybody's own page: drawn when it is opened, and again when it may have changed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.chat.adapter import Capabilities, Refusal
from bot.chat.content import Message
from bot.chat.events import HomeOpened, MessageRef, Place, UserRef
from bot.chat.languages import PSEUDO
from bot.chat.rendering.plain_text import plain_text
from storage.tables import Application, Identity, outbox, timers
from tests.support.main_job import TITLE, WHY, is_posted
from tests.support.projects import post, posted
from tests.support.stage import Stage, open_stage


class Pages:
    """What each account's page shows, and how often it was drawn."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.shown: dict[str, str] = {}
        self.drawn = 0
        self._edit_message = stage.adapter.edit

    async def edit(self, ref: MessageRef, content: Message) -> None:
        """Draw a page; another message is edited as it always is."""
        if ref.place.kind != "home":
            await self._edit_message(ref, content)
            return
        self.shown[ref.place.id] = plain_text(content)
        self.drawn += 1

    async def opens(self, account: str) -> str:
        """A person looks at their page."""
        now = self.stage.clock.now()
        place = Place("terminal", "terminal", account, "home")
        event = HomeOpened(
            id=f"home:{account}:{now.isoformat()}", at=now, actor=UserRef("terminal", account), place=place
        )
        await self.stage.runtime.receive(event)
        await self.stage.settle()
        return self.shown[account]


@pytest.fixture
async def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pages]:
    """A platform on which people have pages."""
    monkeypatch.setattr("adapters.terminal.adapter.TerminalAdapter.capabilities", Capabilities(home=True))
    async with open_stage(tmp_path) as stage:
        pages = Pages(stage)
        monkeypatch.setattr(stage.adapter, "edit", pages.edit)
        yield pages


async def test_a_page_shows_what_is_mine_and_follows_what_happens(pages: Pages) -> None:
    """Empty states, a draft, an application, an employer's project with who waits, and what to press."""
    stage = pages.stage
    assert "Nothing is open or due for you" in await pages.opens("ada")
    assert "See open projects" in pages.shown["ada"]
    assert "Talk to a coordinator" in pages.shown["ada"]
    await post(stage, title="Market map")
    assert "Market map · no applicant waits, decide by" in await pages.opens("marta")
    ada = stage.person("ada")
    await ada.presses("Apply")
    await stage.tick(seconds=3)
    assert "Market map" in pages.shown["ada"]
    assert "Go on with it" in pages.shown["ada"]
    await ada.says("I like maps and I have time in April.")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    await stage.tick(days=1)
    assert "Withdraw" in pages.shown["ada"]
    assert "1 applicant waits" in pages.shown["marta"]


@pytest.mark.soak
async def test_a_page_is_not_drawn_again_for_what_was_only_read(pages: Pages) -> None:
    """A list changes nothing on the page, so it stays; what is written draws it again."""
    stage = pages.stage
    await post(stage, title="Market map")
    await pages.opens("ada")
    ada, drawn = stage.person("ada"), pages.drawn
    await ada.uses("/applications")
    await ada.uses("/project list")
    await stage.tick(seconds=3)
    assert pages.drawn == drawn
    await ada.presses("Apply")
    await stage.tick(seconds=3)
    assert pages.drawn == drawn + 1


@pytest.mark.soak
async def test_an_offers_hours_begin_where_a_page_shows_it(pages: Pages) -> None:
    """With closed DMs, a page that is drawn does not count as read; one that its student opens does."""
    stage = pages.stage
    await is_posted(stage)
    await pages.opens("ada")
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    stage.shut_dms("ada")
    await stage.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(hours=1)
    assert "You have an offer. You can answer it here." in pages.shown["ada"]
    assert stage.rows(select(Application.offer_until)) == [(None,)]
    assert "You have an offer. Please answer by" in await pages.opens("ada")
    (until,) = stage.rows(select(Application.offer_until))[0]
    assert until == stage.clock.now() + timedelta(hours=72)


async def test_a_coordinators_page_has_the_open_items(pages: Pages) -> None:
    """And says so when there are none; a button to them would be the same once more."""
    assert "Nothing waits for you" in await pages.opens("cora")
    assert "[Tasks" not in pages.shown["cora"]


async def test_a_page_is_in_its_readers_language(pages: Pages) -> None:
    """Also what is drawn later, by a timer, and what is cut into pages of a list."""
    spoken = update(Identity).where(Identity.user_id == "cora").values(locale=PSEUDO)
    pages.stage.database.transact_inline(lambda work: work.session.execute(spoken))
    await pages.opens("cora")
    assert "⟦" in pages.shown["cora"]
    pages.stage.database.transact_inline(lambda work: work.session.execute(spoken))
    pages.shown.clear()
    await pages.stage.person("marta").uses("/project post")
    await pages.stage.person("cora").uses("/project post")
    await pages.stage.tick(seconds=5)
    assert "⟦Nöthîng wàîts för yöû." in pages.shown["cora"]


@pytest.mark.soak
async def test_each_thing_is_shown_once(pages: Pages) -> None:
    """An application, an offer and a placement each in one section, and no line or button repeats it."""
    stage = pages.stage
    await posted(stage, "ada", "ben")
    shown = await pages.opens("ada")
    assert shown.count("Market map of repair shops") == 1
    assert "[My applications]" not in shown
    assert (await pages.opens("marta")).count("2 applicants wait") == 1
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    shown = await pages.opens("ada")
    assert "You have an offer to answer" not in shown
    assert shown.count("[Accept]") == 1
    await stage.person("ada").presses("Accept")
    shown = await pages.opens("ada")
    assert shown.count("Under way") == 1
    assert "Your applications" not in shown
    assert "[My placement]" not in shown


async def test_a_student_finds_what_is_open(pages: Pages) -> None:
    """The nearest deadlines with a select, and a button to the rest; not what they have applied to."""
    stage = pages.stage
    for number in range(7):
        await post(
            stage, title=f"Survey {number}", deadline_at=stage.clock.now() + timedelta(days=9 + number)
        )
    shown = await pages.opens("ada")
    assert "Survey 4" in shown
    assert "Survey 5" not in shown
    assert "[See all 7 projects]" in shown
    assert "[See open projects]" not in shown
    assert "Open projects" not in await pages.opens("marta")


@pytest.mark.soak
async def test_who_never_looked_has_no_page_to_draw(pages: Pages) -> None:
    """Nothing is drawn, and no timer is set, for people who do not use their page."""
    await post(pages.stage, title="Market map")
    await pages.stage.person("ada").presses("Apply")
    await pages.stage.tick(seconds=10)
    assert pages.drawn == 0
    assert pages.stage.rows(select(timers.c.id).where(timers.c.kind == "home.refresh")) == []


async def test_a_begun_draft_is_not_called_nothing(pages: Pages) -> None:
    """Beside the button that goes on with a draft the page does not say that nothing is open."""
    marta = pages.stage.person("marta")
    await marta.uses("/project post")
    await marta.fills(
        {
            "Title": "Market map",
            "What is wanted": "A map of the repair shops of the city.",
            "Deliverables": "A map",
            "Estimated hours": "20",
            "Application deadline": "20 March",
        }
    )
    page = await pages.opens("marta")
    assert "Go on: " in page
    assert "What you began waits below." in page
    assert "Nothing is open" not in page


@pytest.mark.soak
async def test_a_page_is_drawn_again_only_when_something_on_it_changed(pages: Pages) -> None:
    """A turn that writes what the page does not show sends nothing; the time alone is no news."""
    stage = pages.stage
    await post(stage, title="Market map")
    await pages.opens("ada")
    ada, drawn, before = stage.person("ada"), pages.drawn, stage.rows(select(outbox.c.id))
    await ada.uses("/project save 1")
    await ada.uses("/profile quiet:22:00-07:00")
    await stage.tick(seconds=3)
    assert pages.drawn == drawn
    assert len(stage.rows(select(outbox.c.id).where(outbox.c.operation == "edit"))) == 1
    assert before
    await ada.presses("Apply")
    await stage.tick(seconds=3)
    assert pages.drawn == drawn + 1
    assert "Go on with it" in pages.shown["ada"]
    await pages.opens("ada")
    assert pages.drawn == drawn + 2


async def test_a_page_whose_change_was_refused_is_drawn_again(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page shows is not known then, so the next turn draws it, though nothing else changed."""
    stage, drawn = pages.stage, pages.edit
    await post(stage, title="Market map")
    await pages.opens("ada")

    async def refuse(ref: MessageRef, content: Message) -> None:
        raise Refusal("expired_trigger_id")

    ada = stage.person("ada")
    monkeypatch.setattr(stage.adapter, "edit", refuse)
    await ada.presses("Apply")
    await stage.tick(seconds=3)
    assert "Go on with it" not in pages.shown["ada"]
    monkeypatch.setattr(stage.adapter, "edit", drawn)
    await ada.uses("/project save 1")
    await stage.tick(seconds=3)
    assert "Go on with it" in pages.shown["ada"]


@pytest.mark.soak
async def test_a_page_says_what_happened_last(pages: Pages) -> None:
    """A student's and an employer's page have the newest of what is theirs, with a way to the whole."""
    await posted(pages.stage, "ada")
    marta, ada = pages.stage.person("marta"), pages.stage.person("ada")
    await marta.uses("/applicants 1")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await pages.stage.tick(minutes=3)
    offered = await pages.opens("ada")
    assert "What happened in Market map of repair shops: Mon 9 March, 09:0" in offered
    assert "[See the history]" in offered
    await ada.presses("Accept")
    assert "The placement was set up. (you)" in await pages.opens("ada")
    shown = await pages.opens("marta")
    assert (
        "What happened in Market map of repair shops: Mon 9 March, 09:00: The project was published." in shown
    )

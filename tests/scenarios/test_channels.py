"""Channels are looked at before they are used, and their cards are true when they are back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.terminal.workspace import PLATFORM, SPACE
from bot.chat.adapter import Refusal
from bot.chat.content import Plain, dump_message, message
from bot.chat.events import ChannelChanged, CommandUsed, Place, SpaceChanged
from bot.chat.findings import Finding
from storage.tables import Channel, Cohort, Programme, Space, outbox
from storage.tables.values import CohortRef
from tests.support.platform_events import tell
from tests.support.projects import post
from tests.support.stage import Stage, open_stage

SPRING = Place(PLATFORM, SPACE, "spring")
AWAY = Finding(
    "t.not_in_channel", "problem", Plain("I am not in #autumn."), Plain("Type /invite @stint in #autumn.")
)
BACK = "I am back in this channel"


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with a second channel."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_channel("autumn", "autumn-26")
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def finds(stage: Stage, monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    """From now on the platform finds this in every channel."""

    async def inspect(_place: Place | None = None) -> Sequence[Finding]:
        return findings

    monkeypatch.setattr(stage.adapter, "inspect", inspect)


async def test_a_cohort_with_a_channel_that_is_closed_is_created_and_says_what_to_type(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/cohort create` promises nothing there and posts nothing; Check again finishes it in place."""
    finds(stage, monkeypatch, AWAY)
    cora = stage.person("cora")
    await cora.uses("/cohort create Autumn #autumn")
    said = stage.screen("cora")
    assert "There is a new cohort: Autumn. I cannot work in its channel yet:" in said
    assert "Type /invite @stint in #autumn." in said
    assert "is ready" not in said
    assert "bot:" not in stage.screen("ada", "autumn")
    await cora.presses("Check again")
    assert stage.screen("cora").count("I cannot work in its channel yet") == 1
    finds(stage, monkeypatch)
    await cora.presses("Check again")
    said = stage.screen("cora")
    assert "The cohort Autumn is ready." in said
    assert "I cannot work" not in said
    assert stage.screen("ada", "autumn").count("This is now the channel of the cohort Autumn") == 1


async def test_a_channel_that_is_not_ready_takes_no_announcement(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published meanwhile is offered for the channel when it is found ready, and is not lost."""
    finds(stage, monkeypatch, AWAY)
    cora = stage.person("cora")
    await cora.uses("/cohort create Autumn #autumn")
    ((autumn,),) = stage.rows(select(Cohort.id).where(Cohort.name == "Autumn"))
    await post(stage, title="Logo refresh", cohorts=[CohortRef(autumn)])
    await cora.uses("/cohort list")
    assert "not ready yet" in stage.screen("cora")
    finds(stage, monkeypatch)
    await cora.uses("/cohort channel #autumn Autumn")
    await cora.presses("Announce it there")
    assert stage.screen("ada", "autumn").count("Logo refresh") == 1


async def test_cohort_channel_looks_first(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/cohort channel` says what is missing instead of success; the channel in use stays in use."""
    finds(stage, monkeypatch, AWAY)
    cora = stage.person("cora")
    await cora.uses("/cohort channel #autumn Spring 26")
    said = stage.screen("cora")
    assert "I cannot announce Spring 26 there yet:" in said
    assert "Check again" in said
    await post(stage, title="Logo refresh")
    assert "Logo refresh" in stage.screen("ada", "spring")
    assert "Logo refresh" not in stage.screen("ada", "autumn")
    assert stage.rows(select(Channel.state).order_by(Channel.id)) == [("active",), ("new",)]


async def test_the_staff_channel_is_looked_at_before_it_is_used(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/stint settings #staff` changes nothing while the channel is closed; Check again takes it."""
    finds(stage, monkeypatch, AWAY)
    stage.world.add_channel("staff", "staff")
    cora = stage.person("cora")
    await cora.uses("/stint settings #staff")
    assert "I cannot use that channel as the staff channel yet" in stage.screen("cora")
    assert stage.rows(select(Programme.staff_place)) == [(None,)]
    finds(stage, monkeypatch)
    await cora.presses("Check again")
    assert "That is the staff channel now." in stage.screen("cora")
    assert stage.rows(select(Programme.staff_place)) == [(f"{PLATFORM}/channel/{SPACE}/staff",)]
    await cora.presses("No staff channel")
    assert stage.rows(select(Programme.staff_place)) == [(None,)]


async def test_the_coordinator_who_says_that_the_bot_is_back_is_checked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """“I am back in” looks: still closed, it says what to type and the channel stays paused."""
    await tell(stage, ChannelChanged, place=SPRING, state="closed")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    finds(stage, monkeypatch, AWAY)
    await cora.presses("I am back in")
    assert "I still cannot work in the channel of Spring 26" in stage.screen("cora")
    assert stage.rows(select(Channel.state)) == [("paused",)]
    finds(stage, monkeypatch)
    await cora.presses("Check again")
    assert "Good. I write to the channel of Spring 26 again." in stage.screen("cora")
    assert stage.screen("ada", "spring").count(BACK) == 1


async def test_a_channel_of_another_programme_cannot_be_named(stage: Stage) -> None:
    """A channel's address is a key to look up: one of a space that is not the programme's is refused."""
    other = "discord/channel/77/88"
    lines = (
        (("cohort", "channel"), {"channel": other, "cohort": "Spring 26"}),
        (("stint", "settings"), {"staff": other}),
        (("cohort", "create"), {"name": "Autumn", "channel": other}),
    )
    for line in lines:
        path, options = line
        await tell(stage, CommandUsed, "cora", SPRING, path=path, options=options)
    assert stage.screen("cora", "spring").count("That channel is not one of this programme's.") == len(lines)
    assert stage.rows(select(Channel.place)) == [(str(SPRING),)]
    assert stage.rows(select(Programme.staff_place)) == [(None,)]


@pytest.mark.soak
async def test_cards_are_true_again_when_the_channel_is_back(stage: Stage) -> None:
    """What closed during the pause loses Apply, what did not change is left, and the word comes once."""
    await post(stage, title="Logo refresh")
    await post(stage, title="Market map")
    await tell(stage, ChannelChanged, place=SPRING, state="closed")
    await stage.person("marta").uses("/project close Logo refresh")
    await stage.person("marta").presses("Close it")
    assert "Applications are closed" not in stage.screen("ada", "spring")
    await tell(stage, ChannelChanged, place=SPRING, state="open")
    seen = stage.screen("ada", "spring")
    assert seen.count("Applications are closed") == 1
    assert seen.count(BACK) == 1
    edits = stage.rows(select(outbox.c.target).where(outbox.c.operation == "edit"))
    assert [row for row in edits if row.target.startswith("card:")] == [("card:1:1",)]


async def test_a_refused_card_that_may_be_there_is_changed_and_not_reworded(stage: Stage) -> None:
    """A send of it began, the channel was shut at the next: it is looked for as it was, and then changed."""
    await post(stage, title="Logo refresh")
    await tell(stage, ChannelChanged, place=SPRING, state="closed")
    older = dump_message(message("What the card said at first"))
    card = outbox.c.key == "card:1:1"
    refused = outbox.update().where(card).values(state="failed", attempts=1, reference=None, message=older)
    await stage.database.transact(lambda work: work.connection.execute(refused))
    await tell(stage, ChannelChanged, place=SPRING, state="open")
    await stage.tick(minutes=1)
    assert stage.rows(select(outbox.c.state, outbox.c.message).where(card)) == [("sent", older)]
    edits = stage.rows(select(outbox.c.target, outbox.c.state).where(outbox.c.operation == "edit"))
    assert [row for row in edits if row.target.startswith("card:")] == [("card:1:1", "sent")]


async def test_what_was_published_during_a_pause_is_offered_to_the_coordinators(stage: Stage) -> None:
    """It is neither lost nor poured into the channel: a task asks, and announces it with one press."""
    await tell(stage, ChannelChanged, place=SPRING, state="closed")
    await post(stage, title="Logo refresh")
    await tell(stage, ChannelChanged, place=SPRING, state="open")
    assert "Logo refresh" not in stage.screen("ada", "spring")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "One project of this cohort is open and not announced there yet." in stage.screen("cora")
    await cora.presses("Announce it there")
    assert stage.screen("ada", "spring").count("Logo refresh") == 1
    await cora.uses("/stint tasks")
    assert "Nothing waits for you" in stage.screen("cora")


async def test_the_bot_says_once_that_it_is_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands typed in a space that still takes nothing add no further word of the return."""

    async def refused(*_to: object, **_rest: object) -> None:
        raise Refusal("token_revoked", lost="space")

    await post(stage, title="Logo refresh")
    await tell(stage, SpaceChanged, state="left")
    with monkeypatch.context() as away:
        away.setattr(stage.adapter, "send", refused)
        for _ in range(3):
            await tell(stage, CommandUsed, "cora", SPRING, path=("stint", "help"), options={})
            assert stage.rows(select(Space.state)) == [("paused",)]
    await tell(stage, SpaceChanged, state="joined")
    assert stage.screen("ada", "spring").count(BACK) == 1


async def test_a_deleted_card_is_not_said_to_be_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is posted again once; deleted again, the employer reads so from the next change on."""

    async def gone(*_to: object, **_rest: object) -> None:
        raise Refusal("no_such_message", lost="target")

    await post(stage, title="Logo refresh")
    monkeypatch.setattr(stage.adapter, "edit", gone)
    marta = stage.person("marta")
    for hours in ("30", "35", "36"):
        await marta.uses("/project edit Logo refresh")
        await marta.says("edit 4")
        await marta.says(hours)
        await marta.presses("Save changes")
    said = stage.screen("marta")
    assert said.count("Its card is being changed now.") == 2
    assert said.count("In one channel the card was deleted, so the change is not seen there.") == 1

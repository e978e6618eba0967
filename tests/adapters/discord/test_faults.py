"""What goes wrong on Discord, with the whole bot on it: nothing is lost, and nothing is doubled."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select

from bot.chat.content import message
from bot.chat.events import ChannelChanged, CommandUsed, MessageReceived, SpaceChanged
from storage.tables import Application, Channel, Space, conversations, outbox
from tests.support.discord.server import Fault
from tests.support.discord.stage import DiscordStage, an_adapter, open_discord_stage
from tests.support.discord.state import Sent
from tests.support.main_job import PAGE, TITLE, is_posted
from tests.support.repairs import owe_repairs_and_news


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[DiscordStage]:
    """The bot on Discord, with one project in the channel."""
    async with open_discord_stage(tmp_path) as opened:
        await is_posted(opened)
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def from_bot(stage: DiscordStage, account: str) -> list[Sent]:
    """The bot's messages in a person's DM."""
    person = stage.person(account)
    return [sent for sent in stage.fake.world.seen_by(person.id, person.dm.id) if sent.author != person.id]


@pytest.mark.soak
async def test_with_closed_messages_everything_goes_by_buttons(stage: DiscordStage) -> None:
    """Each question comes for one person's eyes, with a button that opens a modal of one field."""
    ada = stage.person("ada")
    stage.fake.world.users[ada.id].shuts_dms = True
    await ada.presses("Apply", on=TITLE)
    await stage.tick(minutes=1)
    await ada.presses("Apply", on=TITLE)
    await ada.presses("Answer")
    await ada.fills({"Why": "I like maps and I have time in April."})
    await ada.presses("Skip")
    await ada.presses("Answer")
    await ada.fills({"Time for it": "Yes"})
    await ada.presses("Send application")
    assert stage.rows(select(Application.status)) == [("submitted",)]
    assert from_bot(stage, "ada") == []
    assert not stage.person("ben").sees("Your application")


@pytest.mark.soak
async def test_a_closed_dm_without_another_way_is_a_task(stage: DiscordStage) -> None:
    """Without a press there is no other way: tried once, it is a task, and comes when it can."""
    ben, cora = stage.person("ben"), stage.person("cora")
    stage.fake.world.users[ben.id].shuts_dms = True
    await cora.uses("/employer invite person:@ben company:Acme Maps")
    await stage.tick(days=2)
    assert len([each for each in stage.fake.requests if f"/channels/{ben.dm.id}/messages" in each.path]) == 1
    await cora.uses("/stint tasks")
    assert re.search(
        r"I cannot write to Ben Castillo( \(@[^)]+\))? on Discord: direct messages are closed", cora.view()
    )
    stage.fake.world.users[ben.id].shuts_dms = False
    await cora.presses("Try again")
    assert re.search(r"Cora Lindqvist \(@[^)]+\) invites you", ben.view())
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you.")


@pytest.mark.soak
async def test_a_long_form_goes_on_from_page_to_page(stage: DiscordStage) -> None:
    """A button comes between two modals; what the first one said is kept, whatever happens meanwhile."""
    cora = stage.person("cora")
    await cora.uses("/project post", "spring")
    await cora.fills(PAGE | {"Title": "Bus stop census"})
    assert cora.form is None
    assert cora.sees("Saved.")
    drafts = stage.rows(select(conversations.c.draft).where(conversations.c.state != "done"))
    assert "Bus stop census" in str(drafts)
    await stage.restart()
    await cora.presses("Continue")
    await cora.fills({"Company": "Acme Maps"})
    await cora.presses("Fee and time")
    await cora.fills({"Fee": "$400"})
    await cora.presses("Publish")
    assert stage.person("ada").sees("Bus stop census")


@pytest.mark.soak
async def test_the_answer_to_apply_leads_to_the_dm(stage: DiscordStage) -> None:
    """What only the student sees in the channel has a button with the address of their DM."""
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    answers = [each.body for each in stage.fake.requests if each.path.endswith("/callback")]
    assert f"https://discord.com/channels/@me/{ada.dm.id}" in json.dumps(answers[-1])


async def test_a_person_who_left_is_a_task_of_the_coordinators(stage: DiscordStage) -> None:
    """Without a server in common a person cannot be written to: tried once, it is in the tasks."""
    ben = stage.person("ben")
    await ben.presses("Apply", on=TITLE)
    del stage.fake.world.guilds[stage.people.guild].members[ben.id]
    await stage.tick(days=12)
    refused = [each for each in stage.fake.requests if f"channels/{ben.dm.id}/messages" in each.path]
    before = len(refused)
    await stage.tick(days=1)
    again = [each for each in stage.fake.requests if f"channels/{ben.dm.id}/messages" in each.path]
    assert len(again) <= before + 1
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert cora.sees("Ben Castillo")


@pytest.mark.soak
async def test_roles_are_those_of_the_press_itself(stage: DiscordStage) -> None:
    """No event has to report a role that was taken away: the next press comes without it."""
    cora = stage.person("cora")
    await cora.uses("/stint help", "spring-26")
    before = stage.watch.events[-1]
    members = stage.fake.world.guilds[stage.people.guild].members
    assert before.groups == members[cora.id]
    members[cora.id] = set()
    await cora.uses("/stint help", "spring-26")
    after = stage.watch.events[-1]
    assert isinstance(after, CommandUsed)
    assert ("manage" in before.rights, "manage" in after.rights, after.groups) == (True, False, frozenset())


async def heard(stage: DiscordStage, event: str, told: dict[str, object]) -> None:
    """The gateway tells of something, and the bot has handled it."""
    before = stage.watch.done
    await stage.fake.gateway.tell(event, told)
    await stage.watch.more_than(before)
    await stage.settle()


async def test_a_channel_is_closed_opened_and_deleted(stage: DiscordStage) -> None:
    """Lost permissions and a deleted channel stop what is sent there; given back, they let it go on."""
    world, channel = stage.fake.world, stage.fake.world.channels[stage.people.spring]
    channel.forbidden = True
    await heard(stage, "CHANNEL_UPDATE", world.channel_json(channel))
    assert stage.rows(select(Channel.state)) == [("paused",)]
    channel.forbidden = False
    await heard(stage, "CHANNEL_UPDATE", world.channel_json(channel))
    assert stage.rows(select(Channel.state)) == [("active",)]
    assert stage.person("ada").sees("I am back in this channel")
    await stage.tick(minutes=1)
    channel.gone = True
    await heard(stage, "CHANNEL_DELETE", world.channel_json(channel))
    told = [(e.state, e.place) for e in stage.watch.events if isinstance(e, ChannelChanged)]
    assert told == [(state, stage.people.channel) for state in ("closed", "open", "closed")]
    assert stage.rows(select(Channel.state)) == [("paused",)]


@pytest.mark.soak
async def test_kicked_and_invited_again(stage: DiscordStage) -> None:
    """Out of the server everything waits, in again everything goes on; an outage is neither."""
    world, guild = stage.fake.world, stage.fake.world.guilds[stage.people.guild]
    await stage.fake.gateway.tell("GUILD_DELETE", {"id": guild.id, "unavailable": True})
    back = {**world.guild_json(guild), "unavailable": False}
    await stage.fake.gateway.tell("GUILD_CREATE", back)
    guild.here = False
    await heard(stage, "GUILD_DELETE", {"id": guild.id})
    assert stage.rows(select(Space.state)) == [("paused",)]
    guild.here = True
    joined = {key: value for key, value in world.guild_json(guild).items() if key != "unavailable"}
    await heard(stage, "GUILD_CREATE", joined)
    assert stage.rows(select(Space.state)) == [("active",)]
    assert [e.state for e in stage.watch.events if isinstance(e, SpaceChanged)] == ["left", "joined"]


@pytest.mark.soak
async def test_a_start_and_sends_during_an_outage(stage: DiscordStage) -> None:
    """A server that is unavailable is not left: what is owed there waits, and comes once when it is back."""
    world, guild = stage.fake.world, stage.fake.world.guilds[stage.people.guild]
    guild.out = True
    await stage.restart()
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/project post")
    await marta.fills(PAGE | {"Title": "Bus stop census"})
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.presses("Publish")
    assert stage.ledger()["pending"] == 1
    assert not ada.sees("Bus stop census")
    assert stage.rows(select(Space.state)) == stage.rows(select(Channel.state)) == [("active",)]
    guild.out = False
    await stage.fake.gateway.tell("GUILD_CREATE", world.guild_json(guild))
    await stage.tick(minutes=1)
    assert ada.view().count("Bus stop census") == 1
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
@pytest.mark.parametrize("way", ["reconnect", "cut", "forgotten"])
async def test_words_during_a_gap_are_heard_once(stage: DiscordStage, way: str) -> None:
    """After op 7 and after a cut, words written meanwhile arrive; a session that is invalid begins again."""
    ada, gateway = stage.person("ada"), stage.fake.gateway
    no_pause = patch("discord.client.Client.before_identify_hook", _at_once)
    with patch("discord.backoff.ExponentialBackoff.delay", return_value=0.01), no_pause:
        before = stage.watch.done
        if way == "reconnect":
            await gateway.reconnect()
        else:
            await gateway.break_off(forget=way == "forgotten")
        if way != "forgotten":
            await ada.write("Are you there?", ada.dm)
            await stage.watch.more_than(before)
        else:
            await gateway.back()
        await ada.says("And now?")
    heard_words = [event.text for event in stage.watch.events if isinstance(event, MessageReceived)]
    assert heard_words == ["Are you there?"] * (way != "forgotten") + ["And now?"]


async def test_a_connection_that_falls_silent_is_replaced(stage: DiscordStage) -> None:
    """Its other end is gone without a word: after a while another takes its place, and words come once."""
    ada, gateway = stage.person("ada"), stage.fake.gateway
    gateway.beat = 0.1
    no_pause = patch("discord.client.Client.before_identify_hook", _at_once)
    soon = patch("discord.backoff.ExponentialBackoff.delay", return_value=0.01)
    with no_pause, soon, patch("adapters.discord.gateway._SILENT_SECONDS", 0.5):
        await stage.restart()
        before, resumed = stage.watch.done, gateway.happened["resume"]
        gateway.fall_silent()
        await ada.write("Are you there?", ada.dm)
        await stage.watch.more_than(before)
    assert gateway.happened["resume"] > resumed
    heard_words = [event.text for event in stage.watch.events if isinstance(event, MessageReceived)]
    assert heard_words == ["Are you there?"]


async def _at_once(*_: object, **__: object) -> None:
    """Discord's five seconds between identifies are not ours to keep here."""


@pytest.mark.soak
async def test_limits_are_waited_for_or_come_back_later(stage: DiscordStage) -> None:
    """A short wait is discord.py's; a long one goes back to the outbox, and the message comes once."""
    limited = {"message": "You are being rate limited.", "retry_after": 0.02, "global": False}
    headers = {"Via": "1.1 here", "X-RateLimit-Scope": "user", "Retry-After": "1"}
    faults = stage.fake.faults
    ben = stage.person("ben")
    faults.append(Fault("POST .*/messages", 429, limited, headers))
    await ben.presses("Apply", on=TITLE)
    assert len(from_bot(stage, "ben")) == 1
    faults.append(Fault("POST .*/messages", 429, {**limited, "retry_after": 900.0}, headers))
    await ben.says("I ride one every day.")
    assert len(from_bot(stage, "ben")) == 1
    await stage.tick(minutes=16)
    assert len(from_bot(stage, "ben")) == 2
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
async def test_on_launch_day_no_person_waits_for_a_direct_message(stage: DiscordStage) -> None:
    """Discord takes ten new ones a minute: from the eleventh on the first question is there at once."""
    stage.pause = timedelta(milliseconds=250)
    students = [stage.person(stage.people.joins(f"student{number}")) for number in range(40)]
    for student in students:
        await student.presses("Apply", on=TITLE)
    sent = [each for each in students if each.sees("I sent you a direct message; we go on there.")]
    here = [each for each in students if each.sees("would have to wait a little, so we go on here")]
    assert (len(sent), len(here)) == (10, 30)
    assert all(each.sees("Why this project?") and each.sees("Go there") for each in students)
    assert set(stage.ledger()) == {"answered", "sent"}


async def test_a_lost_answer_makes_no_second_message(stage: DiscordStage) -> None:
    """The message is sent again with the same nonce, and Discord gives back the first."""
    stage.fake.faults.append(Fault("POST .*/messages"))
    with patch("adapters.discord.rest._SHORT_WAIT", 0.0):
        await stage.person("ada").presses("Apply", on=TITLE)
    assert len(from_bot(stage, "ada")) == 1
    sends = [each for each in stage.fake.requests if each.path.endswith("/messages")][-2:]
    assert sends[0].body["nonce"] == sends[1].body["nonce"]
    assert set(stage.ledger()) == {"sent"}


async def test_an_answer_that_takes_a_minute_makes_no_second_message(stage: DiscordStage) -> None:
    """The bot waits no longer for word of its message, and Discord shows it after that: it is there once."""
    with patch("adapters.discord.adapter._REQUEST_SECONDS", 0.2):
        await stage.restart()
        stage.fake.latency = 0.3
        await stage.person("ada").presses("Apply", on=TITLE)
        while stage.fake.unanswered:  # noqa: ASYNC110 - it takes its time
            await asyncio.sleep(0.02)
        stage.fake.latency = 0
        await stage.tick(minutes=2)
    assert len(from_bot(stage, "ada")) == 1
    assert set(stage.ledger()) == {"sent"}


async def test_what_was_sent_before_a_restart_is_found_again(stage: DiscordStage) -> None:
    """When Discord has forgotten the nonce, the channel's messages are looked at: no second message."""
    to, said = stage.people.user("ada"), message("A word")
    first = await stage.adapter.send(to, said, key="1:word")
    stage.fake.world._nonces.clear()  # noqa: SLF001 - as after a few minutes
    another = an_adapter(stage.fake)
    await another.open()
    assert await another.send(to, said, key="1:word", again=True) == first
    await another.send(to, message("Another word"), key="1:other", again=True)
    await another.close()
    assert len(from_bot(stage, "ada")) == 2


@pytest.mark.parametrize("forgotten", [False, True], ids=["nonces known", "nonces forgotten"])
async def test_two_promises_with_equal_words_both_arrive(stage: DiscordStage, *, forgotten: bool) -> None:
    """That an earlier message says the same is no sign that this one was sent before the process died."""
    to, said = stage.people.user("ada"), message("It is due tomorrow.")
    first = await stage.adapter.send(to, said, key="1:first")
    if forgotten:
        stage.fake.world._nonces.clear()  # noqa: SLF001 - as after a few minutes
    another = an_adapter(stage.fake)
    await another.open()
    second = await another.send(to, said, key="1:second", again=True, known=[first.id])
    assert second != first
    if forgotten:
        stage.fake.world._nonces.clear()  # noqa: SLF001 - as after a few minutes
    third = an_adapter(stage.fake)
    await third.open()
    assert await third.send(to, said, key="1:second", again=True, known=[first.id]) == second
    assert await third.find(to, said, key="1:second", known=[first.id]) == second
    assert await third.find(to, said, key="1:third", known=[first.id, second.id]) is None
    for adapter in (another, third):
        await adapter.close()
    assert len(from_bot(stage, "ada")) == 2


@pytest.mark.soak
async def test_an_answer_with_equal_words_is_no_promise_kept(stage: DiscordStage) -> None:
    """The answer to a command in the DM is none of the messages that are due."""
    ada = stage.person("ada")
    await ada.uses("/stint help")
    [answer] = from_bot(stage, "ada")
    answer.body |= {"components": [{"type": 10, "content": "A word"}]}
    sent = await stage.adapter.send(stage.people.user("ada"), message("A word"), key="1:word", again=True)
    assert sent.id != answer.id


async def test_a_new_card_waits_for_no_mass_edit(stage: DiscordStage) -> None:
    """While Discord takes no changes in the channel for a minute, the card that was owed after them comes."""
    limited = {"message": "You are being rate limited.", "retry_after": 60.0, "global": False}
    headers = {"Via": "1.1 here", "X-RateLimit-Scope": "user", "Retry-After": "60"}
    stage.fake.faults.append(Fault("PATCH .*/messages/", 429, limited, headers))
    [(reference,)] = stage.rows(select(outbox.c.reference).where(outbox.c.key.startswith("card:")))
    await owe_repairs_and_news(stage, stage.people.channel, reference, 20)
    await stage.settle()
    ada = stage.person("ada")
    assert "Brand new" in ada.view()
    assert "Repair" not in ada.view()
    await stage.tick(minutes=2)
    assert "Repair 19" in ada.view()
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
async def test_a_button_works_after_a_restart(stage: DiscordStage) -> None:
    """A card that was posted by an earlier process is pressed months later, and the new one answers."""
    await stage.tick(days=1)
    await stage.restart()
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("I sent you a direct message")


async def test_an_answer_that_comes_too_late_is_a_message(stage: DiscordStage) -> None:
    """When the interaction is over, what was to be said comes in the DM."""
    ada = stage.person("ada")
    over = {"message": "Unknown interaction", "code": 10062}
    stage.fake.faults.append(Fault("POST /interactions/", 404, over, times=3))
    before = stage.watch.done
    sent, button = ada._find(lambda part: part.get("label") == "Apply", "button Apply", TITLE)  # noqa: SLF001 - without waiting for an answer
    await stage.clock.advance_by(timedelta(seconds=20))
    await ada.press(sent, button)
    await stage.watch.more_than(before)
    await stage.tick(minutes=1)
    assert from_bot(stage, "ada")
    assert set(stage.ledger()) == {"sent"}

"""One programme over Slack and Discord: an employer on one, students on both, in one cohort."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from adapters.discord import render as discord_render
from adapters.slack import render as slack_render
from bot.chat.adapter import Adapter
from bot.chat.content import Message
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from bot.programme.projects.details import detail_pages, see_all
from storage.database import UnitOfWork
from storage.tables import Announcement, Channel, Identity, Placement, Project, Space, outbox
from tests.support.actor import Actor
from tests.support.bot import MONDAY, Town, begin_life, fresh_database, seed_programme
from tests.support.discord.openapi import refusals
from tests.support.discord.screen import words_of
from tests.support.discord.server import discord_running
from tests.support.discord.stage import DiscordStage, People, an_adapter, listening
from tests.support.imports import EVERY, REAL, publish, read, real_posts, turn, write
from tests.support.main_job import PAGE, TITLE, WHY, is_posted
from tests.support.slack.server import serve
from tests.support.slack.stage import SPRING, SlackStage, adapter_for, people_into, running, user
from tests.support.slack.validation import message_errors


@dataclass
class Both:
    """One bot on both; cora, marta, ada and ben are on Slack, chi and jo on Discord, and ada there too."""

    slack: SlackStage
    discord: DiscordStage


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    """The cohort "Spring 26" has a channel on each platform."""
    clock = VirtualClock(MONDAY)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(clock.now))
        fake = await stack.enter_async_context(discord_running(clock.now))
        people_into(server.workspace)
        people = People.into(fake, ("ada", "chi", "jo"))
        slack, discord = adapter_for(server, "socket", clock.now), an_adapter(fake)
        url = fresh_database(tmp_path / "stint.db")
        adapters: dict[str, Adapter] = {"slack": slack, "discord": discord}
        life = await stack.enter_async_context(begin_life(url, adapters, clock, ROUTES))
        await life.database.transact(lambda work: seed_programme(work, MONDAY, Town(SPRING, user), {}))
        await life.database.transact(lambda work: _joins(work, people))
        await slack.register(ROUTES.specs)
        await stack.enter_async_context(running(server, slack, "socket", life.runtime.receive))
        await discord.open()
        stack.push_async_callback(discord.close)
        await discord.register(ROUTES.specs)
        watch = await stack.enter_async_context(listening(fake, discord, life.runtime.receive))
        mine = (clock, life.database, life.runtime)
        on_discord = DiscordStage(*mine, fake, people, discord, watch, stack)
        yield Both(SlackStage(*mine, server, slack), on_discord)
        assert server.workspace.complaints == []
        assert fake.refused == []


def _joins(work: UnitOfWork, people: People) -> None:
    """The server joins the programme, its channel the cohort; chi and jo are there only."""
    work.session.add(Space(programme_id=1, platform="discord", external_id=people.guild, created_at=MONDAY))
    work.session.add(Channel(programme_id=1, cohort_id=1, place=str(people.channel)))
    for account in ("chi", "jo"):
        there = {"platform": "discord", "user_id": people.users[account]}
        mine = Identity.user_id.contains(f"U0{account.upper()}")
        work.connection.execute(update(Identity).where(mine).values(**there))


def where(both: Both, beginning: str) -> list[str]:
    """The platforms to which messages went whose keys begin so."""
    query = select(outbox.c.destination).where(
        outbox.c.key.startswith(beginning), outbox.c.operation == "send", outbox.c.state == "sent"
    )
    return sorted(destination.partition("/")[0] for (destination,) in both.slack.rows(query))


async def test_one_programme_over_both(both: Both) -> None:
    """Announced on both, begun here and sent there, messages cross, and each reminder comes once."""
    marta, ada = both.slack.person("marta"), both.slack.person("ada")
    chi, ada_there = both.discord.person("chi"), both.discord.person("ada")
    await is_posted(both.slack)
    assert chi.sees("what they *charge*")
    assert where(both, "card:") == ["discord", "slack"]
    await _links(both)
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    await _goes_on(ada_there)
    assert ada_there.sees(f"Your application to {TITLE} is sent.")
    assert ada_there.sees(f"Your application to {TITLE} is sent.")
    people = both.discord.people
    assert f"/channels/{people.guild}/{people.spring}/" in str(both.discord.fake.world.messages)
    await chi.presses("Apply", on=TITLE)
    await chi.says("I ride one every day.")
    await _goes_on(chi)
    await _messages_cross(chi, marta)
    await both.slack.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await both.slack.tick(minutes=3)
    assert where(both, "offer:") == ["discord"]
    await ada_there.presses("Accept")
    await ada_there.uses("/profile")
    await ada_there.presses("Write to me on Slack")
    ((due,),) = both.slack.rows(select(Placement.due_at))
    await both.slack.to(due)
    reminders = where(both, "notices:4:")
    assert set(reminders) == {"slack"}
    lines = (f"{TITLE} is due by", "Have you talked with", "no side has said that you talked")
    assert [ada.view().count(line) for line in lines] == [3, 1, 1]
    assert len(reminders) == 5
    assert not any(ada_there.sees(line) for line in lines)
    assert where(both, "application:2:released") == ["discord"]
    assert set(both.slack.ledger()) == {"sent"}


@pytest.mark.soak
async def test_a_project_posted_on_discord_is_announced_in_slack(both: Both) -> None:
    """The card is on both, and is changed on both; a student in Slack applies to it."""
    jo, ada = both.discord.person("jo"), both.slack.person("ada")
    await jo.uses("/project post")
    await jo.fills(PAGE)
    await jo.presses("Fee and time")
    await jo.fills({"Fee": "$400"})
    await jo.presses("Publish")
    assert where(both, "card:") == ["discord", "slack"]
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    await _goes_on(ada)
    assert ada.sees(f"Your application to {TITLE} is sent.")
    await both.slack.tick(days=1)
    assert jo.sees("Ada Okafor applied")
    assert set(both.slack.ledger()) == {"sent"}


@pytest.mark.soak
@pytest.mark.skipif(not REAL.exists(), reason="the real posts are not beside this checkout")
@EVERY
async def test_real_posts_are_announced_and_none_is_refused(both: Both, tmp_path: Path, every: int) -> None:
    """A card of each is in each channel, once, and the longest ones' details would be taken as well."""
    path, posts = real_posts(every, tmp_path)
    checked = read(both.slack, path)
    write(both.slack, checked)
    assert publish(both.slack, checked) == len(posts)
    await both.slack.tick(minutes=30)
    assert set(both.slack.ledger()) == {"sent"}
    assert both.slack.rows(select(func.count()).select_from(Announcement)) == [(2 * len(posts),)]
    workspace, world = both.slack.workspace, both.discord.fake.world
    in_slack = [
        workspace.words_of(sent, "U0ADA") for sent in workspace.messages if sent.channel == "C0SPRING26"
    ]
    on_discord = [words_of(card) for card in world.seen_by("", both.discord.people.spring)]
    titles = [title for (title,) in both.slack.rows(select(Project.title).order_by(Project.id))]
    for shown in (in_slack, on_discord):
        assert [title for title, card in zip(titles, shown, strict=True) if title not in card] == []
    details = turn(both.slack, _longest)
    for part in (each for message in details for each in slack_render.draw(message)):
        assert message_errors(part.text, part.blocks) == []
    for body in (each.body() for message in details for each in discord_render.draw(message)):
        assert refusals("POST", "/channels/1/messages", body) == []


def _longest(acting: Turn) -> list[Message]:
    """Everything about the 50 projects with the longest texts."""
    longest = select(Project).order_by(func.length(Project.brief).desc()).limit(50)
    return [
        see_all(acting, project, page)
        for project in acting.session.scalars(longest)
        for page in range(len(detail_pages(acting, project)))
    ]


async def _goes_on(student: Actor) -> None:
    """The rest of an application, after its first answer."""
    await student.says("skip")
    await student.says("yes")
    await student.presses("Send application")


async def _messages_cross(chi: Actor, marta: Actor) -> None:
    """A student on Discord and an employer on Slack write to each other."""
    await chi.presses("Write to the employer")
    await chi.fills({"Your message": "May I begin in April?"})
    assert marta.sees("May I begin in April?")
    await marta.presses("Reply")
    await marta.fills({"Your message": "April is fine."})
    assert chi.sees("April is fine.")


async def _links(both: Both) -> None:
    """Ada's accounts are one person's."""
    ada, ada_there = both.slack.person("ada"), both.discord.person("ada")
    await ada.uses("/stint link")
    code = re.findall(r"/stint link ([\w-]+)", ada.view())[-1]
    await ada_there.uses(f"/stint link code:{code}")
    await ada_there.presses("Join")
    assert len(set(both.slack.rows(select(Identity.person_id).where(Identity.platform == "discord")))) == 3

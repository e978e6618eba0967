"""Spaces and channels come and go: what is due waits, a coordinator reads of it, and it flows again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.terminal.workspace import PLATFORM, SPACE
from bot.chat.adapter import Lost, Refusal
from bot.chat.events import ChannelChanged, Place, SpaceChanged
from storage.database import UnitOfWork
from storage.tables import Channel, Identity, Person, Space, outbox
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell
from tests.support.projects import post
from tests.support.stage import Stage

SPRING = Place(PLATFORM, SPACE, "spring")


async def _play(stage: Stage) -> None:
    """Play until a project is announced."""
    await post(stage, title="Logo refresh")


pytestmark = pytest.mark.stage(opened=open_played, play=_play, programme={"retention_days": 7})


def states(stage: Stage) -> tuple[str, str]:
    """The state of the space and of the cohort's channel."""
    ((space,),) = stage.rows(select(Space.state))
    ((channel,),) = stage.rows(select(Channel.state))
    return space, channel


def refusing(lost: Lost) -> Callable[..., Awaitable[None]]:
    """A platform that takes no message of ours any more."""

    async def send(*_to: object, **_rest: object) -> None:
        raise Refusal("not_there", lost=lost)

    return send


async def test_a_space_that_left_is_owed_everything_until_it_is_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent or lost meanwhile, and no person is reported unreachable; then all of it comes."""
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.presses("Apply", on="Logo refresh")
    await tell(stage, SpaceChanged, state="left")
    assert states(stage) == ("paused", "away")
    before = stage.ledger()["sent"]
    with monkeypatch.context() as kicked:
        kicked.setattr(stage.adapter, "send", refusing("destination"))
        await stage.tick(days=2)
    ledger = stage.ledger()
    assert ledger["sent"] == before
    assert ledger["held"] >= 1
    assert set(ledger) <= {"sent", "held", "withdrawn"}
    await tell(stage, SpaceChanged, state="left")
    await tell(stage, SpaceChanged, state="joined", name="Riverside school")
    assert states(stage) == ("active", "active")
    assert set(stage.ledger()) <= {"sent", "withdrawn"}
    assert "I am back in this channel" in stage.screen("ada", "spring")
    await cora.uses("/stint tasks")
    assert "Nothing waits for you" in stage.screen("cora")
    await cora.uses("/stint setup", "spring")
    assert "Riverside school (this one)" in stage.screen("cora", "spring")
    await ada.says("I like logos.")
    assert "I like logos" in stage.screen("ada")


async def test_a_refusal_that_ends_the_space_pauses_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revoked token is found while sending: that message is held like all that follow."""
    with monkeypatch.context() as revoked:
        revoked.setattr(stage.adapter, "send", refusing("space"))
        await post(stage, title="Second project")
        assert states(stage) == ("paused", "away")
        assert stage.ledger().get("failed", 0) == 0
    await tell(stage, SpaceChanged, state="joined")
    assert "Second project" in stage.screen("ada", "spring")
    assert set(stage.ledger()) <= {"sent", "withdrawn"}


@pytest.mark.soak
async def test_an_act_in_a_left_space_shows_that_the_bot_is_back(stage: Stage) -> None:
    """Not every platform says so: the first command there is done, and what was owed flows."""
    await tell(stage, SpaceChanged, state="left")
    await stage.person("cora").uses("/stint setup", "spring")
    assert "Riverside" in stage.screen("cora", "spring")
    assert "I am back in this channel" in stage.screen("ada", "spring")
    assert states(stage) == ("active", "active")


@pytest.mark.soak
async def test_people_of_a_space_that_stays_away_are_forgotten(stage: Stage) -> None:
    """After the days that answers are kept nothing is known of who can be met nowhere else."""
    await tell(stage, SpaceChanged, state="left")
    await stage.tick(days=8)
    assert stage.rows(select(Identity)) == []
    assert {name for (name,) in stage.rows(select(Person.name))} == {"A person who left"}
    kept = select(outbox.c.destination).where(outbox.c.destination.like("terminal/@%"))
    assert {to for (to,) in stage.rows(kept)} == {"terminal/@forgotten"}


@pytest.mark.soak
async def test_a_coordinator_hears_elsewhere_of_the_space_that_left(stage: Stage) -> None:
    """The task reaches who is met on another platform, and only the left space is held."""

    def elsewhere(work: UnitOfWork) -> None:
        mine = {"programme_id": 1, "created_at": stage.clock.now()}
        work.session.add(Space(**mine, platform="other", external_id="o1"))
        cora = work.session.scalars(select(Person).where(Person.name == "Cora Lindqvist")).one()
        work.session.add(
            Identity(
                programme_id=1, person_id=cora.id, platform="other", user_id="cora2",
                seen_at=stage.clock.now() - timedelta(days=9), reachable=True,
            )
        )  # fmt: skip

    stage.database.transact_inline(elsewhere)
    await tell(stage, SpaceChanged, state="left")
    await stage.tick(days=2)
    there = stage.rows(select(outbox.c.message).where(outbox.c.destination == "other/@cora2"))
    assert any("I am no longer in" in repr(message) for (message,) in there)


async def test_a_channel_that_closes_and_opens(stage: Stage) -> None:
    """The platform's word is enough: paused and announced once, then taken up again."""
    for _ in range(2):
        await tell(stage, ChannelChanged, place=SPRING, state="closed")
    assert states(stage) == ("active", "paused")
    await stage.person("cora").uses("/stint tasks")
    assert "I can no longer write to the channel of Spring 26" in stage.screen("cora")
    await tell(stage, ChannelChanged, place=SPRING, state="open")
    assert states(stage) == ("active", "active")
    assert stage.screen("ada", "spring").count("I am back in this channel") == 1

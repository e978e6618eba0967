"""The main job on Discord with the bot as a separate process, from its start to SIGTERM."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import outbox
from tests.support.discord.bot_process import DiscordApart, open_apart
from tests.support.discord.server import Fault
from tests.support.main_job import is_applied_for, is_completed, is_decided, is_posted, is_worked_on


@pytest.mark.usefixtures("migrated_sqlite_url")
async def test_the_main_job_with_the_bot_as_a_process(tmp_path: Path) -> None:
    """`stint run`, configured by environment, does all of it, whatever becomes of its connection meanwhile.

    Discord asks it to come again, loses the answer to a message, and forgets its session. Asked to stop, the
    bot is gone within ten seconds.
    """
    async with open_apart(tmp_path) as apart:
        gateway = apart.fake.gateway
        await is_posted(apart)
        await gateway.reconnect()
        apart.fake.faults.append(Fault("POST .*/messages"))
        await is_applied_for(apart)
        assert apart.fake.faults == []
        await gateway.break_off(forget=True)
        await gateway.back(within=20)
        await is_decided(apart)
        await is_worked_on(apart)
        await is_completed(apart)
        assert (gateway.happened["resume"], gateway.happened["invalid"]) == (1, 1)
        assert set(apart.ledger()) == {"sent"}
        assert arrived(apart) == owed(apart)
        code, errors = await apart.stop()
        assert code == 0, errors
        assert errors == ""
        assert not apart.fake.gateway.connected


def owed(apart: DiscordApart) -> list[str]:
    """The messages that the outbox knows of."""
    query = select(outbox.c.reference).where(outbox.c.operation == "send")
    return sorted(part for (ref,) in apart.rows(query) for part in ref.rpartition("#")[2].split(","))


def arrived(apart: DiscordApart) -> list[str]:
    """Return the messages that are there, answers aside: those have no nonce."""
    return sorted(sent.id for sent in apart.fake.world.messages.values() if "nonce" in sent.body)

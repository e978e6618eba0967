"""`/stint doctor` in chat: for coordinators, of their own programme."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.chat.content import Plain
from bot.chat.events import CommandUsed, Place, ReplyTo, UserRef
from bot.chat.findings import Finding
from bot.chat.rendering.plain_text import plain_text
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.secrets import SecretBox
from storage.tables import Channel
from tests.support.projects import make_coordinator
from tests.support.stage import open_stage


@pytest.mark.soak
async def test_coordinators_see_what_is_wrong_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the platform and the rows say is said together; of other spaces nothing is said."""
    looked_at: list[Place | None] = []
    async with open_stage(tmp_path) as stage:
        cora = stage.person("cora")
        stage.world.add_channel("staff", "staff")
        make_coordinator(stage, "jo")
        await cora.uses("/stint settings #staff", "spring")
        await cora.uses("/stint doctor", "spring")
        assert "All is well" in stage.screen("cora", "spring")

        async def inspect(place: Place | None = None) -> Sequence[Finding]:
            looked_at.append(place)
            return (
                Finding("t.here", "problem", Plain("A wire is loose."), Plain("Push it in.")),
                Finding("t.elsewhere", "problem", "Not your business.", "Nothing.", "another"),
            )

        monkeypatch.setattr(stage.adapter, "inspect", inspect)
        await cora.uses("/stint doctor")
        assert looked_at == [Place("terminal", "terminal", place) for place in ("", "spring", "staff")]
        assert stage.screen("cora").count("A wire is loose.") == 1
        stage.database.transact_inline(
            lambda work: work.connection.execute(update(Channel).values(state="paused"))
        )
        await cora.uses("/stint doctor", "spring")
        said = stage.screen("cora", "spring")
        assert "2 findings" in said
        assert "✗ A wire is loose.\nPush it in." in said
        assert "The channel of Spring 26 is paused" in said
        assert "Not your business" not in said
        await stage.person("ada").uses("/stint doctor", "spring")
        assert "for coordinators" in stage.screen("ada", "spring")
        assert "wire" not in stage.screen("ada", "spring")


async def test_a_bot_without_a_key_says_so(tmp_path: Path) -> None:
    """Where files could be kept and no key is there to keep them with, that is a finding, with what to do."""
    async with open_stage(tmp_path) as stage:
        keyless = Runtime(stage.database, ROUTES, {"terminal": stage.adapter}, stage.clock, SecretBox(()))
        cora, spring = UserRef("terminal", "cora"), Place("terminal", "terminal", "spring")
        now = stage.clock.now()
        reply = ReplyTo('["asked", "cora", "spring", ""]', now + timedelta(minutes=15))
        asked = CommandUsed(
            id="asked", at=now, actor=cora, place=spring, path=("stint", "doctor"), reply=reply
        )
        answer = await keyless.receive(asked)
        assert answer.message
        said = plain_text(answer.message)
        assert "There is no key, so files cannot be kept." in said
        assert "STINT_SECRET_KEY" in said

"""`/stint doctor` in chat: for coordinators, of their own programme."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.chat.events import Place
from bot.chat.findings import Finding
from storage.tables import Channel
from tests.support.stage import open_stage


async def test_coordinators_see_what_is_wrong_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the platform and the rows say stands together; of other spaces nothing is told."""
    async with open_stage(tmp_path) as stage:
        cora = stage.person("cora")
        await cora.uses("/stint doctor", "spring")
        assert "All is well" in stage.screen("cora", "spring")

        async def inspect(place: Place | None = None) -> Sequence[Finding]:
            return (
                Finding("t.here", "problem", "A wire is loose.", "Push it in."),
                Finding("t.elsewhere", "problem", "Not your business.", "Nothing.", "another"),
            )

        monkeypatch.setattr(stage.adapter, "inspect", inspect)
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

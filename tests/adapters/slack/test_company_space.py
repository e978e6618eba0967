"""A workspace that joins a programme as one company's own."""

import re
from pathlib import Path

from sqlalchemy import update

from storage.database import UnitOfWork
from storage.tables import Space
from tests.support.slack.stage import open_slack_stage


async def test_a_workspace_joins_as_one_company_s_own(tmp_path: Path) -> None:
    """Its admin owns that company and nothing more, and a coordinator has no command of theirs there."""
    async with open_slack_stage(tmp_path) as stage:
        cora, ada = stage.person("cora"), stage.person("ada")
        await cora.uses("/stint connect acme maps", "spring-26")
        [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", cora.view())

        def lives_elsewhere(work: UnitOfWork) -> None:
            work.session.execute(update(Space).values(external_id="T0ELSEWHERE"))

        stage.database.transact_inline(lives_elsewhere)
        await cora.uses("/stint setup", "spring-26")
        await cora.presses("Join one that exists")
        await cora.fills({"Code": code})
        assert cora.sees("This workspace is the own one of Acme Maps in Riverside now")
        for typed in ("/stint tasks", "/stint settings", "/cohort create"):
            await cora.uses(typed, "spring-26")
            assert cora.sees(f"{typed} is for coordinators.")
        await cora.uses("/employer list", "spring-26")
        assert cora.sees("Acme Maps: ")
        assert not cora.sees("Birch Labs")
        await ada.uses("/applicants", "spring-26")
        assert ada.sees("/applicants is for coordinators and employers.")

"""A few days of a programme on SQLite and on PostgreSQL: people, cohorts, messages, digests, tasks."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.events import CommandUsed, SpaceChanged
from storage.tables import Application, Identity, Letter, Person
from tests.support.platform_events import tell
from tests.support.projects import post, posted
from tests.support.second_platform import Account, open_elsewhere
from tests.support.stage import open_stage


@pytest.mark.soak
async def test_people_cohorts_messages_and_digests(database_url: str, tmp_path: Path) -> None:
    """Every statement of these modules means the same on both databases."""
    async with open_stage(tmp_path, url=database_url) as stage:
        stage.world.add_channel("autumn", "autumn")
        cora, ada, marta = stage.person("cora"), stage.person("ada"), stage.person("marta")
        await cora.uses("/cohort create Autumn #autumn zone:Berlin digest:11:00 open:no days_off:weekends")
        await cora.uses("/employer invite @ben company:Birch Labs")
        await cora.uses("/employer list")
        assert "Birch Labs: Jo Park and Ben Castillo" in stage.screen("cora")
        await post(stage, title="Logo refresh", places=2)
        await ada.presses("Apply", on="Logo refresh")
        await ada.says("I like logos and I have time in April.")
        await ada.presses("Skip")
        await ada.says("yes")
        await ada.presses("Send application")
        await stage.person("chi").uses("/cohort list")
        await cora.uses("/cohort admit @chi Autumn")
        await cora.uses("/cohort list")
        await stage.tick(hours=4)
        assert "Autumn: projects on Mon 9 March" in stage.screen("chi", "autumn")
        await marta.uses("/profile")
        await marta.presses("Change time zone")
        await marta.fills({"Time zone": "Tokyo"})
        await stage.tick(days=1)
        assert "Ada Okafor applied to Logo refresh" in stage.screen("marta")
        await cora.uses("/stint tasks")
        await cora.uses("/stint settings")
        await cora.presses("Times and memory")
        await cora.fills({"Daily message": "10:00"})
        await ada.says("hello")
        await ada.uses("/profile")
        await ada.presses("Show my data")
        await ada.presses("Forget me")
        await ada.presses("Yes, forget me")
        assert "I have forgotten you" in stage.screen("ada")
        assert stage.rows(select(Identity).where(Identity.user_id == "ada")) == []
        assert [row.status for row in stage.rows(select(Application))] == ["withdrawn"]
        await cora.uses("/cohort end Autumn")
        await cora.presses("End it")
        await stage.tick(days=1)
        assert set(stage.ledger()) <= {"sent", "withdrawn"}


@pytest.mark.sampled("sqlite")
async def test_what_spans_spaces_and_platforms(database_url: str, tmp_path: Path) -> None:
    """Linking with two applications, a mapped group, a space that leaves for good: on both databases."""
    async with open_stage(tmp_path, url=database_url, programme={"retention_days": 7}) as stage:
        there = Account(stage, open_elsewhere(stage), "ada2")
        ada, cora = stage.person("ada"), stage.person("cora")
        await post(stage, title="Logo refresh")
        await ada.presses("Save", on="Logo refresh")
        await ada.presses("Apply", on="Logo refresh")
        await there.uses("apply", project="1")
        for person in (ada, there):
            for answer in ("I like logos and I have time in April.", "skip", "yes"):
                await person.says(answer)
            await person.presses("Send application")
        await ada.uses("/stint link")
        await there.uses("stint", "link", code=stage.screen("ada").rpartition("/stint link ")[2][:14])
        await there.presses("Join")
        assert "one person now" in there.screen()
        statuses = sorted(row.status for row in stage.rows(select(Application)))
        assert statuses == ["submitted", "withdrawn"]
        await cora.uses("/stint roles group:77 role:employer")
        await tell(stage, CommandUsed, "chi", path=("project", "post"), groups=frozenset({"77"}))
        assert stage.world.dialog_of("chi") is not None
        await tell(stage, SpaceChanged, state="left")
        await there.uses("profile")
        await stage.tick(days=8)
        names = {name for (name,) in stage.rows(select(Person.name))}
        assert names == {"Ada Okafor", "Another account", "A person who left"}
        await tell(stage, SpaceChanged, state="joined")
        assert set(stage.ledger()) <= {"sent", "withdrawn"}


async def test_what_is_confided_reported_and_erased(database_url: str, tmp_path: Path) -> None:
    """Messages, an early end, a report with its evidence, a mute: on both databases."""
    async with open_stage(tmp_path, url=database_url) as stage:
        ada, cora, marta = (stage.person(name) for name in ("ada", "cora", "marta"))
        await posted(stage, "ada", "ben")
        for student, way in (("Ben Castillo", "Put on the waiting list"), ("Ada Okafor", "Make an offer")):
            await marta.uses("/applicants 1")
            await marta.chooses(student)
            await marta.presses(way)
        await stage.tick(minutes=3)
        await ada.presses("Accept")
        await ada.uses("/placement")
        await ada.presses("Talk to a coordinator")
        await ada.presses("Just a question, to all of them")
        await ada.fills({"Your message": "Can I talk to you?"})
        await cora.presses("Reply")
        await cora.fills({"Your message": "Yes."})
        await marta.uses("/placement 1")
        await marta.presses("Write to the student")
        await marta.fills({"Your message": "I know where you study."})
        await ada.presses("Report")
        await ada.presses("No more of these messages")
        await ada.uses("/placement 1")
        await ada.presses("End it early")
        await ada.fills({"Reason": "He made remarks."})
        await cora.presses("Offer it to the next in line")
        for person in (marta, ada):
            await person.uses("/profile")
            await person.presses("Show my data")
            await person.presses("Forget me")
            await person.presses("Yes, forget me")
        await stage.tick(days=2, hours=3)
        assert "It has waited for an answer for 2 days." in stage.screen("cora")
        await cora.uses("/stint tasks")
        await cora.presses("Answer")
        await cora.fills({"Your answer": "I spoke with them."})
        assert "I spoke with them." in stage.screen("ada")
        assert {text for (text,) in stage.rows(select(Letter.text))} == {""}
        assert not {"Ada Okafor", "Marta Ruiz"} & {name for (name,) in stage.rows(select(Person.name))}
        assert "offers you a place" in stage.screen("ben")
        assert not {"failed", "unknown"} & set(stage.ledger())

"""People whom a typed option mentions are called by their names from the first moment."""

from pathlib import Path

from sqlalchemy import select

from storage.tables import Person
from tests.support.discord.stage import open_discord_stage


async def test_a_mention_in_a_typed_option_is_somebody_with_a_name(tmp_path: Path) -> None:
    """Discord sends only an id there, so the member is asked about; who is no member is not invented."""
    async with open_discord_stage(tmp_path) as stage:
        world = stage.fake.world
        user = world.add_user("zed", "Zed Novak").id
        world.guilds[stage.people.guild].members[user] = set()
        cora = stage.person("cora")
        await cora.uses(f'/employer invite people:<@{user}> company:"Novak & Sons"', "spring")
        assert cora.sees("Zed Novak for Novak & Sons")
        assert ("Zed Novak",) in stage.rows(select(Person.name))

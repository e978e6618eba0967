"""People mentioned in a typed option are called by their names from the first moment."""

from pathlib import Path

from sqlalchemy import select

from storage.tables import GroupRole, Person
from tests.support.discord.stage import open_discord_stage


async def test_a_mention_in_a_typed_option_is_a_person_with_a_name(tmp_path: Path) -> None:
    """Discord sends only an id there, so the member is asked about; who is no member is not invented."""
    async with open_discord_stage(tmp_path) as stage:
        world = stage.fake.world
        user = world.add_user("zed", "Zed Novak").id
        world.guilds[stage.people.guild].members[user] = set()
        cora = stage.person("cora")
        await cora.uses(f'/employer invite people:<@{user}> company:"Novak & Sons"', "spring")
        assert cora.sees("Zed Novak for Novak & Sons")
        assert ("Zed Novak",) in stage.rows(select(Person.name))


async def test_a_role_in_an_option_has_its_name(tmp_path: Path) -> None:
    """In its server a role is shown by Discord's own mark, and its name is kept for readers elsewhere."""
    async with open_discord_stage(tmp_path) as stage:
        guild = stage.fake.world.guilds[stage.people.guild]
        mentors = stage.fake.world.snowflake()
        guild.roles[mentors] = 0
        cora = stage.person("cora")
        await cora.uses(f"/stint roles group:{mentors} role:employer", "spring")
        assert cora.sees("means employer")
        assert stage.rows(select(GroupRole.name)) == [(f"role-{mentors}",)]

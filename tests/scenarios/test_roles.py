"""Who may do what by the platform's word: its admins, its guests, and what its groups mean here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    Facts,
    MessageReceived,
    MessageRef,
    PersonChanged,
    Place,
)
from storage.tables import GroupRole, Member, Person, Role
from tests.support.platform_events import tell
from tests.support.projects import post
from tests.support.stage import Stage, open_stage

MENTORS = frozenset({"77", "5"})


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with gus, a guest of the space, and max, who manages it; neither has a role."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_account("gus", "Gus Guest", "Europe/London", frozenset({"guest"}))
        opened.world.add_account("max", "Max Manager", "Europe/London", frozenset({"manage"}))
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


@pytest.mark.soak
async def test_an_admin_of_the_space_appoints_coordinators(stage: Stage) -> None:
    """An admin without a role makes a coordinator, also of themselves, and nothing else is open to them."""
    boss = stage.person("max")
    await boss.uses("/stint tasks", "spring")
    assert "/stint tasks is for coordinators" in stage.screen("max", "spring")
    await boss.uses("/stint help", "spring")
    for _ in range(2):
        await boss.presses("More")
    assert "/stint coordinator" in stage.screen("max", "spring")
    await boss.uses("/stint coordinator @max", "spring")
    await boss.uses("/stint tasks", "spring")
    assert "Nothing waits for you" in stage.screen("max", "spring")


async def test_a_guest_is_kept_out_until_a_coordinator_lets_them_in(stage: Stage) -> None:
    """Commands, presses and words are refused; Apply asks the coordinator; who is admitted may act."""
    await post(stage, title="Logo refresh")
    gus, cora = stage.person("gus"), stage.person("cora")
    await gus.uses("/project list", "spring")
    assert "You are a guest in this space" in stage.screen("gus", "spring")
    assert stage.screen("gus", "spring").count("Logo refresh") == 1  # the card in the channel
    await gus.presses("Details", on="Logo refresh")
    await gus.says("show me the projects")
    assert "ask Cora Lindqvist to invite you" in stage.screen("gus")
    await gus.presses("Apply", on="Logo refresh")
    asked = (
        "a coordinator has to admit you to Spring 26 first. I am asking Cora Lindqvist. I will let you know"
    )
    assert asked in stage.screen("gus", "spring")
    assert stage.rows(select(Member.state).join(Person).where(Person.name == "Gus Guest")) == [("asked",)]
    await cora.uses("/cohort admit")
    await cora.presses("Admit")
    assert "You are in" in stage.screen("gus")
    await gus.presses("Apply", on="Logo refresh")
    assert "Why are you interested" in stage.screen("gus") or "1 of" in stage.screen("gus")


@pytest.mark.soak
async def test_an_invited_guest_works_as_an_employer(stage: Stage) -> None:
    """The invitation opens the door, and taking the role back closes it at the next press."""
    cora, gus = stage.person("cora"), stage.person("gus")
    await cora.uses("/employer invite @gus company:Acme Maps")
    await gus.uses("/project list", "spring")
    assert "You are a guest" not in stage.screen("gus", "spring")
    await cora.uses("/employer remove @gus")
    await gus.uses("/project list", "spring")
    assert "You are a guest" in stage.screen("gus", "spring")


async def test_a_group_gives_its_role_while_a_person_has_it(stage: Stage) -> None:
    """What a group means counts per event; a direct message counts what was seen there within a week."""
    stage.world.add_account("dee", "Dee Mentor", "Europe/London")
    dm = stage.world.dm_of("dee")
    await stage.person("cora").uses("/stint roles group:77 role:employer", "spring")
    assert "With that role a person counts as an employer from now on." in stage.screen("cora", "spring")
    assert "77" not in stage.screen("cora", "spring").rpartition("bot:")[2]

    async def post_at(place: Place | None = None, groups: frozenset[str] = frozenset()) -> bool:
        """Whether dee may post a project now."""
        await tell(stage, CommandUsed, "dee", place, path=("project", "post"), groups=groups)
        opened = stage.world.dialog_of("dee") is not None
        stage.world.close_dialog("dee")
        return opened

    assert not await post_at()
    assert not await post_at(dm)
    assert await post_at(groups=MENTORS)
    assert await post_at(dm)
    assert not await post_at(groups=frozenset({"5"}))
    assert not await post_at(dm)
    assert await post_at(groups=MENTORS)
    await stage.tick(days=8)
    assert not await post_at(dm)
    assert stage.rows(select(Role.role).join(Person).where(Person.name == "Dee Mentor")) == []
    await stage.person("cora").uses("/stint roles", "spring")
    await stage.person("cora").presses("Take it back")
    assert not await post_at(groups=MENTORS)
    assert stage.rows(select(GroupRole)) == []


async def test_a_group_is_shown_by_its_name(stage: Stage) -> None:
    """The name that the platform says when a meaning is chosen is shown everywhere, and never the id."""
    chosen = {"group": "1480475478589440003", "role": "employer"}
    named = {"1480475478589440003": Facts("Mentors")}
    await tell(stage, CommandUsed, "cora", path=("stint", "roles"), options=chosen, named=named)
    assert "Mentors means employer" in stage.screen("cora", "spring")
    assert "1480475478589440003" not in stage.screen("cora", "spring")


async def test_a_students_group_opens_a_closed_cohort(stage: Stage) -> None:
    """Who has it comes in by Apply, as into an open cohort; who has not waits for a coordinator."""
    stage.world.add_account("dee", "Dee Student", "Europe/London")
    await stage.person("cora").uses("/cohort edit Spring 26 open:no")
    await stage.person("cora").uses("/stint roles group:77 role:student", "spring")
    await post(stage, title="Logo refresh")
    await tell(stage, ButtonPressed, "dee", action="application-begin:1", groups=MENTORS)
    assert stage.rows(select(Member.state).join(Person).where(Person.name == "Dee Student")) == [
        ("admitted",)
    ]


async def test_name_and_zone_follow_the_platform_unless_they_were_said(stage: Stage) -> None:
    """A changed account changes the person; a zone that they gave themselves stays."""
    await tell(stage, PersonChanged, "ada", actor_name="Ada Obi", actor_zone="Asia/Tokyo")
    assert [(p.name, p.zone) for p in stage.rows(select(Person)) if p.name.startswith("Ada")] == [
        ("Ada Obi", "Asia/Tokyo")
    ]
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Change time zone")
    await ada.fills({"Time zone": "Berlin"})
    await tell(stage, PersonChanged, "ada", actor_name="Ada Obi", actor_zone="Asia/Seoul")
    assert stage.rows(select(Person.zone).where(Person.name == "Ada Obi")) == [("Europe/Berlin",)]
    await tell(stage, PersonChanged, "cora", actor_zone="", actor_name="")
    await tell(stage, MessageReceived, "ada", message=MessageRef(stage.world.dm_of("ada"), "x"), text="hi")

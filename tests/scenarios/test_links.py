"""One person on two platforms: accounts linked by a code, and everything of both theirs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.chat.events import ButtonPressed
from storage.database import UnitOfWork
from storage.tables import (
    Application,
    Code,
    Identity,
    Member,
    Person,
    Role,
    SavedProject,
    conversations,
    metadata,
)
from tests.support.platform_events import tell
from tests.support.projects import post, publish, turn_of
from tests.support.second_platform import Account, Elsewhere, open_elsewhere
from tests.support.stage import Stage, open_stage


@dataclass
class Both:
    """A stage over two platforms, with ada's account on the other one."""

    stage: Stage
    other: Elsewhere
    there: Account

    async def link(self) -> None:
        """Ada gets a code at the terminal and types it on the other platform."""
        ada = self.stage.person("ada")
        await ada.uses("/stint link")
        await self.there.uses("stint", "link", code=code_in(self.stage.screen("ada")))
        await self.there.presses("Join")


def code_in(screen: str) -> str:
    """The newest code on a screen."""
    return screen.rpartition("/stint link ")[2][:14]


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    """Two open projects: Logo refresh (1) and Market map (2)."""
    async with open_stage(tmp_path) as stage:
        other = open_elsewhere(stage)
        await post(stage, title="Logo refresh", places=2)
        publish(stage, title="Market map")
        yield Both(stage, other, Account(stage, other, "ada2"))


async def apply_there(both: Both, project: str) -> None:
    """Ada applies on the other platform, up to the last question."""
    await both.there.uses("apply", project=project)
    await both.there.says("I know most of these shops and have time in April.")


def more_of_both(work: UnitOfWork) -> None:
    """The other account's application is further, and both have saved a project, one of them two."""
    turn = turn_of(work, "ada")
    second = work.session.scalars(select(Identity.person_id).where(Identity.user_id == "ada2")).one()
    theirs = work.session.scalars(select(Application).where(Application.person_id == second)).one()
    theirs.status = "shortlisted"
    for person_id, project_id in ((turn.person_id, 1), (second, 1), (second, 2)):
        saved = SavedProject(programme_id=1, project_id=project_id, person_id=person_id, created_at=turn.now)
        work.session.add(saved)


def references(stage: Stage, person_id: int) -> dict[str, int]:
    """How many rows of each column still refer to a person."""
    counts = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "people" for key in column.foreign_keys):
                ((count,),) = stage.rows(select(func.count()).select_from(table).where(column == person_id))
                counts[f"{table.name}.{column.name}"] = count
    return {name: count for name, count in counts.items() if count}


@pytest.mark.soak
async def test_an_application_begun_on_one_platform_is_sent_on_the_other(both: Both) -> None:
    """After the accounts are linked the draft goes on where the person speaks, and is one application."""
    stage, ada = both.stage, both.stage.person("ada")
    await apply_there(both, "2")
    await both.link()
    assert "Ada Okafor and this account are one person now" in both.there.screen()
    assert "is linked with this one" in stage.screen("ada")
    await ada.says("resume")
    await ada.says("skip")
    await ada.says("yes")
    await ada.presses("Send application")
    rows = stage.rows(select(Application.status))
    assert rows == [("submitted",)]
    await ada.uses("/profile")
    assert "Linked accounts: Terminal and Other" in stage.screen("ada")
    ((second,),) = stage.rows(select(Person.id).where(Person.name == "Another account"))
    assert references(stage, second) == {}


async def test_news_goes_once_to_where_the_person_was_last_seen(both: Both) -> None:
    """It reaches the platform last used; once the person has chosen one, that one."""
    stage = both.stage
    await both.link()
    await stage.tick(hours=2)
    await both.there.uses("profile")
    before = stage.screen("ada")
    await stage.person("cora").uses("/stint coordinator @ada")
    await stage.tick(days=1)
    assert both.there.screen().count("made you a coordinator") == 1
    assert stage.screen("ada") == before
    await both.there.presses("Write to me on Terminal")
    await stage.person("cora").uses("/stint coordinator @ada remove:yes")
    await stage.person("cora").uses("/stint coordinator @ada")
    await stage.tick(days=1)
    assert "made you a coordinator" in stage.screen("ada")
    assert both.there.screen().count("made you a coordinator") == 1


async def test_of_two_applications_to_one_project_the_further_stays(both: Both) -> None:
    """The other is withdrawn with a note; roles, memberships, saved projects and drafts become one's."""
    stage, ada, there = both.stage, both.stage.person("ada"), both.there
    await ada.uses("/apply 1")
    await ada.says("I like logos and I have time in April.")
    await ada.says("skip")
    await ada.says("yes")
    await ada.presses("Send application")
    await ada.uses("/apply 2")
    await apply_there(both, "1")
    await there.says("skip")
    await there.says("yes")
    await there.presses("Send application")
    await apply_there(both, "2")
    stage.database.transact_inline(more_of_both)
    await both.link()
    query = select(Person.name, Application.status).join(Application).order_by(Application.id)
    found = stage.database.read_inline(lambda work: [tuple(row) for row in work.session.execute(query)])
    assert found == [("Another account", "withdrawn"), ("Ada Okafor", "shortlisted")]
    assert "with both of your accounts" in stage.screen("ada") + there.screen()
    await stage.tick(days=1)
    assert stage.screen("marta").count("applied to Logo refresh") == 1
    live = select(func.count()).where(conversations.c.state.in_(("open", "waiting")))
    assert stage.rows(live) == [(1,)]
    ((second,),) = stage.rows(select(Person.id).where(Person.name == "Another account"))
    assert references(stage, second) == {"applications.person_id": 1}
    assert stage.rows(select(func.count(Member.id)).join(Person).where(Person.name == "Ada Okafor")) == [(1,)]
    assert stage.rows(select(func.count(Role.id)).join(Person).where(Person.name == "Ada Okafor")) == [(1,)]
    assert stage.rows(select(func.count(SavedProject.id))) == [(2,)]


async def test_a_code_is_good_once_for_ten_minutes_and_for_the_other_account(both: Both) -> None:
    """Typed by its owner, too late, twice, or wrong, it is refused, and nothing is joined."""
    stage, ada = both.stage, both.stage.person("ada")
    await ada.uses("/stint link")
    code = code_in(stage.screen("ada"))
    await ada.uses(f"/stint link {code}")
    assert "type it there, not here" in stage.screen("ada")
    await stage.tick(minutes=11)
    await both.there.uses("stint", "link", code=code)
    assert "older than ten minutes" in both.there.screen()
    await both.link()
    await both.there.presses("Join")
    await both.there.uses("stint", "link", code=code_in(stage.screen("ada")))
    assert both.there.screen().count("older than ten minutes") == 3
    assert code not in repr(stage.rows(select(Code.digest)))
    ((accounts,),) = stage.rows(
        select(func.count(Identity.id)).join(Person).where(Person.name == "Ada Okafor")
    )
    assert accounts == 2


async def test_nothing_is_joined_before_both_accounts_were_seen_and_confirmed(both: Both) -> None:
    """Both are named; who typed the code alone may press; “Not me” ends the code, and nothing was joined."""
    stage, ada, there = both.stage, both.stage.person("ada"), both.there
    people = select(func.count(Person.id.distinct())).join(Identity)
    await ada.uses("/stint link")
    await there.uses("stint", "link", code=code_in(stage.screen("ada")))
    assert "Are both accounts yours?\n- Ada Okafor on Terminal, where this code is from" in there.screen()
    assert "on Other, where you are now" in there.screen()
    before = stage.rows(people)
    ((number,),) = stage.rows(select(Code.id).where(Code.kind == "link"))
    await tell(stage, ButtonPressed, "ben", action=f"link-join:{number}")
    assert stage.rows(people) == before
    await there.presses("Not me")
    assert "Nothing was joined" in there.screen()
    await there.uses("stint", "link", code=code_in(stage.screen("ada")))
    assert "unknown, used, or older" in there.screen()
    assert stage.rows(people) == before

"""Projects without an owner at the company: the coordinators look after them, until a person takes them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Select, select, update

from bot.chat.content import load_message
from bot.chat.rendering.plain_text import plain_text
from storage.database import UnitOfWork
from storage.tables import Milestone, Person, Placement, Project, Task
from tests.support.kept_stage import open_played
from tests.support.projects import posted, publish, turn_of
from tests.support.stage import Stage, open_stage

TITLE = "Market map of repair shops"


async def _play(stage: Stage) -> None:
    """Play until ada works in a project without an owner, and cora has made the offer."""
    await posted(stage, "ada", owner="")
    cora = stage.person("cora")
    await cora.uses("/applicants")
    await cora.presses("Read one by one")
    await cora.presses("Make an offer")
    await stage.tick(minutes=3)
    await stage.person("ada").presses("Accept")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def tasks_of(stage: Stage) -> str:
    """What cora reads when she looks at her tasks now."""
    cora = stage.person("cora")
    before = len(cora.screen())
    await cora.uses("/stint tasks")
    return "\n".join(stage.screen("cora").splitlines()[-60:]) if len(cora.screen()) > before else ""


async def hand_in(stage: Stage, words: str) -> None:
    """Ada hands in her table."""
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": words})


@pytest.mark.soak
async def test_every_piece_of_work_is_an_item_of_its_own(stage: Stage) -> None:
    """The newest version waits for the coordinator beside what else does, and an answer closes it."""
    await hand_in(stage, "The first sheet")
    await hand_in(stage, "The second sheet")
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.presses("2. A one-page summary")
    await ada.fills({"New date": "24 April 2026", "Reason": "Exams"})
    tasks = await tasks_of(stage)
    assert f"{TITLE} · Acme Maps has no owner here" in tasks
    assert "The second sheet" in tasks
    assert "The first sheet" not in tasks
    await cora.presses("More")
    assert "asks to move A one-page summary" in stage.screen("cora")
    await cora.presses("Agree")
    await cora.uses("/stint tasks")
    await cora.presses("Accept")
    assert stage.rows(select(Milestone.status).where(Milestone.position == 1)) == [("accepted",)]
    open_now = {key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))}
    assert open_now == {"unowned:placement:1"}


@pytest.mark.soak
async def test_a_missed_date_names_what_is_still_open_for_it(stage: Stage) -> None:
    """As an employer's news does: the task changes with what is handed in, and closes with the last of it."""
    ((due,),) = stage.rows(select(Placement.due_at))
    await stage.to(due + timedelta(hours=14))

    def missed() -> list[str]:
        waits = Task.key.startswith("unowned:due"), Task.state == "open"
        return [plain_text(load_message(said)) for (said,) in stage.rows(select(Task.message).where(*waits))]

    (before,) = missed()
    assert "- A table of shops\n- A one-page summary" in before
    await hand_in(stage, "The sheet")
    (after,) = missed()
    assert "- A one-page summary" in after
    assert "- A table of shops" not in after
    assert "has no owner here, so this comes to you" in after
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"About the work": "The summary"})
    assert missed() == []


@pytest.mark.soak
async def test_the_summary_names_what_waits(stage: Stage) -> None:
    """A coordinator's daily message says what each item is, not only that it has no owner."""
    await stage.tick(hours=26)
    assert "- Ada Okafor accepted your offer" in stage.screen("cora")


async def test_a_coordinator_takes_it_to_its_end(stage: Stage) -> None:
    """Write, accept and say the closing line: the placement completes without an employer."""
    cora, ada = stage.person("cora"), stage.person("ada")
    await hand_in(stage, "The sheet")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"About the work": "The summary"})
    await cora.uses("/placement")
    await cora.presses("Write to the student")
    await cora.fills({"Your message": "Both look good to me."})
    assert "Both look good to me." in stage.screen("ada")
    for _ in range(2):
        await cora.uses("/placement")
        await cora.presses("Accept")
    await cora.presses("Write a line")
    await cora.fills({"Your line": "Done with care."})
    await ada.presses("Write a line")
    await ada.fills({"Your line": "I learned a lot."})
    assert stage.rows(select(Placement.status)) == [("completed",)]
    assert "Done with care." in stage.screen("ada")
    assert "Nothing waits for you" in await tasks_of(stage)


@pytest.mark.soak
async def test_who_takes_it_gets_its_news_from_then_on(stage: Stage) -> None:
    """Marta takes the project from its page; the next check-in asks her."""
    marta = stage.person("marta")
    await marta.uses("/project show 1")
    await marta.presses("I look after it")
    await stage.to(stage.clock.now() + timedelta(days=30))
    assert "How is Ada Okafor doing" in stage.screen("marta")


async def test_a_colleague_takes_over_from_who_has_left(tmp_path: Path) -> None:
    """The owner leaves: news goes to their first colleague; when there is none it is a coordinator's."""

    def joins_acme(work: UnitOfWork) -> None:
        turn = turn_of(work, "jo")
        acme = turn_of(work, "marta").person.company_id
        work.session.execute(update(Person).where(Person.id == turn.person_id).values(company_id=acme))

    async with open_stage(tmp_path) as stage:
        stage.database.transact_inline(joins_acme)
        publish(stage)
        await stage.person("marta").leaves("spring")
        ada = stage.person("ada")
        await ada.uses("/apply market map")
        await ada.says("I know most of these shops and would like to list them all.")
        await ada.says("skip")
        await ada.says("yes")
        await ada.presses("Send application")
        await stage.tick(days=1)
        assert "Ada Okafor applied to" in stage.screen("jo")
        assert "Ada Okafor applied to" not in stage.screen("marta")
        await stage.person("cora").uses("/employer remove @jo")
        await ada.uses("/applications")
        await ada.presses("Withdraw")
        await ada.presses("Withdraw it")
        await ada.uses("/apply market map")
        await ada.says("I know most of these shops and would like to list them all.")
        await ada.says("skip")
        await ada.says("yes")
        await ada.presses("Send application")
        assert "Ada Okafor applied to" in await tasks_of(stage)


async def test_an_invited_employer_looks_after_what_is_there_already(tmp_path: Path) -> None:
    """Projects of their company that had no owner are theirs, and they read so."""
    async with open_stage(tmp_path) as stage:
        publish(stage, owner="")
        publish(stage, owner="", title="Second project")
        await stage.settle()
        await stage.person("cora").uses("/employer invite @ben company:Acme Maps")
        await stage.tick(hours=5)
        assert "Acme Maps has 2 projects here already" in stage.screen("ben")
        await stage.person("ben").presses("My projects")
        assert "Your projects (2)" in stage.screen("ben")
        assert {name for (name,) in stage.rows(_owners())} == {"Ben Castillo"}


def _owners() -> Select[str]:
    return select(Person.name).join(Project, Project.owner_id == Person.id)


async def test_a_coordinator_hears_what_an_employer_who_leaves_leaves_behind(stage: Stage) -> None:
    """The item says who waits and who works there, and its button leads to the project to take it."""
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/project show 1")
    await marta.presses("I look after it")
    await marta.leaves("spring")
    assert f"project {TITLE} (to answer: 0, at work: 1)" in await tasks_of(stage)
    await cora.presses("See it")
    await cora.presses("I look after it")
    assert f"You look after {TITLE} now" in stage.screen("cora")

"""Versions of a post: what waits for a coordinator, what holds at once, and which companies are trusted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.content import load_message
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.screen import LINES
from storage.tables import Company, Project, ProjectVersion, Report, Task
from tests.support.actor import Platform
from tests.support.bot import MONDAY, Life
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_posted
from tests.support.projects import posted
from tests.support.stage import Stage

pytestmark = pytest.mark.stage(programme={"approval": True})


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def edit(person: ScriptedUser, label: str, answer: str) -> None:
    """Change one answer of the first project and save it."""
    await person.uses("/project edit 1")
    await person.says(f"edit {label}")
    await person.says(answer)
    await person.presses("Save changes")


def states(stage: Life) -> list[tuple[int, str]]:
    """Each version of the post with what became of it."""
    rows = stage.rows(select(ProjectVersion).order_by(ProjectVersion.version))
    return [(row.version, row.state) for row in rows]


def trusted(stage: Life) -> list[str]:
    """The companies that are trusted, of those that have a project."""
    query = select(Company.name).join(Project).where(Company.trusted_at.is_not(None)).distinct()
    return [name for (name,) in stage.rows(query)]


def tasks(stage: Life) -> list[str]:
    """The kinds of what waits for the coordinators."""
    return [kind for (kind,) in stage.rows(select(Task.kind).where(Task.state == "open").order_by(Task.id))]


def trust(stage: Life) -> None:
    """Trust every company."""
    stage.database.transact_inline(
        lambda work: work.session.execute(update(Company).values(trusted_at=MONDAY))
    )


async def approves(platform: Platform) -> None:
    """The coordinator turns approval on."""
    cora = platform.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Name and rules")
    await cora.fills({"Approval of projects": "yes"})


async def test_a_change_waits_as_a_difference_on_any_platform(platform: Platform) -> None:
    """Students read what was approved, until a coordinator reads the difference and taps once."""
    await is_posted(platform)
    await approves(platform)
    ada, marta, cora = (platform.person(account) for account in ("ada", "marta", "cora"))
    await marta.uses(f"/project edit {TITLE}")
    await marta.says("edit fee")
    await marta.says("$300")
    assert marta.sees("A coordinator looks at this change first.")
    await marta.presses("Save changes")
    assert marta.sees("is with the coordinators")
    assert not ada.sees("$300")
    assert platform.rows(select(Project.fee_cents)) == [(40000,)]
    await cora.uses("/stint tasks")
    assert cora.sees("Fee: $400 → $300")
    await cora.presses("Approve")
    await platform.tick(minutes=1)
    assert ada.sees("$300")
    assert marta.sees("your change holds now")
    assert platform.rows(select(Project.fee_cents)) == [(30000,)]


@pytest.mark.soak
async def test_cards_lists_and_search_read_nothing_that_waits(stage: Stage) -> None:
    """A title with another meaning is in none of them, and is found by no student."""
    await posted(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    await edit(marta, "title", "Secret flavours of ice cream")
    assert states(stage) == [(2, "waiting")]
    for typed in ("/project list", "/project list flavours", "/project show 1"):
        await ada.uses(typed)
    await stage.tick(days=1)
    assert "flavours of ice" not in stage.screen("ada") + stage.screen("ada", "spring")


@pytest.mark.soak
async def test_a_corrected_typo_is_reported_and_not_approved_again(stage: Stage) -> None:
    """It holds at once; the coordinators read what differs, and so do those who manage the project."""
    await posted(stage, title="Market map of repaer shops")
    marta, cora = stage.person("marta"), stage.person("cora")
    await edit(marta, "title", "Market map of repair shops")
    assert (states(stage), tasks(stage)) == ([(2, "holds")], ["changed"])
    assert "Market map of repair shops" in stage.screen("ada", "spring")
    await cora.uses("/stint tasks")
    assert "Title: Market map of repaer shops → Market map of repair shops" in stage.screen("cora")
    await cora.presses("Done")
    await marta.uses("/project versions 1")
    shown = stage.screen("marta")
    assert "Version 2, Mon 9 March 2026, by Marta Ruiz." in shown
    assert "Version 1 was published on Mon 9 March 2026." in shown


async def test_a_version_of_an_author_who_is_not_known_names_its_day(stage: Stage) -> None:
    """A row without an author has its number and its day, and still the difference."""
    await posted(stage)
    marta = stage.person("marta")
    await edit(marta, "Places", "3")
    nameless = update(ProjectVersion).values(author_id=None)
    stage.database.transact_inline(lambda work: work.session.execute(nameless))
    await marta.uses("/project versions 1")
    assert "Version 2, Mon 9 March 2026.\nPlaces: 1 → 3" in stage.screen("marta")


async def test_what_students_do_not_decide_by_needs_no_approval(stage: Stage) -> None:
    """Another contact, a further place or a skill holds at once; a date does not."""
    await posted(stage)
    marta = stage.person("marta")
    for label, answer in (("Who answers questions", "Ask Bo"), ("Places", "3"), ("Skills", "Excel")):
        await edit(marta, label, answer)
    assert states(stage) == [(2, "holds"), (3, "holds"), (4, "holds")]
    await edit(marta, "Start", "in 8 weeks")
    assert states(stage)[-1] == (5, "waiting")


async def test_a_coordinator_says_no_with_a_reason(stage: Stage) -> None:
    """The post stays, its employer reads why, and the version says so."""
    await posted(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    await edit(marta, "Estimated hours", "40")
    await cora.uses("/stint tasks")
    await cora.presses("Read it")
    assert "Time: about 20 h over 2 weeks → about 40 h over 2 weeks" in stage.screen("cora")
    await cora.presses("Decline")
    await cora.fills({"Your reason": "Twenty hours were agreed."})
    assert "stays as it was" in stage.screen("cora")
    assert "Twenty hours were agreed." in stage.screen("marta")
    assert (states(stage), tasks(stage)) == ([(2, "refused")], [])
    await marta.uses("/project versions 1")
    assert "the coordinators did not take it" in stage.screen("marta")
    await cora.uses("/profile")
    await cora.presses("Show my data")
    assert "Reasons why you did not take a change\n" in stage.screen("cora")
    assert "- Market map of repair shops: Twenty hours were agreed." in stage.screen("cora")
    await cora.presses("Approve")
    assert "does not wait any more" in stage.screen("cora")


async def test_a_change_that_waits_is_edited_on_and_taken_back(stage: Stage) -> None:
    """The next edit goes on from it and takes its place; taken back, nothing waits any more."""
    await posted(stage)
    marta = stage.person("marta")
    await edit(marta, "Fee", "$500")
    await marta.uses("/project edit 1")
    assert "This includes the change that waits for a coordinator." in stage.screen("marta")
    await marta.says("edit Estimated hours")
    await marta.says("25")
    await marta.presses("Save changes")
    assert states(stage) == [(2, "replaced"), (3, "waiting")]
    await marta.uses("/project versions 1")
    listed = stage.screen("marta")
    assert "Version 3, Mon 9 March 2026, by Marta Ruiz: waits for a coordinator." in listed
    assert "Version 2, Mon 9 March 2026, by Marta Ruiz: another change took its place." in listed
    (waiting,) = stage.rows(select(ProjectVersion.now).where(ProjectVersion.state == "waiting"))
    assert (waiting[0].fee_cents, waiting[0].hours) == (50000, 25)
    await marta.presses("See the change")
    assert "Fee: $400 → $500" in stage.screen("marta")
    await marta.presses("Take it back")
    assert (states(stage)[-1], tasks(stage)) == ((3, "withdrawn"), [])
    await marta.uses("/project versions 1")
    assert "Version 3, Mon 9 March 2026, by Marta Ruiz: it was taken back." in stage.screen("marta")
    await edit(marta, "Fee", "$450")
    await edit(marta, "Fee", "$400")
    assert "The change that waited is taken back." in stage.screen("marta")
    assert states(stage)[-1] == (4, "replaced")


async def test_every_field_is_in_the_difference(stage: Stage) -> None:
    """A coordinator reads each as it was and as it would be; a long text around what differs."""
    await posted(stage, "ada", contact="Marta, daily", places=2, field="retail")
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/project edit 1")
    for label, answer in {
        "What is wanted": "List the repair shops of the two cities, and what each repairs.",
        "Deliverables": "A table of shops (interns only)\nA map",
        "Fee": "unpaid",
        "Why it is unpaid": "It counts for course credit",
        "Where": "Leeds",
        "Field": "research",
        "Your own questions": "Which city do you know?",
        "Only for accepted interns": "The door code is 0815.",
        "Who answers questions": "Bo, weekly",
        "Application deadline": "30 March 2026",
        "Cohorts": "none",
        "Countries": "Spain, Portugal",
        "Fixed dates": "The start",
        "Confidential": "Who answers: interns only",
    }.items():
        await marta.says(f"edit {label}")
        await marta.says(answer)
    await marta.presses("Save changes")
    await cora.uses("/stint tasks")
    assert "· Acme Maps: a change waits for your approval." in stage.screen("cora")
    page = stage.screen("cora").rpartition("/stint tasks")[2]
    assert page.index("[Approve]") < page.index("more differences: “Read it” shows all.") + 90
    assert page.count("\n") < LINES
    await cora.presses("Read it")
    shown = stage.screen("cora")
    while "[More]" in stage.screen("cora"):
        await cora.presses("More")
        shown += stage.screen("cora")
    for line in (
        "What is wanted: … repair shops of the city and what each repairs. → … repair shops of the two",
        "New deliverable: A map",
        "Changed deliverable: A table of shops → A table of shops",
        "Who reads it: only interns may read it",
        "No deliverable any more: A one-page summary",
        "Fee: $400 for each intern → unpaid",
        "Open to: all students → students who live in Spain or Portugal",
        "Cannot move: – → the start",
        "Where: remote → Leeds",
        "Field: retail → research",
        "Your own questions: – → Which city do you know?",
        "Only for accepted interns: The door code is 4711. → The door code is 0815.",
        "Questions: Marta, daily → Bo, weekly",
        "Questions: only interns may read it",
        "Apply by: ",
    ):
        assert line in shown, line


async def test_a_long_text_that_differs_is_named_in_the_task(stage: Stage) -> None:
    """Its words are a press away, so that Approve is on the same screen."""
    await posted(stage, brief="Count the shops of each street. " * 9)
    marta, cora = stage.person("marta"), stage.person("cora")
    await edit(marta, "What is wanted", "Draw the lanes of every town by hand. " * 9)
    await cora.uses("/stint tasks")
    page = stage.screen("cora").rpartition("/stint tasks")[2]
    assert "What is wanted: changed\n“Read it” shows it in full.\n[Approve]" in page
    await cora.presses("Read it")
    assert "Draw the lanes" in stage.screen("cora")


async def test_a_deliverable_is_opened_and_has_a_day(stage: Stage) -> None:
    """The difference says that everybody reads it from now on, and on which day it is due."""
    await posted(stage, deliverables="A table of shops (interns only)\nA map")
    marta, cora = stage.person("marta"), stage.person("cora")
    await edit(marta, "Deliverables", "A table of shops\nA map (by 12 June)")
    await cora.uses("/stint tasks")
    ((told,),) = stage.rows(select(Task.message).where(Task.state == "open"))
    shown = plain_text(load_message(told))
    assert "Who reads it: everybody" in shown
    assert "Changed deliverable: A map → A map · due on Fri 12 June" in shown


async def test_what_a_person_changed_is_in_their_data(stage: Stage) -> None:
    """Show my data has each change with its day, and who answers questions where that was in it."""
    await posted(stage)
    marta = stage.person("marta")
    await edit(marta, "Places", "3")
    await edit(marta, "Who answers questions", "Bo, weekly")
    await marta.uses("/profile")
    await marta.presses("Show my data")
    shown = stage.screen("marta")
    assert "- Market map of repair shops, on Mon 9 March 2026\n" in shown
    assert "- Market map of repair shops, on Mon 9 March 2026: Bo, weekly" in shown


async def test_a_change_that_time_has_overtaken_is_not_approved(stage: Stage) -> None:
    """Its new deadline has passed: the coordinator reads why, and the post stays."""
    await posted(stage)
    await edit(stage.person("marta"), "Application deadline", "11 March 2026")
    await stage.tick(days=5)
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Approve")
    assert "This change does not fit any more: The application deadline has passed" in stage.screen("cora")
    assert states(stage) == [(2, "waiting")]


async def test_a_trusted_company_needs_no_approval_and_the_coordinator_reads_of_it(stage: Stage) -> None:
    """Its posts and changes are out at once, with the difference for the coordinators."""
    await posted(stage)
    trust(stage)
    marta = stage.person("marta")
    await edit(marta, "Fee", "$300")
    assert (states(stage), tasks(stage)) == ([(2, "holds")], ["changed"])
    await marta.uses("/project post")
    page = {"Title": "A second map", "What is wanted": "Find out who else repairs bicycles here."}
    page |= {"Deliverables": "A map", "Estimated hours": "20", "Application deadline": "next Friday"}
    await marta.fills(page)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.presses("Publish")
    assert tasks(stage) == ["changed", "posted"]
    await stage.person("cora").uses("/stint tasks")
    assert "The company is trusted, so it needed no approval." in stage.screen("cora")


async def finished(stage: Stage) -> None:
    """Ada finishes a project of one deliverable."""
    number = await posted(stage, "ada", deliverables="A table of shops")
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses(f"/applicants {number}")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    await ada.presses("See the placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "example.org/table"})
    await stage.tick(days=1)
    await marta.presses("Accept")


@pytest.mark.soak
async def test_two_finished_projects_let_a_coordinator_trust_a_company(stage: Stage) -> None:
    """She is asked once it is so, trusts it with one tap, and can take it back."""
    await finished(stage)
    assert "trust" not in tasks(stage)
    await finished(stage)
    assert "trust" in tasks(stage)
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "Acme Maps has finished 2 projects." in stage.screen("cora")
    await cora.presses("Trust it")
    assert trusted(stage) == ["Acme Maps"]
    assert "trust" not in tasks(stage)
    await cora.presses("Trust it no more")
    assert trusted(stage) == []


async def test_trust_ends_with_two_answers_that_were_not_given(stage: Stage) -> None:
    """The first applicant without an answer changes nothing; the second ends it; the coordinators hear."""
    trust(stage)
    await posted(stage, "ada")
    await stage.tick(days=30)
    assert "trust" not in tasks(stage)
    await posted(stage, "ben", deadline_at=stage.clock.now(), decide_at=stage.clock.now())
    await stage.tick(days=8)
    await stage.person("cora").uses("/stint tasks")
    shown = stage.screen("cora")
    assert "Acme Maps is trusted no more: it promised 2 answers and did not give them." in shown
    assert trusted(stage) == []


async def test_trust_ends_with_a_report(stage: Stage) -> None:
    """A report about one of its people ends it; while it is open the company cannot be trusted again."""
    await finished(stage)
    await finished(stage)
    marta, ada, cora = stage.person("marta"), stage.person("ada"), stage.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Trust it")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Send me a picture of you."})
    await stage.tick(days=1)
    await ada.presses("Report")
    assert stage.rows(select(Report.ended_at)) == [(None,)]
    await cora.uses("/stint tasks")
    assert "Acme Maps is trusted no more: a report about one of its people is open." in stage.screen("cora")
    await cora.presses("Trust it no more")
    await cora.presses("Trust it")
    assert "A report about Acme Maps is open. It has to be answered first." in stage.screen("cora")

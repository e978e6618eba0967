"""Posting, finding, saving, editing and closing projects, as the people at the terminal live through it."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, Select, Update, select, update

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.answers.terms import stored_term
from bot.chat.values import replace
from bot.programme.projects.ready_answers import REASONS, name_in
from storage.tables import (
    Announcement,
    Application,
    Company,
    Person,
    Programme,
    Project,
    SavedProject,
    outbox,
    timers,
)
from tests.support.projects import posted, publish
from tests.support.stage import Stage, open_stage

PAGE = {
    "Title": "E-bike market map",
    "What is wanted": "We rent e-bikes in three cities. Find out who else does and what they charge.",
    "Deliverables": "A spreadsheet of ten competitors\nA two-page summary",
    "Estimated hours": "20",
    "Application deadline": "next Friday",
}


pytestmark = pytest.mark.stage(programme={"fee_floor_cents": 2000})


async def draft(person: ScriptedUser, **answers: str) -> None:
    """Fill the first page of a new post; `answers` by label with underscores for blanks."""
    await person.uses("/project post")
    await person.fills({**PAGE, **{label.replace("_", " "): text for label, text in answers.items()}})


async def posts(person: ScriptedUser, **answers: str) -> None:
    """Post a project that pays $400."""
    await draft(person, **answers)
    await person.presses("Fee and time")
    await person.fills({"Fee": "$400"})
    await person.presses("Publish")


def project(stage: Stage) -> Row[*tuple[Any, ...]]:
    """The newest project's row."""
    row: Row[*tuple[Any, ...]] = stage.rows(select(Project.__table__).order_by(Project.id.desc()))[0]
    return row


def cards(stage: Stage) -> list[str]:
    """Every message in the cohort's channel, in order."""
    return stage.screen("ada", "spring").split("bot: ")[1:]


def change(stage: Stage, statement: Update) -> None:
    """Run an update."""
    stage.database.transact_inline(lambda work: work.connection.execute(statement))


async def edit(person: ScriptedUser, label: str, answer: str, which: str = "e-bike") -> None:
    """Change one answer of a project through the review and save it."""
    await person.uses(f"/project edit {which}")
    await person.says(f"edit {label}")
    await person.says(answer)
    await person.presses("Save changes")


@pytest.mark.soak
async def test_a_post_from_the_first_page_to_the_channel(stage: Stage) -> None:
    """Five answers, a fee, a preview with what students will see; then one card with three buttons."""
    marta = stage.person("marta")
    await posts(marta)
    dm = stage.screen("marta")
    assert "until Fri 20 March (for you Sat 21 March, 12:59)" in dm  # a day is over when it is everywhere
    assert "an answer by Wed 25 March; I will remind you" in dm  # and a promise where its employer is
    assert "E-bike market map is published. It is announced to Spring 26." in dm
    (card,) = cards(stage)
    for part in ("E-bike market map", "Acme Maps", "20 h over 2 weeks · $400 · remote · 1 place"):
        assert part in card
    assert "[Apply] [Details] [Save]" in card
    assert "Apply by Fri 20 March\n" in card


@pytest.mark.soak
async def test_a_promise_is_a_day_of_who_gave_it(stage: Stage) -> None:
    """Applicants elsewhere read the employer's day with its place, and their own clock where it differs."""
    await posts(stage.person("marta"), Application_deadline="20 March 2026")
    row = project(stage)
    assert (row.deadline_day, row.deadline_zone) == (date(2026, 3, 20), "everywhere")
    assert row.deadline_at == datetime(2026, 3, 21, 11, 59, tzinfo=UTC)
    assert (row.decide_day, row.decide_zone) == (date(2026, 3, 25), "Europe/Madrid")
    assert row.decide_at == datetime(2026, 3, 25, 22, 59, tzinfo=UTC)
    assert (row.starts_day, row.starts_zone) == (date(2026, 3, 26), "everywhere")
    await stage.person("ben").presses("Details")
    shown = stage.screen("ben", "spring")
    assert "Apply by: Fri 20 March (for you Sat 21 March, 07:59)" in shown
    assert "Answer by: Wed 25 March (Madrid; for you 18:59)" in shown
    assert "Starts: Thu 26 March\n" in shown


@pytest.mark.soak
async def test_a_deadline_with_a_time_is_an_instant_of_who_typed_it(stage: Stage) -> None:
    """Five in the afternoon is the employer's five, and each reader reads it on their own clock."""
    await posts(stage.person("marta"), Application_deadline="20 March 2026 17:00")
    row = project(stage)
    assert (row.deadline_day, row.deadline_zone) == (None, None)
    assert row.deadline_at == datetime(2026, 3, 20, 16, tzinfo=UTC)
    assert "until Fri 20 March 2026, 17:00 (Europe/Madrid)" in stage.screen("marta")


@pytest.mark.soak
async def test_a_typed_promise_moves_with_who_is_writing_it(stage: Stage) -> None:
    """The day in a draft stays the typed day, and ends where its writer is when it is published."""
    marta = stage.person("marta")
    await draft(marta)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.says("edit decision date")
    await marta.says("30 March 2026")
    await marta.uses("/profile New York")
    await marta.presses("Publish")
    assert "an answer by Mon 30 March; I will remind you" in stage.screen("marta")
    row = project(stage)
    assert (row.decide_day, row.decide_zone) == (date(2026, 3, 30), "America/New_York")


@pytest.mark.soak
async def test_a_promise_in_a_draft_moves_with_the_programme_where_no_zone_is_known(stage: Stage) -> None:
    """A writer whose zone is not known writes days of the programme's zone, which may change meanwhile."""
    marta = stage.person("marta")
    await draft(marta)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.says("edit decision date")
    await marta.says("30 March 2026")
    unknown = update(Person).where(Person.name == "Marta Ruiz").values(zone=None)
    stage.database.transact_inline(lambda work: work.session.execute(unknown))
    await stage.person("cora").uses("/stint settings")
    await stage.person("cora").presses("Times and memory")
    await stage.person("cora").fills({"Time zone": "Tokyo"})
    await marta.presses("Publish")
    row = project(stage)
    assert (row.decide_day, row.decide_zone) == (date(2026, 3, 30), "Asia/Tokyo")


@pytest.mark.soak
async def test_a_promise_moves_with_who_gave_it(stage: Stage) -> None:
    """A change of the employer's zone keeps the day they promised, and ends it where they are now."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await posts(marta)
    await ada.presses("Apply", on="E-bike market map")
    for answer in ("I like maps and I have time in April.", "skip", "yes"):
        await ada.says(answer)
    await ada.presses("Send application")
    await marta.uses("/profile New York")
    row = project(stage)
    assert (row.decide_day, row.decide_zone) == (date(2026, 3, 25), "America/New_York")
    assert row.decide_at == datetime(2026, 3, 26, 3, 59, tzinfo=UTC)
    assert row.deadline_zone == "everywhere"
    await stage.to(datetime(2026, 3, 26, 3, 58, tzinfo=UTC))
    due = [at for (at,) in stage.rows(select(timers.c.due_at).where(timers.c.kind == "wait.answer"))]
    assert row.decide_at in due


@pytest.mark.soak
async def test_a_page_that_is_sent_again_keeps_its_dates(stage: Stage) -> None:
    """The fields of a form hold dates that are read as what is stored, in every person's zone."""
    marta = stage.person("marta")
    await posts(marta)
    before = project(stage)
    await marta.uses("/project edit 1")
    for page in ("The project", "Fee and time", "About the work"):
        await marta.presses(page)
        await marta.fills({})
    await marta.presses("Save changes")
    assert "Nothing was changed." in stage.screen("marta")
    assert project(stage) == before


async def test_the_preview_is_what_details_shows(stage: Stage) -> None:
    """Every line of the card is in the preview, and every line of Details behind the preview's button."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await draft(marta)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    preview = stage.screen("marta").splitlines()
    await marta.presses("Details")
    details = [line.removeprefix("bot: ") for line in stage.screen("marta").splitlines()]
    await marta.presses("Back to the review")
    await marta.presses("Publish")
    (card,) = cards(stage)
    assert [line for line in card.splitlines() if line not in preview] == ["[Apply] [Details] [Save]"]
    await ada.presses("Details")
    shown = stage.screen("ada", "spring").rpartition("bot: ")[2].splitlines()
    # Ada reads Marta's day from elsewhere, with its place.
    assert [line for line in shown if line not in details] == [
        "Answer by: Wed 25 March (Madrid)",
        "[More]",
        "[Apply] [Save] [The company]",
    ]


async def test_every_page_is_saved_and_the_draft_goes_on_later(stage: Stage) -> None:
    """What was filled in is kept after a week of silence; a second draft can be begun beside it."""
    marta = stage.person("marta")
    await draft(marta)
    await stage.tick(days=7)
    await marta.uses("/project post")
    assert "You have a project in the making: E-bike market map." in stage.screen("marta")
    await marta.presses("Start another")
    await marta.fills({**PAGE, "Title": "Second project"})
    await marta.uses("/project post")
    await marta.presses("Go on with it")
    assert "Second project" in stage.screen("marta").rpartition("Here is how")[2]
    await marta.says("edit fee")
    assert "Post: Second project · Fee" in stage.screen("marta")


async def test_the_scope_check_stops_and_fixes_with_one_tap(stage: Stage) -> None:
    """A fee under the floor cannot be published; its button sets the fee and the preview comes again."""
    marta = stage.person("marta")
    await draft(marta)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$100"})
    assert "Stop: $100 for 20 h is $5 an hour." in stage.screen("marta")
    await marta.presses("Publish")
    assert stage.rows(select(Project.id)) == []
    await marta.presses("Pay $400")
    assert "Stop:" not in stage.screen("marta").rpartition("Here is how")[2]
    await marta.presses("I do, within one working day")
    await marta.presses("Publish")
    row = project(stage)
    assert (row.fee_cents, name_in(row.contact)) == (40000, "Marta Ruiz")


@pytest.mark.soak
async def test_a_coordinator_publishes_over_a_stop_with_a_reason(stage: Stage) -> None:
    """Without the reason the stop holds a coordinator too; with it the project goes out."""
    cora = stage.person("cora")
    await cora.uses("/project post")
    await cora.fills(PAGE)
    await cora.fills({"Company": "Acme Maps"})
    await cora.presses("Publish")
    assert stage.rows(select(Project.id)) == []
    await cora.says("edit Publish over a stop because")
    await cora.says("agreed with the dean")
    await cora.presses("Publish")
    row = project(stage)
    assert (row.status, row.override_reason, row.fee_cents) == ("open", "agreed with the dean", None)


@pytest.mark.soak
async def test_a_coordinator_may_record_a_project_whose_deadline_has_passed(stage: Stage) -> None:
    """It is a stop; with a reason it is published, announced as closed, and closed at once."""
    cora = stage.person("cora")
    await cora.uses("/project post")
    await cora.fills({**PAGE, "Application deadline": "1 March 2026"})
    await cora.fills({"Company": "Acme Maps"})
    assert "Stop: The application deadline has passed" in stage.screen("cora")
    await cora.says("edit Why it is unpaid")
    await cora.says("it counts for course credit")
    await cora.says("edit Publish over a stop because")
    await cora.says("it ran by hand before we had this")
    await cora.presses("Publish")
    assert project(stage).status == "closed"
    assert "[Apply]" not in cards(stage)[0]


@pytest.mark.soak
async def test_without_dialogs_it_is_asked_one_by_one(stage: Stage) -> None:
    """The five needed answers are asked in the DM; the rest has defaults and is changed from the review."""
    stage.adapter.capabilities = replace(stage.adapter.capabilities, forms=False)
    marta = stage.person("marta")
    await marta.uses("/project post", "spring")
    for answer in PAGE.values():
        await marta.says(answer)
    await marta.presses("It counts for course credit")
    await marta.presses("Publish")
    row = project(stage)
    assert (row.status, row.fee_cents, row.unpaid_reason) == ("open", None, stored_term(REASONS[0]))
    assert " · unpaid · " in cards(stage)[0]


async def test_an_employer_lets_a_coordinator_decide_on_a_stop(stage: Stage) -> None:
    """The project waits as a coordinator's task; approving asks for the reason, then it is published."""
    marta, cora = stage.person("marta"), stage.person("cora")
    await draft(marta)
    await marta.presses("Let a coordinator decide")
    await marta.presses("Publish")
    assert project(stage).status == "review"
    assert cards(stage) == []
    await cora.uses("/stint tasks")
    assert "no fee and no reason" in stage.screen("cora")
    await cora.presses("Approve")
    await cora.fills({"Your reason": "their first project with us"})
    assert project(stage).status == "open"
    assert len(cards(stage)) == 1
    assert "Good news from the coordinators:\nE-bike market map is published." in stage.screen("marta")


async def test_approval_with_a_change_and_a_decline(tmp_path: Path) -> None:
    """Where approval is on, a change is asked with its reason, made, and a decline says why."""
    async with open_stage(tmp_path, programme={"approval": True}) as stage:
        marta, cora = stage.person("marta"), stage.person("cora")
        await draft(marta)
        await marta.presses("Fee and time")
        await marta.fills({"Fee": "$400"})
        await marta.presses("Ask for approval")
        await cora.uses("/stint tasks")
        await cora.presses("Ask for a change")
        await cora.fills({"Your reason": "Please name the three cities."})
        assert "I am sending that to Marta Ruiz." in stage.screen("cora")
        assert "Please name the three cities." in stage.screen("marta")
        await marta.presses("Edit it")
        await marta.says("edit What is wanted")
        await marta.says("We rent e-bikes in Leeds, York and Hull. Find out who else does.")
        await marta.presses("Save changes")
        assert project(stage).status == "review"
        await cora.uses("/stint tasks")
        await cora.presses("Decline")
        await cora.fills({"Your reason": "We have four of these already."})
        assert "I am sending your reason to Marta Ruiz." in stage.screen("cora")
        assert "We have four of these already." in stage.screen("marta")
        assert (project(stage).status, cards(stage)) == ("declined", [])


async def test_a_reason_without_a_reader_is_not_said_to_be_sent(tmp_path: Path) -> None:
    """Where a project has no owner the coordinator reads that the reason reached no reader."""
    async with open_stage(tmp_path, programme={"approval": True}) as stage:
        marta, cora = stage.person("marta"), stage.person("cora")
        await draft(marta)
        await marta.presses("Fee and time")
        await marta.fills({"Fee": "$400"})
        await marta.presses("Ask for approval")
        change(stage, update(Project).values(owner_id=None))
        await cora.uses("/stint tasks")
        await cora.presses("Decline")
        await cora.fills({"Your reason": "We have four of these already."})
        assert "It has no owner here, so no message goes out." in stage.screen("cora")
        assert "We have four of these already." not in stage.screen("marta")


async def test_only_employers_and_coordinators_post(stage: Stage) -> None:
    """A student reads which people to ask."""
    await stage.person("ada").uses("/project post")
    assert "ask Cora Lindqvist" in stage.screen("ada")


@pytest.mark.soak
async def test_private_details_reach_only_the_makers(stage: Stage) -> None:
    """They are in the poster's own view, and in no card, list, digest or student's view."""
    secret = "The door code is 4711"
    publish(stage, private_details=secret)
    await stage.settle()
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("Details")
    await ada.uses("/project list")
    await ada.uses("/project show market")
    await ada.uses("/project list door code")
    await stage.tick(days=2)
    assert secret not in ada.view()
    await marta.uses("/project show market")
    await marta.presses("More")
    assert secret in stage.screen("marta")


@pytest.mark.soak
async def test_an_edit_changes_every_card_in_place_and_tells_applicants_once(stage: Stage) -> None:
    """No second card; who applied reads what is different, once, and only when it matters to them."""
    await posted(stage, "ada", title="E-bike market map")
    marta = stage.person("marta")
    await edit(marta, "Title", "E-bike market map of York")
    assert len(cards(stage)) == 1
    assert "E-bike market map of York" in cards(stage)[0]
    assert "has changed" not in stage.screen("ada")
    await edit(marta, "Fee", "$500")
    assert " · $500 · " in cards(stage)[0]
    assert stage.screen("ada").count("Fee: $500 (before: $400)") == 1
    await stage.tick(days=1)
    assert stage.screen("ada").count("has changed") == 1
    assert "has changed" not in stage.screen("ben")


@pytest.mark.soak
async def test_a_later_deadline_moves_what_follows_and_opens_again(stage: Stage) -> None:
    """After the deadline the card says closed; a later one opens it, the decision date moves along."""
    await posts(stage.person("marta"))
    before = project(stage)
    await stage.to(before.deadline_at)
    assert "Applications are closed: the deadline has passed." in cards(stage)[0]
    await stage.tick(minutes=31)
    assert project(stage).status == "closed"
    await edit(stage.person("marta"), "Application deadline", "3 April 2026")
    after = project(stage)
    assert (after.status, after.deadline_at) == ("open", datetime(2026, 4, 4, 11, 59, tzinfo=UTC))
    assert after.decide_at == datetime(2026, 4, 8, 21, 59, tzinfo=UTC)
    assert "[Apply] [Details] [Save]" in cards(stage)[0]
    await stage.to(after.deadline_at)
    await stage.tick(minutes=31)
    assert project(stage).status == "closed"


@pytest.mark.soak
async def test_places_cannot_fall_below_what_is_taken(stage: Stage) -> None:
    """An edit that would take a promised place back is refused, with the number."""
    await posted(stage, "ada", title="E-bike market map", places=2)
    change(stage, update(Application).values(status="offered"))
    marta = stage.person("marta")
    await edit(marta, "Places", "1")
    assert project(stage).places == 1
    change(stage, update(Project).values(places=2))
    await posted(stage, title="Other")
    change(stage, update(Project).values(places=1))
    assert "offered or taken" not in stage.screen("marta")


@pytest.mark.soak
async def test_another_companys_project_cannot_be_changed(stage: Stage) -> None:
    """Another company's employer finds no project of theirs by that name, nor by its number."""
    publish(stage)
    jo = stage.person("jo")
    await jo.uses("/project edit market")
    await jo.uses("/project edit 1")
    await jo.uses("/project close 1")
    screen = stage.screen("jo")
    assert "I find no project of yours" in screen
    assert screen.count("Only the people who posted this project") == 2
    assert project(stage).status == "open"


async def test_a_company_of_other_people_cannot_be_posted_for(stage: Stage) -> None:
    """An employer who names another's company reads so, and nothing is lost."""
    marta = stage.person("marta")
    await draft(marta)
    await marta.presses("Pay $400")
    await marta.says("edit Company")
    await marta.says("Birch Labs")
    await marta.presses("Publish")
    assert stage.rows(select(Project.id)) == []
    assert "Other people post for that company here already. If it is yours too, ask Cora" in stage.screen(
        "marta"
    )
    await marta.says("edit Company")
    await marta.says("Acme Bikes")
    await marta.presses("Publish")
    assert [name for (name,) in stage.rows(select(Company.name).order_by(Company.id))][-1] == "Acme Bikes"


@pytest.mark.soak
async def test_close_asks_first_and_says_what_stays(stage: Stage) -> None:
    """Closing keeps the promise to those who applied; the card says closed and offers no Apply."""
    await posted(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/project close market")
    assert "The one application you have not answered stays with you" in stage.screen("marta")
    await marta.presses("Keep it open")
    assert project(stage).status == "open"
    await marta.uses("/project close market")
    await marta.presses("Close it")
    assert project(stage).status == "closed"
    (card,) = cards(stage)
    assert "Applications are closed." in card
    assert "[Apply]" not in card


@pytest.mark.soak
async def test_repeat_copies_all_but_the_dates(stage: Stage) -> None:
    """The clone asks for its deadline, shows the rest, and is a separate project."""
    publish(stage, private_details="Ask for Bo", contact="Marta, daily")
    marta = stage.person("marta")
    await marta.uses("/project repeat market")
    assert "Until when can students apply?" in stage.screen("marta")
    await marta.says("in 3 weeks")
    await marta.presses("Publish")
    old, new = stage.rows(select(Project.__table__).order_by(Project.id))
    same = ("title", "brief", "deliverables", "hours", "skills", "fee_cents", "private_details", "contact")
    assert [getattr(old, name) for name in same] == [getattr(new, name) for name in same]
    assert new.deadline_at == datetime(2026, 3, 31, 11, 59, tzinfo=UTC)


async def test_list_filters_and_turns_pages(stage: Stage) -> None:
    """Each filter narrows what is shown; five a page, and the buttons keep the filters."""
    for number in range(23):
        publish(
            stage,
            title=f"Study {number:02}",
            skills=["Python" if number % 2 else "Excel"],
            hours=10 + number,
            fee_cents=None if number % 3 else 40000,
            location="Leeds" if number == 5 else "",
            field="Retail" if number < 12 else "Health",
        )
    ada = stage.person("ada")

    async def listed(line: str) -> list[str]:
        await ada.uses(f"/project list {line}")
        return re.findall(r"Study \d\d(?= · )", stage.screen("ada").rpartition("bot: ")[2])

    assert len(await listed("")) == 5
    for _ in range(4):
        await ada.presses("More")
    page = stage.screen("ada").rpartition("bot: ")[2]
    assert "page 5 of 5" in page
    assert re.findall(r"Study \d\d(?= · )", page) == ["Study 20", "Study 21", "Study 22"]
    assert await listed("skill:python hours:15") == ["Study 01", "Study 03", "Study 05"]
    assert await listed("remote:no") == ["Study 05"]
    assert await listed("study 07") == ["Study 07"]
    assert [len(await listed(f"paid:yes page:{page}")) for page in (1, 2)] == [5, 3]
    unpaid = 'field:health paid:no cohort:"Spring 26"'
    assert [len(await listed(f"{unpaid} page:{page}")) for page in (1, 2)] == [5, 2]
    assert await listed("company:birch") == []
    assert "No open project fits that." in stage.screen("ada")


async def test_a_filter_that_cannot_be_read_says_how(stage: Stage) -> None:
    """A misread option is answered with how it is written."""
    ada = stage.person("ada")
    await ada.uses("/project list hours:many")
    await ada.uses("/project list cohort:winter")
    screen = stage.screen("ada")
    assert "hours:20 shows projects of at most 20 hours" in screen
    assert "I know no cohort of that name here. The only one is Spring 26." in screen


async def test_a_select_decides_where_several_fit(stage: Stage) -> None:
    """Words that fit several projects are answered by a choice of them."""
    publish(stage, title="Map of repair shops")
    publish(stage, title="Map of bakeries")
    ada = stage.person("ada")
    await ada.uses("/project show map")
    await ada.chooses("Map of bakeries")
    assert "Deliverables" in stage.screen("ada")
    assert "Map of bakeries" in stage.screen("ada").rpartition("bot: ")[2]


async def test_saved_projects_come_to_mind_once(stage: Stage) -> None:
    """One piece in the daily message before the deadline; none for what was forgotten or is closed."""
    await stage.settle()
    publish(stage, title="Kept")
    publish(stage, title="Forgotten")
    ada = stage.person("ada")
    await ada.uses("/project save kept")
    await ada.uses("/project save kept")
    await ada.uses("/project save forgotten")
    await ada.presses("Forget it")
    await ada.uses("/project saved")
    assert "Saved by you (1)" in stage.screen("ada")
    assert len(stage.rows(select(SavedProject.id))) == 1
    await stage.tick(days=12)
    screen = stage.screen("ada")
    assert screen.count("You saved Kept. Apply by") == 1
    assert "You saved Forgotten" not in screen
    await ada.uses("/project save 1")
    assert "takes no applications any more" in stage.screen("ada")


async def test_there_is_one_card_per_project_and_channel(stage: Stage) -> None:
    """Whatever is edited, closed and opened again, the ledger holds one card, sent once."""
    await posts(stage.person("marta"))
    marta = stage.person("marta")
    await edit(marta, "Fee", "$500")
    await marta.uses("/project close e-bike")
    await marta.presses("Close it")
    await edit(marta, "Application deadline", "27 March 2026")
    sent: Select[Any] = select(outbox.c.key).where(outbox.c.key.startswith("card:"))
    assert [key for (key,) in stage.rows(sent.where(outbox.c.operation == "send"))] == ["card:1:1"]
    assert len(stage.rows(select(Announcement.id))) == 1
    assert "[Apply]" in cards(stage)[0]


@pytest.mark.soak
async def test_a_deadline_is_of_no_zone(stage: Stage) -> None:
    """Wherever the programme is, a day for many people is over when it is over everywhere."""
    change(stage, update(Programme).values(zone="Asia/Tokyo"))
    await posts(stage.person("marta"), Application_deadline="20 March 2026")
    assert project(stage).deadline_at == datetime(2026, 3, 21, 11, 59, tzinfo=UTC)
    assert "Apply by Fri 20 March\n" in cards(stage)[0]

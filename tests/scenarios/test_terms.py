"""Terms: what a student accepted stays with the placement, whatever becomes of the project's post."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.terminal.scripted_user import ScriptedUser
from storage.tables import Application, Milestone, Placement, Task, Terms, TermsOffer
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.main_job import TITLE, is_applied_for, is_decided, is_posted
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage


async def _play(stage: Stage) -> None:
    """Play until ada works in marta's project for $400, and chi waits for an answer."""
    await posted(stage, "ada", "chi", places=2)
    await offered(stage)
    await stage.person("ada").presses("Accept")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


@pytest.fixture
async def open_offer(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which ada has an offer of $400 that she has not answered."""
    async with open_stage(tmp_path) as opened:
        await posted(opened, "ada")
        await offered(opened)
        yield opened


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def offered(stage: Stage) -> None:
    """Marta offers ada the place."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


async def edit(person: ScriptedUser, label: str, answer: str) -> None:
    """Change one answer of the first project and save it."""
    await person.uses("/project edit 1")
    await person.says(f"edit {label}")
    await person.says(answer)
    await person.presses("Save changes")


def fees(stage: Stage) -> list[int]:
    """The fee of every version of terms, oldest first, in cents."""
    return [fee for (fee,) in stage.rows(select(Terms.fee_cents).order_by(Terms.id))]


def states(stage: Stage) -> list[str]:
    """What became of each thing that was put before a student, oldest first."""
    return [state for (state,) in stage.rows(select(TermsOffer.state).order_by(TermsOffer.id))]


@pytest.mark.soak
async def test_accepted_money_is_not_taken_back_on_any_platform(platform: Platform) -> None:
    """A lower fee passes a coordinator, then the student, and holds only when she has agreed."""
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    ada, marta, cora = (platform.person(account) for account in ("ada", "marta", "cora"))
    await marta.uses(f"/project edit {TITLE}")
    await marta.says("edit fee")
    await marta.says("$200")
    await marta.presses("Save changes")
    assert marta.sees("so a coordinator looks at it before I ask")
    assert not ada.sees("$400 → $200")
    await cora.uses("/stint tasks")
    assert cora.sees("Fee: $400 → $200")
    await cora.presses("Let them be asked")
    assert ada.sees("would like to change what you agreed on")
    assert ada.sees("$400 → $200")
    await platform.tick(days=30)
    assert [fee for (fee,) in platform.rows(select(Terms.fee_cents))] == [40000]
    await ada.uses("/placement")
    await ada.presses("Agree")
    await ada.presses("Yes, I agree")
    assert [fee for (fee,) in platform.rows(select(Terms.fee_cents).order_by(Terms.id))] == [40000, 20000]


@pytest.mark.soak
async def test_the_terms_are_kept_with_what_was_agreed_besides(tmp_path: Path) -> None:
    """One version at the acceptance: what the offer said, who accepted, when, and the notice they read."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "chi")
        ada = stage.person("ada")
        await ada.presses("Apply")
        await ada.says("I know most of these shops and would like to list them all.")
        await ada.says("skip")
        await ada.says("yes")
        await ada.presses("Send application")
        marta = stage.person("marta")
        await marta.uses("/applicants")
        await marta.chooses("Ada Okafor")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        assert "Fee: $400\nTime: about 20 h over 2 weeks\nWhere: remote\n" in stage.screen("ada")
        await ada.presses("Accept")
        (held,) = stage.rows(select(Terms))
        assert (held.version, held.hours, held.weeks, held.from_project_at) == (1, 20, 2, None)
        assert held.accepted_at == stage.clock.now()
        assert "coordinators will read your answers" in held.agreements[0].text
        await ada.presses("See the placement")
        await ada.presses("What was agreed")
        shown = stage.screen("ada").rpartition("What was agreed:")[2]
        assert "Version 1, accepted by Ada Okafor" in shown
        assert "Agreed to by applying" in shown


@pytest.mark.soak
async def test_the_kickoff_and_both_sides_say_what_was_agreed(stage: Stage) -> None:
    """Fee, hours and place are in the pack and in the placement, whatever the post says later."""
    assert "Fee: $400\nTime: about 20 h over 2 weeks" in stage.screen("ada").rpartition("You start")[2]
    await edit(stage.person("marta"), "Fee", "$500")
    for account in ("ada", "marta", "cora"):
        person = stage.person(account)
        await person.uses("/placement 1")
        assert "Fee: $400" in stage.screen(account).rpartition("Student: Ada Okafor")[2]


@pytest.mark.soak
async def test_what_a_person_agreed_to_is_among_their_data(stage: Stage) -> None:
    """Show my data names the terms of each placement."""
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Show my data")
    assert "You agreed to this: $400 · about 20 h over 2 weeks" in stage.screen("ada")


@pytest.mark.soak
async def test_a_better_fee_is_asked_for_at_once_and_needs_one_press(stage: Stage) -> None:
    """More money needs no coordinator; it still holds only once she agrees."""
    await edit(stage.person("marta"), "Fee", "$500")
    assert "I am asking Ada Okafor to agree" in stage.screen("marta")
    assert "which you applied to, has changed:\nFee: $500 (before: $400)" in stage.screen("chi")
    assert fees(stage) == [40000]
    await stage.person("ada").presses("Agree")
    assert fees(stage) == [40000, 50000]
    await stage.tick(days=1)
    assert "Ada Okafor agrees to the change" in stage.screen("marta")


async def test_keeping_what_was_agreed_can_be_thought_over(stage: Stage) -> None:
    """Keep says so to the employer; the same message lets her agree after all; an old button does no more."""
    await edit(stage.person("marta"), "Fee", "$500")
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("Keep what we agreed")
    await stage.tick(days=1)
    assert "Ada Okafor keeps what was agreed" in stage.screen("marta")
    await marta.uses("/placement 1")
    assert "Ada Okafor keeps what was agreed." in stage.screen("marta").rpartition("Student:")[2]
    await ada.presses("Agree after all")
    assert (fees(stage), states(stage)) == ([40000, 50000], ["agreed", "agreed"])


@pytest.mark.soak
async def test_another_edit_asks_only_for_what_it_changed(stage: Stage) -> None:
    """A kept fee is not asked about again when the hours change; pending ones become one question."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await edit(marta, "Fee", "$500")
    await ada.presses("Keep what we agreed")
    await edit(marta, "Where", "Berlin")
    last = stage.screen("ada").rpartition("would like to change")[2]
    assert "Where: remote → Berlin" in last
    assert "$500" not in last
    await edit(marta, "Estimated hours", "10")
    last = stage.screen("ada").rpartition("would like to change")[2]
    assert "Where: remote → Berlin" in last
    assert "about 20 h over 2 weeks → about 10 h over 2 weeks" in last
    assert "This question is taken back" in stage.screen("ada")
    assert states(stage) == ["agreed", "kept", "replaced", "asked"]


async def test_an_edit_back_to_what_was_agreed_takes_the_question_back(stage: Stage) -> None:
    """Nothing waits for anybody, not even for the coordinator."""
    marta = stage.person("marta")
    await edit(marta, "Fee", "$100")
    waiting = select(Task.kind).where(Task.state == "open")
    assert stage.rows(waiting) == [("terms",)]
    await edit(marta, "Fee", "$400")
    assert (stage.rows(waiting), states(stage)) == ([], ["agreed", "replaced"])


@pytest.mark.soak
async def test_the_same_deliverables_written_otherwise_ask_no_person(stage: Stage) -> None:
    """Bullets and blank lines are no other work."""
    await edit(stage.person("marta"), "Deliverables", "- A table of shops\n- A one-page summary")
    assert "would like to change" not in stage.screen("ada")
    assert states(stage) == ["agreed"]


async def test_a_coordinator_may_keep_what_was_agreed(stage: Stage) -> None:
    """The student is not asked, the employer reads of it, and the coordinator may think it over."""
    marta, cora = stage.person("marta"), stage.person("cora")
    await edit(marta, "Fee", "$100")
    await cora.uses("/stint tasks")
    await cora.presses("Keep what was agreed")
    await stage.tick(days=1)
    assert "A coordinator did not pass on your change" in stage.screen("marta")
    assert "would like to change" not in stage.screen("ada")
    await cora.presses("Let them be asked after all")
    assert "$400 → $100" in stage.screen("ada")
    assert "A coordinator has read this first" in stage.screen("ada")


async def test_a_coordinator_of_the_company_is_no_coordinators_yes(stage: Stage) -> None:
    """Who asks for less money cannot be the coordinator who reads it first, while there is another."""
    make_coordinator(stage, "marta")
    ada, marta = stage.person("ada"), stage.person("marta")
    await edit(marta, "fee", "$200")
    assert states(stage)[-1] == "coordinator"
    await marta.uses("/stint tasks")
    await marta.presses("Let them be asked")
    assert "another coordinator has to let it be asked" in stage.screen("marta")
    await stage.tick(days=1)
    assert "would like to change what you agreed on" not in stage.screen("ada")
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Let them be asked")
    await stage.tick(days=1)
    await ada.presses("Agree")
    await ada.presses("Yes, I agree")
    assert fees(stage)[-1] == 20000


@pytest.mark.soak
async def test_a_coordinators_own_edit_is_their_yes(stage: Stage) -> None:
    """She asks the student at once, who still decides."""
    await edit(stage.person("cora"), "Fee", "$100")
    assert "$400 → $100" in stage.screen("ada")
    assert fees(stage) == [40000]


async def test_the_employer_sees_who_has_not_agreed_and_takes_a_change_back(stage: Stage) -> None:
    """Every intern's terms in one list; what was not answered can be withdrawn."""
    marta = stage.person("marta")
    await edit(marta, "Fee", "$500")
    await marta.presses("What each intern agreed to")
    listed = stage.screen("marta").rpartition("What each intern agreed to:")[2]
    assert "Ada Okafor · $400 · about 20 h over 2 weeks" in listed
    assert "Ada Okafor has not agreed yet" in listed
    await marta.presses("Take the change back")
    assert states(stage) == ["agreed", "withdrawn"]
    assert "This question is taken back" in stage.screen("ada")
    await stage.person("ben").uses("/placement 1")
    assert "$400" not in stage.screen("ben")


async def test_deliverables_follow_the_terms_and_not_the_post(stage: Stage) -> None:
    """A new deliverable is none of hers before she agrees; then it is, and what is gone is gone."""
    marta, ada, cora = stage.person("marta"), stage.person("ada"), stage.person("cora")
    titles = select(Milestone.title).order_by(Milestone.position)
    before = [("A table of shops",), ("A one-page summary",)]
    await edit(marta, "Deliverables", "A table of shops\nA map\nA talk")
    assert stage.rows(titles) == before
    await cora.uses("/stint tasks")
    await cora.presses("Let them be asked")
    assert "To hand in as well: A map" in stage.screen("ada")
    assert "No longer to hand in: A one-page summary" in stage.screen("ada")
    assert stage.rows(titles) == before
    await ada.presses("Agree")
    await ada.presses("Yes, I agree")
    assert stage.rows(titles) == [("A table of shops",), ("A map",), ("A talk",)]


@pytest.mark.soak
async def test_work_that_was_handed_in_stays_when_its_deliverable_goes(stage: Stage) -> None:
    """Agreeing to fewer deliverables takes away only what the student has not begun."""
    ada = stage.person("ada")
    await ada.presses("See the placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"Link": "example.org/summary"})
    await edit(stage.person("marta"), "Deliverables", "A table of shops")
    await ada.presses("Agree")
    kept = [(each.title, each.status) for each in stage.rows(select(Milestone).order_by(Milestone.position))]
    assert kept == [("A table of shops", "open"), ("A one-page summary", "handed_in")]


async def test_more_weeks_move_the_end_when_she_agrees(stage: Stage) -> None:
    """The placement's date and its deliverables' are its own until then."""
    due = select(Placement.due_at)
    ((before,),) = stage.rows(due)
    await edit(stage.person("marta"), "Weeks", "3")
    assert stage.rows(due) == [(before,)]
    assert "Done by: Mon 13 April → Mon 20 April" in stage.screen("ada")
    await stage.person("ada").presses("Agree")
    ((after,),) = stage.rows(due)
    assert (after - before).days == 7
    assert {at for (at,) in stage.rows(select(Milestone.due_at))} == {after}


@pytest.mark.soak
async def test_terms_that_move_a_missed_date_settle_it(stage: Stage) -> None:
    """The coordinators' task about a missed date is closed once the student agrees to a later end."""
    late = select(Task.state).where(Task.key.startswith("overdue:"))
    await stage.to(datetime(2026, 4, 15, 12, tzinfo=UTC))
    assert stage.rows(late) == [("open",)]
    await edit(stage.person("marta"), "Weeks", "4")
    assert stage.rows(late) == [("open",)]
    await stage.person("ada").presses("Agree")
    assert stage.rows(late) == [("done",)]


async def test_a_later_deadline_asks_no_person_at_work(stage: Stage) -> None:
    """The start that moves along with it is for students who apply later."""
    await edit(stage.person("marta"), "Application deadline", "20 March 2026")
    assert "would like to change" not in stage.screen("ada")
    assert states(stage) == ["agreed"]


async def moves(stage: Stage, date: str) -> None:
    """Marta names another date for the table."""
    marta = stage.person("marta")
    await marta.uses("/placement 1")
    await marta.presses("Move a date")
    await marta.presses("1. A table of shops")
    await marta.fills({"New date": date, "Reason": "It suits us better."})


async def test_an_earlier_date_is_asked_for_and_silence_keeps_it(stage: Stage) -> None:
    """Less time than agreed needs the student; more time does not."""
    dates = select(Milestone.due_at).order_by(Milestone.position)
    ((first,), (second,)) = stage.rows(dates)
    ada = stage.person("ada")
    await moves(stage, "8 April 2026")
    assert "would like to have A table of shops in Market map of repair shops earlier" in stage.screen("ada")
    assert "so I am asking Ada Okafor" in stage.screen("marta")
    await ada.presses("Keep the date")
    assert stage.rows(dates) == [(first,), (second,)]
    await stage.tick(days=1)
    assert "Ada Okafor keeps the date: A table of shops" in stage.screen("marta")
    await ada.presses("Agree after all")
    ((moved,), _) = stage.rows(dates)
    assert (first - moved).days == 5
    await moves(stage, "20 April 2026")
    ((later,), _) = stage.rows(dates)
    assert (later - first).days == 7


async def test_a_date_that_both_wanted_is_in_the_terms(stage: Stage) -> None:
    """What the student asked for and the employer agreed to is a version; time that was given is a note."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("See the placement")
    await ada.presses("Ask for another date")
    await ada.presses("1. A table of shops")
    await ada.fills({"New date": "20 April 2026"})
    await stage.tick(days=1)
    await marta.presses("Agree")
    versions = stage.rows(select(Terms).order_by(Terms.version))
    assert [(each.version, each.due_at.day) for each in versions] == [(1, 13), (2, 20)]
    await moves(stage, "22 April 2026")
    await marta.uses("/placement 1")
    await marta.presses("What was agreed")
    while "[More]" in stage.screen("marta").rpartition("bot: ")[2]:
        await marta.presses("More")
    assert "has given more time since: the work is due by Wed 22 April" in stage.screen("marta")


async def test_the_question_ends_with_the_placement(stage: Stage) -> None:
    """No person agrees to anything in a placement that is over; no item waits for it."""
    await edit(stage.person("marta"), "Fee", "$500")
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "I found a job."})
    assert "This placement is over, so its terms can no longer change." in stage.screen("ada")
    assert states(stage) == ["agreed", "withdrawn"]


async def test_an_open_offer_shows_what_changed_before_it_is_accepted(open_offer: Stage) -> None:
    """Accept on the old message takes up nothing that was not read; the new one says what is different."""
    ada = open_offer.person("ada")
    await edit(open_offer.person("marta"), "Fee", "$200")
    assert "has changed:\nFee: $400 → $200" in open_offer.screen("ada")
    await ada.presses("Accept", on="offers you a place")
    assert "has changed since this offer was made:\nFee: $400 → $200" in open_offer.screen("ada")
    assert open_offer.rows(select(Application.status)) == [("offered",)]
    await ada.presses("Accept", on="since this offer was made")
    assert fees(open_offer) == [20000]


@pytest.mark.soak
async def test_an_offer_in_the_list_shows_its_terms(open_offer: Stage) -> None:
    """Accept in `/applications` takes up the terms that are beside it."""
    await edit(open_offer.person("marta"), "Fee", "$200")
    ada = open_offer.person("ada")
    await ada.uses("/applications")
    assert "The offer: $200 · about 20 h over 2 weeks · from Mon 30 March" in open_offer.screen("ada")
    await ada.presses("Accept", on="Your applications")
    assert fees(open_offer) == [20000]

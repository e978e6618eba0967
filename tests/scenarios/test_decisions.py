"""Reading, deciding, offering and answering, as employer and students live through it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from adapters.terminal.client import NotOnScreen
from adapters.terminal.scripted_user import ScriptedUser
from storage.tables import Application, Placement, Programme, Project
from tests.support.projects import DEADLINE, DECIDE, posted, set_columns, statuses
from tests.support.stage import MONDAY, Stage

TITLE = "Market map of repair shops"


async def reads(stage: Stage, name: str) -> None:
    """Marta opens the application of this person."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses(name)


async def offers(stage: Stage, name: str) -> None:
    """Marta offers the place to this person, and the undo time passes."""
    await reads(stage, name)
    await stage.person("marta").presses("Make an offer", on=name)
    await stage.tick(minutes=2)


@pytest.mark.soak
async def test_the_list_counts_and_leads_to_each(stage: Stage) -> None:
    """`/applicants` counts by status, names each, and reads one by one with next and previous."""
    await posted(stage, "ada", "ben")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    screen = stage.screen("marta")
    assert "Applicants: 2 · new: 2\nPlaces free: 1 of 1\nAnswers due by: Tue 24 March 2026" in screen
    assert "1. Ada Okafor · new" in screen
    await marta.presses("Read one by one")
    assert "Why ada" in stage.screen("marta")
    await marta.presses("Next")
    assert "Why ben" in stage.screen("marta")
    await marta.presses("Previous")
    assert "Why ada" in stage.screen("marta")


async def test_only_its_people_may_read_them(stage: Stage) -> None:
    """Another company's employer and a student are refused, and read which people to ask."""
    project_id = await posted(stage, "ada")
    await stage.person("jo").uses(f"/applicants {project_id}")
    assert "Only the people who posted this project" in stage.screen("jo")
    await stage.person("ben").uses(f"/applicants {project_id}")
    assert "Why ada" not in stage.screen("ben") + stage.screen("jo")


@pytest.mark.soak
async def test_a_decision_is_held_and_can_be_undone(stage: Stage) -> None:
    """For a minute no person learns of it and Undo takes it back; the student sees nothing of it."""
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    marta = stage.person("marta")
    await marta.presses("Make an offer")
    assert "in 1 minute" in stage.screen("marta")
    await stage.person("ada").uses("/applications")
    assert "offer" not in stage.screen("ada")
    await marta.presses("Undo")
    await stage.tick(minutes=5)
    assert statuses(stage) == ["submitted"]
    assert "offers you a place" not in stage.screen("ada")
    with pytest.raises(NotOnScreen):
        await marta.presses("Undo")


FULL = "Every place is offered or taken at the moment."


async def test_no_student_sees_a_place_go_while_an_offer_can_be_undone(stage: Stage) -> None:
    """Who applies, or reads the card or the page until then, reads what they read before the offer."""
    project_id = await posted(stage, "ada")
    slower = update(Programme).values(undo_seconds=600)
    stage.database.transact_inline(lambda work: work.session.execute(slower))
    ben = stage.person("ben")

    async def reads_all() -> tuple[str, ...]:
        await ben.uses(f"/project show {project_id}")
        await ben.uses("/project list")
        return stage.screen("ben"), stage.screen("ben", "spring")

    await reads_all()
    page, card = await reads_all()
    await reads(stage, "Ada Okafor")
    await stage.person("marta").presses("Make an offer")
    after_page, after_card = await reads_all()
    assert after_page.splitlines()[-20:] == page.splitlines()[-20:]
    assert after_card == card
    await ben.uses(f"/apply {project_id}")
    assert FULL not in stage.screen("ben")
    await ben.says("cancel")
    await stage.tick(minutes=11)
    await ben.uses(f"/apply {project_id}")
    assert FULL in stage.screen("ben")
    assert "0 of 1" in stage.screen("ben", "spring")


async def test_those_who_decide_count_an_offer_that_can_be_undone(stage: Stage) -> None:
    """The list says that no place is free, a second offer is refused, and the place cannot be edited away."""
    project_id = await posted(stage, "ada", "ben", places=2)
    marta = stage.person("marta")
    for name in ("Ada Okafor", "Ben Castillo"):
        await reads(stage, name)
        await marta.presses("Make an offer", on=name)
    await marta.uses("/applicants")
    assert "Places free: 0 of 2" in stage.screen("marta")
    await marta.uses(f"/project edit {project_id}")
    await marta.says("edit places")
    await marta.says("1")
    await marta.presses("Save changes")
    assert "2 places are offered or taken already." in stage.screen("marta")


async def test_an_offer_is_accepted_and_a_placement_begins(stage: Stage) -> None:
    """After the undo time the student reads it once, accepts, and the place is theirs."""
    await posted(stage, "ada")
    await offers(stage, "Ada Okafor")
    screen = stage.screen("ada")
    assert screen.count(f"Acme Maps offers you a place in {TITLE}.") == 1
    assert "Answer by: Thu 12 March 2026" in screen
    await stage.person("ada").presses("Accept")
    assert statuses(stage) == ["accepted"]
    assert len(stage.rows(select(Placement.id))) == 1


@pytest.mark.soak
async def test_not_this_time_comes_with_a_kind_reason(stage: Stage) -> None:
    """The student reads the reason picked and the employer's own words, after the undo time."""
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    marta = stage.person("marta")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "places", "In your own words": "Your map was *lovely*."})
    assert "not this time" in stage.screen("marta")
    assert "does not offer you the place" not in stage.screen("ada")
    await stage.tick(minutes=2)
    screen = stage.screen("ada")
    assert f"Acme Maps does not offer you the place in {TITLE}." in screen
    assert "There were more good applications than places this time." in screen
    assert "Your map was *lovely*." in screen
    assert statuses(stage) == ["not_selected"]


async def test_own_words_alone_need_words(stage: Stage) -> None:
    """Choosing one's own words without writing any is sent back with what to do."""
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    marta = stage.person("marta")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "own"})
    assert marta.form is not None
    assert statuses(stage) == ["submitted"]


async def test_a_declined_offer_goes_to_the_next_in_line(stage: Stage) -> None:
    """The employer's own waiting order decides; the next has the offer at once, the employer reads of it."""
    await posted(stage, "ada", "ben", "chi")
    marta = stage.person("marta")
    for name in ("Ben Castillo", "Chi Nakamura"):
        await reads(stage, name)
        await marta.presses("Put on the waiting list", on=name)
    await marta.presses("Move up", on="Chi Nakamura")
    await offers(stage, "Ada Okafor")
    ada = stage.person("ada")
    await ada.presses("Decline")
    await ada.presses("Decline it")
    assert statuses(stage) == ["declined", "submitted", "offered"]
    assert "offers you a place" in stage.screen("chi")
    await stage.tick(days=1)
    screen = stage.screen("marta")
    assert "Ada Okafor declined the place" in screen
    assert "Next on your waiting list: Chi Nakamura. I made the offer; an answer comes by" in screen


async def test_without_a_waiting_list_the_employer_is_asked(stage: Stage) -> None:
    """A declined offer goes to no other student by itself when the employer named no order."""
    await posted(stage, "ada", "ben")
    await offers(stage, "Ada Okafor")
    ada = stage.person("ada")
    await ada.presses("Decline")
    await ada.presses("Decline it")
    assert statuses(stage) == ["declined", "submitted"]
    await stage.tick(days=1)
    assert "Who of those who wait for an answer should have the place?" in stage.screen("marta")


async def test_an_offer_runs_out_and_goes_on(stage: Stage) -> None:
    """One reminder before, then the offer expires: the student reads so, the next in line is offered."""
    await posted(stage, "ada", "ben")
    await reads(stage, "Ben Castillo")
    await stage.person("marta").presses("Put on the waiting list")
    await offers(stage, "Ada Okafor")
    await stage.tick(hours=71)
    assert stage.screen("ada").count("runs out on") == 1
    await stage.tick(hours=2)
    assert "ran out on" in stage.screen("ada")
    assert statuses(stage) == ["expired", "offered"]
    ada = stage.person("ada")
    await ada.presses("Accept", on="offers you a place")
    assert "This offer has run out." in stage.screen("ada")
    assert statuses(stage) == ["expired", "offered"]


async def test_no_more_offers_than_places(stage: Stage) -> None:
    """With the one place in an offer on its way, a second offer is refused with a way to the waiting list."""
    await posted(stage, "ada", "ben")
    marta = stage.person("marta")
    await reads(stage, "Ada Okafor")
    await marta.presses("Make an offer", on="Ada Okafor")
    await reads(stage, "Ben Castillo")
    await marta.presses("Make an offer", on="Ben Castillo")
    assert "The one place is offered or taken." in stage.screen("marta")
    await marta.presses("Put on the waiting list", on="The one place is offered or taken.")
    await stage.tick(minutes=2)
    assert statuses(stage) == ["offered", "submitted"]


async def test_an_accept_after_places_were_lowered_is_honest(stage: Stage) -> None:
    """With more offers than places the second accept gets an honest note and a coordinator's task."""
    project_id = await posted(stage, "ada", "ben", places=2)
    await offers(stage, "Ada Okafor")
    await offers(stage, "Ben Castillo")
    lowered = update(Project).where(Project.id == project_id).values(places=1)
    stage.database.transact_inline(lambda work: work.session.execute(lowered))
    await stage.person("ada").presses("Accept")
    await stage.tick(hours=5)  # it was night in New York
    await stage.person("ben").presses("Accept")
    assert statuses(stage) == ["accepted", "released"]
    assert "the others were taken first" in stage.screen("ben")
    await stage.person("cora").uses("/stint tasks")
    assert "accepted an offer for" in stage.screen("cora")


@pytest.mark.soak
async def test_the_card_keeps_count_of_the_places(stage: Stage) -> None:
    """An offer takes a place off the card, a declined one gives it back."""
    await posted(stage, "ada", places=2)
    await offers(stage, "Ada Okafor")
    assert "1 of 2 places left" in stage.screen("ben", "spring")
    ada = stage.person("ada")
    await ada.presses("Decline")
    await ada.presses("Decline it")
    assert " · 2 places\n" in stage.screen("ben", "spring")


async def test_when_the_last_place_is_taken_the_rest_get_an_answer(stage: Stage) -> None:
    """The employer is asked to answer who still waits; after the deadline one form answers them all."""
    await posted(stage, "ada", "ben", "chi")
    await offers(stage, "Ada Okafor")
    await stage.person("ada").presses("Accept")
    await stage.tick(days=1)
    marta = stage.person("marta")
    assert "2 applicants still wait for your answer" in stage.screen("marta")
    await stage.to(DEADLINE + timedelta(hours=1))
    await marta.presses("Say “not this time”")
    await marta.fills({"Reason": "places"})
    await stage.tick(minutes=2)
    assert statuses(stage) == ["accepted", "not_selected", "not_selected"]
    assert f"Acme Maps has chosen another applicant for {TITLE}." in stage.screen("chi")


@pytest.mark.soak
async def test_the_number_of_those_who_wait_is_true_when_it_is_read(stage: Stage) -> None:
    """A person withdraws while the news waits for the morning: both pieces agree."""
    await posted(stage, "ada", "ben", "chi")
    await offers(stage, "Ada Okafor")
    await stage.person("ada").presses("Accept")
    chi = stage.person("chi")
    await chi.uses("/applications")
    await chi.presses("Withdraw")
    await chi.presses("Withdraw it")
    await stage.tick(days=1)
    assert "One applicant still waits for your answer" in stage.screen("marta")
    assert "2 applicants still wait" not in stage.screen("marta")
    await stage.to(DECIDE - timedelta(days=2))
    await stage.tick(days=1)
    assert f"One applicant waits for your answer on {TITLE}. You promised it by" in stage.screen("marta")


@pytest.mark.soak
async def test_the_last_of_the_rest_is_spoken_of_as_one(stage: Stage) -> None:
    """With one applicant left, nothing that is said or pressed speaks of several."""
    await posted(stage, "ada")
    marta, cora = stage.person("marta"), stage.person("cora")
    await stage.to(DECIDE + timedelta(hours=1))
    await cora.uses("/stint tasks")
    assert "I release all who still wait then, with an honest note." in stage.screen("cora")
    await stage.tick(days=1)
    await marta.presses("Say “not this time”")
    assert marta.form is not None
    assert marta.form.form.submit == "Tell them"
    await marta.fills({"Reason": "places"})
    await marta.presses("Undo")
    assert statuses(stage) == ["submitted"]


async def rest(stage: Stage) -> ScriptedUser:
    """Three wait after the deadline, ada is on the shortlist; marta wants to be done with the rest."""
    await posted(stage, "ada", "ben", "chi")
    marta = stage.person("marta")
    await reads(stage, "Ada Okafor")
    await marta.presses("Shortlist")
    await stage.to(DEADLINE + timedelta(hours=1))
    await marta.uses("/applicants")
    await marta.presses("Not this time for the rest")
    return marta


@pytest.mark.soak
async def test_the_rest_is_not_the_shortlist(stage: Stage) -> None:
    """It is asked with counts; the first way leaves the shortlist alone."""
    marta = await rest(stage)
    asked = "3 applicants wait for your answer.\nOne is on your shortlist or waiting list."
    assert asked in stage.screen("marta")
    await marta.presses("The other 2")
    await marta.fills({"Reason": "places"})
    assert "Your answer goes to 2 applicants" in stage.screen("marta")
    await stage.tick(minutes=2)
    assert statuses(stage) == ["shortlisted", "not_selected", "not_selected"]


async def test_an_answer_that_would_reach_the_shortlist_alone_reaches_no_applicant(stage: Stage) -> None:
    """Where all others are shortlisted meanwhile, it says so, and a button asks about them."""
    marta = await rest(stage)
    await marta.presses("The other 2")
    shortlist_all = update(Application).values(status="shortlisted")
    stage.database.transact_inline(lambda work: work.connection.execute(shortlist_all))
    await marta.fills({"Reason": "places"})
    assert "this answer leaves them out. Nothing was changed." in stage.screen("marta")
    assert statuses(stage) == ["shortlisted"] * 3
    await marta.presses("Ask about them too")
    assert "3 applicants wait for your answer.\n3 are on your shortlist or waiting list." in stage.screen(
        "marta"
    )


@pytest.mark.soak
async def test_the_shortlist_is_answered_when_it_is_meant(stage: Stage) -> None:
    """The second way says so, and takes all."""
    marta = await rest(stage)
    await marta.presses("All 3, the shortlist too")
    await marta.fills({"Reason": "places"})
    await stage.tick(minutes=2)
    assert statuses(stage) == ["not_selected"] * 3


@pytest.mark.soak
async def test_before_the_deadline_it_is_asked_and_newcomers_are_not_meant(stage: Stage) -> None:
    """Who applies after the question has been asked is not swept away with the rest."""
    await posted(stage, "ada", "ben")
    marta, chi = stage.person("marta"), stage.person("chi")
    await reads(stage, "Ada Okafor")
    await marta.presses("Shortlist")
    await marta.uses("/applicants")
    await marta.presses("Not this time for the rest")
    assert "Students can still apply until" in stage.screen("marta")
    await marta.presses("The other one")
    await chi.presses("Apply", on=TITLE)
    await chi.says("I know most of these shops and would like to list them all.")
    await chi.says("skip")
    await chi.says("yes")
    await chi.presses("Send application")
    await marta.fills({"Reason": "places"})
    await stage.tick(minutes=2)
    assert statuses(stage) == ["shortlisted", "not_selected", "submitted"]


async def test_an_offer_made_late_names_dates_that_are_real(stage: Stage) -> None:
    """After the posted start it starts after its own end; the employer reads that before it goes."""
    project_id = await posted(stage, "ada")
    await set_columns(stage, project_id, starts_at=MONDAY + timedelta(days=1))
    await stage.tick(days=3)
    await reads(stage, "Ada Okafor")
    marta = stage.person("marta")
    await marta.presses("Make an offer")
    said = "has passed, so the offer says: from Mon 16 March (Berlin) to Mon 30 March (Berlin)"
    assert said in stage.screen("marta")
    await stage.tick(minutes=2)
    assert "Starts: Mon 16 March\nDone by: Mon 30 March\nAnswer by" in stage.screen("ada")
    await stage.person("ada").presses("Accept")
    (placement,) = stage.rows(select(Placement))
    assert (placement.starts_at.date(), placement.due_at.date()) == (date(2026, 3, 16), date(2026, 3, 30))


@pytest.mark.soak
async def test_the_shortlist_is_the_employers_own(stage: Stage) -> None:
    """A shortlisted student reads "sent", as before."""
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    await stage.person("marta").presses("Shortlist")
    assert statuses(stage) == ["shortlisted"]
    await stage.person("ada").uses("/applications")
    assert "shortlist" not in stage.screen("ada").lower()
    await stage.person("marta").presses("Take off the shortlist")
    assert statuses(stage) == ["submitted"]


@pytest.mark.soak
async def test_an_offer_reaches_no_student_after_withdrawal(stage: Stage) -> None:
    """A student who withdraws while the offer is held is not offered the place."""
    stage.pause = timedelta(seconds=5)
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    await stage.person("marta").presses("Make an offer")
    ada = stage.person("ada")
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    await ada.presses("Withdraw it")
    await stage.tick(minutes=5)
    assert statuses(stage) == ["withdrawn"]
    assert "offers you a place" not in stage.screen("ada")


async def test_everybody_at_once_can_be_undone(stage: Stage) -> None:
    """One answer for all who wait is held as each single one, and Undo takes all of it back."""
    await posted(stage, "ada", "ben", "chi")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Not this time for the rest")
    await marta.presses("The other 3")
    await marta.fills({"Reason": "own", "In your own words": "We had to stop the project."})
    assert "Your answer goes to 3 applicants in 1 minute" in stage.screen("marta")
    await marta.presses("Undo for all")
    await stage.tick(minutes=5)
    assert statuses(stage) == ["submitted", "submitted", "submitted"]
    assert "We had to stop" not in stage.screen("chi")


@pytest.mark.soak
async def test_one_answer_to_several_names_the_project(stage: Stage) -> None:
    """The message that had Undo for all names the project, since its reader may answer about several."""
    await posted(stage, "ada", "ben")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Not this time for the rest")
    await marta.presses("The other 2")
    await marta.fills({"Reason": "time"})
    await stage.tick(minutes=2)
    assert "Your answer for Market map of repair shops is final now: not this time." in stage.screen("marta")


@pytest.mark.soak
async def test_an_offer_that_ran_out_can_be_made_again(stage: Stage) -> None:
    """While the place is free the employer may offer it to the same person once more."""
    await posted(stage, "ada")
    await offers(stage, "Ada Okafor")
    await stage.tick(hours=73)
    assert statuses(stage) == ["expired"]
    await reads(stage, "Ada Okafor")
    await stage.person("marta").presses("Offer again")
    await stage.tick(minutes=2)
    assert stage.screen("ada").count("offers you a place") == 2
    await stage.person("ada").presses("Accept")
    assert statuses(stage) == ["accepted"]


async def test_a_decision_that_a_colleague_undid_is_not_called_sent(stage: Stage) -> None:
    """The second Undo says that no message had gone out, not that it is too late."""
    await posted(stage, "ada")
    await reads(stage, "Ada Okafor")
    marta = stage.person("marta")
    stage.pause = timedelta(seconds=5)
    await marta.presses("Make an offer")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Undo", on="Why ada")
    await marta.presses("Undo", on="goes to")
    assert "It was undone already" in stage.screen("marta")

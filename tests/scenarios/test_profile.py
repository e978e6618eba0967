"""A person's own settings and data: seen, changed, exported, erased."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import String, cast, select

from adapters.terminal.client import Client
from bot.chat.language import as_text
from bot.programme.accounts.profile import PROFILE
from storage.tables import (
    Application,
    CheckIn,
    Identity,
    Letter,
    Notice,
    Person,
    Project,
    Role,
    conversations,
    inbox,
    outbox,
    timers,
)
from tests.support.projects import post, posted
from tests.support.stage import Stage

WHY = "Because of the secret garden of maps."


async def apply(stage: Stage, account: str) -> None:
    """Apply from the newest card, answer, and send."""
    student = stage.person(account)
    await student.presses("Apply")
    await student.says(WHY)
    await student.presses("Skip")
    await student.says("yes")
    await student.presses("Send application")


async def test_the_zone_is_shown_back_with_the_local_time(stage: Stage) -> None:
    """What was understood is said with the time it is there, and can be changed again."""
    ada = stage.person("ada")
    await ada.uses("/profile")
    assert "Time zone: Europe/Berlin, now 09:00" in stage.screen("ada")
    await ada.presses("Change time zone")
    await ada.fills({"Time zone": "new york"})
    assert "Your time zone is America/New_York: it is 04:01 where you are." in stage.screen("ada")
    (row,) = stage.rows(select(Person.zone).where(Person.name == "Ada Okafor"))
    assert row.zone == "America/New_York"


@pytest.mark.soak
async def test_the_zone_is_offered_as_it_is_typed(stage: Stage) -> None:
    """Zones come with the time there, places that begin so first; the command with one sets it at once."""
    ada = stage.person("ada")
    hands = Client(stage.adapter, "ada")
    offered = await hands.asks(PROFILE, "zone", "new y", stage.world.dm_of("ada"))
    assert [(each.value, as_text(each.label)) for each in offered] == [
        ("America/New_York", "America/New_York, now 04:00")
    ]
    many = await hands.asks(PROFILE, "zone", "", stage.world.dm_of("ada"))
    assert len(many) == 25
    await ada.uses("/profile tokyo")
    assert "Your time zone is Asia/Tokyo" in stage.screen("ada")
    await ada.uses("/profile Atlantis by the sea")
    assert "The nearest big city works best." in stage.screen("ada")
    assert stage.rows(select(Person.zone).where(Person.name == "Ada Okafor")) == [("Asia/Tokyo",)]


@pytest.mark.soak
async def test_the_daily_message_follows_the_zone(stage: Stage) -> None:
    """An employer who moves gets the waiting news at nine in the new zone."""
    await post(stage)
    await apply(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/profile")
    await marta.presses("Change time zone")
    await marta.fills({"Time zone": "Tokyo"})
    due = select(timers.c.due_at).where(timers.c.kind == "notices.daily", timers.c.state == "pending")
    assert [row.due_at for row in stage.rows(due)] == [datetime(2026, 3, 10, 0, 0, tzinfo=UTC)]


async def test_quiet_hours_are_read_kindly_and_may_be_none(stage: Stage) -> None:
    """Times as people write them; what is no time keeps the form open with a reason."""
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Change quiet hours")
    await ada.fills({"Quiet from": "late", "Quiet until": "7"})
    assert "I am quiet" not in stage.screen("ada")
    await ada.fills({"Quiet from": "10 pm", "Quiet until": "7"})
    assert "I am quiet from 22:00 to 07:00 your time." in stage.screen("ada")
    await ada.presses("Change quiet hours")
    await ada.fills({"Quiet from": "0:00", "Quiet until": "0:00"})
    assert "You have no quiet hours now." in stage.screen("ada")


@pytest.mark.soak
async def test_a_person_sees_everything_that_is_stored(stage: Stage) -> None:
    """Account, cohorts, answers and drafts are shown in words, to no other person."""
    await post(stage)
    await apply(stage, "ada")
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Show my data")
    screen = stage.screen("ada").rpartition("What I have stored about you")[2]
    for piece in ("Ada Okafor", "Account: ada (Terminal)", "Spring 26: admitted", WHY, "180 days"):
        assert piece in screen


@pytest.mark.soak
async def test_forgetting_asks_first_and_erases_words_and_identity(stage: Stage) -> None:
    """After the confirmed wish no word and no name is left in the database; counts stay."""
    await post(stage)
    await apply(stage, "ada")
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Forget me")
    await ada.presses("Keep my data")
    assert "Nothing was changed." in stage.screen("ada")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    assert "I have forgotten you" in stage.screen("ada")
    everything = [
        select(cast(Application.answers, String)),
        select(Letter.text),
        select(CheckIn.line),
        select(Person.name),
        select(cast(conversations.c.draft, String)),
        select(cast(Notice.message, String)),
        select(cast(inbox.c.answer, String)),
        select(inbox.c.actor).where(inbox.c.answer_state != "owed"),
        select(cast(outbox.c.message, String)),
        select(outbox.c.destination),
    ]
    left = [str(value) for query in everything for (value,) in stage.rows(query)]
    assert not [words for words in left if WHY in words or "Okafor" in words]
    assert stage.rows(select(Identity).where(Identity.user_id == "ada")) == []
    assert len(stage.rows(select(Application))) == 1
    assert [row.status for row in stage.rows(select(Application))] == ["withdrawn"]
    assert stage.rows(select(outbox).where(outbox.c.destination == "terminal/@ada")) == []


@pytest.mark.soak
async def test_who_comes_back_is_met_again(stage: Stage) -> None:
    """After being forgotten a person is a new person, without roles and without a past."""
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    await ada.says("hello")
    assert "Hello Ada Okafor." in stage.screen("ada")
    await ada.uses("/applications")
    (row,) = stage.rows(select(Identity.person_id).where(Identity.user_id == "ada"))
    assert stage.rows(select(Role).where(Role.person_id == row.person_id)) == []


@pytest.mark.soak
async def test_an_employer_leaves_the_projects_to_a_colleague(stage: Stage) -> None:
    """Projects stay: with a colleague of the company, else for a coordinator to take."""
    await posted(stage, "ada")
    await stage.person("cora").uses("/employer invite @ben company:Acme Maps")
    marta = stage.person("marta")
    await marta.uses("/profile")
    await marta.presses("Forget me")
    await marta.presses("Yes, forget me")
    (ben,) = stage.rows(select(Person.id).where(Person.name == "Ben Castillo"))
    assert [row.owner_id for row in stage.rows(select(Project.owner_id))] == [ben.id]


@pytest.mark.soak
async def test_the_only_coordinator_cannot_vanish(stage: Stage) -> None:
    """A person has to look after the programme; the refusal says what to do first."""
    cora = stage.person("cora")
    await cora.uses("/profile")
    await cora.presses("Forget me")
    assert "Make another person a coordinator first" in stage.screen("cora")
    await cora.uses("/stint coordinator @ada")
    await cora.presses("Forget me")
    await cora.presses("Yes, forget me")
    assert "I have forgotten you" in stage.screen("cora")


@pytest.mark.soak
async def test_the_zone_is_asked_once_in_the_first_message_where_it_matters(stage: Stage) -> None:
    """Who has no zone yet is asked with the receipt of their first application, and not again."""
    stage.world.add_account("dan", "Dan Novak", "", frozenset())
    await post(stage)
    await apply(stage, "dan")
    question = "Which time zone are you in?"
    assert "take it to be Europe/London, where it is 08:0" in stage.screen("dan")
    dan = stage.person("dan")
    await dan.presses("Choose another")
    await dan.fills({"Time zone": "Prague"})
    assert "Your time zone is Europe/Prague: it is 09:0" in stage.screen("dan")
    await post(stage, title="Another one")
    await apply(stage, "dan")
    assert stage.screen("dan").count(question) == 1
    await stage.person("cora").uses("/employer invite @dan company:Acme")
    assert stage.screen("dan").count(question) == 1


async def test_the_assumed_zone_is_kept_with_one_press(stage: Stage) -> None:
    """An invited employer says yes to the programme's zone, which is theirs from then on."""
    stage.world.add_account("dan", "Dan Novak", "", frozenset())
    await stage.person("cora").uses("/employer invite @dan company:Acme")
    assert "Which time zone are you in?" in stage.screen("dan")
    await stage.person("dan").presses("That is right")
    assert "Your time zone is Europe/London" in stage.screen("dan")
    (row,) = stage.rows(select(Person.zone).where(Person.name == "Dan Novak"))
    assert row.zone == "Europe/London"

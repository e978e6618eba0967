"""Cases at their edges: about nothing, with readers who are not there, kept buttons, and forgotten people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.programme.core.timers import Timer
from storage.tables import Case, CaseLine, timers
from tests.support.cases import MARKER, at_work, closes, confides, opens
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage


async def confides_alone(stage: Stage, account: str = "ada", readers: str = "Cora Lindqvist") -> None:
    """A person opens a case about nothing in particular."""
    person = stage.person(account)
    await person.uses("/stint report")
    await person.presses("Write")
    await person.fills({"Who reads it": readers, "Your words": MARKER})


async def test_a_case_about_nothing_in_particular(stage: Stage) -> None:
    """An employer can open one; it is said without a project, goes on as another, and is closed."""
    make_coordinator(stage, "jo")
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/stint report")
    assert "Who reads what you write: Cora Lindqvist and Jo Park" in stage.screen("marta")
    await confides_alone(stage, "marta")
    assert "Marta Ruiz writes to you in confidence." in stage.screen("cora")
    await stage.tick(days=2)
    assert "Marta Ruiz still waits for your answer, in confidence." in stage.screen("cora")
    await opens(stage, "marta", "On its way to")
    await marta.presses("Write", on="Your case")
    await marta.fills({"Your words": "There is more."})
    assert "Marta Ruiz has written more in a case." in stage.screen("cora")
    await marta.presses("Change who reads it")
    await marta.fills({"Who reads it": "Cora Lindqvist, Jo Park"})
    assert "Marta Ruiz lets you read a case." in stage.screen("jo")
    await opens(stage, "cora", "has written more")
    assert "Case of Marta Ruiz" in stage.screen("cora")
    await tell_button(stage, "cora", "case-paused:1")
    assert "Nothing is stopped here" in stage.screen("cora")
    await opens(stage, "cora", "has written more")
    await closes(stage, "cora")
    await cora.uses("/profile")
    await cora.presses("Show my data")
    assert "Your case was closed on" in stage.screen("marta")
    await cora.uses("/stint cases")
    await opens(stage, "cora", "Cases")
    await cora.presses("Open it again")
    assert "Cora Lindqvist (coordinator) has opened your case again." in stage.screen("marta")
    await tell_button(stage, "cora", "case-again:1")
    assert "It is open already." in stage.screen("cora")
    await closes(stage, "cora")
    await opens(stage, "marta", "Your case was closed on")
    await marta.presses("Open it again")
    assert "The case of Marta Ruiz is open again." in stage.screen("jo")
    await marta.presses("Take it back")
    await marta.presses("Take it back", on="what they have read they know")
    await stage.tick(hours=5)  # it is night in New York
    assert "Marta Ruiz has taken back a case. It can no longer be read." in stage.screen("jo")


async def test_kept_buttons_say_why_nothing_was_changed(stage: Stage) -> None:
    """Of a case that is over, of another person's, and of an end that takes no answer any more."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist", notices="Stop their messages and all dates now")
    await opens(stage, "cora")
    cora, marta = stage.person("cora"), stage.person("marta")
    await cora.presses("Close it")
    await cora.fills({"Your answer": "It is settled.", "To the other side": "It is settled with you."})
    await stage.tick(minutes=3)
    for action in ("case-stop:1", "case-back:1", "case-readers:1"):
        await tell_button(stage, "ada", action)
    await tell_button(stage, "cora", "case-end:1")
    for name in ("ada", "cora"):
        assert "This case is closed. Nothing was changed." in stage.screen(name)
    await tell_button(stage, "cora", "case-stop:1")
    assert "Only the student of a case decides what is stopped." in stage.screen("cora")
    await tell_button(stage, "cora", "case-back:1")
    assert "Only the person who opened a case can take it back." in stage.screen("cora")
    await tell_button(stage, "cora", "case-readers:1")
    assert "Who reads a case is chosen by the person who opened it." in stage.screen("cora")
    await tell_button(stage, "marta", "case-ask:application:1")
    assert "That application is not yours." in stage.screen("marta")
    await stage.tick(days=15)
    await marta.presses("Answer", on="It is settled with you.")
    assert "The days in which this could be answered are over." in stage.screen("marta")
    await tell_button(stage, "cora", "case-again:1")
    assert "A case can be opened again within 14 days of its end." in stage.screen("cora")
    await tell_button(stage, "ada", "case-show:1")
    assert "Closed on" in stage.screen("ada")
    ((due,),) = stage.rows(select(timers.c.due_at).where(timers.c.kind == Timer.CASE_FORGET))
    ((ended,),) = stage.rows(select(Case.ended_at))
    assert due - ended == timedelta(days=730)


async def test_a_reader_who_cannot_be_written_to_or_is_away_is_named(stage: Stage) -> None:
    """Before and after the first word; when the answer is late the person reads that none of them is here."""
    await at_work(stage)
    cora, jo, ada = (stage.person(name) for name in ("cora", "jo", "ada"))
    await cora.uses("/away")
    await cora.fills({"Away until": "2026-03-20"})
    await ada.uses("/stint report")
    await ada.presses("Market map of repair shops")
    assert "Cora Lindqvist is away until" in stage.screen("ada")
    await ada.presses("Write")
    await ada.fills({"Who reads it": "1", "Your words": MARKER})
    await stage.tick(days=2)
    assert "Those who read it are away: Cora Lindqvist" in stage.screen("ada")
    await ada.presses("Change who reads it")
    await ada.fills({"Who reads it": "Jo Park"})
    await jo.uses("/stint coordinator @jo remove:yes")
    await tell_button(stage, "ada", "case-show:1")
    assert "No coordinator can open it now." in stage.screen("ada")
    await stage.tick(days=2)
    assert MARKER not in stage.screen("jo")


@pytest.mark.soak
async def test_a_person_who_is_forgotten_takes_their_case_along(stage: Stage) -> None:
    """Its words are erased at once, and the coordinator finds no such case."""
    await stage.person("ben").uses("/stint help")
    await confides_alone(stage, "ben")
    ben = stage.person("ben")
    await ben.uses("/profile")
    await ben.presses("Show my data")
    assert MARKER in stage.screen("ben")
    await ben.uses("/profile")
    await ben.presses("Forget me")
    await ben.presses("Yes, forget me")
    assert stage.rows(select(CaseLine.text)) == [("",)]
    assert stage.rows(select(Case.status)) == [("withdrawn",)]
    await opens(stage, "cora")
    assert "I cannot find that case." in stage.screen("cora")


@pytest.mark.soak
async def test_a_coordinator_who_is_forgotten_reads_nothing_more(stage: Stage) -> None:
    """The person is asked who else may read it, and what the coordinator wrote in it is erased."""
    make_coordinator(stage, "jo")
    await posted(stage, "ben")
    await confides_alone(stage)
    cora = stage.person("cora")
    await opens(stage, "cora")
    await cora.presses("Note")
    await cora.fills({"Your words": "I ask the office."})
    await cora.uses("/profile")
    await cora.presses("Forget me")
    await cora.presses("Yes, forget me")
    assert "can no longer read your case, and no other coordinator does." in stage.screen("ada")
    assert stage.rows(select(CaseLine.text).order_by(CaseLine.id)) == [(MARKER,), ("",)]


async def test_an_applicant_stops_messages_and_lets_them_go_on(stage: Stage) -> None:
    """There are no dates to move yet; a reader who cannot be written to is named."""
    await posted(stage, "ada")
    ada = stage.person("ada")
    stage.shut_dms("cora")
    await confides(stage, "Cora Lindqvist", notices="Stop their messages and all dates now")
    await opens(stage, "ada", "On its way to")
    await ada.presses("Write", on="Your case about")
    await ada.fills({"Your words": "There is more."})
    assert "I cannot write to Cora Lindqvist now, so this waits there until I can." in stage.screen("ada")
    await ada.presses("Let messages and dates go on")
    assert "Messages and dates go on. The case stays open." in stage.screen("ada")


async def test_the_only_coordinator_has_no_one_to_confide_in(stage: Stage) -> None:
    """They read so, and that other people can help."""
    await stage.person("cora").uses("/stint report")
    assert "Please turn to a person you trust outside this programme." in stage.screen("cora")

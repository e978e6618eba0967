"""People whose direct messages are closed, on every platform: they read the truth, and lose nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import Application, Project
from tests.support.actor import Actor, Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, WHY, heard, is_applied, is_posted
from tests.support.projects import make_coordinator

NOTICE = "The people who run this project and the programme's coordinators will read your answers."
ALONE = sorted(set(STAGES) - {"slack and discord"})


@pytest.fixture(params=ALONE)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform by itself, with the whole programme and one project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        yield opened


async def test_the_first_question_comes_where_the_press_was(platform: Staged) -> None:
    """Nothing is said to be sent that was refused: the question is there, and its answers go the same way."""
    platform.shut_dms("ada")
    ada, ben = platform.person("ada"), platform.person("ben")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("they are closed to me. So we go on here")
    assert not ada.sees("I sent you a direct message")
    assert not ben.sees("they are closed to me")
    assert ada.sees(NOTICE)
    assert not ada.sees("You can type")
    await ada.presses("Answer")
    assert ada.view().count(NOTICE) == 2
    await ada.fills({"Why this project": WHY})
    assert ada.view().count(NOTICE) == 1
    await ada.presses("Skip")
    await ada.presses("Yes")
    assert ada.sees("To change an answer, choose it above.")
    assert not ada.sees("type edit")
    await ada.presses("Send application")
    assert platform.rows(select(Application.status)) == [("submitted",)]


@pytest.mark.soak
async def test_one_line_points_to_what_has_arrived(platform: Staged) -> None:
    """With open direct messages it is sent first, and then said."""
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("I sent you a direct message; we go on there.")
    assert not ada.sees("closed to me")
    assert ada.sees("You can type back, skip, review, pause, cancel or help at any time.")
    assert set(platform.ledger()) == {"sent"}


@pytest.mark.soak
async def test_an_offers_hours_begin_when_it_is_read(platform: Staged) -> None:
    """A refused offer runs no clock; a line in the channel calls the student, who reads it there."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    assert ada.sees("There is a message for you: press here.")
    await cora.uses("/stint tasks")
    assert cora.sees("I cannot write to Ada Okafor")
    assert cora.sees(f"An offer of a place in {TITLE}; its 72 hours begin when it is read")
    await platform.tick(days=5)
    assert platform.rows(select(Application.status)) == [("offered",)]
    await platform.person("ben").presses("Read it")
    assert platform.person("ben").sees("This message is for another person.")
    await ada.presses("Read it")
    assert ada.sees("offers you a place in")
    assert ada.sees("It has been read.")
    (until,) = platform.rows(select(Application.offer_until))[0]
    assert timedelta(hours=71) < until - platform.clock.now() <= timedelta(hours=97)
    await platform.to(until + timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("expired",)]


async def test_an_offers_hours_begin_where_an_answer_shows_it(platform: Staged) -> None:
    """Who finds the offer in their list has read of it: the hours run, and it says until when."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(days=3)
    assert platform.rows(select(Application.offer_until)) == [(None,)]
    await ada.uses("/applications", "spring-26")
    assert ada.sees("You have an offer. Please answer by")
    (until,) = platform.rows(select(Application.offer_until))[0]
    assert timedelta(hours=71) < until - platform.clock.now() <= timedelta(hours=97)
    await platform.tick(minutes=1)
    assert ada.sees("There was a message here. It has been read.")
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you")
    await platform.tick(hours=1)
    await ada.uses("/applications", "spring-26")
    assert platform.rows(select(Application.offer_until)) == [(until,)]
    platform.shut_dms("ada", shut=False)
    await ada.says("hello")
    await platform.tick(minutes=1)
    assert not ada.sees("offers you a place in")
    await platform.to(until + timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("expired",)]


async def test_an_offer_that_never_arrives_ends_when_the_project_starts(platform: Staged) -> None:
    """The place is free again on a known date, both sides read why, and the offer itself never comes."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    (starts,) = platform.rows(select(Project.starts_at))[0]
    await platform.to(starts - timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("offered",)]
    await platform.to(starts + timedelta(days=1))
    assert platform.rows(select(Application.status)) == [("expired",)]
    assert marta.sees(f"My message with the offer for {TITLE} never reached Ada Okafor.")
    platform.shut_dms("ada", shut=False)
    await ada.says("hello")
    await platform.tick(minutes=1)
    assert ada.sees(f"You had an offer of a place in {TITLE}, and my message with it did not reach you.")
    assert not ada.sees("offers you a place in")


async def test_when_messages_open_again_only_what_holds_comes(platform: Staged) -> None:
    """No old question, no dead offer, no "runs out", no "ran out": what is true now, each once."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(days=2)
    await platform.tick(days=4)
    await ada.uses("/applications", "spring-26")
    await ada.presses("Decline")
    await ada.presses("Decline it")
    await platform.tick(days=1)
    before = heard(ada)
    assert before
    platform.shut_dms("ada", shut=False)
    await ada.says("hello")
    await platform.tick(minutes=1)
    new = heard(ada)[len(before) :]
    assert "offers you a place" not in new
    assert "runs out" not in new
    assert "ran out" not in new
    assert set(platform.ledger()) <= {"sent", "answered", "withdrawn"}


async def test_an_offer_that_still_holds_comes_with_all_its_time(platform: Staged) -> None:
    """It is one message, with a last day that is still to come, however long it waited."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(days=9)
    platform.shut_dms("ada", shut=False)
    await ada.says("hello")
    await platform.tick(minutes=1)
    assert ada.view().count("offers you a place in") == 1
    await platform.tick(minutes=1)
    assert not ada.sees("There is a message for you")
    assert ada.sees("It has arrived in the direct messages.")
    (until,) = platform.rows(select(Application.offer_until))[0]
    assert timedelta(hours=71) < until - platform.clock.now() <= timedelta(hours=97)
    await ada.presses("Accept")
    assert platform.rows(select(Application.status)) == [("accepted",)]


def item_of(cora: Actor) -> str:
    """The coordinators' newest item about a person who cannot be written to."""
    return cora.view().rpartition("I cannot write to")[2].partition("Nothing that is counted")[0]


def shows(words: str, named: str, day: str) -> bool:
    """Whether an item names something with an end on a day of a month, in either order of the two."""
    line = next((line for line in words.splitlines() if named in line), "")
    number, month = day.split()
    return "until " in line and (f"{number} {month}" in line or f"{month} {number}" in line)


@pytest.mark.soak
async def test_a_draft_waits_until_its_deadline(platform: Staged) -> None:
    """Who closed their direct messages within an application: coordinators read until when it can go."""
    ada, cora = platform.person("ada"), platform.person("cora")
    await ada.presses("Apply", on=TITLE)
    platform.shut_dms("ada")
    await ada.says(WHY)
    await platform.tick(hours=1)
    await cora.uses("/stint tasks")
    assert "A question of a form that was begun, until" in item_of(cora)
    await platform.tick(days=13)
    assert ada.view().count("There is a message for you") == 1


async def test_an_item_names_what_still_waits_and_until_when(platform: Staged) -> None:
    """An offer that was answered elsewhere waits no more; check-ins and reminders have their ends."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await cora.uses("/stint tasks")
    assert "An offer of a place" in item_of(cora)
    await ada.uses("/applications", "spring-26")
    await ada.presses("Accept")
    await platform.tick(minutes=1)
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you")
    await marta.uses("/placement")
    await marta.presses("We talked")
    await platform.to(datetime(2026, 4, 2, 12, tzinfo=UTC))
    await cora.uses("/stint tasks")
    assert shows(item_of(cora), "A check-in", "9 April")
    assert shows(item_of(cora), "A reminder to hand in work", "9 April")


async def test_what_begins_the_work_comes_where_the_offer_was_accepted(platform: Staged) -> None:
    """What is said to come next is there, for the student alone, though direct messages are closed."""
    ada, marta, ben = (platform.person(name) for name in ("ada", "marta", "ben"))
    await is_applied(ada)
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    platform.shut_dms("ada")
    await ada.uses("/applications", "spring-26")
    await ada.presses("Accept")
    assert ada.sees("Everything you need comes next.")
    assert ada.sees("You start: E-bike market map")
    assert not ben.sees("You start: E-bike market map")


@pytest.mark.soak
async def test_a_message_that_waits_is_not_said_to_be_sent(platform: Staged) -> None:
    """Nothing is said to have arrived: that it waits, and that it came, is said when that is known."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    platform.shut_dms("ada")
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    for words in ("Could you start on Monday?", "Or on Tuesday?"):
        await marta.presses("Write to the student")
        await marta.fills({"Your message": words})
        await platform.tick(minutes=1)
    assert marta.view().count("On its way to Ada Okafor") == 1
    assert marta.sees(f"I could not bring your message about {TITLE} to Ada Okafor yet.")
    assert marta.sees("Direct messages there are closed to me")
    assert marta.sees("This waits until I can, about")
    assert marta.view().count("I could not bring your message") == 1
    assert not marta.sees("Sent to")
    await ada.presses("Read it")
    assert ada.sees("Or on Tuesday?")
    platform.shut_dms("ada", shut=False)
    await ada.says("hello")
    await platform.tick(minutes=2)
    assert marta.sees(f"Your message about {TITLE} has arrived with Ada Okafor.")
    assert not marta.sees("I could not bring your message")
    assert ada.sees("There was a message here. It has been read.")
    assert not ada.sees("It has arrived in the direct messages.")


async def test_a_coordinator_is_called_and_reads_each_report_once(platform: Staged) -> None:
    """A report waits for a coordinator: a line in a channel says so, and one message tells its age."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await is_applied(ada)
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "I know where you study."})
    platform.shut_dms("cora")
    await ada.presses("Report", on="I know where you study.")
    await platform.tick(minutes=1)
    assert cora.sees("There is a message for you: press here.")
    await cora.presses("Read it")
    assert cora.sees("Ada Okafor reported a message that Marta Ruiz wrote on")
    await platform.tick(days=3)
    before = heard(cora)
    platform.shut_dms("cora", shut=False)
    await cora.says("hello")
    await platform.tick(minutes=1)
    new = heard(cora)[len(before) :]
    assert new.count("reported a message that") == 1, new
    assert "It has waited for an answer for 3 days." in new


@pytest.mark.soak
async def test_an_employer_cannot_be_called_and_the_item_says_so(platform: Staged) -> None:
    """An employer's channel is not known, so no line names them, and a coordinator knows."""
    ada, cora, marta = (platform.person(name) for name in ("ada", "cora", "marta"))
    platform.shut_dms("marta")
    await is_applied(ada)
    await platform.tick(days=1)
    assert not marta.sees("There is a message for you")
    await cora.uses("/stint tasks")
    assert "The daily message: New applications" in item_of(cora)
    assert cora.sees("I know of no channel here in which to call Marta Ruiz.")


async def test_an_item_says_of_confided_messages_what_each_reader_may_know(platform: Staged) -> None:
    """That a report or a word in confidence waits is not for a coordinator of the company to know."""
    ada, marta, jo = (platform.person(name) for name in ("ada", "marta", "jo"))
    stage: Any = platform
    make_coordinator(stage, "jo")
    make_coordinator(stage, "marta")
    await is_applied(ada)
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "I know where you study."})
    platform.shut_dms("cora")
    await ada.presses("Report", on="I know where you study.")
    await ada.presses("Write to a coordinator")
    await ada.fills({"Your message": "I am afraid of her."})
    await platform.tick(minutes=1)
    await jo.uses("/stint tasks")
    await jo.presses("More")
    assert "A report" in item_of(jo)
    assert "A message from Ada Okafor" in item_of(jo)
    await marta.uses("/stint tasks")
    assert "I cannot write to Cora Lindqvist" in marta.view()
    assert "A message (2 times)" in item_of(marta)
    assert "report" not in item_of(marta)
    assert "Ada" not in item_of(marta)


async def test_a_page_after_the_deadline_says_so_and_loses_nothing(platform: Staged) -> None:
    """It says that the time to apply has ended, and when, and gives back what was typed into it."""
    platform.shut_dms("ada")
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.presses("Answer")
    await platform.tick(days=14)
    await ada.fills({"Why this project": WHY})
    assert ada.sees(f"The time to apply for {TITLE} ended on ")
    assert ada.sees("So this page has changed nothing.")
    assert not ada.sees("was deleted meanwhile")
    assert ada.sees(WHY)

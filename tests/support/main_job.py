"""The main job as people play it, in the words that every platform shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import Application, CheckIn, Placement, Project, Submission
from tests.support.actor import Actor, Platform

__all__ = [
    "PAGE",
    "TITLE",
    "WHY",
    "fills_project",
    "heard",
    "is_applied",
    "is_applied_for",
    "is_completed",
    "is_decided",
    "is_posted",
    "is_worked_on",
    "play",
]

TITLE = "E-bike market map"
PAGE = {
    "Title": TITLE,
    "What is wanted": "We rent e-bikes in three cities. Find out who else does and what they *charge*.",
    "Deliverables": "A two-page summary",
    "Estimated hours": "20",
    "Application deadline": "next Friday",
}
WHY = "I like maps and I have time in April."


async def fills_project(
    person: Any,  # noqa: ANN401 - an Actor
    page: Mapping[str, str] = PAGE,
    fee: str = "$400",
    more: Mapping[str, str] | None = None,
) -> None:
    """Fill in the open form of a project, up to its review; `more` is filled in on its last page.

    Where pages follow one another, all of them come; elsewhere they are behind buttons of the review.
    """
    await person.fills(page)
    if person.form is None:
        await person.presses("Fee and time")
        await person.fills({"Fee": fee})
        if more:
            await person.presses("Who is involved")
            await person.fills(more)
        return
    for answers in ({"Fee": fee}, {}, more or {}, {}):
        await person.fills(answers)


async def play(platform: Platform) -> None:
    """All of it, one part after the other."""
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    await is_worked_on(platform)
    await is_completed(platform)


async def is_posted(platform: Platform, more: Mapping[str, str] | None = None) -> None:
    """The employer fills a form, looks at the preview and publishes; the cohort's channel has a card.

    `more`: what is filled in on the form's last page.
    """
    marta = platform.person("marta")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta, more=more)
    await marta.presses("Publish")
    assert marta.sees(f"{TITLE} is published")
    ada = platform.person("ada")
    assert ada.sees("what they *charge*")
    assert ada.sees("$400")
    assert platform.rows(select(Project.status)) == [("open",)]


async def is_applied_for(platform: Platform) -> None:
    """Two students apply in their DMs; one of them mends an answer by editing the message."""
    ada, ben = platform.person("ada"), platform.person("ben")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("I sent you a direct message")
    assert not ben.sees("I sent you a direct message")
    await ada.says("I like maps.")
    await ada.edits("I like maps.", WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert ada.sees(f"Your application to {TITLE} is sent.")
    await ben.presses("Apply", on=TITLE)
    await ben.says("I ride one every day.")
    await ben.presses("Skip")
    await ben.says("yes")
    await ben.presses("Send application")
    assert platform.rows(select(Application.status)) == [("submitted",), ("submitted",)]


async def is_applied(ada: Actor) -> None:
    """One student applies, in direct messages that are open."""
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")


def heard(actor: Actor) -> str:
    """What is in an actor's direct messages, whatever their place is called there."""
    places = f"\n{actor.view()}".split("\n== ")
    return next((place for place in places if place.startswith(("dm", "directmessage"))), "")


async def is_decided(platform: Platform) -> None:
    """The daily digest tells the employer who applied; an offer goes out and is accepted."""
    await platform.tick(days=1)
    marta, ada = platform.person("marta"), platform.person("ada")
    assert marta.sees("things for you today")
    await marta.presses("Read: Ada Okafor")
    assert marta.sees(WHY)
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await ada.presses("Accept")
    assert ada.sees("Due")
    assert platform.rows(select(Placement.status)) == [("active",)]


async def is_worked_on(platform: Platform) -> None:
    """Check-ins ask both sides, trouble reaches the coordinator, a reminder comes before the date."""
    ada, marta, cora = (platform.person(account) for account in ("ada", "marta", "cora"))
    await platform.to(datetime(2026, 4, 3, 10, tzinfo=UTC))
    assert marta.sees("doing with")
    await marta.presses("On track")
    assert marta.sees("Noted for")
    assert marta.sees(": on track.")
    with pytest.raises(LookupError):
        await marta.presses("At risk")
    await marta.presses("Change the answer")
    await marta.presses("On track")
    await ada.presses("At risk")
    await ada.presses("Add a line")
    await ada.fills({"Your line": "The data came late."})
    await cora.uses("/stint tasks")
    assert cora.sees("The data came late.")
    assert not marta.sees("The data came late.")
    answers = select(CheckIn.answer).order_by(CheckIn.answer)
    assert platform.rows(answers) == [("at_risk",), ("on_track",)]
    assert ada.sees("is due")


async def is_completed(platform: Platform) -> None:
    """Work is handed in, sent back, handed in again and accepted; both sides have a closing message."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "example.org/summary"})
    await platform.tick(days=1)
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": "Please add the opening hours."})
    assert ada.sees("Please add the opening hours.")
    await ada.presses("Hand in again")
    await ada.fills({"About the work": "Opening hours added."})
    await marta.uses("/placement")
    await marta.presses("Accept", on="Placement #")
    assert marta.sees("every deliverable is accepted")
    with pytest.raises(LookupError):
        await marta.presses("Accept", on="Placement #")
    assert platform.rows(select(Submission.version).order_by(Submission.id)) == [(1,), (2,)]
    assert platform.rows(select(Placement.status)) == [("completed",)]
    await ada.presses("Write a line")
    await ada.fills({"Your line": "I learned to ask early."})
    await platform.tick(days=4)
    for person in (ada, marta):
        assert person.sees(f"Complete: {TITLE}")
        assert person.sees("I learned to ask early.")

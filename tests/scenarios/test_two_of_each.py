"""Two of each thing at once: what is said of one is never said of the other in the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storage.tables import Placement
from tests.support.programme_checks import alike
from tests.support.projects import posted
from tests.support.stage import Stage
from tests.support.unasked_pieces import unasked_pieces

MAP, GUIDE = "Market map of repair shops", "Guide to repair shops"
INTERNS = ((MAP, "ada"), (MAP, "ben"), (GUIDE, "ada"))
"""Two interns of one project, and one of them in another project of the same employer."""

DELIVERABLES = ("1. A table of shops", "2. A one-page summary")
"""Of both projects."""


def at(month: int, day: int, hour: int = 15) -> datetime:
    """An instant of 2026: in the day of Berlin, Madrid, London and New York."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def at_work(stage: Stage, weeks: int = 2) -> None:
    """Ada and Ben work for Marta from 30 March, for two weeks or more."""
    for title in (MAP, GUIDE):
        students = [who for of, who in INTERNS if of == title]
        number = await posted(stage, *students, title=title, places=len(students), weeks=weeks)
        for _ in students:
            await stage.person("marta").uses(f"/applicants {number}")
            await stage.person("marta").presses("Read one by one")
            await stage.person("marta").presses("Make an offer")
            await stage.tick(minutes=3)
    await stage.tick(hours=6)  # it is night in New York
    for title, who in INTERNS:
        await stage.person(who).presses("Accept", on=title)


async def acts(stage: Stage, who: str, number: int, *labels: str, **answers: str) -> None:
    """A person opens a placement by its number, presses these buttons and fills in the form."""
    person = stage.person(who)
    await person.uses(f"/placement {number}")
    for label in labels:
        await person.presses(label)
    if answers:
        await person.fills({name.replace("_", " "): answer for name, answer in answers.items()})


async def writes(stage: Stage, words: str) -> None:
    """Marta writes to Ada about her application."""
    marta = stage.person("marta")
    await marta.uses("/applicants 1")
    await marta.presses("Read one by one")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": words})


@pytest.mark.soak
async def test_two_of_each_never_read_the_same(stage: Stage) -> None:
    """Kickoffs, check-ins, silence, dates, work, changes, settling and closing lines name which is meant."""
    await at_work(stage)
    placements = {(title, who): number for number, (title, who) in enumerate(INTERNS, 1)}
    await stage.to(at(4, 9))
    for (_, who), number in placements.items():
        await acts(
            stage,
            who,
            number,
            "Ask for another date",
            DELIVERABLES[1],
            New_date="15 April 2026",
            Reason="Exams",
        )
    await stage.to(at(4, 14))
    for (_, who), number in placements.items():
        await acts(stage, who, number, "Hand in", DELIVERABLES[0], About_the_work="All of them")
    await stage.tick(days=1)
    for number in placements.values():
        await acts(stage, "marta", number, "Ask for changes", What_should_change="Add the hours.")
    await stage.tick(hours=2)
    for (_, who), number in placements.items():
        await acts(stage, who, number, "Hand in", DELIVERABLES[0], About_the_work="With hours")
        await acts(stage, who, number, "Hand in", DELIVERABLES[1], About_the_work="A page")
    await stage.tick(days=20)
    found = unasked_pieces(stage)
    assert list(alike(found)) == []
    assert {status for (status,) in stage.rows(select(Placement.status))} == {"completed"}
    assert len({piece.key.partition(":")[0] for piece in found}) > 10


@pytest.mark.soak
async def test_what_follows_where_no_one_answers_names_which_is_meant(stage: Stage) -> None:
    """Two check-ins in vain and a missed date of each: the coordinators' tasks, and what both sides read."""
    await at_work(stage, weeks=4)
    await stage.to(at(5, 10))
    found = unasked_pieces(stage)
    assert list(alike(found)) == []
    keys = {piece.key.partition(":")[0] for piece in found if piece.to == "coordinators"}
    assert keys == {"kickoff", "overdue", "silent", "silent-employer"}


async def test_two_messages_are_known_from_each_other(stage: Stage) -> None:
    """What the writer reads of one that needs no answer, and the coordinators of two that are reported."""
    await posted(stage, "ada", title=MAP)
    ada = stage.person("ada")
    for words in ("Do you know QGIS?", "Do you know Python?"):
        await writes(stage, words)
        await ada.presses("No answer needed", on=words)
        await ada.presses("Report", on=words)
        await stage.tick(hours=1)
    found = unasked_pieces(stage)
    assert list(alike(found)) == []
    counted = [piece.key.partition(":")[0] for piece in found]
    assert (counted.count("question-closed"), counted.count("report")) == (2, 4)

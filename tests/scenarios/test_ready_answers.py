"""Answers to tap, as people of several languages give, read and edit them."""

from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.chat.answers.terms import stored_term
from bot.chat.language import ENGLISH, Language
from bot.chat.languages import PSEUDO, language_for
from bot.programme.projects.ready_answers import CONTACTS, DELIVERABLES, REASONS, WHOLE_WORK, contact_by
from storage.tables import Application, Deliverable, Milestone, Project, conversations
from tests.support.projects import posted
from tests.support.stage import Stage

pytestmark = pytest.mark.stage(programme={"fee_floor_cents": 2000})

PAGE = {
    "Title": "E-bike market map",
    "What is wanted": "We rent e-bikes in three cities. Find out who else does and what they charge.",
    "Deliverables": "to be defined",
    "Estimated hours": "20",
    "Application deadline": "next Friday",
}
OTHER = language_for(PSEUDO)
TAPPED = {
    "deliverables": DELIVERABLES[1],
    "unpaid_reason": REASONS[0],
    "contact": contact_by("Marta Ruiz", CONTACTS[1]),
}
TERMS = {name: stored_term(answer) for name, answer in TAPPED.items()}


async def taps(stage: Stage) -> None:
    """Marta posts a project and takes what is suggested."""
    marta = stage.person("marta")
    await marta.uses("/project post")
    await marta.fills(PAGE)
    for label in ("A slide deck of about 10 slides", "It counts for course credit", "I do, twice a week"):
        await marta.presses(label)


def project(stage: Stage) -> Row[*tuple[Any, ...]]:
    """The newest project's row."""
    row: Row[*tuple[Any, ...]] = stage.rows(select(Project.__table__).order_by(Project.id.desc()))[0]
    return row


async def test_a_tapped_answer_is_a_term_in_the_draft_and_in_the_project(stage: Stage) -> None:
    """With its values, and not in the words that were on the button."""
    await taps(stage)
    ((draft,),) = stage.rows(select(conversations.c.draft))
    assert {name: draft["answers"][name]["value"] for name in TERMS} == TERMS
    await stage.person("marta").presses("Publish")
    row = project(stage)
    assert (row.unpaid_reason, row.contact) == (TERMS["unpaid_reason"], TERMS["contact"])
    assert stage.rows(select(Deliverable.title)) == [(TERMS["deliverables"],)]
    assert "slide deck of about 10 slides" in row.search


@pytest.mark.soak
@pytest.mark.parametrize("language", [ENGLISH, OTHER], ids=["English", "another language"])
async def test_a_tapped_answer_is_read_in_the_readers_language(stage: Stage, language: Language) -> None:
    """Whatever language it was taken in."""
    await taps(stage)
    await stage.person("marta").presses("Publish")
    stage.languages["ben"] = language.tag
    await stage.person("ben").uses("/project show e-bike", "spring")
    shown = stage.screen("ben", "spring")
    for answer in TAPPED.values():
        assert language.text(answer.said) in shown


@pytest.mark.soak
async def test_an_edit_shows_the_answers_in_the_editors_language_and_keeps_them(stage: Stage) -> None:
    """What is sent as it was is the same Term; a line of their own stays beside it."""
    await taps(stage)
    marta = stage.person("marta")
    await marta.presses("Publish")
    stage.languages["marta"] = PSEUDO
    await marta.uses("/project edit e-bike")
    await marta.presses(OTHER.text("The project"))
    opened = marta.form
    assert opened is not None
    seen = OTHER.text(DELIVERABLES[1].said)
    assert opened.values["deliverables"] == seen
    await marta.fills({"deliverables": f"{seen}\nA map"})
    await marta.presses(OTHER.text("Save changes"))
    assert stage.rows(select(Deliverable.title)) == [(TERMS["deliverables"],), ("A map",)]
    assert (project(stage).unpaid_reason, project(stage).contact) == (
        TERMS["unpaid_reason"],
        TERMS["contact"],
    )


@pytest.mark.soak
async def test_a_kind_reason_is_a_term_that_the_student_reads_in_their_language(stage: Stage) -> None:
    """The employer picks it in English; what they add in their own words stays as they wrote it."""
    await posted(stage, "ada")
    stage.languages["ada"] = PSEUDO
    await stage.person("ada").uses("/applications", "spring")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "time", "In your own words": "Your map was the clearest."})
    await stage.tick(minutes=10)
    ((reason,),) = stage.rows(select(Application.reason))
    assert reason.endswith('{"term":"time"}\x10\nYour map was the clearest.')
    said = stage.screen("ada")
    assert OTHER.text("The hours or dates of this project do not fit together with yours.") in said
    assert "Your map was the clearest." in said


async def test_a_project_that_names_no_deliverable_has_one_that_is_a_term(stage: Stage) -> None:
    """The milestone of the whole work is read in the language of each side."""
    await posted(stage, "ada", deliverables="")
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=10)
    await ada.presses("Accept")
    assert stage.rows(select(Milestone.title)) == [(stored_term(WHOLE_WORK),)]
    assert "The finished work" in stage.screen("ada")
    stage.languages["ada"] = PSEUDO
    await ada.uses("/placement", "spring")
    assert OTHER.text(WHOLE_WORK.said) in stage.screen("ada", "spring")

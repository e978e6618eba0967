"""Forms of a company that were opened before their person left it: the right when they are sent counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from sqlalchemy import func, select

from adapters.terminal.scripted_user import ScriptedUser
from storage.tables import (
    Application,
    CheckIn,
    Company,
    Letter,
    Milestone,
    Person,
    Placement,
    Project,
    ProjectVersion,
    Submission,
)
from tests.scenarios.test_placement_times import hands_in, place
from tests.scenarios.test_projects import PAGE
from tests.support.cases import AnyStage
from tests.support.projects import posted
from tests.support.stage import Stage

Act = Callable[[ScriptedUser], Awaitable[None]]


async def _edits(marta: ScriptedUser) -> None:
    await marta.uses("/project edit 1")
    await marta.says("edit Title")
    await marta.says("A title by a person who left")


async def _of_placement(marta: ScriptedUser, button: str, *then: str) -> None:
    await marta.uses("/placement")
    await marta.presses(button, on="Placement #1")
    for each in then:
        await marta.presses(each)


async def _page(marta: ScriptedUser) -> None:
    await marta.uses("/employer show")
    await marta.presses("Edit")


OPENED: Final[dict[str, tuple[Act, dict[str, str] | str]]] = {
    "an edit": (_edits, "Save changes"),
    "a post": (lambda marta: marta.uses("/project post"), PAGE),
    "changes to work": (
        lambda marta: _of_placement(marta, "Ask for changes"),
        {"What should change": "Please add the opening hours."},
    ),
    "another date": (
        lambda marta: _of_placement(marta, "Move a date", "2. A one-page summary"),
        {"New date": "20 May 2026", "Reason": "It suits us better."},
    ),
    "an early end": (lambda marta: _of_placement(marta, "End it early"), {"Reason": "We stop."}),
    "a message": (
        lambda marta: _of_placement(marta, "Write to the student"),
        {"Your message": "Hello again."},
    ),
    "a new colleague": (lambda marta: marta.uses("/employer invite"), {"Person": "@chi"}),
    "a company page": (_page, {"What it does": "We draw other maps."}),
}
"""How each form is opened, and what is filled in or pressed to send it."""


def _kept(stage: AnyStage) -> dict[str, object]:
    """What these forms change, as it is stored."""
    rows = stage.rows
    return {
        "projects": rows(select(Project.title, Project.status, Project.company_id).order_by(Project.id)),
        "versions": rows(select(func.count()).select_from(ProjectVersion)),
        "applications": rows(select(Application.status).order_by(Application.id)),
        "placements": rows(select(Placement.status).order_by(Placement.id)),
        "work": rows(select(Milestone.status, Milestone.due_at).order_by(Milestone.id)),
        "answers": rows(select(Submission.status, Submission.feedback).order_by(Submission.id)),
        "check-ins": rows(select(CheckIn.answer, CheckIn.line).order_by(CheckIn.id)),
        "messages": rows(select(func.count()).select_from(Letter)),
        "companies": rows(select(Company.__table__).order_by(Company.id)),
        "people": rows(select(Person.company_id, Person.company_part).order_by(Person.id)),
    }


@pytest.mark.parametrize("form", sorted(OPENED))
async def test_an_old_form_of_a_person_who_left_changes_nothing(stage: Stage, form: str) -> None:
    """It is refused with the reason, however it was opened."""
    await place(stage)
    await hands_in(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    opens, sent = OPENED[form]
    await opens(marta)
    await cora.uses("/employer remove @marta")
    before = _kept(stage)
    if isinstance(sent, str):
        await marta.presses(sent)
    else:
        await marta.fills(sent)
    assert _kept(stage) == before


async def test_a_person_of_another_company_cannot_post_for_one_whose_people_have_left(stage: Stage) -> None:
    """Marta works for Birch Labs now: an old draft for Acme Maps, which has no people left, is not posted."""
    await posted(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/project post")
    await marta.fills(PAGE)
    await marta.presses("It counts for course credit")
    await marta.says("edit Company")
    await marta.says("Acme Maps")
    await cora.uses("/employer remove @marta")
    await cora.uses("/employer invite @marta company:Birch Labs")
    before = _kept(stage)
    await marta.presses("Publish", on="Acme Maps")
    assert "Acme Maps is not your company here." in stage.screen("marta")
    assert _kept(stage)["projects"] == before["projects"]

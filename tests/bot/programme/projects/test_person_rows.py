"""What a person who leaves looked after, and who looks after it now."""

import pytest

from bot.chat.content import message
from bot.chat.rendering.plain_text import plain_text
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.people import give_role
from bot.programme.projects.person_rows import PARTS
from storage.tables import Cohort, Company, Person
from tests.support.projects import project_row, seed_application


@pytest.mark.parametrize(
    ("colleague", "applies", "said"),
    [
        (False, False, "project Market map of repair shops\n"),
        (False, True, "project Market map of repair shops (to answer: 1, at work: 0)\n"),
        (True, False, "project Market map of repair shops, now looked after by Jo Park"),
        (
            True,
            True,
            "project Market map of repair shops (to answer: 1, at work: 0), now looked after by Jo Park",
        ),
    ],
)
def test_a_project_of_a_person_who_left_is_named(
    turn: Turn, colleague: bool, applies: bool, said: str
) -> None:
    """With what waits in it, and the colleague who looks after it now, if the company has another."""
    company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now)
    turn.session.add(company)
    turn.session.flush()
    marta, jo, ada = (
        Person(programme_id=turn.programme_id, name=name, company_id=of, created_at=turn.now)
        for name, of in (("Marta Ruiz", company.id), ("Jo Park", company.id), ("Ada Okafor", None))
    )
    turn.session.add_all([marta, jo, ada])
    turn.session.flush()
    spring = Cohort(
        programme_id=turn.programme_id,
        name="Spring 26",
        zone="Europe/London",
        digest_at="08:30",
        days_off=[],
        created_at=turn.now,
    )
    turn.session.add(spring)
    if colleague:
        give_role(turn, jo, "employer")
    marta.left_at = turn.now
    project = project_row(turn.work, marta, turn.now)
    move(turn, project, "open")
    if applies:
        seed_application(turn.work, project, ada, turn.now)
    (projects,) = [part for part in PARTS if part.noun == "projects"]
    assert callable(projects.on_left)
    assert said in f"{plain_text(message(*projects.on_left(turn, marta)))}\n"

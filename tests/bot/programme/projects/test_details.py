"""A project whole: what its post says of its fee, its places, its questions and its state."""

import pytest

from bot.chat.content import message
from bot.chat.rendering.plain_text import plain_text
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.projects.details import see_all, whole_post
from bot.programme.projects.display import short_line
from bot.programme.projects.preview import detail_blocks
from storage.tables import Company, Project
from storage.tables.values import OwnQuestion
from tests.support.projects import project_row


def made(turn: Turn, **columns: object) -> Project:
    """A project of a company without people."""
    turn.session.add(Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now))
    turn.session.flush()
    return project_row(turn.work, None, turn.now, **columns)


def post(turn: Turn, project: Project, left: int = 1) -> str:
    """What students read of it."""
    return plain_text(
        message(*(block for group in whole_post(turn, project, "Acme Maps", left) for block in group))
    )


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"places": 3}, "Fee: $400 for each intern\nPayment: who pays, and when, is not said"),
        ({"places": 3}, "ask before you apply\nPlaces: 1 of 3 left"),
        ({"fee_cents": None, "unpaid_reason": "course credit"}, "Fee: unpaid (course credit)\nPlaces: 1\n"),
        ({"fee_cents": None}, "Fee: unpaid\nPlaces"),
        ({"payer": "Acme"}, "Fee: $400 · paid by Acme\nPlaces"),
        ({"location": "Leeds", "contact": "Marta, daily"}, "Where: Leeds\n"),
        ({"contact": "Marta, daily"}, "Questions: Marta, daily"),
    ],
)
def test_a_fact_is_said_with_what_belongs_to_it(turn: Turn, columns: dict[str, object], said: str) -> None:
    """The fee for each of several interns or why there is none, the places that are left, the place."""
    assert said in post(turn, made(turn, **columns))


def test_each_own_question_says_what_it_asks_for(turn: Turn) -> None:
    """Numbered, with the kind of answer in brackets where that is not words."""
    asked = [OwnQuestion("text", "Why?"), OwnQuestion("choice", "Which day?", "", ("Monday", "Friday"))]
    asked += [OwnQuestion(kind, f"A {kind}") for kind in ("link", "file", "number", "date", "yes_no")]
    said = post(turn, made(turn, questions=asked))
    assert (
        "You will also be asked\n1. Why?\n2. Which day? (Monday / Friday)\n3. A link (a link)\n"
        "4. A file (a file)\n5. A number (a number)\n6. A date (a date)\n7. A yes_no (yes or no)"
    ) in said


def test_a_project_that_students_do_not_see_says_so(turn: Turn) -> None:
    """A draft is shown with its status in the place of what could be done."""
    said = plain_text(see_all(turn, made(turn)))
    assert said.endswith("Students do not see this project. Its status: draft.\n[The company]")


def test_a_line_says_when_applications_closed(turn: Turn) -> None:
    """In a list an open project whose deadline has passed names it as over."""
    project = made(turn, deadline_at=turn.now)
    move(turn, project, "open")
    said = plain_text(message(short_line(turn, project, None)))
    assert said.startswith(
        "Market map of repair shops · Acme Maps · 20 h · $400 · closed on Mon 9 March 2026"
    )


def test_the_preview_names_what_only_interns_will_see(turn: Turn) -> None:
    """Private details come last, under their own title."""
    said = plain_text(message(*detail_blocks(turn, made(turn), "Acme Maps", 1)))
    assert said.endswith("Only accepted interns will see this\nThe door code is 4711.")

"""The country in which a student lives: asked once, before they apply to a project that is not open to all.

Employers read neither the country nor that it was asked.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel

from bot.chat.actions import Action, OpenForm
from bot.chat.answers.countries import countries_in_words
from bot.chat.content import Block, Button, Buttons, Message, Plain, message, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed
from bot.programme import projects
from bot.programme.applications import news
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from storage.tables import Project

__all__ = ["FORM", "ask", "change_pressed", "country_form", "not_open", "save", "saved"]

FORM: Final = "country"
"""The form of a student's country; its subject is the project they apply to, "" where they only change it."""


class CountryAnswer(BaseModel):
    """Where a person lives."""

    country: Annotated[
        str,
        Ask(
            "In which country do you live?",
            label="Country",
            kind="country",
            example=Plain("Spain"),
            hint="I ask this once, and employers do not see it.",
        ),
    ]


def country_form(turn: Turn, subject: str) -> Form:
    """Return the form of a country, with the reason why it is asked."""
    students = projects.open_to(projects.shown_project(turn, subject)) if subject else None
    notice = say("This project is open to {students}.", students=students) if students is not None else ""
    return form_of(
        CountryAnswer,
        form_id=FORM,
        title="Where you live",
        submit=say("Save", context="dialog"),
        notice=notice,
    )


def ask(project: Project) -> OpenForm:
    """Ask the person who applies where they live."""
    return OpenForm(FORM, str(project.id))


def change_pressed(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Ask a person again where they live."""
    return [OpenForm(FORM)]


def save(turn: Turn, done: Completed) -> None:
    """Save the country that a person gave."""
    turn.person.country = str(done.values["country"])
    turn.session.flush()


def saved(turn: Turn) -> Message:
    """Return the country of the person who acts, as it is saved."""
    country = countries_in_words([turn.person.country or ""])
    said = text("You live in **{country}**. `/profile` shows it.", country=country)
    return message(said, Buttons((_change_button(),)))


def _change_button() -> Button:
    return Button("Change country", verbs.COUNTRY_CHANGE())


def not_open(turn: Turn, project: Project) -> list[Block]:
    """Return the kind refusal of a student who lives elsewhere, with projects that are open to them."""
    return [
        text(
            "**{project}** is open to {students}, and you live in {country}.",
            project=projects.title_part(project),
            students=projects.open_to(project) or say("all students"),
            country=countries_in_words([turn.person.country or ""]),
        ),
        *news.similar_blocks(turn, project, turn.person),
        Buttons((_change_button(),)),
    ]

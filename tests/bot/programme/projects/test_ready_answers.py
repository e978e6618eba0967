"""Answers to tap: stored by their English words, and read by each reader in their language."""

import pytest

from bot.chat.answers import Understood, read_answer
from bot.chat.content import Text, layout
from bot.chat.forms import asking
from bot.chat.language import ENGLISH, as_text
from bot.chat.languages import PSEUDO, language_for
from bot.chat.sentences import PersonName, Sentence
from bot.chat.values import replace
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverables import listed
from bot.programme.projects.form import post_form
from bot.programme.projects.ready_answers import (
    CONTACTS,
    DELIVERABLES,
    REASONS,
    WHOLE_WORK,
    name_in,
    shown_contact,
    shown_deliverable,
    shown_reason,
)
from storage.tables import Project
from storage.tables.values import WantedDeliverable
from tests.support.in_memory import begun

pytestmark = pytest.mark.turn(opened=begun)

STORED = (
    "A written summary of about two pages",
    "A slide deck of about ten slides",
    "A spreadsheet with sources and a short explanation",
    "The finished work",
    "it counts for course credit",
    "we are a non-profit and have no budget for it",
    "it is an open-source project of volunteers",
    ", within one working day",
    ", twice a week",
)
"""The words that are in databases."""

OTHER = language_for(PSEUDO)


def test_the_stored_words_stay_for_ever() -> None:
    """They are the keys of rows that every version has written, with buttons or without."""
    now = (*DELIVERABLES, WHOLE_WORK, *REASONS)
    assert (*(each.one for each in now), *(each.how for each in CONTACTS)) == STORED


@pytest.mark.parametrize("answer", [*DELIVERABLES, WHOLE_WORK, *REASONS], ids=lambda each: each.one)
def test_a_ready_answer_is_read_in_the_language_of_its_reader(answer: Sentence) -> None:
    """English is what is stored, in whatever row it is; another language has its own words."""
    shown = shown_reason(answer.one) if answer in REASONS else shown_deliverable(answer.one)
    assert ENGLISH.text(shown) == answer.one
    assert OTHER.text(shown) == OTHER.text(answer) != answer.one


def test_what_people_wrote_is_read_as_they_wrote_it() -> None:
    """Also where it only resembles a ready answer."""
    for words in ("a slide deck", "**A slide deck of about ten slides**", ""):
        assert OTHER.text(shown_deliverable(words)) == words
        assert OTHER.text(shown_reason(words)) == words


def test_a_list_has_its_ready_lines_in_the_language_of_the_reader(turn: Turn) -> None:
    """And the lines between as they are."""
    wanted = [WantedDeliverable(each) for each in (DELIVERABLES[0].one, "A map", DELIVERABLES[1].one)]
    words = f"- {DELIVERABLES[0].one}\n- A map\n- {DELIVERABLES[1].one}"
    assert as_text(Text(listed(turn, wanted, turn.person)).parts) == words
    in_other = OTHER.text(listed(turn, wanted, turn.person))
    assert in_other == f"- {OTHER.text(DELIVERABLES[0])}\n- A map\n- {OTHER.text(DELIVERABLES[1])}"


def test_a_contact_keeps_who_it_is(turn: Turn) -> None:
    """The writer's own name is a value with their id; other names and words are as they were written."""
    project = Project(contact=f"{turn.person.name}, twice a week", contact_by_id=turn.person.id)
    shown = shown_contact(turn, project)
    assert isinstance(shown, Sentence)
    named = shown.values["person"]
    assert isinstance(named, PersonName)
    assert (named.id, name_in(project.contact)) == (turn.person.id, turn.person.name)
    assert ENGLISH.text(shown) == project.contact
    assert OTHER.text(shown) == OTHER.text(CONTACTS[1].of(turn.person.name)) != project.contact
    project.contact = "Jo Park, within one working day"
    assert OTHER.text(shown_contact(turn, project)) == OTHER.text(CONTACTS[0].of("Jo Park"))
    project.contact = "Ask me on Fridays"
    assert OTHER.text(shown_contact(turn, project)) == "Ask me on Fridays"


@pytest.mark.parametrize("name", ["deliverables", "unpaid_reason", "contact"])
def test_a_ready_answer_is_stored_alike_whatever_language_it_is_read_in(turn: Turn, name: str) -> None:
    """Its stored words, and the words that the person sees in a field, are read as the same answer."""
    form = post_form(turn, "").in_language(OTHER)
    question = form.by_name[name]
    how = replace(asking(form, question, turn.now), min_length=None)
    assert question.ask.ready
    for each in question.ask.ready:
        seen = str(each.shown)
        assert seen != each.words
        assert read_answer(seen, how) == read_answer(each.words, how) == Understood(each.words, seen)
    own = read_answer("in my own words", how)
    assert own == Understood("in my own words", "in my own words")
    assert as_text(layout("{it}", it=seen)) == seen

"""The tables of what the bot's texts say of things leave no text out, and name none that is not there."""

import re
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.programme.core.lifecycle import LIFECYCLES
from storage.tables import Application, Milestone, Placement
from tests.support.claimed_fields import DATE_HOLES, OF_HOLES, PERSON_HOLES
from tests.support.claimed_statuses import OF_SENTENCES
from tests.support.unclaimed_values import BESIDE, LAYOUTS, UNCLAIMED, is_unclaimed

CATALOGUE = Path(__file__).parents[2] / "bot" / "locale" / "stint.pot"
WITH_FIELDS = (
    "{fee} · {time} · from {start} to {due}",
    "**{student}** with **{company}**, {start} to {end}",
)
"""Layouts, which no catalogue has, that say a field."""


def texts() -> list[str]:
    """Every text of the bot, in its first form, and the layouts with a day."""
    with CATALOGUE.open("rb") as file:
        ids = [each.id for each in read_po(file) if each.id]
    return [*WITH_FIELDS, *LAYOUTS, *(each if isinstance(each, str) else each[0] for each in ids)]


def test_each_text_with_a_date_or_a_responsible_person_is_in_a_table() -> None:
    """It says a field of a thing, or is listed with the reason why it says none."""
    claimed = list(chain.from_iterable(OF_HOLES.values()))
    open_ones = [
        (text, hole)
        for text in texts()
        for hole in sorted(set(re.findall(r"\{(\w+)\}", text)) & (DATE_HOLES | PERSON_HOLES))
        if not is_unclaimed(text, hole)
        and not any(text.startswith(begins) and hole == at for begins, at in claimed)
    ]
    assert open_ones == []


def test_each_line_of_the_tables_is_of_a_text() -> None:
    """A text that was reworded or taken away leaves no line behind."""
    known = texts()
    of_holes = set(chain.from_iterable((*OF_HOLES.values(), *BESIDE.values())))
    of_sentences = {each for values in OF_SENTENCES.values() for found in values.values() for each in found}
    gone = [
        each
        for each in of_sentences | set(chain.from_iterable(UNCLAIMED.values()))
        if not _is_of(each, known)
    ]
    gone += [
        begins
        for begins, hole in of_holes
        if not any(text.startswith(begins) and f"{{{hole}}}" in text for text in known)
    ]
    assert sorted(gone) == []


def _is_of(begins: str, known: list[str]) -> bool:
    return any(text.startswith(begins) for text in known)


@pytest.mark.parametrize("noun", [Application, Milestone, Placement])
def test_each_status_of_a_student_s_things_is_said_by_a_text(noun: type) -> None:
    """Of an application, a deliverable and a placement each status has a text that claims it."""
    claimed = OF_SENTENCES[noun.__name__.lower(), "status"]
    terms = {"active": "under way", "ended": "ended early"}
    _, statuses = LIFECYCLES[noun]
    assert {terms.get(each, each) for each in statuses} - set(claimed) <= {"shortlisted"}

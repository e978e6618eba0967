"""The headings of a file's columns, and which field of a project each one is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.chat.sentences import Names, Wording, say

__all__ = ["CALLED", "FIELDS", "Headings", "field_named", "headings_of", "recognised"]

FIELDS: Final[dict[str, str]] = {
    "company": "company",
    "title": "title",
    "description": "brief",
    "brief": "brief",
    "deliverables": "deliverables",
    "skills": "skills",
    "url": "url",
    "link": "url",
    "hours": "hours",
    "deadline": "deadline",
    "fee": "fee",
    "unpaid_reason": "unpaid_reason",
    "payer": "payer",
    "pay_days": "pay_days",
    "weeks": "weeks",
    "places": "places",
    "start": "start",
    "decision": "decide",
    "field": "field",
    "location": "location",
    "contact": "contact",
    "private_details": "private_details",
    "questions": "questions",
    "countries": "countries",
    "cohorts": "cohorts",
}
"""What a column (or a default) may be called, in any case, with blanks or underscores: what it is."""

CALLED: Final = {"brief": "description", "decide": "decision"}
"""What a field is called to people, where that is not its own name."""

_ALSO: Final = {
    "company": "company name, organisation, organization, organisation name, employer, host, host company, "
    "client",
    "title": "project title, project name, name of the project, project, role title, position title, heading",
    "brief": "project description, summary, project summary, what is wanted, about the project, details, "
    "overview, scope",
    "deliverables": "deliverable, outputs, outcomes, expected outcomes, what is handed in, "
    "expected deliverables",
    "skills": "skills needed, skills required, required skills, skill, desired skills, preferred skills",
    "url": "website, web page, project link, more information",
    "hours": "estimated hours, total hours, number of hours, hours in total, time commitment, effort",
    "deadline": "application deadline, apply by, closing date, applications close, deadline to apply, "
    "due date, deadline for applications, last day to apply",
    "fee": "pay, payment, stipend, compensation, remuneration, amount, budget, total fee, honorarium",
    "unpaid_reason": "reason unpaid, why unpaid",
    "payer": "who pays, paid by",
    "pay_days": "days to pay, paid within days",
    "countries": "country, open to countries, eligible countries",
    "weeks": "duration, duration in weeks, number of weeks, length in weeks, project length",
    "places": "number of places, openings, positions, number of positions, number of students, spots, seats, "
    "vacancies, number of interns",
    "start": "start date, starts, starts on, project start, begins",
    "decide": "decision date, answer by, decision by, decide by, answers by",
    "field": "subject, subject area, area, industry, category, sector",
    "location": "city, place of work, where, remote or on site, work location",
    "contact": "contact person, contact email, who answers questions, questions to, supervisor",
    "private_details": "confidential details, only for accepted interns, details for accepted interns",
    "questions": "application questions, own questions, questions for applicants",
    "cohorts": "cohort, announce to, programme, group",
}
"""What else columns are called, by field."""

_KNOWN: Final = {name.replace("_", " "): field for name, field in FIELDS.items()} | {
    name: field for field, names in _ALSO.items() for name in names.split(", ")
}
_MISSPELT_LIKENESS: Final = 0.8
"""Likeness of two spellings from which on one is taken for a mistyped other."""

_FEWEST_LETTERS: Final = 5  # letters of a heading that may be mistyped; a shorter one is near too many words


@dataclass(frozen=True, slots=True)
class Headings:
    """The field of each column that is one.

    Attributes:
        fields: the field by the column's name, for every column that gives one.
        guessed: the columns that are called otherwise than in `FIELDS`. `kept`: those that are no field.
    """

    fields: Mapping[str, str]
    guessed: tuple[str, ...]
    kept: tuple[str, ...]

    def notes(self) -> list[Wording]:
        """Return how the columns are read, in sentences, as far as the file does not say it itself."""
        read = Names(tuple(f"“{name}” → {_called(self.fields[name])}" for name in self.guessed))
        kept = Names(tuple(f"“{name}”" for name in self.kept))
        notes: list[Wording] = []
        if self.guessed:
            notes.append(say("I read these columns like this: {columns}.", columns=read))
        if self.kept:
            notes.append(
                say("These columns are kept with each project as they are: {columns}.", columns=kept)
            )
        return notes


def field_named(name: str) -> str | None:
    """Return the field that a name in `FIELDS` means, in any case, with blanks or underscores."""
    return FIELDS.get("_".join(name.casefold().replace("_", " ").split()))


def headings_of(columns: Iterable[str]) -> Headings:
    """Find each column's field; a name that is exact goes before one that is only like a field's.

    Two columns called for one field (“brief” and “description”) both have it; a guess never takes a field
    that another column is called by.
    """
    names = list(dict.fromkeys(columns))
    fields = {name: field for name in names if (field := field_named(name))}
    guessed: list[str] = []
    for find in (_also, _mistyped):
        for name in names:
            if name not in fields and (field := find(name)) and field not in fields.values():
                fields[name] = field
                guessed.append(name)
    return Headings(fields, tuple(guessed), tuple(name for name in names if name not in fields))


def recognised(names: Iterable[str]) -> int:
    """Return how many of these names head a column that is known."""
    return len(headings_of(names).fields)


def _also(name: str) -> str | None:
    return _KNOWN.get(_plain(name))


def _mistyped(name: str) -> str | None:
    plain = _plain(name)
    if len(plain) < _FEWEST_LETTERS:
        return None
    near = process.extractOne(
        plain, list(_KNOWN), scorer=OSA.normalized_similarity, score_cutoff=_MISSPELT_LIKENESS
    )
    return _KNOWN[near[0]] if near else None


def _plain(name: str) -> str:
    """Return a heading in small letters, without brackets and their contents, signs and a leading article."""
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", name.casefold())
    words = re.sub(r"[^\w]+", " ", bare.replace("_", " ")).split()
    return " ".join(words[1:] if words[:1] in (["the"], ["your"]) else words)


def _called(field: str) -> str:
    return CALLED.get(field, field).replace("_", " ")

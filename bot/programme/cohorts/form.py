"""A cohort as a form: one page, so that it is done when it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from annotated_types import MaxLen
from pydantic import BaseModel

from bot.chat.answers import JSONValue, Option
from bot.chat.answers.days_off import days_off_as_typed, read_days_off
from bot.chat.answers.model import Unreadable
from bot.chat.answers.time_of_day import read_time
from bot.chat.answers.zone_names import read_zone_name
from bot.chat.content import Plain, say
from bot.chat.forms import Ask, Form, form_of
from bot.chat.numbers import is_digits
from bot.chat.sentences import Sentence
from bot.chat.values import replace
from bot.programme.cohorts.lookup import cohort_of
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Cohort

__all__ = ["FORM", "Wanted", "cohort_form", "read_wanted"]

FORM: Final = "cohort"


class CohortAnswers(BaseModel):
    """What a cohort is, as a coordinator answers it."""

    name: Annotated[str, MaxLen(80), Ask("What is the cohort called?", label="Name", example="Spring 26")]
    zone: Annotated[
        str | None, Ask("Which time zone does it live in?", label="Time zone", kind="zone", example="Berlin")
    ] = None
    digest: Annotated[
        str, Ask("When should the daily digest come?", label="Digest time", example=Plain("09:00"))
    ] = "09:00"
    days_off: Annotated[
        str, Ask("On which days should there be no digest?", label="Days off", example="Sat, Sun, 24 Dec")
    ] = "none"
    open: Annotated[
        Literal["yes", "no"],
        Ask(
            "Who may join?",
            label="Who may join",
            kind="choice",
            options=(
                Option(
                    "yes",
                    "Open: students who apply from its channel are in",
                    earlier="Open: whoever applies from its channel is in",
                ),
                Option("no", "Closed: a coordinator admits each student"),
            ),
        ),
    ] = "yes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cohort as wanted, read and checked; None leaves a value as it is."""

    name: str | None = None
    zone: str | None = None
    digest: str | None = None
    days_off: list[str] | None = None
    open: bool | None = None


def cohort_form(turn: Turn, subject: str) -> Form:
    """Return the form for a cohort's id, filled with its present values; another subject is a new cohort.

    Raises:
        Declined: the person is no coordinator, or there is no such cohort.
    """
    require_role(turn, "coordinator")
    cohort = cohort_of(turn, subject) if is_digits(subject) else None
    made = form_of(
        CohortAnswers,
        form_id=FORM,
        title="Edit cohort" if cohort else "New cohort",
        submit=say("Save", context="dialog") if cohort else "Create",
        zone=cohort.zone if cohort else turn.programme.zone,
    )
    known = _values(cohort) if cohort else {"zone": turn.programme.zone}
    questions = (
        replace(q, default=known[q.name], required=False) if q.name in known else q for q in made.questions
    )
    return replace(made, questions=tuple(questions))


def _values(cohort: Cohort) -> dict[str, JSONValue]:
    return {
        "name": cohort.name,
        "zone": cohort.zone,
        "digest": cohort.digest_at,
        "days_off": days_off_as_typed(cohort.days_off),
        "open": "yes" if cohort.open else "no",
    }


def read_wanted(turn: Turn, given: dict[str, str]) -> tuple[Wanted, dict[str, Sentence]]:
    """Return what was typed, by name, read leniently; and a reason for each value that could not be read."""
    readers: dict[str, Callable[[str], Any]] = {
        "name": lambda typed: " ".join(typed.split())[:80],
        "zone": lambda typed: read_zone_name(typed, turn.now),
        "digest": read_time,
        "days_off": lambda typed: read_days_off(typed, turn.programme.zone, turn.now),
        "open": lambda typed: typed.casefold() in {"open", "yes", "y", "true", "on"},
    }
    found: dict[str, Any] = {}
    errors: dict[str, Sentence] = {}
    for name, reader in readers.items():
        typed = given.get(name, "").strip()
        try:
            found[name] = reader(typed) if typed else None
        except Unreadable as unreadable:
            errors[name] = unreadable.reason
    return Wanted(**found), errors

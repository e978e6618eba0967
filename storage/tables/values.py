"""The Structs that columns keep as JSON: the annotations are its shape, which rows of every version have.

A key is never renamed. One that came later has a default, and is left out while it has nothing to say.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "Agreement",
    "CodePayload",
    "CohortRef",
    "Contact",
    "GivenAnswer",
    "HeldDecision",
    "Level",
    "OwnQuestion",
    "ProjectFields",
    "RuleState",
    "TunedRule",
    "WantedDeliverable",
]

Level = Literal["open", "team", "agreement"]
"""Who may read a part of a project: everybody who may see it, its accepted interns, or those interns who
accepted the company's agreement; there are no agreements yet, so the last is read by its makers only."""

RuleState = Literal["stop", "suggestion", "off"]
"""What a rule of the scope check does: only a coordinator publishes over a stop, anyone over a suggestion."""


class GivenAnswer(Struct, frozen=True, omit_defaults=True):
    """An answer in an application: to which question, and what was said.

    Attributes:
        label: the question in a few words; `prompt`: as its reader sees it, "" in rows that have no such key.
        kind: the question's kind (`bot.chat.answers.Kind`), which says what `value` is.
        value: any JSON, None once it is erased; `shown`: the same in words, "" once it is erased. Readers get
            the label and the words that the question has now, and these where it has changed since.
        fingerprint: which question it was, whatever its name.
    """

    name: str
    label: str
    kind: str
    value: Any
    shown: str
    fingerprint: str
    prompt: str = ""


class HeldDecision(Struct, frozen=True, omit_defaults=True):
    """A decision that can still be undone; `left`: the message with its Undo shows something else by now."""

    status: Literal["offered", "not_selected"]
    reason: str
    left: bool = False


class Agreement(Struct, frozen=True):
    """What a student agreed to by applying: its name, its text as it was read, and when (UTC)."""

    name: str
    text: str
    at: datetime


class OwnQuestion(Struct, frozen=True):
    """A question of the employer's own; `options` are what there is to choose from, for the kind "choice".

    `name` depends on the prompt alone.
    """

    kind: str
    prompt: str
    name: str = ""
    options: tuple[str, ...] = ()


class Contact(Struct, frozen=True):
    """A platform, and when it was last reached (UTC)."""

    platform: str
    reached_at: datetime


class CohortRef(Struct, frozen=True):
    """A cohort that a project is announced to."""

    id: int


class WantedDeliverable(Struct, frozen=True, omit_defaults=True):
    """A deliverable as a project or terms name it.

    Attributes:
        done_when: what counts as done; "" where that was not said.
        after_days: due so many days after the start of the work; `due_on`: due on this date of the student's.
            Where neither is given it is due at the end of the work.
        first_step: either side may end the work without a reason once this was handed in.
    """

    title: str
    done_when: str = ""
    after_days: int | None = None
    due_on: date | None = None
    level: Level = "open"
    first_step: bool = False


class ProjectFields(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Some fields of a project, by the names of its columns; the others are UNSET."""

    title: str | UnsetType = UNSET
    brief: str | UnsetType = UNSET
    deliverables: list[WantedDeliverable] | UnsetType = UNSET
    hours: float | UnsetType = UNSET
    deadline_at: datetime | UnsetType = UNSET
    deadline_day: date | UnsetType | None = UNSET
    deadline_zone: str | UnsetType | None = UNSET
    company_id: int | UnsetType = UNSET
    field: str | UnsetType = UNSET
    location: str | UnsetType = UNSET
    skills: list[str] | UnsetType = UNSET
    weeks: int | UnsetType = UNSET
    fee_cents: int | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    unpaid_reason: str | UnsetType = UNSET
    places: int | UnsetType = UNSET
    starts_at: datetime | UnsetType = UNSET
    starts_day: date | UnsetType | None = UNSET
    starts_zone: str | UnsetType | None = UNSET
    decide_at: datetime | UnsetType = UNSET
    decide_day: date | UnsetType | None = UNSET
    decide_zone: str | UnsetType | None = UNSET
    contact: str | UnsetType = UNSET
    private_details: str | UnsetType = UNSET
    questions: list[OwnQuestion] | UnsetType = UNSET
    cohorts: list[CohortRef] | UnsetType = UNSET
    override_reason: str | UnsetType = UNSET
    payer: str | UnsetType = UNSET
    pay_days: int | UnsetType | None = UNSET
    countries: list[str] | UnsetType = UNSET
    fixed: list[str] | UnsetType = UNSET
    levels: dict[str, Level] | UnsetType = UNSET


class CodePayload(Struct, frozen=True, omit_defaults=True):
    """What a code keeps besides: the account (as text) that gave it, or the browser of an OAuth state.

    `company`: the id of the company whose own the space becomes that joins with it; 0 is none.
    """

    claimed: str = ""
    browser: str = ""
    company: int = 0


class TunedRule(Struct, frozen=True, omit_defaults=True):
    """A rule of the scope check as a programme tuned it (`projects/scope_rules`).

    Attributes:
        reason: why, in the coordinator's words, which employers read.
        limit, words: None where they are as they are shipped.
    """

    state: RuleState
    reason: str
    limit: int | None = None
    words: tuple[str, ...] | None = None

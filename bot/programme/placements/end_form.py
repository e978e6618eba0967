"""The form of an early end: who may end a placement, what is asked of them, and who reads what they write."""

from __future__ import annotations

from typing import Final

from bot.chat.answers import Option
from bot.chat.content import say
from bot.chat.forms import Ask, Form, Question
from bot.programme import projects
from bot.programme.applications import confidential
from bot.programme.applications.lookup import application_of
from bot.programme.core.turn import Turn
from bot.programme.people.reason_codes import ENDS
from bot.programme.placements.first_step import needs_no_reason
from bot.programme.placements.lookup import Who, must_not_be_paused, placement_of, sides, who_acts
from storage.tables import Person, Placement

__all__ = ["end_form", "who_ends", "why_readers"]

_SILENT: Final = "none"
_NOTICES: Final = {
    "student": "The company reads that you have ended it, and not what you write here.",
    "employer": "The student reads that you have ended it, and not what you write here.",
    "coordinator": "Both sides read that it has ended, and not what you write here.",
}
_READ_BY: Final = "Only the programme's coordinators read that."
_READ_BY_NO_PERSON: Final = (
    "No coordinator here could read it in confidence, so it waits until there is another coordinator."
)
_PROMPTS: Final = {
    "student": "Why does it end? Only the coordinators read this.",
    "employer": "Why does it end? Only the coordinators read this.",
    "coordinator": "Why does it end? The other coordinators read this.",
}
_KNOWN: Final = "No reason: the programme knows why"
_FREE: Final = "The first step was handed in, so either side may end it without a reason."
_EARLIER: Final = ("Why does it end? The other side and the coordinators see this.",)


def end_form(turn: Turn, subject: str) -> Form:
    """Return the form of an early end: why, for the coordinators; optionally a reason for the other side."""
    placement = placement_of(turn, subject)
    who = who_ends(turn, placement)
    free = needs_no_reason(turn, placement)
    read_by = say(_READ_BY) if why_readers(turn, placement, who) else say(_READ_BY_NO_PERSON)
    silent = "No reason" if free else _KNOWN
    options = [Option(_SILENT, silent, earlier=_KNOWN)]
    options += [Option(code, words) for code, words in ENDS.items()]
    return Form(
        "placement-end",
        "End it early",
        (
            Question(
                "reason",
                Ask(
                    _PROMPTS[who],
                    label="Reason",
                    kind="long",
                    hint=_FREE if free else "",
                    earlier=_EARLIER,
                ),
                required=not free,
                min_length=3,
                max_length=500,
            ),
            Question(
                "code",
                Ask(
                    "Which reason may the other side read?",
                    label="For the other side",
                    kind="choice",
                    options=tuple(options),
                ),
                required=False,
            ),
        ),
        notice=(say(_NOTICES[who]), "\n", read_by),
        submit="End it",
    )


def who_ends(turn: Turn, placement: Placement) -> Who:
    """Return the side of the person who acts, who may end the placement: a reviewer may not.

    Raises:
        Declined: the placement is not theirs, not theirs to end, or paused.
    """
    who = who_acts(turn, placement)
    if who != "student":
        projects.may_manage(turn, projects.project_of(turn, placement.project_id))
        must_not_be_paused(turn, placement)
    return who


def why_readers(turn: Turn, placement: Placement, who: Who) -> list[Person]:
    """Return the coordinators who read why, without the person who writes it."""
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    writes = turn.person if who == "employer" else both.student
    found = confidential.readers(turn, both.project, application, writes)
    return [reader for reader in found if reader.id != turn.person_id]

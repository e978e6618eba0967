"""Which value of which sentence says what of a thing: the noun, the field, and the sentences that say it.

A sentence is named by how its template begins. What else holds a day, a moment or a status is listed in
`EVENTS`: when something happened or a rule takes effect once, which is no field of a thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["EVENTS", "OF_HOLES", "OF_LABELS", "OTHER_LABELS", "changed_by"]

OF_HOLES: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("project", "deadline"): (
        ("Apply by {when}", "when"),
        ("**{project}** · {company} · {hours} h · {fee} · apply by {when}", "when"),
        ("Students can apply until {deadline}", "deadline"),
        ("Its dates moved along.", "deadline"),
        ("No student has applied for **{project}** yet. Applications close on {date}", "date"),
    ),
    ("project", "decide"): (
        ("Students can apply until {deadline}", "decision"),
        ("Its dates moved along.", "decide"),
        ("**{student}** applied to **{project}**. Your answer is expected by", "when"),
        ("One applicant waits for your answer on **{project}**. You promised it by", "when"),
        ("{count} applicants wait for your answer on **{project}**. You promised it by", "when"),
        ("{company} promises an answer by {when}. Whatever it is", "when"),
        ("**{project}** · {company}: the decision was due by {when}", "when"),
    ),
    ("project", "release"): (
        ("**{project}** · {company}: the decision was due by {when}", "release"),
        ("The decision date of **{project}** has passed.", "release"),
    ),
    ("project", "starts"): (("Its dates moved along.", "start"),),
    ("project", "owner"): (
        ("{person} looks after **{project}** for {company} now", "person"),
        ("{person} looks after **{project}** now", "person"),
    ),
    ("placement", "starts"): (
        ("{fee} · {time} · from {start} to {due}", "start"),
        ("**{student}** with **{company}**, {start} to {end}", "start"),
        ("**{project}** began on {date}, and no side", "date"),
    ),
    ("placement", "mentor"): (
        ("{mentor}, your mentor, reads your answer", "mentor"),
        ("**{mentor}** is your mentor for", "mentor"),
    ),
    ("milestone", "due"): (
        ("**{project}** is due by {date}", "date"),
        ("**{deliverable}** of **{student}** is due by {date} now", "date"),
        ("**{company}** has not answered, so the later date counts as agreed", "date"),
        ("**{student}** has not handed in all of **{project}**", "date"),
        ("The date for **{project}** has passed: {date}", "date"),
        ("**{student}** asks to move **{deliverable}** from {before} to {date}", "before"),
        ("**{student}** is late with **{project}**: not all that was due by", "date"),
        ("· {deliverable} · open, due by", "date"),
        ("→ {deliverable} · handed in, due by", "date"),
        ("✓ {deliverable} · accepted, due by", "date"),
        ("✓ {deliverable} · handed in, not reviewed, due by", "date"),
    ),
    ("milestone", "settlement"): (
        ("**{deliverable}** of **{student}** in **{project}** waits for your review", "when"),
        ("**{deliverable}** of **{student}** in **{project}** still waits for your review", "when"),
        ("An answer comes by {when} at the latest.", "when"),
    ),
    ("milestone", "request"): (
        ("**{student}** asks to move **{deliverable}** from {before} to {date}", "date"),
        ("Please answer by {until}: without an answer {date} counts as agreed", "date"),
    ),
    ("application", "offer"): (("Your offer for **{project}** runs out on {when}", "when"),),
}
"""By noun and field: how the template begins, and the hole of the value."""

OF_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "Apply by": ("project", "deadline"),
    "Starts": ("project", "starts"),
    "Answers due by": ("project", "decide"),
    "From": ("placement", "starts"),
    "Status": ("placement", "status"),
    "Mentor": ("placement", "mentor"),
    "Answer by": ("application", "offer"),
}
"""By the label of a row of a card: the noun and the field of its value."""

OTHER_LABELS: Final = ("Due", "Done by", "Known since", "Away until")
"""Labels of rows whose days are no field of one thing: the last date of several deliverables, a person's."""

EVENTS: Final = (
    "{cohort}: projects on {day}",
    "Sent to {company} on {when}",
    "It ended on {date}",
    "**{project}** · {company} has waited for an approval since {since}",
    "I am sorry: you have no answer yet in your case. It was promised by",
    "The offer for **{project}** to **{student}** is made",
    "You can tell your side until {day}",
    "The week of {day}",
    "Your case about **{project}** was closed on",
    "{person} is away until {day}",
    "{day}",
    "{fee} · {time} · from {start} to {due}",
    "**{student}** with **{company}**, {start} to {end}",
    "Since {when}",
    "**{deliverable}** of **{student}** in **{project}** is settled, because no answer came",
    "**{person}** (coordinator) has ended the work on **{project}** on",
    "**{student}** accepted your offer for **{project}**. The work is due by",
    "**{student}** · **{project}** · deliverables done:",
    "Please answer by {until}",
    "You are the mentor of **{student}** now",
)
"""How sentences begin whose days and moments are no field of a thing."""

_CHANGED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "release": ("decide",),
    "settlement": ("status",),
    "request": ("status", "due"),
    "offer": ("status", "until"),
    "mentor": ("status",),
}


def changed_by(field: str) -> tuple[str, ...]:
    """Return the changes of the history after which a field has another value."""
    return _CHANGED_BY.get(field, (field,))

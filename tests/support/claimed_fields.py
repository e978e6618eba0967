"""Which value of which sentence says what of a thing: the noun, the field, and the sentences that say it.

A sentence is named by how its template begins. `tests/programmes/test_claimed_fields.py` holds the tables to
the bot's texts: each hole for a date or for a person who is responsible is in `OF_HOLES`, or its text in
`tests/support/unclaimed_values.py` with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["DATE_HOLES", "OF_HOLES", "OF_LABELS", "OTHER_LABELS", "PERSON_HOLES", "changed_by"]

DATE_HOLES: Final = frozenset(
    {
        *("after", "at", "before", "begins", "date", "day", "deadline", "decide", "decision", "due", "end"),
        *("ends", "goes", "posted", "release", "since", "start", "until", "when", "written"),
    }
)
"""The names of holes for days and instants."""

PERSON_HOLES: Final = frozenset({"cover", "deputy", "mentor", "owner"})
"""The names of holes for a person who is responsible."""

OF_HOLES: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("project", "deadline"): (
        ("Apply by {when}", "when"),
        ("**{project}** · {company} · {hours} h · {fee} · apply by {when}", "when"),
        ("**{project}** · {company} · {hours} h · {fee} · closed on {when}", "when"),
        ("Students can apply until {deadline}", "deadline"),
        ("Students can still apply until {when}", "when"),
        ("Its dates moved along.", "deadline"),
        ("No student has applied for **{project}** yet. Applications close on {date}", "date"),
        ("Applications for **{project}** close soon, on {date}", "date"),
        ("Applications for **{project}** closed on {when}", "when"),
        ("Applications to **{project}**: until {when}", "when"),
        ("Saved: **{project}**", "when"),
        ("You saved **{project}**. Apply by {when}", "when"),
        ("Your draft for **{project}** was closed at its earlier deadline", "when"),
    ),
    ("project", "decide"): (
        ("Students can apply until {deadline}", "decision"),
        ("Its dates moved along.", "decide"),
        ("**{student}** applied to **{project}**. Your answer is expected by", "when"),
        ("One applicant waits for your answer on **{project}**. You promised it by", "when"),
        ("{company} promises an answer by {when}. Whatever it is", "when"),
        ("**{project}** · {company}: the decision was due by {when}", "when"),
        ("**{project}** is closed. One applicant waits for your answer, by {when}", "when"),
        ("- **{project}** · no applicant waits, decide by {when}", "when"),
        ("- **{project}** · {count} applicant waits, decide by {when}", "when"),
        ("Answers to the applicants of **{project}**: by {when}", "when"),
        ("The answers are promised by {when} now", "when"),
        ("You promised an answer to everyone who applied by {when}", "when"),
        ("With {company} since {since}, answered by {when} at the latest", "when"),
    ),
    ("project", "release"): (
        ("**{project}** · {company}: the decision was due by {when}", "release"),
        ("The decision date of **{project}** has passed.", "release"),
    ),
    ("project", "starts"): (("Its dates moved along.", "start"),),
    ("project", "owner"): (
        ("{person} looks after **{project}** for {company} now", "person"),
        ("{person} looks after **{project}** now", "person"),
        ("{person} looks after **{project}** already", "person"),
        ("**{project}** is looked after by {person} now", "person"),
        ("Undone: {person} looks after **{project}** again", "person"),
        ("I am sending that to **{owner}**", "owner"),
        ("I am sending your reason to **{owner}**", "owner"),
        ("- project **{project}**, now looked after by {deputy}", "deputy"),
        ("- project **{project}** (to answer: {applicants}, at work: {interns}), now", "deputy"),
    ),
    ("placement", "starts"): (
        ("{fee} · {time} · from {start} to {due}", "start"),
        ("**{student}** with **{company}**, {start} to {end}", "start"),
        ("**{project}** began on {date}, and no side", "date"),
        ("You accepted. It started on {when}", "when"),
        ("You accepted. It starts on {when}", "when"),
    ),
    ("placement", "due"): (
        ("You accepted. The work is due by {when}", "when"),
        ("**{student}** accepted your offer for **{project}**. The work is due by", "date"),
    ),
    ("placement", "kickoff"): (("A first talk about **{project}**: by {when}", "when"),),
    ("placement", "mentor"): (
        ("{mentor}, your mentor, reads your answer", "mentor"),
        ("**{mentor}** is your mentor for", "mentor"),
        ("**{mentor}** is the mentor of **{student}** now", "mentor"),
        ("The coordinators and {mentor}, your mentor, see this", "mentor"),
        ("{mentor} reads your dates", "mentor"),
        ("{mentor}, last talked on {when}", "mentor"),
    ),
    ("milestone", "due"): (
        ("**{project}** is due by {date}", "date"),
        ("**{deliverable}** of **{student}** in **{project}** is due by {date} now", "date"),
        ("**{deliverable}** in **{project}**: due by {when}", "when"),
        ("**{company}** has not answered, so the later date counts as agreed", "date"),
        ("No answer came about another date of **{deliverable}**", "date"),
        ("**{student}** has not handed in all of **{project}**", "date"),
        ("The date for **{project}** has passed: {date}", "date"),
        ("**{student}** asks to move **{deliverable}** in **{project}** from {before} to {date}", "before"),
        ("**{student}** is late with **{project}**: not all that was due by", "date"),
        ("**{student}** agrees: **{deliverable}** in **{project}** is due by {date}", "date"),
        ("**{student}** keeps the date: **{deliverable}** in **{project}** is due by {date}", "date"),
        ("Agreed: {date}", "date"),
        ("Moved to {date}", "date"),
        ("The date of **{deliverable}** in **{project}** has moved to {date}", "date"),
        ("The date of **{deliverable}** in **{project}** stays as it is: {date}", "date"),
        ("The employer has not answered about another date of **{deliverable}**", "date"),
        ("The new version is due by {date}", "date"),
        ("- {deliverable}, due on {date}", "date"),
        ("{person} moved the date of **{deliverable}** of **{student}** in **{project}** to {date}", "date"),
        ("{company} would like to have **{deliverable}** in **{project}** earlier", "before"),
        ("· {deliverable} · open, due by", "date"),
        ("→ {deliverable} · handed in, due by", "date"),
        ("✓ {deliverable} · accepted, due by", "date"),
        ("✓ {deliverable} · handed in, not reviewed, due by", "date"),
    ),
    ("milestone", "settlement"): (
        ("**{deliverable}** of **{student}** in **{project}** waits for your review", "when"),
        ("**{deliverable}** of **{student}** in **{project}** still waits for your review", "when"),
        ("An answer comes by {when} at the latest.", "when"),
        ("The review of **{deliverable}** in **{project}**: by {when}", "when"),
        ("→ {deliverable} · with {company} since {since}, answered by {when}", "when"),
    ),
    ("milestone", "request"): (
        ("**{student}** asks to move **{deliverable}** in **{project}** from {before} to {date}", "date"),
        ("{company} would like to have **{deliverable}** in **{project}** earlier", "date"),
        ("Another date is asked for: {date}", "date"),
    ),
    ("milestone", "silence"): (
        ("Please answer by {until}: without an answer {date} counts as agreed", "date"),
        ("I am asking the employer. Without an answer by {until}, {date} counts as agreed", "date"),
    ),
    ("milestone", "answer"): (
        ("Please answer by {until}: without an answer {date} counts as agreed", "until"),
        ("Please answer by {until}: without an answer I ask a coordinator", "until"),
        ("I am asking the employer. Without an answer by {until}", "until"),
        ("You marked this date as one that cannot move", "until"),
        ("The answer about another date for **{deliverable}**", "when"),
    ),
    ("application", "offer"): (
        ("Your offer for **{project}** runs out on {when}", "when"),
        ("Your offer for **{project}** ran out on {when}", "when"),
        ("You have an offer. Please answer by {when}", "when"),
        ("You have had one more day for this offer already", "when"),
        ("You have one more day for **{project}**", "when"),
        ("The answer to the offer for **{project}**: by {when}", "when"),
        ("**{student}** takes one more day to think about your offer", "when"),
        ("Accept it as it is now, or decline it. You have time until {when}", "when"),
    ),
    ("application", "promised"): (
        ("{company} promised you an answer on **{project}** by {when} and gave none", "when"),
        ("{company} gave no answer by {when}, so I released you", "when"),
        ("It comes late: you were promised an answer by {when}", "when"),
    ),
    ("application", "late place"): (
        ("If they come back by {when} with a place", "when"),
        ("Good. If a place in **{project}** comes by {when}", "when"),
        ("{company} gave no answer in time, so I released you. A place that comes by", "when"),
        ("released, still wants a place by {when}", "when"),
    ),
    ("absence", "until"): (
        ("{person} is away until {day}", "day"),
        ("{person}, away until {day}", "day"),
        ("**{person}** is away until {day}", "day"),
        ("**{project}** still waits for approval: no coordinator has looked at it yet. {person} is", "day"),
        (
            "You still wait to be admitted to **{cohort}**: no coordinator has answered yet. {person} is",
            "day",
        ),
    ),
    ("absence", "cover"): (("{person} is away until {day}; {cover} reads this", "cover"),),
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

_CHANGED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "answer": ("asked", "kept", "due", "status"),
    "cover": ("away", "back"),
    "due": ("due", "birth"),
    "late place": ("status",),
    "mentor": ("status", "birth"),
    "offer": ("status", "until"),
    "promised": ("status",),
    "reason": ("status",),
    "release": ("decide",),
    "request": ("asked", "kept", "status", "due"),
    "settlement": ("status",),
    "silence": ("asked", "kept", "status", "due"),
    "until": ("away", "back"),
}


def changed_by(field: str) -> tuple[str, ...]:
    """Return the changes of the history after which a field has another value."""
    return _CHANGED_BY.get(field, (field,))

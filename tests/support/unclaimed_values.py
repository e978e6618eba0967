"""Texts with a day, an instant or a responsible person that say no field of a thing, each with the reason.

A text is named by how its template begins, as in `tests/support/claimed_fields.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Final

__all__ = ["BESIDE", "LAYOUTS", "UNCLAIMED", "is_unclaimed"]

UNCLAIMED: Final[Mapping[str, tuple[str, ...]]] = {
    "when something happened, in the reader's own days": (
        "You had an offer of a place in **{project}**, and my message with it did not reach you",
        "**A change was asked for on {date}.**",
        "**{company}** has ended the work on **{project}** on {date}",
        "**{deliverable}** of **{student}** in **{project}** is settled, because no answer came",
        "**{person}** (coordinator) has ended the work on **{project}** on",
        "**{person}** asked you something about **{project}** on {day}",
        "**{person}** has not answered your message of {day}",
        "**{person}** takes your message of {when}",
        "**{project}** · {company} has waited for an approval since {since}",
        "**{project}** · {state} · sent on {when}",
        "**{reporter}** reported a message that **{writer}** wrote on {when}",
        "**{student}** · **{cohort}** · asked on {day}",
        "**{writer} (coordinator)**, {when}",
        "**{writer} (mentor)**, {when}",
        "**{writer}**, {when}",
        "**{writer}** asked **{reader}** something about **{project}** on {day}",
        "**{writer}** wrote this to **{reader}** about **{project}**, {when}",
        "- {day}: ",
        "- {person}, **{project}**, since {when}",
        "- {project}, on {when}",
        "Agreed to by applying, on {date}",
        "Answered on {day}",
        "As of {when}",
        "Check-in, {when}: {answer}",
        "Closed on {day}",
        "I could not be reached on {platform} from {since} until {until}",
        "I gave you “{file}” in our direct messages on {when}",
        "It ended on {date}",
        "It was copied on {date} from the project",
        "Messages about this are closed: it ended on {day}",
        "Sent to {company} on {when}",
        "Since {when}",
        "Taken back on {day}",
        "The programme was restored from a backup of",
        "The start you posted, {posted}, has passed",
        "The time to apply for **{project}** ended on {when}",
        "This report was answered already, on {day}",
        "This should have come on {due}",
        "This was done on {when}",
        "Version 1 was published on {when}",
        "Version {version}, ",
        "With {company} since {since}. You have an open case",
        "You accepted. The placement: {state}, {when}",
        "Your case about **{project}** was closed on",
        "Your case was closed on {day}",
        "Your report about **{project}** was closed on {day}",
        "after {when}",
        "by {person} on {date}",
        "on {date}",
        "{coordinator} answered this report already, on {day}",
        "→ With {company} since {since}",
    ),
    "what was before and what is, as the history has it": (
        "Another date was requested: {after}",
        "Answers are promised by {after}; before",
        "Applications can be sent until {after}; before",
        "Away until {after}",
        "Back before the day that was named",
        "Places: {after}; before",
        "The agreed date was kept",
        "The offer can be answered until {after}",
        "The rule “{rule}” of the scope check is now",
        "The work is due by {after}; before",
        "The work starts on {after}; before",
    ),
    "when the bot itself writes, or asks again: no field of a thing": (
        "An offer for **{project}** goes to **{student}** on {goes}",
        "Complete. It is sent once a coordinator admits you to {cohort}. With the coordinators since",
        "I am writing to all who have no quiet hours now",
        "Next on your waiting list: **{student}**",
        "Quiet hours last a little longer there",
        "The admission to **{cohort}**: by {when}",
        "The approval of **{project}**: by {when}",
        "The offer for **{project}** to **{student}** is made",
        "This goes to **{readers}** after quiet hours",
        "This goes to the coordinators after quiet hours",
        "Your answer goes to **{student}** on {goes}",
        "{message}, ",
        "{people} has quiet hours now",
        "{what}: ",
    ),
    "of a case, a report or a message, whose readers and subject no sentence names": (
        "An answer is promised by {day}",
        "I am sorry: you have no answer yet in your case. It was promised by",
        "Please answer {reporter} by {day}",
        "The answer in a case: by {when}",
        "The answer to a message about **{project}**: by {when}",
        "The answer to a report: by {when}",
        "You can answer until {day}",
        "You can tell your side until {day}",
        "You were promised one by {day}",
        "You will have an answer by {day}",
    ),
    "of several things, of which the text names only what they have in common": (
        "I have released one applicant from **{project}**, because no answer came by",
        "It is waited for until {day}. After that it counts as not handed in",
        "Release one applicant from **{project}** now?",
        "Until {when} you can still offer a place",
        "**{student}** · **{project}** · deliverables done:",
        "The employer has given more time since: the work is due by",
        "- **{project}** · {student} · {status}, due by {date}",
        "{company} · {status}, due by {date}. You are the mentor",
        "**{student}** with **{company}**, until {end}",
        "{place}. {student} · {state} · since {since}, answer by {when}",
    ),
    "of a draft, a question or a date that is being chosen": (
        "Can you give about {hours} hours between",
        "Decide by {when}",
        "I am quiet from {start} to {end}",
        "Not sent yet. It can be sent until {when}",
        "Quiet hours: {start} to {end}",
        "Start on {when}",
        "That has already passed: {date}",
        "That is no span of days I can take",
        "The application deadline has passed: {when}",
        "Your application to **{project}** is not sent yet. It can be sent until",
        "due on {when}",
        "{place} (now {day} {clock})",
        "{start} to {end}",
        "Please answer by {when}.",
    ),
    "of the reader alone, or of a code": (
        "Away until {day}",
        "No coordinator has looked at it yet. {person} is away until {day}",
        "It works once, until {when}",
        "No message to them on {day}",
        "On {day}:",
        "The person who does owns **{company}** here",
        "You are away until {day}",
    ),
    "of figures, versions and columns: no day": (
        "Which number is the day? In the column",
        "- **{person}** for {company} (before: {before})",
        "All {due} applicants of the last year",
        "Of {due} applicants of the last year",
    ),
    "of the mentor who is one no longer, or whose part is only being asked about": (
        "**{mentor}** (mentor) is worried about",
        "**{mentor}** is no longer",
        "**{mentor}** no longer mentors",
        "**{student}** works without **{mentor}**",
        "Between the student and {mentor} as mentor",
        "Does **{mentor}** read the check-ins",
        "Done. **{mentor}** is not your mentor",
        "Which student does **{mentor}** mentor?",
        "You need not say why. {mentor} reads only",
    ),
    "how a day is written, with the reader's clock": ("{day} (",),
    "the days of digests and of weeks": (
        "The week of {day}",
        "{cohort}: projects on {day}",
    ),
}
"""How texts begin, by the reason."""

BESIDE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "since when it is waited for, in the reader's own days": (
        ("With {company} since {since}, answered by", "since"),
        ("→ {deliverable} · with {company} since {since}", "since"),
        ("{mentor}, last talked on {when}", "when"),
    ),
    "the last date of several deliverables": (
        ("{fee} · {time} · from {start} to {due}", "due"),
        ("**{student}** with **{company}**, {start} to {end}", "end"),
        ("You are the mentor of **{student}** now", "until"),
    ),
}
"""By the reason: how texts begin that say a field of a thing in one hole, and the hole with another value."""

LAYOUTS: Final = frozenset(
    {
        "- **{project}** · {person} · {state} · {day}",
        "- {date}: {answer}",
        "- {day}",
        "- {when}: {words}",
        "{day}",
        "{mentor}",
        "{when}: {what}",
    }
)
"""Lines of values and marks alone, which no catalogue has: when something happened, a value of a label."""

_ALL: Final = tuple(chain.from_iterable(UNCLAIMED.values()))
_BESIDE: Final = tuple(chain.from_iterable(BESIDE.values()))


def is_unclaimed(template: str, hole: str) -> bool:
    """Tell whether the day or the person in a hole of a text is no field of a thing."""
    beside = any(template.startswith(begins) and hole == other for begins, other in _BESIDE)
    return beside or template in LAYOUTS or template.startswith(_ALL)

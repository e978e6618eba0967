"""Kind reasons of a no: the employer picks a sentence, adds a line of their own, or both."""

from __future__ import annotations

from typing import Any, Final

from bot.chat.answers import Option, ReadyAnswer
from bot.chat.answers.terms import ready_answer, stored_term
from bot.chat.content import Part, Plain, Sentence, Text, say, text
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from bot.programme import people, projects
from bot.programme.applications.decisions import decline_rest
from bot.programme.applications.decisions.decline_rest import FORM
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.people.mutes import is_unwanted
from bot.programme.people.parts import owner_of
from storage.tables import Application, Project

__all__ = ["KIND_REASONS", "reason_form", "shown_reason", "stored_reason", "to_student"]

KIND_REASONS: Final = (
    Option(
        "places",
        "More good applications than places",
        "There were more good applications than places this time.",
    ),
    Option(
        "experience",
        "Others are closer to this project",
        "We chose people whose experience is closer to this project.",
    ),
    Option(
        "skills",
        "A skill the project needs is missing",
        "This project needs a skill that we did not see in the application.",
    ),
    Option(
        "time",
        "Hours or dates do not fit",
        "The hours or dates of this project do not fit together with yours.",
    ),
    Option(
        "changed",
        "The project has changed",
        "The project has changed, and the place no longer exists.",
    ),
)
"""Kind reasons that an employer can pick: the short name, and the words that the student reads."""

_READY: Final = tuple(
    ReadyAnswer(each.value, say(as_text(each.description)), (as_text(each.description),))
    for each in KIND_REASONS
)
_OWN_WORDS: Final = Option("own", "In my own words only", "What you write below, and nothing else.")


def reason_form(turn: Turn, subject: str) -> Form:
    """Return the form of the reason: a kind reason, own words, or both.

    `subject`: application-5, or rest-3-… of a project.
    """
    return Form(
        FORM,
        "Not this time",
        (
            Question(
                "reason",
                Ask(
                    "What is the reason? They read the sentence under the one you choose.",
                    label="Reason",
                    kind="choice",
                    options=(*KIND_REASONS, _OWN_WORDS),
                ),
            ),
            Question(
                "words",
                Ask(
                    "A line of your own: what was good, what would help next time.",
                    label="In your own words",
                    kind="long",
                    example="Your map was the clearest we saw. Next time say which tools you used.",
                ),
                required=False,
                max_length=1000,
            ),
        ),
        submit="Tell all of them" if _readers(turn, subject) > 1 else "Tell them",
    )


def _readers(turn: Turn, subject: str) -> int:
    """Return how many applicants read the reason of a form about `subject`."""
    about = subjects.NOT_SELECTED.parse(subject)
    if about.whose == "application":
        return 1
    return len(decline_rest.meant(turn, projects.project_of(turn, about.id), about.whose, about.since))


def stored_reason(values: dict[str, Any]) -> str | None:
    """Return the reason as it is stored: the kind one as a Term, then own words; None when there is none."""
    picked, words = str(values["reason"]), str(values.get("words") or "")
    kind = next((stored_term(each) for each in _READY if each.code == picked), "")
    return "\n".join(part for part in (kind, words) if part) or None


def shown_reason(reason: str) -> tuple[Part, ...]:
    """Return a stored reason as its reader gets it."""
    kind, words = _kind_and_words(reason)
    said: tuple[Part, ...] = (kind,) if kind else ()
    own: tuple[Part, ...] = (Plain(words),) if words else ()
    return (*said, "\n", *own) if said and own else (*said, *own)


def to_student(turn: Turn, project: Project, application: Application, reason: str) -> Text:
    """Return the reason; without the employer's own words for a student who wants none of their messages."""
    kind, _ = _kind_and_words(reason)
    student = people.person_of(turn, application.person_id)
    owner = owner_of(turn, project)
    writer = application.reason_by_id or (owner.id if owner is not None else None)
    if not is_unwanted(turn, application.id, student, writer):
        return Text((say("They say:"), "\n", *shown_reason(reason)))
    if kind:
        return Text((say("The reason they chose:"), "\n", kind))
    return text(
        "They gave a reason in their own words. You asked for no more messages from them, so it is not here."
    )


def _kind_and_words(reason: str) -> tuple[Sentence | None, str]:
    """Return the kind reason that a stored reason begins with, None for none, and the own words after it."""
    first, _, words = reason.partition("\n")
    kind = ready_answer(first, _READY)
    return (kind.said, words) if kind else (None, reason)

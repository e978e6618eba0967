"""What a student and a mentor read when a mentor is assigned: what a mentor sees, and what not."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, Post
from bot.chat.content import Button, Buttons, Message, Sentence, lines, message, note, say, text
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.sentences import PersonName
from bot.programme import people, projects
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import shown_date
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.mentors import reads_check_ins
from bot.programme.placements.lookup import Sides, placement_of, sides
from storage.tables import Mentor, Person, Placement

__all__ = ["MESSAGES", "mentor_name", "of_mentor", "to_both"]

_KIND: Final = "mentor"


def of_mentor(turn: Turn, mentor: Mentor) -> tuple[Placement, Sides, Person]:
    """Return what a mentor belongs to: the placement, its two sides, and the mentor as a person."""
    placement = placement_of(turn, mentor.placement_id)
    return placement, sides(turn, placement), people.person_of(turn, mentor.person_id)


def to_both(turn: Turn, mentor: Mentor) -> list[Action]:
    """Return what the student and the mentor read at once."""
    _, both, person = of_mentor(turn, mentor)
    return [
        _post(turn, mentor, both.student, _to_student(turn, mentor)),
        _post(turn, mentor, person, _to_mentor(turn, mentor)),
    ]


def _post(turn: Turn, mentor: Mentor, reader: Person, words: Message) -> Post:
    key, about = keys.MENTOR(mentor.id, reader.id), subjects.MENTOR(mentor.id)
    return Post(people.address(turn, reader), words, key, kind=_KIND, subject=about)


def _to_student(turn: Turn, mentor: Mentor) -> Message:
    placement, both, person = of_mentor(turn, mentor)
    name = people.person_name(person, mention=True)
    sees = "{mentor} reads your dates and how many deliverables are done, and none of your check-ins."
    if reads_check_ins(turn, mentor):
        sees = (
            "{mentor} reads your dates, how many deliverables are done, and your check-ins from now on: none "
            "of before, and none that you keep for the coordinators."
        )
    application = application_of(turn, placement.application_id)
    return message(
        text("**{mentor}** is your mentor for **{project}** now.", mentor=name, project=both.title),
        text("A mentor listens and helps. A mentor decides nothing, and reviews nothing."),
        text(sees, mentor=people.person_name(person)),
        note("You can work without a mentor, and need not say why: now, or at any time in `/placement`."),
        Buttons(
            (
                messages.write_button(application, "mentor"),
                Button("No mentor, please", verbs.MENTOR_REFUSE(mentor.id)),
            )
        ),
    )


def _to_mentor(turn: Turn, mentor: Mentor) -> Message:
    placement, both, _ = of_mentor(turn, mentor)
    return message(
        text(
            "You are the mentor of **{student}** now, for **{project}** · {company}, until {until}.",
            student=both.student_name,
            project=both.title,
            company=projects.company_name(turn, both.project),
            until=shown_date(turn, dates.read(placement, "due"), people.person_of(turn, mentor.person_id)),
        ),
        text("Once a week you get one line about it from me. Nothing is asked of you."),
        lines(*_rules(turn, mentor)),
        Buttons(
            (
                messages.write_button(application_of(turn, placement.application_id), "student"),
                Button("I cannot do this", verbs.MENTOR_STOP(mentor.id)),
            )
        ),
    )


def _rules(turn: Turn, mentor: Mentor) -> tuple[Sentence, ...]:
    """Return what a mentor sees and does not see, cannot promise, and does in danger."""
    sees = say("- You see the dates, and how many deliverables are done.")
    not_seen = say(
        "- You do not see check-ins, the application, the work itself, private details, or what others "
        "write to each other."
    )
    if reads_check_ins(turn, mentor):
        sees = say("- You see the dates, how many deliverables are done, and check-ins from now on.")
        not_seen = say(
            "- You do not see earlier check-ins, those for the coordinators only, the application, the "
            "work itself, private details, or what others write to each other."
        )
    promise = say(
        "- You cannot promise dates, money, a place, or that something stays between you two. Say so "
        "before a student confides in you."
    )
    danger = say(
        "- If you learn about danger or harassment, press **I am worried** in `/placement`: the "
        "coordinators go on from there."
    )
    return sees, not_seen, promise, danger


def mentor_name(turn: Turn, mentor: Mentor) -> PersonName:
    """Return the mentor, whose account the student may be given."""
    return people.person_name(people.person_of(turn, mentor.person_id), mention=True)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of a mentor while they are the mentor."""
    mentor = turn.session.get(Mentor, subjects.MENTOR.id_of(waiting.subject))
    return waiting.message if mentor is not None and mentor.status == "active" else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note on the mentor of a placement")


MESSAGES: Final = {_KIND: MessageRoute(_still_so, _named)}
"""The route of what student and mentor read when a mentor is assigned."""

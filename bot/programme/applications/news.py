"""News of an application for its two sides.

The student waits for an answer, so it is sent at once. News for an employer waits for their daily message;
for a project without an owner in the company it is a coordinator's task instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.chat.actions import Action, Post
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Sentence,
    message,
    note,
    say,
    text,
)
from bot.chat.local_day import When
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.sentences import Moment, PersonName, ShownDay
from bot.chat.values import replace
from bot.programme import people, projects
from bot.programme.applications import lookup
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.notifications.rewording import recount_notices, recount_task, reword_task
from bot.programme.people.away import away_day, is_away
from bot.programme.people.parts import Part, asked_first, owner_of
from storage.tables import Application, Person, Project

__all__ = [
    "ANSWER",
    "MESSAGES",
    "about",
    "answered",
    "latest_useful_instant",
    "name_of",
    "recount",
    "retract_news",
    "reword_for_employer",
    "shown_date",
    "shown_day",
    "similar_blocks",
    "tell_employer",
    "tell_student",
]

# Where a project has no owner: news of work is an item for itself, news that asks for nothing is none, and
# all other news of its applicants is a single item.
_AT_WORK: Final = frozenset(
    {
        *(subjects.PLACEMENT, subjects.MILESTONE, subjects.DATE, subjects.DUE),
        *(subjects.CLOSING, subjects.ENDED, subjects.KICKOFFS),
    }
)
_ONLY_NEWS: Final = frozenset({subjects.NEWS, subjects.WITHDRAWN, subjects.MOVED})


def name_of(turn: Turn, application: Application) -> PersonName:
    """Return the student's name; an employer is given the account of a student who accepted."""
    student = people.person_of(turn, application.person_id)
    return people.person_name(student, mention=application.status == "accepted")


def shown_date(turn: Turn, at: When, person: Person | None) -> ShownDay | Moment:
    """Return a date as `person` (None: the whole programme) reads it, with a time where it has one."""
    return people.shown_date(turn, at, person)


def shown_day(turn: Turn, at: When, person: Person | None) -> ShownDay | Moment:
    """Return the day of a date as `person` (None: the whole programme) reads it."""
    return people.shown_day(turn, at, person)


def latest_useful_instant(turn: Turn, until: datetime) -> datetime:
    """Return the last instant at which a reminder leaves room to act: three quarters of the way there."""
    return turn.now + (until - turn.now) * 3 / 4


def tell_student(
    turn: Turn,
    application: Application,
    key: str,
    *blocks: Block | str,
    kind: str = "",
    deadline: datetime | None = None,
) -> list[Action]:
    """Answer the student, once per `key`; nothing for a student who asked to be forgotten.

    `deadline`: as that of a Post. `kind`: its route, whose subject is the application's id; without it the
    message holds while the application stays as it is.
    """
    student = people.person_of(turn, application.person_id)
    if student.erased_at is not None:
        return []
    subject = str(application.id) if kind else about(application)
    to = people.address(turn, student)
    words, route = message(*blocks), kind or ANSWER
    return [Post(to, words, key, deadline=deadline, kind=route, subject=subject)]


def about(application: Application) -> str:
    """Return the subject of a message that holds for as long as an application stays as it is."""
    return subjects.OF_APPLICATION(application.id, _standing(application))


def _standing(application: Application) -> str:
    """Return the application's state as the student knows it: the shortlist is not shown to them."""
    return "submitted" if application.status == "shortlisted" else application.status


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    about = subjects.OF_APPLICATION.parse(waiting.subject)
    state = _standing(lookup.application_of(turn, about.application))
    return waiting.message if state == about.state else None


def _named(turn: Turn, subject: str) -> Sentence:
    application = lookup.application_of(turn, subjects.OF_APPLICATION.parse(subject).application)
    project = projects.project_of(turn, application.project_id)
    return say("News of an application to **{project}**", project=projects.title_part(project))


ANSWER: Final = "application"
"""The kind of a message about an application's state; see `about` for its subject."""

MESSAGES: Final = {ANSWER: MessageRoute(_still_so, _named)}
"""The route of messages to students about their applications."""


def tell_employer(
    turn: Turn,
    project: Project,
    key: str,
    subject: str,
    *blocks: Block,
    useful_until: datetime | None = None,
    writer: int | None = None,
    part: Part = "owner",
) -> list[Action]:
    """Put news into the employer's daily message, once per `key`, or make it a coordinator's task.

    `subject` ("noun:id") is what it is about: `retract_news` takes it back, wherever it went.
    `writer`: like a Post's. `part`: which part of the company it is for.
    """
    employer = asked_first(turn, project, part)
    owner = owner_of(turn, project)
    if part == "owner" and employer is not None and owner not in {employer, None} and is_away(turn, owner):
        blocks = (*blocks, _away(turn, owner))
    if employer is not None:
        return list(
            daily_message.notify(
                turn, employer, key, subject, *blocks, useful_until=useful_until, writer=writer
            )
        )
    return _tell_coordinators(turn, project, subject, blocks)


def reword_for_employer(turn: Turn, project: Project, subject: str, *blocks: Block | str) -> None:
    """Give a coordinator's task that took the place of an employer's news other words, while it is open."""
    words = message(*_without_owner(turn, project, subject, blocks))
    reword_task(turn, _unowned(subject), words)


def _away(turn: Turn, owner: Person) -> Block:
    """Say to the cover why the news of a project comes to them."""
    return note(
        "{person} is away until {day}, so this comes to you.",
        person=people.person_name(owner),
        day=away_day(turn, owner, None),
    )


def _tell_coordinators(
    turn: Turn, project: Project, subject: str, blocks: Sequence[Block | str]
) -> list[Action]:
    """Open a task in place of an employer's news."""
    noun = keys.head_of(subject)
    if noun in _ONLY_NEWS:
        return []
    about = subject if noun in _AT_WORK else subjects.PROJECT(project.id)
    said = message(*_without_owner(turn, project, subject, blocks)).blocks
    return tasks.open_task(turn, _unowned(about), "unowned", about, *said)


def _without_owner(
    turn: Turn, project: Project, subject: str, blocks: Sequence[Block | str]
) -> list[Block | str]:
    """Return an employer's news with the reason why a coordinator reads it, and what they can do."""
    noun = keys.head_of(subject)
    see = Button("See the applicants", verbs.APPLICANTS_LIST(project.id))
    take = Button("I look after it", verbs.PROJECT_TAKE(project.id))
    known = {button.action for block in blocks if isinstance(block, Buttons) for button in block.buttons}
    ways = [take] if noun in _AT_WORK or see.action in known else [see, take]
    why = note(
        "{project} · {company} has no owner here, so this comes to you.",
        company=projects.company_name(turn, project),
        project=projects.title_part(project),
    )
    return [*blocks, why, Buttons(tuple(ways))]


def retract_news(turn: Turn, subject: str) -> None:
    """Settle the news of `subject`: unsent news is dropped, and no item waits for it."""
    daily_message.retract_notices(turn, subject)
    tasks.close_task(turn, _unowned(subject))


def _unowned(subject: str) -> str:
    return keys.UNOWNED(subject)


def answered(turn: Turn, project: Project, application: Application) -> None:
    """Settle what an answered application leaves: news that is no longer news, items that are done."""
    daily_message.retract_notices(turn, subjects.APPLICATION(application.id))
    if not lookup.is_unanswered(turn, project):
        daily_message.retract_notices(turn, subjects.PROMISE(project.id))
        tasks.close_task(turn, keys.PROMISE_TASK(project.id))
        tasks.close_task(turn, _unowned(subjects.PROJECT(project.id)))
    recount(turn, project)


def recount(turn: Turn, project: Project) -> None:
    """Put the new number of applicants who wait into unread news that states it: it is their only count."""
    left = lookup.count_undecided(turn, project)
    recount_notices(turn, subjects.PROMISE(project.id), left)
    recount_task(turn, keys.PROMISE_TASK(project.id), left)


def similar_blocks(turn: Turn, project: Project, student: Person) -> list[Block]:
    """Return open projects like this one that the student could apply to, each with its buttons."""
    roles = people.roles_of(turn, student)
    found = projects.similar(replace(turn, person_id=student.id, roles=roles), project)
    if not found:
        return [text("`/project list` shows every open project.")]
    blocks: list[Block] = [text("These are open and look similar:")]
    for other in found:
        apply = Button("Apply", verbs.APPLICATION_BEGIN(other.id), style="primary")
        details = Button("Details", verbs.PROJECT_SHOW(other.id))
        blocks += [text(projects.short_line(turn, other, student)), Buttons((apply, details))]
    return blocks

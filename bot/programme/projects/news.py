"""News of a changed project for the people who applied to it or are at work on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Select, and_, func, or_, select

from bot.chat.actions import Action, Post, SetTimer
from bot.chat.codec import RUN
from bot.chat.content import (
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Sentence,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import TimerFired
from bot.chat.language import as_text
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.chat.sentences import Names, Term
from bot.programme import people
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import NEWS_PIECE, Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.people import address
from bot.programme.people.mutes import is_unwanted
from bot.programme.projects.confidentiality import read_by
from bot.programme.projects.deliverables import listed, wanted_of
from bot.programme.projects.display import shown_fee, shown_place, shown_time, title_part
from bot.programme.projects.lookup import project_of
from bot.programme.projects.pay import shown_pay
from bot.programme.projects.versions import version_of, with_fields
from storage.tables import Application, Person, Placement, Project, ProjectVersion

__all__ = ["ROUTES", "differences", "has_applicants", "labels_of", "tell_applicants"]

_WRITTEN: Final = frozenset({"Deliverables", "Payment", "Where"})
"""What of a change is in the words of the person who made it."""
_SEE: Final = say("different now; the project shows how")
"""The replacement for such words where the reader asked for no more messages of their writer."""
_DATES: Final[dict[dates.Name, str]] = {"deadline": "Apply by", "decide": "Answer by", "starts": "Starts"}
_LABELS: Final = {
    "Fee": Term("Fee", "difference"),
    "Payment": Term("Payment", "difference"),
    "Time": Term("Time", "difference"),
    "Apply by": Term("Apply by", "difference"),
    "Answer by": Term("Answer by", "difference"),
    "Starts": Term("Starts", "difference"),
    "Deliverables": Term("Deliverables", "difference"),
    "Where": Term("Where", "difference"),
    "Places": Term("Places", "difference"),
}
_AT_WORK: Final = "accepted"
_CONCERNED: Final = ("admission", "submitted", "shortlisted", _AT_WORK)
"""The people who get the news of a change here; the bot says later what it means for offers and terms."""


def differences(turn: Turn, before: Project, after: Project, reader: Person) -> Iterable[Field]:
    """Return what an applicant has to know of, each as it is now and as it was."""
    if (before.fee_cents, before.currency) != (after.fee_cents, after.currency):
        yield row("Fee", "{now} (before: {was})", now=shown_fee(after), was=shown_fee(before))
    if shown_pay(before) != shown_pay(after):
        yield row(
            "Payment", "{now} (before: {was})", now=shown_pay(after) or "–", was=shown_pay(before) or "–"
        )
    if before.hours != after.hours or before.weeks != after.weeks:
        yield row(
            "Time",
            "{now} (before: {was})",
            now=shown_time(after.hours, after.weeks),
            was=shown_time(before.hours, before.weeks),
        )
    for name in _DATES:
        was, now = dates.read(before, name), dates.read(after, name)
        show = people.shown_day if name == "starts" else people.shown_date
        if was != now:
            yield row(
                _DATES[name], "{now}; before: {was}", now=show(turn, now, reader), was=show(turn, was, reader)
            )
    if wanted_of(before, "open") != (wanted := wanted_of(after, "open")):
        yield Field("Deliverables", listed(turn, wanted, reader))
    if before.location != after.location:
        yield row(
            "Where",
            "{now} (before: {was})",
            now=shown_place(after.location),
            was=shown_place(before.location),
        )
    if after.places < before.places:
        yield row("Places", "{now} (before: {was})", now=after.places, was=before.places)


def labels_of(changed: Iterable[Field]) -> Names:
    """Return the names of what is different, for a list after a colon."""
    return Names(tuple(_LABELS[as_text(each.label)] for each in changed))


def has_applicants(turn: Turn, project: Project) -> bool:
    """Tell whether any person has to know of a change: who waits for an answer, or is at work."""
    return turn.session.execute(_applicants(turn, project, _CONCERNED).limit(1)).first() is not None


def _applicants(turn: Turn, project: Project, statuses: Sequence[str]) -> Select[int, str, Person]:
    """Return the applications of these states whose students wait or are at work: id, state and student."""
    return (
        select(Application.id, Application.status, Person)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(
            Placement,
            # Of the project, so that PostgreSQL does not read all placements.
            and_(Placement.application_id == Application.id, Placement.project_id == project.id),
        )
        .where(Application.programme_id == turn.programme_id, Application.project_id == project.id)
        .where(Application.status.in_(statuses), or_(Placement.id.is_(None), Placement.status == "active"))
        .where(Person.erased_at.is_(None))
    )


class _Rest(Struct, frozen=True):
    """The payload of the timer that tells the next people who applied of a change.

    Attributes:
        statuses: the states of applications whose students it concerns.
        after: the last application whose student got the news.
    """

    statuses: tuple[str, ...]
    after: int = 0


def tell_applicants(
    turn: Turn, before: Project, project: Project, version: ProjectVersion
) -> tuple[int, list[Action]]:
    """Send a message to each person who applied, of what is different for them; return how many they are.

    A timer tells those who are more than a turn's.
    """
    changed = any(True for _ in differences(turn, before, project, turn.person))
    statuses = [each for each in _CONCERNED if (_details(before, project) if each == _AT_WORK else changed)]
    counted = _applicants(turn, project, statuses).with_only_columns(func.count())
    count = turn.session.scalar(counted) or 0
    return count, _tell_some(turn, before, project, version, _Rest(tuple(statuses))) if count else []


def _details(before: Project, project: Project) -> bool:
    """Tell whether what interns read besides is different."""
    was, now = (read_by(each, "private_details", "team") for each in (before, project))
    return was != now


def _tell_some(
    turn: Turn, before: Project, project: Project, version: ProjectVersion, rest: _Rest
) -> list[Action]:
    useful = project.deadline_at if project.deadline_at > turn.now else turn.now + timedelta(days=1)
    query = _applicants(turn, project, rest.statuses).where(Application.id > rest.after)
    found = turn.session.execute(query.order_by(Application.id).limit(NEWS_PIECE + 1)).all()
    told: list[Action] = []
    for number, status, student in found[:NEWS_PIECE]:
        words = _for_intern(project)
        if status != _AT_WORK:
            rows = tuple(differences(turn, before, project, student))
            written = any(each.label in _WRITTEN for each in rows)
            if written and is_unwanted(turn, number, student, version.author_id):
                rows = tuple(row(each.label, _SEE) if each.label in _WRITTEN else each for each in rows)
            words = _for_applicant(project, rows)
        key, to = keys.PROJECT_CHANGED(number, turn.source), address(turn, student)
        told.append(Post(to, words, key, deadline=useful, kind=_CHANGED, subject=str(number)))
    if len(found) > NEWS_PIECE:
        left, about = _Rest(rest.statuses, found[NEWS_PIECE - 1][0]), subjects.PROJECT(project.id)
        due, timer = next_piece_at(turn.now), keys.PROJECT_CHANGED_REST(version.id)
        told.append(SetTimer(timer, due, Timer.PROJECT_CHANGED, about, left))
    return told


def rest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Tell the next people who applied of a change; what else has changed since is in it too."""
    version = version_of(turn, keys.PROJECT_CHANGED_REST.parse(event.key).version)
    project = project_of(turn, version.project_id)
    return _tell_some(turn, with_fields(project, version.was), project, version, event.read(_Rest))


def _still_concerned(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late news of a change only to a person who still waits for an answer, or is at work."""
    application = turn.session.get(Application, int(waiting.subject))
    if application is None or application.programme_id != turn.programme_id:
        return None
    concerned = _applicants(turn, project_of(turn, application.project_id), _CONCERNED)
    found = turn.session.execute(concerned.where(Application.id == application.id)).first()
    return waiting.message if found else None


def _named_change(turn: Turn, subject: str) -> Sentence:
    application = turn.session.get_one(Application, int(subject))
    return say("A change: **{project}**", project=title_part(project_of(turn, application.project_id)))


def _for_applicant(project: Project, rows: tuple[Field, ...]) -> Message:
    return message(
        text("**{project}**, which you applied to, has changed:", project=title_part(project)),
        Fields(rows),
        note("Your application stays as it is. If it no longer suits you, you can withdraw it."),
        Buttons(
            (
                Button("See the project", verbs.PROJECT_SHOW(project.id)),
                Button("My applications", verbs.APPLICATIONS_LIST()),
            )
        ),
    )


def _for_intern(project: Project) -> Message:
    return message(
        text(
            "There are new details for interns in **{project}**, which you work on.",
            project=title_part(project),
        ),
        Buttons((Button("My placement", RUN("placement")),)),
    )


_CHANGED: Final = "project.changed"
ROUTES: Final = Routes(
    messages={_CHANGED: MessageRoute(_still_concerned, _named_change)},
    timers={Timer.PROJECT_CHANGED: rest_due},
)
"""The routes of news that are still to be sent, and of the timer that tells the next people."""

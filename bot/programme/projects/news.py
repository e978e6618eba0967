"""News of a changed project for the people who applied to it or are at work on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from bot.chat.actions import Action, Post
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
from bot.chat.language import as_text
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.sentences import Names, Term
from bot.programme import people
from bot.programme.core import dates, keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import address, person_of
from bot.programme.people.mutes import is_unwanted
from bot.programme.projects.confidentiality import read_by
from bot.programme.projects.deliverables import listed, wanted_of
from bot.programme.projects.display import shown_fee, shown_place, shown_time, title_part
from bot.programme.projects.lookup import project_of
from bot.programme.projects.pay import shown_pay
from storage.tables import Application, Person, Placement, Project

__all__ = ["MESSAGES", "applicants", "differences", "labels_of", "tell_applicants"]

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
_CONCERNED: Final = ("admission", "submitted", "shortlisted", "accepted")
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


def applicants(turn: Turn, project: Project) -> Sequence[Application]:
    """Return the people who have to know of a change: those who wait for an answer, or are at work."""
    query = (
        select(Application)
        .outerjoin(
            Placement,
            # Of the project, so that PostgreSQL does not read all placements.
            and_(Placement.application_id == Application.id, Placement.project_id == project.id),
        )
        .where(Application.programme_id == turn.programme_id, Application.project_id == project.id)
        .where(Application.status.in_(_CONCERNED), or_(Placement.id.is_(None), Placement.status == "active"))
    )
    return turn.session.scalars(query.order_by(Application.id)).all()


def tell_applicants(turn: Turn, before: Project, project: Project, author_id: int | None) -> list[Action]:
    """Send a message to each person who applied, of what is different for them; none when nothing is.

    `author_id`: whose words the new ones are.
    """
    was, now = (read_by(each, "private_details", "team") for each in (before, project))
    told: list[Action] = []
    useful = project.deadline_at if project.deadline_at > turn.now else turn.now + timedelta(days=1)
    for application in applicants(turn, project):
        student = person_of(turn, application.person_id)
        accepted = application.status == "accepted"
        rows = shown = tuple(differences(turn, before, project, student))
        if is_unwanted(turn, application.id, student, author_id):
            shown = tuple(row(each.label, _SEE) if each.label in _WRITTEN else each for each in rows)
        words = _for_intern(project, details=was != now) if accepted else _for_applicant(project, shown)
        if words is not None and student.erased_at is None:
            key = keys.PROJECT_CHANGED(application.id, turn.source)
            to = address(turn, student)
            about = str(application.id)
            told.append(Post(to, words, key, unasked=True, deadline=useful, kind=_CHANGED, subject=about))
    return told


def _still_concerned(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late news of a change only to a person who still waits for an answer, or is at work."""
    application = turn.session.get(Application, int(waiting.subject))
    if application is None or application.programme_id != turn.programme_id:
        return None
    concerned = applicants(turn, project_of(turn, application.project_id))
    return waiting.message if application in concerned else None


def _named_change(turn: Turn, subject: str) -> Sentence:
    application = turn.session.get_one(Application, int(subject))
    return say("A change: **{project}**", project=title_part(project_of(turn, application.project_id)))


def _for_applicant(project: Project, rows: tuple[Field, ...]) -> Message | None:
    if not rows:
        return None
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


def _for_intern(project: Project, *, details: bool) -> Message | None:
    if not details:
        return None
    return message(
        text(
            "There are new details for interns in **{project}**, which you work on.",
            project=title_part(project),
        ),
        Buttons((Button("My placement", RUN("placement")),)),
    )


_CHANGED: Final = "project.changed"
MESSAGES: Final = {_CHANGED: MessageRoute(_still_concerned, _named_change)}
"""What is known of news that are still to be sent."""

"""The tables of applications, placements and messages in a programme of any size: as those of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, and_, case, or_, true

from benchmarks.population_rows import COHORTS, DAY, PLACES, TASKS, Rows, Value, said
from benchmarks.population_tables import Noun
from bot.chat.content import dump_message, message
from bot.chat.conversation.draft import Draft, dump_draft
from bot.chat.events import MessageRef, Place
from storage import tables
from storage.tables.values import GivenAnswer, WantedDeliverable

__all__ = ["LEDGER", "WORK"]

_ANSWER: Final = GivenAnswer(
    "motivation", "Why this one?", "text", "I like maps.", "I like maps.", "0123456789"
)
_NEWS: Final = dump_message(message("There is news about your project."))
_AGREED: Final = {
    "fee_cents": 30_000,
    "currency": "EUR",
    "hours": 20.0,
    "weeks": 3,
    "deliverable_list": [WantedDeliverable(f"Deliverable {position}") for position in (1, 2, 3)],
    "agreements": [],
}


def _application(rows: Rows) -> Noun:
    n = rows.n
    project = rows.project_of(n)
    waits = project <= rows.size.open_projects
    status = case(
        (rows.accepted(n), "accepted"),
        (and_(waits, n % 10 == 1), "shortlisted"),
        (and_(waits, n % 50 == 2), "offered"),  # noqa: PLR2004 - a few
        (waits, "submitted"),
        *((n % 20 == each, ended) for each, ended in enumerate(_ENDED, start=1)),
        else_="not_selected",
    )
    sent = case((waits, -1 - n % 20), else_=-30 - project % 700) * DAY
    columns = {
        "project_id": project,
        "person_id": rows.student_of(n),
        "cohort_id": 1 + n % COHORTS,
        "status": status,
        "answers": [_ANSWER, _ANSWER],
        "submitted_at": rows.at(sent),
        "decided_at": case((or_(~waits, n.in_(PLACES)), rows.at(sent + 5 * DAY))),
        "offer_until": case((status == "offered", rows.at(DAY + n % DAY))),
        "waiting": case((and_(waits, n % 10 == 1), 1 + n // 10 % 5)),
        "created_at": rows.at(sent - DAY),
    }
    return tables.Application.__table__, rows.size.applications, columns, true()


_ENDED: Final = ("withdrawn", "declined", "expired", "released")


def _placement(rows: Rows) -> Noun:
    placement, application = rows.n, rows.n * 20
    state, due = _state(placement), _due(placement)
    columns = {
        "project_id": rows.project_of(application),
        "application_id": application,
        "person_id": rows.student_of(application),
        "status": state,
        "starts_at": rows.at(due - 30 * DAY),
        "due_at": rows.at(due),
        "created_at": rows.at(due - 40 * DAY),
        "ended_at": case((state != "active", rows.at(due + DAY))),
    }
    return tables.Placement.__table__, rows.size.placements, columns, rows.accepted(application)


def _state(placement: ColumnElement[int]) -> ColumnElement[str]:
    """Return the state of a placement; of application number 20 times its own."""
    active = or_(placement % 10 == 0, (placement * 20).in_(PLACES))
    return case((active, "active"), (placement % 10 == 1, "ended"), else_="completed")


def _due(placement: ColumnElement[int]) -> ColumnElement[int]:
    """Return when a placement is due, in seconds from the present."""
    return case((_state(placement) == "active", 5 + placement % 20), else_=-5 - placement % 600) * DAY


def _terms(rows: Rows) -> Noun:
    placement, due = rows.n, _due(rows.n)
    columns = {
        "placement_id": placement,
        "version": 1,
        **_AGREED,
        "starts_at": rows.at(due - 30 * DAY),
        "due_at": rows.at(due),
        "accepted_by": rows.student_of(placement * 20),
        "accepted_at": rows.at(due - 40 * DAY),
    }
    return tables.Terms.__table__, rows.size.placements, columns, rows.accepted(placement * 20)


def _milestone(rows: Rows) -> Noun:
    placement, position = _of_three(rows)
    columns = {
        "placement_id": placement,
        "position": position,
        "title": said("Deliverable ", position),
        "due_at": rows.at(_due(placement) - (3 - position) * DAY),
        "status": _status(rows),
    }
    return tables.Milestone.__table__, 3 * rows.size.placements, columns, rows.accepted(placement * 20)


def _of_three(rows: Rows) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the placement of a deliverable, and which of its three it is, from 1."""
    return 1 + (rows.n - 1) // 3, 1 + (rows.n - 1) % 3


def _status(rows: Rows) -> ColumnElement[str]:
    """Return the status of a deliverable: of one under way the first is accepted, the second handed in."""
    placement, position = _of_three(rows)
    state = _state(placement)
    accepted = or_(state == "completed", and_(state == "active", position == 1))
    return case(
        (accepted, "accepted"),
        (and_(state == "active", position == 2), "handed_in"),  # noqa: PLR2004 - the second
        else_="open",
    )


def _submission(rows: Rows) -> Noun:
    placement, _ = _of_three(rows)
    columns = {
        "milestone_id": rows.n,
        "version": 1,
        "text": "Here it is.",
        "files": [],
        "status": _status(rows),
        "created_at": rows.at(_due(placement) - 6 * DAY),
    }
    wanted = and_(rows.accepted(placement * 20), _status(rows) != "open")
    return tables.Submission.__table__, 3 * rows.size.placements, columns, wanted


def _check_in(rows: Rows) -> Noun:
    placement, by_student = 1 + (rows.n - 1) // 2, rows.n % 2 == 1
    application = placement * 20
    owner = rows.owner_of(rows.project_of(application))
    asked = _due(placement) - 20 * DAY
    columns = {
        "placement_id": placement,
        "person_id": case((by_student, rows.student_of(application)), else_=owner),
        "step": 1,
        "side": case((by_student, "student"), else_="employer"),
        "answer": "on_track",
        "asked_at": rows.at(asked),
        "answered_at": rows.at(asked + 3600),
    }
    return tables.CheckIn.__table__, 2 * rows.size.placements, columns, rows.accepted(application)


def _letter(rows: Rows) -> Noun:
    application = rows.n * 10
    columns = {
        "application_id": application,
        "sender_id": rows.student_of(application),
        "recipient_id": rows.owner_of(rows.project_of(application)),
        "text": "May I begin a day later?",
        "created_at": rows.at(-(rows.n % 600) * DAY),
    }
    return tables.Letter.__table__, rows.size.applications // 10, columns, true()


def _notice(rows: Rows) -> Noun:
    size, n = rows.size, rows.n
    columns = {
        "person_id": 1 + n % size.people,
        "key": said("full:", n, ":e"),
        "subject": said("news:", n),
        "message": _NEWS,
        "state": case((n % 100 == 0, "waiting"), else_="told"),
        "created_at": rows.at(-(n % 300) * DAY),
    }
    return tables.Notice.__table__, size.applications // 5, columns, true()


def _task(rows: Rows) -> Noun:
    n = rows.n
    done, began = n > TASKS, -(n % 300) * DAY
    columns = {
        "key": said("approval:", n),
        "kind": "project.approval",
        "subject": said("project:", n),
        "message": _NEWS,
        "state": case((done, "done"), else_="open"),
        "created_at": rows.at(began),
        "closed_at": case((done, rows.at(began + 3600))),
        "closed_by": case((done, rows.size.coordinator)),
    }
    return tables.Task.__table__, TASKS + rows.size.applications // 100, columns, true()


def _sent(rows: Rows) -> Noun:
    """Return the outbox: everything in it has been sent."""
    size, n = rows.size, rows.n
    person, when = 1 + n % size.people, _before(n)
    direct = str(MessageRef(Place(size.platform, "", "p", "dm"), "")).removesuffix("#")
    columns = {
        "key": said("application:", n, ":sent:e"),
        "destination": rows.user(person),
        "operation": "send",
        "message": dump_message(message("Your application was sent.")),
        "created_at": rows.at(when),
        "due_at": rows.at(when),
        "state": "sent",
        "attempts": 1,
        "sent_at": rows.at(when + 1),
        "reference": said(direct, person, "#", n),
    }
    return tables.outbox, size.applications, columns, true()


def _before(n: ColumnElement[int]) -> ColumnElement[int]:
    return -(n % 600) * DAY - 3600


def _received(rows: Rows) -> Noun:
    size, n = rows.size, rows.n
    columns = {
        "platform": size.platform,
        "event_id": said("e", n),
        "received_at": rows.at(_before(n)),
        "answer_state": "given",
        "actor": rows.user(1 + n % size.people),
    }
    return tables.inbox, size.applications // 10, columns, true()


def _timer(rows: Rows) -> Noun:
    size, n = rows.size, rows.n
    waits = n <= size.timers
    columns: dict[str, Value] = {
        "key": said("application.erase:", n),
        "kind": "application.erase",
        "subject": said("application:", n),
        "due_at": rows.at(case((waits, (10 + n % 170) * DAY), else_=_before(n))),
        "payload": {},
        "late": "drop",
        "state": case((waits, "pending"), else_="done"),
        "attempts": 0,
        "done_at": case((~waits, rows.at(_before(n)))),
    }
    return tables.timers, 2 * size.timers, columns, true()


def _conversation(rows: Rows) -> Noun:
    size, n = rows.size, rows.n
    student = size.busy_student + (n - 1) % size.students
    columns = {
        "person_id": student,
        "form": "application",
        "subject": said("", 1 + n % size.projects),
        "draft": dump_draft(Draft()),
        "revision": 1,
        "state": case((n % 50 == 0, "waiting"), else_="done"),
        "created_at": rows.at(_before(n)),
        "updated_at": rows.at(_before(n)),
        "destination": rows.user(student),
        "prompt_key": said("talk:", n, ":1:0:motivation"),
    }
    return tables.conversations, size.applications // 20, columns, true()


WORK: Final[tuple[Callable[[Rows], Noun], ...]] = (
    _application,
    _placement,
    _terms,
    _milestone,
    _submission,
    _check_in,
    _letter,
)
LEDGER: Final[tuple[Callable[[Rows], Noun], ...]] = (
    _notice,
    _task,
    _sent,
    _received,
    _timer,
    _conversation,
)

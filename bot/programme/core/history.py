"""History: a row for the birth of every noun and for each change of its status, dates, places and owner.

`bot/programme/core/lifecycle.py` alone writes it. A row holds codes, numbers and dates, never what a person
wrote; it names people by an alias, so that it stays as it is when two accounts are joined or one is erased.
Everything that is counted later is counted from it.

An offer has no separate row: it is a status of its application, with the date until which it is open. In
the history it is a noun, since an application can have several, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select

from bot.chat.codec import Subject
from bot.chat.local_day import Day, When
from bot.programme.core import dates, subjects
from bot.programme.core.changes import WithStatus
from bot.programme.core.turn import Turn
from storage.prepared import Prepared
from storage.tables import (
    Alias,
    Application,
    Case,
    Channel,
    HistoryRow,
    Member,
    Mentor,
    Milestone,
    Placement,
    Project,
    Space,
    Submission,
)

__all__ = [
    "ASKED",
    "AWAY",
    "BACK",
    "BIRTH",
    "EXPORTED",
    "KEPT",
    "LEFT",
    "OFFER_STATUS",
    "OWNER",
    "PLACES",
    "REHEARSED",
    "RESTORED",
    "STATUS",
    "UNTIL",
    "alias_of",
    "changed_fields",
    "read_date",
    "record",
    "record_absence",
    "record_operation",
    "record_part",
    "record_rule",
    "record_verification",
    "subject_of",
    "written",
]

BIRTH: Final = "birth"
STATUS: Final = "status"
OWNER: Final = "owner"
PLACES: Final = "places"
ASKED: Final = "asked"
"""A side asks for another date of a deliverable; `KEPT`: the other side keeps the date that is agreed."""
KEPT: Final = "kept"
AWAY: Final = "away"
"""A person is away until a day; `BACK`: they are back before it."""
BACK: Final = "back"
LEFT: Final = "left"
"""What a person's part becomes who leaves a company."""
UNTIL: Final = "until"
"""Until when an offer is open."""
EXPORTED: Final = "exported"
"""An operator took everything out of a programme, to read it elsewhere."""
REHEARSED: Final = "rehearsed"
"""An operator played on a copy what a programme will say, and read it."""
RESTORED: Final = "restored"
"""A programme is as it was in a backup of an instant."""

OFFER_STATUS: Final[Mapping[str, str]] = {
    "offered": "open",
    "accepted": "accepted",
    "declined": "declined",
    "expired": "expired",  # not answered in time
    "released": "taken_back",  # its place was taken away
    "withdrawn": "withdrawn",  # the student left
}
"""What an offer is while its application has a status, and becomes when the application leaves "offered"."""

_NOUNS: Final[Mapping[type, tuple[Subject, Subject | None, str]]] = {
    Project: (subjects.PROJECT, None, ""),
    Application: (subjects.APPLICATION, subjects.PROJECT, "project_id"),
    Placement: (subjects.PLACEMENT, subjects.APPLICATION, "application_id"),
    Milestone: (subjects.MILESTONE, subjects.PLACEMENT, "placement_id"),
    Submission: (subjects.SUBMISSION, subjects.MILESTONE, "milestone_id"),
    Mentor: (subjects.MENTOR, subjects.PLACEMENT, "placement_id"),
    Member: (subjects.MEMBER, subjects.COHORT, "cohort_id"),
    Channel: (subjects.CHANNEL, subjects.COHORT, "cohort_id"),
    Space: (subjects.SPACE, None, ""),
    # Of nothing: a history that others read does not lead to a case.
    Case: (subjects.CASE, None, ""),
}
"""The subject of each noun, and of what it belongs to, with the column of that one's id."""

_DATES: Final[tuple[dates.Name, ...]] = ("deadline", "decide", "starts", "due")

_ALIAS: Final = Prepared(
    select(Alias.id)
    .where(Alias.programme_id == bindparam("programme"), Alias.person_id == bindparam("person"))
    .order_by(Alias.id)
    .limit(1)
)
_OFFERS: Final = Prepared(
    select(func.count()).where(
        HistoryRow.programme_id == bindparam("programme"),
        HistoryRow.parent == bindparam("application"),
        HistoryRow.what == BIRTH,
        HistoryRow.subject.startswith(str(subjects.OFFER)),
    )
)
_WRITE: Final = Prepared(
    insert(HistoryRow),
    *("programme_id", "subject", "parent", "what", "before", "after"),
    *("alias_id", "began_by", "at", "reason", "known_by"),
)


def record(
    turn: Turn, noun: WithStatus, what: str, before: str | None, after: str | None, code: str = ""
) -> None:
    """Write a row of the history: what of a noun changed, who acted, and why as a code.

    What happens to an application's offer by it is another row.
    """
    reason = code or (_reason(noun, after) if what == STATUS else "")
    if what == UNTIL and isinstance(noun, Application):
        _write(turn, _offer_of(turn, noun), what, before, after)
        return
    _write(turn, subject_of(noun), what, before, after, reason)
    if what == STATUS and isinstance(noun, Application):
        if after == "offered":
            _write(turn, _offer_of(turn, noun, new=True), BIRTH, None, OFFER_STATUS["offered"])
        elif before == "offered" and after is not None:
            was, now = OFFER_STATUS["offered"], OFFER_STATUS[after]
            _write(turn, _offer_of(turn, noun), STATUS, was, now, reason)


def record_part(turn: Turn, person_id: int, company_id: int, before: str | None, after: str) -> None:
    """Write that a person has another part in a company; None is none before, `LEFT` none from now on."""
    about = (subjects.PART(company_id, alias_of(turn, person_id)), subjects.COMPANY(company_id))
    _write(turn, about, BIRTH if before is None else STATUS, before, after)


def record_absence(
    turn: Turn, person_id: int, company_id: int | None, before: Day | None, until: Day | None, code: str
) -> None:
    """Write until when a person is away, and why as a code; no `until`: they are back before it."""
    parent = subjects.PROGRAMME(turn.programme_id) if company_id is None else subjects.COMPANY(company_id)
    was, now = (None if day is None else written(day) for day in (before, until))
    what = BACK if until is None else AWAY
    _write(turn, (subjects.ABSENCE(alias_of(turn, person_id)), parent), what, was, now, code)


def record_verification(turn: Turn, company_id: int, before: str, after: str) -> None:
    """Write that a company was verified, or is not any more."""
    _write(turn, (subjects.COMPANY(company_id), ""), STATUS, before, after)


def record_rule(turn: Turn, rule_id: str, before: str, after: str) -> None:
    """Write what a rule of the scope check did and does, as a code: "suggestion 48"."""
    about = (subjects.SCOPE_RULE(rule_id), subjects.PROGRAMME(turn.programme_id))
    _write(turn, about, STATUS, before, after)


def record_operation(turn: Turn, what: str, at: datetime | None = None) -> None:
    """Write what an operator did with a programme as a whole, and the instant (UTC) that it is about."""
    about = (subjects.PROGRAMME(turn.programme_id), "")
    _write(turn, about, what, None, None if at is None else _instant(at))


def _write(
    turn: Turn, about: tuple[str, str], what: str, before: str | None, after: str | None, reason: str = ""
) -> None:
    """Write a row; `about` is its subject, and the subject of what that belongs to."""
    subject, parent = about
    _WRITE.run(
        turn.connection,
        {
            "programme_id": turn.programme_id,
            "subject": subject,
            "parent": parent,
            "what": what,
            "before": before,
            "after": after,
            "alias_id": alias_of(turn, turn.person_id) if turn.person_id else None,
            "began_by": "" if turn.person_id else turn.began_by,
            "at": turn.now,
            "reason": reason,
            "known_by": "",
        },
    )


def _offer_of(turn: Turn, application: Application, *, new: bool = False) -> tuple[str, str]:
    """Return the subject of an application's newest offer, or of the one that is made now, and its own."""
    of_application = subjects.APPLICATION(application.id)
    asked = {"programme": turn.programme_id, "application": of_application}
    made = int(_OFFERS.value(turn.connection, asked) or 0)
    return subjects.OFFER(application.id, made + 1 if new else max(made, 1)), of_application


def changed_fields(
    turn: Turn, before: Mapping[str, Any], noun: WithStatus
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what of a change goes into the history, as it was and is; `before` holds the former columns."""
    for name in _DATES:
        if before.keys() & {f"{name}_at", f"{name}_day", f"{name}_zone"}:
            yield name, _date(_as_before(noun, before, name), name), _date(noun, name)
    if "offer_until" in before and isinstance(noun, Application):
        yield UNTIL, _until(before["offer_until"]), _until(noun.offer_until)
    if "places" in before and isinstance(noun, Project):
        yield PLACES, str(before["places"]), str(noun.places)
    if "owner_id" in before and isinstance(noun, Project):
        yield OWNER, _alias(turn, before["owner_id"]), _alias(turn, noun.owner_id)


def subject_of(noun: WithStatus) -> tuple[str, str]:
    """Return the subject of a noun, and of what it belongs to, "" where there is nothing above it."""
    subject, parent, column = _NOUNS[type(noun)]
    return subject(noun.id), parent(getattr(noun, column)) if parent is not None else ""


def alias_of(turn: Turn, person_id: int) -> int:
    """Return the number that the history names a person by; it is made when it is first needed."""
    known = _ALIAS.value(turn.connection, {"programme": turn.programme_id, "person": person_id})
    if known is not None:
        return int(known)
    made = Alias(programme_id=turn.programme_id, person_id=person_id)
    turn.session.add(made)
    turn.session.flush()
    return made.id


def _until(at: datetime | None) -> str | None:
    return None if at is None else _instant(at)


def _as_before(row: object, before: Mapping[str, Any], name: dates.Name) -> SimpleNamespace:
    """Return a date's columns as they were before some of them changed."""
    columns = (f"{name}_at", f"{name}_day", f"{name}_zone")
    return SimpleNamespace(**{each: before.get(each, getattr(row, each)) for each in columns})


def _reason(noun: WithStatus, status: str | None) -> str:
    """Return the code of why a noun has a status; what belongs to a status is written before it."""
    match noun:
        case Application() if status == "released":
            return noun.release_reason
        case Placement() if status == "ended":
            return noun.end_code or ""
        case _:
            return ""


def _alias(turn: Turn, person_id: int | None) -> str | None:
    return None if person_id is None else str(alias_of(turn, person_id))


def _date(row: object, name: dates.Name) -> str:
    return written(dates.read(row, name))


def written(when: When) -> str:
    """Return a date as the history holds it: "2026-03-16 Europe/Madrid", or an instant in UTC."""
    return f"{when.date.isoformat()} {when.zone}" if isinstance(when, Day) else _instant(when)


def read_date(held: str) -> When | None:
    """Return a date from how the history holds it; None for what is none."""
    day, _, zone = held.partition(" ")
    try:
        return Day(date.fromisoformat(day), zone) if zone else datetime.fromisoformat(held)
    except ValueError:
        return None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

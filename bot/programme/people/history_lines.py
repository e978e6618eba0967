"""What a row of the history says: a whole sentence for each kind of row, in the language of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from bot.chat.codec import head_of
from bot.chat.content import Moment, ShownDay
from bot.chat.sentences import PersonName, Sentence, Term, layout, say
from bot.programme.core import history, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people.dates import shown_date
from bot.programme.people.reason_codes import REASONS, SHOWN
from storage.tables import HistoryRow, Person

__all__ = ["LEFT", "WITHOUT_LINE", "Entry", "LineNames", "line", "rule_standing"]

LEFT: Final = Term("a person who left", "history")
_BY_ITSELF: Final = Term("automatically", "history")
_BY_EMPLOYER: Final = Term("the employer's decision", "history")
_BY_COMMAND: Final = Term("on the command line", "history")

_STATUSES: Final[Mapping[str, Mapping[str, Sentence]]] = {
    subjects.PROJECT: {
        "draft": say("The project was begun."),
        "review": say("The project was handed in for approval."),
        "changes": say("The coordinators asked for changes to the project."),
        "open": say("The project was published."),
        "closed": say("The project was closed: it takes no more applications."),
        "declined": say("The coordinators declined the project."),
        "discarded": say("The draft of the project was thrown away."),
    },
    subjects.APPLICATION: {
        "admission": say("The application was completed. It waits for admission to the cohort."),
        "submitted": say("The application was sent."),
        "shortlisted": say("The application was put on the shortlist."),
        "offered": say("A place was offered."),
        "accepted": say("The offer was accepted."),
        "declined": say("The offer was declined."),
        "expired": say("The offer ran out without an answer."),
        "not_selected": say("The answer to the application was: not this time."),
        "withdrawn": say("The application was withdrawn."),
        "released": say("The application was released without an answer."),
    },
    subjects.PLACEMENT: {
        "active": say("The placement was set up."),
        "completed": say("The placement was completed."),
        "ended": say("The placement was ended early."),
    },
    subjects.SUBMISSION: {
        "handed_in": say("Work was handed in."),
        "accepted": say("The work was accepted."),
        "settled": say("The work was settled without a review: no answer came in time."),
        "changes": say("Changes to the work were requested."),
    },
    subjects.MENTOR: {
        "active": say("Mentor from now on."),
        "refused": say("Not a mentor any more: the student wished so."),
        "ended": say("Not a mentor any more."),
    },
    subjects.PART: {
        "owner": say("The part in the company is: owner"),
        "reviewer": say("The part in the company is: reviewer"),
        "stand_in": say("The part in the company is: stand-in"),
        history.LEFT: say("There is no part in the company any more."),
    },
    subjects.COMPANY: {
        "verified": say("The company was verified."),
        "unverified": say("The company is not verified any more."),
    },
    subjects.MEMBER: {
        "asked": say("Admission to the cohort was requested."),
        "admitted": say("The student was admitted to the cohort."),
        "refused": say("The student was not admitted to the cohort."),
    },
    subjects.CHANNEL: {
        "new": say("The channel was chosen."),
        "active": say("The channel is in use."),
        "paused": say("The channel was paused: I could not write there."),
        "away": say("I could no longer reach the channel."),
    },
    subjects.SPACE: {
        "new": say("It was connected."),
        "active": say("It is in use."),
        "paused": say("It was paused: I was no longer in it."),
    },
}
"""What the birth of a noun in a status says, and a move to it."""

_RULE_STATES: Final[Mapping[str, Term]] = {
    "stop": Term("stop", "rule state"),
    "suggestion": Term("suggestion", "rule state"),
    "off": Term("off", "rule state"),
}

_MOVES: Final[Mapping[tuple[str, str, str], Sentence]] = {
    (subjects.PROJECT, "closed", "open"): say("The project was opened again."),
    (subjects.PROJECT, "review", "closed"): say("The project was taken back before it was published."),
    (subjects.PROJECT, "changes", "closed"): say("The project was taken back before it was published."),
    (subjects.APPLICATION, "admission", "submitted"): say(
        "The student was admitted to the cohort, and the application was sent."
    ),
    (subjects.APPLICATION, "withdrawn", "submitted"): say("The application was sent again."),
    (subjects.APPLICATION, "shortlisted", "submitted"): say("The application was taken off the shortlist."),
    (subjects.APPLICATION, "expired", "offered"): say("A place was offered again."),
}
"""Moves that say more than their status: of a noun, from, to."""

_RELEASES: Final[Mapping[str, Sentence]] = {
    "silence": say("The application was released, since no answer came in time."),
    "full": say("The application was released, since every place was taken."),
    "overfull": say("The offer was taken back, since the place was taken away."),
    "admission": say("The application was released: the student was not admitted to the cohort in time."),
    "refused": say("The application was released: the student was not admitted to the cohort."),
    "late": say("The application was released: the student was admitted after the decisions."),
}

_DATES: Final[Mapping[str, str]] = {
    "deadline": "Applications can be sent until {after}; before: {before}",
    "decide": "Answers are promised by {after}; before: {before}",
    "starts": "The work starts on {after}; before: {before}",
    "due": "The work is due by {after}; before: {before}",
    history.ASKED: "Another date was requested: {after}; agreed so far: {before}",
    history.KEPT: "The agreed date was kept: {before}; requested: {after}",
}


@dataclass(frozen=True, slots=True)
class LineNames:
    """The names that the lines of a page need, read at once.

    Attributes:
        aliases: people by their alias; None for a person who was erased.
        students: the student of each application, by its subject, where a page has several.
        deliverables: the position of each deliverable in its placement, by its subject.
        mentors: the person of each mentor, by its subject.
    """

    aliases: Mapping[int, Person | None] = field(default_factory=dict)
    students: Mapping[str, Person] = field(default_factory=dict)
    deliverables: Mapping[str, int] = field(default_factory=dict)
    mentors: Mapping[str, Person] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the history as its reader sees it: what happened, when (UTC), and who did it, where known.

    `mark`: how a row that is older than the history is known; "" for all others.
    """

    what: Sentence
    at: datetime
    who: PersonName | Term | None
    mark: str


_SAID_TWICE: Final = (subjects.OFFER, subjects.MILESTONE)
WITHOUT_LINE: Final[ColumnElement[bool]] = or_(
    and_(
        or_(*(HistoryRow.subject.startswith(f"{noun}{noun.mark}") for noun in _SAID_TWICE)),
        HistoryRow.what.in_((history.BIRTH, history.STATUS)),
    ),
    and_(HistoryRow.what.in_((history.UNTIL, "offer")), HistoryRow.after.is_(None)),
)
"""The condition of rows that have no line, since the line of another row says the same.

An application's rows say what became of its offer, and those of what was handed in what became of a
deliverable; that an offer is open no longer is said by its end.
"""


def line(
    turn: Turn, row: HistoryRow, names: LineNames, *, reads_reasons: bool = False, knows_who: bool = True
) -> Entry:
    """Return what a row says; `knows_who`: the reader may know who acted.

    `reads_reasons`: the reader is a coordinator who may read the reasons that were given in confidence.
    """
    said = _said(turn, row, names)
    wrote = row.alias_id is not None and _is_reader(turn, names.aliases.get(row.alias_id))
    if row.reason in REASONS and (reads_reasons or wrote):
        why = say("The reason: {reason}.", reason=REASONS[row.reason])
        said = layout("{what}\n{why}", what=said, why=why)
    if row.reason in SHOWN:
        said = layout("{what}\n{why}", what=said, why=SHOWN[row.reason])
    student = names.students.get(row.subject)
    if student is not None and not _is_reader(turn, student):
        said = layout("{student}: {what}", student=_name(turn, student), what=said)
    elif (named := subjects.PART.match(row.subject) or subjects.ABSENCE.match(row.subject)) is not None:
        person = names.aliases.get(named.alias)
        said = layout("{person}: {what}", person=LEFT if person is None else _name(turn, person), what=said)
    elif (mentor := names.mentors.get(row.subject)) is not None:
        said = layout("{person}: {what}", person=_name(turn, mentor), what=said)
    elif (number := names.deliverables.get(_deliverable(row))) is not None:
        said = say("Deliverable {number}: {what}", number=number, what=said)
    return Entry(said, row.at, _who(turn, row, names) if knows_who else None, row.known_by)


def _said(turn: Turn, row: HistoryRow, names: LineNames) -> Sentence:
    noun, after = head_of(row.subject), row.after or ""
    if (rule := subjects.SCOPE_RULE.match(row.subject)) is not None:
        return say(
            "The rule “{rule}” of the scope check is now: {after}. Before: {before}",
            rule=Term(rule.rule.replace("-", " ").capitalize(), "rule"),
            after=rule_standing(after),
            before=rule_standing(row.before or ""),
        )
    if row.what == history.EXPORTED:
        return say("The operator of this bot exported everything of the programme.")
    if row.what == history.REHEARSED:
        return say("The operator of this bot rehearsed the programme on a copy, and could read its messages.")
    if row.what == history.RESTORED:
        return say("The programme was restored from a backup of {after}.", after=_date(turn, row.after))
    if row.what in {history.BIRTH, history.STATUS}:
        if after == "released" and row.reason in _RELEASES:
            return _RELEASES[row.reason]
        return _MOVES.get((noun, row.before or "", after)) or _STATUSES[noun][after]
    if row.what == history.PLACES:
        return say("Places: {after}; before: {before}", after=after, before=row.before or "")
    if row.what == history.OWNER:
        return _owner(turn, row, names)
    if row.what == history.AWAY:
        return say("Away until {after}.", after=_date(turn, row.after))
    if row.what == history.BACK:
        return say("Back before the day that was named: {before}", before=_date(turn, row.before))
    if row.what in _DATES:
        return say(_DATES[row.what], after=_date(turn, row.after), before=_date(turn, row.before))
    return say("The offer can be answered until {after}.", after=_date(turn, row.after))


def rule_standing(code: str) -> Sentence:
    """Return what a rule of the scope check does, by its code: "suggestion 48" holds its limit as well."""
    state, _, number = code.partition(" ")
    if not number:
        return layout("{state}", state=_RULE_STATES[state])
    return layout("{state} ({number})", state=_RULE_STATES[state], number=number)


def _owner(turn: Turn, row: HistoryRow, names: LineNames) -> Sentence:
    if row.after is None:
        return say("The project has no owner any more.")
    owner = names.aliases.get(int(row.after))
    return say(
        "The owner of the project is now: {person}", person=LEFT if owner is None else _name(turn, owner)
    )


def _date(turn: Turn, held: str | None) -> ShownDay | Moment | str:
    when = history.read_date(held) if held is not None else None
    return "–" if when is None else shown_date(turn, when, turn.person)


def _who(turn: Turn, row: HistoryRow, names: LineNames) -> PersonName | Term | None:
    """Return who did it: the reader, a person by name, or what else began it."""
    if row.alias_id is not None:
        person = names.aliases.get(row.alias_id)
        return LEFT if person is None else _name(turn, person)
    if row.began_by == "command":
        return _BY_COMMAND
    if row.began_by == Timer.DECISION_DUE:
        return _BY_EMPLOYER  # which is sent when it can no longer be undone
    return _BY_ITSELF if row.began_by else None


def _name(turn: Turn, person: Person) -> PersonName | Term:
    if person.erased_at is not None:
        return LEFT
    if _is_reader(turn, person):
        return Term("you", "history")
    return PersonName(person.id, person.name)


def _is_reader(turn: Turn, person: Person | None) -> bool:
    return person is not None and person.id == turn.person_id


def _deliverable(row: HistoryRow) -> str:
    """Return the subject of the deliverable that a row is about, "" where it is about none."""
    match head_of(row.subject):
        case subjects.MILESTONE:
            return row.subject
        case subjects.SUBMISSION:
            return row.parent
        case _:
            return ""

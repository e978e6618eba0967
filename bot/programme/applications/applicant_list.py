"""The list of a project's applicants, some a page: the state of each, as their employer reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row

from bot.chat.answers import Option
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Select,
    Sentence,
    Text,
    heading,
    layout,
    row,
    say,
    text,
)
from bot.chat.local_day import When
from bot.chat.sentences import Term
from bot.programme import projects
from bot.programme.applications import late_offers, lookup, news, sent_applications, waiting_list
from bot.programme.applications.decisions import release_reasons
from bot.programme.applications.decisions.decision_date import ANSWER
from bot.programme.core import dates, subjects, verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.projects import places
from bot.programme.projects.display import joined
from bot.programme.projects.places import Counting
from storage.queries import Row as StoredRow
from storage.tables import Application, Project

__all__ = ["page", "standing", "waiting_line"]

_PAGE: Final = 8
_COUNTED: Final = {
    "submitted": "new: {number}",
    "waiting": "on the waiting list: {number}",
    "shortlisted": "shortlisted: {number}",
    "offered": "with an offer: {number}",
    "accepted": "accepted: {number}",
    "declined": "declined: {number}",
    "expired": "offer ran out: {number}",
    "not_selected": "not this time: {number}",
    "released": "released: {number}",
}


def page(turn: Turn, project: Project, number: int) -> list[Block]:
    """Return a page (from 0) of a project's applicants, or the last, with what can be done about them."""
    found = sent_applications.of_project(turn, project)
    blocks: list[Block] = [heading(projects.title_part(project)), _counts(turn, project, found)]
    if not found:
        if projects.accepts_applications(turn, project):
            return [*blocks, text("There is no application yet. I bring you new ones once a day.")]
        return [*blocks, text("There was no application, and applications are closed.")]
    pages = -(-len(found) // _PAGE)
    number = min(number, pages - 1)
    shown = sent_applications.load(turn, [each.id for each in found[number * _PAGE :][:_PAGE]])
    line = waiting_line(turn, project, shown)
    owed = waits.standing_of(turn, ANSWER, [subjects.APPLICATION(each.id) for each in shown])
    lines = [
        _line(turn, place, application, standing(turn, application, line), owed)
        for place, application in enumerate(shown, start=number * _PAGE + 1)
    ]
    blocks.append(Text(tuple(joined(lines, "\n"))))
    options = tuple(Option(str(a.id), (news.name_of(turn, a),)) for a in shown)
    blocks.append(Select(verbs.APPLICANT_TURN.choice(), options, placeholder="Read an application"))
    ways = [Button("Read one by one", verbs.APPLICANT_TURN(_first(found)), style="primary")]
    if number:
        ways.append(Button("Previous page", verbs.APPLICANTS_PAGE(project.id, number - 1)))
    if number < pages - 1:
        ways.append(Button("Next page", verbs.APPLICANTS_PAGE(project.id, number + 1)))
    if sum(each.status in lookup.TO_DECIDE and not each.held for each in found) > 1:
        ways.append(Button("Not this time for the rest", verbs.APPLICANTS_REST(project.id)))
    return [*blocks, Buttons(tuple(ways))]


def _line(
    turn: Turn, place: int, application: Application, state: Term | Sentence, owed: Mapping[str, StoredRow]
) -> Sentence:
    """Return the line of an application, with since when and until when its answer is owed."""
    student = news.name_of(turn, application)
    wait = owed.get(subjects.APPLICATION(application.id))
    if wait is None or wait.due_at is None or wait.state != "open":
        return layout("{place}. {student} · {state}", place=place, student=student, state=state)
    return say(
        "{place}. {student} · {state} · since {since}, answer by {when}",
        place=place,
        student=student,
        state=state,
        since=news.shown_day(turn, wait.since, turn.person),
        when=news.shown_day(turn, _due(turn, application, wait), turn.person),
    )


def _due(turn: Turn, application: Application, wait: StoredRow) -> When:
    """Return by when an answer is owed: the project's decision date as it was given, or the wait's own."""
    project = projects.project_of(turn, application.project_id)
    return dates.read(project, "decide") if wait.due_at == project.decide_at else wait.due_at


def _first(found: Sequence[Row[*tuple[Any, ...]]]) -> int:
    """Return where reading one by one begins: the first application that waits for an answer."""
    waiting = (each.id for each in found if each.status in lookup.UNDECIDED and not each.held)
    return int(next(waiting, found[0].id))


def _counts(turn: Turn, project: Project, found: Sequence[Row[*tuple[Any, ...]]]) -> Block:
    counted = Counter("waiting" if _waits(each) else each.status for each in found)
    counts = [layout("{number}", number=len(found))]
    counts += [say(_COUNTED[each], number=counted[each]) for each in _COUNTED if counted[each]]
    free = max(0, places.free(turn, project, Counting.HELD))
    due = news.shown_date(turn, dates.read(project, "decide"), turn.person)
    return Fields(
        (
            Field("Applicants", tuple(joined(counts, " · "))),
            row("Places free", "{free} of {places}", free=free, places=project.places),
            row("Answers due by", due),
        )
    )


def _waits(sent: Row[*tuple[Any, ...]]) -> bool:
    """Return whether an application is on the waiting list and has no decision on its way."""
    return sent.status == "submitted" and sent.waiting is not None and not sent.held


def waiting_line(turn: Turn, project: Project, shown: Iterable[Application]) -> list[Application]:
    """Return the waiting list, where one of these is on it."""
    return waiting_list.in_line(turn, project) if any(a.waiting is not None for a in shown) else []


def standing(turn: Turn, application: Application, line: list[Application]) -> Term | Sentence:
    """Return the state of an application, as its employer reads it; `line` is the waiting list."""
    if application.held is not None:
        offered = application.held.status == "offered"
        return say("offer, not sent yet") if offered else say("not this time, not sent yet")
    if application.status in lookup.UNDECIDED and application.waiting is not None:
        place, size = line.index(application) + 1, len(line)
        if application.status == "shortlisted":
            return say("shortlisted, waiting list {place} of {size}", place=place, size=size)
        return say("waiting list {place} of {size}", place=place, size=size)
    if application.status == "released":
        until = late_offers.last_of(turn, application) if application.late_offer else None
        if until is not None:
            return say(
                "released, still wants a place by {when}", when=news.shown_day(turn, until, turn.person)
            )
        return release_reasons.in_list(application)
    new = application.status == "submitted"
    return Term("new", "application") if new else status_term(application, application.status)

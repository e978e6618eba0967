"""Changes of terms: what an edited project means for the placements that have begun.

A placement keeps its terms until its student agrees to others. Students are asked about a lower fee or more
work only after a coordinator's yes. Without an answer nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action, Post, Update, WithdrawPost
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Sentence,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.local_day import date_of
from bot.chat.routes import MessageRoute, Waiting
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup, messages, news, offer_messages, terms
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import open_cases
from bot.programme.people.mutes import is_unwanted
from bot.programme.people.parts import is_of_employer
from bot.programme.placements.lookup import placement_of, sides
from storage.queries import outbox
from storage.tables import Application, Placement, Project, TermsOffer

__all__ = [
    "active",
    "apply_project_changes",
    "ask_after_case",
    "ask_student",
    "close_item",
    "close_question",
    "hold_question",
    "holding",
    "may_pass_on",
    "of_state",
    "question",
    "settle",
]

_TAKEN_BACK: Final = say("This question is taken back. What you agreed on stays.")

_WRITTEN: Final = frozenset({"deliverables", "location", "payer", "unpaid_reason"})
"""Terms that are in the words of the person who changes them."""


def active(turn: Turn, project: Project) -> list[Placement]:
    """Return the placements of a project that are under way, the oldest first."""
    query = select(Placement).where(
        Placement.programme_id == turn.programme_id,
        Placement.project_id == project.id,
        Placement.status == "active",
    )
    return list(turn.session.scalars(query.order_by(Placement.id)))


def holding(turn: Turn, placement: Placement) -> TermsOffer:
    """Return the terms that hold in a placement now, not stored: its terms, with dates moved since."""
    moved = {name: getattr(placement, name) for name in terms.DATES}
    return TermsOffer(**(terms.values_of(terms.terms_of(turn, placement)) | moved))


def of_state(turn: Turn, project: Project, *states: str) -> list[tuple[Placement, TermsOffer]]:
    """Return the placements under way whose latest change of terms is in one of these states, with it."""
    found = [(each, terms.latest(turn, each.application_id)) for each in active(turn, project)]
    return [(each, change) for each, change in found if change is not None and change.state in states]


def apply_project_changes(
    turn: Turn, before: Project, project: Project, author_id: int | None
) -> list[Action]:
    """Bring the edited terms of a locked project to its open offers and its placements.

    `before` is the project as it was, `author_id` who changed it. A start that moved along with the deadline
    is meant for later applicants, and does not change the placements under way.
    """
    was = terms.work_of(before)
    changed = {name: value for name, value in terms.work_of(project).items() if was[name] != value}
    zone = ZoneInfo(turn.programme.zone)
    start = _days(before, project, "starts", zone)
    starts = bool(start) and start != _days(before, project, "deadline", zone)
    actions: list[Action] = []
    for application in lookup.of_project(turn, project, {"offered"}):
        actions += offer_messages.changed(turn, project, application)
    if changed or starts:
        for placement in active(turn, project):
            student = people.person_of(turn, placement.person_id)
            own = dates.columns("starts", terms.start_of(turn, project, student)) if starts else {}
            actions += _propose(turn, placement, changed | own, author_id)
        actions += _item(turn, project)
    return actions


def _days(before: Project, after: Project, name: dates.Name, zone: ZoneInfo) -> int:
    """Return by how many days a date of a project has moved."""
    return (date_of(dates.read(after, name), zone) - date_of(dates.read(before, name), zone)).days


def _propose(
    turn: Turn, placement: Placement, changed: dict[str, Any], author_id: int | None
) -> list[Action]:
    """Put a change before a student, or a coordinator first; take it back where nothing differs any more."""
    now = holding(turn, placement)
    pending = terms.open_change(turn, placement.application_id)
    after = _target(turn, placement, pending or now, changed)
    actions: list[Action] = []
    if pending is not None:
        if terms.same(pending, after):
            return []
        pending.state, pending.answered_at = "replaced", turn.now
        actions += close_question(turn, pending, _TAKEN_BACK)
    if not terms.changed_rows(turn, now, after, None):
        return actions
    application = lookup.application_of(turn, placement.application_id)
    worse = terms.is_worse(now, after) or _unwanted(turn, placement, application, changed, author_id)
    waits = worse and not may_pass_on(turn, projects.project_of(turn, placement.project_id))
    change = terms.propose(
        turn,
        application,
        terms.values_of(after),
        "coordinator" if waits else "asked",
        approved_by=turn.person_id if worse and not waits else None,
        proposed_by=author_id,
    )
    return actions if waits else [*actions, *ask_student(turn, placement, change)]


def may_pass_on(turn: Turn, project: Project) -> bool:
    """Return whether the person who acts can let a student be asked for less money or more work.

    A coordinator can; a coordinator who looks after the project or is of its company can only where there is
    no other coordinator.
    """
    if "coordinator" not in turn.roles:
        return False
    others = [each for each in confidential.everybody(turn) if not is_of_employer(each, project)]
    return turn.person_id in {each.id for each in others} or not others


def _unwanted(
    turn: Turn,
    placement: Placement,
    application: Application,
    changed: Collection[str],
    author_id: int | None,
) -> bool:
    """Return whether new words are for a student who wants no more messages from their writer."""
    student = people.person_of(turn, placement.person_id)
    return not _WRITTEN.isdisjoint(changed) and is_unwanted(turn, application.id, student, author_id)


def _target(turn: Turn, placement: Placement, base: TermsOffer, changed: dict[str, Any]) -> TermsOffer:
    """Return the terms as they would be; begun work keeps its start, its end moves with start and weeks."""
    target = TermsOffer(**(terms.values_of(base) | changed))
    if placement.starts_at <= turn.now:
        dates.write(target, "starts", dates.read(placement, "starts"))
    student = people.person_of(turn, placement.person_id)
    due = terms.moved(turn, student, base, dates.read(target, "starts"), target.weeks)
    dates.write(target, "due", due)
    return target


def ask_student(turn: Turn, placement: Placement, change: TermsOffer) -> list[Action]:
    """Ask the student of a placement whether they agree to other terms: not while a case is open."""
    if open_cases.is_open(turn, placement.application_id):
        return []
    return _ask(turn, placement, change)


def ask_after_case(turn: Turn, placement: Placement) -> list[Action]:
    """Ask the student, after the last case about a placement, what was not asked while it was open.

    It is in their daily message: the end of the case comes first, and by itself.
    """
    change = terms.open_change(turn, placement.application_id)
    if change is None or change.state != "asked" or placement.status != "active":
        return []
    asked = outbox.by_key(turn.connection, turn.programme_id, _key(change))
    if asked is not None and asked.state == "sent":
        return []
    student, key = people.person_of(turn, placement.person_id), keys.TERMS_AFTER(change.id, turn.source)
    words = question(turn, placement, change)
    return daily_message.notify(turn, student, key, subjects.NEW_TERMS(change.id), *words)


def hold_question(turn: Turn, placement: Placement) -> None:
    """Take a question back that waits in a daily message, as a case is open again."""
    change = terms.open_change(turn, placement.application_id)
    if change is not None:
        daily_message.retract_notices(turn, subjects.NEW_TERMS(change.id))


def _ask(turn: Turn, placement: Placement, change: TermsOffer) -> list[Action]:
    student = people.person_of(turn, placement.person_id)
    if student.erased_at is not None:
        return []
    words = message(*question(turn, placement, change))
    to, about = people.address(turn, student), subjects.OF_TERMS(placement.id, change.id)
    return [Post(to, words, _key(change), kind=_CHANGE, subject=about)]


def _still_asked(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a question about other terms while it waits for its answer and no case is open."""
    about = subjects.OF_TERMS.parse(waiting.subject)
    change, placement = turn.session.get(TermsOffer, about.change), placement_of(turn, about.placement)
    if change is None or change.programme_id != turn.programme_id or change.state != "asked":
        return None
    if open_cases.is_open(turn, placement.application_id):
        return None
    return message(*question(turn, placement, change))


def _named(turn: Turn, subject: str) -> Sentence:
    both = sides(turn, placement_of(turn, subjects.OF_TERMS.parse(subject).placement))
    return say("A question about other terms: **{project}**", project=both.title)


_CHANGE: Final = "terms.change"
MESSAGES: Final = {_CHANGE: MessageRoute(_still_asked, _named)}
"""The route of questions about other terms."""


def question(turn: Turn, placement: Placement, change: TermsOffer) -> list[Block]:
    """Return the question as the student reads it, with its answers."""
    both = sides(turn, placement)
    application = lookup.application_of(turn, placement.application_id)
    seen = note("A coordinator has read this first. You are free to keep what you agreed on.")
    return [
        text(
            "**{company}** would like to change what you agreed on for **{project}**:",
            company=projects.company_name(turn, both.project),
            project=both.title,
        ),
        Fields(tuple(terms.changed_rows(turn, holding(turn, placement), change, both.student))),
        text("Nothing changes unless you agree. If you do nothing, what you agreed on stays."),
        *([seen] if change.approved_by is not None else []),
        Buttons(
            (
                Button("Agree", verbs.TERMS_AGREE(change.id)),
                Button("Keep what we agreed", verbs.TERMS_KEEP(change.id)),
                messages.write_button(application, "employer"),
            )
        ),
    ]


def _key(change: TermsOffer) -> str:
    return keys.TERMS(change.id)


def close_question(turn: Turn, change: TermsOffer, words: Sentence) -> list[Action]:
    """Close the question: unsent it is dropped, sent it is replaced by `words`."""
    daily_message.retract_notices(turn, subjects.NEW_TERMS(change.id))
    return [WithdrawPost(_key(change)), Update(_key(change), message(words))]


def _item(turn: Turn, project: Project) -> list[Action]:
    """Open an item for each project with the changes that wait for a coordinator's yes."""
    waiting = of_state(turn, project, "coordinator")
    if not waiting:
        close_item(turn, project)
        return []
    worse = all(terms.is_worse(holding(turn, placement), change) for placement, change in waiting)
    said = (
        "**{company}** would like to change what is agreed in **{project}** to less money or more work."
        if worse
        else "**{company}** would like to change what is agreed in **{project}**. Please read it before it "
        "is asked."
    )
    company, title = projects.company_name(turn, project), projects.title_part(project)
    blocks: list[Block] = [text(said, company=company, project=title)]
    for placement, change in waiting:
        changes = terms.changed_rows(turn, holding(turn, placement), change, None)
        student = sides(turn, placement).student_name
        blocks += [text(layout("**{student}**", student=student)), Fields(tuple(changes))]
    return tasks.open_task(
        turn,
        _task(project),
        "terms",
        subjects.PROJECT(project.id),
        *blocks,
        note(
            "The student is asked only if you say so, and may still keep what was agreed.",
            "The students are asked only if you say so, and may still keep what was agreed.",
            count=len(waiting),
        ),
        Buttons(
            (
                Button("Let them be asked", verbs.TERMS_ASK(project.id)),
                Button("Keep what was agreed", verbs.TERMS_REFUSE(project.id)),
            )
        ),
    )


def _task(project: Project) -> str:
    return keys.TERMS_TASK(project.id)


def close_item(turn: Turn, project: Project) -> None:
    """Close the item of a project that no longer waits for a coordinator's yes."""
    tasks.close_task(turn, _task(project))
    news.retract_news(turn, subjects.TERMS(project.id))


def settle(turn: Turn, placement: Placement, words: Sentence = _TAKEN_BACK) -> list[Action]:
    """Close the question about a placement's terms; `words` take its place."""
    pending = terms.open_change(turn, placement.application_id)
    if pending is None:
        return []
    pending.state, pending.answered_at = "withdrawn", turn.now
    turn.session.flush()
    project = projects.project_of(turn, placement.project_id)
    return [*close_question(turn, pending, words), *_item(turn, project)]

"""`/project edit`: what changes, on every announced copy, and which people have to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select

from bot.chat.actions import Action, CancelTimers, Post, RejectForm, Reply, StartConversation
from bot.chat.codec import RUN
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Part,
    Plain,
    message,
    note,
    row,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.language import as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Completed, Declined, FormRoute, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.core import dates, keys, verbs
from bot.programme.core.changes import ProjectEdited
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.people import address, person_of, require_role
from bot.programme.people.mutes import is_unwanted
from bot.programme.projects import approval, places
from bot.programme.projects.cards import announce, count_cards, refresh
from bot.programme.projects.display import fee_text, hours_text, title_part
from bot.programme.projects.form import EDIT, edit_form
from bot.programme.projects.from_answers import (
    company_for,
    copy_of,
    fill,
    find_company,
    moved_along,
    rules_of,
)
from bot.programme.projects.lookup import company_name, may_manage, project_of
from bot.programme.projects.places import Counting
from bot.programme.projects.preview import detail_blocks, finding_blocks, preview_blocks, stopped
from bot.programme.projects.publishing import reopen, set_timers
from bot.programme.projects.saved_projects import move_reminders
from bot.programme.projects.scope_check import ScopeFinding, check
from bot.programme.projects.search import search_text
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from storage.tables import Application, Person, Placement, Project

__all__ = ["EDITING"]

_ROLES: Final = frozenset({"employer", "coordinator"})
_WRITTEN: Final = frozenset({"Deliverables", "Where"})
"""What of a change is in the words of the person who made it."""
_SEE: Final = "different now; the project shows how"
"""The replacement for such words where the reader asked for no more messages of their writer."""
_COLUMNS: Final = (
    "title",
    "brief",
    "deliverables",
    "hours",
    "deadline_at",
    "deadline_day",
    "deadline_zone",
    "company_id",
    "field",
    "location",
    "skills",
    "weeks",
    "fee_cents",
    "currency",
    "unpaid_reason",
    "places",
    "starts_at",
    "starts_day",
    "starts_zone",
    "decide_at",
    "decide_day",
    "decide_zone",
    "contact",
    "private_details",
    "questions",
    "cohorts",
    "override_reason",
)
_DATES: Final[dict[str, dates.Name]] = {"Apply by": "deadline", "Answer by": "decide", "Starts": "starts"}
_CONCERNED: Final = ("admission", "submitted", "shortlisted", "accepted")
"""The people who get the news of a change here; the bot says later what it means for offers and terms."""


def _project_edit_command(turn: Turn, event: CommandUsed) -> list[Action]:
    require_role(turn, *_ROLES)
    typed = event.options.get("project", "")
    return _begin(turn, named_project(turn, typed, verbs.PROJECT_EDIT, mine=True, fits=_can_be_edited))


def _can_be_edited(project: Project) -> bool:
    taken_back = project.status == "closed" and not project.published_at
    return project.status not in {"declined", "discarded"} and not taken_back


def _edit_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    return _begin(turn, project_of(turn, verbs.PROJECT_EDIT.read(event).project))


def _begin(turn: Turn, project: Project) -> list[Action]:
    may_manage(turn, project)
    if not _can_be_edited(project):
        how = "was declined" if project.status == "declined" else "was taken back"
        raise Declined(f"This project {how}. `/project repeat` begins a new one from it.")
    return [StartConversation(EDIT, str(project.id))]


def _drafted(turn: Turn, project: Project, done: Completed) -> tuple[Project, list[ScopeFinding]]:
    """Return the project as the draft would have it, not stored, and what is found in it."""
    after = copy_of(project)
    unread = fill(turn, after, done.values)
    moved_along(turn, project, after)
    return after, [*unread, *check(after, rules_of(turn, project))]


def _review(turn: Turn, done: Completed) -> Sequence[Block]:
    project = project_of(turn, done.subject)
    after, findings = _drafted(turn, project, done)
    left = _left_to_students(turn, project) + after.places - project.places
    told: list[Block] = []
    changed = list(_material(turn, project, after, turn.person))
    if project.published_at and changed and _applicants(turn, project):
        labels = ", ".join(as_text(each.label) for each in changed)
        told.append(text(f"The people who applied will hear once what is different: {labels}."))
    if project.published_at and _at_work(turn, project):
        told.append(note("Your interns keep what they agreed to until they agree to something else."))
    decides = "coordinator" in turn.roles
    new = [f for f in findings if not f.stop or f in _new_stops(turn, project, findings)]
    told += finding_blocks(new, done.conversation_id, decides=decides, passed=done.remark)
    company = str(done.values.get("company") or "")
    return preview_blocks(turn, after, company, max(0, left), told)


def _left_to_students(turn: Turn, project: Project) -> int:
    """Count the places left as the preview shows them: as students would read it."""
    return max(0, places.free(turn, project, Counting.PUBLIC))


def _details(turn: Turn, done: Completed) -> Sequence[Block]:
    project = project_of(turn, done.subject)
    after, _ = _drafted(turn, project, done)
    left = _left_to_students(turn, project) + after.places - project.places
    return detail_blocks(turn, after, str(done.values.get("company") or ""), max(0, left))


def _new_stops(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[ScopeFinding]:
    """Return the stops that an edit brings; earlier stops do not hold other changes back."""
    before = check(project, rules_of(turn, project)) if project.published_at else ()
    return [finding for finding in findings if finding.stop and finding not in before]


def _project_edit_submitted(turn: Turn, done: Completed) -> list[Action]:
    project = project_of(turn, done.subject, lock=True)
    may_manage(turn, project)
    after, findings = _drafted(turn, project, done)
    stops = _new_stops(turn, project, findings)
    allowed = after.override_reason if "coordinator" in turn.roles else ""
    asks = bool(done.values.get("to_coordinator")) and project.published_at is None
    if any(f.question == "questions" for f in stops) or (stops and not allowed and not asks):
        return [stopped(stops)]
    taken = project.places - max(0, places.free(turn, project, Counting.HELD))
    if after.places < taken:
        held = f"{taken} place{' is' if taken == 1 else 's are'} offered or taken already."
        return [RejectForm({"places": held})]
    try:
        after.company_id = _company_id(turn, project, str(done.values.get("company") or ""), after.field)
    except Declined as refused:
        return [RejectForm({"company": plain_text(refused.message)})]
    before = copy_of(project)
    changed = [name for name in _COLUMNS if getattr(project, name) != getattr(after, name)]
    if not changed and project.status != "changes":
        return [Reply(message("Nothing was changed."))]
    edited = change(turn, project, **{name: getattr(after, name) for name in changed})
    if "contact" in changed:
        project.contact_by_id = turn.person_id
    project.updated_at = turn.now
    project.search = search_text(project, company_name(turn, project))
    turn.session.flush()
    return [*edited, *_carried_on(turn, before, project, findings)]


def _company_id(turn: Turn, project: Project, name: str, field: str) -> int:
    found = find_company(turn, name)
    if not name or (found and found.id == project.company_id):
        return project.company_id
    return company_for(turn, name, field).id


def _carried_on(
    turn: Turn, before: Project, project: Project, findings: Sequence[ScopeFinding]
) -> list[Action]:
    """Go on after a change, according to the project's status."""
    if project.published_at is None:
        if project.status == "draft":
            return [Reply(message(*_kept_words(project)))]
        if "coordinator" in turn.roles:
            return approval.changed(turn, project, findings)
        # What a coordinator looks at goes back to them, whatever the setting says by now.
        return approval.ask(turn, project, findings)
    actions = []
    moved = project.deadline_at != before.deadline_at
    reopened = project.status == "closed" and moved and project.deadline_at > turn.now
    if reopened:
        actions += reopen(turn, project)
    elif project.status == "open" and moved:
        actions += [
            CancelTimers(key=keys.PROJECT_CLOSE(project.id)),
            *set_timers(project),
        ]
    if moved:
        actions += move_reminders(turn, project)
    if project.status == "open":
        actions += announce(turn, project)
    actions += refresh(turn, project)
    told = _tell_applicants(turn, before, project)
    words = _saved_words(turn, project, len(told), reopened=reopened)
    followed = turn.follow(ProjectEdited(before, project))
    return [Reply(message(*words)), *actions, *told, *followed]


def _kept_words(project: Project) -> Iterable[Block]:
    yield text("**", title_part(project), "** is changed. Students do not see it before it is published.")
    yield Buttons((Button("Publish", verbs.PROJECT_PUBLISH(project.id), style="primary"),))


def _saved_words(turn: Turn, project: Project, told: int, *, reopened: bool) -> Iterable[Block]:
    again = " It takes applications again." if reopened else ""
    yield text("**", title_part(project), f"** is changed.{again}")
    yield from _cards_words(turn, project)
    if told:
        whom = "one person" if told == 1 else f"{told} people"
        yield note(f"I am telling {whom} who applied what is different for them.")


def _cards_words(turn: Turn, project: Project) -> Iterable[Block]:
    """Say what becomes of the cards; a card that was deleted is not said to be changed."""
    there, deleted = count_cards(turn, project)
    if there:
        yield note(
            "Its card is being changed now." if there == 1 else f"Its {there} cards are being changed now."
        )
    if deleted:
        where = "one channel" if deleted == 1 else f"{deleted} channels"
        yield note(f"In {where} the card was deleted, so nobody there sees the change on it.")


def _material(turn: Turn, before: Project, after: Project, reader: Person) -> Iterable[Field]:
    """Return what an applicant has to know of, each as it is now and as it was."""
    if (before.fee_cents, before.currency) != (after.fee_cents, after.currency):
        yield row("Fee", f"{fee_text(after)} (it was {fee_text(before)})")
    if before.hours != after.hours or before.weeks != after.weeks:
        yield row("Time", f"{_time(after)} (it was {_time(before)})")
    for label, name in _DATES.items():
        was, now = dates.read(before, name), dates.read(after, name)
        show = people.shown_day if name == "starts" else people.shown_date
        if was != now:
            yield row(label, show(turn, now, reader), "; it was ", show(turn, was, reader))
    if before.deliverables != after.deliverables:
        yield row("Deliverables", Plain(after.deliverables))
    if before.location != after.location:
        where = Plain(after.location) if after.location else "remote"
        yield row("Where", where, " (it was ", Plain(before.location) if before.location else "remote", ")")
    if after.places < before.places:
        yield row("Places", f"{after.places} (it was {before.places})")


def _time(project: Project) -> str:
    return f"about {hours_text(project)} over {project.weeks} week{'' if project.weeks == 1 else 's'}"


def _at_work(turn: Turn, project: Project) -> bool:
    query = select(Placement.id).where(
        Placement.programme_id == turn.programme_id,
        Placement.project_id == project.id,
        Placement.status == "active",
    )
    return turn.session.scalars(query.limit(1)).first() is not None


def _applicants(turn: Turn, project: Project) -> Sequence[Application]:
    """Return the people who have to know of a change: those who wait for an answer, or are at work."""
    query = (
        select(Application)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(Application.programme_id == turn.programme_id, Application.project_id == project.id)
        .where(Application.status.in_(_CONCERNED), or_(Placement.id.is_(None), Placement.status == "active"))
    )
    return turn.session.scalars(query.order_by(Application.id)).all()


def _tell_applicants(turn: Turn, before: Project, project: Project) -> list[Action]:
    """Send a message to each person who applied, of what is different for them; none when nothing is."""
    details = before.private_details != project.private_details
    told: list[Action] = []
    useful = project.deadline_at if project.deadline_at > turn.now else turn.now + timedelta(days=1)
    for application in _applicants(turn, project):
        student = person_of(turn, application.person_id)
        accepted = application.status == "accepted"
        rows = shown = tuple(_material(turn, before, project, student))
        if is_unwanted(turn, application.id, student, turn.person_id):
            shown = tuple(row(each.label, _SEE) if each.label in _WRITTEN else each for each in rows)
        words = _for_intern(project, details=details) if accepted else _for_applicant(project, shown)
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
    concerned = _applicants(turn, project_of(turn, application.project_id))
    return waiting.message if application in concerned else None


def _named_change(turn: Turn, subject: str) -> tuple[Part, ...]:
    application = turn.session.get_one(Application, int(subject))
    return "a change of **", title_part(project_of(turn, application.project_id)), "**"


_CHANGED: Final = "project.changed"


def _for_applicant(project: Project, rows: tuple[Field, ...]) -> Message | None:
    if not rows:
        return None
    return message(
        text("**", title_part(project), "**, which you applied to, has changed:"),
        Fields(rows),
        note("Your application stands. If it no longer suits you, you can withdraw it."),
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
        text("There are new details for interns in **", title_part(project), "**, which you work on."),
        Buttons((Button("My placement", RUN("placement")),)),
    )


EDITING: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "edit"),
                "Change a project; its cards in the channels follow",
                (ANY_PROJECT,),
                allowed=_ROLES,
                example="/project edit market map",
            ),
            _project_edit_command,
        ),
    ),
    buttons={verbs.PROJECT_EDIT: _edit_pressed},
    forms={
        EDIT: FormRoute(
            edit_form,
            _project_edit_submitted,
            review=_review,
            details=_details,
            afterwards="`/project edit` changes it again.",
        )
    },
    suggestions={(("project", "edit"), "project"): suggest_mine},
    messages={_CHANGED: MessageRoute(_still_concerned, _named_change)},
)

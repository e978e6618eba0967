"""The employer's decisions: held for a while, undoable until then, and only then sent.

A decision waits in `Application.held` with the timer `decision.due`. The status does not change before the
decision is sent, so a student who looks sees nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal

from bot.chat.actions import Action, OpenForm, RejectForm, Reply, SetTimer
from bot.chat.content import Block, Button, Buttons, Message, Sentence, Text, message, say, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import Duration
from bot.programme import people, projects
from bot.programme.applications import late_offers, lookup, news, offers, outcomes, waiting_list
from bot.programme.applications.decisions import decline_rest, held_decisions, kind_reasons
from bot.programme.applications.decisions.decline_rest import FORM
from bot.programme.applications.offer_messages import moved_dates
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change, change_each
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.people import open_cases
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Application, Project
from storage.tables.values import HeldDecision

__all__ = ["DECIDABLE", "ROUTES", "applicant_offer_pressed", "place_blocks"]

DECIDABLE: Final = frozenset({"submitted", "shortlisted", "expired"})
"""Statuses in which an employer can decide on an application."""


def applicant_offer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Hold an offer that the employer makes."""
    project, application = lookup.lock_managed_application(
        turn, verbs.APPLICANT_OFFER.read(event).application
    )
    if not late_offers.is_open(turn, application):
        _must_be_decidable(application)
    application.held = None
    if places.free(turn, project, Counting.HELD) <= 0:
        raise Declined(
            text(_no_place(project)),
            Buttons((Button("Put on the waiting list", verbs.APPLICANT_WAIT(application.id)),)),
        )
    _must_not_be_kept(turn, project)
    said = _offer_message(turn, project, application)
    return [
        Reply(said, replace=True, until=(held_decisions.timer_key(application),)),
        *_hold(turn, [application], "offered", "", said),
    ]


def place_blocks(turn: Turn, project: Project) -> list[Block]:
    """Return who could have a place that has become free, with the button to offer it.

    Nothing where no place is free. No student gets a free place automatically.
    """
    free = places.free(turn, project, Counting.HELD)
    if free <= 0:
        return []
    if free <= open_cases.kept_places(turn, project):
        return [open_cases.kept_place()]
    line = waiting_list.in_line(turn, project)
    left = lookup.count_undecided(turn, project)
    if line:
        ask = text(
            "The place is free and waits for your decision. Next on the waiting list: **{student}**.",
            student=news.name_of(turn, line[0]),
        )
        way = Button("Offer it to the next in line", verbs.PLACE_OFFER(project.id), style="primary")
    elif left:
        ask = text(
            "The place is free. One applicant waits for an answer: who should have it?",
            "The place is free. {count} applicants wait for an answer: who should have it?",
            count=left,
        )
        way = Button("See the applicants", verbs.APPLICANTS_LIST(project.id))
    else:
        ask = text("The place is free. To look for another intern, move the deadline and announce it again.")
        way = Button("Edit the project", verbs.PROJECT_EDIT(project.id))
    return [ask, Buttons((way,))]


def place_offer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Offer a free place to the student who is first on the waiting list now."""
    project = projects.project_of(turn, verbs.PLACE_OFFER.read(event).project, lock=True)
    projects.may_manage(turn, project)
    if places.free(turn, project, Counting.HELD) <= 0:
        raise Declined("No place is free any more: it is offered or taken. Nothing was changed.")
    _must_not_be_kept(turn, project)
    line = waiting_list.in_line(turn, project)
    if not line:
        raise Declined(
            "The waiting list is empty. `/applicants` shows who could have the place.",
            Buttons((Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),)),
        )
    application = lookup.application_of(turn, line[0].id, lock=True)
    said = _offer_message(turn, project, application)
    return [
        Reply(said, settles=True, until=(held_decisions.timer_key(application),)),
        *_hold(turn, [application], "offered", "", said),
    ]


def _must_not_be_kept(turn: Turn, project: Project) -> None:
    if places.free(turn, project, Counting.HELD) <= open_cases.kept_places(turn, project):
        raise Declined(open_cases.kept_place())


def _offer_message(turn: Turn, project: Project, application: Application) -> Message:
    student, title = news.name_of(turn, application), projects.title_part(project)
    goes = offers.goes_at(turn, project, people.person_of(turn, application.person_id))
    held = turn.programme.undo_seconds > 0
    if goes > turn.now:
        shown = news.shown_date(turn, goes, projects.employer_of(turn, project))
        lead = text(
            "An offer for **{project}** goes to **{student}** on {goes}, after the student's quiet hours.",
            project=title,
            student=student,
            goes=shown,
        )
        more = [text("You can undo it for {time}.", time=_time_to_undo(turn))] if held else []
        return held_decisions.held_message(
            turn, application, lead, *more, *moved_dates(turn, project, application)
        )
    lead = text("An offer for **{project}** goes to **{student}** now.", project=title, student=student)
    if held:
        lead = text(
            "An offer for **{project}** goes to **{student}** in {time}.",
            project=title,
            student=student,
            time=_time_to_undo(turn),
        )
    return held_decisions.held_message(turn, application, lead, *moved_dates(turn, project, application))


def _must_be_decidable(application: Application) -> None:
    if application.status in DECIDABLE:
        return
    if application.status == "offered":
        raise Declined("There is an offer already. You hear from me as soon as it is answered or runs out.")
    raise Declined("This application has its answer already. Nothing was changed.")


def _no_place(project: Project) -> Sentence:
    return say(
        "The one place is offered or taken. I can offer it to this person next if it becomes free.",
        "All {count} places are offered or taken. I can offer one to this person next if it becomes free.",
        count=project.places,
    )


def _hold(
    turn: Turn,
    applications: Sequence[Application],
    status: Literal["offered", "not_selected"],
    reason: str,
    said: Message,
) -> list[Action]:
    """Hold a decision until it is sent; `said` ends with a group of buttons whose first button undoes it."""
    for application in applications:
        application.reason_by_id = turn.person_id if reason else None
    held = change_each(turn, applications, held=HeldDecision(status, reason))
    last = said.blocks[-1]
    undo = last.buttons[0].action if isinstance(last, Buttons) and turn.programme.undo_seconds > 0 else ""
    due = turn.now + timedelta(seconds=turn.programme.undo_seconds)
    shown = held_decisions.HeldMessage(undo, len(said.blocks) - 1)
    keyed = ((held_decisions.timer_key(each), subjects.APPLICATION(each.id)) for each in applications)
    return [*held, *(SetTimer(key, due, Timer.DECISION_DUE, about, payload=shown) for key, about in keyed)]


def _time_to_undo(turn: Turn) -> Duration:
    minutes, seconds = divmod(turn.programme.undo_seconds, 60)
    return Duration(turn.programme.undo_seconds, "second") if seconds else Duration(minutes, "minute")


def decide_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Apply and send a held decision after the time for undo."""
    project, application = lookup.lock_application(turn, subjects.APPLICATION.id_of(event.subject))
    held = application.held
    # A student who was released may be offered a place that comes late.
    if held is None or application.status not in DECIDABLE | {"released"}:
        return []
    student, title = news.name_of(turn, application), projects.title_part(project)
    if held.status != "offered":
        sent = _tell_no(turn, project, application, held.reason)
        said = text(
            "The answer to **{student}** for **{project}** is final now: not this time.",
            student=student,
            project=title,
        )
        of_all = text("Your answer for **{project}** is final now: not this time.", project=title)
        return [*sent, *held_decisions.settled(event, held, application, said, of_all)]
    resumed = change(turn, application, held=None)
    if places.free(turn, project, Counting.HELD) > 0:
        return [
            *resumed,
            *offers.make(turn, project, application),
            *held_decisions.settled(event, held, application, _made(turn, project, application)),
        ]
    said, sent = _say_no_place(turn, project, application)
    return [*resumed, *sent, *held_decisions.settled(event, held, application, said)]


def _made(turn: Turn, project: Project, application: Application) -> Text:
    """Return what the employer reads of an offer that is made: a student who sleeps has it later."""
    student, title = news.name_of(turn, application), projects.title_part(project)
    goes = offers.goes_at(turn, project, people.person_of(turn, application.person_id))
    if goes > turn.now:
        return text(
            "The offer for **{project}** to **{student}** is made, and can no longer be undone. It goes out "
            "on {goes}, after the student's quiet hours.",
            project=title,
            student=student,
            goes=news.shown_date(turn, goes, projects.employer_of(turn, project)),
        )
    return text(
        "The offer for **{project}** to **{student}** is made, and can no longer be undone.",
        project=title,
        student=student,
    )


def _say_no_place(turn: Turn, project: Project, application: Application) -> tuple[Text, list[Action]]:
    """Return that an offer could not be made, in words and as news for the employer."""
    said = text(
        "Your offer to **{student}** for **{project}** could not be made: {reason}",
        student=news.name_of(turn, application),
        project=projects.title_part(project),
        reason=_no_place(project),
    )
    sent = news.tell_employer(
        turn,
        project,
        keys.NO_PLACE(application.id, turn.source),
        subjects.APPLICATION(application.id),
        said,
        Buttons((Button("Put on the waiting list", verbs.APPLICANT_WAIT(application.id)),)),
    )
    return said, sent


def _tell_no(turn: Turn, project: Project, application: Application, reason: str) -> list[Action]:
    actions = outcomes.settle(turn, project, application, "not_selected")
    application.reason = reason
    turn.session.flush()
    student = people.person_of(turn, application.person_id)
    company, title = projects.company_name(turn, project), projects.title_part(project)
    if lookup.of_project(turn, project, {"offered", "accepted"}):
        said = text(
            "**{company}** has chosen another applicant for **{project}**.", company=company, project=title
        )
    else:
        said = text(
            "**{company}** does not offer you the place in **{project}**.", company=company, project=title
        )
    return actions + news.tell_student(
        turn,
        application,
        keys.NOT_SELECTED(application.id),
        said,
        *([kind_reasons.to_student(turn, project, application, reason)] if reason else []),
        text("What you wrote is kept, and offered to you again when you apply next."),
        *news.similar_blocks(turn, project, student),
    )


def applicant_no_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the employer for the kind reason of a no."""
    _, application = lookup.lock_managed_application(turn, verbs.APPLICANT_NO.read(event).application)
    _must_be_decidable(application)
    return [OpenForm(FORM, subjects.NOT_SELECTED("application", application.id))]


def not_selected_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Hold the answer with its reason, for one applicant or for all who still wait."""
    reason = kind_reasons.stored_reason(done.values)
    if reason is None:
        return [RejectForm({"words": say("Please write a line, or pick one of the reasons above.")})]
    about = subjects.NOT_SELECTED.parse(done.subject)
    if about.whose == "application":
        project, application = lookup.lock_managed_application(turn, about.id)
        _must_be_decidable(application)
        said = held_decisions.held_message(turn, application, _goes_to_one(turn, project, application))
        return [
            Reply(said, settles=True, until=(held_decisions.timer_key(application),)),
            *_hold(turn, [application], "not_selected", reason, said),
        ]
    project = projects.project_of(turn, about.id, lock=True)
    projects.may_manage(turn, project)
    rest = decline_rest.meant(turn, project, about.whose, about.since)
    if not rest:
        raise decline_rest.leaves_all_out(turn, project)
    undo = Button("Undo for all" if len(rest) > 1 else "Undo", verbs.DECISION_UNDO_ALL(project.id))
    said = message(
        _goes_to_all(turn, project, len(rest)),
        *((Buttons((undo,)),) if turn.programme.undo_seconds > 0 else ()),
    )
    until = tuple(held_decisions.timer_key(application) for application in rest)
    return [Reply(said, settles=True, until=until), *_hold(turn, rest, "not_selected", reason, said)]


def _goes_to_one(turn: Turn, project: Project, application: Application) -> Text:
    student, title = news.name_of(turn, application), projects.title_part(project)
    at = turn.now + timedelta(seconds=turn.programme.undo_seconds)
    goes = daily_message.wakes_at(turn, people.person_of(turn, application.person_id), at)
    if goes is not None:
        return text(
            "Your answer goes to **{student}** on {goes}, after the student's quiet hours: not this time for "
            "**{project}**.",
            student=student,
            goes=news.shown_date(turn, goes, turn.person),
            project=title,
        )
    if turn.programme.undo_seconds <= 0:
        return text(
            "Your answer goes to **{student}** now: not this time for **{project}**.",
            student=student,
            project=title,
        )
    return text(
        "Your answer goes to **{student}** in {time}: not this time for **{project}**.",
        student=student,
        time=_time_to_undo(turn),
        project=title,
    )


def _goes_to_all(turn: Turn, project: Project, count: int) -> Text:
    title = projects.title_part(project)
    if turn.programme.undo_seconds <= 0:
        return text(
            "Your answer goes to one applicant now: not this time for **{project}**.",
            "Your answer goes to {count} applicants now: not this time for **{project}**.",
            count=count,
            project=title,
        )
    return text(
        "Your answer goes to one applicant in {time}: not this time for **{project}**.",
        "Your answer goes to {count} applicants in {time}: not this time for **{project}**.",
        count=count,
        time=_time_to_undo(turn),
        project=title,
    )


ROUTES = Routes(
    buttons={
        verbs.APPLICANT_OFFER: applicant_offer_pressed,
        verbs.APPLICANT_NO: applicant_no_pressed,
        verbs.PLACE_OFFER: place_offer_pressed,
        verbs.APPLICANTS_REST: decline_rest.applicants_rest_pressed,
        verbs.APPLICANTS_REST_OF: decline_rest.applicants_rest_of_pressed,
    },
    forms={FORM: FormRoute(form=kind_reasons.reason_form, completed=not_selected_submitted)},
    timers={Timer.DECISION_DUE: decide_due},
)

"""Waits for an answer to a student who asks for another date: owed by the employer's side.

Without an answer the date counts as agreed (`date_rules`), or a coordinator is asked, five times at most; the
date then stays as it was agreed.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, text
from bot.chat.local_day import When, ends_at
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.programme import projects
from bot.programme.applications import news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import Changed, StatusChanged
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.working_days import is_last_ask, working_days_from
from bot.programme.people import evidence
from bot.programme.people.coordinators_in_turn import in_turn
from bot.programme.people.reason_codes import SILENCE
from bot.programme.placements import asked_before, date_questions, date_rules, extensions, wait_sides
from bot.programme.placements.lookup import (
    employers_zone,
    lock_placement,
    milestone_of,
    placement_of,
    sides,
    title_of,
)
from bot.programme.placements.wait_kinds import DATE
from storage.tables import Milestone, Placement

__all__ = ["ROUTES"]


def milestone_changed(turn: Turn, changed: Changed) -> list[Action]:
    """Open the wait for an answer about another date that is asked for, or end it."""
    milestone = changed.noun
    if not isinstance(milestone, Milestone) or "asked_due" not in changed.after:
        return []
    subject, about = subjects.MILESTONE(milestone.id), subjects.PLACEMENT(milestone.placement_id)
    state = "kept" if milestone.asked_due is None else "dropped"
    ended = waits.end(turn, DATE, subject, state)
    tasks.close_task(turn, keys.DATE_TASK(milestone.id))
    if milestone.asked_due is None:
        return ended
    due = date_rules.answered_by(turn, placement_of(turn, milestone.placement_id), milestone)
    return [*ended, *waits.begin(turn, DATE, subject, about, due)]


def milestone_moved(turn: Turn, moved: StatusChanged) -> list[Action]:
    """End the wait for another date of work that is handed in."""
    milestone = moved.noun
    if not isinstance(milestone, Milestone) or moved.before != "open" or milestone.asked_due is None:
        return []
    ended = waits.end(turn, DATE, subjects.MILESTONE(milestone.id), "dropped")
    return [*ended, *change(turn, milestone, asked_due=None)]


def _asked(turn: Turn, placement: Placement, reached: waits.Reached) -> list[tuple[Milestone, When]]:
    """Return the dates that are asked for and have come to a step, each with its deliverable."""
    found = [milestone_of(turn, subjects.MILESTONE.id_of(each), lock=True) for each in reached.subjects]
    wanted = [(each, date_rules.asked_date(turn, placement, each)) for each in found]
    return [(each, date) for each, date in wanted if date is not None and each.status == "open"]


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the employer on the day by which the answer is owed."""
    placement = lock_placement(turn, subjects.PLACEMENT.id_of(reached.about))
    actions: list[Action] = []
    for milestone, wanted in _asked(turn, placement, reached):
        subject = subjects.MILESTONE(milestone.id)
        wait = waits.standing(turn, DATE, subject)
        if wait is None or evidence.is_held(turn, placement.application_id):
            continue
        news.retract_news(turn, subjects.DATE(milestone.id))
        actions += news.tell_employer(
            turn,
            sides(turn, placement).project,
            keys.DATE_AGAIN(milestone.id, reached.at),
            subjects.DATE(milestone.id),
            *date_questions.question(turn, placement, milestone, wanted, wait.due_at),
            date_questions.answers(milestone, wanted),
            useful_until=wait.due_at,
        )
    return actions


def settle(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Move the dates whose answer did not come, as was said; else ask a coordinator."""
    placement = lock_placement(turn, subjects.PLACEMENT.id_of(reached.about))
    actions: list[Action] = []
    for milestone, wanted in _asked(turn, placement, reached):
        if date_rules.counts_as_agreed(turn, placement, milestone) and not _is_stopped(turn, placement):
            actions += _settle(turn, placement, milestone, wanted)
        else:
            actions += _ask_coordinator(turn, placement, milestone, wanted)
    return actions


def _is_stopped(turn: Turn, placement: Placement) -> bool:
    """Tell whether no clock runs, as a report about the placement is open."""
    return evidence.is_held(turn, placement.application_id)


def _settle(turn: Turn, placement: Placement, milestone: Milestone, wanted: When) -> list[Action]:
    date = date_rules.by_silence(turn, placement, milestone, wanted)
    ended = waits.end(turn, DATE, subjects.MILESTONE(milestone.id), "settled")
    moved = extensions.move_date(turn, placement, milestone, date, SILENCE)
    both = sides(turn, placement)
    short = ends_at(date) < ends_at(wanted)
    to_student = daily_message.notify(
        turn,
        both.student,
        keys.DATE_SILENCE(milestone.id, dates.stamp(date), "student"),
        subjects.MOVED(milestone.id),
        text(
            "**{company}** has not answered, so the later date counts as agreed: **{deliverable}** in "
            "**{project}** is due by {date}.",
            company=projects.company_name(turn, both.project),
            deliverable=title_of(milestone),
            project=both.title,
            date=news.shown_date(turn, date, both.student),
        ),
        *([_more(milestone)] if short else []),
        soon=True,
        useful_until=ends_at(date),
    )
    to_employer = news.tell_employer(
        turn,
        both.project,
        keys.DATE_SILENCE(milestone.id, dates.stamp(date), "employer"),
        subjects.MOVED(milestone.id),
        text(
            "**{deliverable}** of **{student}** in **{project}** is due by {date} now: no answer came, so "
            "that date counts as agreed.",
            deliverable=title_of(milestone),
            student=both.student_name,
            project=both.title,
            date=news.shown_date(turn, date, both.employer),
        ),
    )
    return [*ended, *moved, *to_student, *to_employer]


def _more(milestone: Milestone) -> Block:
    """Return the way to the rest of a date that silence moved by three days."""
    ask = Button("Ask for another date", verbs.MILESTONE_DATE(milestone.id))
    return Buttons((ask,))


def _ask_coordinator(turn: Turn, placement: Placement, milestone: Milestone, wanted: When) -> list[Action]:
    both, subject = sides(turn, placement), subjects.MILESTONE(milestone.id)
    wait, stopped = waits.standing(turn, DATE, subject), _is_stopped(turn, placement)
    if not stopped and wait is not None and is_last_ask(turn, in_turn(turn, both.project), wait.since):
        return _keep(turn, placement, milestone)
    again = working_days_from(turn, turn.programme.coordinator_days)
    put_off = waits.put_off(turn, DATE, subject, again)
    if stopped:
        return put_off
    asked = tasks.open_task(
        turn,
        keys.DATE_TASK(milestone.id),
        "placement.date",
        subjects.PLACEMENT(placement.id),
        text(
            "**{student}** asks to move **{deliverable}** in **{project}** from {before} to {date}, and the "
            "employer has not answered. Please decide with them.",
            student=both.student_name,
            deliverable=title_of(milestone),
            project=both.title,
            before=news.shown_date(turn, dates.read(milestone, "due"), None),
            date=news.shown_date(turn, wanted, None),
        ),
        date_questions.answers(milestone, wanted),
    )
    told = daily_message.notify(
        turn,
        both.student,
        keys.DATE_SILENCE(milestone.id, dates.stamp(wanted), "waits"),
        subjects.DATE(milestone.id),
        text(
            "The employer has not answered about another date of **{deliverable}** in **{project}**. I am "
            "asking the coordinators; until there is an answer it is due by {date}.",
            deliverable=title_of(milestone),
            project=both.title,
            date=news.shown_date(turn, dates.read(milestone, "due"), both.student),
        ),
        useful_until=milestone.due_at if milestone.due_at > turn.now else None,
    )
    return [*put_off, *asked, *told]


def _keep(turn: Turn, placement: Placement, milestone: Milestone) -> list[Action]:
    """Let the date stay as it was agreed, as neither the employer nor a coordinator has answered."""
    both, subject = sides(turn, placement), subjects.MILESTONE(milestone.id)
    wanted = milestone.asked_due or ""
    ended = waits.end(turn, DATE, subject, "settled")
    news.retract_news(turn, subjects.DATE(milestone.id))
    kept = change(turn, milestone, asked_due=None)
    words = text(
        "No answer came about another date of **{deliverable}** in **{project}**, so it is due by {date}, as "
        "it was agreed.",
        deliverable=title_of(milestone),
        project=both.title,
        date=news.shown_date(turn, dates.read(milestone, "due"), both.student),
    )
    key = keys.DATE_SILENCE(milestone.id, wanted, "kept")
    told = daily_message.notify(
        turn, both.student, key, subjects.MOVED(milestone.id), words, _more(milestone)
    )
    return [*ended, *kept, *told]


def _found(turn: Turn, after: int, most: int) -> list[AwaitedThing]:
    """Return dates asked for before there was a rule, for an upgrade: their answer is owed from now on."""
    return [
        AwaitedThing(
            milestone.id,
            subjects.MILESTONE(milestone.id),
            subjects.PLACEMENT(placement.id),
            turn.now,
            date_rules.answered_by(turn, placement, milestone),
        )
        for milestone, placement in asked_before.take_up(turn, after, most)
    ]


ROUTES: Final = Routes(
    follows={Changed: (milestone_changed,), StatusChanged: (milestone_moved,)},
    waits={
        DATE: WaitRoute(
            waits="student",
            owes="employer",
            steps=(WaitStep("remind", remind, in_the_morning=True), WaitStep("settle", settle)),
            zone=employers_zone,
            found=_found,
            sides=wait_sides.DATE,
        )
    },
)

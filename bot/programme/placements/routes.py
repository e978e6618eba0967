"""Which command, button, form and timer of placements goes where."""

from bot.chat.commands import Argument, CommandSpec
from bot.chat.routes import FormRoute, Routes
from bot.programme.core.changes import OfferAccepted, ProjectEdited
from bot.programme.placements import (
    agreed,
    checkins,
    completion,
    dates,
    dropped,
    ending,
    late,
    new_terms,
    reminders,
    reviews,
    status,
    terms_answers,
    work,
)
from bot.programme.placements.begin import MESSAGES as KICKOFF
from bot.programme.placements.begin import begin

__all__ = ["ROUTES"]

_PLACEMENT = CommandSpec(
    ("placement",),
    "Where a placement stands: dates, deliverables, what to do next.",
    (
        Argument(
            "placement",
            "Its number, or words of its project; without one you see your own.",
            suggests=True,
            rest=True,
        ),
    ),
    example="/placement",
)

ROUTES = Routes(
    commands=((_PLACEMENT, status.command),),
    buttons={
        "placement-show": status.show,
        "placements-page": status.turn_page,
        "placement-hand-in": work.choose_milestone,
        "placement-date": dates.choose_date,
        "placement-end": ending.ask_end,
        "milestone-hand-in": work.hand_in,
        "milestone-accept": status.accept,
        "milestone-changes": work.ask_changes,
        "milestone-date": dates.ask_date,
        "date-agree": dates.agree,
        "date-earlier": dates.agree_earlier,
        "date-keep": dates.keep,
        "date-stays": dates.keep_agreed,
        "checkin-again": checkins.again,
        "checkin-answer": checkins.answer,
        "checkin-line": checkins.write_line,
        "closing-line": completion.write_closing,
        "terms-agree": terms_answers.agree,
        "terms-agree-yes": terms_answers.agree_yes,
        "terms-ask": terms_answers.ask,
        "terms-keep": terms_answers.keep,
        "terms-list": agreed.list_project,
        "terms-refuse": terms_answers.refuse,
        "terms-show": agreed.show,
        "terms-withdraw": terms_answers.take_back,
    },
    forms={
        "hand-in": FormRoute(
            work.hand_in_form,
            work.handed_in,
            afterwards="Until the work is accepted you can hand it in again: `/placement` has the button.",
        ),
        dropped.FORM: FormRoute(dropped.dropped_form, dropped.completed),
        "changes": FormRoute(work.changes_form, work.changes_asked),
        "move-date": FormRoute(dates.date_form, dates.date_given),
        "checkin-line": FormRoute(checkins.line_form, checkins.line_written),
        "closing-line": FormRoute(completion.closing_form, completion.closing_line),
        "placement-end": FormRoute(ending.end_form, ending.end),
    },
    messages={**KICKOFF, **checkins.MESSAGES, **completion.MESSAGES, **late.MESSAGES, **new_terms.MESSAGES},
    follows={OfferAccepted: (begin,), ProjectEdited: (agreed.project_edited,)},
    timers={
        "placement.reminder": reminders.remind,
        "placement.last-call": reminders.last_call,
        "placement.overdue": reminders.overdue,
        "placement.checkin": checkins.ask,
        "placement.silence": checkins.silence,
        "placement.closing": completion.close,
        "placement.review": reviews.ask_again,
    },
    suggestions={(("placement",), "placement"): status.suggest},
)

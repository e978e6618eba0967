"""Which command, button, form and timer of placements goes where."""

from bot.chat.commands import Argument, CommandSpec
from bot.chat.routes import FormRoute, Routes
from bot.programme.core.changes import OfferAccepted, ProjectEdited
from bot.programme.placements import (
    check_ins,
    closing,
    ending,
    extensions,
    late_messages,
    overview,
    reminders,
    terms_answers,
    terms_changes,
    terms_overview,
)
from bot.programme.placements.deliverables import dropped, review_reminders, submissions
from bot.programme.placements.kickoff import MESSAGES as KICKOFF
from bot.programme.placements.kickoff import begin

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
    commands=((_PLACEMENT, overview.command),),
    buttons={
        "placement-show": overview.show,
        "placements-page": overview.turn_page,
        "placement-hand-in": dropped.choose_milestone,
        "placement-date": extensions.choose_date,
        "placement-end": ending.ask_end,
        "milestone-hand-in": dropped.hand_in,
        "milestone-accept": overview.accept,
        "milestone-changes": submissions.ask_changes,
        "milestone-date": extensions.ask_date,
        "date-agree": extensions.agree,
        "date-earlier": extensions.agree_earlier,
        "date-keep": extensions.keep,
        "date-stays": extensions.keep_agreed,
        "checkin-again": check_ins.again,
        "checkin-answer": check_ins.answer,
        "checkin-line": check_ins.write_line,
        "closing-line": closing.write_closing,
        "terms-agree": terms_answers.agree,
        "terms-agree-yes": terms_answers.agree_yes,
        "terms-ask": terms_answers.ask,
        "terms-keep": terms_answers.keep,
        "terms-list": terms_overview.list_project,
        "terms-refuse": terms_answers.refuse,
        "terms-show": terms_overview.show,
        "terms-withdraw": terms_answers.take_back,
    },
    forms={
        "hand-in": FormRoute(
            submissions.hand_in_form,
            submissions.handed_in,
            afterwards="Until the work is accepted you can hand it in again: `/placement` has the button.",
        ),
        dropped.FORM: FormRoute(dropped.dropped_form, dropped.completed),
        "changes": FormRoute(submissions.changes_form, submissions.changes_asked),
        "move-date": FormRoute(extensions.date_form, extensions.date_given),
        "checkin-line": FormRoute(check_ins.line_form, check_ins.line_written),
        "closing-line": FormRoute(closing.closing_form, closing.closing_line),
        "placement-end": FormRoute(ending.end_form, ending.end),
    },
    messages={
        **KICKOFF,
        **check_ins.MESSAGES,
        **closing.MESSAGES,
        **ending.MESSAGES,
        **late_messages.MESSAGES,
        **terms_changes.MESSAGES,
    },
    follows={OfferAccepted: (begin,), ProjectEdited: (terms_overview.project_edited,)},
    timers={
        "placement.reminder": reminders.remind,
        "placement.last-call": reminders.last_call,
        "placement.overdue": reminders.overdue,
        "placement.checkin": check_ins.ask,
        "placement.silence": check_ins.silence,
        "placement.closing": closing.close,
        "placement.review": review_reminders.ask_again,
    },
    suggestions={(("placement",), "placement"): overview.suggest},
)

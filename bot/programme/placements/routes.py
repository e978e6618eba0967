"""Which command, button, form and timer of placements goes where."""

from bot.chat.commands import Argument, CommandSpec
from bot.chat.routes import FormRoute, Routes
from bot.programme.placements import checkins, completion, dates, reminders, reviews, status, work

__all__ = ["ROUTES"]

_PLACEMENT = CommandSpec(
    ("placement",),
    "Where a placement stands: dates, deliverables, what to do next.",
    (
        Argument(
            "placement",
            "Its number; without one you see your own.",
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
        "placement-end": completion.ask_end,
        "milestone-hand-in": work.hand_in,
        "milestone-accept": work.accept,
        "milestone-changes": work.ask_changes,
        "milestone-date": dates.ask_date,
        "date-agree": dates.agree,
        "date-keep": dates.keep,
        "checkin-answer": checkins.answer,
        "checkin-line": checkins.write_line,
        "closing-line": completion.write_closing,
    },
    forms={
        "hand-in": FormRoute(
            work.hand_in_form,
            work.handed_in,
            afterwards="Until the work is accepted you can hand it in again: `/placement` has the button.",
        ),
        "changes": FormRoute(work.changes_form, work.changes_asked),
        "move-date": FormRoute(dates.date_form, dates.date_given),
        "checkin-line": FormRoute(checkins.line_form, checkins.line_written),
        "closing-line": FormRoute(completion.closing_form, completion.closing_line),
        "placement-end": FormRoute(completion.end_form, completion.end),
    },
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

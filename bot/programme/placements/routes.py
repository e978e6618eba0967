"""Routes of placements: which command, button, form and timer is handled where."""

from bot.chat.commands import Argument, CommandSpec
from bot.chat.routes import FormRoute, Routes, merge
from bot.programme.core import verbs
from bot.programme.core.changes import ProjectEdited, StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.placements import (
    check_in_waits,
    check_ins,
    closing,
    date_waits,
    earlier_dates,
    ending,
    extensions,
    kickoff_waits,
    late_messages,
    late_terms,
    overview,
    terms_answers,
    terms_changes,
    terms_overview,
)
from bot.programme.placements.deliverables import answers, dropped, hand_in_waits, review_waits, submissions
from bot.programme.placements.end_form import end_form
from bot.programme.placements.kickoff import MESSAGES as KICKOFF
from bot.programme.placements.kickoff import application_moved
from bot.programme.placements.mentors import routes as mentors

__all__ = ["ROUTES"]

_PLACEMENT = CommandSpec(
    ("placement",),
    "Your placement: its dates, deliverables, and what to do next",
    (
        Argument(
            "placement",
            "Its number, or words of its project; without one you see your own",
            suggests=True,
            rest=True,
        ),
    ),
    example="/placement",
    reads=True,
)

_OWN = Routes(
    commands=((_PLACEMENT, overview.placement_command),),
    buttons={
        verbs.PLACEMENT_SHOW: overview.placement_show_pressed,
        verbs.PLACEMENTS_PAGE: overview.placements_page_pressed,
        verbs.PLACEMENT_HAND_IN: dropped.placement_hand_in_pressed,
        verbs.PLACEMENT_DATE: extensions.placement_date_pressed,
        verbs.PLACEMENT_END: ending.placement_end_pressed,
        verbs.MILESTONE_HAND_IN: dropped.milestone_hand_in_pressed,
        verbs.MILESTONE_ACCEPT: overview.milestone_accept_pressed,
        verbs.MILESTONE_CHANGES: answers.milestone_changes_pressed,
        verbs.MILESTONE_DATE: extensions.milestone_date_pressed,
        verbs.DATE_AGREE: extensions.date_agree_pressed,
        verbs.DATE_EARLIER: extensions.date_earlier_pressed,
        verbs.DATE_KEEP: extensions.date_keep_pressed,
        verbs.DATE_STAYS: extensions.date_stays_pressed,
        verbs.CHECKIN_AGAIN: check_ins.checkin_again_pressed,
        verbs.CHECKIN_ANSWER: check_ins.checkin_answer_pressed,
        verbs.CHECKIN_LINE: check_ins.checkin_line_pressed,
        verbs.CLOSING_LINE: closing.closing_line_pressed,
        verbs.TERMS_AGREE: terms_answers.terms_agree_pressed,
        verbs.TERMS_AGREE_YES: terms_answers.terms_agree_yes_pressed,
        verbs.TERMS_ASK: terms_answers.terms_ask_pressed,
        verbs.TERMS_KEEP: terms_answers.terms_keep_pressed,
        verbs.TERMS_LIST: terms_overview.terms_list_pressed,
        verbs.TERMS_REFUSE: terms_answers.terms_refuse_pressed,
        verbs.TERMS_SHOW: terms_overview.terms_show_pressed,
        verbs.TERMS_WITHDRAW: terms_answers.terms_withdraw_pressed,
    },
    reads=frozenset({verbs.PLACEMENT_SHOW, verbs.PLACEMENTS_PAGE, verbs.TERMS_LIST, verbs.TERMS_SHOW}),
    forms={
        "hand-in": FormRoute(
            submissions.hand_in_form,
            submissions.hand_in_submitted,
            afterwards="Until the work is accepted you can hand it in again: `/placement` has the button.",
        ),
        dropped.FORM: FormRoute(dropped.dropped_form, dropped.work_dropped_submitted),
        "changes": FormRoute(answers.changes_form, answers.changes_submitted),
        extensions.FORM: FormRoute(extensions.date_form, extensions.move_date_submitted),
        "checkin-line": FormRoute(check_ins.line_form, check_ins.checkin_line_submitted),
        "closing-line": FormRoute(closing.closing_form, closing.closing_line_submitted),
        "placement-end": FormRoute(end_form, ending.placement_end_submitted),
    },
    messages={
        **KICKOFF,
        **check_ins.MESSAGES,
        **closing.MESSAGES,
        **ending.MESSAGES,
        **late_messages.MESSAGES,
        **terms_changes.MESSAGES,
    },
    follows={StatusChanged: (application_moved,), ProjectEdited: (terms_overview.project_edited,)},
    timers={
        Timer.PLACEMENT_CHECKIN: check_ins.placement_checkin_due,
        Timer.PLACEMENT_CLOSING: closing.placement_closing_due,
        Timer.MILESTONE_EARLIER: earlier_dates.earlier_due,
    },
    suggestions={(("placement",), "placement"): overview.suggest},
)

ROUTES = merge(
    (
        _OWN,
        hand_in_waits.ROUTES,
        review_waits.ROUTES,
        date_waits.ROUTES,
        check_in_waits.ROUTES,
        kickoff_waits.ROUTES,
        late_terms.ROUTES,
        mentors.ROUTES,
    )
)

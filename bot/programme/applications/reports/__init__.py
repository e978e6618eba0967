"""Reports: an inappropriate message is reported to the coordinators, who answer by a date.

Only the person who reported and the coordinators who are on neither side know of a report.
"""

from bot.chat.routes import FormRoute, MessageRoute, Routes
from bot.programme.applications.reports import answer, later_answers, reminders, report
from bot.programme.applications.reports.reminders import reschedule_reminders
from bot.programme.core import verbs
from bot.programme.core.timers import Timer

__all__ = ["ROUTES", "reschedule_reminders"]

ROUTES = Routes(
    dates=later_answers.DATES,
    buttons={
        verbs.MESSAGE_REPORT: report.message_report_pressed,
        verbs.MESSAGE_READ: report.message_read_pressed,
        verbs.REPORT_ANSWER: answer.report_answer_pressed,
    },
    reads=frozenset({verbs.MESSAGE_READ}),
    messages={
        reminders.TOLD: MessageRoute(reminders.holds, reminders.named),
        reminders.LATE: MessageRoute(reminders.late_holds),
        answer.ANSWER: MessageRoute(answer.still_kept, answer.named),
    },
    forms={answer.FORM: FormRoute(form=answer.answer_form, completed=answer.report_answer_submitted)},
    timers={reminders.REPEAT: reminders.report_repeat_due, Timer.REPORT_FORGET: answer.report_forget_due},
)

"""Reports: a message that is out of place is told to the coordinators, who answer it by a date.

Who reported, and the coordinators who are on neither side, are the only ones who know of it.
"""

from bot.chat.routes import FormRoute, MessageRoute, Routes
from bot.programme.reports import answer, clock, report
from bot.programme.reports.clock import follow_all

__all__ = ["ROUTES", "follow_all"]

ROUTES = Routes(
    buttons={
        "letter-report": report.report,
        "letter-read": report.read,
        "report-answer": answer.ask,
    },
    messages={
        clock.TOLD: MessageRoute(clock.holds, clock.named),
        clock.LATE: MessageRoute(clock.late_holds),
    },
    forms={answer.FORM: FormRoute(form=answer.answer_form, completed=answer.answered)},
    timers={clock.REPEAT: clock.repeat, "report.forget": answer.forget_words},
)

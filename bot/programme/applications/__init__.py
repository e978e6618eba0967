"""Applications: begun, answered, sent, listed, withdrawn, and erased when their time is over.

`/apply` and the Apply button start a conversation; what the employer does with it is in `applicants`,
`decisions` and `offers`.
"""

from bot.chat.routes import FormRoute, Routes
from bot.programme.applications import (
    answer_retention,
    application_form,
    apply,
    drafts,
    news,
    overview,
    submission,
)
from bot.programme.applications.drafts import draft_timers, follow_deadline
from bot.programme.applications.lookup import application_of, undecided
from bot.programme.applications.outcomes import release
from bot.programme.applications.overview import leave, withdraw
from bot.programme.applications.submission import admitted, refused

__all__ = [
    "ROUTES",
    "admitted",
    "application_of",
    "draft_timers",
    "follow_deadline",
    "leave",
    "refused",
    "release",
    "undecided",
    "withdraw",
]

ROUTES = Routes(
    commands=((apply.APPLY, apply.apply_command), (overview.APPLICATIONS, overview.list_command)),
    buttons={
        "application-begin": apply.begin_pressed,
        "application-pick": apply.begin_pressed,
        "application-withdraw": overview.ask_withdraw,
        "application-withdraw-yes": overview.withdraw_pressed,
        "application-keep": overview.keep,
        "applications-list": overview.list_pressed,
        "applications-page": overview.turn_page,
    },
    forms={
        application_form.FORM: FormRoute(
            form=application_form.application_form,
            completed=submission.completed,
            abandoned=drafts.abandoned,
            afterwards="`/applications` shows what you sent, and lets you withdraw it.",
            until=drafts.until,
            ended=drafts.ended,
        )
    },
    messages={**news.MESSAGES, **drafts.MESSAGES},
    timers={
        "application.draft": drafts.remind_of_draft,
        "application.late": drafts.shut_late_drafts,
        "application.erase": answer_retention.erase_due,
    },
    suggestions={(("apply",), "project"): apply.suggest_projects},
)

"""Applications: begun, answered, sent, listed, withdrawn, and erased when their time is over.

`/apply` and the Apply button start a conversation; what the employer does with it is in `applicants`,
`decisions` and `offers`.
"""

from bot.chat.routes import FormRoute, Routes
from bot.programme.applications import begin, drafts, form, mine, retention, send, telling
from bot.programme.applications.drafts import draft_timers, follow_deadline
from bot.programme.applications.endings import release
from bot.programme.applications.mine import leave, withdraw
from bot.programme.applications.rows import application_of, undecided
from bot.programme.applications.send import admitted, refused

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
    commands=((begin.APPLY, begin.apply_command), (mine.APPLICATIONS, mine.list_command)),
    buttons={
        "application-begin": begin.begin_pressed,
        "application-pick": begin.begin_pressed,
        "application-withdraw": mine.ask_withdraw,
        "application-withdraw-yes": mine.withdraw_pressed,
        "application-keep": mine.keep,
        "applications-list": mine.list_pressed,
        "applications-page": mine.turn_page,
    },
    forms={
        form.FORM: FormRoute(
            form=form.application_form,
            completed=send.completed,
            abandoned=drafts.abandoned,
            afterwards="`/applications` shows what you sent, and lets you withdraw it.",
            until=drafts.until,
        )
    },
    messages={**telling.MESSAGES, **drafts.MESSAGES},
    timers={
        "application.draft": drafts.remind_of_draft,
        "application.late": drafts.shut_late_drafts,
        "application.erase": retention.erase_due,
    },
    suggestions={(("apply",), "project"): begin.suggest_projects},
)

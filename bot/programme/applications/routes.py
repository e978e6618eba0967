"""Routes of applications: their commands, buttons, forms, timers and followed changes."""

from bot.chat.routes import FormRoute, Routes, merge
from bot.programme.applications import (
    admissions,
    answer_retention,
    applicant_waits,
    applicants,
    application_form,
    apply,
    deadlines,
    late_offers,
    later_deadlines,
    messages,
    news,
    offer_expiry,
    offer_extension,
    offer_waits,
    offers,
    overview,
    reports,
    residence,
    shortlist,
    submission,
    withdraw,
)
from bot.programme.applications.decisions import answer_waits, decide, decision_date, release, undo
from bot.programme.core import verbs
from bot.programme.core.timers import Timer

__all__ = ["ROUTES"]

_OWN = Routes(
    commands=((apply.APPLY, apply.apply_command), (overview.APPLICATIONS, overview.list_command)),
    buttons={
        verbs.APPLICATION_BEGIN: apply.begin_pressed,
        verbs.APPLICATION_PICK: apply.begin_pressed,
        verbs.APPLICATION_WITHDRAW: withdraw.application_withdraw_pressed,
        verbs.APPLICATION_WITHDRAW_YES: withdraw.withdraw_pressed,
        verbs.APPLICATION_KEEP: withdraw.application_keep_pressed,
        verbs.COUNTRY_CHANGE: residence.change_pressed,
        verbs.APPLICATIONS_LIST: overview.list_pressed,
        verbs.APPLICATIONS_PAGE: overview.applications_page_pressed,
    },
    reads=frozenset(
        {
            *(verbs.APPLICATIONS_LIST, verbs.APPLICATIONS_PAGE),
            *(verbs.APPLICANTS_LIST, verbs.APPLICANTS_PICK, verbs.APPLICANTS_PAGE),
            *(verbs.APPLICANT_SHOW, verbs.APPLICANT_TURN),
        }
    ),
    forms={
        application_form.FORM: FormRoute(
            form=application_form.application_form,
            completed=submission.application_submitted,
            abandoned=deadlines.abandoned,
            afterwards="`/applications` shows what you sent, and lets you withdraw it.",
            until=deadlines.until,
            ended=deadlines.ended,
        ),
        residence.FORM: FormRoute(form=residence.country_form, completed=apply.country_submitted),
    },
    messages={**news.MESSAGES, **deadlines.MESSAGES},
    timers={
        Timer.APPLICATION_DRAFT: deadlines.application_draft_due,
        Timer.APPLICATION_LATE: deadlines.application_late_due,
        Timer.APPLICATION_ERASE: answer_retention.erase_due,
    },
    suggestions={(("apply",), "project"): apply.suggest_projects},
)

ROUTES = merge(
    (
        _OWN,
        applicants.ROUTES,
        decide.ROUTES,
        undo.ROUTES,
        shortlist.ROUTES,
        admissions.ROUTES,
        offers.ROUTES,
        offer_expiry.ROUTES,
        offer_extension.ROUTES,
        offer_waits.ROUTES,
        late_offers.ROUTES,
        later_deadlines.ROUTES,
        decision_date.ROUTES,
        release.ROUTES,
        answer_waits.ROUTES,
        applicant_waits.ROUTES,
        messages.ROUTES,
        reports.ROUTES,
    )
)

"""Messages of an offer, as the student reads it: its terms, and what changed in them since."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, Fields, Message, Text, message, row, text
from bot.chat.events import ButtonPressed
from bot.programme import people, projects
from bot.programme.applications import messages, news, offer_time, terms
from bot.programme.applications.decisions import release_reasons
from bot.programme.core import dates, keys, verbs
from bot.programme.core.turn import Turn
from storage.tables import Application, Project, TermsOffer

__all__ = ["changed", "moved_dates", "offer_blocks", "offer_buttons", "offer_line", "unread"]


def offer_buttons(turn: Turn, application: Application, *, more: bool = False) -> list[Button]:
    """Return Accept and Decline for a message that shows the terms; Accept takes up no later terms.

    `more`: with the button for one more day, where the student has not had it.
    """
    held = terms.offered(turn, application)
    shown = () if held is None else (held.id,)
    buttons = [
        Button("Accept", verbs.OFFER_ACCEPT(application.id, *shown), style="primary"),
        Button("Decline", verbs.OFFER_DECLINE(application.id)),
    ]
    if more and application.more_time_at is None:
        buttons.append(Button("One more day", verbs.OFFER_MORE(application.id)))
    return buttons


def offer_line(turn: Turn, application: Application) -> Text:
    """Return the terms of an open offer in a line, for the student."""
    project = projects.project_of(turn, application.project_id)
    held = terms.offered(turn, application) or _terms(turn, project, application)
    student = people.person_of(turn, application.person_id)
    return text("The offer: {terms}", terms=terms.line(turn, held, student))


def _terms(turn: Turn, project: Project, application: Application) -> TermsOffer:
    return terms.offer(turn, project, application, application.offer_until or turn.now)


def offer_blocks(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return the offer with everything it holds, and what can be done about it."""
    student = people.person_of(turn, application.person_id)
    until = news.shown_date(turn, application.offer_until or turn.now, student)
    held = _terms(turn, project, application)
    return [
        text(
            "{company} offers you a place in **{project}**.",
            company=projects.company_name(turn, project),
            project=projects.title_part(project),
        ),
        *_late(turn, project, application),
        Fields((*terms.terms_rows(turn, held, student), row("Answer by", until))),
        *terms.work_blocks(turn, terms.as_offered(held), student),
        *terms.closed_blocks(held),
        text(
            "If you accept, this is what holds: it changes only if you agree, and you get all you need to "
            "begin. Without an answer in time the place can go to another student."
        ),
        Buttons(
            (
                *offer_buttons(turn, application),
                Button("Details", verbs.PROJECT_SHOW(project.id)),
                messages.write_button(application, "employer"),
                messages.talk_button(application),
            )
        ),
    ]


def _late(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return that an offer comes late, to a student who was released since no answer came."""
    if application.release_reason != "silence":
        return []
    by = release_reasons.promised_by(application, project)
    student = people.person_of(turn, application.person_id)
    return [
        text(
            "It comes late: you were promised an answer by {when}. You may decline it without a reason.",
            when=news.shown_date(turn, by, student),
        )
    ]


def moved_dates(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return, for the employer, the dates of an offer whose project should have started; else nothing."""
    student = people.person_of(turn, application.person_id)
    if dates.instant_of("starts", terms.start_of(turn, project, student)) > turn.now:
        return []
    until = application.offer_until or offer_time.ends_at(turn, student, turn.now)
    start, due = terms.dates_of_offer(turn, project, student, until)
    employer = projects.employer_of(turn, project)
    said = text(
        "The start you posted, {posted}, has passed, so the offer says: from {start} to {due}. "
        "If that does not suit you, change the start: they read the new dates before they accept.",
        posted=news.shown_day(turn, dates.read(project, "starts"), employer),
        start=news.shown_day(turn, start, employer),
        due=news.shown_date(turn, due, employer),
    )
    return [said, Buttons((Button("Change the start", verbs.PROJECT_EDIT(project.id)),))]


def changed(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Show the student what is offered now, after the employer changed a project with an open offer."""
    before = terms.offered(turn, application)
    present = _terms(turn, project, application)
    if before is None or before.id == present.id:
        return []
    lead = text("Your offer for **{project}** has changed:", project=projects.title_part(project))
    blocks = [lead, *_changed(turn, application, before, present)]
    key = keys.OFFER_CHANGED(present.id)
    return news.tell_student(turn, application, key, *blocks)


def _changed(turn: Turn, application: Application, before: TermsOffer, now: TermsOffer) -> list[Block]:
    student = people.person_of(turn, application.person_id)
    until = application.offer_until
    ask = text("Accept it as it is now, or decline it.")
    if until is not None:
        ask = text(
            "Accept it as it is now, or decline it. You have time until {when}.",
            when=news.shown_date(turn, until, student),
        )
    return [
        Fields(tuple(terms.changed_rows(turn, terms.as_offered(before), terms.as_offered(now), student))),
        ask,
        Buttons((*offer_buttons(turn, application), messages.write_button(application, "employer"))),
    ]


def unread(turn: Turn, event: ButtonPressed, project: Project, application: Application) -> Message | None:
    """Return what the offer holds now, where the message whose Accept was pressed showed other terms."""
    now = terms.offered(turn, application)
    before = terms.shown(turn, application, verbs.OFFER_ACCEPT.read(event).terms)
    if now is None or before is None or terms.same(before, now):
        return None
    lead = text("**{project}** has changed since this offer was made:", project=projects.title_part(project))
    return message(lead, *_changed(turn, application, before, now))

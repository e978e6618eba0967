"""One more day for an offer: a student can have it once, and the employer reads of it."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.content import Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.programme import people, projects
from bot.programme.applications import lookup, news, offer_expiry, offer_time, offers
from bot.programme.applications.offer_messages import offer_buttons
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn

__all__ = ["ROUTES"]

_BUTTON: Final = verbs.OFFER_MORE


def offer_more_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Give the student one more day for an open offer."""
    project, application = lookup.lock_own_application(turn, _BUTTON.read(event).application)
    offers.must_be_open(turn, application)
    student = people.person_of(turn, application.person_id)
    if application.more_time_at is not None:
        raise Declined(
            text(
                "You have had one more day for this offer already. Please answer by {when}.",
                when=news.shown_date(turn, application.offer_until or turn.now, student),
            ),
            Buttons(tuple(offer_buttons(turn, application))),
        )
    begun = offer_expiry.shown(turn, application)
    before = application.offer_until or offer_time.ends_at(turn, student, turn.now)
    until = offer_time.awake(turn, student, before + offer_time.MORE)
    application.more_time_at = turn.now
    moved = [*change(turn, application, offer_until=until), *offer_expiry.run_until(turn, application, until)]
    told = news.tell_employer(
        turn,
        project,
        keys.OFFER_MORE(application.id, until),
        subjects.APPLICATION(application.id),
        text(
            "**{student}** takes one more day to think about your offer for **{project}**, and answers by "
            "{when}.",
            student=news.name_of(turn, application),
            project=projects.title_part(project),
            when=news.shown_date(turn, until, projects.employer_of(turn, project)),
        ),
    )
    said = message(
        text(
            "You have one more day for **{project}**. Please answer by {when}.",
            project=projects.title_part(project),
            when=news.shown_date(turn, until, student),
        ),
        Buttons(tuple(offer_buttons(turn, application))),
    )
    return [Reply(said), *begun, *moved, *told]


ROUTES = Routes(buttons={_BUTTON: offer_more_pressed})

"""Offers: made, reminded of, accepted, declined, expired; and who is next in line.

Open offers and acceptances never exceed a project's places. Each decision on a place locks the project
first, and counts after.
"""

from __future__ import annotations

from datetime import datetime

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.chat.values import replace
from bot.programme import people, projects
from bot.programme.applications import lookup, messages, offer_expiry, offer_time, outcomes, waiting_list
from bot.programme.applications import news as application_news
from bot.programme.applications.offer_messages import (
    moved_dates,
    offer_blocks,
    offer_buttons,
    offer_line,
    unread,
)
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change, move
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.people import open_cases
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Application, Person, Project

__all__ = ["ROUTES", "expire", "goes_at", "make", "must_be_open", "next_in_line"]


def make(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Offer a place of a locked project; its time begins when the student has the offer.

    As it starts a clock, it waits for the end of the student's quiet hours, unless the work would have begun
    by then.

    Raises:
        Declined: every place is offered or taken.
    """
    # The held decision counts as a held place, so it ends before the places are counted.
    application.held = None
    if places.free(turn, project, Counting.HELD) <= 0:
        raise Declined("Every place is offered or taken, so this offer cannot be made now.")
    application.decided_at = turn.now
    application.waiting = application.more_time_at = None
    application.late_offer = False
    student = people.person_of(turn, application.person_id)
    comes_at = goes_at(turn, project, student)
    moved = [
        *move(turn, application, "offered"),
        *change(turn, application, offer_until=offer_time.ends_at(turn, student, comes_at)),
    ]
    application_news.answered(turn, project, application)
    if places.free(turn, project, Counting.HELD) <= 0:
        daily_message.retract_notices(turn, subjects.FREE(project.id))
    return [
        *moved,
        *application_news.tell_student(
            turn,
            application,
            # An expired offer can be made again.
            keys.OFFER(application.id, turn.source),
            *offer_blocks(turn, project, application),
            kind=offer_expiry.OFFER,
            deadline=project.starts_at,
        ),
        *projects.refresh(turn, project),
    ]


def goes_at(turn: Turn, project: Project, student: Person) -> datetime:
    """Return when an offer that is made now goes out (UTC): at once, or at the end of the quiet hours."""
    wakes = daily_message.wakes_at(turn, student, turn.now)
    return wakes if wakes is not None and wakes < project.starts_at else turn.now


def offer_accept_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept the place for the student."""
    project, application = lookup.lock_own_application(turn, verbs.OFFER_ACCEPT.read(event).application)
    must_be_open(turn, application)
    if places.free(turn, project, Counting.ACCEPTED) <= 0:
        return _came_too_late(turn, project, application)
    changed = unread(turn, event, project, application)
    if changed is not None:
        return [Reply(changed)]
    application.decided_at = turn.now
    accepted = [*change(turn, application, offer_until=None), *move(turn, application, "accepted")]
    application_news.answered(turn, project, application)
    done = message(
        text(
            "The place in **{project}** is yours. Everything you need comes next.",
            project=projects.title_part(project),
        )
    )
    return [
        Reply(done, replace=True, settles=True),
        *accepted,
        *projects.refresh(turn, project),
        *_when_full(turn, project),
    ]


def must_be_open(turn: Turn, application: Application) -> None:
    """Refuse what can only be done with an open offer.

    Raises:
        Declined: there is none, or it has been answered, or has run out.
    """
    if application.status == "accepted":
        raise Declined("You have accepted this offer already. `/placement` shows how far things are.")
    until = application.offer_until
    runs = until is None or turn.now <= until or open_cases.is_open(turn, application.id)
    if application.status == "offered" and runs:
        return
    if application.status in {"offered", "expired"}:
        raise Declined(
            "This offer has run out. If you still want the place, write to the employer: they can offer it "
            "again while it is free.",
            Buttons((messages.write_button(application, "employer"),)),
        )
    raise Declined("There is no open offer here any more. `/applications` shows the state of each one.")


def _came_too_late(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Release a student who accepts when all places are taken: there were more offers than places."""
    actions = outcomes.settle_release(turn, project, application, "overfull")
    student = turn.person
    sorry = message(
        text(
            "I am sorry: the number of places in **{project}** was lowered after this offer was made, and "
            "the others were taken first. I am asking the coordinators to talk to both of you.",
            project=projects.title_part(project),
        ),
        *application_news.similar_blocks(turn, project, student),
    )
    actions += tasks.open_task(
        turn,
        keys.OVERFULL(application.id),
        "offer.overfull",
        subjects.APPLICATION(application.id),
        text(
            "**{student}** accepted an offer for **{project}**, but its places had been lowered and were all "
            "taken. Please talk to both sides.",
            student=people.person_name(student),
            project=projects.title_part(project),
        ),
        Buttons((Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),)),
    )
    return [Reply(sorry, replace=True, settles=True), *actions]


def _when_full(turn: Turn, project: Project) -> list[Action]:
    """Inform the employer of the applicants who still wait when the last place is taken for good."""
    left = lookup.count_undecided(turn, project)
    if not left or places.free(turn, project, Counting.ACCEPTED) > 0:
        return []
    return application_news.tell_employer(
        turn,
        project,
        keys.FULL(project.id, turn.source),
        subjects.PROMISE(project.id),
        text(
            "Every place in **{project}** is taken. One applicant still waits for your answer.",
            "Every place in **{project}** is taken. {count} applicants still wait for your answer.",
            project=projects.title_part(project),
            count=left,
        ),
        Buttons(
            (
                Button("Say “not this time”", verbs.APPLICANTS_REST(project.id)),
                Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),
            )
        ),
    )


def offer_decline_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the student to confirm that they decline: it cannot be taken back."""
    project, application = lookup.lock_own_application(turn, verbs.OFFER_DECLINE.read(event).application)
    must_be_open(turn, application)
    return [
        Reply(
            message(
                text(
                    "Decline the place in **{project}**? It can go to another student then, and you cannot "
                    "take it back.",
                    project=projects.title_part(project),
                ),
                offer_line(turn, application),
                Buttons(
                    (
                        Button("Decline it", verbs.OFFER_DECLINE_YES(application.id), style="danger"),
                        replace(offer_buttons(turn, application)[0], style="plain"),
                    )
                ),
            ),
            settles=True,
        )
    ]


def offer_decline_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Decline the place for the student."""
    project, application = lookup.lock_own_application(turn, verbs.OFFER_DECLINE_YES.read(event).application)
    must_be_open(turn, application)
    thanks = message(
        text(
            "You declined the place in **{project}**. Thank you for answering: it can go to another student "
            "now.",
            project=projects.title_part(project),
        ),
        Buttons((Button("My applications", verbs.APPLICATIONS_LIST()),)),
    )
    settled = outcomes.settle(turn, project, application, "declined")
    lead = text(
        "**{student}** declined the place in **{project}**.",
        student=application_news.name_of(turn, application),
        project=projects.title_part(project),
    )
    return [Reply(thanks, replace=True, settles=True), *settled, *_free(turn, project, lead)]


def expire(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Expire an offer that was not answered in time, or that has not arrived by the project's start."""
    project, application = lookup.lock_application(turn, subjects.APPLICATION.id_of(reached.about))
    until = application.offer_until
    # The offer was answered, or was made again: then another timer follows, or none.
    if application.status != "offered" or (until is not None and until > turn.now):
        return []
    if until is None:
        return _expire_unread(turn, project, application)
    student = people.person_of(turn, application.person_id)
    settled = outcomes.settle(turn, project, application, "expired")
    sent = application_news.tell_student(
        turn,
        application,
        keys.OFFER_EXPIRED(application.id, turn.source),
        text(
            "Your offer for **{project}** ran out on {when}. If you still want the place, write to the "
            "employer: they can offer it again while it is free.",
            project=projects.title_part(project),
            when=application_news.shown_date(turn, until, student),
        ),
        Buttons((messages.write_button(application, "employer"),)),
    )
    lead = text(
        "**{student}** did not answer the offer for **{project}** in time.",
        student=application_news.name_of(turn, application),
        project=projects.title_part(project),
    )
    return [*settled, *sent, *_free(turn, project, lead)]


def _expire_unread(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Expire an offer that never reached its student, unless the project starts later by now."""
    if project.starts_at > turn.now:
        return offer_expiry.run_until(turn, application, project.starts_at)
    student = people.person_of(turn, application.person_id)
    settled = outcomes.settle(turn, project, application, "expired")
    sent = application_news.tell_student(
        turn,
        application,
        keys.OFFER_EXPIRED(application.id, turn.source),
        text(
            "You had an offer of a place in **{project}**, and my message with it did not reach you. I kept "
            "it until {when}. If you still want the place, write to the employer: they can offer it again "
            "while it is free.",
            project=projects.title_part(project),
            when=application_news.shown_date(turn, turn.now, student),
        ),
        Buttons((messages.write_button(application, "employer"),)),
    )
    lead = text(
        "My message with the offer for **{project}** never reached **{student}**. The project has started, "
        "so the offer is over.",
        student=application_news.name_of(turn, application),
        project=projects.title_part(project),
    )
    return [*settled, *sent, *_free(turn, project, lead)]


def next_in_line(turn: Turn, project: Project) -> list[Action]:
    """Offer a free place of a locked project to the next in line, or ask the employer."""
    lead = text("A place in **{project}** has become free.", project=projects.title_part(project))
    return _free(turn, project, lead)


def _free(turn: Turn, project: Project, lead: Block) -> list[Action]:
    """Offer a free place to the next in line; the employer reads `lead` (what happened) and what follows."""
    actions: list[Action] = []
    offered: list[Application] = []
    free, kept = places.free(turn, project, Counting.HELD), open_cases.kept_places(turn, project)
    if free > kept:
        offered = waiting_list.in_line(turn, project)[:1]
    for application in offered:
        actions += make(turn, project, application)
    if not offered:
        actions += projects.refresh(turn, project)
    if 0 < free <= kept:
        key = keys.FREE(project.id, free, "", turn.source)
        about, said = subjects.FREE(project.id), open_cases.kept_place()
        return [*actions, *application_news.tell_employer(turn, project, key, about, lead, said)]
    return [*actions, *_tell(turn, project, lead, offered)]


def _tell(turn: Turn, project: Project, lead: Block, offered: list[Application]) -> list[Action]:
    made = "-".join(str(application.id) for application in offered)
    key = keys.FREE(project.id, places.free(turn, project, Counting.HELD), made, turn.source)
    if offered:
        news = [_made(turn, project, application) for application in offered]
        dates = moved_dates(turn, project, offered[0])
        return application_news.tell_employer(
            turn, project, key, subjects.NEWS(project.id), lead, *news, *dates
        )
    left = lookup.count_undecided(turn, project)
    if left:
        ask = text("Your waiting list is empty. Who of those who wait for an answer should have the place?")
        way = Button("See the applicants", verbs.APPLICANTS_LIST(project.id))
    else:
        ask = text("No other applicant waits. To look for more, move the deadline and announce it again.")
        way = Button("Edit the project", verbs.PROJECT_EDIT(project.id))
    return application_news.tell_employer(
        turn, project, key, subjects.FREE(project.id), lead, ask, Buttons((way,))
    )


def _made(turn: Turn, project: Project, application: Application) -> Block:
    """Return what the employer reads of the next in line: a student who sleeps has the offer later."""
    employer = projects.employer_of(turn, project)
    student = application_news.name_of(turn, application)
    ends = application_news.shown_date(turn, application.offer_until or turn.now, employer)
    goes = goes_at(turn, project, people.person_of(turn, application.person_id))
    if goes > turn.now:
        return text(
            "Next on your waiting list: **{student}**. The offer goes out on {goes}, after the student's "
            "quiet hours; an answer comes by {when}.",
            student=student,
            goes=application_news.shown_date(turn, goes, employer),
            when=ends,
        )
    return text(
        "Next on your waiting list: **{student}**. I made the offer; an answer comes by {when}.",
        student=student,
        when=ends,
    )


ROUTES = Routes(
    buttons={
        verbs.OFFER_ACCEPT: offer_accept_pressed,
        verbs.OFFER_DECLINE: offer_decline_pressed,
        verbs.OFFER_DECLINE_YES: offer_decline_yes_pressed,
    },
)

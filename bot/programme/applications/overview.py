"""`/applications`: what a student has applied to, the state of each, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Button, Buttons, Sentence, Text, heading, layout, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.programme import people, projects
from bot.programme.applications import (
    late_offers,
    lookup,
    messages,
    news,
    offer_expiry,
    offer_messages,
    terms,
)
from bot.programme.applications.decisions import decision_date, release_reasons
from bot.programme.applications.own_list import ListedApplication, ListPage, page_of
from bot.programme.cohorts.admission_waits import ADMISSION
from bot.programme.cohorts.members import membership
from bot.programme.core import dates, subjects, verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.people import open_cases, what_happened
from storage.queries import Row
from storage.tables import Application, Cohort, Placement, Project

__all__ = [
    "APPLICATIONS",
    "applications_page_pressed",
    "first_page",
    "list_command",
    "list_pressed",
    "overview",
    "tell_of_offers",
]

APPLICATIONS: Final = CommandSpec(
    ("applications",),
    "Your applications: the state of each, and what comes next",
    example="/applications",
    reads=True,
)

_ENDED: Final = {
    "declined": "You declined the offer.",
    "expired": "The offer ran out before you answered.",
    "not_selected": "Not this time.",
    "withdrawn": "You withdrew it.",
}


def first_page(turn: Turn) -> ListPage:
    """Return the first page of the person's applications and drafts, without those that became placements."""
    return page_of(turn, 0, placed=False)


def overview(turn: Turn, found: ListPage) -> list[Block]:
    """Return a page of the person's applications and drafts; nothing where there are none."""
    return _listed(turn, found) if found.entries else []


def tell_of_offers(turn: Turn, found: ListPage) -> list[Action]:
    """Start the time of offers that had not arrived and that the student is about to read in `overview`."""
    return _begin_offers(turn, found)


def list_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Show the student's applications (`/applications`)."""
    del event
    return _page(turn, 0)


def list_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the student's applications after a press of the button."""
    del event
    return _page(turn, 0)


def applications_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list, in place of the previous page."""
    return _page(turn, verbs.APPLICATIONS_PAGE.read(event).page, replace=True)


def _page(turn: Turn, number: int, *, replace: bool = False) -> list[Action]:
    found = page_of(turn, number)
    if not found.entries:
        none = message(
            text("You have not applied to anything yet."),
            text("`/project list` shows what is open; `/apply` starts an application."),
        )
        return [Reply(none, replace=replace)]
    begun = _begin_offers(turn, found)
    return [Reply(message(*_listed(turn, found)), replace=replace), *begun]


def _begin_offers(turn: Turn, found: ListPage) -> list[Action]:
    """Start the time of the offers on a page that their student reads here first."""
    return [act for each in found.applications for act in offer_expiry.shown(turn, each)]


def _listed(turn: Turn, found: ListPage) -> list[Block]:
    number = found.number
    blocks: list[Block] = [heading("Your applications")]
    waiting = [
        subjects.APPLICATION(each.id) for each in found.applications if each.status in lookup.UNDECIDED
    ]
    owed = waits.standing_of(turn, decision_date.ANSWER, waiting)
    for entry in found.entries:
        blocks += (
            _entry(turn, entry, owed) if isinstance(entry, ListedApplication) else _draft_entry(turn, entry)
        )
    blocks += _newest(turn, found)
    if found.pages > 1:
        ways = [Button("Previous", verbs.APPLICATIONS_PAGE(number - 1))] if number else []
        if number < found.pages - 1:
            ways.append(Button("Next", verbs.APPLICATIONS_PAGE(number + 1)))
        blocks += [note("Page {page} of {pages}", page=number + 1, pages=found.pages), Buttons(tuple(ways))]
    return blocks


def _newest(turn: Turn, found: ListPage) -> list[Block]:
    """Return the newest that happened to any application of a page, with a button to its history."""
    newest = what_happened.newest(turn, *found.applications)
    if newest is None:
        return []
    project = next(
        each.project
        for each in found.entries
        if isinstance(each, ListedApplication) and each.application is newest.of
    )
    said = text(
        "What happened in {project}: {entry}", project=projects.title_part(project), entry=newest.entry
    )
    return [said, Buttons((newest.button,))]


def _draft_entry(turn: Turn, row: Row) -> list[Block]:
    project = projects.project_of(turn, row.subject)
    until = news.shown_date(turn, dates.read(project, "deadline"), turn.person)
    return [
        _line(
            project,
            projects.company_name(turn, project),
            say("Not sent yet. It can be sent until {when}.", when=until),
        ),
        Buttons((Button("Go on with it", verbs.APPLICATION_BEGIN(project.id), style="primary"),)),
    ]


def _entry(turn: Turn, entry: ListedApplication, owed: Mapping[str, Row]) -> list[Block]:
    application = entry.application
    buttons: list[Button] = []
    offer: list[Block] = []
    if application.status == "offered":
        offer.append(offer_messages.offer_line(turn, application))
        buttons += offer_messages.offer_buttons(turn, application, more=True)
    if entry.placement is not None:
        buttons.append(Button("See the placement", verbs.PLACEMENT_SHOW(entry.placement.id)))
    buttons += messages.ways(turn, application)
    if application.status in lookup.UNDECIDED:
        buttons.append(Button("Withdraw", verbs.APPLICATION_WITHDRAW(application.id)))
    line = _line(entry.project, entry.company, _standing(turn, entry, owed))
    return [line, *offer, Buttons(tuple(buttons))] if buttons else [line]


def _line(project: Project, company: str, standing: Sentence) -> Text:
    title = projects.title_part(project)
    return Text((layout("**{project}** · {company}", project=title, company=company), "\n", standing))


def _standing(turn: Turn, entry: ListedApplication, owed: Mapping[str, Row]) -> Sentence:
    """Return an application's state and next date, in the student's words, with no word of a shortlist.

    `owed` are the waits for the answers of a page, by their subjects.
    """
    application, project = entry.application, entry.project
    match application.status:
        case "admission":
            return _admission(turn, application)
        case "submitted" | "shortlisted":
            return _waiting(turn, entry, owed.get(subjects.APPLICATION(application.id)))
        case "offered":
            if application.offer_until is None:
                return say("You have an offer. You can answer it here.")
            until = news.shown_date(turn, application.offer_until, turn.person)
            return say("You have an offer. Please answer by {when}.", when=until)
        case "accepted":
            return _at_work(turn, project, entry.placement)
        case "released":
            return _released(turn, project, application)
        case ended:
            return say(_ENDED[ended])


def _admission(turn: Turn, application: Application) -> Sentence:
    """Return which cohort an application waits for, since when, and when its coordinators are asked again."""
    cohort = turn.session.get_one(Cohort, application.cohort_id)
    member = membership(turn, cohort, turn.person)
    wait = waits.standing(turn, ADMISSION, subjects.MEMBER(member.id)) if member is not None else None
    if wait is None or wait.due_at is None:
        return say("Complete. It is sent once a coordinator admits you to {cohort}.", cohort=cohort.name)
    return say(
        "Complete. It is sent once a coordinator admits you to {cohort}. With the coordinators since "
        "{since}; I ask them again on {when}.",
        cohort=cohort.name,
        since=news.shown_day(turn, wait.since, turn.person),
        when=people.shown_day_there(turn, wait.due_at, turn.programme.zone, turn.person),
    )


def _waiting(turn: Turn, entry: ListedApplication, wait: Row | None) -> Sentence:
    """Return which company has an application since when, and until when an answer is owed."""
    application, project = entry.application, entry.project
    promised = dates.read(project, "decide")
    if wait is not None and wait.due_at is not None and wait.due_at != project.decide_at:
        promised = wait.due_at
    if wait is not None and wait.state == "held" and open_cases.own(turn, application.id) is not None:
        return say(
            "With {company} since {since}. You have an open case about it, so no clock runs.",
            company=entry.company,
            since=news.shown_day(turn, application.submitted_at or turn.now, turn.person),
        )
    return say(
        "With {company} since {since}, answered by {when} at the latest.",
        company=entry.company,
        since=news.shown_day(turn, application.submitted_at or turn.now, turn.person),
        when=news.shown_date(turn, promised, turn.person),
    )


def _released(turn: Turn, project: Project, application: Application) -> Sentence:
    """Return why an application was released, and until when a place may still come."""
    until = late_offers.last_of(turn, application)
    if until is None or not application.late_offer:
        return release_reasons.standing(turn, project, application)
    return say(
        "{company} gave no answer in time, so I released you. A place that comes by {when} I bring to you.",
        company=projects.company_name(turn, project),
        when=news.shown_day(turn, until, turn.person),
    )


def _at_work(turn: Turn, project: Project, placement: Placement | None) -> Sentence:
    if placement is not None and placement.status != "active":
        return say(
            "You accepted. The placement: {state}, {when}.",
            state=status_term(placement, placement.status),
            when=news.shown_day(turn, placement.ended_at or turn.now, turn.person),
        )
    begins = (
        terms.start_of(turn, project, turn.person) if placement is None else dates.read(placement, "starts")
    )
    start = news.shown_day(turn, begins, turn.person)
    if dates.instant_of("starts", begins) > turn.now:
        return say("You accepted. It starts on {when}.", when=start)
    if placement is None:
        return say("You accepted. It started on {when}.", when=start)
    due = news.shown_date(turn, dates.read(placement, "due"), turn.person)
    return say("You accepted. The work is due by {when}.", when=due)

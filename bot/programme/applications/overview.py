"""`/applications`: what a student has applied to, the state of each, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Button, Buttons, Sentence, Text, heading, layout, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.programme import projects
from bot.programme.applications import (
    drafts,
    lookup,
    messages,
    news,
    offer_expiry,
    offer_messages,
    terms,
)
from bot.programme.applications.decisions import release_reasons
from bot.programme.core import dates, verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from storage.queries import Row
from storage.tables import Application, Cohort, Placement, Project

__all__ = [
    "APPLICATIONS",
    "applications_page_pressed",
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

_PAGE: Final = 5
# What needs the student comes first; what is over comes last.
_ORDER: Final = {"offered": 0, "accepted": 2, "shortlisted": 3, "submitted": 3, "admission": 3}
_DRAFT: Final = 1
_OVER: Final = 4
_ENDED: Final = {
    "declined": "You declined the offer.",
    "expired": "The offer ran out before you answered.",
    "not_selected": "Not this time.",
    "withdrawn": "You withdrew it.",
}

Entry = Application | Row
"""An entry of the list: an application, or the row of a draft."""


def overview(turn: Turn) -> list[Block]:
    """Return the first page of the person's applications and drafts, without those that became placements.

    Nothing where there are none.
    """
    entries = _ranked(turn, _unplaced(turn))
    return _listed(turn, entries, 0) if entries else []


def tell_of_offers(turn: Turn) -> list[Action]:
    """Start the time of offers that had not arrived and that the student is about to read in `overview`."""
    return _begin_offers(turn, _pages(_ranked(turn, _unplaced(turn)))[0])


def _unplaced(turn: Turn) -> list[Application]:
    under_way = select(Placement.application_id).where(
        Placement.person_id == turn.person.id, Placement.status == "active"
    )
    placed = set(turn.session.scalars(under_way))
    return [each for each in _mine(turn) if each.id not in placed]


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
    entries = _ranked(turn, _mine(turn))
    if not entries:
        none = message(
            text("You have not applied to anything yet."),
            text("`/project list` shows what is open; `/apply` starts an application."),
        )
        return [Reply(none, replace=replace)]
    pages = _pages(entries)
    begun = _begin_offers(turn, pages[min(number, len(pages) - 1)])
    return [Reply(message(*_listed(turn, entries, number)), replace=replace), *begun]


def _pages(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """Return the entries of each page; a single empty page where there are none."""
    return [entries[start : start + _PAGE] for start in range(0, len(entries), _PAGE)] or [()]


def _begin_offers(turn: Turn, entries: Iterable[Entry]) -> list[Action]:
    """Start the time of the offers among these that their student reads here first."""
    applications = [entry for entry in entries if isinstance(entry, Application)]
    return [act for each in applications for act in offer_expiry.shown(turn, each)]


def _listed(turn: Turn, entries: Sequence[Entry], number: int) -> list[Block]:
    pages = _pages(entries)
    number = min(number, len(pages) - 1)
    blocks: list[Block] = [heading("Your applications")]
    for entry in pages[number]:
        blocks += _entry(turn, entry) if isinstance(entry, Application) else _draft_entry(turn, entry)
    if len(pages) > 1:
        ways = [Button("Previous", verbs.APPLICATIONS_PAGE(number - 1))] if number else []
        if number < len(pages) - 1:
            ways.append(Button("Next", verbs.APPLICATIONS_PAGE(number + 1)))
        blocks += [note("Page {page} of {pages}", page=number + 1, pages=len(pages)), Buttons(tuple(ways))]
    return blocks


def _mine(turn: Turn) -> Sequence[Application]:
    query = select(Application).where(
        Application.programme_id == turn.programme_id, Application.person_id == turn.own_id
    )
    return turn.session.scalars(query).all()


def _ranked(turn: Turn, applications: Iterable[Application]) -> list[Entry]:
    """Return the student's drafts and these applications, those that need attention first."""
    ranked: list[tuple[int, float, Entry]] = [
        (_DRAFT, -row.id, row) for row in drafts.drafts_of(turn, person=turn.own_id)
    ]
    for application in applications:
        rank = _ORDER.get(application.status, _OVER)
        ranked.append((rank, -application.created_at.timestamp(), application))
    return [entry for _, _, entry in sorted(ranked, key=lambda each: each[:2])]


def _draft_entry(turn: Turn, row: Row) -> list[Block]:
    project = projects.project_of(turn, row.subject)
    until = news.shown_date(turn, dates.read(project, "deadline"), turn.person)
    return [
        _line(turn, project, say("Not sent yet. It can be sent until {when}.", when=until)),
        Buttons((Button("Go on with it", verbs.APPLICATION_BEGIN(project.id), style="primary"),)),
    ]


def _entry(turn: Turn, application: Application) -> list[Block]:
    project = projects.project_of(turn, application.project_id)
    buttons: list[Button] = []
    offer: list[Block] = []
    if application.status == "offered":
        offer.append(offer_messages.offer_line(turn, application))
        buttons += offer_messages.offer_buttons(turn, application)
    placement = _placement(turn, application)
    if placement is not None:
        buttons.append(Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)))
    buttons += messages.ways(turn, application)
    if application.status in lookup.UNDECIDED:
        buttons.append(Button("Withdraw", verbs.APPLICATION_WITHDRAW(application.id)))
    line = _line(turn, project, _standing(turn, project, application))
    return [line, *offer, Buttons(tuple(buttons))] if buttons else [line]


def _line(turn: Turn, project: Project, standing: Sentence) -> Text:
    title, company = projects.title_part(project), projects.company_name(turn, project)
    return Text((layout("**{project}** · {company}", project=title, company=company), "\n", standing))


def _standing(turn: Turn, project: Project, application: Application) -> Sentence:
    """Return an application's state and next date, in the student's words, with no word of a shortlist."""
    match application.status:
        case "admission":
            cohort = turn.session.get_one(Cohort, application.cohort_id)
            return say("Complete. It is sent once a coordinator admits you to {cohort}.", cohort=cohort.name)
        case "submitted" | "shortlisted":
            return say(
                "Sent on {sent}. Answer by {when}.",
                sent=news.shown_day(turn, application.submitted_at or turn.now, turn.person),
                when=news.shown_date(turn, dates.read(project, "decide"), turn.person),
            )
        case "offered":
            if application.offer_until is None:
                return say("You have an offer. You can answer it here.")
            until = news.shown_date(turn, application.offer_until, turn.person)
            return say("You have an offer. Please answer by {when}.", when=until)
        case "accepted":
            return _at_work(turn, project, application)
        case "released":
            return release_reasons.standing(turn, project, application)
        case ended:
            return say(_ENDED[ended])


def _placement(turn: Turn, application: Application) -> Placement | None:
    query = select(Placement).where(
        Placement.programme_id == turn.programme_id, Placement.application_id == application.id
    )
    return turn.session.scalar(query)


def _at_work(turn: Turn, project: Project, application: Application) -> Sentence:
    placement = _placement(turn, application)
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

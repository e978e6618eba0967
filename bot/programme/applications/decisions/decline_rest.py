"""Refusal of the rest: asked with counts, and without the shortlist unless it is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.chat.actions import Action, OpenForm, Reply
from bot.chat.content import Block, Button, Buttons, Sentence, Text, message, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import projects
from bot.programme.applications import lookup, news
from bot.programme.core import dates, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from storage.tables import Application, Project

__all__ = ["FORM", "applicants_rest_of_pressed", "applicants_rest_pressed", "leaves_all_out", "meant"]

FORM: Final = "not-selected"
"""The form that asks for the kind reason; its subject says which applicants the answer is for."""


def _left_out(application: Application) -> bool:
    """Return whether the employer has marked the applicant: on the shortlist, or in line for a place."""
    return application.status == "shortlisted" or application.waiting is not None


def applicants_rest_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask which applicants are meant, with counts, where that is not plain.

    It is not plain before the deadline, or where the employer has marked applicants.
    """
    project = projects.project_of(turn, verbs.APPLICANTS_REST.read(event).project)
    projects.may_manage(turn, project)
    waiting = lookup.undecided(turn, project)
    if not waiting:
        raise Declined("No applicant waits for an answer here: each of them has theirs.")
    marked = [a for a in waiting if _left_out(a)]
    early = projects.accepts_applications(turn, project)
    if not marked and not early:
        return [_form("rest", turn, project)]
    rest = len(waiting) - len(marked)
    ways = []
    if rest:
        ways.append(Button(_label(rest), verbs.APPLICANTS_REST_OF(project.id, "rest"), style="primary"))
    if marked:
        label = say("The one on the shortlist", "All {count}, the shortlist too", count=len(waiting))
        ways.append(Button(label, verbs.APPLICANTS_REST_OF(project.id, "all"), style="danger"))
    ways.append(Button("See the applicants", verbs.APPLICANTS_LIST(project.id)))
    lead = text("Who reads “not this time” for **{project}**?", project=projects.title_part(project))
    return [
        Reply(
            message(lead, _counts(waiting, marked), *_early(turn, project, early=early), Buttons(tuple(ways)))
        )
    ]


def _label(rest: int) -> Sentence:
    return say("The other one", "The other {count}", count=rest)


def _counts(waiting: list[Application], marked: list[Application]) -> Text:
    of_all = say(
        "One applicant waits for your answer.",
        "{count} applicants wait for your answer.",
        count=len(waiting),
    )
    if not marked:
        return text(of_all)
    of_marked = say(
        "One is on your shortlist or waiting list.",
        "{count} are on your shortlist or waiting list.",
        count=len(marked),
    )
    return Text((of_all, "\n", of_marked))


def _early(turn: Turn, project: Project, *, early: bool) -> list[Block]:
    if not early:
        return []
    until = news.shown_date(turn, dates.read(project, "deadline"), turn.person)
    return [note("Students can still apply until {when}. Later applications are not included.", when=until)]


def applicants_rest_of_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for the kind reason of a no to the rest, or to all of them."""
    project = projects.project_of(turn, verbs.APPLICANTS_REST_OF.read(event).project)
    projects.may_manage(turn, project)
    return [_form("all" if verbs.APPLICANTS_REST_OF.read(event).who == "all" else "rest", turn, project)]


def _form(who: str, turn: Turn, project: Project) -> OpenForm:
    return OpenForm(FORM, subjects.NOT_SELECTED(who, project.id, int(turn.now.timestamp())))


def meant(turn: Turn, project: Project, who: str, since: int | None) -> list[Application]:
    """Return the applicants the answer is for: those who waited when it was asked.

    Those that are marked are included only if all are meant.

    `since`: when it was asked, in Unix seconds; None for a form from before the question.
    """
    waiting = open_cases.without_open(turn, lookup.undecided(turn, project), paused=True)
    if since is not None:
        asked = datetime.fromtimestamp(since + 1, UTC)
        waiting = [a for a in waiting if a.submitted_at is None or a.submitted_at < asked]
    return waiting if who == "all" else [a for a in waiting if not _left_out(a)]


def leaves_all_out(turn: Turn, project: Project) -> Declined:
    """Refuse an answer that is for no applicant; where the shortlist waits, offer to ask about it."""
    if not lookup.count_undecided(turn, project):
        return Declined("None of them waits for an answer any more. Nothing was changed.")
    ask = Button("Ask about them too", verbs.APPLICANTS_REST(project.id))
    return Declined(
        "Only applicants on your shortlist or waiting list still wait, and this answer leaves them out. "
        "Nothing was changed.",
        Buttons((ask, Button("See the applicants", verbs.APPLICANTS_LIST(project.id)))),
    )

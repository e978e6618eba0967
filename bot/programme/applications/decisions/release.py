"""Release: applicants who still wait days after the decision date are freed with an honest note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from msgspec import Struct, field

from bot.chat.actions import Action, Reply, SetTimer
from bot.chat.content import Button, Buttons, Text, message, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.routes import Declined, Routes
from bot.programme import projects
from bot.programme.applications import late_offers, lookup, news, outcomes
from bot.programme.applications.decisions import release_reasons
from bot.programme.applications.decisions.decision_date import ANSWER
from bot.programme.applications.decisions.release_reasons import Reason
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import PIECE, Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.people import open_cases, require_role
from storage.tables import Application, Project

__all__ = ["ROUTES", "release_waiting"]


def release_waiting(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Release the applicants who still wait days after the decision date, with an honest note.

    Those on the waiting list stay while an offer is open, since the place may still come to them; they are
    released when the last offer has ended.
    """
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about), lock=True)
    return _release(turn, project, _in_vain(turn, project), _Rest())


def _in_vain(turn: Turn, project: Project) -> list[Application]:
    """Return who has waited in vain: their time is over, and no place that is offered may come to them."""
    left = lookup.unanswered(turn, project)
    over = waits.through(turn, ANSWER, subjects.PROJECT(project.id), "release")
    offered = lookup.of_project(turn, project, {"offered"})
    return [a for a in left if subjects.APPLICATION(a.id) in over and not (offered and a.waiting is not None)]


class _Rest(Struct, frozen=True, omit_defaults=True):
    """The payload of the timer that goes on with a release.

    Attributes:
        released: how many it has released so far, by the reason.
        asked: a coordinator asked for it, so it is for all who wait, from the decision date on.
    """

    released: dict[str, int] = field(default_factory=dict)
    asked: bool = False


def release_rest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Go on with a release; if the date was moved meanwhile, end it with those who were released."""
    rest = event.read(_Rest)
    project = projects.project_of(turn, subjects.PROJECT.id_of(event.subject), lock=True)
    if not rest.asked:
        return _release(turn, project, _in_vain(turn, project), rest)
    left = _undecided(turn, project) if project.decide_at <= turn.now else []
    return _release(turn, project, left, rest)


def _release(turn: Turn, project: Project, left: Sequence[Application], so_far: _Rest) -> list[Action]:
    """Release some of them, each for a reason that student, employer and lists are given alike.

    A timer does the rest; the last piece tells the employer of all.
    """
    reasons = {a.id: release_reasons.reason_now(turn, project, a) for a in left[:PIECE]}
    actions: list[Action] = []
    for application in left[:PIECE]:
        actions += outcomes.release(turn, project, application, reasons[application.id])
    counted = Counter(so_far.released) + Counter(reasons.values())
    if len(left) > PIECE:
        due = next_piece_at(turn.now)
        key, about = keys.RELEASE_REST(project.id, due), subjects.PROJECT(project.id)
        rest = _Rest(dict(counted), so_far.asked)
        return [*actions, SetTimer(key, due, Timer.RELEASE_REST, about, rest)]
    return [*actions, *_tell_employer(turn, project, counted)]


def _undecided(turn: Turn, project: Project) -> list[Application]:
    """Return the applicants that a coordinator can release: none about whose application a case is open."""
    return open_cases.without_open(turn, lookup.undecided(turn, project))


def _tell_employer(turn: Turn, project: Project, counted: Counter[str]) -> list[Action]:
    """Tell the employer how many were released, for each reason but those of which they do not hear."""
    actions: list[Action] = []
    for reason in (
        each for each in get_args(Reason) if counted[each] and each not in release_reasons.NOT_SENT
    ):
        count = counted[reason]
        actions += news.tell_employer(
            turn,
            project,
            keys.RELEASED(project.id, reason, turn.source),
            subjects.NEWS(project.id),
            release_reasons.to_employer(turn, project, reason, count),
            *_late_ways(turn, project, reason),
            Buttons((Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),)),
        )
    return actions


def _late_ways(turn: Turn, project: Project, reason: Reason) -> list[Text]:
    """Return until when the employer can still offer a place to students who were released now."""
    last = late_offers.last_day(turn, turn.now) if reason == "silence" else None
    if last is None:
        return []
    until = news.shown_day(turn, last, projects.employer_of(turn, project))
    return [text("Until {when} you can still offer a place to those who agree to that.", when=until)]


def promise_release_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the coordinator to confirm the release of the applicants who wait."""
    project, left = _to_release(turn, event)
    return [
        Reply(
            message(
                _question(turn, project, left),
                Buttons(
                    (
                        Button("Release them", verbs.PROMISE_RELEASE_YES(project.id), style="danger"),
                        Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),
                    )
                ),
            )
        )
    ]


def _question(turn: Turn, project: Project, left: list[Application]) -> Text:
    title, count = projects.title_part(project), len(left)
    if release_reasons.reason_now(turn, project, left[0]) == "full":
        return text(
            "Release one applicant from **{project}** now? My note says that every place is taken. "
            "It cannot be undone.",
            "Release {count} applicants from **{project}** now? My note says that every place is taken. "
            "It cannot be undone.",
            count=count,
            project=title,
        )
    return text(
        "Release one applicant from **{project}** now? My note says that no answer came by {when}. "
        "It cannot be undone.",
        "Release {count} applicants from **{project}** now? My note says that no answer came by {when}. "
        "It cannot be undone.",
        count=count,
        project=title,
        when=release_reasons.decision_date(turn, project),
    )


def promise_release_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Release the applicants who wait, after the coordinator's confirmation."""
    project, left = _to_release(turn, event)
    many = text(
        "I am releasing {count} applicant from **{project}** now. My notes are on their way.",
        "I am releasing {count} applicants from **{project}** now. My notes are on their way.",
        project=projects.title_part(project),
        count=len(left),
    )
    done = message(
        many
        if len(left) > PIECE
        else text(
            "Released from **{project}**: one applicant. My note is on its way.",
            "Released from **{project}**: {count} applicants. My notes are on their way.",
            project=projects.title_part(project),
            count=len(left),
        )
    )
    return [Reply(done, replace=True), *_release(turn, project, left, _Rest(asked=True))]


def _to_release(turn: Turn, event: ButtonPressed) -> tuple[Project, list[Application]]:
    require_role(turn, "coordinator")
    project = projects.project_of(turn, verbs.PROMISE_RELEASE.read(event).project, lock=True)
    left = _undecided(turn, project)
    if not left:
        raise Declined("No applicant waits for an answer here any more.")
    if project.decide_at > turn.now:
        by = news.shown_date(turn, dates.read(project, "decide"), turn.person)
        raise Declined(
            text("The answers are promised by {when} now, so I release no applicant before that.", when=by)
        )
    return project, left


ROUTES = Routes(
    buttons={
        verbs.PROMISE_RELEASE: promise_release_pressed,
        verbs.PROMISE_RELEASE_YES: promise_release_yes_pressed,
    },
    timers={Timer.RELEASE_REST: release_rest_due},
)

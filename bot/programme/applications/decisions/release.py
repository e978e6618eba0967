"""Release: applicants who still wait days after the decision date are freed with an honest note."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, Text, message, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.routes import Declined, Routes
from bot.programme import projects
from bot.programme.applications import lookup, news, outcomes
from bot.programme.applications.decisions import release_reasons
from bot.programme.applications.decisions.decision_date import promise_timer, release_at
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Application, Project

__all__ = ["ROUTES"]


_AFTER_OFFER: Final = timedelta(minutes=1)


def release_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Release the applicants who still wait days after the decision date, with an honest note.

    Those on the waiting list stay while an offer is open, since the place may still come to them.
    """
    project = projects.project_of(turn, subjects.PROJECT.id_of(event.subject), lock=True)
    if release_at(turn, project) > turn.now:
        return []  # the date was moved; its own timer follows
    left = lookup.unanswered(turn, project)
    offered = lookup.of_project(turn, project, {"offered"})
    keep = [a for a in left if offered and a.waiting is not None]
    actions = _release(turn, project, [a for a in left if a not in keep])
    if keep:
        # The end of an offer that has not reached its student yet is not known.
        ends = [a.offer_until for a in offered if a.offer_until]
        actions.append(promise_timer(project, Timer.PROMISE_RELEASE, max([*ends, turn.now]) + _AFTER_OFFER))
    return actions


def _release(turn: Turn, project: Project, left: list[Application]) -> list[Action]:
    """Release them, each for a reason that student, employer and lists are given alike."""
    reasons = {a.id: release_reasons.reason_now(turn, project, a) for a in left}
    actions: list[Action] = []
    for application in left:
        actions += outcomes.release(turn, project, application, reasons[application.id])
    counted = Counter(reason for reason in reasons.values() if reason not in release_reasons.NOT_SENT)
    for reason, count in counted.items():
        actions += news.tell_employer(
            turn,
            project,
            keys.RELEASED(project.id, reason, turn.source),
            subjects.NEWS(project.id),
            release_reasons.to_employer(turn, project, reason, count),
            Buttons((Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),)),
        )
    return actions


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
    done = message(
        text(
            "Released from **{project}**: one applicant. My note is on its way.",
            "Released from **{project}**: {count} applicants. My notes are on their way.",
            project=projects.title_part(project),
            count=len(left),
        )
    )
    return [Reply(done, replace=True), *_release(turn, project, left)]


def _to_release(turn: Turn, event: ButtonPressed) -> tuple[Project, list[Application]]:
    require_role(turn, "coordinator")
    project = projects.project_of(turn, verbs.PROMISE_RELEASE.read(event).project, lock=True)
    left = lookup.undecided(turn, project)
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
    timers={Timer.PROMISE_RELEASE: release_due},
)

"""Release: applicants who still wait days after the decision date are freed with an honest note."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, message, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.routes import Declined, Routes
from bot.programme import projects
from bot.programme.applications import lookup, news, outcomes
from bot.programme.applications.decisions import release_reasons
from bot.programme.applications.decisions.decision_date import promise_timer, release_at, who_waits
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
    project, left, count = _to_release(turn, event)
    return [
        Reply(
            message(
                text(
                    "Release ",
                    count,
                    " from **",
                    projects.title_part(project),
                    "** now? They are told that ",
                    *release_reasons.why(turn, project, release_reasons.reason_now(turn, project, left[0])),
                    ". It cannot be undone.",
                ),
                Buttons(
                    (
                        Button("Release them", verbs.PROMISE_RELEASE_YES(project.id), style="danger"),
                        Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),
                    )
                ),
            )
        )
    ]


def promise_release_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Release the applicants who wait, after the coordinator's confirmation."""
    project, left, count = _to_release(turn, event)
    done = message(text(f"Released: {count} of **", projects.title_part(project), "**. I am telling them."))
    return [Reply(done, replace=True), *_release(turn, project, left)]


def _to_release(turn: Turn, event: ButtonPressed) -> tuple[Project, list[Application], str]:
    require_role(turn, "coordinator")
    project = projects.project_of(turn, verbs.PROMISE_RELEASE.read(event).project, lock=True)
    left, _ = who_waits(turn, project)
    if not left:
        raise Declined("Nobody waits for an answer here any more.")
    if project.decide_at > turn.now:
        by = news.shown_date(turn, dates.read(project, "decide"), turn.person)
        raise Declined(text("The answers are promised by ", by, " now, so nobody is released before that."))
    return project, left, "one applicant" if len(left) == 1 else f"{len(left)} applicants"


ROUTES = Routes(
    buttons={
        verbs.PROMISE_RELEASE: promise_release_pressed,
        verbs.PROMISE_RELEASE_YES: promise_release_yes_pressed,
    },
    timers={Timer.PROMISE_RELEASE: release_due},
)

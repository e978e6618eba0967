"""The waiting list: the employer's own order, in which free places are offered."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.content import Button
from bot.programme.applications import lookup
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from storage.tables import Application, Project

__all__ = ["in_line", "shortlist_button", "waiting_buttons"]


def in_line(turn: Turn, project: Project) -> list[Application]:
    """Return the waiting list in the employer's order, without applications with a decision on its way."""
    query = select(Application).where(
        Application.programme_id == turn.programme_id,
        Application.project_id == project.id,
        Application.status.in_(lookup.TO_DECIDE),
        Application.waiting.is_not(None),
        Application.held.is_(None),
    )
    return list(turn.session.scalars(query.order_by(Application.waiting, Application.id)))


def shortlist_button(application: Application) -> Button:
    """Return the button that puts an application on the shortlist, or takes it off."""
    label = "Take off the shortlist" if application.status == "shortlisted" else "Shortlist"
    return Button(label, verbs.APPLICANT_SHORTLIST(application.id))


def waiting_buttons(turn: Turn, project: Project, application: Application) -> list[Button]:
    """Return what can be done about an application's place in line."""
    line = in_line(turn, project)
    if application not in line:
        return [Button("Put on the waiting list", verbs.APPLICANT_WAIT(application.id))]
    at = line.index(application)
    ways = []
    if at > 0:
        ways.append(Button("Move up", verbs.APPLICANT_UP(application.id)))
    if at < len(line) - 1:
        ways.append(Button("Move down", verbs.APPLICANT_DOWN(application.id)))
    ways.append(Button("Off the waiting list", verbs.APPLICANT_UNWAIT(application.id)))
    return ways

"""Which of our installations a payload is for: the workspace, its organisation, and where its person is from.

In a channel that several organisations share, a payload names theirs too; and one for an installation in a
whole organisation may leave the workspace out ("team": null). What is asked first is what slack-bolt asks
first (slack_bolt/request/internals.py): it is Slack's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["named_workspace", "organisation_of", "persons_team", "workspace_of"]


def named_workspace(body: Mapping[str, Any]) -> str:
    """Return the workspace that a payload names as ours; "" where it names none."""
    view, authorised = _part(body, "view"), _authorised(body)
    told = (
        view.get("app_installed_team_id"),
        _id(body.get("team")),
        authorised.get("team_id"),
        body.get("team_id"),
        view.get("team_id"),
    )
    return next((str(each) for each in told if each), "")


def workspace_of(body: Mapping[str, Any]) -> str:
    """Return the workspace that a payload is for; that of its person where it names none, "" without one."""
    return named_workspace(body) or str(_part(body, "user").get("team_id") or "")


def organisation_of(body: Mapping[str, Any]) -> str:
    """Return the organisation (Enterprise Grid) that a payload names as ours, "" where it names none."""
    told = (
        _authorised(body).get("enterprise_id"),
        body.get("enterprise_id"),
        _id(body.get("enterprise")),
    )
    return next((str(each) for each in told if each), "")


def persons_team(body: Mapping[str, Any]) -> str:
    """Return the workspace or organisation that the person who acted is from, as far as a payload tells."""
    event = _part(body, "event")
    told = (_part(body, "user").get("team_id"), event.get("user_team"), event.get("team"))
    return next((str(each) for each in told if each and isinstance(each, str)), "")


def _authorised(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The installation that an event is sent for; Slack tells of one only."""
    several = body.get("authorizations")
    first = several[0] if isinstance(several, list) and several else None
    return first if isinstance(first, Mapping) else {}


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _id(found: object) -> object:
    return found.get("id") if isinstance(found, Mapping) else found if isinstance(found, str) else ""

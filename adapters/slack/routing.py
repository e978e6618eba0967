"""The routing of payloads to installations: the workspace, its organisation, and the person's origin.

In a channel that several organisations share, a payload names theirs too; and a payload for an installation
in a whole organisation may omit the workspace ("team": null). The order of the fields is slack-bolt's
(slack_bolt/request/internals.py): it is Slack's own library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["named_workspace", "organisation_of", "persons_team", "workspace_of"]


def named_workspace(body: Mapping[str, Any]) -> str:
    """Return the bot's workspace that a payload names; "" where it names none."""
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
    """Return the workspace that a payload is for; its person's where it names none, "" without either."""
    return named_workspace(body) or str(_part(body, "user").get("team_id") or "")


def organisation_of(body: Mapping[str, Any]) -> str:
    """Return the bot's organisation (Enterprise Grid) that a payload names, "" where it names none."""
    told = (
        _authorised(body).get("enterprise_id"),
        body.get("enterprise_id"),
        _id(body.get("enterprise")),
    )
    return next((str(each) for each in told if each), "")


def persons_team(body: Mapping[str, Any]) -> str:
    """Return the workspace or organisation of the person who acted, as far as a payload names it."""
    event = _part(body, "event")
    told = (_part(body, "user").get("team_id"), event.get("user_team"), event.get("team"))
    return next((str(each) for each in told if each and isinstance(each, str)), "")


def _authorised(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the installation that an event is sent for; Slack names only one."""
    several = body.get("authorizations")
    first = several[0] if isinstance(several, list) and several else None
    return first if isinstance(first, Mapping) else {}


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _id(found: object) -> object:
    return found.get("id") if isinstance(found, Mapping) else found if isinstance(found, str) else ""

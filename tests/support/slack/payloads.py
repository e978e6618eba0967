"""What Slack tells the bot, in Slack's shapes (tests/adapters/slack holds them to its samples)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.support.slack.workspace import APP, BOT, Account, Channel, Posted, View, Workspace

__all__ = [
    "action_in_message",
    "action_in_view",
    "command",
    "event",
    "message_changed",
    "message_event",
    "view",
]


def event(workspace: Workspace, team: str, inner: Mapping[str, Any]) -> dict[str, Any]:
    """An event around what happened."""
    authorised = {"enterprise_id": None, "team_id": team, "user_id": BOT, "is_bot": True}
    return {
        "token": "verification",
        "team_id": team,
        "enterprise_id": None,
        "api_app_id": APP,
        "event": {"event_ts": workspace.next_ts(), **inner},
        "type": "event_callback",
        "event_id": workspace.next_id("Ev"),
        "event_time": int(workspace.now().timestamp()),
        "authorizations": [{**authorised, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": "4-context",
    }


def message_event(channel: Channel, message: Posted, kind: str = "message") -> dict[str, Any]:
    """A person wrote (kind "app_mention": and named the bot)."""
    inner = message.wire() | {"type": kind, "channel": channel.id, "event_ts": message.ts}
    if kind == "message":
        inner["channel_type"] = "im" if channel.user else "group" if channel.private else "channel"
        if message.files:
            inner |= {"subtype": "file_share", "upload": True, "display_as_bot": False}
    return inner


def message_changed(
    channel: Channel, before: Mapping[str, Any], after: Mapping[str, Any], ts: str
) -> dict[str, Any]:
    """A message has other words now, or a preview."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": "im" if channel.user else "channel",
        "message": dict(after),
        "previous_message": dict(before),
    }


def command(workspace: Workspace, account: Account, channel: Channel, name: str, text: str) -> dict[str, Any]:
    """A slash command: every value a string, as a form has them."""
    return {
        "token": "verification",
        "team_id": account.team,
        "team_domain": "river",
        "channel_id": channel.id,
        "channel_name": channel.called,
        "user_id": account.id,
        "user_name": account.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": workspace.response_url(channel.id, account.id),
        "trigger_id": workspace.trigger(account.id),
    }


def action_in_message(
    workspace: Workspace, account: Account, message: Posted, action: Mapping[str, Any]
) -> dict[str, Any]:
    """A button or select of a message was used; a message for one pair of eyes is not shown along."""
    channel = workspace.channels[message.channel]
    private = bool(message.private_to)
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": private,
    }
    payload = _interaction(workspace, account, "block_actions") | {
        "container": container,
        "channel": {"id": channel.id, "name": channel.called},
        "state": {"values": {}},
        "response_url": workspace.response_url(channel.id, account.id, message.ts),
        "trigger_id": workspace.trigger(account.id),
        "actions": [{**action, "action_ts": workspace.next_ts()}],
    }
    return payload if private else payload | {"message": message.wire(account.team)}


def action_in_view(
    workspace: Workspace,
    account: Account,
    shown: View,
    action: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A button or select of a modal or of the home was used; `values` is what its inputs hold."""
    return _interaction(workspace, account, "block_actions") | {
        "container": {"type": "view", "view_id": shown.id},
        "view": shown.wire(account.team) | {"state": {"values": values or {}}},
        "trigger_id": workspace.trigger(account.id, shown.id),
        "actions": [{**action, "action_ts": workspace.next_ts()}],
    }


def view(
    workspace: Workspace, account: Account, shown: View, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A modal was sent with these values by block and action; None: it was closed."""
    filled = shown.wire(account.team)
    if values is None:
        return _interaction(workspace, account, "view_closed") | {"view": filled, "is_cleared": False}
    filled["state"] = {"values": values}
    sent = {"view": filled, "trigger_id": workspace.trigger(account.id, shown.id), "response_urls": []}
    return _interaction(workspace, account, "view_submission") | sent


def client_id(ts: str) -> str:
    """The id that a client gives to what it sends."""
    return str(uuid5(NAMESPACE_URL, ts))


def _interaction(workspace: Workspace, account: Account, kind: str) -> dict[str, Any]:
    user = {"id": account.id, "username": account.name, "name": account.name, "team_id": account.team}
    return {
        "type": kind,
        "user": user,
        "team": {"id": account.team, "domain": "river"},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": APP,
        "token": "verification",
    }

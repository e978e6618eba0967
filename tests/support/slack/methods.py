"""The Web API methods that the bot uses, as functions of the workspace, and Slack's words for refusing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.slack.validation import message_errors, view_errors
from tests.support.slack.workspace import BOT, Channel, Posted, Refused, Token, View, Workspace

__all__ = ["METHODS", "checked_message", "checked_view"]

Args = Mapping[str, Any]
Method = Callable[[Workspace, Token, Args], dict[str, Any]]

NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "users.list": "users:read",
    "team.info": "team:read",
    "bots.info": "users:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "apps.connections.open": "connections:write",
}
"""The scope a method asks for; those that read channels ask for one by the channel's kind."""


def checked_message(workspace: Workspace, text: str, blocks: list[dict[str, Any]]) -> None:
    """Refuse what Slack refuses of a message, and remember that it was tried."""
    found = message_errors(text, blocks)
    if found:
        workspace.complaints += [f"message: {each}: {text[:60]!r}" for each in found]
        error = "msg_too_long" if any("text of" in each for each in found) else "invalid_blocks"
        raise Refused(error, response_metadata={"messages": [f"[ERROR] {each}" for each in found]})


def checked_view(workspace: Workspace, view: Args) -> dict[str, Any]:
    """Refuse what Slack refuses of a view, and remember that it was tried."""
    found = view_errors(view)
    if found:
        workspace.complaints += [f"view: {each}" for each in found]
        messages = [f"[ERROR] {each}" for each in found]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    # Slack gives a block without its own id one.
    blocks = [{"block_id": workspace.next_id("b"), **block} for block in view["blocks"]]
    return {**view, "blocks": blocks}


def _auth_test(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    if not token.team:
        return {"app_name": "Stint", "app_id": token.app}
    return {
        "url": "https://river.slack.com/",
        "team": "Riverside",
        "user": "stint",
        "team_id": token.team,
        "user_id": BOT,
        "bot_id": "B0STINT",
        "app_id": token.app,
        "is_enterprise_install": False,
    }


def _team_info(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    return {"team": {"id": token.team, "name": "Riverside", "domain": "river", "email_domain": ""}}


def _post_message(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _writable(workspace, token, args.get("channel", ""))
    if channel.user and workspace.accounts[channel.user].shuts_dms:
        raise Refused("messages_tab_disabled")
    # Slack does as it is asked to; people's addresses must not spread themselves over a channel.
    if any(_json(args, name) is not False for name in ("unfurl_links", "unfurl_media")):
        workspace.complaints.append("chat.postMessage: addresses would unfurl")
    posted = _posted(workspace, channel, args)
    return {"channel": channel.id, "ts": posted.ts, "message": posted.wire(token.team)}


def _post_ephemeral(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _writable(workspace, token, args.get("channel", ""))
    user = args.get("user", "")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    return {"message_ts": _posted(workspace, channel, args, user).ts}


def _posted(workspace: Workspace, channel: Channel, args: Args, private_to: str = "") -> Posted:
    text, blocks = args.get("text", "") or "", _blocks(workspace, args)
    if not text and not blocks:
        raise Refused("no_text")
    checked_message(workspace, text, blocks)
    message = Posted(
        channel.id,
        workspace.next_ts(),
        BOT,
        text,
        blocks,
        private_to,
        args.get("thread_ts") or "",
        metadata=_json(args, "metadata"),
    )
    return workspace.post(message)


def _update(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _writable(workspace, token, args.get("channel", ""))
    message = workspace.find(channel.id, args.get("ts", ""))
    if message is None or message.private_to:
        raise Refused("message_not_found")
    if message.user != BOT:
        raise Refused("cant_update_message")
    text, blocks = args.get("text", "") or "", _blocks(workspace, args)
    checked_message(workspace, text, blocks)
    message.text, message.blocks = text, blocks
    if "file_ids" in args:
        wanted = args["file_ids"]
        ids = wanted.split(",") if isinstance(wanted, str) and not wanted.startswith("[") else wanted
        message.files = [workspace.files[each] for each in ids if each in workspace.files]
    message.edited = {"user": BOT, "ts": workspace.next_ts()}
    shown = message.wire(token.team)
    del shown["ts"]
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}


def _delete(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    message = workspace.find(args.get("channel", ""), args.get("ts", ""))
    if message is None or message.private_to:
        raise Refused("message_not_found")
    if message.user != BOT:
        raise Refused("cant_delete_message")
    workspace.messages.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel, ts = args.get("channel", ""), args.get("message_ts", "")
    if workspace.find(channel, ts) is None:
        raise Refused("message_not_found")
    return {
        "channel": channel,
        "permalink": f"https://river.slack.com/archives/{channel}/p{ts.replace('.', '')}",
    }


def _open(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    user = args.get("users") or ""
    if not user and args.get("channel"):
        user = _channel(workspace, token, args["channel"]).user
    account = workspace.accounts.get(user)
    if account is None or account.team != token.team:
        raise Refused("user_not_found")
    if account.deleted:
        raise Refused("user_disabled")
    if account.is_bot or account.shuts_dms:
        raise Refused("cannot_dm_bot")
    there = f"D{user[1:]}" in workspace.channels
    channel = workspace.dm_of(user)
    shown = (
        channel.wire() if str(args.get("return_im", "")).casefold() in {"true", "1"} else {"id": channel.id}
    )
    return {"channel": shown, "no_op": there, "already_open": there}


def _info(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _channel(workspace, token, args.get("channel", ""))
    _needs(token, channel, "read")
    return {"channel": channel.wire()}


def _list(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    if args.get("cursor"):
        raise Refused("invalid_cursor")
    kinds = str(args.get("types") or "public_channel").split(",")
    found = [
        channel.wire()
        for channel in workspace.channels.values()
        if channel.team == token.team
        and ("im" if channel.user else "private_channel" if channel.private else "public_channel") in kinds
    ]
    return {"channels": found, "response_metadata": {"next_cursor": ""}}


def _members(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _channel(workspace, token, args.get("channel", ""))
    _needs(token, channel, "read")
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def _history(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _channel(workspace, token, args.get("channel", ""))
    _needs(token, channel, "history")
    if BOT not in channel.members:
        raise Refused("not_in_channel")
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    most = int(args.get("limit") or 100)
    inclusive = str(args.get("inclusive", "")).casefold() in {"true", "1"}
    found = [
        m
        for m in workspace.messages
        if m.channel == channel.id
        and not m.private_to
        and (oldest < float(m.ts) < latest or (inclusive and float(m.ts) in {oldest, latest}))
    ]
    whole = str(args.get("include_all_metadata", "")).casefold() in {"true", "1"}
    begin = int(args.get("cursor") or 0)
    shown = [_history_wire(m, token.team, whole=whole) for m in reversed(found)][begin : begin + most]
    more = begin + most < len(found)
    cursor = str(begin + most) if more else ""
    return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def _history_wire(message: Posted, team: str, *, whole: bool) -> dict[str, Any]:
    wire = message.wire(team)
    if not whole and message.metadata:
        wire["metadata"] = {"event_type": message.metadata.get("event_type", "")}
    return wire


def _join(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    channel = _channel(workspace, token, args.get("channel", ""))
    if channel.archived:
        raise Refused("is_archived")
    if channel.private or channel.user:
        raise Refused("method_not_supported_for_channel_type")
    channel.members.add(BOT)
    return {"channel": channel.wire()}


def _user(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    account = workspace.accounts.get(args.get("user", ""))
    if account is None or account.team != token.team:
        raise Refused("user_not_found")
    return {"user": account.wire()}


def _users(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    here = [a.wire() for a in workspace.accounts.values() if a.team == token.team]
    # Of strangers only users.info knows.
    members = [{name: value for name, value in a.items() if name != "is_stranger"} for a in here]
    return {"members": members, "cache_ts": 1, "response_metadata": {"next_cursor": ""}}


def _bot(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    if args.get("bot") != "B0STINT":
        raise Refused("bot_not_found")
    return {"bot": {"id": "B0STINT", "deleted": False, "name": "stint", "app_id": token.app, "user_id": BOT}}


def _views_open(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    body = checked_view(workspace, _json(args, "view"))
    trigger = workspace.use_trigger(args.get("trigger_id", ""))
    workspace.stacks[trigger.user] = []
    return {"view": workspace.show(trigger.user, body).wire(token.team)}


def _views_push(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    body = checked_view(workspace, _json(args, "view"))
    trigger = workspace.use_trigger(args.get("trigger_id", ""))
    if not trigger.view:
        raise Refused("invalid_trigger_id")
    return {"view": workspace.show(trigger.user, body).wire(token.team)}


def _views_update(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    body = checked_view(workspace, _json(args, "view"))
    view = workspace.view_of(args.get("view_id") or args.get("external_id") or "")
    if args.get("hash") and args["hash"] != view.hash:
        raise Refused("hash_conflict")
    return {"view": workspace.change(view, body).wire(token.team)}


def _views_publish(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    body = checked_view(workspace, _json(args, "view"))
    user = args.get("user_id", "")
    if user not in workspace.accounts or workspace.accounts[user].team != token.team:
        raise Refused("user_not_found")
    if body["type"] != "home":
        raise Refused("invalid_arguments")
    home = workspace.homes.get(user)
    if args.get("hash") and home and args["hash"] != home.hash:
        raise Refused("hash_conflict")
    if home is None:
        home = workspace.homes[user] = View(workspace.next_id("V"), user, body, workspace.next_id("h"))
    return {"view": workspace.change(home, body).wire(token.team)}


def _upload_url(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    if not args.get("filename") or int(args.get("length") or 0) < 1:
        raise Refused("invalid_arguments")
    id_ = workspace.next_id("F")
    workspace.files[id_] = {"id": id_, "name": args["filename"], "size": int(args["length"]), "user": BOT}
    return {"upload_url": f"{workspace.address}/upload/{id_}", "file_id": id_}


def _upload_complete(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    files = _json(args, "files")
    for file in files:
        if file["id"] not in workspace.contents:
            raise Refused("file_not_found")
    known = [workspace.files[file["id"]] for file in files]
    for file, told in zip(known, files, strict=True):
        address = f"{workspace.address}/files-pri/{token.team}-{file['id']}/{file['name']}"
        file |= {"title": told.get("title", file["name"]), "url_private": address}
        file |= {"url_private_download": address, "mimetype": "application/octet-stream", "mode": "hosted"}
    where = args.get("channel_id") or str(args.get("channels") or "")
    if where:
        channel = _writable(workspace, token, where)
        text, blocks = args.get("initial_comment") or "", _blocks(workspace, args)
        if blocks:
            checked_message(workspace, text or "file", blocks)
        message = Posted(
            channel.id, workspace.next_ts(), BOT, text, blocks, thread_ts=args.get("thread_ts") or ""
        )
        message.files = known
        workspace.post(message)
        kind = "private" if channel.private or channel.user else "public"
        for file in known:
            file["shares"] = {kind: {channel.id: [{"ts": message.ts}]}}
    return {"files": known}


def _file_info(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    file = workspace.files.get(args.get("file", ""))
    if file is None:
        raise Refused("file_not_found")
    return {"file": file}


def _oauth_access(workspace: Workspace, token: Token, args: Args) -> dict[str, Any]:
    team = workspace.codes.pop(args.get("code", ""), "")
    if not team:
        raise Refused("invalid_code")
    made = f"xoxb-{team}-{workspace.next_id('x')}"
    workspace.tokens[made] = Token(team)
    return {
        "app_id": token.app,
        "authed_user": {"id": "U0CORA"},
        "scope": ",".join(workspace.tokens[made].scopes),
        "token_type": "bot",
        "access_token": made,
        "bot_user_id": BOT,
        "team": {"id": team, "name": "Riverside"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(workspace: Workspace, token: Token, id_: str) -> Channel:
    channel = workspace.channels.get(id_)
    hidden = channel is not None and channel.private and BOT not in channel.members
    if channel is None or channel.team != token.team or hidden:
        raise Refused("channel_not_found")
    return channel


def _writable(workspace: Workspace, token: Token, id_: str) -> Channel:
    """The channel, or an account's DM, if the bot can write there."""
    account = workspace.accounts.get(id_)
    if account and account.team == token.team:
        return workspace.dm_of(id_)
    channel = _channel(workspace, token, id_)
    if channel.archived:
        raise Refused("is_archived")
    if BOT not in channel.members:
        raise Refused("not_in_channel")
    if channel.user and workspace.accounts[channel.user].deleted:
        raise Refused("user_disabled")
    return channel


def _needs(token: Token, channel: Channel, what: str) -> None:
    kind = "im" if channel.user else "groups" if channel.private else "channels"
    if f"{kind}:{what}" not in token.scopes:
        raise Refused("missing_scope", needed=f"{kind}:{what}", provided=",".join(token.scopes))


def _blocks(workspace: Workspace, args: Args) -> list[dict[str, Any]]:
    return [{"block_id": workspace.next_id("b"), **block} for block in _json(args, "blocks") or []]


def _json(args: Args, name: str) -> Any:  # noqa: ANN401 - JSON
    value = args.get(name)
    return json.loads(value) if isinstance(value, str) and value else value


METHODS: Mapping[str, Method] = {
    "auth.test": _auth_test,
    "team.info": _team_info,
    "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.getPermalink": _permalink,
    "conversations.open": _open,
    "conversations.info": _info,
    "conversations.list": _list,
    "conversations.members": _members,
    "conversations.history": _history,
    "conversations.join": _join,
    "users.info": _user,
    "users.list": _users,
    "bots.info": _bot,
    "views.open": _views_open,
    "views.push": _views_push,
    "views.update": _views_update,
    "views.publish": _views_publish,
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _upload_complete,
    "files.info": _file_info,
    "oauth.v2.access": _oauth_access,
}

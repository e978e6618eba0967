"""The REST operations of our own Discord that a bot like ours may use."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.support.discord.backend import Backend, Handler, Request
from tests.support.discord.errors import Refused
from tests.support.discord.state import BOT, EPHEMERAL, Channel, Interaction, Sent

__all__ = ["ROUTES"]

_LASTS = timedelta(minutes=15)
_MESSAGES, _DIRECT = 1 << 9, 1 << 12
_MODAL = 9


async def me(fake: Backend, request: Request) -> object:
    return fake.world.user_json(BOT)


async def application(fake: Backend, request: Request) -> object:
    owner = fake.world.user_json(BOT)
    return {
        "id": BOT,
        "name": "Stint",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": owner,
        "team": None,
        "install_params": None,
    }


async def gateway(fake: Backend, request: Request) -> object:
    return {
        "url": fake.gateway.url,
        "shards": 1,
        "session_start_limit": {
            "total": 1000,
            "remaining": 1000 - fake.gateway.happened["identify"],
            "reset_after": 14400000,
            "max_concurrency": 1,
        },
    }


async def my_guilds(fake: Backend, request: Request) -> object:
    known = [guild for guild in fake.world.guilds.values() if guild.here]
    return [{"id": each.id, "name": each.name, "permissions": "0", "features": []} for each in known]


async def guild(fake: Backend, request: Request) -> object:
    found = fake.world.guilds.get(request.names["guild"])
    if found is None or not found.here:
        raise Refused(403, 50001, "Missing Access")
    return fake.world.guild_json(found)


async def guild_channels(fake: Backend, request: Request) -> object:
    return (await guild(fake, request))["channels"]  # type: ignore[index] # it is a guild object


async def guild_roles(fake: Backend, request: Request) -> object:
    return (await guild(fake, request))["roles"]  # type: ignore[index] # as above


async def member(fake: Backend, request: Request) -> object:
    await guild(fake, request)
    found = fake.world.guilds[request.names["guild"]]
    user = BOT if request.names["user"] == "@me" else request.names["user"]
    if user not in found.members:
        raise Refused(404, 10007, "Unknown Member")
    return fake.world.member_json(found, user)


async def channel(fake: Backend, request: Request) -> object:
    return fake.world.channel_json(_channel(fake, request.names["channel"]))


async def user(fake: Backend, request: Request) -> object:
    if request.names["user"] not in fake.world.users:
        raise Refused(404, 10013, "Unknown User")
    return fake.world.user_json(request.names["user"])


async def open_dm(fake: Backend, request: Request) -> object:
    recipient = request.body["recipient_id"]
    if recipient not in fake.world.users:
        raise Refused(404, 10013, "Unknown User")
    return fake.world.channel_json(fake.world.dm_with(recipient))


async def send(fake: Backend, request: Request) -> object:
    at = _channel(fake, request.names["channel"])
    if at.type == 1:
        [other] = (at.members or frozenset()) - {BOT}
        if fake.world.users[other].shuts_dms:
            raise Refused(403, 50007, "Cannot send messages to this user")
        if not fake.world.shares_guild(other):
            raise Refused(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
    known = set(fake.world.messages)
    sent = fake.world.post(at.id, BOT, _with_files(fake, request, request.body))
    if sent.id not in known:
        await _tell(fake, "MESSAGE_CREATE", sent)
    return fake.world.message_json(sent)


async def history(fake: Backend, request: Request) -> object:
    at = _channel(fake, request.names["channel"])
    found = [sent for sent in fake.world.seen_by(BOT, at.id) if not sent.private_to]
    limit = int(request.query.get("limit", 50))
    after = int(request.query.get("after", 0))
    later = [sent for sent in found if int(sent.id) > after]
    # After a message come the next ones, without one the newest; the newest is first in both.
    shown = later[:limit] if "after" in request.query else later[-limit:]
    return [fake.world.message_json(sent) for sent in reversed(shown)]


async def message(fake: Backend, request: Request) -> object:
    return fake.world.message_json(_message(fake, request))


async def edit(fake: Backend, request: Request) -> object:
    sent = _message(fake, request)
    if sent.author != BOT:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    return await _change(fake, sent, request, request.body)


async def delete(fake: Backend, request: Request) -> None:
    sent = _message(fake, request)
    del fake.world.messages[sent.id]


async def start_thread(fake: Backend, request: Request) -> object:
    parent = _channel(fake, request.names["channel"])
    made = fake.world.add_channel(
        request.body["name"], parent.guild, request.body.get("type", 12), frozenset({BOT})
    )
    return {**fake.world.channel_json(made), "parent_id": parent.id, "owner_id": BOT, "member_count": 1}


async def join_thread(fake: Backend, request: Request) -> None:
    thread = _channel(fake, request.names["channel"])
    thread.members = (thread.members or frozenset()) | {request.names["user"]}


async def put_commands(fake: Backend, request: Request) -> object:
    scope = request.names.get("guild", "")
    made = [
        {"id": fake.world.snowflake(), "application_id": BOT, "version": "1", "type": 1, **each}
        for each in request.body
    ]
    fake.world.commands[scope] = made
    return made


async def get_commands(fake: Backend, request: Request) -> object:
    found = fake.world.commands.get(request.names.get("guild", ""), [])
    return found if request.query.get("with_localizations") == "true" else _in_english(found)


def _in_english(data: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, list):
        return [_in_english(each) for each in data]
    if isinstance(data, dict):
        return {key: _in_english(each) for key, each in data.items() if not key.endswith("_localizations")}
    return data


# Interactions.


async def callback(fake: Backend, request: Request) -> object:
    done = fake.world.interactions.get(request.names["interaction"])
    if (
        done is None
        or done.token != request.names["token"]
        or fake.world.now() - done.at > fake.world.first_answer
    ):
        raise Refused(404, 10062, "Unknown interaction")
    if done.answer:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    kind, data = request.body["type"], request.body.get("data") or {}
    if kind == _MODAL and done.kind in (4, 5):
        raise Refused(400, 50035, "Invalid Form Body")
    done.answer, done.data = kind, data
    if kind == 4:
        sent = await _speak(fake, done, _with_files(fake, request, data))
        done.first = sent.id
    elif kind == 5:
        sent = await _speak(fake, done, {"content": "…thinking", "flags": data.get("flags", 0)})
        done.first = sent.id
    elif kind in (6, 7):
        done.first = done.pressed
        if kind == 7 and done.pressed in fake.world.messages:
            await _change(fake, fake.world.messages[done.pressed], request, data)
    elif kind == _MODAL:
        fake.world.modals[done.user] = (data, done)
    done.answered.set()
    if request.query.get("with_response") not in ("true", "True", "1"):
        return None
    about = {"id": done.id, "type": done.kind, "response_message_id": done.first or None}
    resource: dict[str, Any] = {"type": kind}
    if done.first in fake.world.messages:
        resource["message"] = fake.world.message_json(fake.world.messages[done.first])
    return {"interaction": about, "resource": resource}


async def follow_up(fake: Backend, request: Request) -> object:
    done = _by_token(fake, request)
    body = _with_files(fake, request, request.body)
    if done.answer == 5 and done.first in fake.world.messages and done.data.get("waiting", True):
        done.data = {"waiting": False}  # the first one after "thinking" takes its place
        sent = fake.world.messages[done.first]
        sent.body = {**body, "flags": body.get("flags", 0) | (sent.body.get("flags", 0) & EPHEMERAL)}
        await _tell(fake, "MESSAGE_UPDATE", sent)
    else:
        sent = await _speak(fake, done, body)
    return fake.world.message_json(sent)


async def edit_answer(fake: Backend, request: Request) -> object:
    done = _by_token(fake, request)
    named = done.first if request.names["message"] == "@original" else request.names["message"]
    if named not in fake.world.messages:
        raise Refused(404, 10008, "Unknown Message")
    done.data = {"waiting": False}
    return await _change(fake, fake.world.messages[named], request, request.body)


async def read_answer(fake: Backend, request: Request) -> object:
    done = _by_token(fake, request)
    named = done.first if request.names["message"] == "@original" else request.names["message"]
    if named not in fake.world.messages:
        raise Refused(404, 10008, "Unknown Message")
    return fake.world.message_json(fake.world.messages[named])


async def drop_answer(fake: Backend, request: Request) -> None:
    done = _by_token(fake, request)
    named = done.first if request.names["message"] == "@original" else request.names["message"]
    fake.world.messages.pop(named, None)


def _by_token(fake: Backend, request: Request) -> Interaction:
    for done in fake.world.interactions.values():
        if done.token == request.names["token"]:
            if fake.world.now() - done.at > _LASTS:
                raise Refused(401, 50027, "Invalid Webhook Token")
            if done.answer in (0, _MODAL) and not done.first:
                raise Refused(404, 10015, "Unknown Webhook")
            return done
    raise Refused(401, 50027, "Invalid Webhook Token")


async def _speak(fake: Backend, done: Interaction, body: dict[str, Any]) -> Sent:
    private = done.user if body.get("flags", 0) & EPHEMERAL else ""
    sent = fake.world.post(done.channel, BOT, body, private_to=private, answers=done.id)
    if not private:
        await _tell(fake, "MESSAGE_CREATE", sent)
    return sent


async def _change(fake: Backend, sent: Sent, request: Request, body: dict[str, Any]) -> object:
    changed = {key: value for key, value in _with_files(fake, request, body).items() if value is not None}
    kept = sent.body.get("flags", 0) & (EPHEMERAL | 1 << 15)
    sent.body = {**sent.body, **changed, "flags": changed.get("flags", 0) | kept}
    if sent.body["flags"] & 1 << 15:
        sent.body["content"] = ""
    sent.edited = True
    if not sent.private_to:
        await _tell(fake, "MESSAGE_UPDATE", sent)
    return fake.world.message_json(sent)


async def _tell(fake: Backend, event: str, sent: Sent) -> None:
    """Every gateway gets a message, ours as well; only after the answer, as it mostly is."""
    direct = fake.world.channels[sent.channel].type == 1
    telling = fake.gateway.tell(event, fake.world.message_json(sent), _DIRECT if direct else _MESSAGES)
    task = asyncio.create_task(telling)
    fake.tasks.add(task)
    task.add_done_callback(fake.tasks.discard)


def _with_files(fake: Backend, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    files = []
    for named, (filename, content) in request.uploads.items():
        kept = fake.world.snowflake()
        fake.world.files[kept] = content
        url = f"{fake.url}/files/{kept}/{filename}"
        files.append(
            {
                "id": kept,
                "filename": filename,
                "size": len(content),
                "url": url,
                "proxy_url": url,
                "field": named,
            }
        )
    return {**body, "files": files} if files else dict(body)


def _channel(fake: Backend, named: str) -> Channel:
    found = fake.world.channels.get(named)
    if found is None or found.gone:
        raise Refused(404, 10003, "Unknown Channel")
    if found.guild:
        at = fake.world.guilds[found.guild]
        if not at.here:
            raise Refused(403, 50001, "Missing Access")
        if at.out:
            raise Refused(503, 0, "Service Unavailable")
        if found.forbidden:
            raise Refused(403, 50013, "Missing Permissions")
    return found


def _message(fake: Backend, request: Request) -> Sent:
    at = _channel(fake, request.names["channel"])
    sent = fake.world.messages.get(request.names["message"])
    if sent is None or sent.channel != at.id or sent.private_to:
        raise Refused(404, 10008, "Unknown Message")
    return sent


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/users/@me", me),
    ("GET", "/applications/@me", application),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway),
    ("GET", "/users/@me/guilds", my_guilds),
    ("POST", "/users/@me/channels", open_dm),
    ("GET", "/users/{user}", user),
    ("GET", "/guilds/{guild}", guild),
    ("GET", "/guilds/{guild}/channels", guild_channels),
    ("GET", "/guilds/{guild}/roles", guild_roles),
    ("GET", "/guilds/{guild}/members/{user}", member),
    ("GET", "/channels/{channel}", channel),
    ("POST", "/channels/{channel}/messages", send),
    ("GET", "/channels/{channel}/messages", history),
    ("GET", "/channels/{channel}/messages/{message}", message),
    ("PATCH", "/channels/{channel}/messages/{message}", edit),
    ("DELETE", "/channels/{channel}/messages/{message}", delete),
    ("POST", "/channels/{channel}/threads", start_thread),
    ("PUT", "/channels/{channel}/thread-members/{user}", join_thread),
    ("GET", "/applications/{application}/commands", get_commands),
    ("PUT", "/applications/{application}/commands", put_commands),
    ("GET", "/applications/{application}/guilds/{guild}/commands", get_commands),
    ("PUT", "/applications/{application}/guilds/{guild}/commands", put_commands),
    ("POST", "/interactions/{interaction}/{token}/callback", callback),
    ("POST", "/webhooks/{application}/{token}", follow_up),
    ("GET", "/webhooks/{application}/{token}/messages/{message}", read_answer),
    ("PATCH", "/webhooks/{application}/{token}/messages/{message}", edit_answer),
    ("DELETE", "/webhooks/{application}/{token}/messages/{message}", drop_answer),
]
"""Method, path and what it does; a literal path comes before one with a name in its place."""

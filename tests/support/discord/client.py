"""What an account does on our own Discord, sent to the bot as Discord sends it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bot.chat.commands import CommandSpec
from tests.support.discord.openapi import components_in
from tests.support.discord.server import FakeDiscord
from tests.support.discord.state import BOT, Channel, Interaction, Sent

__all__ = ["Hands"]

_DIRECT, _MESSAGES = 1 << 12, 1 << 9
_COMMAND, _COMPONENT, _AUTOCOMPLETE, _MODAL = 2, 3, 4, 5
_SUB, _GROUP, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _NUMBER = 1, 2, 3, 4, 5, 6, 7, 8, 10
_SELECTS = {3, 5, 6, 7, 8}


class Hands:
    """Acts as one account. Each act returns its Interaction, or the message, at once."""

    def __init__(self, fake: FakeDiscord, user: str) -> None:
        self.fake = fake
        self.world = fake.world
        self.id = user

    @property
    def dm(self) -> Channel:
        """The DM with the bot."""
        return self.world.dm_with(self.id)

    async def use(self, spec: CommandSpec, options: Mapping[str, str], at: Channel) -> Interaction:
        """Use a slash command that is registered; people, channels and roles in the options by their ids."""
        return await self._interact(_COMMAND, at, self._command(spec.path, options))

    async def ask(self, path: tuple[str, ...], option: str, typed: str, at: Channel) -> list[dict[str, Any]]:
        """What the bot offers while this is typed into an option."""
        data = self._command(path, {option: typed})
        innermost = data
        while innermost["options"][0]["type"] in (_SUB, _GROUP):
            innermost = innermost["options"][0]
        innermost["options"][0]["focused"] = True
        asked = await self._interact(_AUTOCOMPLETE, at, data)
        await asked.answered.wait()
        choices: list[dict[str, Any]] = asked.data["choices"]
        return choices

    async def press(self, sent: Sent, button: dict[str, Any]) -> Interaction:
        """Press a button."""
        data: dict[str, Any] = {"component_type": 2, "custom_id": button["custom_id"], "id": 1}
        return await self._interact(_COMPONENT, self.world.channels[sent.channel], data, sent)

    async def choose(self, sent: Sent, select: dict[str, Any], values: list[str]) -> Interaction:
        """Choose in a select."""
        data = {
            "component_type": select["type"],
            "custom_id": select["custom_id"],
            "id": 1,
            "values": values,
            "resolved": self._resolved(values),
        }
        return await self._interact(_COMPONENT, self.world.channels[sent.channel], data, sent)

    async def submit(self, values: Mapping[str, Any]) -> Interaction:
        """Send the open modal: by custom_id a text, a list of values, or (name, bytes) for a file."""
        modal, opened = self.world.modals.pop(self.id)
        resolved: dict[str, Any] = {}
        parts: list[dict[str, Any]] = []
        for part in modal["components"]:
            if part["type"] == 10:
                parts.append({"type": 10, "id": 1})
                continue
            inner = part["component"]
            given = self._filled(inner, values.get(inner["custom_id"]), resolved)
            parts.append({"type": part["type"], "id": 1, "component": given})
        data: dict[str, Any] = {"custom_id": modal["custom_id"], "components": parts, "resolved": resolved}
        pressed = self.world.messages.get(opened.pressed)
        return await self._interact(_MODAL, self.world.channels[opened.channel], data, pressed)

    async def write(
        self, text: str, at: Channel, answers: str = "", files: Mapping[str, bytes] | None = None
    ) -> Sent:
        """Write a message. In a server the bot gets it without its words: it may not read them."""
        sent = self.world.post(at.id, self.id, {"content": text}, reference=answers)
        for name, content in (files or {}).items():
            sent.body.setdefault("files", []).append(self._file(name, content))
        await self.tell(sent, "MESSAGE_CREATE")
        return sent

    async def rewrite(self, sent: Sent, text: str) -> None:
        """Edit a message of one's own."""
        sent.body = {**sent.body, "content": text}
        sent.edited = True
        await self.tell(sent, "MESSAGE_UPDATE")

    async def tell(self, sent: Sent, event: str) -> None:
        """Let the gateway tell of a message (once more)."""
        at = self.world.channels[sent.channel]
        told = self.world.message_json(sent)
        if at.guild:
            told["content"] = ""
        await self.fake.gateway.tell(event, told, _MESSAGES if at.guild else _DIRECT)

    async def _interact(
        self, kind: int, at: Channel, data: dict[str, Any], pressed: Sent | None = None
    ) -> Interaction:
        done = Interaction(
            self.world.snowflake(),
            secrets.token_urlsafe(90),
            kind,
            self.id,
            at.id,
            self.world.now(),
            pressed.id if pressed else "",
        )
        self.world.interactions[done.id] = done
        await self.again(done, data, pressed)
        return done

    async def again(self, done: Interaction, data: dict[str, Any], pressed: Sent | None = None) -> None:
        """Tell the bot of an interaction (once more)."""
        at = self.world.channels[done.channel]
        payload: dict[str, Any] = {
            "id": done.id,
            "application_id": BOT,
            "type": done.kind,
            "token": done.token,
            "version": 1,
            "data": data,
            "channel_id": at.id,
            "channel": self.world.channel_json(at),
            "locale": "en-GB",
            "entitlements": [],
            "authorizing_integration_owners": self._owners(at),
            "attachment_size_limit": 10 << 20,
            "app_permissions": str(self.world.permissions(BOT, at)),
            "context": 0 if at.guild else 1 if BOT in (at.members or ()) else 2,
        }
        if at.guild:
            guild = self.world.guilds[at.guild]
            payload |= {
                "guild_id": guild.id,
                "guild": {"id": guild.id, "locale": "en-GB", "features": []},
                "guild_locale": "en-GB",
                "member": self.world.member_json(guild, self.id, at),
            }
        else:
            payload["user"] = self.world.user_json(self.id)
        if pressed:
            payload["message"] = self.world.message_json(pressed)
        await self.fake.gateway.tell("INTERACTION_CREATE", payload)

    def _owners(self, at: Channel) -> dict[str, str]:
        """Who lets the app be used there: the server, the DM with the bot, or this account for itself."""
        guild = self.world.guilds.get(at.guild)
        here = guild.here if guild else BOT in (at.members or ())
        return {"0": at.guild or "0"} if here else {"1": self.id}

    def _command(self, path: tuple[str, ...], options: Mapping[str, str]) -> dict[str, Any]:
        registered = [
            *self.world.commands.get("", ()),
            *(c for s, cs in self.world.commands.items() if s for c in cs),
        ]
        root = _named(registered, path[0])
        data: dict[str, Any] = {"id": root["id"], "name": root["name"], "type": 1, "options": []}
        inner, known = data, root
        for name in path[1:]:
            known = _named(known.get("options", ()), name)
            deeper: dict[str, Any] = {"name": name, "type": known["type"], "options": []}
            inner["options"].append(deeper)
            inner = deeper
        if missing := [
            o["name"] for o in known.get("options", ()) if o.get("required") and o["name"] not in options
        ]:
            raise LookupError(f"Discord asks for {missing} first")
        for name, value in options.items():
            option = _named(known.get("options", ()), name)
            inner["options"].append({"name": name, "type": option["type"], "value": _typed(option, value)})
        return data | {"resolved": self._resolved(list(options.values()))}

    def _resolved(self, ids: list[str]) -> dict[str, Any]:
        users = {each: self.world.user_json(each) for each in ids if each in self.world.users}
        channels = {
            each: self.world.channel_json(self.world.channels[each])
            for each in ids
            if each in self.world.channels
        }
        guilds = self.world.guilds.values()
        roles = {
            each: self.world.role_json(guild, each) for guild in guilds for each in ids if each in guild.roles
        }
        return {"users": users, "channels": channels, "members": {}, "roles": roles}

    def _filled(self, inner: dict[str, Any], value: Any, resolved: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - by the kind of component
        made: dict[str, Any] = {"type": inner["type"], "id": 1, "custom_id": inner["custom_id"]}
        if inner["type"] == 19:
            files = [self._file(name, content) for name, content in value or ()]
            resolved.setdefault("attachments", {}).update({each["id"]: each for each in files})
            return made | {"values": [each["id"] for each in files]}
        if inner["type"] == 5:
            resolved.setdefault("users", {}).update(
                {each: self.world.user_json(each) for each in value or ()}
            )
        if inner["type"] in _SELECTS | {22}:
            return made | {"values": list(value or ())}
        if inner["type"] == 21:
            return made | {"value": (list(value or ()) or [None])[0]}
        return made | {"value": value if value is not None else ("" if inner["type"] == 4 else False)}

    def _file(self, name: str, content: bytes) -> dict[str, Any]:
        kept = self.world.snowflake()
        self.world.files[kept] = content
        url = f"{self.fake.url}/files/{kept}/{name}"
        kind = "application/pdf" if name.endswith(".pdf") else "text/plain"
        return {
            "id": kept,
            "filename": name,
            "size": len(content),
            "url": url,
            "proxy_url": url,
            "content_type": kind,
            "ephemeral": True,
        }


def _named(known: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    for each in known:
        if each["name"] == name:
            found: dict[str, Any] = each
            return found
    raise LookupError(f"Discord knows no {name!r} here, only {[each['name'] for each in known]}")


def _typed(option: dict[str, Any], value: str) -> str | int | float | bool:
    match option["type"]:
        case 4:
            return int(value)
        case 5:
            return value.casefold() in {"yes", "true", "on"}
        case 10:
            return float(value)
    for choice in option.get("choices", ()):
        if value.casefold() in (choice["name"].casefold(), str(choice["value"]).casefold()):
            return str(choice["value"])
    return value


def inputs_of(modal: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the labels of a modal, each with what is under it."""
    return [(part, part["component"]) for part in components_in(modal["components"]) if part.get("component")]

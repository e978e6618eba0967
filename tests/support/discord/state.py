"""What a Discord of our own holds: servers, people, channels, messages, interactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

__all__ = ["BOT", "EPHEMERAL", "Channel", "Guild", "Interaction", "Sent", "User", "World"]

BOT = "900000000000000001"
"""The application's id, which is its account's as well."""

EPHEMERAL = 1 << 6
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
FIRST_ANSWER = timedelta(seconds=3)
_NONCES_LAST = timedelta(minutes=3)
EVERYTHING = (1 << 46) - 1
MANAGE_GUILD = 1 << 5
MEMBER = 2147483648 | 1024 | 2048 | 65536
"""Use commands, view the channel, send messages, read their history."""


@dataclass
class User:
    """An account. `shuts_dms`: no other account can begin to write to it."""

    id: str
    name: str
    shown: str
    shuts_dms: bool = False
    bot: bool = False


@dataclass
class Guild:
    """A server: its members' role ids, and what each role may do."""

    id: str
    name: str
    roles: dict[str, int] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    here: bool = True
    """The bot is a member."""
    out: bool = False
    """Discord has an outage there."""


@dataclass
class Channel:
    """A text channel, thread or DM. `forbidden`: the bot has lost its permissions in it."""

    id: str
    name: str
    type: int = 0
    guild: str = ""
    members: frozenset[str] | None = None
    forbidden: bool = False
    gone: bool = False


@dataclass
class Sent:
    """A message. `private_to` is the one account that sees it, `answers` the interaction that it answers."""

    id: str
    channel: str
    author: str
    body: dict[str, Any]
    at: datetime
    private_to: str = ""
    edited: bool = False
    reference: str = ""
    answers: str = ""
    uploads: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Interaction:
    """Something done with the app. `answer` is the type of the first response, 0 before it came."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    at: datetime
    pressed: str = ""
    answer: int = 0
    first: str = ""
    """The message that @original is."""
    data: dict[str, Any] = field(default_factory=dict)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class World:
    """All of it. `now` dates whatever is made; ids are Discord's snowflakes, which hold that time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._counter = count(1)
        self.users: dict[str, User] = {BOT: User(BOT, "stint", "Stint", bot=True)}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Sent] = {}
        self.interactions: dict[str, Interaction] = {}
        self.modals: dict[str, tuple[dict[str, Any], Interaction]] = {}
        self.commands: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, bytes] = {}
        self.first_answer = FIRST_ANSWER
        """How long an interaction waits for its first answer."""
        self._nonces: dict[tuple[str, str], tuple[datetime, str]] = {}

    def snowflake(self) -> str:
        """A new id: milliseconds since 2015 above 22 bits."""
        passed = int((self.now() - _EPOCH).total_seconds() * 1000)
        return str((passed << 22) | (next(self._counter) & 0x3FFFFF))

    def add_user(self, name: str, shown: str) -> User:
        """A new account."""
        user = User(self.snowflake(), name, shown)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, installed: bool = True) -> Guild:
        """A new server with the bot in it, as an ordinary member; else people bring the app along."""
        guild = Guild(self.snowflake(), name, here=installed)
        guild.roles[guild.id] = MEMBER
        if installed:
            guild.members[BOT] = set()
        self.guilds[guild.id] = guild
        return guild

    def add_channel(
        self, name: str, guild: str, kind: int = 0, members: frozenset[str] | None = None
    ) -> Channel:
        """A new channel; `members` who see it, None for everybody."""
        channel = Channel(self.snowflake(), name, kind, guild, members)
        self.channels[channel.id] = channel
        return channel

    def add_group(self, name: str, *members: str) -> Channel:
        """A group direct message of these people; the bot is not in it."""
        return self.add_channel(name, "", 3, frozenset(members))

    def dm_with(self, user: str) -> Channel:
        """The DM of the bot and this account, made when first asked for."""
        for channel in self.channels.values():
            if channel.type == 1 and channel.members == frozenset({user, BOT}):
                return channel
        return self.add_channel("", "", 1, frozenset({user, BOT}))

    def shares_guild(self, user: str) -> bool:
        """Whether the bot meets this account in any server."""
        return any(guild.here and user in guild.members for guild in self.guilds.values())

    def permissions(self, user: str, channel: Channel) -> int:
        """What an account may do in a channel."""
        guild = self.guilds.get(channel.guild)
        if guild is None:
            return MEMBER
        if user == BOT and channel.forbidden:
            return 0
        held = guild.roles[guild.id]
        for role in guild.members.get(user, ()):
            held |= guild.roles.get(role, 0)
        return held

    def post(self, channel: str, author: str, body: dict[str, Any], **more: Any) -> Sent:  # noqa: ANN401 - Sent's own
        """A new message; one with the nonce of a young one of the same author is that one."""
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        if nonce:
            at, known = self._nonces.get((author, str(nonce)), (_EPOCH, ""))
            if self.now() - at < _NONCES_LAST and known in self.messages:
                return self.messages[known]
        sent = Sent(self.snowflake(), channel, author, dict(body), self.now(), **more)
        self.messages[sent.id] = sent
        if nonce:
            self._nonces[author, str(nonce)] = (self.now(), sent.id)
        return sent

    def seen_by(self, user: str, channel: str) -> list[Sent]:
        """Return what an account sees in a channel, oldest first."""
        here = [sent for sent in self.messages.values() if sent.channel == channel]
        return [sent for sent in here if sent.private_to in ("", user)]

    def channels_of(self, user: str) -> Iterator[Channel]:
        """The channels an account can look at, DMs last."""
        for channel in sorted(self.channels.values(), key=lambda each: each.type == 1):
            guild = self.guilds.get(channel.guild)
            in_guild = guild is None or user in guild.members
            if not channel.gone and in_guild and (channel.members is None or user in channel.members):
                yield channel

    # As Discord writes them.

    def user_json(self, user: str) -> dict[str, Any]:
        """A user object."""
        found = self.users[user]
        return {
            "id": found.id,
            "username": found.name,
            "discriminator": "0",
            "global_name": None if found.bot else found.shown,
            "avatar": None,
            "bot": found.bot,
            "public_flags": 0,
        }

    def member_json(self, guild: Guild, user: str, channel: Channel | None = None) -> dict[str, Any]:
        """A guild member object; with the permissions in `channel`, as interactions carry them."""
        made: dict[str, Any] = {
            "user": self.user_json(user),
            "roles": sorted(guild.members.get(user, ())),
            "nick": None,
            "avatar": None,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        return made | ({"permissions": str(self.permissions(user, channel))} if channel else {})

    def channel_json(self, channel: Channel) -> dict[str, Any]:
        """A channel object."""
        made: dict[str, Any] = {"id": channel.id, "type": channel.type, "flags": 0, "last_message_id": None}
        if channel.type in {1, 3}:
            others = sorted((channel.members or frozenset()) - {BOT})
            return made | {"recipients": [self.user_json(each) for each in others]}
        overwrites = (
            [{"id": BOT, "type": 1, "allow": "0", "deny": str(EVERYTHING)}] if channel.forbidden else []
        )
        return made | {
            "guild_id": channel.guild,
            "name": channel.name,
            "position": 0,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "permission_overwrites": overwrites,
        }

    def role_json(self, guild: Guild, role: str) -> dict[str, Any]:
        """A role object."""
        return {
            "id": role,
            "name": "@everyone" if role == guild.id else f"role-{role}",
            "permissions": str(guild.roles[role]),
            "position": int(role != guild.id),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }

    def guild_json(self, guild: Guild) -> dict[str, Any]:
        """A guild object as GUILD_CREATE has it: without the privileged intent the bot is its only member."""
        channels = [c for c in self.channels.values() if c.guild == guild.id and not c.gone]
        empty = (
            "emojis stickers features threads voice_states presences stage_instances "
            "guild_scheduled_events soundboard_sounds"
        )
        return {
            "id": guild.id,
            "name": guild.name,
            "owner_id": "1",
            "roles": [self.role_json(guild, role) for role in guild.roles],
            "members": [self.member_json(guild, BOT)] if BOT in guild.members else [],
            "channels": [self.channel_json(channel) for channel in channels if channel.type == 0],
            "member_count": len(guild.members),
            "large": False,
            "unavailable": guild.out,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "preferred_locale": "en-GB",
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "afk_channel_id": None,
            "afk_timeout": 300,
            **{name: [] for name in empty.split()},
        }

    def message_json(self, sent: Sent) -> dict[str, Any]:
        """A message object; components carry numbers of their own."""
        channel = self.channels[sent.channel]
        made: dict[str, Any] = {
            "id": sent.id,
            "channel_id": sent.channel,
            "author": self.user_json(sent.author),
            "content": sent.body.get("content") or "",
            "timestamp": sent.at.isoformat(),
            "edited_timestamp": self.now().isoformat() if sent.edited else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": sent.body.get("files", []),
            "embeds": sent.body.get("embeds") or [],
            "components": _numbered(sent.body.get("components") or [], count(1)),
            "flags": sent.body.get("flags") or 0,
            "pinned": False,
            "type": 19 if sent.reference else 0,
        }
        if channel.guild:
            made["guild_id"] = channel.guild
            if sent.author in self.guilds[channel.guild].members:
                member = self.member_json(self.guilds[channel.guild], sent.author)
                made["member"] = {key: value for key, value in member.items() if key != "user"}
        if (sent.author, str(sent.body.get("nonce"))) in self._nonces:  # kept for a while only
            made["nonce"] = sent.body["nonce"]
        if sent.answers:
            made["interaction_metadata"] = self._interaction_json(self.interactions[sent.answers])
        if sent.reference:
            made["message_reference"] = {"message_id": sent.reference, "channel_id": sent.channel, "type": 0}
        return made

    def _interaction_json(self, done: Interaction) -> dict[str, Any]:
        owners = {"1": done.user}
        user = self.user_json(done.user)
        return {"id": done.id, "type": done.kind, "user": user, "authorizing_integration_owners": owners}


def _numbered(parts: list[dict[str, Any]], numbers: Iterator[int]) -> list[dict[str, Any]]:
    made = []
    for part in parts:
        inner: dict[str, Any] = {"id": part.get("id") or next(numbers)}
        if "components" in part:
            inner["components"] = _numbered(part["components"], numbers)
        if "accessory" in part:
            [inner["accessory"]] = _numbered([part["accessory"]], numbers)
        made.append({**part, **inner})
    return made

"""What a Slack workspace holds: accounts, channels, messages, views, files, tokens; and what Slack minds.

Nothing here knows how it is reached. `methods.py` is its Web API, `server.py` lets it be called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from adapters.slack.manifest import SCOPES
from tests.support.slack.screen import shown_blocks, shown_markup

__all__ = [
    "BOT",
    "Account",
    "Channel",
    "Posted",
    "Refused",
    "Token",
    "Trigger",
    "View",
    "Workspace",
]

BOT = "U0STINT"
APP = "A0STINT"
TEAM = "T0RIVER"

TRIGGER_LIVES = timedelta(seconds=3)
RESPONSES_LIVE = timedelta(minutes=30)
RESPONSES = 5
MOST_VIEWS = 3


class Refused(Exception):
    """Slack's answer is an error: its word, what is beside it, the HTTP status and headers."""

    def __init__(
        self, error: str, status: int = 200, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(error)
        self.error, self.status, self.headers, self.more = error, status, dict(headers or {}), more


@dataclass
class Account:
    """A person with an account in the workspace."""

    id: str
    name: str
    real_name: str
    tz: str
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_bot: bool = False
    shuts_dms: bool = False
    team: str = TEAM

    def wire(self) -> dict[str, Any]:
        """The account as users.info shows it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": 0,
            "locale": "en-GB",
            "profile": {"real_name": self.real_name, "display_name": self.real_name, "team": self.team},
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1,
        }


@dataclass
class Channel:
    """A channel, or (with `user`) the DM of that account with the bot; `between`: people's own DM."""

    id: str
    name: str
    members: set[str]
    user: str = ""
    private: bool = False
    archived: bool = False
    team: str = TEAM
    between: bool = False

    @property
    def called(self) -> str:
        """Its name as commands and presses tell it: direct messages have none of their own."""
        if self.between and len(self.members) > 2:
            return f"mpdm-{'--'.join(sorted(self.members)).casefold()}-1"
        return "directmessage" if self.between or self.user else self.name

    def wire(self) -> dict[str, Any]:
        """The channel as conversations.info shows it."""
        if self.user:
            return {"id": self.id, "created": 1, "is_im": True, "is_archived": False, "user": self.user}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_general": False,
            "is_member": BOT in self.members,
            "num_members": len(self.members),
            "created": 1,
            "creator": BOT,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass
class Posted:
    """A message; `private_to` is the only account that sees it, "" everybody there."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    private_to: str = ""
    thread_ts: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    edited: dict[str, Any] | None = None
    client_msg_id: str = ""

    def wire(self, team: str = TEAM) -> dict[str, Any]:
        """The message as history and events show it."""
        wire: dict[str, Any] = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": team,
            "blocks": self.blocks,
        }
        if self.user == BOT:
            wire |= {"bot_id": "B0STINT", "app_id": APP}
        for name in ("thread_ts", "files", "metadata", "edited", "client_msg_id"):
            if value := getattr(self, name):
                wire[name] = value
        return wire


@dataclass
class View:
    """A modal or a home that an account sees; `errors` are beside its blocks."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root: str = ""
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def wire(self, team: str = TEAM) -> dict[str, Any]:
        """The view as Slack hands it over; what is filled in is put under `state` by the one that submits."""
        shell = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
        return {
            **shell,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            **self.body,
            "id": self.id,
            "team_id": team,
            "hash": self.hash,
            "state": {"values": {}},
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous,
            "app_id": APP,
            "app_installed_team_id": team,
            "bot_id": "B0STINT",
        }


@dataclass
class Trigger:
    """A trigger id: which account it may show a view, until when, and whether it did."""

    user: str
    until: datetime
    view: str = ""
    used: bool = False


@dataclass
class Token:
    """A token: of a workspace's bot, with what the manifest asks for, or (without team) of the app itself."""

    team: str
    scopes: tuple[str, ...] = tuple(SCOPES)
    app: str = APP
    revoked: str = ""


@dataclass
class Answers:
    """A response_url: how often it was used, until when, and the message it belongs to."""

    channel: str
    user: str
    until: datetime
    ts: str = ""
    uses: int = 0


@dataclass
class Workspace:
    """Everything there is. `complaints` is what Slack minded of what the bot did, for the test to fail on."""

    now: Callable[[], datetime]
    accounts: dict[str, Account] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: list[Posted] = field(default_factory=list)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    answers: dict[str, Answers] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    address: str = ""
    trigger_lives: timedelta = TRIGGER_LIVES
    number: Iterator[int] = field(default_factory=lambda: count(1))

    def add_account(self, name: str, real_name: str, tz: str, **more: Any) -> Account:  # noqa: ANN401 - Account's own
        """A person joins the workspace."""
        account = Account(f"U0{name.upper()}", name, real_name, tz, **more)
        self.accounts[account.id] = account
        return account

    def add_channel(self, name: str, *members: str, **more: Any) -> Channel:  # noqa: ANN401 - Channel's own
        """A channel of these accounts and the bot."""
        channel = Channel(f"C0{name.upper().replace('-', '')}", name, {BOT, *members}, **more)
        self.channels[channel.id] = channel
        return channel

    def add_between(self, name: str, *members: str) -> Channel:
        """A direct message between people, known to tests by this name; the bot is not in it."""
        letter = "D" if len(members) == 2 else "G"
        channel = Channel(f"{letter}0{name.upper()}", name, set(members), private=True, between=True)
        self.channels[channel.id] = channel
        return channel

    def dm_of(self, user: str) -> Channel:
        """The DM of an account with the bot, opened when it is first looked for."""
        id_ = f"D{user[1:]}"
        team = self.accounts[user].team
        return self.channels.setdefault(id_, Channel(id_, "directmessage", {BOT, user}, user, team=team))

    def next_id(self, letter: str) -> str:
        """An id that nothing else has."""
        return f"{letter}{next(self.number):08d}"

    def next_ts(self) -> str:
        """A message's ts: seconds, and digits that make it unique and ordered."""
        return f"{int(self.now().timestamp())}.{next(self.number):06d}"

    def post(self, message: Posted) -> Posted:
        """Keep a message."""
        self.messages.append(message)
        return message

    def find(self, channel: str, ts: str) -> Posted | None:
        """The message with this ts in the channel."""
        return next((m for m in self.messages if (m.channel, m.ts) == (channel, ts)), None)

    def seen_by(self, user: str, channel: str = "") -> list[Posted]:
        """The messages that an account sees (in this channel), oldest first."""
        return [
            m
            for m in self.messages
            if user in self.channels[m.channel].members
            and m.private_to in {"", user}
            and channel in {"", m.channel}
        ]

    def words_of(self, message: Posted, user: str) -> str:
        """A message as this account reads it."""
        zone, names = self.accounts[user].tz, self.names()
        said = (
            shown_blocks(message.blocks, zone, names)
            if message.blocks
            else shown_markup(message.text, zone, names)
        )
        return "\n".join([said, *(f"[{file['name']}]" for file in message.files)])

    def names(self) -> dict[str, str]:
        """Return the words that a message has in the place of an id."""
        named = {account.id: account.real_name for account in self.accounts.values()}
        return named | {channel.id: channel.name for channel in self.channels.values()}

    def trigger(self, user: str, view: str = "") -> str:
        """A fresh trigger id for a person who just did something (in a view)."""
        id_ = f"{next(self.number)}.{next(self.number)}.abcdef"
        self.triggers[id_] = Trigger(user, self.now() + self.trigger_lives, view)
        return id_

    def use_trigger(self, id_: str) -> Trigger:
        """Take a trigger id for showing a view."""
        trigger = self.triggers.get(id_)
        if trigger is None:
            raise Refused("invalid_trigger_id" if id_ else "invalid_arguments")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.now() > trigger.until:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, channel: str, user: str, ts: str = "") -> str:
        """An address to answer at."""
        id_ = self.next_id("R")
        self.answers[id_] = Answers(channel, user, self.now() + RESPONSES_LIVE, ts)
        return f"{self.address}/response/{id_}"

    def show(self, user: str, body: dict[str, Any]) -> View:
        """Put a view on top of what the account sees."""
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= MOST_VIEWS:
            raise Refused("push_limit_reached")
        id_ = self.next_id("V")
        root, previous = (stack[0].id, stack[-1].id) if stack else (id_, None)
        stack.append(View(id_, user, body, self.next_id("h"), root, previous))
        return stack[-1]

    def view_of(self, id_: str) -> View:
        """The view with this id."""
        shown = [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]
        for view in shown:
            if view.id == id_ or (id_ and view.body.get("external_id") == id_):
                return view
        raise Refused("not_found")

    def change(self, view: View, body: dict[str, Any]) -> View:
        """Give a view another content."""
        view.body, view.hash, view.errors = body, self.next_id("h"), {}
        return view

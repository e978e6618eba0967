"""The terminal's own small platform: accounts, channels, DMs, messages, and what people did.

It takes the place of Slack's or Discord's servers, so it outlives the bot: what people do is kept here until
the bot has handled it, and is passed on again, with the same event id, after a restart. A send with a known
key makes no second message. The world and the bot's database belong together; start over with both or with
neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from adapters.terminal.journal import Journal, JournalDamaged, Record, records_at
from adapters.terminal.records import (
    BOT,
    SPACE,
    Account,
    Acknowledged,
    Begun,
    Channel,
    Dialog,
    DialogClosed,
    Entry,
    Kept,
    Read,
    Saved,
    dump_record,
    load_record,
)
from bot.chat.content import Message
from bot.chat.events import Event, MessageRef, Place, Right, UserRef
from bot.chat.values import replace

__all__ = ["BOT", "PLATFORM", "SPACE", "Account", "Channel", "Dialog", "Entry", "Workspace", "check_world"]

PLATFORM = "terminal"

_DM = "dm-"


class Workspace:
    """A platform's whole state, in memory and, where a path is given, in a file."""

    def __init__(self, path: Path | None = None, *, token: str = "", platform: str = PLATFORM) -> None:
        """Open the world kept at `path`, or begin one; without a path it exists in memory.

        `token` is part of every id of a world that begins; "" draws a token, so that two worlds differ.
        `platform`: the one whose places and users these are, where it is not the terminal.

        Raises:
            JournalInUse: another process has it open.
            ValueError: the file holds something else (JournalDamaged, where a line cannot be read).
        """
        self.platform = platform
        self._token = ""
        self._accounts: dict[str, Account] = {}
        self._channels: dict[str, Channel] = {}
        self._entries: dict[str, Entry] = {}
        self._keys: dict[str, str] = {}
        self._dialogs: dict[str, Dialog] = {}
        self._waiting: dict[str, Event] = {}
        self._events = 0
        self._read: dict[tuple[str, str], int] = {}
        self._kept: dict[str, str] = {}
        self._listeners: list[Callable[[], None]] = []
        self._journal = Journal(path) if path else None
        if self._journal and path:
            self._load(self._journal, path)
        if not self._token:
            self._save(Begun(token or secrets.token_hex(4)))

    def close(self) -> None:
        """Close the file."""
        if self._journal:
            self._journal.close()

    def watch(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; return a function that ends that."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    # Accounts and places.

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by id, in the order they came."""
        return MappingProxyType(self._accounts)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every channel by id, in the order they came."""
        return MappingProxyType(self._channels)

    def add_account(
        self,
        account: str,
        name: str,
        zone: str = "UTC",
        rights: frozenset[Right] = frozenset(),
        about: str = "",
    ) -> Account:
        """Add an account, or change the account with this id.

        Raises:
            ValueError: the id is the bot's.
        """
        if account == BOT:
            raise ValueError(f"{BOT!r} is the bot's own name")
        known = self._accounts.get(account)
        made = Account(account, name, zone, rights, about, known is not None and known.shuts_dms)
        if self._accounts.get(account) != made:
            self._save(made)
        return made

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Make an account refuse direct messages from the bot, or accept them again."""
        self._save(replace(self._accounts[account], shuts_dms=shut))

    def add_channel(
        self,
        channel: str,
        name: str = "",
        members: frozenset[str] | None = None,
        space: str = SPACE,
    ) -> Channel:
        """Add a channel, or change the channel with this id; it is named as its id unless `name` is given."""
        made = Channel(channel, name or channel, members, space)
        if self._channels.get(channel) != made:
            self._save(made)
        return made

    def user(self, account: str) -> UserRef:
        """Return how events name an account."""
        return UserRef(self.platform, account)

    def dm_of(self, account: str) -> Place:
        """Return an account's DM with the bot; as on Discord, it belongs to no space."""
        return Place(self.platform, "", _DM + account, "dm")

    def place(self, place: str) -> Place:
        """Return the place with this id.

        Raises:
            KeyError: there is no such place.
        """
        if place in self._channels:
            return Place(self.platform, self._channels[place].space, place)
        account = place.removeprefix(_DM)
        if account == place or account not in self._accounts:
            raise KeyError(place)
        return self.dm_of(account)

    def places_of(self, account: str) -> list[Place]:
        """Return the account's DM, then the channels it is in."""
        return [
            self.dm_of(account),
            *(
                self.place(channel.id)
                for channel in self._channels.values()
                if channel.members is None or account in channel.members
            ),
        ]

    # The messages there.

    def entry(self, entry: str) -> Entry | None:
        """Return the message with this id."""
        return self._entries.get(entry)

    def sent_as(self, key: str) -> Entry | None:
        """Return the message the bot sent under this key."""
        return self._entries.get(self._keys.get(key, ""))

    @property
    def entries(self) -> Sequence[Entry]:
        """Every message of the world, oldest first."""
        return tuple(self._entries.values())

    def seen_by(self, account: str, place: str) -> list[Entry]:
        """Return the messages of a place that this account can see, oldest first."""
        if place not in {at.id for at in self.places_of(account)}:
            return []
        return [
            entry
            for entry in self._entries.values()
            if entry.place == place and entry.private_to in ("", account)
        ]

    def ref(self, entry: Entry) -> MessageRef:
        """Return how events name a message."""
        return MessageRef(self.place(entry.place), entry.id)

    def post(self, entry: Entry, about: Event | None = None) -> Entry:
        """Put a message in its place; with a key that was used before, return the message it made.

        `about`: the event by which the bot will learn of it, kept together with it.
        """
        if entry.key and (sent := self.sent_as(entry.key)):
            return sent
        posted = replace(entry, id=entry.id or self.next_entry_id(), number=len(self._entries) + 1)
        self._save(posted, *([about] if about else []))
        return posted

    def change(self, entry: str, content: Message | str, about: Event | None = None) -> None:
        """Give a message new content.

        Raises:
            KeyError: there is no such message.
        """
        changed = replace(self._entries[entry], content=content, edited=True)
        self._save(changed, *([about] if about else []))

    def next_entry_id(self) -> str:
        """Return the id that the next message will have."""
        return f"{self._token}-m{len(self._entries) + 1}"

    # What people did.

    def next_event_id(self) -> str:
        """Return the id for the next event; it advances once an event with the present id was taken in."""
        return f"{self._token}-e{self._events + 1}"

    def take_in(self, event: Event, *with_it: Saved) -> None:
        """Keep what a person did until the bot has handled it."""
        self._save(event, *with_it)

    @property
    def waiting(self) -> Sequence[Event]:
        """The events that the bot has not handled, oldest first."""
        return tuple(self._waiting.values())

    def acknowledge(self, event: str) -> None:
        """Mark the event with this id as handled by the bot."""
        if event in self._waiting:
            self._save(Acknowledged(event))

    # The open form and the read marks of each account, and a client's own data.

    def dialog_of(self, account: str) -> Dialog | None:
        """Return the form that is open for an account."""
        return self._dialogs.get(account)

    def open_dialog(self, dialog: Dialog) -> None:
        """Show a form to an account, in place of its open form."""
        self._save(dialog)

    def close_dialog(self, account: str) -> None:
        """Close the account's form, if a form is open."""
        if account in self._dialogs:
            self._save(DialogClosed(account))

    def mark_read(self, account: str, place: str) -> None:
        """Mark all of a place as seen by the account."""
        if self.unread(account, place):
            self._save(Read(account, place, len(self._entries)))

    def unread(self, account: str, place: str) -> int:
        """Return how many messages of others the account has not seen in a place."""
        upto = self._read.get((account, place), 0)
        seen = self.seen_by(account, place)
        return sum(entry.number > upto and entry.author != account for entry in seen)

    def keep(self, name: str, value: str) -> None:
        """Keep a client's own words under a name."""
        if self._kept.get(name) != value:
            self._save(Kept(name, value))

    def kept(self, name: str) -> str:
        """Return what a client kept under this name, "" if nothing."""
        return self._kept.get(name, "")

    def _load(self, journal: Journal, path: Path) -> None:
        try:
            for number, record in journal.read():
                self._take(_load(path, number, record))
        except (ValueError, OSError):
            journal.close()
            raise

    def _save(self, *saved: Saved) -> None:
        """Write to the file first, so that no person sees what could still be lost."""
        if self._journal:
            self._journal.append(*(dump_record(one) for one in saved))
        for one in saved:
            self._take(one)
        for listener in tuple(self._listeners):
            listener()

    def _take(self, saved: Saved) -> None:
        match saved:
            case Begun(token):
                self._token = token
            case Account(id=account):
                self._accounts[account] = saved
            case Channel(id=channel):
                self._channels[channel] = saved
            case Entry(id=entry, key=key):
                self._entries[entry] = saved
                if key:
                    self._keys[key] = entry
            case Dialog(account=account):
                self._dialogs[account] = saved
            case DialogClosed(account):
                self._dialogs.pop(account, None)
            case Acknowledged(event):
                self._waiting.pop(event, None)
            case Read(account, place, upto):
                self._read[account, place] = upto
            case Kept(name, value):
                self._kept[name] = value
            case Event(id=event):
                self._events += 1
                self._waiting[event] = saved


def check_world(path: Path) -> None:
    """Check whether the world at `path` can be opened; change nothing, also while a bot has it open.

    Raises:
        JournalDamaged: a line cannot be read. OSError: the file cannot be.
    """
    for number, record in records_at(path):
        _load(path, number, record)


def _load(path: Path, number: int, record: Record) -> Saved:
    try:
        return load_record(record)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise JournalDamaged(path, number) from None

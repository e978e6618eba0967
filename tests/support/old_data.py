"""Databases of the first edition, and everything that can still happen to what is in them.

`tests/fixtures/first_edition.json.xz` holds databases as commit b444355, the last of the first edition, wrote
them: its own scenarios were played on its own code, and its databases were kept where they held something new
(a button, a kind of timer, a form's draft, a state of a row). Besides, its forms were begun there without
dialogs, and answered in part; and a script of its own was played there, to have a database with something of
everything that is waited for. Each database has the instant (UTC) at which it was kept, and the presses that
b444355 itself answered by "That button is from an older message".
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from bot.chat.adapter import Capabilities, Receive, Refusal, Response
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Buttons, Message, Select, load_message
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    UserRef,
    parse_destination,
)
from bot.chat.findings import Finding
from bot.chat.rendering.limits import Limits
from bot.chat.rendering.plain_text import plain_text
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database
from tests.support.bot import begin_life

__all__ = [
    "FIXTURE",
    "OLDER",
    "TODAYS",
    "Edition",
    "Press",
    "Replay",
    "Snapshot",
    "drafts_of",
    "finish",
    "open_replay",
    "presses_of",
    "read_fixture",
    "write_database",
]

FIXTURE: Final = Path(__file__).parents[1] / "fixtures" / "first_edition.json.xz"
OLDER: Final = "from an older message"
"""What the answer to a press says that nothing serves any more."""

_DAYS: Final = {"deadline": 10, "decide": 14, "project start": 18, "due": 25}
"""Dates as answers: by their question, with its form where need be, how many days they lie ahead."""

_ANSWERS: Final = {
    "code": "ABCD-EFGH-JKLM",
    "cohort": "Summer 26",
    "company": "Acme Maps",
    "contact": "Marta, twice a week",
    "currency": "USD",
    "daily_at": "09:30",
    "days_off": "saturday, sunday",
    "deliverables": "A cleaned table\nA short note",
    "digest": "08:45",
    "end": "07:30",
    "fee": "€400",
    "fee_floor": "12",
    "hours": "30",
    "name": "Summer 26",
    "offer_hours": "48",
    "person": "terminal/@ben",
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "retention_days": "180",
    "rows": "terminal/@marta, Acme Maps",
    "skills": "Excel, writing",
    "quiet start": "22:00",
    "undo_seconds": "60",
    "unpaid_reason": "It is a course project",
    "weeks": "3",
    "zone": "Europe/Paris",
}
"""Answers by question, with its form where need be; any other question takes what fits of _ANY."""

_ANY: Final = (
    "We map all the bus stops of the town and clean what the survey found.",
    "yes",
    "1",
    "5",
    "https://example.org/work",
    "skip",
)

_ROLES: Final = ("student", "employer", "coordinator")
_MOST_STEPS: Final = 40
_numbers: Final = count(1)

TODAYS: Final = "todays"
"""How the ids of what happens now begin, and none in the fixture: a known id would be an event come again."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database as SQL, when it was kept (UTC), and what the first edition itself did with what it holds.

    Attributes:
        older: presses that it answered by OLDER.
        alike: presses that it answered as it did another press before them in the fixture, about a thing in
            the same state; `fired_alike`: timers, by id, of a kind that is before them.
        unfinished: drafts, by id, that it did not take when all was answered (the draft of a person who may
            not send it any more, say).
    """

    name: str
    now: datetime
    sql: str
    older: frozenset[str]
    alike: frozenset[str]
    fired_alike: frozenset[int]
    unfinished: frozenset[int]
    world: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button, or an option of a select, of a stored message, pressed by an account that sees it."""

    actor: UserRef
    place: Place
    action: str
    values: tuple[str, ...] = ()
    manages: bool = False

    def __str__(self) -> str:
        """Name the press: who, what, and which option."""
        return " ".join((str(self.actor), self.action, *self.values))


@dataclass(frozen=True, slots=True)
class Edition:
    """What the first edition had routes for, by name, and databases that it wrote."""

    verbs: tuple[str, ...]
    timers: tuple[str, ...]
    forms: tuple[str, ...]
    snapshots: tuple[Snapshot, ...]


def read_fixture() -> Edition:
    """The first edition, as the fixture holds it."""
    kept = json.loads(lzma.decompress(FIXTURE.read_bytes()))
    snapshots = tuple(
        Snapshot(
            name=each["name"],
            now=datetime.fromisoformat(each["now"]),
            sql=each["sql"],
            world=each.get("world", ""),
            **{name: frozenset(each[name]) for name in ("older", "alike", "fired_alike", "unfinished")},
        )
        for each in kept["databases"]
    )
    routes = {name: tuple(kept[name]) for name in ("verbs", "timers", "forms")}
    return Edition(**routes, snapshots=snapshots)


def write_database(snapshot: Snapshot, path: Path) -> str:
    """Write the snapshot as a SQLite file; its URL."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executescript(snapshot.sql)
    return f"sqlite:///{path}"


def presses_of(path: Path) -> list[Press]:
    """Every press of every button of a stored message, each once, by the accounts that see the message."""
    with closing(sqlite3.connect(path)) as database:
        found = dict.fromkeys(_found(database))
    return list(found)


def drafts_of(path: Path) -> list[int]:
    """The conversations that are not over."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT id FROM conversations WHERE state IN ('open', 'waiting')")
        return [row for (row,) in rows]


def _found(database: sqlite3.Connection) -> Iterator[Press]:
    for raw, destination, reference in database.execute("SELECT message, destination, reference FROM outbox"):
        sees = parse_destination(destination)
        place = MessageRef.parse(reference).place if reference and "#" in reference else None
        for actor, manages in _readers(database, sees):
            at = place or (sees if isinstance(sees, Place) else _dm(actor))
            yield from _presses(raw, actor, at, manages=manages)
    for raw, actor, programme in database.execute("SELECT answer, actor, programme_id FROM inbox"):
        said = json.loads(raw) if raw else None
        who = parse_destination(actor)
        if not said or not isinstance(who, UserRef):
            continue
        at = _dm(who) if programme else Place(who.platform, "new", "here", "elsewhere")
        yield from _presses(said["message"], who, at, manages=not programme)
        for opened in filter(None, (said["form"], said["refused"])):
            yield Press(who, at, ":".join(("form-open", *map(str, opened))), manages=not programme)
    for raw in database.execute("SELECT message FROM tasks WHERE state = 'open'"):
        for actor in _accounts(database, "coordinator"):
            yield from _presses(raw[0], actor, _dm(actor), manages=True)
    for raw, person in database.execute("SELECT message, person_id FROM notices WHERE state = 'waiting'"):
        for platform, account in database.execute(
            "SELECT platform, user_id FROM identities WHERE person_id = ?", (person,)
        ):
            who = UserRef(platform, account)
            yield from _presses(raw, who, _dm(who), manages=False)


def _readers(database: sqlite3.Connection, sees: UserRef | Place) -> Iterator[tuple[UserRef, bool]]:
    """The readers of a destination: its account, or for a channel an account of each role."""
    if isinstance(sees, UserRef):
        yield sees, sees in _accounts(database, "coordinator")
        return
    for role in _ROLES:
        there = [each for each in _accounts(database, role) if each.platform == sees.platform]
        for actor in there[:1]:
            yield actor, role == "coordinator"


def _accounts(database: sqlite3.Connection, role: str) -> list[UserRef]:
    rows = database.execute(
        "SELECT platform, user_id FROM identities JOIN roles USING (person_id) WHERE role = ?", (role,)
    )
    return [UserRef(platform, account) for platform, account in rows]


def _dm(actor: UserRef) -> Place:
    return Place(actor.platform, "", f"dm-{actor.id}", "dm")


def _presses(raw: Any, actor: UserRef, place: Place, *, manages: bool) -> Iterator[Press]:  # noqa: ANN401 - JSON
    stored = json.loads(raw) if isinstance(raw, str) else raw
    if not stored:
        return
    content = load_message(stored)
    if content.answer:
        yield Press(actor, place, content.answer, (), manages)
    for block in content.blocks:
        if isinstance(block, Buttons):
            for button in block.buttons:
                if button.action:
                    yield Press(actor, place, button.action, (), manages)
        elif isinstance(block, Select):
            for option in (block.options[0], block.options[-1]):
                yield Press(actor, place, block.action, (option.value,), manages)


@dataclass
class Recorder:
    """An adapter that keeps what is said, in order."""

    platform: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    limits: Limits = field(default_factory=Limits)
    said: list[Message] = field(default_factory=list)

    async def open(self) -> None:
        """There is nothing to open."""

    async def run(self, receive: Receive) -> None:
        """Events come from a Replay."""

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Keep the immediate answer."""
        assert to.token
        if answer.message:
            self.said.append(answer.message)

    async def send(
        self,
        to: Place | UserRef,
        message: Message,
        *,
        key: str,
        again: bool = False,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Keep the message; what may have been sent before is sent again."""
        assert key or again or known
        self.said.append(message)
        place = to if isinstance(to, Place) else _dm(to)
        return MessageRef(place, f"{TODAYS}-{next(_numbers)}")

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Nothing of before is found here."""
        del to, message, key, known
        return None

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Keep what the message says now."""
        assert ref.id
        self.said.append(message)

    async def fetch(self, file: FileRef) -> bytes:
        """No file can be had here."""
        raise Refusal("gone", file.name)

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """All is well, wherever."""
        assert place is None or place.platform == self.platform
        return ()

    async def is_connected(self) -> bool:
        """It can always be reached."""
        return True

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """The platform needs to know no commands."""

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass
class Replay:
    """One old database, open: `begin` gives it back as it was kept, or as the first start left it."""

    path: Path
    now: datetime
    database: Database
    copy: sqlite3.Connection
    capabilities: Capabilities

    def __post_init__(self) -> None:
        """Begin as it was kept."""
        self.adapters: dict[str, Recorder] = {}
        self.clock = VirtualClock(self.now)
        known = self.copy.execute("SELECT platform FROM inbox UNION SELECT platform FROM identities")
        self.platforms = [platform for (platform,) in known]

    def query(self, statement: str, *values: object) -> list[Any]:
        """Rows of the database as it is now."""
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(statement, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Change rows of the database."""
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute(statement, values)

    async def begin(self) -> None:
        """A fresh copy, and a bot on it that has just been started."""
        await self.clock.stop()
        with closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA synchronous=OFF")
            self.copy.backup(database)
        self.adapters = {name: Recorder(name, self.capabilities) for name in self.platforms}
        self.clock = VirtualClock(self.now)
        self.runtime = Runtime(self.database, ROUTES, self.adapters, self.clock)
        await self.clock.start(self.runtime.pump)

    async def start(self) -> None:
        """Let the bot serve what is due when it is first started; `begin` begins after that from now on."""
        await self.begin()
        await self.clock.advance_by(timedelta(0))
        with closing(sqlite3.connect(self.path)) as database:
            database.backup(self.copy)

    async def press(self, press: Press) -> Response:
        """Press the button and let everything follow that follows."""
        kind: dict[str, Any] = {"values": press.values} if press.values else {}
        event = (ChoiceMade if press.values else ButtonPressed)(
            **self._common(press.actor, press.place, manages=press.manages), action=press.action, **kind
        )
        return await self.receive(event)

    async def submit(self, press: Press, form: str, subject: str, values: Mapping[str, str]) -> Response:
        """Submit a form's only page where a button was pressed for it."""
        common = self._common(press.actor, press.place, manages=press.manages)
        return await self.receive(FormSubmitted(**common, form=form, context=subject, values=dict(values)))

    async def say(self, actor: UserRef, words: str) -> Response:
        """Write in the direct messages, some seconds after what was written before."""
        await self.clock.advance_by(timedelta(seconds=20))
        common = self._common(actor, _dm(actor), manages=False)
        message = MessageRef(_dm(actor), f"{common['id']}-words")
        return await self.receive(MessageReceived(**{**common, "reply": None}, message=message, text=words))

    async def repeat(self, platform: str, event_id: str, actor: UserRef) -> Response:
        """Deliver once more the event with this id."""
        common = self._common(actor, _dm(actor), manages=False)
        common["id"] = event_id
        assert platform == actor.platform
        return await self.runtime.receive(CommandUsed(**common, path=("help",)))

    async def receive(self, event: Event) -> Response:
        """Let the bot take an event, and deliver what is due."""
        answer = await self.runtime.receive(event)
        await self.clock.advance_by(timedelta(0))
        return answer

    def _common(self, actor: UserRef, place: Place, *, manages: bool) -> dict[str, Any]:
        number, now = next(_numbers), self.clock.now()
        return {
            "id": f"{TODAYS}-{number}",
            "at": now,
            "actor": actor,
            "place": place,
            "actor_name": "",
            "rights": frozenset({"manage"}) if manages else frozenset(),
            "reply": ReplyTo(f"{TODAYS}-{number}", now + timedelta(minutes=15)),
        }

    async def fire(self, timer: int) -> None:
        """Let time pass until this timer is due, and no other before it."""
        self.change("UPDATE timers SET due_at = '2099' || substr(due_at, 5) WHERE id <> ?", timer)
        [(due,)] = self.query("SELECT due_at FROM timers WHERE id = ?", timer)
        at = datetime.fromisoformat(due)
        await self.clock.advance(max(at, self.clock.now()))

    def draft(self, row: int) -> tuple[str, str, dict[str, Any], UserRef]:
        """A conversation: its form, its state, its draft, and whose it is."""
        [(form, state, draft, person)] = self.query(
            "SELECT form, state, draft, person_id FROM conversations WHERE id = ?", row
        )
        accounts = self.query(
            "SELECT platform, user_id FROM identities WHERE person_id = ? ORDER BY seen_at DESC", person
        )
        return form, state, json.loads(draft), UserRef(*accounts[0])

    async def answer(self, row: int) -> bool:
        """Answer the question of a conversation that waits; whether an answer was taken."""
        form, _, before, actor = self.draft(row)
        name = before["at"]
        keys = (f"{form.removesuffix('-edit')} {name}", name)
        dates = [f"{self.now + timedelta(days=_DAYS[key]):%Y-%m-%d}" for key in keys if key in _DAYS]
        words = [_ANSWERS[key] for key in keys if key in _ANSWERS]
        if name == "channel":
            spaces = self.query("SELECT platform, external_id FROM spaces ORDER BY id DESC")
            words = [str(Place(platform, space, "general")) for platform, space in spaces]
        for each in (*dates, *words, *_ANY):
            await self.say(actor, each)
            *_, after, _ = self.draft(row)
            if after.get("at", "") != name:
                return True
        return False

    async def steer(self, row: int, verb: str) -> Response:
        """Press the newest button of this verb that a conversation has."""
        actor = self.draft(row)[-1]
        found = self._buttons(actor, rf"talk:{row}:\d+:{verb}$") or [f"talk:{row}:0:{verb}"]
        newest = max(found, key=lambda action: int(action.split(":")[2]))
        return await self.press(Press(actor, _dm(actor), newest))

    async def mend(self, row: int) -> bool:
        """Press the first remedy that the review of a project offers; whether it offers any."""
        actor = self.draft(row)[-1]
        remedies = self._buttons(actor, rf"scope-fix:{row}:", newest=True)
        if remedies:
            await self.press(Press(actor, _dm(actor), remedies[0]))
        return bool(remedies)

    def _buttons(self, actor: UserRef, wanted: str, *, newest: bool = False) -> list[str]:
        """Actions that an account has had before it, oldest first; of the newest message that has any."""
        stored = self.query("SELECT message FROM outbox WHERE destination = ? ORDER BY id", str(actor))
        known = [load_message(json.loads(raw)) for (raw,) in stored]
        known += [each for adapter in self.adapters.values() for each in adapter.said]
        found: list[str] = []
        for content in known:
            there = [
                button.action
                for block in content.blocks
                if isinstance(block, Buttons)
                for button in block.buttons
                if re.match(wanted, button.action)
            ]
            found = (there or found) if newest else [*found, *there]
        return found

    @property
    def said(self) -> str:
        """All that was said, as plain text."""
        return "\n".join(plain_text(each) for adapter in self.adapters.values() for each in adapter.said)


async def finish(replay: Replay, row: int) -> str:
    """Answer every question of a draft that waits and send it; the state of its conversation then.

    Raises:
        AssertionError: a question was asked that had an answer.
    """
    form, state, draft, _ = replay.draft(row)
    given = set(draft.get("answers", {})) - {draft.get("at", "")}
    await replay.steer(row, "resume")
    for _ in range(_MOST_STEPS):
        _, state, draft, _ = replay.draft(row)
        at = draft.get("at", "")
        if state not in {"open", "waiting"}:
            break
        if at:
            assert at not in given, f"{form} asks {at} again"
            taken = await replay.answer(row)
        else:
            await replay.steer(row, "send")
            _, state, draft, _ = replay.draft(row)
            taken = state not in {"open", "waiting"} or await replay.mend(row)
        if not taken:
            break
    return state


@asynccontextmanager
async def open_replay(
    path: Path, now: datetime, capabilities: Capabilities | None = None
) -> AsyncIterator[Replay]:
    """The database at `path`, with today's schema, to be played with from `now` on again and again."""
    copy = sqlite3.connect(":memory:")
    with closing(copy), closing(sqlite3.connect(path)) as kept:
        kept.backup(copy)
        kept.close()
        adapters = {"terminal": Recorder("terminal")}
        async with begin_life(f"sqlite:///{path}", adapters, VirtualClock(now), ROUTES) as life:
            replay = Replay(path, now, life.database, copy, capabilities or Capabilities())
            try:
                yield replay
            finally:
                await replay.clock.stop()

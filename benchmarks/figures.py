"""The figures that there are: of Stint beside a peer's, and of Stint alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["COMPARED", "SINGLE", "Compared", "Unit"]

Unit = Literal["/s", "ms", "s", "MB", "×", ""]


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of Stint beside a peer's. `better`: the ratio is Stint's by the peer's, or the reverse."""

    words: str
    peer: str
    unit: Unit
    better: Literal["more", "less"] = "more"


_APS: Final = "APScheduler"
_HAND: Final = "sqlite3 by hand"
_BOLT: Final = "slack-bolt, no work"
_NONE: Final = "NoneBot2, keeps nothing"
_TREE: Final = "discord.py's tree, keeps nothing"
_JOBS: Final = "Procrastinate, no work"
COMPARED: Final = {
    "create.full": Compared("Creating reminders", _APS, "/s"),
    "alone.full": Compared("Firing overdue ones that say nothing", _APS, "/s"),
    "hand.alone.full": Compared("The same", _HAND, "/s"),
    "fire.full": Compared("Firing overdue ones, each sending a message, all delivered", _APS, "/s"),
    "hand.fire.full": Compared("The same", _HAND, "/s"),
    "stall.full": Compared("Longest stall of the event loop meanwhile", _APS, "ms", "less"),
    "create.normal": Compared("Creating, synchronous=NORMAL", _APS, "/s"),
    "alone.normal": Compared("Firing alone, synchronous=NORMAL", _APS, "/s"),
    "hand.alone.normal": Compared("The same", _HAND, "/s"),
    "fire.normal": Compared("Firing and delivering, synchronous=NORMAL", _APS, "/s"),
    "hand.fire.normal": Compared("The same", _HAND, "/s"),
    "stall.normal": Compared("Longest stall, synchronous=NORMAL", _APS, "ms", "less"),
    "turn.aiosqlite.many": Compared("Turns of 20 people at once", "SQLAlchemy + aiosqlite", "/s"),
    "turn.raw.many": Compared("Turns of 20 people at once, 20 in a commit", _HAND, "/s"),
    "turn.aiosqlite.one": Compared("Turns, one after the other", "SQLAlchemy + aiosqlite", "/s"),
    "turn.raw.one": Compared("Turns, one after the other, each its commit", _HAND, "/s"),
    "ack.one": Compared("Slack's command acknowledged, one at a time", _BOLT, "ms", "less"),
    "ack.many": Compared("The slowest of a hundred, 50 at once", _BOLT, "ms", "less"),
    "first.loose": Compared("Discord's command answered, not waiting for the disk", _NONE, "ms", "less"),
    "first.one": Compared("Discord's command answered, committed", _NONE, "ms", "less"),
    "first.many": Compared("Discord's commands answered, committed, 50 at once", _NONE, "/s"),
    "first.tree": Compared("The same", _TREE, "/s"),
    "postgresql.alone": Compared("Firing overdue reminders on PostgreSQL", _JOBS, "/s"),
    "postgresql.fire": Compared("The same, each sending a message, all delivered", _JOBS, "/s"),
    "postgresql.turn": Compared("Turns of 20 people at once on PostgreSQL", "Stint on SQLite", "/s"),
    "start": Compared(
        "Processor's time from a start to the first message, 100,000 timers and 1,000,000 sent messages",
        "the same with 1,000 of each",
        "s",
        "less",
    ),
    "waiting": Compared(
        "`/profile` while a coordinator lists 1,000,000 applications", "the same alone", "ms", "less"
    ),
}
SINGLE: Final[dict[str, tuple[str, Unit]]] = {
    "turn.statements": ("Statements of a turn", ""),
    "digest.30": ("A digest of 50 projects by the making of its message alone, 30 channels", "×"),
    "digest.100": ("The same, 100 channels", "×"),
    "digest.300": ("The same, 300 channels", "×"),
    "digest.1000": ("The same, 1,000 channels", "×"),
    "digest.growth": ("That with 1,000 channels by that with 100", "×"),
    "digest.cpu": ("Processor's time of one digest, 1,000 channels", "ms"),
    "growth.turn.sqlite": ("A turn at 1,000,000 applications by one at 1,000", "×"),
    "growth.turn.postgresql": ("The same on PostgreSQL", "×"),
    "growth.most.sqlite": ("The command that grows most, at 1,000,000 by 1,000 applications", "×"),
    "growth.most.postgresql": ("The same on PostgreSQL", "×"),
    "growth.slowest.sqlite": ("Processor's time of the slowest command at 1,000,000 applications", "ms"),
    "growth.slowest.postgresql": ("The same on PostgreSQL, the server's included", "ms"),
    "waiting.worst": ("The slowest of the `/profile` meanwhile", "ms"),
    "rest": ("`stint run` at rest, a programme of 1,000 people", "MB"),
    "rest.both": ("The bot with Slack's and Discord's adapters, before they connect", "MB"),
    "help": ("`stint --help`", "s"),
    "idle": ("Stall of an idle event loop: what the machine itself adds", "ms"),
}

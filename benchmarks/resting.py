"""The memory that `stint run` takes at rest, with a programme of a thousand people."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from adapters.terminal.workspace import PLATFORM, SPACE, Workspace
from benchmarks.stage import NOW
from bot.chat.events import Place, UserRef
from bot.programme.administration.creation import create_cohort, create_person, create_programme
from storage.database import UnitOfWork, open_database
from storage.migrate import upgrade

__all__ = ["PEOPLE", "megabytes", "megabytes_of_both", "populate", "running"]

PEOPLE: Final = 1_000
_COMPANIES: Final = 50
_BOTH: Final = """
import sys
import adapters.cli.run
from pathlib import Path
from adapters.cli.platforms import adapters_of
from adapters.cli.running_bot import make_prompt
from adapters.config import Settings
from bot.clock import WallClock
from bot.runtime.runtime import Runtime
from bot.programme import ROUTES
from storage.database import open_database
from storage.secrets import SecretBox
slack = {"bot_token": "xoxb-1", "app_token": "xapp-1"}
settings = Settings(slack=slack, discord={"token": "MTIz.abc.def"})
database, clock = open_database(sys.argv[1]), WallClock()
adapters = adapters_of(settings, clock, database, SecretBox(()))
assert set(adapters) == {"slack", "discord"}
runtime = Runtime(database, ROUTES, adapters, clock)
make_prompt()
print(Path("/proc/self/status").read_text(encoding="ascii"))
"""
"""A process with everything that `stint run` has before it connects to Slack and Discord."""


def megabytes(folder: Path, people: int, settling: float) -> float:
    """Return the resident memory of `stint run` in MB (VmRSS), `settling` seconds after its start.

    The bot runs without a screen, on the terminal's world and SQLite. Linux only: it reads /proc.
    """
    url = f"sqlite:///{folder / 'stint.db'}"
    populate(url, folder / "terminal", people)
    with running(url, folder) as process:
        time.sleep(settling)
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return _resident(status)


def megabytes_of_both(folder: Path) -> float:
    """Return the resident memory (MB) of a bot with Slack's and Discord's adapters, not connected."""
    command = [sys.executable, "-c", _BOTH, f"sqlite:///{folder / 'stint.db'}"]
    taken = subprocess.run(command, capture_output=True, check=True, encoding="ascii")
    return _resident(taken.stdout)


def _resident(status: str) -> float:
    [resident] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(resident.split()[1]) / 1024


@contextmanager
def running(url: str, folder: Path) -> Iterator[int]:
    """Run `stint run` on a database and the terminal's world in a folder; yield its process, once it runs."""
    settings = {"STINT_DATABASE_URL": url, "STINT_TERMINAL__FOLDER": str(folder / "terminal")}
    with subprocess.Popen(
        [sys.executable, "-m", "adapters.cli", "run"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, **settings, "PYTHONUNBUFFERED": "1", "STINT_LOG_LEVEL": "warning"},
    ) as process:
        assert process.stdout is not None
        while b"Running" not in process.stdout.readline():
            assert process.poll() is None, "stint run ended by itself"
        try:
            yield process.pid
        finally:
            process.terminate()


def populate(url: str, folder: Path, people: int) -> None:
    """Create a programme with a cohort, employers and students, in the database and at the terminal."""
    folder.mkdir()
    upgrade(url)
    world = Workspace(folder / "world.jsonl")
    world.add_channel("spring", "spring-26")
    for number in range(people):
        world.add_account(f"p{number}", f"Person {number}", "Europe/London")
    world.close()
    database = open_database(url, inline=True)
    asyncio.run(database.transact(lambda work: _people(work, people)))
    database.close_inline()


def _people(work: UnitOfWork, people: int) -> None:
    first = UserRef(PLATFORM, "p0")
    programme = create_programme(
        work, NOW, "Riverside", "Europe/London", Place(PLATFORM, SPACE, ""), first, "Person 0"
    )
    create_cohort(work, NOW, programme, "Spring 26", "Europe/London", Place(PLATFORM, SPACE, "spring"))
    for number in range(1, people):
        employs = number <= _COMPANIES
        create_person(
            work,
            NOW,
            programme,
            (UserRef(PLATFORM, f"p{number}"), f"Person {number}", "Europe/London"),
            "employer" if employs else "student",
            f"Company {number}" if employs else "",
        )

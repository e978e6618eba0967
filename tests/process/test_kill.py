"""Kill -9 at any moment loses nothing that a person read was saved, and repeats nothing."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import select

from adapters.terminal.workspace import BOT
from bot.chat.conversation.draft import load_draft
from bot.chat.events import Place
from bot.chat.rendering.plain_text import plain_text
from bot.programme.administration.creation import create_cohort
from bot.programme.applications.application_form import FORM
from storage.database import UnitOfWork, open_database
from storage.tables import Application, Channel, conversations, inbox, outbox, timers
from storage.tables.values import OwnQuestion
from tests.support.killable_bot import Act, Point, Step, Until, act_alone, database_of, live, world_of
from tests.support.projects import publish
from tests.support.stage import MONDAY, open_stage

pytestmark = pytest.mark.timeout(60)

SEEDS = 3

MEMORY = Path("/dev/shm")  # noqa: S108 - in it only a TemporaryDirectory is used

CHANNELS = 6
"""In each of the three cohorts that have a digest."""

WHY = "I mapped the bike workshops of my street."
BETTER = "I mapped the bike workshops of my whole district."
WORK = "A class project on bus stops."
OTHER = "A class project on tram stops."
LINK = "https://example.org/tram-stops"

APPLYING: tuple[Step, ...] = (
    Act("ada", "presses", ("Apply",), on="Market map"),
    Act("ada", "says", (WHY,), saves=(("why", WHY),)),
    Act("ada", "says", (WORK,), saves=(("work", WORK),)),
    Act("ada", "says", ("back",)),
    Act("ada", "says", (OTHER,), saves=(("work", OTHER),)),
    Act("ada", "says", ("yes",), saves=(("time", True),)),
    Act("ada", "says", ("friday",), saves=(("own_day", "Friday"),)),
    Act("ada", "says", ("edit 1",)),
    Act("ada", "says", (BETTER,), saves=(("why", BETTER),)),
    Act("ada", "edits", (OTHER, LINK), saves=(("work", LINK),)),
    Act("ada", "presses", ("Send application",)),
)
MORNING: tuple[Step, ...] = (
    Act("marta", "uses", ("/project repeat Market map",)),
    Act("marta", "says", ("20 March",)),
    Act("marta", "presses", ("Publish",)),
    Until(MONDAY + timedelta(days=1, hours=6)),
)
BOTH: tuple[Step, ...] = (*APPLYING, *MORNING)
ANSWERS = {"why": BETTER, "work": LINK, "time": True, "own_day": "Friday"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a plan: what is in each place, in order, and what the database says."""

    places: Mapping[str, Sequence[tuple[str, ...]]]
    rows: Mapping[str, Sequence[tuple[Any, ...]]]


def kept(folder: Path) -> Kept:
    """What came of the plan played in this folder."""
    places: dict[str, list[tuple[str, ...]]] = {}
    with closing(world_of(folder)) as world:
        for entry in world.entries:
            said = entry.content if isinstance(entry.content, str) else plain_text(entry.content)
            places.setdefault(entry.place, []).append((entry.author, entry.private_to, said))
    columns = {
        "inbox": (inbox.c.event_id,),
        "outbox": (outbox.c.key, outbox.c.destination, outbox.c.operation, outbox.c.state),
        "timers": (timers.c.key, timers.c.state, timers.c.due_at),
        "conversations": (conversations.c.subject, conversations.c.state, conversations.c.revision),
        "applications": (Application.status, Application.answers),
    }
    found = {name: rows(folder, *held) for name, held in columns.items()}
    # A key may name the inbox row of its event, whose number an attempt that ended with its process took.
    found["outbox"] = [(re.sub(r"event:\d+", "event", key), *rest) for key, *rest in found["outbox"]]
    return Kept(places, {name: sorted(held, key=repr) for name, held in found.items()})


def rows(folder: Path, *columns: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - tables' and mapped classes' columns
    """These columns of every row."""
    database = open_database(database_of(folder), inline=True)
    found = database.read_inline(lambda work: work.connection.execute(select(*columns)).all())
    database.close_inline()
    return [tuple(row) for row in found]


def cohort_with(work: UnitOfWork, zone: str, places: Sequence[Place]) -> None:
    """A cohort announced in all these channels, its digest at 09:00."""
    number = create_cohort(work, MONDAY, 1, zone, zone, places[0])
    work.session.add_all(Channel(programme_id=1, cohort_id=number, place=str(at)) for at in places[1:])
    work.session.flush()


async def begin(folder: Path) -> None:
    """A programme with three cohorts of many channels, an open project, and nothing said yet."""
    async with open_stage(folder) as stage:
        for zone in ("Europe/London", "Europe/Berlin", "America/New_York"):
            names = [f"{zone.rpartition('/')[2].lower()}-{number}" for number in range(CHANNELS)]
            for name in names:
                stage.world.add_channel(name)
            places = [stage.world.place(name) for name in names]
            stage.database.transact_inline(partial(cohort_with, zone=zone, places=places))
        day = OwnQuestion("choice", "Which day?", "day", ("Monday", "Friday"))
        publish(stage, questions=[day])
        await stage.settle()


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Where processes come from: a server that has imported everything once and forks."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.support.killable_server"])
    return context


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where these tests keep files: in memory where the machine can, for a kill does not reach a disk."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        with TemporaryDirectory(dir=MEMORY, prefix="stint-") as folder:
            yield Path(folder)
    else:
        yield tmp_path_factory.mktemp("kill")


@pytest.fixture(scope="module")
def prepared(home: Path) -> Path:
    """The folder of a programme in which the plan can begin, to be copied."""
    folder = home / "prepared"
    folder.mkdir()
    asyncio.run(begin(folder))
    return folder


@pytest.fixture(scope="module")
def undisturbed(processes: ForkServerContext, home: Path, prepared: Path) -> Mapping[tuple[Step, ...], Kept]:
    """What comes of each plan when no process is killed."""
    found = {}
    for number, plan in enumerate((APPLYING, MORNING, BOTH)):
        folder = shutil.copytree(prepared, home / f"undisturbed-{number}")
        assert Life(processes, folder, plan).ends() == len(plan) - 1
        found[plan] = kept(folder)
    return found


@pytest.fixture
def folder(home: Path, prepared: Path) -> Iterator[Path]:
    """A folder of the test's own in which a plan can begin."""
    with TemporaryDirectory(dir=home) as own:
        yield shutil.copytree(prepared, Path(own) / "bot")


class Life:
    """One process of the bot: begun with what the last one left, telling of each step that is over."""

    def __init__(
        self, processes: ForkServerContext, folder: Path, plan: Sequence[Step], point: Point | None = None
    ) -> None:
        self._told, tell = processes.Pipe(duplex=False)
        self._process = processes.Process(target=live, args=(folder, plan, tell, point), daemon=True)
        self._process.start()
        tell.close()
        self.last = -1
        """The number of the last step that it reported over."""

    def lives(self, steps: int, seconds: float) -> None:
        """Wait until it reported so many more things, and so much longer; it may have ended before."""
        for _ in range(steps):
            self._hear()
        time.sleep(seconds)

    def killed(self) -> int:
        """Kill it, if it has not ended, and read what it had reported before."""
        self._process.kill()
        return self.ends()

    def ends(self) -> int:
        """Wait for its end; return the number of the last step it reported over."""
        deque(iter(self._hear, False), maxlen=0)
        self._process.join()
        self._told.close()
        self.died = self._process.exitcode == -signal.SIGKILL
        assert self.died or self._process.exitcode == 0
        return self.last

    def _hear(self) -> bool:
        try:
            self.last = max(self.last, self._told.recv())
        except EOFError:
            return False
        return True


def saved_by(step: int) -> dict[str, object]:
    """The answers that are saved once this step of an application is over."""
    answers: dict[str, object] = {}
    for each in APPLYING[: step + 1]:
        answers |= dict(each.saves) if isinstance(each, Act) else {}
    return answers


def stored(folder: Path) -> dict[str, object]:
    """Ada's answers in the database: those of her application, or of her draft before there is one."""
    for (answers,) in rows(folder, Application.answers):
        return {answer.name: answer.value for answer in answers}
    for form, draft in rows(folder, conversations.c.form, conversations.c.draft):
        if form == FORM:
            return {name: given.value for name, given in load_draft(draft).answers.items()}
    return {}


def assert_saved(folder: Path, told: int) -> None:
    """Every answer that was reported saved is there, or what a step begun since then made of it."""
    with closing(world_of(folder)) as world:
        begun = range(told, max(told + 1, world.played))
    found, allowed = stored(folder), [saved_by(step) for step in begun]
    assert allowed[0].keys() <= found.keys()
    assert {n: v for n, v in found.items() if v not in [answers.get(n) for answers in allowed]} == {}


def assert_whole(folder: Path, undisturbed: Kept) -> None:
    """Every message is once in its place, each act had one effect: nothing shows a death."""
    owed = rows(folder, outbox.c.key, outbox.c.state, outbox.c.operation)
    assert {state for _, state, _ in owed} == {"sent"}
    with closing(world_of(folder)) as world:
        standing = [entry.key for entry in world.entries if entry.author == BOT]
        assert not world.waiting
    assert len(set(standing)) == len(standing)
    assert {key for key in standing if not key.startswith("reply:")} == {
        f"1:{key}" for key, _, operation in owed if operation == "send"
    }
    assert kept(folder) == undisturbed


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_again_and_again_at_any_moment(
    processes: ForkServerContext, folder: Path, undisturbed: Mapping[tuple[Step, ...], Kept], seed: int
) -> None:
    """After each of many deaths all that was reported is saved; in the end nothing shows that any was."""
    chance = Random(seed)
    told, deaths = -1, 0
    while True:
        life = Life(processes, folder, BOTH)
        life.lives(chance.randint(0, 2), chance.uniform(0, 0.06))
        told = max(told, life.killed())
        if not life.died:
            break
        deaths += 1
        assert_saved(folder, told)
    assert deaths > 1
    assert told == len(BOTH) - 1
    assert stored(folder) == ANSWERS
    assert_whole(folder, undisturbed[BOTH])


@pytest.mark.parametrize(
    "point",
    [
        Point("before", "receive", 3),
        Point("before", "respond"),
        Point("after", "respond"),
        Point("after", "receive", 3),
        Point("before", "send", key="1:talk:1:3:"),
        Point("after", "send", key="1:talk:1:3:"),
        Point("after", "send", key="1:talk:1:4:"),
        Point("before", "respond", 2),
        Point("after", "receive", len(APPLYING)),
    ],
    ids=str,
)
def test_killed_in_mid_application(
    processes: ForkServerContext, folder: Path, undisturbed: Mapping[tuple[Step, ...], Kept], point: Point
) -> None:
    """Between commit, answer, send and the note of it, a death takes no answer and doubles none."""
    life = Life(processes, folder, APPLYING, point)
    told = life.ends()
    assert life.died
    assert_saved(folder, told)
    assert Life(processes, folder, APPLYING).ends() == len(APPLYING) - 1
    assert stored(folder) == ANSWERS
    assert_whole(folder, undisturbed[APPLYING])


@pytest.mark.parametrize(
    "point",
    [
        Point("before", "send", CHANNELS, "1:card:2:"),
        Point("after", "send", CHANNELS, "1:card:2:"),
        Point("before", "send", 1, "1:digest:2:"),
        Point("before", "send", 4, "1:digest:2:"),
        Point("after", "send", 4, "1:digest:2:"),
        Point("after", "send", CHANNELS, "1:digest:2:"),
        Point("after", "send", 1, "1:digest:4:"),
    ],
    ids=str,
)
def test_killed_in_mid_digest(
    processes: ForkServerContext, folder: Path, undisturbed: Mapping[tuple[Step, ...], Kept], point: Point
) -> None:
    """In the middle of telling many channels, a death leaves none out and tells none twice."""
    life = Life(processes, folder, MORNING, point)
    life.ends()
    assert life.died
    assert Life(processes, folder, MORNING).ends() == len(MORNING) - 1
    assert_whole(folder, undisturbed[MORNING])


def test_an_answer_given_while_the_bot_is_dead_is_to_the_question_on_the_screen(
    processes: ForkServerContext, folder: Path, undisturbed: Mapping[tuple[Step, ...], Kept]
) -> None:
    """The question is there, the bot died before it noted so, the student answers it: it is answered."""
    life = Life(processes, folder, APPLYING, Point("after", "send", key="1:talk:1:2:"))
    assert life.ends() == 0
    asyncio.run(act_alone(folder, APPLYING))
    assert Life(processes, folder, APPLYING).ends() == len(APPLYING) - 1
    assert stored(folder) == ANSWERS
    assert_whole(folder, undisturbed[APPLYING])

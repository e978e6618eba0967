"""What people owed each other in databases of the first edition becomes waits at the first start."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from storage.migrate import upgrade
from tests.scenarios.test_old_data import SNAPSHOTS, without_failures
from tests.support.old_data import Replay, Snapshot, open_replay, write_database

pytestmark = pytest.mark.own_texts

REPLACED = {
    "answer": ("promise.soon", "promise.day", "promise.passed", "promise.release"),
    "offer": ("offer.reminder", "offer.expiry"),
    "review": ("placement.review",),
    "approval": (),
    "admission": (),
    "hand_in": ("placement.reminder", "placement.last-call", "placement.overdue"),
    "check_in": ("placement.silence",),
    "applicants": (),
}
"""The timers of the first edition that the steps of each kind of waits have replaced."""

OPEN = {
    "answer": "SELECT 'application:' || id FROM applications"
    " WHERE status IN ('admission', 'submitted', 'shortlisted')",
    "offer": "SELECT 'application:' || id FROM applications WHERE status = 'offered'",
    "review": "SELECT 'milestone:' || id FROM milestones WHERE status = 'handed_in'",
    "approval": "SELECT 'project:' || id FROM projects WHERE status = 'review'",
    "admission": "SELECT 'member:' || id FROM members WHERE state = 'asked'",
    "applicants": "SELECT 'project:' || id FROM projects WHERE status = 'open' AND owner_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM applications WHERE project_id = projects.id AND status != 'withdrawn')",
    "hand_in": "SELECT 'milestone:' || milestones.id FROM milestones JOIN placements"
    " ON placements.id = placement_id WHERE milestones.status = 'open' AND placements.status = 'active'",
    "check_in": "SELECT 'check-in:' || check_ins.id FROM check_ins JOIN placements"
    " ON placements.id = placement_id WHERE answered_at IS NULL AND placements.status = 'active'",
}
"""What is waited for, by the kind of its wait, as the tables of the first edition tell it."""


STUCK = (
    "SELECT kind, subject FROM waits WHERE state = 'open' AND due_at IS NOT NULL AND next_at IS NULL"
    " AND kind <> 'hand_in'"
)
"""Open waits without a further step; of late work a coordinator has a task then."""


def is_waited_for(snapshot: Snapshot, kind: str) -> bool:
    """Whether something of a kind is waited for, and one of its replaced timers is pending."""
    if REPLACED[kind] and not any(f"'{timer}'" in snapshot.sql for timer in REPLACED[kind]):
        return False
    return kind in waited_for(snapshot)


@cache
def waited_for(snapshot: Snapshot) -> set[str]:
    """The kinds of what is waited for; each worker of the tests asks so as it collects them."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(snapshot.sql)
        return {kind for kind, query in OPEN.items() if database.execute(query).fetchone()}


@cache
def kept(kind: str) -> list[str]:
    """The names of the three largest snapshots in which something of a kind is waited for."""
    largest = sorted(SNAPSHOTS.values(), key=lambda each: -len(each.sql))
    return [each.name for each in islice((each for each in largest if is_waited_for(each, kind)), 3)]


def waiting(replay: Replay, kind: str) -> list[tuple[str, str, int, str]]:
    """The open waits of a kind: subject, about, step and state."""
    return replay.query(
        "SELECT subject, about, step, state FROM waits"
        " WHERE kind = ? AND state IN ('open', 'held') ORDER BY id",
        kind,
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, marks=[pytest.mark.soak] if smaller else [])
        for kind in REPLACED
        for smaller, name in enumerate(kept(kind))
    ],
)
async def test_what_is_waited_for_is_a_wait_after_the_upgrade(kind: str, name: str, tmp_path: Path) -> None:
    """Each thing has its wait, no replaced timer is pending, and run again the opening changes nothing."""
    snapshot = SNAPSHOTS[name]
    upgrade(write_database(snapshot, tmp_path / "stint.db"))
    async with open_replay(tmp_path / "stint.db", snapshot.now) as replay:
        await replay.begin()
        await replay.clock.advance_by(timedelta(0))
        found = waiting(replay, kind)
        opened = [s for (s,) in replay.query("SELECT subject FROM waits WHERE kind = ? ORDER BY 1", kind)]
        assert opened == sorted(s for (s,) in replay.query(OPEN[kind]))
        assert replay.query(STUCK) == []
        abouts = {about for _, about, *_ in found}
        assert [row for row in pending(replay, *REPLACED[kind]) if row[1] in abouts] == []
        timers = pending(replay, f"wait.{kind}")
        replay.change("UPDATE timers SET state = 'pending' WHERE kind = 'waits.open'")
        await replay.clock.advance_by(timedelta(0))
        assert waiting(replay, kind) == found
        assert pending(replay, f"wait.{kind}") == timers


def pending(replay: Replay, *kinds: str) -> list[tuple[str, str, str]]:
    """The pending timers of some kinds."""
    return [
        row
        for kind in kinds
        for row in replay.query(
            "SELECT key, subject, due_at FROM timers WHERE state = 'pending' AND kind = ? ORDER BY key", kind
        )
    ]


@pytest.mark.soak
async def test_old_work_is_reminded_of_once(tmp_path: Path) -> None:
    """Reminders that were sent before the upgrade do not come again; those still to come do, each once."""
    snapshot = SNAPSHOTS[kept("hand_in")[0]]
    upgrade(write_database(snapshot, tmp_path / "stint.db"))
    async with open_replay(tmp_path / "stint.db", snapshot.now) as replay:
        before = reminders(replay)
        await replay.begin()
        await replay.clock.advance_by(timedelta(0))
        assert reminders(replay) == before
        with without_failures(snapshot.name):
            await replay.clock.advance(snapshot.now + timedelta(weeks=4))
        after = reminders(replay)
        assert after[: len(before)] == before
        assert len(after) == len(set(after)) > len(before)


def reminders(replay: Replay) -> list[str]:
    """The keys of all reminders of work, and of what followed its dates, the oldest first."""
    found = replay.query("SELECT key FROM notices WHERE key LIKE 'placement.%' ORDER BY id")
    return [key for (key,) in found]


@pytest.mark.soak
async def test_an_old_promise_plays_on_to_its_end(tmp_path: Path) -> None:
    """Every applicant of before has an end by the rule, no news is noted twice, and nothing fails."""
    snapshot = SNAPSHOTS[kept("answer")[0]]
    upgrade(write_database(snapshot, tmp_path / "stint.db"))
    async with open_replay(tmp_path / "stint.db", snapshot.now) as replay:
        await replay.begin()
        await replay.clock.advance_by(timedelta(0))
        assert waiting(replay, "answer") != []
        with without_failures(snapshot.name):
            await replay.clock.advance(snapshot.now + timedelta(weeks=8))
        assert waiting(replay, "answer") == []
        assert replay.query(OPEN["answer"]) == []
        told = replay.query("SELECT key FROM notices WHERE key LIKE 'promise%'")
        assert len(told) == len(set(told)) > 0

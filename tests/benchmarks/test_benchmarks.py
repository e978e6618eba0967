import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from benchmarks import reminders_by_hand, run, turn_peers, turns
from benchmarks.aims import AIMS
from benchmarks.commands import cases
from benchmarks.figures import COMPARED, SINGLE
from benchmarks.growth_table import chart, growth_key, growth_of, growth_table, over_aim
from benchmarks.measurements import Sizes
from benchmarks.population_rows import Size
from benchmarks.report import joined, page, tables
from benchmarks.shared import Shared
from benchmarks.stage import NOW
from bot.programme import ROUTES


async def test_the_peers_run_the_statements_of_a_real_turn(tmp_path: Path) -> None:
    """A recorded turn does what the page says, in five statements at most, or eight for one with buttons."""
    recorded = await turn_peers.record(tmp_path, 1)
    assert len(recorded) == turns.QUESTIONS
    wanted = {
        "FROM spaces LEFT OUTER JOIN identities",
        "INSERT INTO inbox",
        "FROM conversations LEFT OUTER JOIN outbox",
        "UPDATE conversations",
        "INSERT INTO outbox",
    }
    [first], *others = recorded
    for turn, most in ((first, 5), *((other, 8) for [other] in others)):
        assert len(turn) <= most
        assert {words for words in wanted if any(words in statement.sql for statement in turn)} == wanted


def test_rounds_become_a_page() -> None:
    """What rounds give fills the figures, the aims and the page (`make lint` measures such a round)."""
    sides = [f"{key}.{side}" for key in COMPARED for side in ("ours", "peer", "ours.cpu", "peer.cpu")]
    rounds = [
        {
            **dict.fromkeys(sides, 2.0 + number),
            **dict.fromkeys(SINGLE, 1.0 + number),
            **{growth_key("sqlite", size, "/profile, student"): 3.0 for size in (1_000, 1_000_000)},
        }
        for number in range(3)
    ]
    results = joined({}, "reminders", rounds)
    assert results["figures"]["create.full"]["ours"] == {"median": 3.0, "least": 2.0, "most": 4.0}
    assert set(results["figures"]) == {*COMPARED, *SINGLE}
    assert [judged["aim"] for judged in results["aims"]] == [aim.words for aim in AIMS]
    assert all(judged["met"] is not None for judged in results["aims"])
    written = page(results)
    assert tables(results) in written
    assert all(aim.words in written for aim in AIMS)
    assert "{" not in written
    assert "| /profile, student | 3.0" in written


def test_a_measurement_taken_later_takes_the_place_of_its_own_figures_alone() -> None:
    """The others are kept, and the page says of each when it was taken."""
    first = joined({}, "reminders", [{"create.full.ours": 30.0, "create.full.peer": 1.0}])
    assert [judged["met"] for judged in first["aims"]].count(None) == len(AIMS) - 1
    assert "not measured" in page(first)
    acks = {f"ack.one.{side}": 7.0 for side in ("ours", "peer")}
    joint = joined(first, "slack", [acks, acks])
    assert joint["figures"]["ack.one"]["ratio"]["median"] == 1.0
    assert joint["figures"]["create.full"] == first["figures"]["create.full"]
    taken = {name: each["rounds"] for name, each in joint["taken"].items()}
    assert taken == {"reminders": 1, "slack": 2}


def test_the_chart_of_growth_has_a_line_for_each_command() -> None:
    """The dearest way of each command is drawn, and what costs most is named beneath, with its figures."""
    costs = {
        "/profile, student": 2.0,
        "/applicants, coordinator": 9.0,
        "/applicants (project:1), employer": 4.0,
    }
    sizes = (1_000, 1_000_000)
    taken = {growth_key("sqlite", size, case): cost for size in sizes for case, cost in costs.items()}
    drawn = chart(growth_of([taken]))
    assert drawn.count("<polyline") == 2
    assert "/applicants, coordinator: 9 ms to 9 ms" in drawn
    assert "project:1" not in drawn
    assert len(growth_table(growth_of([taken]))) == 1 + 2


def test_the_chart_has_room_for_what_is_beside_its_lines() -> None:
    """From a second on the scale and the legend count seconds, which are no longer than `100 ms`."""
    taken = {growth_key("sqlite", size, "/apply, student"): 0.9 * size for size in (1, 10, 20_000)}
    drawn = chart(growth_of([taken]))
    assert "/apply, student: 0.9 ms to 18 s" in drawn
    scale = re.findall(r'text-anchor="end">([^<]+m?s)<', drawn)
    assert scale == ["1 ms", "10 ms", "100 ms", "1 s", "10 s", "50 ms"]


def test_what_is_over_its_aim_is_named() -> None:
    """Whatever takes more than 50 ms or grows more than threefold is on the page, in the way it was typed."""
    costs = {"/profile, student": (2.0, 5.0), "/apply, student": (2.0, 7.0), "Home, student": (30.0, 51.0)}
    taken = {
        growth_key("sqlite", size, case): each[at]
        for at, size in enumerate((1_000, 1_000_000))
        for case, each in costs.items()
    }
    named = ["- Home, student (sqlite): 51.0 ms, 1.7×", "- /apply, student (sqlite): 7.0 ms, 3.5×"]
    assert over_aim(growth_of([taken])) == named


def test_every_command_is_measured_by_each_who_may_use_it() -> None:
    """No command of the programme is left out, nor a completion; their names tell them apart."""
    every = list(cases(Size(1_000, NOW, "bench")))
    assert {spec.name for spec in ROUTES.specs} <= {case.command for case in every}
    assert len({case.name for case in every}) == len(every)
    applicants = {case.role for case in every if case.command == "/applicants"}
    assert applicants == {"coordinator", "employer"}


async def test_what_stint_runs_by_itself_is_run_by_hand(tmp_path: Path) -> None:
    """The recorded transactions bring a database that began the same to the same end."""
    recorded = await reminders_by_hand.record(tmp_path, "bench.post", 30)
    (tmp_path / "again").mkdir()
    await reminders_by_hand.by_hand(tmp_path / "again", recorded, "bench.post", 30, "NORMAL")
    ends = []
    for folder in (tmp_path, tmp_path / "again"):
        with closing(sqlite3.connect(folder / "stint.db")) as connection:
            rows = "SELECT key, state, reference, sent_at FROM outbox ORDER BY id"
            ends.append(connection.execute(rows).fetchall())
    assert ends[0] == ends[1]
    assert len(ends[0]) == 30


def test_json_is_all_that_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is being measured, and what is logged, goes elsewhere: a program can read the results."""

    def measured(site: Shared, _sizes: Sizes, rounds: int) -> list[dict[str, float]]:
        site.tell("Working")
        structlog.get_logger().error("something.logged")
        return [{"create.full.ours": 30.0, "create.full.peer": 1.0}] * rounds

    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(run, "MEASUREMENTS", {"reminders": measured})
    run.main(["--json", "--rounds", "2"])
    said = capsys.readouterr()
    assert json.loads(said.out)["taken"]["reminders"]["rounds"] == 2
    assert "Working" in said.err
    assert "something.logged" in said.err
    assert (tmp_path / "docs" / "performance.md").read_text().startswith("# Performance")


async def test_each_peer_runs_the_recorded_turns_to_their_end(tmp_path: Path) -> None:
    """Whatever the values of a statement are, aiosqlite and sqlite3 store the next question as Stint does."""
    recorded = await turn_peers.record(_inside(tmp_path, "ours"), 2)
    await turn_peers.raw(_inside(tmp_path, "raw"), recorded, 2)
    await turn_peers.aiosqlite(_inside(tmp_path, "aiosqlite"), recorded, 2)
    messages = []
    for name in ("ours", "raw", "aiosqlite"):
        with closing(sqlite3.connect(tmp_path / name / "stint.db")) as connection:
            messages.append(connection.execute("SELECT key, message FROM outbox ORDER BY key").fetchall())
    assert messages[0] == messages[1] == messages[2]


def _inside(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name

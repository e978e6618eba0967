from pathlib import Path

import pytest

from adapters.cli import bench


def test_without_a_checkout_it_says_where_the_measurements_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An installed wheel has no benchmarks; the command says so and what to do instead."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    assert bench.bench(as_json=False, rounds=1) == 2
    assert "make bench" in capsys.readouterr().err


def test_without_the_peers_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A runtime-only installation lacks the peers; the command names them."""
    monkeypatch.setattr(bench, "find_spec", lambda _name: None)
    assert bench.bench(as_json=False, rounds=1) == 2
    assert "aiosqlite, greenlet, procrastinate" in capsys.readouterr().err


def test_a_checkout_measures_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds, what is wanted and the wish for JSON reach the measurements; their exit code comes back."""
    seen = []

    class Done:
        returncode = 3

    def start(command: list[str], **_: object) -> Done:
        seen.extend(command)
        return Done()

    monkeypatch.setattr("subprocess.run", start)
    assert bench.bench(as_json=True, rounds=7, only=("slack", "growth")) == 3
    wanted = ["--only", "slack", "--only", "growth"]
    assert seen[1:] == ["-m", "benchmarks.run", "--rounds", "7", *wanted, "--json"]

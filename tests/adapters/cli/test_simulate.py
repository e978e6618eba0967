import json
import re

import pytest
import typer
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.cli.simulate import kinds_of
from adapters.simulation.deployment import Deployment
from adapters.simulation.faults import KINDS


def test_a_run_prints_a_line_of_json_for_each_seed() -> None:
    """`stint simulate --json` prints what was counted and found, and nothing else on standard output."""
    asked = ["simulate", "--seed", "7", "--count", "2", "--days", "0", "--faults", "none", "--json"]
    done = CliRunner().invoke(app, asked)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (done.exit_code, first["seed"], second["seed"]) == (0, 7, 8)
    assert (first["findings"], first["faults"]) == ([], {})
    assert first["counts"]["projects"]
    assert "2 seeds in " in done.stderr
    assert "no findings" in done.stderr
    assert re.search(r"met: \d+ of \d+ commands, \d+ of \d+ buttons, .*, 0 of \d+ faults", done.stderr)


def test_kinds_of_faults_are_named_or_refused() -> None:
    """All, none, and a list are understood; another word is refused with the words that there are."""
    assert kinds_of("all") == set(KINDS)
    assert kinds_of("none") == set()
    assert kinds_of("send, closed") == {"send", "closed"}
    with pytest.raises(typer.BadParameter, match="there is no fault 'rain'; there are commit, send"):
        kinds_of("send,rain")


def test_a_finding_is_printed_below_its_line_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checker notes is printed, the seed is named at the end, and the exit code is 1."""

    def note(deployment: Deployment) -> None:
        deployment.observed.problem("1:digest:3 is still owed")

    monkeypatch.setattr("adapters.simulation.run.check_ledger", note)
    done = CliRunner().invoke(app, ["simulate", "--days", "0", "--faults", "none"])
    first, second = done.stdout.splitlines()
    assert done.exit_code == 1
    assert first.startswith("seed 1: 1 finding (")
    assert second == "  1:digest:3 is still owed"
    assert "a minute; with findings: 1\n" in done.stderr

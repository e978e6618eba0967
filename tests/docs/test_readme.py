"""The README's commands for a programme of one's own do what it says."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli import app

ROOT = Path(__file__).resolve().parents[2]

CSV = """company,title,description,deliverables,fee
Acme Maps,E-bike market map,Find out who rents e-bikes in three cities.,A spreadsheet,$400
Birch Labs,Interview shop owners,Ask five owners what they repair most.,Five transcripts,$500
"""


def stint(line: str) -> str:
    """What a `stint …` line prints; run within this process, which is quicker than one of its own."""
    done = CliRunner().invoke(app, shlex.split(line)[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_programme_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`stint init` makes a programme, `import` and `person` fill it; the same file again adds nothing."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    init, imports, *people, run = re.findall(r"^    (stint .*)$", text, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projects.csv").write_text(CSV, encoding="utf-8")
    assert "Created “Riverside” with the cohort “Spring 26”" in stint(init)
    first = stint(imports)
    assert "2 imported" in first
    assert "2 published" in first
    assert "0 imported" in stint(imports)
    assert ["is in “Riverside”: " in stint(person) for person in people] == [True, True]
    assert run == "stint run"

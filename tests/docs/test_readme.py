"""The README's commands for a programme of one's own do what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CSV = """company,title,description,deliverables,fee
Acme Maps,E-bike market map,Find out who rents e-bikes in three cities.,A spreadsheet,$400
Birch Labs,Interview shop owners,Ask five owners what they repair most.,Five transcripts,$500
"""


def stint(line: str, folder: Path) -> str:
    """What a `stint …` line prints, run in this folder."""
    command = [sys.executable, "-m", "adapters.cli", *shlex.split(line)[1:]]
    env = {"PATH": "", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_programme_of_ones_own(tmp_path: Path) -> None:
    """`stint init` makes a programme, `import` and `person` fill it; the same file again adds nothing."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    init, imports, *people, run = re.findall(r"^    (stint .*)$", text, re.MULTILINE)
    (tmp_path / "projects.csv").write_text(CSV, encoding="utf-8")
    assert "Created “Riverside” with the cohort “Spring 26”" in stint(init, tmp_path)
    first = stint(imports, tmp_path)
    assert "2 imported" in first
    assert "2 published" in first
    assert "0 imported" in stint(imports, tmp_path)
    assert ["is in “Riverside”: " in stint(person, tmp_path) for person in people] == [True, True]
    assert run == "stint run"

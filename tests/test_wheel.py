"""A built wheel is whole: it runs outside the repository with nothing of the repository near."""

import json
import shutil
import site
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("adapters", "bot", "storage")
SOURCES = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources so that the checkout stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", str(source))
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a venv that has the wheel, and beside it only the packages of this one.

    The path file adds this environment's packages without reading their own path files, so that
    an editable installation of the repository is not seen.
    """
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    python = venv / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-cache", "--no-deps"]
    run(*uv, "--quiet", "--python", str(python), str(wheel))
    paths = {"base": str(venv), "platbase": str(venv)}
    library = Path(sysconfig.get_path("purelib", vars=paths))
    (library / "peers.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return venv / "bin"


def run(*command: str, cwd: Path | None = None) -> str:
    """What the command prints, outside the repository and with nothing of it in the environment."""
    done = subprocess.run(
        command,
        cwd=cwd or Path(sys.executable).parent,
        env={"PATH": "", "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Modules, migrations, styles, texts: what git keeps of the three packages is in the wheel."""
    listed = subprocess.check_output(["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, text=True)
    kept = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert kept - packed == set()


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    """No test, script or benchmark is installed into anybody's Python."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_packages_are_imported_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The installed Python takes the three packages from its own library, not the checkout."""
    code = f"import {', '.join(PACKAGES)}; print({', '.join(f'{p}.__file__' for p in PACKAGES)})"
    found = run(str(installed / "python"), "-c", code, cwd=tmp_path).split()
    assert all(Path(path).is_relative_to(installed.parent) for path in found)


@pytest.mark.parametrize("command", [["stint"], ["python", "-m", "adapters.cli"]])
def test_installed_command_shows_its_help(installed: Path, tmp_path: Path, command: list[str]) -> None:
    """The installed tool starts from anywhere and says what it can do."""
    program, *rest = command
    assert "demo" in run(str(installed / program), *rest, "--help", cwd=tmp_path)


def test_installed_command_makes_a_programme(installed: Path, tmp_path: Path) -> None:
    """`stint init` finds its migrations in the wheel; a project that is imported is announced in words."""
    stint, people = str(installed / "stint"), ("--name", "Riverside", "--coordinator", "Cora Lindqvist")
    assert str(tmp_path / "stint.db") in run(stint, "init", *people, "--cohort", "Spring", cwd=tmp_path)
    post = {"company": "Acme", "title": "Market map", "description": "Who else?", "deliverables": "A list"}
    (tmp_path / "posts.json").write_text(json.dumps([post]))
    defaults = ("--default", "hours=20", "--default", "deadline=+21d", "--default", "fee=300")
    said = run(stint, "import", "posts.json", "--publish", *defaults, cwd=tmp_path)
    assert "1 imported" in said
    database = sqlite3.connect(tmp_path / "stint.db")
    assert database.execute("SELECT name FROM programmes").fetchall() == [("Riverside",)]
    [card] = database.execute("SELECT message FROM outbox WHERE destination LIKE '%/channel/%'").fetchone()
    database.close()
    assert "Market map" in card
    assert "Apply" in card


def test_the_wheel_speaks_the_pseudo_language(installed: Path) -> None:
    """Catalogues are package data: a message is said in another language from the installed wheel."""
    program = (
        "from bot.chat.languages import PSEUDO, language_for; print(language_for(PSEUDO).text('Choose'))"
    )
    said = run(str(installed / "python"), "-X", "utf8", "-c", program)
    assert said.startswith("⟦")

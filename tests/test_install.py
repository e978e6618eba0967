import sys
from pathlib import Path

import pytest

from scripts import install


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that an installation into an empty checkout would run, in order."""
    ran: list[list[str]] = []

    def run(command: list[str]) -> None:
        ran.append(command)
        if "venv" in command:
            (install.VENV / "bin").mkdir(parents=True, exist_ok=True)
            (install.VENV / "bin" / "python").touch()
            version = "python{}.{}".format(*sys.version_info[:2])
            (install.VENV / "lib" / version).mkdir(parents=True)

    (tmp_path / "requirements").mkdir()
    for name in ["pyproject.toml", "requirements/runtime.txt", "requirements/test.txt"]:
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "run", run)
    monkeypatch.setattr(install, "find_pip", lambda: ["pip"])
    return ran


def test_first_run_installs_the_lock_with_hashes(commands: list[list[str]]) -> None:
    """A fresh clone gets a `.venv`, the hashed pins, then the project itself."""
    assert install.main(["runtime"]) is None
    venv, packages, project = commands
    assert "venv" in venv
    assert packages[-3:] == ["--require-hashes", "--requirement", "requirements/runtime.txt"]
    assert project[-2:] == ["--editable", "."]


def test_second_run_does_nothing(commands: list[list[str]]) -> None:
    """What the stamp says is installed is not installed again, nor what it covers."""
    install.main(["test"])
    commands.clear()
    install.main(["test"])
    install.main(["runtime"])
    assert commands == []


def test_changed_lock_is_installed_into_the_same_venv(commands: list[list[str]], tmp_path: Path) -> None:
    """A new lock is installed once, and `.venv` is kept."""
    install.main(["runtime"])
    commands.clear()
    (tmp_path / "requirements" / "runtime.txt").write_text("changed")
    install.main(["runtime"])
    assert [command[0] for command in commands] == ["pip", "pip"]


def test_what_left_the_lock_leaves_the_venv(commands: list[list[str]], tmp_path: Path) -> None:
    """A package that no lock names any longer is removed; one that the lock names is not, however spelt."""
    install.main(["test"])
    for name in ("Gone_By", "still.Here", "pip"):
        information = install.library() / "site-packages" / f"{name}-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    commands.clear()
    (tmp_path / "requirements" / "test.txt").write_text("still-here==1.0 \\\n    --hash=sha256:0\n")
    install.main(["test"])
    assert commands[-1] == ["pip", "uninstall", "-qq", "--yes", "gone-by"]


def test_another_python_gets_a_new_venv(commands: list[list[str]], tmp_path: Path) -> None:
    """`make PYTHON=...` of another minor version never runs on the old one's packages."""
    install.main(["runtime"])
    commands.clear()
    (library,) = (tmp_path / ".venv" / "lib").iterdir()
    library.rename(library.with_name("python3.0"))
    install.main(["runtime"])
    assert "--clear" in commands[0]


def test_old_python_gets_a_sentence(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python too old to run Stint is refused with the reason, and nothing is installed."""
    monkeypatch.setattr(install, "OLDEST", (4, 0))
    assert "newer" in str(install.main(["runtime"]))
    assert commands == []

"""Give `.venv` exactly what a lock file names, and the `stint` command; `make` runs this.

usage: PYTHON scripts/install.py runtime|test

`requirements/NAME.txt` holds the pins and their hashes. A stamp in `.venv` holds the lock's own
hash, so that a second run does nothing. Where packages come from is pip's configuration, which is
the user's. It imports only the standard library, and must be readable by Pythons too old to run
Stint, for they get a sentence instead of a traceback.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
OURS = {"pip", "stint-bot"}  # what installs, and what is installed in place: no lock names them
LOCKS = {"runtime": ["runtime"], "test": ["test", "runtime"]}  # a lock, and the locks it covers


def main(arguments: list[str]) -> str | None:
    """Install the lock named in `arguments`; return what went wrong, or None."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        return "usage: scripts/install.py " + "|".join(LOCKS)
    if sys.version_info < OLDEST:
        found = "{}.{} ({})".format(*sys.version_info[:2], sys.executable)
        return f"Stint needs Python 3.11 or newer, not {found}. Try: make PYTHON=python3.12 ..."
    name = arguments[0]
    if not has_same_python():
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    if not has_installed(name):
        install(name)
    return None


def has_same_python() -> bool:
    """Return whether `.venv` works and is of the minor version that runs this script."""
    return library().is_dir() and PYTHON.exists()


def library() -> Path:
    """Return where `.venv` keeps its packages for the Python that runs this script."""
    return VENV / "lib" / "python{}.{}".format(*sys.version_info[:2])


def has_installed(name: str) -> bool:
    """Return whether the lock that the stamp was written for is still the lock."""
    stamp = stamp_of(name)
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest_of(name)


def stamp_of(name: str) -> Path:
    """Return the file in `.venv` that says which lock of this name is installed."""
    return VENV / f"installed-{name}"


def digest_of(name: str) -> str:
    """Return the hash of everything that decides what an installation of this lock holds."""
    sources = [ROOT / "requirements" / f"{name}.txt", ROOT / "pyproject.toml"]
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def install(name: str) -> None:
    """Install the lock, then the project itself in place, remove what is in no lock, then stamp `.venv`."""
    found = find_pip()
    pip = [*found, "install", "-qq", "--disable-pip-version-check"]
    print(f"Installing the {name} packages into .venv (once, about a minute)", flush=True)
    run([*pip, "--require-hashes", "--requirement", f"requirements/{name}.txt"])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."])
    lock = "test" if stamp_of("test").is_file() else name
    if strangers := installed_names() - locked_names(lock) - OURS:
        run([*found, "uninstall", "-qq", "--yes", *sorted(strangers)])
    for covered in LOCKS[name]:
        stamp_of(covered).write_text(digest_of(covered), encoding="ascii")


def installed_names() -> set[str]:
    """Return the packages in `.venv`, by their normalised names (packaging.python.org: normalization)."""
    found = distributions(path=[str(library() / "site-packages")])
    return {normalised(each.metadata["Name"]) for each in found}


def locked_names(name: str) -> set[str]:
    """Return the packages that a lock names, normalised."""
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {normalised(found) for found in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}


def normalised(name: str) -> str:
    """Return a package's name in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_pip() -> list[str]:
    """Return the command that is pip for `.venv`.

    `.venv` gets its own pip where Python can install it. Debian's Python may lack ensurepip (it
    is in python3-venv); then the pip of the Python that runs this installs into `.venv`.
    """
    own = [str(PYTHON), "-m", "pip"]
    if works([*own, "--version"]) or works([str(PYTHON), "-m", "ensurepip", "--default-pip"]):
        return own
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if works([*outer, "--version"]):
        return outer
    sys.exit(f"No pip 22.3 or newer for {sys.executable}. On Debian: apt install python3-pip")


def works(command: list[str]) -> bool:
    """Return whether the command succeeds; its output is dropped."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def run(command: list[str]) -> None:
    """Run the command in the repository; if it fails, exit with its exit code."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

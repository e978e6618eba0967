"""`stint` as a process of its own: what somebody at a shell sees of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Done", "Shell", "begin_stint", "stint", "unprivileged"]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]


# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH leave the bounding set, so that root is held to permissions
# (prctl(2), PR_CAPBSET_DROP); for others, and where there is no prctl, nothing changes.
_HELD_TO_PERMISSIONS = """
import ctypes, os, sys
drop = getattr(ctypes.CDLL(None), "prctl", lambda *_: None)
drop(24, 1, 0, 0, 0), drop(24, 2, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def begin_stint(
    *arguments: str, cwd: Path, before: Sequence[str] = (), **environment: str
) -> subprocess.Popen[str]:
    """Start `stint` in a folder, without a terminal; only `environment` is set of what it reads.

    `before` is put before the command line.
    """
    return subprocess.Popen(
        [*before, sys.executable, "-m", "adapters.cli", *arguments],
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "COLUMNS": "100", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def stint(*arguments: str, cwd: Path, before: Sequence[str] = (), **environment: str) -> Done:
    """Run `stint` in a folder to its end."""
    return _ended(begin_stint(*arguments, cwd=cwd, before=before, **environment))


def unprivileged(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run `stint` in a folder as a user whom the files' permissions hold, even where root runs the tests."""
    before = [sys.executable, "-c", _HELD_TO_PERMISSIONS]
    return _ended(begin_stint(*arguments, cwd=cwd, before=before, **environment))


def _ended(process: subprocess.Popen[str]) -> Done:
    out, err = process.communicate()
    return Done(process.returncode, out, err)

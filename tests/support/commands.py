"""`stint` as a process of its own: what somebody at a shell sees of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Done", "Shell", "begin_stint", "stint"]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]


def begin_stint(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Start `stint` in a folder, without a terminal; only `environment` is set of what it reads."""
    return subprocess.Popen(
        [sys.executable, "-m", "adapters.cli", *arguments],
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "COLUMNS": "100", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def stint(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run `stint` in a folder to its end."""
    process = begin_stint(*arguments, cwd=cwd, **environment)
    out, err = process.communicate()
    return Done(process.returncode, out, err)

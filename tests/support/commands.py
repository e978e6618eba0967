"""`stint` as a separate process: what a person at a shell sees of it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.forking import forked

__all__ = ["Done", "Shell", "begin_stint", "held_to_permissions", "stint"]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]


_CAPABILITIES_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
_PAST_PERMISSIONS = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def held_to_permissions() -> Iterator[None]:
    """Hold this thread, and those that it starts, to the permissions of files, even where root runs them.

    Two capabilities are put down for the time (capset(2)); where there are none, nothing changes.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "capset"):
        yield
        return
    this_thread = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: twice 32 bits
    assert libc.capget(this_thread, sets) == 0
    had = sets[0]
    sets[0] = had & ~_PAST_PERMISSIONS
    assert libc.capset(this_thread, sets) == 0
    try:
        yield
    finally:
        sets[0] = had
        assert libc.capset(this_thread, sets) == 0


def begin_stint(
    *arguments: str, cwd: Path, before: Sequence[str] = (), fork: bool = False, **environment: str
) -> subprocess.Popen[str]:
    """Start `stint` in a folder, without a terminal; only `environment` is set of what it reads.

    `before` is put before the command line. With `fork` the process is forked from one that has imported
    everything (tests/support/forking.py), for what is not about how an interpreter begins.
    """
    stint = forked("adapters.cli") if fork else (sys.executable, "-m", "adapters.cli")
    return subprocess.Popen(
        [*before, *stint, *arguments],
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "COLUMNS": "100", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def stint(
    *arguments: str, cwd: Path, before: Sequence[str] = (), fork: bool = False, **environment: str
) -> Done:
    """Run `stint` in a folder to its end; the options are those of `begin_stint`."""
    process = begin_stint(*arguments, cwd=cwd, before=before, fork=fork, **environment)
    out, err = process.communicate()
    return Done(process.returncode, out, err)

"""The time that `stint --help` takes, as a person waits for it: a new process, from start to end."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

__all__ = ["help_seconds"]


def help_seconds() -> float:
    """Return the seconds from starting `stint --help` to its end."""
    began = perf_counter()
    done = subprocess.run([sys.executable, "-m", "adapters.cli", "--help"], capture_output=True, check=True)
    seconds = perf_counter() - began
    assert b"demo" in done.stdout
    return seconds

"""The start of `stint` from a server that forks it, in place of an interpreter that imports everything again.

What it prints, takes, is sent and ends with is as of any process; only its process id is another's. What an
interpreter reads as it begins, and limits and rights of the process, are not passed on.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.support import fork_client, fork_server

__all__ = ["forked"]

_ROOT = Path(__file__).resolve().parents[2]


def forked(module: str) -> tuple[str, ...]:
    """The command that runs a module as `python -m` does; its arguments come last."""
    return (sys.executable, "-I", "-S", fork_client.__file__, str(_server()), module)


@cache
def _server() -> Path:
    """Start this process's server; the socket on which it serves."""
    folder = Path(mkdtemp(prefix="stint-fork-"))
    server = subprocess.Popen(
        [sys.executable, "-m", fork_server.__name__, str(folder / "socket")],
        cwd=_ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT)},
        # The bots' streams are what Python made of these, which asks of a file where in it it is.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.stdin
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"

    atexit.register(server.communicate)
    return folder / "socket"

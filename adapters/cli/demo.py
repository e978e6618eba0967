"""`stint demo`: a programme of made-up people, as a playground or as a printed story.

The story kills its process once, so it runs in a child process; this process only starts the child again, and
loads next to nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from adapters.cli.logs import log_as

__all__ = ["demo"]

_CHILD = "STINT_DEMO_CHILD"
"""The variable that is set for the process that plays the story."""

_MOST_DEATHS = 3


def demo(*, script: bool, fresh: bool, folder: Path | None, debug: bool = False) -> int:
    """Open the playground, or play the story where there is no screen; return the exit code.

    `debug` shows the whole of an error, also of the process that plays the story.
    """
    log_as("error", "text")
    screen = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if screen and not script and not os.environ.get("CI"):
        from adapters.cli.playground import playground

        where = folder or Path(".stint-demo")
        _prepare(where, fresh=fresh)
        return playground(where)
    if folder is None:
        with TemporaryDirectory(prefix="stint-demo-") as temporary:
            return _story(Path(temporary), debug=debug)
    _prepare(folder, fresh=fresh)
    return _story(folder, debug=debug)


def _prepare(folder: Path, *, fresh: bool) -> None:
    from adapters.cli.demo_folder import claim, clear

    if fresh:
        clear(folder)
    claim(folder)


def _story(folder: Path, *, debug: bool) -> int:
    if os.environ.get(_CHILD):
        from adapters.cli.demo_programme import tell

        return tell(folder)
    stint = [sys.executable, "-m", "adapters.cli", *(["--debug"] if debug else [])]
    command = [*stint, "demo", "--script", "--folder", str(folder)]
    for _ in range(_MOST_DEATHS):
        sys.stdout.flush()
        ended = subprocess.run(command, env={**os.environ, _CHILD: "1"}, check=False).returncode
        if ended != -signal.SIGKILL:
            return ended
        typer.echo("         (It is started again.)")
    return 1

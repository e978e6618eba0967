"""The server that `stint` is forked from in tests: it has imported once all that a start imports.

`python -m tests.support.fork_server SOCKET` serves until its standard input ends, and removes the socket's
folder then. For each client it forks a keeper, which forks the bot: the keeper passes signals on, tells the
client how the bot ended, and kills the bot when the client was killed.
"""

from __future__ import annotations

import gc
import marshal
import os
import runpy
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import Final, NamedTuple

__all__ = ["Request", "serve"]

_PRELOADED: Final = (
    "adapters.cli.commands",
    "adapters.cli.doctor",
    "adapters.cli.import_job",
    "adapters.cli.installations",
    "adapters.cli.web",
    "adapters.discord.adapter",
    "adapters.slack.adapter",
    "alembic.command",
    "unittest.mock",
)
"""What the commands import, and the platforms."""

_STREAMS: Final = 3


class Request(NamedTuple):
    """A module that is to be run as a program, with its arguments, folder and environment."""

    module: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]

    def run(self) -> None:
        """Run the module in this process, whose streams are the client's already."""
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.argv[1:] = self.arguments
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


def serve(path: Path) -> Request | None:
    """Fork for each client; return in the bot what the client asks for, and None at the end of the server."""
    with socket.socket(socket.AF_UNIX) as listener, DefaultSelector() as selector:
        listener.bind(str(path))
        listener.listen()
        print("ready", flush=True)  # noqa: T201 - who started it waits for this
        selector.register(listener, EVENT_READ)
        selector.register(sys.stdin, EVENT_READ)
        while True:
            if any(key.fileobj is sys.stdin for key, _ in selector.select()):
                return None
            client, _ = listener.accept()
            if not os.fork():
                break
            client.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    return _keep(client)


def _keep(client: socket.socket) -> Request | None:
    """Fork the bot and stay until it has ended; in the bot, return what the client asks for."""
    head, streams, *_ = socket.recv_fds(client, 4, _STREAMS)
    with client.makefile("rb") as more:
        request = Request(*marshal.loads(more.read(int.from_bytes(head, "big"))))  # noqa: S302 - by our own client
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    bot = os.fork()
    if not bot:
        client.close()
        return request
    for number in range(_STREAMS):
        os.close(number)
    Thread(target=_pass_on, args=(client, bot), daemon=True).start()
    _, status = os.waitpid(bot, 0)
    with suppress(OSError):  # the client was killed
        client.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _pass_on(client: socket.socket, bot: int) -> None:
    """Send the bot the signals that its client gets, and kill it once the client is gone."""
    with suppress(OSError):
        while number := client.recv(1):
            os.kill(bot, number[0])
    with suppress(ProcessLookupError):
        os.kill(bot, signal.SIGKILL)


if __name__ == "__main__":
    for _name in _PRELOADED:
        import_module(_name)
    # A forked process would otherwise look through all of this again, and copy it in doing so.
    gc.collect()
    gc.freeze()
    _socket = Path(sys.argv[1])
    if (_asked := serve(_socket)) is not None:
        _asked.run()
    else:
        _socket.unlink()
        _socket.parent.rmdir()

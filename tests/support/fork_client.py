"""The process in the place of a forked `stint`: `python -I -S fork_client.py SOCKET MODULE ARGUMENT...`.

It gives its streams, folder and environment to the server, which runs the module with them, passes signals
on, and ends as the module does. It imports next to nothing, as it is started for each `stint`.
"""

import marshal
import os
import signal
import socket
import sys

if __name__ == "__main__":
    path, module, *arguments = sys.argv[1:]
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    request = marshal.dumps((module, arguments, os.getcwd(), dict(os.environ)))  # noqa: PTH109 - pathlib takes longer than all this
    socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(request)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: server.sendall(bytes([number])))
    code = int(server.recv(16) or b"1")
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)

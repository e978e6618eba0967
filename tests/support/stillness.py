"""Limits of waiting that no busy machine reaches: what counts is how long nothing has gone on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["HANGS", "Stillness", "reached"]

HANGS = 300.0
"""Seconds without a sign of life after which a bot hangs: on a busy machine each step may take a minute."""

_LOOKED_EVERY = 0.25


class Stillness:
    """How long nothing has gone on, by a sign that is another one whenever something has."""

    def __init__(self, sign: Callable[[], object]) -> None:
        """Begin now. `sign` is asked a few times a second at most."""
        self._sign = sign
        self._loop = asyncio.get_running_loop()
        self._last: object = None
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._since = self._looked = self._loop.time()

    def seconds(self) -> float:
        """Return the seconds since something was last seen to go on."""
        now = self._loop.time()
        if now - self._looked >= _LOOKED_EVERY:
            self._looked, found = now, self._sign()
            if found != self._last:
                self._last, self._since = found, now
        return now - self._since


async def reached(
    condition: Callable[[], bool], sign: Callable[[], object], still: float = HANGS, pause: float = 0.01
) -> None:
    """Return once the condition holds; it is looked at every `pause` seconds.

    Raises:
        TimeoutError: nothing has gone on for `still` seconds.
    """
    stillness = Stillness(sign)
    while not condition():
        if stillness.seconds() > still:
            raise TimeoutError(f"nothing has gone on for {still:.0f} seconds")
        await asyncio.sleep(pause)

"""What the readers of answers load when it is first asked for: cities, and what counts days.

It takes a tenth of a second or more and some memory, so it is not loaded before; and no turn is to hold the
database for so long. A turn on the writer's thread raises `NotLoaded` instead, and is run again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import current_thread
from typing import Any, Final, Protocol, TypeVar

__all__ = ["NotLoaded", "loaded"]

_WRITER: Final = "stint-writer"
"""How `storage/database.py` names the threads whose transactions others wait for."""

_Loaded_co = TypeVar("_Loaded_co", covariant=True)


class _Cached(Protocol[_Loaded_co]):
    """A cached function without arguments."""

    def __call__(self) -> _Loaded_co:
        """Return what was loaded."""

    def cache_info(self) -> Any:  # noqa: ANN401 - functools has no public type for it
        """Return how much is in the cache."""


class NotLoaded(Exception):
    """Something has to be loaded first, by calling `load`; then the turn can run."""

    def __init__(self, load: Callable[[], object]) -> None:
        super().__init__(load)
        self.load = load


def loaded(load: _Cached[_Loaded_co]) -> _Loaded_co:
    """Return what a cached function loads.

    Raises:
        NotLoaded: it has not been loaded yet, and this is the writer's thread.
    """
    if current_thread().name.startswith(_WRITER) and not load.cache_info().currsize:
        raise NotLoaded(load)
    return load()

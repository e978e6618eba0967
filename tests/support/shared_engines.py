"""Engines that share what SQLAlchemy has compiled: nearly every test opens its own database.

SQLAlchemy keeps that per engine and per dialect object; a quarter of a scenario's time went into compiling
the same statements again.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event

import storage.engines

__all__ = ["share"]

_STATEMENTS: Final = 5_000
"""More statements than all tests together run."""

_CONNECTED: Final[dict[str, Engine]] = {}
"""The first engine of each dialect that has connected, which is when a dialect learns about its server."""


def share() -> None:
    """Let every engine of `storage` in this process share what is compiled, from now on."""
    setattr(storage.engines, "create_engine", _create_engine)  # noqa: B010 - it is not for others


def _create_engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's
    """Return an engine that knows what the engines before it have compiled."""
    engine = create_engine(url, query_cache_size=_STATEMENTS, **options)
    first = _CONNECTED.get(engine.dialect.name)
    if first is None:
        event.listen(engine, "connect", lambda *_given: _CONNECTED.setdefault(engine.dialect.name, engine))
    else:
        engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache  # noqa: SLF001 - there is no other way to share it
    return engine

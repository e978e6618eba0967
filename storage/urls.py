"""Database URLs: which database they name, and how they may be shown."""

from pathlib import Path
from typing import Final, Literal

from sqlalchemy import URL, make_url

Dialect = Literal["sqlite", "postgresql"]

# The drivers this package is written for; a URL may name none, or another.
_DRIVERS: Final[dict[str, tuple[Dialect, str]]] = {
    "sqlite": ("sqlite", "sqlite+pysqlite"),
    "postgres": ("postgresql", "postgresql+psycopg"),
    "postgresql": ("postgresql", "postgresql+psycopg"),
}


def parse_url(url: str) -> URL:
    """Return the database URL with the driver this package uses and, for SQLite, an absolute path.

    Raises:
        ValueError: the URL names neither a SQLite file nor a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except Exception:  # noqa: BLE001  # its own message would show the URL, password and all
        raise ValueError(
            "the database URL cannot be read; write sqlite:///path/to/stint.db "
            "or postgresql://user:password@host/name"
        ) from None
    known = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if known is None:
        raise ValueError(
            f"Stint keeps its data in SQLite or PostgreSQL; the database URL begins with "
            f"{parsed.drivername!r}: write sqlite:///path/to/stint.db or postgresql://…"
        )
    dialect, driver = known
    parsed = parsed.set(drivername=driver)
    if dialect == "postgresql":
        return parsed
    if parsed.database in (None, "", ":memory:") or str(parsed.database).startswith("file:"):
        raise ValueError(
            "the SQLite URL must name a file, such as sqlite:///stint.db: a database in memory "
            "would be lost at every stop"
        )
    return parsed.set(database=str(Path(str(parsed.database)).expanduser().absolute()))


def dialect_of(url: URL) -> Dialect:
    """Return `sqlite` or `postgresql`, for a URL that `parse_url` made."""
    return _DRIVERS[url.get_backend_name()][0]


def sqlite_path(url: URL) -> Path | None:
    """Return the absolute path of the SQLite file; None for PostgreSQL."""
    return Path(str(url.database)) if dialect_of(url) == "sqlite" else None


def shown(url: URL) -> str:
    """Return the URL as people and logs may see it: no password, no options (which can hold one too)."""
    return url.set(query={}).render_as_string(hide_password=True)

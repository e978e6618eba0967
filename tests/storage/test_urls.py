"""Which database a URL names."""

from pathlib import Path

import pytest

from storage.urls import dialect_of, parse_url, shown, sqlite_path


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada@db.example:5433/stint",
        "postgres://ada@db.example:5433/stint",
        "postgresql+psycopg://ada@db.example:5433/stint",
        "postgresql+asyncpg://ada@db.example:5433/stint",
    ],
)
def test_every_way_to_write_postgresql(url: str) -> None:
    """Whatever driver a URL names, or none, the one this package is written for is used."""
    parsed = parse_url(url)
    assert dialect_of(parsed) == "postgresql"
    assert shown(parsed) == "postgresql+psycopg://ada@db.example:5433/stint"
    assert sqlite_path(parsed) is None


def test_a_sqlite_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths and the home directory are resolved once, when the URL is read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for url, path in {
        "sqlite:///stint.db": tmp_path / "stint.db",
        f"sqlite:///{tmp_path}/50%25 of it.db": tmp_path / "50% of it.db",
        "sqlite+aiosqlite:///data/stint.db": tmp_path / "data" / "stint.db",
        "sqlite:///~/stint.db": tmp_path / "home" / "stint.db",
    }.items():
        parsed = parse_url(url)
        assert sqlite_path(parsed) == path
        assert parse_url(parsed.render_as_string(hide_password=False)) == parsed


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    """What would be lost at every stop is not a place to keep promises."""
    with pytest.raises(ValueError, match="must name a file"):
        parse_url(url)


@pytest.mark.parametrize("url", ["mysql://ada:secret@h/stint", "stint.db", "", "postgres//a:secret"])
def test_another_url_is_refused_with_an_example(url: str) -> None:
    """The refusal shows how to write one, and no password."""
    with pytest.raises(ValueError, match="sqlite:///path/to/") as refusal:
        parse_url(url)
    assert "secret" not in str(refusal.value)

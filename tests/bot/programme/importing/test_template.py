"""The table to begin with is one that an import takes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest

from bot.programme.importing import COLUMNS, Ground, UnreadableFile, read_rows, template_csv, write_template
from bot.programme.importing.headings import FIELDS
from bot.programme.projects.scope_check import Rules

GROUND = Ground(
    Rules(datetime(2026, 3, 9, 8, 0, tzinfo=UTC), "Europe/London", "Europe/London", 0, "USD", 5),
    {"spring 26": 1},
)
GUIDE = Path(__file__).parents[4] / "docs" / "import.md"


def test_the_template_has_a_column_for_every_field() -> None:
    """Each once, by a name that needs no guess, those that are needed first."""
    assert {FIELDS[column.name] for column in COLUMNS} == set(FIELDS.values())
    assert [column.needed for column in COLUMNS] == sorted((c.needed for c in COLUMNS), reverse=True)


@pytest.mark.parametrize("name", ["new.csv", "new.xlsx"])
def test_a_filled_in_template_is_imported_without_its_example(tmp_path: Path, name: str) -> None:
    """Alone it holds no project; nothing that is there already is written over."""
    path = tmp_path / name
    write_template(path)
    with pytest.raises(UnreadableFile, match="nothing but the template's example"):
        read_rows(path, {}, GROUND)
    with pytest.raises(FileExistsError):
        write_template(path)


def test_a_template_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves no file of a part, which the next try would not write over."""
    path = tmp_path / "new.csv"

    class Full:
        def __enter__(self) -> Self:
            path.touch()
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

        def write(self, content: bytes) -> int:
            """A disk that has room for a part."""
            return len(content) // 2

    monkeypatch.setattr(Path, "open", lambda *_, **__: Full())
    with pytest.raises(OSError, match="No space left"):
        write_template(path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_row_under_the_example_is_taken(tmp_path: Path) -> None:
    """The example itself would be a sound project, if it were not left out."""
    path = tmp_path / "a.csv"
    head, example = template_csv().splitlines()
    path.write_text(f"{head}\n{example}\n{example.replace('Example Ltd', 'Acme')}\n", encoding="utf-8")
    checked = read_rows(path, {}, GROUND)
    assert [(row.number, row.company) for row in checked.rows] == [(3, "Acme")]
    assert (checked.refused, checked.rows[0].notes) == ((), ())


def test_the_guide_names_every_column() -> None:
    """docs/import.md has a line for each, with the template's own words."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    for column in COLUMNS:
        assert (
            f"| `{column.name}` | {'yes' if column.needed else ''} | {column.about} |".replace("|  |", "| |")
            in lines
        )

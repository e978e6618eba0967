"""The glossary names each word once, with a module that is there and speaks of it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \| `(?P<home>[^`]+)` \|$", re.MULTILINE)


def entries() -> list[tuple[str, str, str]]:
    """Return the rows of the glossary: word, meaning, path of its module."""
    paper = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [(row["word"], row["meaning"], row["home"]) for row in ROW.finditer(paper)]


def test_each_word_is_defined_once() -> None:
    """A word has one meaning."""
    words = [word for word, _, _ in entries()]
    assert len(words) == len(set(words))
    assert len(words) > 50


def test_each_word_has_a_module_that_speaks_of_it() -> None:
    """The module is there, and the word is in its name or in its text."""
    lost = []
    for word, _, home in entries():
        path, stem = ROOT / home, word.split(" (", maxsplit=1)[0].casefold()
        said = f"{home} {path.read_text(encoding='utf-8')}".casefold() if path.is_file() else ""
        names = {stem, stem.replace(" ", "_"), stem.replace("-", "_")}
        if not any(name in said for name in names):
            lost.append((word, home))
    assert lost == []

"""The texts of the bot and their catalogues: complete, whole, short enough, and said in the same marks."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.chat.content import say
from bot.chat.languages import PSEUDO, language_for
from bot.chat.rendering.markdown import Words, parse
from scripts import texts
from tests.support.parsed import nodes, parsed
from tests.support.said_texts import needlessly_listed, unsaid
from tests.support.said_texts import texts as texts_of_the_catalogues
from tests.support.unsaid_texts import UNSAID

CATALOGUES = sorted(texts.LOCALE.glob("*.po"))
HOLE = re.compile(r"\{(\w+)\}")
LETTER = re.compile(r"[^\W\d_]")
TWO_SENTENCES = re.compile(r"^(?:- )?\{\w+\} (?:[A-Z][a-z]|I |“)|[.!?]\*{0,2} \{\w+\}$", re.MULTILINE)
"""A hole for a sentence that has another one beside it in its line; a number before a dot is none."""


@cache
def every_text() -> list[texts.Text]:
    """The texts of the program."""
    return texts.every_text()


def catalogue_of(path: Path) -> Catalog:
    """A catalogue as it is stored."""
    with path.open("rb") as lines:
        return read_po(lines)


def marks(text: str) -> Counter[str]:
    """The marks of a text in the dialect, without its words."""
    return Counter(re.findall(r"<class '[^']+'>|`[^`]+`", str([_shape(node) for node in parse(text)])))


def _shape(node: object) -> object:
    children = getattr(node, "children", ())
    return (type(node), [_shape(child) for child in children if not isinstance(child, Words)])


def layouts(path: Path) -> Iterator[str]:
    """The layouts of a module: each literal of one, or the literals of what its name is assigned."""
    tree = parsed(path.read_text(encoding="utf-8"))
    named = {
        target.id: node.value
        for node in nodes(tree)
        for target in getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and node.value
    }
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "layout":
            given: ast.AST = node.args[0]
            names = [each.id for each in ast.walk(given) if isinstance(each, ast.Name) and each.id in named]
            given = named[names[0]] if names else given
            found = [str(each.value) for each in ast.walk(given) if isinstance(each, ast.Constant)]
            assert found, f"{path}:{node.lineno} has no literal"
            yield from (each for each in found if "{" in each)


def test_the_catalogues_hold_every_text() -> None:
    """`make texts` was run: the template and the pseudo-language are what the code says."""
    found = every_text()
    assert texts.TEMPLATE.read_text(encoding="utf-8") == texts.contents(texts.catalogue(found))
    pseudo = texts.contents(texts.catalogue(found, translated=True))
    assert texts.PSEUDO.read_text(encoding="utf-8") == pseudo


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_is_complete_and_has_the_same_holes_and_marks(path: Path) -> None:
    """A translation misses nothing, is in no doubt, has each plural, and the holes and marks of English."""
    made = catalogue_of(path)
    with texts.TEMPLATE.open("rb") as lines:
        template = read_po(lines)
    assert {(each.id, each.context) for each in template} == {(each.id, each.context) for each in made}
    for each in made:
        if not each.id:
            continue
        said = [*map(str, each.string)] if isinstance(each.string, tuple) else [str(each.string)]
        english = [*map(str, each.id)] if isinstance(each.id, tuple) else [str(each.id)]
        assert all(said), each.id
        assert not each.fuzzy, each.id
        assert len(said) == (made.num_plurals if isinstance(each.string, tuple) else 1), each.id
        for one in said:
            assert any(set(HOLE.findall(one)) == set(HOLE.findall(source)) for source in english), each.id
            assert any(marks(one) == marks(source) for source in english), each.id


def test_english_leaves_room_for_other_languages() -> None:
    """English keeps to two thirds of the smallest limit of the platforms, holes aside."""
    long = [
        (each.path, each.one)
        for each in every_text()
        if each.most and len(HOLE.sub("", each.one)) > each.most
    ]
    assert long == []


def test_a_template_has_words_of_its_own() -> None:
    """A line of values and marks is a layout, which has nothing to translate, and no text of a catalogue."""
    bare = [each for each in every_text() if not LETTER.search(HOLE.sub("", each.one))]
    assert bare == []


def test_a_sentence_is_alone_in_its_line() -> None:
    """A sentence that is a value is a line, an item or what follows a colon, with no other beside it."""
    beside = [
        (each.path, form)
        for each in every_text()
        for form in (each.one, each.many)
        if TWO_SENTENCES.search(form)
    ]
    assert beside == []


def test_a_layout_has_no_words_and_sets_its_values_apart() -> None:
    """What `layout` is given are marks, the same in every language, and more than blanks between values."""
    found = [
        marks
        for floor in texts.FLOORS
        for path in (texts.ROOT / floor).rglob("*.py")
        for marks in layouts(path)
    ]
    assert found
    assert [marks for marks in found if LETTER.search(HOLE.sub("", marks)) or "} {" in marks] == []


def test_a_text_that_is_listed_as_unsaid_is_in_the_catalogues() -> None:
    """A reason goes with its text, and no text has two reasons."""
    listed = [text for said in UNSAID.values() for text in said]
    assert set(listed) - texts_of_the_catalogues() == set()
    assert len(listed) == len(set(listed))


def test_a_text_that_no_test_says_is_found() -> None:
    """With its context; what is said or listed is not."""
    everything = texts_of_the_catalogues()
    assert unsaid(everything) == []
    assert unsaid(everything - {("open", "project")}) == ["no test says 'open' (project)"]
    one = next(iter(UNSAID.values()))[0]
    assert unsaid(everything - {one}) == []
    assert needlessly_listed({one}) == [f"listed as unsaid, and said: {one[0]!r}"]


def test_the_pseudo_language_is_a_language() -> None:
    """It is read as any other, and what it has no text for is English."""
    pseudo = language_for(PSEUDO)
    assert pseudo.text("Send") == "⟦Sénd⟧"
    assert pseudo.text(say("Nothing has ever been called this.")) == "Nothing has ever been called this."
    assert language_for("en-GB").tag == "en"
    assert language_for("../en").tag == "en"
    assert language_for(None).tag == "en"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('text("One.")', [("One.", "", "")]),
        ('note("{count} day", "{count} days", count=n)', [("{count} day", "{count} days", "")]),
        ('say("Open", context="state")', [("Open", "", "state")]),
        ('row("Fee", "{fee} each", fee=f)', [("Fee", "", ""), ("{fee} each", "", "")]),
        ('Button("Go" if x else "Stay", "go")', [("Go", "", ""), ("Stay", "", "")]),
        ('_WHY: Final = "Why?"\nAsk(prompt=_WHY, label="Why")', [("Why?", "", ""), ("Why", "", "")]),
        ('Term("open", "project")', [("open", "", "project")]),
        ('LABELS = {1: "One"}\nButton(LABELS[x])', [("One", "", "")]),
        ('log.info("nothing")', []),
    ],
)
def test_texts_are_found_where_they_are_said(source: str, found: list[tuple[str, str, str]]) -> None:
    """A literal, a choice between literals, and a name of the module are texts."""
    assert {(each.one, each.many, each.context) for each in texts.texts_of(source, "m.py")} == set(found)

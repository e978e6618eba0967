"""Names, docstrings and comments in plain modern English: the words that they do without."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.parsed import nodes, parsed

__all__ = ["archaic_words", "archaic_words_of_names", "archaic_words_of_paper", "archaic_words_of_texts"]

ARCHAIC: Final = re.compile(
    r"\b(somebody|nobody|whoever|whom|whomever|anew|stands?(?!-ins?\b)|told|hears? of|owed to|is had|aught"
    r"|thereby|hence)\b",
    re.IGNORECASE,
)
_IN_TEXTS: Final = re.compile(
    r"\b(somebody|nobody|whoever|whomever|anew|stands?(?!-ins?\b)|told|hears? of|owed to|aught|thereby"
    r"|hence)\b",
    re.IGNORECASE,
)
_FEW_WORDS: Final = 3
_IN_PAPERS: Final = re.compile(
    r"\b(somebody|nobody|anybody|whoever|whomever|anew|stands?(?!-ins?\b)|told|owed to|is had|had of|aught"
    r"|thereby|hence)\b",
    re.IGNORECASE,
)
_IN_NAMES: Final = re.compile(
    r"\b(somebody|nobody|anybody|whoever|whom|whomever|anew|stands?(?! ins?\b)|told|hears? of|owed to|is had"
    r"|had of|aught|thereby|hence)\b",
    re.IGNORECASE,
)
_WORD_BEGINS: Final = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
_QUOTED: Final = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”")
_ADDRESS: Final = re.compile(r"\]\([^)]*\)")


def archaic_words(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each archaic word in a module's docstrings and comments.

    What is quoted or in backticks is a name or a text of the program, and passes.
    """
    source = path.read_text(encoding="utf-8")
    for line, said in (*_docstrings(source), *_comments(source)):
        for found in ARCHAIC.finditer(_QUOTED.sub("", said)):
            yield line, found[0]


def archaic_words_of_names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each function and class with an archaic word; line 0 is the module's."""
    found = nodes(parsed(path.read_text(encoding="utf-8")))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for line, name in [
        (0, path.stem),
        *((node.lineno, node.name) for node in found if isinstance(node, kinds)),
    ]:
        if _IN_NAMES.search(_WORD_BEGINS.sub(" ", name)):
            yield line, name


def archaic_words_of_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each archaic word in what a module says, shows or raises.

    Strings of one or two words are names. What a question said earlier (`earlier`) is in databases.
    """
    tree = parsed(path.read_text(encoding="utf-8"))
    passed = {id(node.value) for node in nodes(tree) if isinstance(node, ast.Expr)}
    for node in nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "earlier":
            passed |= set(map(id, ast.walk(node.value)))
    for node in nodes(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if len(node.value.split()) >= _FEW_WORDS:
            for found in _IN_TEXTS.finditer(node.value):
                yield node.lineno, found[0]


def archaic_words_of_paper(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each archaic word in a paper's prose.

    What is quoted, in backticks or indented as a block is what the program says or a person types; the
    address of a link is a name.
    """
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fenced ^= line.startswith("```")
        if not fenced and not line.startswith("    "):
            for found in _IN_PAPERS.finditer(_ADDRESS.sub("", _QUOTED.sub("", line))):
                yield number, found[0]


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield every string that is a statement: docstrings, and those under constants."""
    for node in nodes(parsed(source)):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, value.value


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield every comment, of a source with a line in which a comment can have such a word; it takes long."""
    if not any(ARCHAIC.search(line.partition("#")[2]) for line in source.splitlines()):
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string

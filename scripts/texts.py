"""Extract the bot's texts to bot/locale: the template of all catalogues, and the pseudo-language.

A text is a literal in a place that takes one: an argument of `text`, `Button` and their like, a text of a
form, or the usual value of one. The words of project templates and of the scope check's rules are texts too.
`make texts` writes the files; `tests/bot/test_locale.py` holds them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

__all__ = [
    "TEMPLATE",
    "Text",
    "catalogue",
    "contents",
    "pseudo",
    "texts_of",
    "texts_of_rules",
    "texts_of_templates",
]

ROOT: Final = Path(__file__).resolve().parents[1]
LOCALE: Final = ROOT / "bot" / "locale"
TEMPLATE: Final = LOCALE / "stint.pot"
PSEUDO: Final = LOCALE / "en-XA.po"
PROJECTS: Final = ROOT / "bot" / "programme" / "projects"
TEMPLATES: Final = PROJECTS / "templates.toml"
SCOPE_RULES: Final = PROJECTS / "scope_rules.toml"
"""Texts that are data and not code, as those of the templates."""
FLOORS: Final = ("adapters", "bot")
_OPERATORS: Final = ("adapters/cli/", "adapters/config.py")
"""Modules whose texts are for operators, who read English."""

_SENTENCES: Final = frozenset({"text", "note", "heading", "typed", "say"})
"""Functions of a template and its plural."""

_TEXTS: Final = {
    "message": None,
    "Declined": None,
    "row": (0, 1),
    "Button": (0,),
    "Option": (1, 2),
    "Reading": (0,),
    "Field": (0,),
    "Finding": (2, 3),
    "Select": (2,),
    "Image": (1,),
    "Refused": (0, 1),
    "Unreadable": (0,),
    "CommandSpec": (1,),
    "Argument": (1,),
    "Ambiguous": (0,),
    "Ask": (0, 1),
    "Form": (1,),
    "button": (1,),
    "settle": (1,),
    "Term": (0,),
    "TypedWord": (0,),
}
"""Functions some of whose arguments are texts, by their places; None is all of them."""

_NAMED: Final = frozenset(
    """
    prompt label hint example title submit notice placeholder description page_titles afterwards reason
    question alt
    """.split()
)
"""Names of arguments that are texts."""

_MOST: Final[dict[tuple[str, str | int], int]] = {
    ("Button", 0): 50,
    ("button", 1): 50,
    ("Option", 1): 50,
    ("Reading", 0): 50,
    ("Option", 2): 70,
    ("CommandSpec", 1): 70,
    ("Argument", 1): 70,
    ("Ask", 1): 30,
    ("Ask", "label"): 30,
    ("Form", 1): 16,
    ("form_of", "title"): 16,
    ("Form", "title"): 16,
    ("Form", "submit"): 16,
    ("form_of", "submit"): 16,
    ("form_of", "page_titles"): 16,
    ("Form", "page_titles"): 16,
}
"""Characters that the English of an argument may have. Of a form's title 24 fit in Slack, of a question's
label 45 on Discord, of a button or an option 75, of a description 100."""

_CONTEXTS: Final = {"TypedWord": "typed"}
_KEPT: Final = re.compile(r"(\{\w+\}|`[^`]*`|\]\([^)]*\))")
_ACCENTS: Final = str.maketrans("aeiouAEIOU", "àéîöûÀÉÎÖÛ")


class Text(NamedTuple):
    """A text of the code: its English, its plural and context ("" without), and the file that says it.

    `most` is how long its English may be, in characters: two thirds of the smallest limit of the
    platforms, so that other languages have room; 0 is no limit.
    """

    one: str
    many: str
    context: str
    path: str
    most: int = 0


def texts_of(source: str, path: str) -> Iterator[Text]:
    """Return the texts that a module says."""
    nodes = list(ast.walk(ast.parse(source)))
    names = _assigned(nodes)
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _texts_of_call(node, names, path)
        elif isinstance(node, ast.AnnAssign) and node.value and ast.unparse(node.annotation) == "Wording":
            yield from (Text(one, "", "", path) for one in _literals(node.value, {}) if one.strip())


def _texts_of_call(call: ast.Call, names: dict[str, list[ast.expr]], path: str) -> Iterator[Text]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    context = _context(call, name)
    arguments = {keyword.arg for keyword in call.keywords}
    if "count" in arguments and (name in _SENTENCES or name == "row"):
        pair = call.args[1:] if name == "row" else call.args
        yield from (Text(*both, context, path) for both in _pairs(pair, names))
        found: Iterable[ast.expr] = call.args[:1] if name == "row" else ()
    elif name in _SENTENCES:
        found = call.args[:1]
    else:
        places = _TEXTS.get(name, ())
        found = call.args if places is None else [call.args[at] for at in places if at < len(call.args)]
    named = [keyword.value for keyword in call.keywords if keyword.arg in _named_in(name)]
    for expression in (*found, *named):
        most = _most(call, name, expression)
        yield from (Text(one, "", context, path, most) for one in _literals(expression, names) if one.strip())


def _named_in(name: str) -> frozenset[str]:
    """Return the names of a function's arguments that are texts; a command's example is what is typed."""
    if name in _SENTENCES:
        return frozenset()
    return _NAMED - {"example"} if name == "CommandSpec" else _NAMED


def _most(call: ast.Call, name: str, expression: ast.expr) -> int:
    """Return how long the English of an argument may be."""
    argument = next((each.arg for each in call.keywords if each.value is expression), None)
    place = call.args.index(expression) if expression in call.args else -1
    return _MOST.get((name, argument or place), 0)


def _context(call: ast.Call, name: str) -> str:
    if name == "Term" and len(call.args) > 1:
        return next(_literals(call.args[1], {}), "")
    given = (keyword.value for keyword in call.keywords if keyword.arg == "context")
    return next((each for value in given for each in _literals(value, {})), _CONTEXTS.get(name, ""))


def _pairs(pair: list[ast.expr], names: dict[str, list[ast.expr]]) -> Iterator[tuple[str, str]]:
    """Return the templates with their plurals: two arguments, or one of a table's pairs (`*_UNITS[unit]`)."""
    match pair:
        case [ast.Starred(value=ast.Subscript(value=ast.Name(id=table)))]:
            for each in names.get(table, ()):
                for node in ast.walk(each):
                    match node:
                        case ast.Tuple(elts=[ast.Constant(value=str(one)), ast.Constant(value=str(many))]):
                            yield one, many
                        case _:
                            pass
        case [only]:
            yield from ((one, "") for one in _literals(only, names))
        case [one_of, many_of, *_]:
            yield from zip(_literals(one_of, names), _literals(many_of, names), strict=False)
        case _:
            pass


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return what the names of a module are assigned, wherever in it, and the tables that it imports."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(FLOORS):
            for each in node.names:
                if each.name.isupper():
                    found[each.asname or each.name] = _imported(node.module or "", each.name)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found.setdefault(node.target.id, []).append(node.value)
    return found


def _imported(module: str, name: str) -> list[ast.expr]:
    """Return what a name is assigned in another module of the program."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        path = path.with_suffix("") / "__init__.py"
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    if f"{name}:" not in source and f"{name} =" not in source:
        return []
    return _assigned(ast.walk(ast.parse(source))).get(name, [])


def _literals(
    node: ast.expr, names: dict[str, list[ast.expr]], within: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Return the literal texts that an expression may be."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.IfExp(body=body, orelse=other):
            yield from _literals(body, names, within)
            yield from _literals(other, names, within)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            for each in values:
                yield from _literals(each, names, within)
        case ast.Dict(values=values):
            for each in values:
                yield from _literals(each, names, within)
        case ast.Subscript(value=value) | ast.Starred(value=value):
            yield from _literals(value, names, within)
        case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get")):
            yield from _literals(table, names, within)
        case ast.Name(id=name) if name in names and name not in within:
            for each in names[name]:
                yield from _literals(each, names, within | {name})
        case _:
            pass


def texts_of_templates(source: str, path: str) -> Iterator[Text]:
    """Return the texts that the file of project templates says: every string but the codes of fields."""
    for template in tomllib.loads(source)["templates"]:
        for key, value in template.items():
            if key == "name":
                yield Text(value, "", "template", path, _MOST["Option", 1])
            elif key != "field":
                most = _MOST["Option", 2] if key == "title" else 0
                yield from (Text(words, "", "", path, most) for words in _strings(value))


def texts_of_rules(source: str, path: str) -> Iterator[Text]:
    """Return the texts that the file of the scope check's rules says, and the names of its rules."""
    for rule in tomllib.loads(source)["rules"]:
        yield Text(rule["id"].replace("-", " ").capitalize(), "", "rule", path, _MOST["Option", 1])
        yield Text(rule["checks"], "", "", path)
        yield Text(rule["reason"], "", "", path)
        yield Text(rule["advice"], rule.get("advice_many", ""), "", path)


def _strings(value: object) -> Iterator[str]:
    """Return the strings in a value of a data file, however deep."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _strings(each)
        case dict():
            for each in value.values():
                yield from _strings(each)


def every_text() -> list[Text]:
    """Return the texts of the whole program, by their files."""
    found: set[Text] = set()
    for data, read in ((TEMPLATES, texts_of_templates), (SCOPE_RULES, texts_of_rules)):
        found |= set(read(data.read_text(encoding="utf-8"), data.relative_to(ROOT).as_posix()))
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            where = path.relative_to(ROOT).as_posix()
            if where.startswith(_OPERATORS):
                continue
            found |= set(texts_of(path.read_text(encoding="utf-8"), where))
    return sorted(found, key=lambda text: (text.path, text.one, text.context))


def catalogue(texts: Iterable[Text], *, translated: bool = False) -> Catalog:
    """Return a catalogue of these texts; `translated` into the pseudo-language."""
    made = Catalog("en_XA" if translated else None, project="Stint", header_comment="# The texts of Stint.")
    for text in texts:
        key = (text.one, text.many) if text.many else text.one
        said = tuple(map(pseudo, key)) if isinstance(key, tuple) else pseudo(key)
        made.add(key, said if translated else None, [(text.path, 0)], context=text.context or None)
    return made


def pseudo(text: str) -> str:
    """Return an English text with marks around it and accents on its vowels; holes and commands stay."""
    pieces = _KEPT.split(text)
    words = "".join(piece if at % 2 else piece.translate(_ACCENTS) for at, piece in enumerate(pieces))
    start = re.match(r"(?:- |> )?(?:\*\*)?", words)
    lead = start.group() if start else ""
    return f"{lead}⟦{words[len(lead) :]}⟧"


def contents(made: Catalog) -> str:
    """Return a catalogue as a file, without what changes by itself: dates and lines."""
    out = BytesIO()
    write_po(out, made, sort_output=True, include_lineno=False, omit_header=True)
    return _HEADER + out.getvalue().decode()


_HEADER: Final = """# The texts of Stint: `make texts` writes this.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def main() -> None:
    """Write the template and the pseudo-language."""
    found = every_text()
    TEMPLATE.write_text(contents(catalogue(found)), encoding="utf-8")
    PSEUDO.write_text(contents(catalogue(found, translated=True)), encoding="utf-8")


if __name__ == "__main__":
    main()

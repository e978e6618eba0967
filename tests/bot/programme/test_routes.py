"""Stored strings and their handlers: what is made is served, and what is served is made or listed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from bot.chat.codec import Verb
from bot.chat.routes import Routes
from bot.programme import ROUTES
from bot.programme.core import verbs

BOT = Path(__file__).parents[3] / "bot"

NOT_MADE_ANY_MORE: Final[dict[str, str]] = {}
"""Verbs of buttons and kinds of timers that nothing makes any more, each with the reason why it stays routed.

Messages and timers that hold them are never rewritten. A verb comes in here when its last button goes.
"""

OF_THE_RUNTIME: Final = {verbs.WHICH}
"""Verbs that the runtime serves itself; those of forms and commands are in `bot.chat.codec`."""
READS: Final = {"read", "parse", "match", "begin", "fields"}
"""What is done with a verb without making a button."""


def served_verbs() -> set[str]:
    """Every verb that a button may have and a handler serves."""
    unowned = ROUTES.unowned or Routes()
    return ROUTES.buttons.keys() | unowned.buttons.keys()


def declared_verbs() -> dict[str, Verb]:
    """Every verb of the programme, by the name of its constant."""
    return {name: each for name, each in vars(verbs).items() if isinstance(each, Verb)}


def verbs_on_buttons() -> set[str]:
    """Every verb that a module makes a button or a select of, or gives to what does."""
    found = set()
    for source in sources():
        tables = {id(k) for node in ast.walk(source.tree) if isinstance(node, ast.Dict) for k in node.keys}
        read = {
            id(node.value)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and node.attr in READS
        }
        compared = {
            id(each)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Compare)
            for each in (node.left, *node.comparators)
        }
        found |= {
            node.attr
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute)
            and getattr(node.value, "id", "") == "verbs"
            and id(node) not in tables | read | compared
        }
    return {declared_verbs()[name] for name in found}


@dataclass
class Source:
    """A module of the core, parsed, and the strings that its names are bound to."""

    tree: ast.Module
    constants: dict[str, str]

    def string(self, node: ast.AST) -> str:
        """The string that an expression is: a literal, or a constant of this or another module; else ""."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.JoinedStr(values=[ast.Constant(value=str(begins)), *_]):
                return begins.partition(":")[0]
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self.constants.get(name) or (exported().get(name, "") if name in self.imported else "")
        return ""

    @cached_property
    def imported(self) -> set[str]:
        """Names that it has from other modules, and attributes of modules."""
        names = {
            alias.name for n in ast.walk(self.tree) if isinstance(n, ast.ImportFrom) for alias in n.names
        }
        return names | {n.attr for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)}


@cache
def sources() -> tuple[Source, ...]:
    """The modules of the core."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in BOT.rglob("*.py")]
    return tuple(Source(tree, dict(bound_in(tree))) for tree in trees)


def bound_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The constants of a module that are strings."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield target.id, value.value


@cache
def exported() -> dict[str, str]:
    """The constants of all modules that others may take."""
    return {name: value for source in sources() for name, value in source.constants.items() if name[0] != "_"}


def given_to(called: str, place: int, keyword: str = "") -> set[str]:
    """Every string that is an argument, by its place or keyword, where this is called."""
    found = set()
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and called in {
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            }:
                named = [each.value for each in node.keywords if each.arg == keyword]
                found |= {source.string(each) for each in (*node.args[place : place + 1], *named)}
    return found - {""}


def used() -> set[str]:
    """Every string that is used other than as the key of a table or the value of a constant."""
    found: set[str] = set()
    for source in sources():
        keys = {id(k) for node in ast.walk(source.tree) if isinstance(node, ast.Dict) for k in node.keys}
        bound = {id(getattr(node, "value", None)) for node in source.tree.body}
        found |= {source.string(node) for node in ast.walk(source.tree) if id(node) not in keys | bound}
    return found


def test_every_verb_has_a_route_and_every_route_a_button() -> None:
    """A declared verb is routed, and a routed one is on a button, or in the list with its reason."""
    declared = set(declared_verbs().values())
    assert len(declared) == len(declared_verbs())
    assert declared - OF_THE_RUNTIME == served_verbs()
    assert declared - verbs_on_buttons() == NOT_MADE_ANY_MORE.keys() & declared


def test_every_timer_that_is_set_has_a_handler() -> None:
    """A kind that is given to a timer is in the routes."""
    kinds = given_to("Remind", 2, "kind")
    assert len(kinds) > len(ROUTES.timers) / 2
    assert kinds <= ROUTES.timers.keys()


def test_every_timer_handler_has_something_that_sets_it_or_a_reason() -> None:
    """A kind of timer that is only a key of the routes is in the list, and nothing else is."""
    served = ROUTES.timers.keys()
    assert served - used() == NOT_MADE_ANY_MORE.keys() & served

"""Stored strings and their handlers: what is made is served, and what is served is made or listed."""

import ast
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.chat.codec import Verb
from bot.chat.routes import Routes
from bot.programme import ROUTES
from bot.programme.core import verbs
from bot.programme.core.timers import Timer
from tests.support.parsed import nodes, parsed

BOT = Path(__file__).parents[3] / "bot"

_WAITS = "Timers of earlier versions, which the steps of a wait have replaced"
NOT_MADE_ANY_MORE: Final[dict[str, str]] = {
    step.replaces: _WAITS for rule in ROUTES.waits.values() for step in rule.steps if step.replaces
}
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


def attributes_of(owner: str) -> set[str]:
    """The attributes of a module or class that are used other than to route, read or compare."""
    found = set()
    for source in sources():
        tables = {id(k) for node in nodes(source) if isinstance(node, ast.Dict) for k in node.keys}
        read = {
            id(node.value) for node in nodes(source) if isinstance(node, ast.Attribute) and node.attr in READS
        }
        compared = {
            id(each)
            for node in nodes(source)
            if isinstance(node, ast.Compare)
            for each in (node.left, *node.comparators)
        }
        found |= {
            node.attr
            for node in nodes(source)
            if isinstance(node, ast.Attribute)
            and getattr(node.value, "id", "") == owner
            and id(node) not in tables | read | compared
        }
    return found


def verbs_on_buttons() -> set[str]:
    """Every verb that a module makes a button or a select of, or gives to what does."""
    return {declared_verbs()[name] for name in attributes_of("verbs")}


@cache
def sources() -> tuple[ast.Module, ...]:
    """The modules of the core, parsed."""
    return tuple(parsed(path.read_text(encoding="utf-8")) for path in BOT.rglob("*.py"))


def test_every_verb_has_a_route_and_every_route_a_button() -> None:
    """A declared verb is routed, and a routed one is on a button, or in the list with its reason."""
    declared = set(declared_verbs().values())
    assert len(declared) == len(declared_verbs())
    assert declared - OF_THE_RUNTIME == served_verbs()
    assert declared - verbs_on_buttons() == NOT_MADE_ANY_MORE.keys() & declared


def test_every_kind_of_timer_has_a_handler_and_is_set() -> None:
    """A declared kind is routed, and a routed one is set, or in the list with its reason."""
    assert set(Timer) == ROUTES.timers.keys()
    replaced = {step.replaces for rule in ROUTES.waits.values() for step in rule.steps}
    made = {Timer[name] for name in attributes_of("Timer")} - replaced
    made |= {Timer(f"wait.{kind}") for kind in ROUTES.waits}
    assert set(Timer) - made == NOT_MADE_ANY_MORE.keys() & set(Timer)


def test_handlers_are_named_for_their_event() -> None:
    """A handler's name ends with what it handles; one of two events has the name of either."""
    ends = {
        "_command": [handler for _, handler in ROUTES.commands],
        "_pressed": list(ROUTES.buttons.values()),
        "submitted": [route.completed for route in ROUTES.forms.values()],
        "_due": list(ROUTES.timers.values()),
    }
    names = {end: {inner(handler).__name__ for handler in handlers} for end, handlers in ends.items()}
    of_two = {"too_late"} | names["_pressed"] & names["_command"]
    assert {
        name for end, found in names.items() for name in found - of_two if not name.endswith(end)
    } == set()


def inner(handler: Any) -> Any:  # noqa: ANN401 - a function, or one with some arguments given
    """The function that handles."""
    return inner(handler.func) if hasattr(handler, "func") else handler

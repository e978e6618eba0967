"""Every kind of message that the bot owes: what knows whether it still holds, or why it always does."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from sqlalchemy import select

import bot
from bot.chat.codec import Codec, head_of
from bot.chat.content import message
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.translation import translated
from bot.programme import ROUTES
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.runtime import conversations, stored_responses
from storage.tables import Application, Milestone, Placement, Project
from tests.support.in_memory import begun, in_memory
from tests.support.parsed import nodes, parsed
from tests.support.projects import seed_applications, turn_of
from tests.support.stage import MONDAY

KNOWN: Final = {**ROUTES.messages, **conversations.messages_of({}), **stored_responses.MESSAGES}
"""What is known of messages, as a running bot has it."""

ASKED: Final = {
    "accepted": {"milestone"},
    "admitted": {"membership"},
    "applicant": {"applicant"},
    "application": {"application", "offer"},
    "aside": {"talk.aside"},
    "away": {"away"},
    "back": {"channel.word"},
    "card": {"card"},
    "case": {"case"},
    "case-ended": {"case"},
    "case-late": {"case"},
    "change-decided": {"project.decided"},
    "changes": {"milestone"},
    "closing": {"placement.closing"},
    "company-part": {"company.part"},
    "completed": {"placement.line"},
    "coordinator": {"coordinator"},
    "coordinator-asked": {"coordinator"},
    "coordinator-back": {"coordinator"},
    "coordinator-no": {"coordinator"},
    "digest": {"digest"},
    "draft-closed": {"application.closed"},
    "earlier": {"milestone.date"},
    "ended": {"placement.ended"},
    "farewell": {"farewell"},
    "file": {"file"},
    "hello": {"channel.word"},
    "joined": {"application", "space.joined"},
    "kept": {"milestone.date"},
    "kickoff": {"kickoff"},
    "late": {"answer"},
    "letter": {"letter"},
    "letter-waits": {"letter.waits"},
    "mentor": {"mentor"},
    "list": {"digest"},
    "moved": {"milestone.date"},
    "not-selected": {"application", "offer"},
    "notices": {"notices"},
    "offer": {"application", "offer"},
    "offer-changed": {"application", "offer"},
    "offer-expired": {"application", "offer"},
    "owner": {"project.owner"},
    "project": {"project.decided"},
    "project-changed": {"project.changed"},
    "reach-call": {"reach.call"},
    "refused": {"membership"},
    "reply": {"answer"},
    "report": {"report", "report.answer", "report.late"},
    "role-taken": {"employer.removed"},
    "staff": {"staff.hello"},
    "talk": {"talk"},
    "task": {"tasks.item"},
    "tasks": {"tasks"},
    "terms": {"terms.change"},
    "trouble": {"checkin.trouble"},
    "welcome": {"invitation"},
    "worry": {"mentor.worry"},
}
"""By what its key begins with: the kinds of a message, whose routes say whether it still holds."""

ALWAYS: Final = {
    "linked": "A warning for whoever owns one of two accounts that were linked, whatever happened since.",
    "edit": "A change says what is so of a message that is there; a newer one takes its place.",
}
"""By what its key begins with: why a message always holds."""


@dataclass(frozen=True)
class Owed:
    """A place in the code where a message is owed: by what its key begins with, and its kinds."""

    where: str
    beginnings: frozenset[str]
    kinds: frozenset[str]


class Code:
    """The functions of the core and of the runtime, and what their expressions can be."""

    def __init__(self) -> None:
        self.functions: list[tuple[ModuleType, ast.FunctionDef]] = []
        self.calls: dict[str, list[tuple[ModuleType, ast.FunctionDef, ast.Call]]] = {}
        root = Path(bot.__file__).parent
        for path in sorted((*root.glob("programme/**/*.py"), *root.glob("runtime/*.py"))):
            dotted = ".".join(("bot", *path.relative_to(root).with_suffix("").parts)).removesuffix(
                ".__init__"
            )
            module = importlib.import_module(dotted)
            for node in nodes(parsed(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    self._take(module, node)

    def _take(self, module: ModuleType, function: ast.FunctionDef) -> None:
        self.functions.append((module, function))
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                self.calls.setdefault(name, []).append((module, function, node))

    def values(self, module: ModuleType, function: ast.FunctionDef, value: ast.expr) -> Iterator[str]:
        """What an expression begins with, by every way to it that is in the code."""
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=[ast.FormattedValue(value=first), *_]):
                yield from self.values(module, function, first)
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                yield text
            case ast.IfExp():
                yield from self.values(module, function, value.body)
                yield from self.values(module, function, value.orelse)
            case ast.BoolOp():
                for each in value.values:
                    yield from self.values(module, function, each)
            case ast.Subscript():
                yield from self.values(module, function, value.value)
            case ast.Name(id=name):
                yield from self._named(module, function, name)
            case ast.Call(func=function_called):
                called = _object(module, function_called)
                if isinstance(called, Codec):
                    yield str(called)
                else:
                    yield from self._returned(called)
            case _:
                yield str(eval(ast.unparse(value), vars(module)))  # noqa: S307 - a constant of our own modules

    def _returned(self, called: object) -> Iterator[str]:
        """What a function of ours returns."""
        for module, function in self.functions:
            if vars(module).get(function.name) is called:
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield from self.values(module, function, node.value)

    def _named(self, module: ModuleType, function: ast.FunctionDef, name: str) -> Iterator[str]:
        """What a variable of a function, one of its parameters or a constant of its module can be."""
        assigned = [each for each in _assigned(function, name) if not _names(each, name)]
        for each in assigned:
            yield from self.values(module, function, each)
        places = [each.arg for each in function.args.args]
        parameters = [*places, *(each.arg for each in function.args.kwonlyargs)]
        if not assigned and name not in parameters:
            yield str(vars(module)[name])
        if name in parameters and not assigned:
            for at, within, call in self.calls.get(function.name, []):
                if _object(at, call.func) is not vars(module).get(function.name):
                    continue
                given = _argument(call, name, places.index(name) if name in places else len(call.args))
                if given is not None:
                    yield from self.values(at, within, given)

    def owed(self) -> Iterator[Owed]:
        """Every message that is owed: by a Post, or as a row of the outbox."""
        for module, function in self.functions:
            for node in ast.walk(function):
                parts = _post(node) or (_row(node) if module.__name__.startswith("bot.runtime") else None)
                if parts is None:
                    continue
                key, kind = parts
                begins = {head_of(each) for each in self.values(module, function, key)}
                kinds = set(self.values(module, function, kind)) if kind is not None else set()
                where = f"{module.__name__}:{node.lineno}"  # type: ignore[attr-defined] # a call or a dict
                yield Owed(where, frozenset(begins), frozenset(kinds - {""}))


def _object(module: ModuleType, value: ast.expr) -> object:
    """Return what a name or an attribute means in a module; a new object for what is none of them there."""
    try:
        return eval(ast.unparse(value), vars(module))  # noqa: S307 - a name in our own modules
    except (AttributeError, NameError):
        return object()


def _names(value: ast.expr, name: str) -> bool:
    """Whether an expression is made of the variable itself: what it begins with is what it was before."""
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (value for each, value in pairs if getattr(each, "id", "") == name)


def _argument(call: ast.Call, name: str, at: int) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == name), None)
    return named if named is not None else call.args[at] if len(call.args) > at else None


def _post(node: ast.AST) -> tuple[ast.expr, ast.expr | None] | None:
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Post":
        return None
    key = _argument(node, "key", 2)
    assert key is not None
    return key, _argument(node, "kind", 6)


def _row(node: ast.AST) -> tuple[ast.expr, ast.expr | None] | None:
    if not isinstance(node, ast.Dict):
        return None
    parts = {
        each.value: value
        for each, value in zip(node.keys, node.values, strict=True)
        if isinstance(each, ast.Constant)
    }
    if not {"key", "message"} <= parts.keys() or isinstance(parts["key"], ast.Attribute):  # a Post's own key
        return None
    return parts["key"], parts.get("kind")


@cache
def owed() -> tuple[Owed, ...]:
    """What the core owes, looked for once."""
    return tuple(Code().owed())


def test_every_message_has_a_route_or_a_reason() -> None:
    """Each new key of a message is in one of the two tables: what asks it, or why it always holds."""
    asked: dict[str, set[str]] = {}
    for each in owed():
        for begins in each.beginnings:
            if each.kinds:
                asked.setdefault(begins, set()).update(each.kinds)
            else:
                assert begins in ALWAYS, each
    assert asked == ASKED
    assert not ASKED.keys() & ALWAYS.keys()


def test_every_kind_of_a_message_has_its_route() -> None:
    """A kind that is given to a message is asked, and a route is for messages that there are."""
    assert set().union(*ASKED.values()) == KNOWN.keys()


def test_a_message_without_a_route_is_found() -> None:
    """The search sees a key that is put together, given by a caller, or made by another function."""
    owed = {each.where.rpartition(":")[0]: each for each in Code().owed()}
    assert owed["bot.programme.accounts.linking"].kinds == frozenset()
    assert owed["bot.programme.applications.news"].beginnings >= {"offer", "not-selected", "application"}
    assert owed["bot.runtime.file_delivery"].beginnings == {"file"}


CALLED: Final = {
    "answer": "An answer",
    "card": "The card of a project",
    "channel.word": "A note that projects come to a channel",
    "coordinator": "A note on who is a coordinator",
    "digest": "The digest",
    "file": "A file",
    "membership": "A note of an admission to a cohort",
    "reach.call": "A line that calls a person",
    "space.joined": "A note that another {space} has joined",
    "staff.hello": "My greeting",
    "talk": "A question of a form that was begun",
    "talk.aside": "A note that a draft waits",
    "tasks": "The list of tasks",
}


@pytest.mark.parametrize("kind", CALLED)
def test_a_message_of_which_nothing_may_be_said_is_called_by_its_kind(kind: str) -> None:
    """For a coordinator's task; the others are called by the project or the person that they are about."""
    called = KNOWN[kind].named
    assert called is not None
    with begun() as turn:
        assert ENGLISH.text(called(turn, "1")) == CALLED[kind]


@pytest.fixture
def working() -> Iterator[Turn]:
    """A coordinator's turn in a programme in which a student works on a project."""
    with in_memory() as work:
        seed_applications(work, 1)
        project = work.session.scalars(select(Project)).one()
        application = work.session.scalars(select(Application)).one()
        day = {"due_at": MONDAY + timedelta(days=30)}
        placement = Placement(
            programme_id=project.programme_id,
            project_id=project.id,
            application_id=application.id,
            person_id=application.person_id,
            status="active",
            starts_at=MONDAY,
            created_at=MONDAY,
            **day,
        )
        work.session.add(placement)
        work.session.flush()
        milestone = Milestone(
            programme_id=project.programme_id,
            placement_id=placement.id,
            position=1,
            title="A map",
            status="open",
            **day,
        )
        work.session.add(milestone)
        work.session.flush()
        yield turn_of(work)


ABOUT_ONE: Final = {
    "applicant": ("1", "An application: Person 1"),
    "application": (subjects.OF_APPLICATION(1, "submitted"), "News of an application to **{title}**"),
    "kickoff": ("1", "All that is needed to begin: **{title}**"),
    "milestone": (subjects.OF_WORK(1, "handed_in", 1), "News about **A map**"),
    "milestone.date": (subjects.OF_DATE(1, "x", None), "News about **A map**"),
    "placement.closing": (subjects.OF_CLOSING(1, 1), "The closing message: **{title}**"),
    "placement.ended": (subjects.OF_END(1, 1, None), "The end: **{title}**"),
    "placement.line": ("1", "The end: **{title}**"),
    "project.changed": ("1", "A change: **{title}**"),
    "project.decided": (subjects.OF_DECISION(1, "open"), "The coordinators' answer about **{title}**"),
    "terms.change": (subjects.OF_TERMS(1, 1), "A question about other terms: **{title}**"),
}
"""By the kind of a message its subject, and what a coordinator's task calls it."""


@pytest.mark.parametrize("kind", ABOUT_ONE)
def test_a_message_is_called_by_what_it_is_about(working: Turn, kind: str) -> None:
    """A coordinator reads which message did not arrive, by its project, its deliverable or its student."""
    subject, called = ABOUT_ONE[kind]
    named = KNOWN[kind].named
    assert named is not None
    title = working.session.scalars(select(Project.title)).one()
    said = plain_text(translated(message(named(working, subject)), ENGLISH))
    assert said == called.replace("**", "").format(title=title)

"""Slash commands as data: one CommandSpec each, from which help, completion and registration are made.

`parse_command` reads a line as people type it, kindly; platforms with typed options skip it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rapidfuzz import fuzz

from bot.chat.answers import Option
from bot.chat.events import UserRef, parse_destination
from bot.chat.language import as_text
from bot.chat.sentences import Command, Names, Sentence, say

__all__ = [
    "ONE_FOR_ALL",
    "Argument",
    "CommandSpec",
    "MisreadCommand",
    "find_commands",
    "nearest_commands",
    "parse_command",
    "usage",
    "what_it_lacks",
    "without_one_for_all",
]

ONE_FOR_ALL: Final = "stint"
"""The command that may come before every other: `/stint project post` is `/project post`."""

_ALIKE: Final = 60
"""Likeness (of 100) to a command's name from which what is typed is taken for it."""
_AS_LIKELY: Final = 15
"""Likeness (of 100) that another name may lack to the nearest and still be named beside it."""

_CURLY: Final = re.compile(r"(?<=[:=])[“„”]([^“„”\"]*)[“”]")
"""An option's value in the quotes that a phone makes of straight ones."""

_NOT_PLAIN: Final = re.compile(r"[@/,;]")
"""Characters that no word of a name has: with them it is a person, or part of a list."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One typed option of a command.

    Attributes:
        kind: what it holds: words, a number, a person (as `str(UserRef)`), a channel (as `str(Place)`),
            a group (an id as in `Event.groups`), yes or no, or one of `choices`.
        suggests: autocomplete asks for it by a Suggest event.
        rest: it takes the rest of the line, without a name.
        spread: typed without quotes in a line, it takes the plain words after it too: `company:Acme Maps`.
        writes: with it, a command that otherwise only `reads` changes something.
    """

    name: str
    summary: str
    kind: Literal["text", "number", "person", "channel", "group", "yes_no", "choice"] = "text"
    required: bool = False
    choices: tuple[Option, ...] = ()
    suggests: bool = False
    rest: bool = False
    spread: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A slash command.

    Attributes:
        path: ("project", "post") is `/project post`.
        summary: one line, at most 100 characters (Discord's limit).
        allowed: the roles that may use it; empty is all. `example`: a line a person could type.
        managed: people who manage the space (Right "manage") may use it too.
        needs_groups: it is about groups of a space, so it is offered only where a space has such.
        where: "space" needs a channel of a space, "dm" a direct message, "any" both.
        reads: its handler only reads, so no turn that writes waits for it; see `Turn.before_writing`.
    """

    path: tuple[str, ...]
    summary: str
    arguments: tuple[Argument, ...] = ()
    allowed: frozenset[str] = field(default_factory=frozenset)
    example: str = ""
    managed: bool = False
    needs_groups: bool = False
    where: Literal["any", "space", "dm"] = "any"
    reads: bool = False

    @property
    def name(self) -> str:
        """Return the command as it is typed: `/project post`."""
        return "/" + " ".join(self.path)

    def only_reads(self, options: Collection[str]) -> bool:
        """Tell whether the command changes nothing when it is used with these options."""
        return self.reads and not any(each.writes and each.name in options for each in self.arguments)


class MisreadCommand(ValueError):
    """The line is no command of ours; `reason` says what to type, `near` are the closest specs."""

    def __init__(self, reason: Sentence, near: Sequence[CommandSpec] = ()) -> None:
        super().__init__(as_text(reason))
        self.reason = reason
        self.near = tuple(near)


def usage(spec: CommandSpec) -> str:
    """Show how the command is typed: `/project list [words] [paid:yes/no]`."""
    return " ".join([spec.name, *(_argument_usage(argument) for argument in spec.arguments)])


def _argument_usage(argument: Argument) -> str:
    if argument.rest:
        shown = argument.name
    elif argument.choices:
        shown = f"{argument.name}:{'/'.join(o.value for o in argument.choices)}"
    elif argument.kind == "yes_no":
        shown = f"{argument.name}:yes/no"
    else:
        shown = f"{argument.name}:…"
    return f"<{shown}>" if argument.required else f"[{shown}]"


def find_commands(specs: Iterable[CommandSpec], typed: str) -> list[CommandSpec]:
    """Return the commands that begin with what is typed so far, for completion; ordered as given."""
    words = typed.strip().removeprefix("/").split()
    open_word = not typed.endswith(" ")
    found = []
    for spec in specs:
        head, last = (words[:-1], words[-1]) if words and open_word else (words, "")
        if list(spec.path[: len(head)]) == head and (
            len(spec.path) <= len(head) or spec.path[len(head)].startswith(last)
        ):
            found.append(spec)
    return found


def parse_command(specs: Sequence[CommandSpec], line: str) -> tuple[CommandSpec, dict[str, str]]:
    """Return the command that a typed line means, and its options by name.

    Options are `name:value` or `name=value` (quotes allowed); @person and #channel need no name, nor
    does the one that takes the rest. A leading slash may be missing, and ONE_FOR_ALL may come first. After
    a slash it may also be missing where it belongs, so that `/help` is `/stint help`.

    Raises:
        MisreadCommand: unknown command, unknown option, or a required one is missing.
    """
    slashed = line.strip().startswith("/")
    line = without_one_for_all(specs, line)
    spec = _beginning(specs, line)
    if spec is None and slashed and (spec := _beginning(specs, f"{ONE_FOR_ALL} {line}")):
        line = f"{ONE_FOR_ALL} {line}"
    if spec is None:
        raise _unknown(specs, line.split())
    rest = line
    for word in spec.path:
        rest = rest.lstrip()[len(word) :]
    return spec, _options(spec, rest.strip())


def _beginning(specs: Sequence[CommandSpec], line: str) -> CommandSpec | None:
    """Return the command with whose name a line begins, the longest if there are several."""
    words = [word.lower() for word in line.split()]
    fitting = (spec for spec in specs if words[: len(spec.path)] == list(spec.path))
    return max(fitting, key=lambda spec: len(spec.path), default=None)


def without_one_for_all(specs: Sequence[CommandSpec], line: str) -> str:
    """Return the line without its slash, and without ONE_FOR_ALL where another command follows that."""
    bare = line.strip().removeprefix("/")
    first, _, rest = bare.partition(" ")
    second = rest.split(maxsplit=1)[0].lower() if rest.strip() else ""
    own = {spec.path[1] for spec in specs if spec.path[0] == ONE_FOR_ALL and len(spec.path) > 1}
    others = {spec.path[0] for spec in specs} - {ONE_FOR_ALL}
    return rest.strip() if first.lower() == ONE_FOR_ALL and second in others - own else bare


def nearest_commands(specs: Sequence[CommandSpec], line: str) -> list[CommandSpec]:
    """Return the commands whose names are most like a line's beginning, the nearest first; at most three."""
    words = [word.lower() for word in without_one_for_all(specs, line).split()]
    if words[:1] == [ONE_FOR_ALL]:
        words = words[1:]
    found: dict[str, float] = {}
    for spec in specs:
        its = list(spec.path[1:] if spec.path[0] == ONE_FOR_ALL else spec.path)
        typed = words[: len(its)]
        if len(its) > 1 and typed[:1] == its[:1]:  # what is right already says nothing of the rest
            typed, its = typed[1:], its[1:]
        alike = fuzz.ratio(" ".join(typed), " ".join(its))
        if typed and alike >= _ALIKE:
            found[spec.name] = alike
    by_name = {spec.name: spec for spec in specs}
    likely = [name for name in found if found[name] > max(found.values()) - _AS_LIKELY]
    return [by_name[name] for name in sorted(likely, key=lambda name: -found[name])[:3]]


def _unknown(specs: Sequence[CommandSpec], words: list[str]) -> MisreadCommand:
    near = nearest_commands(specs, " ".join(words))
    if (near and len(words) > 1) or (near and near[0].path[0] != words[0].lower()):
        nearest = Command(near[0].name)
        return MisreadCommand(say("There is no such command. Did you mean {command}?", command=nearest), near)
    family = [s for s in specs if words and s.path[0] == words[0].lower()]
    if family:
        names = Names(tuple(s.name for s in family), "or")
        return MisreadCommand(say("Which one do you mean: {commands}?", commands=names), family)
    return MisreadCommand(say("There is no such command. `/stint help` lists what you can do here."))


def _options(spec: CommandSpec, rest: str) -> dict[str, str]:
    by_name = {argument.name: argument for argument in spec.arguments}
    rest_argument = next((a for a in spec.arguments if a.rest), None)
    options: dict[str, str] = {}
    loose: list[str] = []
    rest = _CURLY.sub(r'"\1"', rest)
    if rest_argument and sum(a.kind == "person" for a in spec.arguments) > 1 and _are_rows(rest):
        return {rest_argument.name: rest}
    goes_on = ""  # the option that plain words after it belong to
    for word in _words(rest):
        name, separator, value = _named(word)
        if separator and name in by_name:
            options[name] = value
            goes_on = name if by_name[name].spread and not _is_quoted(name, rest) else ""
        elif mentioned := _mentioned(spec, word, options):
            options[mentioned] = word.rstrip(",;")
            goes_on = ""
        elif goes_on and not _NOT_PLAIN.search(word):
            options[goes_on] = f"{options[goes_on]} {word}".strip()
        else:
            loose.append(word)
            goes_on = ""
    if loose and rest_argument is None:
        reason = say(
            "I do not know what to do with “{words}”. It is typed like this: {usage}",
            words=" ".join(loose),
            usage=Command(usage(spec)),
        )
        raise MisreadCommand(reason, [spec])
    if loose and rest_argument:
        options[rest_argument.name] = " ".join(loose)
    if lacks := what_it_lacks(spec, options):
        raise MisreadCommand(lacks, [spec])
    return options


def _are_rows(rest: str) -> bool:
    """Tell whether a line is rows: a person, a comma, and words that are no person and no option."""
    first, _, after = rest.partition(",")
    following = after.split(maxsplit=1)[:1]
    named = "@" in first and len(first.split()) == 1
    return named and following != [] and "@" not in following[0] and not {":", "="} & {*after}


def what_it_lacks(spec: CommandSpec, options: Mapping[str, str]) -> Sentence | None:
    """Say which options a command also needs; None where it has all of them."""
    missing = [a.name for a in spec.arguments if a.required and a.name not in options]
    if not missing:
        return None
    return say(
        "{command} also needs: {options}. It is typed like this: {usage}",
        command=Command(spec.name),
        options=Names(tuple(missing)),
        usage=Command(usage(spec)),
    )


def _is_quoted(name: str, rest: str) -> bool:
    """Tell whether an option's value is in quotes in the typed line."""
    return re.search(rf'(?<!\S){re.escape(name)}[:=]"', rest, re.IGNORECASE) is not None


def _mentioned(spec: CommandSpec, word: str, options: dict[str, str]) -> str:
    """Return the option that a bare @person or #channel fills: the first of its kind that is still empty."""
    kind = {"@": "person", "#": "channel"}.get(word[:1]) or _destination_kind(word)
    fitting = (a.name for a in spec.arguments if a.kind == kind and a.name not in options)
    return next(fitting, "")


def _destination_kind(word: str) -> str | None:
    """Return the kind of a destination in words, as adapters write a mentioned person or channel."""
    try:
        return "person" if isinstance(parse_destination(word), UserRef) else "channel"
    except ValueError:
        return None


def _words(rest: str) -> list[str]:
    try:
        lexer = shlex.shlex(rest, posix=True)
        lexer.whitespace_split = True
        lexer.quotes = '"'
        lexer.commenters = ""
        lexer.escape = ""
        return list(lexer)
    except ValueError:  # a quote that is never closed: take the words unchanged
        return rest.split()


def _named(word: str) -> tuple[str, str, str]:
    cut = min((i for i in (word.find(":"), word.find("=")) if i > 0), default=-1)
    if cut < 0:
        return "", "", word
    return word[:cut].lower(), word[cut], word[cut + 1 :]

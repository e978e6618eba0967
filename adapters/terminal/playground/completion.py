"""Completion of a line that begins with a slash: commands, options, values, and help meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.terminal.files import paths_like
from adapters.terminal.workspace import Workspace
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec, find_commands, usage
from bot.chat.language import as_text

__all__ = ["ATTACH", "Completion", "Offer", "Wanted", "complete", "offers_of"]

ATTACH: Final = CommandSpec(
    ("attach",),
    "Attach a file of this machine to what you write next",
    (Argument("path", "where it is", rest=True),),
    example="/attach ~/report.pdf",
)
"""A command of the playground itself; the bot never receives it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal for the line: how it is shown, what it is, and the whole line once it is taken."""

    label: str
    detail: str
    line: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for values that only the bot can offer. `before` is the line up to the value."""

    spec: CommandSpec
    option: Argument
    typed: str
    before: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The help for the line in its present state.

    Attributes:
        usage: how the command is typed, `about`: what it, or the option being typed, is for.
        offers: proposals. `wanted`: further proposals to ask the bot for.
        whole: the line names a command, so it can be sent.
    """

    usage: str = ""
    about: str = ""
    offers: tuple[Offer, ...] = ()
    wanted: Wanted | None = None
    whole: bool = False


def complete(line: str, commands: Sequence[CommandSpec], world: Workspace) -> Completion:
    """Return help for a line that is being typed; nothing for a line that is no command."""
    if not line.startswith("/") or "\n" in line:
        return Completion()
    known = (*commands, ATTACH)
    spec = _spec_of(line, known)
    if spec is None or line == spec.name:
        return _commands(line, known, whole=spec is not None)
    if spec is ATTACH:
        return _paths(line)
    rest = line[len(spec.name) :]
    start = _token_start(rest)
    before, token = line[: len(spec.name) + start], rest[start:]
    name, colon, value = token.partition(":")
    option = next((a for a in spec.arguments if colon and a.name == name.lower()), None)
    if option is not None:
        return _values(spec, option, f"{before}{name}:", value.strip('"'), world)
    return _names(spec, before, token, rest)


def offers_of(wanted: Wanted, options: Iterable[Option]) -> tuple[Offer, ...]:
    """Return the bot's answers to what was wanted, as proposals."""
    quote = not wanted.option.rest
    return tuple(
        Offer(
            as_text(o.label),
            as_text(o.description),
            f"{wanted.before}{_quoted(o.value) if quote else o.value} ",
        )
        for o in options
    )


def _spec_of(line: str, commands: Sequence[CommandSpec]) -> CommandSpec | None:
    """Return the longest command that the line names in full."""
    named = [
        spec for spec in commands if line.lower() == spec.name or line.lower().startswith(spec.name + " ")
    ]
    return max(named, key=lambda spec: len(spec.path), default=None)


def _commands(line: str, commands: Sequence[CommandSpec], *, whole: bool) -> Completion:
    found = find_commands(commands, line.lower())
    offers = tuple(Offer(s.name, s.summary, s.name + (" " if s.arguments else "")) for s in found)
    if len(found) != 1:
        return Completion(offers=offers, whole=whole)
    return Completion(usage(found[0]), _about(found[0]), offers, whole=whole)


def _paths(line: str) -> Completion:
    before = f"{ATTACH.name} "
    paths = paths_like(line[len(before) :])
    offers = tuple(Offer(path, "", before + path) for path in paths)
    return Completion(usage(ATTACH), ATTACH.summary, offers, whole=True)


def _values(spec: CommandSpec, option: Argument, before: str, typed: str, world: Workspace) -> Completion:
    wanted = Wanted(spec, option, typed, before) if option.suggests else None
    offers = tuple(
        Offer(label, detail, f"{before}{_quoted(value)} ")
        for value, label, detail in _known_values(option, world)
        if typed.casefold() in f"{value} {label}".casefold()
    )
    return Completion(usage(spec), f"{option.name}: {option.summary}", offers, wanted, whole=True)


def _known_values(option: Argument, world: Workspace) -> list[tuple[str, str, str]]:
    if option.choices:
        return [
            (choice.value, as_text(choice.label), as_text(choice.description)) for choice in option.choices
        ]
    if option.kind == "yes_no":
        return [("yes", "yes", ""), ("no", "no", "")]
    if option.kind == "person":
        return [(f"@{a.id}", a.name, a.about) for a in world.accounts.values()]
    if option.kind == "channel":
        return [(f"#{c.name}", f"#{c.name}", "") for c in world.channels.values()]
    return []


def _names(spec: CommandSpec, before: str, token: str, rest: str) -> Completion:
    """Return unused options whose name begins with the word, and values of options that need no name."""
    given = {word.partition(":")[0].lower() for word in rest.split() if ":" in word}
    offers = tuple(
        Offer(f"{option.name}:", option.summary, f"{before}{option.name}:")
        for option in spec.arguments
        if not option.rest and option.name not in given and option.name.startswith(token.lower())
    )
    loose = next((option for option in spec.arguments if option.rest and option.suggests), None)
    wanted = None
    if loose and not given:
        wanted = Wanted(spec, loose, rest.strip(), f"{spec.name} ")
    return Completion(usage(spec), _about(spec), offers, wanted, whole=True)


def _about(spec: CommandSpec) -> str:
    if not spec.allowed:
        return spec.summary
    return f"{spec.summary} (for {' and '.join(f'{role}s' for role in sorted(spec.allowed))})"


def _token_start(rest: str) -> int:
    """Return where the word that is being typed begins; a quotation counts as one word."""
    start, quoted = len(rest), False
    for position, character in enumerate(rest):
        if character == '"':
            quoted = not quoted
        if character == " " and not quoted:
            start = position + 1
        elif start == len(rest):
            start = position
    return start


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value

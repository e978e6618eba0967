"""CommandSpecs as Discord's slash commands: their registration, and the reading of a used command.

What a command and its options are for is said in each language that there is a catalogue of. The names that
are typed stay English, as every text of the bot and every guide names them so, on every platform.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.events import Place, UserRef
from bot.chat.language import ENGLISH, as_text
from bot.chat.languages import language_for
from bot.chat.sentences import Wording, say

__all__ = ["PLATFORM", "TEXT_CHANNELS", "commands_of", "read_command", "same_commands"]

PLATFORM: Final = "discord"

_SUB, _GROUP = 1, 2
_TYPES: Final = {
    "text": 3,
    "choice": 3,
    "number": 4,
    "yes_no": 5,
    "person": 6,
    "channel": 7,
    "group": 8,
}
_CONTEXTS: Final = {"any": {0, 1}, "space": {0}, "dm": {1}}
TEXT_CHANNELS: Final = (0, 5)
"""Text and announcement channels (docs.discord.com/developers/resources/channel)."""

LOCALES: Final = tuple(
    """
    id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th
    zh-CN ja zh-TW ko
    """.split()
)
"""The languages that Discord's clients have (docs.discord.com/developers/reference#locales)."""

_MENTION: Final = re.compile(r"<(@|#)!?(\d+)>")
_QUOTED: Final = re.compile(r'["“„]([^"“”„]*)["”“]')
_MOST_CHARACTERS: Final = 100
"""Characters of a description."""


def commands_of(specs: Sequence[CommandSpec]) -> list[dict[str, Any]]:
    """Return the commands as they are registered, grouped by their first word."""
    ordered = sorted(specs, key=lambda spec: spec.path[0])
    return [_root(name, list(family)) for name, family in groupby(ordered, key=lambda spec: spec.path[0])]


def _root(name: str, family: Sequence[CommandSpec]) -> dict[str, Any]:
    contexts = sorted(set().union(*(_CONTEXTS[spec.where] for spec in family)))
    made: dict[str, Any] = {"name": name, "type": 1, "contexts": contexts, "integration_types": [0]}
    if len(family) == 1 and len(family[0].path) == 1:
        [spec] = family
        return made | _description(spec.summary) | {"options": _options(spec)}
    deeper = [spec for spec in family if len(spec.path) == 2]  # noqa: PLR2004 - a word and its subcommand
    subs = [
        {"type": _SUB, "name": s.path[1], **_description(s.summary), "options": _options(s)} for s in deeper
    ]
    return made | _description(say("Everything about {command}", command=f"/{name}")) | {"options": subs}


def _description(words: Wording) -> dict[str, Any]:
    """Return a description in English, and in the languages of Discord's that have a catalogue."""
    made: dict[str, Any] = {"description": as_text(words)[:_MOST_CHARACTERS]}
    if said := _localized(words):
        made["description_localizations"] = said
    return made


def _localized(words: Wording) -> dict[str, str]:
    languages = {locale: language_for(locale) for locale in LOCALES}
    known = {locale: language for locale, language in languages.items() if language.tag != ENGLISH.tag}
    return {locale: language.text(words)[:_MOST_CHARACTERS] for locale, language in known.items()}


def _options(spec: CommandSpec) -> list[dict[str, Any]]:
    """Return the options, the required ones first, as Discord demands."""
    return [_option(each) for each in sorted(spec.arguments, key=lambda each: not each.required)]


def _option(argument: Argument) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": _TYPES[argument.kind],
        "name": argument.name,
        **_description(argument.summary),
        "required": argument.required,
    }
    if argument.choices:
        made["choices"] = [_choice(each) for each in argument.choices]
    if argument.suggests:
        made["autocomplete"] = True
    if argument.kind == "channel":
        made["channel_types"] = list(TEXT_CHANNELS)
    return made


def _choice(option: Option) -> dict[str, Any]:
    made: dict[str, Any] = {"name": as_text(option.label)[:_MOST_CHARACTERS], "value": option.value}
    if said := _localized(option.label):
        made["name_localizations"] = said
    return made


def same_commands(ours: Any, theirs: Any) -> bool:  # noqa: ANN401 - as JSON has it
    """Return whether Discord's commands say all that these say; Discord adds ids and defaults."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(
            same_commands(value, _given(theirs.get(key), value)) for key, value in ours.items()
        )
    if isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            return False
        by_name = {each["name"]: each for each in theirs if isinstance(each, dict) and "name" in each}
        return all(
            same_commands(each, by_name.get(each["name"]) if by_name and isinstance(each, dict) else other)
            for each, other in zip(ours, theirs, strict=True)
        )
    return bool(ours == theirs)


def _given(theirs: Any, ours: Any) -> Any:  # noqa: ANN401 - as JSON has it
    """Return what Discord has; what it leaves out, or has as null, is nothing of that kind."""
    return type(ours)() if theirs is None else theirs


def read_command(data: Mapping[str, Any], guild: str) -> tuple[tuple[str, ...], dict[str, str], str]:
    """Read a used command: its path, its options in the core's names, and the option being typed ("")."""
    path = [str(data["name"])]
    options = data.get("options") or ()
    while options and options[0]["type"] in (_SUB, _GROUP):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or ()
    values = {str(each["name"]): _value(each, guild) for each in options}
    typed = next((str(each["name"]) for each in options if each.get("focused")), "")
    return tuple(path), values, typed


def _value(option: Mapping[str, Any], guild: str) -> str:
    value = option.get("value")
    match option["type"]:
        case 6:
            return str(UserRef(PLATFORM, str(value)))
        case 7:
            return str(Place(PLATFORM, guild, str(value)))
        case 5:
            return "yes" if value else "no"
        case 3:
            return _typed(str(value), guild)
    return str(value)


def _typed(words: str, guild: str) -> str:
    """Return a typed option: people and channels in the core's form, without the quotes that a line needs."""

    def named(match: re.Match[str]) -> str:
        mark, number = match.groups()
        return str(Place(PLATFORM, guild, number) if mark == "#" else UserRef(PLATFORM, number))

    quoted = _QUOTED.fullmatch(words.strip())
    return _MENTION.sub(named, quoted[1] if quoted else words)

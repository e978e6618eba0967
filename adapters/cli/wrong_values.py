"""Messages about a setting with a value that it cannot have: what was found, and what the setting takes.

They never use the words of the library that found the error: those speak of Python's types.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from adapters.config import Settings

__all__ = ["is_composed", "setting_of", "takes", "wrong_value"]

_SHOWN: Final = 60  # characters of a value
_PASSWORD: Final = re.compile(r"://[^@/\s]*@")

_IN_FILE: Final = '{ apply = "apply-here" }'
_IN_JSON: Final = '{"apply": "apply-here"}'


def wrong_value(problem: Mapping[str, Any], *, in_file: bool) -> str:
    """Return a sentence on a wrong value; `problem` is pydantic's, `in_file`: it is not a variable's."""
    path, field = setting_of(problem["loc"])
    name = ".".join(path)
    own = problem["msg"].removeprefix("Value error, ") if problem["type"] == "value_error" else ""
    if field is None or (own and (problem["input"] is None or _is_table(field.annotation))):
        return f"{name}: {own}." if name else f"{own}."
    within = problem["loc"][len(path) :]
    called = f"{name}{_place_of(within)}"
    said = f"{called} cannot be used" if _is_secret(field) else f"{called} is {_shown(problem['input'])}"
    if own:
        return f"{said}; {own}."
    return f"{said}, and it takes {'text in quotes' if within else takes(field, in_file=in_file)}."


def setting_of(location: Sequence[str | int]) -> tuple[tuple[str, ...], FieldInfo | None]:
    """Return the setting or table at a location in the settings: a list's entry belongs to the list."""
    path: list[str] = []
    field: FieldInfo | None = None
    model: Any = Settings
    for part in map(str, location):
        if not _is_table(model) or part not in model.model_fields:
            break
        field = model.model_fields[part]
        model = field.annotation
        path.append(part)
    return tuple(path), field


def takes(field: FieldInfo, *, in_file: bool) -> str:
    """Return what a setting takes, in words: as TOML, or as a variable that holds JSON."""
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        names = [json.dumps(name) for name in get_args(kind)]
        return f"{', '.join(names[:-1])} or {names[-1]}"
    if kind is bool:
        return "true or false, without quotes"
    if kind is int:
        least, most = _limit(field, "ge"), _limit(field, "le")
        return f"a whole number from {least} to {most}, without quotes"
    if get_origin(kind) is tuple:
        return 'a list with at least one text in quotes, such as ["pdf", "png"]'
    if get_origin(kind) is dict:
        return f"names in braces, such as {_IN_FILE if in_file else _IN_JSON}"
    if kind is Path:
        return 'the name of a folder in quotes, such as "terminal"'
    if _is_table(kind):
        if not in_file:
            return "JSON in braces; it is easier to set a variable for each setting in it"
        return "settings of its own: write its name in square brackets on a line, and each of them below"
    if _limit(field, "pattern"):
        return 'at most 20 small letters, digits, - and _ in quotes, such as "uni-"'
    return "text in quotes"


def is_composed(field: FieldInfo) -> bool:
    """Return whether a setting holds several values, so that a variable gives it as JSON."""
    return _is_table(field.annotation) or get_origin(field.annotation) in {tuple, dict}


def _limit(field: FieldInfo, name: str) -> Any:  # noqa: ANN401 - a number or a pattern
    return next((found for rule in field.metadata if (found := getattr(rule, name, None)) is not None), None)


def _is_table(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr


def _place_of(within: Sequence[str | int]) -> str:
    """Return where in a setting's value a part is: an entry of a list is counted from 1."""
    return "".join(f", entry {part + 1}," if isinstance(part, int) else f".{part}" for part in within)


def _shown(value: object) -> str:
    """Return a value as TOML writes it, short, and without a password."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _short(str(value))
        case str():
            return json.dumps(_short(_PASSWORD.sub("://…@", value)), ensure_ascii=False)
        case list() | tuple():
            return "a list" if value else "an empty list"
        case dict():
            return "a table"
        case dt.date() | dt.time():
            return f"the date or time {value}"
        case _:
            return "something else"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

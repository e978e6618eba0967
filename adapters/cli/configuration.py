"""Loading of the settings: config.toml and the environment, checked against the settings that exist."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError
from rapidfuzz import process
from rapidfuzz.distance import OSA

from adapters.cli.wrong_values import is_composed, setting_of, takes, wrong_value
from adapters.config import ConfigError, Settings, secrets_of
from bot.reading import UnfitSource, read_bounded
from storage.secrets import SecretBox
from storage.urls import parse_url

__all__ = ["DEFAULT_FILE", "load_box", "load_settings", "secret_files", "unknown_variables"]

DEFAULT_FILE = Path("config.toml")

_SQLITE: Final = "sqlite:///"
_MOST_BYTES: Final = 10**6
"""Bytes of a configuration file."""

_MISSPELT_LIKENESS: Final = 0.7
"""Likeness of two spellings from which the first is taken for a typing mistake of the second."""

_VERY_NEAR: Final = 0.85
"""The same for variables, which others may set: Kubernetes makes STINT_SLACK_PORT from a service's name."""


def load_settings(path: Path | None = None) -> Settings:
    """Load the settings from a file and the environment.

    `path` must exist when given; without it, `config.toml` in this folder is read if it is there. A relative
    path in the file counts from the file's own folder, one in the environment from the present folder.

    Raises:
        ConfigError: a file that is not there or not TOML, an unknown setting, a value of a wrong kind.
    """
    source = path or DEFAULT_FILE
    text = _read(source, needed=path is not None)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}.") from None
    except RecursionError:
        raise ConfigError(f"{source} has too many brackets within brackets to be a configuration.") from None
    if shown := [name for name in _secret_names(Settings) if _has_entry(found, name)]:
        raise ConfigError("\n".join(_shown_secret(source, text, name) for name in shown))
    _check_environment()
    located = _from_folder(found, source.parent)

    class FileSettings(Settings):
        written: ClassVar[dict[str, Any]] = located

    try:
        made: Settings = FileSettings()
        parse_url(made.database_url)
    except ValidationError as error:
        raise ConfigError(_explain(error, source, text)) from None
    except SettingsError:
        raise ConfigError(_no_json()) from None
    except RecursionError:
        raise ConfigError(
            "The environment: a STINT_ variable has too many brackets within brackets."
        ) from None
    except ValueError as error:
        raise ConfigError(f"database_url cannot be used: {error}.") from None
    return made


def load_box(settings: Settings) -> SecretBox:
    """Return the box that seals and opens tokens and files, with the keys of these settings.

    Raises:
        ConfigError: a key is malformed; the message names its position and not the key.
    """
    try:
        return SecretBox(settings.secret_keys)
    except ValueError as error:
        file = settings.secret_key_file
        where = f"The file {file} (secret_key_file)" if file else "STINT_SECRET_KEY in the environment"
        raise ConfigError(f"{where} cannot be used: {error}.") from None


def secret_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield each file that a secret is read from: the setting that names it, and its path."""
    for path in _secret_names(Settings):
        table: Any = settings
        for part in path[:-1]:
            table = getattr(table, part)
        if file := getattr(table, f"{path[-1]}_file"):
            yield ".".join((*path[:-1], f"{path[-1]}_file")), Path(file)


def unknown_variables() -> list[str]:
    """Return the variables of the environment that begin with STINT_ and are no setting, in their order."""
    known = {_variable(path) for path in _setting_names(Settings)}
    own = [name for name in os.environ if name.upper().startswith("STINT_")]
    # A table's own variable holds JSON, and its content is checked together with the settings.
    tables = tuple(f"{_variable((name,))}__" for name in Settings.model_fields)
    return [name for name in own if name.upper() not in known and not name.upper().startswith(tables)]


def _check_environment() -> None:
    """Check the names and letters of the variables that begin with STINT_.

    Raises:
        ConfigError: a variable is no text, or its name is nearly a setting's.
    """
    if garbled := [name for name, value in os.environ.items() if _is_garbled(name, value)]:
        raise ConfigError(f"{garbled[0]} in the environment is no text in UTF-8. Set it again.")
    if mistyped := [line for name in unknown_variables() if (line := _mistyped(name))]:
        raise ConfigError("\n".join(mistyped))


def _is_garbled(name: str, value: str) -> bool:
    """Return whether a variable of Stint has bytes that Python could not read as text."""
    return name.startswith("STINT_") and any("\udc80" <= letter <= "\udcff" for letter in value)


def _read(source: Path, *, needed: bool) -> str:
    """Return the text of the configuration file; "" where no file is required."""
    try:
        return read_bounded(source, _MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        if needed:
            why = f"There is no {source}. Copy config.example.toml to it, or leave --config out."
            raise ConfigError(why) from None
        return ""
    except IsADirectoryError:
        raise ConfigError(f"{source} is a folder. Give --config the file in it.") from None
    except UnfitSource as error:
        raise ConfigError(f"{source} is no configuration: {error.strerror}. Name the right file.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        why = f"{source}, line {line}, is not UTF-8 text. Save the file as UTF-8, without changing a letter."
        raise ConfigError(why) from None
    except OSError as error:
        why = f"{source} cannot be read: {error.strerror}. Let the user who runs stint read it."
        raise ConfigError(why) from None


def _from_folder(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the file's settings, with their relative paths counted from `folder`."""
    located = dict(found)
    for name, value in found.items():
        if isinstance(value, str) and "\0" in value:
            raise ConfigError(
                f"{name} in the configuration has a NUL character (\\u0000) in it. Remove that."
            )
        if isinstance(value, dict):
            located[name] = _from_folder(value, folder)
        elif isinstance(value, str) and value and (name == "folder" or name.endswith("_file")):
            located[name] = str(folder / Path(value).expanduser())
        elif name == "database_url" and isinstance(value, str) and value.startswith(_SQLITE):
            file = value.removeprefix(_SQLITE)
            # In memory, or a URI: refused later, with a specific message.
            kept = not file or file.startswith((":memory:", "file:"))
            located[name] = value if kept else f"{_SQLITE}{folder / Path(file).expanduser()}"
    return located


def _setting_names(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield every setting and every table, by its tables and its name."""
    for name, info in model.model_fields.items():
        yield (name,)
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((name, *below) for below in _setting_names(kind))


def _secret_names(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield every secret by its table and its name."""
    yield from ((name,) for name in secrets_of(model))
    for table, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((table, *below) for below in _secret_names(kind))


def _has_entry(written: dict[str, Any], path: tuple[str, ...]) -> bool:
    table: Any = written
    for part in path[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    return isinstance(table, dict) and path[-1] in table


def _variable(path: tuple[str, ...]) -> str:
    return "STINT_" + "__".join(path).upper()


def _mistyped(variable: str) -> str:
    """Return the message about a variable that is nearly a setting's; "" where it is like no setting."""
    known = [_variable(path) for path in _setting_names(Settings)]
    near = process.extractOne(
        variable.upper(), known, scorer=OSA.normalized_similarity, score_cutoff=_VERY_NEAR
    )
    if near is None:
        return ""
    return f"{variable} in the environment is no setting. Did you mean {near[0]}? Correct it or remove it."


def _shown_secret(source: Path, text: str, path: tuple[str, ...]) -> str:
    """Return why a secret must not be in the file, without the secret."""
    line = _line_of(text, list(path))
    return (
        f"{source}, line {line}: {'.'.join(path)} is a secret and does not belong in this file. Remove it, "
        f"and set {_variable(path)} in the environment, or write it to a file of its own and name that file "
        f"with {path[-1]}_file. If this file was ever shared, make a new secret."
    )


def _explain(error: ValidationError, source: Path, text: str) -> str:
    """Return each problem with its place and what to do."""
    return "\n".join(_problem(dict(problem), source, text) for problem in error.errors())


def _problem(problem: dict[str, Any], source: Path, text: str) -> str:
    if named := re.match(r"Value error, (\w+_file): (.*)", problem["msg"]):  # reported for its table
        problem |= {"loc": (*problem["loc"], named[1]), "msg": named[2], "input": None}
    path = tuple(str(part) for part in problem["loc"])
    variable = _setting_variable(path)
    where = f"{variable} in the environment" if variable else _place_in(source, text, path)
    if problem["type"] == "extra_forbidden":
        advice = _meant(path, in_file=not variable) or "config.example.toml lists every one; remove this."
        return f"{where}: there is no setting {'.'.join(path)}. {advice}"
    return f"{where}: {wrong_value(problem, in_file=not variable)}"


def _place_in(source: Path, text: str, path: tuple[str, ...]) -> str:
    """Return the file, and the line of the setting or of the table that contains it."""
    lines = (_line_of(text, list(path[:length])) for length in range(len(path), 0, -1))
    line = next((line for line in lines if line), 0)
    return f"{source}, line {line}" if line else f"{source}" if text else "The settings"


def _setting_variable(path: tuple[str, ...]) -> str:
    """Return the environment variable that gives the setting at `path`; "" where the file gives it."""
    own = {name.upper(): name for name in os.environ}
    for length in range(len(path), 0, -1):
        name = own.get(_variable(path[:length]))
        if name is None:
            continue
        is_setting = len(setting_of(path)[0]) <= length
        if is_setting or _has_entry(_as_table(os.environ[name]), path[length:]):
            return name
    return ""


def _as_table(value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _no_json() -> str:
    """Return which variable has to hold JSON and does not, with what it takes."""
    for path in _setting_names(Settings):
        field = setting_of(path)[1]
        for name, value in os.environ.items():
            if field is None or name.upper() != _variable(path) or not is_composed(field):
                continue
            try:
                json.loads(value)
            except ValueError:
                return f"{name} in the environment is not JSON. It takes {takes(field, in_file=False)}."
    return "A variable in the environment is not JSON. `stint doctor` lists those that it does not know."


def _meant(path: tuple[str, ...], *, in_file: bool) -> str:
    """Return which setting an unknown setting may be; "" where it is like none of them."""
    names = list(_setting_names(Settings))
    beside = {known[-1]: known for known in names if known[:-1] == path[:-1]}
    near = process.extractOne(
        path[-1], list(beside), scorer=OSA.normalized_similarity, score_cutoff=_MISSPELT_LIKENESS
    )
    # The right name in the wrong table, such as `port` at the top.
    meant = beside[near[0]] if near else next((known for known in names if known[-1] == path[-1]), None)
    if meant is None:
        return ""
    if not in_file:
        return f"Did you mean {_variable(meant)}?"
    table = f" under [{'.'.join(meant[:-1])}]" if meant[:-1] else ""
    return f"Did you mean {meant[-1]}{table}? config.example.toml lists every one."


def _line_of(text: str, path: list[str]) -> int:
    """Return the line (from 1) of the setting in the TOML text; 0 if the text does not have it."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            table = header[1].strip()
            if table == ".".join(path):
                return number
        elif key := re.match(r"\s*([\w-]+)\s*=", line):
            full = [*table.split("."), key[1]] if table else [key[1]]
            if full == path:
                return number
    return 0

"""Settings: read from config.toml and the environment by the composition root, given to others as values.

Every setting can be given by environment as well: `STINT_` and its name in capitals, the table and the
name joined by two underscores (`STINT_DATABASE_URL`, `STINT_TERMINAL__FOLDER`). The environment wins.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

__all__ = ["ConfigError", "Settings", "Terminal", "load_settings"]

DEFAULT_FILE = Path("config.toml")
_DATABASES = ("sqlite:///", "postgresql://", "postgres://")


class ConfigError(Exception):
    """The configuration cannot be used; `str()` names the place and the fix."""


class Terminal(BaseModel):
    """The terminal adapter."""

    model_config = ConfigDict(extra="forbid")

    folder: Path = Field(
        default=Path("terminal"),
        description="Where the terminal keeps its people, channels and messages.",
    )


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="STINT_", env_nested_delimiter="__", extra="forbid", validate_default=True
    )

    database_url: str = Field(
        default="sqlite:///stint.db",
        description="Where everything is stored: sqlite:///FILE, or postgresql://USER@HOST/NAME.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged: debug, info, warning or error."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How it is logged: text for people, json for machines."
    )
    terminal: Terminal = Field(default_factory=Terminal, description="The terminal adapter.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(_DATABASES):
            raise ValueError("write sqlite:///FILE or postgresql://USER@HOST/NAME")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file that `load_settings` names."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(path: Path | None = None) -> Settings:
    """The settings of a file and the environment.

    `path` must exist when given; without it, `config.toml` in this folder is read if it is there.

    Raises:
        ConfigError: a file that is not there or not TOML, an unknown setting, a value of a wrong kind.
    """
    if path is not None and not path.is_file():
        raise ConfigError(f"There is no {path}. Copy config.example.toml to it, or leave --config out.")
    source = path or DEFAULT_FILE
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}.") from None
    one_file = type("FileSettings", (Settings,), {"model_config": {"toml_file": source}})
    try:
        made: Settings = one_file()
    except ValidationError as error:
        raise ConfigError(_explain(error, source, text)) from None
    return made


def _explain(error: ValidationError, source: Path, text: str) -> str:
    """Each problem with the place it stands at and what to do."""
    return "\n".join(_problem(dict(problem), source, text) for problem in error.errors())


def _problem(problem: dict[str, Any], source: Path, text: str) -> str:
    path = [str(part) for part in problem["loc"]]
    name = ".".join(path)
    line = _line_of(text, path)
    variable = "STINT_" + "__".join(path).upper()
    where = f"{source}, line {line}" if line else f"{variable} in the environment"
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no setting {name}. config.example.toml lists every one; remove this."
    return f"{where}: {name}: {problem['msg'].removeprefix('Value error, ')}."


def _line_of(text: str, path: list[str]) -> int:
    """The line (from 1) on which the setting stands in the TOML text; 0 if it does not."""
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

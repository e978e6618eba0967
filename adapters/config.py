"""Settings: loaded by the composition root (adapters/cli/configuration.py), passed to others as values.

Every setting can be given by environment as well: `STINT_` and its name in capitals, the table and the
name joined by two underscores (`STINT_DATABASE_URL`, `STINT_TERMINAL__FOLDER`). The environment wins.

A secret comes from the environment, or from a file that a setting named `…_file` points at, and is
never in config.toml: that file is shown to others, copied and kept in version control.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.chat.file_kinds import DEFAULT_KINDS, KINDS, FileRules
from bot.reading import UnfitSource, read_bounded

__all__ = [
    "LONGEST_SECRET",
    "Backup",
    "ConfigError",
    "Discord",
    "Files",
    "Replies",
    "Settings",
    "Slack",
    "Terminal",
    "Web",
    "secrets_of",
]

_DATABASES = ("sqlite:///", "postgresql://", "postgres://")


class ConfigError(Exception):
    """The configuration cannot be used; `str()` names the place and the fix."""


class Terminal(BaseModel):
    """The settings of the terminal adapter."""

    model_config = ConfigDict(extra="forbid")

    folder: Path = Field(
        default=Path("terminal"),
        description="Where the terminal keeps its people, channels and messages.",
    )


class _WithSecrets(BaseModel):
    """A table whose secrets may each come from a file: `bot_token` from the one `bot_token_file` names."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    @model_validator(mode="after")
    def _read_files(self) -> Self:
        _read_secrets(self)
        return self


class Slack(_WithSecrets):
    """The settings of the Slack adapter; it runs when there is a bot token or a client id."""

    mode: Literal["socket", "http"] = Field(
        default="socket",
        description="How Slack reaches the bot: socket needs no public address, http needs [web] public_url.",
    )
    api_base_url: str = Field(
        default="https://slack.com/api/", description="Slack's Web API; another one for a proxy or a test."
    )
    bot_token: SecretStr = Field(default=SecretStr(""), description="One workspace's bot token, xoxb-….")
    bot_token_file: str = Field(
        default="", description="A file with the bot token of one workspace (xoxb-…)."
    )
    app_token: SecretStr = Field(default=SecretStr(""), description="The app-level token, xapp-….")
    app_token_file: str = Field(
        default="", description="A file with the app-level token (xapp-…), which socket mode needs."
    )
    signing_secret: SecretStr = Field(default=SecretStr(""), description="The app's signing secret.")
    signing_secret_file: str = Field(
        default="", description="A file with the app's signing secret, which http mode needs."
    )
    client_id: str = Field(
        default="", description="The app's client id: with it, many workspaces can install the app."
    )
    client_secret: SecretStr = Field(default=SecretStr(""), description="The app's client secret.")
    client_secret_file: str = Field(default="", description="A file with the app's client secret.")
    short_commands: bool = Field(
        default=False,
        description="Whether /apply, /project and the others are commands of their own beside /stint, "
        "which does for all.",
    )
    prefix: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]{0,20}$",
        description='Put before every command\'s name: with "uni-", /stint is /uni-stint.',
    )
    names: dict[str, str] = Field(
        default_factory=dict,
        description='Commands of their own, by names of your choice, such as { apply = "apply-here" }.',
    )
    channel_history: bool = Field(
        default=False,
        description="Whether the app asks to read the channels it is in, to look for its own messages when "
        "it is unknown whether they arrived.",
    )
    sockets: int = Field(
        default=2, ge=2, le=10, description="Connections in socket mode: with two, one may drop."
    )

    @property
    def enabled(self) -> bool:
        """Whether the settings suffice for a connection."""
        return bool(self.bot_token.get_secret_value() or self.client_id)

    @field_validator("names")
    @classmethod
    def _typed_names(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value.values():
            if not re.fullmatch(r"[a-z0-9_-]{1,31}", name):
                raise ValueError(f"{name!r}: a name has at most 31 small letters, digits, - and _")
        return value


class Discord(_WithSecrets):
    """The settings of the Discord adapter; it runs when there is a token."""

    token: SecretStr = Field(default=SecretStr(""), description="The bot's token.")
    token_file: str = Field(default="", description="A file with the bot's token.")
    api_base_url: str = Field(
        default="https://discord.com/api/v10",
        description="Discord's API; another one for a proxy or a test.",
    )
    gateway_url: str = Field(
        default="", description="Discord's gateway; without it the API says which one to use."
    )

    @property
    def enabled(self) -> bool:
        """Whether the settings suffice for a connection."""
        return bool(self.token.get_secret_value())


class Web(BaseModel):
    """The settings of the web server: health, metrics, and Slack's requests where it needs them."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(
        default="127.0.0.1", description="The address it listens on; 0.0.0.0 is every one of this machine."
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="The port it listens on; 0 opens no web server."
    )
    public_url: str = Field(
        default="", description="How the internet reaches it, such as https://stint.example.org."
    )

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError("write it like https://stint.example.org")
        return value.rstrip("/")


class Files(BaseModel):
    """The rules for files that people send."""

    model_config = ConfigDict(extra="forbid")

    kinds: tuple[str, ...] = Field(
        default=DEFAULT_KINDS,
        min_length=1,
        description='The kinds that are taken, judged by what is in them; "zip" can be added.',
    )
    megabytes: int = Field(
        default=5, ge=1, le=10, description="The most megabytes of one file; above 10 Discord takes none."
    )

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in KINDS:
                raise ValueError(
                    f"{name!r} is no kind of file that can be taken; choose from {', '.join(KINDS)}"
                )
        return value

    @property
    def rules(self) -> FileRules:
        """The rules as the core takes them."""
        return FileRules(self.kinds, self.megabytes * 1_000_000)


class Replies(BaseModel):
    """The settings of how much one person is answered."""

    model_config = ConfigDict(extra="forbid")

    at_once: int = Field(
        default=60, ge=10, le=1000, description="How many acts of one person are answered without a pause."
    )
    per_minute: int = Field(
        default=60,
        ge=10,
        le=1000,
        description="How many more a minute; what was typed waits, and is not lost.",
    )


class Backup(BaseModel):
    """The settings of backups."""

    model_config = ConfigDict(extra="forbid")

    folder: Path = Field(default=Path("backups"), description="Where `stint backup` writes its archives.")


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="STINT_", env_nested_delimiter="__", extra="forbid", validate_default=True
    )

    written: ClassVar[dict[str, Any]] = {}
    """The settings in the configuration file, by tables and names."""

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
    log_file: str = Field(
        default="",
        description="A file to log to; without it, standard error. It may be moved away at any time.",
    )
    keep_messages_days: int = Field(
        default=90,
        ge=7,
        le=3650,
        description="How many days the text of a message that was sent is kept; when and to whom, stays.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="What tokens and files are stored encrypted with."
    )
    secret_key_file: str = Field(
        default="",
        description="A file with the keys that tokens and files are encrypted with, newest first.",
    )
    terminal: Terminal = Field(default_factory=Terminal, description="The terminal adapter.")
    slack: Slack = Field(
        default_factory=Slack, description="Slack. Its tokens: STINT_SLACK__BOT_TOKEN and so on, or files."
    )
    discord: Discord = Field(
        default_factory=Discord, description="Discord. Its token: STINT_DISCORD__TOKEN, or a file."
    )
    files: Files = Field(default_factory=Files, description="Which files are taken from people.")
    replies: Replies = Field(default_factory=Replies, description="How much one person is answered.")
    backup: Backup = Field(default_factory=Backup, description="Backups.")
    web: Web = Field(
        default_factory=Web,
        description="The web server beside Slack and Discord: /healthz, /readyz, /metrics, Slack's requests.",
    )

    @property
    def keeps_messages(self) -> timedelta:
        """The time for which the text of a message that was sent is kept."""
        return timedelta(days=self.keep_messages_days)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys for stored secrets, newest first; empty when there is none."""
        return tuple(key for key in re.split(r"[\s,]+", self.secret_key.get_secret_value()) if key)

    @model_validator(mode="after")
    def _read_files(self) -> Self:
        _read_secrets(self)
        return self

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

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
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the environment first, then the configuration file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, cls.written)


LONGEST_SECRET = 50_000
"""Bytes of a file with a secret, or several keys."""


def _read_secrets(table: BaseModel) -> None:
    """Fill each secret of a table from the file beside it.

    Raises:
        ValueError: a file that cannot be read or is empty, or a secret that is given twice.
    """
    for name in secrets_of(type(table)):
        file = getattr(table, f"{name}_file")
        if not file:
            continue
        if getattr(table, name).get_secret_value():
            raise ValueError(f"{name} and {name}_file are both given; leave one of them out")
        try:
            value = read_bounded(Path(file), LONGEST_SECRET).decode().strip()
        except UnfitSource as error:
            raise ValueError(
                f"{name}_file: {file} is no secret: {error.strerror}; name the right file"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise ValueError(f"{name}_file: {file} cannot be read: {why}") from None
        if not value:
            raise ValueError(f"{name}_file: {file} is empty; put the secret into it")
        # Not validated again: that would read the file once more.
        table.__dict__[name] = SecretStr(value)


def secrets_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the names of a table's own secrets; each has a setting `…_file` beside it."""
    return (name for name, info in model.model_fields.items() if info.annotation is SecretStr)

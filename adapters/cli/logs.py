"""Logs: structured lines on standard error or in a file, in which no token is readable."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from logging.handlers import WatchedFileHandler
from typing import Any, Final

import msgspec
import structlog

from adapters.config import ConfigError

__all__ = ["log_as", "redact"]

_SECRETS: Final = re.compile(
    r"""
    (?P<slack>xox[a-z](?:\.xox[a-z])?-|xapp-)[\w-]+        # bot, user, refresh and app-level tokens
    | (?P<hook>hooks\.slack\.com/)[^\s"']+                 # response_url: who has it may post
    | (?P<discord>/(?:webhooks|interactions)/\d+/)[\w-]+   # an interaction's token within an address
    | (?<![\w-])[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}       # a bot's token: its id, an instant, a signature
    """,
    re.VERBOSE,
)


def redact(text: str) -> str:
    """Return the text without Slack's and Discord's tokens; the kind of each secret remains visible."""
    return _SECRETS.sub(lambda found: f"{found[found.lastgroup] if found.lastgroup else ''}[secret]", text)


class _Redacting(logging.Formatter):
    """A filter that removes tokens from the logs of third-party libraries."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Lines:
    """A logger of finished lines into the file that the standard library's handler watches."""

    def __init__(self, handler: WatchedFileHandler) -> None:
        self._handler = handler

    def msg(self, line: str) -> None:
        """Write one line."""
        with self._handler.lock or nullcontext():
            self._handler.reopenIfNeeded()
            print(line, file=self._handler.stream, flush=True)

    debug = info = warning = warn = error = critical = exception = log = msg


def _redacted(logger: Any, method: str, line: Any) -> Any:  # noqa: ANN401, ARG001 - structlog's processors
    """Redact the finished line, so that nothing a renderer adds is missed."""
    return redact(line)


def log_as(level: str, form: str, file: str = "") -> None:
    """Log from `level` on, as "text" or "json": to a file where one is named, else to standard error.

    Raises:
        ConfigError: the file cannot be written.
    """
    handler = _watched(file) if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(logging.BASIC_FORMAT))
    number = logging.getLevelNamesMapping()[level.upper()]
    # Third-party libraries' own logs are read only when something is wrong with them.
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _renderer(form, coloured=not file and sys.stderr.isatty()),
            _redacted,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_factory(handler),
    )


def _factory(handler: logging.Handler) -> Callable[..., Any]:
    if isinstance(handler, WatchedFileHandler):
        lines = _Lines(handler)
        return lambda *_: lines
    return structlog.PrintLoggerFactory(sys.stderr)


def _watched(file: str) -> WatchedFileHandler:
    """Return a handler that begins a new file when the old one was moved away, as logrotate does."""
    try:
        return WatchedFileHandler(file, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"log_file: {file} cannot be written: {error.strerror}.") from None


def _renderer(form: str, *, coloured: bool) -> structlog.typing.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(serializer=_as_json)
    return structlog.dev.ConsoleRenderer(colors=coloured)


def _as_json(line: Any, **_options: object) -> str:  # noqa: ANN401 - a line's values
    return msgspec.json.encode(line, enc_hook=str).decode()

"""Logs: structured lines on standard error, in which no token is readable."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final

import structlog

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


def _redacted(logger: Any, method: str, line: Any) -> Any:  # noqa: ANN401, ARG001 - structlog's processors
    """Redact the finished line, so that nothing a renderer adds is missed."""
    return redact(line)


def log_as(level: str, form: str) -> None:
    """Log to standard error from `level` on, as "text" or "json"."""
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    number = logging.getLevelNamesMapping()[level.upper()]
    # Third-party libraries' own logs are read only when something is wrong with them.
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setFormatter(_Redacting(logging.BASIC_FORMAT))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            renderer,
            _redacted,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )

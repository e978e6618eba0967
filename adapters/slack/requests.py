"""Slack's requests over HTTP: first whether they are Slack's, and only then what they say.

Any sender can reach the server. An unsigned request is not parsed, and a body is never nested deeper than
Slack nests (docs.slack.dev/authentication/verifying-requests-from-slack).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier

__all__ = ["Unreadable", "is_slacks", "only_asks", "payload_of"]

_DEEPEST: Final = 100
"""Levels of nesting. Slack's own views and messages have about twenty."""

_MOST_FIELDS: Final = 100
"""Fields of a form; a command has about fifteen."""

_CHECK: Final = re.compile(r"(?:^|&)ssl_check=1(?:&|$)")


class Unreadable(Exception):
    """The body is no Slack payload."""


def is_slacks(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Return whether a request is signed with the app's secret, and not older than five minutes.

    Without a secret the result is False: an empty secret would make every signature forgeable.
    """
    try:
        return SignatureVerifier(secret or secrets.token_hex(32)).is_valid_request(body, headers)
    except (ValueError, OverflowError, TypeError):  # a timestamp that is no number, a body without UTF-8
        return False


def only_asks(body: bytes) -> bool:
    """Return whether a request only checks the server's certificate: Slack does not sign that."""
    return len(body) < 1000 and bool(_CHECK.search(body.decode("ascii", "replace")))  # noqa: PLR2004 - it is short


def payload_of(body: bytes, content_type: str) -> Mapping[str, Any]:
    """Return what a request says: JSON, or a form that may hold JSON in its `payload`.

    Raises:
        Unreadable: the body is neither, no object, or nested too deep.
    """
    try:
        text = body.decode()
        if content_type != "application/json" and not text.startswith("{"):
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
            if "payload" not in fields:
                return fields
            text = fields["payload"]
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(told, dict) or _is_too_deep(told):
        raise Unreadable
    return told


def _is_too_deep(told: object) -> bool:
    level = [told]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True

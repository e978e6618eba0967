"""The logger of Slack's libraries: their payloads may hold people's words, so it stays silent."""

from __future__ import annotations

import logging

__all__ = ["quiet"]

quiet = logging.getLogger("stint.slack.sockets")
quiet.setLevel(logging.CRITICAL)

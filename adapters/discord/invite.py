"""The install link: the permissions that a server is asked to grant, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

__all__ = ["PERMISSIONS", "install_link", "permission_bits"]

PERMISSIONS: Final[Mapping[str, tuple[int, str]]] = {
    "view_channel": (1 << 10, "to see the channels of your cohorts"),
    "send_messages": (1 << 11, "to announce projects there, once each, and the daily digest"),
    "read_message_history": (1 << 16, "to find its own cards again and keep them up to date"),
}
"""Each permission by discord.py's name: its bit (docs.discord.com/developers/topics/permissions), and why.

No permission is for what the bot does not do; it reads nothing that people write in a server.
"""

_SCOPES: Final = ("bot", "applications.commands")


def permission_bits() -> int:
    """Return all of PERMISSIONS as Discord writes them, a sum of bits."""
    return sum(bit for bit, _ in PERMISSIONS.values())


def install_link(application_id: str) -> str:
    """Return the address at which the administrator of a server adds the bot to it."""
    asked = {"client_id": application_id, "scope": " ".join(_SCOPES), "permissions": str(permission_bits())}
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"

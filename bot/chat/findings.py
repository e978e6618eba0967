"""What an adapter finds when it looks at its connection, or at a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found when the connection, or a place, was looked at; `stint doctor` prints it.

    Attributes:
        code: stable and short, such as "slack.token_wrong" or "discord.no_permission".
        level: "ok", "warning" (works, not as it should) or "problem" (does not work).
        what: what is wrong, a sentence without a secret in it. `fix`: what to do or type, a sentence.
        space: the space that it is about; "" is all of the platform.
    """

    code: str
    level: Literal["ok", "warning", "problem"]
    what: str
    fix: str = ""
    space: str = ""

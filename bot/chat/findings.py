"""The findings of an adapter that looks at its connection, or at a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from bot.chat.content import Block, layout, text
from bot.chat.language import as_text, as_value
from bot.chat.sentences import Wording

__all__ = ["Finding", "finding_lines", "finding_text"]


class Finding(Struct, frozen=True):
    """Something found when the connection, or a place, was looked at; `stint doctor` prints it.

    Attributes:
        code: stable and short, such as "slack.token_wrong" or "discord.no_permission".
        level: "ok", "warning" (works, not as it should) or "problem" (does not work).
        what: what is wrong, a sentence without a secret in it. `fix`: what to do or type, a sentence.
        space: the space that it is about; "" is all of the platform.
    """

    code: str
    level: Literal["ok", "warning", "problem"]
    what: Wording
    fix: Wording = ""
    space: str = ""


def finding_lines(findings: Iterable[Finding]) -> list[Block]:
    """Return a line per finding that is not ok: what is wrong, and what to do about it."""
    found = [finding for finding in findings if finding.level != "ok"]
    return [
        text(layout("- {finding}\n  {advice}", finding=as_value(each.what), advice=as_value(each.fix)))
        if each.fix
        else text(layout("- {finding}", finding=as_value(each.what)))
        for each in found
    ]


def finding_text(finding: Finding) -> str:
    """Return a finding as plain English text: what is wrong, and what to do about it."""
    return f"{as_text(finding.what)} {as_text(finding.fix)}".strip()

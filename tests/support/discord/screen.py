"""What a person reads on Discord's screen: components and markdown, as plain words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tests.support.discord.openapi import components_in
from tests.support.discord.state import EPHEMERAL, Sent, World

__all__ = ["modal_words", "read", "words_of"]

_TOKENS = re.compile(
    r"\\(?P<escaped>[^\w\s]|_)"
    r"|<t:(?P<time>-?\d+)(?::\w)?>"
    r"|<@!?(?P<user>\d+)>|<@&(?P<role>\d+)>|<#(?P<channel>\d+)>|</(?P<command>[^:>]+):\d+>"
    r"|\[(?P<label>(?:\\.|[^\]\\])+)\]\(<?(?P<url>https?://[^\s)>]+)>?\)"
    r"|(?P<start>^(?:#{1,3} |-# |> ?))"
    r"|(?P<mark>\*{1,3}|__|_(?!\w)|(?<!\w)_|~~|\|\||`+)"
    "|(?P<unseen>[\u200b\u200c\u200d\u2060\ufeff])",
    re.MULTILINE,
)


def read(markdown: str, world: World | None = None) -> str:
    """Discord's markdown as it is read."""

    def shown(found: re.Match[str]) -> str:
        if found["escaped"]:
            return found["escaped"]
        if found["time"]:
            return f"{datetime.fromtimestamp(int(found['time']), UTC):%a %-d %B %Y, %H:%M}"
        if found["user"]:
            known = world.users.get(found["user"]) if world else None
            return f"@{known.shown if known else found['user']}"
        if found["channel"]:
            named = world.channels.get(found["channel"]) if world else None
            return f"#{named.name if named else found['channel']}"
        if found["command"]:
            return f"/{found['command']}"
        return read(found["label"], world) if found["label"] else ""

    return _TOKENS.sub(shown, markdown)


def words_of(sent: Sent, world: World | None = None) -> str:
    """A message in words, a component a line, buttons and selects in brackets."""
    lines = [read(sent.body.get("content") or "", world)] if sent.body.get("content") else []
    for embed in sent.body.get("embeds") or ():
        lines += [read(embed[key], world) for key in ("title", "description") if embed.get(key)]
        lines += [read(f"{each['name']}: {each['value']}", world) for each in embed.get("fields", ())]
        lines += [embed["footer"]["text"]] if embed.get("footer") else []
    lines += [_component(part, world) for part in components_in(sent.body.get("components"))]
    lines += [each["filename"] for each in sent.body.get("files", ())]
    if sent.body.get("flags", 0) & EPHEMERAL:
        lines.append("(Only you can see this)")
    return "\n".join(line for line in lines if line)


def modal_words(modal: dict[str, Any]) -> str:
    """An open dialog in words."""
    lines = [modal["title"]]
    for part in components_in(modal["components"]):
        lines.append(_component(part))
        lines += [part[key] for key in ("label", "description") if part.get(key) and part["type"] != 2]
        lines.append(part.get("value") or "")
    return "\n".join(line for line in lines if line)


def _component(part: dict[str, Any], world: World | None = None) -> str:
    match part["type"]:
        case 2:
            return f"[{part.get('label', '')}]"
        case 3 | 21 | 22:
            chosen = ", ".join(option["label"] for option in part.get("options", ()))
            details = " ".join(option.get("description") or "" for option in part.get("options", ()))
            return f"[{part.get('placeholder') or 'Choose'}: {chosen}] {details}".strip()
        case 10:
            return read(part["content"], world)
        case 12:
            return " ".join(item.get("description") or "" for item in part["items"])
        case 13:
            return str(part["file"]["url"]).removeprefix("attachment://")
    return ""

"""What a Slack client shows of blocks, read as a person reads it: the words, buttons, selects, inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["Control", "controls_of", "shown_blocks", "shown_markup"]

Raw = Mapping[str, Any]

_ANGLE = re.compile(r"<([^<>]*)>")
_MARKS = [
    re.compile(rf"(?<![\w{m}]){m}(?=[^\s{m}])([^{m}\n]*[^\s{m}]){m}(?![\w{m}])")
    for m in (r"\*", "_", "~", "`")
]
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press or choose: its element as it was sent, the block it is in, its words."""

    element: Raw
    block_id: str
    label: str = ""


def shown_blocks(blocks: Sequence[Raw], zone: str, names: Mapping[str, str]) -> str:
    """Every word of the blocks, a block a paragraph, for a reader in `zone`; `names` by id."""
    return "\n".join(words for block in blocks if (words := "\n".join(_block(block, zone, names))))


def shown_markup(text: str, zone: str, names: Mapping[str, str]) -> str:
    """A mrkdwn text as it is read: marks applied, dates in the reader's zone, entities as characters."""

    def angle(found: re.Match[str]) -> str:
        return _angle(found[1], zone, names)

    pieces = []
    last = 0
    for found in _ANGLE.finditer(text):
        pieces += [text[last : found.start()], angle(found)]
        last = found.end()
    whole = "".join([*pieces, text[last:]])
    for mark in _MARKS:
        whole = mark.sub(r"\1", whole)
    return _plain(whole.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def controls_of(blocks: Sequence[Raw]) -> Iterator[Control]:
    """Every element that can be used, in order."""
    for block in blocks:
        label = _plain((block.get("label") or {}).get("text", ""))
        inside = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
        if block["type"] in {"actions", "section", "input"}:
            for element in inside:
                if element and "action_id" in element:
                    words = label or _plain((element.get("text") or {}).get("text", ""))
                    yield Control(element, block.get("block_id", ""), words)


def _block(block: Raw, zone: str, names: Mapping[str, str]) -> Iterator[str]:
    kind = block["type"]
    if kind == "rich_text":
        yield "\n".join(_rich(each, zone, names) for each in block["elements"])
    elif kind == "image":
        yield _text(block["title"], zone, names) if block.get("title") else ""
        yield block["alt_text"]
    elif kind == "markdown":
        yield shown_markup(block["text"].replace("**", "*"), zone, names)
    else:
        for name in ("label", "text", "hint"):
            if block.get(name):
                yield _text(block[name], zone, names)
        yield from (_text(field, zone, names) for field in block.get("fields") or ())
        elements = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
        yield from (_element(each, zone, names) for each in elements if each)


def _element(element: Raw, zone: str, names: Mapping[str, str]) -> str:
    kind = element["type"]
    if kind in {"mrkdwn", "plain_text"}:
        return _text(element, zone, names)
    if kind == "button":
        return f"[{_text(element['text'], zone, names)}]"
    if kind == "image":
        return str(element["alt_text"])
    options = [*element.get("options", ())]
    chosen = element.get("initial_value") or element.get("initial_date") or ""
    chosen = chosen or ", ".join(
        _text(each["text"], zone, names)
        for each in [element.get("initial_option"), *(element.get("initial_options") or ())]
        if each
    )
    placeholder = (element.get("placeholder") or {}).get("text", "")
    labels = ", ".join(
        _text(option["text"], zone, names)
        + (f" ({_text(option['description'], zone, names)})" if option.get("description") else "")
        for option in options
    )
    return (
        f"[{placeholder}: {labels}] {chosen}".replace(": ]", "]") if options else f"[{placeholder}] {chosen}"
    )


def _text(text: Raw, zone: str, names: Mapping[str, str]) -> str:
    words = str(text["text"])
    return shown_markup(words, zone, names) if text["type"] == "mrkdwn" else _plain(words)


def _rich(element: Raw, zone: str, names: Mapping[str, str]) -> str:
    kind = element["type"]
    if kind == "rich_text_list":
        return "\n".join(f"• {_rich(each, zone, names)}" for each in element["elements"])
    if "elements" in element:
        return "".join(_rich(each, zone, names) for each in element["elements"])
    if kind == "date":
        return _date(element["timestamp"], element["format"], zone)
    if kind == "user":
        return f"@{names.get(element['user_id'], element['user_id'])}"
    if kind == "channel":
        return f"#{names.get(element['channel_id'], element['channel_id'])}"
    if kind == "emoji":
        return f":{element['name']}:"
    return _plain(str(element.get("text") or element.get("url", "")))


def _angle(inside: str, zone: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        _, instant, form, *_ = target.split("^")
        return _date(int(instant), form, zone)
    if target[:1] in {"@", "#"}:
        return target[0] + (label or names.get(target[1:], target[1:]))
    return label or target


def _date(instant: int, form: str, zone: str) -> str:
    """The date as this client writes it; Slack's words for it are the reader's own settings."""
    local = datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}"
    written = {
        "date_num": f"{local:%Y-%m-%d}",
        "date_slash": f"{local:%m/%d/%Y}",
        "date_long": f"{local:%A}, {local:%B} {local.day}, {local.year}",
        "date_long_full": f"{local:%A}, {local:%B} {local.day}, {local.year}",
        "date_long_pretty": f"{local:%A}, {local:%B} {local.day}, {local.year}",
        "date": f"{local:%B} {local.day}, {local.year}",
        "date_pretty": f"{local:%B} {local.day}, {local.year}",
        "date_short": f"{local:%b} {local.day}, {local.year}",
        "date_short_pretty": f"{local:%b} {local.day}, {local.year}",
        "time": clock,
        "time_secs": f"{local:%H:%M:%S}",
        "day_divider_pretty": f"{local:%A}, {local:%B} {local.day}",
        "ago": "some time ago",
    }
    return re.sub(r"\{(\w+)\}", lambda found: written[found[1]], form)


def _plain(words: str) -> str:
    return words.translate(_INVISIBLE)

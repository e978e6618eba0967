"""Messages as Discord's components (version 2): a list per message, with the files to attach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.discord.limits import LIMITS
from adapters.discord.markdown import escape, markdown
from bot.chat.answers import FileRef
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Note,
    Option,
    Part,
    Plain,
    Select,
    Text,
    Wording,
)
from bot.chat.events import UserRef, parse_destination
from bot.chat.language import as_text
from bot.chat.rendering.directions import balanced
from bot.chat.rendering.markdown import strip_parts
from bot.chat.rendering.split import sendable
from bot.chat.values import replace

__all__ = ["EPHEMERAL", "Component", "Rendered", "action_of", "draw", "option"]

Component = dict[str, Any]

EPHEMERAL: Final = 1 << 6
_COMPONENTS: Final = 1 << 15
"""IS_COMPONENTS_V2: a message's content is in its components; links in them make no previews."""

_ROW, _BUTTON, _SELECT, _TEXT, _GALLERY, _FILE, _LINE, _BOX = 1, 2, 3, 10, 12, 13, 14, 17
_STYLES: Final = {"primary": 1, "plain": 2, "danger": 4}
_LINK: Final = 5
_REPEAT_MARK: Final = re.compile(r"#\d+$")
_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for Discord: its components, and its files by the names that they refer to."""

    components: tuple[Component, ...]
    files: tuple[tuple[str, FileRef], ...] = ()
    calls: str = ""

    def body(self, *, flags: int = 0) -> dict[str, Any]:
        """Return the body that sends the message. It pings only the account it `calls`."""
        called = {"users": [self.calls]} if self.calls else {}
        return {
            "flags": _COMPONENTS | flags,
            "components": list(self.components),
            "allowed_mentions": {"parse": [], **called},
        }


def draw(
    message: Message,
    address: Callable[[str], str] = lambda _to: "",
    *,
    with_files: bool = False,
    space: str = "",
) -> list[Rendered]:
    """Return the messages that show this message within Discord's limits.

    `address` returns the address of a str(MessageRef) or str(Place), "" where there is none. Files are shown
    by name only, unless `with_files`: where only one person reads them. `space` is the server in which the
    message is read, "" in a DM.

    Raises:
        Refusal: the message is empty.
    """
    drawn = [_draw(part, address, space, with_files=with_files) for part in sendable(message, LIMITS)]
    return [_calling(message.calls, drawn[0]), *drawn[1:]] if message.calls else drawn


def _calling(account: str, first: Rendered) -> Rendered:
    """Return a message that begins with a person's name, which alerts them."""
    user = parse_destination(account)
    if not isinstance(user, UserRef):
        return first
    return replace(first, components=(_text(f"<@{user.id}>"), *first.components), calls=user.id)


def action_of(custom_id: str) -> str:
    """Return the action of a button or select, from its id in Discord."""
    return _REPEAT_MARK.sub("", custom_id)


def option(each: Option) -> Component:
    """Return an option of a select."""
    made: Component = {"label": _label(each.label), "value": each.value}
    if each.description:
        made["description"] = _label(each.description)
    return made


def _draw(message: Message, address: Callable[[str], str], space: str, *, with_files: bool) -> Rendered:
    files = [block.file for block in message.blocks if isinstance(block, File)] if with_files else []
    named = tuple((_file_name(number, file), file) for number, file in enumerate(files))
    names = iter(name for name, _ in named)
    drawn = [_block(block, address, names, space) for block in message.blocks]
    _tell_apart(drawn)
    size = 1 + sum(1 + len(part.get("components", ())) for part in drawn)
    boxed = any(isinstance(block, Heading) for block in message.blocks)
    if boxed and size <= (LIMITS.components or size):
        drawn = [{"type": _BOX, "components": drawn}]
    return Rendered(tuple(drawn), named)


def _block(block: Block, address: Callable[[str], str], names: Iterator[str], space: str) -> Component:
    match block:
        case Text(parts):
            return _text(markdown(parts, space=space))
        case Heading(parts):
            return _text("### " + escape(strip_parts(parts).replace("\n", " ")))
        case Note(parts):
            return _text(markdown(parts, "-# ", space=space))
        case Fields(rows):
            lines: list[Part] = []
            for number, row in enumerate(rows):
                lines += ["\n" if number else "", "**", Plain(as_text(row.label)), ":** ", *row.parts]
            return _text(markdown(lines, space=space))
        case Buttons(buttons):
            return {"type": _ROW, "components": [_button(button, address) for button in buttons]}
        case Select():
            return {"type": _ROW, "components": [_select(block)]}
        case Image(url, alt):
            shown = {"media": {"url": url}, "description": balanced(as_text(alt)).strip() or None}
            return {"type": _GALLERY, "items": [shown]}
        case File(file):
            if name := next(names, ""):
                return {"type": _FILE, "file": {"url": f"attachment://{name}"}}
            return _text(f"📎 {escape(file.name)}")
        case Divider():
            return {"type": _LINE}


def _text(words: str) -> Component:
    """Return a text; Discord takes no empty one, and of words there may be nothing that is seen."""
    return {"type": _TEXT, "content": words if words.strip() else "…"}


def _label(words: Wording) -> str:
    """Return a short text that is no markdown; Discord takes no empty one."""
    return balanced(as_text(words)).strip() or "…"


def _button(button: Button, address: Callable[[str], str]) -> Component:
    label = _label(button.label)
    url = button.url or (address(button.to) if button.to else "")
    if url:
        return {"type": _BUTTON, "style": _LINK, "label": label, "url": url}
    return {"type": _BUTTON, "style": _STYLES[button.style], "label": label, "custom_id": button.action}


def _select(choose: Select) -> Component:
    """Return a select; of options that give the same value, which Discord refuses, only the first."""
    options: dict[str, Option] = {}
    for each in choose.options:
        options.setdefault(each.value, each)
    return {
        "type": _SELECT,
        "custom_id": choose.action,
        "placeholder": _label(choose.placeholder),
        "options": [option(each) for each in options.values()],
        "min_values": 1,
        "max_values": len(options) if choose.many else 1,
    }


def _tell_apart(drawn: Sequence[Component]) -> None:
    """Add a number to repeated actions: Discord wants every custom_id of a message once."""
    seen: Counter[str] = Counter()
    for part in drawn:
        for inner in part.get("components", ()):
            if (name := inner.get("custom_id")) is not None:
                seen[name] += 1
                if seen[name] > 1:
                    inner["custom_id"] = f"{name}#{seen[name]}"


def _file_name(number: int, file: FileRef) -> str:
    """Return a name of characters that Discord leaves unchanged, so that the component finds its file."""
    return f"{number + 1}-{_IN_NAMES.sub('_', file.name)[-80:]}"

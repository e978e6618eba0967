"""Files that are given to people: each once to a destination, and a link to it from then on.

A message never carries a file that we keep. The file comes as a separate message, whose key is the file's
and the destination's, so that neither a second press nor an edit sends it again.
"""

from __future__ import annotations

from typing import Any, Final

from bot.chat.content import Block, Button, Buttons, File, Message, note
from bot.chat.events import Place, UserRef
from bot.chat.values import replace
from bot.programme.core import keys, verbs
from bot.programme.people import files
from bot.runtime.context import Context
from storage.queries import outbox

__all__ = ["files_apart"]

_STORED_PREFIX: Final = "kept:"
_LOST: Final = frozenset({"failed", "withdrawn", "unknown", "answered"})


def files_apart(
    context: Context, content: Message, to: Place | UserRef, row: dict[str, Any], *, beside: bool = True
) -> tuple[Message, list[dict[str, Any]]]:
    """Take the files out of a message; return it with the rows of those that `to` has not been given yet.

    `row`: the message's own, whose time and state a file has too. `beside`: the message is read where the
    file comes, in the direct messages. In a channel files are names only, and one that the platform keeps
    stays where it is.
    """
    has_files = any(isinstance(block, File) for block in content.blocks)
    if not has_files or (isinstance(to, Place) and to.kind != "dm"):
        return content, []
    blocks: list[Block] = []
    rows: dict[str, dict[str, Any]] = {}
    for block in content.blocks:
        if not isinstance(block, File) or not block.file.id.startswith(_STORED_PREFIX):
            blocks.append(block)
            continue
        number = block.file.id.removeprefix(_STORED_PREFIX)
        key = keys.FILE(int(number), str(to))
        given = outbox.by_key(context.turn.connection, context.turn.programme_id, key)
        if given is not None and given.state == "sent":
            blocks += _standing(block, number, str(given.reference or ""), beside=beside)
            continue
        below = "The file “{file}” comes right after this."
        elsewhere = "The file “{file}” comes in our direct messages only."
        blocks.append(note(below if beside else elsewhere, file=block.file.name))
        if given is not None and given.state in _LOST:
            key = keys.FILE(int(number), str(to), context.turn.source)
        if given is None or given.state in _LOST:
            what = Message((block,))
            rows[key] = {**row, "kind": files.FILE, "subject": number, "key": key, "message": what}
    return replace(content, blocks=tuple(blocks)), list(rows.values())


def _standing(block: File, number: str, reference: str, *, beside: bool) -> list[Block]:
    """Say where a file is that was given before."""
    above = "I have given you the file “{file}” already: it is above in these messages."
    elsewhere = "I have given you the file “{file}” already: it is in our direct messages."
    said = note(above if beside else elsewhere, file=block.file.name)
    return [said, Buttons((Button("Show the file", verbs.FILE_AGAIN(int(number)), to=reference),))]

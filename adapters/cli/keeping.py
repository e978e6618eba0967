"""What adapters need from what is kept: the bytes of files, and the tokens of workspaces."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.adapter import Refusal
from bot.chat.answers import FileRef
from storage.database import Database
from storage.secrets import Box, NoKey
from storage.tables import StoredFile

__all__ = ["LoadFile", "load_file_of"]

LoadFile = Callable[[FileRef], Awaitable[bytes]]

_KEPT = "kept:"


def load_file_of(database: Database, box: Box) -> LoadFile:
    """Gives the bytes of a file that was kept, decrypted.

    What it gives raises Refusal when the file is gone or its key is.
    """

    async def load(file: FileRef) -> bytes:
        number = file.id.removeprefix(_KEPT)
        if number == file.id or not number.isdecimal():
            raise Refusal("file_not_kept", f"{file.name} was never kept")
        row = await database.read(lambda work: work.session.get(StoredFile, int(number)))
        if row is None:
            raise Refusal("file_gone", f"{file.name} was erased")
        try:
            return box.open(row.content)
        except NoKey as error:
            raise Refusal("file_locked", str(error)) from None

    return load

"""Files that people send: fetched before the turn, kept encrypted in it, given back to whoever may read them.

A turn cannot wait for a platform, and a platform's address runs out; so the bytes are there before it begins.
"""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Final, cast

import structlog
from sqlalchemy import Table, delete, select

from bot.chat.adapter import Adapter, Refusal, Retry, Unsure
from bot.chat.answers import FileRef
from bot.chat.events import Event, FormSubmitted, MessageReceived
from bot.chat.findings import Finding
from bot.clock import raised_at
from storage.database import Database, Work
from storage.secrets import Box, NoKey
from storage.statements import insert
from storage.tables import StoredFile

__all__ = ["NO_KEY", "Fetched", "fetch", "keep", "kept_in", "kind_of", "load", "named_in", "sweep"]

NO_KEY: Final = Finding(
    "key.missing",
    "warning",
    "There is no key, so files cannot be kept.",
    "`stint key` prints one; set STINT_SECRET_KEY to it, or name a file by secret_key_file.",
)

_MOST: Final = 5_000_000
"""Bytes of one file."""

_SECONDS: Final = 20
"""How long all files of one event may take."""

_KEPT: Final = "kept:"
_TABLE: Final = cast("Table", StoredFile.__table__)
_NAME: Final = 120

_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_OFFICE: Final = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes, sealed, and what it is."""

    sealed: bytes
    size: int
    media_type: str


async def fetch(adapter: Adapter, box: Box, event: Event) -> tuple[Event, dict[str, Fetched]]:
    """The event with its files looked at, and their bytes by the platform's id.

    A file that cannot be kept stays in the event with the reason (`FileRef.refused`): whoever asked for it
    says so, and nothing else that was typed is lost. Raises nothing.
    """
    wanted = named_in(event)
    if not wanted or not adapter.capabilities.fetches_files:
        return event, {}
    fetched: dict[str, Fetched] = {}
    looked: dict[str, FileRef] = {}
    for file in wanted:
        try:
            async with asyncio.timeout(_SECONDS):
                content = await _one(adapter, box, file)
            fetched[file.id] = content
            named = replace(file, name=_harmless(file.name), size=content.size)
            looked[file.id] = replace(named, media_type=content.media_type)
        except _Unfit as unfit:
            looked[file.id] = replace(file, refused=str(unfit))
        except Exception as error:  # noqa: BLE001 - whatever it was, the rest of what was said must get through
            log.error("file.not_fetched", error=type(error).__name__, where=raised_at(error))
            sorry = f"I could not get “{_harmless(file.name)}” just now. Please send it again."
            looked[file.id] = replace(file, refused=sorry)
    return _with(event, looked), fetched


class _Unfit(Exception):
    """The file cannot be kept; `str()` says why and what to do."""


async def _one(adapter: Adapter, box: Box, file: FileRef) -> Fetched:
    name = _harmless(file.name)
    if file.size > _MOST:
        raise _Unfit(f"“{name}” is {file.size / 1e6:.1f} MB, and the most I can keep is {_MOST // 10**6} MB.")
    try:
        content = await adapter.fetch(file)
    except (Retry, Refusal, Unsure):
        raise _Unfit(f"I could not get “{name}” just now. Please send it again.") from None
    kind = kind_of(content)
    if not kind:
        raise _Unfit(f"I cannot keep “{name}”. Send a PDF, a picture, a text or a document, or paste a link.")
    if len(content) > _MOST:
        raise _Unfit(f"“{name}” is larger than the {_MOST // 10**6} MB that I can keep.")
    try:
        return Fetched(await asyncio.to_thread(box.seal, content), len(content), kind)
    except NoKey:
        raise _Unfit(
            "This programme is not set up to keep files yet. Please paste a link to it instead."
        ) from None


def kind_of(content: bytes) -> str:
    """What the bytes are, whatever they are called; "" for what is not kept."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    return "text/plain" if text.strip() and "\0" not in text else ""


def _document(content: bytes) -> str:
    """Which office document a zip archive is; an archive of other things is not kept."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _NAME:
                told = archive.read("mimetype").decode("ascii", "replace").strip()
                return told if told.startswith(_OPEN_DOCUMENT) else ""
    except (zipfile.BadZipFile, OSError, RuntimeError):
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""  # a document with a program in it
    return next((kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in names)), "")


def _harmless(name: str) -> str:
    """A name that is safe to write down and to save under: no folder, no control character, not too long."""
    bare = _FORBIDDEN.sub("_", name).strip(". _")
    if len(bare) <= _NAME:
        return bare or "file"
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[: _NAME - len(ending) - 1]}{dot}{ending}" if len(ending) < _NAME // 4 else bare[:_NAME]


def named_in(event: Event) -> list[FileRef]:
    """The files that somebody sent with an event."""
    match event:
        case MessageReceived(files=files):
            return list(files)
        case FormSubmitted(files=by_name):
            return [file for files in by_name.values() for file in files]
        case _:
            return []


def _with(event: Event, looked: Mapping[str, FileRef]) -> Event:
    """The event with these files in the place of those of the same id."""
    match event:
        case MessageReceived(files=files):
            return replace(event, files=tuple(looked[file.id] for file in files))
        case FormSubmitted(files=by_name):
            taken = {name: tuple(looked[f.id] for f in files) for name, files in by_name.items()}
            return replace(event, files=taken)
        case _:
            return event


def keep(
    work: Work, event: Event, fetched: Mapping[str, Fetched], owner: tuple[int, int], now: datetime
) -> Event:
    """Store what was fetched, once; the event's files are ours from here on. `owner`: programme, person."""
    kept: dict[str, FileRef] = {}
    programme_id, person_id = owner
    for file in named_in(event):
        got = fetched.get(file.id)
        if got is None:
            kept[file.id] = file
            continue
        row = {
            "programme_id": programme_id,
            "person_id": person_id,
            "platform": event.place.platform,
            "external_id": file.id[:255],
            "name": file.name,
            "size": got.size,
            "media_type": got.media_type,
            "content": got.sealed,
            "created_at": now,
        }
        work.connection.execute(insert(_TABLE).on_conflict_do_nothing(), row)
        number = work.connection.scalar(
            select(StoredFile.id).where(
                StoredFile.programme_id == programme_id,
                StoredFile.platform == event.place.platform,
                StoredFile.external_id == file.id[:255],
            )
        )
        kept[file.id] = replace(file, id=f"{_KEPT}{number}")
    return _with(event, kept) if kept else event


def kept_in(event: Event) -> set[int]:
    """The numbers under which the event's files are kept."""
    return {int(file.id.removeprefix(_KEPT)) for file in named_in(event) if file.id.startswith(_KEPT)}


async def load(database: Database, box: Box, file: FileRef) -> bytes:
    """The bytes of a file that is kept.

    Raises:
        Refusal: it is not kept (any more). NoKey: the key it was sealed with is not there.
    """
    number = file.id.removeprefix(_KEPT)
    if not file.id.startswith(_KEPT) or not number.isdecimal():
        raise Refusal("file_not_kept")
    query = select(StoredFile.content).where(StoredFile.id == int(number))
    sealed = await database.read(lambda work: work.connection.scalar(query))
    if sealed is None:
        raise Refusal("file_not_kept")
    return await asyncio.to_thread(box.open, sealed)


def sweep(work: Work, before: datetime, most: int) -> int:
    """Delete files that nobody can need any longer, those of drafts that were never sent among them."""
    old = select(StoredFile.id).where(StoredFile.created_at < before).limit(most)
    gone = work.connection.execute(delete(StoredFile).where(StoredFile.id.in_(old.scalar_subquery())))
    return gone.rowcount

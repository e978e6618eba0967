"""Files that people send: fetched before the turn, kept encrypted in it, given back to permitted readers.

A turn cannot wait for a platform, and a platform's address runs out; so the bytes are there before it begins.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

import structlog
from sqlalchemy import Table, delete, select

from bot.chat.adapter import Adapter, DeliveryUnknown, Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.events import Event, FormSubmitted, MessageReceived
from bot.chat.fetching import FILE_ELSEWHERE, FILE_TOO_LARGE
from bot.chat.file_kinds import FileKind, FileRules, UnfitFile, kind_of, too_large
from bot.chat.findings import Finding
from bot.chat.numbers import whole_number
from bot.chat.sentences import Sentence, say
from bot.chat.values import replace
from bot.clock import raised_at
from storage.database import Database, UnitOfWork
from storage.dialects import insert
from storage.secrets import NoKey, SecretBox
from storage.tables import FileUse, StoredFile

__all__ = ["NO_KEY", "FetchedFiles", "fetch", "keep", "kept_in", "load", "named_in", "sweep"]

NO_KEY: Final = Finding(
    "key.missing",
    "warning",
    "There is no key, so files cannot be kept.",
    "`stint key` prints one; set STINT_SECRET_KEY to it, or name a file by secret_key_file.",
)

_DOWNLOAD_SECONDS: Final = 20
"""Seconds that all files of one event may take."""

_STORED_PREFIX: Final = "kept:"
_TABLE: Final = cast("Table", StoredFile.__table__)
_NAME: Final = 120

_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')

_UNSEEN: Final = frozenset({"Cf", "Zl", "Zp"})
"""Characters that are not seen and turn others round: with them "cv\u202efdp.exe" is read as "cvexe.pdf"."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FetchedFiles:
    """A file's bytes, sealed, and what it is."""

    sealed: bytes
    size: int
    media_type: str


async def fetch(
    adapter: Adapter, box: SecretBox, event: Event, rules: FileRules
) -> tuple[Event, dict[str, FetchedFiles]]:
    """Look at the event's files; return it with the bytes of those that we keep, by the platform's id.

    A file that is not taken stays in the event with the reason (`FileRef.refused`): the question for it
    says so, and nothing else that was typed is lost. Where the platform keeps files itself
    (`Capabilities.fetches_files`) they are looked at all the same. Raises nothing.
    """
    fetched: dict[str, FetchedFiles] = {}
    looked: dict[str, FileRef] = {}
    for file in named_in(event):
        name = _harmless(file.name)
        try:
            async with asyncio.timeout(_DOWNLOAD_SECONDS):
                content, kind = await _one(adapter, replace(file, name=name), rules)
                if adapter.capabilities.fetches_files:
                    fetched[file.id] = FetchedFiles(
                        await _sealed(box, content), len(content), kind.media_type
                    )
            endings = tuple(f".{ending}" for ending in kind.endings)
            ended = name if name.lower().endswith(endings) else f"{name}{endings[0]}"
            looked[file.id] = replace(file, name=ended, size=len(content), media_type=kind.media_type)
        except UnfitFile as unfit:
            looked[file.id] = replace(file, refused=unfit.reason)
        except Exception as error:  # noqa: BLE001 - whatever it was, the rest of what was said must get through
            log.error("file.not_fetched", error=type(error).__name__, where=raised_at(error))
            looked[file.id] = replace(file, refused=_not_now(name))
    return _with(event, looked), fetched


async def _one(adapter: Adapter, file: FileRef, rules: FileRules) -> tuple[bytes, FileKind]:
    """Return a file's bytes, and what they are.

    Raises:
        UnfitFile: it is not taken.
    """
    if file.size > rules.most:
        raise UnfitFile(too_large(file.name, file.size, rules))
    try:
        # What the platform gives no size for may have as much as is taken at all.
        content = await adapter.fetch(replace(file, size=file.size or rules.most))
    except Refusal as refusal:
        raise UnfitFile(_why_not(refusal.code, file.name)) from None
    except (Retry, DeliveryUnknown):
        raise UnfitFile(_not_now(file.name)) from None
    return content, await asyncio.to_thread(kind_of, file.name, content, rules)


def _why_not(code: str, name: str) -> Sentence:
    if code == FILE_ELSEWHERE:
        return say(
            "“{name}” is kept by another service, and I fetch nothing from there. "
            "Download it and send me the file itself, or paste a link to it.",
            name=name,
        )
    if code == FILE_TOO_LARGE:
        return say(
            "“{name}” is larger than it was said to be, so I did not take it. Please send it again.",
            name=name,
        )
    return _not_now(name)


def _not_now(name: str) -> Sentence:
    return say("I could not get “{name}” just now. Please send it again.", name=name)


async def _sealed(box: SecretBox, content: bytes) -> bytes:
    try:
        return await asyncio.to_thread(box.seal, content)
    except NoKey:
        why = say("This programme is not set up to keep files yet. Please paste a link to it instead.")
        raise UnfitFile(why) from None


def _harmless(name: str) -> str:
    """Return a name that is safe to write and save under: no folder, no control character, not too long."""
    shown = "".join(each for each in name if unicodedata.category(each) not in _UNSEEN)
    bare = _FORBIDDEN.sub("_", shown).strip(". _")
    if len(bare) <= _NAME:
        return bare or "file"
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[: _NAME - len(ending) - 1]}{dot}{ending}" if len(ending) < _NAME // 4 else bare[:_NAME]


def named_in(event: Event) -> list[FileRef]:
    """Return the files that a person sent with an event."""
    match event:
        case MessageReceived(files=files):
            return list(files)
        case FormSubmitted(files=by_name):
            return [file for files in by_name.values() for file in files]
        case _:
            return []


def _with(event: Event, looked: Mapping[str, FileRef]) -> Event:
    """Put these files into the event, in the place of those of the same id."""
    match event:
        case MessageReceived(files=files):
            return replace(event, files=tuple(looked[file.id] for file in files))
        case FormSubmitted(files=by_name):
            taken = {name: tuple(looked[f.id] for f in files) for name, files in by_name.items()}
            return replace(event, files=taken)
        case _:
            return event


def keep(
    work: UnitOfWork, event: Event, fetched: Mapping[str, FetchedFiles], owner: tuple[int, int], now: datetime
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
        kept[file.id] = replace(file, id=f"{_STORED_PREFIX}{number}")
    return _with(event, kept) if kept else event


def kept_in(event: Event) -> set[int]:
    """Return the numbers under which the event's files are kept."""
    return {
        int(file.id.removeprefix(_STORED_PREFIX))
        for file in named_in(event)
        if file.id.startswith(_STORED_PREFIX)
    }


async def load(database: Database, box: SecretBox, file: FileRef) -> bytes:
    """Return the bytes of a file that is kept.

    Raises:
        Refusal: it is not kept (any more). NoKey: the key it was sealed with is not there.
    """
    number = whole_number(file.id.removeprefix(_STORED_PREFIX))
    if not file.id.startswith(_STORED_PREFIX) or number is None:
        raise Refusal("file_not_kept")
    query = select(StoredFile.content).where(StoredFile.id == number)
    sealed = await database.read(lambda work: work.connection.scalar(query))
    if sealed is None:
        raise Refusal("file_not_kept")
    return await asyncio.to_thread(box.open, sealed)


def sweep(work: UnitOfWork, before: datetime, most: int) -> int:
    """Delete files older than this that nothing holds, or only a draft that was never sent."""
    held = select(FileUse.id).where(FileUse.file_id == StoredFile.id, FileUse.holder != "draft")
    old = select(StoredFile.id).where(StoredFile.created_at < before, ~held.exists()).limit(most)
    gone = work.connection.execute(delete(StoredFile).where(StoredFile.id.in_(old.scalar_subquery())))
    return gone.rowcount

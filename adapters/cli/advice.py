"""Advice about errors: what a person can do about each, in words."""

from __future__ import annotations

import errno
import os
import sys
from typing import Final

from adapters.config import ConfigError
from adapters.terminal.journal import JournalInUse
from bot.clock import raised_at
from storage.archives import ArchiveError
from storage.copying import CopyFailedError
from storage.diagnostics import explain
from storage.lock import DatabaseInUseError
from storage.migrate import ForeignDatabaseError, SchemaTooNewError
from storage.pg_tools import PgToolError
from storage.programmes import TakenIdError
from storage.secrets import NoKey

__all__ = ["FULL", "how_to_mend", "where_raised"]

_SAID_ALREADY: Final = (
    ArchiveError,
    ConfigError,
    CopyFailedError,
    DatabaseInUseError,
    ForeignDatabaseError,
    JournalInUse,
    NoKey,
    PgToolError,
    SchemaTooNewError,
    TakenIdError,
)
"""Errors whose own words are for the person at the shell."""

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers of the operating system for a lack of room."""

_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def how_to_mend(error: Exception) -> str | None:
    """Return what went wrong and what to do; None where only a change of Stint can cure the error."""
    if isinstance(error, _SAID_ALREADY):
        return str(error)
    if isinstance(error, OSError):
        return _of_the_machine(error)
    if isinstance(error, UnicodeEncodeError) and any(map(_is_no_text, sys.argv)):
        return "A word of this command is no text in UTF-8. Type it again, letter by letter."
    return explain(error)


def where_raised(error: Exception) -> str:
    """Return the report of an error in Stint itself; never its message, which may hold people's words."""
    return (
        f"Stint stopped over a mistake of its own: {type(error).__name__} at {raised_at(error)}. Nothing "
        "that was saved is lost. `stint --debug` before the rest of the command shows all of it; please "
        "report what it prints."
    )


def _is_no_text(word: str) -> bool:
    """Return whether a word of the command line has bytes that Python could not read as text."""
    return any("\udc80" <= letter <= "\udcff" for letter in word)


def _of_the_machine(error: OSError) -> str:
    """Return an error of files, disks and networks in words."""
    named = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    why = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if error.errno in FULL:
        return f"{named or 'A file'} cannot be written: the disk is full. Make room, then do the same again."
    if not named:
        return f"This machine refuses: {why}. `stint doctor` looks at what Stint needs."
    if error.errno in _FORBIDDEN:
        return f"{named} cannot be used: {why}. Let the user who runs stint use it, or name another place."
    if error.errno == errno.ENOTDIR:
        return f"{named} cannot be there, because a part of that path is a file. Name another place."
    if error.errno == errno.ENOENT:
        return f"There is no {named}, and it cannot be made. Look whether the name is right."
    if error.errno == errno.EISDIR:
        return f"{named} is a folder, and a file is needed here."
    return f"{named} cannot be used: {why}. Name another place, or look at what is there."

"""Checks that only their owner can read the files that hold secrets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.cli.configuration import secret_files
from adapters.config import Settings
from bot.chat.findings import Finding

__all__ = ["guarded"]

_OTHERS: Final = 0o077
"""The rights of all users but the owner."""

_GIT_SECONDS: Final = 5.0
_IN_GIT, _NOT_IGNORED = 0, 1
"""Exit codes: of `git ls-files --error-unmatch`, of `git check-ignore`."""


def guarded(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the files that the settings read secrets from."""
    seen: set[Path] = set()
    for setting, path in secret_files(settings):
        if path.absolute() in seen:
            continue
        seen.add(path.absolute())
        mode = path.stat().st_mode
        if mode & _OTHERS:
            what = f"Other users of this machine can use {path} ({setting}): its mode is {mode & 0o777:04o}."
            yield Finding("secret.readable", "warning", what, f"Type: chmod 600 {path}")
        yield from _kept_by_git(setting, path)


def _kept_by_git(setting: str, path: Path) -> Iterator[Finding]:
    """Yield a finding if git keeps the file, or would with the next `git add`; nothing without git."""
    if _git(path, "ls-files", "--error-unmatch", "--", path.name) == _IN_GIT:
        what = f"{path} ({setting}) is kept in git: everyone with the repository has the secret."
        fix = f"Make a new secret; then type git rm --cached {path}, and name the file in .gitignore."
        yield Finding("secret.in_git", "problem", what, fix)
    elif _git(path, "check-ignore", "--quiet", "--", path.name) == _NOT_IGNORED:
        what = f"{path} ({setting}) is in a git repository, and the next `git add .` would keep it."
        yield Finding("secret.not_ignored", "warning", what, f"Write {path.name} into .gitignore.")


def _git(path: Path, *arguments: str) -> int | None:
    """Return the exit code of git in the file's folder; None where git is missing or does not answer."""
    command = ["git", "-C", str(path.absolute().parent), *arguments]
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=_GIT_SECONDS).returncode
    except (OSError, subprocess.TimeoutExpired):
        return None

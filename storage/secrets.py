"""The encryption of stored secrets: tokens of workspaces and files that people sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

__all__ = ["NoKey", "SecretBox"]


class NoKey(Exception):
    """There is no key, or none of the keys opens this content; `str()` says what to do."""


class SecretBox:
    """A box that seals bytes with the newest key, and opens what any of its keys has sealed.

    A key is 32 random bytes in URL-safe base64, as `stint key` prints (Fernet:
    github.com/fernet/spec). To change keys, put the new one first and leave the old ones behind it.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the `keys`, newest first; without any, nothing can be sealed or opened.

        Raises:
            ValueError: a key is malformed; the message names its position and not the key.
        """
        self._fernet = _fernet(keys) if keys else None

    def __repr__(self) -> str:
        return f"<Box {'with' if self._fernet else 'without'} a key>"

    @property
    def has_key(self) -> bool:
        """Whether the box has a key to seal with."""
        return self._fernet is not None

    def seal(self, content: bytes) -> bytes:
        """Encrypt and sign the content; return it as ASCII.

        Raises:
            NoKey: there is no key.
        """
        return self._keys().encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """Return the content that was sealed.

        Raises:
            NoKey: there is no key, another key sealed it, or it was changed since.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - only a bot with secrets pays for it

        try:
            return self._keys().decrypt(sealed)
        except InvalidToken:
            raise NoKey(
                "What is stored here was encrypted with another key: add that one to STINT_SECRET_KEY, "
                "behind the present one."
            ) from None

    def _keys(self) -> MultiFernet:
        if self._fernet is None:
            raise NoKey(
                "There is no key to encrypt with: `stint key` prints one; set STINT_SECRET_KEY to it, or "
                "name a file with it by secret_key_file."
            )
        return self._fernet


def _fernet(keys: Sequence[str]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - only a bot with secrets pays for it

    made = []
    for number, key in enumerate(keys, 1):
        try:
            made.append(Fernet(key))
        except ValueError:
            raise ValueError(f"key {number} in it is no key; `stint key` prints one") from None
    return MultiFernet(made)

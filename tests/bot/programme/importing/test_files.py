"""A file to import is read whole, if it has an end."""

from pathlib import Path

import pytest

from bot.programme.importing.files import UnreadableFile, read_file


def test_what_has_no_end_is_refused() -> None:
    """A device that gives bytes for ever is read up to the largest file, and no further."""
    with pytest.raises(UnreadableFile, match="larger than 64 MB"):
        read_file(Path("/dev/zero"))

"""Importing projects from a file: read and checked whole, written in small turns, announced at the end.

The order of calls, each turn in a transaction of its own:
`ground_of` → `read_rows` (no database) → `begin_import` → `import_turn` per batch → `finish_import`, and
to announce: `waiting` → `publish_turn` until it says that nothing is left.
"""

from bot.programme.importing.check import (
    FIELDS,
    Checked,
    Ground,
    ImportRow,
    Refusal,
    note_counts,
    read_rows,
)
from bot.programme.importing.files import UnreadableFile
from bot.programme.importing.write import (
    BATCH,
    Written,
    batches,
    begin_import,
    finish_import,
    ground_of,
    import_turn,
    publish_turn,
    waiting,
)

__all__ = [
    "BATCH",
    "FIELDS",
    "Checked",
    "Ground",
    "ImportRow",
    "Refusal",
    "UnreadableFile",
    "Written",
    "batches",
    "begin_import",
    "finish_import",
    "ground_of",
    "import_turn",
    "note_counts",
    "publish_turn",
    "read_rows",
    "waiting",
]

"""Importing projects from a file: read and checked whole, written in small turns, announced at the end.

The order of calls, each turn in its own transaction:
`ground_of` → `read_rows` (no database) → `begin_import` → `import_turn` per batch → `finish_import`, and
to announce: `waiting` → `publish_turn` until it says that nothing is left. Or a list and the cards later:
`plan_cards` → `publish_turn` with that plan → `list_turn`.
"""

from bot.programme.importing.check import note_counts, read_rows
from bot.programme.importing.checked import Checked, Ground, ImportRow, RowRefusal
from bot.programme.importing.datecolumns import ORDERS, Order
from bot.programme.importing.decoding import UnreadableFile
from bot.programme.importing.headings import FIELDS
from bot.programme.importing.template import COLUMNS, template_csv, write_template
from bot.programme.importing.write import (
    BATCH,
    PACE,
    PER_DIGEST,
    Written,
    batches,
    begin_import,
    finish_import,
    ground_of,
    import_turn,
    list_turn,
    plan_cards,
    publish_turn,
    unannounced,
    waiting,
)

__all__ = [
    "BATCH",
    "COLUMNS",
    "FIELDS",
    "ORDERS",
    "PACE",
    "PER_DIGEST",
    "Checked",
    "Ground",
    "ImportRow",
    "Order",
    "RowRefusal",
    "UnreadableFile",
    "Written",
    "batches",
    "begin_import",
    "finish_import",
    "ground_of",
    "import_turn",
    "list_turn",
    "note_counts",
    "plan_cards",
    "publish_turn",
    "read_rows",
    "template_csv",
    "unannounced",
    "waiting",
    "write_template",
]

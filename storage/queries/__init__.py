"""The hot statements, built once: what every turn reads and writes besides the programme's nouns.

Their rows are `Row`s: named tuples whose columns each function names.
"""

from storage.prepared import Row

__all__ = ["Row"]

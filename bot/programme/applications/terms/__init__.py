"""Terms: what is put before a student, what they accepted, and what would be different.

A placement's terms are its own. Its project may change; the terms change when the student agrees
(`placements.new_terms`).
"""

from bot.programme.applications.terms.display import (
    changed_rows,
    is_worse,
    line,
    terms_rows,
    work_blocks,
)
from bot.programme.applications.terms.lookup import (
    DATES,
    NAMED,
    NAMES,
    accept,
    accept_dates,
    accepted_with,
    dates_of_offer,
    latest,
    moved,
    offer,
    offered,
    open_change,
    open_offers,
    propose,
    same,
    same_date,
    shown,
    start_of,
    terms_of,
    values_of,
    versions,
)

__all__ = [
    "DATES",
    "NAMED",
    "NAMES",
    "accept",
    "accept_dates",
    "accepted_with",
    "changed_rows",
    "dates_of_offer",
    "is_worse",
    "latest",
    "line",
    "moved",
    "offer",
    "offered",
    "open_change",
    "open_offers",
    "propose",
    "same",
    "same_date",
    "shown",
    "start_of",
    "terms_of",
    "terms_rows",
    "values_of",
    "versions",
    "work_blocks",
]

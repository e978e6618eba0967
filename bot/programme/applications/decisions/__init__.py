"""Decisions on applications: made, held for a while, undone, promised by a date, or replaced by a release."""

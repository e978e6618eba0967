"""Decisions on applications: made, held for a while, undone, promised by a date, and release without one."""

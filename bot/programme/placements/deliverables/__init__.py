"""Deliverables: work that is handed in, accepted or sent back, sent unasked, and reminded of."""

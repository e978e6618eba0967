"""Deliverables: handed in, accepted or sent back, dropped into the direct messages, and reminded of."""

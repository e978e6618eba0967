"""Rendering: a message made to fit a platform: the markdown dialect, limits, splitting, plain text."""

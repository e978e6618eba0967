"""The terminal: the whole bot without any account."""

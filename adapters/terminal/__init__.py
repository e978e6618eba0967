"""The terminal adapter: the whole bot without any account."""

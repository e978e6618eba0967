"""Catalogues of the bot's sentences, a file for each language."""

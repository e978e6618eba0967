"""Catalogues of the bot's sentences, a file for each language; `make texts` writes the template."""

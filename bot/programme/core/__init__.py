"""What every handler works with: the turn, the lifecycles, ids, and announced changes."""

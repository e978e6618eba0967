"""What every handler works with: the turn, the lifecycles, the ids of buttons, and announced changes."""

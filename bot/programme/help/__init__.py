"""Help: what a person can do now: the menu of commands, what was typed freely, and the home page."""

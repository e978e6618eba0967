"""Placements: accepted applications at work, from kickoff to completion.

Here is what other modules call; what happens on commands, buttons, forms and timers is in `routes`.
"""

from bot.programme.placements.schedule import reschedule_placements

__all__ = ["reschedule_placements"]

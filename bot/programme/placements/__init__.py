"""Placements: accepted applications at work, from kickoff to completion.

Here is what other modules call; what happens on commands, buttons, forms and timers is in `routes`.
"""

from bot.programme.placements.zone import follow_zone, reschedule_placements

__all__ = ["follow_zone", "reschedule_placements"]

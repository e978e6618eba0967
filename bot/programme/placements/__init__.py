"""Placements: accepted applications at work, from kickoff to completion.

Here is what other modules call; what happens on commands, buttons, forms and timers is in `routes`.
"""

from bot.programme.placements.zone import move_hand_in_days, reschedule_placements

__all__ = ["move_hand_in_days", "reschedule_placements"]

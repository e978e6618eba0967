"""Everything that coordinators do for the whole programme: commands, buttons, forms and timers."""

from bot.chat.routes import merge
from bot.programme.administration import coordinators, doctor, server_roles, settings, setup, staff_channel

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (server_roles, settings, staff_channel, coordinators, doctor, setup))

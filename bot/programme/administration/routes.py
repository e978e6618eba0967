"""Everything that coordinators do for the whole programme: commands, buttons, forms and timers."""

from typing import Final

from bot.chat.routes import merge
from bot.programme.administration import (
    coordinators,
    doctor,
    rule_tuning,
    server_roles,
    settings,
    setup,
    staff_channel,
)

__all__ = ["ROUTES"]

_PARTS: Final = (server_roles, settings, rule_tuning, staff_channel, coordinators, doctor, setup)

ROUTES = merge(part.ROUTES for part in _PARTS)

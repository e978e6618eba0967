"""People: who acts, in which programme, with which roles, and how they are reached."""

from bot.programme.people.addresses import account_of, address, how_to_meet, is_shut, unmet, unmet_of
from bot.programme.people.identities import identify, known_as, person_for, person_of, user_of
from bot.programme.people.quiet_hours import quiet_of
from bot.programme.people.roles import (
    ask_whom,
    coordinators,
    give_role,
    has_groups,
    in_plural,
    lately,
    listed,
    may_use,
    not_for,
    require_role,
    roles_of,
)
from bot.programme.people.time_zones import zone_of

__all__ = [
    "account_of",
    "address",
    "ask_whom",
    "coordinators",
    "give_role",
    "has_groups",
    "how_to_meet",
    "identify",
    "in_plural",
    "is_shut",
    "known_as",
    "lately",
    "listed",
    "may_use",
    "not_for",
    "person_for",
    "person_of",
    "quiet_of",
    "require_role",
    "roles_of",
    "unmet",
    "unmet_of",
    "user_of",
    "zone_of",
]

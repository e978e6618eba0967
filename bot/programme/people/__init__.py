"""People: who acts, in which programme, with which roles, and how they are reached."""

from bot.programme.people.addresses import account_of, address, contact_hint, is_unreachable, awaits_first_contact, awaiting_first_contact
from bot.programme.people.identities import identify, find_identity, person_for, person_of, user_of
from bot.programme.people.quiet_hours import quiet_of
from bot.programme.people.roles import (
    contact_names,
    coordinators,
    give_role,
    has_groups,
    role_names,
    recently_granted,
    join_names,
    may_use,
    role_refusal,
    require_role,
    roles_of,
)
from bot.programme.people.time_zones import zone_of

__all__ = [
    "account_of",
    "address",
    "contact_names",
    "coordinators",
    "give_role",
    "has_groups",
    "contact_hint",
    "identify",
    "role_names",
    "is_unreachable",
    "find_identity",
    "recently_granted",
    "join_names",
    "may_use",
    "role_refusal",
    "person_for",
    "person_of",
    "quiet_of",
    "require_role",
    "roles_of",
    "awaits_first_contact",
    "awaiting_first_contact",
    "user_of",
    "zone_of",
]

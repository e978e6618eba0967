"""People: who acts, in which programme, with which roles, and how they are reached."""

from bot.programme.people.addresses import (
    account_of,
    accounts_for,
    address,
    awaiting_first_contact,
    awaits_first_contact,
    contact_hint,
    is_unreachable,
    language_of,
    readers,
)
from bot.programme.people.dates import blocks_for, clock_of, reader_of, shown_date, shown_day, shown_day_there
from bot.programme.people.identities import (
    Actor,
    Known,
    find_identity,
    identify,
    look_up,
    person_for,
    person_of,
    user_of,
)
from bot.programme.people.names import ask_if_different, contacts, person_name, person_names, role_terms
from bot.programme.people.pages import page_lost, page_shows
from bot.programme.people.permissions import may_use, require_role, role_refusal
from bot.programme.people.quiet_hours import quiet_of
from bot.programme.people.roles import (
    coordinators,
    give_role,
    has_groups,
    recently_granted,
    roles_of,
)
from bot.programme.people.time_zones import zone_of

__all__ = [
    "Actor",
    "Known",
    "account_of",
    "accounts_for",
    "address",
    "ask_if_different",
    "awaiting_first_contact",
    "awaits_first_contact",
    "blocks_for",
    "clock_of",
    "contact_hint",
    "contacts",
    "coordinators",
    "find_identity",
    "give_role",
    "has_groups",
    "identify",
    "is_unreachable",
    "language_of",
    "look_up",
    "may_use",
    "page_lost",
    "page_shows",
    "person_for",
    "person_name",
    "person_names",
    "person_of",
    "quiet_of",
    "reader_of",
    "readers",
    "recently_granted",
    "require_role",
    "role_refusal",
    "role_terms",
    "roles_of",
    "shown_date",
    "shown_day",
    "shown_day_there",
    "user_of",
    "zone_of",
]

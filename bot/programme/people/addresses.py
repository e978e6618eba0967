"""Addresses: the account at which a person is written to, and whether messages reach them there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, select

from bot.chat.content import Text, text
from bot.chat.events import Place, UserRef, parse_destination
from bot.chat.language import Language
from bot.chat.languages import CHANNELS, language_for
from bot.programme.core.turn import Turn
from bot.programme.people.names import person_names
from storage.dialects import among
from storage.prepared import Prepared, Row
from storage.tables import Identity, Person, Programme

__all__ = [
    "account_of",
    "accounts_for",
    "address",
    "awaiting_first_contact",
    "awaits_first_contact",
    "contact_hint",
    "is_unreachable",
    "language_of",
    "readers",
]

_READERS = Prepared(
    select(
        *(Identity.id, Identity.user_id, Identity.locale, Identity.home, Identity.acted, Identity.person_id),
        func.coalesce(func.nullif(Person.zone, ""), Programme.zone).label("zone"),
        func.coalesce(func.nullif(Person.quiet_from, ""), Programme.quiet_from).label("quiet_from"),
        func.coalesce(func.nullif(Person.quiet_to, ""), Programme.quiet_to).label("quiet_to"),
    )
    .join(Person, Person.id == Identity.person_id)
    .join(Programme, Programme.id == Identity.programme_id)
    .where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        among(Identity.user_id, "users"),
    )
)


def readers(turn: Turn, accounts: Collection[UserRef]) -> dict[UserRef, Row]:
    """Look up accounts: the id, user_id, locale, home and acted of those that are known, and whose each is.

    A row has that person's person_id, zone, and quiet_from and quiet_to as times of the clock in their zone.
    """
    users: dict[str, list[str]] = {}
    for account in accounts:
        users.setdefault(account.platform, []).append(account.id)
    where = {"programme_id": turn.programme_id}
    return {
        UserRef(platform, row.user_id): row
        for platform, ids in users.items()
        for row in _READERS.rows(turn.connection, {**where, "platform": platform, "users": ids})
    }


def language_of(turn: Turn, destination: UserRef | Place | str) -> Language:
    """Return the language of a person, also of their own page; of a channel, which many read, its own."""
    to = parse_destination(destination) if isinstance(destination, str) else destination
    if isinstance(to, Place) and to.kind != "home":
        return CHANNELS
    account = UserRef(to.platform, to.id)
    known = readers(turn, [account]).get(account)
    return language_for(known.locale if known else "")


def accounts_for(turn: Turn, people: Collection[int], to: Place | UserRef) -> dict[int, str]:
    """Return the accounts, str(UserRef), of people by their ids that the reader of `to` can tap.

    They are accounts of the same platform, and in Slack of the same workspace. In a channel of Slack every
    mention alerts the person, so there are none.
    """
    if isinstance(to, Place) and to.platform == "slack" and to.kind == "channel":
        return {}
    query = (
        select(Identity.person_id, Identity.user_id)
        .where(
            Identity.programme_id == turn.programme_id,
            Identity.platform == to.platform,
            Identity.person_id.in_(people),
            Identity.reachable.is_(True),
        )
        .order_by(Identity.seen_at)
    )
    space = to.space if isinstance(to, Place) else to.id.partition(".")[0]
    return {
        row.person_id: str(UserRef(to.platform, row.user_id))
        for row in turn.connection.execute(query)
        if to.platform != "slack" or row.user_id.partition(".")[0] == space
    }


def is_unreachable(turn: Turn, person: Person) -> bool:
    """Tell whether a person could be written to at none of their accounts when it was last tried."""
    query = select(Identity.reachable).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return not any(turn.session.scalars(query))


def awaits_first_contact(turn: Turn, user: UserRef) -> bool:
    """Tell whether the bot may not write to a person yet: they never acted, and the platform requires it."""
    if user.platform not in turn.answers_only or user == turn.user:
        return False
    known = readers(turn, [user]).get(user)
    return known is not None and not known.acted


def awaiting_first_contact(turn: Turn, persons: Sequence[Person]) -> list[Person]:
    """Return those of these people where messages go to an account that is `unmet`."""
    return [person for person in persons if awaits_first_contact(turn, _account_at(turn, person))]


def contact_hint(persons: Sequence[Person]) -> Text:
    """Say what the person who named these `unmet` people has to do, so that they receive messages."""
    return text(
        "I may not write first in this {space}, so I keep what I have for {people}. Please pass on that "
        "`/stint help`, typed in the {space}, brings it.",
        people=person_names(persons),
    )


def account_of(identity: Identity) -> UserRef:
    """Return the account that an identity refers to."""
    return UserRef(identity.platform, identity.user_id)


def address(turn: Turn, person: Person) -> str:
    """Return where messages to a person go: the account they chose, else where they were last seen.

    Raises:
        LookupError: the person has no account; this is so only after an erasure.
    """
    return str(_account_at(turn, person))


def _account_at(turn: Turn, person: Person) -> UserRef:
    held = (
        select(Identity)
        .where(Identity.programme_id == turn.programme_id, Identity.person_id == person.id)
        .order_by(Identity.reachable.desc(), Identity.seen_at.desc())
    )
    identities = list(turn.session.scalars(held))
    if not identities:
        raise LookupError(f"person {person.id} has no account")
    chosen = next((i for i in identities if i.id == person.identity_id and i.reachable), identities[0])
    return account_of(chosen)

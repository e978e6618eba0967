"""Identities: the person behind an account, found or made, in one programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, func, select, update
from sqlalchemy.orm import aliased

from bot.chat.events import Event, Facts, MemberJoined, MemberLeft, UserRef, parse_destination
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme.core.turn import Turn
from bot.programme.people.company_spaces import EMPLOYER
from bot.programme.people.roles import groups_that_count, remember_groups
from storage.database import UnitOfWork
from storage.folding import folded
from storage.prepared import Prepared
from storage.queries import Row, outbox
from storage.tables import Identity, Person, Role, Space

__all__ = [
    "Actor",
    "Known",
    "find_identity",
    "find_in_space",
    "identify",
    "look_up",
    "person_for",
    "person_of",
    "user_of",
]

# A person's last-seen instant is written at most this often, to spare a write per turn; at once where they
# come from another account of theirs, since messages go to where they were last seen.
_SEEN_EVERY = timedelta(hours=1)

_account = aliased(Identity)
_elsewhere = (
    select(func.max(_account.seen_at))
    .where(_account.person_id == Identity.person_id, _account.id != Identity.id)
    .correlate(Identity)
    .scalar_subquery()
)
_known = (
    Identity.id,
    Identity.person_id,
    Identity.seen_at,
    Identity.acted,
    Identity.reachable,
    _elsewhere.label("elsewhere"),
    Identity.groups,
    Identity.groups_at,
    Identity.locale,
    Person.name,
    Person.zone,
    Person.left_at,
    Person.company_id,
    Role.role,
)
_account_used = (Identity.platform == bindparam("platform"), Identity.user_id == bindparam("user_id"))
_WHO = Prepared(
    select(*_known)
    .join(Person, Person.id == Identity.person_id)
    .outerjoin(Role, Role.person_id == Identity.person_id)
    .where(Identity.programme_id == bindparam("programme_id"), *_account_used)
)
_WHO_IN_SPACE = Prepared(
    select(Space.programme_id, Space.company_id.label("space_company"), *_known)
    .outerjoin(Identity, and_(Identity.programme_id == Space.programme_id, *_account_used))
    .outerjoin(Person, Person.id == Identity.person_id)
    .outerjoin(Role, Role.person_id == Identity.person_id)
    .where(
        Space.platform == bindparam("platform"),
        Space.external_id == bindparam("space"),
        Space.state == "active",
    )
)

Known = Sequence[Row]
"""What is stored of an account: a row for each role of its person; none of a new account."""


class Actor(Struct, frozen=True):
    """The person who acted (None: no person did): their roles, held and given by groups of the space.

    `reachable`: messages reached their account when it was last tried. `news`: the event says of them what is
    not written yet and an answer could show: that they are here, or back, their name or zone, from which
    account of theirs they act. `company_id`: the company that they work for;
    `space_company`: the company in whose own space they act.
    """

    person_id: int | None = None
    held: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    reachable: bool = True
    news: bool = False
    company_id: int | None = None
    space_company: int | None = None

    def in_space_of(self, company_id: int | None) -> Actor:
        """Return the person as they act in a company's own space: as its employer, or without a role.

        None is a space of the programme's.
        """
        if company_id is None:
            return self
        held = self.held & EMPLOYER if self.company_id == company_id else frozenset[str]()
        return replace(self, held=held, granted=frozenset(), space_company=company_id)


def find_in_space(connection: Connection, event: Event) -> tuple[int | None, Known, int | None]:
    """Return the programme of the event's space, if the bot is there, and what it knows of who acted.

    The last is the company whose own the space is; None for a space of the programme's.
    """
    place, user = event.place, event.actor
    who = {"platform": place.platform, "space": place.space, "user_id": user.id}
    rows = _WHO_IN_SPACE.rows(connection, who)
    if not rows:
        return None, (), None
    first = rows[0]
    return int(first.programme_id), () if first.id is None else rows, first.space_company


def identify(work: UnitOfWork, programme_id: int, event: Event, known: Known | None = None) -> Actor:
    """Return the person who acted, with their roles; `known`: what was looked up of them before.

    A new account becomes a person without roles; a person who was only named until now gets what was held.
    """
    rows = _who(work.connection, programme_id, event.actor) if known is None else known
    if not rows:
        _meet(work, programme_id, event)
        rows = _who(work.connection, programme_id, event.actor)
    first = rows[0]
    acts = not isinstance(event, MemberJoined | MemberLeft)
    if acts and not first.acted:
        met = update(Identity).where(Identity.id == first.id).values(acted=True, seen_at=event.at)
        work.connection.execute(met)
        outbox.release_held(work.connection, programme_id, [str(event.actor)])
    if _came_over(first, event) or event.at - first.seen_at > _SEEN_EVERY:
        seen = update(Identity).where(Identity.id == first.id).values(seen_at=event.at)
        work.connection.execute(seen)
    if event.actor_locale and event.actor_locale != first.locale:
        spoken = update(Identity).where(Identity.id == first.id).values(locale=event.actor_locale)
        work.connection.execute(spoken)
    news = _news(first, event)
    if news:
        work.connection.execute(update(Person).where(Person.id == first.person_id).values(**news))
    count = groups_that_count(work.connection, programme_id, first, event)
    remember_groups(work.connection, first, count, event)
    granted = frozenset(row.role for row in count)
    return Actor(first.person_id, _held(rows), granted, first.reachable, company_id=first.company_id)


def look_up(
    connection: Connection, programme_id: int, event: Event, known: Known | None = None
) -> Actor | None:
    """Return the person who acted, with the roles that `identify` would find; None for a new account.

    Nothing is written.
    """
    rows = _who(connection, programme_id, event.actor) if known is None else known
    if not rows:
        return None
    first = rows[0]
    granted = frozenset(row.role for row in groups_that_count(connection, programme_id, first, event))
    told = not first.acted or _came_over(first, event) or bool(_news(first, event))
    return Actor(first.person_id, _held(rows), granted, first.reachable, told, first.company_id)


def _held(rows: Sequence[Any]) -> frozenset[str]:
    return frozenset(row.role for row in rows if row.role)


def _came_over(known: Any, event: Event) -> bool:  # noqa: ANN401 - a row of _WHO
    """Tell whether a person was last seen with another account of theirs."""
    return known.elsewhere is not None and bool(known.seen_at <= known.elsewhere < event.at)


def _news(known: Any, event: Event) -> dict[str, Any]:  # noqa: ANN401 - a row of _WHO
    """Return what an event says of a person: that they are back; their name and zone, if not known yet."""
    news: dict[str, Any] = {}
    if known.left_at is not None:
        news["left_at"] = None
    if known.name == event.actor.id and event.actor_name not in {"", known.name}:
        news |= {"name": event.actor_name, "folded_name": folded(event.actor_name)}
    if known.zone is None and event.actor_zone:
        news["zone"] = event.actor_zone
    return news


def find_identity(
    connection: Connection, programme_id: int, user: UserRef
) -> tuple[int, frozenset[str]] | None:
    """Return the id and roles of the person behind an account; None for a new account."""
    rows = _who(connection, programme_id, user)
    return (int(rows[0].person_id), _held(rows)) if rows else None


def _who(connection: Connection, programme_id: int, user: UserRef) -> Known:
    who = {"programme_id": programme_id, "platform": user.platform, "user_id": user.id}
    return _WHO.rows(connection, who)


def _meet(work: UnitOfWork, programme_id: int, event: Event) -> Person:
    person = Person(
        programme_id=programme_id,
        name=event.actor_name or event.actor.id,
        zone=event.actor_zone or None,
        created_at=event.at,
    )
    work.session.add(person)
    # The identity below needs the id.
    work.session.flush()
    identity = Identity(
        programme_id=programme_id,
        person_id=person.id,
        platform=event.place.platform,
        user_id=event.actor.id,
        seen_at=event.at,
        acted=not isinstance(event, MemberJoined | MemberLeft),
        locale=event.actor_locale or None,
    )
    work.session.add(identity)
    work.session.flush()
    return person


def person_of(turn: Turn, person_id: int) -> Person:
    """Return a person of this programme.

    Raises:
        Declined: there is no such person in it.
    """
    person = turn.session.get(Person, person_id)
    if person is None or person.programme_id != turn.programme_id:
        raise Declined("I do not know that person in this programme.")
    return person


def user_of(value: str) -> UserRef:
    """Return the account that a command's person option names.

    Raises:
        Declined: it names no account.
    """
    try:
        found = parse_destination(value)
    except ValueError:
        found = None
    if not isinstance(found, UserRef):
        raise Declined("I could not tell whom you mean. Name them with @, like @maria.")
    return found


def person_for(turn: Turn, user: UserRef, name: str = "") -> Person:
    """Return the person behind an account, made now if they are new to the programme.

    What the platform says of them beside the account is kept at once: their name, zone and language.
    """
    facts = turn.named.get(str(user), Facts())
    held = select(Identity).where(
        Identity.programme_id == turn.programme_id,
        Identity.platform == user.platform,
        Identity.user_id == user.id,
    )
    identity = turn.session.scalars(held).first()
    if identity is not None:
        identity.locale = facts.locale or identity.locale
        return _with_facts(person_of(turn, identity.person_id), user, facts)
    shown = name or facts.name or user.id
    zone = facts.zone or None
    person = Person(programme_id=turn.programme_id, name=shown, zone=zone, created_at=turn.now)
    turn.session.add(person)
    # The identity below needs the id.
    turn.session.flush()
    turn.session.add(
        Identity(
            programme_id=turn.programme_id,
            person_id=person.id,
            platform=user.platform,
            user_id=user.id,
            seen_at=turn.now,
            acted=user == turn.user,
            locale=facts.locale or None,
        )
    )
    turn.session.flush()
    return person


def _with_facts(person: Person, user: UserRef, facts: Facts) -> Person:
    """Return the person, with the platform's name and zone where they were unknown."""
    if facts.name and person.name == user.id:
        person.name = facts.name
    if facts.zone and person.zone is None and person.erased_at is None:
        person.zone = facts.zone
    return person

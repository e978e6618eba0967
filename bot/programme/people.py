"""People: who acts, in which programme, with which roles, and how they are reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.orm import aliased

from bot.chat import content
from bot.chat.commands import CommandSpec
from bot.chat.content import Part, Text, text
from bot.chat.events import Event, Facts, MemberJoined, MemberLeft, UserRef, parse_destination
from bot.chat.routes import Declined
from bot.programme.core.turn import Turn
from bot.programme.groups import granted
from storage.database import Work
from storage.prepared import Prepared
from storage.queries import outbox
from storage.tables import Identity, Person, Programme, Role, Space

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
    "listed",
    "may_use",
    "not_for",
    "person_for",
    "person_of",
    "quiet_of",
    "roles_of",
    "unmet",
    "unmet_of",
    "user_of",
    "zone_of",
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
_WHO = Prepared(
    select(
        Identity.id,
        Identity.person_id,
        Identity.seen_at,
        Identity.acted,
        _elsewhere.label("elsewhere"),
        Identity.groups,
        Identity.groups_at,
        Identity.locale,
        Person.name,
        Person.zone,
        Person.left_at,
        Role.role,
    )
    .join(Person, Person.id == Identity.person_id)
    .outerjoin(Role, Role.person_id == Identity.person_id)
    .where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        Identity.user_id == bindparam("user_id"),
    )
)
_UNMET = Prepared(
    select(Identity.id).where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        Identity.user_id == bindparam("user_id"),
        Identity.acted.is_(False),
    )
)
_QUIET = Prepared(
    select(
        Person.zone,
        Programme.zone,
        Person.quiet_from,
        Programme.quiet_from,
        Person.quiet_to,
        Programme.quiet_to,
    )
    .join(Identity, Identity.person_id == Person.id)
    .join(Programme, Programme.id == Person.programme_id)
    .where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        Identity.user_id == bindparam("user_id"),
    )
)


def identify(work: Work, programme_id: int, event: Event) -> tuple[int, frozenset[str], frozenset[str]]:
    """Who acted: their id, the roles they hold, and those that groups of the space give them.

    Somebody new becomes a person without roles; who was only named until now gets what was held for them.
    """
    rows = _who(work.connection, programme_id, event.actor)
    if not rows:
        _meet(work, programme_id, event)
        rows = _who(work.connection, programme_id, event.actor)
    first = rows[0]
    acts = not isinstance(event, MemberJoined | MemberLeft)
    if acts and not first.acted:
        met = update(Identity).where(Identity.id == first.id).values(acted=True, seen_at=event.at)
        work.connection.execute(met)
        outbox.give_back(work.connection, programme_id, [str(event.actor)])
    came_over = first.elsewhere is not None and first.seen_at <= first.elsewhere < event.at
    if came_over or event.at - first.seen_at > _SEEN_EVERY:
        seen = update(Identity).where(Identity.id == first.id).values(seen_at=event.at)
        work.connection.execute(seen)
    if event.actor_locale and event.actor_locale != first.locale:
        spoken = update(Identity).where(Identity.id == first.id).values(locale=event.actor_locale)
        work.connection.execute(spoken)
    news = _news(first, event)
    if news:
        work.connection.execute(update(Person).where(Person.id == first.person_id).values(**news))
    held = frozenset(row.role for row in rows if row.role)
    return int(first.person_id), held, granted(work, programme_id, first, event)


def _news(known: Any, event: Event) -> dict[str, Any]:  # noqa: ANN401 - a row of _WHO
    """What an event tells of a person: that they are back; their name and zone, if nobody knew them yet."""
    news: dict[str, Any] = {}
    if known.left_at is not None:
        news["left_at"] = None
    if known.name == event.actor.id and event.actor_name not in {"", known.name}:
        news["name"] = event.actor_name
    if known.zone is None and event.actor_zone:
        news["zone"] = event.actor_zone
    return news


def known_as(connection: Connection, programme_id: int, user: UserRef) -> tuple[int, frozenset[str]] | None:
    """The id and roles of the person behind an account; None for somebody new."""
    rows = _who(connection, programme_id, user)
    return (int(rows[0].person_id), frozenset(r.role for r in rows if r.role)) if rows else None


def _who(connection: Connection, programme_id: int, user: UserRef) -> Sequence[Any]:
    who = {"programme_id": programme_id, "platform": user.platform, "user_id": user.id}
    return _WHO.rows(connection, who)


def _meet(work: Work, programme_id: int, event: Event) -> Person:
    person = Person(
        programme_id=programme_id,
        name=event.actor_name or event.actor.id,
        zone=event.actor_zone or None,
        created_at=event.at,
    )
    work.session.add(person)
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
    """A person of this programme.

    Raises:
        Declined: there is no such person in it.
    """
    person = turn.session.get(Person, person_id)
    if person is None or person.programme_id != turn.programme_id:
        raise Declined("I do not know that person in this programme.")
    return person


def user_of(value: str) -> UserRef:
    """The account that a command's person option names.

    Raises:
        Declined: it names nobody.
    """
    try:
        found = parse_destination(value)
    except ValueError:
        found = None
    if not isinstance(found, UserRef):
        raise Declined("I could not tell whom you mean. Name them with @, like @maria.")
    return found


def person_for(turn: Turn, user: UserRef, name: str = "") -> Person:
    """The person behind an account, made now if they are new to the programme.

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
    """The person, whose name and zone are the platform's where nothing was known."""
    if facts.name and person.name == user.id:
        person.name = facts.name
    if facts.zone and person.zone is None and person.erased_at is None:
        person.zone = facts.zone
    return person


def is_shut(turn: Turn, person: Person) -> bool:
    """Whether a person could be written to at none of their accounts when it was last tried."""
    query = select(Identity.reachable).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return not any(turn.session.scalars(query))


def unmet(turn: Turn, user: UserRef) -> bool:
    """Whether somebody may not be written to yet: they never acted, and their platform asks for that."""
    if user.platform not in turn.answers_only or user == turn.user:
        return False
    where = {"programme_id": turn.programme_id, "platform": user.platform, "user_id": user.id}
    return bool(_UNMET.rows(turn.connection, where))


def unmet_of(turn: Turn, persons: Sequence[Person]) -> list[Person]:
    """Those of these people where messages go to an account that is `unmet`."""
    return [person for person in persons if unmet(turn, _account_at(turn, person))]


def how_to_meet(persons: Sequence[Person]) -> Text:
    """What whoever named these `unmet` people is told to do, so that they hear of it."""
    return text(
        "I write first to nobody here, so I keep what I have for ", *listed(persons),
        ". Ask them to type `/stint help` in the server: it comes to them then."
    )  # fmt: skip


def roles_of(turn: Turn, person: Person) -> frozenset[str]:
    """The roles a person holds."""
    held = select(Role.role).where(Role.programme_id == turn.programme_id, Role.person_id == person.id)
    return frozenset(turn.session.scalars(held))


def give_role(turn: Turn, person: Person, role: str) -> bool:
    """Give a person a role; False when they held it already."""
    if role in roles_of(turn, person):
        return False
    turn.session.add(
        Role(programme_id=turn.programme_id, person_id=person.id, role=role, created_at=turn.now)
    )
    turn.session.flush()
    return True


def coordinators(turn: Turn) -> list[Person]:
    """The programme's coordinators, the longest-serving first."""
    held = (
        select(Person)
        .join(Role, Role.person_id == Person.id)
        .where(
            Person.programme_id == turn.programme_id,
            Role.role == "coordinator",
            Person.left_at.is_(None),
        )
        .order_by(Role.id)
    )
    return list(turn.session.scalars(held))


def listed(named: Sequence[Person], last: str = "and") -> tuple[Part, ...]:
    """People's names in a sentence: Ada, Bo and Cem."""
    return content.listed([person.name for person in named], last)


def may_use(turn: Turn, spec: CommandSpec) -> bool:
    """Whether the person who acts may use a command, and the programme has what it is about."""
    managing = spec.managed and "manage" in turn.rights
    theirs = managing or not spec.allowed or not turn.roles.isdisjoint(spec.allowed)
    return theirs and (not spec.needs_groups or has_groups(turn))


def has_groups(turn: Turn) -> bool:
    """Whether the programme has a space with groups that can stand for a role."""
    held = select(Space.id).where(
        Space.programme_id == turn.programme_id, Space.platform.in_(turn.grouped), Space.state == "active"
    )
    return bool(turn.grouped) and turn.session.scalars(held.limit(1)).first() is not None


def ask_whom(turn: Turn, reader: Person | None = None) -> tuple[Part, ...]:
    """Name who can help, for the end of a refusal: "ask Ada or Bo"; never the person who reads it.

    `reader` is who reads it; None is the person who acts.
    """
    known = coordinators(turn)
    reads = reader.id if reader else turn.person_id
    others = [person for person in known if person.id != reads]
    if known and not others:
        return ("ask whoever runs the bot for this programme",)
    return ("ask ", *(listed(others[:3], "or") or ("a coordinator",)))


def in_plural(roles: Collection[str]) -> str:
    """Whom something is for: "coordinators and employers"."""
    return " and ".join(f"{role}s" for role in sorted(roles))


def not_for(turn: Turn, what: str, roles: Collection[str]) -> Declined:
    """The refusal of somebody who holds none of `roles`; says whom to ask. `what` is in the dialect."""
    return Declined(text(f"{what} is for {in_plural(roles)}. If that should be you, ", *ask_whom(turn), "."))


def account_of(identity: Identity) -> UserRef:
    """The account that an identity is."""
    return UserRef(identity.platform, identity.user_id)


def address(turn: Turn, person: Person) -> str:
    """Where messages to a person go: the account they chose, else where they were last seen.

    Raises:
        LookupError: the person has no account, which only an erased one has not.
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


def zone_of(turn: Turn, person: Person) -> str:
    """The person's IANA zone; the programme's until they said theirs."""
    return person.zone or turn.programme.zone


def quiet_of(connection: Connection, programme_id: int, user: UserRef) -> tuple[str, str, str] | None:
    """A person's zone and quiet hours ("HH:MM", "HH:MM"); None for somebody unknown."""
    who = {"programme_id": programme_id, "platform": user.platform, "user_id": user.id}
    row = _QUIET.first(connection, who)
    if row is None:
        return None
    zone, their_zone, own_from, quiet_from, own_to, quiet_to = row
    return zone or their_zone, own_from or quiet_from, own_to or quiet_to

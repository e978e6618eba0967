"""The platforms of a copy: simulated ones with its people, its channels, and what was said there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from adapters.simulation.adapter import PlatformState
from adapters.terminal.records import BOT, Entry
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Capabilities
from bot.chat.content import Message, load_message
from bot.chat.events import MessageRef, Place, UserRef, parse_destination
from storage.tables import Channel, Identity, Person, Platform, Programme, Role, outbox

__all__ = ["platforms_of"]

_AT_ONCE: Final = 500
"""Messages that are read together."""


class _CopiedWorkspace(Workspace):
    """A platform of a copy. A message that is not kept any more can still be changed, which shows nowhere."""

    def entry(self, entry: str) -> Entry | None:
        """Return the message with this id, or an empty one in its place."""
        return super().entry(entry) or Entry("", BOT, datetime.min.replace(tzinfo=UTC), Message(()), id=entry)

    def change(self, entry: str, content: Message | str, about: Any = None) -> None:  # noqa: ANN401 - an Event
        """Give a message new content, if it is kept."""
        if super().entry(entry) is not None:
            super().change(entry, content, about)


def platforms_of(connection: Connection, capabilities: Mapping[str, Capabilities]) -> list[PlatformState]:
    """Return simulated platforms for all that the people and channels of a copy are on.

    `capabilities`: what each platform can do. In the copy, messages of before are found where they are in the
    simulation, and no platform counts as out of reach.
    """
    connection.execute(delete(Platform))
    worlds: dict[str, _CopiedWorkspace] = {}

    def world(platform: str) -> _CopiedWorkspace:
        if platform not in worlds:
            worlds[platform] = _CopiedWorkspace(token=f"rehearsal-{platform}", platform=platform)
        return worlds[platform]

    for account in _accounts(connection):
        _add_account(world(account.platform), account)
    coordinators = _coordinators(connection)
    for place, staff in _places(connection):
        members = frozenset(coordinators.get(place.platform, ())) if staff else None
        world(place.platform).add_channel(place.id, place.id, members, place.space)
    _add_messages(connection, worlds)
    return [
        PlatformState(each, capabilities.get(platform, Capabilities()), knows_keys=True)
        for platform, each in worlds.items()
    ]


def _accounts(connection: Connection) -> Iterator[Any]:
    query = (
        select(
            Identity.platform,
            Identity.user_id,
            Identity.reachable,
            Person.name,
            Person.zone,
            Programme.zone.label("usual_zone"),
        )
        .join(Person, Person.id == Identity.person_id)
        .join(Programme, Programme.id == Identity.programme_id)
        .order_by(Identity.id)
    )
    yield from connection.execute(query).all()


def _add_account(world: Workspace, row: Any) -> None:  # noqa: ANN401 - a row of _accounts
    world.add_account(row.user_id, row.name, row.zone or row.usual_zone)
    if not row.reachable:
        world.shut_dms(row.user_id)


def _coordinators(connection: Connection) -> dict[str, list[str]]:
    query = (
        select(Identity.platform, Identity.user_id)
        .join(Role, Role.person_id == Identity.person_id)
        .where(Role.role == "coordinator")
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query).all():
        found.setdefault(row.platform, []).append(row.user_id)
    return found


def _places(connection: Connection) -> Iterator[tuple[Place, bool]]:
    """Yield each channel that is written to, and whether only the staff reads it."""
    staff = {place for place in connection.scalars(select(Programme.staff_place)) if place}
    for destination in dict.fromkeys([*connection.scalars(select(Channel.place)), *sorted(staff)]):
        place = parse_destination(destination)
        if isinstance(place, Place):
            yield place, destination in staff


def _add_messages(connection: Connection, worlds: Mapping[str, Workspace]) -> None:
    """Put what was sent before into its place, and let its row name it there."""
    columns = (outbox.c.id, outbox.c.programme_id, outbox.c.key, outbox.c.destination, outbox.c.message)
    sent = select(*columns, outbox.c.reference, outbox.c.sent_at).where(
        outbox.c.operation == "send", outbox.c.state == "sent", outbox.c.reference.is_not(None)
    )
    last = 0
    page = sent.order_by(outbox.c.id).limit(_AT_ONCE)
    while rows := connection.execute(page.where(outbox.c.id > last)).all():
        for row in rows:
            _add_message(connection, worlds, row)
        last = rows[-1].id


def _add_message(connection: Connection, worlds: Mapping[str, Workspace], row: Any) -> None:  # noqa: ANN401 - of outbox
    to = parse_destination(row.destination)
    world = worlds.get(to.platform)
    if world is None:
        return
    place = _place(world, to)
    if place is None:
        return
    key, number = f"{row.programme_id}:{row.key}", MessageRef.parse(row.reference).id
    entry = world.post(Entry(place.id, BOT, row.sent_at, load_message(row.message), key=key, id=number))
    reference = str(world.ref(entry))
    if reference != row.reference:
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(reference=reference))


def _place(world: Workspace, to: Place | UserRef) -> Place | None:
    if isinstance(to, UserRef):
        return world.dm_of(to.id) if to.id in world.accounts else None
    return world.place(to.id) if to.id in world.channels else None

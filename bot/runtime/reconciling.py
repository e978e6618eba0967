"""The reconciling of a restored database with the platforms, before a bot runs on it.

What was to be sent when the backup was made, and what has fallen due since, was most likely sent: the bot ran
on after the backup. So the clock catches up here without a delivery, and the messages of that time are in
doubt: they are looked for where the platform can be read, and a coordinator is asked about the others.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import select

from bot.programme.accounts import forget
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.reachability import restored
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.runtime import Runtime
from bot.runtime.timers import serve_timers
from bot.runtime.turns import PlatformProfile
from storage.database import UnitOfWork
from storage.programmes import delete_rows, delete_tokens
from storage.queries import restoring
from storage.tables import Person, Programme

__all__ = ["Erased", "Reconciled", "reconcile"]


class Erased(Struct, frozen=True):
    """A person who was erased: their programme and number, and since when they were known (UTC).

    The number 0 is the programme as a whole, which was removed.

    The last tells them from another person who got the number after an earlier restore.
    """

    programme: int
    person: int
    created_at: datetime
    erased_at: datetime


class Reconciled(Struct, frozen=True):
    """The result for one programme: its name, how many messages are in doubt, and people erased again.

    `removed`: it was removed since the backup was made, and is removed again.
    """

    name: str
    doubtful: int
    erased: int
    removed: bool = False


async def reconcile(
    runtime: Runtime,
    made_at: datetime,
    erased: Collection[Erased],
    only: int | None = None,
) -> list[Reconciled]:
    """Bring a restored database to the present without sending anything; return the result by programme.

    `made_at` is when the backup was made (UTC). `only` is the programme that was restored, where the others
    are as they were.
    """
    database, port, now = runtime.database, runtime.profile, runtime.clock.now()
    programmes = await database.read(partial(_programmes, only=only))
    last = await database.read(lambda work: restoring.last_message(work.connection))
    gone = {
        number
        for number in programmes
        if await database.transact(partial(_remove_again, number=number, made_at=made_at, erased=erased))
    }
    counts = {
        number: await database.transact(
            partial(_erase_again, port=port, now=now, number=number, erased=erased)
        )
        for number in programmes
        if number not in gone
    }
    while await serve_timers(database, port, now, runtime.clock.monotonic):
        pass
    found = [Reconciled(programmes[number], 0, 0, removed=True) for number in sorted(gone)]
    for number, name in programmes.items():
        if number in gone:
            continue
        doubtful = await database.transact(
            partial(_doubt, port=port, now=now, number=number, last=last, made_at=made_at)
        )
        found.append(Reconciled(name, doubtful, counts[number]))
    return found


def _programmes(work: UnitOfWork, only: int | None) -> dict[int, str]:
    query = select(Programme.id, Programme.name).order_by(Programme.id)
    if only is not None:
        query = query.where(Programme.id == only)
    return {row.id: row.name for row in work.connection.execute(query)}


def _remove_again(work: UnitOfWork, number: int, made_at: datetime, erased: Collection[Erased]) -> bool:
    """Remove a programme that was removed after the backup was made; return whether it was."""
    since = work.connection.scalar(select(Programme.created_at).where(Programme.id == number))
    if not any(
        (each.programme, each.person, each.created_at) == (number, 0, since) and each.erased_at >= made_at
        for each in erased
    ):
        return False
    delete_tokens(work.connection, number)
    delete_rows(work.connection, number)
    return True


def _erase_again(
    work: UnitOfWork, port: PlatformProfile, now: datetime, number: int, erased: Collection[Erased]
) -> int:
    """Erase those who were erased since the backup was made; return how many."""
    turn = _turn(work, port, now, number)
    done = set[int]()
    for each in sorted((each for each in erased if each.programme == number), key=lambda each: each.person):
        person = turn.session.get(Person, each.person)
        if person is None or person.programme_id != number or person.created_at != each.created_at:
            continue
        if person.erased_at is None and person.id not in done:
            carry_out(_context(port, turn), forget.erase(turn, person))
            done.add(person.id)
    return len(done)


def _doubt(
    work: UnitOfWork, port: PlatformProfile, now: datetime, number: int, last: int, made_at: datetime
) -> int:
    """Put what is owed in doubt, and let the coordinators know of the restore; return how many messages."""
    turn = _turn(work, port, now, number)
    count = restoring.doubt(work.connection, number, now, last)
    restoring.settle_answers(work.connection, number)
    carry_out(_context(port, turn), restored.announce(turn, made_at, count))
    return count


def _turn(work: UnitOfWork, port: PlatformProfile, now: datetime, number: int) -> Turn:
    return Turn(
        work=work,
        now=now,
        programme_id=number,
        answers_only=port.answers_only,
        grouped=port.grouped,
        routes=port.routes,
        source=keys.COMMAND(uuid4().hex),
        began_by="command",
    )


def _context(port: PlatformProfile, turn: Turn) -> Context:
    return Context(turn, port.routes, None, port.capabilities, port.limits, port.homes)

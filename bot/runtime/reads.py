"""Events whose handlers only read: they run on a reader, and one short turn then writes what they said.

So no turn that writes waits for a long list. What was read may be a moment old by then, so the turn looks up
again who acts, and asks the handler again if that has changed.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.chat.adapter import Response
from bot.chat.events import Event, Suggest
from bot.chat.routes import Declined, MustWrite
from bot.chat.translation import option_in
from bot.clock import raised_at
from bot.programme import people
from bot.programme.cohorts import guests as cohort_guests
from bot.programme.people import guests, which_programme
from bot.runtime import routing
from bot.runtime.long_turns import name_of
from bot.runtime.turns import PlatformProfile, Read, acting, context_of
from storage.database import Database, UnitOfWork

__all__ = ["read", "read_first", "suggest"]

log = structlog.get_logger(__name__)


async def read_first(database: Database, event: Event, now: datetime, port: PlatformProfile) -> Read | None:
    """Return what the handler of an event says, asked on a reader; None for an event that is the writer's.

    A handler that fails here fails, or does not, where it can write: it is tried there too.
    """
    if not routing.only_reads(port.routes, event):
        return None
    try:
        return await database.read(lambda work: read(work, event, now, port))
    except Exception as error:  # noqa: BLE001 - whatever it was, the turn on the writer will tell
        log.error("read.failed", turn=name_of(event), error=type(error).__name__, where=raised_at(error))
        return None


def read(work: UnitOfWork, event: Event, now: datetime, port: PlatformProfile) -> Read | None:
    """Return what the handler of an event that only reads says; None where a turn has to write first.

    That is for a new person, for guests, in a direct message of several programmes, and where the event says
    of a person or a space what the answer could show and is not written yet.
    """
    found = which_programme.programme_of(work.connection, event)
    if not found.programme_id or found.several or found.returned or "guest" in event.rights:
        return None
    actor = people.look_up(work.connection, found.programme_id, found.event, found.known)
    if actor is None or actor.news:
        return None
    actor = which_programme.acts_as(work.connection, found, actor)
    context = context_of(work, found.event, now, found.programme_id, port, source="", who=actor)
    try:
        return Read(acting(context.turn), tuple(routing.handle(context, found.event)))
    except Declined as no:
        return Read(acting(context.turn), declined=no)
    except MustWrite:
        return None


def suggest(work: UnitOfWork, event: Suggest, port: PlatformProfile) -> Response:
    """Suggest what could be in a command's option; a read, stored nowhere."""
    suggester = port.routes.suggestions.get((event.path, event.option))
    found = which_programme.programme_of(work.connection, event)
    if suggester is None or found.programme_id is None:
        return Response()
    actor = people.look_up(work.connection, found.programme_id, event, found.known)
    who = actor or people.Actor(0)
    who = which_programme.acts_as(work.connection, found, who)
    context = context_of(work, event, event.at, found.programme_id, port, source="", who=who)
    try:
        looks = guests.may_act(context.turn) if actor else cohort_guests.is_visitor(context.turn, event)
        options = suggester(context.turn, event) if looks else ()
        return Response(options=tuple(option_in(context.language, each) for each in options))
    except Declined:  # nothing can be offered to them
        return Response()

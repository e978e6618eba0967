"""One event, one turn: who and where, once, then what its handler says, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct

from bot.chat.actions import Reply
from bot.chat.adapter import Capabilities, Response
from bot.chat.events import (
    ChannelChanged,
    Event,
    PersonChanged,
    SpaceChanged,
)
from bot.chat.languages import language_for
from bot.chat.rendering.limits import Limits
from bot.chat.routes import Declined, Routes
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.people import files as holding
from bot.programme.people import guests, which_programme
from bot.programme.reachability import closed_dms, spaces
from bot.runtime import files, programme_choice, routing, unclaimed_spaces
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.effects import Effect
from bot.runtime.files import FetchedFiles
from bot.runtime.saying import answer_in_words
from bot.runtime.stored_responses import dump_answer, load_answer
from storage.database import UnitOfWork
from storage.queries import inbox

__all__ = ["PlatformProfile", "Read", "TurnResult", "context_of", "give_up", "kept", "receive"]


class PlatformProfile(Struct, frozen=True):
    """The way in, as a turn needs to know it: the routes, and what the platform can do.

    `homes`: the platforms on which people have a home page; `answers_only`, `grouped`: see `Turn`.
    """

    routes: Routes
    capabilities: Capabilities
    limits: Limits
    homes: frozenset[str] = frozenset()
    answers_only: frozenset[str] = frozenset()
    grouped: frozenset[str] = frozenset()


Acting = tuple[int, int | None, frozenset[str], frozenset[str]]
"""Who acts: programme, person, their roles, and those of them that a group of the space gives."""


class TurnResult(Struct, frozen=True):
    """The result of a turn: the answer, and the inbox row to report it given on (0: there is none).

    `cause`: what its messages name as their cause (`Turn.source`); "" where it had no effect.
    """

    answer: Response
    inbox_id: int = 0
    cause: str = ""


class Read(Struct, frozen=True):
    """What a reader made of an event a moment before its turn: who acted, and what the handler said to them.

    `who`: as `acting`. `declined`: the handler refused.
    """

    who: Acting
    actions: Sequence[Effect] = ()
    declined: Declined | None = None


def receive(
    work: UnitOfWork,
    event: Event,
    now: datetime,
    port: PlatformProfile,
    declined: Declined | None = None,
    fetched: Mapping[str, FetchedFiles] | None = None,
    read: Read | None = None,
) -> TurnResult:
    """Handle one event in one transaction; the same event again gets the stored answer.

    `declined`: an earlier try of this turn was refused by its handler and rolled back; this one stores
    the refusal as the answer. `fetched`: the bytes of the event's files, by their ids. `read`: what the
    handler, which only reads, has said on a reader; if another person acts by now, it is asked again.
    """
    connection = work.connection
    found = which_programme.programme_of(connection, event)
    event, programme_id = found.event, found.programme_id
    row_id = inbox.receive(connection, _inbox_row(event, programme_id, now))
    if row_id is None:
        return _marked(kept(work, event) or TurnResult(Response()), found)
    inside = port if programme_id else replace(port, routes=port.routes.unowned or Routes())
    who = which_programme.acts_as(connection, found, _person(work, event, programme_id, found.known))
    context = context_of(work, event, now, programme_id or 0, inside, keys.EVENT(row_id), who)
    fresh = _of_this_person(context, read)  # what was only read changes no home page
    context = replace(context, inbox_id=row_id, homes=frozenset() if fresh else port.homes)
    if fetched and programme_id and context.turn.person_id and guests.may_act(context.turn):
        event = files.keep(work, event, fetched, (programme_id, context.turn.person_id), now)
        context = replace(context, event=event)
    answer = answer_in_words(context, _answer(context, event, found, _said(declined, fresh)))
    if fetched:
        holding.delete_unheld(context.turn, files.kept_in(event))
    asked = programme_choice.kept_words(event) if found.asks else UNSET
    if event.reply is None:
        if asked is not UNSET:
            inbox.store_answer(connection, row_id, dump_answer(Response(), event, asked), None)
        # Without a programme nothing can be sent later: what it says is said right away.
        return TurnResult(Response() if programme_id else answer, cause=context.turn.source)
    inbox.store_answer(connection, row_id, dump_answer(answer, event, asked), event.reply.expires_at)
    return _marked(TurnResult(answer, row_id, context.turn.source), found)


def _marked(received: TurnResult, found: which_programme.ProgrammeMatch) -> TurnResult:
    if not found.several or not found.programme_id:
        return received
    return replace(received, answer=which_programme.with_programme_id(received.answer, found.programme_id))


def _inbox_row(event: Event, programme_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "platform": event.place.platform,
        "event_id": event.id,
        "programme_id": programme_id,
        "actor": str(event.actor),
        "received_at": now,
    }


def acting(turn: Turn) -> Acting:
    """Return who acts in a turn: what it says to them depends on it."""
    return turn.programme_id, turn.person_id, turn.roles, turn.granted


def _of_this_person(context: Context, read: Read | None) -> Read | None:
    """Return what was read if it was for the person who acts now."""
    return read if read is not None and read.who == acting(context.turn) else None


def _said(declined: Declined | None, read: Read | None) -> Sequence[Effect] | None:
    """Return what a handler has said already: a refusal, or what it read for this very person; else None."""
    declined = declined or (read.declined if read else None)
    if declined:
        return [Reply(declined.message)]
    return read.actions if read else None


def _answer(
    context: Context,
    event: Event,
    found: which_programme.ProgrammeMatch,
    said: Sequence[Effect] | None,
) -> Response:
    """Return the answer to an event, or the question for which of the person's programmes it is.

    `said`: what its handler has said already.
    """
    if found.returned:
        carry_out(context, spaces.back(context.turn, event.place))
    if event.place.kind == "dm" and not context.turn.reachable:
        carry_out(context, closed_dms.catch_up(context.turn))
    if found.asks:
        return carry_out(context, [programme_choice.ask(context, event)])
    chosen = programme_choice.chosen(context, event) if found.several else None
    if chosen is None:
        return carry_out(context, _effects(context, event) if said is None else said)
    if chosen.event is None:
        return programme_choice.answered(context, Response())
    before = replace(context, event=chosen.event)
    effects = _effects(before, chosen.event) if said is None else said
    return programme_choice.answered(context, carry_out(before, effects))


def _effects(context: Context, event: Event) -> Sequence[Effect]:
    """Return what the handlers say."""
    if not context.turn.programme_id:
        return unclaimed_spaces.handle(context, event)
    return routing.handle(context, event)


def kept(work: UnitOfWork, event: Event) -> TurnResult | None:
    """Return what the turn of an event has answered; None while none is committed."""
    row = inbox.known(work.connection, event.place.platform, event.id)
    if row is None:
        return None
    if row.answer_state == "posted":  # it was said as a message
        return TurnResult(Response())
    return TurnResult(load_answer(row.answer), row.id if row.answer_state == "owed" else 0)


def give_up(work: UnitOfWork, event: Event, now: datetime, answer: Response) -> TurnResult:
    """Note that the turn of an event failed and `answer` says so; return what its turn did answer.

    The same event again then has no effect either: its person has read that nothing was changed.
    """
    found = which_programme.programme_of(work.connection, event)
    row_id = inbox.receive(work.connection, _inbox_row(found.event, found.programme_id, now))
    if row_id is None:  # a connection can break within its commit
        return kept(work, event) or TurnResult(answer)
    until = event.reply.expires_at if event.reply else None
    inbox.store_answer(work.connection, row_id, dump_answer(answer, event), until)
    return TurnResult(answer, row_id if until else 0)


def _person(
    work: UnitOfWork, event: Event, programme_id: int | None, known: people.Known | None
) -> people.Actor:
    """Identify as `people.identify`; return no person where the space itself acted, or none is known yet."""
    if not programme_id or isinstance(event, SpaceChanged | ChannelChanged):
        return people.Actor()
    if isinstance(event, PersonChanged):
        found = people.find_identity(work.connection, programme_id, event.actor)
        return people.Actor(*found) if found else people.Actor()
    return people.identify(work, programme_id, event, known)


def context_of(
    work: UnitOfWork,
    event: Event,
    now: datetime,
    programme_id: int,
    port: PlatformProfile,
    source: str,
    who: people.Actor | None = None,
) -> Context:
    """Return what a turn for this event works with. `source`: see `Turn`.

    `who`: the person who acted; without it they are looked up, or made, and what is new is written.
    """
    who = who or _person(work, event, programme_id, None)
    language = language_for(event.actor_locale)
    turn = Turn(
        work=work,
        now=now,
        programme_id=programme_id,
        person_id=who.person_id,
        roles=who.held | who.granted,
        granted=who.granted,
        reachable=who.reachable,
        # To manage a company's own space gives nothing in the programme.
        rights=event.rights if who.space_company is None else event.rights - {"manage"},
        space_company=who.space_company,
        answers_only=port.answers_only,
        grouped=port.grouped,
        user=event.actor,
        place=event.place,
        named=event.named,
        routes=port.routes,
        source=source,
        language=language,
        reading=not source,
    )
    return Context(turn, port.routes, event, port.capabilities, port.limits, port.homes, language=language)

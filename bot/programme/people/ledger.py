"""The ledger of what was said, erased in pieces: it has no bound, and no person reads it there.

What is still to be sent, or still open, has a reader: the turn that forgets a person, or joins two, handles
it. What is over (sent messages, news that was brought, tasks that are done, drafts that have ended) is read a
thousand rows in a turn, by a timer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, convert, to_builtins
from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Text as Words

from bot.chat.actions import Action, SetTimer
from bot.chat.content import dump_message, message
from bot.chat.events import MessageRef, TimerFired, parse_destination
from bot.chat.routes import Routes
from bot.chat.values import replace
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.people import addresses, unnaming
from bot.programme.people.personal_data import ErasureRequest
from storage.tables import Identity, Person, inbox, metadata, outbox, timers
from storage.tables.turns import UNSETTLED

__all__ = ["ROUTES", "erase", "merge"]

_NOTHING: Final = dump_message(message())
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "answered", "failed", "unknown", "withdrawn")
_OVER: Final = ("sent", "answered", "withdrawn")
_WAITS: Final = ("pending", "held", "failed", "unknown")
_ROWS_AT_ONCE: Final = 1000  # rows of one turn
_EVENTS_AT_ONCE: Final = 20_000  # ids of events of one turn: most are another person's
_FORGOTTEN: Final = literal("edit:forgotten:")
_OTHERS: Final = {"conversations": "draft", "notices": "message", "tasks": "message"}
"""Tables besides the messages whose rows name people, with the column that does."""


class _Rest(Struct, frozen=True, omit_defaults=True):
    """The payload of the timer that goes on with the ledger; it is deleted with the last piece.

    Attributes:
        person: the id of the person who was forgotten, or joined to another.
        accounts, places: where they were written to: accounts as text, and the places where they read alone.
        names: messages that name the person are erased as well; not while a report keeps their name.
        upto, upto_event: the last message and the last event of the time when they were forgotten.
        after, after_event: the last ones that were looked at.
        others: the last rows of `_OTHERS` that are still to be looked at; they are read downwards.
        into: the id of the person they are joined to, who is then named in their place; 0 where forgotten.
    """

    person: int
    accounts: tuple[str, ...]
    places: tuple[str, ...]
    names: bool
    upto: int
    upto_event: int
    after: int = 0
    after_event: int = 0
    others: dict[str, int] = {}
    into: int = 0


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what is still to be sent to the person, and the first piece of the ledger."""
    person, names = request.person, not request.held
    if names:
        _unname_answers(turn, person)
        _redirect(turn, person.id, 0)
    identities = turn.session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    rest = _Rest(
        person.id,
        tuple(str(addresses.account_of(each)) for each in identities),
        tuple(each.home for each in identities if each.home),
        names=names,
        upto=_last(turn, outbox),
        upto_event=_last(turn, inbox),
        others=_lasts(turn) if names else {},
    )
    unsettled = _looked_at(turn, rest).where(UNSETTLED, outbox.c.state.in_(_WAITS))
    _erase_found(turn, rest, turn.connection.execute(unsettled).all())
    return _next_piece(turn, rest)


def merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Make the second person the first where messages that wait and answers name them, then in the ledger."""
    # Its states as well: by the condition alone SQLite does not choose the index of the unsettled.
    unsettled = and_(UNSETTLED, outbox.c.state.in_((*_WAITS, "sending")))
    _rename(turn, outbox, "message", second.id, first.id, unsettled)
    _rename(turn, inbox, "answer", second.id, first.id, inbox.c.answer.is_not(None))
    _redirect(turn, second.id, first.id)
    upto, others = _last(turn, outbox), _lasts(turn)
    rest = _Rest(second.id, (), (), names=True, upto=upto, upto_event=0, others=others, into=first.id)
    return _next_piece(turn, rest)


def _last(turn: Turn, table: Table) -> int:
    return turn.connection.scalar(select(func.max(table.c.id))) or 0


def _lasts(turn: Turn) -> dict[str, int]:
    return {name: _last(turn, metadata.tables[name]) for name in _OTHERS}


def _redirect(turn: Turn, person_id: int, into: int) -> None:
    """Let the pieces that name a person in another's place name this one, or no person (0) from now on."""
    mine = (timers.c.programme_id == turn.programme_id, timers.c.state == "pending")
    pieces = timers.c.subject == subjects.LEDGER(turn.programme_id)
    for row in turn.connection.execute(select(timers.c.id, timers.c.payload).where(*mine, pieces)).all():
        rest = convert(row.payload, _Rest)
        if rest.into == person_id:
            to = {"payload": to_builtins(replace(rest, into=into))}
            turn.connection.execute(update(timers).where(timers.c.id == row.id).values(to))


def rest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Go on with what the ledger holds of a person who was forgotten or joined to another."""
    actions = _next_piece(turn, event.read(_Rest))
    if not actions:
        done = (timers.c.programme_id == turn.programme_id, timers.c.key == event.key)
        turn.connection.execute(delete(timers).where(*done))
    return actions


def _next_piece(turn: Turn, rest: _Rest) -> list[Action]:
    """Handle the next piece of the ledger; a timer does the others."""
    if rest.after < rest.upto:
        next_ones = _looked_at(turn, rest).where(outbox.c.id > rest.after, outbox.c.id <= rest.upto)
        rows = turn.connection.execute(next_ones.order_by(outbox.c.id).limit(_ROWS_AT_ONCE)).all()
        places = _erase_found(turn, rest, rows)
        last = rows[-1].id if len(rows) == _ROWS_AT_ONCE else rest.upto
        rest = replace(rest, places=places, after=last)
    if rest.after == rest.upto:
        rest = replace(rest, others=dict(_next_others(turn, rest)))
    if rest.after == rest.upto and not rest.others:
        rest = replace(rest, after_event=min(rest.after_event + _EVENTS_AT_ONCE, rest.upto_event))
        _erase_events(turn, rest)
    if rest.after == rest.upto and not rest.others and rest.after_event == rest.upto_event:
        return []
    key, about = keys.FORGOTTEN(rest.person), subjects.LEDGER(turn.programme_id)
    return [SetTimer(key, next_piece_at(turn.now), Timer.FORGOTTEN_REST, about, rest)]


def _next_others(turn: Turn, rest: _Rest) -> Iterator[tuple[str, int]]:
    """Handle the next rows of each other table; yield those that have more, with the last of them."""
    for name, upto in rest.others.items():
        table, first = metadata.tables[name], upto - _ROWS_AT_ONCE
        some = (table.c.id <= upto) & (table.c.id > first)
        _rename(turn, table, _OTHERS[name], rest.person, rest.into, some)
        if first > 0:
            yield name, first


def _rename(
    turn: Turn, table: Table, column: str, person_id: int, into: int, which: ColumnElement[bool]
) -> None:
    """Name another person in this one's place in some rows of a table, or no person where `into` is 0."""
    said = table.c[column]
    mine = (table.c.programme_id == turn.programme_id, which, unnaming.may_name(said, person_id))
    for number, stored in turn.connection.execute(select(table.c.id, said).where(*mine)).all():
        if unnaming.names(stored, person_id):
            values = {column: _renamed(stored, person_id, into)}
            turn.connection.execute(update(table).where(table.c.id == number).values(values))


def _renamed(stored: Any, person_id: int, into: int) -> Any:  # noqa: ANN401 - any stored JSON
    return unnaming.joined(stored, into, person_id) if into else unnaming.unnamed(stored, person_id)


def _looked_at(turn: Turn, rest: _Rest) -> Select[*tuple[Any, ...]]:
    """Return the query of messages, with whether each may name the person."""
    named = unnaming.may_name(outbox.c.message, rest.person) if rest.names else false()
    columns = (outbox.c.id, outbox.c.destination, outbox.c.reference)
    mine = (outbox.c.programme_id == turn.programme_id, outbox.c.state != "sending")
    return select(*columns, named.label("named")).where(*mine)


def _erase_found(turn: Turn, rest: _Rest, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[str, ...]:
    """Erase what these messages hold of the person; return the places where they read alone.

    Direct messages are known by what was sent there.
    """
    written = {row.reference for row in rows if row.destination in rest.accounts and row.reference}
    found = {MessageRef.parse(reference).place for reference in written}
    places = tuple(sorted({*rest.places, *(str(place) for place in found if place.kind == "dm")}))
    mine: dict[str, list[int]] = {}
    for row in rows:
        if row.destination in rest.accounts or row.destination in places:
            mine.setdefault(parse_destination(row.destination).platform, []).append(row.id)
        elif row.named:
            _unname(turn, rest, row.id)
    for platform, ids in mine.items():
        _erase_own(turn, platform, places, ids)
    return places


def _erase_own(turn: Turn, platform: str, places: Sequence[str], ids: Sequence[int]) -> None:
    """Keep in the ledger that and when these were sent, without what they said and to which account."""
    theirs = outbox.c.id.in_(ids)
    turn.connection.execute(update(outbox).where(theirs, _UNSENT).values(state="withdrawn"))
    # What is said in a message's place is called by it, and the place is the person's own.
    key = case(
        (_holds(outbox.c.key, places), _FORGOTTEN.concat(cast(outbox.c.id, String))), else_=outbox.c.key
    )
    target = case((_holds(outbox.c.target, places), None), else_=outbox.c.target)
    gone = {
        "message": _NOTHING,
        "destination": f"{platform}/@forgotten",
        "reference": None,
        "key": key,
        "target": target,
    }
    turn.connection.execute(update(outbox).where(theirs, outbox.c.state.in_(_SETTLED)).values(gone))


def _erase_events(turn: Turn, rest: _Rest) -> None:
    """Erase from some events who the actor was and what was answered, up to the last that was looked at."""
    for account in rest.accounts:
        theirs = (inbox.c.programme_id == turn.programme_id, inbox.c.actor == account)
        some = (inbox.c.id <= rest.after_event, inbox.c.id > rest.after_event - _EVENTS_AT_ONCE)
        gone = {"answer": None, "actor": f"{parse_destination(account).platform}/@forgotten"}
        turn.connection.execute(
            update(inbox).where(*theirs, *some, inbox.c.answer_state != "owed").values(gone)
        )


def _holds(column: Column[Any], places: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.contains(place, autoescape=True) for place in places))


def _unname_answers(turn: Turn, person: Person) -> None:
    """Erase the answers that were given and name the person, and all those of before people were values.

    An answer is kept for the case that its event comes again. One of before says no language; it may name the
    person in any text.
    """
    given = (
        inbox.c.programme_id == turn.programme_id,
        inbox.c.answer_state != "owed",
        inbox.c.answer.is_not(None),
    )
    of_before = (~cast(inbox.c.answer, Words).contains('"language":'),)
    turn.connection.execute(update(inbox).where(*given, *of_before).values(answer=None))
    query = select(inbox.c.id, inbox.c.answer).where(*given, unnaming.may_name(inbox.c.answer, person.id))
    rows = turn.connection.execute(query).all()
    gone = [row.id for row in rows if unnaming.names(row.answer, person.id)]
    turn.connection.execute(update(inbox).where(inbox.c.id.in_(gone)).values(answer=None))


def _unname(turn: Turn, rest: _Rest, number: int) -> None:
    """Erase a sent message that names a forgotten person; in others the name is taken out, or another's."""
    mine = outbox.c.id == number
    row = turn.connection.execute(select(outbox.c.state, outbox.c.message).where(mine)).one()
    if unnaming.names(row.message, rest.person):
        gone = row.state in _OVER and not rest.into
        said = _NOTHING if gone else _renamed(row.message, rest.person, rest.into)
        turn.connection.execute(update(outbox).where(mine).values(message=said))


ROUTES: Final = Routes(timers={Timer.FORGOTTEN_REST: rest_due})

"""Messages and answers that were sent: those to a forgotten person, and those that name the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    String,
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
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat.actions import Action, SetTimer
from bot.chat.codec import Key
from bot.chat.content import Message, dump_message, layout, message, say, text
from bot.chat.events import MessageRef, TimerFired, UserRef, parse_destination
from bot.chat.languages import language_for
from bot.chat.routes import Routes
from bot.chat.translation import translated
from bot.chat.values import replace
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.people import addresses, unnaming
from bot.programme.people.personal_data import ErasureRequest, Section
from storage.dialects import begins
from storage.tables import Identity, Person, inbox, outbox, timers
from storage.tables.turns import UNSETTLED

__all__ = [
    "ROUTES",
    "erase",
    "erase_cards",
    "erase_copies",
    "erase_lists",
    "export",
    "keyed",
    "merge",
    "put_again",
    "take_back",
]

_NOTHING: Final = dump_message(message())
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "answered", "failed", "unknown", "withdrawn")
_OVER: Final = ("sent", "answered", "withdrawn")
_WAITS: Final = ("pending", "held", "failed", "unknown")
_AT_ONCE: Final = 25  # beginnings of keys that are looked for in one statement
_MESSAGES_AT_ONCE: Final = 1000  # messages of one turn
_EVENTS_AT_ONCE: Final = 20_000  # ids of events of one turn: most are another person's
_FORGOTTEN: Final = literal("edit:forgotten:")


def export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what messages to others quote of the person's words, where these are kept nowhere else."""
    query = select(outbox.c.message).where(
        outbox.c.programme_id == turn.programme_id, outbox.c.writer_id == person.id
    )
    said = [words for message in turn.connection.scalars(query) for words in unnaming.words_in(message)]
    yield say("Your words in messages to others"), [text(layout("- {words}", words=words)) for words in said]


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what was sent to the person, and their name from what was sent to others.

    What is still to be sent is erased now, and the first messages of the ledger. A timer erases the others
    (`rest_due`): they have no bound, and no one reads them there.
    """
    person = request.person
    if not request.held:
        _erase_about(turn, request)
        erase_copies(turn, outbox.c.writer_id == person.id)
        _unname_answers(turn, person)
    identities = turn.session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    rest = _Rest(
        person.id,
        tuple(str(addresses.account_of(each)) for each in identities),
        tuple(each.home for each in identities if each.home),
        names=not request.held,
        upto=turn.connection.scalar(select(func.max(outbox.c.id))) or 0,
        upto_event=turn.connection.scalar(select(func.max(inbox.c.id))) or 0,
    )
    unsettled = _looked_at(turn, rest).where(UNSETTLED, outbox.c.state.in_(_WAITS))
    _erase_found(turn, rest, turn.connection.execute(unsettled).all())
    return _erase_rest(turn, rest)


class _Rest(Struct, frozen=True, omit_defaults=True):
    """The payload of the timer that goes on with the ledger; it is deleted with the last piece.

    Attributes:
        person: the id of the forgotten person.
        accounts, places: where they were written to: accounts as text, and the places where they read alone.
        names: messages that name the person are erased as well; not while a report keeps their name.
        upto, upto_event: the last message and the last event of the time when they were forgotten.
        after, after_event: the last ones that were looked at.
    """

    person: int
    accounts: tuple[str, ...]
    places: tuple[str, ...]
    names: bool
    upto: int
    upto_event: int
    after: int = 0
    after_event: int = 0


def rest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Go on erasing what the ledger holds of a forgotten person."""
    actions = _erase_rest(turn, event.read(_Rest))
    if not actions:
        done = (timers.c.programme_id == turn.programme_id, timers.c.key == event.key)
        turn.connection.execute(delete(timers).where(*done))
    return actions


def _erase_rest(turn: Turn, rest: _Rest) -> list[Action]:
    """Erase the next piece of the ledger; a timer does the others."""
    if rest.after < rest.upto:
        next_ones = _looked_at(turn, rest).where(outbox.c.id > rest.after, outbox.c.id <= rest.upto)
        rows = turn.connection.execute(next_ones.order_by(outbox.c.id).limit(_MESSAGES_AT_ONCE)).all()
        places = _erase_found(turn, rest, rows)
        last = rows[-1].id if len(rows) == _MESSAGES_AT_ONCE else rest.upto
        rest = replace(rest, places=places, after=last)
    if rest.after == rest.upto:
        rest = replace(rest, after_event=min(rest.after_event + _EVENTS_AT_ONCE, rest.upto_event))
        _erase_events(turn, rest)
    if rest.after == rest.upto and rest.after_event == rest.upto_event:
        return []
    key, about = keys.FORGOTTEN(rest.person), subjects.PERSON(rest.person)
    return [SetTimer(key, next_piece_at(turn.now), Timer.FORGOTTEN_REST, about, rest)]


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
            _unname(turn, rest.person, row.id)
    for platform, ids in mine.items():
        _erase_own(turn, platform, places, ids)
    return places


def merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Make the second person the first wherever a message or an answer names them."""
    for table, column in ((outbox, outbox.c.message), (inbox, inbox.c.answer)):
        query = select(table.c.id, column.label("said")).where(
            table.c.programme_id == turn.programme_id, unnaming.may_name(column, second.id)
        )
        for row in turn.connection.execute(query).all():
            said = {column.key: unnaming.joined(row.said, first.id, second.id)}
            turn.connection.execute(update(table).where(table.c.id == row.id).values(said))
    return []


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


def _unname(turn: Turn, person_id: int, number: int) -> None:
    """Erase a sent message that names the person; take the name out of a message that was not sent."""
    mine = outbox.c.id == number
    row = turn.connection.execute(select(outbox.c.state, outbox.c.message).where(mine)).one()
    if unnaming.names(row.message, person_id):
        said = _NOTHING if row.state in _OVER else unnaming.unnamed(row.message, person_id)
        turn.connection.execute(update(outbox).where(mine).values(message=said))


def _erase_about(turn: Turn, request: ErasureRequest) -> None:
    """Erase sent messages about what rooms have noted, by the keys of the messages and their changes.

    Before people were values their names were parts of the text, where nothing can find them. About their own
    things, what is still to be sent goes out if it names them as a value, which is replaced. Another message
    that waits may be of before, and could be said only with the name: it is withdrawn, since what it is about
    ends with the person. What is about the things of others (a project's students) is sent as it is.
    """
    mine = (outbox.c.programme_id == turn.programme_id, outbox.c.state != "sending")
    found: dict[int, bool] = {}
    for own in (False, True):
        for condition in keyed(request.posts[own], outbox.c.key, outbox.c.target):
            numbers = turn.connection.scalars(select(outbox.c.id).where(*mine, condition))
            found |= dict.fromkeys(numbers, own)
    for number, own in found.items():
        _erase_one(turn, request.person, number, own=own)


def _erase_one(turn: Turn, person: Person, number: int, *, own: bool) -> None:
    mine = outbox.c.id == number
    row = turn.connection.execute(select(outbox.c.state, outbox.c.message).where(mine)).one()
    if row.state in _OVER:
        turn.connection.execute(update(outbox).where(mine).values(message=_NOTHING))
    elif own and not unnaming.names(row.message, person.id):
        turn.connection.execute(update(outbox).where(mine).values(message=_NOTHING, state="withdrawn"))


def keyed(
    stems: Collection[str], *columns: Column[str] | InstrumentedAttribute[str]
) -> Iterator[ColumnElement[bool]]:
    """Return the conditions, to be asked one by one, that a column has a key with one of these stems."""
    some = sorted(stems)
    for at in range(0, len(some), _AT_ONCE):
        whole = some[at : at + _AT_ONCE]
        begun = [begins(column, f"{stem}{Key.mark}") for column in columns for stem in whole]
        yield or_(*(column.in_(whole) for column in columns), *begun)


def erase_lists(turn: Turn) -> None:
    """Erase the daily lists of tasks that were sent to the staff channel: items name people there."""
    of_tasks = begins(outbox.c.key, keys.TASKS.begin())
    mine = (outbox.c.programme_id == turn.programme_id, of_tasks)
    turn.connection.execute(update(outbox).where(*mine, outbox.c.state.in_(_OVER)).values(message=_NOTHING))


def erase_cards(turn: Turn, news: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """Erase the daily messages that brought these pieces of news, each by its reader's id and its own.

    Older ones do not say which pieces they brought: they are all erased for a reader of one. Return the ids
    of those that wait, with their subjects ("" for such an older one): their other news are still to be sent.
    """
    waiting: dict[int, str] = {}
    for reader, number in news:
        query = select(outbox.c.id, outbox.c.subject, outbox.c.state).where(
            outbox.c.programme_id == turn.programme_id,
            begins(outbox.c.key, keys.NOTICES.begin(reader)),
            outbox.c.state.in_((*_OVER, *_WAITS)),
        )
        for row in turn.connection.execute(query).all():
            about = subjects.OF_NEWS.match(row.subject or "")
            if about is not None and not about.first <= number <= about.last:
                continue
            if row.state in _OVER:
                turn.connection.execute(update(outbox).where(outbox.c.id == row.id).values(message=_NOTHING))
            else:
                waiting[row.id] = row.subject if about else ""
    return list(waiting.items())


def put_again(turn: Turn, number: int, said: Message | None) -> None:
    """Let a message that waits say this to its reader; None withdraws it, and nothing of it stays."""
    mine = outbox.c.id == number
    values: dict[str, Any] = {"message": _NOTHING, "state": "withdrawn"}
    to = parse_destination(turn.connection.execute(select(outbox.c.destination).where(mine)).scalar_one())
    if said is not None:
        language = language_for(addresses.locale_of(turn, to) if isinstance(to, UserRef) else None)
        values = {"message": dump_message(translated(said, language))}
    turn.connection.execute(update(outbox).where(mine).values(values))


def erase_copies(turn: Turn, which: ColumnElement[bool], said: Mapping[str, str] | None = None) -> None:
    """Erase what these messages quote of a person's words: sent messages whole, in waiting ones the words.

    `said`: the words, each with its replacement; without it, all that people wrote there.
    """
    query = select(outbox.c.id, outbox.c.message, outbox.c.state).where(
        outbox.c.programme_id == turn.programme_id, which, outbox.c.state != "sending"
    )
    for row in turn.connection.execute(query).all():
        kept = unnaming.wordless(row.message) if said is None else unnaming.reworded(row.message, said)
        words = _NOTHING if row.state in _OVER else kept
        turn.connection.execute(update(outbox).where(outbox.c.id == row.id).values(message=words))


def take_back(turn: Turn, *which: ColumnElement[bool]) -> None:
    """Erase what these messages said; those that have not arrived are not brought any more."""
    mine = (outbox.c.programme_id == turn.programme_id, or_(false(), *which), outbox.c.state != "sending")
    state = case((outbox.c.state == "sent", "sent"), else_="withdrawn")
    turn.connection.execute(update(outbox).where(*mine).values(message=_NOTHING, state=state))


ROUTES: Final = Routes(timers={Timer.FORGOTTEN_REST: rest_due})

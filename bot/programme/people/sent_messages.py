"""Messages and answers that were sent: those to a forgotten person, and those that name the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, String, case, cast, false, literal, or_, select, update
from sqlalchemy import Text as Words
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat.actions import Action
from bot.chat.codec import Key
from bot.chat.content import Message, dump_message, layout, message, say, text
from bot.chat.events import MessageRef, UserRef, parse_destination
from bot.chat.languages import language_for
from bot.chat.translation import translated
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.people import addresses, unnaming
from bot.programme.people.personal_data import ErasureRequest, Section
from storage.dialects import begins
from storage.tables import Identity, Person, inbox, outbox

__all__ = [
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
_FORGOTTEN: Final = literal("edit:forgotten:")


def export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what messages to others quote of the person's words, where these are kept nowhere else."""
    query = select(outbox.c.message).where(
        outbox.c.programme_id == turn.programme_id, outbox.c.writer_id == person.id
    )
    said = [words for message in turn.connection.scalars(query) for words in unnaming.words_in(message)]
    yield say("Your words in messages to others"), [text(layout("- {words}", words=words)) for words in said]


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what was sent to the person, and their name from what was sent to others."""
    if not request.held:
        _erase_about(turn, request)
        erase_copies(turn, outbox.c.writer_id == request.person.id)
        _unname_answers(turn, request.person)
        _unname_messages(turn, request.person)
    _erase_own(turn, request.person)
    return []


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


def _erase_own(turn: Turn, person: Person) -> None:
    """Keep in the ledger that and when something was sent, without what it said and to which account."""
    connection = turn.connection
    for each in turn.session.scalars(select(Identity).where(Identity.person_id == person.id)):
        account, nobody = str(addresses.account_of(each)), f"{each.platform}/@forgotten"
        places = _places_of(turn, each, account)
        mine = (
            outbox.c.programme_id == turn.programme_id,
            outbox.c.destination.in_([account, *places]),
        )
        connection.execute(update(outbox).where(*mine, _UNSENT).values(state="withdrawn"))
        settled = (*mine, outbox.c.state.in_(_SETTLED))
        # What is said in a message's place is called by it, and the place is the person's own.
        key = case(
            (_holds(outbox.c.key, places), _FORGOTTEN.concat(cast(outbox.c.id, String))), else_=outbox.c.key
        )
        target = case((_holds(outbox.c.target, places), None), else_=outbox.c.target)
        gone = {"message": _NOTHING, "destination": nobody, "reference": None, "key": key, "target": target}
        connection.execute(update(outbox).where(*settled).values(gone))
        connection.execute(
            update(inbox)
            .where(inbox.c.programme_id == turn.programme_id, inbox.c.actor == account)
            .where(inbox.c.answer_state != "owed")
            .values(answer=None, actor=nobody)
        )


def _holds(column: Column[Any], places: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.contains(place, autoescape=True) for place in places))


def _places_of(turn: Turn, identity: Identity, account: str) -> list[str]:
    """Return where the person reads alone: direct messages, known by what was sent there, and their page."""
    query = select(outbox.c.reference).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.destination == account,
        outbox.c.reference.is_not(None),
    )
    places = {MessageRef.parse(reference).place for reference in turn.connection.scalars(query)}
    alone = sorted(str(place) for place in places if place.kind == "dm")
    return [*alone, *([identity.home] if identity.home else [])]


def _unname_answers(turn: Turn, person: Person) -> None:
    """Erase the answers that were given and name the person, and all those of before people were values.

    An answer is kept for the case that its event comes again. One of before says no language; it may name the
    person in any text.
    """
    given = (inbox.c.programme_id == turn.programme_id, inbox.c.answer_state != "owed")
    of_before = (inbox.c.answer.is_not(None), ~cast(inbox.c.answer, Words).contains('"language":'))
    turn.connection.execute(update(inbox).where(*given, *of_before).values(answer=None))
    query = select(inbox.c.id, inbox.c.answer).where(*given, unnaming.may_name(inbox.c.answer, person.id))
    rows = turn.connection.execute(query).all()
    gone = [row.id for row in rows if unnaming.names(row.answer, person.id)]
    turn.connection.execute(update(inbox).where(inbox.c.id.in_(gone)).values(answer=None))


def _unname_messages(turn: Turn, person: Person) -> None:
    """Erase a sent message that names the person; take the name out of a message that was not sent."""
    query = select(outbox.c.id, outbox.c.message, outbox.c.state).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.state != "sending",
        unnaming.may_name(outbox.c.message, person.id),
    )
    for row in turn.connection.execute(query).all():
        if not unnaming.names(row.message, person.id):
            continue
        said = _NOTHING if row.state in _OVER else unnaming.unnamed(row.message, person.id)
        turn.connection.execute(update(outbox).where(outbox.c.id == row.id).values(message=said))


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

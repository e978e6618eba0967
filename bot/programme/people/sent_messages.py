"""Messages and answers that were sent: those to a forgotten person, and those that name the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, String, case, cast, false, literal, or_, select, update

from bot.chat.actions import Action
from bot.chat.content import dump_message, message, say, text
from bot.chat.events import MessageRef
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.people import addresses, unnaming
from bot.programme.people.personal_data import ErasureRequest, Section
from storage.tables import Identity, Person, inbox, outbox

__all__ = [
    "erase",
    "erase_about",
    "erase_cards",
    "erase_copies",
    "erase_lists",
    "export",
    "merge",
    "take_back",
]

_NOTHING: Final = dump_message(message())
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "answered", "failed", "unknown", "withdrawn")
_OVER: Final = ("sent", "answered", "withdrawn")
_FORGOTTEN: Final = literal("edit:forgotten:")


def export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what messages to others quote of the person's words, where these are kept nowhere else."""
    query = select(outbox.c.message).where(
        outbox.c.programme_id == turn.programme_id, outbox.c.writer_id == person.id
    )
    said = [words for message in turn.connection.scalars(query) for words in unnaming.words_in(message)]
    yield say("Your words in messages to others"), [text("- {words}", words=words) for words in said]


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what was sent to the person, and their name from what was sent to others."""
    if not request.held:
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
    """Erase the answers that were given and name the person."""
    query = select(inbox.c.id, inbox.c.answer).where(
        inbox.c.programme_id == turn.programme_id,
        inbox.c.answer_state != "owed",
        unnaming.may_name(inbox.c.answer, person.id),
    )
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


def erase_about(turn: Turn, person: Person, stems: Collection[str], *, own: bool = True) -> None:
    """Erase sent messages about a person's things, by the keys of the messages and their changes.

    Before people were values their names were parts of the text, where nothing can find them. One of their
    `own` things that is still to be sent goes out if it names them as a value, which is replaced. Another
    that waits may be of before, and could be said only with the name: it is withdrawn, since what it is about
    ends with the person. What is about the things of others (a project's students) is sent as it is.
    """
    if not stems:
        return
    query = select(outbox.c.id, outbox.c.key, outbox.c.target).where(
        outbox.c.programme_id == turn.programme_id, outbox.c.state != "sending"
    )
    for row in turn.connection.execute(query).all():
        if keys.stem_of(row.key) in stems or keys.stem_of(row.target or "") in stems:
            _erase_one(turn, person, row.id, own=own)


def _erase_one(turn: Turn, person: Person, number: int, *, own: bool) -> None:
    mine = outbox.c.id == number
    row = turn.connection.execute(select(outbox.c.state, outbox.c.message).where(mine)).one()
    if row.state in _OVER:
        turn.connection.execute(update(outbox).where(mine).values(message=_NOTHING))
    elif own and not unnaming.names(row.message, person.id):
        turn.connection.execute(update(outbox).where(mine).values(message=_NOTHING, state="withdrawn"))


def erase_lists(turn: Turn) -> None:
    """Erase the daily lists of tasks that were sent to the staff channel: items name people there."""
    mine = (outbox.c.programme_id == turn.programme_id, outbox.c.key.startswith(keys.TASKS.begin()))
    turn.connection.execute(update(outbox).where(*mine, outbox.c.state.in_(_OVER)).values(message=_NOTHING))


def erase_cards(turn: Turn, news: Iterable[tuple[int, int]]) -> None:
    """Erase the daily messages that brought these pieces of news, each by its reader's id and its own.

    Older ones do not say which pieces they brought: they are all erased for a reader of one.
    """
    for reader, number in news:
        query = select(outbox.c.id, outbox.c.subject).where(
            outbox.c.programme_id == turn.programme_id,
            outbox.c.key.startswith(keys.NOTICES.begin(reader)),
            outbox.c.state.in_(_OVER),
        )
        for row in turn.connection.execute(query).all():
            about = subjects.OF_NEWS.match(row.subject or "")
            if about is None or about.first <= number <= about.last:
                turn.connection.execute(update(outbox).where(outbox.c.id == row.id).values(message=_NOTHING))


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

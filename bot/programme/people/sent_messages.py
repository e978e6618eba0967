"""Messages and answers that were sent: those to a forgotten person, and those that name the person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    select,
    update,
)

from bot.chat.actions import Action
from bot.chat.codec import Key
from bot.chat.content import Message, dump_message, layout, message, say, text
from bot.chat.translation import translated
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.people import addresses, ledger, unnaming
from bot.programme.people.personal_data import ErasureRequest, Section
from storage.dialects import begins
from storage.prepared import Prepared
from storage.stems import with_stems
from storage.tables import Person, outbox

__all__ = [
    "erase",
    "erase_cards",
    "erase_copies",
    "erase_lists",
    "export",
    "keyed",
    "put_again",
    "take_back",
]

_NOTHING: Final = dump_message(message())
_OVER: Final = ("sent", "answered", "withdrawn")
_WAITS: Final = ("pending", "held", "failed", "unknown")
_IDS: Final = select(outbox.c.id).where(
    outbox.c.programme_id == bindparam("programme"), outbox.c.state != "sending"
)
_KEYED: Final = Prepared(with_stems(_IDS, Key.mark, "stems", outbox.c.key))
_ABOUT: Final = Prepared(with_stems(_IDS, Key.mark, "stems", outbox.c.key, outbox.c.target))


def export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what messages to others quote of the person's words, where these are kept nowhere else."""
    query = select(outbox.c.message).where(
        outbox.c.programme_id == turn.programme_id, outbox.c.writer_id == person.id
    )
    said = [words for message in turn.connection.scalars(query) for words in unnaming.words_in(message)]
    yield say("Your words in messages to others"), [text(layout("- {words}", words=words)) for words in said]


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what was sent to the person, and their name from what was sent to others (`ledger.erase`)."""
    if not request.held:
        _erase_about(turn, request)
        erase_copies(turn, outbox.c.writer_id == request.person.id)
    return ledger.erase(turn, request)


def _erase_about(turn: Turn, request: ErasureRequest) -> None:
    """Erase sent messages about what rooms have noted, by the keys of the messages and their changes.

    Before people were values their names were parts of the text, where nothing can find them. About their own
    things, what is still to be sent goes out if it names them as a value, which is replaced. Another message
    that waits may be of before, and could be said only with the name: it is withdrawn, since what it is about
    ends with the person. What is about the things of others (a project's students) is sent as it is.
    """
    found = {own: _found(turn, _ABOUT, stems) for own, stems in request.posts.items()}
    every = outbox.c.id.in_({*found[True], *found[False]})
    over = outbox.c.state.in_(_OVER)
    turn.connection.execute(update(outbox).where(every, over).values(message=_NOTHING))
    waiting = select(outbox.c.id, outbox.c.message).where(outbox.c.id.in_(found[True]), ~over)
    nameless = [
        row.id
        for row in turn.connection.execute(waiting).all()
        if not unnaming.names(row.message, request.person.id)
    ]
    gone = {"message": _NOTHING, "state": "withdrawn"}
    turn.connection.execute(update(outbox).where(outbox.c.id.in_(nameless)).values(gone))


def keyed(turn: Turn, stems: Iterable[str]) -> list[int]:
    """Return the ids of the messages that are not being sent and whose keys have one of these stems."""
    return _found(turn, _KEYED, stems)


def _found(turn: Turn, query: Prepared, stems: Iterable[str]) -> list[int]:
    values = {"programme": turn.programme_id, "stems": sorted(stems)}
    return [row.id for row in query.rows(turn.connection, values)]


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
    to = turn.connection.execute(select(outbox.c.destination).where(mine)).scalar_one()
    if said is not None:
        values = {"message": dump_message(translated(said, addresses.language_of(turn, to)))}
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


def take_back(turn: Turn, stems: Iterable[str]) -> None:
    """Erase what messages with such keys said; those that have not arrived are not brought any more."""
    state = case((outbox.c.state == "sent", "sent"), else_="withdrawn")
    mine = outbox.c.id.in_(keyed(turn, stems))
    turn.connection.execute(update(outbox).where(mine).values(message=_NOTHING, state=state))

"""Rows about a person among notifications: news for them, news of them, and the coordinators' tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import ColumnElement, false, select, update

from bot.chat.actions import Action, CancelTimers
from bot.chat.content import dump_message, message, say, text
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import unnaming
from bot.programme.people.personal_data import NOTHING_UNFINISHED, ErasureRequest, PersonalData, Section
from storage.tables import Notice, Person, Task

__all__ = ["PARTS", "erase_news", "erase_task"]

_NOTHING: Final = dump_message(message())
_STAYS_OPEN: Final = "placement.ended"
"""The kind of an item that coordinators still have to look into after the erasure."""


def erase_news(
    turn: Turn,
    request: ErasureRequest,
    gone: Iterable[str],
    named: Collection[str],
    words: Mapping[str, str] | None = None,
) -> None:
    """Erase news and tasks about a person's own things.

    `gone`: subjects whose news is no longer due. `named`: subjects whose waiting news is sent without the
    name, and with these `words` of the person replaced; what was sent is erased.
    """
    _drop(turn, Notice.subject.in_(list(gone)), Task.subject.in_(list(gone)))
    if request.held:
        return
    person = request.person
    instead = {**(words or {}), person.name: unnaming.GONE}
    for news in _about(turn, named):
        told = news.state not in {"waiting", "open"}
        news.message = _NOTHING if told else unnaming.renamed(news.message, instead, person.id)
    turn.session.flush()


def _about(turn: Turn, subjects: Collection[str]) -> list[Notice | Task]:
    notices = select(Notice).where(Notice.programme_id == turn.programme_id, Notice.subject.in_(subjects))
    items = select(Task).where(Task.programme_id == turn.programme_id, Task.subject.in_(subjects))
    return [*turn.session.scalars(notices), *turn.session.scalars(items)]


def _drop(turn: Turn, *conditions: ColumnElement[bool]) -> None:
    """Erase pieces of news and items; what an early end asks of the coordinators stays for them to do."""
    notices, items = conditions
    turn.session.execute(
        update(Notice)
        .where(Notice.programme_id == turn.programme_id, notices)
        .values(message=_NOTHING, state="dropped")
        .execution_options(synchronize_session=False)
    )
    turn.session.execute(
        update(Task)
        .where(Task.programme_id == turn.programme_id, items, Task.kind != _STAYS_OPEN)
        .values(message=_NOTHING, state="done", closed_at=turn.now)
        .execution_options(synchronize_session=False)
    )


def erase_task(turn: Turn, keys: Collection[str]) -> None:
    """Erase the items with these keys: there is nothing left to decide about them."""
    _drop(turn, false(), Task.key.in_(keys))


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what news of others bring of the person's words; news for them are of what is shown here."""
    query = select(Notice.message).where(Notice.writer_id == person.id).order_by(Notice.id)
    said = [words for stored in turn.session.scalars(query) for words in unnaming.words_in(stored)]
    yield say("Your words in news to others"), [text("- {words}", words=words) for words in said]


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Drop news for the person; waiting news of others goes on without the name."""
    person, own = request.person, subjects.PERSON(request.person.id)
    _drop(turn, Notice.person_id == person.id, Task.subject == own)
    erase_news(turn, request, (), (own,))
    _erase_words(turn, request)
    if not request.held:
        unname = unnaming.without if unnaming.also_another(turn, person) else unnaming.unnamed
        for news in _naming(turn, person):
            news.message = unname(news.message, person)
    turn.session.flush()
    return [CancelTimers(subject=own)]


def _erase_words(turn: Turn, request: ErasureRequest) -> None:
    """Erase the person's words in news for others: all of what was sent, and the words of what waits."""
    query = select(Notice).where(Notice.programme_id == turn.programme_id)
    if not request.held:
        for news in turn.session.scalars(query.where(Notice.writer_id == request.person.id)):
            news.message = unnaming.wordless(news.message) if news.state == "waiting" else _NOTHING


def _naming(turn: Turn, person: Person) -> list[Notice | Task]:
    """Return news and items that may name a person, whatever they are about."""
    noticed, listed = (unnaming.may_name(noun.message, person) for noun in (Notice, Task))
    return _found(turn, noticed, listed)


def _found(turn: Turn, noticed: ColumnElement[bool], listed: ColumnElement[bool]) -> list[Notice | Task]:
    notices = select(Notice).where(Notice.programme_id == turn.programme_id, noticed)
    items = select(Task).where(Task.programme_id == turn.programme_id, listed)
    return [*turn.session.scalars(notices), *turn.session.scalars(items)]


def _merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Give what waited for the second account to the first; nothing is asked about the second any more."""
    noticed, listed = (unnaming.is_value_of(noun.message, second) for noun in (Notice, Task))
    for news in _found(turn, noticed, listed):
        news.message = unnaming.joined(news.message, first, second)
    turn.session.flush()
    tasks.close_tasks_about(turn, subjects.PERSON(second.id))
    return [CancelTimers(subject=subjects.PERSON(second.id))]


PARTS: Final = (
    PersonalData(
        noun="news and tasks",
        export=_export,
        erase=_erase,
        merge=_merge,
        on_left=NOTHING_UNFINISHED,
        moved=(Notice.person_id, Notice.writer_id, Task.about_id, Task.closed_by),
        kept={
            Notice.person_id: "That there was a piece of news, and when, without what it said.",
            Notice.writer_id: "That it brought something, without what it said.",
            Task.about_id: "An item that is not for this person is not for them after they are back either.",
            Task.closed_by: "The coordinators' record of what was dealt with.",
        },
    ),
)

"""Rows about a person among notifications: news for them, news of them, and the coordinators' tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, false, select, update

from bot.chat.actions import Action, CancelTimers
from bot.chat.codec import Key
from bot.chat.content import Buttons, dump_message, layout, load_message, message, say, text
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import sent_messages, unnaming
from bot.programme.people.personal_data import NOTHING_UNFINISHED, ErasureRequest, PersonalData, Section
from storage.prepared import Prepared
from storage.stems import with_stems
from storage.tables import Notice, Person, Task

__all__ = ["PARTS", "erase_about", "erase_news", "erase_task"]

_NOTHING: Final = dump_message(message())
_STAYS_OPEN: Final = "placement.ended"
"""The kind of an item that coordinators still have to look into after the erasure."""
_ABOUT: Final = {
    noun: Prepared(
        with_stems(
            select(noun.id).where(noun.programme_id == bindparam("programme")), Key.mark, "stems", noun.key
        )
    )
    for noun in (Notice, Task)
}


def erase_news(
    turn: Turn,
    request: ErasureRequest,
    gone: Iterable[str],
    named: Collection[str],
    words: Mapping[str, str] | None = None,
    *,
    own: bool = True,
) -> None:
    """Erase news and tasks about a person's own things, or about others' in which they had a part.

    `gone`: subjects whose news is no longer due. `named`: subjects whose waiting news is sent without the
    name, and with these `words` of the person replaced; what was sent is erased.
    """
    _drop(turn, Notice.subject.in_(list(gone)), Task.subject.in_(list(gone)))
    if request.held:
        return
    found = _found(turn, Notice.subject.in_(named), Task.subject.in_(named))
    _erase_found(turn, request, found, words or {}, own=own)


def erase_about(request: ErasureRequest, things: Mapping[str, Collection[int]], *, own: bool = True) -> None:
    """Let what was said of these things be erased: messages, news and items whose key begins with one's id.

    `things`: the ids by what the keys call them, as "application". Not `own`: things of others, in which
    the person had a part. All of it is read once, after the rooms have noted theirs (`_erase_things`).
    """
    for noun, numbers in things.items():
        request.things.setdefault((noun, own), set()).update(numbers)


def _erase_things(turn: Turn, request: ErasureRequest) -> None:
    """Erase news and items about what the rooms have noted; messages go last (`sent_messages.erase`)."""
    stems = {
        (kind, own): {stem for noun, of in things.items() for stem in keys.stems(kind, noun, of)}
        for kind in (keys.PostKey, keys.NewsKey, keys.TaskKey)
        for own in (True, False)
        for things in ({noun: of for (noun, whose), of in request.things.items() if whose is own},)
    }
    for own in (True, False):
        request.posts[own] |= stems[keys.PostKey, own]
    about: dict[bool, list[Notice | Task]] = {True: [], False: []}
    for noun, kind in ((Notice, keys.NewsKey), (Task, keys.TaskKey)):
        its = {True: stems[kind, True], False: stems[kind, False] - stems[kind, True]}
        for own, of in its.items():
            found = _ABOUT[noun].rows(turn.connection, {"programme": turn.programme_id, "stems": sorted(of)})
            about[own] += turn.session.scalars(select(noun).where(noun.id.in_([row.id for row in found])))
    for own, rows in about.items():
        _erase_found(turn, request, rows, {}, own=own)


def _erase_found(
    turn: Turn,
    request: ErasureRequest,
    found: Collection[Notice | Task],
    words: Mapping[str, str],
    *,
    own: bool = True,
) -> None:
    """Erase what was read already, and the messages that brought it; what waits goes on, without `words`.

    News and items of before people were values may name the person in any text, so nothing of the text
    stays. About the person's `own` things they are ended, and about others' their buttons stay.
    """
    said = [news for news in found if _waits(news) and unnaming.has_sentences(news.message)]
    for news in said:
        news.message = unnaming.reworded(news.message, words)
    over, ended = [news for news in found if news not in said], list[Notice | Task]()
    for news in over:
        if (not own and (_waits(news) or isinstance(news, Notice))) or _stays_open(news):
            news.message = _untold(news.message)
        elif isinstance(news, Task) and not _waits(news):
            news.message = _NOTHING
        else:
            ended.append(news)
    turn.session.flush()
    news_ids, item_ids = ([each.id for each in ended if isinstance(each, noun)] for noun in (Notice, Task))
    _drop(turn, Notice.id.in_(news_ids), Task.id.in_(item_ids))
    _erase_posts(turn, request, over, own=own)
    for news in ended:
        turn.session.expire(news)


def _stays_open(news: Notice | Task) -> bool:
    return isinstance(news, Task) and news.kind == _STAYS_OPEN and _waits(news)


def _waits(news: Notice | Task) -> bool:
    return news.state in {"waiting", "open"}


def _erase_posts(turn: Turn, request: ErasureRequest, over: Collection[Notice | Task], *, own: bool) -> None:
    """Erase the messages that brought these news and items; a card that waits keeps its other news."""
    items = [news.id for news in over if isinstance(news, Task)]
    request.posts[own] |= keys.stems(keys.PostKey, "task", items)
    told = [(news.person_id, news.id) for news in over if isinstance(news, Notice)]
    for number, about in sent_messages.erase_cards(turn, told):
        sent_messages.put_again(turn, number, daily_message.still_news(turn, about) if about else None)


def _untold(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the news or the item of which only the buttons stay."""
    ways = [block for block in load_message(stored).blocks if isinstance(block, Buttons)]
    return dump_message(message(text("This is about a person who left."), *ways))


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


def erase_task(turn: Turn, of: Collection[str]) -> None:
    """Erase the items with these keys: there is nothing left to decide about them."""
    _drop(turn, false(), Task.key.in_(of))


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what news of others bring of the person's words; news for them are of what is shown here."""
    query = select(Notice.message).where(Notice.writer_id == person.id).order_by(Notice.id)
    said = [words for stored in turn.session.scalars(query) for words in unnaming.words_in(stored)]
    yield say("Your words in news to others"), [text(layout("- {words}", words=words)) for words in said]


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Drop news for the person; waiting news of others goes on without the name."""
    person, own = request.person, subjects.PERSON(request.person.id)
    _drop(turn, Notice.person_id == person.id, Task.subject == own)
    erase_news(turn, request, (), (own,))
    erase_about(request, {"person": [person.id]})
    erase_news(turn, request, (), (subjects.TASKS(turn.programme_id),))
    if not request.held:
        _erase_things(turn, request)
        sent_messages.erase_lists(turn)
    _erase_words(turn, request)
    if not request.held:
        for news in _naming(turn, person):
            news.message = unnaming.unnamed(news.message, person.id)
    turn.session.flush()
    return [CancelTimers(subject=own)]


def _erase_words(turn: Turn, request: ErasureRequest) -> None:
    """Erase the person's words in news for others: all of what was sent, and the words of what waits."""
    query = select(Notice).where(Notice.programme_id == turn.programme_id)
    if not request.held:
        for news in turn.session.scalars(query.where(Notice.writer_id == request.person.id)):
            news.message = unnaming.wordless(news.message) if news.state == "waiting" else _NOTHING


def _naming(turn: Turn, person: Person) -> list[Notice | Task]:
    """Return news that waits and open items that name a person; those that are over are the ledger's."""
    noticed, listed = (unnaming.may_name(noun.message, person.id) for noun in (Notice, Task))
    return _found(turn, (Notice.state == "waiting") & noticed, (Task.state == "open") & listed)


def _found(turn: Turn, noticed: ColumnElement[bool], listed: ColumnElement[bool]) -> list[Notice | Task]:
    notices = select(Notice).where(Notice.programme_id == turn.programme_id, noticed)
    items = select(Task).where(Task.programme_id == turn.programme_id, listed)
    return [*turn.session.scalars(notices), *turn.session.scalars(items)]


def _merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Give what waited for the second account to the first; nothing is asked about the second any more."""
    for news in _naming(turn, second):
        news.message = unnaming.joined(news.message, first.id, second.id)
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

"""Drafts of a person: what they have begun to fill in, in any form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, case, select, update

from bot.chat.actions import Action
from bot.chat.answers.dates import in_words, when_of
from bot.chat.content import layout, say, text
from bot.chat.conversation.draft import dump_draft, load_draft
from bot.chat.local_day import EVERYWHERE, Day, dump_day, zone_of_day
from bot.chat.sentences import in_a_row
from bot.chat.values import replace
from bot.programme.core.turn import Turn
from bot.programme.people import files, unnaming
from bot.programme.people.personal_data import ErasureRequest, Section
from bot.programme.people.time_zones import zone_of
from storage.tables import Person, conversations

__all__ = ["end", "erase", "export", "merge", "move_day"]


def _drafts(turn: Turn, person: Person) -> list[Any]:
    query = select(conversations).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == person.id,
        conversations.c.state.in_(("open", "waiting")),
    )
    return list(turn.connection.execute(query.order_by(conversations.c.id)).all())


def export(turn: Turn, person: Person) -> Iterator[Section]:
    """Show what is begun and not sent, with what was answered so far."""
    entries = []
    for row in _drafts(turn, person):
        given = [answer.shown for answer in load_draft(row.draft).answers.values()]
        entries.append(
            text(layout("- {form}: {answers}", form=str(row.form), answers=in_a_row(given, "; ")))
            if given
            else text("- {form}: nothing answered yet", form=str(row.form))
        )
    yield say("Drafts"), entries


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Empty every draft, also the answers of a finished one, and end it; drafts of others lose the name."""
    mine = (
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == request.person.id,
    )
    over = case((conversations.c.state == "done", "done"), else_="cancelled")
    turn.connection.execute(update(conversations).where(*mine).values(draft={}, destination="", state=over))
    files.let_go(turn, "draft", turn.connection.scalars(select(conversations.c.id).where(*mine)).all())
    if not request.held:
        for number, draft in _naming(turn, request.person):
            _keep(turn, number, unnaming.unnamed(draft, request.person.id))
    return []


def _naming(turn: Turn, person: Person) -> list[tuple[int, Any]]:
    """Return the unfinished drafts, also of others, that name a person; the others are the ledger's."""
    query = select(conversations.c.id, conversations.c.draft).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.state.in_(("open", "waiting")),
        unnaming.may_name(conversations.c.draft, person.id),
    )
    rows = turn.connection.execute(query).all()
    return [(row.id, row.draft) for row in rows if unnaming.names(row.draft, person.id)]


def _keep(turn: Turn, number: int, draft: Any) -> None:  # noqa: ANN401 - any stored JSON
    turn.connection.execute(update(conversations).where(conversations.c.id == number).values(draft=draft))


def merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Keep the fuller of two drafts of the same thing, none in front; drafts of others name the first."""
    mine = {(row.form, row.subject): row for row in _drafts(turn, first)}
    for row in _drafts(turn, second):
        other = mine.get((row.form, row.subject))
        if other is not None:
            fuller = len(load_draft(row.draft).answers) > len(load_draft(other.draft).answers)
            end(turn, other.id if fuller else row.id)
    theirs = conversations.c.person_id == second.id
    turn.connection.execute(
        update(conversations).where(theirs, conversations.c.state == "open").values(state="waiting")
    )
    turn.connection.execute(update(conversations).where(theirs).values(person_id=first.id))
    for number, draft in _naming(turn, second):
        _keep(turn, number, unnaming.joined(draft, first.id, second.id))
    return []


def end(turn: Turn, conversation_id: int) -> None:
    """End a draft: what was said in it goes, and so do its files."""
    ended = update(conversations).where(conversations.c.id == conversation_id)
    turn.connection.execute(ended.values(state="cancelled", draft={}))
    files.let_go(turn, "draft", [conversation_id])


def move_day(turn: Turn, which: ColumnElement[bool], question: str, zone: str | None = None) -> None:
    """Put the day that was answered in unfinished drafts into a zone; None is that of who fills it in."""
    query = select(conversations.c.id, conversations.c.draft, Person).join(
        Person, Person.id == conversations.c.person_id
    )
    unfinished = conversations.c.state.in_(("open", "waiting"))
    query = query.where(conversations.c.programme_id == turn.programme_id, unfinished, which)
    for number, stored, person in turn.session.execute(query).all():
        draft, own = load_draft(stored), zone_of(turn, person)
        given = draft.answers.get(question)
        day = when_of(given.value) if given is not None else None
        if given is None or not isinstance(day, Day) or day.zone in {EVERYWHERE, zone or own}:
            continue
        moved = Day(day.date, zone or own)
        shown = in_words(moved, zone_of_day(own), turn.now)
        answers = {**draft.answers, question: replace(given, value=dump_day(moved), shown=shown)}
        _keep(turn, number, dump_draft(replace(draft, answers=answers)))

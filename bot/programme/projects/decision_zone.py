"""The decision date is a day of the employer's: it moves with them to another time zone."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.answers.dates import in_words, when_of
from bot.chat.conversation.draft import dump_draft, load_draft
from bot.chat.local_day import EVERYWHERE, Day, dump_day, zone_of_day
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import dates
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.projects.form import POST
from bot.programme.projects.lookup import employer_of
from storage.queries import conversations
from storage.tables import Person, Project

__all__ = ["move_decision_days"]


def move_decision_days(turn: Turn, person: Person | None) -> tuple[list[Project], list[Action]]:
    """Re-key the decision days of an employer after a change of their zone: which, and what follows.

    None is a change of the programme's zone: it moves the days of projects without an employer, or whose
    employer's zone is not known.
    """
    query = select(Project).where(Project.programme_id == turn.programme_id, Project.decide_day.is_not(None))
    if person is not None:
        query = query.where(Project.owner_id == person.id)
        _move_drafts(turn, person)
    moved: list[Project] = []
    actions: list[Action] = []
    for project in turn.session.scalars(query.order_by(Project.id)).all():
        day, employer = dates.read(project, "decide"), employer_of(turn, project)
        assumed = employer is None or employer.zone is None
        if not isinstance(day, Day) or day.zone == EVERYWHERE or (person is None and not assumed):
            continue
        zone = people.zone_of(turn, employer) if employer is not None else turn.programme.zone
        if zone != day.zone:
            actions += change(turn, project, **dates.columns("decide", Day(day.date, zone)))
            moved.append(project)
    return moved, actions


def _move_drafts(turn: Turn, employer: Person) -> None:
    """Put the decision days of projects that an employer is writing into their zone."""
    zone = people.zone_of(turn, employer)
    for row in conversations.unfinished(turn.connection, turn.programme_id, employer.id):
        draft = load_draft(row.draft)
        given = draft.answers.get("decide")
        day = when_of(given.value) if row.form == POST and given is not None else None
        if given is None or not isinstance(day, Day) or day.zone in {EVERYWHERE, zone}:
            continue
        moved = Day(day.date, zone)
        shown = in_words(moved, zone_of_day(zone), turn.now)
        answers = {**draft.answers, "decide": replace(given, value=dump_day(moved), shown=shown)}
        saved = {"draft": dump_draft(replace(draft, answers=answers)), "revision": draft.revision}
        where = {"to": row.state, "prompt_key": row.prompt_key, "destination": row.destination}
        conversations.save(turn.connection, {"row_id": row.id, **saved, **where}, turn.now)

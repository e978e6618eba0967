"""Rows about a person among cohorts: who is a member, and who asked to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import layout, say, text
from bot.programme.cohorts.members import admission_key
from bot.programme.core.lifecycle import move
from bot.programme.core.status_terms import STATUS_TERMS
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.notifications.person_rows import erase_task
from bot.programme.people.personal_data import NOTHING_UNFINISHED, ErasureRequest, PersonalData, Section
from storage.tables import Cohort, Member, Person

__all__ = ["PARTS"]

_STATES: Final = ("admitted", "asked", "refused")
"""What a membership can be, the best first."""


def _members(turn: Turn, person: Person) -> list[Member]:
    query = select(Member).where(Member.programme_id == turn.programme_id, Member.person_id == person.id)
    return list(turn.session.scalars(query.order_by(Member.id)))


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Cohort.name, Member.state).join(Member, Member.cohort_id == Cohort.id)
    found = turn.session.execute(query.where(Member.person_id == person.id))
    words = STATUS_TERMS[Member]
    yield (
        say("Cohorts"),
        [text(layout("- {cohort}: {state}", cohort=name, state=words[state])) for name, state in found],
    )


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    erase_task(turn, [admission_key(member) for member in _members(turn, request.person)])
    return []


def _merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Keep the better of two memberships of the same cohort."""
    actions: list[Action] = []
    mine = {member.cohort_id: member for member in _members(turn, first)}
    for member in _members(turn, second):
        held = mine.get(member.cohort_id)
        if held is None:
            member.person_id = first.id
        else:
            better = min(held.state, member.state, key=_STATES.index)
            actions += move(turn, held, better) if better != held.state else []
            tasks.close_task(turn, admission_key(member))
            turn.session.delete(member)
        turn.session.flush()
    return actions


PARTS: Final = (
    PersonalData(
        noun="memberships",
        export=_export,
        erase=_erase,
        merge=_merge,
        on_left=NOTHING_UNFINISHED,
        joined=(Member.person_id,),
        kept={Member.person_id: "How many students a cohort has had."},
    ),
)

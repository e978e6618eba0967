"""Students in a cohort: they join an open one by applying; a closed one admits them."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import (
    Button,
    Buttons,
    text,
)
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import begin, move
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people.coordinators_in_turn import in_turn, whose_turn
from storage.dialects import insert
from storage.tables import Cohort, Member, Person, metadata

__all__ = ["admission_key", "decision_buttons", "join", "let_in", "membership"]

_table = metadata.tables["members"]
# Two turns of a person may run at once; the second finds the row of the first, and announces nothing.
_COME = insert(_table).on_conflict_do_nothing()


def join(turn: Turn, cohort: Cohort, person: Person) -> tuple[Member, list[Action]]:
    """Return the person's membership of a cohort, made now if there is none.

    An open cohort admits at once and makes a student; in a closed one the state is "asked", and the
    coordinators have a task, until a coordinator decides ("admitted" or "refused"). To a guest of the
    space every cohort is closed, and open to a person who is a student by a group of the space.
    """
    mine = person.id == turn.person_id
    opens = (cohort.open or (mine and "student" in turn.granted)) and not (mine and "guest" in turn.rights)
    held = membership(turn, cohort, person)
    actions: list[Action] = []
    if held is None:
        row = {
            "programme_id": turn.programme_id,
            "cohort_id": cohort.id,
            "person_id": person.id,
            "state": "asked",
            "created_at": turn.now,
        }
        # The insert is a Core statement, and refers to rows that the session may not have written yet.
        turn.session.flush()
        made = turn.connection.execute(_COME, row).rowcount
        held = membership(turn, cohort, person)
        if held is None:
            raise LookupError("a member that was just written is not there")
        actions += begin(turn, held) if made else []
        if not opens:
            actions += _ask_coordinators(turn, cohort, person, held)
    if held.state == "asked" and opens:
        actions += let_in(turn, held, person)
    return held, actions


def membership(turn: Turn, cohort: Cohort, person: Person) -> Member | None:
    """Return the person's membership of a cohort, None where there is none."""
    query = select(Member).where(
        Member.programme_id == turn.programme_id,
        Member.cohort_id == cohort.id,
        Member.person_id == person.id,
    )
    return turn.session.scalar(query)


def let_in(turn: Turn, member: Member, person: Person) -> list[Action]:
    """Admit a member: the person becomes a student, and the coordinators' task is closed."""
    people.give_role(turn, person, "student")
    admitted = move(turn, member, "admitted") if member.state != "admitted" else []
    turn.session.flush()
    tasks.close_task(turn, admission_key(member))
    return admitted


def admission_key(member: Member) -> str:
    """Return the key of the coordinators' task about a member who asked."""
    return keys.ADMIT(member.id)


def _ask_coordinators(turn: Turn, cohort: Cohort, person: Person, member: Member) -> list[Action]:
    turns = whose_turn(turn, in_turn(turn))
    return tasks.open_task(
        turn,
        admission_key(member),
        "admission",
        subjects.COHORT(cohort.id),
        text(
            "**{person}** would like to join the cohort **{cohort}**.",
            person=people.person_name(person),
            cohort=cohort.name,
        ),
        *([turns] if turns else []),
        decision_buttons(member),
    )


def decision_buttons(member: Member) -> Buttons:
    """Return the buttons by which a coordinator admits a member or does not."""
    return Buttons(
        (
            Button("Admit", verbs.COHORT_ADMIT(member.id), style="primary"),
            Button("Do not admit", verbs.COHORT_REFUSE(member.id)),
        )
    )

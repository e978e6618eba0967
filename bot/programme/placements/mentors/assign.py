"""`/mentor`: a coordinator gives the student of a placement a mentor; the student may refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Select, message, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Suggest
from bot.chat.numbers import is_digits
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import layout
from bot.programme import people, projects
from bot.programme.core import keys, verbs
from bot.programme.core.lifecycle import begin
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import require_role
from bot.programme.people.parts import is_of_employer
from bot.programme.placements import own_list
from bot.programme.placements.lookup import Sides, lock_placement, placement_of, sides
from bot.programme.placements.mentors import ending, weekly, words
from storage.tables import Mentor, Person, Placement

__all__ = ["ROUTES"]

_MOST: Final = 25  # Discord's limit for a select and for autocomplete
_TITLE: Final = 60  # characters of a project's title in an option

MENTOR: Final = CommandSpec(
    ("mentor",),
    "Give a student at work a mentor, who listens and decides nothing",
    (
        Argument("person", "who mentors", kind="person", required=True),
        Argument("placement", "its number, or words of its project or student", suggests=True, rest=True),
    ),
    allowed=frozenset({"coordinator"}),
    example="/mentor @mia market map",
)


def mentor_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/mentor`: ask what the mentor reads, or first for which placement."""
    person = people.person_for(turn, people.user_of(event.options["person"]))
    typed = event.options.get("placement", "").strip().removeprefix("#").strip()
    if is_digits(typed):
        return _asked(turn, placement_of(turn, typed), person)
    found = _meant(turn, typed)
    if not found:
        raise Declined("I find no placement under way by that title or name. `/placement` finds them.")
    if len(found) == 1:
        return _asked(turn, found[0], person)
    options = tuple(_option(turn, each) for each in found)
    choose = Select(verbs.MENTOR_WHERE.choice(person.id), options, placeholder="Choose a placement")
    ask = text("Which student does **{mentor}** mentor?", mentor=people.person_name(person))
    return [Reply(message(ask, choose))]


def suggest(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest the placements under way, for completion."""
    if "coordinator" not in turn.roles:
        return []
    return [_option(turn, each) for each in _meant(turn, event.typed.strip())]


def where_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Ask what the mentor reads of the placement that was chosen."""
    chosen = verbs.MENTOR_WHERE.read(event)
    return _asked(turn, placement_of(turn, chosen.placement), people.person_of(turn, chosen.person))


def assign_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Assign the mentor; the answer replaces the question."""
    pressed = verbs.MENTOR_ASSIGN.read(event)
    person = people.person_of(turn, pressed.person)
    return _assigned(turn, pressed.placement, person, reads=pressed.reads == "yes", replace=True)


def _meant(turn: Turn, typed: str) -> Sequence[Placement]:
    found = own_list.meant(turn, typed, _MOST) if typed else own_list.active(turn, _MOST)
    return [each for each in found if each.status == "active"]


def _option(turn: Turn, placement: Placement) -> Option:
    both = sides(turn, placement)
    student = people.person_name(both.student)
    title = projects.shortened(both.project.title, _TITLE)
    return Option(str(placement.id), layout("{student} · {project}", student=student, project=title))


def _asked(turn: Turn, placement: Placement, person: Person) -> list[Action]:
    """Ask whether the mentor reads check-ins; a person of the company is not asked about, and reads none."""
    require_role(turn, "coordinator")
    both = _may_mentor(turn, placement, person)
    if is_of_employer(person, both.project):
        return _assigned(turn, placement.id, person, reads=False)
    ask = text(
        "Does **{mentor}** read the check-ins of **{student}** from now on?",
        mentor=people.person_name(person),
        student=people.person_name(both.student),
    )
    buttons = (
        Button("Reads check-ins", verbs.MENTOR_ASSIGN(placement.id, person.id, "yes")),
        Button("Does not", verbs.MENTOR_ASSIGN(placement.id, person.id, "no")),
    )
    rest = note(
        "Earlier check-ins stay closed, and so do those that the student keeps for the coordinators. The "
        "student reads what you choose, and can refuse a mentor."
    )
    return [Reply(message(ask, Buttons(buttons), rest))]


def _may_mentor(turn: Turn, placement: Placement, person: Person) -> Sides:
    """Return both sides of a placement that a person may mentor.

    Raises:
        Declined: the work is over, or the person is its student, a coordinator, its mentor already or gone.
    """
    both, name = sides(turn, placement), people.person_name(person)
    if placement.status != "active":
        raise Declined("This placement is over, so it needs no mentor any more.")
    if person.id == both.student.id:
        raise Declined(text("**{person}** is the student of this placement.", person=name))
    if person.left_at is not None or person.erased_at is not None:
        raise Declined(text("**{person}** has left the programme.", person=name))
    if person in people.coordinators(turn):
        raise Declined(text("**{person}** is a coordinator, and reads more than a mentor does.", person=name))
    now = _now(turn, placement)
    if now is not None and now.person_id == person.id:
        raise Declined(text("**{person}** is the mentor already.", person=name))
    return both


def _now(turn: Turn, placement: Placement) -> Mentor | None:
    """Return the mentor of a placement, here or not."""
    query = select(Mentor).where(Mentor.placement_id == placement.id, Mentor.status == "active")
    return turn.session.scalars(query.where(Mentor.programme_id == turn.programme_id)).first()


def _assigned(turn: Turn, number: int, person: Person, *, reads: bool, replace: bool = False) -> list[Action]:
    """Make a person the mentor of a placement, in the place of a mentor before."""
    require_role(turn, "coordinator")
    placement = lock_placement(turn, number)
    both = _may_mentor(turn, placement, person)
    before = _now(turn, placement)
    over = ending.over(turn, before, "ended", tell=("mentor",)) if before is not None else []
    mentor = Mentor(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        person_id=person.id,
        status="active",
        reads_check_ins=reads and not is_of_employer(person, both.project),
        assigned_by_id=turn.person_id,
        created_at=turn.now,
    )
    begun = begin(turn, mentor)
    people.give_role(turn, person, "mentor")
    tasks.close_task(turn, keys.MENTOR_TASK(placement.id))
    said = message(
        text(
            "**{mentor}** is the mentor of **{student}** now. Both read what a mentor sees.",
            mentor=people.person_name(person),
            student=people.person_name(both.student),
        ),
        Buttons((Button("Undo", verbs.MENTOR_END(mentor.id)),)),
    )
    return [
        Reply(said, replace=replace),
        *over,
        *begun,
        *words.to_both(turn, mentor),
        weekly.next_line(turn, mentor),
    ]


ROUTES: Final = Routes(
    commands=((MENTOR, mentor_command),),
    buttons={verbs.MENTOR_WHERE: where_pressed, verbs.MENTOR_ASSIGN: assign_pressed},
    suggestions={(MENTOR.path, "placement"): suggest},
)

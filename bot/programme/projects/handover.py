"""`/project handover`: a project gets another owner in one act, which can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Plain, Select, layout, message, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Declined, Routes
from bot.programme import people
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people.parts import PART_TERMS, colleagues, decides, owner_of
from bot.programme.projects import ownership
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import may_manage, may_post, project_of
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from storage.tables import Company, Person, Project

__all__ = ["HANDOVER"]

_NAME: Final = 75  # characters of an option (Slack's limit)
_MOST: Final = 25  # options of a select (Discord's limit)

COMMAND: Final = CommandSpec(
    ("project", "handover"),
    "Hand a project over to a colleague, who looks after it from then on",
    (
        Argument("person", "to which colleague; without it, I ask", kind="person"),
        ANY_PROJECT,
    ),
    allowed=frozenset({"employer", "coordinator"}),
    example="/project handover @jo e-bike",
)


def handover_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/project handover`: hand a project over, or ask which and to which colleague."""
    may_post(turn)
    typed, named = event.options.get("project", ""), event.options.get("person", "").strip()
    if not named:
        return _asked(turn, named_project(turn, typed, verbs.PROJECT_HAND_OVER_ASK, mine=True))
    to = people.person_for(turn, people.user_of(named))
    project = named_project(turn, typed, verbs.PROJECT_HAND_OVER, mine=True, given=(to.id,))
    return _handed_over(turn, project.id, to)


def ask_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Ask to which colleague a project goes."""
    return _asked(turn, project_of(turn, verbs.PROJECT_HAND_OVER_ASK.read(event).project))


def hand_over_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Hand the chosen project over to the person who was named."""
    chosen = verbs.PROJECT_HAND_OVER.read(event)
    return _handed_over(turn, chosen.project, people.person_of(turn, chosen.person), replace=True)


def hand_over_to_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Hand the project over to the colleague who was chosen."""
    chosen = verbs.PROJECT_HAND_OVER_TO.read(event)
    return _handed_over(turn, chosen.project, people.person_of(turn, chosen.person), replace=True)


def undo_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Give a project back to the person before, as if nothing had been handed over."""
    pressed = verbs.PROJECT_HAND_OVER_UNDO.read(event)
    project = project_of(turn, pressed.project, lock=True)
    may_manage(turn, project)
    before, now = people.person_of(turn, pressed.person), owner_of(turn, project)
    _must_decide(turn, project, before)
    if now == before:
        raise Declined(
            text(
                "{person} looks after **{project}** already.",
                person=people.person_name(before),
                project=title_part(project),
            )
        )
    given = ownership.give(turn, project, before, back=True)
    said = text(
        "Undone: {person} looks after **{project}** again.",
        person=people.person_name(before),
        project=title_part(project),
    )
    told = [
        ownership.to_old_owner(turn, project, each, before)
        for each in (now,)
        if each is not None and each.id != turn.person_id
    ]
    if before.id != turn.person_id:
        told.append(ownership.to_new_owner(turn, project, before, turn.person))
    return [Reply(message(said), replace=True), *given, *told]


def _asked(turn: Turn, project: Project) -> list[Action]:
    """Ask to which colleague a project goes; say how to invite one where there is none."""
    may_manage(turn, project)
    found = _who_may_take(turn, project)
    company = turn.session.get_one(Company, project.company_id)
    if not found:
        raise Declined(
            text(
                "**{company}** has no one else here who could look after **{project}**.",
                company=company.name,
                project=title_part(project),
            ),
            note("`/employer invite` invites a colleague; then hand it over with `/project handover`."),
        )
    options = tuple(
        Option(str(each.id), Plain(each.name[:_NAME]), layout("{part}", part=PART_TERMS[each.company_part]))
        for each in found[:_MOST]
    )
    ask = text("Who looks after **{project}** from now on?", project=title_part(project))
    choose = Select(verbs.PROJECT_HAND_OVER_TO.choice(project.id), options, placeholder="Choose a colleague")
    return [Reply(message(ask, ownership.what_waits(turn, project), choose))]


def _who_may_take(turn: Turn, project: Project) -> Sequence[Person]:
    found = colleagues(turn, project.company_id, ("owner", "stand_in"))
    owner = owner_of(turn, project)
    return [each for each in found if each != owner]


def _must_decide(turn: Turn, project: Project, to: Person) -> None:
    """Refuse a person who could not decide on the project; it says what to do first.

    Raises:
        Declined: they are of another company, are not here any more, or review its work only.
    """
    company = turn.session.get_one(Company, project.company_id)
    here = to.left_at is None and to.erased_at is None and "employer" in people.roles_of(turn, to)
    if to.company_id != project.company_id or not here:
        raise Declined(
            text(
                "**{person}** does not work for {company} here. `/employer invite` invites them; then "
                "hand it over.",
                person=people.person_name(to),
                company=company.name,
            )
        )
    if not decides(to):
        raise Declined(
            text(
                "**{person}** reviews the work for {company}. Make them an owner first: `/employer part` "
                "with `part:owner`.",
                person=people.person_name(to),
                company=company.name,
            )
        )


def _handed_over(turn: Turn, number: int, to: Person, *, replace: bool = False) -> list[Action]:
    project = project_of(turn, number, lock=True)
    may_manage(turn, project)
    _must_decide(turn, project, to)
    before = owner_of(turn, project)
    if before == to:
        raise Declined(
            text(
                "{person} looks after **{project}** already.",
                person=people.person_name(to),
                project=title_part(project),
            )
        )
    given = ownership.give(turn, project, to)
    undo = Buttons((Button("Undo", verbs.PROJECT_HAND_OVER_UNDO(project.id, before.id)),)) if before else None
    said = message(
        text(
            "{person} looks after **{project}** now. News of it goes there from now on, and its students "
            "read who it is.",
            person=people.person_name(to, mention=True),
            project=title_part(project),
        ),
        undo,
    )
    told: list[Action] = []
    if to.id != turn.person_id:
        told.append(ownership.to_new_owner(turn, project, to, turn.person))
    if before is not None and before.id != turn.person_id and before.left_at is None:
        told.append(ownership.to_old_owner(turn, project, before, to))
    return [Reply(said, replace=replace), *given, *told]


HANDOVER: Final = Routes(
    commands=((COMMAND, handover_command),),
    buttons={
        verbs.PROJECT_HAND_OVER_ASK: ask_pressed,
        verbs.PROJECT_HAND_OVER: hand_over_pressed,
        verbs.PROJECT_HAND_OVER_TO: hand_over_to_pressed,
        verbs.PROJECT_HAND_OVER_UNDO: undo_pressed,
    },
    suggestions={(COMMAND.path, "project"): suggest_mine},
)

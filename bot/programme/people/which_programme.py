"""The programme of an event: that of its space, or of a DM that is in no space.

Such a DM belongs to the programme of what was pressed or replied to, else of the conversation that is open
in it, else to the only programme of its account, else to the one that the person chose when asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Integer, bindparam, case, func, null, or_, select, update

from bot.chat.actions import Action, Reply
from bot.chat.adapter import Response
from bot.chat.codec import head_of
from bot.chat.content import Block, Button, Buttons, Message, Plain, Select, message
from bot.chat.conversation.draft import load_draft, question_answered_by
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    Inspected,
    MessageEdited,
    MessageReceived,
    SpaceChanged,
)
from bot.chat.routes import Routes
from bot.chat.values import replace
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people.identities import Actor, Known, find_in_space
from storage.dialects import literal
from storage.prepared import Prepared
from storage.queries import conversations, outbox
from storage.tables import Application, Identity, Member, Person, Programme, Role, Space

__all__ = [
    "ROUTES",
    "ProgrammeMatch",
    "acts_as",
    "is_in_several",
    "programme_of",
    "remember_choice",
    "which_programme_message",
    "with_programme_id",
]

_MOST_ACTION_BYTES: Final = 96  # bytes of an action id, see `bot.chat.content.action_id`
_MARKED: Final = re.compile(r"([0-9]{1,18})@(.*)", re.DOTALL)

_ANY_SPACE = Prepared(
    select(Space.programme_id).where(
        Space.platform == bindparam("platform"), Space.external_id == bindparam("space")
    )
)
_SEVERAL: Final = 0
"""No company's id: a direct message can come from the own space of any of several companies."""

_OWN = case(
    (func.count(Space.company_id) < func.count(), null()),
    (func.min(Space.company_id) == func.max(Space.company_id), func.min(Space.company_id)),
    (func.count() > 0, _SEVERAL),
)
"""The company whose own all spaces of a programme on a platform are; none where one is the programme's."""

_MINE = Prepared(
    select(
        *(Identity.programme_id, Identity.person_id, Identity.seen_at, Identity.chosen_at, Person.left_at),
        select(_OWN)
        .where(
            Space.programme_id == Identity.programme_id,
            Space.platform == Identity.platform,
            Space.state == "active",
        )
        .correlate(Identity)
        .scalar_subquery()
        .label("company_id"),
    )
    .join(Person, Person.id == Identity.person_id)
    .where(Identity.platform == bindparam("platform"), Identity.user_id == bindparam("user_id"))
)
_THERE = Prepared(
    select(Space.programme_id, _OWN.label("company_id"))
    .where(Space.platform == bindparam("platform"), Space.state == "active")
    .group_by(Space.programme_id)
    .limit(2)
)
_PERSON: Final = bindparam("person", type_=Integer)
_ELSEWHERE = Prepared(
    select(Person.id)
    .where(
        Person.id == _PERSON,
        or_(
            select(Role.id).where(Role.person_id == _PERSON, Role.role != literal("employer")).exists(),
            select(Member.id).where(Member.person_id == _PERSON).exists(),
            select(Application.id).where(Application.person_id == _PERSON).exists(),
            select(Identity.id)
            .where(Identity.person_id == _PERSON, Identity.platform != bindparam("platform"))
            .exists(),
        ),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class ProgrammeMatch:
    """Whose an event is.

    `event` is as its maker wrote it (see `marked`). `known`: what the programme knows of who acted, None
    where that was not looked up. `several`: its DM could be another programme's. `asks`:
    only the person can tell; `programme_id` is where they were seen last. `returned`: it shows that the bot
    is back in a space that it was thought to have left. `company_id`: the company whose own its space is; for
    a direct message without a space, the one whose own every space of the programme on its platform is.
    """

    programme_id: int | None
    event: Event
    known: Known | None = None
    several: bool = False
    asks: bool = False
    returned: bool = False
    company_id: int | None = None


def programme_of(connection: Connection, event: Event) -> ProgrammeMatch:
    """Return the programme of an event; None where there is none (yet)."""
    if event.place.space:
        return _of_space(connection, event)
    mark, event = _unmarked(event)
    mine = _mine(connection, event.place.platform, event.actor.id)
    if not mine:
        rows = _THERE.rows(connection, {"platform": event.place.platform})
        if len(rows) != 1:
            return ProgrammeMatch(None, event)
        return ProgrammeMatch(int(rows[0].programme_id), event, company_id=rows[0].company_id)
    last = int(mine[0].programme_id)
    if len(mine) == 1:
        return ProgrammeMatch(last, event, company_id=mine[0].company_id)
    meant = _meant(connection, event, mine, mark)
    if meant is not None:
        return ProgrammeMatch(meant, event, several=True)
    return ProgrammeMatch(last, event, several=True, asks=isinstance(event, CommandUsed | MessageReceived))


def acts_as(connection: Connection, found: ProgrammeMatch, actor: Actor) -> Actor:
    """Return the person who acted as they act there: in a company's own space nothing of others is theirs.

    That holds in direct messages which belong to no space, too, where a person can only come from such a
    space: the programme knows nothing of them but that they work for the company, if they do.
    """
    company_id = found.company_id
    if company_id is None or found.event.place.space:
        return actor.in_space_of(company_id)
    if company_id == _SEVERAL and actor.company_id is not None:
        company_id = actor.company_id
    if actor.company_id not in {None, company_id}:
        return actor
    asked = {"person": actor.person_id or 0, "platform": found.event.place.platform}
    known = _ELSEWHERE.value(connection, asked) is not None
    return actor if known else actor.in_space_of(company_id)


def _of_space(connection: Connection, event: Event) -> ProgrammeMatch:
    """Match the programme of a space; an account that acts there is in the space after all."""
    space = {"platform": event.place.platform, "space": event.place.space}
    if isinstance(event, SpaceChanged):
        return ProgrammeMatch(_ANY_SPACE.value(connection, space), event)
    active, known, company_id = find_in_space(connection, event)
    if active is not None or not (event.reply or isinstance(event, MessageReceived | HomeOpened)):
        return ProgrammeMatch(active, event, known, company_id=company_id)
    left = _ANY_SPACE.value(connection, space)
    return ProgrammeMatch(left, event, returned=left is not None)


def _mine(connection: Connection, platform: str, user_id: str) -> list[Any]:
    """Return the programmes of an account, the last seen first; those it has left only if it left all."""
    rows = _MINE.rows(connection, {"platform": platform, "user_id": user_id})
    here = [row for row in rows if row.left_at is None] or rows
    return sorted(here, key=lambda row: row.seen_at, reverse=True)


def _meant(connection: Connection, event: Event, mine: Sequence[Any], mark: int) -> int | None:
    """Return which of several programmes an event says it is for, or the person said it is."""
    ids = {int(row.programme_id) for row in mine}
    if mark in ids:
        return mark
    pointed = _pointed_at(connection, event, mine)
    if pointed in ids:
        return pointed
    if isinstance(event, CommandUsed | MessageReceived):
        spoken = [
            (at, int(row.programme_id))
            for row in mine
            if (at := conversations.spoke_at(connection, row.programme_id, row.person_id))
        ]
        if spoken:
            return max(spoken)[1]
    chosen = [(row.chosen_at, int(row.programme_id)) for row in mine if row.chosen_at]
    return max(chosen)[1] if chosen else None


def _pointed_at(connection: Connection, event: Event, mine: Sequence[Any]) -> int | None:
    """Return the programme of the message that was pressed, replied to or edited."""
    ref = None
    match event:
        case ButtonPressed() | ChoiceMade():
            ref = event.message
        case MessageReceived():
            ref = event.reply_to
        case MessageEdited():
            return _answered(connection, str(event.message), mine)
        case _:
            pass
    found = outbox.by_reference(connection, str(ref)) if ref else None
    return int(found.programme_id) if found else None


def _answered(connection: Connection, reference: str, mine: Sequence[Any]) -> int | None:
    for row in mine:
        whose = (connection, row.programme_id, row.person_id)
        for draft in (*conversations.unfinished(*whose), *conversations.sent(*whose)):
            if question_answered_by(load_draft(draft.draft), reference):
                return int(row.programme_id)
    return None


def _unmarked(event: Event) -> tuple[int, Event]:
    """Return the programme marked on what was pressed or submitted (0: none), and the event without it.

    It comes back from a client, so it only chooses among the programmes that the account is in.
    """
    match event:
        case ButtonPressed() | ChoiceMade():
            if choice := verbs.WHICH.match(event.action):
                return choice.programme, event
            mark, pressed = _split(event.action)
            return mark, replace(event, action=pressed)
        case FormSubmitted():
            mark, context = _split(event.context)
            return mark, replace(event, context=context)
        case Inspected():
            mark, subject = _split(event.subject)
            return mark, replace(event, subject=subject)
    return 0, event


def _split(marked_id: str) -> tuple[int, str]:
    found = _MARKED.fullmatch(marked_id)
    return (int(found[1]), found[2]) if found else (0, marked_id)


def with_programme_id(answer: Response, programme_id: int) -> Response:
    """Return the answer with its programme on all that can be pressed or submitted.

    An answer that is given at once has no outbox row that would name its programme.
    """
    form, inspect = answer.form, answer.inspect
    return replace(
        answer,
        message=_marked_message(answer.message, programme_id) if answer.message else None,
        form=replace(form, subject=f"{programme_id}@{form.subject}") if form else None,
        inspect=replace(inspect, subject=f"{programme_id}@{inspect.subject}") if inspect else None,
    )


def _marked_message(content: Message, programme_id: int) -> Message:
    def on(pressed: str) -> str:
        made = f"{programme_id}@{pressed}"
        plain = not pressed or head_of(pressed) == verbs.WHICH or len(made.encode()) > _MOST_ACTION_BYTES
        return pressed if plain else made

    def block(each: Block) -> Block:
        match each:
            case Buttons():
                return replace(each, buttons=tuple(replace(b, action=on(b.action)) for b in each.buttons))
            case Select():
                return replace(each, action=on(each.action))
        return each

    return replace(content, blocks=tuple(map(block, content.blocks)), answer=on(content.answer))


def which_programme_message(connection: Connection, event: Event, said: int = 0) -> Message:
    """Ask which programme is meant; `said` is the inbox row of what waits for the answer."""
    ids = [int(row.programme_id) for row in _mine(connection, event.place.platform, event.actor.id)]
    names = select(Programme.id, Programme.name).where(Programme.id.in_(ids)).order_by(Programme.name)
    buttons = (
        Button(Plain(name[:75]), verbs.WHICH(number, said))  # Discord's label takes 80 characters
        for number, name in connection.execute(names)
    )
    return message(
        "You are in several programmes. Which one is this about?",
        Buttons(tuple(buttons)),
    )


def remember_choice(turn: Turn) -> None:
    """Remember that the person's DM is about this programme now; what is open in the others waits."""
    if turn.user is None:
        return
    mine = _mine(turn.connection, turn.user.platform, turn.user.id)
    for row in mine:
        if row.programme_id != turn.programme_id:
            conversations.put_behind(turn.connection, row.programme_id, row.person_id, other_than=0)
    account = (
        Identity.programme_id == turn.programme_id,
        Identity.platform == turn.user.platform,
        Identity.user_id == turn.user.id,
    )
    turn.connection.execute(update(Identity).where(*account).values(chosen_at=turn.now))


def is_in_several(turn: Turn) -> bool:
    """Tell whether what the person says where they are could be for another programme of theirs."""
    if turn.user is None or turn.place is None or turn.place.space:
        return False
    return len(_mine(turn.connection, turn.user.platform, turn.user.id)) > 1


def which_programme_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Go on with another programme, as the person asks."""
    return [Reply(which_programme_message(turn.connection, event))]


ROUTES = Routes(buttons={verbs.WHICH_PROGRAMME: which_programme_pressed})

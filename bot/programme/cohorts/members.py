"""Students in a cohort: they join an open one by applying; a closed one admits them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Moment,
    Part,
    Plain,
    action,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.routes import Declined, MessageRoute, Waiting
from bot.programme import people, tasks
from bot.programme.cohorts.rows import all_cohorts, cohort_named, cohort_of
from bot.programme.pressed import ids_in
from bot.programme.turn import Turn, need
from storage.statements import insert
from storage.tables import Cohort, Member, Person, metadata

__all__ = ["ADMIT", "MESSAGES", "admit_command", "admit_pressed", "join", "refuse_pressed"]

_PAGE: Final = 10  # people of one list; each brings two buttons

_table = metadata.tables["members"]
_COME = insert(_table).on_conflict_do_nothing()


def join(turn: Turn, cohort: Cohort, person: Person) -> Member:
    """The person's membership of a cohort, made now if there is none.

    An open cohort admits at once and makes a student; in a closed one the state is "asked", and the
    coordinators have an open item, until one of them decides ("admitted" or "refused"). To a guest of the
    space every cohort is closed, and open to whom a group of the space makes a student.
    """
    mine = person.id == turn.person_id
    opens = (cohort.open or (mine and "student" in turn.granted)) and not (mine and "guest" in turn.rights)
    held = _member(turn, cohort, person)
    if held is None:
        row = {
            "programme_id": turn.programme_id,
            "cohort_id": cohort.id,
            "person_id": person.id,
            "state": "asked",
            "created_at": turn.now,
        }
        turn.session.flush()
        turn.connection.execute(_COME, row)
        held = _member(turn, cohort, person)
        if held is None:
            raise LookupError("a member that was just written is not there")
        if not opens:
            _ask_coordinators(turn, cohort, person, held)
    if held.state == "asked" and opens:
        _let_in(turn, held, person)
    return held


def _member(turn: Turn, cohort: Cohort, person: Person) -> Member | None:
    query = select(Member).where(
        Member.programme_id == turn.programme_id,
        Member.cohort_id == cohort.id,
        Member.person_id == person.id,
    )
    return turn.session.scalar(query)


def _let_in(turn: Turn, member: Member, person: Person) -> None:
    member.state = "admitted"
    people.give_role(turn, person, "student")
    turn.session.flush()
    tasks.close_task(turn, _task_key(member))


def _task_key(member: Member) -> str:
    return f"admit:{member.id}"


def _ask_coordinators(turn: Turn, cohort: Cohort, person: Person, member: Member) -> None:
    # Nothing has to be carried out for this kind of item: it waits for the day's summary.
    tasks.open_task(
        turn,
        _task_key(member),
        "admission",
        f"cohort:{cohort.id}",
        text("**", Plain(person.name), "** would like to join the cohort **", Plain(cohort.name), "**."),
        _decision(member),
    )


def _decision(member: Member) -> Buttons:
    return Buttons(
        (
            Button("Admit", action("cohort-admit", member.id), style="primary"),
            Button("Do not admit", action("cohort-refuse", member.id)),
        )
    )


ADMIT: Final = CommandSpec(
    ("cohort", "admit"),
    "Admit students to a cohort: those who asked, or somebody you name",
    (
        Argument("person", "somebody to admit, whether they asked or not", kind="person"),
        Argument("cohort", "its name; without it, the cohort of this channel", suggests=True, rest=True),
    ),
    allowed=frozenset({"coordinator"}),
    example="/cohort admit @ada Spring",
)


def admit_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """`/cohort admit`: the list of who asked, or one person by name."""
    named = event.options.get("person", "")
    if not named:
        return [Reply(_asking(turn, event.options.get("cohort", "")))]
    cohort = cohort_named(turn, event.options.get("cohort", ""))
    person = people.person_for(turn, people.user_of(named))
    known = _member(turn, cohort, person)
    if known is not None and known.state == "admitted":
        raise Declined(text("**", Plain(person.name), "** is in **", Plain(cohort.name), "** already."))
    member = join(turn, cohort, person)
    return [*_admit(turn, cohort, member, person), Reply(_told(turn, person, cohort))]


def _told(turn: Turn, person: Person, cohort: Cohort) -> Message:
    unmet = people.unmet_of(turn, [person]) if person.erased_at is None else []
    end = "" if unmet else ", and I am telling them"
    return message(
        text("**", Plain(person.name), "** is in **", Plain(cohort.name), f"** now{end}."),
        people.how_to_meet(unmet) if unmet else None,
    )


def _asking(turn: Turn, cohort: str) -> Message:
    query = (
        select(Member, Person, Cohort)
        .join(Person, Person.id == Member.person_id)
        .join(Cohort, Cohort.id == Member.cohort_id)
        .where(Member.programme_id == turn.programme_id, Member.state == "asked", Cohort.ended_at.is_(None))
        .order_by(Member.id)
    )
    if cohort.strip():
        query = query.where(Member.cohort_id == cohort_named(turn, cohort).id)
    found = turn.session.execute(query.limit(_PAGE + 1)).all()
    if not found:
        closed = any(not each.open for each in all_cohorts(turn))
        why = "" if closed else " Every cohort is open: whoever applies from its channel is in."
        return message(f"Nobody is waiting to be admitted.{why}")
    zone = people.zone_of(turn, turn.person)
    blocks: list[Block] = []
    for member, person, its in found[:_PAGE]:
        asked = Moment(member.created_at, zone, "day")
        blocks += [
            text("**", Plain(person.name), "** for **", Plain(its.name), "**, asked on ", asked),
            _decision(member),
            Divider(),
        ]
    more = len(found) > _PAGE
    return message(
        *blocks[:-1], note("There are more; they are shown when these are done.") if more else None
    )


def _pressed(turn: Turn, event: ButtonPressed) -> tuple[Member, Cohort, Person]:
    """The member whose button was pressed, locked, for a coordinator."""
    need(turn, "coordinator")
    (member_id,) = ids_in(event, 1)
    query = select(Member).where(Member.programme_id == turn.programme_id, Member.id == member_id)
    member = turn.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if member is None:
        raise Declined("I do not know them any more. `/cohort admit` shows who is waiting.")
    return member, cohort_of(turn, member.cohort_id), people.person_of(turn, member.person_id)


def admit_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The coordinator admits somebody who asked (or changes their mind after a no)."""
    member, cohort, person = _pressed(turn, event)
    if member.state == "admitted":
        raise Declined(text("**", Plain(person.name), "** is in **", Plain(cohort.name), "** already."))
    return [*_admit(turn, cohort, member, person), Reply(_told(turn, person, cohort), replace=True)]


def _admit(turn: Turn, cohort: Cohort, member: Member, person: Person) -> list[Action]:
    from bot.programme import applications  # noqa: PLC0415 - applications begin by joining a cohort

    _let_in(turn, member, person)
    if person.erased_at is not None:
        return []
    sent = applications.admitted(turn, member)
    if sent:  # which says so
        return sent
    welcome = message(
        text("You are in: a coordinator has admitted you to the cohort **", Plain(cohort.name), "**."),
        Buttons((Button("See open projects", action("run", "project.list")),)),
    )
    key = f"admitted:{member.id}:{turn.now.isoformat()}"
    return [_word(turn, member, person, welcome, key)]


def _word(turn: Turn, member: Member, person: Person, words: Message, key: str) -> Post:
    """A message to somebody about their membership; it holds for as long as that stays as it is."""
    to, about = people.address(turn, person), f"{member.id}:{member.state}"
    return Post(to, words, key, kind=_KIND, subject=about)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    number, _, state = waiting.subject.partition(":")
    member = turn.session.get(Member, int(number))
    return waiting.message if member is not None and member.state == state else None


def _named(_turn: Turn, _subject: str) -> tuple[Part, ...]:
    return ("word of their admission to a cohort",)


_KIND: Final = "membership"
MESSAGES: Final = {_KIND: MessageRoute(_still_so, _named)}
"""What is known of messages about memberships."""


def refuse_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The coordinator does not admit somebody; they hear it kindly, and whom to ask."""
    from bot.programme import applications  # noqa: PLC0415 - as above

    member, cohort, person = _pressed(turn, event)
    if member.state != "asked":
        raise Declined("That has been decided already. Nothing was changed.")
    member.state = "refused"
    turn.session.flush()
    tasks.close_task(turn, _task_key(member))
    if person.erased_at is not None:
        return [Reply(message("They asked to be forgotten in the meantime."), replace=True)]
    told = applications.refused(turn, member)
    if not told:
        words = message(
            text("You were not admitted to the cohort **", Plain(cohort.name), "** this time. "
                 "If you think that should be different, ", *people.ask_whom(turn, person), ".")
        )  # fmt: skip
        key = f"refused:{member.id}:{turn.now.isoformat()}"
        told = [_word(turn, member, person, words, key)]
    mind = Buttons((Button("Admit after all", action("cohort-admit", member.id)),))
    said = text("**", Plain(person.name), "** was not admitted. I am telling them kindly.")
    return [*told, Reply(message(said, mind), replace=True)]

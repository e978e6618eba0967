"""Admission to a closed cohort by coordinators; complete applications wait for it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Reply, SetTimer
from bot.chat.codec import RUN
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Sentence,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, TimerFired
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.applications import submission
from bot.programme.cohorts.admission_waits import ADMISSION
from bot.programme.cohorts.lookup import all_cohorts, cohort_named, cohort_of, suggest_cohorts
from bot.programme.cohorts.members import admission_key, decision_buttons, join, let_in, membership
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import CohortEnded
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import PIECE, Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks, waits
from bot.programme.people import require_role
from storage.tables import Cohort, Member, Person

__all__ = ["ROUTES"]

_PAGE: Final = 10  # people on one list; each brings two buttons

ADMIT: Final = CommandSpec(
    ("cohort", "admit"),
    "Admit students to a cohort: those who asked, or a person you name",
    (
        Argument("person", "a person to admit, with or without a request", kind="person", writes=True),
        Argument("cohort", "its name; without it, the cohort of this channel", suggests=True, rest=True),
    ),
    allowed=frozenset({"coordinator"}),
    example="/cohort admit @ada Spring",
    reads=True,
)


def admit_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """List the students who asked to join, or admit the person who is named (`/cohort admit`)."""
    named = event.options.get("person", "")
    if not named:
        return [Reply(_asking(turn, event.options.get("cohort", "")))]
    cohort = cohort_named(turn, event.options.get("cohort", ""))
    person = people.person_for(turn, people.user_of(named))
    known = membership(turn, cohort, person)
    if known is not None and known.state == "admitted":
        raise _admitted_already(person, cohort)
    member, joined = join(turn, cohort, person)
    return [*joined, *_admit(turn, cohort, member, person), Reply(_receipt(turn, person, cohort))]


def _admitted_already(person: Person, cohort: Cohort) -> Declined:
    return Declined(
        text(
            "**{student}** is in **{cohort}** already.",
            student=people.person_name(person),
            cohort=cohort.name,
        )
    )


def _receipt(turn: Turn, person: Person, cohort: Cohort) -> Message:
    unmet = people.awaiting_first_contact(turn, [person]) if person.erased_at is None else []
    student = people.person_name(person)
    if unmet:
        now = text("**{student}** is in **{cohort}** now.", student=student, cohort=cohort.name)
        return message(now, people.contact_hint(unmet))
    return message(
        text(
            "**{student}** is in **{cohort}** now, and gets a message about it.",
            student=student,
            cohort=cohort.name,
        )
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
        if any(not each.open for each in all_cohorts(turn)):
            return message("No student is waiting to be admitted.")
        return message(
            "No student is waiting to be admitted. Every cohort is open: each student who applies from its "
            "channel is in."
        )
    owed = waits.standing_of(turn, ADMISSION, [subjects.MEMBER(member.id) for member, _, _ in found])
    blocks: list[Block] = []
    for member, person, its in found[:_PAGE]:
        wait = owed.get(subjects.MEMBER(member.id))
        blocks += [
            text(
                "**{student}** · **{cohort}** · asked on {day}",
                student=people.person_name(person),
                cohort=its.name,
                day=people.shown_day(turn, wait.since if wait else member.created_at, turn.person),
            ),
            decision_buttons(member),
            Divider(),
        ]
    more = len(found) > _PAGE
    return message(
        *blocks[:-1], note("There are more; they are shown when these are done.") if more else None
    )


def _pressed(turn: Turn, event: ButtonPressed) -> tuple[Member, Cohort, Person]:
    """Return the member whose button was pressed, locked, for a coordinator."""
    require_role(turn, "coordinator")
    member_id = verbs.COHORT_ADMIT.read(event).member
    query = select(Member).where(Member.programme_id == turn.programme_id, Member.id == member_id)
    member = turn.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if member is None:
        raise Declined("I do not know this student any more. `/cohort admit` shows who is waiting.")
    return member, cohort_of(turn, member.cohort_id), people.person_of(turn, member.person_id)


def admit_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Admit, for the coordinator, a student who asked, also after an earlier no."""
    member, cohort, person = _pressed(turn, event)
    if member.state == "admitted":
        raise _admitted_already(person, cohort)
    return [*_admit(turn, cohort, member, person), Reply(_receipt(turn, person, cohort), replace=True)]


def _admit(turn: Turn, cohort: Cohort, member: Member, person: Person) -> list[Action]:
    admitted = let_in(turn, member, person)
    if person.erased_at is not None:
        return admitted
    sent = submission.admitted(turn, member)
    if sent:  # the receipt of each application says so
        return [*admitted, *sent]
    welcome = message(
        text("You are in: a coordinator has admitted you to the cohort **{cohort}**.", cohort=cohort.name),
        Buttons((Button("See open projects", RUN("project.list")),)),
    )
    key = keys.ADMITTED(member.id, turn.source)
    return [*admitted, _word(turn, member, person, welcome, key)]


def _word(turn: Turn, member: Member, person: Person, words: Message, key: str) -> Post:
    """Return a message to a person about their membership; it holds while the membership stays as it is."""
    to, about = people.address(turn, person), subjects.OF_MEMBERSHIP(member.id, member.state)
    return Post(to, words, key, kind=_KIND, subject=about)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    about = subjects.OF_MEMBERSHIP.parse(waiting.subject)
    member = turn.session.get(Member, about.member)
    return waiting.message if member is not None and member.state == about.state else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note of an admission to a cohort")


_KIND: Final = "membership"


def refuse_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Refuse a student for the coordinator; the student gets a kind message with the people to ask."""
    member, cohort, person = _pressed(turn, event)
    if member.state != "asked":
        raise Declined("That has been decided already. Nothing was changed.")
    refused = move(turn, member, "refused")
    tasks.close_task(turn, admission_key(member))
    if person.erased_at is not None:
        gone = message("This student asked to be forgotten in the meantime.")
        return [Reply(gone, replace=True), *refused]
    told = submission.refused(turn, member)
    if not told:
        words = message(
            text("You were not admitted to the cohort **{cohort}** this time.", cohort=cohort.name),
            people.ask_if_different(turn, person),
        )
        key = keys.REFUSED(member.id, turn.source)
        told = [_word(turn, member, person, words, key)]
    mind = Buttons((Button("Admit after all", verbs.COHORT_ADMIT(member.id)),))
    said = text(
        "**{student}** was not admitted, and gets a kind message about it.",
        student=people.person_name(person),
    )
    return [*refused, *told, Reply(message(said, mind), replace=True)]


def cohort_ended(turn: Turn, change: CohortEnded) -> list[Action]:
    """Refuse those who asked to join a cohort that was ended; their applications get an answer."""
    return _refuse_asking(turn, change.cohort)


def cohort_refuse_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Refuse the next of those who asked to join a cohort, while it is ended."""
    cohort = turn.session.get(Cohort, subjects.COHORT.id_of(event.subject))
    if cohort is None or cohort.programme_id != turn.programme_id or cohort.ended_at is None:
        return []
    return _refuse_asking(turn, cohort)


def _refuse_asking(turn: Turn, cohort: Cohort) -> list[Action]:
    """Refuse some of those who asked; a timer does the rest."""
    actions: list[Action] = []
    query = select(Member).where(
        Member.programme_id == turn.programme_id, Member.cohort_id == cohort.id, Member.state == "asked"
    )
    found = turn.session.scalars(query.order_by(Member.id).limit(PIECE + 1)).all()
    for member in found[:PIECE]:
        actions += move(turn, member, "refused")
        tasks.close_task(turn, admission_key(member))
        actions += submission.refused(turn, member)
    turn.session.flush()
    if len(found) > PIECE:
        due = next_piece_at(turn.now)
        key = keys.COHORT_REFUSE(cohort.id, due)
        actions.append(SetTimer(key, due, Timer.COHORT_REFUSE, subjects.COHORT(cohort.id)))
    return actions


ROUTES: Final = Routes(
    commands=((ADMIT, admit_command),),
    buttons={verbs.COHORT_ADMIT: admit_pressed, verbs.COHORT_REFUSE: refuse_pressed},
    messages={_KIND: MessageRoute(_still_so, _named)},
    suggestions={(ADMIT.path, "cohort"): suggest_cohorts},
    follows={CohortEnded: (cohort_ended,)},
    timers={Timer.COHORT_REFUSE: cohort_refuse_due},
)

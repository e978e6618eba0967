"""Waits for the answer to a message that asks something: owed by its reader's side.

A message asks where it has a question mark, or where its writer says that it needs an answer. The time begins
when it has arrived. Its reader is reminded on the day by which the answer is owed; then the writer reads that
none came, and a coordinator hears, but not what was asked. Any message back is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, Moment, Text, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes, WaitRoute, WaitSides, WaitStep
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup, offer_time
from bot.programme.applications.messages import closed, exchange, undelivered
from bot.programme.applications.messages.exchange import Exchange, exchange_of, message_of, write_button
from bot.programme.applications.messages.undelivered import has_arrived, message_in
from bot.programme.applications.news import shown_day
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.working_days import is_last_ask, working_days_after, working_days_from
from bot.programme.people import evidence, open_cases
from bot.programme.people.mutes import is_unwanted
from storage.tables import Letter, Person, Task

__all__ = ["ROUTES", "answered", "arrived", "asks", "below_receipt"]

_QUESTION: Final = "question"
_WORKING_DAYS: Final = 2
_MARK: Final = re.compile(r"[?\u061f\u037e\uff1f](?=\W|_|$)")
"""A question mark (also the Arabic, Greek and full-width one) after a word: not one within an address."""


def asks(words: str) -> bool:
    """Tell whether words ask something, by their question marks."""
    return _MARK.search(words) is not None


def below_receipt(turn: Turn, talk: Exchange, stored: Letter) -> list[Block]:
    """Say by when a message that asks something has its answer; of others it can still be said."""
    ways = [exchange.all_button(talk, turn.person)]
    if stored.asks:
        return [_rule(turn, talk), Buttons(tuple(ways))]
    if talk.mentor is None:
        ways.append(Button("I need an answer", verbs.MESSAGE_ASK(stored.id)))
    return [Buttons(tuple(ways))]


def _rule(turn: Turn, talk: Exchange) -> Block:
    """Say beforehand what follows where a message that asks something gets no answer."""
    if talk.person is not None and talk.person.id == turn.person_id:
        return note("I ask the coordinators for an answer every two working days, five times at most.")
    return note(
        "An answer is due two working days after it arrives. Without one the coordinators read that there is "
        "none, and not what you wrote."
    )


def message_ask_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Note that the writer of a message needs an answer to it."""
    stored = message_of(turn, verbs.MESSAGE_ASK.read(event).message)
    if stored.sender_id != turn.person_id:
        raise Declined("I cannot find that message any more.")
    stored.asks = True
    turn.session.flush()
    begun = _begin(turn, stored) if has_arrived(turn, stored) else []
    talk = exchange_of(turn, stored)
    title = projects.title_part(talk.project)
    said = text("Noted: you need an answer to your message about **{project}**.", project=title)
    return [Reply(message(said, _rule(turn, talk))), *begun]


def remark(talk: Exchange, stored: Letter) -> Buttons | None:
    """Return the way to say that a message which asks something needs no answer; None for other messages."""
    return Buttons((_no_answer(stored),)) if stored.asks and talk.mentor is None else None


def _no_answer(stored: Letter) -> Button:
    return Button("No answer needed", verbs.MESSAGE_NO_ANSWER(stored.id))


def message_no_answer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """End the wait for the answer to a message whose reader says that it needs none; its writer reads so."""
    stored = message_of(turn, verbs.MESSAGE_NO_ANSWER.read(event).message)
    talk = exchange_of(turn, stored)
    if turn.person_id not in {each.id for each in _readers(turn, stored, talk)}:
        raise Declined("I cannot find that message any more.")
    if not _is_waited_for(turn, stored):
        raise Declined("No answer is waited for any more.")
    title, writer = projects.title_part(talk.project), people.person_of(turn, stored.sender_id)
    said = text(
        "Noted: this message about **{project}** needs no answer. The writer reads so.", project=title
    )
    words = text(
        "**{person}** takes your message of {when} about **{project}** as one that needs no answer. If you "
        "need one, say so.",
        when=Moment(stored.created_at, people.zone_of(turn, writer)),
        person=people.person_name(turn.person),
        project=title,
    )
    ask = Buttons((Button("I need an answer", verbs.MESSAGE_ASK(stored.id)),))
    ended = _end(turn, stored, "kept")
    key = keys.QUESTION_CLOSED(stored.id, turn.source)
    told = daily_message.notify(turn, writer, key, subjects.QUESTION(stored.id), words, ask)
    return [Reply(message(said), settles=True), *ended, *told]


def _is_waited_for(turn: Turn, stored: Letter) -> bool:
    """Tell whether the answer is waited for, or the coordinators have a task as none came."""
    task = select(Task.id).where(
        Task.programme_id == turn.programme_id,
        Task.key == keys.QUESTION_TASK(stored.id),
        Task.state == "open",
    )
    waited = waits.standing(turn, _QUESTION, subjects.LETTER(stored.id))
    return waited is not None or turn.session.scalar(task) is not None


def arrived(turn: Turn, subject: str) -> list[Action]:
    """Follow a message that has arrived: where it asks something, its answer is waited for from now on."""
    stored = message_in(turn, subject)
    told = undelivered.arrived(turn, subject)
    return [*told, *_begin(turn, stored)] if stored.asks else told


def _begin(turn: Turn, stored: Letter) -> list[Action]:
    """Open the wait, unless an answer came already, or one to an earlier question is waited for."""
    talk = exchange_of(turn, stored)
    # A mentor is asked nothing, and no clock runs in a case.
    if talk.mentor is not None or open_cases.is_open(turn, stored.application_id):
        return []
    later = [each for each in exchange.messages_of(turn, talk) if each.id > stored.id]
    about = subjects.APPLICATION(stored.application_id)
    if any(_side(talk, each) != _side(talk, stored) for each in later):
        return []
    if any(_side(talk, each) == _side(talk, stored) for each in _waiting(turn, talk)):
        return []
    due = working_days_after(turn.now, _WORKING_DAYS, _zone(turn, about))
    due = offer_time.awake(turn, people.person_of(turn, stored.recipient_id), due)
    return waits.begin(turn, _QUESTION, subjects.LETTER(stored.id), about, due)


def answered(turn: Turn, talk: Exchange, stored: Letter) -> list[Action]:
    """End the waits for answers that a message of the other side is."""
    actions: list[Action] = []
    for each in _waiting(turn, talk):
        if _side(talk, each) != _side(talk, stored):
            actions += _end(turn, each, "kept")
    return actions


def _end(turn: Turn, stored: Letter, state: str) -> list[Action]:
    daily_message.retract_notices(turn, subjects.QUESTION(stored.id))
    tasks.close_task(turn, keys.QUESTION_TASK(stored.id))
    return waits.end(turn, _QUESTION, subjects.LETTER(stored.id), state)


def _side(talk: Exchange, stored: Letter) -> bool:
    """Tell whether the student wrote it, or the person who writes with the coordinators: the sides differ."""
    first = talk.person or talk.application
    return stored.sender_id == (first.id if isinstance(first, Person) else first.person_id)


def _waiting(turn: Turn, talk: Exchange) -> list[Letter]:
    """Return the messages of an exchange whose answer is waited for."""
    about = subjects.APPLICATION(talk.application.id)
    if not waits.are_open(turn, _QUESTION, about):
        return []
    found = exchange.messages_of(turn, talk)
    open_ones = waits.standing_of(turn, _QUESTION, [subjects.LETTER(each.id) for each in found])
    return [each for each in found if subjects.LETTER(each.id) in open_ones]


def _came(turn: Turn, reached: waits.Reached) -> tuple[list[tuple[Letter, Exchange]], list[Action]]:
    """Return the messages that have come to a step; those that are closed or erased are waited for no longer.

    While a report about the application is open they are put off by a day: no clock runs.
    """
    found, actions = list[tuple[Letter, Exchange]](), list[Action]()
    held = evidence.is_held(turn, subjects.APPLICATION.id_of(reached.about))
    for subject in reached.subjects:
        stored = turn.session.get(Letter, subjects.LETTER.id_of(subject))
        if stored is None or not stored.text:
            actions += waits.end(turn, _QUESTION, subject, "dropped")
            continue
        talk = exchange_of(turn, stored)
        if talk.person is None and not _may_be_answered(turn, stored, talk):
            actions += _end(turn, stored, "dropped")
        elif held and talk.person is None:
            actions += waits.put_off(turn, _QUESTION, subject, working_days_from(turn, 1))
        else:
            found.append((stored, talk))
    return found, actions


def _may_be_answered(turn: Turn, stored: Letter, talk: Exchange) -> bool:
    """Tell whether both sides may still write, and the reader did not ask for no more of these messages."""
    reader = people.person_of(turn, stored.recipient_id)
    unwanted = is_unwanted(turn, talk.application.id, reader, stored.sender_id)
    return closed.is_open(turn, talk.application) and not unwanted


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the readers of a message on the day by which they answer it."""
    found, actions = _came(turn, reached)
    for stored, talk in found:
        for reader in _readers(turn, stored, talk):
            actions += _ask(turn, stored, talk, reader, reached)
    return actions


def _ask(turn: Turn, stored: Letter, talk: Exchange, reader: Person, reached: waits.Reached) -> list[Action]:
    words = text(
        "**{person}** asked you something about **{project}** on {day}, and waits for an answer.",
        person=people.person_name(people.person_of(turn, stored.sender_id)),
        project=projects.title_part(talk.project),
        day=shown_day(turn, stored.created_at, reader),
    )
    ways = Buttons(
        (
            Button("Reply", verbs.MESSAGE_REPLY(stored.id), style="primary"),
            _no_answer(stored),
            exchange.all_button(talk, reader),
        )
    )
    key = keys.QUESTION_AGAIN(stored.id, reader.id, reached.at)
    return daily_message.notify(turn, reader, key, subjects.QUESTION(stored.id), words, ways)


def _readers(turn: Turn, stored: Letter, talk: Exchange) -> list[Person]:
    """Return who owes the answer: the reader, or the coordinators who may read it."""
    if talk.person is not None and talk.person.id == stored.sender_id:
        return confidential.readers(turn, talk.project, talk.application, talk.person)
    reader = people.person_of(turn, stored.recipient_id)
    return [] if reader.left_at or reader.erased_at else [reader]


def late(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Tell the writer that no answer came: a coordinator hears, or the coordinators are asked again."""
    found, actions = _came(turn, reached)
    for stored, talk in found:
        if talk.person is not None and talk.person.id == stored.sender_id:
            actions += _ask_coordinators(turn, stored, talk, reached)
        else:
            actions += _give_up(turn, stored, talk, reached)
    return actions


def _ask_coordinators(turn: Turn, stored: Letter, talk: Exchange, reached: waits.Reached) -> list[Action]:
    """Ask the coordinators again for an answer, every few working days, and tell the writer so.

    After the last time nothing is waited for; the message stays a task.
    """
    subject = subjects.LETTER(stored.id)
    wait, readers = waits.standing(turn, _QUESTION, subject), _readers(turn, stored, talk)
    last = wait is None or is_last_ask(turn, readers, wait.since)
    if last:
        actions = waits.end(turn, _QUESTION, subject, "settled")
    else:
        again = working_days_from(turn, turn.programme.coordinator_days)
        actions = waits.put_off(turn, _QUESTION, subject, again)
    for reader in readers:
        actions += _ask(turn, stored, talk, reader, reached)
    words = text(
        "Your message about **{project}** has no answer yet: there is no coordinator for it now.",
        project=projects.title_part(talk.project),
    )
    if readers and last:
        words = text(
            "Your message about **{project}** has no answer yet. I am asking {people} for the last time; it "
            "stays in their list.",
            project=projects.title_part(talk.project),
            people=people.person_names(readers),
        )
    elif readers:
        words = text(
            "Your message about **{project}** has no answer yet. I am asking {people} again.",
            project=projects.title_part(talk.project),
            people=people.person_names(readers),
        )
    return [*actions, *_tell_writer(turn, stored, words, reached)]


def _give_up(turn: Turn, stored: Letter, talk: Exchange, reached: waits.Reached) -> list[Action]:
    """Tell the writer that no answer came, and inform a coordinator; then nothing is waited for."""
    reader = people.person_of(turn, stored.recipient_id)
    title = projects.title_part(talk.project)
    words = text(
        "**{person}** has not answered your message of {day} about **{project}**. The coordinators read "
        "that it has no answer, and not what you wrote.",
        day=shown_day(turn, stored.created_at, people.person_of(turn, stored.sender_id)),
        person=people.person_name(reader),
        project=title,
    )
    actions = waits.end(turn, _QUESTION, subjects.LETTER(stored.id), "settled")
    actions += tasks.open_task(
        turn,
        keys.QUESTION_TASK(stored.id),
        "letter.late",
        subjects.APPLICATION(stored.application_id),
        text(
            "**{writer}** asked **{reader}** something about **{project}** on {day}, and has no answer.",
            writer=people.person_name(people.person_of(turn, stored.sender_id)),
            reader=people.person_name(reader),
            project=title,
            day=shown_day(turn, stored.created_at, None),
        ),
        Buttons((write_button(talk.application, "student"), write_button(talk.application, "employer"))),
    )
    return [
        *actions,
        *_tell_writer(turn, stored, words, reached, write_button(talk.application, "coordinators")),
    ]


def _tell_writer(
    turn: Turn, stored: Letter, words: Text, reached: waits.Reached, *ways: Button
) -> list[Action]:
    writer = people.person_of(turn, stored.sender_id)
    if writer.left_at is not None:
        return []
    key = keys.QUESTION_LATE(stored.id, reached.at)
    buttons = [Buttons(ways)] if ways else []
    return daily_message.notify(turn, writer, key, subjects.QUESTION(stored.id), words, *buttons)


def _zone(turn: Turn, about: str) -> str:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    employer = projects.employer_of(turn, projects.project_of(turn, application.project_id))
    return people.zone_of(turn, employer) if employer else turn.programme.zone


def _found(_turn: Turn, _after: int, _most: int) -> list[AwaitedThing]:
    """Return nothing for an upgrade: messages of before were written without a date for their answer."""
    return []


def _letter(turn: Turn, subject: str) -> Letter:
    return turn.session.get_one(Letter, subjects.LETTER.id_of(subject))


def _owing(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    asked = {each: _letter(turn, each) for each in of}
    return {each: _readers(turn, its, exchange_of(turn, its)) for each, its in asked.items()}


def _writer(turn: Turn, _about: str, subject: str) -> list[Person]:
    return [people.person_of(turn, _letter(turn, subject).sender_id)]


def _said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    about = subjects.APPLICATION(_letter(turn, subject).application_id)
    return text(
        "The answer to a message about **{project}**: by {when}",
        project=projects.title_part(exchange_of(turn, _letter(turn, subject)).project),
        when=people.shown_day_there(turn, due, _zone(turn, about), reader),
    )


ROUTES: Final = Routes(
    buttons={
        verbs.MESSAGE_ASK: message_ask_pressed,
        verbs.MESSAGE_NO_ANSWER: message_no_answer_pressed,
    },
    waits={
        _QUESTION: WaitRoute(
            waits="writer",
            owes="reader",
            steps=(WaitStep("remind", remind, in_the_morning=True), WaitStep("late", late)),
            zone=_zone,
            found=_found,
            sides=WaitSides(_owing, _writer, _said),
        )
    },
)

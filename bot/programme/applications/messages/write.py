"""Writing of messages, which are delivered at once, or when their reader's quiet hours are over."""

from __future__ import annotations

from typing import Final, get_args

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.answers.normalise import keep
from bot.chat.content import Block, Button, Buttons, Plain, Text, message, note, text
from bot.chat.events import ButtonPressed, MessageReceived
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.rendering.screen import height, in_lines
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import Number
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup
from bot.programme.applications.messages import closed, questions, undelivered
from bot.programme.applications.messages.confided import task_of
from bot.programme.applications.messages.exchange import (
    COORDINATORS,
    MENTOR,
    Exchange,
    Side,
    all_button,
    exchange_of,
    is_live,
    may_open,
    message_of,
    side_of,
    write_button,
    writes_as,
)
from bot.programme.applications.messages.receipt import said_where, waits_for_all
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.away import away_note
from bot.programme.people.mentors import mentor_of_application
from bot.programme.people.parts import owner_of
from storage.queries import outbox
from storage.tables import Application, Letter, Person, Project

__all__ = [
    "message_form",
    "message_reply_pressed",
    "message_submitted",
    "message_write_pressed",
    "received",
    "reply_in_place",
]

FORM: Final = "letter"
_MOST_CHARACTERS: Final = 3000  # characters
_LINES_AT_ONCE: Final = 12  # of a message, on a phone

_QUESTION: Final = Question(
    "text",
    Ask(
        "What would you like to write?",
        label="Your message",
        kind="long",
        example="Could we talk on Thursday?",
    ),
    max_length=_MOST_CHARACTERS,
)
_BETWEEN_SIDES: Final = (
    "The other side reads exactly what you write, with your name and the project's. You can both read it "
    "again until the project's answers are erased; a coordinator reads it only if it is reported."
)
_WITH_MENTOR: Final = (
    "The reader gets exactly what you write, with your name and the project's. What student and mentor write "
    "to each other is read by these two; a coordinator reads it only if it is reported."
)
_TO_COORDINATORS: Final = (
    "Only the programme's coordinators read this, with your name and the project's. The other side does not, "
    "and does not hear from me that you wrote."
)
_BY_COORDINATOR: Final = (
    "The reader gets exactly what you write, with your name and the project's. What you two write to each "
    "other is read by the other coordinators as well, and by no other person."
)


def message_write_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for a message to the other side, or to the coordinators."""
    pressed = verbs.MESSAGE_WRITE.read(event)
    number, to = pressed.application, pressed.to
    _addressed(turn, number, to, None)
    return [OpenForm(FORM, subjects.MESSAGE(number, to))]


def message_reply_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for a reply to a message."""
    stored = received(turn, verbs.MESSAGE_REPLY.read(event).message)
    to = _back(turn, stored)
    _addressed(turn, stored.application_id, to, stored.id)
    return [OpenForm(FORM, subjects.MESSAGE(stored.application_id, to, stored.id))]


def _back(turn: Turn, stored: Letter) -> Side:
    """Return to which side a reply to a message goes."""
    exchange = exchange_of(turn, stored)
    if exchange.person is not None and exchange.person.id != stored.sender_id:
        return "coordinators"
    if exchange.mentor is not None and exchange.mentor.id == stored.sender_id:
        return "mentor"
    if exchange.person is not None and _mentors(turn, exchange.person, exchange.application):
        return "mentor"
    return "student" if stored.sender_id == exchange.application.person_id else "employer"


def message_form(turn: Turn, subject: str) -> Form:
    """Return the form with the one question of a message.

    `subject`: application, the side it is to and, for a reply, the message: `5-student-12`.
    """
    exchange, _ = _addressed(turn, *_subject(subject))
    notice = _BETWEEN_SIDES if exchange.mentor is None else _WITH_MENTOR
    if exchange.person is not None:
        notice = _TO_COORDINATORS if exchange.person.id == turn.person.id else _BY_COORDINATOR
    return Form(FORM, "Your message", (_QUESTION,), notice=notice, submit="Send message")


def reply_in_place(turn: Turn, event: MessageReceived) -> list[Action]:
    """Send words that answer a delivered message in a thread or by a quote to its writer, like a reply.

    Nothing for words that answer something else; a file cannot be passed on, and the reply says so.
    """
    if event.reply_to is None:
        return []
    row = outbox.by_reference(turn.connection, str(event.reply_to))
    sent = keys.MESSAGE.match(row.key) if row is not None else None
    if row is None or sent is None or row.programme_id != turn.programme_id:
        return []
    try:
        stored = received(turn, sent.message)
    except Declined:
        return []
    words = keep(event.text)
    if not words or len(words) > _MOST_CHARACTERS or event.files:
        raise Declined(
            text(
                "I can pass on words, at most {most} characters, and no files. For a file, send a link.",
                most=Number(str(_MOST_CHARACTERS)),
            )
        )
    return _send(turn, words, stored.application_id, _back(turn, stored), stored.id)


def received(turn: Turn, number: int | str) -> Letter:
    """Return a message written to the person who acts, or to the coordinators where they are a coordinator.

    Raises:
        Declined: it was written to another person.
    """
    stored = message_of(turn, number)
    mine = stored.recipient_id == turn.person.id
    confided = stored.person_id is not None and stored.person_id == stored.sender_id
    if not mine and not (confided and may_open(turn, exchange_of(turn, stored))):
        raise Declined("That message was not written to you.")
    return stored


def message_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Keep the message, deliver it, and show its writer what was sent."""
    return _send(turn, str(done.values["text"]), *_subject(done.subject))


def _subject(subject: str) -> tuple[int, str, int | None]:
    read = subjects.MESSAGE.parse(subject)
    return read.application, read.to, read.message


def _addressed(turn: Turn, number: int, to: str, answers: int | None) -> tuple[Exchange, list[Person]]:
    """Return the exchange that a message of the person who acts belongs to, and its readers.

    `answers` is the id of the message it replies to.

    Raises:
        Declined: they may not write to that side, or it has no reader.
    """
    application = lookup.application_of(turn, number)
    project = projects.project_of(turn, application.project_id)
    side = side_of(turn, project, application)
    if side == to or to not in get_args(Side):
        raise Declined("That message would be to your own side, so I did not open it.")
    before = message_of(turn, answers) if answers is not None else None
    exchange = Exchange(project, application, _confides(turn, project, application, to, before))
    if exchange.person is None and MENTOR in {side, to}:
        mentor = _mentor(turn, application)
        reader = people.person_of(turn, application.person_id) if side == MENTOR else mentor
        return Exchange(project, application, mentor=mentor), [_there(turn, reader)]
    if exchange.person is None:
        if application.status == "admission":
            raise Declined(
                "The application has not been sent yet: a coordinator has to admit the student first.",
                *_instead(application),
            )
        reader = _other_side(turn, exchange, before)
        closed.must_be_open(turn, exchange, reader)
        return exchange, [reader]
    if exchange.person.id != turn.person.id:
        return exchange, [_there(turn, exchange.person)]
    found = confidential.readers(turn, project, application, exchange.person)
    if not found:
        raise Declined(confidential.NO_READER)
    answered = before.sender_id if before else 0
    return exchange, sorted(found, key=lambda each: each.id != answered)


def _mentor(turn: Turn, application: Application) -> Person:
    """Return the mentor of the placement that an application became.

    Raises:
        Declined: there is none.
    """
    mentor = mentor_of_application(turn, application.id)
    if mentor is None:
        raise Declined("There is no mentor here now.", *_instead(application))
    return people.person_of(turn, mentor.person_id)


def _mentors(turn: Turn, person: Person, application: Application) -> bool:
    """Tell whether a person is the mentor of the placement that an application became."""
    mentor = mentor_of_application(turn, application.id)
    return mentor is not None and mentor.person_id == person.id


def _instead(application: Application) -> tuple[Block, ...]:
    return (Buttons((write_button(application, "coordinators"),)),)


def _confides(
    turn: Turn, project: Project, application: Application, to: str, before: Letter | None
) -> Person | None:
    """Return with which person the coordinators write in this exchange; None between student and employer.

    A project without an owner is looked after by the coordinators.
    """
    side = side_of(turn, project, application)
    if side == "coordinators":
        if before is not None and before.application_id == application.id and before.person_id:
            return people.person_of(turn, before.person_id)
        if to == "student":
            return people.person_of(turn, application.person_id)
        if to == MENTOR:
            return _mentor(turn, application)
        employer = projects.employer_of(turn, project)
        if employer is None:
            raise Declined("This project has no contact at the company yet, so you cannot write there.")
        return employer
    to_them = to == COORDINATORS or (before is not None and before.person_id == turn.person.id)
    unowned = side == "student" and to == "employer" and projects.employer_of(turn, project) is None
    return turn.person if to_them or unowned else None


def _other_side(turn: Turn, exchange: Exchange, before: Letter | None) -> Person:
    """Return the reader of a message between the sides: the writer it answers, else the other side."""
    application = exchange.application
    if application.person_id != turn.person.id:
        return _there(turn, people.person_of(turn, application.person_id))
    if before is not None and before.application_id == application.id:
        found = people.person_of(turn, before.sender_id)
        if not (found.left_at or found.erased_at):
            return found
    return _there(turn, projects.employer_of(turn, exchange.project))


def _there(turn: Turn, person: Person | None) -> Person:
    if person is None:
        raise Declined("This project has no contact at the company now, so you cannot write there.")
    if person.left_at or person.erased_at:
        left = text(
            "**{person}** has left the programme, so I cannot bring messages there.",
            person=people.person_name(person),
        )
        if "coordinator" in turn.roles:
            raise Declined(left)
        raise Declined(left, text("To learn more, ask {contacts}.", contacts=people.contacts(turn)))
    return person


def _send(turn: Turn, words: str, number: int, to: str, answers: int | None) -> list[Action]:
    """Keep the message and deliver it. `answers`: the id of the message it replies to."""
    exchange, reading = _addressed(turn, number, to, answers)
    person = exchange.person
    stored = Letter(
        programme_id=turn.programme_id,
        application_id=exchange.application.id,
        sender_id=turn.person.id,
        recipient_id=reading[0].id,
        person_id=person.id if person else None,
        mentor_id=exchange.mentor.id if exchange.mentor else None,
        text=words,
        asks=exchange.mentor is None and questions.asks(words),
        created_at=turn.now,
    )
    turn.session.add(stored)
    turn.session.flush()
    waits = waits_for_all(turn, reading)
    receipt = message(
        said_where(turn, exchange, reading, waits=waits),
        *_words(stored),
        people.contact_hint(unmet)
        if waits and (unmet := people.awaiting_first_contact(turn, reading))
        else None,
        away_note(turn, owner_of(turn, exchange.project), reading),
        *questions.below_receipt(turn, exchange, stored),
    )
    answered = questions.answered(turn, exchange, stored)
    return [
        Reply(receipt),
        *answered,
        *_brought(turn, exchange, stored, reading),
        *task_of(turn, exchange, stored),
    ]


def _words(stored: Letter) -> list[Block]:
    """Return what was written; of a long message the beginning, so that it fits a phone's screen."""
    whole = text(Plain(stored.text))
    if height([whole], ENGLISH) <= _LINES_AT_ONCE:  # words of a person, which are in no language of ours
        return [whole]
    beginning = text(Plain(in_lines(stored.text, _LINES_AT_ONCE)))
    return [beginning, note("This is only its beginning: **All messages** shows the whole message.")]


def _brought(turn: Turn, exchange: Exchange, stored: Letter, reading: list[Person]) -> list[Action]:
    """Return the message for each of its readers."""
    lead = _lead(turn, exchange)
    private = None
    if exchange.person is not None:
        private = note("Only the coordinators read your answer.")
        if exchange.person.id == turn.person.id:
            private = note(
                "Only {person} and the coordinators read your answer.", person=people.person_name(turn.person)
            )
    actions: list[Action] = []
    about = undelivered.subject_for(stored, waits=waits_for_all(turn, reading))
    talk = Button("Talk to a coordinator", verbs.CASE_ASK("message", stored.id))
    for number, reader in enumerate(reading):
        ways = (
            Button("Reply", verbs.MESSAGE_REPLY(stored.id), style="primary"),
            all_button(exchange, reader),
            *([closed.mute_button(stored)] if exchange.between_sides else []),
            Button("Report", verbs.MESSAGE_REPORT(stored.id)),
            *([talk] if exchange.person is None or exchange.person.id == reader.id else []),
        )
        key = keys.MESSAGE(stored.id, reader.id if number else None)
        words = message(lead, *_words(stored), private, Buttons(ways), questions.remark(exchange, stored))
        live, to = is_live(turn, exchange, reader), people.address(turn, reader)
        actions.append(Post(to, words, key, at_night=live, kind=undelivered.MESSAGE, subject=about))
    return actions


def _lead(turn: Turn, exchange: Exchange) -> Text:
    """Return the line above a delivered message: who writes, as what, and about which project."""
    name, title = people.person_name(turn.person), projects.title_part(exchange.project)
    match writes_as(exchange, turn.person):
        case "student":
            return text("**{writer}** writes to you about **{project}**:", writer=name, project=title)
        case "employer":
            return text(
                "**{writer} ({company})** writes to you about **{project}**:",
                writer=name,
                company=projects.company_name(turn, exchange.project),
                project=title,
            )
        case "mentor":
            return text(
                "**{writer} (mentor)** writes to you about **{project}**:", writer=name, project=title
            )
        case _:
            return text(
                "**{writer} (coordinator)** writes to you about **{project}**:", writer=name, project=title
            )

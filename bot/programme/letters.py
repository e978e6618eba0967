"""Letters: a student and an employer write to each other through the bot, about one application.

A letter is a person's, not the bot's, so it is delivered at once. Both sides can read the exchange;
coordinators read a letter only when it is reported.
"""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.answers.clean import keep
from bot.chat.content import Block, Button, Buttons, Part, Plain, action, heading, message, note, text
from bot.chat.events import ButtonPressed, MessageReceived
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme import people, projects, tasks
from bot.programme.applications import rows, telling
from bot.programme.turn import Turn, need
from storage.queries import outbox
from storage.tables import Application, Letter, Person, Project

__all__ = ["ROUTES", "reply_in_place", "write_button"]

Side = Literal["student", "employer"]

FORM: Final = "letter"
_LONGEST: Final = 3000  # characters
_PAGE: Final = 8

_QUESTION: Final = Question(
    "text",
    Ask(
        "What would you like to write?",
        label="Your message",
        kind="long",
        example="Could we talk on Thursday?",
    ),
    max_length=_LONGEST,
)


def write_button(application: Application, to_side: Side) -> Button:
    """A button that opens a letter to the other side of an application."""
    return Button(f"Write to the {to_side}", action("letter-write", application.id, to_side))


def write(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Write to the other side."""
    number, side = rows.pressed(event), rows.pressed(event, 2)
    _parties(turn, number, side)
    return [OpenForm(FORM, f"{number}-{side}")]


def answer(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Reply to a letter."""
    letter = _received(turn, event)
    application = rows.application_of(turn, letter.application_id)
    side = "student" if letter.sender_id == application.person_id else "employer"
    _parties(turn, str(application.id), side)
    return [OpenForm(FORM, f"{application.id}-{side}-{letter.id}")]


def letter_form(turn: Turn, subject: str) -> Form:
    """One question. `subject`: application, side written to and, for a reply, the letter: `5-student-12`."""
    number, side, _ = _subject(subject)
    _parties(turn, number, side)
    return Form(
        FORM,
        "Your message",
        (_QUESTION,),
        notice=(
            "They read exactly what you write, with your name and the project's. You can both read it again "
            "until the project's answers are erased; a coordinator reads it only if it is reported."
        ),
        submit="Send message",
    )


def reply_in_place(turn: Turn, event: MessageReceived) -> list[Action]:
    """Words that answer a relayed letter by a thread or a quote go to its writer, as by its Reply button.

    Nothing for words that answer something else; a file cannot be relayed, which is said.
    """
    if event.reply_to is None:
        return []
    row = outbox.by_reference(turn.connection, str(event.reply_to))
    if row is None or row.programme_id != turn.programme_id or not row.key.startswith("letter:"):
        return []
    letter = turn.session.get(Letter, int(row.key.partition(":")[2]))
    if letter is None or letter.recipient_id != turn.person.id:
        return []
    words = keep(event.text)
    if not words or len(words) > _LONGEST or event.files:
        raise Declined(
            f"I can pass on words, at most {_LONGEST:,} characters, and no files. For a file, send a link."
        )
    application = rows.application_of(turn, letter.application_id)
    side = "student" if letter.sender_id == application.person_id else "employer"
    return _send(turn, words, str(application.id), side, str(letter.id))


def _subject(subject: str) -> tuple[str, str, str]:
    number, side, letter = (*subject.split("-"), "", "")[:3]
    return number, side, letter


def _parties(turn: Turn, application_id: str, side: str) -> tuple[Project, Application]:
    """The project and application of a letter to `side`, if the person who acted is the other side.

    Raises:
        Declined: they are not.
    """
    application = rows.application_of(turn, application_id)
    project = projects.project_of(turn, application.project_id)
    if side == "employer" and application.person_id != turn.person.id:
        raise Declined("Only the student who applied can write to the employer here.")
    if side != "employer":
        projects.may_manage(turn, project)
    if application.status == "admission":
        raise Declined("The application has not been sent yet: a coordinator has to admit the student first.")
    return project, application


def sent(turn: Turn, done: Completed) -> list[Action]:
    """The letter is written: keep it, bring it over, and show its writer what was sent."""
    number, side, answers = _subject(done.subject)
    return _send(turn, str(done.values["text"]), number, side, answers)


def _send(turn: Turn, words: str, number: str, side: str, answers: str) -> list[Action]:
    """Keep the letter and bring it over. `answers`: the id of the letter it replies to, or ""."""
    project, application = _parties(turn, number, side)
    recipient = _recipient(turn, project, application, side, answers)
    letter = Letter(
        programme_id=turn.programme_id,
        application_id=application.id,
        sender_id=turn.person.id,
        recipient_id=recipient.id,
        text=words,
        created_at=turn.now,
    )
    turn.session.add(letter)
    turn.session.flush()
    receipt = message(
        text("Sent to **", Plain(recipient.name), "**, about **", projects.title_part(project), "**:"),
        Plain(letter.text),
        Buttons((_all_button(application),)),
    )
    relayed = message(
        text(
            "**",
            *_who(turn, project, application, turn.person),
            "** writes to you about **",
            projects.title_part(project),
            "**:",
        ),
        Plain(letter.text),
        Buttons(
            (
                Button("Reply", action("letter-reply", letter.id), style="primary"),
                _all_button(application),
                Button("Report", action("letter-report", letter.id)),
            )
        ),
    )
    return [Reply(receipt), Post(people.address(turn, recipient), relayed, f"letter:{letter.id}")]


def _recipient(turn: Turn, project: Project, application: Application, side: str, answers: str) -> Person:
    """Whom a letter reaches: the writer it answers, else the student, else who looks after the project.

    A project that nobody looks after is looked after by the coordinators.

    Raises:
        Declined: nobody is there to read it.
    """
    found: Person | None = None
    if side != "employer":
        found = people.person_of(turn, application.person_id)
    else:
        if answers.isdecimal():
            letter = turn.session.get(Letter, int(answers))
            if letter is not None and letter.application_id == application.id:
                found = people.person_of(turn, letter.sender_id)
        if found is None or found.left_at or found.erased_at:
            found = projects.employer_of(turn, project) or next(iter(people.coordinators(turn)), None)
    if found is None or found.left_at or found.erased_at:
        raise Declined("They have left the programme, so I cannot reach them. A coordinator may know more.")
    return found


def _who(turn: Turn, project: Project, application: Application, person: Person) -> tuple[Part, ...]:
    if person.id == application.person_id:
        return (Plain(person.name),)
    if person.company_id == project.company_id:
        return (Plain(person.name), " of ", Plain(projects.company_name(turn, project)))
    return (Plain(person.name), ", coordinator")


def _all_button(application: Application) -> Button:
    return Button("All messages", action("letters-all", application.id))


def show_all(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The exchange about an application, newest last, for either side."""
    application = rows.application_of(turn, rows.pressed(event))
    project = projects.project_of(turn, application.project_id)
    mine = application.person_id == turn.person.id
    if not mine:
        projects.may_manage(turn, project)
        _no_coordinators(turn, project)
    query = select(Letter).where(
        Letter.programme_id == turn.programme_id, Letter.application_id == application.id
    )
    letters = list(turn.session.scalars(query.order_by(Letter.id)))
    shown = letters[-_PAGE:]
    blocks: list[Block] = [heading("Messages about ", projects.title_part(project))]
    if len(letters) > len(shown):
        blocks.append(
            note(f"The last {len(shown)} of {len(letters)}; the earlier ones stand above in this chat.")
        )
    for letter in shown:
        sender = people.person_of(turn, letter.sender_id)
        at = telling.when(turn, letter.created_at, turn.person)
        words = Plain(letter.text) if letter.text else "_erased_"
        blocks.append(text("**", Plain(sender.name), "**, ", at, "\n", words))
    if not shown:
        blocks.append(text("Nobody has written anything yet."))
    blocks.append(Buttons((write_button(application, "employer" if mine else "student"),)))
    return [Reply(message(*blocks))]


def _no_coordinators(turn: Turn, project: Project) -> None:
    """Letters are between the two sides: a coordinator who is neither reads only what is reported."""
    own_company = "employer" in turn.roles and turn.person.company_id == project.company_id
    mine = project.owner_id == turn.person.id or own_company
    if not mine and projects.employer_of(turn, project) is not None:
        raise Declined(
            "These messages are between the student and the employer. You see what is reported to you."
        )


def report(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The reader finds a letter out of place: the coordinators hear of it, its writer does not."""
    letter = _received(turn, event)
    if letter.reported_at is not None:
        raise Declined("You have reported this message already. A coordinator looks at it.")
    letter.reported_at = turn.now
    turn.session.flush()
    application = rows.application_of(turn, letter.application_id)
    project = projects.project_of(turn, application.project_id)
    return [
        Reply(
            message(
                "Thank you. A coordinator looks at it and writes to you. The person who wrote it is not told "
                "that you reported it."
            )
        ),
        *tasks.open_task(
            turn,
            f"letter:{letter.id}",
            "report",
            f"application:{application.id}",
            text(
                "A message about **",
                projects.title_part(project),
                "** was reported. Only coordinators can read it.",
            ),
            Buttons((Button("Read it", action("letter-read", letter.id)),)),
        ),
    ]


def read(turn: Turn, event: ButtonPressed) -> list[Action]:
    """A coordinator reads a reported letter."""
    need(turn, "coordinator")
    letter = _letter(turn, event)
    if letter.reported_at is None:
        raise Declined("This message was not reported, so it stays between the two who wrote.")
    application = rows.application_of(turn, letter.application_id)
    project = projects.project_of(turn, application.project_id)
    sender, recipient = (people.person_of(turn, i) for i in (letter.sender_id, letter.recipient_id))
    return [
        Reply(
            message(
                text(
                    "**",
                    Plain(sender.name),
                    "** wrote this to **",
                    Plain(recipient.name),
                    "** about **",
                    projects.title_part(project),
                    "**, ",
                    telling.when(turn, letter.created_at, turn.person),
                    ":",
                ),
                Plain(letter.text) if letter.text else "_erased_",
                note("Reported by ", Plain(recipient.name), ". ", Plain(sender.name), " does not know."),
            )
        )
    ]


def _letter(turn: Turn, event: ButtonPressed) -> Letter:
    number = rows.pressed(event)
    letter = turn.session.get(Letter, int(number)) if number.isdecimal() else None
    if letter is None or letter.programme_id != turn.programme_id:
        raise Declined("I cannot find that message any more.")
    return letter


def _received(turn: Turn, event: ButtonPressed) -> Letter:
    letter = _letter(turn, event)
    if letter.recipient_id != turn.person.id:
        raise Declined("That message was not written to you.")
    return letter


ROUTES = Routes(
    buttons={
        "letter-write": write,
        "letter-reply": answer,
        "letter-report": report,
        "letter-read": read,
        "letters-all": show_all,
    },
    forms={FORM: FormRoute(form=letter_form, completed=sent)},
)

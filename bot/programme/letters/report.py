"""A letter that its reader finds out of place is reported to the coordinators."""

from __future__ import annotations

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, Plain, action, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import people, projects, tasks
from bot.programme.applications import rows, telling
from bot.programme.letters.exchange import letter_of
from bot.programme.letters.write import received
from bot.programme.turn import Turn, need

__all__ = ["read", "report"]


def report(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The reader finds a letter out of place: the coordinators hear of it, its writer does not."""
    letter = received(turn, rows.pressed(event))
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
    letter = letter_of(turn, rows.pressed(event))
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

"""The staff channel: where tasks are summed up for the coordinators; looked at before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.actions import Action, Inspect, Post, Reply
from bot.chat.content import Button, Buttons, Message, message, note, say, text
from bot.chat.events import ButtonPressed, Inspected
from bot.chat.findings import Finding, finding_lines
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme.cohorts import LOOKING, place_wanted
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import task_summary, tasks
from bot.programme.people import require_role

__all__ = ["ROUTES", "choose"]

_CHECK: Final = "staff-check"
_HELLO: Final = "staff.hello"
_AGAIN_SUFFIX: Final = ":again"


def choose(turn: Turn, typed: str) -> list[Action]:
    """Look at the channel that `/stint settings` names, before it becomes the staff channel.

    Raises:
        Declined: it names no channel of the programme.
    """
    place = place_wanted(turn, typed)
    if place is None:
        raise Declined("Name the channel with #, like `/stint settings #staff`.")
    return [Reply(message(LOOKING)), Inspect(_CHECK, (place,), str(place))]


def check_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Look again at the channel that could not be used."""
    require_role(turn, "coordinator")
    place = place_wanted(turn, verbs.SETTINGS_STAFF_CHECK.read(event).place)
    if place is None:
        raise Declined("That button no longer works. Choose a channel with `/stint settings #staff`.")
    return [Inspect(_CHECK, (place,), f"{place}{_AGAIN_SUFFIX}")]


def staff_check_inspected(turn: Turn, event: Inspected) -> list[Action]:
    """Make the channel the staff channel where the bot can write in it; else say what to do."""
    require_role(turn, "coordinator")
    typed = event.subject.removesuffix(_AGAIN_SUFFIX)
    again = typed != event.subject
    place = place_wanted(turn, typed)
    if place is None or any(finding.level == "problem" for finding in event.findings):
        return [Reply(_not_yet(typed, event.findings), replace=again)]
    turn.programme.staff_place = str(place)
    turn.session.flush()
    tasks.close_task(turn, "staff-channel")
    hello = message(
        text("Once a day I sum up here what waits for a coordinator. Trouble in a placement comes at once."),
        note("This channel should be private: names are said here."),
    )
    key = keys.STAFF(turn.programme_id, turn.source)
    said = message(
        "That is the staff channel now. Once a day I sum up there what waits for a coordinator.",
        Buttons((Button("No staff channel", verbs.SETTINGS_STAFF()),)),
    )
    return [
        *task_summary.reschedule_summary(turn),
        Post(place, hello, key, kind=_HELLO),
        Reply(said, replace=again),
    ]


def _not_yet(place: str, findings: Sequence[Finding]) -> Message:
    return message(
        text("I cannot use that channel as the staff channel yet:"),
        *finding_lines(findings),
        Buttons((Button("Check again", verbs.SETTINGS_STAFF_CHECK(place), style="primary"),)),
        note("Do that, then press Check again. Until then the staff channel stays as it was."),
    )


def none_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Have no staff channel any more: tasks come in the coordinators' own daily messages."""
    require_role(turn, "coordinator")
    turn.programme.staff_place = None
    turn.session.flush()
    said = message(
        "There is no staff channel any more. Tasks come in the coordinators' daily messages.",
        note("To choose one again: `/stint settings #channel`."),
    )
    return [*task_summary.reschedule_summary(turn), Reply(said, replace=True)]


def _still_staff(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late greeting if its channel is still the staff channel."""
    return waiting.message if turn.programme.staff_place == waiting.destination else None


ROUTES = Routes(
    buttons={verbs.SETTINGS_STAFF: none_pressed, verbs.SETTINGS_STAFF_CHECK: check_pressed},
    inspected={_CHECK: staff_check_inspected},
    messages={_HELLO: MessageRoute(_still_staff, lambda _turn, _subject: say("My greeting"))},
)

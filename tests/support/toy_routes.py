"""Small routes to try the runtime with: no programme, only what a turn does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from msgspec import Struct
from pydantic import BaseModel, Field

from bot.chat.actions import (
    Action,
    CancelTimers,
    OpenForm,
    Post,
    RejectForm,
    Reply,
    SetTimer,
    StartConversation,
    Update,
    WithdrawPost,
)
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Plain, action_id, message, text
from bot.chat.events import ButtonPressed, CommandUsed, MessageReceived, TimerFired
from bot.chat.forms import Ask, form_of
from bot.chat.routes import Completed, Declined, FormRoute, Routes, Undelivered
from bot.programme.core.turn import Turn

__all__ = ["TOYS"]

CHANNEL = "terminal/channel/terminal/spring"


class Snack(BaseModel):
    """Three questions, the last optional."""

    name: Annotated[str, Field(max_length=40), Ask("What is your snack?", "Snack")]
    pieces: Annotated[int, Field(ge=1, le=99), Ask("How many pieces?", "Pieces", kind="number")]
    remark: Annotated[str, Field(max_length=200), Ask("Anything else?", "Remark", page=1, later=True)] = ""


class Mood(BaseModel):
    """One page, one question."""

    mood: Annotated[str, Field(min_length=2), Ask("How are you?", "Mood")]


SNACK = form_of(
    Snack, form_id="snack", title="Snack", notice="Only you see this.", page_titles=("What", "More")
)
MOOD = form_of(Mood, form_id="mood", title="Mood")


def _silence(_turn: Turn, _event: CommandUsed) -> Sequence[Action]:
    return [Reply(message(" ", Plain("")))]


def _echo(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    words = event.options.get("words", "nothing")
    return [
        Reply(message(text("You said ", Plain(words)))),
        Post(CHANNEL, message(text("Somebody said ", Plain(words))), f"echo:{event.id}"),
    ]


def _refuse(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    turn.person.name = "must not stay"
    turn.session.flush()
    raise Declined("Not today.")


def _crash(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    raise RuntimeError("a bug")


class Ring(Struct, frozen=True):
    """The payload of the timer: the person it rings for."""

    to: str


def _later(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    minutes = int(event.options.get("words", "10"))
    due = turn.now + timedelta(minutes=minutes)
    late = event.options.get("late", "send")
    return [
        SetTimer("toy", due, "toy.ring", "toy:1", Ring(str(turn.user)), late=late),  # type: ignore[arg-type] # a test may pass any text
        Reply(message("Set.")),
    ]


def _ring(turn: Turn, event: TimerFired) -> Sequence[Action]:
    return [Post(event.read(Ring).to, message("Ring."), f"ring:{turn.source}")]


def _burst(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [Post(str(turn.user), message(f"Number {n}"), f"burst:{event.id}:{n}") for n in range(5)]


def _broken(turn: Turn, event: TimerFired) -> Sequence[Action]:
    raise RuntimeError("a bug in a timer")


def _snag(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [
        SetTimer("snag", turn.now, "toy.broken", "toy:2"),
        SetTimer("fine", turn.now, "toy.ring", "toy:3", Ring(str(turn.user))),
    ]


def _twice(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    due, to = turn.now + timedelta(minutes=5), Ring(str(turn.user))
    return [SetTimer(key, due, "toy.ring", "toy:4", to) for key in ("first", "second")]


def _cancel(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [CancelTimers(subject="toy:1"), Reply(message("Cancelled."))]


def _board(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [Post(CHANNEL, message("Board 0"), "board")]


def _change(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [Update("board", message(text("Board ", Plain(event.options["words"]))))]


def _hold(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [
        Post(str(turn.user), message("Held."), "held", due_at=turn.now + timedelta(minutes=1)),
        Reply(message("Undo?", Buttons((Button("Undo", action_id("toy-undo")),)))),
    ]


def _undo(turn: Turn, event: ButtonPressed) -> Sequence[Action]:
    return [WithdrawPost("held"), Reply(message("Undone."), replace=True)]


def _nudge(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    hours = int(event.options.get("words", "0"))
    deadline = turn.now + timedelta(hours=hours) if hours else None
    soon = turn.now + timedelta(seconds=1)  # what comes later comes unasked
    return [Post(str(turn.user), message("Psst."), f"nudge:{event.id}", due_at=soon, deadline=deadline)]


def _snack(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [StartConversation("snack", event.options.get("words", ""))]


def _snack_form(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [OpenForm("snack", event.options.get("words", ""))]


def _mood(turn: Turn, event: CommandUsed) -> Sequence[Action]:
    return [OpenForm("mood")]


def _eaten(turn: Turn, done: Completed) -> Sequence[Action]:
    if done.values["name"] == "stones":
        return [RejectForm({"name": "Stones are no snack."})]
    return [
        Post(
            str(turn.user),
            message(text("Enjoy ", Plain(str(done.values["name"])))),
            f"eaten:{done.conversation_id}",
        )
    ]


def _felt(turn: Turn, done: Completed) -> Sequence[Action]:
    if done.values["mood"] == "bad":
        return [RejectForm({"mood": "Say more than bad."})]
    return [Reply(message(text("You feel ", Plain(str(done.values["mood"])))))]


def _words(turn: Turn, event: MessageReceived) -> Sequence[Action]:
    return [Reply(message(text("I heard ", Plain(event.text))))]


def _lost(turn: Turn, lost: Undelivered) -> Sequence[Action]:
    return [Post(CHANNEL, message(f"Lost: {lost.code} {lost.unknown}"), f"lost:{lost.key}")]


_WORDS = Argument("words", "Any words.", rest=True)
_LATE = Argument("late", "What to do when late.")


def _spec(name: str, *arguments: Argument) -> CommandSpec:
    return CommandSpec(("toy", name), f"Try {name}.", arguments or (_WORDS,))


TOYS = Routes(
    commands=(
        (_spec("echo"), _echo),
        (_spec("refuse"), _refuse),
        (_spec("crash"), _crash),
        (_spec("silence"), _silence),
        (_spec("later", _WORDS, _LATE), _later),
        (_spec("cancel"), _cancel),
        (_spec("burst"), _burst),
        (_spec("snag"), _snag),
        (_spec("twice"), _twice),
        (_spec("board"), _board),
        (_spec("change"), _change),
        (_spec("hold"), _hold),
        (_spec("nudge"), _nudge),
        (_spec("snack"), _snack),
        (_spec("snackform"), _snack_form),
        (_spec("mood"), _mood),
        (CommandSpec(("toy", "secret"), "For coordinators.", allowed=frozenset({"coordinator"})), _board),
    ),
    buttons={"toy-undo": _undo},
    forms={
        "snack": FormRoute(form=lambda _turn, _subject: SNACK, completed=_eaten),
        "mood": FormRoute(form=lambda _turn, _subject: MOOD, completed=_felt),
    },
    timers={"toy.ring": _ring, "toy.broken": _broken},
    words=_words,
    undelivered=_lost,
)

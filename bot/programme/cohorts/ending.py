"""The end of a cohort, and what its channels say of it: a farewell, and cards without Apply."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bot.chat.actions import Action, CancelTimers, Post, Reply, SetTimer
from bot.chat.codec import head_of
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Message, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed, TimerFired
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme import projects
from bot.programme.cohorts import digests
from bot.programme.cohorts.lookup import channels_of, cohort_named, cohort_of, suggest_cohorts
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import CohortEnded
from bot.programme.core.timers import Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Cohort

__all__ = ["ROUTES"]

_CARDS: Final = 50  # cards that one turn brings up to date; a timer does the next
_FAREWELL: Final = "farewell"


class _After(Struct, frozen=True):
    """The payload of the timer: the id of the last announcement whose card was looked at."""

    announcement: int


END: Final = CommandSpec(
    ("cohort", "end"),
    "End a cohort: no more digests, and it is closed to students",
    (Argument("cohort", "its name; without it, the cohort of this channel", suggests=True, rest=True),),
    allowed=frozenset({"coordinator"}),
    example="/cohort end Spring 26",
)


def end_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/cohort end`: say what that means and ask first."""
    cohort = cohort_named(turn, event.options.get("cohort", ""))
    sure = text(
        "End the cohort **{cohort}**? There will be no more digests and announcements for it, its cards take "
        "no more applications, and no person can join it any more. Its channel gets a farewell. Applications "
        "and placements go on to their end.",
        cohort=cohort.name,
    )
    yes = Button("End it", verbs.COHORT_END(cohort.id), style="danger")
    return [Reply(message(sure, Buttons((yes, Button("Keep it", verbs.COHORT_KEEP(cohort.id))))))]


def end_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """End the cohort; or, by the other button, do not."""
    require_role(turn, "coordinator")
    cohort = cohort_of(turn, verbs.COHORT_END.read(event).cohort)
    if head_of(event.action) == verbs.COHORT_KEEP:
        return [
            Reply(
                message(text("**{cohort}** goes on. Nothing was changed.", cohort=cohort.name)), replace=True
            )
        ]
    if cohort.ended_at is not None:
        raise Declined("That cohort has ended already.")
    cohort.ended_at = turn.now
    turn.session.flush()
    actions = [*digests.end_digests(cohort), *turn.follow(CohortEnded(cohort)), *_cards(turn, cohort, 0)]
    again = Button("Go on with it after all", verbs.COHORT_REOPEN(cohort.id))
    said = text("**{cohort}** has ended.", cohort=cohort.name)
    return [*actions, *_farewell(turn, cohort), Reply(message(said, Buttons((again,))), replace=True)]


def reopen_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Reopen the cohort: it goes on after all, and its cards take applications again."""
    require_role(turn, "coordinator")
    cohort = cohort_of(turn, verbs.COHORT_REOPEN.read(event).cohort)
    if cohort.ended_at is None:
        raise Declined("That cohort has not ended.")
    cohort.ended_at = None
    turn.session.flush()
    said: Message = message(text("**{cohort}** goes on, with its daily digest.", cohort=cohort.name))
    return [*digests.begin_digests(turn, cohort), *_cards(turn, cohort, 0), Reply(said, replace=True)]


def _cards(turn: Turn, cohort: Cohort, after: int) -> list[Action]:
    """Bring the next cards of the cohort's channels up to date; a timer does the rest."""
    changed, last = projects.refresh_in(turn, cohort.id, after, _CARDS)
    subject = subjects.COHORT(cohort.id)
    if not last:
        return changed
    due = next_piece_at(turn.now)
    timer = SetTimer(keys.COHORT_CARDS(cohort.id, last), due, Timer.COHORT_CARDS, subject, _After(last))
    return [CancelTimers(subject=subject, kind=Timer.COHORT_CARDS), *changed, timer]


def cohort_cards_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Bring the next cards of a cohort that has ended, or goes on, up to date."""
    cohort = turn.session.get(Cohort, subjects.COHORT.id_of(event.subject))
    if cohort is None or cohort.programme_id != turn.programme_id:
        return []
    return _cards(turn, cohort, event.read(_After).announcement)


def _farewell(turn: Turn, cohort: Cohort) -> list[Action]:
    """Say goodbye in the cohort's channels."""
    said = message(
        text("**{cohort}** has ended. Thank you for being here!", cohort=cohort.name),
        note(
            "There are no more announcements and digests here. What you have applied to and work on goes on: "
            "`/applications` and `/placement` show it."
        ),
    )
    about = subjects.COHORT(cohort.id)
    return [
        Post(channel.place, said, keys.FAREWELL(channel.id, turn.source), kind=_FAREWELL, subject=about)
        for channel in channels_of(turn, [cohort.id])
    ]


def _still_ended(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late farewell while the cohort is ended."""
    cohort = turn.session.get(Cohort, subjects.COHORT.id_of(waiting.subject))
    return waiting.message if cohort is not None and cohort.ended_at is not None else None


ROUTES: Final = Routes(
    commands=((END, end_command),),
    buttons={
        verbs.COHORT_END: end_pressed,
        verbs.COHORT_KEEP: end_pressed,
        verbs.COHORT_REOPEN: reopen_pressed,
    },
    timers={Timer.COHORT_CARDS: cohort_cards_due},
    suggestions={(END.path, "cohort"): suggest_cohorts},
    messages={_FAREWELL: MessageRoute(_still_ended, lambda _turn, _subject: say("The farewell of a cohort"))},
)

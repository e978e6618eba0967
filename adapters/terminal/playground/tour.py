"""The "Try this" list: five steps that show what the bot does, ticked off by what happens."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from adapters.terminal.screen import words_of
from adapters.terminal.workspace import BOT, Account, Workspace
from bot.chat.events import Place

__all__ = ["TRY_THIS", "Step", "Watcher", "next_step", "seat_of", "ticked"]

_TICKS_KEY: Final = "playground.ticks"
_FROM: Final = "playground.from"
_RECENT: Final = 200
"""Messages that are checked again: they may have been changed."""


@dataclass(frozen=True, slots=True)
class Step:
    """A thing to try.

    Attributes:
        who: how the profile of a person who can do it begins ("" is any person).
        channel: whether it begins in a channel, else in the DM. `line`: what to type there.
        when: patterns of what happens once it is done: `sent KEY` and `said WORDS` for a message of
            the bot's, `did KIND DETAIL` for what a person did, `clock` when it was moved.
    """

    id: str
    title: str
    hint: str
    when: tuple[str, ...]
    who: str = ""
    channel: bool = False
    line: str = ""


TRY_THIS: Final = (
    Step(
        "post",
        "Post a project",
        "As an employer, type /project post, fill in the form and publish.",
        ("sent *:card:*",),
        who="employer",
        channel=True,
        line="/project post",
    ),
    Step(
        "apply",
        "Apply to it",
        "As a student, press Apply in the channel, answer the questions and send.",
        ("said Your application to * is sent*",),
        who="student",
        channel=True,
    ),
    Step(
        "decide",
        "Decide",
        "As the employer, read /applicants and make an offer. The student reads it after a minute: F6.",
        ("sent *:offer:*",),
        who="employer",
        line="/applicants",
    ),
    Step(
        "accept",
        "Accept the offer",
        "As the student, press Accept in the direct messages.",
        ("did ButtonPressed offer-accept:*",),
        who="student",
    ),
    Step(
        "forward",
        "Fast-forward",
        "Move the clock with F6, F7 or F8, and see reminders and check-ins arrive.",
        ("clock",),
    ),
)


def ticked(world: Workspace) -> frozenset[str]:
    """Return the ids of the steps that are done."""
    return frozenset(world.kept(_TICKS_KEY).split())


def next_step(steps: tuple[Step, ...], done: frozenset[str]) -> Step | None:
    """Return the first step that is not done."""
    return next((step for step in steps if step.id not in done), None)


class Watcher:
    """A watcher that ticks off steps by what happens in the world since the playground was first used.

    Only the next step is ticked: they are done in order, and so similar events count once.
    """

    def __init__(self, world: Workspace, steps: tuple[Step, ...]) -> None:
        self._world = world
        self._steps = steps
        if not world.kept(_FROM):
            world.keep(_FROM, str(len(world.entries)))
        self._seen = int(world.kept(_FROM))
        self._said = {entry.id: entry.content for entry in world.entries[-_RECENT:]}
        self._done: list[Step] = []

    def did(self, deed: str) -> None:
        """Take in what a person did."""
        self._look()
        self._happened(deed)

    def look(self) -> list[Step]:
        """Check what the bot has sent since; return the steps that were ticked off since the last check."""
        self._look()
        done, self._done = self._done, []
        return done

    def _look(self) -> None:
        """Take in what the bot has sent since."""
        entries = self._world.entries
        changed = [e for e in entries[-_RECENT : self._seen] if self._said.get(e.id, e.content) != e.content]
        for entry in (*changed, *entries[self._seen :]):
            if entry.author == BOT:
                if entry not in changed:
                    self._happened(f"sent {entry.key}")
                self._happened(f"said {words_of(entry)}")
        self._seen = len(entries)
        self._said = {entry.id: entry.content for entry in entries[-_RECENT:]}

    def _happened(self, what: str) -> None:
        done = ticked(self._world)
        step = next_step(self._steps, done)
        if step and any(fnmatchcase(what, pattern) for pattern in step.when):
            self._world.keep(_TICKS_KEY, " ".join([*(s.id for s in self._steps if s.id in done), step.id]))
            self._done.append(step)


def seat_of(world: Workspace, step: Step, now: str) -> tuple[Account, Place] | None:
    """Return who can do a step, and where: the account `now` if it fits, else the first that does."""
    fitting = [a for a in world.accounts.values() if a.about.startswith(step.who)]
    account = next((a for a in fitting if a.id == now), next(iter(fitting), None))
    if account is None:
        return None
    dm, *channels = world.places_of(account.id)
    return account, channels[0] if step.channel and channels else dm

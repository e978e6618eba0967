"""What people of a scripted programme do, each act in the words that every platform shows.

An act is an async function of the stage and of what the script says beside it; a script is lines of
`At`, played in the order of their instants.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update

from storage.tables import Programme
from tests.programmes.people import AnyStage
from tests.support.main_job import fills_project
from tests.support.outages import bot_is_down

__all__ = [
    "Act",
    "At",
    "accepts",
    "applies",
    "decides",
    "does",
    "hands_in",
    "looks",
    "nothing",
    "play",
    "posts",
    "presses",
    "says_zone",
    "wants_approvals",
]

OFFER: Final = "Make an offer"

Act = Callable[..., Awaitable[None]]
"""An act, of the stage, an account and more."""


@dataclass(frozen=True, slots=True)
class At:
    """A line of a script: at this instant (UTC) a person does something."""

    when: datetime
    who: str
    act: Act
    more: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


async def nothing() -> None:
    """Do nothing after an act."""


async def play(stage: AnyStage, script: Sequence[At], after: Callable[[], Awaitable[None]] = nothing) -> None:
    """Play the lines of a script; what lies before the clock is played at once.

    `after` is called after each act, and on each day of the pauses between acts.
    """
    for line in script:
        while line.when - stage.clock.now() > timedelta(days=1):
            await stage.tick(days=1)
            await after()
        if line.when > stage.clock.now():
            await stage.to(line.when)
        await line.act(stage, line.who, *line.more, **line.named)
        await after()


async def wants_approvals(stage: AnyStage, who: str) -> None:
    """A coordinator sets the programme so that each project is approved."""
    del who
    stage.database.transact_inline(lambda work: work.session.execute(update(Programme).values(approval=True)))


async def does(stage: AnyStage, who: str, line: str, *presses: str, place: str = "") -> None:
    """Type a command, and press these buttons one after the other."""
    person = stage.person(who)
    await person.uses(line, place)
    for label in presses:
        await person.presses(label)


async def fills(
    stage: AnyStage, who: str, line: str, label: str, answers: Mapping[str, str], on: str = ""
) -> None:
    """Type a command (none: ""), press a button that opens a form (none: ""), and fill it in."""
    person = stage.person(who)
    if line:
        await person.uses(line)
    if label:
        await person.presses(label, on)
    await person.fills(answers)


async def presses(stage: AnyStage, who: str, label: str, on: str = "") -> None:
    """Press the newest button with this label (in a message that holds `on`)."""
    await stage.person(who).presses(label, on)


async def looks(stage: AnyStage, who: str, *lines: str) -> None:
    """Type commands that only show something."""
    for line in lines:
        await stage.person(who).uses(line)


async def says_zone(stage: AnyStage, who: str, zone: str) -> None:
    """Say in which time zone one lives."""
    await stage.person(who).uses(f"/profile {zone}")


async def posts(
    stage: AnyStage, who: str, page: Mapping[str, str], edits: Mapping[str, str], ends: str, channel: str
) -> None:
    """Post a project: fill in its first page, answer more questions in the review, and press `ends`."""
    person = stage.person(who)
    await person.uses("/project post", channel)
    await fills_project(person, page)
    for label, answer in edits.items():
        await person.says(f"edit {label}")
        await person.says(answer)
    await person.presses(ends)


async def applies(stage: AnyStage, who: str, title: str, why: str) -> None:
    """Press Apply on a card, answer the three questions, and send the application."""
    person = stage.person(who)
    await person.presses("Apply", on=title)
    await person.says(why)
    await person.presses("Skip")
    await person.says("yes")
    await person.presses("Send application")


async def decides(stage: AnyStage, who: str, title: str, answers: Mapping[str, str]) -> None:
    """Read applicants by name, and make each an offer, or say in these words that it is not this time."""
    person = stage.person(who)
    for name, answer in answers.items():
        await person.uses(f"/applicants {title}")
        await person.chooses(name)
        if answer == OFFER:
            await person.presses(OFFER)
        else:
            await person.presses("Not this time")
            await person.fills({"Reason": "own", "In your own words": answer})


async def admits(stage: AnyStage, who: str, *names: str) -> None:
    """Admit students who asked to be in a cohort."""
    person = stage.person(who)
    for name in names:
        await person.uses("/cohort admit")
        await person.presses("Admit", name)


async def accepts(stage: AnyStage, who: str, title: str) -> None:
    """Accept the offer of a place."""
    await stage.person(who).presses("Accept", on=title)


async def hands_in(stage: AnyStage, who: str, about: str, deliverable: str = "") -> None:
    """Hand in work for a deliverable (the only one that is open without a name)."""
    person = stage.person(who)
    await person.uses("/placement")
    await person.presses("Hand in")
    if deliverable:
        await person.presses(deliverable)
    await person.fills({"About the work": about})


async def confides(stage: AnyStage, who: str, about: str, readers: Sequence[str], words: str) -> None:
    """Open a case about a project, read by these coordinators only; the other side notices nothing."""
    person = stage.person(who)
    await person.uses("/stint report")
    await person.presses(about)
    await person.presses("Write")
    await person.fills(
        {"Who reads it": ", ".join(readers), "Your words": words, "The other side": "They notice nothing"}
    )


async def closes_case(stage: AnyStage, who: str, answer: str) -> None:
    """Open the newest case, close it with an answer, and let the time to undo pass."""
    person = stage.person(who)
    await person.presses("Open the case", "in confidence")
    await person.presses("Close it")
    await person.fills({"Your answer": answer})
    await stage.tick(minutes=3)


async def asks_for_date(stage: AnyStage, who: str, when: str, deliverable: str) -> None:
    """Ask the employer for another date for a deliverable."""
    person = stage.person(who)
    await person.uses("/placement")
    await person.presses("Ask for another date")
    await person.presses(deliverable)
    await person.fills({"New date": when, "Reason": "A field trip of my course."})


async def is_down(stage: AnyStage, who: str, days: int) -> None:
    """Let days pass in which the bot does not run; then it starts again, and finds that it was away."""
    del who
    await bot_is_down(stage, timedelta(days=days))
    await stage.settle()


async def exports(stage: AnyStage, who: str) -> None:
    """Read everything that is kept about oneself, page by page."""
    person = stage.person(who)
    await person.uses("/profile")
    await person.presses("Show my data")
    with suppress(LookupError):
        while True:
            await person.presses("More", on="What I have stored about you")


async def worries(stage: AnyStage, who: str, line: str) -> None:
    """Answer a check-in for the coordinators alone: it is stuck, and why."""
    person = stage.person(who)
    await person.presses("For the coordinators only")
    await person.presses("Stuck")
    await person.presses("Add a line")
    await person.fills({"Your line": line})

"""The acts of a rehearsal's people: by day, with good will, and not always; nothing that a test would try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from adapters.simulation.deployment import Deployment
from adapters.simulation.rehearsal.answers import answer_below, page_filled
from adapters.terminal.records import BOT, Entry
from adapters.terminal.screen import buttons_of, selects_of
from bot.chat.codec import TALK, head_of
from bot.chat.content import Button, Select
from bot.chat.language import as_text
from bot.programme.core import verbs
from storage.tables import Identity, Role

__all__ = ["People", "people_of", "visit"]

_DAY: Final = range(8, 21)
"""The hours, where a person is, in which they may turn to the bot."""

_RECENT: Final = 12
"""The newest messages on a screen that a person looks at."""

_MOST_ACTS: Final = 24
"""Acts of one visit, at most: an application or a post takes a dozen."""

_LIKELY: Final[Mapping[str, Mapping[str, float]]] = {
    "coordinator": {
        verbs.PROJECT_APPROVE: 0.9,
        verbs.COHORT_ADMIT: 0.9,
        verbs.VERSION_APPROVE: 0.9,
    },
    "employer": {
        "talk.page": 0.8,
        "talk.send": 1.0,
        verbs.SCOPE_FIX: 0.9,
        verbs.APPLICANTS_LIST: 0.9,
        verbs.APPLICANTS_PICK: 0.9,
        verbs.APPLICANT_TURN: 0.9,
        verbs.APPLICANT_SHOW: 0.9,
        verbs.APPLICANT_OFFER: 0.7,
        verbs.MILESTONE_ACCEPT: 0.8,
        verbs.PLACEMENT_TALKED: 0.8,
        verbs.CHECKIN_ANSWER: 0.7,
        verbs.CLOSING_LINE: 0.7,
        verbs.DATE_AGREE: 0.7,
    },
    "student": {
        "talk.send": 0.95,
        verbs.APPLICATION_BEGIN: 0.5,
        verbs.OFFER_ACCEPT: 0.8,
        verbs.PLACEMENT_HAND_IN: 0.8,
        verbs.MILESTONE_HAND_IN: 0.8,
        verbs.CHECKIN_ANSWER: 0.7,
        verbs.CLOSING_LINE: 0.6,
    },
}
"""How likely people of each role press a button, or choose, by its verb; nothing else is pressed."""

_AGAIN: Final = frozenset(
    {"talk.page", "talk.send", verbs.APPLICANTS_LIST, verbs.APPLICANTS_PICK, verbs.PLACEMENT_HAND_IN}
)
"""Verbs that are pressed again in another message, as they lead on and decide nothing."""

_POST: Final = "/project post"
_MOST_POSTS: Final = 3
"""Projects that each employer posts, at most."""

_TYPED: Final[Mapping[str, Mapping[str, float]]] = {
    "coordinator": {"/stint tasks": 1},
    "employer": {_POST: 1, "/applicants": 6, "/placement": 4},
    "student": {"/project list": 2, "/applications": 1, "/placement": 3},
}
"""What people of each role type when nothing waits for them, and how much more likely than other things."""


@dataclass(slots=True)
class People:
    """The people of a copy who may act.

    Attributes:
        roles: by account, the role in which they act.
        settled: what each has pressed, or has decided not to press, with the account.
        posts: how many projects each has posted.
    """

    roles: Mapping[str, str]
    settled: set[tuple[str, str]] = field(default_factory=set)
    posts: Counter[str] = field(default_factory=Counter)


def people_of(connection: Connection) -> People:
    """Return the people of a copy who have a role; of several roles they act in the one that manages most."""
    query = select(Identity.user_id, Role.role).join(Role, Role.person_id == Identity.person_id)
    ranks = ("student", "employer", "coordinator")
    rows = sorted(connection.execute(query).all(), key=lambda row: ranks.index(row.role))
    return People({row.user_id: row.role for row in rows})


async def visit(rehearsal: Deployment, people: People, draw: Random, said: dict[str, str]) -> None:
    """Let a person turn to the bot, if any is awake; what they do is noted in `said` by the event's id."""
    awake = [account for account in people.roles if _is_awake(rehearsal, account)]
    if not awake:
        return
    account = draw.choice(awake)
    world, typed = rehearsal.world_of(account), False
    for _ in range(_MOST_ACTS):
        made = _next(rehearsal, people, account, draw)
        if made is None and not typed:
            typed, made = True, _command(rehearsal, people, account, draw)
        if made is None:
            return
        words, act = made
        said[world.next_event_id()] = f"{world.accounts[account].name} {words}"
        await rehearsal.perform(act)
        await rehearsal.advance(timedelta(seconds=draw.uniform(20, 90)))


_Made = tuple[str, Coroutine[Any, Any, object]]


def _is_awake(rehearsal: Deployment, account: str) -> bool:
    zone = ZoneInfo(rehearsal.world_of(account).accounts[account].zone)
    return rehearsal.clock.now().astimezone(zone).hour in _DAY


def _next(rehearsal: Deployment, people: People, account: str, draw: Random) -> _Made | None:
    """Return what a person does about what is on their screen; None where nothing waits for them."""
    world, client = rehearsal.world_of(account), rehearsal.client(account)
    if (dialog := world.dialog_of(account)) is not None:
        if dialog.opened.errors and (account, f"tried {dialog.opened.form.id}") in people.settled:
            client.dismisses()
            return None
        people.settled.add((account, f"tried {dialog.opened.form.id}"))
        return f"sent the form “{as_text(dialog.opened.form.title)}”", client.submit(
            page_filled(dialog.opened, draw)
        )
    if (text := answer_below(_seen(rehearsal, account, client.dm.id), draw)) is not None:
        return "answered a question", client.write(text, client.dm)
    for entry, control, verb in _controls(rehearsal, account):
        likely = _LIKELY[people.roles[account]].get(verb)
        about = f"{entry.id} {control.action}" if verb in _AGAIN else control.action
        if likely is None or (account, about) in people.settled:
            continue
        people.settled.add((account, about))
        if draw.random() > likely:
            continue
        if isinstance(control, Button):
            return f"pressed “{as_text(control.label)}”", client.press(entry, control)
        option = draw.choice(control.options)
        return f"chose “{as_text(option.label)}”", client.choose(entry, control, (option.value,))
    return None


def _controls(rehearsal: Deployment, account: str) -> Iterator[tuple[Entry, Button | Select, str]]:
    """Yield each button and select on a person's screen with its verb, the newest message first."""
    world = rehearsal.world_of(account)
    for entry in reversed(_seen(rehearsal, account, *(place.id for place in world.places_of(account)))):
        pressed = (button for button in buttons_of(entry) if not button.url)
        yield from ((entry, button, _verb(button.action)) for button in pressed)
        yield from ((entry, chosen, _verb(chosen.action)) for chosen in selects_of(entry))


def _verb(action: str) -> str:
    """Return a control's verb; one of a draft's is `talk.` and what it does there."""
    if head_of(action) != TALK:
        return head_of(action)
    return f"talk.{TALK.parse(action).verb}"


def _seen(rehearsal: Deployment, account: str, *places: str) -> list[Entry]:
    """Return the bot's newest messages in these places, the newest last."""
    newest = (
        entry
        for entry in reversed(rehearsal.world_of(account).entries)
        if entry.author == BOT and entry.place in places and entry.private_to in {"", account}
    )
    return list(islice(newest, _RECENT))[::-1]


def _command(rehearsal: Deployment, people: People, account: str, draw: Random) -> _Made:
    client, lines = rehearsal.client(account), dict(_TYPED[people.roles[account]])
    if people.posts[account] >= _MOST_POSTS:
        lines.pop(_POST, None)
    line = draw.choices(list(lines), list(lines.values()))[0]
    people.posts[account] += line == _POST
    return f"typed {line}", client.type_command(line, client.dm)

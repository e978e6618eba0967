"""Every route, tried by everyone: each answer is a sentence, nothing breaks, no programme reads another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities, Response
from bot.chat.content import load_message
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    Right,
    Suggest,
    UserRef,
)
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.runtime.reads import suggest
from bot.runtime.turns import PlatformProfile, receive
from storage.database import UnitOfWork
from storage.tables import Identity, outbox
from tests.scenarios.test_placement_times import place
from tests.support.every_button import every_button
from tests.support.kept_stage import open_played
from tests.support.second_programme import NUMBERS, WORD, move_in, rows_of
from tests.support.stage import MONDAY, Stage

PORT: Final = PlatformProfile(ROUTES, Capabilities(), LIMITS, frozenset({"terminal"}))
IDS: Final = ("1", "2", *map(str, NUMBERS), "0", "-1", "x", "²", "9" * 20, "1" + "0" * 400, "")
"""What is there, what another programme has, and what is no id of anything."""

OURS: Final = ("Market map", "Okafor", "Ruiz", "Birch Labs", "4711")
"""Words of the first programme."""

CONFIDED: Final = ("Why ada", "4711")
"""What an applicant wrote to the employer, and what the employer tells those at work."""


@dataclass(frozen=True)
class Role:
    """Who acts, from where, and the words that they must never read."""

    account: str
    space: str = ""
    channel: str = ""
    rights: frozenset[Right] = frozenset()
    never: tuple[str, ...] = (WORD,)

    def made(self, stage: Stage) -> dict[str, Any]:
        """The fields of every event of theirs."""
        here = Place("terminal", self.space, f"dm-{self.account}", "dm")
        if self.channel:
            here = Place("terminal", self.space, self.channel, "channel")
        reply = ReplyTo("token", stage.clock.now())
        user = UserRef("terminal", self.account)
        return {
            "id": "",
            "at": stage.clock.now(),
            "actor": user,
            "place": here,
            "rights": self.rights,
            "reply": reply,
        }


ROLES: Final[Mapping[str, Role]] = {
    "student": Role("ada"),
    "applicant": Role("ben", never=(WORD, *CONFIDED)),
    "employer": Role("marta"),
    "mentor": Role("jo", never=(WORD, *CONFIDED)),
    "coordinator": Role("cora"),
    "guest": Role("gus", channel="spring", rights=frozenset({"guest"}), never=(WORD, *OURS)),
    "member of another programme": Role("nia", never=OURS),
    "admin of another space": Role(
        "zoe", space="elsewhere", rights=frozenset({"manage"}), never=(WORD, *OURS)
    ),
    "stranger": Role("dee", never=(WORD, *CONFIDED)),
}
SMALL: Final = 70
"""Events of a role that `make test` tries."""


async def _play(stage: Stage) -> None:
    """Play until ada works for marta with jo as her mentor, beside a programme of which nia is a member."""
    await place(stage)
    await stage.person("cora").uses("/mentor @jo market map")
    await stage.person("cora").presses("Reads check-ins")
    stage.database.transact_inline(move_in)
    stage.database.transact_inline(_nia_is_theirs)


def _nia_is_theirs(work: UnitOfWork) -> None:
    work.session.add(
        Identity(programme_id=2, person_id=NUMBERS[1], platform="terminal", user_id="nia", seen_at=MONDAY)
    )


pytestmark = pytest.mark.stage(opened=open_played, play=_play)
_numbers = count()


def events_of(role: Role, stage: Stage) -> Iterator[Event]:
    """Everything that a client can send: what is on some screen, and what is on none."""
    made, unowned = role.made(stage), ROUTES.unowned
    assert unowned is not None
    for action in every_button():
        yield ButtonPressed(action=action, **made)
    verbs = [*ROUTES.buttons, *unowned.buttons, "talk", "run", "no-such-verb"]
    forms = [*ROUTES.forms, *unowned.forms, "no-such-form"]
    for odd in IDS:
        for verb in verbs:
            for rest in (odd, f"1:{odd}", f"{odd}:1:1"):
                yield ButtonPressed(action=f"{verb}:{rest}", **made)
            yield ChoiceMade(action=verb, values=(odd,), **made)
        for form in forms:
            yield ButtonPressed(action=f"form-open:{form}:{odd}:0", **made)
            yield FormSubmitted(form=form, values={}, context=odd, **made)
        for spec in ROUTES.specs:
            for argument in spec.arguments:
                yield CommandUsed(path=spec.path, options={argument.name: odd}, **made)
                yield Suggest(path=spec.path, option=argument.name, typed=odd, **made)
    for spec in ROUTES.specs:
        yield CommandUsed(path=spec.path, **made)
        said = MessageRef(made["place"], "1")
        yield MessageReceived(message=said, text=f"/{spec.name} 10", **made | {"reply": None})
    yield HomeOpened(**made | {"reply": None})


class _UndoneError(Exception):
    """The turn is taken back, so that each event finds the same."""


def wrong(stage: Stage, role: Role, event: Event, *, rows: bool) -> str:
    """What is wrong with the answer to an event: an error, silence, or words that the role must not read.

    `rows`: look as well whether a row of the other programme is another after it.
    """
    event, found = replace(event, id=f"route-{next(_numbers)}"), []
    whose = 1 if role.account == "nia" else 2

    def turn(work: UnitOfWork) -> None:
        before = rows_of(work, whose) if rows else {}
        newest = work.connection.scalar(select(func.max(outbox.c.id))) or 0
        said, answer = _answer(work, event, stage)
        owed = select(outbox.c.destination, outbox.c.message).where(outbox.c.id > newest)
        for to, stored in work.connection.execute(owed):
            if to.endswith(f"@{role.account}") or "dm-" + role.account in to:
                said += "\n" + plain_text(load_message(stored))
        other = answer.form or answer.errors or answer.link or answer.inspect or answer.replace
        if not (said.strip() or other or _may_be_silent(event)):
            found.append("silence")
        found.extend(f"says {word}" for word in role.never if word in said)
        if rows and rows_of(work, whose) != before:
            found.append("changes the other programme")
        raise _UndoneError

    try:
        stage.database.transact_inline(turn)
    except _UndoneError:
        pass  # what the event did was looked at, and is rolled back
    except Exception as error:  # noqa: BLE001 - each is a fault that is listed
        found.append(f"{type(error).__name__}: {str(error)[:100]}")
    return f"{_named(event)}: {', '.join(found)}" if found else ""


def _may_be_silent(event: Event) -> bool:
    """Whether nothing may be said: to a completion, a page that is drawn, and words in a channel."""
    return isinstance(event, Suggest | HomeOpened) or (
        isinstance(event, MessageReceived) and event.place.kind != "dm"
    )


def _answer(work: UnitOfWork, event: Event, stage: Stage) -> tuple[str, Response]:
    try:
        if isinstance(event, Suggest):
            answer = suggest(work, event, PORT)
        else:
            answer = receive(work, event, stage.clock.now(), PORT).answer
    except Declined as declined:
        return plain_text(declined.message), Response()
    words = plain_text(answer.message) if answer.message else ""
    return "\n".join(
        [words, *(str(option.label) for option in answer.options), str(answer.form or "")]
    ), answer


def _named(event: Event) -> str:
    shown = getattr(event, "action", None) or getattr(event, "form", None) or getattr(event, "text", None)
    values = (
        getattr(event, "values", None) or getattr(event, "options", None) or getattr(event, "context", "")
    )
    return f"{type(event).__name__} {shown or getattr(event, 'path', '')} {values}"[:120]


@pytest.mark.parametrize("name", ROLES)
def test_every_role_on_some_routes(stage: Stage, name: str) -> None:
    """A sample of all there is, another one for each role."""
    role, numbered = ROLES[name], list(ROLES).index(name)
    events = list(events_of(role, stage))
    step = len(events) // SMALL
    sample = events[(numbered * 7) % step :: step]
    assert [each for event in sample if (each := wrong(stage, role, event, rows=True))] == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ROLES)
def test_every_role_on_every_route(stage: Stage, name: str) -> None:
    """All of it; whether rows of the other programme change is looked at for the first id of its own."""
    role, own = ROLES[name], str(NUMBERS[0])
    assert [
        each
        for event in events_of(role, stage)
        if (each := wrong(stage, role, event, rows=own in _named(event)))
    ] == []

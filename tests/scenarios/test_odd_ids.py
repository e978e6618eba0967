"""Whatever number, word or id a client sends, the answer is a sentence and nothing breaks."""

from collections.abc import Iterator, Sequence
from itertools import count

import pytest

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    Place,
    Suggest,
    UserRef,
)
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.programme.people import give_role
from bot.runtime.reads import suggest
from bot.runtime.turns import PlatformProfile, receive
from storage.database import UnitOfWork
from tests.support.kept_stage import open_played
from tests.support.projects import posted, turn_of
from tests.support.stage import Stage

ODD = ("", "x", "-1", "²", "٣", "zzzzzzzzzzzzzzzzzzzz", "9" * 18, "9" * 20, "1" + "0" * 400)
"""Ids and numbers as no button of ours has them: of other scripts, too large for a column, no numbers."""

PORT = PlatformProfile(ROUTES, Capabilities(), LIMITS, frozenset({"terminal"}))
PARTS = 7
"""How many parts the events come in, so that each has some of every verb, and of every odd id."""

by_part = pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.soak) for part in range(1, PARTS))]
)
_numbers = count()


async def _play(stage: Stage) -> None:
    """Play until ada has applied for marta's project, and cora has every role."""
    await posted(stage, "ada", owner="marta")
    stage.database.transact_inline(_give_every_role)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


def _give_every_role(work: UnitOfWork) -> None:
    turn = turn_of(work, "cora")
    for role in ("employer", "student"):
        give_role(turn, turn.person, role)


class _UndoneError(Exception):
    """The turn is taken back, so that each event finds the same."""


def answers(stage: Stage, events: Sequence[Event]) -> list[str]:
    """What breaks: each event that is answered by anything but words, a form or silence."""
    broken = []
    for event in events:
        given = replace(event, id=f"odd-{next(_numbers)}")

        def turn(work: UnitOfWork, given: Event = given) -> None:
            try:
                if isinstance(given, Suggest):
                    suggest(work, given, PORT)
                else:
                    receive(work, given, stage.clock.now(), PORT)
            except Declined as declined:
                if not plain_text(declined.message):
                    raise
            raise _UndoneError

        try:
            stage.database.transact_inline(turn)
        except _UndoneError:
            continue
        except Exception as error:  # noqa: BLE001 - each is a fault that is listed
            broken.append(f"{_named(event)[:120]}: {type(error).__name__}: {str(error)[:100]}")
    return broken


def _named(event: Event) -> str:
    return repr(
        getattr(event, "action", None) or getattr(event, "form", None) or getattr(event, "path", event)
    )


def arguments(odd: str) -> Iterator[str]:
    """Every place after a verb where an odd one can be."""
    yield from (odd, f"1:{odd}", f"{odd}:1:1")


def dm(account: str) -> dict[str, object]:
    """Who acts, and where."""
    return {"actor": UserRef("terminal", account), "place": Place("terminal", "", f"dm-{account}", "dm")}


@pytest.mark.sampled("cora")
@by_part
@pytest.mark.parametrize(("account", "ahead"), [("cora", 0), ("ada", 2)])
def test_every_button_takes_every_id(stage: Stage, account: str, ahead: int, part: int) -> None:
    """A person who presses: a coordinator who is everything else as well, and a student."""
    verbs = [*ROUTES.buttons, "talk", "unheard-of", *(f"form-open:{form}" for form in ("posting", "nothing"))]
    made = {"id": "", "at": stage.clock.now(), **dm(account)}
    pressed = [f"{verb}:{rest}" for verb in verbs for odd in ODD for rest in arguments(odd)]
    events: list[Event] = [ButtonPressed(action=action, **made) for action in pressed]  # type: ignore[arg-type]
    events += [ChoiceMade(action=verb, values=(odd,), **made) for verb in verbs for odd in ODD]  # type: ignore[arg-type]
    assert answers(stage, events[(part + ahead) % PARTS :: PARTS]) == []


@by_part
@pytest.mark.parametrize("account", ["cora"])
def test_every_form_takes_every_subject(stage: Stage, account: str, part: int) -> None:
    """Opened and sent, about what is not there, on pages that are not there."""
    made = {"id": "", "at": stage.clock.now(), **dm(account)}
    events: list[Event] = []
    for form in (*ROUTES.forms, "nothing"):
        for odd in ODD:
            opened = [*(f"{subject}:0" for subject in arguments(odd)), f"1:{odd}"]
            events += [ButtonPressed(action=f"form-open:{form}:{rest}", **made) for rest in opened]  # type: ignore[arg-type]
            events += [FormSubmitted(form=form, values={}, context=odd, **made)]  # type: ignore[arg-type]
        events += [
            FormSubmitted(form=form, values={}, context="1", page=page, draft=draft, **made)  # type: ignore[arg-type]
            for page, draft in ((-1, 0), (99, 0), (10**17, 0), (0, 10**17), (0, -1))
        ]
    assert answers(stage, events[part::PARTS]) == []


@pytest.mark.sampled("cora")
@by_part
@pytest.mark.parametrize(("account", "ahead"), [("cora", 0), ("ada", 2)])
def test_every_option_takes_every_number(stage: Stage, account: str, ahead: int, part: int) -> None:
    """Typed into every option of every command, and asked for completions of it."""
    made = {"id": "", "at": stage.clock.now(), **dm(account)}
    events: list[Event] = []
    for spec in ROUTES.specs:
        for argument in spec.arguments:
            for odd in ODD:
                typed = {"path": spec.path, "options": {argument.name: odd}}
                events.append(CommandUsed(**typed, **made))  # type: ignore[arg-type]
                asked = {"path": spec.path, "option": argument.name, "typed": odd}
                events.append(Suggest(**asked, **made))  # type: ignore[arg-type]
    assert answers(stage, events[(part + ahead) % PARTS :: PARTS]) == []


@pytest.mark.soak
@by_part
def test_a_space_without_a_programme_takes_every_button(stage: Stage, part: int) -> None:
    """Also a form that is opened there again, of this or another version."""
    place = Place("terminal", "elsewhere", "general")
    made = {"id": "", "at": stage.clock.now(), "actor": UserRef("terminal", "zoe"), "place": place}
    assert ROUTES.unowned is not None
    verbs = [*ROUTES.unowned.buttons, *ROUTES.buttons, "talk"]
    verbs += [f"form-open:{form}" for form in (*ROUTES.unowned.forms, *ROUTES.forms, "nothing", "")]
    pressed = [f"{verb}:{rest}" for verb in verbs for odd in ODD for rest in arguments(odd)]
    events: list[Event] = [ButtonPressed(action=action, **made) for action in pressed]  # type: ignore[arg-type]
    events += [FormSubmitted(form=form, values={}, **made) for form in ("nothing", *ROUTES.forms)]  # type: ignore[arg-type]
    assert answers(stage, events[part::PARTS]) == []

"""Answers that could not be given in time become messages; what is kept of them goes after a while."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.adapter import DeliveryUnknown, Refusal, Response
from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    UserRef,
)
from bot.runtime.programme_choice import kept_words
from bot.runtime.stored_responses import dump_answer, load_answer, said_in, typed_in
from storage.tables import inbox, timers
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


def silence(stage: Stage, error: Exception) -> Callable[[], None]:
    """Let no answer be given: the platform says this instead. What comes back ends it."""
    given = stage.adapter.respond

    async def respond(to: ReplyTo, answer: Response) -> None:
        raise error

    stage.adapter.respond = respond  # type: ignore[method-assign] # a test's platform

    def restore() -> None:
        stage.adapter.respond = given  # type: ignore[method-assign] # as above

    return restore


async def test_a_refused_answer_comes_as_a_message_at_once(stage: Stage) -> None:
    """The outbox does not wait for the end of a window that is known to be shut."""
    silence(stage, Refusal("expired"))
    await stage.person("ada").uses("/toy echo hello", "spring")
    assert stage.screen("ada").count("You said hello") == 1
    assert "You said" not in stage.screen("ada", "spring")


async def test_an_answer_of_unknown_fate_comes_when_its_window_is_over(stage: Stage) -> None:
    """It may have been given, so it is not repeated while the platform may still show it; then once."""
    silence(stage, DeliveryUnknown())
    await stage.person("ada").uses("/toy echo hello", "spring")
    await stage.tick(minutes=14)
    assert "You said hello" not in stage.screen("ada")
    await stage.tick(minutes=2)
    await stage.tick(hours=2)
    assert stage.screen("ada").count("You said hello") == 1


async def test_what_a_dead_process_left_unanswered_comes_soon(tmp_path: Path) -> None:
    """After a restart the old window is not waited for: half a minute, and it is a message."""
    async with open_stage(tmp_path, routes=TOYS) as stage:
        silence(stage, DeliveryUnknown())
        await stage.person("ada").uses("/toy echo hello", "spring")
        now = stage.clock.now()
    async with open_stage(tmp_path, routes=TOYS, start=now) as stage:
        await stage.tick(seconds=29)
        assert "You said hello" not in stage.screen("ada")
        await stage.tick(seconds=2)
        assert stage.screen("ada").count("You said hello") == 1


async def test_what_came_as_a_message_is_not_answered_again(stage: Stage) -> None:
    """The same event delivered once more finds its answer said, and says nothing."""
    seen: list[Event] = []
    inner = stage.runtime.receive

    async def watch(event: Event) -> Response:
        seen.append(event)
        return await inner(event)

    stage.adapter._receive = watch  # noqa: SLF001 - a test's way in
    restore = silence(stage, Refusal("expired"))
    await stage.person("ada").uses("/toy echo hello", "spring")
    restore()
    assert await inner(seen[0]) == Response()
    await stage.settle()
    assert stage.screen("ada").count("You said hello") == 1
    assert "You said" not in stage.screen("ada", "spring")


async def test_a_form_that_could_not_open_comes_as_a_button(stage: Stage) -> None:
    """The trigger was used up; the button opens the form, wherever it is."""
    restore = silence(stage, Refusal("expired_trigger_id"))
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    restore()
    await ada.presses("Open the form")
    await ada.fills({"Mood": "fine"})
    assert "You feel fine" in stage.screen("ada")


async def test_a_refusal_that_came_too_late_opens_the_form_again(stage: Stage) -> None:
    """The reasons come as a message, with a button to the form they are about."""
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    restore = silence(stage, Refusal("expired"))
    await ada.fills({"Mood": "bad"})
    restore()
    assert "This is not saved yet:\n- Say more than bad." in stage.screen("ada")
    await ada.presses("Open the form")
    await ada.fills({"Mood": "fine"})
    assert "You feel fine" in stage.screen("ada")


@pytest.mark.soak
async def test_answers_are_kept_for_a_day_and_rows_for_sixty(stage: Stage) -> None:
    """People's words in answers go first; then the rows, and timers that have fired or were cancelled."""
    ada = stage.person("ada")
    await ada.uses("/toy echo hello", "spring")
    await ada.uses("/toy later 10")
    await stage.tick(hours=23)
    assert [answer is None for (answer,) in stage.rows(select(inbox.c.answer))] == [False, False]
    await ada.uses("/toy snag")
    await stage.tick(hours=1, minutes=30)
    await ada.uses("/toy later 10")
    assert [answer is None for (answer,) in stage.rows(select(inbox.c.answer))] == [True, True, False, False]
    await stage.tick(days=61)
    await ada.uses("/toy later 10")
    await stage.tick(minutes=15)
    assert len(stage.rows(select(inbox.c.id))) == 1
    assert dict(stage.rows(select(timers.c.key, timers.c.state))) == {"toy": "done", "snag": "failed"}


async def test_what_is_owed_is_never_swept(stage: Stage) -> None:
    """An answer that could not be given is still a message after a long pause."""
    silence(stage, DeliveryUnknown())
    await stage.person("ada").uses("/toy echo hello", "spring")
    stage.clock._now += timedelta(days=90)  # noqa: SLF001 - no process served anything meanwhile
    await stage.tick(hours=2)
    assert stage.screen("ada").count("You said hello") == 1


def happened() -> dict[str, Any]:
    """What every event has."""
    place = Place("terminal", "home", "D1", "dm")
    return {
        "id": "e",
        "at": datetime(2026, 3, 9, tzinfo=UTC),
        "actor": UserRef("terminal", "ada"),
        "place": place,
    }


@pytest.mark.parametrize(
    ("event", "stored"),
    [
        (CommandUsed(**happened(), path=("project", "list")), {"path": ["project", "list"], "options": {}}),
        (
            MessageReceived(**happened(), message=MessageRef(happened()["place"], "7"), text=""),
            {"place": str(happened()["place"]), "id": "7", "text": ""},
        ),
        (ButtonPressed(**happened(), action="x:1"), {}),
    ],
)
def test_what_was_said_keeps_its_keys(event: Event, stored: dict[str, object]) -> None:
    """What was said before the question for a programme is stored as before, beside the answer."""
    said = kept_words(event)
    data = dump_answer(Response(typed={"title": "A map"}), event, said)
    assert data["asked"] == stored
    assert said_in(data) == said
    assert typed_in(data) == {"title": "A map"}
    assert "asked" not in dump_answer(Response(), event)


@pytest.mark.parametrize("tag", ["en", "nl"])
def test_a_stored_answer_keeps_its_language(tag: str) -> None:
    """Given again, it has the adapter's labels in the language that its words are in."""
    event = CommandUsed(**happened(), path=("toy",))
    assert load_answer(dump_answer(Response(language=tag), event)).language == tag

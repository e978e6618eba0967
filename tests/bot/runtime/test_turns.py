from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Person, inbox, outbox, timers
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


async def test_a_command_is_answered_and_its_message_is_sent(stage: Stage) -> None:
    """The reply is for the person's eyes, the post is in the channel, and both happened once."""
    await stage.person("ada").uses("/toy echo hello", "spring")
    assert "bot: You said hello" in stage.screen("ada", "spring")
    assert "You said" not in stage.screen("ben", "spring")
    assert stage.screen("ben", "spring").count("Somebody said hello") == 1
    assert stage.ledger() == {"sent": 1}


async def test_the_same_event_again_has_no_effect(stage: Stage) -> None:
    """A duplicate delivery gets the stored answer and makes no second message."""
    ada = stage.person("ada")
    seen = []
    inner = stage.runtime.receive

    async def watch(event: object) -> object:
        seen.append(event)
        return await inner(event)  # type: ignore[arg-type] # whatever came in

    stage.adapter._receive = watch  # type: ignore[assignment] # noqa: SLF001 - a test's way in
    await ada.uses("/toy echo once", "spring")
    first = await inner(seen[0])  # type: ignore[arg-type] # as above
    again = await inner(seen[0])  # type: ignore[arg-type] # as above
    await stage.settle()
    assert first == again
    assert stage.screen("ben", "spring").count("Somebody said once") == 1
    assert stage.screen("ada", "spring").count("You said once") == 1


async def test_the_same_event_again_moves_nothing(stage: Stage) -> None:
    """What a duplicate delivery asked for is not asked for again, from the instant at which it comes."""
    seen = []
    inner = stage.runtime.receive

    async def watch(event: object) -> object:
        seen.append(event)
        return await inner(event)  # type: ignore[arg-type] # whatever came in

    stage.adapter._receive = watch  # type: ignore[assignment] # noqa: SLF001 - a test's way in
    await stage.person("ada").uses("/toy later 10")
    await stage.tick(minutes=5)
    await inner(seen[0])  # type: ignore[arg-type] # as above
    await stage.tick(minutes=6)
    assert stage.screen("ada").count("Ring.") == 1


async def test_a_refusal_keeps_nothing_the_handler_wrote(stage: Stage) -> None:
    """Declined words reach the person; the row the handler changed is as before."""
    await stage.person("ada").uses("/toy refuse", "spring")
    assert "Not today." in stage.screen("ada", "spring")
    names = [name for (name,) in stage.rows(select(Person.name))]
    assert "must not stay" not in names


async def test_an_empty_answer_is_a_bug(stage: Stage) -> None:
    """A handler that says nothing fails: no person gets a message without words."""
    await stage.person("ada").uses("/toy silence", "spring")
    assert stage.screen("ada", "spring").count("bot:") == 1
    assert "Something went wrong on my side" in stage.screen("ada", "spring")


async def test_a_bug_is_answered_kindly_and_changes_nothing(stage: Stage) -> None:
    """A handler that fails leaves nothing but the notice of that, and the person is asked to try again."""
    before = stage.rows(select(Person.id))
    await stage.person("ada").uses("/toy crash", "spring")
    assert "Something went wrong on my side" in stage.screen("ada", "spring")
    assert stage.rows(select(inbox.c.answer_state)) == [("given",)]
    assert stage.rows(select(Person.id)) == before


async def test_a_command_for_others_says_which_people_to_ask(stage: Stage) -> None:
    """A student is refused a coordinator's command, with a way on."""
    await stage.person("ada").uses("/toy secret", "spring")
    assert "is for coordinators" in stage.screen("ada", "spring")


async def test_a_timer_fires_once_at_its_time(stage: Stage) -> None:
    """Nothing before it is due, one message when it is."""
    ada = stage.person("ada")
    await ada.uses("/toy later 10")
    await stage.tick(minutes=9)
    assert "Ring." not in stage.screen("ada")
    await stage.tick(minutes=2)
    await stage.tick(days=2)
    assert stage.screen("ada").count("Ring.") == 1


async def test_setting_a_timer_again_moves_it(stage: Stage) -> None:
    """The same key is one timer: the later instant counts."""
    ada = stage.person("ada")
    await ada.uses("/toy later 10")
    await ada.uses("/toy later 60")
    await stage.tick(minutes=30)
    assert "Ring." not in stage.screen("ada")
    await stage.tick(minutes=40)
    assert stage.screen("ada").count("Ring.") == 1


async def test_each_turn_has_a_source_of_its_own(stage: Stage) -> None:
    """Two timers that fire together, and one that was set again under its key, send a message each."""
    ada = stage.person("ada")
    await ada.uses("/toy twice")
    await stage.tick(minutes=6)
    assert stage.screen("ada").count("Ring.") == 2
    for count in (3, 4):
        await ada.uses("/toy later 10")
        await stage.tick(minutes=11)
        assert stage.screen("ada").count("Ring.") == count


async def test_a_cancelled_timer_never_fires(stage: Stage) -> None:
    """Cancelled by its subject."""
    ada = stage.person("ada")
    await ada.uses("/toy later 10")
    await ada.uses("/toy cancel")
    await stage.tick(hours=1)
    assert "Ring." not in stage.screen("ada")


@pytest.mark.parametrize(("late", "rings", "sorry"), [("send", 1, 1), ("drop", 0, 0)])
async def test_a_late_timer_follows_its_policy(tmp_path: Path, late: str, rings: int, sorry: int) -> None:
    """After downtime a timer is sent with an apology, or dropped, as it was set."""
    async with open_stage(tmp_path, routes=TOYS) as stage:
        await stage.person("ada").uses(f"/toy later 10 late:{late}")
        later = stage.clock.now() + timedelta(hours=3)
    async with open_stage(tmp_path, routes=TOYS, start=later) as stage:
        await stage.settle()
        assert stage.screen("ada").count("Ring.") == rings
        assert stage.screen("ada").count("I am sorry that it is late") == sorry


async def test_a_failing_timer_holds_up_no_other(stage: Stage) -> None:
    """The broken one is tried again later and given up in the end; the other fired."""
    await stage.person("ada").uses("/toy snag")
    assert stage.screen("ada").count("Ring.") == 1
    await stage.tick(days=2)
    states = dict(stage.rows(select(timers.c.key, timers.c.state)))
    assert states == {"snag": "failed", "fine": "done"}


async def test_messages_to_one_person_keep_their_order(stage: Stage) -> None:
    """Five messages of one turn arrive in the order they were said."""
    await stage.person("ada").uses("/toy burst")
    screen = stage.screen("ada")
    places = [screen.index(f"Number {n}") for n in range(5)]
    assert places == sorted(places)


async def test_an_update_changes_the_message_in_place(stage: Stage) -> None:
    """One message is in the channel, with the newest content."""
    ada = stage.person("ada")
    await ada.uses("/toy board")
    await ada.uses("/toy change one")
    await ada.uses("/toy change two")
    screen = stage.screen("ben", "spring")
    assert "Board two" in screen
    assert "Board 0" not in screen
    assert screen.count("Board") == 1


async def test_undo_takes_an_unsent_message_back(stage: Stage) -> None:
    """Within its minute the held message is withdrawn and never comes; the button's message says so."""
    ada = stage.person("ada")
    await ada.uses("/toy hold")
    await ada.presses("Undo")
    await stage.tick(hours=1)
    assert "Held." not in stage.screen("ada")
    assert "Undone." in stage.screen("ada")
    assert stage.ledger() == {"withdrawn": 1}


async def test_quiet_hours_hold_what_was_not_asked_for(stage: Stage) -> None:
    """At 23:00 in Berlin a nudge waits for 08:00; with a deadline in the night it does not wait."""
    ada = stage.person("ada")
    await stage.tick(hours=14)
    await ada.uses("/toy nudge")
    assert "Psst." not in stage.screen("ada")
    await ada.uses("/toy nudge 3")
    assert stage.screen("ada").count("Psst.") == 1
    await stage.tick(hours=9, minutes=30)
    assert stage.screen("ada").count("Psst.") == 2


async def test_words_in_the_dm_are_never_met_with_silence(stage: Stage) -> None:
    """Text that belongs to no draft is answered."""
    await stage.person("ada").says("hello there")
    assert "I heard hello there" in stage.screen("ada")


async def test_every_row_belongs_to_the_programme(stage: Stage) -> None:
    """What a turn writes carries its programme's id."""
    await stage.person("ada").uses("/toy echo x", "spring")
    assert {p for (p,) in stage.rows(select(outbox.c.programme_id))} == {1}
    assert {p for (p,) in stage.rows(select(inbox.c.programme_id))} == {1}


async def test_characters_no_database_takes_are_left_out(stage: Stage) -> None:
    """NUL and half surrogate pairs in people's words neither stop the turn nor are stored."""
    await stage.person("ada").uses("/toy echo a\0b\ud83dc \U0001f389", "spring")
    assert "Somebody said abc \U0001f389" in stage.screen("ben", "spring")
    assert stage.ledger() == {"sent": 1}

"""The terminal adapter: what people did reaches the bot once, and its answers reach them."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.terminal.adapter import TerminalAdapter, reply_to
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Adapter, OpenedForm, Refusal, Response
from bot.chat.content import Button, Buttons, Message, message, text
from bot.chat.events import CommandUsed, Event, FormSubmitted, MessageRef, Place, UserRef
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.sentences import ChannelName
from bot.chat.translation import translated
from tests.support.terminal import NOON, Bot, caught_up, people_and_places, running

FORM = Form("walk", "A walk", (Question("where", Ask("Where to?", "Where")),))
CARD = message("A card", Buttons((Button("Open", "open"), Button("Use up", "use"))))


def adapter_for(world: Workspace | None = None) -> TerminalAdapter:
    """An adapter of a small world, whose clock shows noon."""
    return TerminalAdapter(people_and_places(world or Workspace()), lambda: NOON)


async def test_fulfils_the_port() -> None:
    """The terminal adapter is an Adapter like any platform's."""
    adapter: Adapter = adapter_for()
    assert adapter.platform == "terminal"


async def test_sends_once_per_key() -> None:
    """A send with a key it knows gives the same reference and makes no second message."""
    adapter = adapter_for()
    to = UserRef("terminal", "ada")
    first = await adapter.send(to, message("hello"), key="k")
    assert await adapter.send(to, message("hello"), key="k", again=True) == first
    assert first.place == Place("terminal", "", "dm-ada", "dm")
    assert MessageRef.parse(str(first)) == first
    assert ScriptedUser(adapter, "ada").sees("hello")
    assert not ScriptedUser(adapter, "ben").sees("hello")


@pytest.mark.parametrize(
    "to",
    [UserRef("terminal", "zoe"), Place("terminal", "terminal", "gone"), Place("terminal", "", "dm-x", "dm")],
)
async def test_refuses_what_is_not_there(to: UserRef | Place) -> None:
    """A destination that does not exist is a permanent refusal."""
    with pytest.raises(Refusal, match="no_such"):
        await adapter_for().send(to, message("x"), key="k")


async def test_a_channel_is_shown_by_its_name() -> None:
    """Also where the bot knows only its place: in a message, in a change of it, and in an answer."""
    adapter = adapter_for()
    spring = ChannelName(str(adapter.world.place("spring")))

    def said(words: str) -> Message:
        return translated(message(text(words, channel=spring)), ENGLISH)

    ref = await adapter.send(UserRef("terminal", "ada"), said("It is in {channel}."), key="k")
    assert ScriptedUser(adapter, "ada").sees("It is in #spring-26.")
    await adapter.edit(ref, said("It was in {channel}."))
    assert ScriptedUser(adapter, "ada").sees("It was in #spring-26.")
    to = reply_to("1", "ben", "spring", NOON + timedelta(minutes=15))
    await adapter.respond(to, Response(said("From {channel}.")))
    assert ScriptedUser(adapter, "ben").sees("From #spring-26.")


async def test_edits_in_place() -> None:
    """An edit changes the message in its place; one of a message that is not the bot's is refused."""
    adapter = adapter_for()
    ref = await adapter.send(adapter.world.place("spring"), message("before"), key="k")
    await adapter.edit(ref, message("after"))
    assert "after" in ScriptedUser(adapter, "ben").view()
    assert "before" not in ScriptedUser(adapter, "ben").view()
    with pytest.raises(Refusal):
        await adapter.edit(MessageRef(ref.place, "nothing"), message("x"))


async def test_hands_over_again_after_a_crash(tmp_path: Path) -> None:
    """What a bot died on comes to the next one with the same id; what was handled does not."""
    world = people_and_places(Workspace(tmp_path / "world.jsonl"))
    adapter = TerminalAdapter(world, lambda: NOON)
    ada = ScriptedUser(adapter, "ada")

    dying = asyncio.Event()

    async def dies() -> None:
        dying.set()
        await asyncio.get_running_loop().create_future()

    first = Bot(adapter)
    async with running(first):
        await ada.says("handled")
        first.before = dies
        saying = asyncio.create_task(ada.says("in the middle"))
        await dying.wait()
    await saying  # no person is left waiting for a bot that is gone
    await ada.says("while it was away")
    world.close()

    world = Workspace(tmp_path / "world.jsonl")
    second = Bot(TerminalAdapter(world, lambda: NOON))
    async with running(second):
        await caught_up(second)
    assert [event.text for event in second.events] == ["in the middle", "while it was away"]  # type: ignore[attr-defined]  # all are MessageReceived
    assert second.events[0] == first.events[1]
    world.close()


async def test_a_failure_is_handed_over_again() -> None:
    """What the bot raised on reaches the person who acts, and comes again with the next run."""
    adapter = adapter_for()

    async def fails() -> None:
        raise OSError("disk")

    async with running(Bot(adapter, before=fails)):
        with pytest.raises(OSError, match="disk"):
            await ScriptedUser(adapter, "ada").says("hello")
    async with running(Bot(adapter)) as bot:
        await caught_up(bot)
    assert len(bot.events) == 1


async def test_people_are_handled_side_by_side() -> None:
    """One person's slow turn keeps no other person waiting."""
    adapter = adapter_for()
    both = asyncio.Barrier(2)

    async def meet() -> None:
        await both.wait()

    async with running(Bot(adapter, before=meet)):
        await asyncio.gather(ScriptedUser(adapter, "ada").says("a"), ScriptedUser(adapter, "ben").says("b"))
    assert not adapter.world.waiting


async def test_acting_before_the_bot_runs_waits_for_it() -> None:
    """Between opening and running, an act waits for the bot instead of passing it by."""
    adapter = adapter_for()
    await adapter.open()
    saying = asyncio.create_task(ScriptedUser(adapter, "ada").says("early"))
    await asyncio.sleep(0)
    async with running(Bot(adapter)) as bot:
        await saying
        assert len(bot.events) == 1


def opens(event: Event) -> Response:
    """Commands open the form; a submitted page is refused until it says the lake."""
    if isinstance(event, FormSubmitted):
        where = event.values["where"]
        return (
            Response(message=message("Off we go."))
            if where == "lake"
            else Response(errors={"where": "Too far."})
        )
    if isinstance(event, CommandUsed):
        return Response(form=OpenedForm(FORM, "7"))
    return Response(message=message("Used up."), replace=True)


async def test_a_form_opens_is_refused_and_closes() -> None:
    """A page with mistakes stays open with its reasons and all that was typed; a good one closes it."""
    adapter = adapter_for()
    ada = ScriptedUser(adapter, "ada")
    async with running(Bot(adapter, opens)) as bot:
        await adapter.respond(reply_to("e", "ada", "spring", NOON), Response(form=OpenedForm(FORM, "7")))
        await ada.fills({"Where": "moon"})
        assert ada.form == OpenedForm(FORM, "7", 0, {"where": "moon"}, {"where": "Too far."})
        assert ada.sees("Too far.")
        await ada.fills({"where": "lake"})
        assert not ada.sees("A walk")
        assert ada.sees("Off we go.")
    submitted = bot.events[-1]
    assert isinstance(submitted, FormSubmitted)
    assert (submitted.form, submitted.context, submitted.page) == ("walk", "7", 0)


async def test_a_page_taken_in_silence_closes() -> None:
    """A form whose page the bot took without a word does not stay open."""
    adapter = adapter_for()
    async with running(Bot(adapter)):
        await adapter.respond(reply_to("e", "ada", "spring", NOON), Response(form=OpenedForm(FORM, "7")))
        await ScriptedUser(adapter, "ada").fills({"where": "x"})
    assert ScriptedUser(adapter, "ada").form is None


async def test_reasons_reach_who_closed_the_form() -> None:
    """Reasons for a page that is not open any more are said in words."""
    adapter = adapter_for()
    await adapter.respond(reply_to("e", "ada", "spring", NOON), Response(errors={"where": "Too far."}))
    assert ScriptedUser(adapter, "ada").sees("Too far.")


async def test_answers_in_a_channel_are_private() -> None:
    """An answer in a channel is for the person who asked; given twice it is there once."""
    adapter = adapter_for()
    to = reply_to("e", "ada", "spring", NOON)
    for _ in range(2):
        await adapter.respond(to, Response(message=message("for you"), link=UserRef("terminal", "ada")))
    (entry,) = adapter.world.entries
    assert (entry.private_to, entry.link) == ("ada", "dm-ada")


async def test_an_answer_replaces_what_was_pressed() -> None:
    """With `replace` the message whose button was pressed becomes the answer."""
    adapter = adapter_for()
    await adapter.send(UserRef("terminal", "ada"), CARD, key="card")
    ada = ScriptedUser(adapter, "ada")
    async with running(Bot(adapter, opens)):
        await ada.presses("Use up")
    assert len(ada.screen()) == 1
    assert ada.sees("Used up.")
    assert not ada.sees("A card")


async def test_an_interaction_is_over_after_a_while() -> None:
    """After fifteen minutes an interaction cannot be answered any more, as on the real platforms."""
    adapter = adapter_for()
    with pytest.raises(Refusal, match="expired"):
        await adapter.respond(reply_to("e", "ada", "spring", NOON - timedelta(minutes=16)), Response())

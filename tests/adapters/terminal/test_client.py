"""People at the terminal: what they do becomes events, and they can only act on what they see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.terminal.adapter import TerminalAdapter, reply_to
from adapters.terminal.client import NotOnScreen
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import OpenedForm, Response
from bot.chat.answers import FileRef, Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Select, message
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    Suggest,
    UserRef,
)
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from tests.support.terminal import NOON, Bot, people_and_places, running

PAINT = CommandSpec(
    ("paint", "wall"),
    "Paint a wall",
    (
        Argument("colour", "which", choices=(Option("red", "Red"), Option("blue", "Blue"))),
        Argument("for", "for whom", "person"),
        Argument("in", "where", "channel"),
        Argument("words", "anything", rest=True),
    ),
)
WHISPER = CommandSpec(("whisper",), "Say it softly", where="dm")
COLOURS = (Option("r", "Red"), Option("b", "Blue"), Option("g", "Green"))
FORM = Form(
    "walk",
    "A walk",
    (
        Question("where", Ask("Where to?", "Where")),
        Question("days", Ask("Which days?", "Days", "choices", options=COLOURS)),
        Question("later", Ask("How long?", "Length", page=1)),
    ),
)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A bot that says nothing, in a small world, with two commands."""
    adapter = TerminalAdapter(people_and_places(Workspace()), lambda: NOON)
    await adapter.register([PAINT, WHISPER])
    async with running(Bot(adapter)) as bot:
        yield bot


@pytest.fixture
def ada(bot: Bot) -> ScriptedUser:
    """Ada, at the terminal."""
    return ScriptedUser(bot.adapter, "ada")


async def test_an_event_says_who_and_where(bot: Bot) -> None:
    """Every event carries its actor, their name, zone and rights, and how to answer it."""
    await ScriptedUser(bot.adapter, "cora").uses("/paint wall", "spring-26")
    (event,) = bot.events
    assert isinstance(event, CommandUsed)
    assert event.actor == UserRef("terminal", "cora")
    assert (event.actor_name, event.actor_zone) == ("Cora Lindqvist", "Europe/London")
    assert event.rights == frozenset({"manage"})
    assert (event.place.id, event.place.kind, event.at) == ("spring", "channel", NOON)
    assert event.reply


async def test_commands_are_read(bot: Bot, ada: ScriptedUser) -> None:
    """Options come by name; people and channels as references, whether named by id or by name."""
    await ada.uses('/Paint wall colour:red for:@ben in:#spring-26 "two words"')
    (event,) = bot.events
    assert isinstance(event, CommandUsed)
    assert event.path == ("paint", "wall")
    assert event.options == {
        "colour": "red",
        "for": "terminal/@ben",
        "in": "terminal/channel/terminal/spring",
        "words": "two words",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/pant wall", "Did you mean `/paint wall`?"),
        ("/", "There is no such command."),
        ("/paint", "Which one do you mean: /paint wall?"),
        ("/paint wall for:zoe", "I do not see zoe here. These people are here: @ada, @ben and @cora"),
        ("/paint wall in:attic", "There are: #spring-26 and #staff"),
        ("/whisper", "works in your direct messages"),
    ],
)
async def test_the_bot_gets_a_misread_line(bot: Bot, ada: ScriptedUser, line: str, said: str) -> None:
    """A line that is no command, or not here, arrives as it was typed, with the reason, and unseen."""
    await ada.uses(line, "spring")
    [event] = bot.events
    assert isinstance(event, CommandUsed)
    assert (event.path, event.typed) == ((), line)
    assert event.misread is not None
    assert said in as_text(event.misread)
    assert not ScriptedUser(bot.adapter, "ben").sees(line)


async def test_words_replies_and_edits(bot: Bot, ada: ScriptedUser) -> None:
    """What is written, answered and changed arrives with its references; edits name the same message."""
    await bot.adapter.send(UserRef("terminal", "ada"), message("How long?"), key="q")
    await ada.says("soon", files=(FileRef("f", "a.txt", 1, "text/plain"),))
    await ada.replies("How long", "two days")
    await ada.edits("soon", "later")
    await ada.says_in("spring", "hello all")
    first, answer, edit, public = bot.events
    assert isinstance(first, MessageReceived)
    assert isinstance(answer, MessageReceived)
    assert isinstance(edit, MessageEdited)
    assert isinstance(public, MessageReceived)
    asked, *_ = ada.screen()
    assert answer.reply_to == ada.world.ref(asked)
    assert (edit.message, edit.text) == (first.message, "later")
    assert first.files[0].name == "a.txt"
    assert first.reply is None
    assert public.place.id == "spring"
    assert [e.content for e in ada.screen() if e.author == "ada"] == ["later", "two days"]


async def test_presses_the_newest_button(bot: Bot, ada: ScriptedUser) -> None:
    """A label is found on the newest message that has it, or on the one that holds the given words."""
    spring = bot.adapter.world.place("spring")
    for number in (1, 2):
        card = message(f"Card {number}", Buttons((Button("Open", f"open:{number}"),)))
        await bot.adapter.send(spring, card, key=str(number))
    await ada.presses("open")
    await ada.presses("Open", on="Card 1")
    newest, named = bot.events
    assert isinstance(newest, ButtonPressed)
    assert isinstance(named, ButtonPressed)
    assert (newest.action, named.action) == ("open:2", "open:1")
    assert named.message == ada.world.ref(ada.screen("spring")[0])


async def test_what_is_not_on_the_screen_cannot_be_used(bot: Bot, ada: ScriptedUser) -> None:
    """Acting on something unseen, or on a link, is an error that says what is there."""
    await bot.adapter.send(UserRef("terminal", "ben"), message("Hi", Buttons((Button("Go", "go"),))), key="a")
    link = message("Look", Buttons((Button("Site", url="https://example.org"),)))
    await bot.adapter.send(UserRef("terminal", "ada"), link, key="b")
    with pytest.raises(NotOnScreen, match=r"(?s)ada sees no button “Go”.*Look"):
        await ada.presses("Go")
    with pytest.raises(NotOnScreen, match="is a link to https"):
        await ada.presses("Site")
    with pytest.raises(NotOnScreen, match="no message with “lost”"):
        await ada.replies("lost", "x")
    with pytest.raises(NotOnScreen, match="no form open"):
        await ada.fills({})
    with pytest.raises(LookupError, match="no place 'staff'"):
        await ada.says_in("staff", "x")
    assert bot.events == []


async def test_chooses_by_label(bot: Bot, ada: ScriptedUser) -> None:
    """Options are chosen by label and arrive as values, in the order chosen."""
    select = message("Which?", Select("pick", COLOURS, many=True))
    await bot.adapter.send(UserRef("terminal", "ada"), select, key="s")
    await ada.chooses("green", "Red")
    (event,) = bot.events
    assert isinstance(event, ChoiceMade)
    assert (event.action, event.values) == ("pick", ("g", "r"))
    with pytest.raises(NotOnScreen, match="Mauve"):
        await ada.chooses("Mauve")


async def test_fills_the_open_page(bot: Bot, ada: ScriptedUser) -> None:
    """A page is filled by label or name, keeps what stood there, and sends only its own questions."""
    opened = OpenedForm(FORM, "7", 0, {"where": "lake", "later": "x"})
    await bot.adapter.respond(reply_to("e", "ada", "spring", NOON), Response(form=opened))
    with pytest.raises(NotOnScreen, match="Length"):
        await ada.fills({"Length": "far"})
    await ada.fills({"DAYS": "Red, g"})
    (event,) = bot.events
    assert isinstance(event, FormSubmitted)
    assert event.values == {"where": "lake", "days": ("r", "g")}
    assert event.place.id == "spring"


async def test_a_form_can_be_dismissed(bot: Bot, ada: ScriptedUser) -> None:
    """Closing a form sends nothing."""
    await bot.adapter.respond(reply_to("e", "ada", "spring", NOON), Response(form=OpenedForm(FORM, "7")))
    ada.dismisses()
    assert ada.form is None
    assert bot.events == []


async def test_comes_and_goes(bot: Bot) -> None:
    """Joining opens a channel to a person and leaving closes the space's channels; the bot gets both."""
    ben = ScriptedUser(bot.adapter, "ben")
    await ben.joins("staff")
    assert not ben.screen("staff")
    await ben.leaves("spring")
    assert [type(event) for event in bot.events] == [MemberJoined, MemberLeft]
    assert [place.id for place in ben.world.places_of("ben")] == ["dm-ben"]
    assert ScriptedUser(bot.adapter, "ada").screen("spring") == []


async def test_suggestions_are_asked_for_and_not_kept(bot: Bot, ada: ScriptedUser) -> None:
    """The bot is asked for the values of an option; nothing of it stays in the world."""
    bot.answer = lambda _: Response(options=COLOURS[:1])
    assert await ada.asks(PAINT, "colour", "re", ada.dm) == COLOURS[:1]
    (event,) = bot.events
    assert isinstance(event, Suggest)
    assert (event.path, event.option, event.typed) == (PAINT.path, "colour", "re")
    assert not ada.world.waiting


async def test_unread_until_looked_at(bot: Bot, ada: ScriptedUser) -> None:
    """Messages count as unread until the place is marked read."""
    await bot.adapter.send(UserRef("terminal", "ada"), message("one"), key="1")
    assert ada.unread() == 1
    ada.reads()
    assert ada.unread() == 0


async def test_a_beat_surrounds_each_act(bot: Bot) -> None:
    """A person who owns the clock can let time pass before an act and deliver after it."""
    order: list[str] = []

    @asynccontextmanager
    async def beat() -> AsyncIterator[None]:
        order.append("before")
        yield
        order.append(f"after {len(bot.events)}")

    ada = ScriptedUser(bot.adapter, "ada", beat)
    await ada.says("one")
    await ada.uses("/whisper")
    assert order == ["before", "after 1", "before", "after 2"]

"""A garden club with a small scripted bot: what tests of the playground play with.

Owners offer plots by a form of two pages, gardeners ask for them in a channel and in their DM, owners
decide, gardeners accept, and the clock waters. It knows nothing of the real bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.pilot import Pilot

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.playground import Playground
from adapters.terminal.playground.tour import Step
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import OpenedForm, Response
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Button,
    Buttons,
    Fields,
    Message,
    Moment,
    Plain,
    Select,
    heading,
    message,
    note,
    row,
    text,
)
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageEdited,
    MessageReceived,
    Suggest,
    UserRef,
)
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from tests.support.screen import click_on, settled, types

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

OFFER = CommandSpec(
    ("plot", "offer"), "Offer a plot to the club", allowed=frozenset({"owner"}), where="space"
)
LIST = CommandSpec(
    ("plot", "list"),
    "What is free",
    (
        Argument("words", "words of its name", rest=True, suggests=True),
        Argument("free", "only free ones", "yes_no"),
        Argument("soil", "which soil", choices=(Option("loam", "Loam"), Option("clay", "Clay"))),
        Argument("owner", "whose", "person"),
    ),
)
REQUESTS = CommandSpec(("requests",), "Who asked for your plots", allowed=frozenset({"owner"}))
COMMANDS = (OFFER, LIST, REQUESTS)

SOILS = (Option("loam", "Loam", "easy to dig"), Option("clay", "Clay", "holds water"))
TOOLS = (Option("spade", "Spade"), Option("rake", "Rake"), Option("can", "Watering can"))
FORM = Form(
    "plot",
    "Offer a plot",
    (
        Question("name", Ask("What is the plot called?", "Name", example="The sunny corner"), max_length=60),
        Question("soil", Ask("Which soil is it?", "Soil", "choice", options=SOILS)),
        Question("tools", Ask("Which tools are there?", "Tools", "choices", options=TOOLS), required=False),
        Question(
            "about",
            Ask("What should a gardener know?", "About", "long", hint="Sun, paths, neighbours.", page=1),
            required=False,
        ),
        Question("rent", Ask("Does it cost rent?", "Rent", "yes_no", page=1)),
        Question("photo", Ask("Is there a photo?", "Photo", "file", page=1), required=False),
    ),
    notice="Everybody in the club will see this. You can change it until somebody asks for the plot.",
    submit="Publish",
    page_titles=("The plot", "Good to know"),
)

STEPS = (
    Step(
        "post",
        "Offer a plot",
        "As an owner, type /plot offer.",
        ("sent card:*",),
        "owner",
        True,
        "/plot offer",
    ),
    Step("apply", "Ask for it", "As a gardener, press Ask for it.", ("sent request:*",), "gardener", True),
    Step("decide", "Decide", "As the owner, type /requests.", ("sent grant:*",), "owner", False, "/requests"),
    Step("accept", "Accept", "As the gardener, press Accept.", ("did ButtonPressed accept:*",), "gardener"),
    Step("forward", "Fast-forward", "Press F7.", ("clock",)),
)


class Garden:
    """The bot and its clock."""

    can_advance = True

    def __init__(self, world: Workspace, now: datetime = MONDAY) -> None:
        self.adapter = TerminalAdapter(world, self.now)
        self.broken = False
        self.events: list[Event] = []
        self._now = now
        self._due: list[tuple[datetime, Callable[[], Awaitable[object]]]] = []
        self._plot: dict[str, str] = {}

    def now(self) -> datetime:
        """Return the clock's time."""
        return self._now

    async def next_due(self) -> datetime | None:
        """When the bot has something to do next."""
        return min((at for at, _ in self._due), default=None)

    async def advance(self, to: datetime) -> None:
        """Move the clock, doing what falls due on the way."""
        for at, deed in sorted(self._due, key=lambda due: due[0]):
            if at <= to:
                self._due.remove((at, deed))
                self._now = max(self._now, at)
                await deed()
        self._now = to

    async def settle(self) -> None:
        """Do what is due now."""
        await self.advance(self._now)

    def later(self, wait: timedelta, to: str, key: str, said: Message) -> None:
        """Send something after a while."""

        async def send() -> None:
            await self.adapter.send(UserRef("terminal", to), said, key=key)

        self._due.append((self._now + wait, send))

    def later_words(self, to: str, *, hours: int) -> None:
        """Send a person a word after some hours."""
        self.later(timedelta(hours=hours), to, f"word:{to}:{hours}", message("A word."))

    async def receive(self, event: Event) -> Response:
        """Handle an event and give its answer."""
        if self.broken:
            raise OSError("the garden is closed")
        self.events.append(event)
        answer = self._answer(event)
        if event.reply:
            await self.adapter.respond(event.reply, answer)
        return answer

    def _answer(self, event: Event) -> Response:
        match event:
            case Suggest():
                found = [Option("3", "The sunny corner", "free"), Option("7", "By the wall", "taken")]
                return Response(
                    options=tuple(o for o in found if event.typed.lower() in as_text(o.label).lower())
                )
            case CommandUsed(path=("plot", "offer")):
                return Response(form=OpenedForm(FORM, "new"))
            case CommandUsed(path=("plot", "list")):
                return Response(
                    message=message(heading("Free plots"), text("- **The sunny corner**\n- _By the wall_"))
                )
            case CommandUsed():
                return Response(message=self._requests())
            case FormSubmitted():
                return self._submitted(event)
            case ButtonPressed():
                return self._pressed(event)
            case ChoiceMade():
                chosen = ", ".join(event.values)
                return Response(message=message(text("You chose ", Plain(chosen), ".")))
            case MessageReceived() if event.place.kind == "dm":
                return self._heard(event)
            case MessageEdited():
                self.later(
                    timedelta(0),
                    event.actor.id,
                    f"edit:{event.id}",
                    message(text("Updated: ", Plain(event.text))),
                )
        return Response()

    def _submitted(self, event: FormSubmitted) -> Response:
        values = {name: value for name, value in event.values.items() if isinstance(value, str)}
        if event.page == 0:
            if not values["name"]:
                return Response(errors={"name": "A plot needs a name. For example: The sunny corner"})
            self._plot.update(values)
            return Response(form=OpenedForm(FORM, "new", page=1))
        self._plot.update(values, owner=event.actor.id)
        place = self.adapter.world.place("garden")
        card = self._card()
        self._due.append((self._now, lambda: self.adapter.send(place, card, key="card:1")))
        return Response(message=message("Published. Gardeners see it in the channel now."))

    def _card(self) -> Message:
        return message(
            heading("New plot: ", Plain(self._plot["name"])),
            text(Plain(self._plot["about"])) if self._plot["about"] else None,
            Fields(
                (
                    row("Soil", Plain(self._plot["soil"])),
                    row("Ask until", Moment(MONDAY + timedelta(days=4, hours=14), "Europe/Berlin")),
                )
            ),
            Buttons(
                (
                    Button("Ask for it", "ask:1", style="primary"),
                    Button("Details", "details:1"),
                    Button("The club's rules", url="https://example.org/rules"),
                )
            ),
        )

    def _pressed(self, event: ButtonPressed) -> Response:
        verb = event.action.split(":")[0]
        who = event.actor.id
        if verb == "ask":
            asked = message(
                heading("Ask for a plot (1 of 1)"), "What would you grow there?", note("Just write it here.")
            )
            self.later(timedelta(0), who, f"question:{event.id}", asked)
            dm = self.adapter.world.dm_of(who)
            return Response(message=message("I sent you a question; we go on there."), link=dm)
        if verb == "details":
            return Response(message=message(text("It has a `bench` and a [map](https://example.org/map).")))
        if verb == "grant":
            grant = message(
                text(
                    "You can have **the plot**. Say so by ", Moment(self._now + timedelta(days=2), "UTC"), "."
                ),
                Buttons((Button("Accept", "accept:1", style="primary"), Button("Decline", "decline:1"))),
            )
            self.later(timedelta(minutes=1), "ben", "grant:1", grant)
            return Response(message=message("It is told in a minute."), replace=True)
        if verb == "accept":
            self.later(timedelta(hours=20), who, "water:1", message(text("Time to **water**.")))
            return Response(message=message("It is yours. Enjoy it."), replace=True)
        return Response()

    def _heard(self, event: MessageReceived) -> Response:
        said = message(
            text("Thank you. You would grow: ", Plain(event.text)),
            Select(
                "when",
                tuple(Option(d, d.title()) for d in ("spring", "summer", "autumn")),
                "When do you start?",
            ),
            Select("tools", TOOLS, "Borrow these", many=True),
        )
        self.later(timedelta(0), event.actor.id, f"request:{event.id}", said)
        return Response()

    def _requests(self) -> Message:
        give = Buttons(
            (
                Button("Give it to Ben", "grant:1", style="primary"),
                Button("Not this time", "no:1", style="danger"),
            )
        )
        return message(
            heading("Requests"), text("**", Plain("Ben Castillo"), "** wants to grow something."), give
        )


def garden_world(world: Workspace) -> Workspace:
    """The club's people and places."""
    world.add_account("olga", "Olga Lindqvist", "Europe/London", about="owner, North Field")
    world.add_account("ben", "Ben Castillo", "America/New_York", about="gardener")
    world.add_account("chi", "Chi Nakamura", "Asia/Tokyo", about="gardener")
    world.add_channel("garden", "garden-club")
    world.add_channel("owners", "owners", members=frozenset({"olga"}))
    return world


@asynccontextmanager
async def open_garden(world: Workspace) -> AsyncIterator[Garden]:
    """The bot, running until the end of the block."""
    garden = Garden(world)
    await garden.adapter.register(COMMANDS)
    await garden.adapter.open()
    run = asyncio.create_task(garden.adapter.run(garden.receive))
    try:
        yield garden
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
        await garden.adapter.close()


@asynccontextmanager
async def playing(
    world: Workspace, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[Any], Garden]]:
    """The playground on a world of the garden club, with its bot running."""
    async with open_garden(world) as garden:
        app = Playground(world, garden.adapter, COMMANDS, garden, steps=STEPS, flowing=False)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot, garden


async def offer_a_plot(pilot: Pilot[Any]) -> None:
    """Olga offers the first plot, by keys alone."""
    await click_on(pilot, "Take me there")
    await types(pilot, "", "enter")
    await types(pilot, "Sunny corner", "tab", "enter", "ctrl+s")
    await types(pilot, "Lots of sun", "tab", "enter", "ctrl+s")

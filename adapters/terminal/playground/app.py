"""The playground: the widgets of the screen, and the handlers of what the user does there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, Final

import structlog
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Key
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.client import Client, NotOnScreen
from adapters.terminal.command_line import commands_at
from adapters.terminal.playground.clockbar import ClockBar
from adapters.terminal.playground.completion import ATTACH
from adapters.terminal.playground.composer import Composer
from adapters.terminal.playground.dialog import FormAside, FormScreen
from adapters.terminal.playground.help import HelpScreen
from adapters.terminal.playground.keybar import KeyBar
from adapters.terminal.playground.message_list import Stream
from adapters.terminal.playground.messages import MessageView
from adapters.terminal.playground.navigation import (
    last_place,
    last_seat,
    news_since,
    place_name,
    remember,
    unread_seat,
)
from adapters.terminal.playground.running_bot import Engine
from adapters.terminal.playground.screenshot import local_fonts
from adapters.terminal.playground.sidebar import Sidebar
from adapters.terminal.playground.theme import DARK, LIGHT, day_words, time_words
from adapters.terminal.playground.time_control import Jump, Pace
from adapters.terminal.playground.tour import TRY_THIS, Step, Watcher, seat_of
from adapters.terminal.playground.user_actions import Deed, what_became_of
from adapters.terminal.render import harmless
from adapters.terminal.workspace import Account, Dialog, Workspace
from bot.chat.commands import CommandSpec
from bot.chat.events import Place

__all__ = ["Playground"]

log = structlog.get_logger(__name__)

_THEME: Final = "playground.theme"
_DEEDS: Final = frozenset({"deeds", "asking"})
_BEHIND: Final = frozenset(
    {"attach", "compose_message", "focus_list", "focus_newest", "forward", "help", "next_unread"}
)


class Playground(App[None]):
    """A chat client in which the user acts for every person."""

    CSS_PATH = "playground.tcss"
    TITLE = "Stint"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help"),
        Binding("f2", "focus_list('people')"),
        Binding("f3", "focus_list('places')"),
        Binding("f4", "focus_newest"),
        Binding("f5", "next_unread"),
        Binding("f6", "forward('hour')", priority=True),
        Binding("f7", "forward('day')", priority=True),
        Binding("f8", "forward('next')", priority=True),
        Binding("f9", "light_or_dark"),
        Binding("ctrl+o", "attach", priority=True),
        Binding("escape", "compose_message"),
        Binding("ctrl+q", "quit", priority=True),
    ]

    def __init__(
        self,
        world: Workspace,
        adapter: TerminalAdapter,
        commands: Sequence[CommandSpec],
        engine: Engine,
        *,
        steps: tuple[Step, ...] = TRY_THIS,
        flowing: bool = True,
    ) -> None:
        """Take a `world` of at least one account. `flowing`: a clock that can be moved follows real time."""
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (76, "-narrow"), (92, "-wide"), (118, "-roomy")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-high")]
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = world.kept(_THEME) or DARK.name
        self.world = world
        self._adapter = adapter
        self._commands = commands
        self._engine = engine
        self._pace = Pace(engine, flowing=flowing)
        self._steps = steps if engine.can_advance else ()
        self._watcher = Watcher(world, self._steps)
        self._account, self._place = last_seat(world)
        self._clock = ClockBar(can_advance=engine.can_advance)
        self._sidebar = Sidebar(world, self._steps)
        self._where = Static(id="where")
        self._stream = Stream(world)
        self._form_aside = FormAside()
        self._composer = Composer(world)
        self._keys = KeyBar()
        self._aside: dict[str, Dialog] = {}
        self._behind = self._drawing = self._expecting = False
        self._said: list[str] = []
        self._due: datetime | None = None
        self._stop_watching: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Yield the clock above, people and places at the side, the messages of a place, the composer."""
        yield self._clock
        with Horizontal(id="body"):
            yield self._sidebar
            with Vertical(id="main"):
                yield self._where
                yield self._stream
                yield self._form_aside
                yield self._composer
        yield self._keys

    async def on_mount(self) -> None:
        """Restore the seat of the last session."""
        await self._sit(self._account, self._place)
        self._stop_watching = self.world.watch(self._changed)
        self.set_interval(1, self._flow)

    def on_unmount(self) -> None:
        """Stop watching; the world continues."""
        self._stop_watching()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the names of colours that the style sheet uses beyond Textual's."""
        return DARK.variables

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Return the screen as SVG that names no remote font."""
        return local_fonts(super().export_screenshot(title=title, simplify=simplify))

    # The present person, and what that person sees.

    @property
    def _hands(self) -> Client:
        return Client(self._adapter, self._account.id, self._pace.act)

    async def _sit(self, account: Account, place: Place) -> None:
        """Act as `account`, looking at `place`."""
        self._account, self._place = account, place
        remember(self.world, account, place)
        name = place_name(self.world, place)
        about = f", {account.about}" if account.about else ""
        self._where.update(
            Content.assemble((harmless(name), "bold"), (f"   as {harmless(account.name + about)}", "$muted"))
        )
        seat = (account.id, place.id)
        self._composer.be_at(seat, harmless(name), commands_at(self._commands, place))
        await self._stream.show(*seat)
        await self._catch_up()
        self.action_compose_message()

    @on(Sidebar.PersonChosen)
    async def _person_chosen(self, event: Sidebar.PersonChosen) -> None:
        account = self.world.accounts[event.account]
        await self._sit(account, last_place(self.world, account))

    @on(Sidebar.PlaceChosen)
    async def _place_chosen(self, event: Sidebar.PlaceChosen) -> None:
        await self._sit(self._account, self.world.place(event.place))

    @on(Sidebar.StepChosen)
    async def _step_chosen(self, event: Sidebar.StepChosen) -> None:
        seat = seat_of(self.world, event.step, self._account.id)
        if seat:
            await self._sit(*seat)
            if event.step.line:
                self._composer.put(event.step.line)

    def action_go(self, place: str) -> None:
        """Show the place with this id."""
        # Later, not at once: the button that calls this is part of what is redrawn.
        self.call_later(self._sit, self._account, self.world.place(place))

    async def action_next_unread(self) -> None:
        """Go to the next unread place, of this person or of the next person who has such a place."""
        seat = unread_seat(self.world, self._account)
        if seat:
            await self._sit(*seat)
        else:
            self._say("Nothing is unread.")

    # Changes of the world.

    def _changed(self) -> None:
        """Catch up once, however much changes meanwhile."""
        if not self._behind:
            self._behind = True
            self.call_later(self._catch_up)

    @property
    def at_rest(self) -> bool:
        """Whether no action is in progress, and the screen shows the world as it is."""
        return not (self._behind or self._drawing or self._working)

    @property
    def _working(self) -> bool:
        return any(worker.group in _DEEDS and not worker.is_finished for worker in self.workers)

    async def _catch_up(self) -> None:
        """Bring the screen in step with the world."""
        self._behind, self._drawing = False, True
        try:
            if self.is_running:
                await self._draw()
        finally:
            self._drawing = False

    async def _draw(self) -> None:
        working = self._working
        await self._stream.follow(reveal=self._expecting)
        self._expecting = self._expecting and working
        for step in self._watcher.look():
            self._say(f"Done: {step.title}")
        self._due = await self._engine.next_due()
        self._sidebar.refresh_lists(self._account.id, self._place.id, self._engine.now())
        self._tell_time()
        await self._show_form()

    def _tell_time(self) -> None:
        self._clock.tell(self._engine.now(), self._due, self._account, moving=self._pace.jumping)

    async def _show_form(self) -> None:
        """Show the form that is open for this person, unless they put it aside."""
        dialog = self.world.dialog_of(self._account.id)
        aside = dialog is not None and self._aside.get(self._account.id) == dialog
        self._form_aside.tell(dialog if aside else None)
        shown = next((s for s in self.screen_stack if isinstance(s, FormScreen)), None)
        if dialog is None or aside:
            if shown and shown is self.screen:
                shown.dismiss()
        elif shown:
            await shown.show(dialog)
        else:
            await self.push_screen(FormScreen(dialog))

    # Actions of the user.

    def _act(self, deed: Callable[[], Awaitable[None]], did: str = "") -> None:
        """Do a deed in the background, while the screen stays responsive."""
        self._expecting = True
        self._said.clear()
        self._composer.tell(self._said)
        # A function, not a coroutine yet: a coroutine that never starts, because the app closes, raises a
        # warning.
        work: Callable[[], Awaitable[None]] = partial(self._do, deed, did)
        self.run_worker(work, group="deeds")

    async def _do(self, deed: Callable[[], Awaitable[None]], did: str) -> None:
        mine = self.world.next_event_id()
        try:
            await deed()
        except NotOnScreen as error:
            self._say(str(error))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the screen stays
            log.error("deed_failed", error=type(error).__name__)
            self._say(what_became_of(self.world, mine, error))
        else:
            self._watcher.did(did)
            self._changed()

    @on(Deed)
    def _deed(self, deed: Deed) -> None:
        self._act(partial(deed.do, self._hands, self._place), deed.did)

    @on(Composer.Asked)
    def _asked(self, event: Composer.Asked) -> None:
        work: Callable[[], Awaitable[None]] = partial(self._ask, event)
        self.run_worker(work, group="asking", exclusive=True)

    async def _ask(self, event: Composer.Asked) -> None:
        wanted = event.wanted
        options = await self._hands.asks(wanted.spec, wanted.option.name, wanted.typed, self._place)
        self._composer.offer(wanted, options)

    @on(Composer.EditLast)
    def _edit_last(self) -> None:
        seen = self.world.seen_by(self._account.id, self._place.id)
        mine = [e for e in seen if e.author == self._account.id and not e.private_to]
        if mine:
            self._composer.change(mine[-1])

    @on(MessageView.ReplyWanted)
    def _reply_wanted(self, event: MessageView.ReplyWanted) -> None:
        self._composer.answer(event.entry)

    @on(MessageView.EditWanted)
    def _edit_wanted(self, event: MessageView.EditWanted) -> None:
        self._composer.change(event.entry)

    @on(FormScreen.PutAside)
    def _put_aside(self, event: FormScreen.PutAside) -> None:
        kept = self._hands.lay_down(event.texts, event.page)
        if kept and not event.stay:
            self._aside[self._account.id] = kept
            self._changed()

    @on(Button.Pressed, "#go-on")
    def _go_on(self) -> None:
        self._aside.pop(self._account.id, None)
        self._changed()

    @on(Button.Pressed, "#discard")
    def _discard(self) -> None:
        self._hands.dismisses()

    async def _flow(self) -> None:
        if not self._pace.jumping:
            await self._pace.flow()
            self._tell_time()

    def action_forward(self, jump: Jump) -> None:
        """Move the clock on."""
        if self._engine.can_advance and not self._pace.jumping:
            self._act(partial(self._forward, jump), "clock")

    async def _forward(self, jump: Jump) -> None:
        before = len(self.world.entries)
        self._changed()
        if await self._pace.jump(jump) is None:
            self._say("Nothing is due.")
            return
        now, zone = self._engine.now(), self._account.zone
        news = news_since(self.world, before)
        self._say(f"{day_words(now, zone, year=False)}, {time_words(now, zone)}: {news}")

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the screen behind a form or the help page."""
        behind = isinstance(self.screen, ModalScreen) and action in _BEHIND
        return None if behind else super().check_action(action, parameters)

    def on_key(self, event: Key) -> None:
        """Begin a message with what is typed outside a field."""
        character = event.character or ""
        if character.isprintable() and character.strip() and not isinstance(self.screen, ModalScreen):
            self._composer.editor.focus()
            self._composer.editor.insert(character)

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self._keys.tell(self.focused)

    def action_help(self) -> None:
        """Show the keys."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def action_focus_list(self, name: str) -> None:
        """Go to a list at the side."""
        self._sidebar.query_one(f"#{name}", OptionList).focus()

    def action_focus_newest(self) -> None:
        """Go to the newest message."""
        views = list(self._stream.query(MessageView))
        if views:
            views[-1].focus()

    def action_compose_message(self) -> None:
        """Go back to typing."""
        if not isinstance(self.screen, FormScreen):
            self._composer.editor.focus()

    def action_attach(self) -> None:
        """Begin to name a file that is sent with the next message."""
        self._composer.put(f"{ATTACH.name} ")

    def action_light_or_dark(self) -> None:
        """Change between the two themes."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self.world.keep(_THEME, self.theme)

    def action_open_link(self, url: str) -> None:
        """Open a link of the bot's in a browser."""
        self.open_url(url)

    def _say(self, words: str) -> None:
        """Show a message of the app itself above the composer, until the next deed."""
        self._said.append(harmless(words))
        self._composer.tell(self._said)

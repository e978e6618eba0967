"""The side of the playground: the people, the places, and the steps to try."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from adapters.terminal.playground.theme import colour_of, fitted, one_line, time_words
from adapters.terminal.playground.tour import Step, next_step, ticked
from adapters.terminal.workspace import Account, Workspace

__all__ = ["Sidebar"]


class Sidebar(VerticalScroll, can_focus=False):
    """The lists of people, places and the next steps."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.compose_message")]

    class PersonChosen(TextualMessage):
        """Another person is to be played."""

        def __init__(self, account: str) -> None:
            super().__init__()
            self.account = account

    class PlaceChosen(TextualMessage):
        """Another place is to be shown."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    class StepChosen(TextualMessage):
        """The next thing to try is to be shown."""

        def __init__(self, step: Step) -> None:
            super().__init__()
            self.step = step

    def __init__(self, world: Workspace, steps: tuple[Step, ...]) -> None:
        super().__init__()
        self._world = world
        self._steps = steps
        self._shown: tuple[str, str, datetime] | None = None
        self._people = OptionList(id="people", compact=True)
        self._places = OptionList(id="places", compact=True)
        self._titles = {step.id: Static(classes="step") for step in steps}
        self._hint = Static(id="hint")
        self._there_button = Button("Take me there", id="there", compact=True)

    def compose(self) -> ComposeResult:
        """Yield three lists under each other."""
        with Vertical(classes="group"):
            yield Static("People", classes="title")
            yield self._people
        with Vertical(classes="group"):
            yield Static("Places", classes="title")
            yield self._places
        if self._steps:
            with Vertical(classes="group", id="steps"):
                yield Static("Try this", classes="title")
                yield from self._titles.values()
                yield self._hint
                yield self._there_button

    def refresh_lists(self, account: str, place: str, now: datetime) -> None:
        """Redraw the lists for the present person and place."""
        self._shown = (account, place, now)
        _fill(self._people, self._people_lines(account, now), account)
        _fill(self._places, self._place_lines(account, place), place)
        self._draw_steps()

    def on_resize(self) -> None:
        """Fit the lines into the new width."""
        if self._shown:
            self.refresh_lists(*self._shown)

    @property
    def _room(self) -> int:
        """The characters in a line of a list."""
        return max(self.content_size.width - 2, _LEAST)

    @property
    def _two_lines_for(self) -> int:
        """The number of people that can have two lines each, with the rest of the side under them."""
        return (self.app.size.height - _REST) // 2

    def _people_lines(self, current: str, now: datetime) -> list[tuple[str, Content]]:
        accounts = self._world.accounts
        lines = []
        for account in accounts.values():
            news = sum(self._world.unread(account.id, p.id) for p in self._world.places_of(account.id))
            mark, weight = ("● ", "bold ") if account.id == current else ("○ ", "")
            colour = colour_of(account.id, accounts)
            role, name = account.about.partition(",")[0], min(15, self._room - 6)
            if len(accounts) > self._two_lines_for:
                line = Content.assemble(
                    (mark, colour),
                    (fitted(account.name, name), f"{weight}$foreground"),
                    (fitted(role, max(self._room - name - 6, 0)), "$faint"),
                    _badge(news),
                )
            else:
                about = one_line(" · ".join(filter(None, (role, _local(account, now)))), self._room - 2)
                line = Content.assemble(
                    (mark, colour),
                    (fitted(account.name, self._room - 6), f"{weight}$foreground"),
                    _badge(news),
                    (f"\n  {about}", "$faint"),
                )
            lines.append((account.id, line))
        return lines

    def _place_lines(self, account: str, current: str) -> list[tuple[str, Content]]:
        lines = []
        for place in self._world.places_of(account):
            channel = self._world.channels.get(place.id)
            name = f"# {channel.name}" if channel else "Direct messages"
            news = self._world.unread(account, place.id)
            here = place.id == current
            style = "bold $foreground" if news or here else "$muted"
            mark = "▎" if here else " "
            lines.append(
                (
                    place.id,
                    Content.assemble((mark, "$primary"), (fitted(name, self._room - 5), style), _badge(news)),
                )
            )
        return lines

    def _draw_steps(self) -> None:
        if not self._steps:
            return
        done = ticked(self._world)
        step = next_step(self._steps, done)
        for number, one in enumerate(self._steps, start=1):
            mark, style = ("✓", "$success") if one.id in done else (str(number), "$faint")
            if one is step:
                mark, style = str(number), "bold $accent"
            title = Content.assemble((f"{mark} ", style), (one.title, "$muted" if one.id in done else style))
            self._titles[one.id].update(title)
            self._titles[one.id].set_class(one is step, "current")
        self._hint.update(Content(step.hint if step else _ALL_DONE))
        self._there_button.display = step is not None

    @on(OptionList.OptionSelected, "#people")
    def _person(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.PersonChosen(event.option_id or ""))

    @on(OptionList.OptionSelected, "#places")
    def _place(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.PlaceChosen(event.option_id or ""))

    @on(Button.Pressed, "#there")
    def _there(self, event: Button.Pressed) -> None:
        event.stop()
        step = next_step(self._steps, ticked(self._world))
        if step:
            self.post_message(self.StepChosen(step))


_ALL_DONE = "All done. Go on as you like; F1 shows the keys."


def _local(account: Account, now: datetime) -> str:
    city = account.zone.rpartition("/")[2].replace("_", " ")
    return f"{time_words(now, account.zone)} {city}"


_LEAST = 14
"""Columns of a line of a list, however narrow the screen."""

_REST = 31
"""Lines of the screen that are not people's, with five steps to try."""


def _badge(news: int) -> Content:
    shown = str(news) if news < 100 else "99+"  # noqa: PLR2004 - two digits fit
    return Content.styled(f"{shown:>3}", "bold $accent") if news else Content("")


def _fill(listed: OptionList, lines: list[tuple[str, Content]], current: str) -> None:
    """Set a list to these lines; its cursor waits on the current line unless the user is moving it."""
    ids = [listed.get_option_at_index(i).id for i in range(listed.option_count)]
    if ids == [name for name, _ in lines]:
        for name, prompt in lines:
            listed.replace_option_prompt(name, prompt)
    else:
        listed.clear_options()
        listed.add_options([Option(prompt, id=name) for name, prompt in lines])
    if not listed.has_focus:
        listed.highlighted = listed.get_option_index(current)

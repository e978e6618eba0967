"""A person on our own Discord as a script has them act: things are found by the words on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from bot.chat.commands import CommandSpec, parse_command
from tests.support.discord.client import Hands, inputs_of
from tests.support.discord.openapi import components_in
from tests.support.discord.screen import modal_words, read, words_of
from tests.support.discord.server import FakeDiscord
from tests.support.discord.state import BOT, Channel, Sent

__all__ = ["DiscordPerson"]

_LINK, _USER, _CHANNEL = 5, 5, 8


class DiscordPerson(Hands):
    """Acts as one account, and sees what it sees. Acting on what is not there raises LookupError."""

    def __init__(
        self,
        fake: FakeDiscord,
        user: str,
        specs: Sequence[CommandSpec],
        beat: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    ) -> None:
        """`specs` are what a typed line is read by; `beat` is entered around every act."""
        super().__init__(fake, user)
        self.specs = specs
        self._beat = beat

    async def uses(self, line: str, place: str = "") -> None:
        """Type a slash command, in the channel of this name or in the DM."""
        spec, options = parse_command(self.specs, line)
        kinds = {argument.name: argument.kind for argument in spec.arguments}
        values = {name: self._reference(kinds[name], value) for name, value in options.items()}
        async with self._beat():
            await self.use(spec, values, self._place(place))

    async def says(self, text: str, reply_to: str = "", files: Mapping[str, bytes] | None = None) -> None:
        """Write in the DM; `reply_to` holds words of the message there that this answers; files by name."""
        answers = self._holding(reply_to, [self.dm]).id if reply_to else ""
        async with self._beat():
            await self.write(text, self.dm, answers, files)

    async def edits(self, old: str, new: str) -> None:
        """Make the newest message of one's own that holds `old` read `new`."""
        mine = [sent for sent in self._everything() if sent.author == self.id]
        found = [sent for sent in mine if old in sent.body["content"]]
        if not found:
            raise self._missing(f"own message with “{old}”")
        async with self._beat():
            await self.rewrite(found[-1], new)

    async def presses(self, label: str, on: str = "") -> None:
        """Press the newest button with this label (in a message that holds `on`)."""
        async with self._beat():
            sent, button = self._find(_is_button(label), f"button “{label}”", on)
            await self.press(sent, button)

    async def chooses(self, *labels: str, on: str = "") -> None:
        """Choose these options in the newest select that has them (in a message that holds `on`)."""
        async with self._beat():
            sent, select = self._find(_has_options(labels), f"select with {labels}", on)
            await self.choose(sent, select, _values(select, labels))

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open modal, by label or custom_id, and send it; what is not named stays as it was."""
        async with self._beat():
            if self.id not in self.world.modals:
                raise self._missing("open form")
            modal, _ = self.world.modals[self.id]
            left = {name.casefold(): value for name, value in answers.items()}
            values: dict[str, Any] = {}
            for label, inner in inputs_of(modal):
                names = (label["label"].casefold(), inner["custom_id"].casefold())
                typed = next((left.pop(name) for name in names if name in left), None)
                values[inner["custom_id"]] = self._given(inner, typed)
                if not values[inner["custom_id"]] and inner.get("required", True) and inner["type"] != 23:
                    raise self._missing(f"answer to “{label['label']}”, which is required")
            if left:
                raise self._missing(f"questions {sorted(left)}")
            await self.submit(values)

    # What is seen.

    @property
    def form(self) -> dict[str, Any] | None:
        """The modal that is open before this person."""
        opened = self.world.modals.get(self.id)
        return opened[0] if opened else None

    def sees(self, text: str) -> bool:
        """Return whether the text is anywhere this person can look, the open form included."""
        return text in self.view()

    def view(self) -> str:
        """Everything this person can look at, in words: place after place, the open form last."""
        lines = []
        for channel in self.world.channels_of(self.id):
            lines.append(f"== {channel.name or 'dm'}")
            lines += [
                f"{self.world.users[sent.author].name}: {words_of(sent, self.world)}"
                for sent in self.world.seen_by(self.id, channel.id)
            ]
        if self.form:
            lines += ["== form", modal_words(self.form)]
        return "\n".join(lines)

    def _everything(self) -> list[Sent]:
        seen = [sent for at in self.world.channels_of(self.id) for sent in self.world.seen_by(self.id, at.id)]
        return sorted(seen, key=lambda sent: int(sent.id))

    def _place(self, named: str) -> Channel:
        if not named:
            return self.dm
        for channel in self.world.channels_of(self.id):
            if named in (channel.id, channel.name) or channel.name.startswith(f"{named}-"):
                return channel
        raise self._missing(f"channel {named}")

    def _reference(self, kind: str, value: str) -> str:
        wanted = value.lstrip("@#").casefold()
        if kind == "person":
            for user in self.world.users.values():
                if wanted in (user.name.casefold(), user.shown.casefold(), user.id):
                    return user.id
            raise self._missing(f"person {value}")
        return self._place(wanted).id if kind == "channel" else value

    def _given(self, inner: dict[str, Any], typed: str | None) -> Any:  # noqa: ANN401 - by the kind of component
        if inner["type"] not in {_CHANNEL, _USER}:
            return _given(inner, typed)
        if typed is None:
            return [each["id"] for each in inner.get("default_values", ())]
        return [self._reference("channel" if inner["type"] == _CHANNEL else "person", typed)]

    def _holding(self, text: str, channels: Sequence[Channel]) -> Sent:
        for sent in reversed([s for at in channels for s in self.world.seen_by(self.id, at.id)]):
            if text in words_of(sent, self.world):
                return sent
        raise self._missing(f"message with “{text}”")

    def _find(
        self, wanted: Callable[[dict[str, Any]], bool], name: str, on: str
    ) -> tuple[Sent, dict[str, Any]]:
        for sent in reversed(self._everything()):
            if sent.author == BOT and on in words_of(sent, self.world):
                for part in _parts(sent):
                    if wanted(part):
                        return sent, part
        raise self._missing(f"{name} on “{on}”" if on else name)

    def _missing(self, wanted: str) -> LookupError:
        who = self.world.users[self.id].name
        return LookupError(f"{who} sees no {wanted}. On the screen is:\n{self.view()}")


def _parts(sent: Sent) -> Iterator[dict[str, Any]]:
    return components_in(sent.body.get("components"))


def _is_button(label: str) -> Callable[[dict[str, Any]], bool]:
    def wanted(part: dict[str, Any]) -> bool:
        pressable = part["type"] == 2 and part.get("style") != _LINK and not part.get("disabled")
        return pressable and read(part.get("label") or "").casefold() == label.casefold()

    return wanted


def _has_options(labels: Sequence[str]) -> Callable[[dict[str, Any]], bool]:
    def wanted(part: dict[str, Any]) -> bool:
        return part["type"] == 3 and len(_values(part, labels)) == len(labels)

    return wanted


def _values(select: dict[str, Any], labels: Sequence[str]) -> list[str]:
    by_label = {option["label"].casefold(): option["value"] for option in select.get("options", ())}
    by_value = {option["value"].casefold(): option["value"] for option in select.get("options", ())}
    known = by_value | by_label
    return [known[label.casefold()] for label in labels if label.casefold() in known]


def _given(inner: dict[str, Any], typed: str | None) -> Any:  # noqa: ANN401 - by the kind of component
    """Return the value of a component of a modal when this is typed, or nothing is touched."""
    if inner["type"] == 4:
        return inner.get("value") or "" if typed is None else typed
    if inner["type"] == 23:
        return bool(inner.get("default")) if typed is None else typed.casefold() in {"yes", "true"}
    if inner["type"] == 19:
        return [(typed.rpartition("/")[2], b"%PDF-1.4 " + typed.encode())] if typed else []
    if typed is None:
        return [option["value"] for option in inner.get("options", ()) if option.get("default")]
    chosen = _values(inner, [each.strip() for each in typed.split(",")])
    whole = _values(inner, [typed])  # a label may hold a comma
    return whole or chosen

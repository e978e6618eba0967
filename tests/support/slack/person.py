"""A person at a Slack client: they act on what it shows them, and see nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from adapters.terminal.client import NotOnScreen
from tests.support.slack import payloads
from tests.support.slack.fields import default_of, filled
from tests.support.slack.screen import Control, controls_of, shown_blocks
from tests.support.slack.server import Server
from tests.support.slack.workspace import BOT, Account, Channel, Posted, Refused, View

__all__ = ["SlackPerson"]

Beat = Callable[[], AbstractAsyncContextManager[object]]


class SlackPerson:
    """Acts as one account; see `tests.support.actor.Actor`. `went_to` are the links that were followed."""

    def __init__(self, server: Server, user: str, beat: Beat = nullcontext) -> None:
        """`beat` is entered around every act: to let time pass before it, or to deliver after it."""
        self.server, self.workspace, self._beat = server, server.workspace, beat
        self.account: Account = server.workspace.accounts[user]
        self.went_to: list[str] = []

    @property
    def dm(self) -> Channel:
        """Where this account and the bot talk alone."""
        return self.workspace.dm_of(self.account.id)

    async def uses(self, line: str, place: str = "") -> None:
        """Type a slash command, in the channel of this name or (with "") in the DM."""
        name, _, text = line.partition(" ")
        async with self._beat():
            sent = payloads.command(self.workspace, self.account, self._place(place), name, self._typed(text))
            answer = await self.server.deliver("slash_commands", sent)
            if answer and (answer.get("text") or answer.get("blocks")):
                self.server.say(sent["channel_id"], self.account.id, "", answer)

    async def says(self, text: str, reply_to: str = "", files: Mapping[str, bytes] | None = None) -> None:
        """Write in the DM, in answer to the message there that holds `reply_to`; files by name."""
        async with self._beat():
            thread = (
                self._holding(reply_to, self.workspace.seen_by(self.account.id, self.dm.id))
                if reply_to
                else None
            )
            uploaded = [self._upload(name, data) for name, data in (files or {}).items()]
            await self._writes(self.dm, text, thread, uploaded)

    async def says_in(self, place: str, text: str) -> None:
        """Write in a channel; a person who names the bot is heard twice, as a message and as a mention."""
        async with self._beat():
            await self._writes(self._place(place), text, None, [])

    async def edits(self, old: str, new: str, by: str = "") -> None:
        """Make the newest message of one's own that holds `old` read `new`; or let another account do it."""
        async with self._beat():
            mine = [m for m in self._seen() if m.user == self.account.id]
            message = self._holding(old, mine)
            before = message.wire(self.account.team)
            message.text = _escaped(new)
            message.edited = {"user": by or self.account.id, "ts": self.workspace.next_ts()}
            await self._changed(message, before)

    async def previews(self, words: str) -> None:
        """A preview appears under one's own message that holds these words: an edit without new words."""
        async with self._beat():
            message = self._holding(words, [m for m in self._seen() if m.user == self.account.id])
            before = message.wire(self.account.team)
            await self._changed(message, before, attachments=[{"title": "A page", "fallback": "A page"}])

    async def presses(self, label: str, on: str = "") -> None:
        """Press the newest button with this label, in a message or view that holds `on`."""

        def wanted(control: Control) -> bool:
            return control.element["type"] == "button" and control.label.casefold() == label.casefold()

        where, control = self._control(wanted, f"button “{label}”", on)
        if control.element.get("url"):
            self.went_to.append(control.element["url"])
        kept = {name: control.element[name] for name in ("value", "style") if control.element.get(name)}
        await self._act(where, control, {"type": "button", "text": control.element["text"], **kept})

    async def chooses(self, *labels: str, on: str = "") -> None:
        """Choose these options in the newest select that has them (in a message that holds `on`)."""

        def wanted(control: Control) -> bool:
            return len(_options(control, labels)) == len(labels)

        where, control = self._control(wanted, f"select with “{'”, “'.join(labels)}”", on)
        kind, chosen = control.element["type"], _options(control, labels)
        many = kind in {"multi_static_select", "checkboxes"}
        picked = {"selected_options": chosen} if many else {"selected_option": chosen[0]}
        await self._act(where, control, {"type": kind, **picked})

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open form's page, questions by label (a channel as `#name`), and send it."""
        view = self._form()
        await self._submit(view, self._filled(view, answers))

    async def goes_back(self, answers: Mapping[str, str]) -> None:
        """Fill the open form's page as far as that, and press Back instead of sending it."""
        view = self._form()
        [button] = [c for c in controls_of(view.body["blocks"]) if c.label == "Back"]
        pressed = {"type": "button", "text": button.element["text"], "action_id": button.element["action_id"]}
        values = self._filled(view, answers)
        async with self._beat():
            sent = payloads.action_in_view(
                self.workspace, self.account, view, pressed | {"block_id": button.block_id}, values
            )
            await self.server.deliver("interactive", sent)

    def _filled(self, view: View, answers: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Return the values of a page's inputs once these answers were given, by block and action."""
        inputs = [c for c in controls_of(view.body["blocks"]) if c.element["type"] != "button"]
        controls = {c.label.casefold(): c for c in inputs if c.label}
        values: dict[str, dict[str, Any]] = {}
        for control in inputs:
            values.setdefault(control.block_id, {})[control.element["action_id"]] = default_of(
                control.element
            )
        for label, answer in answers.items():
            if label.casefold() not in controls:
                raise self._missing(f"question “{label}”")
            control = controls[label.casefold()]
            chosen = self._place(answer.removeprefix("#")).id if answer.startswith("#") else answer
            if control.element["type"] == "users_select" and answer.startswith("@"):
                chosen = f"U0{answer.removeprefix('@').upper()}"
            values[control.block_id][control.element["action_id"]] = filled(control.element, chosen)
        return values

    async def submits(self, answers: Mapping[str, str]) -> None:
        """As `fills`, questions by their action id or by the id of their block."""
        view, values = self._form(), {}
        for control in controls_of(view.body["blocks"]):
            if control.element["type"] == "button":
                continue
            names = [control.element["action_id"], control.block_id]
            given = next((answers[name] for name in names if name in answers), None)
            element = control.element
            value = default_of(element) if given is None else filled(element, given)
            values[control.block_id] = {element["action_id"]: value}
        await self._submit(view, values)

    async def dismisses(self) -> None:
        """Close the open form."""
        async with self._beat():
            view = self._form()
            self.workspace.stacks[self.account.id].clear()
            if view.body.get("notify_on_close"):
                closed = payloads.view(self.workspace, self.account, view, None)
                await self.server.deliver("interactive", closed)

    async def opens_home(self) -> None:
        """Look at the bot's Home tab."""
        async with self._beat():
            home = self.workspace.homes.get(self.account.id)
            inner = {"type": "app_home_opened", "user": self.account.id, "channel": self.dm.id, "tab": "home"}
            await self._happens(inner | ({"view": home.wire(self.account.team)} if home else {}))

    async def changes(self, **columns: Any) -> None:  # noqa: ANN401 - Account's own
        """Change one's profile (`tz`, `real_name`), which Slack tells the bot."""
        async with self._beat():
            for name, value in columns.items():
                setattr(self.account, name, value)
            await self._happens({"type": "user_change", "user": self.account.wire(), "cache_ts": 1})

    async def archives(self, place: str) -> None:
        """Archive a channel, which Slack tells the bot."""
        channel = self._place(place)
        async with self._beat():
            channel.archived = True
            ended = {"type": "channel_archive", "channel": channel.id, "user": self.account.id}
            await self._happens(ended)

    async def unarchives(self, place: str) -> None:
        """Take an archived channel up again, which Slack tells the bot."""
        channel = self._place(place)
        async with self._beat():
            channel.archived = False
            begun = {"type": "channel_unarchive", "channel": channel.id, "user": self.account.id}
            await self._happens(begun)

    # What is seen.

    def sees(self, text: str) -> bool:
        """Return whether the text is anywhere this person can look, the open form included."""
        return text in self.view()

    def view(self) -> str:
        """Everything this person can look at, in words."""
        lines = []
        for channel in self.workspace.channels.values():
            if self.account.id in channel.members:
                lines.append(f"== {channel.name}")
                for message in self.workspace.seen_by(self.account.id, channel.id):
                    author = "bot" if message.user == BOT else message.user
                    lines.append(f"{author}: {self.workspace.words_of(message, self.account.id)}")
        for name, view in (("home", self.workspace.homes.get(self.account.id)), ("form", self.form)):
            if view:
                lines += [f"== {name}", self._words(view)]
        return "\n".join(lines)

    @property
    def form(self) -> View | None:
        """The modal on top of what is open before this person."""
        stack = self.workspace.stacks.get(self.account.id)
        return stack[-1] if stack else None

    def _words(self, view: View) -> str:
        title = (view.body.get("title") or {}).get("text", "")
        blocks = shown_blocks(view.body["blocks"], self.account.tz, self.workspace.names())
        return "\n".join([title, blocks, *view.errors.values()])

    def _place(self, named: str) -> Channel:
        for channel in self.workspace.channels.values():
            if self.account.id in channel.members and not channel.user and named == channel.name:
                return channel
        if named:
            raise self._missing(f"channel “{named}”")
        return self.dm

    def _seen(self) -> list[Posted]:
        return self.workspace.seen_by(self.account.id)

    def _holding(self, words: str, messages: list[Posted]) -> Posted:
        for message in reversed(messages):
            if words in self.workspace.words_of(message, self.account.id):
                return message
        raise self._missing(f"message with “{words}”")

    def _surfaces(self, on: str) -> Iterator[tuple[Posted | View, list[dict[str, Any]]]]:
        """What can be pressed on, the newest first: the open form covers everything."""
        if self.form:
            yield self.form, self.form.body["blocks"]
        for message in reversed(self._seen()):
            if message.user == BOT and on in self.workspace.words_of(message, self.account.id):
                yield message, message.blocks
        home = self.workspace.homes.get(self.account.id)
        if home and on in self._words(home):
            yield home, home.body["blocks"]

    def _control(
        self, wanted: Callable[[Control], bool], name: str, on: str
    ) -> tuple[Posted | View, Control]:
        for where, blocks in self._surfaces(on):
            for control in controls_of(blocks):
                if wanted(control):
                    return where, control
        raise self._missing(f"{name} on “{on}”" if on else name)

    def _form(self) -> View:
        if self.form is None:
            raise self._missing("form")
        return self.form

    def _missing(self, wanted: str) -> NotOnScreen:
        return NotOnScreen(f"{self.account.name} sees no {wanted}. On the screen is:\n{self.view()}")

    # What is sent to the bot.

    async def _act(self, where: Posted | View, control: Control, action: dict[str, Any]) -> None:
        action |= {"action_id": control.element["action_id"], "block_id": control.block_id}
        async with self._beat():
            if isinstance(where, View):
                payload = payloads.action_in_view(self.workspace, self.account, where, action)
            else:
                payload = payloads.action_in_message(self.workspace, self.account, where, action)
            await self.server.deliver("interactive", payload)

    async def _submit(self, view: View, values: dict[str, dict[str, Any]]) -> None:
        """Send a page, and let Slack do what the bot answers."""
        async with self._beat():
            sent = payloads.view(self.workspace, self.account, view, values)
            answer = await self.server.deliver("interactive", sent) or {}
            # The bot may have changed it meanwhile, or have pushed another on top.
            stack = self.workspace.stacks[self.account.id]
            kind = answer.get("response_action", "")
            if kind == "errors":
                blocks = {block.get("block_id") for block in view.body["blocks"] if block["type"] == "input"}
                if unknown := answer["errors"].keys() - blocks:
                    raise AssertionError(f"errors for {unknown}, which are no inputs of {view.body}")
                view.errors = dict(answer["errors"])
            elif kind in {"update", "push"}:
                body = self._checked(answer["view"])
                if kind == "update":
                    self.workspace.change(view, body)
                else:
                    self.workspace.show(self.account.id, body)
            elif kind == "clear":
                stack.clear()
            elif view in stack:
                stack.remove(view)

    def _checked(self, body: dict[str, Any]) -> dict[str, Any]:
        from tests.support.slack.methods import checked_view

        try:
            return checked_view(self.workspace, body)
        except Refused as no:
            raise AssertionError(f"a view that Slack refuses: {no.more}") from None

    async def _writes(
        self, at: Channel, text: str, thread: Posted | None, files: list[dict[str, Any]]
    ) -> None:
        ts = self.workspace.next_ts()
        message = Posted(at.id, ts, self.account.id, _escaped(text), files=files)
        message.thread_ts = (thread.thread_ts or thread.ts) if thread else ""
        message.client_msg_id = payloads.client_id(ts)
        self.workspace.post(message)
        if BOT in at.members:
            await self._happens(payloads.message_event(at, message))
            if f"<@{BOT}>" in message.text:
                await self._happens(payloads.message_event(at, message, "app_mention"))

    async def _changed(self, message: Posted, before: dict[str, Any], **more: Any) -> None:  # noqa: ANN401 - JSON
        channel = self.workspace.channels[message.channel]
        after = message.wire(self.account.team) | more
        ts = self.workspace.next_ts()
        await self._happens(payloads.message_changed(channel, before, after, ts))

    async def _happens(self, inner: Mapping[str, Any]) -> None:
        await self.server.deliver("events_api", payloads.event(self.workspace, self.account.team, inner))

    def _upload(self, name: str, data: bytes) -> dict[str, Any]:
        id_ = self.workspace.next_id("F")
        address = f"{self.server.url}/files-pri/{self.account.team}-{id_}/{name}"
        file = {"id": id_, "name": name, "title": name, "size": len(data), "user": self.account.id}
        kind = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
        file |= {
            "mimetype": kind,
            "filetype": name.rpartition(".")[2],
            "mode": "hosted",
            "is_external": False,
        }
        file |= {"url_private": address, "url_private_download": address}
        self.workspace.files[id_], self.workspace.contents[id_] = file, data
        return file

    def _typed(self, text: str) -> str:
        """What the client makes of names in a command that is typed (`should_escape`)."""
        by_name = {account.name: account for account in self.workspace.accounts.values()}
        rooms = {channel.name: channel for channel in self.workspace.channels.values()}

        def person(found: re.Match[str]) -> str:
            account = by_name.get(found[1])
            return f"<@{account.id}|{account.name}>" if account else found[0]

        def room(found: re.Match[str]) -> str:
            channel = rooms.get(found[1])
            return f"<#{channel.id}|{channel.name}>" if channel else found[0]

        return re.sub(r"#([\w-]+)", room, re.sub(r"@(\w+)", person, _escaped(text)))


def _escaped(text: str) -> str:
    if text.startswith("<@"):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _options(control: Control, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    by_label = {each["text"]["text"].casefold(): each for each in control.element.get("options", ())}
    return [by_label[label.casefold()] for label in labels if label.casefold() in by_label]

"""A form as a dialog: one page at a time, mistakes shown in place, no typed text lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from adapters.terminal.limits import LIMITS
from adapters.terminal.playground.fields import QuestionField
from adapters.terminal.playground.user_actions import FormSent
from adapters.terminal.render import harmless
from adapters.terminal.screen import page_of
from adapters.terminal.workspace import Dialog
from bot.chat.forms import pages_of
from bot.chat.language import as_text

__all__ = ["FormAside", "FormScreen"]

_FRAME_LINES = 12
"""Lines of the dialog around its questions: border, title, progress, buttons, margins."""


class FormScreen(ModalScreen[None]):
    """The open form of an account."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "put_aside"),
        Binding("ctrl+s", "send"),
    ]

    @dataclass
    class PutAside(TextualMessage):
        """The form is to be left for later, with what was typed; `page` is where to continue."""

        texts: dict[str, str]
        page: int
        stay: bool

    def __init__(self, dialog: Dialog) -> None:
        super().__init__()
        self.dialog = dialog

    def compose(self) -> ComposeResult:
        """Yield title, progress, the page's questions, the buttons."""
        opened = self.dialog.opened
        pages = pages_of(opened.form, LIMITS.form_questions)
        page = page_of(opened)
        with Vertical(id="dialog"):
            yield Static(Content(harmless(as_text(opened.form.title))), id="title")
            if len(pages) > 1:
                steps = f"Page {opened.page + 1} of {len(pages)}: {harmless(as_text(page.title))}"
                yield Static(Content(steps), id="progress")
            with VerticalScroll(id="questions", can_focus=False):
                if opened.form.notice:
                    yield Static(Content(harmless(as_text(opened.form.notice))), id="notice")
                yield Static(Content(self._other_errors()), id="problem", classes="error")
                for question in page.questions:
                    name = question.name
                    values, errors = opened.values, opened.errors
                    yield QuestionField(question, values.get(name, ""), errors.get(name, ""))
            with Horizontal(id="buttons"):
                send = opened.form.submit if len(pages) == 1 else "Continue"
                yield Button(Content(harmless(as_text(send))), id="send", classes="primary", compact=True)
                if opened.page:
                    yield Button("Back", id="back", compact=True)
                yield Button("Put aside", id="aside", compact=True)
                yield Static("Ctrl+S sends, Esc puts aside", id="keys")

    def on_mount(self) -> None:
        """Go to the first mistake, or the first question."""
        self.query_one("#problem").display = bool(self._other_errors())
        fields = list(self.query(QuestionField))
        wrong = [field for field in fields if field.question.name in self.dialog.opened.errors]
        for field in (wrong or fields)[:1]:
            field.focus_answer()
            self.call_after_refresh(field.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """Keep the buttons on the screen: the questions scroll in the room that is left."""
        self.query_one("#questions").styles.max_height = max(self.size.height - _FRAME_LINES, 5)

    async def show(self, dialog: Dialog) -> None:
        """Bring the screen to the dialog's present state: another page, or the mistakes in this page."""
        before, self.dialog = self.dialog, dialog
        same = (before.opened.form, before.opened.subject, before.opened.page)
        if same != (dialog.opened.form, dialog.opened.subject, dialog.opened.page):
            await self.recompose()
            self.on_resize()
            self.on_mount()
            return
        errors = dialog.opened.errors
        if errors == before.opened.errors or dialog.submitted:
            return
        for field in self.query(QuestionField):
            field.tell_error(errors.get(field.question.name, ""))
        self.query_one("#problem", Static).update(Content(self._other_errors()))
        self.on_mount()

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the page's fields, by question name."""
        return {field.question.name: field.text for field in self.query(QuestionField)}

    def _other_errors(self) -> str:
        here = {question.name for question in page_of(self.dialog.opened).questions}
        errors = self.dialog.opened.errors
        return "\n".join(harmless(as_text(reason)) for name, reason in errors.items() if name not in here)

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.query(QuestionField))
        if fields and event.input in fields[-1].children:
            self.action_send()
        else:
            self.focus_next()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "send":
            self.action_send()
        elif event.button.id == "back":
            self._leave(self.dialog.opened.page - 1, stay=True)
        else:
            self.action_put_aside()

    def action_send(self) -> None:
        """Send the page, unless a file it names is not there."""
        wrong = [field for field in self.query(QuestionField) if field.check()]
        for field in wrong:
            field.tell_error(field.check())
        if wrong:
            wrong[0].focus_answer()
            return
        self.post_message(FormSent(self.dialog.opened.form.id, self.texts))

    def action_put_aside(self) -> None:
        """Leave the form for later."""
        self._leave(self.dialog.opened.page, stay=False)

    def _leave(self, page: int, *, stay: bool) -> None:
        self.post_message(self.PutAside(self.texts, page, stay))


class FormAside(Horizontal):
    """A line that says which form waits, with the buttons `#go-on` and `#discard`."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Static()

    def compose(self) -> ComposeResult:
        """Yield the words, and the buttons."""
        yield self._words
        yield Button("Go on", id="go-on", classes="primary", compact=True)
        yield Button("Discard", id="discard", compact=True)

    def tell(self, dialog: Dialog | None) -> None:
        """Show the form that was put aside, or nothing."""
        self.display = dialog is not None
        if dialog:
            title = harmless(as_text(dialog.opened.form.title))
            self._words.update(Content(f"“{title}” is still open, with what you typed."))

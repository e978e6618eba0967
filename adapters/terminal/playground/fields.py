"""A question of a form on the screen: its words, the input for its answer, and its mistake."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, RadioButton, RadioSet, Select, SelectionList, Static, TextArea

from adapters.terminal.files import file_at
from adapters.terminal.playground.theme import one_line
from adapters.terminal.render import harmless
from adapters.terminal.screen import is_file, is_many
from bot.chat.answers import Option
from bot.chat.forms import Question, picked
from bot.chat.language import as_text

__all__ = ["QuestionField"]

_MOST_RADIOS = 6
_YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class QuestionField(Vertical):
    """A question and its answer, as text: for selects the values of the chosen options."""

    def __init__(self, question: Question, text: str, error: str) -> None:
        super().__init__(classes="field")
        self.question = question
        self._text = text
        self._error = error

    def compose(self) -> ComposeResult:
        """Yield the label, the question itself, the answer, the reason of a refusal."""
        ask = self.question.ask
        optional = "" if self.question.required else "  optional"
        yield Static(
            Content.assemble((harmless(as_text(ask.label)), "bold"), (optional, "$faint")), classes="label"
        )
        said = " ".join(harmless(as_text(words)) for words in (ask.prompt, ask.hint) if words != ask.label)
        if said.strip():
            yield Static(Content(said), classes="prompt")
        yield self._answer()
        error = Static(Content(harmless(self._error)), classes="error")
        error.display = bool(self._error)
        yield error

    def on_mount(self) -> None:
        """Keep the cursor from blinking."""
        answer = self.children[-2]
        if isinstance(answer, Input | TextArea):
            answer.cursor_blink = False

    def tell_error(self, error: str) -> None:
        """Show what is wrong, or nothing."""
        line = self.query_one(".error", Static)
        line.update(Content(harmless(error)))
        line.display = bool(error)

    def check(self) -> str:
        """Return the mistake that this machine can see: a path without a file."""
        text = self.text.strip()
        missing = is_file(self.question) and text and file_at(text) is None
        return "There is no file at this path." if missing else ""

    def focus_answer(self) -> None:
        """Focus the input of the answer."""
        self.children[-2].focus()

    @property
    def text(self) -> str:
        """The present answer."""
        answer = self.children[-2]
        match answer:
            case Input():
                return answer.value
            case TextArea():
                return answer.text
            case SelectionList():
                chosen = set(answer.selected)
                return ", ".join(o.value for o in self._options if o.value in chosen)
            case RadioSet():
                return self._options[answer.pressed_index].value if answer.pressed_index >= 0 else ""
            case Select():
                return answer.value if isinstance(answer.value, str) else ""
            case _:
                return ""

    @property
    def _options(self) -> tuple[Option, ...]:
        if self.question.ask.kind == "yes_no":
            return _YES_NO
        return self.question.ask.options

    def _answer(self) -> Widget:
        question, text = self.question, self._text
        if question.ask.kind == "long":
            return TextArea(
                text, soft_wrap=True, tab_behavior="focus", placeholder=as_text(question.ask.example)
            )
        options = self._options
        if is_file(question):
            return self._file(text)
        if not options:
            return Input(text, placeholder=as_text(question.ask.example))
        chosen = self._chosen(text)
        if is_many(question):
            rows = [(_words(o), o.value, o.value in chosen) for o in options]
            return SelectionList[str](*rows, compact=True)
        if len(options) <= _MOST_RADIOS:
            buttons = (RadioButton(_words(o), o.value in chosen) for o in options)
            return RadioSet(*buttons, compact=True)
        value = chosen[0] if chosen else Select.NULL
        return Select([(harmless(as_text(o.label)), o.value) for o in options], value=value)

    def _file(self, text: str) -> Input:
        """Return the input for the path of a file; an earlier file stays if nothing is typed."""
        here = file_at(text)
        stays = text and not here
        hint = (
            f"{one_line(text)} is attached; another path replaces it"
            if stays
            else "path of a file on this machine"
        )
        return Input(text if here else "", placeholder=hint)

    def _chosen(self, text: str) -> tuple[str, ...]:
        if self.question.ask.kind == "yes_no":
            return tuple(o.value for o in _YES_NO if o.value == text.strip().casefold())
        return picked(self.question, text)


def _words(option: Option) -> Content:
    described = f"  {harmless(as_text(option.description))}" if option.description else ""
    return Content.assemble(harmless(as_text(option.label)), (described, "$muted"))

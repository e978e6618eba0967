"""Forms as Discord's dialogs (modals): a page becomes a modal, and a submitted modal becomes texts again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from adapters.discord.commands import PLATFORM, TEXT_CHANNELS
from adapters.discord.limits import LIMITS
from adapters.discord.markdown import escape
from adapters.discord.render import Component, option
from bot.chat.adapter import OpenedForm
from bot.chat.answers import FileRef, Option
from bot.chat.events import Place, UserRef, parse_destination
from bot.chat.forms import Page, Question, pages_of, picked
from bot.chat.language import Language, as_text
from bot.chat.languages import language_for
from bot.chat.rendering.fragments import shorten
from bot.chat.sentences import say
from bot.chat.values import replace

__all__ = ["Submitted", "file_ref", "modal_of", "read_modal"]

_SELECT, _INPUT, _USER, _CHANNEL, _TEXT, _LABEL = 3, 4, 5, 8, 10, 18
_UPLOAD, _RADIO, _CHECKS = 19, 21, 22
_SHORT, _LONG = 1, 2
_MOST_IN_GROUP: Final = 10
"""Options that a radio or checkbox group shows at once; more are a select
(docs.discord.com/developers/components/reference)."""

_ONE: Final = 2
"""The fewest options of a radio group."""

_MODAL_ID: Final = re.compile(
    r"form:(?P<form>[^:]*):(?P<page>-?[0-9]{1,18})(?:\.(?P<draft>[0-9]{1,18}))?(?:\.(?P<button>[0-9a-z]{1,8}))?"
    r":(?P<subject>.*)",
    re.DOTALL,
)
_PLACEHOLDER: Final = 100  # characters that a text input shows before the person types

_PLAIN: Final = replace(LIMITS, escaped=MappingProxyType({}))
"""The limits of a dialog's own words: they are no markdown, so nothing in them is escaped."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted page: what was typed or chosen by question name, and the files by name.

    `button` marks the button that opened it, "" for none; Discord itself names that button's message.
    """

    form: str
    subject: str
    page: int
    values: dict[str, str | tuple[str, ...]]
    files: dict[str, tuple[FileRef, ...]]
    draft: int = 0
    button: str = ""


def modal_of(opened: OpenedForm) -> Component:
    """Return the modal of a form's page; it carries back keys, no rights."""
    language = language_for(opened.language)
    page = pages_of(opened.form, LIMITS.form_questions)[opened.page]
    # A person who has a draft has read it.
    notice = opened.form.notice
    room = len(page.questions) < (LIMITS.form_questions or len(page.questions) + 1)
    said = [""] * len(page.questions) if room else _spread(as_text(notice), page, language)
    labels = [_label(each, opened, line, language) for each, line in zip(page.questions, said, strict=True)]
    button = f".{opened.origin.button}" if opened.origin else ""
    first = [{"type": _TEXT, "content": escape(as_text(notice))}] if notice and room else []
    return {
        "custom_id": f"form:{opened.form.id}:{opened.page}.{opened.draft}{button}:{opened.subject}",
        "title": shorten(as_text(page.title), LIMITS.form_title, _PLAIN),
        "components": [*first, *labels],
    }


def _spread(notice: str, page: Page, language: Language) -> list[str]:
    """Return the notice's sentences by the questions that show them; "" for most.

    A modal has five components in all: beside five questions there is no room for a separate text. The
    sentences are placed where nothing is lost: under a question without advice, or where the advice fits into
    a text field.
    """
    lines: list[str] = []
    most = LIMITS.question_hint or len(notice)
    for sentence in re.split(r"(?<=\.) ", notice) if notice else ():
        if lines and len(lines[-1]) + 1 + len(sentence) <= most:
            lines[-1] += f" {sentence}"
        else:
            lines.append(sentence)
    order = sorted(range(len(page.questions)), key=lambda at: _cost(page.questions[at], language))
    places = sorted(order[: len(lines)])
    said = dict(zip(places, lines, strict=False))
    return [said.get(at, "") for at in range(len(page.questions))]


def _advice(question: Question) -> str:
    """Return the text under a question's label: its hint, or the question where its label is shorter."""
    ask = question.ask
    return as_text(ask.hint or (ask.prompt if ask.prompt != ask.label else ""))


def _within(question: Question, advice: str, language: Language) -> str:
    """Return what a text field shows until the person types: advice without a place, and the example."""
    example = as_text(question.ask.example)
    both = advice or example
    if advice and example:
        both = f"{advice} {language.text(say('For example: {example}', example=example))}"
    return both if len(both) <= _PLACEHOLDER else advice or example


def _cost(question: Question, language: Language) -> tuple[int, bool]:
    """Return how much is lost where another line replaces a question's advice, for comparison."""
    advice, example = _advice(question), as_text(question.ask.example)
    if not advice:
        return 0, False
    if "style" not in _component(question, "", "", language):  # a list or a file shows no words
        return 3, bool(question.ask.hint)
    whole = example in _within(question, advice, language)
    return (1 if whole and len(advice) <= _PLACEHOLDER else 2), bool(question.ask.hint)


def _label(question: Question, opened: OpenedForm, said: str, language: Language) -> Component:
    """Return a question with its field; `said` replaces the advice, which a text field then shows itself."""
    ask, text = question.ask, opened.values.get(question.name, "")
    advice = _advice(question)
    hint = opened.errors.get(question.name) or said or advice
    if ask.kind == "file" and text:
        hint = language.text("There is a file already; another one takes its place.")
    elif len(text) > (LIMITS.answer or len(text)):
        longer = "Your answer is longer than fits here: change it in our direct messages instead."
        hint = language.text(longer)
    made: Component = {
        "type": _LABEL,
        "label": as_text(ask.label)[: LIMITS.question_label],
        "component": _component(question, text, advice if said else "", language),
    }
    if hint:
        made["description"] = shorten(as_text(hint), LIMITS.question_hint, _PLAIN)
    return made


def _yes_no(language: Language) -> tuple[Option, ...]:
    return Option("yes", language.text("Yes")), Option("no", language.text("No"))


def _component(question: Question, text: str, advice: str, language: Language) -> Component:
    made: Component = {"custom_id": question.name, "required": question.required}
    kind, options = question.ask.kind, question.ask.options
    if kind == "file":
        return {**made, "type": _UPLOAD, "required": question.required and not text, "max_values": 1}
    if kind == "channel":
        return made | _channel(question, text)
    if kind == "person":
        return made | _person(question, text)
    if kind == "yes_no":
        return made | _choice(question, _yes_no(language), text)
    if kind in {"choice", "choices"} and 0 < len(options) <= (LIMITS.options or len(options)):
        return made | _choice(question, options, text)
    made |= {"type": _INPUT, "style": _LONG if kind == "long" else _SHORT}
    if shown := _within(question, advice, language):
        made["placeholder"] = shorten(shown, _PLACEHOLDER, _PLAIN)
    if text and len(text) <= (LIMITS.answer or len(text)):
        made["value"] = text
    return made | _lengths(question, text)


def _lengths(question: Question, text: str) -> Component:
    """Return a text field's length limits; its present text must keep within them."""
    if question.ask.kind not in {"text", "long"}:
        return {}
    most, length = LIMITS.answer or 0, len(text.encode("utf-16-le")) // 2  # as Discord counts
    made: Component = {}
    if question.max_length is not None and length <= question.max_length:
        made["max_length"] = min(question.max_length, most)
    if question.required and question.min_length and not 0 < len(text) < question.min_length:
        made["min_length"] = min(question.min_length, most)
    return made


def _channel(question: Question, text: str) -> Component:
    """Return a list of the server's channels; `text` is `str(Place)` of the chosen one, or empty."""
    made: Component = {
        "type": _CHANNEL,
        "channel_types": list(TEXT_CHANNELS),
        "min_values": int(question.required),
        "max_values": 1,
    }
    with suppress(ValueError):
        place = parse_destination(text)
        if isinstance(place, Place) and place.platform == PLATFORM and place.kind == "channel":
            made["default_values"] = [{"id": place.id, "type": "channel"}]
    return made


def _person(question: Question, text: str) -> Component:
    """Return a list of the server's members; `text` is `str(UserRef)` of the chosen one, or empty."""
    made: Component = {"type": _USER, "min_values": int(question.required), "max_values": 1}
    with suppress(ValueError):
        user = parse_destination(text)
        if isinstance(user, UserRef) and user.platform == PLATFORM:
            made["default_values"] = [{"id": user.id, "type": "user"}]
    return made


def _choice(question: Question, options: tuple[Option, ...], text: str) -> Component:
    many = question.ask.kind == "choices"
    chosen = picked(question, text)
    if question.ask.kind == "yes_no":
        chosen = tuple(each.value for each in options if each.value == text.strip().casefold())
    drawn = [_option(each) | ({"default": True} if each.value in chosen else {}) for each in options]
    least = int(question.required)
    if many and len(options) <= _MOST_IN_GROUP:
        return {"type": _CHECKS, "options": drawn, "min_values": least, "max_values": len(drawn)}
    if not many and _ONE <= len(options) <= _MOST_IN_GROUP:
        return {"type": _RADIO, "options": drawn}
    most = len(drawn) if many else 1
    return {"type": _SELECT, "options": drawn, "min_values": least, "max_values": most}


def _option(each: Option) -> Component:
    """Return an option within Discord's limits; a label that is too long continues in its description."""
    label = as_text(each.label)
    most = LIMITS.option_label or len(label)
    if len(label) <= most:
        return option(Option(each.value, label, as_text(each.description)[: LIMITS.option_description]))
    rest = "…" + label[most - 1 :]
    return option(Option(each.value, label[: most - 1] + "…", rest[: LIMITS.option_description]))


def read_modal(data: Mapping[str, Any], guild: str) -> Submitted | None:
    """Read what was submitted in this server ("" in a DM); None for a modal of another app."""
    found = _MODAL_ID.fullmatch(str(data.get("custom_id", "")))
    if found is None:
        return None
    values: dict[str, str | tuple[str, ...]] = {}
    files: dict[str, tuple[FileRef, ...]] = {}
    attached = (data.get("resolved") or {}).get("attachments") or {}
    for part in data.get("components") or ():
        inner = part.get("component") or {}
        name = str(inner.get("custom_id") or "")
        if inner.get("type") == _UPLOAD:
            given = _files(inner.get("values") or (), attached)
            if given:
                files[name] = given
            values[name] = ""
        elif name:
            values[name] = _value(inner, guild)
    page, draft = int(found["page"]), int(found["draft"] or 0)
    return Submitted(found["form"], found["subject"], page, values, files, draft, found["button"] or "")


def _value(inner: Mapping[str, Any], guild: str) -> str | tuple[str, ...]:
    if inner.get("type") == _INPUT:
        return str(inner.get("value") or "")
    if inner.get("type") in {_CHANNEL, _USER}:
        chosen = str(next(iter(inner.get("values") or ()), ""))
        is_channel = inner["type"] == _CHANNEL
        reference = Place(PLATFORM, guild, chosen) if is_channel else UserRef(PLATFORM, chosen)
        return str(reference) if chosen else ""
    if "values" in inner:
        return tuple(str(each) for each in inner["values"] or ())
    return (str(inner["value"]),) if inner.get("value") else ()


def _files(ids: Sequence[Any], attached: Mapping[str, Any]) -> tuple[FileRef, ...]:
    return tuple(file_ref(attached[str(each)]) for each in ids if str(each) in attached)


def file_ref(file: Mapping[str, Any]) -> FileRef:
    """Return an attachment's FileRef; its id is its address, which Discord has signed for a day."""
    name, size = str(file.get("filename") or "file"), int(file.get("size") or 0)
    return FileRef(str(file.get("url") or ""), name, size, str(file.get("content_type") or ""))

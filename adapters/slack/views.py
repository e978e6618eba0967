"""Forms as Slack's dialogs (modals): a page becomes a view, and a submitted view becomes texts again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from adapters.slack.limits import LIMITS
from adapters.slack.options import PLATFORM
from adapters.slack.render import option, plain
from adapters.slack.rich_text import Element, rich_text
from bot.chat.adapter import OpenedForm
from bot.chat.answers import Option
from bot.chat.content import Plain
from bot.chat.events import Place, UserRef, parse_destination
from bot.chat.forms import Page, Question, pages_of, picked
from bot.chat.language import Language, as_text
from bot.chat.languages import language_for
from bot.chat.rendering.fragments import shorten
from bot.chat.sentences import say
from bot.chat.values import replace

__all__ = ["BACK", "Submitted", "home", "read_view", "view_of"]

BACK: Final = "form-back"
"""The action_id of the button that leads to the page before."""

_FORM: Final = "form:"
_LARGEST_NUMBER: Final = 10**18  # of a number that a client sends back; it fits a 64-bit column
_MOST_SHOWN_AT_ONCE: Final = 6
"""Options that are shown all at once; more are a select."""

_BACK: Final = say("Back", context="button")
_CLOSE: Final = say("Close", context="dialog")
_NEXT: Final = say("Next", context="button")
_REVIEW: Final = say("Review", context="button")
_SAVE: Final = say("Save", context="dialog")

_PLAIN: Final = replace(LIMITS, escaped=MappingProxyType({}))
"""The limits of a dialog's own words, in which nothing is escaped."""

_TITLE: Final = 24
_ANSWER: Final = 3000
_KEPT_ANSWER_ID: Final = "kept"
"""The action_id of an input beside an answer that the input cannot show."""

_MOST_OPTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted page: what was typed or chosen by question name, and Slack's file objects by name.

    `place` is where the form was opened, as the view kept it; `message` the timestamp of the message whose
    button opened it, `button` the mark of that, `response_url` where that message is replaced, "" for none.
    `spare_url`: where an answer is shown, in the direct messages, if messages to its person are refused.
    """

    form: str
    subject: str
    page: int
    place: str
    values: dict[str, str | tuple[str, ...]]
    files: dict[str, list[dict[str, Any]]]
    draft: int = 0
    message: str = ""
    button: str = ""
    response_url: str = ""
    spare_url: str = ""


def view_of(opened: OpenedForm, place: Place, response_url: str = "") -> Element:
    """Return the view of a form's page, opened in `place`; it carries back keys, no rights.

    `response_url` is that of the press that opened it.
    """
    form, language = opened.form, language_for(opened.language)
    pages = pages_of(form, LIMITS.form_questions)
    page = pages[opened.page]
    blocks: list[Element] = []
    if opened.turns:
        step = say("Page {number} of {pages}", number=opened.page + 1, pages=len(pages))
        blocks.append({"type": "context", "elements": [plain(language.text(step))]})
    if form.notice:
        blocks.append(rich_text((as_text(form.notice),)))
    if len(as_text(page.title)) > _TITLE:
        blocks.append(rich_text(("**", Plain(as_text(page.title)), "**")))
    for question in page.questions:
        if reason := opened.errors.get(question.name):
            blocks.append(rich_text(("**", Plain(as_text(reason)), "**")))
        blocks.append(_input(question, opened.values.get(question.name, ""), language))
    if opened.turns and opened.page:
        back = {"type": "button", "action_id": BACK, "text": plain(language.text(_BACK))}
        blocks.append({"type": "actions", "elements": [back]})
    return {
        "type": "modal",
        "callback_id": f"{_FORM}{form.id}",
        "private_metadata": _kept(opened, place, response_url),
        "title": plain(_short(as_text(page.title))),
        "submit": plain(_short(_submit(opened, pages, language))),
        "close": plain(_short(language.text(_CLOSE))),
        "blocks": blocks,
    }


def _kept(opened: OpenedForm, place: Place, response_url: str) -> str:
    """Return what a view stores of where it belongs."""
    kept: list[str | int] = [opened.subject, opened.page, place.id, opened.draft]
    if opened.origin:
        kept += [opened.origin.message.id, opened.origin.button]
    if opened.origin and opened.replaces:
        kept.append(response_url)
    elif place.kind == "dm" and response_url:
        kept += ["", "", "", response_url][len(kept) - len(("subject", "page", "place", "draft")) :]
    return json.dumps(kept)


def _submit(opened: OpenedForm, pages: Sequence[Page], language: Language) -> str:
    """Return the label of the button that sends the page: after the last of several comes a review."""
    if opened.turns:
        return language.text(_NEXT if opened.page + 1 < len(pages) else _REVIEW)
    alone = opened.page >= 0 and len(pages) == 1
    return as_text(opened.form.submit) if alone else language.text(_SAVE)


def _short(words: str) -> str:
    return shorten(words, _TITLE, _PLAIN)


def _input(question: Question, text: str, language: Language) -> Element:
    block: Element = {
        "type": "input",
        "block_id": question.name,
        "label": plain(as_text(question.ask.label)),
        "optional": not question.required,
        "element": _element(question, text, language),
    }
    if _stays(question, text):
        block["optional"] = True
        block["element"]["action_id"] = _KEPT_ANSWER_ID
    if hint := _hint(question, text, language):
        block["hint"] = plain(hint)
    return block


def _stays(question: Question, text: str) -> bool:
    """Return whether there is an answer that its input cannot show; left empty, the input changes nothing."""
    return bool(text) if question.ask.kind == "file" else len(text) > _ANSWER


def _hint(question: Question, text: str, language: Language) -> str:
    ask, stays = question.ask, ""
    asked = ask.prompt if ask.prompt != ask.label else ""
    if ask.kind == "file" and text:
        stays = language.text("There is a file already; another one takes its place.")
    elif len(text) > _ANSWER:
        longer = "Your answer is longer than a dialog takes; it stays unless you write something else here."
        stays = language.text(longer)
    return " ".join(as_text(words) for words in (asked, ask.hint, stays) if words)


def _element(question: Question, text: str, language: Language) -> Element:
    ask = question.ask
    options = _yes_no(language) if ask.kind == "yes_no" else ask.options
    if ask.kind == "file":
        return {"type": "file_input", "action_id": "file", "max_files": 1}
    if ask.kind == "channel":
        return _channel(text, language)
    if ask.kind == "person":
        return _person(text, language)
    if ask.kind in {"choice", "choices", "yes_no"} and 0 < len(options) <= _MOST_OPTIONS:
        return _pick(question, options, text, language)
    element: Element = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": ask.kind == "long",
        "max_length": _ANSWER,
    }
    if ask.kind in {"text", "long"}:  # elsewhere the length is of a part of it, such as one skill
        element["max_length"] = min(question.max_length or _ANSWER, _ANSWER)
        if question.required and question.min_length and not 0 < len(text) < question.min_length:
            element["min_length"] = min(question.min_length, _ANSWER)
    if text and len(text) <= element["max_length"]:
        element["initial_value"] = text
    if ask.example:
        element["placeholder"] = plain(as_text(ask.example)[: LIMITS.placeholder])
    return element


def _yes_no(language: Language) -> tuple[Option, ...]:
    return Option("yes", language.text("Yes")), Option("no", language.text("No"))


def _channel(text: str, language: Language) -> Element:
    """Return a list of the workspace's channels; `text` is `str(Place)` of the chosen one, or empty."""
    element: Element = {
        "type": "conversations_select",
        "action_id": "channel",
        "placeholder": plain(language.text("Choose a channel")),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    with suppress(ValueError):
        place = parse_destination(text)
        if isinstance(place, Place) and place.platform == PLATFORM and place.kind == "channel":
            element["initial_conversation"] = place.id
    return element


def _person(text: str, language: Language) -> Element:
    """Return a list of the workspace's people; `text` is `str(UserRef)` of the chosen one, or empty."""
    element: Element = {
        "type": "users_select",
        "action_id": "person",
        "placeholder": plain(language.text("Choose a person")),
    }
    with suppress(ValueError):
        user = parse_destination(text)
        if isinstance(user, UserRef) and user.platform == PLATFORM:
            element["initial_user"] = user.id.partition(".")[2]
    return element


def _pick(question: Question, options: tuple[Option, ...], text: str, language: Language) -> Element:
    many = question.ask.kind == "choices"
    chosen = picked(question, text)
    if question.ask.kind == "yes_no":
        chosen = tuple(each.value for each in options if each.value == text.strip().casefold())
    few = len(options) <= _MOST_SHOWN_AT_ONCE
    drawn = {each.value: _option(each) for each in options}
    element: Element = {
        "type": ("checkboxes" if few else "multi_static_select")
        if many
        else ("radio_buttons" if few else "static_select"),
        "action_id": "pick",
        "options": list(drawn.values()),
    }
    if chosen and many:
        element["initial_options"] = [drawn[value] for value in chosen]
    elif chosen:
        element["initial_option"] = drawn[chosen[0]]
    if not few:
        element["placeholder"] = plain(language.text("Choose"))
    return element


def _option(each: Option) -> Element:
    """Return an option within Slack's limits; a label that is too long continues in its description."""
    label = as_text(each.label)
    most = LIMITS.option_label or len(label)
    if len(label) <= most:
        return option(Option(each.value, label, as_text(each.description)[: LIMITS.option_description]))
    rest = "…" + label[most - 1 :]
    return option(Option(each.value, label[: most - 1] + "…", rest[: LIMITS.option_description]))


def read_view(view: Mapping[str, Any], team: str) -> Submitted | None:
    """Return what was submitted in this workspace; None for a view of another app."""
    callback = str(view.get("callback_id", ""))
    if not callback.startswith(_FORM):
        return None
    try:
        # A view from before drafts were named in it has three; a view that no message's button opened has
        # four.
        kept = list(json.loads(str(view.get("private_metadata", ""))))
        kept += (0, "", "", "", "")[max(len(kept), 3) - 3 :]
        subject, page, place, draft, message, button, response_url, spare_url = kept[:8]
        page, draft = int(page), int(draft)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if max(abs(page), abs(draft)) > _LARGEST_NUMBER:
        return None
    values: dict[str, str | tuple[str, ...]] = {}
    files: dict[str, list[dict[str, Any]]] = {}
    for name, elements in view.get("state", {}).get("values", {}).items():
        for action_id, element in elements.items():
            if action_id == _KEPT_ANSWER_ID and not (element.get("files") or element.get("value")):
                continue
            if element.get("type") == "file_input":
                files[name] = list(element.get("files") or ())
                values[name] = ""
            else:
                values[name] = _value(element, team)
    form, origin = callback.removeprefix(_FORM), (str(message), str(button))
    ways = (str(response_url), str(spare_url))
    return Submitted(form, str(subject), page, str(place), values, files, draft, *origin, *ways)


def _value(element: Mapping[str, Any], team: str) -> str | tuple[str, ...]:
    if channel := element.get("selected_conversation"):
        return str(Place(PLATFORM, team, str(channel)))
    if user := element.get("selected_user"):
        return str(UserRef(PLATFORM, f"{team}.{user}"))
    if "selected_options" in element:
        return tuple(str(each["value"]) for each in element["selected_options"] or ())
    if "selected_option" in element:
        chosen = element["selected_option"]
        return (str(chosen["value"]),) if chosen else ()
    return str(element.get("value") or "")


def home(blocks: list[Element]) -> Element:
    """Return a person's own page; Slack takes a hundred blocks of it."""
    return {"type": "home", "blocks": blocks}

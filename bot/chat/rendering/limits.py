"""The limits of a platform: one table per adapter, read by the splitter and by forms.

A length is counted as `cost` counts it, on the side of too much: in UTF-16 units, and with every
character a renderer may have to escape at its escaped length. None is no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from types import MappingProxyType

__all__ = ["Limits", "cost", "costs"]

NOTHING_ESCAPED: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of one platform: lengths by `cost`, counts of things. None is no limit.

    Attributes:
        message_text: all words of a message together (buttons and selects not counted).
        message_size: all that is in a message together: words, labels, options, actions, addresses.
        blocks: blocks of a message; a group of buttons or a select is one.
        components: a message's blocks, with each button and each select counted besides its group.
        files: files of a message.
        text: one Text or Note, or one block of Fields together.
        heading: a Heading.
        fields: rows in one block of Fields. `field_label`, `field_value`: one row's two sides.
        buttons: buttons in one group.
        button_label, button_url: a button's label, and its address.
        action: an action id; `bot.chat.content.action_id` keeps every id within all platforms' limits.
        options: options of one select. `option_label`, `option_description`: their words.
        option_value: what a chosen option gives back; the code that makes options keeps within it.
        placeholder: what a select shows before anything is chosen.
        image_url, image_alt: a picture's address and description.
        form_title, form_submit: a dialog page's title and its button.
        form_questions: questions on one page of a dialog.
        question_label, question_hint: a question's name and its line of advice in a dialog.
        answer: the longest text typed into one question of a dialog.
        suggestions: answers to Suggest at once.
        moment: what a Moment may take beyond its words: the markup that gives the reader's own zone.
        space: what the platform calls a space, in a sentence.
        escaped: rendered length of the characters that become longer; a line break pays for the
            marks that a renderer puts before a line.
    """

    message_text: int | None = None
    message_size: int | None = None
    blocks: int | None = None
    components: int | None = None
    files: int | None = None
    text: int | None = None
    heading: int | None = None
    fields: int | None = None
    field_label: int | None = None
    field_value: int | None = None
    buttons: int | None = None
    button_label: int | None = None
    button_url: int | None = None
    action: int | None = None
    options: int | None = None
    option_label: int | None = None
    option_description: int | None = None
    option_value: int | None = None
    placeholder: int | None = None
    image_url: int | None = None
    image_alt: int | None = None
    form_title: int | None = None
    form_submit: int | None = None
    form_questions: int | None = None
    question_label: int | None = None
    question_hint: int | None = None
    answer: int | None = None
    suggestions: int | None = None
    moment: int = 0
    space: str = "space"
    escaped: Mapping[str, int] = field(default_factory=lambda: NOTHING_ESCAPED, hash=False)


def cost(words: str, limits: Limits) -> int:
    """Return the most that these words may come to when they are rendered."""
    plain = len(words) if words.isascii() else len(words.encode("utf-16-le", "surrogatepass")) // 2
    for character, length in limits.escaped.items():
        if character in words:
            plain += words.count(character) * (length - 1)
    return plain


def costs(words: str, limits: Limits) -> list[int]:
    """Return the `cost` of the first n characters, for n from 0 to all of them."""
    escaped = limits.escaped
    each = (escaped.get(character, 2 if character > "\uffff" else 1) for character in words)
    return list(accumulate(each, initial=0))

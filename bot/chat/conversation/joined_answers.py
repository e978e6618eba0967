"""One answer in several messages: people press Enter in mid-thought, and go on in the next message."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.answers import Understood
from bot.chat.answers.links import read_link
from bot.chat.conversation.draft import Draft, MessageSource
from bot.chat.conversation.inputs import Said
from bot.chat.conversation.prompts import Scene, joined_message, joined_nothing
from bot.chat.conversation.steps import Say, Step, put_at, read_sources, show_place, store_answer
from bot.chat.forms import Question
from bot.chat.language import as_text
from bot.chat.values import replace

__all__ = ["JOINING", "join"]

JOINING: Final = timedelta(seconds=3)
"""A message this soon after the last one goes on with it."""

_CONTINUED: Final = frozenset({"text", "long", "skills", "choices", "countries", "link"})
"""Kinds of answers that a second message can go on with."""

_PLAIN_ADDRESSES: Final = frozenset({"link", "email"})
"""Kinds of answers that are recognised by their form, among whatever words."""

_LISTS: Final = frozenset({"skills", "choices", "countries"})
_ANY_WORDS: Final = frozenset({"text", "long", "skills"})
"""Kinds that take whatever words come, so that taking them proves nothing."""

_FEW_WORDS: Final = 3


def join(scene: Scene, draft: Draft, entry: Said, source: MessageSource) -> Step | None:
    """Add a message to the last answer, if it goes on with it; None if it does not.

    What could not be taken is never put together with what follows it: the readers of the answer would read
    both. Nor is a message that plainly answers the question that waits added to the answer before. The last
    message once more, word for word, is no part of an answer, nor the next one: it was sent twice.
    """
    soon = draft.last_at is not None and timedelta(0) <= entry.at - draft.last_at < JOINING
    if (
        entry.files
        or draft.tried
        or not (soon or entry.unseen)
        or _is_next_answer(scene, draft, entry, source)
    ):
        return None
    question, given = scene.form.by_name.get(draft.last), draft.answers.get(draft.last)
    if question is None or given is None:
        return None
    if given.sources and given.sources[-1].text.split() == source.text.split():
        said = joined_nothing(scene, draft, question.name)
        return Step(replace(draft, last_at=entry.at), (Say(said, question.name),))
    if question.ask.kind not in _CONTINUED:
        return None
    sources = (*given.sources, source)
    read = read_sources(scene, question, sources)
    if not isinstance(read, Understood):
        return None
    if read.value == given.value:  # nothing would be added
        said = joined_nothing(scene, draft, question.name)
        return Step(draft, (Say(said, question.name),)) if question.ask.kind in _LISTS else None
    draft = store_answer(scene, draft, question, read, sources)
    if draft.at == "":
        draft = put_at(scene, draft, "")  # the review they saw is out of date
    draft = replace(draft, last=question.name, last_at=entry.at)
    says = (Say(joined_message(scene, draft, question.name), question.name),)
    return Step(draft, says if draft.at else (*says, *show_place(scene, draft).says))


def _is_next_answer(scene: Scene, draft: Draft, entry: Said, source: MessageSource) -> bool:
    """Tell whether a message is plainly the answer to the question that waits.

    Of a question that they had not seen, only an address by itself can be.
    """
    question = scene.form.by_name.get(draft.at)
    if question is None:
        return False
    words = len(source.text.split())
    if question.ask.kind in _ANY_WORDS:
        last = scene.form.by_name.get(draft.last)
        wanted = _invites_link(question) and not (last and _invites_link(last))
        return wanted and words == 1 and isinstance(read_link(source.text), Understood)
    address = question.ask.kind in _PLAIN_ADDRESSES
    if words > 1 and (entry.unseen or (words > _FEW_WORDS and not address)):
        return False
    if entry.unseen and not address:
        return False
    return isinstance(read_sources(scene, question, (source,)), Understood)


def _invites_link(question: Question) -> bool:
    """Tell whether a question for words has an address as example, so that an address alone answers it."""
    example = question.ask.example
    return len(as_text(example).split()) == 1 and isinstance(read_link(as_text(example)), Understood)

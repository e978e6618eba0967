"""Files that come with a message: kept where the form asks for one, or said to be left out."""

from __future__ import annotations

from bot.chat.answers import FileRef, Understood
from bot.chat.answers.files import why_refused
from bot.chat.content import Text, text
from bot.chat.conversation.draft import Draft, MessageSource, is_answered, numbered
from bot.chat.conversation.prompts import Scene
from bot.chat.conversation.steps import read_sources, store_answer
from bot.chat.forms import Question, as_said
from bot.chat.sentences import Command

__all__ = ["attach"]


def attach(scene: Scene, draft: Draft, source: MessageSource) -> tuple[Draft, tuple[Text, ...]]:
    """Keep the message's file in the draft where it fits; say what became of what is not asked for now.

    A file fits beside an answer in words where the form has one question for a file, still without an answer.
    """
    waiting = scene.form.by_name[draft.at]
    if not source.files:
        return draft, ()
    refused = tuple(text(why_refused(file)) for file in source.files if file.refused)
    fit = tuple(file for file in source.files if not file.refused)
    if waiting.ask.kind == "file":
        return draft, (*(refused if fit else ()), *_words_left_out(source, fit))
    asked = [question for question in scene.form.questions if question.ask.kind == "file"]
    open_ones = [question for question in asked if not is_answered(draft, question)]
    if len(fit) == 1 and len(open_ones) == 1:
        # Not by its message: editing that changes the words, and leaves the file.
        alone = MessageSource("", "", fit)
        read = read_sources(scene, open_ones[0], (alone,))
        if isinstance(read, Understood):
            label = as_said(open_ones[0].ask.label)
            kept = text("I kept “{file}” as your answer to “{question}”.", file=fit[0].name, question=label)
            return store_answer(scene, draft, open_ones[0], read, (alone,)), (*refused, kept)
    return draft, (*refused, *(_left_out(scene, file, asked) for file in fit))


def _words_left_out(source: MessageSource, fit: tuple[FileRef, ...]) -> tuple[Text, ...]:
    if not source.text.strip() or not fit:
        return ()
    return (text("I took only the file: the words that came with it are not kept."),)


def _left_out(scene: Scene, file: FileRef, asked: list[Question]) -> Text:
    if len(asked) != 1:
        return text(
            "I did not keep “{file}”, since this question takes no file. You can answer with a link to it.",
            file=file.name,
        )
    number = numbered(scene.form).index(asked[0]) + 1
    return text(
        "I did not keep “{file}”, since you have sent a file for “{question}” already. "
        "To send another one, type {edit} first.",
        file=file.name,
        question=as_said(asked[0].ask.label),
        edit=Command(f"edit {number}"),
    )

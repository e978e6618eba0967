"""One live message for each thing a conversation asks: what it says goes where it said it before.

A review is changed where it is while its buttons or a dialog change it. What else is settled loses its
buttons. Where the person has written meanwhile, the review comes again below, and the old one says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat.actions import Action, Post, Reply, Update
from bot.chat.content import (
    Buttons,
    File,
    Message,
    Moment,
    Note,
    Select,
    load_message,
    message,
    note,
)
from bot.chat.conversation import engine
from bot.chat.conversation.draft import Draft
from bot.chat.rendering.screen import in_lines
from bot.chat.sentences import Sentence, say
from bot.chat.values import replace
from bot.programme.core import keys
from bot.programme.reachability.closed_dms import unreachable
from bot.runtime.context import Context
from storage.queries import Row, outbox

__all__ = ["Placed", "Prompt", "finished", "place", "settled"]

_NOT_EDITABLE: frozenset[str] = frozenset({"failed", "withdrawn", "unknown"})
_MOST_LIVE_MESSAGES = 10
"""Messages with live buttons that a draft remembers; there are hardly ever more than two."""

_MOVED = message(note("The newest version of this is further down."))


@dataclass(frozen=True, slots=True)
class Prompt:
    """The newest question of a conversation: its key, "" if none, and its message if that is known.

    `row`: see `storage.queries.conversations.current`.
    """

    key: str
    row: Row | None = None

    def content_in(self, context: Context, key: str) -> Any | None:  # noqa: ANN401 - a message as the outbox keeps it
        """Return what a message says that can still be changed; None of any other."""
        if self.row is not None and key == self.key:
            state, content = self.row.prompt_state, self.row.prompt_message
        else:
            found = outbox.content_of(context.turn.connection, context.turn.programme_id, key)
            state, content = (found.state, found.message) if found is not None else (None, None)
        return None if state is None or state in _NOT_EDITABLE else content


@dataclass(frozen=True, slots=True)
class Placed:
    """A step's placed messages: new ones, changes of old ones, and the draft that knows which are live."""

    posts: Sequence[Post]
    changes: Sequence[Action]
    draft: Draft


def place(
    context: Context,
    before: Draft,
    after: Draft,
    says: Sequence[engine.Say],
    posts: Sequence[Post],
    entry: engine.Input,
    prompt: Prompt,
) -> Placed:
    """Place what a step says; `posts` are its `says` as separate messages, one for one."""
    review = _review_of(before, prompt.key)
    live = before.standing or ((prompt.key,) if prompt.key else ())
    over = any(say.takes_over for say in says)
    typed = isinstance(entry, engine.Said)
    if posts and not typed and after.at == "" and _is_shown(context, review):
        whole = Message(tuple(block for post in posts for block in post.message.blocks))
        others = [key for key in live if key != review] if over else []
        kept = (review,) if over else live
        changes = [Update(review, whole, again=True), *_settled_all(context, after, others, prompt)]
        return Placed((), changes, replace(after, review=review, standing=kept))
    new = tuple(post.key for post in posts if _asks(post.message))
    newest = next((p.key for p, say in zip(posts, says, strict=True) if say.review), "")
    if not over:
        return Placed(
            posts, (), replace(after, review=newest or review, standing=(*live, *new)[-_MOST_LIVE_MESSAGES:])
        )
    changes = _settled_all(context, after, [key for key in live if key != review], prompt)
    if review:
        changes += _changed(context, review, _MOVED)
    return Placed(posts, changes, replace(after, review=newest, standing=new))


def finished(
    context: Context, draft: Draft, prompt_key: str, actions: Sequence[Action], entry: engine.Input
) -> list[Action]:
    """Return what follows from a sent draft: its review becomes what was done, and nothing stays live."""
    review = _review_of(draft, prompt_key)
    changes = _settled_all(
        context, draft, [key for key in draft.standing if key != review], Prompt(prompt_key)
    )
    replies = [action for action in actions if isinstance(action, Reply)]
    blocks = tuple(block for reply in replies for block in reply.message.blocks)
    with_file = any(isinstance(block, File) for block in blocks)
    if isinstance(entry, engine.Pressed) and blocks and not with_file and _is_shown(context, review):
        rest = [action for action in actions if not isinstance(action, Reply)]
        until = tuple(key for reply in replies for key in reply.until)
        return [Update(review, Message(blocks), again=True, until=until), *changes, *rest]
    if review:
        at = Moment(context.turn.now, _zone(context))
        changes += _changed(context, review, message(note("This was done on {when}.", when=at)))
    return [*changes, *actions]


def settled(content: Message, said: Sentence | None = None) -> Message | None:
    """Take what can be pressed off a message, and add what came of it; None where nothing can be pressed."""
    if not _asks(content):
        return None
    first = next((block for block in content.blocks if isinstance(block, Note)), None)  # what it is about
    left = tuple(
        block for block in content.blocks if block is first or not isinstance(block, Buttons | Select | Note)
    )
    return Message((*left, note(said)) if said else left)


def _review_of(draft: Draft, prompt_key: str) -> str:
    """Return the key of the review shown now; of a draft that is older than this, its newest message."""
    if draft.review or draft.standing:
        return draft.review
    return prompt_key if draft.begun and draft.at == "" else ""


def _asks(content: Message) -> bool:
    return any(isinstance(block, Buttons | Select) for block in content.blocks)


def _is_shown(context: Context, key: str) -> bool:
    """Tell whether a message is, or will be, where the person who acts reads it."""
    if not key or context.turn.user is None:
        return False
    row = outbox.by_key(context.turn.connection, context.turn.programme_id, key)
    if row is None or row.destination != str(context.turn.user):
        return False
    # What waits for closed direct messages is not read there, nor is what an answer showed in its stead.
    on_its_way = row.state in {"pending", "sending"} and not unreachable(context.turn)
    return row.state == "sent" or on_its_way


def _zone(context: Context) -> str:
    turn = context.turn
    return (turn.person.zone if turn.person_id else "") or turn.programme.zone


def _settled_all(context: Context, draft: Draft, keys: Iterable[str], prompt: Prompt) -> list[Action]:
    """Take the buttons off the messages, and put the answer that a button gave to each."""
    changes = list[Action]()
    for key in keys:
        said = prompt.content_in(context, key)
        content = settled(load_message(said), _came_of(draft, key)) if said is not None else None
        if content is not None:
            changes.append(Update(key, content))
    return changes


def _came_of(draft: Draft, key: str) -> Sentence | None:
    """Say what was answered to the question of a message, where the chat does not show it anyway."""
    asked = keys.QUESTION.match(key)
    question = asked.question if asked is not None else ""
    given = draft.answers.get(question)
    if given is not None and given.sources and not any(source.message for source in given.sources):
        short = in_lines(given.shown, 2) if isinstance(given.shown, str) else given.shown
        return say("Your answer: {answer}", answer=short)
    return say("You left this out.") if question in draft.skipped else None


def _changed(context: Context, key: str, content: Message) -> list[Action]:
    """Change a message of ours, if it is anywhere or will be."""
    row = outbox.by_key(context.turn.connection, context.turn.programme_id, key)
    return [Update(key, content)] if row is not None and row.state not in _NOT_EDITABLE else []

"""Carry out what a turn asks for, until nothing is left to do: rows, and the immediate answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import count

from bot.chat.actions import OpenForm, StartConversation
from bot.chat.adapter import Response
from bot.runtime import conversations, dialogs, unclaimed_spaces
from bot.runtime.context import Context
from bot.runtime.effects import Effect, PendingRows, merged, perform, write

__all__ = ["carry_out"]


def carry_out(context: Context, effects: Iterable[Effect], owed: PendingRows | None = None) -> Response:
    """Carry out what a handler returned, and what follows from it; return the immediate answer to its event.

    With `owed` the rows are left in it for the caller to `write`; otherwise they are written here.
    """
    gathered = owed if owed is not None else PendingRows()
    answer = Response()
    numbers = count()
    left = deque(effects)
    while left:
        effect = left.popleft()
        if isinstance(effect, Response):
            answer = merged(answer, effect)
        elif isinstance(effect, OpenForm | StartConversation):
            # A conversation looks at messages that it may change: those gathered so far must be there.
            write(context, gathered)
            left.extendleft(reversed(_asked(context, effect)))
        else:
            answer = perform(context, effect, next(numbers), gathered, answer)
    if owed is None:
        write(context, gathered)
    return answer


def _asked(context: Context, action: OpenForm | StartConversation) -> Sequence[Effect]:
    if isinstance(action, StartConversation):
        return conversations.start(context, action)
    if not context.turn.programme_id:
        return unclaimed_spaces.open_form(context, action)
    return dialogs.open_form(context, action)

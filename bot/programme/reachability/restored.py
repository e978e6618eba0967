"""A restored programme: what its coordinators learn of the backup, and of what may have been sent since."""

from __future__ import annotations

from datetime import datetime

from bot.chat.actions import Action
from bot.chat.content import Block, Moment, note, text
from bot.programme.core import history, keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks

__all__ = ["announce"]


def announce(turn: Turn, made_at: datetime, doubtful: int) -> list[Action]:
    """Open the task that says of which moment the programme is now, and what follows; note it in the history.

    `made_at` is when the backup was made (UTC); `doubtful`: how many messages may have been sent since.
    """
    history.record_operation(turn, history.RESTORED, made_at)
    zone = turn.programme.zone
    return tasks.open_task(
        turn,
        keys.RESTORED(made_at),
        tasks.RESTORED,
        subjects.PROGRAMME(turn.programme_id),
        text(
            "**This programme was restored from a backup of {made}.** What people did here between then and "
            "{now} is gone: projects, applications, answers, messages. Please tell them to do it again.",
            made=Moment(made_at, zone),
            now=Moment(turn.now, zone),
        ),
        *_doubt(doubtful),
    )


def _doubt(count: int) -> list[Block]:
    if not count:
        return []
    return [
        note(
            "One message may have been sent in that time already. I look for it; if I cannot see it, "
            "`/stint tasks` asks you about it.",
            "{count} messages may have been sent in that time already. I look for them; those that I cannot "
            "see, `/stint tasks` asks you about.",
            count=count,
        )
    ]

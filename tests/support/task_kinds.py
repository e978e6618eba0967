"""The kinds of coordinators' tasks, each with its key as it is made, and what follows where none is done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.programme.core.timers import Timer
from bot.programme.notifications.tasks import RESTORED
from tests.support.parsed import nodes, parsed

__all__ = ["HANDED_ON", "OWN_LADDER", "TOLD", "kinds_of_tasks"]

BOT: Final = Path(__file__).parents[2] / "bot"

OWN_LADDER: Final = {
    "admission": "`cohorts/admission_waits`: each coordinator by name, and the student",
    "report": "`applications/reports/reminders`: its readers every day, and the person who reported",
}
"""Kinds that ask the coordinators again by themselves, with what does it."""

TOLD: Final = {
    "approval": "a post by `projects/approval_waits`; a change by `projects/change_approval`: its author",
    "terms": "`placements/late_terms`: the employer",
    "placement.date": "`placements/date_waits`: the student, when it is asked and when it ends",
    "letter": "`applications/messages/questions`: its writer, where it asks something",
}
"""Kinds with a person who waits for the coordinators, and what tells them that none has answered."""

HANDED_ON: Final = {
    "card": "a card that was deleted: students find the project in lists",
    "changed": "a change of a trusted company holds already",
    "coordinator": "a person was asked to be a coordinator, and owes the answer",
    "left": "what a person who left has not finished; each thing has its own wait",
    "letter.late": "the reader owes the answer, and the writer was told that none came",
    "mentor": "a mentor has ended; the student reads so, and is promised no other",
    "mentor.worry": "a mentor worries, and is promised no answer",
    "offer.overfull": "more places are offered than there are; both sides know theirs",
    "overdue": "the applicants are released by their rule",
    "placement.changes": "the two sides go on by themselves",
    "placement.ended": "both sides were told all there is; a place is offered by a tap of either",
    "placement.kickoff": "the student was told that they may leave",
    "placement.overdue": "both sides were told when the date passed",
    "placement.review": "the work is settled by its rule",
    "placement.silence": "the side that is silent is asked again",
    "placement.trouble": "the side that said so was told that the coordinators read it",
    "posted": "a post holds already",
    "project.no-applicants": "the employer was told as well",
    "restored": "the operator restored a backup",
    "space": "a space that the bot has left",
    "trust": "an offer to the coordinators",
    "unannounced": "posts that are in no channel yet; lists have them",
    "undelivered": "a message that did not arrive; what waits for it has no clock",
    "unowned": "the applicants have the wait for their answer",
    "verify": "a company's page says that it is not verified",
}
"""Kinds that no person was promised, with what is so meanwhile."""


def kinds_of_tasks() -> Iterator[tuple[str, str]]:
    """Yield each call that opens a task, by module, with its kind."""
    for path in sorted(BOT.rglob("*.py")):
        for node in nodes(parsed(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) <= 2:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "open_task":
                yield path.relative_to(BOT).as_posix(), _kind(node.args[2])


def _kind(written: ast.expr) -> str:
    match written:
        case ast.Constant(str() as kind):
            return kind
        case ast.Attribute(ast.Name("Timer"), name):
            return str(Timer[name])
        case ast.Attribute(ast.Name("tasks"), "RESTORED"):
            return RESTORED
        case ast.Name("_WORRY"):
            return "mentor.worry"
    raise ValueError(ast.unparse(written))

"""What the ledger must say at the end: nothing lost, nothing repeated, every outcome as the faults had it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from adapters.simulation.deployment import Deployment
from adapters.simulation.observations import first_key, outside_ledger
from adapters.terminal.workspace import BOT
from bot.chat.content import Message, dump_message, load_message
from bot.chat.events import Suggest
from bot.chat.values import replace
from storage.tables import inbox, outbox, timers

__all__ = ["check_ledger"]

_GIVEN_UP_AFTER: Final = 6
"""Tries that end in an unforeseen error, before a message counts as failed."""

_KEPT_FOR: Final = timedelta(days=59)
"""How long, at least, a row says that an event was handled."""

_OUTCOMES: Final = {
    "sent": {"sent"},
    "failed": {"refused", "error"},
    "unknown": {"unsure"},
    "withdrawn": {"", "retry", "error", "refused", "unsure"},
    "pending": {"", "retry", "error"},
    "answered": {"", "retry", "refused"},
    "held": {"", "retry", "refused"},
}
"""What may have been the last try of a message whose row ends in a state; "" is none."""


def check_ledger(deployment: Deployment) -> None:
    """Note every row of outbox, inbox and timers that is not as it must be."""
    rows = deployment.rows(select(outbox).order_by(outbox.c.id))
    # A coordinator has said of these that they are there; whether that is true, they do not always know.
    vouched = {(row.programme_id, row.target) for row in rows if row.operation == "find"}
    _sends(deployment, [row for row in rows if row.operation == "send"], vouched)
    _edits(deployment, rows)
    _shown(deployment, rows)
    _order(deployment, rows)
    _inbox(deployment, {row.key for row in rows})
    _timers(deployment)


def _key_of(row: Any) -> str:  # noqa: ANN401 - an outbox row
    """Return the key that the platform got; a message that was sent once more has its own."""
    return f"{row.programme_id}:{row.key}" + (f":{row.target}" if row.target else "")


def _sends(deployment: Deployment, rows: Iterable[Any], vouched: Collection[tuple[int, str]]) -> None:
    observed, now = deployment.observed, deployment.clock.now()
    known = set()
    for row in rows:
        key = _key_of(row)
        known |= {key, f"{row.programme_id}:{row.key}"}
        outcome = observed.outcomes.get(key, "")
        theirs = row.state == "sent" and (row.programme_id, row.key) in vouched
        if outcome not in _OUTCOMES.get(row.state, set()) and not (theirs and outcome == "unsure"):
            observed.problem(f"{key} is {row.state}, and its last try was {outcome or 'never made'}")
        if row.state == "pending" and row.due_at <= now:
            observed.problem(f"{key} is still owed, since {row.due_at}")
        if row.state == "failed" and outcome == "error" and observed.errors[key] < _GIVEN_UP_AFTER:
            observed.problem(f"{key} was given up after {observed.errors[key]} errors")
        if row.reference is None and theirs:
            continue
        if row.state == "sent" and row.reference.rpartition("#")[2] != observed.landed.get(key):
            observed.problem(f"{key} is said to be at {row.reference}, and is not")
    tried = {first_key(key) for key in (*observed.outcomes, *observed.landed) if not outside_ledger(key)}
    for key in sorted(tried - known):
        observed.problem(f"{key} was tried and is in no ledger")


def _edits(deployment: Deployment, rows: list[Any]) -> None:
    """Every edit has a outcome; the message reads as the last of them says."""
    observed, now = deployment.observed, deployment.clock.now()
    sent = {(row.programme_id, row.key): row for row in rows if row.operation == "send"}
    newest = {row.reference: row for row in sent.values() if row.state == "sent" and row.reference}
    doubtful = set()
    for row in rows:
        if row.operation != "edit":
            continue
        of = sent.get((row.programme_id, row.target))
        reference = row.target if "#" in row.target else of.reference if of is not None else None
        reference = row.reference or reference  # the message may have been sent once more since
        outcomes = observed.edits[reference.rpartition("#")[2]] if reference else []
        wanted = {"sent": "sent", "failed": "refused", "unknown": "unsure"}.get(row.state)
        if row.state == "failed" and of is not None and (of.reference is None or of.target):
            continue  # it was nowhere to be found, or was sent once more instead
        if row.state == "sending" or (row.state == "pending" and row.due_at <= now):
            observed.problem(f"{row.key} is still owed, since {row.due_at}")
        if wanted and wanted not in outcomes and not (row.state == "failed" and outcomes.count("error") > 1):
            observed.problem(f"{row.key} is {row.state}, and its tries were {outcomes}")
        if row.state == "sent" and reference:
            newest[reference] = row
        elif row.state in {"unknown", "failed"}:
            doubtful.add(reference)
    for reference, row in newest.items():
        entry = deployment.entry(reference.rpartition("#")[2])
        says = load_message(row.message)
        shown = entry.content if entry is not None else says
        if says.calls and isinstance(shown, Message):  # the people it calls come first
            shown = replace(shown, blocks=shown.blocks[1:])
        changed = _unnamed(shown) != _unnamed(says) and says.blocks  # words may have been erased
        if changed and reference not in doubtful and entry and entry.id not in observed.replaced:
            observed.problem(f"{row.key} does not read at {reference} as the ledger has it")


def _unnamed(said: Message | str) -> Any:  # noqa: ANN401 - a message as JSON
    """Return a message as JSON, without the names of channels: the platform shows them as they are now."""
    return said if isinstance(said, str) else _without_names(dump_message(said))


def _without_names(data: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, list):
        return [_without_names(each) for each in data]
    if not isinstance(data, dict):
        return data
    kept = data | {"name": ""} if data.get("kind") == "channel" else data
    return {name: _without_names(value) for name, value in kept.items()}


def _shown(deployment: Deployment, rows: Iterable[Any]) -> None:
    """Check that what the bot has said anywhere is in the ledger, once."""
    observed = deployment.observed
    known = {f"{row.programme_id}:{row.key}" for row in rows}
    said = Counter(entry.key for entry in deployment.entries if entry.author == BOT and entry.key)
    for key, count in said.items():
        if count > 1:
            observed.problem(f"{key} is there {count} times")
        if first_key(key) not in known and not outside_ledger(key):
            observed.problem(f"{key} is there and is in no ledger")


def _order(deployment: Deployment, rows: Iterable[Any]) -> None:
    """Check that what one person reads about their drafts, and answers, comes in the order it was said."""
    observed = deployment.observed
    last: defaultdict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for row in rows:
        if row.was_held or row.target:  # it came when it could, or once more
            continue
        landed = deployment.observed.landed.get(_key_of(row))
        entry = deployment.entry(landed) if landed else None
        if entry is None or not row.key.startswith(("talk:", "reply:")):
            continue
        number, before = last[entry.place]
        if entry.number < number:
            observed.problem(f"{row.key} came before {before}, which was said first")
        last[entry.place] = max(last[entry.place], (entry.number, row.key))


def _inbox(deployment: Deployment, keys: set[str]) -> None:
    observed, now = deployment.observed, deployment.clock.now()
    rows = {row.event_id: row for row in deployment.rows(select(inbox))}
    if deployment.waiting:
        observed.problem(f"never handled: {[event.id for event in deployment.waiting]}")
    for event_id, event in observed.events.items():
        row = rows.get(event_id)
        if isinstance(event, Suggest) or event.at < now - _KEPT_FOR:
            continue
        if row is None:
            if event_id not in observed.sorry | observed.unsure:
                observed.problem(f"{event_id} ({type(event).__name__}) has no row")
            continue
        # Where something was looked at first, what was found has its own row, with the answer.
        looked = (rows[each] for each in rows if each.startswith(f"{event_id}:"))
        _answer(deployment, event_id, next(looked, row), keys)
    for event_id, count in observed.handled.items():
        if count > 1:
            observed.problem(f"{event_id} had {count} effects")
    for event_id in sorted(observed.sorry & set(observed.handled)):
        observed.problem(f"after {event_id} a person read that nothing was changed, and it was")
    regretted = observed.sorry | observed.unsure
    if len(regretted) > sum(
        n for fault, n in deployment.faults.seen.items() if fault.startswith("commit: lost")
    ):
        observed.problem(f"a person read that something went wrong, when nothing had: {sorted(regretted)}")


def _answer(deployment: Deployment, event_id: str, row: Any, keys: set[str]) -> None:  # noqa: ANN401 - an inbox row
    """Check that an answer that was lost on its way became a message, and that none is owed past its time."""
    observed = deployment.observed
    lost = observed.answers.get(event_id) == "lost"
    if row.answer_state == "owed" and row.answer_until <= deployment.clock.now():
        observed.problem(f"the answer to {event_id} is owed since {row.answer_until}")
    elif lost and row.answer_state != "posted":
        observed.problem(f"the answer to {event_id} was not given, and is {row.answer_state}")
    elif lost and f"late:{row.id}" not in keys:
        observed.problem(f"the answer to {event_id} was not given, and no message is owed")


def _timers(deployment: Deployment) -> None:
    now, observed = deployment.clock.now(), deployment.observed
    rows = deployment.rows(select(timers).order_by(timers.c.id))
    for row in rows:
        if row.state == "failed" or (row.state == "pending" and row.due_at <= now):
            observed.problem(f"the timer {row.key} is {row.state}, due {row.due_at}")
    for key, count in observed.fired.items():
        times = observed.armed[key]
        if count > times:
            observed.problem(f"the timer {key} fired {count} times, and was set {times} times")

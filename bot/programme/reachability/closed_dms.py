"""Closed direct messages: what waits for a person, which coordinator learns of it, how it reaches them.

A message that is refused is kept. If the person has another account it goes there. Else a coordinator learns
at once who it is, what waits and until when, and a student finds a line with their name in a channel of
their cohort, with a button that shows it to them alone. It is the only message that calls a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, exists, select, update

from bot.chat.actions import Action, Post, Reply, SetTimer, Update
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Sentence,
    Text,
    layout,
    message,
    note,
    say,
    text,
    with_answer,
)
from bot.chat.events import ButtonPressed, TimerFired, UserRef, platform_name
from bot.chat.routes import Declined, MessageRoute, Routes, Undelivered, Waiting
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog, tasks
from bot.programme.people import require_role
from bot.programme.reachability import spaces, unknown_deliveries
from storage.prepared import Prepared
from storage.queries import held
from storage.queries import outbox as outbox_rows
from storage.tables import Channel, Cohort, Identity, Member, Person, outbox
from storage.tables.turns import UNSETTLED

__all__ = [
    "ROUTES",
    "catch_up",
    "refresh_tasks",
    "refused",
    "send_owed",
    "stacked",
    "unreachable",
    "unreachable_among",
]

_SETTLE: Final = Timer.REACH_SETTLE
_CALL: Final = "reach.call"
_READ: Final = message("There was a message here. It has been read.")
_ARRIVED: Final = message("There was a message here. It has arrived in the direct messages.")

# Asked in every turn in a direct message.
_UNREACHABLE: Final = Prepared(
    select(Identity.id).where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        Identity.user_id == bindparam("user_id"),
        Identity.reachable.is_(False),
    )
)
_ARRIVES: Final = timedelta(minutes=1)  # how long messages are given to be refused again
_MOST_RESENT: Final = 20  # messages sent once more at once
_LISTED: Final = 5  # messages named in a task


def refused(turn: Turn, person: Person, to: UserRef, lost: Undelivered) -> list[Action]:
    """Keep a message to a person whose direct messages are closed, and find another way to them.

    A message that an interaction waits for is left to it for as long as it waits.
    """
    turn.session.execute(
        update(Identity)
        .where(Identity.person_id == person.id, Identity.platform == to.platform, Identity.user_id == to.id)
        .values(reachable=False)
        .execution_options(synchronize_session="fetch")
    )
    outbox_rows.hold_lost(turn.connection, turn.programme_id, lost.key)
    if lost.awaited_until is not None and lost.awaited_until > turn.now:
        return [SetTimer(keys.REACH(person.id), lost.awaited_until, _SETTLE, subjects.PERSON(person.id))]
    return _settle(turn, person)


def settle_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Find another way for what the interaction that waited did not show, when it is over."""
    return _settle(turn, people.person_of(turn, subjects.PERSON.id_of(event.subject)))


def _settle(turn: Turn, person: Person) -> list[Action]:
    """Send what waits for a person to another account of theirs, or tell those who can help."""
    rows = waiting(turn, person)
    if not rows or person.erased_at is not None:
        return []
    other = next((each for each in _identities(turn, person) if each.reachable), None)
    if other is not None:
        held.send_to(turn.connection, [row.id for row in rows], str(people.account_of(other)))
        return []
    stopped = [act for row in rows for act in backlog.stopped(turn, row)]
    return [*stopped, *_item(turn, person), *_call(turn, person)]


def refresh_tasks(turn: Turn, _change: TasksRead) -> list[Action]:
    """Let the tasks about people who cannot be written to name what waits for them now.

    They name it for the coordinator who acts, as each of them may know it; for a timer, as all of them may.
    """
    actions: list[Action] = []
    for item in tasks.subjects_of(turn, keys.UNREACHABLE.begin()):
        turn.before_writing()
        actions += _item(turn, people.person_of(turn, subjects.PERSON.id_of(item)))
    return actions


def _item(turn: Turn, person: Person) -> list[Action]:
    """Make the coordinators' task: who, what waits that still holds, and until when; none if nothing."""
    rows = _still_so(turn, person)
    if not rows or person.erased_at is not None:
        tasks.close_task(turn, keys.UNREACHABLE(person.id))
        return []
    named = Counter(backlog.name_of(turn, row) for row in rows)
    lines = [_line(what, count) for what, count in list(named.items())[:_LISTED]]
    if len(named) > _LISTED:
        lines.append(say("- and one more", "- and {count} more", count=len(named) - _LISTED))
    uncalled = note("I know of no channel here in which to call {person}.", person=people.person_name(person))
    return tasks.open_task(
        turn, keys.UNREACHABLE(person.id), "undelivered", subjects.PERSON(person.id),
        text("I cannot write to **{person}** on {platform}: direct messages are closed there, or the account "
             "is gone. This waits:", person=people.person_name(person),
             platform=platform_name(rows[0].destination.partition("/")[0])),
        Text(tuple(part for line in lines for part in ("\n", line))[1:]),
        note("No deadline that is counted from these messages begins before they are read. "
            "Please pass on: allow "
             "direct messages from this {space}, and write me a word; then it comes by itself."),
        *([uncalled] if _call_place(turn, person) is None else []),
        Buttons((Button("Try again", verbs.REACH_AGAIN(person.id), style="primary"),)),
    )  # fmt: skip


def _line(what: Sentence, count: int) -> Sentence:
    """Return a line of the list of what waits."""
    if count > 1:
        return say("- {message} ({count} times)", message=what, count=count)
    return layout("- {message}", message=what)


def _still_so(turn: Turn, person: Person) -> list[Row[*tuple[Any, ...]]]:
    """Return what waits for a person and would still be said now."""
    return [row for row in waiting(turn, person) if backlog.holds(turn, row)]


def _call(turn: Turn, person: Person) -> list[Action]:
    """Post a line in a channel that calls the person, once until they have read what waits."""
    found = _call_place(turn, person)
    if found is None or not _still_so(turn, person):
        return []
    account, place = found
    words = message(
        text("There is a message for you: press here. Only you will see it."),
        Buttons((Button("Read it", verbs.REACH_READ(person.id), style="primary"),)),
    )
    key = keys.REACH_CALL(person.id, waiting(turn, person)[0].id)
    return [Post(place, Message(words.blocks, calls=str(account)), key, kind=_CALL, subject=str(person.id))]


def _call_place(turn: Turn, person: Person) -> tuple[UserRef, str] | None:
    """Return the account that is called and the channel where, if a channel is known that the person reads.

    That is one of a cohort that they are in. Coordinators read the staff channel, and else the cohorts'
    channels. In which channel an employer is, the bot does not know.
    """
    places = [*_member_channels(turn, person)]
    if "coordinator" in people.roles_of(turn, person):
        places += [turn.programme.staff_place] if turn.programme.staff_place else []
        places += turn.session.scalars(_channels(turn)).all()
    for identity in _identities(turn, person):
        account = people.account_of(identity)
        if spaces.away(turn, account):
            continue
        found = next((place for place in places if spaces.is_met_at(turn, account, place)), None)
        if found is not None:
            return account, found
    return None


def _still_called(turn: Turn, waiting_call: Waiting) -> Message | None:
    """Return a late line that calls a person while something waits for them."""
    person = people.person_of(turn, int(waiting_call.subject))
    return waiting_call.message if _still_so(turn, person) else None


def _channels(turn: Turn) -> Select[str]:
    """Return the channels (str(Place)) of the cohorts that have not ended."""
    return (
        select(Channel.place)
        .join(Cohort, Cohort.id == Channel.cohort_id)
        .where(
            Channel.programme_id == turn.programme_id, Channel.state == "active", Cohort.ended_at.is_(None)
        )
        .order_by(Channel.id)
    )


def _member_channels(turn: Turn, person: Person) -> Sequence[str]:
    query = _channels(turn).join(Member, Member.cohort_id == Channel.cohort_id)
    return turn.session.scalars(query.where(Member.person_id == person.id, Member.state != "refused")).all()


def _identities(turn: Turn, person: Person) -> Sequence[Identity]:
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return turn.session.scalars(query.order_by(Identity.seen_at.desc())).all()


def waiting(turn: Turn, person: Person) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the messages that wait for a person since they were refused, the oldest first."""
    accounts = []
    for identity in _identities(turn, person):
        account = people.account_of(identity)
        if not spaces.away(turn, account) and not people.awaits_first_contact(turn, account):
            accounts.append(str(account))
    return held.of(turn.connection, turn.programme_id, accounts)


def reach_read_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show what waits to the person who was called in a channel."""
    person_id = verbs.REACH_READ.read(event).person
    if turn.person_id != person_id:
        raise Declined(
            "This message is for another person. When there is one for you, it has your name on it."
        )
    found = backlog.read_here(turn, waiting(turn, turn.person))
    tasks.close_task(turn, keys.UNREACHABLE(person_id))
    shown = stacked(found.messages) if found.messages else message("Nothing is left to read here.")
    line = _call_key(turn, turn.person) or event.message
    done = [Update(line, _READ)] if line else []
    return [Reply(shown), *found.actions, *done]


def stacked(messages: Sequence[Message]) -> Message:
    """Join several messages for where people cannot type: each question has its own way to be answered."""
    blocks: list[Block] = []
    for said in messages[:-1]:
        blocks += with_answer(said).blocks
    last = messages[-1]
    return Message((*blocks, *last.blocks), last.answer)


def reach_again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Try again to reach a person, as a coordinator says that it is possible."""
    require_role(turn, "coordinator")
    person_id = verbs.REACH_AGAIN.read(event).person
    person = people.person_of(turn, person_id)
    if person.erased_at is not None:
        raise Declined("This person asked to be forgotten, so there is no account to write to.")
    accounts = [str(people.account_of(each)) for each in _identities(turn, person)]
    count = len(_lost(turn, _accounts_here(turn, person))) + unknown_deliveries.post_again_to(turn, accounts)
    tasks.close_task(
        turn, keys.UNREACHABLE(person_id)
    )  # it opens again, and is heard of, if they are refused
    followed = [*send_owed(turn, person), *unknown_deliveries.follow(turn)]
    if not count:
        raise Declined(text("No message waits for **{person}** any more.", person=people.person_name(person)))
    said = text(
        "I am trying again: one message for {person}.",
        "I am trying again: {count} messages for {person}.",
        count=count,
        person=people.person_name(person),
    )
    return [*followed, Reply(message(said))]


def catch_up(turn: Turn) -> list[Action]:
    """Try again to send what waits for the person who acted in their DM and could not be reached before."""
    if turn.place is not None and turn.place.kind == "dm" and unreachable(turn):
        return send_owed(turn, turn.person)
    return []


def reached(turn: Turn, user: UserRef) -> list[Action]:
    """Send what waits for an account at which a message has arrived, the first after a refusal."""
    known = people.find_identity(turn.connection, turn.programme_id, user)
    if known is None:
        return []
    person = people.person_of(turn, known[0])
    tasks.close_task(turn, keys.UNREACHABLE(person.id))
    tasks.close_task(turn, keys.UNKNOWN(person.id))  # of an earlier version
    for identity in _identities(turn, person):
        if people.account_of(identity) == user:
            identity.reachable = True
    turn.session.flush()
    return send_owed(turn, person)


def unreachable(turn: Turn) -> bool:
    """Tell whether the account that acted could not be written to when it was last tried."""
    if turn.user is None:
        return False
    account = {"platform": turn.user.platform, "user_id": turn.user.id}
    return _UNREACHABLE.first(turn.connection, {"programme_id": turn.programme_id, **account}) is not None


def unreachable_among(turn: Turn, accounts: Sequence[UserRef]) -> list[UserRef]:
    """Return the accounts among these that could not be written to when it was last tried."""
    if not accounts:
        return []
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id,
        Identity.user_id.in_([account.id for account in accounts]),
        Identity.reachable.is_(False),
    )
    return [user for each in turn.session.scalars(query) if (user := people.account_of(each)) in accounts]


def send_owed(turn: Turn, person: Person) -> list[Action]:
    """Send what a person did not get once more, the newest of it, oldest first.

    Whether they can be reached is known when some of it has arrived.
    """
    ids = _lost(turn, _accounts_here(turn, person))
    if ids:
        held.send_to(turn.connection, ids, people.address(turn, person))
    return _look_at_call_later(turn, person)


def _accounts_here(turn: Turn, person: Person) -> list[str]:
    """Return the accounts (str(UserRef)) of a person in spaces that the bot is still in."""
    accounts = [people.account_of(identity) for identity in _identities(turn, person)]
    return [str(account) for account in accounts if not spaces.away(turn, account)]


def _look_at_call_later(turn: Turn, person: Person) -> list[Action]:
    """Set the timer that settles the line that called a person, if any, when what waits has arrived."""
    if _call_key(turn, person) is None:
        return []
    key = keys.REACH_CALLED(person.id)
    return [SetTimer(key, turn.now + _ARRIVES, backlog.CALLED, subjects.PERSON(person.id))]


def _call_key(turn: Turn, person: Person) -> str | None:
    """Return the key of the newest line that called a person, while nothing else was put in its place."""
    edits = outbox.alias("edits")
    settled = exists().where(
        edits.c.programme_id == turn.programme_id, edits.c.operation == "edit", edits.c.target == outbox.c.key
    )
    query = select(outbox.c.key).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.kind == _CALL,
        outbox.c.subject == str(person.id),
        outbox.c.operation == "send",
        outbox.c.state == "sent",
        ~settled,
    )
    return turn.connection.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar()


def reach_called_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Settle the line that called a person, unless their messages were refused again."""
    person = people.person_of(turn, subjects.PERSON.id_of(event.subject))
    if _still_so(turn, person):
        return []
    tasks.close_task(turn, keys.UNREACHABLE(person.id))
    key = _call_key(turn, person)
    if key is None:
        return []
    return [Update(key, _READ if event.read(backlog.Called).read else _ARRIVED)]


def _lost(turn: Turn, accounts: Sequence[str]) -> list[int]:
    query = select(outbox.c.id).where(
        outbox.c.programme_id == turn.programme_id,
        UNSETTLED,
        outbox.c.destination.in_(accounts),
        outbox.c.operation == "send",
        outbox.c.state.in_(("held", "failed")),
    )
    newest = query.order_by(outbox.c.id.desc()).limit(_MOST_RESENT)
    return sorted(turn.connection.execute(newest).scalars())


ROUTES = Routes(
    buttons={verbs.REACH_AGAIN: reach_again_pressed, verbs.REACH_READ: reach_read_pressed},
    timers={_SETTLE: settle_due, backlog.CALLED: reach_called_due},
    reached=reached,
    follows={TasksRead: (refresh_tasks,)},
    messages={_CALL: MessageRoute(_still_called, lambda _turn, _subject: say("A line that calls a person"))},
)

"""Messages that may not have arrived: one task, in which a coordinator settles each.

A platform's answer was lost, or the bot stopped while it was sending, and the place cannot be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Moment,
    Select,
    Sentence,
    load_message,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, Place, UserRef, parse_destination, platform_name
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import ChannelName, Names
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog, tasks
from bot.programme.people import require_role
from storage.queries import Row, held
from storage.queries import unknown_deliveries as rows
from storage.tables import Channel, Cohort, Identity, Person

__all__ = ["ROUTES", "follow", "post_again_to"]

_KEY: Final = "messages.in_doubt"
_MESSAGES_SHOWN: Final = 3
"""Messages of the item; the others follow when these are settled."""

_WORDS: Final = 160
"""Characters of a message that are shown, enough to know it by."""

_KINDS: Final[dict[str, Sentence]] = {
    keys.ADMITTED: say("A note of an admission to a cohort"),
    keys.ASIDE: say("A note that a draft waits"),
    keys.BACK: say("A note that I am back"),
    keys.CARD: say("The card of a project"),
    keys.DIGEST: say("The digest"),
    keys.ENDED: say("A note that a placement ended"),
    keys.FILE: say("A file"),
    keys.HELLO: say("My greeting"),
    keys.LATE_ANSWER: say("An answer"),
    keys.MESSAGE: say("A message from another person"),
    keys.LINKED: say("A note that two accounts were linked"),
    keys.NOTICES: say("The daily message"),
    keys.OFFER: say("An offer"),
    keys.ANSWER: say("An answer"),
    keys.QUESTION: say("A question of a draft"),
    keys.TASK: say("A task"),
    keys.TASKS: say("The list of tasks"),
}
"""What messages are, by the beginning of their keys."""

_OTHERS: Final = say("A message")


def follow(turn: Turn) -> list[Action]:
    """Update the task: which messages are in doubt now. With none left it is closed."""
    found = _found(turn)
    if not found:
        tasks.close_task(turn, _KEY)
        return []
    return tasks.open_task(
        turn, _KEY, "undelivered", subjects.PROGRAMME(turn.programme_id), *_item(turn, found)
    )


def _found(turn: Turn) -> list[Row]:
    """Return what is in doubt and still says something: the words of forgotten people are gone."""
    return [
        row for row in rows.in_doubt(turn.connection, turn.programme_id) if load_message(row.message).blocks
    ]


def _item(turn: Turn, found: Sequence[Row]) -> list[Block]:
    blocks: list[Block] = [
        text(
            "**A message may not have arrived.** I did not hear back when I sent it. Please look, and press "
            "what is true.",
            "**{count} messages may not have arrived.** I did not hear back when I sent them. Please look, "
            "and press what is true.",
            count=len(found),
        )
    ]
    for row in found[:_MESSAGES_SHOWN]:
        blocks += _one(turn, row)
    rest = len(found) - _MESSAGES_SHOWN
    if rest > 0:
        more = note(
            "One more follows when these are settled.",
            "{count} more follow when these are settled.",
            count=rest,
        )
        blocks += [more, *_kinds(turn, found)]
    if len(found) > 1:
        label = say("Post all {count} again", count=len(found))
        blocks.append(Buttons((Button(label, verbs.DOUBT_ALL(found[-1].id)),)))
    return blocks


def _kind(row: Row) -> str:
    """Return the kind of a message, by which many are settled together."""
    return keys.head_of(row.key)


def _kinds(turn: Turn, found: Sequence[Row]) -> list[Block]:
    """Return a choice for each kind of message, where there are more than are shown one by one."""
    blocks: list[Block] = [text("Or settle all of a kind together:")]
    for kind, own in groupby(sorted(found, key=_kind), key=_kind):
        these = list(own)
        first = Moment(min(row.tried_at for row in these), turn.programme.zone)
        name = _KINDS.get(kind, _OTHERS)
        last = max(row.id for row in these)
        blocks += [
            text(
                "{kind}: one message, {first}",
                "{kind}: {count} messages since {first}",
                kind=name,
                count=len(these),
                first=first,
            ),
            Buttons(
                (
                    Button("Post all again", verbs.DOUBT_KIND_AGAIN(kind, last)),
                    Button("All are there", verbs.DOUBT_KIND_THERE(kind, last)),
                )
            ),
        ]
    return blocks


def _one(turn: Turn, row: Row) -> list[Block]:
    """Return what it is, where it should be and since when; its words where it was for a channel."""
    to = parse_destination(row.destination)
    blocks: list[Block] = [
        text(_where(turn, to, _what(turn, row), Moment(row.tried_at, turn.programme.zone)))
    ]
    if isinstance(to, Place) and to.kind == "channel":
        words = " ".join(plain_text(_without_buttons(row)).split())
        blocks.append(
            note("It says: {words}", words=words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…")
        )
    else:
        blocks.append(
            note(
                "I cannot look into direct messages, so please ask there. If it has arrived already, it "
                "arrives twice."
            )
        )
    again = Button("Post it again", verbs.DOUBT_AGAIN(row.id), style="primary")
    return [*blocks, Buttons((again, Button("It is there", verbs.DOUBT_THERE(row.id))))]


def _what(turn: Turn, row: Row) -> Sentence:
    """Name a message as every coordinator may know it: the item is stored once, for all of them."""
    if row.kind in turn.routes.messages:
        return backlog.name_of(replace(turn, person_id=None), row)
    return _KINDS.get(_kind(row), _OTHERS)


def _without_buttons(row: Row) -> Message:
    content = load_message(row.message)
    return Message(tuple(block for block in content.blocks if not isinstance(block, Buttons | Select)))


def _where(turn: Turn, to: Place | UserRef, what: Sentence, when: Moment) -> Sentence:
    """Say what was to go where, as a coordinator calls it, and when that was tried."""
    if isinstance(to, UserRef) and (person := _person_at(turn, to)) is not None:
        name = people.person_name(person)
        return say("{message}, for **{person}**, {when}", message=what, person=name, when=when)
    if isinstance(to, UserRef) or to.kind != "channel":
        platform = platform_name(to.platform)
        return say(
            "{message}, in direct messages on {platform}, {when}", message=what, platform=platform, when=when
        )
    if str(to) == turn.programme.staff_place:
        return say("{message}, in the **staff channel**, {when}", message=what, when=when)
    names = _cohorts_at(turn, to)
    if not names:
        channel = ChannelName(str(to))
        return say("{message}, in the channel {channel}, {when}", message=what, channel=channel, when=when)
    whole = "{message}, in the channel of **{cohorts}**, {when}"
    return say(whole, message=what, cohorts=Names(tuple(names)), when=when)


def _person_at(turn: Turn, to: UserRef) -> Person | None:
    query = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.programme_id == turn.programme_id)
        .where(Identity.platform == to.platform, Identity.user_id == to.id)
    )
    return turn.session.scalars(query).first()


def _cohorts_at(turn: Turn, to: Place) -> Sequence[str]:
    """Return the names of the cohorts whose channel it is."""
    query = (
        select(Cohort.name)
        .join(Channel, Channel.cohort_id == Cohort.id)
        .where(Channel.programme_id == turn.programme_id, Channel.place == str(to))
        .order_by(Cohort.id)
    )
    return turn.session.scalars(query).all()


def again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Post a message again that is not there."""
    require_role(turn, "coordinator")
    number = verbs.DOUBT_AGAIN.read(event).message
    if not rows.post_again(turn.connection, turn.programme_id, number, turn.now):
        raise Declined(_SETTLED)
    return _answer(turn, text("I am posting it again."))


def all_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Post again the messages that the coordinator saw in the item: none of them is there."""
    require_role(turn, "coordinator")
    last = verbs.DOUBT_ALL.read(event).last
    count = sum(
        rows.post_again(turn.connection, turn.programme_id, row.id, turn.now)
        for row in _found(turn)
        if row.id <= last
    )
    if not count:
        raise Declined(_SETTLED)
    said = text("I am posting one message again.", "I am posting {count} messages again.", count=count)
    return _answer(turn, said)


def kind_again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Post again the messages of a kind that the coordinator saw in the item."""
    require_role(turn, "coordinator")
    pressed = verbs.DOUBT_KIND_AGAIN.read(event)
    count = sum(
        rows.post_again(turn.connection, turn.programme_id, row.id, turn.now)
        for row in _found(turn)
        if _kind(row) == pressed.kind and row.id <= pressed.last
    )
    if not count:
        raise Declined(_SETTLED)
    said = text("I am posting one message again.", "I am posting {count} messages again.", count=count)
    return _answer(turn, said)


def kind_there_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Count the messages of a kind that the coordinator saw in the item as sent."""
    require_role(turn, "coordinator")
    pressed = verbs.DOUBT_KIND_THERE.read(event)
    numbers = [
        row.id
        for row in _found(turn)
        if _kind(row) == pressed.kind
        and row.id <= pressed.last
        and rows.take_as_sent(turn.connection, turn.programme_id, row.id, turn.now)
    ]
    if not numbers:
        raise Declined(_SETTLED)
    begun = backlog.arrived(turn, held.of_ids(turn.connection, turn.programme_id, numbers))
    said = text(
        "Good, one message counts as posted.", "Good, {count} messages count as posted.", count=len(numbers)
    )
    return [*begun, *_answer(turn, said)]


def there_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Count a message that is there as sent, and look for it so that it can be kept up to date."""
    require_role(turn, "coordinator")
    number = verbs.DOUBT_THERE.read(event).message
    if not rows.take_as_sent(turn.connection, turn.programme_id, number, turn.now):
        raise Declined(_SETTLED)
    undo = Button("It is not there after all", verbs.DOUBT_BACK(number))
    said = "Good, it counts as posted. If I cannot find it there myself, I cannot change it any more."
    begun = backlog.arrived(turn, held.of_ids(turn.connection, turn.programme_id, [number]))
    return [*begun, *_answer(turn, text(said), Buttons((undo,)))]


def back_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Undo the answer: the message was not there after all."""
    require_role(turn, "coordinator")
    number = verbs.DOUBT_BACK.read(event).message
    if not rows.doubt_again(turn.connection, turn.programme_id, number):
        raise Declined("I have found that message myself since, so it is there.")
    return _answer(turn, text("It is listed again."))


_SETTLED: Final = "That message is settled already. `/stint tasks` lists what is open."


def _answer(turn: Turn, *blocks: Block) -> list[Action]:
    """Say what was done, with the list of tasks as it is now."""
    actions = [*follow(turn), *turn.follow(TasksRead())]
    return [*actions, Reply(message(*blocks, *tasks.open_items(turn).blocks), replace=True)]


def post_again_to(turn: Turn, accounts: Sequence[str]) -> int:
    """Post again what is in doubt for these accounts (str(UserRef)); return how many messages."""
    found = [row for row in _found(turn) if row.destination in accounts]
    for row in found:
        rows.post_again(turn.connection, turn.programme_id, row.id, turn.now)
    return len(found)


ROUTES = Routes(
    buttons={
        verbs.DOUBT_AGAIN: again_pressed,
        verbs.DOUBT_ALL: all_pressed,
        verbs.DOUBT_THERE: there_pressed,
        verbs.DOUBT_BACK: back_pressed,
        verbs.DOUBT_KIND_AGAIN: kind_again_pressed,
        verbs.DOUBT_KIND_THERE: kind_there_pressed,
    }
)

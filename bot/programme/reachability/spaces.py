"""Spaces come and go: messages to a space that the bot is not in are held, and go out when it is back.

When a space stays away long enough, what is known of its people is erased: they cannot ask for it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, false, not_, or_, select, update

from bot.chat.actions import Action, CancelTimers, Post, SetTimer
from bot.chat.content import Block, Message, Sentence, message, note, say, text
from bot.chat.events import Place, SpaceChanged, TimerFired, UserRef, parse_destination, platform_name
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.programme import cohorts, people, projects
from bot.programme.accounts import forget
from bot.programme.core import keys, subjects
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.notifications import task_summary, tasks
from storage.dialects import begins
from storage.queries import outbox
from storage.tables import Channel, Identity, Person, Space
from storage.tables import outbox as outbox_rows
from storage.tables.turns import UNSETTLED

__all__ = [
    "ROUTES",
    "away",
    "back",
    "channel_back",
    "is_met_at",
    "lost",
    "unannounced",
]

_ERASED: Final = 1
"""People who are forgotten in one turn: each has rows in every noun."""
_LOOKED_AT: Final = 500
"""Accounts that one turn looks at to find people who are to be forgotten."""
_WORD: Final = "channel.word"
_ERASE: Final = Timer.SPACE_ERASE


def changed(turn: Turn, event: SpaceChanged) -> list[Action]:
    """Note that the bot came into a space of the programme, or is out of it."""
    if event.state == "joined":
        return back(turn, event.place, event.name)
    return lost(turn, event.place)


def _of_platform(turn: Turn, platform: str) -> Sequence[Space]:
    query = select(Space).where(Space.programme_id == turn.programme_id, Space.platform == platform)
    return turn.session.scalars(query.order_by(Space.id)).all()


def _at(turn: Turn, to: Place | UserRef) -> list[Space]:
    """Return the spaces of a destination: a channel is in one; an account may be met in several."""
    return _among(_of_platform(turn, to.platform), to)


def _among(spaces: Sequence[Space], to: Place | UserRef) -> list[Space]:
    """Return those of a platform's spaces in which a destination is."""
    if isinstance(to, Place) and to.space:
        return [space for space in spaces if space.external_id == to.space]
    named = [space for space in spaces if to.id.startswith(_naming(space))]
    return named or list(spaces)


def _naming(space: Space) -> str:
    """Return how the accounts begin that name their space themselves (bot.chat.events.UserRef)."""
    return f"{space.external_id}."


def away(turn: Turn, to: Place | UserRef) -> bool:
    """Tell whether the bot has left every space in which it could write there."""
    return _is_away(_of_platform(turn, to.platform), to)


def _is_away(spaces: Sequence[Space], to: Place | UserRef) -> bool:
    found = _among(spaces, to)
    return bool(found) and all(space.state == "paused" for space in found)


def is_met_at(turn: Turn, account: UserRef, place: str) -> bool:
    """Tell whether an account may be met in a channel (str(Place)) of one of its spaces."""
    at = parse_destination(place)
    return isinstance(at, Place) and any(
        (space.platform, space.external_id, space.state) == (at.platform, at.space, "active")
        for space in _at(turn, account)
    )


def lost(turn: Turn, to: Place | UserRef) -> list[Action]:
    """Leave the space of a destination whose refusal says that the bot is out of it."""
    return _leave(turn, _at(turn, to))


def _leave(turn: Turn, spaces: Sequence[Space]) -> list[Action]:
    """Hold the messages to spaces that the bot is out of; a coordinator learns of it elsewhere."""
    actions: list[Action] = []
    for space in spaces:
        if space.state == "paused":
            continue
        actions += move(turn, space, "paused")
        for channel in _channels(turn, space, "active"):
            actions += move(turn, channel, "away")
        _set_reachable(turn, space, reachable=False)
        outbox.hold(turn.connection, turn.programme_id, _destinations(turn, space, "pending"))
        actions += _let_go_of_staff(turn, space)
        due = turn.now + timedelta(days=turn.programme.retention_days)
        actions.append(SetTimer(keys.SPACE_ERASE(space.id), due, _ERASE, subjects.SPACE(space.id)))
        key, about = keys.SPACE_TASK(space.id), subjects.SPACE(space.id)
        actions += tasks.open_task(turn, key, "space", about, *_left(turn, space))
    return actions


def _left(turn: Turn, space: Space) -> list[Block]:
    """Say that the bot is out of a space, and what follows."""
    if space.name:
        said = text(
            "I am no longer in {name}: I was removed, or my access was taken back. "
            "What I have to send there waits.",
            name=space.name,
        )
    else:
        said = text(
            "I am no longer in a {space} on {platform}: I was removed, or my access was taken back. What I "
            "owe there waits.",
            platform=platform_name(space.platform),
        )
    then = note(
        "Install me there again, and everything goes on. Otherwise I erase what I know of its people after "
        "one day.",
        "Install me there again, and everything goes on. Otherwise I erase what I know of its people after "
        "{count} days.",
        count=turn.programme.retention_days,
    )
    return [said, then]


def _let_go_of_staff(turn: Turn, space: Space) -> list[Action]:
    """Tasks cannot wait in a staff channel of that space: the coordinators get them themselves."""
    staff = turn.programme.staff_place or ""
    if not staff.startswith(f"{space.platform}/channel/{space.external_id}/"):
        return []
    turn.programme.staff_place = None
    turn.session.flush()
    return task_summary.reschedule_summary(turn)


def back(turn: Turn, place: Place, name: str = "") -> list[Action]:
    """Come back to a space of the programme: its channels are used again, and held messages go out.

    A platform may say so at every start, so nothing happens in a space that was not left.
    """
    actions: list[Action] = []
    for space in _at(turn, place):
        space.name = name or space.name
        if space.state == "active":
            continue
        actions += move(turn, space, "active")
        for channel in _channels(turn, space, "away"):
            actions += [*channel_back(turn, channel), *unannounced(turn, channel)]
        _set_reachable(turn, space, reachable=True)
        outbox.release_held(turn.connection, turn.programme_id, _destinations(turn, space, "held"))
        tasks.close_task(turn, keys.SPACE_TASK(space.id))
        actions.append(CancelTimers(subject=subjects.SPACE(space.id), kind=_ERASE))
    return actions


def channel_back(turn: Turn, channel: Channel) -> list[Action]:
    """Take up a cohort's channel: say so there, once, and bring the cards in it up to date."""
    first = channel.state == "new"
    taken_up = move(turn, channel, "active")
    tasks.close_task(turn, keys.CHANNEL(channel.id))
    cohort = cohorts.cohort_of(turn, channel.cohort_id)
    said = (
        [_word(channel, cohorts.hello(cohort), keys.HELLO(channel.id))]
        if first
        else _back_words(turn, channel)
    )
    return [*taken_up, *said, *projects.take_up(turn, channel)]


def _back_words(turn: Turn, channel: Channel) -> list[Action]:
    """Say that the bot is back; nothing where the word of an earlier return still waits to be sent."""
    ours = begins(outbox_rows.c.key, keys.BACK.begin(channel.id))
    query = select(outbox_rows.c.state).where(outbox_rows.c.programme_id == turn.programme_id, ours)
    states = turn.connection.scalars(query).all()
    if {"pending", "held", "sending"} & set(states):
        return []
    hello = message("I am back in this channel: projects and the daily digest come here again.")
    return [_word(channel, hello, keys.BACK(channel.id, len(states) + 1))]


def _word(channel: Channel, words: Message, key: str) -> Post:
    """Return what the bot says of itself in a cohort's channel."""
    return Post(channel.place, words, key, kind=_WORD, subject=str(channel.id))


def _still_there(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late greeting while the channel is a cohort's that goes on, and can be written to."""
    channel = turn.session.get(Channel, int(waiting.subject))
    if channel is None or channel.programme_id != turn.programme_id:
        return None
    goes_on = cohorts.cohort_of(turn, channel.cohort_id).ended_at is None
    here = channel.state == "active" and channel.place == waiting.destination
    return waiting.message if here and goes_on else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note that projects come to a channel")


def unannounced(turn: Turn, channel: Channel) -> list[Action]:
    """Ask the coordinators whether what was published while a channel was closed is announced there."""
    offer = cohorts.offer_announcing(turn, channel)
    if not offer:
        return []
    cohort = cohorts.cohort_of(turn, channel.cohort_id)
    said = text("I can write to the channel of **{cohort}** again.", cohort=cohort.name)
    key, subject = keys.UNANNOUNCED(channel.id), subjects.COHORT(cohort.id)
    return tasks.open_task(turn, key, "unannounced", subject, said, *offer)


def _channels(turn: Turn, space: Space, state: str) -> Sequence[Channel]:
    """Return the cohorts' channels of a space that are in this state."""
    query = select(Channel).where(
        Channel.programme_id == turn.programme_id,
        Channel.state == state,
        Channel.place.startswith(f"{space.platform}/channel/{space.external_id}/", autoescape=True),
    )
    return turn.session.scalars(query.order_by(Channel.id)).all()


def _set_reachable(turn: Turn, space: Space, *, reachable: bool) -> None:
    """Send messages for a person with another account there meanwhile."""
    turn.session.execute(
        update(Identity)
        .where(
            Identity.programme_id == turn.programme_id,
            Identity.platform == space.platform,
            Identity.user_id.startswith(_naming(space), autoescape=True) | _only(turn, space),
        )
        .values(reachable=reachable)
        .execution_options(synchronize_session="fetch")
    )


def _only(turn: Turn, space: Space) -> ColumnElement[bool]:
    """Return the accounts of the platform that name no space, if they are met in no other space."""
    others = [each for each in _of_platform(turn, space.platform) if each.id != space.id]
    if any(each.state == "active" for each in others):
        return false()
    named = [Identity.user_id.startswith(_naming(each), autoescape=True) for each in others]
    return not_(or_(false(), *named))


def _destinations(turn: Turn, space: Space, state: str) -> list[str]:
    """Return the destinations of a space to which messages in this state go, also of people met only there.

    What is held for a person until they act stays held when the bot is back.
    """
    waiting = select(outbox_rows.c.destination).where(
        outbox_rows.c.programme_id == turn.programme_id,
        UNSETTLED,
        outbox_rows.c.state == state,
        outbox_rows.c.destination.startswith(f"{space.platform}/", autoescape=True),
    )
    spaces = _of_platform(turn, space.platform)
    found: list[str] = []
    for destination in turn.connection.scalars(waiting.distinct()):
        to = parse_destination(destination)
        here = _among(spaces, to)
        if isinstance(to, Place):
            is_there = to.space == space.external_id
        else:
            alone = all(each.id == space.id or each.state == "paused" for each in here)
            is_there = space in here and alone and not people.awaits_first_contact(turn, to)
        if is_there:
            found.append(destination)
    return found


class _After(Struct, frozen=True, omit_defaults=True):
    """The payload of the timer that erases people of a space: the last who was looked at."""

    person: int = 0


def erase_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Forget the people met only in a space that has been left for as long as answers are kept.

    Some of them in each turn; a timer does the rest, while the bot is not back.
    """
    space = turn.session.get(Space, subjects.SPACE.id_of(event.subject))
    if space is None or space.programme_id != turn.programme_id or space.state != "paused":
        return []
    persons, last = _left_behind(turn, event.read(_After).person)
    actions = [act for person in persons for act in forget.erase(turn, person)]
    if last:
        due, key = next_piece_at(turn.now), keys.SPACE_ERASE(space.id)
        actions.append(SetTimer(key, due, _ERASE, event.subject, _After(last)))
    return actions


def _left_behind(turn: Turn, after: int) -> tuple[list[Person], int]:
    """Return the next people who can be met only in spaces that the bot has left, and the last looked at.

    It is 0 where no person is left to look at.
    """
    query = (
        select(Person.id, Identity.platform, Identity.user_id)
        .join(Identity, Identity.person_id == Person.id)
        .where(Person.programme_id == turn.programme_id, Person.erased_at.is_(None), Person.id > after)
        .order_by(Person.id)
        .limit(_LOOKED_AT)
    )
    rows = turn.session.execute(query).all()
    spaces = {platform: _of_platform(turn, platform) for platform in {row.platform for row in rows}}
    met: dict[int, bool] = {}
    for row in rows:
        here = not _is_away(spaces[row.platform], UserRef(row.platform, row.user_id))
        met[row.id] = met.get(row.id, False) or here
    if len(rows) == _LOOKED_AT and len(met) > 1:
        met.popitem()  # their other accounts may be among the next
    gone = [number for number, here in met.items() if not here][:_ERASED]
    whole = len(gone) < _ERASED and len(rows) < _LOOKED_AT
    last = 0 if whole else gone[-1] if len(gone) == _ERASED else max(met)
    return [people.person_of(turn, number) for number in gone], last


ROUTES = Routes(
    timers={_ERASE: erase_due},
    space=changed,
    messages={_WORD: MessageRoute(_still_there, _named)},
)

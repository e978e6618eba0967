"""Whether people and channels can be reached: what never arrives, who leaves, and who comes back."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, note, text
from bot.chat.events import (
    ChannelChanged,
    MemberJoined,
    MemberLeft,
    Place,
    UserRef,
    parse_destination,
)
from bot.chat.routes import Routes, Undelivered
from bot.chat.sentences import ChannelName
from bot.programme import people, projects
from bot.programme.accounts import personal_data
from bot.programme.cases import readers
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog, task_summary, tasks
from bot.programme.projects import ownership
from bot.programme.reachability import closed_dms, spaces, unknown_deliveries
from storage.queries import held
from storage.queries import outbox as outbox_rows
from storage.tables import (
    Channel,
    Cohort,
    Identity,
    Person,
)

__all__ = ["ROUTES"]


def undelivered(turn: Turn, lost: Undelivered) -> list[Action]:
    """Try another way for a message that did not arrive, or may not have; a coordinator learns of it."""
    to = parse_destination(lost.destination)
    gone = spaces.lost(turn, to) if lost.lost == "space" else []
    if lost.lost in {"destination", "space"} and spaces.away(turn, to):
        outbox_rows.hold_lost(turn.connection, turn.programme_id, lost.key)
        return gone
    if isinstance(to, Place) and to.kind == "home":
        people.page_lost(turn, to)
    if lost.unknown and not keys.is_change(lost.key):
        return [*_stopped(turn, lost), *unknown_deliveries.follow(turn)]
    if isinstance(to, Place) and to.kind == "channel":
        return _channel_lost(turn, to, lost)
    if keys.is_change(lost.key):
        return []  # what it would have changed is gone; the next message shows the present state
    person = _person_at(turn, to) if isinstance(to, UserRef) else None
    if person is None or not isinstance(to, UserRef):
        return tasks.open_task(
            turn, keys.undelivered(lost.key), "undelivered", subjects.PROGRAMME(turn.programme_id),
            text("A direct message could not be delivered ({code}).", code=lost.code),
        )  # fmt: skip
    return _person_lost(turn, person, to, lost)


def _person_at(turn: Turn, user: UserRef | Place) -> Person | None:
    query = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Identity.programme_id == turn.programme_id,
            Identity.platform == user.platform,
            Identity.user_id == user.id,
        )
    )
    return turn.session.scalars(query).first()


def _person_lost(turn: Turn, person: Person, to: UserRef, lost: Undelivered) -> list[Action]:
    if lost.lost in {"destination", "space"}:
        return closed_dms.refused(turn, person, to, lost)
    item = tasks.open_task(
        turn, keys.undelivered(lost.key), "undelivered", subjects.PERSON(person.id),
        text("A message to **{person}** could not be delivered ({code}).",
             person=people.person_name(person), code=lost.code),
        Buttons((Button("Try again", verbs.REACH_AGAIN(person.id), style="primary"),)),
    )  # fmt: skip
    return [*_stopped(turn, lost), *item]


def _stopped(turn: Turn, lost: Undelivered) -> list[Action]:
    """Stop what is counted from a message's arrival: its reader may not have it."""
    found = held.of_keys(turn.connection, turn.programme_id, [lost.key])
    return [act for row in found for act in backlog.stopped(turn, row)]


def _channel_lost(turn: Turn, place: Place, lost: Undelivered) -> list[Action]:
    """Pause a cohort's channel, or let go of the staff channel; say it once, with a way to choose another."""
    again: list[Action] = []
    if lost.target:
        again = projects.edit_lost(turn, str(place), lost.target, gone=lost.lost == "target")
    if lost.lost not in {"destination", "space"}:
        return again if keys.is_change(lost.key) else _one_message_lost(turn, place, lost)
    return _channel_closed(turn, place)


def _channel_closed(turn: Turn, place: Place) -> list[Action]:
    actions: list[Action] = []
    if turn.programme.staff_place == str(place):
        turn.programme.staff_place = None
        turn.session.flush()
        actions += task_summary.reschedule_summary(turn)
        actions += tasks.open_task(
            turn, "staff-channel", "undelivered", subjects.PROGRAMME(turn.programme_id),
            text("I can no longer write to the staff channel, so tasks come to you directly. "
                 "Choose another one: `/stint settings #channel`."),
        )  # fmt: skip
    query = (
        select(Channel, Cohort)
        .join(Cohort, Cohort.id == Channel.cohort_id)
        .where(Channel.programme_id == turn.programme_id, Channel.place == str(place))
    )
    for channel, cohort in turn.session.execute(query).all():
        if channel.state != "active":
            continue
        actions += move(turn, channel, "paused")
        actions += tasks.open_task(
            turn, keys.CHANNEL(channel.id), "undelivered", subjects.COHORT(cohort.id),
            text("I can no longer write to the channel of **{cohort}**: it is archived, or I was removed "
                 "from it. Announcements and digests there are paused.", cohort=cohort.name),
            note("Let me in again, or choose another one with `/cohort channel`."),
            Buttons((Button("I am back in", verbs.CHANNEL_AGAIN(channel.id)),)),
        )  # fmt: skip
    turn.session.flush()
    return actions


def _one_message_lost(turn: Turn, place: Place, lost: Undelivered) -> list[Action]:
    query = (
        select(Cohort)
        .join(Channel, Channel.cohort_id == Cohort.id)
        .where(Channel.programme_id == turn.programme_id, Channel.place == str(place))
    )
    cohort = turn.session.scalars(query).first()
    if cohort:
        said = text("A message to the channel of **{cohort}** could not be posted ({code}). It says:",
                    cohort=cohort.name, code=lost.code)  # fmt: skip
    else:
        said = text("A message to the channel {channel} could not be posted ({code}). It says:",
                    channel=ChannelName(str(place)), code=lost.code)  # fmt: skip
    return tasks.open_task(
        turn, keys.undelivered(lost.key), "undelivered", subjects.PROGRAMME(turn.programme_id),
        said,
        *lost.message.blocks[:2],
    )  # fmt: skip


def channel_changed(turn: Turn, event: ChannelChanged) -> list[Action]:
    """Note that the bot can write in a channel again, or no longer, as the platform says."""
    if event.state == "closed":
        return _channel_closed(turn, event.place)
    query = select(Channel).where(
        Channel.programme_id == turn.programme_id,
        Channel.place == str(event.place),
        Channel.state.in_(("paused", "new")),
    )
    actions: list[Action] = []
    for channel in turn.session.scalars(query).all():
        actions += [*spaces.channel_back(turn, channel), *spaces.unannounced(turn, channel)]
    return actions


def left(turn: Turn, event: MemberLeft) -> list[Action]:
    """Note that a person's account is gone: the bot writes no more, and a coordinator reads what is open."""
    person = turn.person
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    identities = turn.session.scalars(query).all()
    for identity in identities:
        if people.account_of(identity) == event.actor:
            identity.reachable = False
    if any(identity.reachable for identity in identities):
        return []
    person.left_at = turn.now
    turn.session.flush()
    # Before the work goes to colleagues, as this names what was theirs.
    open_ends = personal_data.left_unfinished(turn, person)
    handed = [*ownership.leave(turn, person), *readers.left_alone(turn, person)]
    if not open_ends:
        return handed
    return [*handed, *tasks.open_task(
        turn, keys.LEFT(person.id), "left", subjects.PERSON(person.id),
        text("**{person}** has left, with something unfinished:", person=people.person_name(person)),
        *open_ends,
    )]  # fmt: skip


def joined(turn: Turn, event: MemberJoined) -> list[Action]:
    """Send what waits for a person who came back. A person who did not ask for a greeting gets none."""
    tasks.close_task(turn, keys.LEFT(turn.person.id))
    return closed_dms.reached(turn, event.actor) if closed_dms.unreachable(turn) else []


ROUTES = Routes(
    channel=channel_changed,
    joined=joined,
    left=left,
    undelivered=undelivered,
)

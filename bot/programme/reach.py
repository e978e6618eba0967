"""Whether people and channels can be reached: what never arrives, who leaves, and who comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, func, select, update

from bot.chat.actions import Action, Post, Reply
from bot.chat.content import Block, Button, Buttons, Part, Plain, action, load_message, message, note, text
from bot.chat.events import (
    ButtonPressed,
    ChannelChanged,
    MemberJoined,
    MemberLeft,
    Place,
    UserRef,
    parse_destination,
)
from bot.chat.routes import Declined, Routes, Undelivered
from bot.programme import doubts, people, projects, spaces, tasks
from bot.programme.pressed import ids_in
from bot.programme.turn import Turn, need
from storage.queries import outbox as outbox_rows
from storage.tables import (
    Application,
    Channel,
    Cohort,
    Identity,
    Person,
    Placement,
    Project,
    outbox,
)

__all__ = ["ROUTES", "catch_up", "unreachable"]

_ANY_EDIT: Final = "edit:"
_MOST: Final = 20  # messages caught up on at once


def undelivered(turn: Turn, lost: Undelivered) -> list[Action]:
    """A message will never arrive, or nobody can tell: another way is tried, a coordinator hears of it."""
    to = parse_destination(lost.destination)
    gone = spaces.lost(turn, to) if lost.lost == "space" else []
    if lost.lost in {"destination", "space"} and spaces.away(turn, to):
        outbox_rows.hold_lost(turn.connection, turn.programme_id, lost.key)
        return gone
    if lost.unknown and not lost.target:
        return doubts.follow(turn)
    if isinstance(to, Place) and to.kind == "channel":
        return _channel_lost(turn, to, lost)
    if lost.key.startswith(_ANY_EDIT):
        return []  # what it would have changed is gone; the next message tells how things stand
    person = _person_at(turn, to) if isinstance(to, UserRef) else None
    if person is None:
        return tasks.open_task(
            turn, f"undelivered:{lost.key}"[:120], "undelivered", f"programme:{turn.programme_id}",
            text(f"A direct message could not be delivered ({lost.code})."),
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


def _person_lost(turn: Turn, person: Person, to: UserRef | Place, lost: Undelivered) -> list[Action]:
    name = Plain(person.name)
    subject = f"person:{person.id}"
    again = Button("Try again", action("reach-again", person.id), style="primary")
    if lost.lost not in {"destination", "space"}:
        return tasks.open_task(
            turn, f"undelivered:{lost.key}"[:120], "undelivered", subject,
            text("A message to **", name, f"** could not be delivered ({lost.code})."),
            Buttons((again,)),
        )  # fmt: skip
    turn.session.execute(
        update(Identity)
        .where(Identity.person_id == person.id, Identity.platform == to.platform, Identity.user_id == to.id)
        .values(reachable=False)
        .execution_options(synchronize_session="fetch")
    )
    other = people.address(turn, person)
    if other != lost.destination and not lost.key.endswith(":elsewhere"):
        return [Post(other, lost.message, f"{lost.key[:240]}:elsewhere")]
    return tasks.open_task(
        turn, f"unreachable:{person.id}", "undelivered", subject,
        text("I cannot write to **", name, f"** on {to.platform.capitalize()}: their direct messages are "
             "closed, or they left. I keep what I owe them, and give it to them when they write to me."),
        note("Ask them to allow direct messages from this space, then press Try again."),
        Buttons((again,)),
    )  # fmt: skip


def _channel_lost(turn: Turn, place: Place, lost: Undelivered) -> list[Action]:
    """A cohort's channel is paused, the staff channel let go of; told once, with a way to choose another."""
    if lost.target:
        projects.edit_lost(turn, str(place), lost.target, gone=lost.lost == "target")
    if lost.lost not in {"destination", "space"}:
        return [] if lost.key.startswith(_ANY_EDIT) else _one_message_lost(turn, place, lost)
    return _channel_closed(turn, place)


def _channel_closed(turn: Turn, place: Place) -> list[Action]:
    actions: list[Action] = []
    if turn.programme.staff_place == str(place):
        turn.programme.staff_place = None
        turn.session.flush()
        actions += tasks.follow_summary(turn)
        actions += tasks.open_task(
            turn, "staff-channel", "undelivered", f"programme:{turn.programme_id}",
            text("I can no longer write to the staff channel, so open items come to you directly. "
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
        channel.state = "paused"
        actions += tasks.open_task(
            turn, f"channel:{channel.id}", "undelivered", f"cohort:{cohort.id}",
            text("I can no longer write to the channel of **", Plain(cohort.name), "**: it is archived, "
                 "or I was removed from it. Announcements and digests there are paused."),
            note("Let me in again, or choose another one with `/cohort channel`."),
            Buttons((Button("I am back in", action("channel-again", channel.id)),)),
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
    whose = ("of **", Plain(cohort.name), "**") if cohort else (f"on {place.platform.capitalize()}",)
    how = f"could not be posted ({lost.code})"
    return tasks.open_task(
        turn, f"undelivered:{lost.key}"[:120], "undelivered", f"programme:{turn.programme_id}",
        text("A message to the channel ", *whose, f" {how}. It says:"),
        *lost.message.blocks[:2],
    )  # fmt: skip


def try_again(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The coordinator says that a person can be reached again."""
    need(turn, "coordinator")
    (person_id,) = ids_in(event, 1)
    person = people.person_of(turn, person_id)
    if person.erased_at is not None:
        raise Declined("They asked to be forgotten, so there is nobody to write to.")
    actions = _deliver_owed(turn, person)
    count = sum(isinstance(act, Post) for act in actions)
    count += doubts.post_again_to(turn, _accounts(turn, person))
    actions += doubts.follow(turn)
    if not count:
        raise Declined(text("Nothing is owed to **", Plain(person.name), "** any more."))
    said = f"I am trying again: {count} message{'' if count == 1 else 's'} for "
    return [*actions, Reply(message(text(said, Plain(person.name), ".")))]


def channel_changed(turn: Turn, event: ChannelChanged) -> list[Action]:
    """The platform says that the bot can write in a channel again, or no longer."""
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


def catch_up(turn: Turn) -> list[Action]:
    """The person who acted in their DM could not be reached before: what I owe them comes now."""
    in_dm = turn.place is not None and turn.place.kind == "dm"
    return _deliver_owed(turn, turn.person) if in_dm and unreachable(turn) else []


def unreachable(turn: Turn) -> bool:
    """Whether the account that acted could not be written to when it was last tried."""
    if turn.user is None:
        return False
    query = select(Identity.id).where(
        Identity.programme_id == turn.programme_id,
        Identity.platform == turn.user.platform,
        Identity.user_id == turn.user.id,
        Identity.reachable.is_(False),
    )
    return turn.session.scalar(query) is not None


def _deliver_owed(turn: Turn, person: Person) -> list[Action]:
    """Send a person's lost messages once more, the newest of them, oldest first."""
    tasks.close_task(turn, f"unreachable:{person.id}")
    tasks.close_task(turn, f"unknown:{person.id}")
    turn.session.execute(
        update(Identity)
        .where(Identity.programme_id == turn.programme_id, Identity.person_id == person.id)
        .values(reachable=True)
        .execution_options(synchronize_session="fetch")
    )
    rows = _lost(turn, _accounts(turn, person))
    posts: list[Action] = [
        Post(people.address(turn, person), load_message(row.message), f"{row.key[:240]}:again:{row.id}")
        for row in rows
    ]
    turn.connection.execute(
        update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(state="withdrawn")
    )
    return posts


def _accounts(turn: Turn, person: Person) -> list[str]:
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return [str(people.account_of(identity)) for identity in turn.session.scalars(query)]


def _lost(turn: Turn, accounts: Sequence[str]) -> list[Row[*tuple[Any, ...]]]:
    query = (
        select(outbox.c.id, outbox.c.key, outbox.c.message)
        .where(
            outbox.c.programme_id == turn.programme_id,
            outbox.c.destination.in_(accounts),
            outbox.c.operation == "send",
            outbox.c.state == "failed",
        )
        .order_by(outbox.c.id.desc())
        .limit(_MOST)
    )
    return list(reversed(turn.connection.execute(query).all()))


def left(turn: Turn, event: MemberLeft) -> list[Action]:
    """Somebody's account is gone: nobody writes to it, and a coordinator hears what they leave open."""
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
    open_ends = _open_ends(turn, person)
    if not open_ends:
        return []
    return tasks.open_task(
        turn, f"left:{person.id}", "left", f"person:{person.id}",
        text("**", Plain(person.name), "** has left, with something unfinished:"),
        *open_ends,
    )  # fmt: skip


def _open_ends(turn: Turn, person: Person) -> list[Block]:
    """What somebody who left was in the middle of."""
    placed = (
        select(Project.title)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.person_id == person.id, Placement.status == "active")
    )
    applied = (
        select(Project.title)
        .join(Application, Application.project_id == Project.id)
        .where(Application.person_id == person.id)
        .where(Application.status.in_(("submitted", "shortlisted", "offered")))
    )
    found: list[Block] = []
    for what, query in (("placement in", placed), ("application to", applied)):
        found += [text(f"- {what} **", Plain(title), "**") for title in turn.session.scalars(query)]
    return found + _looked_after(turn, person)


def _looked_after(turn: Turn, person: Person) -> list[Block]:
    """The projects that somebody who left looked after, where anybody still counts on them."""
    waiting = select(func.count(Application.id)).where(
        Application.project_id == Project.id, Application.status.in_(("submitted", "shortlisted", "offered"))
    )
    at_work = select(func.count(Placement.id)).where(
        Placement.project_id == Project.id, Placement.status == "active"
    )
    query = (
        select(Project, waiting.scalar_subquery(), at_work.scalar_subquery())
        .where(Project.owner_id == person.id, Project.status.in_(("review", "changes", "open", "closed")))
        .order_by(Project.id)
    )
    found: list[Block] = []
    for project, applicants, interns in turn.session.execute(query):
        if project.status == "closed" and not applicants and not interns:
            continue
        counts = f" ({applicants} to answer, {interns} at work)" if applicants or interns else ""
        deputy = projects.employer_of(turn, project)
        after: tuple[Part, ...] = (", ", Plain(deputy.name), " stands in") if deputy else ()
        found.append(text("- project **", projects.title_part(project), f"**{counts}", *after))
        if deputy is None:
            found.append(Buttons((Button("See it", action("project-show", project.id)),)))
    return found


def joined(turn: Turn, _event: MemberJoined) -> list[Action]:
    """Somebody came back: what I owe them comes now. Nobody is greeted who did not ask for it."""
    tasks.close_task(turn, f"left:{turn.person.id}")
    return _deliver_owed(turn, turn.person) if unreachable(turn) else []


ROUTES = Routes(
    buttons={"reach-again": try_again},
    channel=channel_changed,
    joined=joined,
    left=left,
    undelivered=undelivered,
)

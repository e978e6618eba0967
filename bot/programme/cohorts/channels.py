"""A cohort's channels: chosen, looked at before anything is promised there, replaced, and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select

from bot.chat.actions import Action, Inspect, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, Message, Sentence, layout, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed, Place, parse_destination
from bot.chat.routes import Declined
from bot.chat.sentences import ChannelName
from bot.programme.cohorts.lookup import channels_of, cohort_at, cohort_named, place_of
from bot.programme.core import keys, verbs
from bot.programme.core.lifecycle import begin
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import require_role
from bot.programme.people.company_spaces import must_be_the_programme_s
from bot.programme.projects import announce
from bot.programme.projects.lookup import cohort_ids
from storage.tables import Announcement, Channel, Cohort, Project, Space

__all__ = [
    "CHANNEL",
    "CHECK",
    "LOOKING",
    "announce_pressed",
    "channel_command",
    "channel_lines",
    "choose_channel",
    "hello",
    "lines_of",
    "look_at",
    "offer_announcing",
    "place_wanted",
]

CHECK: Final = "setup-check"
"""The route that gets what a look at a cohort's channel found (`administration.setup.channels`)."""

LOOKING: Final = "I am looking at that channel. If nothing more comes, ask again in a minute."

_NO_CHANNEL: Final = "That channel is no longer a cohort's. `/cohort list` shows where each is announced."

CHANNEL: Final = CommandSpec(
    ("cohort", "channel"),
    "Choose the channel of a cohort: add, replace or take out one",
    (
        Argument("channel", "which one; without it, the channel you are in", kind="channel"),
        Argument("remove", "take it out instead", kind="yes_no"),
        Argument("cohort", "its name; not needed while there is only one", suggests=True, rest=True),
    ),
    allowed=frozenset({"coordinator"}),
    example="/cohort channel #spring Spring 26",
)


def place_wanted(turn: Turn, typed: str) -> Place | None:
    """Return the channel that an option names, or that the person is in; None in a DM without an option.

    Raises:
        Declined: the option names no channel, or one of a space that is not the programme's own.
    """
    if not typed:
        if turn.place is None or turn.place.kind != "channel":
            return None
        must_be_the_programme_s(turn, turn.place)
        return turn.place
    try:
        found = parse_destination(typed)
    except ValueError:
        found = None
    if not isinstance(found, Place) or found.kind != "channel":
        raise Declined("I could not tell which channel you mean. Name it with #, like #spring.")
    space = select(Space.id).where(
        Space.programme_id == turn.programme_id,
        Space.platform == found.platform,
        Space.external_id == found.space,
    )
    if turn.session.scalar(space) is None:
        raise Declined("That channel is not one of this programme's. Name one of this programme's channels.")
    must_be_the_programme_s(turn, found)
    return found


def channel_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/cohort channel`: add, replace or take out a channel."""
    place = place_wanted(turn, event.options.get("channel", ""))
    if place is None:
        raise Declined("Which channel? Name it with #, or use this command in the channel itself.")
    if event.options.get("remove", "").casefold() in {"yes", "y", "true", "on", "1"}:
        return _remove(turn, place)
    cohort = cohort_named(turn, event.options.get("cohort", ""))
    return choose_channel(turn, cohort, place, "channel")


def choose_channel(turn: Turn, cohort: Cohort, place: Place, purpose: str) -> list[Action]:
    """Choose a place as a cohort's channel, and look at it.

    Raises:
        Declined: it is another cohort's, or this one's already.
    """
    channel, taken = _take_channel(turn, cohort, place)
    return [*taken, *look_at(channel, purpose)]


def look_at(channel: Channel, purpose: str) -> list[Action]:
    """Look at a channel before anything is promised there; what is found becomes the answer.

    `purpose` is what the answer is about: "" (setup), "create", "channel", "back".
    """
    return [Reply(message(LOOKING)), Inspect(CHECK, (place_of(channel),), f"{channel.id}/{purpose}")]


def _take_channel(turn: Turn, cohort: Cohort, place: Place) -> tuple[Channel, list[Action]]:
    """Choose a place as a cohort's channel; one in the same space that is not in use makes way for it.

    Nothing is posted there before it was looked at and found ready (`look_at`).

    Raises:
        Declined: it is another cohort's, or this one's already.
    """
    owner = cohort_at(turn, place)
    known = {channel.place: channel for channel in channels_of(turn, [cohort.id], paused=True)}
    held = known.get(str(place))
    if owner is not None and owner.id != cohort.id:
        raise Declined(
            text(
                "That channel belongs to the cohort **{cohort}**. Choose another one, or take it out there "
                "first: `/cohort channel remove:yes` in that channel.",
                cohort=owner.name,
            )
        )
    if held is not None and held.state == "active":
        raise Declined(
            text("That channel belongs to **{cohort}** already. Nothing was changed.", cohort=cohort.name)
        )
    for channel in known.values():
        there = parse_destination(channel.place)
        gone = channel.state != "active" and isinstance(there, Place) and there.space == place.space
        if gone:
            tasks.close_task(turn, keys.CHANNEL(channel.id))
            if channel is not held:
                turn.session.delete(channel)
    if held is not None:
        turn.session.flush()
        return held, []
    made = Channel(programme_id=turn.programme_id, cohort_id=cohort.id, place=str(place), state="new")
    return made, begin(turn, made)


def hello(cohort: Cohort) -> Message:
    """Return what the bot says in a channel when it becomes a cohort's."""
    return message(
        text(
            "This is now the channel of the cohort **{cohort}**. Projects are announced here, and what is "
            "new comes in one digest a day at {time} ({zone}). Press Apply on a project to begin; I ask the "
            "questions in a direct message.",
            cohort=cohort.name,
            time=cohort.digest_at,
            zone=cohort.zone,
        )
    )


def _remove(turn: Turn, place: Place) -> list[Action]:
    cohort = cohort_at(turn, place)
    if cohort is None:
        raise Declined("That channel belongs to no cohort, so there is nothing to take out.")
    query = select(Channel).where(Channel.cohort_id == cohort.id, Channel.place == str(place))
    channel = turn.session.scalars(query).one()
    tasks.close_task(turn, keys.CHANNEL(channel.id))
    turn.session.delete(channel)
    turn.session.flush()
    said = (
        "I no longer write to that channel for **{cohort}**."
        if channels_of(turn, [cohort.id])
        else "I no longer write to that channel for **{cohort}**. It has no channel now: choose one with "
        "`/cohort channel`."
    )
    return [Reply(message(text(said, cohort=cohort.name)))]


def offer_announcing(turn: Turn, channel: Channel) -> list[Block]:
    """Offer to announce the cohort's open projects that have no card in a channel; empty without any."""
    open_ones = _unannounced(turn, channel)
    if not open_ones:
        return []
    count = len(open_ones)
    said = note(
        "One project of this cohort is open and not announced there yet.",
        "{count} projects of this cohort are open and not announced there yet.",
        count=count,
    )
    label = say("Announce it there", "Announce all {count} there", count=count)
    return [said, Buttons((Button(label, verbs.COHORT_ANNOUNCE(channel.id)),))]


def _unannounced(turn: Turn, channel: Channel) -> list[Project]:
    announced = exists().where(Announcement.project_id == Project.id, Announcement.place == channel.place)
    query = select(Project).where(
        Project.programme_id == turn.programme_id,
        Project.status == "open",
        Project.deadline_at > turn.now,
        ~announced,
    )
    found = turn.session.scalars(query.order_by(Project.deadline_at, Project.id))
    wanted = channel.cohort_id
    return [project for project in found if wanted in cohort_ids(project)]


def announce_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Announce a cohort's open projects in its new channel; existing cards are not repeated."""
    require_role(turn, "coordinator")
    channel_id = verbs.COHORT_ANNOUNCE.read(event).channel
    channel = turn.session.get(Channel, channel_id)
    if channel is None or channel.programme_id != turn.programme_id or channel.state != "active":
        raise Declined(_NO_CHANNEL)
    tasks.close_task(turn, keys.UNANNOUNCED(channel.id))
    actions: list[Action] = []
    for project in _unannounced(turn, channel):
        # Apart in time: Slack hides messages that follow too closely (importing.write.PACE).
        actions += announce(turn, project, first=timedelta(seconds=2 * len(actions)))
    said = text(
        "I am announcing one project there.",
        "I am announcing {count} projects there.",
        count=len(actions),
    )
    if not actions:
        said = text("All are announced there already.")
    return [*actions, Reply(message(said), replace=True)]


def channel_lines(turn: Turn, cohort: Cohort) -> list[Sentence]:
    """Name a cohort's channels, and say which are not in use."""
    return lines_of(turn, channels_of(turn, [cohort.id], paused=True))


def lines_of(turn: Turn, held: Sequence[Channel]) -> list[Sentence]:
    """Return the lines of `channel_lines` for a cohort that has these channels."""
    if not held:
        return [say("none yet: choose one with `/cohort channel`")]
    return [_line(turn, channel) for channel in held]


def _line(turn: Turn, channel: Channel) -> Sentence:
    here = turn.place is not None and channel.place == str(turn.place)
    named = ChannelName(channel.place)
    if channel.state == "new":
        if here:
            return say("this channel (not ready yet: `/stint setup` says why)")
        return say("{channel} (not ready yet: `/stint setup` says why)", channel=named)
    if channel.state in {"paused", "away"}:
        if here:
            return say("this channel (paused: I cannot write there)")
        return say("{channel} (paused: I cannot write there)", channel=named)
    return say("this channel") if here else layout("{channel}", channel=named)

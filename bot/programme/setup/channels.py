"""A cohort's channel is chosen and looked at: what is wrong is said with its fix, what is right is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel

from bot.chat.actions import Action, Inspect, OpenForm, Post, RejectForm, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Plain,
    action,
    heading,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed, Inspected, Place, parse_destination
from bot.chat.findings import Finding
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined
from bot.programme import cohorts, coordinators, spaces
from bot.programme.pressed import ids_in
from bot.programme.projects.cards import card_of
from bot.programme.turn import Turn, need
from storage.tables import Channel, Cohort, Project

__all__ = [
    "CHECK",
    "FORM",
    "channel_form",
    "check_again",
    "checked",
    "choose",
    "chosen",
    "finding_lines",
    "later",
    "sample_pressed",
]

FORM: Final = "setup-channel"
CHECK: Final = "setup-check"
_AGAIN: Final = "again"


class ChannelAnswer(BaseModel):
    """Where a cohort is announced in this space."""

    channel: Annotated[
        str,
        Ask("In which channel of this space are projects announced to them?", label="Channel", kind="channel",
            example="#spring"),
    ]  # fmt: skip


def choose(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The form for a cohort's channel in this space."""
    need(turn, "coordinator")
    (cohort_id,) = ids_in(event, 1)
    cohort = cohorts.cohort_of(turn, cohort_id)
    here = turn.place
    return [OpenForm(FORM, str(cohort.id), values={"channel": str(here)} if _is_channel(here) else {})]


def _is_channel(place: Place | None) -> bool:
    return place is not None and place.kind == "channel"


def channel_form(turn: Turn, subject: str) -> Form:
    """The form: one question."""
    need(turn, "coordinator")
    cohort = cohorts.cohort_of(turn, subject)
    return form_of(ChannelAnswer, form_id=FORM, title=f"Channel of {cohort.name}"[:40], submit="Choose it")


def chosen(turn: Turn, done: Completed) -> list[Action]:
    """The channel is the cohort's now; then it is looked at."""
    need(turn, "coordinator")
    place = parse_destination(str(done.values["channel"]))
    if not isinstance(place, Place):
        return [RejectForm({"channel": "Choose a channel of this space."})]
    channel = cohorts.take_channel(turn, cohorts.cohort_of(turn, done.subject), place)
    return [Inspect(CHECK, (place,), str(channel.id))]


def check_again(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Somebody has mended something, or wants to know: the channel is looked at again."""
    need(turn, "coordinator")
    (channel_id,) = ids_in(event, 1)
    channel = _channel(turn, channel_id)
    return [Inspect(CHECK, (cohorts.place_of(channel),), f"{channel.id}/{_AGAIN}")]


def _channel(turn: Turn, channel_id: int | str) -> Channel:
    channel = turn.session.get(Channel, int(channel_id)) if str(channel_id).isdecimal() else None
    if channel is None or channel.programme_id != turn.programme_id:
        raise Declined("That channel is no longer a cohort's. `/cohort list` shows where each is announced.")
    return channel


def checked(turn: Turn, event: Inspected) -> list[Action]:
    """What the look at a cohort's channel found: what is to be done, or that it is ready, with a sample."""
    need(turn, "coordinator")
    number, _, again = event.subject.partition("/")
    channel = _channel(turn, number)
    cohort = cohorts.cohort_of(turn, channel.cohort_id)
    if any(finding.level == "problem" for finding in event.findings):
        return [Reply(_not_yet(channel, cohort, event.findings), replace=bool(again))]
    back = spaces.channel_back(turn, channel) if channel.state != "active" else []
    greeting = Post(channel.place, cohorts.hello(cohort), f"hello:{channel.id}:setup")
    ready = message(
        text("The channel of **", Plain(cohort.name), "** is ready: I can write there."),
        *finding_lines(event.findings),
        Divider(),
        *_sample(turn),
        Divider(),
        text("**Next**\n- Invite an employer: `/employer invite`\n- Post a first project: `/project post`\n"
             "- Share the work: press **Add a coordinator**; on Discord `/stint roles` lets a role of the "
             "server stand for one\n"
             "- See what else there is: `/stint help`"),
        Buttons((Button("Add a coordinator", action(coordinators.ADD)),)),
    )  # fmt: skip
    return [*(back or [greeting]), Reply(ready, replace=bool(again))]


def _not_yet(channel: Channel, cohort: Cohort, findings: Sequence[Finding]) -> Message:
    buttons = (
        Button("Check again", action("setup-check", channel.id), style="primary"),
        Button("Choose another channel", action("setup-channel", cohort.id)),
    )
    return message(
        text("I cannot work in the channel of **", Plain(cohort.name), "** yet:"),
        *finding_lines(findings),
        Buttons(buttons),
        note("Nothing is lost if you stop here: `/stint setup` goes on."),
    )


def finding_lines(findings: Sequence[Finding]) -> list[Block]:
    """What was found, one by one, each with what to do about it."""
    found = [finding for finding in findings if finding.level != "ok"]
    return [text("- ", Plain(f"{finding.what} {finding.fix}".strip())) for finding in found]


def _sample(turn: Turn) -> list[Block]:
    """A project's card, as students will see such cards, of a project that does not exist."""
    project = Project(
        status="open",
        title="Market map of repair shops",
        brief="List the repair shops of one town in a table, with what each mends and when it is open.",
        hours=20,
        deadline_at=turn.now + timedelta(days=14),
        field="Research",
        location="",
        fee_cents=40000,
        currency=turn.programme.currency,
        unpaid_reason="",
        places=2,
    )
    card = card_of(turn, project, "Example company", 2)
    labels = [each.label for block in card.blocks if isinstance(block, Buttons) for each in block.buttons]
    buttons = Buttons(tuple(Button(label, action("setup-sample", label.casefold())) for label in labels))
    shown = [block for block in card.blocks if not isinstance(block, Buttons)]
    return [
        heading("A sample: this is how a project will look"),
        *shown,
        buttons,
        note("Only you see this sample, and its buttons do nothing."),
    ]


def sample_pressed(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Somebody tried a button of the sample."""
    return [Reply(message("That is only a sample. On a real project this button works: `/project post`."))]


def later(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """No channel for now."""
    need(turn, "coordinator")
    said = "Good. Whenever you want one here: `/cohort channel` in that channel, or `/stint setup`."
    return [Reply(message(said), replace=True)]

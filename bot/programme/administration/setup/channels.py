"""A cohort's channel is chosen and looked at: what is wrong is said with its fix, what is right is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel

from bot.chat.actions import Action, Inspect, OpenForm, RejectForm, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Sentence,
    heading,
    lines,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, Inspected, Place
from bot.chat.findings import Finding, finding_lines
from bot.chat.forms import Ask, Form, form_of
from bot.chat.language import as_text
from bot.chat.local_day import EVERYWHERE, Day
from bot.chat.numbers import whole_number
from bot.chat.routes import Completed, Declined
from bot.programme import cohorts, people
from bot.programme.core import dates, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects.cards import card_of
from bot.programme.reachability import spaces
from storage.tables import Channel, Cohort, Project

__all__ = [
    "FORM",
    "back_pressed",
    "channel_form",
    "sample_pressed",
    "setup_channel_pressed",
    "setup_channel_submitted",
    "setup_check_inspected",
    "setup_check_pressed",
    "setup_later_pressed",
]

FORM: Final = "setup-channel"
_AGAIN: Final = "again"
_OPENINGS: Final = {
    "": "I cannot work in the channel of **{cohort}** yet:",
    "create": "There is a new cohort: **{cohort}**. I cannot work in its channel yet:",
    "channel": "I cannot announce **{cohort}** there yet:",
    "back": "I still cannot work in the channel of **{cohort}**:",
}
"""What is said of a channel that cannot be used, by what it was looked at for."""


class ChannelAnswer(BaseModel):
    """Where a cohort is announced in this space."""

    channel: Annotated[
        str,
        Ask("In which channel are projects announced to them?", label="Channel", kind="channel",
            example="#spring", earlier=("In which channel of this space are projects announced to them?",)),
    ]  # fmt: skip


def setup_channel_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form for a cohort's channel in this space."""
    require_role(turn, "coordinator")
    cohort_id = verbs.SETUP_CHANNEL.read(event).cohort
    cohort = cohorts.cohort_of(turn, cohort_id)
    here = turn.place
    return [OpenForm(FORM, str(cohort.id), values={"channel": str(here)} if _is_channel(here) else {})]


def _is_channel(place: Place | None) -> bool:
    return place is not None and place.kind == "channel"


def channel_form(turn: Turn, subject: str) -> Form:
    """Return the form: one question."""
    require_role(turn, "coordinator")
    cohort = cohorts.cohort_of(turn, subject)
    return form_of(
        ChannelAnswer, form_id=FORM, title=say("Channel: {cohort}", cohort=cohort.name), submit="Choose it"
    )


def setup_channel_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Make the channel the cohort's, and look at it."""
    require_role(turn, "coordinator")
    try:
        place = cohorts.place_wanted(turn, str(done.values["channel"]))
    except Declined:
        place = None
    if place is None:
        return [RejectForm({"channel": say("Choose one of the channels here.")})]
    return cohorts.choose_channel(turn, cohorts.cohort_of(turn, done.subject), place, "")


def setup_check_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Look at a channel again: a setting was changed there, or the coordinator wants to know."""
    require_role(turn, "coordinator")
    pressed = verbs.SETUP_CHECK.read(event)
    channel, purpose = _channel(turn, pressed.channel), pressed.purpose
    subject = f"{channel.id}/{purpose if purpose in _OPENINGS else ''}/{_AGAIN}"
    return [Inspect(cohorts.CHECK, (cohorts.place_of(channel),), subject)]


def back_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Look whether the bot can write to a paused channel again, as the coordinator says."""
    require_role(turn, "coordinator")
    return cohorts.look_at(_channel(turn, verbs.CHANNEL_AGAIN.read(event).channel), "back")


def _channel(turn: Turn, number: int | str) -> Channel:
    wanted = whole_number(str(number))
    channel = turn.session.get(Channel, wanted) if wanted is not None else None
    if channel is None or channel.programme_id != turn.programme_id:
        raise Declined("That channel is no longer a cohort's. `/cohort list` shows where each is announced.")
    return channel


def setup_check_inspected(turn: Turn, event: Inspected) -> list[Action]:
    """Say what a look at a cohort's channel found: what is to be done, or that it is ready and in use."""
    require_role(turn, "coordinator")
    number, purpose, again = (*event.subject.split("/"), "", "")[:3]
    channel = _channel(turn, number)
    cohort = cohorts.cohort_of(turn, channel.cohort_id)
    if any(finding.level == "problem" for finding in event.findings):
        return [Reply(_not_yet(channel, cohort, event.findings, purpose), replace=bool(again))]
    back = spaces.channel_back(turn, channel) if channel.state != "active" else []
    return [Reply(_ready(turn, channel, event.findings, purpose), replace=bool(again)), *back]


def _ready(turn: Turn, channel: Channel, findings: Sequence[Finding], purpose: str) -> Message:
    """Say what works now, and what comes next."""
    cohort = cohorts.cohort_of(turn, channel.cohort_id)
    more = [*finding_lines(findings), *cohorts.offer_announcing(turn, channel)]
    if purpose == "create":
        return message(*cohorts.created(turn, cohort).blocks, *finding_lines(findings))
    if purpose == "channel":
        said = "**{cohort}** is announced there now: projects and the daily digest."
        return message(text(said, cohort=cohort.name), *more)
    if purpose == "back":
        back = text("Good. I write to the channel of **{cohort}** again.", cohort=cohort.name)
        return message(back, *more)
    return message(
        text("The channel of **{cohort}** is ready: I can write there.", cohort=cohort.name),
        *finding_lines(findings),
        Divider(),
        *_sample(turn),
        Divider(),
        lines(*_next(turn)),
        Buttons((Button("Add a coordinator", verbs.COORDINATOR_ADD()),)),
    )


def _next(turn: Turn) -> list[Sentence]:
    share = (
        say(
            "- Share the work: press **Add a coordinator**; `/stint roles` gives a role here to everyone who "
            "has a certain role in the {space}"
        )
        if people.has_groups(turn)
        else say("- Share the work: press **Add a coordinator**")
    )
    return [
        say("**Next**"),
        say("- Invite an employer: `/employer invite`"),
        say("- Post a first project: `/project post`"),
        share,
        say("- See what else there is: `/stint help`"),
    ]


def _not_yet(channel: Channel, cohort: Cohort, findings: Sequence[Finding], purpose: str) -> Message:
    buttons = (
        Button(
            "Check again",
            verbs.SETUP_CHECK(channel.id, *([purpose] if purpose else [])),
            style="primary",
        ),
        Button("Choose another channel", verbs.SETUP_CHANNEL(cohort.id)),
    )
    return message(
        text(_OPENINGS.get(purpose, _OPENINGS[""]), cohort=cohort.name),
        *finding_lines(findings),
        Buttons(buttons),
        note("Do that, then press Check again. Nothing is lost if you stop here: `/stint setup` goes on."),
    )


def _sample(turn: Turn) -> list[Block]:
    """Return a sample card, as students will see project cards, of a project that does not exist."""
    project = Project(
        id=0,
        status="open",
        title="Market map of repair shops",
        brief="List the repair shops of one town in a table, with what each mends and when it is open.",
        hours=20,
        **dates.columns("deadline", Day((turn.now + timedelta(days=14)).date(), EVERYWHERE)),
        field="Research",
        location="",
        fee_cents=40000,
        currency=turn.programme.currency,
        unpaid_reason="",
        places=2,
    )
    card = card_of(turn, project, "Example company", 2)
    labels = [each.label for block in card.blocks if isinstance(block, Buttons) for each in block.buttons]
    buttons = Buttons(tuple(Button(label, verbs.SETUP_SAMPLE(as_text(label).casefold())) for label in labels))
    shown = [block for block in card.blocks if not isinstance(block, Buttons)]
    return [
        heading("A sample: this is how a project will look"),
        *shown,
        buttons,
        note("Only you see this sample, and its buttons do nothing."),
    ]


def sample_pressed(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Say that the button pressed belongs to a sample."""
    return [Reply(message("That is only a sample. On a real project this button works: `/project post`."))]


def setup_later_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Go on without a channel for now."""
    require_role(turn, "coordinator")
    said = "Good. Whenever you want one here: `/cohort channel` in that channel, or `/stint setup`."
    return [Reply(message(said), replace=True)]

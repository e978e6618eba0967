"""Cohorts are created, listed, changed and ended by the coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers.days_off import show_days_off
from bot.chat.answers.time_of_day import local_time
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Field,
    Fields,
    Message,
    Plain,
    heading,
    layout,
    lines,
    message,
    note,
    row,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Place, parse_destination
from bot.chat.numbers import is_digits
from bot.chat.rendering.screen import paged
from bot.chat.routes import Completed, Declined
from bot.programme.cohorts import digests
from bot.programme.cohorts.channels import channel_lines, choose_channel, lines_of, place_wanted
from bot.programme.cohorts.form import FORM, Wanted, read_wanted
from bot.programme.cohorts.lookup import (
    all_cohorts,
    channels_of,
    cohort_named,
    cohort_of,
    cohorts_of,
    member_counts,
    waiting_count,
)
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Channel, Cohort

__all__ = [
    "CREATE",
    "EDIT",
    "LIST",
    "cohort_submitted",
    "create_command",
    "created",
    "edit_command",
    "edit_pressed",
    "list_command",
    "page_pressed",
]

_COORDINATOR: Final = frozenset({"coordinator"})
_DETAILS: Final = (
    Argument("zone", "its time zone: a big city is enough", suggests=True),
    Argument("digest", "when the daily digest comes, like 09:00"),
    Argument("days_off", "days without a digest, like Sat, Sun, 24 Dec"),
    Argument("open", "yes: students who apply from its channel are in; no: you admit each", kind="yes_no"),
)

CREATE: Final = CommandSpec(
    ("cohort", "create"),
    "Create a cohort: students who see the same projects in one channel",
    (
        Argument("name", "what it is called; without it, I ask", rest=True),
        Argument("channel", "where it is announced; without it, the channel you are in", kind="channel"),
        *_DETAILS,
    ),
    allowed=_COORDINATOR,
    example='/cohort create Spring 26 #spring zone:Berlin days_off:"Sat, Sun"',
)
LIST: Final = CommandSpec(
    ("cohort", "list"), "See the cohorts and how each is set up", example="/cohort list", reads=True
)
EDIT: Final = CommandSpec(
    ("cohort", "edit"),
    "Change a cohort: its name, time zone, digest, days off, who may join",
    (
        Argument("cohort", "its name; without it, the cohort of this channel", suggests=True, rest=True),
        Argument("name", "a new name"),
        *_DETAILS,
    ),
    allowed=_COORDINATOR,
    example="/cohort edit Spring 26 digest:08:30",
)


def create_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/cohort create`: at once with a name, else by a form."""
    place = place_wanted(turn, event.options.get("channel", ""))
    if not event.options.get("name", "").strip():
        return [OpenForm(FORM, f"new/{place}" if place else "new", values={"zone": turn.programme.zone})]
    wanted, errors = read_wanted(turn, event.options)
    if errors:
        raise Declined(*(text(reason) for reason in errors.values()), note("Nothing was created."))
    return _create(turn, wanted, place)


def cohort_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Save the form that was sent: a new cohort, or changes to an existing cohort."""
    require_role(turn, "coordinator")
    given = {name: str(value) for name, value in done.values.items() if value is not None}
    wanted, errors = read_wanted(turn, given)
    if errors:
        return [RejectForm(errors)]
    if is_digits(done.subject):
        return _change(turn, cohort_of(turn, done.subject), wanted)
    typed = done.subject.partition("/")[2]
    place = parse_destination(typed) if typed else None
    return _create(turn, wanted, place if isinstance(place, Place) else None)


def _create(turn: Turn, wanted: Wanted, place: Place | None) -> list[Action]:
    name = wanted.name or ""
    _free_name(turn, name)
    cohort = Cohort(
        programme_id=turn.programme_id,
        name=name,
        zone=wanted.zone or turn.programme.zone,
        digest_at=wanted.digest or "09:00",
        days_off=wanted.days_off or [],
        open=wanted.open if wanted.open is not None else True,
        created_at=turn.now,
    )
    turn.session.add(cohort)
    # The channel and the digest's timer need the id.
    turn.session.flush()
    looked = choose_channel(turn, cohort, place, "create") if place else [Reply(created(turn, cohort))]
    return [*digests.begin_digests(turn, cohort), *looked]


def created(turn: Turn, cohort: Cohort) -> Message:
    """Say that a cohort is ready, or lacks its channel still; how it is set up, and what comes next."""
    announced = bool(channels_of(turn, [cohort.id]))
    said = "The cohort **{cohort}** is ready." if announced else "The cohort **{cohort}** is created."
    next_step = note(
        "Next: invite employers with `/employer invite`, or post a first project with `/project post`."
        if announced
        else "Next: choose its channel with `/cohort channel`. Without one nothing can be announced."
    )
    return message(
        text(said, cohort=cohort.name), _fields(turn, cohort), next_step, Buttons((_edit_button(cohort),))
    )


def _free_name(turn: Turn, name: str, but: Cohort | None = None) -> None:
    query = select(Cohort).where(
        Cohort.programme_id == turn.programme_id, func.lower(Cohort.name) == name.lower()
    )
    taken = turn.session.scalars(query).first()
    if taken is not None and (but is None or taken.id != but.id):
        raise Declined(
            text("There is a cohort called **{cohort}** already. Choose another name.", cohort=taken.name)
        )


def _fields(turn: Turn, cohort: Cohort, channels: Sequence[Channel] | None = None) -> Fields:
    """Return how a cohort is set up; `channels` are its own, where they are known."""
    held = channel_lines(turn, cohort) if channels is None else lines_of(turn, channels)
    return Fields(
        (
            Field("Channel", lines(*held).parts),
            row("Time zone", "{zone}, now {time}", zone=cohort.zone, time=local_time(turn.now, cohort.zone)),
            row("Daily digest", "at {time}", time=cohort.digest_at),
            row("Days off", layout("{days}", days=show_days_off(cohort.days_off))),
            row(
                "Who may join",
                "students who apply from its channel"
                if cohort.open
                else "students whom a coordinator admits",
            ),
        )
    )


def _edit_button(cohort: Cohort) -> Button:
    return Button("Change it", verbs.COHORT_EDIT(cohort.id))


def list_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/cohort list`: all cohorts with counts for coordinators; for others, those they are in."""
    return [Reply(_list(turn, 0))]


def page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list, in the place of the one before."""
    number = verbs.COHORT_PAGE.read(event).page
    return [Reply(_list(turn, number), replace=True)]


def _list(turn: Turn, number: int) -> Message:
    cohorts = all_cohorts(turn)
    manages = "coordinator" in turn.roles
    if not cohorts:
        return message(
            "There is no cohort yet. `/cohort create` makes the first one."
            if manages
            else "There is no cohort yet."
        )
    counts = member_counts(turn) if manages else {}
    mine = {cohort.id for cohort in cohorts_of(turn, turn.person)}
    channels: dict[int, list[Channel]] = {cohort.id: [] for cohort in cohorts}
    for channel in channels_of(turn, channels, paused=True):
        channels[channel.cohort_id].append(channel)
    groups: list[list[Block]] = []
    for cohort in cohorts:
        group: list[Block] = [heading(Plain(cohort.name)), _fields(turn, cohort, channels[cohort.id])]
        if cohort.id in mine:
            group.append(note("You are in this cohort."))
        if manages:
            group += _for_coordinator(cohort, counts)
        groups.append([Divider(), *group] if groups else group)
    return paged(groups, (), number, verbs.COHORT_PAGE, turn.language)


def _for_coordinator(cohort: Cohort, counts: dict[tuple[int, str], int]) -> list[Block]:
    students, asked = counts.get((cohort.id, "admitted"), 0), counts.get((cohort.id, "asked"), 0)
    blocks: list[Block] = [note("1 student", "{count} students", count=students)]
    if asked:
        waiting = note(
            "One student waits to be admitted: `/cohort admit`",
            "{count} students wait to be admitted: `/cohort admit`",
            count=asked,
        )
        blocks.append(waiting)
    return [*blocks, Buttons((_edit_button(cohort),))]


def edit_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/cohort edit`: change at once what is named, else open the form."""
    cohort = cohort_named(turn, event.options.get("cohort", ""))
    changes = {name: typed for name, typed in event.options.items() if name != "cohort"}
    if not changes:
        return [_form(cohort)]
    wanted, errors = read_wanted(turn, changes)
    if errors:
        raise Declined(*(text(reason) for reason in errors.values()), note("Nothing was changed."))
    return _change(turn, cohort, wanted)


def edit_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form, filled with the cohort's present values."""
    require_role(turn, "coordinator")
    return [_form(cohort_of(turn, verbs.COHORT_EDIT.read(event).cohort))]


def _form(cohort: Cohort) -> OpenForm:
    # The zone as it is written; its words with the time of day would be read again, and asked about.
    return OpenForm(FORM, str(cohort.id), values={"zone": cohort.zone})


def _change(turn: Turn, cohort: Cohort, wanted: Wanted) -> list[Action]:
    if wanted.name and wanted.name != cohort.name:
        _free_name(turn, wanted.name, cohort)
        cohort.name = wanted.name
    before = (cohort.zone, cohort.digest_at, tuple(cohort.days_off))
    cohort.zone = wanted.zone or cohort.zone
    cohort.digest_at = wanted.digest or cohort.digest_at
    cohort.days_off = cohort.days_off if wanted.days_off is None else wanted.days_off
    cohort.open = cohort.open if wanted.open is None else wanted.open
    turn.session.flush()
    moved = before != (cohort.zone, cohort.digest_at, tuple(cohort.days_off))
    follow = digests.reschedule_digest(turn, cohort) if moved else []
    waiting = waiting_count(turn, cohort) if cohort.open else 0
    still = note(
        "One student still waits to be admitted: `/cohort admit`.",
        "{count} students still wait to be admitted: `/cohort admit`.",
        count=waiting,
    )
    said = text("Saved. **{cohort}** is set up like this now:", cohort=cohort.name)
    return [*follow, Reply(message(said, _fields(turn, cohort), still if waiting else None))]

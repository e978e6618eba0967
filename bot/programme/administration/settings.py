"""`/stint settings`: how the programme works, in groups small enough for one page of a dialog."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers import JSONValue
from bot.chat.answers.currencies import is_currency
from bot.chat.answers.model import Unreadable
from bot.chat.answers.time_of_day import local_time, read_time
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Field,
    Fields,
    Message,
    Plain,
    heading,
    layout,
    note,
    row,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.forms import Form, form_of
from bot.chat.rendering.screen import in_rows, paged
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import ChannelName, Money, Sentence, Wording
from bot.chat.values import replace
from bot.programme import people, placements, projects
from bot.programme.administration import staff_channel
from bot.programme.administration.setting_questions import Answering, Basics, Confidence, Hours, Silence
from bot.programme.applications import reports
from bot.programme.applications.decisions import decision_date
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, task_summary, waits
from bot.programme.people import quiet_hours, require_role
from bot.programme.projects import decision_zone
from storage.tables import Programme

__all__ = ["ROUTES"]

_COORDINATOR: Final = frozenset({"coordinator"})
_FORM: Final = "settings"


_GROUPS: Final[dict[str, tuple[Sentence, type[BaseModel]]]] = {
    "basics": (say("Name and rules"), Basics),
    "answering": (say("Time to answer"), Answering),
    "silence": (say("When no answer comes"), Silence),
    "confidence": (say("Help and confidence"), Confidence),
    "hours": (say("Times and memory"), Hours),
}

SETTINGS: Final = CommandSpec(
    ("stint", "settings"),
    "See and change how the programme works",
    (Argument("staff", "a private channel for the daily summary of tasks", kind="channel", writes=True),),
    allowed=_COORDINATOR,
    example="/stint settings #staff",
    reads=True,
)


def settings_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint settings`: show all, with a button per group; `staff` sets the staff channel."""
    if event.options.get("staff"):
        return staff_channel.choose(turn, event.options["staff"])
    return [Reply(_shown(turn))]


def settings_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the settings, in the place of the one before."""
    require_role(turn, "coordinator")
    return [Reply(_shown(turn, page=verbs.SETTINGS_PAGE.read(event).page or 0), replace=True)]


def _shown(turn: Turn, first: Sentence | None = None, page: int = 0) -> Message:
    programme = turn.programme
    groups = [Button(title, verbs.SETTINGS(name)) for name, (title, _) in _GROUPS.items()]
    if programme.staff_place:
        groups.append(Button("No staff channel", verbs.SETTINGS_STAFF()))
    last: list[Block] = [*in_rows(groups)]
    if not programme.staff_place:
        last.append(note("A private staff channel gets tasks once a day: `/stint settings #channel`."))
    last.append(note("What the scope check asks of a post: `/stint rules`."))
    top: list[Block] = [*([text(first)] if first else []), heading(Plain(programme.name))]
    rows: list[list[Block]] = [[Fields((each,))] for each in _rows(turn, programme)]
    return paged([[*top, *rows[0]], *rows[1:]], last, page, verbs.SETTINGS_PAGE, turn.language)


def _rows(turn: Turn, programme: Programme) -> list[Field]:
    return [
        *_rules(programme),
        *_confidence(programme),
        *_times(turn, programme),
        _staff(turn, programme),
        _coordinators(turn),
        *_fixed(),
    ]


def _rules(programme: Programme) -> list[Field]:
    """Return what a project has to be like, and how quickly people are answered."""
    floor = Money(programme.fee_floor_cents, programme.currency)
    decision = programme.decision_days
    return [
        row("Approval of projects", "a coordinator looks first" if programme.approval else "not needed"),
        row("Least fee per hour", layout("{fee}", fee=floor))
        if programme.fee_floor_cents
        else row("Least fee per hour", "no rule"),
        row("Currency", layout("{currency}", currency=programme.currency)),
        row(
            "Usual decision",
            "{count} day after the deadline",
            "{count} days after the deadline",
            count=decision,
        ),
        *_silence(programme),
        row("An offer is open", "for {count} hour", "for {count} hours", count=programme.offer_hours),
        row(
            "A decision can be undone",
            "for {count} second",
            "for {count} seconds",
            count=programme.undo_seconds,
        ),
        row(
            "Late applications",
            "for {count} minute, if begun before",
            "for {count} minutes, if begun before",
            count=programme.late_minutes,
        ),
        row("Fee if ended early", layout("{share}", share=projects.SHARES[programme.fee_share])),
    ]


def _silence(programme: Programme) -> list[Field]:
    """Return what happens where no answer comes."""
    days = programme.late_offer_days
    return [
        row(
            "Release of applicants",
            "{count} day after the decision date",
            "{count} days after the decision date",
            count=programme.release_days,
        ),
        row(
            "Coordinators answer",
            "within {count} working day",
            "within {count} working days",
            count=programme.coordinator_days,
        ),
        row(
            "Work without an answer",
            "settled after {count} day, the last deliverable three days later",
            "settled after {count} days, the last deliverable three days later",
            count=programme.review_days,
        ),
        row(
            "A place may come late",
            "{count} day after a release",
            "{count} days after a release",
            count=days,
        )
        if days
        else row("A place may come late", "never"),
    ]


def _fixed() -> list[Field]:
    """Return the rules of silence that are the same in every programme."""
    return [
        row("A date that a student asks for", "agreed after two working days, once, by three days"),
        row("No first talk", "coordinators hear three working days after the start"),
        row("A message that asks something", "coordinators hear after two working days"),
        row("Work that is not handed in", "not waited for any more two weeks after its date"),
        row("What coordinators do not answer", "they are asked five times; it stays in their list"),
    ]


def _confidence(programme: Programme) -> list[Field]:
    """Return what a person reads before they open a case."""
    contacts, office = programme.safety_contacts, programme.passed_on_to
    return [
        row("Safety contacts", Plain(contacts)) if contacts else row("Safety contacts", "not said"),
        row("Passed on to", Plain(office)) if office else row("Passed on to", "not said"),
    ]


def _times(turn: Turn, programme: Programme) -> list[Field]:
    """Return when the bot speaks by itself, and how long it remembers."""
    zone, (start, end) = programme.zone, (programme.quiet_from, programme.quiet_to)
    return [
        row("Time zone", "{zone}, now {time}", zone=zone, time=local_time(turn.now, zone)),
        row("Daily message", "{time}, each person's own time", time=programme.daily_at),
        row("Quiet hours", "none")
        if start == end
        else row("Quiet hours", "{start} to {end}", start=start, end=end),
        row(
            "Answers are kept",
            "{count} day after the project's end",
            "{count} days after the project's end",
            count=programme.retention_days,
        ),
    ]


def _staff(turn: Turn, programme: Programme) -> Field:
    if programme.staff_place is None:
        return row("Staff channel", "none; tasks come in the coordinators' daily messages")
    if programme.staff_place == str(turn.place):
        return row("Staff channel", "this channel")
    return row("Staff channel", layout("{channel}", channel=ChannelName(programme.staff_place)))


def _coordinators(turn: Turn) -> Field:
    return row(
        "Coordinators",
        layout("{people}", people=people.person_names(people.coordinators(turn), mention=True)),
    )


def settings_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open a group's form."""
    require_role(turn, "coordinator")
    name = verbs.SETTINGS.read(event).group
    if name not in _GROUPS:
        raise Declined("That button no longer works. `/stint settings` shows everything.")
    # The zone as it is written; its words with the time of day would be read again, and asked about.
    values = {"zone": turn.programme.zone} if name == "hours" else {}
    return [OpenForm(_FORM, name, values=values)]


def _form(turn: Turn, subject: str) -> Form:
    """Return a group's form, each question answered with the present value."""
    require_role(turn, "coordinator")
    if subject not in _GROUPS:
        raise Declined("There is no such group of settings. `/stint settings` shows them.")
    title, model = _GROUPS[subject]
    programme = turn.programme
    made = form_of(
        model,
        form_id=_FORM,
        title=title,
        submit=say("Save", context="dialog"),
        currency=programme.currency,
        zone=programme.zone,
    )
    known = [replace(q, default=_standing(programme, q.name), required=False) for q in made.questions]
    return replace(made, questions=tuple(known))


def _standing(programme: Programme, name: str) -> JSONValue:
    if name == "fee_floor":
        amount = Decimal(programme.fee_floor_cents) / 100
        return {"amount": f"{amount:f}", "currency": programme.currency}
    value: JSONValue = getattr(programme, name)
    return value


def settings_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Save a group that was sent, and what depends on it follows."""
    require_role(turn, "coordinator")
    programme = turn.programme
    errors: dict[str, Wording] = {}
    read: dict[str, Any] = {}
    for name, value in done.values.items():
        if wrong := _wrong(programme, name, value):
            errors[name] = wrong
            continue
        try:
            read |= _read(name, value)
        except Unreadable as unreadable:
            errors[name] = unreadable.reason
    if errors:
        return [RejectForm(errors)]
    before = (programme.zone, programme.daily_at, programme.quiet_from, programme.quiet_to)
    for name, value in read.items():
        setattr(programme, name, value)
    turn.session.flush()
    moved = before != (programme.zone, programme.daily_at, programme.quiet_from, programme.quiet_to)
    follow = [*(_follow(turn) if moved else ()), *waits.follow_settings(turn, read)]
    return [*follow, Reply(_shown(turn, say("The settings are saved. This is how they are now:")))]


def _wrong(programme: Programme, name: str, value: JSONValue) -> Wording:
    """Say why a form's value cannot be taken; "" where it can."""
    if name == "fee_floor" and isinstance(value, dict):
        if value["currency"] != programme.currency and Decimal(str(value["amount"])):
            return say(
                "The currency of fees here: {currency}. Change the currency first, then this.",
                currency=programme.currency,
            )
    elif name == "currency" and not is_currency(str(value).strip().upper()):
        return say("I do not know that currency. Write its three letters, like USD or EUR.")
    return ""


def _read(name: str, value: JSONValue) -> dict[str, Any]:
    """Return a form's value as columns of the programme."""
    readers: dict[str, Callable[[str], str]] = {
        "daily_at": read_time,
        "quiet_from": read_time,
        "quiet_to": read_time,
    }
    if name in readers:
        return {name: readers[name](str(value))}
    if name == "fee_floor" and isinstance(value, dict):
        return {"fee_floor_cents": int(Decimal(str(value["amount"])) * 100)}
    if name == "currency":
        return {"currency": str(value).strip().upper()}
    return {name: int(value) if isinstance(value, float) else value}


def _follow(turn: Turn) -> list[Action]:
    """Move the daily summary and messages, and reminders of people without own zone or quiet hours."""
    quiet_hours.reschedule_for_programme(turn)
    promised, rekeyed = decision_zone.move_decision_days(turn, None)
    moved = placements.move_hand_in_days(turn, None)
    return [
        *rekeyed,
        *moved,
        *(
            act
            for project in promised
            if project.status in {"open", "closed"}
            for act in decision_date.set_again(turn, project)
        ),
        *task_summary.reschedule_summary(turn),
        *daily_message.reschedule_daily_messages(turn),
        *reports.reschedule_reminders(turn),
    ]


ROUTES = Routes(
    commands=((SETTINGS, settings_command),),
    buttons={verbs.SETTINGS: settings_pressed, verbs.SETTINGS_PAGE: settings_page_pressed},
    reads=frozenset({verbs.SETTINGS_PAGE}),
    forms={_FORM: FormRoute(form=_form, completed=settings_submitted)},
)

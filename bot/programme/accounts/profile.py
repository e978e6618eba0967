"""A person's own settings: time zone, quiet hours, where they are written to, and their data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BaseModel
from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers.countries import countries_in_words
from bot.chat.answers.model import Unreadable
from bot.chat.answers.time_of_day import local_time, read_time
from bot.chat.answers.zone_names import read_zone_name
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Plain,
    Sentence,
    Wording,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, PersonChanged, platform_name
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import Names
from bot.programme import people, placements
from bot.programme.accounts import export, forget
from bot.programme.applications.decisions import decision_date
from bot.programme.cohorts import cohorts_of
from bot.programme.companies.employers import company_of
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.people import quiet_hours
from bot.programme.people.away import away_day, is_away
from bot.programme.people.parts import looked_after_by
from bot.programme.people.time_zones import suggest_zones
from bot.programme.projects import decision_zone
from storage.tables import Identity, Person, Project

__all__ = ["ROUTES", "on_zone_changed"]

_ZONE: Final = "zone"
_QUIET: Final = "quiet"


class ZoneAnswer(BaseModel):
    """Where a person lives by the clock."""

    zone: Annotated[
        str,
        Ask(
            "Which time zone do you live in?",
            label="Time zone",
            kind="zone",
            example="Berlin",
            hint="The nearest big city is enough. /profile completes it where your chat completes commands.",
        ),
    ]


class QuietAnswers(BaseModel):
    """When a person does not want to be written to."""

    start: Annotated[str, Ask("From when should I be quiet?", label="Quiet from", example=Plain("21:30"))]
    end: Annotated[str, Ask("Until when?", label="Quiet until", example=Plain("08:00"))]


PROFILE: Final = CommandSpec(
    ("profile",),
    "Your time zone, quiet hours and data, and how to change them",
    (
        Argument(
            "zone", "your time zone, to set it: a big city is enough", suggests=True, rest=True, writes=True
        ),
    ),
    example="/profile",
    reads=True,
)


def profile_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/profile`: show what the bot knows about the person; `zone` sets their zone.

    Raises:
        Declined: what was typed is no zone, or several.
    """
    typed = event.options.get("zone", "").strip()
    if not typed:
        return [Reply(_shown(turn))]
    try:
        return _set_zone(turn, read_zone_name(typed, turn.now))
    except Unreadable as unreadable:
        raise Declined(unreadable.reason) from None


def _shown(turn: Turn, first: Sentence | None = None) -> Message:
    person = turn.person
    buttons = [
        Button("Change time zone", verbs.ZONE_CHANGE()),
        Button("Change quiet hours", verbs.QUIET_CHANGE()),
    ]
    if person.country is not None:
        buttons.append(Button("Change country", verbs.COUNTRY_CHANGE()))
    identities = _identities(turn, person)
    here = people.address(turn, person)
    buttons += [
        Button(
            say("Write to me on {platform}", platform=platform_name(each.platform)),
            verbs.PROFILE_HERE(each.id),
        )
        for each in identities
        if str(people.account_of(each)) != here
    ]
    buttons += [
        Button("Show my data", verbs.DATA_SHOW()),
        Button("Forget me", verbs.FORGET_ASK(), style="danger"),
    ]
    return message(
        first,
        Fields(tuple(_rows(turn, person, identities))),
        Buttons(tuple(buttons)),
        note(
            "In your quiet hours I write only what cannot wait for their end: what would be too late then, "
            "what can be about a danger, and answers in a conversation that you are in."
        ),
    )


def _rows(turn: Turn, person: Person, identities: Sequence[Identity]) -> list[Field]:
    roles = people.roles_of(turn, person)
    rows = [
        row("Name", layout("{person}", person=people.person_name(person))),
        row("Here as", layout("{roles}", roles=people.role_terms(roles)))
        if roles
        else row("Here as", "none yet"),
    ]
    company = company_of(turn, person)
    if company is not None:
        rows.append(row("Company", layout("{company}", company=company.name)))
    cohorts = cohorts_of(turn, person)
    if cohorts:
        rows.append(row("Cohorts", layout("{cohorts}", cohorts=Names(tuple(each.name for each in cohorts)))))
    zone = people.zone_of(turn, person)
    shown = (
        "{zone}, now {time}" if person.zone else "{zone}, now {time} (the programme's, until you say yours)"
    )
    rows.append(row("Time zone", shown, zone=zone, time=local_time(turn.now, zone)))
    if person.country is not None:
        rows.append(row("Country", layout("{country}", country=countries_in_words([person.country]))))
    start, end = _quiet(turn, person)
    rows.append(
        row("Quiet hours", "none")
        if start == end
        else row("Quiet hours", "{start} to {end}", start=start, end=end)
    )
    if is_away(turn, person):
        rows.append(row("Away until", layout("{day}", day=away_day(turn, person, person))))
    rows.append(
        row("Daily message", "at {time} your time, when there is something", time=turn.programme.daily_at)
    )
    if len(identities) > 1:
        linked = Names(tuple(platform_name(each.platform) for each in identities))
        where = platform_name(people.address(turn, person).partition("/")[0])
        rows.append(row("Linked accounts", layout("{platforms}", platforms=linked)))
        rows.append(row("I write to you on", layout("{platform}", platform=where)))
    return rows


def _quiet(turn: Turn, person: Person) -> tuple[str, str]:
    return person.quiet_from or turn.programme.quiet_from, person.quiet_to or turn.programme.quiet_to


def _identities(turn: Turn, person: Person) -> Sequence[Identity]:
    query = select(Identity).where(
        Identity.programme_id == turn.programme_id, Identity.person_id == person.id
    )
    return turn.session.scalars(query.order_by(Identity.id)).all()


def zone_keep_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Keep the assumed zone as the person's own."""
    return _set_zone(turn, turn.programme.zone)


def zone_change_pressed(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Open the zone's form."""
    return [OpenForm(_ZONE)]


def zone_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Save the zone that the person gave."""
    return _set_zone(turn, str(done.values["zone"]))


def _set_zone(turn: Turn, zone: str) -> list[Action]:
    person = turn.person
    moved = people.zone_of(turn, person) != zone
    person.zone, person.zone_said = zone, True
    turn.session.flush()
    shown = message(
        text(
            "Your time zone is **{zone}**: it is {time} where you are.",
            zone=zone,
            time=local_time(turn.now, zone),
        ),
        Buttons((Button("Change it", verbs.ZONE_CHANGE()),)),
    )
    follow = on_zone_changed(turn, person) if moved else []
    return [*follow, Reply(shown)]


def on_zone_changed(turn: Turn, person: Person) -> list[Action]:
    """Move what depends on a person's zone: the daily message, placements' reminders, promises."""
    quiet_hours.reschedule_for_person(turn, person)
    _, rekeyed = decision_zone.move_decision_days(turn, person)
    owned = select(Project).where(
        Project.programme_id == turn.programme_id,
        looked_after_by(person),
        Project.status.in_(("open", "closed")),
    )
    promised = [
        act for project in turn.session.scalars(owned) for act in decision_date.set_again(turn, project)
    ]
    moved = placements.move_hand_in_days(turn, person)
    return [*moved, *rekeyed, *promised, *daily_message.reschedule_daily_message(turn, person)]


def changed(turn: Turn, event: PersonChanged) -> list[Action]:
    """Follow the platform with a person's name, and with their zone unless they gave it themselves."""
    if turn.person_id is None:
        return []
    person = turn.person
    person.name = event.actor_name or person.name
    moved = event.actor_zone not in {"", people.zone_of(turn, person)} and not person.zone_said
    if event.actor_zone and not person.zone_said:
        person.zone = event.actor_zone
    turn.session.flush()
    return on_zone_changed(turn, person) if moved else []


def quiet_change_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Open the form of the quiet hours, filled with the present hours."""
    start, end = _quiet(turn, turn.person)
    return [OpenForm(_QUIET, values={"start": start, "end": end})]


def quiet_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Save the person's quiet hours; the same time twice means never."""
    errors: dict[str, Wording] = {}
    read: dict[str, str] = {}
    for name in ("start", "end"):
        try:
            read[name] = read_time(str(done.values[name]))
        except Unreadable as unreadable:
            errors[name] = unreadable.reason
    if errors:
        return [RejectForm(errors)]
    person = turn.person
    person.quiet_from, person.quiet_to = read["start"], read["end"]
    # Waiting messages are moved by Core statements, which read the new hours from the row.
    turn.session.flush()
    quiet_hours.reschedule_for_person(turn, person)
    said = (
        say("You have no quiet hours now.")
        if read["start"] == read["end"]
        else say("I am quiet from {start} to {end} your time.", start=read["start"], end=read["end"])
    )
    follow = [
        *daily_message.reschedule_daily_message(turn, person),
        *placements.reschedule_placements(turn, person),
    ]
    return [*follow, Reply(_shown(turn, said))]


def profile_here_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Send messages to another of the person's accounts from now on."""
    number = verbs.PROFILE_HERE.read(event).identity
    found = next((i for i in _identities(turn, turn.person) if i.id == number), None)
    if found is None:
        raise Declined("I do not know that account of yours any more. `/profile` shows those I know.")
    turn.person.identity_id = found.id
    found.reachable = True
    turn.session.flush()
    said = say("From now on I write to you on {platform}.", platform=platform_name(found.platform))
    return [Reply(_shown(turn, said))]


def _zone_form(turn: Turn, _subject: str) -> Form:
    return form_of(
        ZoneAnswer,
        form_id=_ZONE,
        title="Your time zone",
        submit=say("Save", context="dialog"),
        zone=turn.programme.zone,
    )


def _quiet_form(_turn: Turn, _subject: str) -> Form:
    return form_of(
        QuietAnswers, form_id=_QUIET, title="Your quiet hours", submit=say("Save", context="dialog")
    )


ROUTES = Routes(
    changed=changed,
    commands=((PROFILE, profile_command),),
    suggestions={(PROFILE.path, "zone"): suggest_zones},
    buttons={
        verbs.ZONE_KEEP: zone_keep_pressed,
        verbs.ZONE_CHANGE: zone_change_pressed,
        verbs.QUIET_CHANGE: quiet_change_pressed,
        verbs.PROFILE_HERE: profile_here_pressed,
        verbs.DATA_SHOW: export.data_show_pressed,
        verbs.DATA_PAGE: export.data_page_pressed,
        verbs.FORGET_ASK: forget.forget_ask_pressed,
        verbs.FORGET_YES: forget.forget_yes_pressed,
        verbs.FORGET_NO: forget.forget_no_pressed,
    },
    reads=frozenset({verbs.DATA_SHOW, verbs.DATA_PAGE}),
    forms={
        _ZONE: FormRoute(form=_zone_form, completed=zone_submitted),
        _QUIET: FormRoute(form=_quiet_form, completed=quiet_submitted),
    },
)

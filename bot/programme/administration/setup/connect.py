"""`/stint setup` in a space that has a programme: its state, and what can be added; `/stint connect`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Moment,
    Plain,
    Sentence,
    heading,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Inspected, Place, parse_destination, platform_name
from bot.chat.findings import finding_lines
from bot.chat.forms import Form
from bot.chat.routes import Completed, Declined, MessageRoute, Waiting
from bot.programme import cohorts, people
from bot.programme.administration import coordinators
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import codes, require_role
from bot.programme.projects.company_lookup import find_company
from storage.tables import Cohort, Company, Person, Space

__all__ = [
    "CONNECT",
    "MESSAGES",
    "connect_command",
    "connect_pressed",
    "no_form",
    "setup_command",
    "setup_joined_inspected",
    "too_late",
]

_CODE_LIFETIME: Final = timedelta(days=1)
_MOST_BUTTONS: Final = 20  # channels and cohorts with a button of their own

_JOINED: Final = "space.joined"
CONNECT: Final = CommandSpec(
    ("stint", "connect"),
    "Get a code that brings this programme to another place",
    (Argument("company", "the company whose own place it becomes", suggests=True, rest=True),),
    allowed=frozenset({"coordinator"}),
    example="/stint connect",
)


def setup_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint setup` in a programme: show its coordinators what is set up."""
    return [Reply(_shown(turn))]


def _shown(turn: Turn, *first: Block) -> Message:
    if "coordinator" not in turn.roles and "manage" not in turn.rights:
        raise people.role_refusal(turn, {"coordinator"}, "/stint setup")
    return message(
        *first,
        heading(Plain(turn.programme.name)),
        Fields(
            (
                *(_space(turn, each) for each in _spaces(turn)),
                *(
                    row("Cohort", layout("{cohort}: {channel}", cohort=each.name, channel=line))
                    for each in cohorts.all_cohorts(turn)
                    for line in cohorts.channel_lines(turn, each)
                ),
                row(
                    "Coordinators",
                    layout(
                        "{people}",
                        people=people.person_names(people.coordinators(turn), mention=True),
                    ),
                ),
            )
        ),
        *_doors(turn),
    )


def _spaces(turn: Turn) -> list[Space]:
    query = select(Space).where(Space.programme_id == turn.programme_id).order_by(Space.id)
    return list(turn.session.scalars(query))


def _space(turn: Turn, space: Space) -> Field:
    name: str | Sentence = space.name or platform_name(space.platform)
    if space.company_id is not None:
        company = turn.session.get_one(Company, space.company_id)
        name = say("{space_name}, the own one of {company}", space_name=name, company=company.name)
    there, place = (space.platform, space.external_id), turn.place
    if space.state != "active":
        return row("I am not in", layout("{name}", name=name))
    if place is not None and (place.platform, place.space) == there:
        return row("I am in", "{name} (this one)", name=name)
    return row("I am in", layout("{name}", name=name))


def _doors(turn: Turn) -> list[Block]:
    if "coordinator" not in turn.roles:
        if coordinators.began_here(turn):
            return [note("You manage this {space}: `/stint coordinator @you` makes you a coordinator.")]
        return [
            note(
                "You manage this {space}: `/stint coordinator @you` asks its coordinators to make you a "
                "coordinator."
            )
        ]
    known = cohorts.all_cohorts(turn)
    names = {cohort.id: cohort.name for cohort in known}
    held = cohorts.channels_of(turn, names, paused=True)
    checks = [
        Button(
            say("Check the channel of {cohort}", cohort=names[channel.cohort_id]),
            verbs.SETUP_CHECK(channel.id),
        )
        for channel in held
        if _is_here(turn, channel.place)
    ]
    buttons = [*checks[:_MOST_BUTTONS], *_choices(turn, known)]
    buttons.append(Button("Another {space}", verbs.SETUP_CONNECT()))
    alone = len(people.coordinators(turn)) == 1
    if alone:
        buttons.append(Button("Add a coordinator", verbs.COORDINATOR_ADD()))
    return [
        *([text("You are the only coordinator: while you are away, no one answers.")] if alone else []),
        Buttons(tuple(buttons)),
        note("More cohorts: `/cohort create`. Another {space} joins with a code: `/stint connect`."),
    ]


def _is_here(turn: Turn, place: str) -> bool:
    """Tell whether a channel is on the platform that is spoken on: only its own adapter can look at it."""
    return turn.place is not None and parse_destination(place).platform == turn.place.platform


def _choices(turn: Turn, known: list[Cohort]) -> list[Button]:
    """Return a button for each cohort that has no channel in this space."""
    if turn.place is None or not turn.place.space:
        return []
    here = f"{turn.place.platform}/channel/{turn.place.space}/"
    having = {
        channel.cohort_id
        for channel in cohorts.channels_of(turn, [cohort.id for cohort in known], paused=True)
        if channel.place.startswith(here)
    }
    return [
        Button(say("A channel here for {cohort}", cohort=cohort.name), verbs.SETUP_CHANNEL(cohort.id))
        for cohort in known
        if cohort.id not in having
    ][:_MOST_BUTTONS]


def too_late(turn: Turn, _what: ButtonPressed | Completed) -> list[Action]:
    """Show the state of a space that another person set up in the meantime."""
    return [Reply(_shown(turn, text("This {space} has been set up meanwhile. This is how it is:")))]


def no_form(_turn: Turn, _subject: str) -> Form:
    """Refuse the forms of the first use, when there is a programme.

    Raises:
        Declined: always.
    """
    raise Declined("This {space} has been set up meanwhile. `/stint setup` shows how it is.")


def connect_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint connect`: make a code for another space, of the programme or of one company.

    Raises:
        Declined: there is no company of that name.
    """
    typed = event.options.get("company", "").strip()
    if not typed:
        return _connect(turn)
    company = find_company(turn, typed)
    if company is None:
        raise Declined("I know no company by that name. `/employer list` shows the companies.")
    return [Reply(_for_company(turn, company))]


def _for_company(turn: Turn, company: Company) -> Message:
    """Return a code for a company's own space, and what it gives."""
    code, until = _code(turn, company.id)
    return message(
        text(
            "This code lets one other {space} join **{programme}** as the own one of **{company}**: `{code}`",
            programme=turn.programme.name,
            company=company.name,
            code=code,
        ),
        text("In that {space} an admin types `/stint setup`, presses Join one that exists, and gives it."),
        note(
            "The person who does owns **{company}** here, and nothing more. No cohort is announced there, "
            "and nothing of other companies is seen from there. It works once, until {when}.",
            company=company.name,
            when=until,
        ),
    )


def _code(turn: Turn, company: int = 0) -> tuple[str, Moment]:
    """Return a new code for another space, and until when it works."""
    code = codes.make(
        turn.work,
        turn.now,
        "connect",
        _CODE_LIFETIME,
        programme_id=turn.programme_id,
        person_id=turn.person_id,
        company=company,
    )
    return code, Moment(turn.now + _CODE_LIFETIME, people.zone_of(turn, turn.person))


def connect_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Make a code for another space, from a button."""
    require_role(turn, "coordinator")
    return _connect(turn)


def _connect(turn: Turn) -> list[Action]:
    code, until = _code(turn)
    said = message(
        text(
            "This code lets one other {space} join **{programme}**: `{code}`",
            programme=turn.programme.name,
            code=code,
        ),
        text("In that {space} an admin types `/stint setup`, presses Join one that exists, and gives it."),
        note(
            "It works once, until {when}. Give it only to people whom you trust with this programme.",
            when=until,
        ),
    )
    return [Reply(said)]


def setup_joined_inspected(turn: Turn, event: Inspected) -> list[Action]:
    """Ask for the channels of a space that has just joined the programme.

    The person who joined it is no coordinator yet: if they manage the space, a coordinator is asked by name.
    """
    name = turn.programme.name
    if turn.space_company is not None:
        return _joined_as_company(turn, event, turn.space_company)
    others = [each for each in people.coordinators(turn) if each.id != turn.person_id]
    posts = _joined_posts(turn, event.place, others)
    if "coordinator" in turn.roles:
        choices = [*_choices(turn, cohorts.all_cohorts(turn)), Button("None yet", verbs.SETUP_LATER())]
        said = text(
            "This {space} belongs to **{programme}** now, and you are one of its coordinators. Which cohort "
            "is announced here?",
            programme=name,
        )
        return [*posts, Reply(message(said, *finding_lines(event.findings), Buttons(tuple(choices))))]
    by, _, manages = event.subject.partition("/")
    meanwhile = note(
        "Meanwhile everyone here can use what needs no role: `/stint help` shows it. Any coordinator can "
        "choose what is announced here: `/cohort channel` in a channel of this {space}."
    )
    if not manages or not others:
        said = text(
            "This {space} belongs to **{programme}** now. Its coordinators do the rest.", programme=name
        )
        return [*posts, Reply(message(said, *finding_lines(event.findings), meanwhile))]
    asked, asking = coordinators.ask_for(turn, turn.person, int(by) if by else None)
    said = text(
        "This {space} belongs to **{programme}** now. I am asking **{coordinator}** whether you may be one "
        "of its coordinators, and bring you the answer.",
        programme=name,
        coordinator=people.person_name(asked, mention=True),
    )
    return [*posts, *asking, Reply(message(said, *finding_lines(event.findings), meanwhile))]


def _joined_as_company(turn: Turn, event: Inspected, company_id: int) -> list[Action]:
    """Say whose the space is, to the person who joined it and to the coordinators."""
    company = turn.session.get_one(Company, company_id)
    said = message(
        text(
            "This {space} is the own one of **{company}** in **{programme}** now, and you own the company "
            "here.",
            company=company.name,
            programme=turn.programme.name,
        ),
        *finding_lines(event.findings),
        note(
            "`/project post` posts a project, and `/employer invite` invites colleagues, who decide, review "
            "and answer check-ins here. Nothing of other companies is shown here."
        ),
    )
    return [*_joined_posts(turn, event.place, people.coordinators(turn), company), Reply(said)]


def _joined_posts(
    turn: Turn, place: Place, others: Sequence[Person], company: Company | None = None
) -> list[Action]:
    """Return the word to the other coordinators that a space has joined; `company`: whose own it is."""
    person = people.person_name(turn.person, mention=True)
    joined = text(
        "**{person}** has joined another {space} to **{programme}**, on {platform}, with a code of ours.",
        person=person,
        programme=turn.programme.name,
        platform=platform_name(place.platform),
    )
    if company is not None:
        joined = text(
            "**{person}** has joined a {space} on {platform} as the own one of **{company}**, with a code of "
            "ours, and owns that company here.",
            person=person,
            platform=platform_name(place.platform),
            company=company.name,
        )
    said = message(
        joined,
        note("`/stint setup` shows every {space} of the programme."),
    )
    platform, space = place.platform, place.space
    return [
        Post(
            people.address(turn, each),
            said,
            keys.SPACE_JOINED(platform, space, each.id),
            kind=_JOINED,
            subject=subjects.OF_JOINED(each.id, f"{platform}/{space}"),
        )
        for each in others
    ]


def _still_joined(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the late news that a space has joined, while it is a space of the programme."""
    about = subjects.OF_JOINED.parse(waiting.subject)
    platform, _, external_id = about.space.partition("/")
    query = select(Space.id).where(
        Space.programme_id == turn.programme_id,
        Space.platform == platform,
        Space.external_id == external_id,
        Space.state != "paused",
    )
    coordinates = about.person in {person.id for person in people.coordinators(turn)}
    return waiting.message if coordinates and turn.session.scalar(query) is not None else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note that another {space} has joined")


MESSAGES: Final = {_JOINED: MessageRoute(_still_joined, _named)}
"""What is known of messages about spaces that joined."""

"""`/away`: until when a person is away and who covers; what would wait for them goes to the cover at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.chat.actions import Action, OpenForm, Post, RejectForm, Reply
from bot.chat.answers import Option
from bot.chat.answers.dates import when_of
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, Message, Sentence, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.local_day import Day, When
from bot.chat.routes import Completed, Declined, FormRoute, MessageRoute, Routes, Waiting
from bot.chat.values import replace
from bot.programme import people
from bot.programme.cases import readers
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import be_away
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.people.away import away_day, cover_of, is_away
from bot.programme.people.parts import acting_for, decides
from bot.programme.people.reason_codes import ABSENCES
from bot.programme.projects import ownership
from storage.tables import Company, Person

__all__ = ["ROUTES"]

_WHO: Final = frozenset({"employer", "coordinator", "mentor"})
_FORM: Final = "away"
_KIND: Final = "away"

AWAY: Final = CommandSpec(
    ("away",),
    "Say until when you are away, and who covers for you",
    (Argument("cover", "who acts for you meanwhile", kind="person"),),
    allowed=_WHO,
    example="/away cover:@jo",
)


class Absence(BaseModel):
    """Until when a person is away, and who covers."""

    until: Annotated[
        str, Ask("Until which day are you away?", label="Away until", kind="date", example="next Friday",
                 hint="The last day on which you are away.", future=True),
    ]  # fmt: skip
    cover: Annotated[
        str, Ask("Who covers for you?", label="Cover", kind="person", example="@jo",
                 hint="What would wait for you goes there. Without a name I take a colleague."),
    ] = ""  # fmt: skip
    why: Annotated[
        str, Ask("Why are you away? Only you and the coordinators read it.", label="For the programme",
                 kind="choice", options=tuple(Option(code, words) for code, words in ABSENCES.items())),
    ] = ""  # fmt: skip


def away_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/away`: ask until when, or show the absence that is noted."""
    person = require_role(turn, *_WHO)
    if is_away(turn, person):
        return [Reply(message(*_shown(turn, person)))]
    cover = event.options.get("cover", "").strip()
    return [OpenForm(_FORM, values={"cover": cover} if cover else {})]


def change_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Ask for another absence."""
    require_role(turn, *_WHO)
    return [OpenForm(_FORM)]


def back_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """End an absence before its day."""
    person = turn.person
    if not is_away(turn, person):
        raise Declined("You are not away, so there is nothing to end.")
    be_away(turn, person, _now(turn, person), None)
    person.cover_id = None
    turn.session.flush()
    said = message(
        "Welcome back. What is new comes to you again.",
        note("What went to your cover meanwhile stays there; `/project list mine:yes` shows where all is."),
    )
    return [Reply(said, replace=True)]


def away_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Note the absence, and give what waits for the person to the cover, who reads so at once."""
    person = require_role(turn, *_WHO)
    until = _date(turn, person, when_of(done.values["until"]))
    named = str(done.values.get("cover") or "")
    cover = people.person_for(turn, people.user_of(named)) if named else None
    if cover is not None and not _may_cover(turn, person, cover):
        return [
            RejectForm(
                {"cover": say("Name a colleague who decides for your company, or another coordinator.")}
            )
        ]
    if until is not None:
        day = Day(until, people.zone_of(turn, person))
        be_away(turn, person, _now(turn, person), day, str(done.values.get("why") or ""))
    person.cover_id = cover.id if cover is not None else None
    turn.session.flush()
    acting = _acting(turn, person)
    given = ownership.cover(turn, person, _for_cover(turn, person))
    told = [_to_cover(turn, person, acting)] if acting is not None else []
    alone = readers.left_alone(turn, person)
    return [*given, *told, *alone, Reply(message(*_shown(turn, person)))]


def _now(turn: Turn, person: Person) -> Day | None:
    """Return the last day of a person's absence; None where they are not away."""
    if person.away_until is None or not is_away(turn, person):
        return None
    return Day(person.away_until, people.zone_of(turn, person))


def _date(turn: Turn, person: Person, until: When | None) -> date | None:
    if until is None or isinstance(until, Day):
        return until.date if until is not None else None
    return until.astimezone(ZoneInfo(people.zone_of(turn, person))).date()


def _may_cover(turn: Turn, person: Person, cover: Person) -> bool:
    """Tell whether a person could act in the place of another: both coordinate, or decide for a company."""
    if cover.id == person.id or cover.left_at is not None or cover.erased_at is not None:
        return False
    roles = people.roles_of(turn, cover)
    both_coordinate = "coordinator" in roles and "coordinator" in turn.roles
    same = person.company_id is not None and cover.company_id == person.company_id
    return both_coordinate or ("employer" in roles and same and decides(cover))


def _acting(turn: Turn, person: Person) -> Person | None:
    """Return the person who acts while another is away; None where no one does."""
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    found = [cover] if (cover := cover_of(turn, person)) is not None else []
    if company is not None and "employer" in people.roles_of(turn, person):
        found += acting_for(turn, company, "owner")
    if "coordinator" in turn.roles:
        found += acting_for(turn, None, "coordinator")
    return next((each for each in found if each.id != person.id and not is_away(turn, each)), None)


def _shown(turn: Turn, person: Person) -> list[Block]:
    """Return the absence as the person reads it: who covers, or that no one does and what follows."""
    day, acting = away_day(turn, person, person), _acting(turn, person)
    blocks: list[Block] = [text("You are away until {day}. It ends by itself.", day=day)]
    if "mentor" in turn.roles:
        blocks.append(
            text(
                "As a mentor you need no cover, as nothing is asked of you: no weekly line comes, and a "
                "student who writes to you reads until when you are away."
            )
        )
    if _only_mentors(turn):
        return [*blocks, _ways()]
    if acting is not None:
        blocks.append(
            text(
                "{person} covers for you: what would wait for you goes there, and says so.",
                person=people.person_name(acting, mention=True),
            )
        )
    else:
        blocks.append(
            text(
                "No one covers for you: what comes waits until you are back, and who writes to you reads so."
            )
        )
        if "coordinator" in turn.roles:
            blocks.append(Buttons((Button("Add a coordinator", verbs.COORDINATOR_ADD()),)))
        elif "employer" in turn.roles:
            blocks.append(note("`/employer invite` invites a colleague who can cover for you."))
    return [*blocks, _ways()]


def _only_mentors(turn: Turn) -> bool:
    """Tell whether the person who acts is a mentor and nothing that a cover could do."""
    return turn.roles.isdisjoint({"employer", "coordinator"})


def _ways() -> Buttons:
    return Buttons((Button("I am back", verbs.AWAY_BACK()), Button("Change it", verbs.AWAY_CHANGE())))


def _for_cover(turn: Turn, person: Person) -> Block:
    """Return what news that goes to the cover says in the end."""
    return note(
        "{person} is away until {day}, so this comes to you.",
        person=people.person_name(person),
        day=away_day(turn, person, None),
    )


def _to_cover(turn: Turn, person: Person, acting: Person) -> Post:
    """Return what the cover reads at once."""
    words = message(
        text(
            "{person} is away until {day}, and you cover: what would wait for {person} comes to you.",
            person=people.person_name(person, mention=True),
            day=away_day(turn, person, acting),
        ),
        note("It ends by itself after that day. What has come already is in your next daily message."),
    )
    key = keys.AWAY(acting.id, turn.source)
    about = subjects.OF_AWAY(acting.id, person.id)
    return Post(people.address(turn, acting), words, key, kind=_KIND, subject=about)


def _still_away(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of an absence while it lasts."""
    person = people.person_of(turn, subjects.OF_AWAY.parse(waiting.subject).away)
    return waiting.message if is_away(turn, person) else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note that you cover for a person who is away")


def _form(turn: Turn, _subject: str) -> Form:
    zone = people.zone_of(turn, require_role(turn, *_WHO))
    form = form_of(Absence, form_id=_FORM, title="Away", submit=say("Save", context="dialog"), zone=zone)
    if not _only_mentors(turn):
        return form
    return replace(form, questions=tuple(each for each in form.questions if each.name != "cover"))


ROUTES = Routes(
    commands=((AWAY, away_command),),
    buttons={verbs.AWAY_BACK: back_pressed, verbs.AWAY_CHANGE: change_pressed},
    forms={_FORM: FormRoute(form=_form, completed=away_submitted)},
    messages={_KIND: MessageRoute(_still_away, _named)},
)

"""Waits for the approval of a project: owed by the coordinators. Silence publishes nothing.

The last step comes five times. Each time every coordinator is asked, the poster reads that no coordinator has
looked yet and until when they are away, and the project's dates move. Then nothing is waited for: the task
stays open, and the poster reads so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, note, text
from bot.chat.routes import Routes, WaitRoute, WaitSides, WaitStep
from bot.programme import people
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import StatusChanged
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.waiting_time import so_far
from bot.programme.notifications.working_days import is_last_ask, working_days_from
from bot.programme.people.away import away_day, back_first
from bot.programme.people.coordinators_in_turn import asked_next, in_turn, last_ask
from bot.programme.projects.approval import decisions
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import company_name, employer_of, project_of
from bot.programme.projects.wait_zones import coordinators_zone
from storage.tables import Person, Project

__all__ = ["ROUTES"]

_DATES: Final[tuple[dates.Name, ...]] = ("deadline", "decide", "starts")
_DAY: Final = timedelta(days=1)
_WEEKEND: Final = (5, 6)

_APPROVAL: Final = "approval"
_ENDS: Final = {"open": "kept", "changes": "kept", "declined": "kept"}
"""How the wait for approval ends, by the status that the project goes to; else it is dropped."""


def project_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Open the wait for the approval of a project that is put before the coordinators, or end it."""
    project = change.noun
    if not isinstance(project, Project):
        return []
    subject = subjects.PROJECT(project.id)
    if change.after == "review":
        due = working_days_from(turn, turn.programme.coordinator_days)
        return waits.begin(turn, _APPROVAL, subject, subject, due)
    if change.before == "review":
        daily_message.retract_notices(turn, subjects.APPROVAL(project.id))
        return waits.end(turn, _APPROVAL, subject, _ENDS.get(change.after, "dropped"))
    return []


def ask_again(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask every coordinator for an approval that is late, and tell the poster that it still waits."""
    project = project_of(turn, subjects.PROJECT.id_of(reached.about))
    wait = waits.standing(turn, _APPROVAL, reached.about)
    if project.status != "review" or wait is None:
        return []
    asked = in_turn(turn, project)
    last = is_last_ask(turn, asked, wait.since)
    if last:
        actions = waits.end(turn, _APPROVAL, reached.about, "settled")
    else:
        again = working_days_from(turn, turn.programme.coordinator_days)
        actions = waits.put_off(turn, _APPROVAL, reached.about, again)
    actions += _move_dates(turn, project, wait.since)
    for coordinator in asked:
        actions += daily_message.notify(
            turn,
            coordinator,
            keys.APPROVAL_LATE(project.id, coordinator.id, reached.at),
            subjects.APPROVAL(project.id),
            text(
                "**{project}** · {company} has waited for an approval since {since}.",
                project=title_part(project),
                company=company_name(turn, project),
                since=people.shown_day(turn, wait.since, coordinator),
            ),
            *asked_next(turn, asked, coordinator),
            so_far(turn, wait.since),
            *([last_ask()] if last else []),
            decisions(project),
        )
    return [*actions, *_tell_poster(turn, project, asked, reached, wait.since)]


def _tell_poster(
    turn: Turn, project: Project, asked: Sequence[Person], reached: waits.Reached, since: datetime
) -> list[Action]:
    poster = employer_of(turn, project)
    if poster is None:
        return []
    key = keys.APPROVAL_LATE(project.id, poster.id, reached.at)
    ways = Buttons(
        (
            Button("See it", verbs.PROJECT_SHOW(project.id)),
            Button("Edit it", verbs.PROJECT_EDIT(project.id)),
        )
    )
    said = [
        _truth(turn, project, asked, poster),
        so_far(turn, since),
        *_meanwhile(turn, project, poster),
        *([_no_more()] if is_last_ask(turn, asked, since) else []),
        ways,
    ]
    return daily_message.notify(turn, poster, key, subjects.APPROVAL(project.id), *said)


def _truth(turn: Turn, project: Project, asked: Sequence[Person], poster: Person) -> Block:
    """Say that no coordinator has looked, and whether one will soon."""
    title, away = title_part(project), back_first(turn, asked)
    if not asked:
        return text(
            "**{project}** still waits for approval: there is no coordinator here now.", project=title
        )
    if away is not None:
        return text(
            "**{project}** still waits for approval: no coordinator has looked at it yet. {person} is "
            "away until {day}, and no other coordinator is here.",
            project=title,
            person=people.person_name(away),
            day=away_day(turn, away, poster),
        )
    return text(
        "**{project}** still waits for approval: no coordinator has looked at it yet. I am asking "
        "{people} again.",
        project=title,
        people=people.person_names(asked),
    )


def _meanwhile(turn: Turn, project: Project, poster: Person) -> list[Block]:
    """Say what the poster can do meanwhile, and how the project's dates are now."""
    return [
        note(
            "Its dates moved along. Applications: until {deadline}. Answers: by {decide}. Start: {start}",
            deadline=people.shown_date(turn, dates.read(project, "deadline"), poster),
            decide=people.shown_date(turn, dates.read(project, "decide"), poster),
            start=people.shown_day(turn, dates.read(project, "starts"), poster),
        ),
        note("Meanwhile you can still change it, and need not send it again."),
    ]


def _no_more() -> Block:
    return note(
        "I do not ask the coordinators again, and its dates move no further. It stays in their list; when "
        "one of them approves it, you read so."
    )


def _move_dates(turn: Turn, project: Project, since: datetime) -> list[Action]:
    """Move the project's dates by the days that it has waited since it was last said, or since it began.

    Students have as long to apply as its poster meant, however late the approval comes.
    """
    zone = ZoneInfo(turn.programme.zone)
    today, day = turn.now.astimezone(zone).date(), turn.now.astimezone(zone).date()
    for _ in range(turn.programme.coordinator_days):
        day = _working_day_before(day)
    waited = today - max(day, since.astimezone(zone).date())
    columns: dict[str, Any] = {}
    for name in _DATES:
        columns |= dates.columns(name, dates.by_days(dates.read(project, name), waited, zone))
    return change(turn, project, **columns)


def _working_day_before(day: date) -> date:
    day -= _DAY
    while day.weekday() in _WEEKEND:
        day -= _DAY
    return day


def _found(turn: Turn, after: int, most: int) -> list[AwaitedThing]:
    """Return projects that wait for approval, for an upgrade: their coordinators have two days from then."""
    query = select(Project).where(
        Project.programme_id == turn.programme_id, Project.status == "review", Project.id > after
    )
    due = working_days_from(turn, turn.programme.coordinator_days)
    return [
        AwaitedThing(each.id, subject := subjects.PROJECT(each.id), subject, each.updated_at, due)
        for each in turn.session.scalars(query.order_by(Project.id).limit(most))
    ]


def _owing(turn: Turn, about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    project = project_of(turn, subjects.PROJECT.id_of(about))
    return dict.fromkeys(of, in_turn(turn, project))


def _waiting(turn: Turn, about: str, _subject: str) -> list[Person]:
    poster = employer_of(turn, project_of(turn, subjects.PROJECT.id_of(about)))
    return [poster] if poster is not None else []


def _said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The approval of **{project}**: by {when}",
        project=title_part(project_of(turn, subjects.PROJECT.id_of(subject))),
        when=people.shown_day_there(turn, due, turn.programme.zone, reader),
    )


ROUTES: Final = Routes(
    follows={StatusChanged: (project_moved,)},
    waits={
        _APPROVAL: WaitRoute(
            waits="employer",
            owes="coordinators",
            steps=(WaitStep("late", ask_again),),
            zone=coordinators_zone,
            found=_found,
            sides=WaitSides(_owing, _waiting, _said),
        )
    },
)

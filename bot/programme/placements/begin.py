"""An offer was accepted: the placement begins with its milestones, its timers, and a kickoff message."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, Post
from bot.chat.content import (
    Button,
    Buttons,
    Fields,
    Message,
    Moment,
    Plain,
    action,
    heading,
    message,
    note,
    row,
    text,
)
from bot.clock import deadline_of
from bot.programme import letters, people, projects
from bot.programme.applications import telling
from bot.programme.placements import timetable
from bot.programme.placements.rows import milestones, sides
from bot.programme.projects.deliverables import deliverable_lines
from bot.programme.turn import Turn
from storage.tables import Application, Milestone, Placement, Project

__all__ = ["begin"]

_WHOLE_WORK = "The finished work"


def begin(turn: Turn, application: Application) -> list[Action]:
    """Make the placement of an accepted application; tell both sides, and set its timers."""
    project = projects.project_of(turn, application.project_id)
    starts_at = max(project.starts_at, turn.now)
    placement = Placement(
        programme_id=turn.programme_id,
        project_id=project.id,
        application_id=application.id,
        person_id=application.person_id,
        status="active",
        starts_at=starts_at,
        due_at=_due(turn, application, project, starts_at),
        created_at=turn.now,
    )
    turn.session.add(placement)
    turn.session.flush()
    for position, title in enumerate(deliverable_lines(project.deliverables) or (_WHOLE_WORK,), 1):
        turn.session.add(
            Milestone(
                programme_id=turn.programme_id,
                placement_id=placement.id,
                position=position,
                title=title,
                due_at=placement.due_at,
                status="open",
            )
        )
    turn.session.flush()
    return [*_told(turn, placement, application), *timetable.schedule(turn, placement)]


def _due(turn: Turn, application: Application, project: Project, starts_at: datetime) -> datetime:
    """The end of the day so many weeks after the start, in the student's zone: their day, not midnight's."""
    zone = ZoneInfo(people.zone_of(turn, people.person_of(turn, application.person_id)))
    return deadline_of(starts_at.astimezone(zone).date() + timedelta(weeks=project.weeks), zone)


def _told(turn: Turn, placement: Placement, application: Application) -> list[Action]:
    both = sides(turn, placement)
    to_student = Post(
        people.address(turn, both.student), _kickoff(turn, placement, application), f"kickoff:{placement.id}"
    )
    to_employer = telling.tell_employer(
        turn,
        both.project,
        f"kickoff:{placement.id}:employer",
        timetable.subject(placement),
        text(
            "**",
            Plain(both.student.name),
            "** accepted your offer for **",
            projects.title_part(both.project),
            "**. The work is due ",
            telling.when(turn, placement.due_at, both.employer),
            ".",
        ),
        note("Say hello, and name a time for a first call: it is the best start there is."),
        Buttons(
            (
                letters.write_button(application, "student"),
                Button("See the placement", action("placement-show", placement.id)),
            )
        ),
    )
    return [to_student, *to_employer]


def _kickoff(turn: Turn, placement: Placement, application: Application) -> Message:
    both = sides(turn, placement)
    zone = people.zone_of(turn, both.student)
    rows = [
        row("Starts", Moment(placement.starts_at, zone, "day")),
        row("Due", Moment(placement.due_at, zone)),
        row("Hours", f"about {both.project.hours:g} in all"),
    ]
    if both.project.contact:
        rows.append(row("Questions", Plain(both.project.contact)))
    listed = [text("- ", Plain(each.title)) for each in milestones(turn, placement)]
    private = (
        [text("**For your eyes only**"), text(Plain(both.project.private_details))]
        if both.project.private_details
        else []
    )
    return message(
        heading("You start: ", projects.title_part(both.project)),
        text("with **", Plain(projects.company_name(turn, both.project)), "**"),
        Fields(tuple(rows)),
        text("**What you hand in**"),
        *listed,
        *private,
        note("I remind you a week, a day and three hours before each date, and ask both of you how it goes."),
        Buttons(
            (
                Button("See the placement", action("placement-show", placement.id), style="primary"),
                letters.write_button(application, "employer"),
            )
        ),
    )

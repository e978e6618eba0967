"""The answer promise: every applicant has an answer by the project's decision date, or is released honestly.

The employer is reminded two days before the date and on the day; once it has passed, the coordinators have a
task; `Programme.release_days` days later the applicants who still wait are released.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, text
from bot.chat.local_day import Day, When
from bot.chat.routes import Routes
from bot.programme import projects
from bot.programme.applications import deadlines, lookup, news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import ProjectEdited, StatusChanged
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from storage.tables import Project

__all__ = ["ANSWER", "ROUTES", "date_passed", "release_at", "remind", "reschedule", "set_again"]

ANSWER: Final = "answer"
"""The kind of the waits for an answer to an application."""


def reschedule(turn: Turn, project: Project) -> list[Action]:
    """Follow a change of dates, or a close: the promise to the applicants stays, by the new date.

    What was said about the previous date is taken back; drafts follow the deadline, or end with the project.
    """
    daily_message.retract_notices(turn, subjects.PROMISE(project.id))
    if project.decide_at > turn.now:
        tasks.close_task(turn, keys.PROMISE_TASK(project.id))
    told = _closed_with_applicants(turn, project) if deadlines.closed_early(project) else []
    return [*set_again(turn, project), *told]


def set_again(turn: Turn, project: Project) -> list[Action]:
    """Reckon a promise's steps by where its employer is now; the day is the same, so what was said holds."""
    moved = waits.move_due(turn, ANSWER, subjects.PROJECT(project.id), project.decide_at)
    return [*moved, *deadlines.reschedule_drafts(turn, project)]


def release_at(turn: Turn, project: Project) -> datetime:
    """Return the instant (UTC) at which applicants without an answer are released."""
    return project.decide_at + timedelta(days=turn.programme.release_days)


def _answer_buttons(project: Project) -> Buttons:
    return Buttons(
        (
            Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),
            Button("Say “not this time”", verbs.APPLICANTS_REST(project.id)),
        )
    )


def _closed_with_applicants(turn: Turn, project: Project) -> list[Action]:
    left = lookup.count_undecided(turn, project)
    if not left:
        return []
    return news.tell_employer(
        turn,
        project,
        keys.PROMISE_CLOSED(project.id, turn.source),
        subjects.PROMISE(project.id),
        text(
            "**{project}** is closed. One applicant waits for your answer, by {when}.",
            "**{project}** is closed. {count} applicants wait for your answer, by {when}.",
            project=projects.title_part(project),
            count=left,
            when=news.shown_date(turn, dates.read(project, "decide"), projects.employer_of(turn, project)),
        ),
        _answer_buttons(project),
    )


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the employer of the applicants who wait, two days before the decision date and on the day."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about))
    left = lookup.count_undecided(turn, project)
    if not left:
        return []
    lead = text(
        "One applicant waits for your answer on **{project}**. You promised it by {when}.",
        "{count} applicants wait for your answer on **{project}**. You promised it by {when}.",
        project=projects.title_part(project),
        count=left,
        when=news.shown_date(turn, dates.read(project, "decide"), projects.employer_of(turn, project)),
    )
    first = reached.step == "soon"
    which = (
        text("I remind you once more before then.")
        if first
        else text("This is my last reminder before then.")
    )
    key = keys.PROMISE_NEWS[reached.step](project.id, reached.at)
    daily_message.retract_notices(turn, subjects.PROMISE(project.id))
    return news.tell_employer(
        turn,
        project,
        key,
        subjects.PROMISE(project.id),
        lead,
        which,
        _answer_buttons(project),
        useful_until=project.decide_at,
    )


def date_passed(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Inform the coordinators, and the employer again, of the applicants who wait after the decision date."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about))
    left = lookup.count_undecided(turn, project)
    if not left:
        return []
    daily_message.retract_notices(turn, subjects.PROMISE(project.id))
    item = text(
        "**{project}** · {company}: the decision was due by {when}. One applicant waits for an answer. "
        "On {release} I release all who still wait then, with an honest note.",
        "**{project}** · {company}: the decision was due by {when}. {count} applicants wait for an answer. "
        "On {release} I release all who still wait then, with an honest note.",
        project=projects.title_part(project),
        company=projects.company_name(turn, project),
        count=left,
        when=news.shown_date(turn, dates.read(project, "decide"), None),
        release=news.shown_day(turn, _release_day(turn, project), None),
    )
    ways = (
        Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),
        Button("Release them now", verbs.PROMISE_RELEASE(project.id)),
    )
    key = keys.PROMISE_TASK(project.id)
    opened = tasks.open_task(turn, key, "overdue", subjects.PROJECT(project.id), item, Buttons(ways))
    return [*opened, *_last_word(turn, project, left)]


def _release_day(turn: Turn, project: Project) -> When:
    """Return when the applicants who still wait are released: a day where the decision date is a day."""
    decision = dates.read(project, "decide")
    if isinstance(decision, Day):
        return Day(decision.date + timedelta(days=turn.programme.release_days), decision.zone)
    return release_at(turn, project)


def _last_word(turn: Turn, project: Project, count: int) -> list[Action]:
    """Return what the employer reads once the date has passed; without an owner, nothing is sent."""
    employer = projects.employer_of(turn, project)
    if employer is None:
        return []
    words = text(
        "The decision date of **{project}** has passed. One applicant waits for your answer. "
        "On {release} I release all who have none, and say why.",
        "The decision date of **{project}** has passed. {count} applicants wait for your answer. "
        "On {release} I release all who have none, and say why.",
        project=projects.title_part(project),
        count=count,
        release=news.shown_day(turn, _release_day(turn, project), employer),
    )
    key = keys.PROMISE_OVER(project.id, project.decide_at)
    subject = subjects.PROMISE(project.id)
    return list(
        daily_message.notify(
            turn,
            employer,
            key,
            subject,
            words,
            _answer_buttons(project),
            useful_until=release_at(turn, project),
        )
    )


def project_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Keep the promise of a closed project."""
    project = change.noun
    if isinstance(project, Project) and (change.before, change.after) == ("open", "closed"):
        return reschedule(turn, project)
    return []


def project_edited(turn: Turn, change: ProjectEdited) -> list[Action]:
    """Follow an edited project whose dates may have changed."""
    return reschedule(turn, change.project)


ROUTES = Routes(follows={StatusChanged: (project_moved,), ProjectEdited: (project_edited,)})

"""The half of an import that writes: small turns, resumable, and announcing only when all is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action, Post
from bot.programme.cohorts.digests import coming_digests, list_new
from bot.programme.core import history
from bot.programme.core.turn import Turn
from bot.programme.importing.checked import Checked, Ground, ImportRow
from bot.programme.projects.company_lookup import add_company, find_company
from bot.programme.projects.deliverables import set_deliverables
from bot.programme.projects.from_answers import blank_project, rules_of
from bot.programme.projects.lookup import cohort_ids
from bot.programme.projects.publishing import publish
from bot.programme.projects.search import search_text
from storage.dialects import insert
from storage.tables import Announcement, Cohort, Company, ImportRun, Person, Project, outbox

__all__ = [
    "BATCH",
    "PACE",
    "PER_DIGEST",
    "Written",
    "batches",
    "begin_import",
    "finish_import",
    "ground_of",
    "import_turn",
    "list_turn",
    "plan_cards",
    "publish_turn",
    "unannounced",
    "waiting",
]

BATCH: Final = 50
"""Rows of one turn, so that people are answered in between."""

_PUBLISHED: Final = 10
"""Projects that one turn publishes, likewise: each is written, announced and followed by its timers."""

PER_DIGEST: Final = 10
"""Cards that follow a list with each daily digest, which shows as many lines."""

_WITHIN: Final = timedelta(hours=2)
"""Cards due within this time are waited for before others go out; later ones follow a list of their own."""

PACE: Final = timedelta(seconds=3)
"""The time between two cards. Slack hides messages from about one a second in a channel on, without an error
(matutetandil/mycel, pull request 12)."""

_NO_PLAN: Final[Mapping[int, datetime]] = MappingProxyType({})

_NEW_PROJECT: Final = (
    insert(Project)
    .on_conflict_do_nothing(index_elements=[Project.programme_id, Project.identity])
    .returning(Project.id)
)
_NEW_RUN: Final = insert(ImportRun).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Written:
    """What a turn did: how many projects, and what is to be carried out."""

    count: int
    actions: tuple[Action, ...] = ()


def ground_of(turn: Turn) -> Ground:
    """Return what a file is checked against in this programme now."""
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.ended_at.is_(None))
    cohorts = turn.session.scalars(query.order_by(Cohort.id))
    return Ground(rules_of(turn), {" ".join(one.name.split()).casefold(): one.id for one in cohorts})


def batches(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    """Return the rows in pieces of one turn each."""
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


def begin_import(turn: Turn, checked: Checked, file: str) -> int:
    """Begin an import, or go on with the one of the same rows; return its id."""
    row = {
        "programme_id": turn.programme_id,
        "identity": checked.identity,
        "file": file,
        "rows": len(checked.rows),
        "state": "running",
        "created_at": turn.now,
    }
    turn.connection.execute(_NEW_RUN, row)
    query = select(ImportRun.id).where(
        ImportRun.programme_id == turn.programme_id, ImportRun.identity == checked.identity
    )
    return int(turn.connection.execute(query).scalar_one())


def import_turn(turn: Turn, import_id: int, rows: Sequence[ImportRow]) -> int:
    """Write at most `BATCH` rows as projects that are not shown yet; return how many are new here.

    Raises:
        ValueError: there are more rows.
    """
    if len(rows) > BATCH:
        raise ValueError(f"{len(rows)} rows in one turn; at most {BATCH}")
    return sum(_stored(turn, import_id, row) for row in rows)


def _stored(turn: Turn, import_id: int, row: ImportRow) -> bool:
    company = find_company(turn, row.company) or add_company(turn, row.company, str(row.values["field"]))
    project = blank_project(turn)
    for name, value in row.values.items():
        setattr(project, name, value)
    if company.name != row.company:
        # Cased otherwise than the company that is here already: one company, and nothing lost.
        project.extra = {"company": row.company, **project.extra}
    set_deliverables(project, row.deliverables)
    project.search = search_text(project, company.name)
    values = {name: getattr(project, name) for name in (*row.values, *_MADE)}
    made = turn.connection.execute(
        _NEW_PROJECT,
        {
            **values,
            "company_id": company.id,
            "owner_id": _only_owner(turn, company),
            "identity": row.identity,
            "import_id": import_id,
            "override_reason": "",
        },
    )
    number = made.scalar()
    if number is None:
        return False
    project.id = number
    for each in project.deliverables:
        each.project_id = number
    turn.session.add_all(list(project.deliverables))
    history.record(turn, project, history.BIRTH, None, project.status)
    return True


_MADE: Final = (
    "folded_title",
    "programme_id",
    "status",
    "deliverables_text",
    "search",
    "created_at",
    "updated_at",
)


def _only_owner(turn: Turn, company: Company) -> int | None:
    """Return the company's only employer; with none or several, the file has to say which owns it."""
    query = select(Person.id).where(
        Person.programme_id == turn.programme_id,
        Person.company_id == company.id,
        Person.left_at.is_(None),
        Person.erased_at.is_(None),
    )
    people = turn.session.scalars(query.limit(2)).all()
    return people[0] if len(people) == 1 else None


def finish_import(turn: Turn, import_id: int) -> None:
    """Mark an import as complete: everything is in, and may be announced now."""
    run = turn.session.get_one(ImportRun, import_id)
    run.state = "complete"


def waiting(turn: Turn, rows: Iterable[ImportRow]) -> int:
    """Return how many of a file's projects are not shown yet, which `publish_turn` would announce."""
    return len(_unseen(turn, rows))


def unannounced(turn: Turn, rows: Iterable[ImportRow]) -> int:
    """Return how many of a file's projects are not shown yet, also those that are not written yet."""
    query = select(Project.identity).where(
        Project.programme_id == turn.programme_id, Project.status != "draft", Project.identity.is_not(None)
    )
    return len({row.identity for row in rows}.difference(turn.session.scalars(query)))


def _unseen(turn: Turn, rows: Iterable[ImportRow]) -> list[int]:
    wanted = {row.identity for row in rows}
    query = (
        select(Project.id, Project.identity)
        .join(ImportRun, ImportRun.id == Project.import_id)
        .where(
            Project.programme_id == turn.programme_id,
            Project.status == "draft",
            Project.deadline_at > turn.now,
            ImportRun.state == "complete",
        )
        .order_by(Project.id)
    )
    return [found.id for found in turn.session.execute(query) if found.identity in wanted]


def plan_cards(turn: Turn, rows: Iterable[ImportRow]) -> dict[int, datetime]:
    """Return when the card of each waiting project goes out (UTC) where one list is announced at once.

    With each coming digest of the project's first cohort go `PER_DIGEST` cards, nearest deadlines first; more
    of them where the nearest deadline would pass before they are all out.
    """
    waiting: dict[int, list[Project]] = {}
    for project_id in _unseen(turn, rows):
        project = turn.session.get_one(Project, project_id)
        waiting.setdefault(next(iter(cohort_ids(project)), 0), []).append(project)
    plan: dict[int, datetime] = {}
    for cohort_id, projects in waiting.items():
        plan |= _planned(turn, turn.session.get(Cohort, cohort_id), projects)
    return plan


def _planned(turn: Turn, cohort: Cohort | None, projects: list[Project]) -> dict[int, datetime]:
    if cohort is None:
        return {project.id: turn.now for project in projects}
    projects.sort(key=lambda project: (project.deadline_at, project.id))
    digests = coming_digests(turn, cohort, ceil(len(projects) / PER_DIGEST))
    in_time = [at for at in digests if at < projects[0].deadline_at] or digests[:1]
    each = max(PER_DIGEST, ceil(len(projects) / len(in_time)))
    return {
        project.id: in_time[number // each] + PACE * (number % each)
        for number, project in enumerate(projects)
    }


def publish_turn(turn: Turn, rows: Iterable[ImportRow], plan: Mapping[int, datetime] = _NO_PLAN) -> Written:
    """Publish the next projects of a file, ten at most; a count of 0 says that all are out.

    Their cards go out paced, after those that wait already, or as `plan` (`plan_cards`) says.
    """
    due = _last_card(turn)
    actions: list[Action] = []
    ids = _unseen(turn, rows)[:_PUBLISHED]
    for project_id in ids:
        project = turn.session.get_one(Project, project_id, with_for_update=True)
        planned = plan.get(project_id)
        if planned is None:
            due = planned = max(due + PACE, turn.now)
        actions += publish(turn, project, first=max(planned, turn.now) - turn.now)
    return Written(len(ids), tuple(actions))


def list_turn(turn: Turn, rows: Iterable[ImportRow], import_id: int) -> Written:
    """Announce one list in every channel that a file's projects are announced in; its count is of lists.

    Nothing is announced where no project is new since the last digest or list.
    """
    wanted = {row.identity for row in rows}
    query = (
        select(Announcement.cohort_id, Project.identity)
        .join(Project, Project.id == Announcement.project_id)
        .where(Announcement.programme_id == turn.programme_id)
        .distinct()
    )
    ids = {cohort_id for cohort_id, identity in turn.session.execute(query) if identity in wanted}
    cohorts = select(Cohort).where(Cohort.id.in_(ids), Cohort.ended_at.is_(None)).order_by(Cohort.id)
    actions: list[Action] = []
    for cohort in turn.session.scalars(cohorts).all():
        actions += list_new(turn, cohort, import_id)
    return Written(sum(isinstance(act, Post) for act in actions), tuple(actions))


def _last_card(turn: Turn) -> datetime:
    """Return when the last card that is to be sent soon is due; long ago where none waits."""
    query = select(func.max(outbox.c.due_at)).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.state == "pending",
        outbox.c.due_at < turn.now + _WITHIN,
        outbox.c.key.startswith("card:", autoescape=True),
    )
    return turn.connection.execute(query).scalar() or turn.now - PACE

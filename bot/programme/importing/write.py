"""The half of an import that writes: small turns, resumable, and announcing only when all is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action
from bot.programme.importing.check import Checked, Ground, ImportRow
from bot.programme.projects.publishing import publish
from bot.programme.projects.reading import blank_project, rules_of
from bot.programme.projects.search import search_text
from bot.programme.turn import Turn
from storage.statements import insert
from storage.tables import Cohort, Company, ImportRun, Person, Project, outbox

__all__ = [
    "BATCH",
    "Written",
    "batches",
    "begin_import",
    "finish_import",
    "ground_of",
    "import_turn",
    "publish_turn",
    "waiting",
]

BATCH: Final = 50
"""Rows of one turn, so that people are answered in between."""

_PACE: Final = timedelta(seconds=3)
"""Between two cards. Slack hides messages from about one a second in a channel on, without an error
(matutetandil/mycel, pull request 12)."""

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
    """What a file is checked against in this programme now."""
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.ended_at.is_(None))
    cohorts = turn.session.scalars(query.order_by(Cohort.id))
    return Ground(rules_of(turn), {" ".join(one.name.split()).casefold(): one.id for one in cohorts})


def batches(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    """The rows in pieces of one turn each."""
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


def begin_import(turn: Turn, checked: Checked, file: str) -> int:
    """Begin an import, or go on with the one of the same rows; its id."""
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
    """Write at most `BATCH` rows as projects nobody sees yet; how many of them are new here.

    Raises:
        ValueError: there are more rows.
    """
    if len(rows) > BATCH:
        raise ValueError(f"{len(rows)} rows in one turn; at most {BATCH}")
    query = select(Company).where(Company.programme_id == turn.programme_id)
    companies = {company.name.casefold(): company for company in turn.session.scalars(query)}
    return sum(_stored(turn, import_id, row, companies) for row in rows)


def _stored(turn: Turn, import_id: int, row: ImportRow, companies: dict[str, Company]) -> bool:
    company = companies.get(row.company.casefold())
    if company is None:
        field = str(row.values["field"])[:120]
        company = companies[row.company.casefold()] = Company(
            programme_id=turn.programme_id, name=row.company, field=field, created_at=turn.now
        )
        turn.session.add(company)
        turn.session.flush()
    project = blank_project(turn)
    for name, value in row.values.items():
        setattr(project, name, value)
    if company.name != row.company:
        # Cased otherwise than the company that is here already: one company, and nothing lost.
        project.extra = {"company": row.company, **project.extra}
    project.search = search_text(project, company.name)
    values = {
        name: getattr(project, name) for name in (*row.values, "programme_id", "status", "search", *_STAMPS)
    }
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
    return made.scalar() is not None


_STAMPS: Final = ("created_at", "updated_at")


def _only_owner(turn: Turn, company: Company) -> int | None:
    """The one person who stands for the company; none or several have to say who looks after it."""
    query = select(Person.id).where(
        Person.programme_id == turn.programme_id,
        Person.company_id == company.id,
        Person.left_at.is_(None),
        Person.erased_at.is_(None),
    )
    people = turn.session.scalars(query.limit(2)).all()
    return people[0] if len(people) == 1 else None


def finish_import(turn: Turn, import_id: int) -> None:
    """Everything is in: now it may be announced."""
    run = turn.session.get_one(ImportRun, import_id)
    run.state = "complete"


def waiting(turn: Turn, rows: Iterable[ImportRow]) -> int:
    """How many of a file's projects nobody sees yet, which `publish_turn` would announce."""
    return len(_unseen(turn, rows))


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


def publish_turn(turn: Turn, rows: Iterable[ImportRow]) -> Written:
    """Publish the next projects of a file, at most `BATCH`; a count of 0 says that all are out.

    Their cards go out paced, after those that wait already.
    """
    due = _last_card(turn)
    actions: list[Action] = []
    ids = _unseen(turn, rows)[:BATCH]
    for project_id in ids:
        project = turn.session.get_one(Project, project_id, with_for_update=True)
        due = max(due + _PACE, turn.now)
        actions += publish(turn, project, first=due - turn.now)
    return Written(len(ids), tuple(actions))


def _last_card(turn: Turn) -> datetime:
    """When the last card that waits to be sent is due; long ago where none waits."""
    query = select(func.max(outbox.c.due_at)).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.state == "pending",
        outbox.c.key.startswith("card:", autoescape=True),
    )
    return turn.connection.execute(query).scalar() or turn.now - _PACE

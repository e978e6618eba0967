"""What can be typed at the filters of `/project list`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import ColumnElement, select

from bot.chat.answers import Option
from bot.chat.content import Plain
from bot.chat.events import Suggest
from bot.programme.core.turn import Turn
from storage.folding import tidy
from storage.tables import Cohort, Project

__all__ = ["open_cohorts", "suggest_cohorts", "suggest_fields", "suggest_skills"]

_LONGEST_OPTION: Final = 100  # characters
_ASKED: Final = 300  # open projects whose skills and fields are suggested, those with the latest deadlines
_MOST_SUGGESTED: Final = 25  # Discord's limit for autocomplete


def open_cohorts(turn: Turn) -> Sequence[Cohort]:
    """Return the cohorts that go on, the oldest first."""
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.ended_at.is_(None))
    return turn.session.scalars(query.order_by(Cohort.id)).all()


def suggest_skills(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest skills that open projects ask for, the most wanted first."""
    found: Counter[str] = Counter()
    query = select(Project.skills).where(*_open(turn))
    for skills in turn.session.scalars(query.order_by(Project.deadline_at.desc()).limit(_ASKED)):
        found.update({" ".join(skill.split()) for skill in skills})
    return _suggested([name for name, _ in found.most_common()], event.typed)


def suggest_fields(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest fields that open projects are in."""
    query = select(Project.field).where(*_open(turn))
    latest = query.order_by(Project.deadline_at.desc()).limit(_ASKED)
    return _suggested(sorted(set(turn.session.scalars(latest))), event.typed)


def _open(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the open projects that are known where the person acts."""
    shown = (Project.programme_id == turn.programme_id, Project.status == "open")
    return shown if turn.space_company is None else (*shown, Project.company_id == turn.space_company)


def suggest_cohorts(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest cohorts that go on."""
    return _suggested([cohort.name for cohort in open_cohorts(turn)], event.typed)


def _suggested(names: Iterable[str], typed: str) -> list[Option]:
    wanted = tidy(typed)
    fitting = [name for name in names if name and wanted in tidy(name)]
    cut = [name[:_LONGEST_OPTION] for name in fitting[:_MOST_SUGGESTED]]
    return [Option(name, Plain(name)) for name in cut]

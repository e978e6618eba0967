"""The size of a programme of any size (`benchmarks/population.py`), and the SQL that its rows share.

What happens in a real programme is uneven, and so is this: one project has hundreds of applicants, one
student many applications, a fiftieth of the projects is open, and of what is over most ended well.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_
from sqlalchemy.dialects.postgresql import JSONB

from bot.chat.events import Place, UserRef

__all__ = [
    "COHORTS",
    "COORDINATORS",
    "DAY",
    "DELIVERABLES",
    "PLACES",
    "SPACE",
    "TASKS",
    "Rows",
    "Size",
    "Value",
    "said",
]

SPACE: Final = "space"
COORDINATORS: Final = 5
COHORTS: Final = 30
DELIVERABLES: Final = 3
"""Deliverables of each project."""
POPULAR: Final = 300
"""Applications to project 1."""
BUSY: Final = 20
"""Applications of the student who has most."""
TASKS: Final = 20
"""Tasks that are open."""
DAY: Final = 24 * 60 * 60
PLACES: Final = {20, 40, POPULAR + BUSY}
"""The first applications that were accepted: two of the popular project, and the last of the busy student."""

Value = Any
"""A column's: SQL of the number, or one value for all rows."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of each, and the ids of the people to act as; `applications` is at least 1,000."""

    applications: int
    now: datetime
    platform: str

    coordinator = 1
    employer = COORDINATORS + 1
    """Owns project 1 with its hundreds of applicants, two more that are open, and placements."""
    popular = 1

    @property
    def projects(self) -> int:
        """Return how many projects there are."""
        return self.applications // 10

    @property
    def open_projects(self) -> int:
        """Return how many projects are open, those with the lowest ids."""
        return max(BUSY + 10, self.projects // 50)

    @property
    def employers(self) -> int:
        """Return how many employers there are, two for each company."""
        return max(20, self.projects // 5)

    @property
    def students(self) -> int:
        """Return how many students there are, each in a cohort."""
        return max(POPULAR + 100, self.applications // 10)

    @property
    def people(self) -> int:
        """Return how many people there are: coordinators, then employers, then students."""
        return COORDINATORS + self.employers + self.students

    @property
    def busy_student(self) -> int:
        """Return the student who has most applications, and a placement."""
        return COORDINATORS + self.employers + 1

    @property
    def student(self) -> int:
        """Return a student with a few applications."""
        return self.busy_student + 1

    @property
    def placements(self) -> int:
        """Return the most placements there can be; some numbers are missing."""
        return self.applications // 20

    @property
    def timers(self) -> int:
        """Return how many timers wait; as many are done."""
        return self.applications // 10

    @property
    def most(self) -> int:
        """Return the highest number that rows are made of."""
        return max(self.applications, self.people)

    def user(self, person: int) -> UserRef:
        """Return the account of a person."""
        return UserRef(self.platform, f"p{person}")

    def channel(self, cohort: int) -> Place:
        """Return the channel of a cohort."""
        return Place(self.platform, SPACE, f"c{cohort}")


class Rows:
    """SQL of the number `n` that the tables' columns are made of."""

    def __init__(self, size: Size, n: ColumnElement[int], *, sqlite: bool) -> None:
        self.size = size
        self.n = n
        self._sqlite = sqlite
        self._epoch = int(size.now.timestamp())

    def at(self, seconds: Value) -> ColumnElement[Any]:
        """Return the instant so many seconds after the programme's present."""
        if self._sqlite:
            return func.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", self._epoch + seconds, "unixepoch")
        return func.to_timestamp(self._epoch + seconds)

    def json(self, text: ColumnElement[str]) -> ColumnElement[Any]:
        """Return text as JSON."""
        return text if self._sqlite else cast(text, JSONB)

    def project_of(self, application: ColumnElement[int]) -> ColumnElement[int]:
        """Return the project of an application: the popular one, the busy student's, or by turns."""
        by_turns = 2 + (application - POPULAR - BUSY - 1) % (self.size.projects - 1)
        return case(
            (application <= POPULAR, 1),
            (application <= POPULAR + BUSY, application - POPULAR + 1),
            else_=by_turns,
        )

    def student_of(self, application: ColumnElement[int]) -> ColumnElement[int]:
        """Return the person of an application, another for each of a project's."""
        others, projects = self.size.students - 1, self.size.projects - 1
        number = application - POPULAR - BUSY - 1
        by_turns = self.size.student + (number // projects + number % projects * 7) % others
        return case(
            (application <= POPULAR, self.size.busy_student + application),
            (application <= POPULAR + BUSY, self.size.busy_student),
            else_=by_turns,
        )

    def accepted(self, application: ColumnElement[int]) -> ColumnElement[bool]:
        """Return whether an application became a placement."""
        over = self.project_of(application) > self.size.open_projects
        later = and_(application > POPULAR + BUSY, application % 20 == 0, over)
        return or_(application.in_(PLACES), later)

    def owner_of(self, project: ColumnElement[int]) -> ColumnElement[int]:
        """Return the owner of a project: four in a row have the same."""
        return self.size.employer + project // 4 % self.size.employers

    def company_of(self, owner: ColumnElement[int]) -> ColumnElement[int]:
        """Return the company of an employer: two work for each."""
        return 1 + (owner - self.size.employer) // 2

    def user(self, person: ColumnElement[int]) -> ColumnElement[str]:
        """Return the account of a person, as a destination."""
        return said(str(UserRef(self.size.platform, "p")), person)

    def channel(self, cohort: ColumnElement[int]) -> ColumnElement[str]:
        """Return the channel of a cohort, as a destination."""
        return said(str(Place(self.size.platform, SPACE, "c")), cohort)


def said(*parts: Value) -> ColumnElement[str]:
    """Return text of texts and numbers."""
    pieces = [literal(part) if isinstance(part, str) else cast(part, String) for part in parts]
    return reduce(operator.add, pieces)

from typing import Any

from sqlalchemy import func, select

from benchmarks.population import fill
from benchmarks.population_rows import BUSY, POPULAR
from storage.database import Database
from storage.statistics import gather
from storage.tables import Application, Placement, Project, metadata, timers

APPLICATIONS = 1000


async def test_a_programme_of_any_size_is_whole(database: Database) -> None:
    """Every reference leads somewhere, ids go on after it, and the people to act as have what is said."""
    size = await database.transact(lambda work: fill(work.connection, APPLICATIONS))
    await database.transact(lambda work: gather(work.connection))

    async def count(*conditions: Any) -> int:  # noqa: ANN401 - SQLAlchemy's
        query = select(func.count()).where(*conditions)
        return await database.read(lambda work: work.connection.execute(query).scalar_one())

    assert await count(Application.id > 0) == APPLICATIONS
    assert await count(Application.project_id == size.popular) == POPULAR
    assert await count(Application.person_id == size.busy_student) == BUSY
    assert await count(Placement.person_id == size.busy_student) == 1
    assert await count(Project.owner_id == size.employer, Project.status == "open") > 1
    assert await count(timers.c.state == "pending") == size.timers
    dangling = "PRAGMA foreign_key_check"
    if database.dialect == "sqlite":
        assert not await database.read(lambda work: work.connection.exec_driver_sql(dangling).all())
    project = select(Project).limit(1)
    next_one = await database.transact(
        lambda work: _repeated(work.session, work.session.scalars(project).one())
    )
    assert next_one == size.projects + 1


def _repeated(session: Any, project: Project) -> int:  # noqa: ANN401 - a session
    table = metadata.tables["projects"]
    again = {name: getattr(project, name) for name in table.c.keys() if name not in {"id", "identity"}}  # noqa: SIM118 - columns
    session.add(copy := Project(**again))
    session.flush()
    return copy.id

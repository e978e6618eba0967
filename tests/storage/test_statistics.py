"""Statistics: SQLite's planner knows which index is worth asking, from the first start on."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from storage import statistics
from storage.tables import Application, Person
from tests.support.in_memory import in_memory, steps
from tests.support.projects import posted, project_row, seed_application, seed_applications
from tests.support.stage import MONDAY, open_stage

OF_ANOTHER = select(Application.id).where(Application.programme_id == 1, Application.project_id == 2)


@pytest.mark.soak
def test_one_projects_applications_cost_the_same_however_many_another_has() -> None:
    """Without statistics the planner reads every application of the programme; with them it does not."""
    with in_memory() as work:
        seed_applications(work, 100)
        people = work.session.scalars(select(Person)).all()
        for number in range(4, 24):
            project = project_row(work, people[0], MONDAY)
            for person in people[number : number + 20]:
                seed_application(work, project, person, MONDAY)
        without = steps(work, lambda: work.connection.execute(OF_ANOTHER).all())
        statistics.gather(work.connection)
        work.connection.execute(text("ANALYZE sqlite_schema"))  # a new connection reads them by itself
        assert steps(work, lambda: work.connection.execute(OF_ANOTHER).all()) * 5 < without


async def test_the_bot_gathers_them_at_its_start_and_every_hour(tmp_path: Path) -> None:
    """What came in since is counted with the next sweep."""
    counted = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'applications'")
    async with open_stage(tmp_path) as stage:
        await stage.runtime.recover()
        found = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'programmes'")
        assert stage.database.read_inline(lambda work: work.connection.scalar(found))
        assert not stage.database.read_inline(lambda work: work.connection.scalar(counted))
        await posted(stage, "ada", "ben")
        await stage.tick(hours=2)
        await stage.runtime.pump(stage.clock.now())
        assert stage.database.read_inline(lambda work: work.connection.scalar(counted))

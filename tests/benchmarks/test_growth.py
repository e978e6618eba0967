from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, select

from storage.prepared import Prepared
from storage.tables import Application, Project
from tests.support import growth
from tests.support.growing_statements import may_grow
from tests.support.growth import Scales, Statement, grows


@pytest.fixture
def scales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scales:
    """Two programmes, the larger twenty times the smaller."""
    monkeypatch.setattr(growth, "LARGE", 20_000)
    growth.make(tmp_path)
    return Scales(tmp_path)


def test_what_reads_a_whole_table_is_found(scales: Scales) -> None:
    """A statement that reads a table grows; one that an index serves does not, by whatever it is built."""
    whole = select(Application.id).where(Application.reason == "x")
    assert grows(*scales.costs(Statement("whole", whole)))
    by_plan = select(Project.id).where(Project.programme_id == 2, Project.brief == "x")
    assert grows(*scales.costs(Statement("all of the programme", by_plan)))
    mine = select(Application).where(Application.person_id == 7)
    assert not grows(*scales.costs(Statement("mine", mine)))
    prepared = Prepared(mine.where(Application.status == bindparam("status")))
    built = prepared._statement  # noqa: SLF001 - as the listener takes it
    assert not grows(*scales.costs(Statement("prepared", built, {"status": "open"})))
    scales.close()


def test_what_is_changed_is_taken_back(scales: Scales) -> None:
    """Statements that write are run as well, and leave the programmes as they were."""
    gone = delete(Application).where(Application.id == 3)
    first = scales.costs(Statement("gone", gone))
    assert scales.costs(Statement("gone", gone)) == first
    scales.close()


def test_reasons_are_for_functions() -> None:
    """A reason covers the functions that it names, and no other."""
    assert may_grow("programme.people.person_rows:_export")
    assert not may_grow("programme.applications.own_list:page_of")

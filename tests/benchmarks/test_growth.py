import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, create_engine, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from benchmarks.postgresql import Server
from storage.prepared import Prepared
from storage.tables import Application, Project, TermsOffer, metadata
from tests.support import growth, growth_postgresql, heard_statements
from tests.support.growing_statements import may_grow, needlessly_listed
from tests.support.growth import Scales, grows
from tests.support.heard_statements import OnPostgresql, Statement


@pytest.fixture(scope="module")
def scales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scales]:
    """Two programmes, the larger twenty times the smaller; every statement is taken back in them."""
    folder = tmp_path_factory.mktemp("scales")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(growth, "LARGE", 20_000)
        growth.make(folder)
        made = Scales(folder)
        yield made
        made.close()


def as_run(built: SelectBase | UpdateBase) -> Statement:
    """The statement as SQLite takes it, its values in its words."""
    sql = str(built.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    return Statement(sql, sql)


def test_what_reads_a_whole_table_is_found(scales: Scales) -> None:
    """A statement that reads a table grows; one that an index serves does not, by whatever it is built."""
    whole = select(Application.id).where(Application.reason == "x")
    assert grows(*scales.costs(as_run(whole)))
    by_plan = select(Project.id).where(Project.programme_id == 1, Project.brief == "x")
    assert grows(*scales.costs(as_run(by_plan)))
    mine = select(Application).where(Application.person_id == 7)
    assert not grows(*scales.costs(as_run(mine)))


def test_what_is_changed_is_taken_back(scales: Scales) -> None:
    """Statements that write are run as well, and leave the programmes as they were."""
    gone = delete(Application).where(Application.id == 3)
    first = scales.costs(as_run(gone))
    # The database counts in tens, and begins to count where the statement ended before.
    assert scales.costs(as_run(gone)) == pytest.approx(first, abs=10)


def on_postgresql(built: SelectBase | UpdateBase) -> Statement:
    """The statement as PostgreSQL takes it, its values in its words."""
    compiled = built.compile(dialect=heard_statements.POSTGRESQL, compile_kwargs={"literal_binds": True})
    return Statement("", "", postgresql=OnPostgresql(str(compiled), {}))


def test_postgresql_is_held_to_rows_and_pages(
    postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There too what reads a table grows, and no other; what a statement changes is taken back."""
    monkeypatch.setattr(growth, "LARGE", 10_000)
    whole = on_postgresql(select(Application.id).where(Application.reason == "x"))
    mine = on_postgresql(select(Application).where(Application.person_id == 7))
    gone = on_postgresql(delete(TermsOffer).where(TermsOffer.application_id == 3))
    with growth_postgresql.opened(Server(postgresql_server, process=0)) as scales:
        costs = {
            name: scales.costs(each) for name, each in (("whole", whole), ("mine", mine), ("gone", gone))
        }
        assert scales.costs(gone) == costs["gone"]
    grown = [name for name, each in costs.items() if grows(*each, growth_postgresql.FLOOR)]
    assert grown == ["whole"]


def test_reasons_are_for_functions() -> None:
    """A reason covers the functions that it names, and no other."""
    assert may_grow("programme.companies.person_rows:_verified")
    assert not may_grow("programme.applications.own_list:page_of")


def test_a_reason_that_nothing_needs_is_named() -> None:
    """So that the list of what may grow becomes shorter."""
    assert "listed as growing, and does not: programme.importing.*" in needlessly_listed([])
    assert not any("importing" in line for line in needlessly_listed(["programme.importing.rows:known"]))


MINE = select(Application.id).where(Application.person_id == bindparam("person"))
SOME = MINE.where(Application.id.in_([1, 2]))
PREPARED = Prepared(MINE)
_ASKING: dict[str, Any] = {"__name__": "bot.programme.example"}
exec("def asks(run, *given): run(*given)", _ASKING)  # noqa: S102 - a function of a module of the bot's


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (lambda connection: (connection.execute, SOME), ["person", "id", "id"]),
        (lambda connection: (PREPARED.rows, connection), ["person"]),
    ],
    ids=["by SQLAlchemy", "prepared"],
)
def test_a_statement_is_kept_as_the_first_test_by_name_ran_it(
    monkeypatch: pytest.MonkeyPatch, asked: Callable[[Connection], tuple[Any, Any]], names: list[str]
) -> None:
    """Whatever order tests come in; with the name of each value, so that others can take their places."""
    monkeypatch.setattr(heard_statements, "FOUND", {})
    heard_statements.listen()
    monkeypatch.setattr(heard_statements.LISTENER, "on_postgresql", True)
    engine = create_engine("sqlite://")
    metadata.tables["applications"].create(engine)
    with engine.connect() as connection:
        run, first = asked(connection)
        for number, test in enumerate(("second", "first", "third")):
            with heard_statements.wanted(test):
                run(first, {"person": 7})
                _ASKING["asks"](run, first, {"person": number})
    engine.dispose()
    [kept] = heard_statements.FOUND.values()
    assert (kept.test, kept.asked_by) == ("first", "programme.example:asks")
    assert [re.sub(r"[_\d]+$", "", name) for name in kept.names] == names
    assert kept.values[0] == 1
    assert kept.postgresql is not None
    assert sorted(kept.postgresql.values.values()) == sorted(kept.values)

"""`stint programme`: one programme exported, brought into another database, put back, and removed."""

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from msgspec import convert
from sqlalchemy import create_engine, select, text, update

from storage.engines import plain_engine
from storage.tables import Programme, metadata
from storage.tables.values import TunedRule
from storage.urls import parse_url
from tests.support.bot import MONDAY
from tests.support.commands import Shell
from tests.support.filled_tables import row_of

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")


TUNED = TunedRule("stop", "Our students have a course on Fridays.", limit=8, words=("every day",))


@pytest.fixture
def folder(shell: Shell, tmp_path: Path) -> Path:
    """A programme in the terminal with a student who sent a file, and a neighbour in the same database."""
    assert shell(*INIT).code == 0
    assert shell("person", "Ada Okafor").code == 0
    engine = plain_engine(parse_url(f"sqlite:///{tmp_path / 'stint.db'}"))
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")
        row = {"id": 2, "name": "Hillside", "zone": "UTC", "created_at": MONDAY}
        connection.execute(metadata.tables["programmes"].insert(), row)
        tuned = {"fee_share": "accepted", "scope_rules": {"too-dense": TUNED}}
        riverside = metadata.tables["programmes"].c.id == 1
        connection.execute(update(metadata.tables["programmes"]).where(riverside).values(tuned))
        file = {**row_of(metadata.tables["files"], 1), "content": Fernet(KEY).encrypt(b"a sketch")}
        connection.execute(metadata.tables["files"].insert(), file)
    engine.dispose()
    return tmp_path


def one(path: Path, query: str) -> Any:  # noqa: ANN401 - as the query is
    """The one value that a query gives."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchone()[0]


def export(shell: Shell, name: str = "Riverside") -> Path:
    """Export a programme; the archive."""
    done = shell("programme", "export", name, "--to", "riverside.tar.gz", STINT_SECRET_KEY=KEY)
    assert done.code == 0, done.err
    return Path("riverside.tar.gz")


def test_an_export_can_be_read_by_people(folder: Path, shell: Shell) -> None:
    """Each table is a file of JSON lines, each file as it was sent; the history notes it."""
    with tarfile.open(folder / export(shell)) as tar:
        people = tar.extractfile("people.jsonl")
        sketch = tar.extractfile("file-1")
        assert people is not None
        assert sketch is not None
        assert [json.loads(line)["name"] for line in people] == ["Cora Lindqvist", "Ada Okafor"]
        assert sketch.read() == b"a sketch"
        assert "installations.jsonl" not in tar.getnames()
        assert b"Hillside" not in b"".join(
            part.read() for each in tar.getmembers() if (part := tar.extractfile(each)) is not None
        )
    assert one(folder / "stint.db", "SELECT began_by FROM history WHERE what = 'exported'") == "command"
    again = shell("programme", "export", "1", "--to", "riverside.tar.gz", STINT_SECRET_KEY=KEY)
    assert (again.code, "left as it is" in again.err) == (2, True)
    unknown = shell("programme", "export", "Lakeside")
    assert unknown.code == 2
    assert "There is no programme Lakeside. In this database: Riverside (1), Hillside (2)." in unknown.err


def test_an_export_comes_into_another_database(folder: Path, postgresql_url: str, shell: Shell) -> None:
    """Its rows and numbers are the same there, its files are encrypted with the other key, once."""
    archive = export(shell)
    done = shell(
        "programme", "import", str(archive), STINT_DATABASE_URL=postgresql_url, STINT_SECRET_KEY=OTHER
    )
    assert done.code == 0, done.err
    assert "Riverside is in the database" in done.out
    engine = create_engine(parse_url(postgresql_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM people WHERE id = 2")) == "Ada Okafor"
        assert Fernet(OTHER).decrypt(connection.scalar(text("SELECT content FROM files"))) == b"a sketch"
        assert int(connection.scalar(text("SELECT nextval('people_id_seq')")) or 0) > 10_000
    engine.dispose()
    again = shell("programme", "import", str(archive), STINT_SECRET_KEY=KEY)
    assert again.code == 2
    assert "The number 1 is taken in the table programmes" in again.err
    assert one(folder / "stint.db", "SELECT count(*) FROM programmes") == 2
    shell("backup")
    [backup] = (folder / "backups").glob("stint-*")
    whole = shell("programme", "import", str(backup))
    assert (whole.code, "`stint restore` reads it" in whole.err) == (2, True)
    other = shell("restore", str(archive), "--check")
    assert (other.code, "`stint programme import` reads it" in other.err) == (2, True)


def test_an_export_holds_what_a_programme_has_set(folder: Path, postgresql_url: str, shell: Shell) -> None:
    """Settings and the tuned rules of the scope check are in the archive, and the same where it is read."""
    archive = export(shell)
    with tarfile.open(folder / archive) as tar:
        programmes = tar.extractfile("programmes.jsonl")
        assert programmes is not None
        (row,) = [json.loads(line) for line in programmes]
    assert convert(row["scope_rules"], dict[str, TunedRule]) == {"too-dense": TUNED}
    done = shell("programme", "import", str(archive), STINT_DATABASE_URL=postgresql_url, STINT_SECRET_KEY=KEY)
    assert done.code == 0, done.err
    engine = create_engine(parse_url(postgresql_url))
    with engine.connect() as connection:
        (found,) = connection.execute(select(Programme.fee_share, Programme.scope_rules))
    engine.dispose()
    assert tuple(found) == ("accepted", {"too-dense": TUNED})


def test_a_removed_programme_leaves_a_receipt_and_stays_removed(folder: Path, shell: Shell) -> None:
    """Nothing of it is left, the neighbour is untouched, and a restored backup has it no more."""
    assert shell("backup").code == 0
    [backup] = (folder / "backups").glob("stint-*")
    asked = shell("programme", "remove", "Riverside")
    assert (asked.code, "export it first, and give --yes" in asked.err) == (2, True)
    done = shell("programme", "remove", "Riverside", "--yes")
    assert done.code == 0, done.err
    receipt = json.loads((folder / "backups" / "programme-1-removed.json").read_text())
    assert (receipt["programme"], receipt["rows"]["people"], receipt["rows"]["files"]) == ("Riverside", 2, 1)
    database = folder / "stint.db"
    with closing(sqlite3.connect(database)) as connection:
        tables = [table.name for table in metadata.sorted_tables if "programme_id" in table.c]
        left = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    assert not any(left.values())
    assert one(database, "SELECT name FROM programmes") == "Hillside"
    restored = shell("restore", str(backup), "--yes")
    assert restored.code == 0, restored.err
    assert "Riverside was removed since then, and is removed again." in restored.out
    assert one(database, "SELECT name FROM programmes") == "Hillside"


def test_one_programme_is_put_back_and_the_others_stay(folder: Path, shell: Shell) -> None:
    """Only the rows of the programme that is named are as they were."""
    assert shell("backup").code == 0
    [backup] = (folder / "backups").glob("stint-*")
    with closing(sqlite3.connect(folder / "stint.db")) as connection, connection:
        connection.execute("UPDATE programmes SET currency = 'XXX'")
        connection.execute("DELETE FROM roles WHERE person_id = 2")
    asked = shell("restore", str(backup), "--programme", "Riverside")
    assert (asked.code, "give --yes" in asked.err) == (2, True)
    done = shell("restore", str(backup), "--programme", "riverside", "--yes")
    assert done.code == 0, done.err
    database = folder / "stint.db"
    assert one(database, "SELECT currency FROM programmes WHERE id = 1") == "USD"
    assert one(database, "SELECT currency FROM programmes WHERE id = 2") == "XXX"
    assert one(database, "SELECT count(*) FROM roles WHERE person_id = 2") == 1
    assert one(database, "SELECT group_concat(programme_id) FROM tasks WHERE kind = 'restored'") == "1"


@pytest.mark.usefixtures("postgresql_programs")
def test_one_programme_is_taken_out_of_a_dump(folder: Path, postgresql_url: str, shell: Shell) -> None:
    """The dump is read into another database, which is gone afterwards; without that right it is said."""
    assert shell("db", "copy", f"sqlite:///{folder / 'stint.db'}", postgresql_url).code == 0
    assert shell("backup", STINT_DATABASE_URL=postgresql_url).code == 0
    [backup] = (folder / "backups").glob("stint-*")
    asked = ("restore", str(backup), "--programme", "Riverside", "--yes")
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("UPDATE programmes SET currency = 'XXX'")
        connection.execute("DELETE FROM roles WHERE person_id = 2")
        connection.execute("CREATE ROLE meek")
        connection.execute("GRANT ALL ON SCHEMA public TO meek")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO meek")
    meek = f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}options=-crole%3Dmeek"
    refused = shell(*asked, STINT_DATABASE_URL=meek)
    assert refused.code == 2
    assert "No scratch database can be created (InsufficientPrivilege). Let the user" in refused.err
    done = shell(*asked, STINT_DATABASE_URL=postgresql_url)
    assert done.code == 0, done.err
    with psycopg.connect(postgresql_url) as connection:
        currencies = connection.execute("SELECT currency FROM programmes ORDER BY id").fetchall()
        assert currencies == [("USD",), ("XXX",)]
        assert connection.execute("SELECT count(*) FROM roles WHERE person_id = 2").fetchone() == (1,)
        scratch = "SELECT count(*) FROM pg_database WHERE datname LIKE 'stint_scratch_%'"
        assert connection.execute(scratch).fetchone() == (0,)
        connection.execute("DROP OWNED BY meek")
        connection.execute("DROP ROLE meek")


def test_a_programme_that_is_half_restored_is_said_to_be_so(
    folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is interrupted before what may have been said is in doubt, the operator reads what to do."""
    assert shell("backup").code == 0
    [backup] = (folder / "backups").glob("stint-*")

    async def interrupted(*_given: object) -> None:
        raise OSError("interrupted")

    monkeypatch.setattr("adapters.cli.restore.reconcile", interrupted)
    done = shell("restore", str(backup), "--programme", "Riverside", "--yes")
    assert done.code == 2
    assert "Riverside is half restored: do the same again before the bot starts." in done.err
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    assert shell("restore", str(backup), "--programme", "Riverside", "--yes").code == 0

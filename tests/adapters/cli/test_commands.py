"""`stint init`, `run` and `commands`: what they print, refuse and leave behind."""

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.cli.environment import world_path
from adapters.terminal.workspace import Workspace
from bot.chat.commands import usage
from bot.programme import ROUTES
from tests.support.commands import Shell, begin_stint

pytestmark = pytest.mark.timeout(60)

INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `stint init` has made a programme."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        done = CliRunner().invoke(app, [*INIT, "--cohort", "Spring 26"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The test's own folder with that programme."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def running(made: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`stint run` as a process without a screen, and the lines it has printed once it runs."""
    process = begin_stint("run", cwd=made)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(2)]
    yield process, said
    process.kill()
    process.communicate()


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """What a query on the folder's database gives."""
    database = sqlite3.connect(folder / "stint.db")
    found = database.execute(query).fetchall()
    database.close()
    return found


def test_init_makes_a_programme_with_a_cohort(folder: Path) -> None:
    """The database has the programme, its coordinator, the cohort with a channel and its first digest."""
    assert rows(folder, "SELECT name, zone FROM programmes") == [("Riverside", "Europe/London")]
    assert rows(folder, "SELECT name FROM people") == [("Cora Lindqvist",)]
    assert rows(folder, "SELECT role FROM roles") == [("coordinator",)]
    assert rows(folder, "SELECT name FROM cohorts") == [("Spring 26",)]
    assert rows(folder, "SELECT place FROM channels") == [("terminal/channel/terminal/spring-26",)]
    assert ("cohort.digest",) in rows(folder, "SELECT kind FROM timers")


def test_init_again_changes_nothing(folder: Path, shell: Shell) -> None:
    """A second programme in the same place is refused, with the way to open the first."""
    again = shell(*INIT)
    assert again.code == 2
    assert again.err == f"“Riverside” is here already, in {folder / 'stint.db'}: `stint run` opens it.\n"
    assert rows(folder, "SELECT count(*) FROM programmes") == [(1,)]


@pytest.mark.soak
def test_init_asks_for_a_zone_that_exists(tmp_path: Path, shell: Shell) -> None:
    """An unknown zone is refused with an example, and nothing is made."""
    done = shell(*INIT[:-1], "Mars/Base")
    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert "Europe/London" in done.err


@pytest.mark.soak
def test_person_adds_people_to_the_programme(folder: Path, shell: Shell) -> None:
    """A student joins the cohort in the programme's zone; an employer posts for a company, found or made."""
    ada = shell("person", "Ada  Okafor")
    assert (ada.code, ada.out) == (
        0,
        "Ada Okafor is in “Riverside”: student. `stint run`'s screen lets you act as them.\n",
    )
    employer = ("--role", "employer", "--company")
    marta = shell("person", "Marta Ruiz", "--zone", "Europe/Madrid", *employer, "Acme Maps")
    assert "Marta Ruiz is in “Riverside”: employer, Acme Maps." in marta.out
    assert shell("person", "Jo Park", *employer, "ACME maps").code == 0
    assert shell("person", "Bot", "--role", "coordinator").code == 0  # whose id is not the bot's own
    assert rows(folder, "SELECT name FROM companies") == [("Acme Maps",)]
    assert rows(folder, "SELECT count(*) FROM members JOIN people ON people.id = person_id") == [(1,)]
    people = (
        "SELECT name, zone, role, user_id, company_id FROM people "
        "JOIN roles ON roles.person_id = people.id JOIN identities ON identities.person_id = people.id "
        "ORDER BY people.id"
    )
    assert rows(folder, people) == [
        ("Cora Lindqvist", None, "coordinator", "cora-lindqvist", None),
        ("Ada Okafor", "Europe/London", "student", "ada-okafor", None),
        ("Marta Ruiz", "Europe/Madrid", "employer", "marta-ruiz", 1),
        ("Jo Park", "Europe/London", "employer", "jo-park", 1),
        ("Bot", "Europe/London", "coordinator", "bot-2", None),
    ]
    with closing(Workspace(world_path(folder / "terminal"))) as world:
        assert [a.id for a in world.accounts.values() if "manage" in a.rights] == ["cora-lindqvist", "bot-2"]


@pytest.mark.soak
def test_an_employer_takes_the_imported_projects_of_their_company(folder: Path, shell: Shell) -> None:
    """Projects that came from a file and had no owner are the new employer's."""
    csv = (
        "company,title,description,deliverables,fee\nAcme Maps,E-bike map,Find out who rents.,A sheet,$400\n"
    )
    (folder / "projects.csv").write_text(csv, encoding="utf-8")
    assert shell("import", "projects.csv", "--default", "hours=20", "--default", "deadline=+21d").code == 0
    assert shell("person", "Marta Ruiz", "--role", "employer", "--company", "Acme Maps").code == 0
    owner = "SELECT name FROM projects JOIN people ON people.id = owner_id"
    assert rows(folder, owner) == [("Marta Ruiz",)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("Cora Lindqvist",), "Cora Lindqvist is here already. Tell two people of one name apart"),
        (("Ada", "--zone", "Mars/Base"), "Mars/Base is no time zone I know. Write it like Europe/London."),
        (("Ada", "--zone", "Valencia"), "Valencia may be Europe/Madrid (now "),
        (("Ada", "--zone", "+2"), "+2 may be "),
        (("Ada", "--role", "boss"), "boss is no role here: it is student, employer, coordinator."),
        (("Ada", "--company", "Acme"), "add --role employer, or leave --company out"),
        ((" ",), "A name has 1 to 120 characters."),
    ],
)
def test_person_refuses_what_cannot_be(folder: Path, shell: Shell, wrong: tuple[str, ...], said: str) -> None:
    """Each refusal says what to write instead, and no person is added."""
    done = shell("person", *wrong)
    assert done.code == 2
    assert said in done.err
    assert rows(folder, "SELECT name FROM people") == [("Cora Lindqvist",)]


def test_a_zone_may_be_given_by_a_city(folder: Path, shell: Shell) -> None:
    """As people name it; what is kept is the zone."""
    assert shell("person", "Ada", "--zone", "Munich").code == 0
    assert shell("person", "Ben", "--zone", "Springfield, Illinois").code == 0
    zones = rows(folder, "SELECT zone FROM people WHERE name IN ('Ada', 'Ben') ORDER BY name")
    assert zones == [("Europe/Berlin",), ("America/Chicago",)]


def test_person_before_init_makes_nothing(tmp_path: Path, shell: Shell) -> None:
    """Without a programme it says how to make one, and leaves no empty database behind."""
    done = shell("person", "Ada")
    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert "`stint init` creates one" in done.err


@pytest.mark.soak
def test_run_says_where_the_database_is_and_stops_when_asked(folder: Path) -> None:
    """The first line is the absolute path; on SIGTERM it says goodbye and ends with code 0."""
    process = begin_stint("run", cwd=folder, fork=True)
    assert process.stdout
    assert process.stdout.readline() == f"The database is {folder / 'stint.db'}.\n"
    assert process.stdout.readline().startswith("Running on the terminal's world")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "Stopped; everything owed is kept.\n", "")


@pytest.mark.parametrize("command", [("run",), INIT], ids=["run", "init"])
def test_a_second_process_is_refused(
    running: tuple[subprocess.Popen[str], list[str]], made: Path, shell: Shell, command: tuple[str, ...]
) -> None:
    """Beside a running bot nothing else takes its SQLite file; the message says which process has it."""
    process, _ = running
    second = shell(*command, cwd=made)
    assert second.code == 2
    assert second.err.startswith(f"{made / 'stint.db'} is already in use by process {process.pid}: stop")
    assert process.poll() is None


@pytest.mark.soak
def test_a_world_in_use_is_refused(
    running: tuple[subprocess.Popen[str], list[str]],
    made: Path,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A database of its own does not make room for a second bot in one terminal world."""
    monkeypatch.setenv("STINT_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    second = shell("run", cwd=made)
    assert second.code == 2
    assert "world.jsonl is in use by another process: stop that one first" in second.err


def test_run_refuses_a_newer_schema(folder: Path, shell: Shell) -> None:
    """A database that a newer version wrote is left as it is, and the message says what to do."""
    database = sqlite3.connect(folder / "stint.db")
    with database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = shell("run")
    assert done.code == 2
    assert "written by a newer version of Stint: its schema is 9999" in done.err
    assert rows(folder, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_run_before_init_makes_nothing(tmp_path: Path, shell: Shell) -> None:
    """Without a programme it says how to make one, and leaves no empty database behind."""
    done = shell("run")
    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert "`stint init` creates one" in done.err


def test_a_database_out_of_reach_is_said_without_its_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PostgreSQL server that does not answer ends the command with where to look."""
    monkeypatch.setenv("STINT_DATABASE_URL", "postgresql://stint:very-secret@127.0.0.1:1/stint")
    done = shell(*INIT)
    assert done.code == 2
    assert "cannot be opened" in done.err
    assert "STINT_DATABASE_URL" in done.err
    assert "very-secret" not in done.err


@pytest.mark.parametrize("command", [("run",), INIT, ("import", "projects.csv")])
def test_a_bad_configuration_is_refused_with_its_line(
    tmp_path: Path, shell: Shell, command: tuple[str, ...]
) -> None:
    """Every command that reads the configuration ends with code 2, the line and the fix."""
    (tmp_path / "config.toml").write_text('log_level = "info"\ncolour = "red"\n', encoding="utf-8")
    done = shell(*command)
    assert done.code == 2
    assert done.err == (
        "config.toml, line 2: there is no setting colour. config.example.toml lists every one; remove this.\n"
    )


def test_help_lists_every_command(shell: Shell) -> None:
    """`stint --help` names each command with a line about it."""
    done = shell("--help")
    assert done.code == 0
    named = "demo init person run doctor import slack discord key bench commands"
    for command in named.split():
        assert f"\n  {command} " in done.out


def test_commands_prints_the_reference(shell: Shell) -> None:
    """`stint commands` is a Markdown page with an entry per chat command."""
    done = shell("commands")
    assert done.code == 0
    assert done.out.startswith("# Commands\n")
    assert all(f"### `{usage(spec)}`" in done.out for spec in ROUTES.specs)

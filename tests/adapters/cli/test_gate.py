"""What a person can mend ends a command with a sentence and no traceback.

Most commands run within this process, which takes a hundredth of the time. A process of its own shows that
the gate is where `stint` begins, and what only a process has: its encoding, its limits, its child.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.advice import how_to_mend, where_raised
from adapters.cli.commands import app
from tests.support.commands import Done, Shell, held_to_permissions, stint

INIT = ("init", "--name", "Riverside", "--coordinator", "Cora")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `stint init` has made a programme."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        assert CliRunner().invoke(app, INIT, catch_exceptions=False).exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """The test's own folder with that programme; it can be deleted afterwards, whatever was done to it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    yield tmp_path
    tmp_path.chmod(0o700)


def refused(done: Done, *words: str, code: int = 2) -> None:
    """Assert that the command ended with these words and no traceback."""
    said = done.out + done.err
    assert "Traceback" not in said
    assert "mistake of its own" not in said
    assert [word for word in words if word not in said] == []
    assert done.code == code


def test_a_bad_key_file_is_named_as_the_file_it_is(tmp_path: Path, shell: Shell) -> None:
    """The doctor and `stint run` name the file and the place of the key in it, and never the key."""
    (tmp_path / "my-keys").write_text("hunter2\n", encoding="utf-8")
    (tmp_path / "config.toml").write_text('secret_key_file = "my-keys"\n', encoding="utf-8")
    looked = shell("doctor")
    refused(looked, "The file my-keys (secret_key_file)", "key 1 in it is no key", "[key.malformed]", code=1)
    assert "hunter2" not in looked.out
    assert shell(*INIT).code == 0
    refused(shell("run"), "The file my-keys (secret_key_file)")
    by_variable = shell("doctor", cwd=tmp_path.parent, STINT_SECRET_KEY="hunter2")
    refused(by_variable, "STINT_SECRET_KEY in the environment cannot be used", code=1)


def test_a_config_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path, shell: Shell) -> None:
    """By the doctor and by every other command; a byte order mark at the start is no fault."""
    (tmp_path / "config.toml").write_bytes(b'log_level = "info"\n# caf\xe9\n')
    refused(shell("doctor"), "config.toml, line 2, is not UTF-8 text", code=1)
    refused(shell(*INIT), "config.toml, line 2, is not UTF-8 text")
    (tmp_path / "config.toml").write_bytes(b'\xef\xbb\xbflog_level = "info"\n')
    assert shell("doctor").code == 0


def test_init_in_a_folder_that_cannot_be_written(tmp_path: Path, shell: Shell) -> None:
    """It says which folder, and what would help."""
    tmp_path.chmod(0o500)
    with held_to_permissions():
        refused(shell(*INIT), f"the folder {tmp_path}", "Permission denied", "database_url")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("command", [("person", "Ada"), ("run",), ("import", "projects.csv")])
def test_a_database_that_cannot_be_written(folder: Path, shell: Shell, command: tuple[str, ...]) -> None:
    """A read-only database ends every command that writes with who should be let in."""
    (folder / "projects.csv").write_text("company,title,description,hours,deadline\nA,B,C,20,+21d\n")
    (folder / "stint.db").chmod(0o444)
    with held_to_permissions():
        refused(shell(*command, cwd=folder), "The database cannot be written", "the user who runs stint")


def overwritten(whole: bytes) -> bytes:
    """A header of other bytes, as a program leaves it that wrote to the wrong file."""
    return b"no database" * 9 + whole[99:]


def cut(whole: bytes) -> bytes:
    """Half of the file, as a copy that was interrupted leaves it."""
    return whole[: len(whole) // 2]


def flipped(whole: bytes) -> bytes:
    """Bits of many pages turned round, as a dying disk leaves them."""
    damaged = bytearray(whole)
    for page in range(4096, len(damaged), 4096):
        damaged[page + 3] ^= 0x5A
        damaged[page] ^= 1 << (page // 4096 % 8)
    return bytes(damaged)


@pytest.mark.sampled("flipped")
@pytest.mark.parametrize("damage", [overwritten, cut, flipped])
def test_a_damaged_database(folder: Path, shell: Shell, damage: Callable[[bytes], bytes]) -> None:
    """Every command ends with what to do: which copy can take its place, and what to move away first."""
    with closing(sqlite3.connect(folder / "stint.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for left in folder.glob("stint.db-*"):
        left.unlink()
    (folder / "projects.csv").write_text("company,title,description,hours,deadline\nA,B,C,20,+21d\n")
    damaged = damage((folder / "stint.db").read_bytes())
    (folder / "stint.db").write_bytes(damaged)
    for command in (("person", "Ada"), ("import", "projects.csv"), ("run",), ("doctor",), INIT):
        ended = shell(*command, cwd=folder)
        refused(ended, f"{folder / 'stint.db'} is damaged", "stint.db-wal", "take one of your own", code=1)
    (folder / "stint.db.backup-0015-1").touch()
    refused(shell("run", cwd=folder), "newest copy that Stint made is stint.db.backup-0015-1", code=1)
    assert (folder / "stint.db").read_bytes() == damaged


def test_a_database_of_another_program(tmp_path: Path, shell: Shell) -> None:
    """It is refused and left as it is, by the doctor too."""
    with closing(sqlite3.connect(tmp_path / "stint.db")) as connection:
        connection.execute("CREATE TABLE notes (words TEXT)")
    refused(shell(*INIT), "is the database of another program", "database_url")
    refused(shell("doctor"), "[database.foreign]", code=1)
    with closing(sqlite3.connect(tmp_path / "stint.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("notes",)]


@pytest.mark.soak
def test_help_that_cannot_be_written(tmp_path: Path) -> None:
    """What is printed before any command begins goes through the gate too."""
    to_full = ["/bin/sh", "-c", 'exec "$@" > /dev/full', "sh"]
    for asked in ("--help", "--version"):
        refused(stint(asked, cwd=tmp_path, before=to_full), "the disk is full")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'database_url = "sqlite:///a\\u0000b.db"\n',
            "database_url in the configuration has a NUL character",
        ),
        ('secret_key_file = "a\\u0000b"\n', "secret_key_file in the configuration has a NUL character"),
        ('secret_key_file = "/dev/zero"\n', "/dev/zero is no secret: it is larger than 50 kB"),
    ],
)
def test_a_setting_that_names_no_file(tmp_path: Path, written: str, said: str, shell: Shell) -> None:
    """A name that no file can have is refused by its setting; a device without an end is not waited for."""
    (tmp_path / "config.toml").write_text(written, encoding="utf-8")
    refused(shell("run"), said)


@pytest.mark.parametrize("option", ["config", "import"])
def test_a_source_without_an_end_or_a_beginning(
    folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """A device, a folder, a pipe that is silent and a file of 2 GB are refused in a sentence."""
    monkeypatch.setattr("bot.reading._SILENCE_SECONDS", 0.1)
    os.mkfifo(folder / "pipe")
    (folder / "empty").mkdir()
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(2 * 10**9)
    for name, said in (
        ("/dev/zero", "it is larger than"),
        ("huge.csv", "it is larger than"),
        ("pipe", "nothing is written to this pipe"),
        ("empty", "is a folder" if option == "config" else "Is a directory"),
    ):
        command = ("doctor", "--config", name) if option == "config" else ("import", name)
        refused(shell(*command, cwd=folder), name, said, code=1 if option == "config" else 2)


def test_a_variable_that_is_no_text(tmp_path: Path, shell: Shell) -> None:
    """A database_url with other bytes than UTF-8 is named by its variable."""
    done = shell("person", "Ada", STINT_DATABASE_URL="sqlite:///\udcff.db")
    refused(done, "STINT_DATABASE_URL in the environment is no text")


def test_a_database_that_is_a_link_to_itself(folder: Path, shell: Shell) -> None:
    """It is named, with what the machine says of it."""
    for left in folder.glob("stint.db*"):
        left.unlink()
    (folder / "stint.db").symlink_to("stint.db")
    refused(shell("person", "Ada", cwd=folder), "stint.db cannot be used")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("discord", "invite", "--id", "abc"), "abc is no application's id"),
        (("import", "--template", "projects.pdf"), "ends in .xlsx or .csv"),
    ],
)
def test_an_argument_of_another_kind(
    tmp_path: Path, command: tuple[str, ...], said: str, shell: Shell
) -> None:
    """It is refused with what it should be, and nothing is made of it."""
    refused(shell(*command), said)
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_where_no_folder_can_be(tmp_path: Path, shell: Shell) -> None:
    """Below a file, and below a folder that cannot be written."""
    (tmp_path / "file").touch()
    below_a_file = shell("demo", "--script", "--folder", "file/x")
    refused(below_a_file, "file/x cannot be there", "Name another place")
    tmp_path.chmod(0o500)
    with held_to_permissions():
        refused(shell("demo", "--script", "--folder", "new/x"), "Permission denied")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["posts.json", "posts.jsonl"])
def test_an_import_of_deeply_nested_json(folder: Path, name: str, shell: Shell) -> None:
    """A file of brackets is refused as one that holds no projects."""
    (folder / name).write_text("[" * 200_000, encoding="utf-8")
    refused(shell("import", name, cwd=folder), f"{name} is nested too deeply")


@pytest.mark.soak
def test_a_disk_without_room(tmp_path: Path) -> None:
    """A file that may not grow is a full disk to the command: it says so, and what to do."""
    limited = 'ulimit -f 0; trap "" XFSZ; exec "$@"'
    done = stint(*INIT, cwd=tmp_path, before=["/bin/sh", "-c", limited, "sh"])
    refused(done, "the disk is full", "Make room")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("STINT_DATABASE_URL", "sqlite:///:memory:", "the SQLite URL must name a file"),
        ("STINT_DATABASE_URL", "postgresql://x:zz/x", "the database URL cannot be read"),
        ("STINT_SLACK__NAMES", "[" * 50_000, "too many brackets"),
        ("STINT_LOGLEVEL", "debug", "Did you mean STINT_LOG_LEVEL?"),
        ("STINT_SLACK_BOT_TOKEN", "x", "Did you mean STINT_SLACK__BOT_TOKEN?"),
        ("STINT_LOG_LEVEL", "loud", 'STINT_LOG_LEVEL in the environment: log_level is "loud", and it takes'),
    ],
)
def test_a_variable_of_no_use(tmp_path: Path, variable: str, value: str, said: str, shell: Shell) -> None:
    """The environment is refused by the name of the variable, with what it may have been meant for."""
    refused(shell(*INIT, **{variable: value}), said)


@pytest.mark.soak
def test_a_shell_that_has_not_all_letters(tmp_path: Path) -> None:
    """Letters that the terminal's encoding lacks are shown by others."""
    done = stint(*INIT, cwd=tmp_path, PYTHONIOENCODING="latin-1")
    assert (done.code, done.err) == (0, "")
    assert "Created ?Riverside? with the cohort" in done.out


def test_a_mistake_of_our_own_differs_from_what_can_be_mended() -> None:
    """It is said to be one, with its place and without its message; --debug lets the traceback through."""
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["what Ada wrote"]
    assert how_to_mend(raised.value) is None
    said = where_raised(raised.value)
    assert "KeyError at" in said
    assert "test_gate.py:" in said
    assert "--debug" in said
    assert "Ada" not in said


def test_debug_opens_the_gate(tmp_path: Path) -> None:
    """The same command with `--debug` shows the whole traceback of the same error."""
    (tmp_path / "file").touch()
    done = stint("--debug", "demo", "--script", "--folder", "file/x", cwd=tmp_path, fork=True)
    assert done.code == 1
    assert "Traceback (most recent call last)" in done.err
    assert "NotADirectoryError" in done.err


def test_debug_opens_the_gate_of_the_process_that_tells_the_story(tmp_path: Path) -> None:
    """`stint --debug demo --script` shows the error of its child whole, which without it is a sentence."""
    (tmp_path / "shown" / "world.jsonl").mkdir(parents=True)
    (tmp_path / "shown" / "made-by-stint-demo").touch()
    demo = ("demo", "--script", "--folder", "shown")
    refused(stint(*demo, cwd=tmp_path, fork=True), "world.jsonl is a folder")
    assert "Traceback" in stint("--debug", *demo, cwd=tmp_path, fork=True).err


@pytest.mark.soak
def test_version(tmp_path: Path) -> None:
    """`stint --version` prints one line."""
    done = stint("--version", cwd=tmp_path)
    assert (done.code, done.out.split()[0], len(done.out.splitlines())) == (0, "stint", 1)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("stint im", "import"),
        ("stint person --role e", "employer"),
        ("stint person --zone Europe/Lon", "Europe/London"),
        ("stint import x.csv --dates d", "day-first"),
    ],
)
def test_shells_complete_commands_and_values(tmp_path: Path, typed: str, offered: str) -> None:
    """What `stint --install-completion` sets up asks like this, and is answered with what can follow."""
    words = str(len(typed.split()) - 1)
    asked = {"_STINT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": words}
    done = stint(cwd=tmp_path, fork=True, **asked)
    assert done.out.split() == [offered]

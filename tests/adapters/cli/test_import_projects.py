"""`stint import`: what it prints, asks and refuses."""

import sqlite3
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import Connection, Engine, event
from typer.testing import CliRunner

from adapters.cli.announcing import how_long
from adapters.cli.commands import app
from tests.support.commands import Shell, stint

HEAD = "company,title,description,hours,deadline"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `stint init` has made a programme."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        done = CliRunner().invoke(
            app, ["init", "--name", "R", "--coordinator", "Cora"], catch_exceptions=False
        )
    assert done.exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The test's own folder with that programme."""
    copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def projects(folder: Path, count: int) -> None:
    """A file of so many projects, many.csv."""
    rows = [f"Acme,Study {number},Find out what they charge.,20,+21d" for number in range(count)]
    (folder / "many.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")


def days_of_cards(folder: Path) -> list[int]:
    """How many cards are due on each day, in order."""
    database = sqlite3.connect(folder / "stint.db")
    found = database.execute(
        "SELECT count(*) FROM outbox WHERE key LIKE 'card:%' "
        "GROUP BY substr(due_at, 1, 10) ORDER BY min(due_at)"
    ).fetchall()
    database.close()
    return [count for (count,) in found]


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many statements each transaction has, on whatever engine."""
    transactions = [0]

    def runs(*_given: object) -> None:
        transactions[-1] += 1

    def ends(_connection: Connection) -> None:
        transactions.append(0)

    event.listen(Engine, "before_cursor_execute", runs)
    event.listen(Engine, "commit", ends)
    try:
        yield transactions
    finally:
        event.remove(Engine, "before_cursor_execute", runs)
        event.remove(Engine, "commit", ends)


def test_an_import_holds_up_other_turns_by_a_batch_at_most(folder: Path, shell: Shell) -> None:
    """However many rows a file has, no transaction of its import or its announcement is longer for it."""
    longest = []
    for count in (60, 180):
        projects(folder, count)
        (folder / "many.csv").rename(folder / f"{count}.csv")
        with counted() as transactions:
            done = shell("import", f"{count}.csv", "--publish", "--announce", "cards", "--yes")
        assert done.code == 0, done.err
        longest.append(max(transactions))
    assert 0 < longest[1] <= longest[0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("posts.pdf", b"%PDF-1.7\n", "posts.pdf is a PDF. I read tables"),
        ("posts.csv", b"", "posts.csv is empty"),
        ("posts.csv", b"company,title\n", "has headings and no rows"),
        ("posts.json", b"", "posts.json is empty"),
        ("posts.csv", b",,\n,,\n", "posts.csv is empty. Its first line names the columns"),
        ("posts.csv", f"{HEAD}\nA,B,C,20,03/04/2027\n".encode(), "Which number is the day?"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    folder: Path, shell: Shell, name: str, content: bytes, said: str
) -> None:
    """The exit code is 2, and the sentence says what to do."""
    (folder / name).write_bytes(content)
    done = shell("import", name)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_guess_is_shown_and_an_option_takes_its_place(folder: Path, shell: Shell) -> None:
    """The same rows, read by the right encoding from the start, are the same projects."""
    (folder / "posts.csv").write_bytes(f"{HEAD}\nCafé Zürich,Été,D,20,+21d\n".encode("cp1252"))
    guessed = shell("import", "posts.csv")
    assert "1 imported" in guessed.out
    assert "I guess that it is windows-1252: it reads “Café Zürich," in guessed.err
    said = shell("import", "posts.csv", "--encoding", "cp1252")
    assert (said.code, said.err.strip()) == (0, "")
    assert "0 imported, 1 was here already" in said.out


@pytest.mark.soak
def test_dates_are_settled_by_an_option(folder: Path, shell: Shell) -> None:
    """--dates takes one of its two words."""
    (folder / "posts.csv").write_text(f"{HEAD}\nA,B,C,20,03/04/2027\n", encoding="utf-8")
    assert shell("import", "posts.csv", "--dates", "american").code == 2
    assert "1 imported" in shell("import", "posts.csv", "--dates", "month-first").out
    database = sqlite3.connect(folder / "stint.db")
    assert database.execute("SELECT deadline_day FROM projects").fetchall() == [("2027-03-04",)]
    database.close()


def test_the_template_is_printed_and_written(tmp_path: Path, shell: Shell) -> None:
    """Without a programme; a file that is there already is left alone; without anything FILE is asked for."""
    printed = shell("import", "--template")
    assert printed.out.startswith("company,title,description,hours,deadline,")
    for name in ("new.csv", "new.xlsx"):
        assert "Wrote " in shell("import", "--template", name).out
    again = shell("import", "--template", "new.xlsx")
    assert (again.code, "is left as it is" in again.err) == (2, True)
    assert (tmp_path / "new.csv").read_text(encoding="utf-8-sig") == printed.out
    assert "--template" in shell("import").err


@pytest.mark.soak
def test_few_are_announced_with_how_long_it_takes(folder: Path, shell: Shell) -> None:
    """Nothing is asked up to twenty; of one, and of none, it speaks as of one and of none."""
    projects(folder, 20)
    done = shell("import", "many.csv", "--publish")
    assert "20 published. Their cards go out one by one while the bot runs: less than a minute." in done.out
    projects(folder, 21)
    assert "1 published. Its card goes out once the bot runs." in shell("import", "many.csv", "--publish").out
    assert "Nothing is left to announce." in shell("import", "many.csv", "--publish").out


@pytest.mark.sampled("3")
@pytest.mark.parametrize(
    ("answer", "said", "days"),
    [
        ("1\n", "45 published. Their cards go out one by one while the bot runs: about 3 minutes.", 1),
        ("2\n", "45 published. Each channel gets one list now", 5),
        ("3\n", "Nothing was announced. The same command announces them later.", 0),
        ("\n", "Nothing was announced. The same command announces them later.", 0),
    ],
)
def test_many_are_asked_about(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, said: str, days: int
) -> None:
    """Each way is offered with the time it takes, and what is chosen is done."""
    projects(folder, 45)
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, ["import", "many.csv", "--publish"], input=answer, catch_exceptions=False)
    assert "45 projects wait to be announced. How?" in done.stdout
    assert "1  A card for each, one every 3 seconds: about 3 minutes." in done.stdout
    assert (
        "2  One list in each channel now; their cards follow with the daily digests, about 10" in done.stdout
    )
    assert done.stdout.index("Your choice") < done.stdout.index("45 imported")
    assert said in done.stdout
    assert len(days_of_cards(folder)) in {days, days + (answer == "1\n")}  # midnight may lie between


@pytest.mark.soak
def test_nothing_is_imported_where_no_person_can_be_asked(folder: Path, shell: Shell) -> None:
    """Without anything on standard input, as in a job of cron, it says which options decide; then they do."""
    projects(folder, 25)
    refused = stint("import", "many.csv", "--publish", cwd=folder, fork=True)
    assert refused.code == 2
    assert "Aborted" not in refused.err
    assert "nothing was imported. Say it with --announce list or --announce cards; --yes" in refused.err
    with closing(sqlite3.connect(folder / "stint.db")) as database:
        assert database.execute("SELECT count(*) FROM projects").fetchall() == [(0,)]
        assert database.execute("SELECT count(*) FROM imports").fetchall() == [(0,)]
    done = shell("import", "many.csv", "--publish", "--yes", cwd=folder)
    assert (done.code, "25 published." in done.out) == (0, True)
    again = shell("import", "many.csv", "--publish", cwd=folder)
    assert (again.code, "Nothing is left to announce." in again.out) == (0, True)


def test_a_list_is_chosen_without_being_asked(folder: Path, shell: Shell) -> None:
    """`--announce list` posts it once, and the same command again has nothing left to do."""
    projects(folder, 25)
    done = shell("import", "many.csv", "--publish", "--announce", "list")
    assert "25 published. Each channel gets one list now" in done.out
    assert days_of_cards(folder) == [10, 10, 5]
    assert "Nothing is left to announce." in shell(
        "import", "many.csv", "--publish", "--announce", "list"
    ).out.replace("\n", " ")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "less than a minute"),
        (21, "about a minute"),
        (479, "about 24 minutes"),
        (4000, "about 3 hours"),
    ],
)
def test_how_long_cards_take(count: int, words: str) -> None:
    """By the pace at which they go out."""
    assert how_long(count) == words

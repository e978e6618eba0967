"""The demonstration as a story: what it shows, what it counts, and that a loss would be seen."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support.commands import Done, Shell, stint

LAST = re.compile(
    r"demo: (\d+) projects, (\d+) applications, (\d+) placements, "
    r"(\d+) messages delivered, (\d+) lost, (\d+) repeated"
)

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the story of these tests was played."""
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def story(folder: Path) -> Done:
    """The story, played once for all tests of this module."""
    return stint("demo", "--script", "--folder", str(folder), cwd=folder.parent, CI="true")


def figures(done: Done) -> tuple[int, ...]:
    """Projects, applications, placements, messages, lost and repeated, from the last line."""
    found = LAST.fullmatch(done.out.splitlines()[-1])
    assert found, done.out[-500:]
    return tuple(map(int, found.groups()))


def test_the_story_ends_well(story: Done) -> None:
    """Exit code 0, and a last line with what the database holds: nothing lost, nothing repeated."""
    assert story.code == 0, story.err
    *nouns, messages, lost, repeated = figures(story)
    assert (nouns, lost, repeated) == ([3, 5, 2], 0, 0)
    assert messages > 50
    assert story.err == ""


def test_the_process_dies_and_goes_on_in_mid_application(story: Done) -> None:
    """Ben's answer is saved before the kill; after it the next question comes, and no answer is lost."""
    before, killed, after = story.out.partition("killed here, kill -9, before it could answer.)")
    assert killed
    assert before.rstrip().endswith("process is")
    assert "I fix radios at our repair cafe" in before
    assert after.lstrip().startswith("(It is started again.)")
    review = after.partition("Review your answers")[2]
    assert "Why this project: I fix radios at our repair cafe" in review


def test_an_edited_answer_is_the_one_that_counts(story: Done) -> None:
    """Ada changes her message, reads what the answer is now, and Marta reads that."""
    changes, _, after = story.out.partition("Ada Okafor changes a message")[2].partition(
        "Review your answers"
    )
    assert "of my district last summer" in changes
    assert "Updated: Why this project: I mapped the bike workshops of my district" in changes
    assert "of my district last summer" in after.partition("[Send application]")[0]


def test_a_declined_offer_goes_to_the_next_in_line(story: Done) -> None:
    """Chi in Tokyo declines; the offer comes to Ben in New York from the waiting list, who accepts."""
    _, declined, after = story.out.partition("You declined the place in Market map of repair cafes.")
    assert declined
    offer = after.index(
        "Ben Castillo's DM (New York) · Stint\n         Acme Maps offers you a place in Market map"
    )
    assert after.index("(Ben Castillo presses [Accept])") > offer


def test_a_late_employer_becomes_the_coordinators_item(story: Done) -> None:
    """Jo is reminded, her date passes, and it is in Cora's list of tasks."""
    reminded, passed, after = story.out.partition("The decision date of Plain-language lab guide has passed.")
    assert passed
    assert "2 applicants wait for your answer on Plain-language lab guide." in reminded
    items = (
        (reminded + after).rpartition("/stint tasks")[2].partition("[Release them now]\n         [Done]")[2]
    )
    assert "Plain-language lab guide · Birch Labs: the decision was due by" in " ".join(items.split())


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_everybody_reads_their_own_time(story: Done, zone: str) -> None:
    """Dates are said in the zone of the student who reads them; their city is shown beside each message."""
    city = zone.rpartition("/")[2].replace("_", " ")
    assert f"DM ({city}) · Stint" in story.out
    assert f"({zone})" in story.out


@pytest.mark.parametrize("operation", ["send", "edit"])
def test_a_lost_delivery_row_fails_the_reckoning(
    story: Done,
    folder: Path,
    tmp_path: Path,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
) -> None:
    """On a finished story the command only reckons; with one row of the outbox gone it fails and says so."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "stint.db") as database:
        found = database.execute(
            "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE operation = ?)", [operation]
        )
        assert found.rowcount == 1
    database.close()
    monkeypatch.setenv("STINT_DEMO_CHILD", "1")
    again = shell("demo", "--script", "--folder", str(tmp_path))
    assert again.code != 0
    assert len(again.out.split("\n\n")) == 1
    assert figures(again)[4:] == (1, 0)
    assert figures(again)[3] == figures(story)[3] - (operation == "send")

"""A file or a link that a student drops into the direct messages: hand-in is offered."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from storage.secrets import SecretBox
from storage.tables import Milestone, StoredFile, Submission, conversations
from tests.support.actor import Platform
from tests.support.attaching import attached
from tests.support.every_stage import STAGES
from tests.support.main_job import is_applied_for, is_decided, is_posted
from tests.support.projects import posted
from tests.support.stage import open_stage

PDF = b"%PDF-1.7 the summary"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform, on which ada's placement is under way; files can be kept."""
    async with STAGES[request.param](tmp_path) as opened:
        runtime: Any = opened.runtime
        runtime.box = SecretBox([Fernet.generate_key().decode()])
        for part in (is_posted, is_applied_for, is_decided):
            await part(opened)
        yield opened


def states(platform: Platform) -> list[str]:
    """What became of the drafts of dropped work."""
    query = select(conversations.c.state).where(conversations.c.form == "work-dropped")
    return [state for (state,) in platform.rows(query)]


async def test_a_dropped_file_is_handed_in_with_two_presses(platform: Platform, tmp_path: Path) -> None:
    """It is kept with its words and its link, shown once more, and reaches the employer as any hand-in."""
    ada = platform.person("ada")
    words = "Here is my summary, more on https://example.org/summary"
    await ada.says(words, files=attached(tmp_path, ada, {"summary.pdf": PDF}))
    assert ada.sees("I kept “summary.pdf” and the link")
    await ada.presses("1. A two-page summary")
    assert ada.sees("summary.pdf (20 B)")
    await ada.presses("Hand in")
    assert ada.sees("Handed in: A two-page summary")
    [handed] = platform.rows(select(Submission.text, Submission.link, Submission.files))
    assert (handed.text, handed.link) == (words, "https://example.org/summary")
    assert [file["name"] for file in handed.files] == ["summary.pdf"]
    assert states(platform) == ["done"]


async def test_a_link_alone_is_enough_and_no_is_an_answer(platform: Platform) -> None:
    """No takes nothing and asks nothing more; what is typed meanwhile is no answer to the offer."""
    ada = platform.person("ada")
    await ada.says("https://example.org/summary")
    assert ada.sees("I kept the link")
    assert ada.sees("https://example.org/summary")
    await ada.says("hello")
    assert ada.sees("Hello Ada Okafor.")
    assert states(platform) == ["waiting"]
    await ada.presses("No, leave it")
    assert ada.sees("Deleted. Nothing was sent.")
    assert states(platform) == ["cancelled"]
    assert platform.rows(select(Submission.id)) == []


async def test_what_is_left_is_not_kept(platform: Platform, tmp_path: Path) -> None:
    """With No the file goes too; and a file that is not taken is said to be refused."""
    ada = platform.person("ada")
    await ada.says("", files=attached(tmp_path, ada, {"summary.pdf": PDF}))
    await ada.presses("No, leave it")
    assert platform.rows(select(StoredFile.id)) == []
    await ada.says("", files=attached(tmp_path, ada, {"summary.pdf": b"MZ\x90\0"}))
    assert ada.sees("“summary.pdf” is a program or a script")
    assert states(platform) == ["cancelled"]


async def test_an_employer_without_a_placement_is_offered_nothing(platform: Platform) -> None:
    """An employer's link is words like any other."""
    marta = platform.person("marta")
    await marta.says("https://example.org/summary")
    assert not marta.sees("Is this work that you want to hand in?")
    assert states(platform) == []


async def test_several_placements_ask_which(tmp_path: Path) -> None:
    """Deliverables are named with their projects, in a list where they are many; each leads to its own."""
    async with open_stage(tmp_path) as stage:
        for title, hands_in in (("Market map", "A map"), ("Logo refresh", "One\nTwo\nThree\nFour")):
            await posted(stage, "ada", title=title, deliverables=hands_in)
            marta = stage.person("marta")
            await marta.uses(f"/applicants {title}")
            await marta.presses("Read one by one")
            await marta.presses("Make an offer")
            await stage.tick(minutes=3)
            await stage.person("ada").presses("Accept")
        ada = stage.person("ada")
        await ada.says("https://example.org/logo")
        assert "Market map: 1. A map" in stage.screen("ada")
        await ada.chooses("Logo refresh: 2. Two")
        await ada.presses("Hand in")
        [milestone] = stage.rows(
            select(Milestone.title).join(Submission, Submission.milestone_id == Milestone.id)
        )
        assert milestone.title == "Two"


def unfinished(platform: Platform) -> list[str]:
    """The forms of the drafts that could be gone on with."""
    query = select(conversations.c.form).where(conversations.c.state.in_(["open", "waiting"]))
    return [form for (form,) in platform.rows(query)]


async def test_the_form_begins_with_what_was_dropped(platform: Platform, tmp_path: Path) -> None:
    """Hand in has the link and the file that came before it, and one draft is left to go on with."""
    ada = platform.person("ada")
    await ada.says("", files=attached(tmp_path, ada, {"summary.pdf": PDF}))
    await ada.says("https://example.org/draft")
    assert ada.sees("I kept the link")
    assert ada.sees("https://example.org/draft")
    assert unfinished(platform) == ["work-dropped"]
    await ada.uses("/placement")
    await ada.presses("Hand in")
    assert unfinished(platform) == ["hand-in"]
    await ada.fills({"About the work": "Both parts of it."})
    assert ada.sees("summary.pdf (20 B)")
    await ada.presses("Hand in", on="Review your answers")
    assert unfinished(platform) == []
    [handed] = platform.rows(select(Submission.text, Submission.link, Submission.files))
    assert (handed.text, handed.link) == ("Both parts of it.", "https://example.org/draft")
    assert [file["name"] for file in handed.files] == ["summary.pdf"]


async def test_what_is_dropped_later_goes_into_the_same_draft(platform: Platform, tmp_path: Path) -> None:
    """The newer link and file are handed in, the link before them is in the words; nothing doubles."""
    ada = platform.person("ada")
    await ada.says("https://example.org/draft", files=attached(tmp_path, ada, {"draft.pdf": PDF}))
    await ada.says("https://example.org/summary", files=attached(tmp_path, ada, {"summary.pdf": PDF}))
    assert ada.sees("It takes the place of “draft.pdf”.")
    assert states(platform) == ["waiting"]
    assert len(platform.rows(select(StoredFile.id))) <= 1  # the terminal leaves files where they are
    await ada.presses("1. A two-page summary")
    await ada.presses("Hand in")
    [handed] = platform.rows(select(Submission.text, Submission.link, Submission.files))
    assert (handed.text, handed.link) == ("https://example.org/draft", "https://example.org/summary")
    assert [file["name"] for file in handed.files] == ["summary.pdf"]


async def test_a_link_goes_into_the_form_that_was_begun(platform: Platform) -> None:
    """Where a hand-in waits as a draft, what is dropped is shown with it, and no second one begins."""
    ada = platform.person("ada")
    await ada.says("https://example.org/draft")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.says("https://example.org/summary")  # the form is left as it is
    assert unfinished(platform) == ["hand-in"]
    assert ada.sees("Review your answers")
    await ada.presses("Hand in", on="Review your answers")
    [handed] = platform.rows(select(Submission.text, Submission.link, Submission.files))
    assert tuple(handed) == ("https://example.org/draft", "https://example.org/summary", [])

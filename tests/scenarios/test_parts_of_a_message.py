"""What is said in one message or page is never lost without a word, on any platform."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from storage.secrets import SecretBox
from storage.tables import Application, Project, conversations
from tests.support.actor import Platform
from tests.support.attaching import attached
from tests.support.discord.state import BOT
from tests.support.every_stage import STAGES
from tests.support.main_job import PAGE, TITLE, WHY, fills_project, is_posted

PDF = b"%PDF-1.7 a sketch"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, and a key to keep files with."""
    async with STAGES[request.param](tmp_path) as opened:
        runtime: Any = opened.runtime
        runtime.box = SecretBox([Fernet.generate_key().decode()])
        for adapter in runtime.adapters.values():
            if hasattr(adapter, "_sender"):
                adapter._sender._load_file = runtime.load_file  # noqa: SLF001 - as the command wires it
        yield opened


async def test_a_page_of_a_draft_that_was_sent_begins_no_other(platform: Platform) -> None:
    """They read that it was sent, what can still be changed and how, and get back what was typed."""
    marta = platform.person("marta")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta)
    await marta.presses("Fee and time")
    await marta.presses("Publish")
    await marta.fills({"Fee": "$555"})
    assert marta.sees("This page belongs to a draft that was sent meanwhile, so it has changed nothing.")
    assert marta.sees("/project edit changes what you posted.")
    assert marta.sees("$555")
    assert platform.rows(select(conversations.c.state)) == [("done",)]
    assert platform.rows(select(Project.fee_cents)) == [(40000,)]


async def test_a_page_of_a_draft_that_was_deleted_begins_no_other(platform: Platform) -> None:
    """The page was open while its draft was deleted in the direct messages."""
    marta = platform.person("marta")
    await marta.uses("/project post", "spring-26")
    await marta.fills(PAGE)
    if marta.form is None:
        await marta.presses("Fee and time")
    await marta.says("cancel")
    await marta.presses("Delete it")
    await marta.fills({"Fee": "$400"})
    assert marta.sees("This page belongs to a draft that was deleted meanwhile, so it has changed nothing.")
    assert platform.rows(select(conversations.c.state)) == [("cancelled",)]


async def test_a_file_sent_with_words_is_not_dropped_without_a_word(
    platform: Platform, tmp_path: Path
) -> None:
    """The words are the answer, and what became of the file is said."""
    await is_posted(platform)
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY, files=attached(tmp_path, ada, {"sketch.pdf": PDF}))
    assert ada.sees("I did not keep “sketch.pdf”, since this question takes no file.")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert platform.rows(select(Application.answers))[0][0][0].value == WHY


async def test_a_program_is_refused_with_what_is_taken(platform: Platform, tmp_path: Path) -> None:
    """Whatever it is called: at a question for words its reason is said too."""
    await is_posted(platform)
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says("", files=attached(tmp_path, ada, {"cv.pdf": b"MZ\x90\0\3\0"}))
    assert ada.sees("“cv.pdf” is a program or a script, and I take none of those.")
    assert ada.sees("I take PDF,")


async def test_a_file_is_uploaded_once_and_linked_from_then_on(platform: Platform, tmp_path: Path) -> None:
    """Two applicants, each read three times: two uploads; later readings lead to where the file is."""
    await is_posted(platform, {"Your own questions": "Your sketch (file)"})
    marta = platform.person("marta")
    for account in ("ada", "ben"):
        person = platform.person(account)
        await person.presses("Apply", on=TITLE)
        await person.says(WHY)
        await person.presses("Skip")
        await person.says("yes")
        await person.says("", files=attached(tmp_path, person, {f"{account}.pdf": PDF}))
        await person.presses("Send application")
    for _ in range(3):
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        assert marta.sees("ada.pdf")
        await marta.presses("Next")
        assert marta.sees("ben.pdf")
    assert uploads(platform) in {None, 2}
    if uploads(platform):
        assert marta.sees("I have given you the file “ben.pdf” already: it is above in these messages.")
        assert marta.sees("Show the file")


def uploads(platform: Any) -> int | None:  # noqa: ANN401 - by the platform
    """How many files the bot has uploaded; None where files stay where they are."""
    if hasattr(platform, "server"):
        return int(platform.server.calls["files.completeUploadExternal"])
    if hasattr(platform, "slack"):
        return int(platform.slack.calls["files.completeUploadExternal"])
    if hasattr(platform, "fake"):
        said = [sent.body for sent in platform.fake.world.messages.values() if sent.author == BOT]
        return sum(len(body.get("files") or ()) for body in said)
    return None

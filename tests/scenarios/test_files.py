"""Files where the bot has to keep them itself: fetched, looked at, encrypted, given back, erased."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.chat.adapter import Capabilities, Refusal
from bot.chat.answers import FileRef
from bot.chat.content import File, load_message
from bot.chat.events import ButtonPressed
from bot.chat.file_kinds import FileRules
from bot.runtime.files import load
from storage.secrets import NoKey, SecretBox
from storage.tables import Application, FileUse, StoredFile, outbox
from storage.tables.values import OwnQuestion
from tests.support.platform_events import tell
from tests.support.projects import post, posted
from tests.support.stage import Stage, open_stage

QUESTION = OwnQuestion("file", "Your sketch as a file", "cv")
PDF = b"%PDF-1.7\nmade up"


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose platform's files must be fetched, and a key to keep them with."""
    async with open_stage(tmp_path) as opened:
        opened.adapter.capabilities = Capabilities(fetches_files=True)
        opened.runtime.box = SecretBox([Fernet.generate_key().decode()])
        await post(opened, questions=[QUESTION])
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def asked_for_a_file(stage: Stage) -> None:
    """Ada's application has reached the question for a file."""
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says("I like maps and I have time in April.")
    await ada.presses("Skip")
    await ada.says("yes")


def on_disk(folder: Path, content: bytes, name: str = "sketch.pdf") -> FileRef:
    """A file of the platform's."""
    path = folder / name
    path.write_bytes(content)
    return FileRef(str(path), name, len(content), "application/octet-stream")


async def test_a_file_is_kept_encrypted_and_given_to_its_reader(stage: Stage, tmp_path: Path) -> None:
    """Its bytes are nowhere in the database as they are, and come out whole where the message is sent."""
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.presses("Send application")
    assert PDF not in stage.rows(select(StoredFile.content))[0].content
    assert stage.rows(select(StoredFile.media_type))[0].media_type == "application/pdf"
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    assert "The file “sketch.pdf” comes right after this." in stage.screen("marta")
    sent = [load_message(row.message) for row in stage.rows(select(outbox.c.message))]
    (file,) = {block.file for each in sent for block in each.blocks if isinstance(block, File)}
    assert await load(stage.database, stage.runtime.box, file) == PDF
    with pytest.raises(NoKey):
        await load(stage.database, SecretBox([Fernet.generate_key().decode()]), file)
    with pytest.raises(Refusal):
        await load(stage.database, stage.runtime.box, FileRef("kept:99", "x", 1, ""))


@pytest.mark.sampled("too large", "a page")
@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"\x7fELF\x00\x01program", "“sketch.pdf” is a program or a script", id="a program"),
        pytest.param(b"MZ and more", "I take PDF, PNG, JPEG (jpg), GIF", id="a program in words"),
        pytest.param(b"<!DOCTYPE html><p>Hello", "“sketch.pdf” is a web page. Save it as a PDF", id="a page"),
        pytest.param(b"\x89PNG\r\n\x1a\n...", "inside it is something else: PNG picture", id="another kind"),
        pytest.param(
            b"%PDF-" + b"x" * 5_000_000, "is 5.1 MB, and the most I can keep is 5 MB", id="too large"
        ),
    ],
)
async def test_a_file_that_cannot_be_kept_is_refused_with_the_reason(
    stage: Stage, tmp_path: Path, content: bytes, says: str
) -> None:
    """Whatever it is called; the question stays, and another file answers it."""
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, content),))
    assert says in stage.screen("ada")
    assert stage.rows(select(StoredFile.id)) == []
    await ada.says("", files=(on_disk(tmp_path, PDF, "better.pdf"),))
    assert "better.pdf" in stage.screen("ada")


async def test_without_a_key_a_link_is_asked_for(stage: Stage, tmp_path: Path) -> None:
    """Nothing is stored that could not be encrypted."""
    stage.runtime.box = SecretBox(())
    await asked_for_a_file(stage)
    await stage.person("ada").says("", files=(on_disk(tmp_path, PDF),))
    assert "not set up to keep files yet. Please paste a link" in stage.screen("ada")
    assert stage.rows(select(StoredFile.id)) == []


async def test_a_file_is_given_once(stage: Stage, tmp_path: Path) -> None:
    """Read again and again, it stays where it was given, and is not sent a second time."""
    await asked_for_a_file(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.presses("Send application")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.uses("/applicants", "spring")
    await marta.presses("Read one by one")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    given = [row.key for row in stage.rows(select(outbox.c.key).where(outbox.c.key.startswith("file:")))]
    assert given == ["file:1:terminal/@marta"]
    assert "I have given you the file “sketch.pdf” already: it is above in these messages." in stage.screen(
        "marta"
    )
    await marta.presses("Show the file")
    assert "I gave you “sketch.pdf” in our direct messages on Mon 9 March 2026" in stage.screen("marta")
    await tell(stage, ButtonPressed, "ben", action="file-again:1")
    assert "I cannot find that file any more." in stage.screen("ben", "spring")


@pytest.mark.soak
async def test_files_go_with_their_person(stage: Stage, tmp_path: Path) -> None:
    """They are shown among one's data, and gone once one is forgotten."""
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.presses("Send application")
    await ada.uses("/profile")
    await ada.presses("Show my data")
    assert "Files I keep\n- sketch.pdf" in stage.screen("ada")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    assert stage.rows(select(StoredFile.id)) == []


@pytest.mark.soak
async def test_files_go_with_their_answers(stage: Stage, tmp_path: Path) -> None:
    """What an erased application held is deleted, also when no person asks for it."""
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.presses("Send application")
    assert len(stage.rows(select(StoredFile.id))) == 1
    await stage.tick(days=240)
    assert stage.rows(select(Application.answers))[0][0][-1].value is None
    assert stage.rows(select(StoredFile.id)) == []


@pytest.mark.soak
async def test_files_go_with_a_draft_that_its_deadline_closes(stage: Stage, tmp_path: Path) -> None:
    """What was given for an application that was never sent is gone with it."""
    await asked_for_a_file(stage)
    await stage.person("ada").says("", files=(on_disk(tmp_path, PDF),))
    assert len(stage.rows(select(FileUse.id))) == 1
    await stage.tick(days=12)
    assert stage.rows(select(StoredFile.id)) == []
    assert stage.rows(select(FileUse.id)) == []


@pytest.mark.soak
async def test_no_file_is_kept_that_answers_nothing(stage: Stage, tmp_path: Path) -> None:
    """One that was not asked for, one that another replaced, and those of a cancelled draft are gone."""
    ada = stage.person("ada")
    await ada.says("look at this", files=(on_disk(tmp_path, PDF, "stray.pdf"),))
    assert stage.rows(select(StoredFile.id)) == []
    await asked_for_a_file(stage)
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.says("edit 4")
    await ada.says("", files=(on_disk(tmp_path, PDF, "better.pdf"),))
    assert [name for (name,) in stage.rows(select(StoredFile.name))] == ["better.pdf"]
    await ada.says("cancel")
    await ada.says("yes")
    assert stage.rows(select(StoredFile.id)) == []


@pytest.mark.soak
async def test_files_that_the_platform_keeps_are_looked_at_too(stage: Stage, tmp_path: Path) -> None:
    """A program is refused at the question and at the hand-in, wherever its bytes stay."""
    stage.adapter.capabilities = Capabilities()
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, b"MZ\x90\0", "cv.exe"),))
    assert "“cv.exe” is a program or a script, and I take none of those." in stage.screen("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    await ada.presses("Send application")
    assert stage.rows(select(Application.answers))[0][0][-1].value["media_type"] == "application/pdf"


@pytest.mark.soak
async def test_a_name_is_read_as_it_is(stage: Stage, tmp_path: Path) -> None:
    """Characters that are not seen, or turn others round, are no part of it, asked for or kept."""
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF, "cv\u202efdp.exe"),))
    assert "“cvfdp.exe” is not a kind of file that I take." in stage.screen("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF, "cv\u202egnp.exe\u200b.pdf"),))
    await ada.presses("Send application")
    assert stage.rows(select(StoredFile.name)) == [("cvgnp.exe.pdf",)]


@pytest.mark.soak
async def test_settings_say_what_is_taken(stage: Stage, tmp_path: Path) -> None:
    """With other kinds and sizes the same files meet another answer, which names what is taken."""
    stage.runtime.file_rules = FileRules(("png",), 1_000_000)
    await asked_for_a_file(stage)
    ada = stage.person("ada")
    await ada.says("", files=(on_disk(tmp_path, PDF),))
    assert "I take PNG files of at most 1 MB." in stage.screen("ada")
    await ada.says("", files=(on_disk(tmp_path, b"%PDF-" + b"x" * 1_500_000, "big.pdf"),))
    assert "“big.pdf” is 1.6 MB, and the most I can keep is 1 MB." in stage.screen("ada")


async def test_a_program_is_refused_in_the_dialog_of_a_hand_in(stage: Stage, tmp_path: Path) -> None:
    """The page stays open with the reason at the field for the file, and a good one takes its place."""
    await posted(stage, "chi", title="Logo refresh")
    marta, chi = stage.person("marta"), stage.person("chi")
    await marta.uses("/applicants Logo refresh")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await chi.presses("Accept")
    await chi.uses("/placement", "spring")
    await chi.presses("Hand in")
    if chi.sees("Which deliverable"):
        await chi.presses("1. A table of shops")
    bad, good = tmp_path / "work.pdf", tmp_path / "better.pdf"
    bad.write_bytes(b"MZ\x90\0")
    good.write_bytes(PDF)
    await chi.fills({"File": str(bad)})
    assert chi.sees("“work.pdf” is a program or a script")
    assert stage.rows(select(StoredFile.id)) == []
    await chi.fills({"File": str(good)})
    assert [name for (name,) in stage.rows(select(StoredFile.name))] == ["better.pdf"]

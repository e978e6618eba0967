"""A programme in which one student and one employer do everything that leaves a row or a word behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet
from sqlalchemy import text

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.answers import FileRef
from bot.chat.values import replace
from storage.database import UnitOfWork
from storage.secrets import SecretBox
from storage.tables.values import OwnQuestion
from tests.support.main_job import PAGE, fills_project
from tests.support.projects import post
from tests.support.stage import Stage

__all__ = ["EMPLOYER", "NAMES", "STUDENT", "Words", "live"]

STUDENT: Final = "adelequint"
EMPLOYER: Final = "mathaquern"
NAMES: Final = {STUDENT: "Adele Quint", EMPLOYER: "Matha Quern"}
FIRST_ID: Final = 7_770_001
"""The ids of these two begin here, so that no other number in the database looks like one."""

SKETCH: Final = OwnQuestion("file", "Your sketch as a file", "sketch")
TITLE: Final = "E-bike market map"


class Words:
    """What a person types: each text is found again by the person's mark and its number."""

    def __init__(self, mark: str) -> None:
        """Begin with none."""
        self.mark = mark
        self.said: list[str] = []

    def next(self, about: str) -> str:
        """Make a text that has not been written yet."""
        self.said.append(f"{self.mark}{len(self.said) + 1}, about the {about}.")
        return self.said[-1]


async def _arrive(stage: Stage) -> None:
    """The two come into the programme; their ids are like no other number."""

    def far(work: UnitOfWork) -> None:
        work.connection.execute(
            text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'people'"), {"last": FIRST_ID - 1}
        )

    stage.database.transact_inline(far)
    for account, name in NAMES.items():
        stage.world.add_account(account, name, "Europe/Madrid")
    await stage.person(STUDENT).uses("/stint help", "spring-26")
    await stage.person("cora").uses(f'/employer invite @{EMPLOYER} company:"Quern Works"')


async def live(stage: Stage, student: Words, employer: Words, folder: Path) -> None:
    """All of it: posted, applied, written, reported, confided, worked, moved, handed in, ended, saved."""
    await _arrive(stage)
    await _post(stage, employer)
    await _apply(stage, student)
    await _write(stage, student, employer)
    await _confide(stage, student, employer)
    await _decide(stage, employer)
    await _move_dates(stage, student, employer)
    await _work(stage, student, employer)
    await _end_early(stage, student, employer)
    await _begin_more(stage, student, employer, folder)


async def _post(stage: Stage, words: Words) -> None:
    marta = stage.person(EMPLOYER)
    await marta.uses("/project post", "spring-26")
    page = {**PAGE, "What is wanted": words.next("work")}
    await fills_project(marta, page, more={"Who answers questions": words.next("contact")})
    await marta.presses("Publish")
    await stage.settle()


async def _apply(stage: Stage, words: Words) -> None:
    for account, why in ((STUDENT, words.next("application")), ("ben", "I ride one every day.")):
        student = stage.person(account)
        await student.presses("Apply", on=TITLE)
        for answer in (why, "skip", "yes"):
            await student.says(answer)
        await student.presses("Send application")


async def _write(stage: Stage, student: Words, employer: Words) -> None:
    """A message each way; each reports the other's, and a coordinator answers both."""
    ada, marta = stage.person(STUDENT), stage.person(EMPLOYER)
    await _reads(marta, NAMES[STUDENT])
    await marta.presses("Write to the student")
    await marta.fills({"Your message": employer.next("message")})
    await ada.presses("Reply", on=employer.said[-1])
    await ada.fills({"Your message": student.next("reply")})
    for person, said in ((ada, employer), (marta, student)):
        await person.presses("Report", on=said.said[-1])
        cora = stage.person("cora")
        await cora.presses("Answer")
        await cora.fills({"Your answer": "They will not write so again."})


async def _confide(stage: Stage, student: Words, employer: Words) -> None:
    """Each opens a case about nothing in particular, and the coordinator answers the student's."""
    for account, words in ((STUDENT, student), (EMPLOYER, employer)):
        person = stage.person(account)
        await person.uses("/stint report")
        if account == STUDENT:
            await person.presses("Something else")
        await person.presses("Write")
        await person.fills({"Who reads it": "Cora Lindqvist", "Your words": words.next("case")})
    cora = stage.person("cora")
    await cora.presses("Open the case", on="Adele Quint writes to you in confidence.")
    await cora.presses("Write", on="Case of")
    await cora.fills({"Your words": "I have read it."})


async def _reads(person: ScriptedUser, name: str, project: str = "1") -> None:
    await person.uses(f"/applicants {project}")
    await person.chooses(name)


async def _decide(stage: Stage, words: Words) -> None:
    marta = stage.person(EMPLOYER)
    await _reads(marta, "Ben Castillo")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "own", "In your own words": words.next("no")})
    await _reads(marta, NAMES[STUDENT])
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await stage.person(STUDENT).presses("Accept")


async def _move_dates(stage: Stage, student: Words, employer: Words) -> None:
    ada, marta = stage.person(STUDENT), stage.person(EMPLOYER)
    await marta.uses("/placement 1")
    await marta.presses("Move a date")
    await marta.fills({"New date": "30 April 2026", "Reason": employer.next("date")})
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.fills({"New date": "4 May 2026", "Reason": student.next("exams")})
    await stage.tick(days=1)
    await marta.presses("Agree")
    await marta.uses("/project edit 1")
    await marta.says("edit fee")
    await marta.says("$300")
    await marta.presses("Save changes")
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Let them be asked")
    await ada.presses("Agree")
    await ada.presses("Yes, I agree")


async def _work(stage: Stage, student: Words, employer: Words) -> None:
    ada, marta = stage.person(STUDENT), stage.person(EMPLOYER)
    await stage.tick(days=28)
    await ada.presses("At risk")
    await ada.presses("Add a line")
    await ada.fills({"Your line": student.next("check-in")})
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": student.next("work")})
    await stage.tick(days=1)
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": employer.next("change")})
    await ada.presses("Hand in again")
    await ada.fills({"About the work": student.next("second version")})
    await marta.uses("/placement 1")
    await marta.presses("Accept", on="Placement #")
    for person, words in ((ada, student), (marta, employer)):
        await person.presses("Write a line")
        await person.fills({"Your line": words.next("end")})
    await stage.tick(days=4)


async def _end_early(stage: Stage, student: Words, employer: Words) -> None:
    """The student ends a placement of another employer's, the employer one of another student's."""
    for placement, owner, account, ends, words in (
        (2, "marta", STUDENT, STUDENT, student),
        (3, EMPLOYER, "chi", EMPLOYER, employer),
    ):
        now = stage.clock.now()
        dates = {"deadline_at": now + timedelta(days=5), "decide_at": now + timedelta(days=9)}
        number = await post(stage, owner, **dates, starts_at=now + timedelta(days=14))
        await stage.person(account).uses(f"/apply {number}")
        for answer in (
            words.next("application") if account == STUDENT else "I ride one every day.",
            "skip",
            "yes",
        ):
            await stage.person(account).says(answer)
        await stage.person(account).presses("Send application")
        await _reads(stage.person(owner), NAMES.get(account, "Chi Nakamura"), str(number))
        await stage.person(owner).presses("Make an offer")
        await stage.tick(minutes=3)
        await stage.person(account).presses("Accept")
        await stage.person(ends).uses(f"/placement {placement}")
        await stage.person(ends).presses("End it early")
        await stage.person(ends).fills({"Reason": words.next("early end")})
    await _reads(stage.person("marta"), NAMES[STUDENT], "2")
    await stage.person("marta").presses("Write to the student")
    await stage.person("marta").fills({"Your message": "Why do you leave?"})
    await stage.person(STUDENT).presses("No more of these messages", on="Why do you leave?")


def _file(stage: Stage, folder: Path) -> FileRef:
    """A file on a platform that does not keep files for the bot."""
    stage.adapter.capabilities = replace(stage.adapter.capabilities, fetches_files=True)
    stage.runtime.box = SecretBox([Fernet.generate_key().decode()])
    path = folder / "sketch.pdf"
    content = b"%PDF-1.7\nmade up"
    path.write_bytes(content)
    return FileRef(str(path), path.name, len(content), "application/octet-stream")


async def _begin_more(stage: Stage, student: Words, employer: Words, folder: Path) -> None:
    """What is begun, saved or asked for, and waits: drafts, an admission, a link, messages no more wanted."""
    ada, marta, cora = (stage.person(account) for account in (STUDENT, EMPLOYER, "cora"))
    now = stage.clock.now()
    dates = {"deadline_at": now + timedelta(days=15), "decide_at": now + timedelta(days=20)}
    number = await post(
        stage, "jo", **dates, starts_at=now + timedelta(days=24), title="Logo refresh", questions=[SKETCH]
    )
    await ada.uses(f"/project save {number}")
    await ada.uses(f"/apply {number}")
    for answer in (student.next("draft"), "skip", "yes"):
        await ada.says(answer)
    await ada.says("", files=(_file(stage, folder),))
    await ada.uses("/stint link")
    await marta.uses(f"/project save {number}")
    await marta.uses("/project post", "spring-26")
    await marta.fills({**PAGE, "What is wanted": employer.next("next work")})
    await marta.uses("/stint link")
    await cora.uses("/stint tasks")

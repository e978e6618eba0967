"""A whole programme is lived through, and then one person is exported, forgotten, or merged with another."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, update

from bot.chat.events import ButtonPressed
from bot.programme.accounts.personal_data import PARTS
from bot.programme.people.personal_data import column_of
from storage.database import UnitOfWork
from storage.tables import Application, Identity, Placement, Project, Submission, metadata
from tests.scenarios.test_links import code_in
from tests.scenarios.test_odd_ids import answers, dm
from tests.support.every_button import every_button
from tests.support.second_platform import Account, open_elsewhere
from tests.support.stage import Stage, open_stage
from tests.support.whole_programme import EMPLOYER, NAMES, STUDENT, Words, live

BOTH = (STUDENT, EMPLOYER)
NUMBERS = {f"outbox.{name}" for name in ("key", "target", "subject")} | {
    f"timers.{name}" for name in ("key", "subject", "payload")
}
KEPT = {str(column_of(column)): reason for part in PARTS for column, reason in part.kept.items()}


@dataclass
class Lived:
    """A stage after everything, and what the two people wrote."""

    stage: Stage
    words: dict[str, Words]

    def id_of(self, account: str) -> int:
        """A person's id."""
        query = select(Identity.person_id).where(Identity.user_id == account)
        ((number,),) = self.stage.rows(query)
        return int(number)

    def found(self, pattern: str) -> dict[str, list[str]]:
        """The columns of every table in which something matches, with what is there."""
        sought = re.compile(pattern)
        there: dict[str, list[str]] = {}
        for table in metadata.sorted_tables:
            for column in table.columns:
                if not isinstance(column.type, LargeBinary):
                    values = map(str, (value for (value,) in self.stage.rows(select(column))))
                    matching = [value for value in values if sought.search(value)]
                    there |= {str(column): matching} if matching else {}
        return there


@dataclass(frozen=True, slots=True)
class Life:
    """A programme that was lived through and is closed: its files, what was written, and when it ended."""

    folder: Path
    words: dict[str, Words]
    ended: datetime


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A life of every kind of thing, lived once for all tests of this module."""
    return asyncio.run(_lived_through(tmp_path_factory.mktemp("life")))


async def _lived_through(folder: Path) -> Life:
    async with open_stage(folder) as stage:
        words = {STUDENT: Words("Lumen"), EMPLOYER: Words("Quartz")}
        await live(stage, words[STUDENT], words[EMPLOYER], folder)
        return Life(folder, words, stage.clock.now())


@pytest.fixture
async def lived(life: Life, tmp_path: Path) -> AsyncIterator[Lived]:
    """A copy of that programme, of the test's own, which goes on where it ended."""
    shutil.copytree(life.folder, tmp_path, dirs_exist_ok=True)
    async with open_stage(tmp_path, start=life.ended) as stage:
        yield Lived(stage, life.words)


def number(person_id: int) -> str:
    """A pattern for an id that is no part of another number."""
    return rf"(?<!\d){person_id}(?!\d)"


async def is_exported(lived: Lived, account: str) -> str:
    """All the pages of a person's data."""
    person = lived.stage.person(account)
    await person.uses("/profile")
    await person.presses("Show my data")
    pages = [lived.stage.screen(account).rpartition("What I have stored about you")[2]]
    while "[More]" in pages[-1]:
        await person.presses("More")
        pages.append(lived.stage.screen(account).rpartition("What I have stored about you")[2])
    return "\n".join(pages)


async def is_forgotten(lived: Lived, account: str) -> None:
    """A person asks to be forgotten; what is kept for a day is over."""
    person = lived.stage.person(account)
    await person.uses("/profile")
    await person.presses("Forget me")
    await person.presses("Yes, forget me")
    await lived.stage.tick(days=2)


@pytest.mark.parametrize("account", BOTH)
async def test_all_that_a_person_wrote_is_exported(lived: Lived, account: str) -> None:
    """Their data names them and their account, and brings every text of theirs but that of a project."""
    shown = await is_exported(lived, account)
    assert NAMES[account] in shown
    assert f"Account: {account} (Terminal)" in shown
    missing = [said for said in lived.words[account].said if said not in shown]
    assert missing == ([lived.words[EMPLOYER].said[0]] if account == EMPLOYER else [])


@pytest.mark.parametrize("account", BOTH)
async def test_nothing_of_a_forgotten_person_is_left(lived: Lived, account: str) -> None:
    """Their name is nowhere; their id, account and words are only where the list of what is kept says so."""
    own, words = number(lived.id_of(account)), lived.words[account].mark
    before = lived.found(f"{own}|{account}|{NAMES[account]}|{words}")
    await is_forgotten(lived, account)
    assert lived.found(NAMES[account]) == {}
    assert lived.found(f"{own}|{account}").keys() - {"people.id"} <= KEPT.keys() & before.keys()
    assert lived.found(account).keys() <= {"inbox.actor", "timers.payload"}
    post = {"projects.brief", "outbox.message"} if account == EMPLOYER else set()
    assert lived.found(words).keys() == post


WRITTEN = {
    Submission.feedback: Submission.feedback_by_id,
    Placement.employer_line: Placement.employer_line_by_id,
    Application.reason: Application.reason_by_id,
}
"""What an employer writes into rows of others, and who wrote it."""


@pytest.mark.soak
@pytest.mark.parametrize("colleague", [False, True])
async def test_older_words_go_if_no_other_can_have_written_them(lived: Lived, *, colleague: bool) -> None:
    """Where it was not noted who wrote them, they stay once a colleague may have; the list says so."""
    words, stage = lived.words[EMPLOYER].mark, lived.stage

    def forget_who(work: UnitOfWork) -> None:
        for writer in WRITTEN.values():
            work.session.execute(update(writer.class_).values({writer.key: None}))

    stage.database.transact_inline(forget_who)
    if colleague:
        await stage.person("cora").uses('/employer invite @ben company:"Quern Works"')
    await is_forgotten(lived, EMPLOYER)
    columns = {str(column_of(column)) for column in WRITTEN}
    assert columns <= KEPT.keys()
    assert lived.found(words).keys() & columns == (columns if colleague else set())


async def test_the_contact_for_applicants_goes_where_it_is_not_known_who_wrote_it(
    lived: Lived,
) -> None:
    """It names a person in words, which are not searched; a colleague writes it again."""
    await lived.stage.person("cora").uses('/employer invite @ben company:"Quern Works"')
    unknown = update(Project).values(contact_by_id=None)
    lived.stage.database.transact_inline(lambda work: work.session.execute(unknown))
    await is_forgotten(lived, EMPLOYER)
    assert {row.contact for row in lived.stage.rows(select(Project))} == {""}


@pytest.mark.sampled("adelequint")
@pytest.mark.parametrize("account", BOTH)
async def test_nothing_stays_with_the_account_that_is_joined_to_another(lived: Lived, account: str) -> None:
    """All words are there as before, and no row but those that say why is the second person's."""
    stage, own = lived.stage, number(lived.id_of(account))
    words = {name: len(them) for name, them in lived.found(lived.words[account].mark).items()}
    there = Account(stage, open_elsewhere(stage), "twin")
    await there.uses("stint", "link")
    await stage.person(account).uses(f"/stint link {code_in(there.screen())}")
    await stage.person(account).presses("Join")
    after = lived.found(lived.words[account].mark)
    assert {name: len(after.get(name, ())) for name in words} == words
    left = lived.found(own).keys() - {"people.id"}
    assert left <= {str(column_of(column)) for part in PARTS for column in part.stays} | NUMBERS


@pytest.mark.soak
async def test_the_two_people_are_in_every_table_about_people(lived: Lived) -> None:
    """The scenario leaves a row in each; companies, erasures, mentors and readers have tests of their own."""
    columns = [column_of(each) for part in PARTS for each in (*part.moved, *part.joined, *part.stays)]
    both = "|".join(number(lived.id_of(account)) for account in BOTH)
    held = {name.partition(".")[0] for name in lived.found(both).keys() & set(map(str, columns))}
    absent = {column.table.name for column in columns} - held
    assert absent == {"case_readers", "companies", "erasures", "mentors", "people"}


@pytest.mark.parametrize("account", [STUDENT, EMPLOYER, "cora"])
def test_whatever_is_pressed_after_it_is_answered(lived: Lived, account: str) -> None:
    """Its student, its employer and a coordinator press the buttons of everything there was."""
    made = {"id": "", "at": lived.stage.clock.now(), **dm(account)}
    events = [ButtonPressed(action=action, **made) for action in every_button()]  # type: ignore[arg-type]
    assert answers(lived.stage, events) == []

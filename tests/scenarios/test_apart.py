"""What belongs to another programme, or to other people, stays out of reach, whatever is pressed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal.client import Client
from adapters.terminal.screen import form_words, words_of
from adapters.terminal.workspace import BOT, Entry
from bot.chat.answers import Option
from bot.chat.content import Button, Select
from bot.programme import ROUTES
from bot.programme.core.lifecycle import move
from bot.programme.people import give_role
from storage.database import UnitOfWork
from tests.support.projects import posted, project_row, turn_of
from tests.support.second_programme import NUMBERS, WORD, move_in, rows_of
from tests.support.stage import MONDAY, Stage, open_stage

_ENDINGS = ("900", "1:student:on_track", "student", "new:1:1")
_SELECTS = (
    *("application-pick", "applicant-show", "applicant-turn", "applicants-pick"),
    *("project-show", "project-edit"),
)
_SUBJECTS = ("{}", "application-{}", "project-{}", "{}-student", "{}-1-student", "basics", "new")
_FREE = {"run", "forget-yes"}
_OWNED = (
    *("projects", "applications", "placements", "milestones", "submissions", "check_ins", "letters"),
    *("tasks", "cohorts", "channels", "companies"),
)
_MAKING = {  # what they are given is the answer of the person who types it
    *{("cohort", "create"), ("cohort", "edit"), ("employer", "invite")},
    *{("stint", "coordinator"), ("project", "post")},
}
_SECRETS = (
    *("4711", "Why ada", "Thank you for the kickoff", "My first sheet", "Not seen yet"),
    *("Least fee per hour", "Person, company", "New cohort", "Edit cohort"),
)
_INTERNAL_ERROR = "Something went wrong on my side"


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with a newcomer, dee."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_account("dee", "Dee Newcomer", "Europe/London")
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


class Meddler(Client):
    """A person whose client presses and chooses what is on no screen, and reads every form."""

    def __init__(self, stage: Stage, account: str) -> None:
        """Acts as `account`, without letting time pass."""
        super().__init__(stage.adapter, account)
        self._at = self.world.post(Entry(self.dm.id, BOT, MONDAY, "Something to press"))

    async def presses(self, pressed: str) -> None:
        """Press a button with this action id."""
        await self.press(self._at, Button("Press", pressed))
        self._look()

    async def chooses(self, verb: str, value: str) -> None:
        """Choose this value in a select with this action id."""
        await self.choose(self._at, Select(verb, (Option(value, value),)), (value,))
        self._look()

    async def types(self, line: str) -> None:
        """Type a command."""
        await self.type_command(line, self.dm)
        self._look()

    def _look(self) -> None:
        """Read the form that opened, if one did, out loud, and close it."""
        dialog = self.world.dialog_of(self.id)
        if dialog is not None:
            self.world.post(Entry(self.dm.id, BOT, MONDAY, form_words(dialog.opened)))
            self.world.close_dialog(self.id)


def said_to(stage: Stage, account: str) -> str:
    """Everything the bot said to this account."""
    return "\n".join(words_of(e) for e in stage.person(account).screen() if e.author == BOT)


async def press_all(
    stage: Stage, account: str, numbers: Sequence[int], endings: Sequence[str] = _ENDINGS
) -> None:
    """Press every button, choose in every select, and look at every form, about these ids."""
    meddler, first = Meddler(stage, account), numbers[0]
    for verb in sorted(ROUTES.buttons.keys() - _FREE):
        for number in numbers if verb.startswith("project-") else [first]:
            await meddler.presses(f"{verb}:{number}")
        for ending in endings:
            await meddler.presses(f"{verb}:{first}:{ending}")
    for verb in _SELECTS:
        await meddler.chooses(verb, str(first))
    for form in sorted(ROUTES.forms):
        for subject in [*(f.format(first) for f in _SUBJECTS), *map(str, numbers)]:
            await meddler.presses(f"form-open:{form}:{subject}:0")


async def type_all(stage: Stage, account: str, words: Sequence[str]) -> None:
    """Use every command that looks for something, with these words as its every option."""
    meddler = Meddler(stage, account)
    for spec in ROUTES.specs:
        for argument in spec.arguments:
            if argument.kind in {"person", "channel"} or spec.path in _MAKING:
                continue
            for typed in words:
                await meddler.types(f"{spec.name} {argument.name}:{typed}")


async def test_no_row_of_another_programme_is_reachable(stage: Stage) -> None:
    """With every role, and whatever id of the neighbour's: nothing is shown and nothing is changed."""
    stage.database.transact_inline(give_every_role)
    stage.database.transact_inline(move_in)
    before = stage.database.read_inline(lambda work: rows_of(work, 2))
    await press_all(stage, "cora", NUMBERS)
    await type_all(stage, "cora", [*map(str, NUMBERS), WORD])
    await stage.settle()
    said = said_to(stage, "cora")
    assert not [line for line in said.splitlines() if WORD in line and not line.startswith("You typed: ")]
    assert _INTERNAL_ERROR not in said
    assert stage.database.read_inline(lambda work: rows_of(work, 2)) == before


def give_every_role(work: UnitOfWork) -> None:
    """Make cora an employer and a student too."""
    turn = turn_of(work, "cora")
    for role in ("employer", "student"):
        give_role(turn, turn.person, role)


async def test_no_person_reaches_what_is_not_theirs(stage: Stage) -> None:
    """A newcomer and another company's employer press every button about a company's work, in vain."""
    number = await posted(stage, "ada", owner="marta")
    await work_begins(stage)
    stage.database.transact_inline(put_up_for_review)
    before = owned_rows(stage)
    for account, endings in (("dee", ()), ("jo", _ENDINGS)):
        await press_all(stage, account, (number, number + 1), endings)
        await stage.settle()
        said = said_to(stage, account)
        for secret in _SECRETS:
            assert secret not in said
        assert _INTERNAL_ERROR not in said
    assert owned_rows(stage) == before


async def work_begins(stage: Stage) -> None:
    """Ada is placed with marta, has handed something in, and has written a message."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": "Thank you for the kickoff"})
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "My first sheet"})


def put_up_for_review(work: UnitOfWork) -> None:
    """A second project of marta's that waits for approval."""
    project = project_row(work, turn_of(work, "marta").person, MONDAY, title="Not seen yet")
    move(turn_of(work), project, "review")


def owned_rows(stage: Stage) -> dict[str, list[Any]]:
    """What only its owners and the coordinators may change."""
    rows = stage.database.read_inline(lambda work: rows_of(work, 1))
    return {table: rows[table] for table in _OWNED}

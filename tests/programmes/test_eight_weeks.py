"""Eight weeks of a programme on each platform, held to every rule of `tests/support/programme_checks.py`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.chat.codec import head_of
from storage.tables import Application, Project, timers
from tests.programmes import acts
from tests.programmes.eight_weeks import BIKES, READERS, SCRIPT
from tests.programmes.ingredients import missing
from tests.programmes.people import AnyStage, arrive
from tests.support import programme_checks as checks
from tests.support.every_stage import STAGES
from tests.support.heard_sentences import listening
from tests.support.programme_book import Book
from tests.support.tampered_copies import TAMPERED, audit, copy_of, tamper
from tests.support.unasked_pieces import unasked_pieces

AT_NIGHT = ("case", "ended")
"""How the keys of messages begin that can be about a danger, and do not wait for the morning."""


@dataclass
class Played:
    """A programme that was played: its stage, its book, and what was logged meanwhile."""

    stage: AnyStage
    book: Book
    logs: list[str]


@asynccontextmanager
async def played(name: str, folder: Path, until: datetime | None = None) -> AsyncIterator[Played]:
    """The eight weeks on a platform, to their end or only to an instant."""
    with listening() as heard, capture_logs() as logs:
        async with STAGES[name](folder) as stage:
            arrive(stage)
            book = Book(stage, heard)
            script = [line for line in SCRIPT if until is None or line.when < until]
            await acts.play(stage, script, book.look)
            yield Played(stage, book, [str(each) for each in logs])


async def test_the_first_two_weeks_keep_their_promises(tmp_path: Path) -> None:
    """Posts, a forgotten approval, applications and admissions contradict and repeat nothing."""
    async with played("terminal", tmp_path, datetime(2026, 3, 23, tzinfo=UTC)) as it:
        assert list(problems(it)) == []
        assert list(checks.stuck_waits(it.book.waits(), it.stage.clock.now())) == []


@pytest.mark.soak
@pytest.mark.timeout(600)
async def test_what_changes_behind_the_history_is_found(tmp_path: Path) -> None:
    """A date and a status that rows have without a change in the history contradict what was said before."""
    async with played("terminal", tmp_path, datetime(2026, 3, 19, tzinfo=UTC)) as it:
        stage = it.stage
        await acts.looks(stage, "ada", "/applications")
        await it.book.look()
        assert list(problems(it)) == []
        for noun, other in (
            (Project, {"deadline_at": Project.decide_at}),
            (Application, {"status": "expired"}),
        ):
            changed = update(noun).where(noun.id == 1).values(other)
            stage.database.transact_inline(lambda work, changed=changed: work.session.execute(changed))
        await acts.looks(stage, "ada", f"/project show {BIKES}", "/applications")
        await it.book.look()
        found = " ".join(problems(it))
        assert "project:1 deadline" in found
        assert "application:1 status: 'submitted'" in found


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["terminal", "slack by socket", "discord"])
async def test_eight_weeks_keep_every_promise(name: str, tmp_path: Path) -> None:
    """Waits end, no message contradicts, repeats, leaks or comes at night, and tampering is found."""
    async with played(name, tmp_path) as it:
        assert missing(it.stage) == []
        assert list(problems(it)) == []
        assert list(checks.endless_waits(it.book.waits())) == []
        assert list(unread(it)) == []
        assert it.stage.rows(select(timers.c.kind).where(timers.c.state == "failed")) == []
    whole = copy_of(tmp_path / "stint.db", tmp_path / "whole")
    done = await asyncio.to_thread(audit, whole)
    assert done.exit_code == 0, done.output
    head = done.output.rsplit(maxsplit=1)[-1]
    for what, (statements, said) in TAMPERED.items():
        copied = copy_of(tmp_path / "stint.db", tmp_path / what)
        tamper(copied, statements)
        found = await asyncio.to_thread(audit, copied, "--programme", "1", "--head", head)
        assert found.exit_code == 1, what
        assert said in found.output, what


def problems(it: Played) -> Iterator[str]:
    """Everything that is not as it has to be at any time."""
    book, claims, received = it.book, it.book.claims(), it.book.received()
    yield from (f"no table says what {hole or 'the row'} of {words!r} is" for words, hole in sorted(book.odd))
    yield from checks.contradictions(claims, book.changes())
    yield from checks.repeated(received)
    yield from checks.alike(unasked_pieces(it.stage))
    by_day = [each for each in received if head_of(each.key) not in AT_NIGHT]
    yield from checks.nightly(by_day, book.readers())
    yield from sorted(set(checks.leaks(texts(it), markers(it))))


def texts(it: Played) -> list[tuple[str, str]]:
    """Everything that was said, stored for all to read, or logged."""
    return [*it.book.texts(), *(("", each) for each in it.logs)]


def markers(it: Played) -> dict[str, set[str]]:
    """The accounts that may read each marker."""
    return {marker: it.book.accounts_of(*names) for marker, names in READERS.items()}


def unread(it: Played) -> Iterator[str]:
    """Markers that no text holds, of which nothing would be proved."""
    said = [text for _, text in texts(it)]
    yield from (marker for marker in READERS if not any(marker in each for each in said))

"""Programmes in one database: what one of them announces holds up no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.content import dump_message, message
from bot.chat.events import Place
from storage.database import Database, UnitOfWork, open_database
from storage.queries import outbox
from storage.tables import Programme, metadata
from tests.support.deliveries import NOW, Mailbox, begin, drain

CARDS, CHANNELS = 400, 4


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with two programmes, each in a space of its own."""
    opened = open_database(f"sqlite:///{tmp_path / 'post.db'}", inline=True)
    opened.transact_inline(lambda work: metadata.create_all(work.connection))
    opened.transact_inline(begin)
    opened.transact_inline(_neighbour)
    yield opened
    opened.close_inline()


def _neighbour(work: UnitOfWork) -> None:
    work.session.add(Programme(id=2, name="Hillside", zone="UTC", created_at=NOW))


def _row(programme: int, channel: str, words: str) -> dict[str, object]:
    return {
        "programme_id": programme,
        "key": words,
        "destination": str(Place("box", f"space-{programme}", channel)),
        "operation": "send",
        "message": dump_message(message(words)),
        "created_at": NOW,
        "due_at": NOW,
    }


async def test_an_announcement_of_hundreds_holds_up_no_other_programme(database: Database) -> None:
    """A card of the second programme, owed after 400 of the first, is among the first that go out."""
    cards = [_row(1, f"c{number % CHANNELS}", f"card {number}") for number in range(CARDS)]
    rows = [*cards, _row(2, "hill", "the neighbour's card")]
    database.transact_inline(lambda work: outbox.enqueue(work.connection, rows))
    box = Mailbox()
    await drain(database, box)
    assert len(box.sent) == CARDS + 1
    assert ("hill", "the neighbour's card") in box.sent[: CHANNELS + 1]

"""A person is found in stored JSON by their id, on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.content import Part, dump_message, message, text
from bot.chat.sentences import Names, PersonName, say
from bot.programme.people import unnaming
from storage.database import Database, UnitOfWork
from storage.tables import Programme, outbox
from tests.support.deliveries import NOW

ADA = PersonName(1, "Ada")
SAID: dict[str, Part | Names] = {
    "alone": ADA,
    "tapped": PersonName(1, "Adaline", mention=True, account="box/ada"),
    "listed": Names((PersonName(12, "Bo"), ADA)),
    "line": say("- {student}", student=ADA),
}
"""How a person may be in a message."""

OTHERS: dict[str, Any] = {
    "namesake": PersonName(12, "Ada"),
    "longer": PersonName(21, "Ada"),
    "typed": '{"id": 1, "kind": "person"} "id":1,',
    "number": 1,
}
"""What is no mention of this person."""


@pytest.mark.parametrize("name", [*SAID, *OTHERS])
async def test_a_person_is_found_by_their_id(database: Database, name: str) -> None:
    """Messages that name the person are found, and lose the name; those that do not are left as they are."""
    stored = dump_message(message(text("{it} applied.", it=(SAID | OTHERS)[name])))

    def find(work: UnitOfWork) -> list[Any]:
        work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=NOW))
        work.session.flush()
        known = {"key": name, "destination": "box/ada", "operation": "send", "state": "sent", "attempts": 1}
        row = outbox.insert().values(programme_id=1, message=stored, created_at=NOW, due_at=NOW, **known)
        work.connection.execute(row)
        query = select(outbox.c.message).where(unnaming.may_name(outbox.c.message, 1))
        return list(work.connection.scalars(query))

    found = await database.transact(find)
    assert found == ([stored] if name in SAID else [])
    assert [unnaming.names(each, 1) for each in found] == [True for _ in found]
    for each in found:
        left = unnaming.unnamed(each, 1)
        assert unnaming.GONE in str(left)
        assert not unnaming.names(left, 1)

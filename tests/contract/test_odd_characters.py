"""What no database can store is taken out of every kind of event, wherever it is in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct, inspect, structs
from sqlalchemy import select

from bot.chat.adapter import Capabilities
from bot.chat.events import Event, Suggest
from bot.chat.rendering.limits import Limits
from bot.programme import ROUTES
from bot.runtime.reads import suggest
from bot.runtime.storable_text import storable
from bot.runtime.turns import PlatformProfile, receive
from storage.database import Database, UnitOfWork
from storage.tables import Programme, Space, inbox

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
ODD = "a\0b\ud83d"
KINDS = sorted(Event.__subclasses__(), key=lambda kind: kind.__name__)


def odd(found: inspect.Type) -> Any:  # noqa: ANN401 - a value of any type that an event holds
    """Return a value of this type, with ODD for each of its texts."""
    match found:
        case inspect.StrType():
            return ODD
        case inspect.LiteralType(values):
            return values[0]
        case inspect.VarTupleType(item):
            return (odd(item), odd(item))
        case inspect.FrozenSetType(item):
            return frozenset({odd(item)})
        case inspect.DictType(key, value):
            return {odd(key): odd(value)}
        case inspect.UnionType(types):
            return odd(types[-1] if isinstance(types[0], inspect.NoneType) else types[0])
        case inspect.StructType(cls, fields):
            return cls(**{field.name: odd(field.type) for field in fields})
        case inspect.DateTimeType():
            return NOW
        case inspect.BoolType():
            return True
        case inspect.IntType() | inspect.FloatType():
            return 1
    raise AssertionError(f"no value for {found}")


def texts(value: Any) -> list[str]:  # noqa: ANN401 - an event, or a value in it
    """Return every text of an event, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Struct):
        value = structs.asdict(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, tuple | list | frozenset):
        return [text for each in value for text in texts(each)]
    return []


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_of_an_event_is_one_that_can_be_stored(kind: type[Event]) -> None:
    """Each text loses what cannot be stored, in every field of every event, and nothing else is changed."""
    event = odd(inspect.type_info(kind))
    assert ODD in texts(event)
    kept = storable(event)
    assert texts(kept) == [text.replace(ODD, "ab") for text in texts(event)]
    assert type(kept) is kind
    assert storable(kept) == kept


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Suggest])
async def test_every_event_takes_its_turn(database: Database, kind: type[Event]) -> None:
    """An event full of such characters is received, and its row holds the rest of its id."""
    await database.transact(_begin)
    event = storable(odd(inspect.type_info(kind)))
    await database.transact(
        lambda work: receive(work, event, NOW, PlatformProfile(ROUTES, Capabilities(), Limits()))
    )
    assert await database.read(lambda work: work.connection.scalar(select(inbox.c.event_id))) == "ab"


async def test_a_suggestion_is_looked_for(database: Database) -> None:
    """Autocomplete full of such characters finds nothing, and fails at nothing."""
    await database.transact(_begin)
    event = storable(odd(inspect.type_info(Suggest)))
    port = PlatformProfile(ROUTES, Capabilities(), Limits())
    answer = await database.read(lambda work: suggest(work, event, port))
    assert answer.options == ()


def _begin(work: UnitOfWork) -> None:
    work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=NOW))
    work.session.flush()
    work.session.add(Space(programme_id=1, platform="ab", external_id="ab", created_at=NOW))

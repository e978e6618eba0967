"""Keys and subjects: each kind differs from every other of its column, and fits it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Final

import pytest
from sqlalchemy import Column

import bot
from bot.chat.codec import Codec, Seconds, Subject, ValueForm
from bot.programme.core import keys, subjects
from bot.programme.core.keys import NewsKey, PostKey, TaskKey, TimerKey
from storage.tables import metadata

AT: Final = datetime(2026, 3, 9, 8, 30, 0, 250, tzinfo=UTC)
LARGEST: Final = 2**31 - 1
SAMPLES: Final[dict[ValueForm, object]] = {
    int: LARGEST,
    Seconds: int(AT.timestamp()),
    datetime: AT,
    date: AT.date(),
    str: "x",
    int | None: LARGEST,
    Seconds | None: int(AT.timestamp()),
    str | None: "x",
}


def declared(module: object, kind: type[Codec]) -> Iterator[Codec]:
    """Every codec of this kind that a module declares, also those in a table by their timer."""
    for each in vars(module).values():
        for codec in each.values() if isinstance(each, dict) else (each,):
            if type(codec) is kind:
                yield codec


def sample(codec: Codec) -> str:
    """An id of this kind with every value it may have."""
    return codec(*(SAMPLES[kind] for kind in codec.fields.values() if isinstance(kind, type | UnionType)))


def column(table: str, name: str) -> Column[Any]:
    """A column of a table."""
    return metadata.tables[table].c[name]


@pytest.mark.parametrize(
    ("kind", "table"), [(PostKey, "outbox"), (NewsKey, "notices"), (TaskKey, "tasks"), (TimerKey, "timers")]
)
def test_each_kind_of_key_is_unique(kind: type[Codec], table: str) -> None:
    """No key of one kind is read as one of another kind of its column, and none is longer than the column."""
    kinds = list(declared(keys, kind))
    assert len(kinds) > 10
    assert kind.longest == column(table, "key").type.length  # type: ignore[attr-defined] # a String
    for each in kinds:
        made = sample(each)
        assert [str(other) for other in kinds if other.match(made) is not None] == [str(each)], made


def test_a_subject_of_a_noun_is_unique() -> None:
    """Two subjects that begin alike would take back each other's news."""
    nouns = [str(each) for each in declared(subjects, Subject) if each]
    assert len(nouns) == len(set(nouns))
    for table in ("outbox", "notices", "tasks", "timers"):
        assert Subject.longest == column(table, "subject").type.length  # type: ignore[attr-defined] # a String


@pytest.mark.parametrize("module", [keys, subjects])
def test_what_is_made_is_read_again(module: object) -> None:
    """Each value comes back under its name, instants and their colons included."""
    for each in vars(module).values():
        if isinstance(each, Codec):
            values = [SAMPLES[kind] for kind in each.fields.values() if isinstance(kind, type | UnionType)]
            read = vars(each.parse(each(*values)))
            assert [read[name] for name, kind in each.fields.items() if not isinstance(kind, str)] == values


@pytest.mark.parametrize("module", [keys, subjects])
def test_every_kind_is_used(module: ModuleType) -> None:
    """A kind that nothing makes or reads any more is deleted."""
    name = module.__name__.rpartition(".")[2]
    root = Path(bot.__file__).parent.parent
    paths = [path for folder in ("adapters", "bot") for path in (root / folder).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    used = set(re.findall(rf"\b{name}\.([A-Z_]+)\b", "\n".join(texts)))
    own = Path(str(module.__file__)).read_text(encoding="utf-8")
    kinds = {name for name, each in vars(module).items() if isinstance(each, Codec)}
    assert {each for each in kinds - used if len(re.findall(rf"\b{each}\b", own)) == 1} == set()


def test_stored_keys_and_subjects_stay_as_they_are() -> None:
    """What is in databases is made and found by the same texts for ever."""
    assert keys.DRAFT(3, 7, AT) == "draft:3:7:2026-03-09T08:30:00.000250+00:00"
    assert keys.OVERDUE_OF(3, AT, "student") == "placement.overdue:3:2026-03-09T08:30:00.000250+00:00:student"
    assert keys.NOTICES_EARLY(3, 7) == "notices:3:early:7"
    assert keys.FREE_AFTER(3, 7) == "free:3:7:ended"
    assert keys.KICKOFF_NEWS(3) == "kickoff:3:employer"
    assert keys.MESSAGE(3, None) == "letter:3"
    assert keys.MESSAGE(3, 7) == "letter:3:7"
    assert subjects.OF_END(3, 7) == "3:7"
    assert subjects.OF_MESSAGE(3, "waits") == "3:waits"
    assert subjects.NOT_SELECTED("application", 5) == "application-5"
    assert subjects.REPEATED_PROJECT.begin(5) == "repeat-5-"


def test_what_changes_or_reports_a_message_fits_its_column() -> None:
    """A message's own key may fill its column; the key about it is of its beginning."""
    long = "k" * PostKey.longest
    assert keys.change_of("event:5", long, again=True).startswith("edit:again:event:5:kk")
    assert keys.change_of("event:5", "card:1:2", again=False) == "edit:event:5:card:1:2"
    assert len(keys.change_of("event:5", long, again=True)) == PostKey.longest
    assert keys.is_change(keys.change_of("event:5", long, again=False))
    assert len(keys.undelivered(long)) == TaskKey.longest

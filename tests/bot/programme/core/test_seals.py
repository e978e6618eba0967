"""Seals of the history: a chain as it was written is found good, and each way of tampering is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot.programme.core import seals
from bot.programme.core.seals import Fault, Head
from bot.programme.core.turn import Turn
from storage.tables import HistoryRow
from tests.support.stage import MONDAY

COUNT = 6


def row(programme_id: int, number: int) -> dict[str, object]:
    """Return a row of the history that is not sealed."""
    return {
        "programme_id": programme_id,
        "subject": f"application:{number}",
        "parent": "project:1",
        "what": "status",
        "before": "submitted",
        "after": "shortlisted",
        "alias_id": 1,
        "began_by": "",
        "at": MONDAY + timedelta(hours=number),
        "reason": "",
        "known_by": "",
    }


def write(turn: Turn, first: int, last: int) -> None:
    """Write rows of these numbers."""
    for number in range(first, last + 1):
        turn.connection.execute(insert(HistoryRow).values(row(turn.programme_id, number)))


@pytest.fixture
def head(turn: Turn) -> Head:
    """The head of a chain of six rows."""
    turn.connection.execute(delete(HistoryRow))
    write(turn, 1, COUNT)
    assert seals.seal(turn.connection, turn.programme_id) == COUNT
    found = seals.head_of(turn.connection, turn.programme_id)
    assert found is not None
    return found


def faults(turn: Turn, *heads: Head) -> list[Fault]:
    """Return what is found wrong."""
    return list(seals.verify(turn.connection, turn.programme_id, heads))


def test_a_chain_as_it_was_sealed_has_no_fault(turn: Turn, head: Head) -> None:
    """Rows sealed later go on from the same chain, and what waits for its seal is no fault."""
    write(turn, COUNT + 1, COUNT + 2)
    assert faults(turn, head) == []
    assert seals.seal(turn.connection, turn.programme_id) == 2
    write(turn, COUNT + 3, COUNT + 3)
    assert faults(turn, head) == []
    assert seals.seal(turn.connection, turn.programme_id) == 1
    assert seals.seal(turn.connection, turn.programme_id) == 0


def test_a_row_that_was_committed_late_is_sealed_after_the_others(turn: Turn, head: Head) -> None:
    """A lower id than the newest sealed one is no fault: two turns may write at the same time."""
    late = select(HistoryRow.id).order_by(HistoryRow.id).limit(1)
    number = turn.connection.scalars(late).one()
    turn.connection.execute(delete(HistoryRow))
    write(turn, 1, 2)
    assert seals.seal(turn.connection, turn.programme_id) == 2
    values = {**row(turn.programme_id, 2), "id": number}
    turn.connection.execute(insert(HistoryRow).values(values))
    assert faults(turn) == []
    assert seals.seal(turn.connection, turn.programme_id) == 1
    assert faults(turn) == []
    assert head.position == COUNT


def at(position: int) -> object:
    """Return the condition for the row at a position."""
    return HistoryRow.position == position


def _value(connection: Connection, column: str, value: object) -> None:
    connection.execute(update(HistoryRow).where(HistoryRow.position == 3).values({column: value}))


def _removed(connection: Connection) -> None:
    connection.execute(delete(HistoryRow).where(HistoryRow.position == 3))


def _closed_up(connection: Connection) -> None:
    _removed(connection)
    for position in range(4, COUNT + 1):
        below = {"position": position - 1}
        connection.execute(update(HistoryRow).where(HistoryRow.position == position).values(below))


def _swapped(connection: Connection) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        moved = {"position": after}
        connection.execute(update(HistoryRow).where(HistoryRow.position == before).values(moved))


def _added(connection: Connection) -> None:
    programme = connection.scalars(select(HistoryRow.programme_id).limit(1)).one()
    values = {**row(programme, 9), "position": COUNT + 1, "digest": "0" * 64}
    connection.execute(insert(HistoryRow).values(values))


def _added_without_seal(connection: Connection) -> None:
    programme = connection.scalars(select(HistoryRow.programme_id).limit(1)).one()
    values = {**row(programme, 9), "at": MONDAY - timedelta(days=1)}
    connection.execute(insert(HistoryRow).values(values))


def _cut(connection: Connection) -> None:
    connection.execute(delete(HistoryRow).where(HistoryRow.position > 4))


def _rewritten(connection: Connection) -> None:
    """Change a row, and seal everything again."""
    _value(connection, "after", "offered")
    connection.execute(update(HistoryRow).values(position=None, digest=None))
    programme = connection.scalars(select(HistoryRow.programme_id).limit(1)).one()
    seals.seal(connection, programme)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda work: _value(work, "after", "offered"), [Fault("changed", 3)]),
        (lambda work: _value(work, "at", MONDAY), [Fault("changed", 3)]),
        (lambda work: _value(work, "alias_id", 2), [Fault("changed", 3)]),
        (lambda work: _value(work, "known_by", "dates"), [Fault("changed", 3)]),
        (_removed, [Fault("missing", 3)]),
        (_closed_up, [*(Fault("changed", each) for each in range(3, COUNT)), Fault("cut", COUNT)]),
        (_swapped, [Fault("changed", 2), Fault("changed", 3), Fault("changed", 4)]),
        (_added, [Fault("changed", COUNT + 1)]),
        (_added_without_seal, [Fault("unsealed", COUNT)]),
        (_cut, [Fault("cut", COUNT)]),
        (_rewritten, [Fault("rewritten", COUNT)]),
    ],
    ids=[
        "changed",
        "moved in time",
        "another person",
        "said to be older",
        "removed",
        "removed and closed up",
        "moved",
        "added with a seal",
        "added without a seal",
        "cut",
        "rewritten",
    ],
)
def test_tampering_is_found(
    turn: Turn, head: Head, tamper: Callable[[Connection], None], found: list[Fault]
) -> None:
    """A changed, missing, moved or added row is found in the chain; a cut or rewritten one by its head."""
    tamper(turn.connection)
    assert faults(turn, head) == found


def test_what_an_upgrade_writes_of_earlier_times_is_no_fault(turn: Turn, head: Head) -> None:
    """It waits for its seal like any other row, although it tells of what was before the newest seal."""
    values = {**row(turn.programme_id, 9), "at": MONDAY - timedelta(days=1), "known_by": "rows"}
    turn.connection.execute(insert(HistoryRow).values(values))
    assert faults(turn, head) == []
    assert seals.seal(turn.connection, turn.programme_id) == 1
    assert faults(turn, head) == []


def test_a_head_is_read_as_it_is_written(turn: Turn, head: Head) -> None:
    """A head from the log can be given back; any other text is no head."""
    assert turn.programme_id
    assert seals.read_head(f" {str(head).upper()} ") == head
    assert seals.read_head("6") is None
    assert seals.read_head(f"{head}0") is None

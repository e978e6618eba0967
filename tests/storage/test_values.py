"""What columns keep as Structs has the keys of the first edition's rows, which are read for ever."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import ValidationError
from sqlalchemy.dialects import sqlite

from storage.tables.values import Agreement, CodePayload, CohortRef, GivenAnswer, HeldDecision, OwnQuestion
from storage.types import StructJSON

AT = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
ANSWER = {"name": "why", "label": "Why", "kind": "long", "value": "So.", "shown": "So.", "fingerprint": "x"}
DIALECT = sqlite.dialect()


@pytest.mark.parametrize(
    ("shape", "value", "stored"),
    [
        (HeldDecision, HeldDecision("offered", ""), {"status": "offered", "reason": ""}),
        (
            HeldDecision,
            HeldDecision("not_selected", "Full.", left=True),
            {"status": "not_selected", "reason": "Full.", "left": True},
        ),
        (list[CohortRef], [CohortRef(1), CohortRef(2)], [{"id": 1}, {"id": 2}]),
        (list[CohortRef], [], []),
        (CodePayload, CodePayload(), {}),
        (CodePayload, CodePayload(claimed="terminal/ada"), {"claimed": "terminal/ada"}),
        (CodePayload, CodePayload(browser="b"), {"browser": "b"}),
        (list[GivenAnswer], [GivenAnswer(**ANSWER)], [ANSWER]),
        (list[GivenAnswer], [GivenAnswer(**ANSWER, prompt="Why?")], [{**ANSWER, "prompt": "Why?"}]),
        (
            list[Agreement],
            [Agreement("notice", "Read.", AT)],
            [{"name": "notice", "text": "Read.", "at": "2026-03-09T08:00:00Z"}],
        ),
    ],
)
def test_what_is_kept_has_the_same_keys(shape: Any, value: Any, stored: Any) -> None:  # noqa: ANN401 - a column's
    """Each is stored under the keys that it always had, and read from them."""
    kind = StructJSON(shape)
    assert kind.process_bind_param(value, DIALECT) == stored
    assert kind.process_result_value(stored, DIALECT) == value


def test_a_question_keeps_all_its_keys() -> None:
    """The options are written even where there are none; a row without name and options is read."""
    kind, asked = StructJSON(list[OwnQuestion]), OwnQuestion("text", "Why?", "w")
    (stored,) = kind.process_bind_param([asked], DIALECT)
    assert stored == {"name": "w", "kind": "text", "prompt": "Why?", "options": ()}
    assert kind.process_result_value([{"kind": "text", "prompt": "Why?"}], DIALECT) == [
        OwnQuestion("text", "Why?")
    ]


def test_an_instant_of_an_older_row_is_read() -> None:
    """Agreements of earlier versions have instants with `+00:00`."""
    stored = {"name": "notice", "text": "Read.", "at": "2026-03-09T08:00:00+00:00"}
    assert StructJSON(Agreement).process_result_value(stored, DIALECT) == Agreement("notice", "Read.", AT)


def test_nothing_is_nothing() -> None:
    """None is NULL, in and out."""
    kind = StructJSON(HeldDecision)
    assert kind.process_bind_param(None, DIALECT) is None
    assert kind.process_result_value(None, DIALECT) is None


def test_a_value_of_another_shape_is_an_error() -> None:
    """A row that is no such value is never read as half of it."""
    with pytest.raises(ValidationError):
        StructJSON(HeldDecision).process_result_value({"status": "offered"}, DIALECT)

"""Instants as SQLite keeps them: text that sorts as time does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from storage.types import INSTANT_LENGTH, UTCDateTime

offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
instants = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001  # Hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001  # Hypothesis adds the zone
    timezones=offsets,
)
dialect = sqlite.dialect()
kind = UTCDateTime()


def stored(instant: datetime) -> str:
    """The text SQLite keeps."""
    return str(kind.process_bind_param(instant, dialect))


@given(instants, instants)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    """Comparing the stored texts is comparing the instants, whatever their zones."""
    assert (stored(one) < stored(other)) is (one < other)
    assert (stored(one) == stored(other)) is (one == other)
    assert len(stored(one)) == INSTANT_LENGTH


@given(instants)
def test_an_instant_is_read_back_in_utc(instant: datetime) -> None:
    """What was stored is read back equal, in UTC."""
    back = kind.process_result_value(stored(instant), dialect)
    assert back == instant
    assert back is not None
    assert back.tzinfo is UTC


@given(st.datetimes())
def test_no_naive_datetime_is_stored(naive: datetime) -> None:
    """A wall clock's time without a zone is refused."""
    with pytest.raises(ValueError, match="naive"):
        stored(naive)

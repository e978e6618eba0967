"""Codes: readable, good once and for a time, and stored as a digest only."""

import asyncio
import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.programme.people import codes
from bot.runtime.retention import sweep
from storage.database import Database, UnitOfWork, open_database
from storage.tables import Code

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_of_two_who_redeem_a_code_at_once_one_is_refused(database: Database) -> None:
    """Two processes, however it is typed; and the database never holds the code itself."""
    other = open_database(database.url)
    code = await database.transact(lambda work: codes.make(work, NOW, "setup", HOUR))

    def use(work: UnitOfWork, typed: str) -> bool:
        return codes.redeem(work, NOW, "setup", typed) is not None

    used = await asyncio.gather(
        database.transact(lambda work: use(work, code)),
        other.transact(lambda work: use(work, f" {code.lower().replace('-', '')} ")),
    )
    await other.close()
    assert sorted(used) == [False, True]
    row = await database.read(lambda work: work.session.scalars(select(Code)).one())
    assert row.digest == codes.digest_of(code)
    assert code not in repr(vars(row))


async def test_a_code_has_so_many_random_bits(database: Database) -> None:
    """Twelve letters of thirty are 59 bits; no two of a hundred are alike, and all letters are used."""

    def made(work: UnitOfWork) -> list[str]:
        return [codes.make(work, NOW, "link", HOUR) for _ in range(100)]

    letters = [code.replace("-", "") for code in await database.transact(made)]
    assert {len(each) for each in letters} == {12}
    assert len(set(letters)) == 100
    assert 12 * math.log2(len(set("".join(letters)))) > 58


async def test_a_code_is_good_for_its_purpose_and_its_time(database: Database) -> None:
    """Another kind's code, one that is too old, and one that was never made are not found."""

    def look(work: UnitOfWork) -> list[bool]:
        code = codes.make(work, NOW, "link", HOUR)
        found = [
            codes.find(work, NOW + HOUR - timedelta(seconds=1), "link", code),
            codes.find(work, NOW + HOUR, "link", code),
            codes.find(work, NOW, "connect", code),
            codes.find(work, NOW, "link", "AAAA-BBBB-CCCC"),
        ]
        return [one is not None for one in found]

    assert await database.transact(look) == [True, False, False, False]


async def test_codes_that_ran_out_are_swept(database: Database) -> None:
    """A day after it ran out a code's row is gone; one that can still be used stays."""

    def kept(work: UnitOfWork) -> list[str]:
        codes.make(work, NOW, "link", HOUR)
        good = codes.make(work, NOW, "connect", 48 * HOUR)
        sweep(work, NOW + 26 * HOUR)
        assert codes.find(work, NOW + 26 * HOUR, "connect", good)
        return list(work.session.scalars(select(Code.kind)))

    assert await database.transact(kept) == ["connect"]

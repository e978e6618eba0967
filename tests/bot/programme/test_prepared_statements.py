"""Every statement that the code prepares can be compiled, and its rows read, on both databases."""

import importlib
import pkgutil

import pytest
from sqlalchemy.dialects import registry

import bot
import storage
from storage.prepared import Prepared, _planned


def prepared() -> dict[str, Prepared]:
    """The statements by where they are written."""
    found: dict[str, Prepared] = {}
    for package in (bot, storage):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in each.name:
                names = vars(importlib.import_module(each.name))
                found |= {f"{each.name}.{k}": v for k, v in names.items() if isinstance(v, Prepared)}
    return found


@pytest.mark.parametrize("name", ["sqlite.pysqlite", "postgresql.psycopg"])
def test_every_statement_has_a_plan(name: str) -> None:
    """A type that a driver gives otherwise than SQLAlchemy expects is found here, not in a person's turn."""
    dialect, statements = registry.load(name)(), prepared()
    assert statements
    for each in statements.values():
        assert _planned(each._statement, each._columns, dialect).sql  # noqa: SLF001 - and not kept

"""Which commands of `stint` show an operator what people wrote: those write a row of the history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import typer

from adapters.cli.commands import app

TESTS: Final = Path(__file__).resolve().parents[2]

WITH_A_ROW: Final = {
    "programme export": "adapters/cli/test_programmes.py::test_an_export_can_be_read_by_people",
}
"""Commands that show words of people, with the test that finds the row which says so."""

WITHOUT_WORDS: Final = {
    "audit verify": "numbers and seals of a history that holds no words",
    "backup": "an archive for `restore`, of what its reader can read in the database itself",
    "bench": "a measured database of its own",
    "commands": "the chat commands",
    "db copy": "counts of rows",
    "db delete-replaced": "names of files and schemas",
    "demo": "a made-up programme",
    "discord invite": "a link",
    "discord sync": "the chat commands",
    "doctor": "findings about the machine, the settings and the connections",
    "import": "the file that the operator gives",
    "init": "the names that the operator gives",
    "key": "a new key",
    "owed": "adapters/cli/test_trace.py::test_what_is_owed_is_listed_by_programme_and_urgency",
    "person": "the names that the operator gives",
    "programme import": "counts of rows; what is in doubt is shown to coordinators, in chat",
    "programme remove": "counts of rows",
    "restore": "counts of rows; what is in doubt is shown to coordinators, in chat",
    "run": "where it listens; its log holds no words",
    "simulate": "made-up people in a database of their own",
    "slack manifest": "the app's manifest",
    "trace": "adapters/cli/test_trace.py::test_a_message_is_followed_to_the_timer_that_caused_it",
}
"""Commands that show none, with what they show, or the test that holds them to it."""


def commands(of: typer.Typer, before: str = "") -> Iterator[str]:
    """The names of all commands, those of groups with the group's."""
    for command in of.registered_commands:
        function = command.callback
        assert function is not None
        yield before + (command.name or function.__name__.replace("_", "-").strip("-"))
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{group.name} ")


def test_each_command_is_known_to_show_words_or_not() -> None:
    """A new command is looked at before it ships."""
    assert set(commands(app)) == WITH_A_ROW.keys() | WITHOUT_WORDS.keys()


@pytest.mark.parametrize(
    "named", [each for each in (*WITH_A_ROW.values(), *WITHOUT_WORDS.values()) if "::" in each]
)
def test_the_tests_are_there(named: str) -> None:
    """Each that is named."""
    path, _, name = named.partition("::")
    assert f"def {name}(" in (TESTS / path).read_text(encoding="utf-8")

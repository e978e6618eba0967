"""Cases as people open and close them, in the words that every platform shows."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from sqlalchemy import select

from storage.tables import Identity, Person, inbox, metadata, outbox
from tests.scenarios.test_placement_times import place
from tests.support.projects import make_coordinator

__all__ = ["MARKER", "AnyStage", "at_work", "closes", "confides", "opens", "people_who_got", "tables_with"]

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

MARKER: Final = "zqxwv marks what Ada confides"
"""Words that nothing else says: whatever holds them holds what was written in a case."""


async def at_work(stage: AnyStage) -> None:
    """Ada works for Marta of Acme Maps; Cora and Jo are coordinators."""
    await place(stage)
    make_coordinator(stage, "jo")


async def confides(
    stage: AnyStage,
    *readers: str,
    notices: str = "They notice nothing",
    about: str = "Market map of repair shops",
) -> None:
    """Ada opens a case about her placement and leaves these coordinators ticked."""
    ada = stage.person("ada")
    await ada.uses("/stint report")
    await ada.presses(about)
    await ada.presses("Write")
    answers = {"Who reads it": ", ".join(readers), "Your words": MARKER, "The other side": notices}
    await ada.fills(answers if about != "Something else" else dict(list(answers.items())[:2]))


async def opens(stage: AnyStage, account: str, on: str = "in confidence") -> None:
    """A person opens the case that a message is about."""
    await stage.person(account).presses("Open the case", on=on)


async def closes(stage: AnyStage, account: str, **other: str) -> None:
    """A coordinator closes the case that they have open, and no longer undoes it."""
    person = stage.person(account)
    await person.presses("Close it")
    await person.fills({"Your answer": "You work with another company now.", **other})
    await stage.tick(minutes=3)


def tables_with(stage: AnyStage, words: str) -> set[str]:
    """The columns of all tables that hold these words."""
    return {
        str(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if any(words in str(value) for (value,) in stage.rows(select(column)))
    }


def people_who_got(stage: AnyStage, words: str) -> set[str]:
    """The names of those whose answers and messages hold these words; an unknown account as it is."""
    known = {
        f"{platform}/{user}": name
        for platform, user, name in stage.rows(
            select(Identity.platform, Identity.user_id, Person.name).join(
                Person, Person.id == Identity.person_id
            )
        )
    }
    rows = [
        *stage.rows(select(inbox.c.actor, inbox.c.answer)),
        *stage.rows(select(outbox.c.destination, outbox.c.message)),
    ]
    found = {str(whose) for whose, said in rows if words in str(said)}
    return {known.get(account, account) for account in found}

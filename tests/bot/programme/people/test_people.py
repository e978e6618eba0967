"""People who act: met once, known again, named, and informed of whose task something is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.content import message, text
from bot.chat.events import CommandUsed, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Person
from tests.support.in_memory import command, person


def used(turn: Turn, account: str, name: str = "", zone: str = "", days: int = 0) -> CommandUsed:
    """A command of a person's, with what the platform tells of them."""
    at = turn.now + timedelta(days=days)
    user = UserRef("terminal", account)
    return replace(command(turn, "profile"), actor=user, actor_name=name, actor_zone=zone, at=at)


def stored(turn: Turn, person_id: int) -> Person:
    """The person's row as it is in the database."""
    query = select(Person).where(Person.id == person_id).execution_options(populate_existing=True)
    return turn.session.scalars(query).one()


def test_a_new_person_is_met_and_known_again(turn: Turn) -> None:
    """The first event makes a person without roles, the second finds the same one."""
    first = people.identify(turn.work, turn.programme_id, used(turn, "eve", "Eve Stone", "Asia/Tokyo"))
    assert first.held == frozenset()
    assert stored(turn, first.person_id or 0).zone == "Asia/Tokyo"
    again = people.identify(turn.work, turn.programme_id, used(turn, "eve"))
    assert again == first


def test_who_was_named_by_others_first_gets_their_name_with_their_first_word(turn: Turn) -> None:
    """A person invited before they ever wrote has only their account's id for a name until then."""
    invited = people.person_for(turn, UserRef("terminal", "u123"))
    assert invited.name == "u123"
    people.identify(turn.work, turn.programme_id, used(turn, "u123", "Dan Novak", "Europe/Prague"))
    row = stored(turn, invited.id)
    assert (row.name, row.zone) == ("Dan Novak", "Europe/Prague")


def test_who_left_is_back_with_their_first_word(turn: Turn) -> None:
    """Acting again undoes having left."""
    ada = person(turn, "ada", "student").person
    ada.left_at = turn.now
    turn.session.flush()
    people.identify(turn.work, turn.programme_id, used(turn, "ada"))
    assert stored(turn, ada.id).left_at is None


def test_a_refusal_names_the_people_to_ask(turn: Turn) -> None:
    """A person who may not do something reads which people may, and the coordinators' names."""
    person(turn, "bo", "coordinator")
    ada = person(turn, "ada", "student")
    with pytest.raises(Declined) as no:
        require_role(ada, "coordinator", "employer")
    said = plain_text(no.value.message)
    assert said == "That is for coordinators and employers. If that should be you, ask Cora or Bo."
    assert require_role(turn, "coordinator").name == "Cora"


def test_names_in_a_sentence(turn: Turn) -> None:
    """One, two and three names read as people write them."""
    named = [person(turn, name).person for name in ("ada", "bo", "cem")]
    shown = [
        plain_text(message(text("{people}", people=people.person_names(named[:count]))))
        for count in (1, 2, 3)
    ]
    assert shown == ["Ada", "Ada and Bo", "Ada, Bo and Cem"]


def test_no_person_of_another_programme_is_known(turn: Turn) -> None:
    """A person's id is looked up in the programme that asks."""
    ada = person(turn, "ada").person
    elsewhere = replace(turn, programme_id=turn.programme_id + 1)
    with pytest.raises(Declined):
        people.person_of(elsewhere, ada.id)

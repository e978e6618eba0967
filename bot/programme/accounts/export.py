"""A person's data, shown to them whole: everything that is stored about the person who asks, in words."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, Fields, Message, Moment, heading, layout, note, row
from bot.chat.events import ButtonPressed, platform_name
from bot.chat.rendering.screen import paged
from bot.programme import people
from bot.programme.accounts import personal_data
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from storage.tables import (
    Identity,
    Person,
)

__all__ = ["data_page_pressed", "data_show_pressed"]


def data_show_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Show everything that is stored about the person who asks, in words, from its first page on."""
    return [Reply(_page(turn, 0))]


def data_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of it, in the place of the one before."""
    number = verbs.DATA_PAGE.read(event).page
    return [Reply(_page(turn, number), replace=True)]


def _page(turn: Turn, number: int) -> Message:
    person = turn.person
    zone = people.zone_of(turn, person)
    groups: list[list[Block]] = [[heading("What I have stored about you"), _account(turn, person, zone)]]
    for title, entries in personal_data.exported(turn, person):
        found = list(entries)
        if found:
            groups += [[heading(title), found[0]], *([entry] for entry in found[1:])]
    last: list[Block] = [
        note(
            "Answers and messages of an application are erased {count} day after its project is over. "
            "I also keep what I sent to you and when, so that nothing reaches you twice.",
            "Answers and messages of an application are erased {count} days after its project is over. "
            "I also keep what I sent to you and when, so that nothing reaches you twice.",
            count=turn.programme.retention_days,
        ),
        Buttons((Button("Forget me", verbs.FORGET_ASK(), style="danger"),)),
    ]
    return paged(groups, last, number, verbs.DATA_PAGE, turn.language)


def _account(turn: Turn, person: Person, zone: str) -> Block:
    roles = people.roles_of(turn, person)
    accounts = turn.session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    return Fields(
        (
            row("Name", layout("{person}", person=people.person_name(person))),
            *(
                row(
                    "Account",
                    layout("{id} ({platform})", platform=platform_name(each.platform), id=each.user_id),
                )
                for each in accounts
            ),
            row("Roles", layout("{roles}", roles=people.role_terms(roles)))
            if roles
            else row("Roles", "none"),
            row("Time zone", layout("{zone}", zone=person.zone))
            if person.zone
            else row("Time zone", "not said"),
            row("Known since", layout("{day}", day=Moment(person.created_at, zone, "day"))),
        )
    )

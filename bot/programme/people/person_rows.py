"""Rows about a person in the room of people: drafts, files, what was sent, codes, roles and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import delete, update

from bot.chat.actions import Action
from bot.chat.answers.countries import countries_in_words
from bot.chat.content import layout, say, text
from bot.programme.core.lifecycle import give_part
from bot.programme.core.turn import Turn
from bot.programme.people import drafts, files, ledger, roles, sent_messages
from bot.programme.people.away import away_day
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from storage.tables import (
    Alias,
    Code,
    Identity,
    Person,
    Role,
    StoredFile,
    conversations,
    inbox,
    outbox,
    timers,
)

__all__ = ["PARTS"]


def _export_files(turn: Turn, person: Person) -> Iterator[Section]:
    yield say("Files I keep"), [text(layout("- {file}", file=name)) for name in files.names_of(turn, person)]


def _erase_files(turn: Turn, request: ErasureRequest) -> list[Action]:
    files.delete_files_of(turn, request.person)
    return []


def _erase_aliases(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what leads from the history to the person; its rows stay as they were sealed."""
    if not request.held:
        give_part(turn, request.person, None, "owner")  # while an alias leads to them
        turn.session.execute(delete(Alias).where(Alias.person_id == request.person.id))
    return []


def _erase_codes(turn: Turn, request: ErasureRequest) -> list[Action]:
    turn.session.execute(delete(Code).where(Code.person_id == request.person.id))
    return []


def _erase_roles(turn: Turn, request: ErasureRequest) -> list[Action]:
    turn.session.execute(delete(Role).where(Role.person_id == request.person.id))
    return []


def _export_absence(turn: Turn, person: Person) -> Iterator[Section]:
    away = [away_day(turn, person, person)] if person.away_until is not None else []
    yield say("Away until"), [text(layout("- {day}", day=each)) for each in away]


def _erase_absence(turn: Turn, request: ErasureRequest) -> list[Action]:
    request.person.away_until = request.person.cover_id = None
    covered = update(Person).where(Person.cover_id == request.person.id).values(cover_id=None)
    turn.session.execute(covered.execution_options(synchronize_session="fetch"))
    return []


def _merge_absence(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Keep the absence that ends last, with its cover: it was said of the person, not of an account."""
    if (second.away_until or date.min) > (first.away_until or date.min):
        first.away_until, first.cover_id = second.away_until, second.cover_id
    second.away_until = second.cover_id = None
    if first.cover_id == first.id:  # the other account was the cover
        first.cover_id = None
    turn.session.flush()
    return []


def _export_country(_turn: Turn, person: Person) -> Iterator[Section]:
    lives = [countries_in_words([person.country])] if person.country else []
    yield say("Where you live"), [text(layout("- {country}", country=each)) for each in lives]


def _erase_country(_turn: Turn, request: ErasureRequest) -> list[Action]:
    request.person.country = None
    return []


def _merge_country(turn: Turn, first: Person, second: Person) -> list[Action]:
    first.country = first.country or second.country
    second.country = None
    turn.session.flush()
    return []


def _merge_roles(turn: Turn, first: Person, second: Person) -> list[Action]:
    for role in roles.roles_of(turn, second):
        roles.give_role(turn, first, role)
    turn.session.execute(delete(Role).where(Role.person_id == second.id))
    return []


def _erase_accounts(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase the accounts, unless a report's answer still has to reach them or to name its writer."""
    if not request.held:
        turn.session.execute(delete(Identity).where(Identity.person_id == request.person.id))
    return []


# Erased from top to bottom: a file goes when nothing holds it any more, which the drafts let go of; what was
# sent is found by the accounts, which therefore are last.
PARTS: Final = (
    PersonalData(
        noun="drafts",
        export=drafts.export,
        erase=drafts.erase,
        merge=drafts.merge,
        on_left=NOTHING_UNFINISHED,
        joined=(conversations.c.person_id,),
        kept={conversations.c.person_id: "That something was begun, without what was said."},
    ),
    PersonalData(
        noun="files",
        export=_export_files,
        erase=_erase_files,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(StoredFile.person_id,),
        kept={StoredFile.person_id: "What belongs to an application that an open report keeps."},
    ),
    PersonalData(
        noun="messages and answers sent",
        export=sent_messages.export,
        erase=sent_messages.erase,
        merge=ledger.merge,
        on_left=NOTHING_UNFINISHED,
        moved=(outbox.c.writer_id,),
        kept={
            outbox.c.writer_id: "That a message brought something, without what it said.",
            outbox.c.key: "A number that makes a message one of its kind, without a name.",
            outbox.c.target: "The key of the message that was changed.",
            outbox.c.subject: "A number by which it is asked whether a message still holds.",
            outbox.c.message: "A project's card, in a channel of a cohort.",
            inbox.c.actor: "That the wish to be forgotten was answered; it goes after 60 days.",
            timers.c.key: "A number that makes a timer one of its kind; it goes after 60 days.",
            timers.c.subject: "A number by which timers are found; it goes after 60 days.",
            timers.c.payload: "The place of an undo, and the person a timer was for; it goes after 60 days.",
        },
    ),
    PersonalData(
        noun="names in the history",
        export="It holds who did what by a number, and no words of theirs.",
        erase=_erase_aliases,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Alias.person_id,),
        kept={Alias.person_id: "While an open report keeps an application of theirs."},
    ),
    PersonalData(
        noun="codes",
        export="A code is shown once, and only its digest is kept, for minutes.",
        erase=_erase_codes,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Code.person_id,),
    ),
    PersonalData(
        noun="roles",
        export="They are in the account, which is shown first.",
        erase=_erase_roles,
        merge=_merge_roles,
        on_left=NOTHING_UNFINISHED,
        joined=(Role.person_id,),
    ),
    PersonalData(
        noun="absences",
        export=_export_absence,
        erase=_erase_absence,
        merge=_merge_absence,
        on_left=NOTHING_UNFINISHED,
        moved=(Person.cover_id,),
    ),
    PersonalData(
        noun="countries of people",
        export=_export_country,
        erase=_erase_country,
        merge=_merge_country,
        on_left=NOTHING_UNFINISHED,
    ),
    PersonalData(
        noun="accounts",
        export="They are in the account, which is shown first.",
        erase=_erase_accounts,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Identity.person_id,),
    ),
)

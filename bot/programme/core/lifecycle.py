"""The lifecycles of the nouns: every allowed move, and how a noun is born, moved and changed.

Nothing else in the project adds a noun that has a lifecycle, or changes its status, dates, places or owner
(`tests/test_house.py`). Each of these is written into the history and announced; the caller returns the
actions that follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.actions import Action
from bot.chat.content import text
from bot.chat.local_day import Day, When
from bot.chat.routes import Declined
from bot.chat.sentences import Term
from bot.programme.core import dates, history
from bot.programme.core.changes import Begun, Changed, StatusChanged, WithStatus
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from storage.tables import (
    Application,
    Case,
    Channel,
    Company,
    Member,
    Mentor,
    Milestone,
    Person,
    Placement,
    Programme,
    Project,
    Space,
    Submission,
)
from storage.tables.values import TunedRule

__all__ = [
    "LIFECYCLES",
    "ask_date",
    "be_away",
    "begin",
    "can_move",
    "change",
    "change_each",
    "give_part",
    "keep_date",
    "move",
    "move_date",
    "placement_standing",
    "tune_rule",
    "verify_company",
]

PROJECT: Final = {
    "draft": {"review", "open", "discarded"},  # being written
    "review": {"open", "changes", "declined", "closed"},  # a coordinator looks at it
    "changes": {"review", "open", "discarded", "closed"},  # the coordinator asked for a change
    "open": {"closed"},  # announced; students can apply
    "closed": {"open"},  # no more applications; decisions may still be open
    "declined": set(),  # the coordinator said no
    "discarded": set(),  # thrown away before any reader saw it
}

APPLICATION: Final = {
    "admission": {"submitted", "withdrawn", "released"},  # complete; a closed cohort has to admit them
    "submitted": {"shortlisted", "offered", "not_selected", "withdrawn", "released"},
    "shortlisted": {"submitted", "offered", "not_selected", "withdrawn", "released"},
    "offered": {"accepted", "declined", "expired", "withdrawn", "released"},  # the student decides
    "accepted": {"withdrawn"},  # a placement represents it
    "declined": set(),  # the student said no to the offer
    "expired": {"offered", "not_selected", "released", "withdrawn"},  # the offer ran out
    "not_selected": set(),
    "withdrawn": {"admission", "submitted"},  # and applied again
    "released": {"offered"},  # the employer never answered in time; a place may still come late
}

PLACEMENT: Final = {
    "active": {"completed", "ended"},
    "completed": set(),  # all deliverables accepted
    "ended": set(),  # stopped early, with a reason
}

MILESTONE: Final = {
    "open": {"handed_in"},
    "handed_in": {"open", "accepted", "settled"},  # open again: changes were asked for
    "accepted": set(),
    "settled": {"accepted"},  # no answer came in time; it can still be reviewed for a while
}

SUBMISSION: Final = {
    "handed_in": {"accepted", "changes", "settled"},
    "accepted": set(),
    "settled": {"accepted"},  # not reviewed in time
    "changes": set(),  # asked for; the next version is another submission
}

MENTOR: Final = {
    "active": {"refused", "ended"},
    "refused": set(),  # by the student
    "ended": set(),  # given back, taken away, or over with the work
}

MEMBER: Final = {
    "asked": {"admitted", "refused"},  # a closed cohort admits them
    "admitted": set(),
    "refused": {"admitted", "asked"},  # a coordinator changed their mind; or asked by another account
}

CHANNEL: Final = {
    "new": {"active"},  # chosen, and not yet found ready
    "active": {"paused", "away"},
    "paused": {"active"},  # the bot cannot write there
    "away": {"active"},  # the bot has left the space
}

SPACE: Final = {
    "new": {"active", "paused"},  # being set up
    "active": {"paused"},
    "paused": {"active"},  # the bot is out of it
}

CASE: Final = {
    "open": {"ended", "withdrawn"},
    "ended": {"open"},  # by a coordinator, with what the person reads
    "withdrawn": {"open"},  # the person took it back
}

LIFECYCLES: Final[Mapping[type, tuple[str, Mapping[str, Collection[str]]]]] = {
    Project: ("status", PROJECT),
    Application: ("status", APPLICATION),
    Placement: ("status", PLACEMENT),
    Milestone: ("status", MILESTONE),
    Submission: ("status", SUBMISSION),
    Mentor: ("status", MENTOR),
    Member: ("state", MEMBER),
    Channel: ("state", CHANNEL),
    Space: ("state", SPACE),
    Case: ("status", CASE),
}
"""The column that holds a noun's status, and the moves that are allowed from each."""


def can_move(noun: WithStatus, to: str) -> bool:
    """Tell whether `noun` may go to status `to` from where it is."""
    column, moves = LIFECYCLES[type(noun)]
    return to in moves[getattr(noun, column)]


def begin(turn: Turn, row: WithStatus) -> list[Action]:
    """Store a noun that is born, and announce it."""
    turn.session.add(row)
    # Followers read by Core statements as well, and those do not flush the session.
    turn.session.flush()
    column, _ = LIFECYCLES[type(row)]
    history.record(turn, row, history.BIRTH, None, getattr(row, column))
    return turn.follow(Begun(row))


def move(turn: Turn, noun: WithStatus, to: str) -> list[Action]:
    """Put `noun` into status `to`, and announce it. What belongs to the new status is written before.

    Raises:
        Declined: the lifecycle does not allow it from where it is; says where it is.
    """
    column, _ = LIFECYCLES[type(noun)]
    before = getattr(noun, column)
    if not can_move(noun, to):
        raise Declined(
            text(
                "That cannot be done any more. Nothing was changed. Status now: {status}",
                status=status_term(noun, before),
            )
        )
    setattr(noun, column, to)
    turn.session.flush()
    history.record(turn, noun, history.STATUS, before, to)
    return turn.follow(StatusChanged(noun, before, to))


def change(turn: Turn, noun: WithStatus, **columns: Any) -> list[Action]:  # noqa: ANN401 - of any column
    """Write columns of a noun, such as dates, places or its owner, and announce those that are different."""
    return _change(turn, [noun], columns)


def change_each(turn: Turn, nouns: Sequence[WithStatus], **columns: Any) -> list[Action]:  # noqa: ANN401 - of any column
    """Write the same columns of several nouns, as `change` does, in one go."""
    return _change(turn, nouns, columns)


def move_date(turn: Turn, noun: WithStatus, name: dates.Name, date: When, code: str) -> list[Action]:
    """Move a date of a noun, as `change` does, for a reason as a code (`people/reason_codes.py`)."""
    return _change(turn, [noun], dates.columns(name, date), code)


def move_offer(turn: Turn, application: Application, until: datetime, code: str) -> list[Action]:
    """Let an offer be open until another instant (UTC), as `change` does, for a reason as a code."""
    return _change(turn, [application], {"offer_until": until}, code)


def _change(
    turn: Turn, nouns: Sequence[WithStatus], columns: Mapping[str, Any], code: str = ""
) -> list[Action]:
    changes: list[Changed] = []
    for noun in nouns:
        before = {name: was for name in columns if (was := getattr(noun, name)) != columns[name]}
        after = {name: columns[name] for name in before}
        for name, value in after.items():
            setattr(noun, name, value)
        if before:
            changes.append(Changed(noun, before, after))
    if changes:
        turn.session.flush()
    actions: list[Action] = []
    for made in changes:
        for what, was, now in history.changed_fields(turn, made.before, made.noun):
            history.record(turn, made.noun, what, was, now, code)
        actions += turn.follow(made)
    return actions


def give_part(turn: Turn, person: Person, company_id: int | None, part: str) -> None:
    """Give a person a part in a company (None: in none any more), and write it into the history.

    Parts are not announced: who acts for a company is looked up when it is said.
    """
    was, before = person.company_id, person.company_part
    person.company_id, person.company_part = company_id, part
    turn.session.flush()
    if was is not None and was != company_id:
        history.record_part(turn, person.id, was, before, history.LEFT)
    if company_id is not None and (was, before) != (company_id, part):
        history.record_part(turn, person.id, company_id, before if was == company_id else None, part)


def be_away(turn: Turn, person: Person, before: Day | None, until: Day | None, code: str = "") -> None:
    """Write the last day of an absence, None for its end, into the row and the history, with a reason's code.

    `before`: the last day of the absence so far. Absences are not announced: they are looked up.
    """
    person.away_until = until.date if until is not None else None
    turn.session.flush()
    history.record_absence(turn, person.id, person.company_id, before, until, code)


def verify_company(turn: Turn, company: Company, *, verified: bool) -> None:
    """Write that the person who acts verified a company, or that it is not verified any more.

    Verifications are not announced: they are read on the company's page.
    """
    if verified == (company.verified_at is not None):
        return
    company.verified_at = turn.now if verified else None
    company.verified_by_id = turn.person_id if verified else None
    turn.session.flush()
    before, after = ("unverified", "verified") if verified else ("verified", "unverified")
    history.record_verification(turn, company.id, before, after)


def tune_rule(
    turn: Turn, programme: Programme, rules: dict[str, TunedRule], rule_id: str, codes: tuple[str, str]
) -> None:
    """Write the rules of the scope check that a programme tuned, and of one what it did and does, as codes.

    Rules are not announced: a post is held against those of the moment.
    """
    programme.scope_rules = rules or None
    turn.session.flush()
    history.record_rule(turn, rule_id, *codes)


def ask_date(turn: Turn, milestone: Milestone, due: When, code: str = "") -> None:
    """Write into the history that a side asks for another date of a deliverable, and why, as a code."""
    agreed = history.written(dates.read(milestone, "due"))
    history.record(turn, milestone, history.ASKED, agreed, history.written(due), code)


def keep_date(turn: Turn, milestone: Milestone, due: When) -> None:
    """Write into the history that a side keeps the agreed date, and not the one that was asked for."""
    agreed = history.written(dates.read(milestone, "due"))
    history.record(turn, milestone, history.KEPT, agreed, history.written(due))


def placement_standing(placement: Placement, now: datetime) -> Term:
    """Return where a placement is: its status, or that it has not begun."""
    waits = placement.status == "active" and placement.starts_at > now
    return Term("not begun yet", "placement") if waits else status_term(placement, placement.status)

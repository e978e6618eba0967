"""Verified companies: a coordinator has looked that a company is what its page says.

The verification ends when the company's website or place is changed, and a task asks for it again.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import verify_company
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import require_role
from storage.tables import Company

__all__ = ["ROUTES", "page_changed", "way_to_verify"]


def way_to_verify(turn: Turn, company: Company) -> list[Button]:
    """Return a coordinator's button that verifies a company, or takes that back."""
    if "coordinator" not in turn.roles or turn.person.company_id == company.id:
        return []
    if company.verified_at is None:
        return [Button("Verify it", verbs.COMPANY_VERIFY(company.id), style="primary")]
    return [Button("Verified no more", verbs.COMPANY_UNVERIFY(company.id))]


def page_changed(turn: Turn, company: Company, *, facts: bool) -> list[Action]:
    """Ask the coordinators to verify a company whose page was written; `facts`: what they verify is new."""
    if facts and company.verified_at is not None:
        verify_company(turn, company, verified=False)
    if company.verified_at is not None or not (company.about or company.website or company.place):
        return []
    return tasks.open_task(
        turn,
        keys.VERIFY_TASK(company.id),
        "verify",
        subjects.COMPANY(company.id),
        text("**{company}** has written its page.", company=company.name),
        note("If you know that the company, its website and its place are what it says, verify it."),
        Buttons(
            (
                Button("Verify it", verbs.COMPANY_VERIFY(company.id), style="primary"),
                Button("See its page", verbs.COMPANY_SHOW(company.id)),
            )
        ),
    )


def _company_of(turn: Turn, company_id: int) -> Company:
    """Return the company that a coordinator verifies.

    Raises:
        Declined: the person is no coordinator, there is no such company, or they work for it.
    """
    require_role(turn, "coordinator")
    found = turn.session.get(Company, company_id)
    if found is None or found.programme_id != turn.programme_id:
        raise Declined("I cannot find that company. `/employer list` shows the companies.")
    if turn.person.company_id == found.id:
        raise Declined(
            text("You work for {company}, so another coordinator has to verify it.", company=found.name)
        )
    return found


def _verify_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    company = _company_of(turn, verbs.COMPANY_VERIFY.read(event).company)
    verify_company(turn, company, verified=True)
    tasks.close_task(turn, keys.VERIFY_TASK(company.id))
    said = text("**{company}** is verified. Its page says that you verified it.", company=company.name)
    undo = Buttons((Button("Verified no more", verbs.COMPANY_UNVERIFY(company.id)),))
    return [Reply(message(said, undo), settles=True)]


def _unverify_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    company = _company_of(turn, verbs.COMPANY_UNVERIFY.read(event).company)
    verify_company(turn, company, verified=False)
    said = text("**{company}** is not verified any more.", company=company.name)
    again = Buttons((Button("Verify it", verbs.COMPANY_VERIFY(company.id)),))
    return [Reply(message(said, again), replace=True)]


ROUTES: Final = Routes(
    buttons={verbs.COMPANY_VERIFY: _verify_pressed, verbs.COMPANY_UNVERIFY: _unverify_pressed}
)

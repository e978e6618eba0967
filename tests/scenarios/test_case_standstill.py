"""A case holds everything that is asked about its application, and what was not asked comes after its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.events import ButtonPressed, CommandUsed
from bot.programme import ROUTES
from bot.programme.core import subjects, verbs
from bot.programme.notifications import waits
from storage.database import UnitOfWork
from storage.tables import Case, CheckIn, Milestone, Placement, TermsOffer, Wait, outbox
from tests.scenarios.test_placement_times import sent_to
from tests.scenarios.test_project_changes import edit
from tests.support.cases import MARKER, AnyStage, at_work, closes, confides, opens
from tests.support.platform_events import tell, tell_button
from tests.support.projects import turn_of
from tests.support.stage import Stage

ELSEWHERE: Final = {
    "approval": "a post that is not published has no application",
    "admission": "a student who is admitted to a cohort",
    "applicants": "a project without any application",
    "case": "the case itself",
}
"""Kinds of waits that hang on no application, each with what they hang on."""

OF_APPLICATION: Final = {
    "answer": (subjects.APPLICATION(1), subjects.PROJECT(1)),
    "offer": (subjects.APPLICATION(1), subjects.APPLICATION(1)),
    "question": (subjects.LETTER(1), subjects.APPLICATION(1)),
    "hand_in": (subjects.MILESTONE(1), subjects.PLACEMENT(1)),
    "review": (subjects.MILESTONE(1), subjects.PLACEMENT(1)),
    "date": (subjects.MILESTONE(1), subjects.PLACEMENT(1)),
    "kickoff": (subjects.PLACEMENT(1), subjects.PROJECT(1)),
    "check_in": (subjects.CHECK_IN(1), subjects.PLACEMENT(1)),
    "check_ins": (subjects.CHECK_IN(2), subjects.PROJECT(1)),
}
"""A wait of each kind that hangs on the first application or its placement: its subject and about."""


def test_every_kind_of_wait_is_held_in_a_case_or_is_elsewhere() -> None:
    """A new kind has to say where it belongs."""
    assert set(ROUTES.waits) == set(OF_APPLICATION) | set(ELSEWHERE)


def _waiting(stage: AnyStage) -> dict[str, str]:
    """The waits that are not over, by kind, but those that hang on no application other than the case."""
    found = stage.rows(select(Wait.kind, Wait.state).where(Wait.state.in_(("open", "held"))))
    return {kind: state for kind, state in found if kind in OF_APPLICATION or kind == "case"}


async def test_no_clock_of_any_kind_runs(stage: Stage) -> None:
    """Each kind of wait is held or not waited for any more, and none of them has a timer."""
    await at_work(stage)

    def opened(work: UnitOfWork) -> None:
        placement = work.session.get_one(Placement, 1)
        for side in ("student", "employer"):
            asked = {"step": 1, "side": side, "asked_at": stage.clock.now()}
            work.session.add(CheckIn(programme_id=1, placement_id=1, person_id=placement.person_id, **asked))
            work.session.flush()
        turn = turn_of(work, now=stage.clock.now())
        for kind, (subject, about) in OF_APPLICATION.items():
            waits.end(turn, kind, subject, "dropped")
            waits.begin(turn, kind, subject, about, stage.clock.now() + timedelta(days=1))

    stage.database.transact_inline(opened)
    assert _waiting(stage) == dict.fromkeys(OF_APPLICATION, "open")
    await confides(stage, "Cora Lindqvist")
    not_waited_for = {"check_in", "check_ins"}  # an answer to a question from before is not waited for
    held = dict.fromkeys(set(OF_APPLICATION) - not_waited_for, "held")
    assert _waiting(stage) == {**held, "case": "open"}
    await stage.tick(hours=20)
    assert _waiting(stage) == {**held, "case": "open"}
    await opens(stage, "cora")
    await closes(stage, "cora")
    assert set(_waiting(stage).values()) == {"open"}


async def test_other_terms_are_asked_after_the_end(stage: Stage) -> None:
    """The employer notices nothing; the student is asked once, after the case, and not in the placement."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    ada, marta = stage.person("ada"), stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says("edit Fee")
    await marta.says("$500")
    await marta.presses("Save changes")
    assert "I am asking Ada Okafor to agree." in stage.screen("marta")
    await stage.tick(days=1)
    asks = "would like to change what you agreed on"
    await ada.uses("/placement")
    assert asks not in stage.screen("ada")
    await opens(stage, "cora")
    await closes(stage, "cora")
    assert "was closed on" in stage.screen("ada")
    assert asks not in stage.screen("ada")  # it comes with the next daily message
    await stage.tick(days=1)
    assert stage.screen("ada").count(asks) == 1
    await ada.presses("Agree")
    assert stage.rows(select(TermsOffer.state).order_by(TermsOffer.id.desc()))[0] == ("agreed",)


async def test_work_that_is_completed_in_a_case_is_closed_after_its_end(stage: Stage) -> None:
    """Neither side is asked for a line meanwhile; afterwards both are, and the closing message comes."""
    await at_work(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    for piece in ("1. A table of shops", "2. A one-page summary"):
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.presses(piece)
        await ada.fills({"About the work": "Done."})
    await confides(stage, "Cora Lindqvist")
    for piece in ("A table of shops", "A one-page summary"):
        await marta.uses("/placement")
        await marta.presses("Accept", on=piece)
    assert stage.rows(select(Placement.status)) == [("completed",)]
    assert "The work of Ada Okafor on Market map of repair shops is complete" in stage.screen("marta")
    await stage.tick(days=5)
    asks = "Would you like to say one line about it?"
    assert asks not in stage.screen("ada") + stage.screen("marta")
    assert sent_to(stage, "ada", "closing") == []
    await opens(stage, "cora")
    await closes(stage, "cora")
    assert asks not in stage.screen("ada") + stage.screen("marta")  # it comes with the next daily message
    await stage.tick(days=1)
    assert [stage.screen(each).count(asks) for each in ("ada", "marta")] == [1, 1]
    closing = select(outbox.c.key).where(outbox.c.key.like("closing:%"))
    assert stage.rows(closing) == []
    await stage.tick(days=3)
    assert len(stage.rows(closing)) == 1


async def test_the_end_of_a_case_is_read_in_the_morning(stage: Stage) -> None:
    """A coordinator closes it in the night of both sides, who read it awake; undone, it asks nothing."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    await edit(stage.person("marta"), "Fee", "$500")
    await stage.to(datetime(2026, 3, 11, 2, tzinfo=UTC))
    await opens(stage, "cora")
    await closes(stage, "cora", **{"To the other side": "Please go on with it."})
    for account in ("ada", "marta"):
        assert "You work with another" not in stage.screen(account)
        assert "Please go on with it." not in stage.screen(account)
    await stage.person("cora").presses("Undo")
    await stage.to(datetime(2026, 3, 11, 20, tzinfo=UTC))
    assert "would like to change what you agreed on" not in stage.screen("ada")
    await closes(stage, "cora", **{"To the other side": "Please go on with it."})
    await stage.tick(days=1)
    assert "You work with another company now." in stage.screen("ada")
    assert "Please go on with it." in stage.screen("marta")
    assert stage.screen("ada").count("would like to change what you agreed on") == 1


async def test_an_end_that_is_undone_moves_no_date(stage: Stage) -> None:
    """Dates that had moved are as before, and are on hold from when they were stopped."""
    await at_work(stage)
    before = stage.rows(select(Milestone.due_at).order_by(Milestone.id))
    await confides(stage, "Cora Lindqvist", notices="Stop their messages and all dates now")
    stopped = stage.rows(select(Case.stopped_at))
    await stage.tick(days=2, hours=1)
    await opens(stage, "cora")
    cora = stage.person("cora")
    await cora.presses("Close it")
    await cora.fills({"Your answer": "It is settled.", "To the other side": "Please go on."})
    assert stage.rows(select(Milestone.due_at).order_by(Milestone.id)) != before
    await cora.presses("Undo")
    assert stage.rows(select(Milestone.due_at).order_by(Milestone.id)) == before
    assert stage.rows(select(Case.stopped_at)) == stopped
    await stage.tick(hours=1)
    await closes(stage, "cora", **{"To the other side": "Please go on."})
    moved = stage.rows(select(Milestone.due_at).order_by(Milestone.id))
    assert [now - was for (was,), (now,) in zip(before, moved, strict=True)] == [timedelta(days=3)] * 2


async def test_a_reader_by_a_role_of_the_server_is_known_there_only(stage: Stage) -> None:
    """A direct message does not say whether the role is still there, so the case is read in the server."""
    await at_work(stage)
    await stage.person("cora").uses("/stint roles group:77 role:coordinator", "spring")
    stage.world.add_account("dee", "Dee Hall", "Europe/London")
    has = frozenset({"77"})
    await tell(stage, CommandUsed, "dee", path=("stint", "tasks"), groups=has)
    await confides(stage, "Dee Hall")
    show = verbs.CASE_SHOW(1)
    await tell_button(stage, "dee", show)
    assert "a direct message does not say whether you still have it" in stage.screen("dee")
    await tell(stage, ButtonPressed, "dee", action=show, groups=has)
    assert MARKER in stage.screen("dee", "spring")
    await tell(stage, ButtonPressed, "dee", action=show, groups=frozenset({"5"}))
    assert "I cannot find that case" in stage.screen("dee", "spring").rpartition(MARKER)[2]

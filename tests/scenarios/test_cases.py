"""A case: what is said before the first word, who reads it, and what each can do until its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.tables import Case, CaseLine, Company, HistoryRow, Task, Wait
from tests.support.cases import (
    MARKER,
    AnyStage,
    at_work,
    closes,
    confides,
    opens,
    people_who_got,
    tables_with,
)
from tests.support.every_stage import STAGES
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform with Ada at work for Marta; Cora and Jo are coordinators."""
    async with STAGES[request.param](tmp_path) as opened:
        await at_work(opened)
        yield opened


async def test_a_case_from_the_first_word_to_its_end(platform: AnyStage) -> None:
    """Only the coordinator who was left ticked reads it, answers, and closes it for both sides."""
    ada, cora, jo, marta = (platform.person(name) for name in ("ada", "cora", "jo", "marta"))
    before = jo.view(), marta.view()
    await ada.uses("/stint report")
    await ada.presses("Market map of repair shops")
    assert ada.sees("No one at Acme Maps does.")
    assert ada.sees("ask whether they have to pass it on")
    assert ada.sees("In danger, call 112, 911 or your local number.")
    await ada.presses("Write")
    answers = {
        "Who reads it": "Cora Lindqvist",
        "Your words": MARKER,
        "The other side": "They notice nothing",
    }
    await ada.fills(answers)
    assert ada.sees("You need not go on with it meanwhile, and nothing is counted against you.")
    assert ada.sees("I tell Acme Maps nothing of it.")
    assert cora.sees("Ada Okafor writes to you in confidence about Market map of repair shops.")
    assert not cora.sees(MARKER)
    await opens(platform, "cora")
    assert cora.sees(MARKER)
    await cora.presses("Note")
    await cora.fills({"Your words": "I ask the office first."})
    await cora.presses("Write", on="Case of")
    await cora.fills({"Your words": "I have read it. Are you safe?"})
    await opens(platform, "ada", "has written to you in confidence")
    assert ada.sees("I have read it. Are you safe?")
    assert not ada.sees("I ask the office first.")
    await ada.presses("Write", on="Your case about")
    await ada.fills({"Your words": "I am."})
    await opens(platform, "cora", "has written more in the case")
    assert cora.sees("I am.")
    await closes(platform, "cora", **{"To the other side": "Please speak with us about this."})
    assert ada.sees("You work with another company now.")
    assert marta.sees("Please speak with us about this.")
    assert not marta.sees("You work with another company now.")
    await marta.presses("Answer", on="Please speak with us about this.")
    await marta.fills({"Your words": "I did nothing of the kind."})
    await opens(platform, "cora", "The other side has answered")
    assert cora.sees("I did nothing of the kind.")
    assert not ada.sees("I did nothing of the kind.")
    assert jo.view() == before[0]
    assert MARKER not in marta.view()


@pytest.mark.soak
async def test_the_words_of_a_case_are_nowhere_else(
    platform: AnyStage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows of the case hold them, and answers to its person and the ticked coordinator; nothing else does."""
    await confides(platform, "Cora Lindqvist")
    await opens(platform, "ada", "On its way to")
    await opens(platform, "cora")
    for name in ("jo", "marta", "cora"):
        for line in ("/stint tasks", "/placement 1", "/stint help", "/stint cases", "/project list"):
            await platform.person(name).uses(line)
        await platform.person(name).uses("/profile")
        await platform.person(name).presses("Show my data")
    await platform.tick(days=3)
    assert tables_with(platform, MARKER) <= {"case_lines.text", "inbox.answer", "outbox.message"}
    assert people_who_got(platform, MARKER) <= {"Ada Okafor", "Cora Lindqvist"}
    for name in ("jo", "marta"):
        assert MARKER not in platform.person(name).view()
        assert not platform.person(name).sees("writes to you in confidence")
    assert MARKER not in "".join(capsys.readouterr())


@pytest.mark.soak
async def test_what_no_one_else_may_reach(stage: Stage) -> None:
    """A coordinator who is not ticked, the company and another student press every button of it in vain."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    forged = [
        *("case-show:1", "case-show:1:0", "case-write:1:said", "case-write:1:note", "case-write:1:answer"),
        *("case-end:1", "case-again:1", "case-back:1", "case-back-yes:1", "case-readers:1", "case-stop:1"),
        *("case-go-on:1", "case-paused:1", "form-open:case-line:1-said:0", "form-open:case-end:1:0"),
        *("form-open:case-readers:1:0", "form-open:case-line:1-note:0"),
    ]
    for name in ("jo", "marta", "ben"):
        for action in forged:
            await tell_button(stage, name, action)
            assert stage.person(name).form is None, action
        assert MARKER not in stage.screen(name)
    assert stage.rows(select(Case.status).where(Case.stopped.is_(False))) == [("open",)]
    assert stage.rows(select(CaseLine.id)) == [(1,)]


@pytest.mark.soak
async def test_no_list_history_or_task_leads_to_it(tmp_path: Path) -> None:
    """Neither the staff channel, tasks, a count nor the history of its placement has a trace of a case."""
    staff = {"staff_place": "terminal/channel/riverside/staff"}
    async with open_stage(tmp_path, programme=staff) as stage:
        stage.world.add_channel("staff", "staff", frozenset({"cora", "jo"}))
        await at_work(stage)
        await confides(stage, "Cora Lindqvist")
        jo = stage.person("jo")
        for line in ("/stint tasks", "/stint history placement 1", "/stint history market", "/stint cases"):
            await jo.uses(line)
        await stage.tick(days=4)
        for place in ("", "staff"):
            assert "in confidence" not in stage.screen("jo", place)
        assert "There is no case that you opened or read." in stage.screen("jo")
        rows = stage.rows(select(HistoryRow.parent).where(HistoryRow.subject == "case:1"))
        assert rows == [("",)]
        assert stage.rows(select(Task.id).where(Task.subject.startswith("case"))) == []


async def test_no_coordinator_is_added_when_no_answer_comes(platform: AnyStage) -> None:
    """The ticked one is asked every day; the student hears once, and can choose another one."""
    ada, cora, jo = (platform.person(name) for name in ("ada", "cora", "jo"))
    await confides(platform, "Cora Lindqvist")
    before = jo.view()
    await platform.tick(days=2)
    assert cora.sees("Ada Okafor still waits for your answer, in confidence")
    assert ada.sees("I am sorry: you have no answer yet in your case.")
    await platform.tick(days=2)
    assert cora.sees("It has waited for an answer for")
    assert ada.view().count("you have no answer yet in your case") == 1
    assert jo.view() == before
    await ada.presses("Change who reads it")
    await ada.fills({"Who reads it": "Jo Park"})
    assert jo.sees("Ada Okafor lets you read a case about Market map of repair shops.")
    await opens(platform, "jo", "lets you read a case")
    assert jo.sees(MARKER)
    await cora.presses("Open the case", on="writes to you in confidence")
    assert cora.sees("I cannot find that case.")
    assert platform.rows(select(Wait.state).where(Wait.kind == "case")) == [("open",)]


async def test_the_only_reader_goes_away_or_is_no_coordinator_any_more(stage: Stage) -> None:
    """The student reads so at once and is asked who else may read it; no cover is let in."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    ada, cora, jo = (stage.person(name) for name in ("ada", "cora", "jo"))
    await cora.uses("/away")
    await cora.fills({"Away until": "2026-03-20", "Cover": "@jo"})
    assert "Cora Lindqvist is away until Fri 20 March" in stage.screen("ada")
    assert "and no other coordinator reads your case: no answer may come before." in stage.screen("ada")
    await ada.presses("Change who reads it")
    await ada.fills({"Who reads it": "Jo Park"})
    await jo.uses("/stint coordinator @jo remove:yes")
    assert "Jo Park can no longer read your case, and no other coordinator does." in stage.screen("ada")
    assert "Who else may read it?" in stage.screen("ada")
    await tell_button(stage, "jo", "case-show:1")
    assert MARKER not in stage.screen("jo")


async def test_where_there_is_no_reader_the_truth_is_said(stage: Stage) -> None:
    """A coordinator who wrote the message, or who is of the company, cannot be ticked; others can help."""
    await posted(stage, "ada")
    cora, ada = stage.person("cora"), stage.person("ada")
    await cora.uses("/stint settings")
    await cora.presses("Help and confidence")
    await cora.fills(
        {"Safety contacts": "Campus safety, 555 0100", "Passed on to": "Harassment: Title IX office"}
    )
    await cora.uses("/applicants 1")
    await cora.chooses("Ada Okafor")
    await cora.presses("Write to the student")
    await cora.fills({"Your message": "You are the problem."})
    await ada.presses("Talk to a coordinator", on="You are the problem.")
    shown = stage.screen("ada").rpartition("Talk to a coordinator\n")[2]
    assert "There is no coordinator here who could read this in confidence." in shown
    assert "Outside this programme you can reach: Campus safety, 555 0100" in shown
    make_coordinator(stage, "jo")
    await ada.presses("Talk to a coordinator", on="You are the problem.")
    shown = stage.screen("ada").rpartition("Talk to a coordinator\n")[2]
    assert "They may have to pass it on: Harassment: Title IX office" in shown
    assert "Jo Park" in shown
    assert "Cora" not in shown
    await ada.presses("Write")
    await ada.fills({"Who reads it": "Jo Park", "Your words": MARKER})
    assert MARKER not in stage.screen("cora")
    await tell_button(stage, "cora", "case-show:1")
    assert MARKER not in stage.screen("cora")
    await opens(stage, "jo")
    assert "You are the problem." in stage.screen("jo")


async def test_a_case_is_taken_back_and_opened_again(stage: Stage) -> None:
    """Its readers can no longer open it; for 14 days it can be opened again, then its words are erased."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist", "Jo Park")
    ada = stage.person("ada")
    await opens(stage, "ada", "On its way to")
    await ada.presses("Take it back")
    await ada.presses("Take it back", on="what they have read they know")
    await stage.tick(hours=5)  # it is night in New York
    assert "Ada Okafor has taken back the case" in stage.screen("jo")
    await opens(stage, "jo")
    assert MARKER not in stage.screen("jo")
    await ada.presses("Open it again")
    assert "The case of Ada Okafor about Market map of repair shops is open again." in stage.screen("jo")
    await opens(stage, "jo", "is open again")
    assert MARKER in stage.screen("jo")
    await ada.presses("Take it back")
    await ada.presses("Take it back", on="what they have read they know")
    await stage.tick(days=15)
    assert stage.rows(select(CaseLine.text)) == [("",)]
    await tell_button(stage, "ada", "case-again:1")
    assert "A case can be opened again within 14 days of its end." in stage.screen("ada")


async def test_an_end_can_be_undone_before_it_is_read(stage: Stage) -> None:
    """What each side would read is not sent, and the clocks are stopped again."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    await opens(stage, "cora")
    cora = stage.person("cora")
    await cora.presses("Close it")
    await cora.fills({"Your answer": "It is settled.", "To the other side": "It is settled with you."})
    await cora.presses("Undo")
    await stage.tick(hours=1)
    assert "It is settled." not in stage.screen("ada")
    assert "It is settled with you." not in stage.screen("marta")
    assert stage.rows(select(Case.status).where(Case.answer == "")) == [("open",)]


async def test_trust_in_the_company_ends_and_why_is_not_said(stage: Stage) -> None:
    """No task and no word for other coordinators; it cannot be given again while the case is open."""
    await at_work(stage)
    trusted = update(Company).values(trusted_at=stage.clock.now())
    stage.database.transact_inline(lambda work: work.session.execute(trusted))
    await confides(stage, "Cora Lindqvist")
    assert stage.rows(select(Company.trusted_at).where(Company.name == "Acme Maps")) == [(None,)]
    await stage.person("jo").uses("/stint tasks")
    assert "trusted no more" not in stage.screen("jo")
    await tell_button(stage, "jo", "company-trust:1")
    assert "Acme Maps cannot be trusted for now: its trust has ended by itself." in stage.screen("jo")


async def test_a_case_is_found_again_from_help_and_the_list(stage: Stage) -> None:
    """A second press leads to the open case; help counts it for both, and each finds it in the list."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.uses("/placement")
    await ada.presses("Talk to a coordinator", on="Placement #1")
    assert "You have an open case about this already." in stage.screen("ada")
    await ada.uses("/stint report")
    await ada.presses("My cases")
    await cora.uses("/stint help")
    await cora.presses("Case (1)")
    for person in (ada, cora):
        await person.presses("Open the case", on="Cases")
    assert MARKER in stage.screen("cora")
    assert "[Talk to a coordinator]" in stage.screen("ada").rpartition("If something is unclear")[2]

"""Applying, from Apply to an answer, as the people at the terminal live through it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.answers import FileRef
from storage.tables import Application, Cohort, Member, Project, Role, conversations, outbox
from storage.tables import Person as PersonRow
from storage.tables.values import OwnQuestion
from tests.support.projects import DEADLINE, DECIDE, post, set_columns, statuses
from tests.support.stage import MONDAY, Stage

WHY = "I like maps and I have time in April."


async def apply(person: ScriptedUser, *more: str, why: str = WHY) -> None:
    """Press Apply on the newest card, answer, and send."""
    await person.presses("Apply")
    await person.says(why)
    await person.presses("Skip")
    await person.says("yes")
    for answer in more:
        await person.says(answer)
    await person.presses("Send application")


def column(stage: Stage, which: InstrumentedAttribute[Any]) -> list[Any]:
    """One column of the applications, oldest first."""
    return [value for (value,) in stage.rows(select(which).order_by(Application.id))]


@pytest.mark.soak
async def test_apply_in_the_channel_goes_on_in_the_dm_and_ends_with_a_receipt(stage: Stage) -> None:
    """The channel's answer is for the student alone; the receipt says what happens next and by when."""
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    assert "I sent you a direct message" in stage.screen("ada", "spring")
    assert "direct message" not in stage.screen("ben", "spring")
    dm = stage.screen("ada")
    assert "will read your answers" in dm
    assert "180 days" in dm
    assert "You can delete the draft at any time" in dm
    assert "Why this project?" in dm
    await ada.says(WHY)
    await ada.presses("Skip")
    assert "about 20 hours between" in stage.screen("ada")
    await ada.says("yes")
    await ada.presses("Send application")
    dm = stage.screen("ada")
    assert "Your application to Market map of repair shops is sent." in dm
    assert "Acme Maps promises an answer by Tue 24 March 2026, 09:00 (Europe/Berlin)" in dm
    assert "[Back to the project]" in dm
    assert statuses(stage) == ["submitted"]


@pytest.mark.soak
async def test_the_employer_reads_of_applications_once_a_day(stage: Stage) -> None:
    """Two applications of one day are one message to the employer, each with its button."""
    await post(stage, places=2)
    await apply(stage.person("ada"))
    await apply(stage.person("ben"))
    await stage.tick(days=1)
    marta = stage.screen("marta")
    assert marta.count("things for you today") == 1
    assert "[Read: Ada Okafor]" in marta
    assert "[Read: Ben Castillo]" in marta


@pytest.mark.soak
async def test_a_second_application_is_refused_kindly(stage: Stage) -> None:
    """Applying again says that one is there and in which state; nothing begins."""
    project_id = await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await ada.uses(f"/apply {project_id}")
    assert "You have already applied to Market map of repair shops. Your application: sent." in stage.screen(
        "ada"
    )
    assert len(stage.rows(select(Application.id))) == 1


async def test_apply_without_an_argument_offers_what_is_open(stage: Stage) -> None:
    """The picker holds the open projects the student has not applied to; choosing one begins."""
    await post(stage, title="Interview five shop owners")
    await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await ada.uses("/apply")
    assert "[Open projects: Interview five shop owners]" in stage.screen("ada")
    await ada.chooses("Interview five shop owners")
    assert "Why this project?" in stage.screen("ada")
    assert len(stage.rows(select(conversations.c.id))) == 2


@pytest.mark.soak
async def test_apply_finds_a_project_by_words(stage: Stage) -> None:
    """Words of the title are enough when one project has them; an answer says when no project has."""
    await post(stage)
    ada = stage.person("ada")
    await ada.uses("/apply repair shops")
    assert "Why this project?" in stage.screen("ada")
    await ada.uses("/apply rocket science")
    assert "I found no open project by that title or company." in stage.screen("ada")


@pytest.mark.soak
async def test_the_employers_own_questions_are_asked(stage: Stage) -> None:
    """Text, choice, link and file questions of the employer's come after ours, shown as they are written."""
    questions = [
        OwnQuestion("choice", "Which *day* suits?", "day", ("Monday", "Friday")),
        OwnQuestion("link", "A link to your work", "site"),
    ]
    await post(stage, questions=questions)
    ada = stage.person("ada")
    await apply(ada, "friday", "https://example.org/ada")
    assert "Which *day* suits?" in stage.screen("ada")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    screen = stage.screen("marta")
    assert "Which *day* suits?\nFriday" in screen
    assert "https://example.org/ada" in screen
    assert WHY in screen


@pytest.mark.soak
async def test_earlier_answers_are_offered(stage: Stage) -> None:
    """What was written for another project is offered where the same is asked."""
    await post(stage, title="Interview five shop owners")
    await apply(stage.person("ada"))
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on="Market map of repair shops")
    assert "Last time" in stage.screen("ada")
    await ada.presses("Use this")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    first, second = column(stage, Application.answers)
    assert first[0].value == second[0].value == WHY


@pytest.mark.soak
async def test_late_is_refused_with_similar_projects(stage: Stage) -> None:
    """After the deadline Apply says when it was, and shows what is open and alike."""
    project_id = await post(stage)
    await stage.to(DEADLINE + timedelta(minutes=1))
    await post(stage, title="Map of bike shops", deadline_at=DEADLINE + timedelta(days=9))
    ada = stage.person("ada")
    await ada.uses(f"/apply {project_id}")
    screen = stage.screen("ada")
    assert (
        "Applications for Market map of repair shops closed on Thu 19 March 2026, 09:00 (Europe/Berlin)"
        in screen
    )
    assert "Map of bike shops" in screen
    assert statuses(stage) == []


@pytest.mark.soak
async def test_a_draft_begun_in_time_may_be_sent_for_half_an_hour(stage: Stage) -> None:
    """The review is sent 29 minutes after the deadline, and the application counts."""
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says(WHY)
    await stage.to(DEADLINE + timedelta(minutes=25))
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert statuses(stage) == ["submitted"]


@pytest.mark.soak
async def test_after_the_late_minutes_the_drafts_owner_hears_once(stage: Stage) -> None:
    """Past them the draft ends: its owner hears once, with similar projects; sending is not possible."""
    await post(stage, title="Map of bike shops", deadline_at=DEADLINE + timedelta(days=3), decide_at=DECIDE)
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on="Market map of repair shops")
    await ada.says(WHY)
    await stage.to(DEADLINE + timedelta(minutes=31))
    screen = stage.screen("ada")
    assert screen.count("so your application was not sent") == 1
    assert "Map of bike shops" in screen.partition("so your application was not sent")[2]
    assert statuses(stage) == []
    assert [state for (state,) in stage.rows(select(conversations.c.state))] == ["cancelled"]


@pytest.mark.soak
async def test_a_draft_is_spoken_of_once_before_the_deadline(stage: Stage) -> None:
    """A week of silence leaves the draft; one reminder comes before the deadline, and leads back to it."""
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says(WHY)
    await stage.to(DEADLINE - timedelta(hours=1))
    screen = stage.screen("ada")
    assert screen.count("is not sent yet. It can be sent until Thu 19 March 2026, 09:00 (Europe/Berlin)") == 1
    await ada.presses("Go on with it")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert statuses(stage) == ["submitted"]


@pytest.mark.soak
async def test_a_sent_draft_is_not_spoken_of(stage: Stage) -> None:
    """No student is reminded of what they have sent."""
    await post(stage)
    await apply(stage.person("ada"))
    await stage.to(DEADLINE - timedelta(minutes=1))
    assert "is not sent yet" not in stage.screen("ada")


@pytest.mark.soak
async def test_mine_lists_status_and_next_date(stage: Stage) -> None:
    """`/applications` shows a draft and a sent application, each with what comes next."""
    await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await post(stage, title="Interview five shop owners")
    await ada.presses("Apply", on="Interview five shop owners")
    await ada.uses("/applications")
    last = stage.screen("ada").rpartition("Your applications")[2]
    assert "Interview five shop owners · Acme Maps\nNot sent yet. It can be sent until" in last
    assert "answered by Tue 24 March 2026, 09:00 (Europe/Berlin) at the latest." in last
    assert "[Write to the employer] [Talk to a coordinator] [Withdraw]" in last


async def test_withdrawing_is_asked_twice_and_deletes_the_answers(stage: Stage) -> None:
    """Withdraw says what goes, and then the answers are gone and the employer hears nothing of it."""
    await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    assert "Your answers are deleted and cannot be brought back." in stage.screen("ada")
    await ada.presses("Withdraw it")
    assert statuses(stage) == ["withdrawn"]
    (answers,) = column(stage, Application.answers)
    assert [answer.value for answer in answers] == [None, None]
    await stage.tick(days=1)
    assert "Ada" not in stage.screen("marta")


@pytest.mark.soak
async def test_the_employer_reads_of_a_withdrawal_they_knew_of(stage: Stage) -> None:
    """Once the employer has read of an application, they read that it was withdrawn."""
    await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await stage.tick(days=1)
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    await ada.presses("Withdraw it")
    await stage.tick(days=1)
    assert "Ada Okafor withdrew the application" in stage.screen("marta")


@pytest.mark.soak
async def test_who_withdrew_may_apply_again(stage: Stage) -> None:
    """There is one application per student and project, ever; a withdrawn one is sent again."""
    await post(stage)
    ada = stage.person("ada")
    await apply(ada)
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    await ada.presses("Withdraw it")
    await apply(ada, why="I changed my mind: I do have the time.")
    assert statuses(stage) == ["submitted"]


async def test_a_closed_cohort_sends_once_the_coordinator_admits(stage: Stage) -> None:
    """The draft starts, waits complete for admission, and is sent by it; the student reads of both."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    assert "closed cohort" in stage.screen("ada", "spring")
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert "It is sent as soon as a coordinator admits you to Spring 26" in stage.screen("ada")
    assert statuses(stage) == ["admission"]
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Admit")
    assert statuses(stage) == ["submitted"]
    assert (
        "Your application to Market map of repair shops is sent now that you are admitted."
        in stage.screen("ada")
    )


async def test_answers_are_erased_when_their_time_is_over(stage: Stage) -> None:
    """180 days after the project is over the answers are gone from the application and the draft."""
    await post(stage)
    await apply(stage.person("ada"))
    await stage.to(DECIDE + timedelta(days=150))
    assert column(stage, Application.answers)[0][0].value == WHY
    await stage.to(DECIDE + timedelta(days=210))
    assert [answer.value for answer in column(stage, Application.answers)[0]] == [None, None]
    assert WHY not in str(stage.rows(select(conversations.c.draft)))
    assert WHY not in str(stage.rows(select(outbox.c.message)))


async def test_a_project_closed_early_tells_who_had_a_draft(stage: Stage) -> None:
    """Closing ends the drafts with a word to their owners; sent applications keep their promise."""
    project_id = await post(stage)
    await apply(stage.person("ben"))
    ada = stage.person("ada")
    await ada.presses("Apply", on="Market map of repair shops")
    marta = stage.person("marta")
    await marta.uses(f"/project close {project_id}")
    if "[Close it]" in stage.screen("marta"):
        await marta.presses("Close it")
    assert [status for (status,) in stage.rows(select(Project.status))] == ["closed"]
    assert "was closed before you sent your application" in stage.screen("ada")
    await stage.tick(days=1)
    assert "is closed. One applicant waits for your answer" in stage.screen("marta")


@pytest.mark.soak
async def test_a_newcomer_joins_the_open_cohort_by_applying(stage: Stage) -> None:
    """A person new presses Apply in the channel: they are a student of the cohort, and asked at once."""
    stage.world.add_account("dan", "Dan Osei", "Europe/London")
    await post(stage)
    dan = stage.person("dan")
    await apply(dan)
    assert statuses(stage) == ["submitted"]
    joined = select(Member.state).join(PersonRow, PersonRow.id == Member.person_id)
    assert stage.rows(joined.where(PersonRow.name == "Dan Osei")) == [("admitted",)]
    roles = select(Role.role).join(PersonRow, PersonRow.id == Role.person_id)
    assert stage.rows(roles.where(PersonRow.name == "Dan Osei")) == [("student",)]


async def test_only_a_changed_question_is_asked_again(stage: Stage) -> None:
    """When the hours change while a draft waits, the question about time is asked again, and no other."""
    project_id = await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await set_columns(stage, project_id, hours=35)
    await ada.says("resume")
    assert "about 35 hours" in stage.screen("ada").rpartition("ada: resume")[2]
    await ada.says("yes")
    await ada.presses("Send application")
    (answers,) = column(stage, Application.answers)
    assert [answer.name for answer in answers] == ["why", "time"]
    assert "about 35 hours" in answers[1].prompt


async def test_who_is_never_admitted_hears_why(stage: Stage) -> None:
    """Past the decision date an application that waited for admission ends with its own honest note."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await post(stage)
    await apply(stage.person("ada"))
    await stage.to(DECIDE + timedelta(days=3, minutes=1))
    assert statuses(stage) == ["released"]
    assert "no coordinator admitted you to its cohort" in stage.screen("ada")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    assert "Ada" not in stage.screen("marta")
    await stage.person("ada").uses("/applications")
    assert "It was not sent: no coordinator admitted you" in stage.screen("ada")


@pytest.mark.soak
async def test_who_is_not_admitted_hears_it(stage: Stage) -> None:
    """A coordinator's no ends the application that waited for it, with a word to the student."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await post(stage)
    await apply(stage.person("ada"))
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Do not admit")
    assert statuses(stage) == ["released"]
    assert "could not be sent, because the coordinators did not admit you" in stage.screen("ada")


@pytest.mark.soak
async def test_a_file_is_given_to_its_reader_in_the_dm(stage: Stage, tmp_path: Path) -> None:
    """A file that came with an application is never shown in a channel, only in the employer's DM."""
    question = OwnQuestion("file", "Your sketch as a file", "cv")
    await post(stage, questions=[question])
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    sketch = tmp_path / "sketch.pdf"
    sketch.write_bytes(b"%PDF-1.7 a sketch")
    await ada.says("", files=(FileRef(str(sketch), "sketch.pdf", 17, "application/pdf"),))
    await ada.presses("Send application")
    marta = stage.person("marta")
    await marta.uses("/applicants", "spring")
    await marta.presses("Read one by one")
    assert "sketch.pdf" not in stage.screen("marta", "spring")
    assert "sketch.pdf" in stage.screen("marta")


async def test_no_employer_applies_to_their_own_company(stage: Stage) -> None:
    """An employer who presses Apply on a project of their own reads where its applicants are."""
    project_id = await post(stage)
    await stage.person("marta").presses("Apply")
    assert f"/applicants {project_id} shows who did" in stage.screen("marta", "spring")
    assert stage.rows(select(conversations.c.id)) == []


@pytest.mark.soak
async def test_who_is_at_it_hears_at_once_that_the_time_is_over(stage: Stage) -> None:
    """At night a person who just wrote reads it now; a person asleep when their quiet hours end."""
    night = MONDAY + timedelta(hours=16)  # 01:00 in Berlin
    await post(stage, deadline_at=night, decide_at=DECIDE)
    stage.world.add_account("dee", "Dee Newcomer", "Europe/Berlin")
    await stage.person("dee").presses("Apply")
    await stage.to(night - timedelta(minutes=10))
    await stage.person("ada").presses("Apply")
    await stage.to(night + timedelta(minutes=31))
    assert "so your application was not sent" in stage.screen("ada")
    assert "so your application was not sent" not in stage.screen("dee")
    await stage.tick(hours=7)
    assert "so your application was not sent" in stage.screen("dee")


async def test_a_draft_that_was_closed_leads_to_a_new_one_where_there_is_time_again(stage: Stage) -> None:
    """Its old buttons say that it was closed at the deadline of that time, and begin another."""
    project_id = await post(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says("I like maps, and I have time in April.")
    await stage.tick(days=14)
    await ada.presses("Skip")
    assert "Nothing was changed." in stage.screen("ada")
    later = {"deadline_at": DEADLINE + timedelta(days=21), "decide_at": DECIDE + timedelta(days=21)}
    await set_columns(stage, project_id, status="open", **later)
    await ada.presses("Skip")
    assert "You can apply again now" in stage.screen("ada")
    await ada.presses("Apply again")
    assert "1 of" in stage.screen("ada")

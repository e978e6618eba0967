"""`/stint history` and the line “What happened”, as student, employer and coordinator read them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import delete, select

from bot.chat.events import Suggest
from bot.chat.language import as_text
from storage.database import UnitOfWork
from storage.tables import Company, HistoryRow, Person, Programme
from tests.support.every_stage import STAGES
from tests.support.projects import posted, project_row
from tests.support.stage import MONDAY, Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

TITLE = "Market map of repair shops"
NOTHING = "I find no history by that name that you could read."


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with Ada shortlisted and offered Marta's place, which she accepted; Ben waits."""
    async with STAGES[request.param](tmp_path) as opened:
        await lived(opened)
        yield opened


async def lived(platform: AnyStage) -> None:
    """Live through an application, from its post to a placement."""
    await posted(platform, "ada", "ben")
    marta = platform.person("marta")
    for way in ("Shortlist", "Make an offer"):
        await marta.uses("/applicants 1")
        await marta.chooses("Ada Okafor")
        await marta.presses(way)
    await platform.tick(minutes=3)
    await platform.person("ada").presses("Accept")


def screen_of(stage: Stage, who: str) -> str:
    """The newest message that the bot sent a person."""
    return stage.screen(who).rpartition("bot: ")[2]


async def reads(platform: AnyStage, who: str, what: str) -> Any:  # noqa: ANN401 - an Actor
    """A person asks for a history."""
    person = platform.person(who)
    await person.uses(f"/stint history {what}")
    return person


async def test_each_reader_sees_what_they_could_see_then(platform: AnyStage) -> None:
    """The employer reads of the shortlist and the student does not; a stranger to it learns nothing."""
    marta = await reads(platform, "marta", "application 1")
    assert marta.sees("The application was put on the shortlist. (you)")
    assert marta.sees("The offer was accepted. (Ada Okafor)")
    ada = await reads(platform, "ada", "application 1")
    assert ada.sees("A place was offered. (the employer's decision)")
    assert ada.sees("The offer was accepted. (you)")
    assert not ada.sees("shortlist")
    for who in ("ben", "jo"):
        assert (await reads(platform, who, "application 1")).sees(NOTHING)
    assert (await reads(platform, "cora", "application 1")).sees("put on the shortlist. (Marta Ruiz)")


async def test_what_happened_leads_to_the_whole(platform: AnyStage) -> None:
    """The placement's card says the newest in a line; its button shows all of it, and leads on."""
    ada = platform.person("ada")
    await ada.uses("/placement")
    assert ada.sees("The placement was set up. (you)")
    await ada.presses("See the history")
    assert ada.sees("History: Ada Okafor · Market map of repair shops")
    await ada.presses("History of the application")
    assert ada.sees("A place was offered.")
    await ada.presses("History of the project")
    assert ada.sees("The project was published.")
    await ada.presses("See the project")
    assert ada.sees("Applications are closed.") or ada.sees("Apply by")


async def test_it_is_found_by_title_name_link_and_number(stage: Stage) -> None:
    """Words of a title, a student's name, the employer's page, a bare number, a noun and its number."""
    await lived(stage)
    marta = stage.person("marta")
    for typed in ("market", "#1", "1", "project 1", "Project #1"):
        await marta.uses(f"/stint history {typed}")
        assert screen_of(stage, "marta").startswith(f"History: {TITLE}\n")
    await marta.uses("/stint history okafor")
    assert screen_of(stage, "marta").startswith(f"History: Ada Okafor · {TITLE}\n")
    await marta.uses("/stint history placement 1")
    assert "The placement was set up." in screen_of(stage, "marta")
    for typed in ("project 99", "application x", "nothing of the kind", "company 1"):
        await marta.uses(f"/stint history {typed}")
        assert screen_of(stage, "marta").startswith(NOTHING)


async def test_without_words_it_asks_and_before_anything_it_says_when_it_begins(stage: Stage) -> None:
    """A person with several histories chooses; one who has none reads what begins it."""
    ben = stage.person("ben")
    await ben.uses("/stint history")
    assert "There is no history of yours yet." in screen_of(stage, "ben")
    await lived(stage)
    cora = stage.person("cora")
    await cora.uses("/stint history ada")
    await cora.chooses(f"Application: Ada Okafor · {TITLE}")
    assert "History: Ada Okafor" in screen_of(stage, "cora")
    await posted(stage, "ada")
    ada = stage.person("ada")
    await ada.uses("/stint history")
    assert "Whose history would you like to see?" in screen_of(stage, "ada")


async def test_the_list_to_choose_from_has_pages(stage: Stage) -> None:
    """With more histories than a choice holds, the older ones are a press away, and then the newer again."""
    await lived(stage)

    def many(work: UnitOfWork) -> None:
        marta = work.session.scalars(select(Person).where(Person.name == "Marta Ruiz")).one()
        for number in range(60):
            project_row(
                work, marta, MONDAY, title=f"Study {number:02}", deadline_at=MONDAY - timedelta(days=number)
            )

    await stage.database.transact(many)
    marta = stage.person("marta")
    await marta.uses("/stint history")
    assert "Study 23" in stage.screen("marta")
    assert "Study 24" not in stage.screen("marta")
    await marta.presses("Older")
    assert "Study 48" in screen_of(stage, "marta")
    await marta.presses("Older")
    await marta.chooses("Study 59")
    assert screen_of(stage, "marta").startswith(NOTHING)
    await marta.uses("/stint history")
    await marta.presses("Older")
    await marta.presses("Newer")
    await marta.chooses(TITLE)
    assert screen_of(stage, "marta").startswith(f"History: {TITLE}\n")


async def test_what_could_be_asked_for_is_suggested(stage: Stage) -> None:
    """Completion offers what the person may read, by title or by name; a newcomer gets nothing."""
    await lived(stage)
    stage.world.add_account("dan", "Dan Novak", "Europe/Prague", frozenset())
    of_ada = f"Application: Ada Okafor · {TITLE}"
    assert await suggested(stage, "marta", "market") == [("project 1", TITLE)]
    assert await suggested(stage, "marta", "Ada ok") == [("application 1", of_ada)]
    assert await suggested(stage, "ada", "market") == [("project 1", TITLE)]
    assert await suggested(stage, "ada", "") == [("application 1", of_ada)]
    assert await suggested(stage, "jo", "market") == []
    assert await suggested(stage, "dan", "market") == []
    assert ("project 1", TITLE) in await suggested(stage, "cora", "")


async def suggested(stage: Stage, who: str, typed: str) -> list[tuple[str, str]]:
    """What is offered to a person who has typed so far: what is taken, and how it is shown."""
    event = Suggest(
        id=f"s:{who}:{typed}",
        at=stage.clock.now(),
        actor=stage.world.user(who),
        place=stage.world.dm_of(who),
        path=("stint", "history"),
        option="subject",
        typed=typed,
    )
    found = (await stage.runtime.receive(event)).options
    return [(option.value, as_text(option.label)) for option in found]


@pytest.mark.soak
async def test_a_person_who_was_forgotten_has_no_name(stage: Stage) -> None:
    """The history stays as it was sealed; who they were cannot be read from it any more."""
    await lived(stage)
    ben, marta = stage.person("ben"), stage.person("marta")
    await ben.uses("/profile")
    await ben.presses("Forget me")
    await ben.presses("Yes, forget me")
    await marta.uses("/stint history application 2")
    assert screen_of(stage, "marta").startswith(f"History: a person who left · {TITLE}\n")
    assert "The application was withdrawn. (a person who left)" in screen_of(stage, "marta")
    assert "Ben" not in screen_of(stage, "marta")


async def test_a_link_is_the_projects_own_page(stage: Stage) -> None:
    """The address that a project names finds it; two projects of one page are kept apart."""
    await posted(stage, url="https://example.org/map")
    cora = stage.person("cora")
    await cora.uses("/stint history https://example.org/map")
    assert screen_of(stage, "cora").startswith(f"History: {TITLE}\n")
    await posted(stage, url="https://example.org/map", title="Another map")
    await cora.uses("/stint history https://example.org/map")
    assert "Several histories fit. Which one do you mean?" in screen_of(stage, "cora")
    await cora.chooses("Another map")
    assert screen_of(stage, "cora").startswith("History: Another map\n")


async def test_a_part_in_a_company_is_in_its_history(stage: Stage) -> None:
    """A coordinator reads who reviews for a company since when; its people read their own part."""
    cora, marta = stage.person("cora"), stage.person("marta")
    company = stage.rows(select(Company.name).where(Company.id == 1))[0][0]
    await cora.uses("/employer part @marta part:reviewer")
    await cora.uses(f"/stint history {company}")
    said = screen_of(stage, "cora")
    assert said.startswith(f"History: {company}\n")
    assert "Marta Ruiz: The part in the company is: reviewer (you)" in said
    await marta.uses("/stint history company 1")
    assert "The part in the company is: reviewer (Cora Lindqvist)" in screen_of(stage, "marta")
    await stage.person("jo").uses("/stint history company 1")
    assert screen_of(stage, "jo").startswith(NOTHING)


async def test_a_company_is_chosen_beside_its_projects(stage: Stage) -> None:
    """Words that a company and a project share lead to a choice, in which the company is called one."""
    await posted(stage, title="Acme Maps of shops")
    cora = stage.person("cora")
    await cora.uses("/employer part @marta part:reviewer")
    await cora.uses("/stint history Acme")
    assert "Several histories fit. Which one do you mean?" in screen_of(stage, "cora")
    await cora.chooses("Company: Acme Maps")
    assert screen_of(stage, "cora").startswith("History: Acme Maps\n")


@pytest.mark.soak
async def test_a_long_history_has_pages(stage: Stage) -> None:
    """As many entries as a screen holds, the newest first; the pages turn in place."""
    await lived(stage)
    marta = stage.person("marta")
    for _ in range(6):
        await marta.uses("/applicants 1")
        await marta.chooses("Ben Castillo")
        await marta.presses("Shortlist")
        await marta.presses("Take off the shortlist")
    await marta.uses("/stint history application 2")
    assert "1 to 8 of 12" in screen_of(stage, "marta")
    await marta.presses("Earlier")
    assert "9 to 12 of 12" in screen_of(stage, "marta")
    await marta.presses("Later")
    assert "1 to 8 of 12" in screen_of(stage, "marta")


@pytest.mark.soak
async def test_the_line_is_where_the_thing_is_shown(stage: Stage) -> None:
    """The project's page, the applicant's page and the list of applications say what happened last."""
    await lived(stage)
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    assert "What happened: Mon 9 March, 09:0" in screen_of(stage, "marta")
    assert "[See the history]" in screen_of(stage, "marta")
    await marta.uses("/project show 1")
    await marta.presses("More")
    assert "The project was published." in screen_of(stage, "marta")
    await ada.uses("/applications")
    assert f"What happened in {TITLE}: Mon 9 March, 09:0" in screen_of(stage, "ada")
    await ada.presses("See the history")
    assert screen_of(stage, "ada").startswith("History: Ada Okafor")


async def test_the_reason_of_another_date_is_its_writers_and_the_coordinators(platform: AnyStage) -> None:
    """The student asks for one for a kind of reason; the employer, who agrees, reads that they asked."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.presses("1. A table of shops")
    await ada.fills({"New date": "30 April 2026", "For the programme": "Exams or lectures"})
    await platform.tick(days=1)
    await marta.presses("Agree")
    for person in (ada, marta, cora):
        await person.uses("/stint history placement 1")
        assert person.sees("Deliverable 1: Another date was requested:")
        assert person.sees("Deliverable 1: The work is due by")
    assert ada.sees("The reason: Exams or lectures.")
    assert cora.sees("The reason: Exams or lectures.")
    assert not marta.sees("Exams or lectures")


EVERY_ROW = [
    ("project:1", "birth", None, "draft", ""),
    ("project:1", "status", "draft", "review", ""),
    ("project:1", "status", "review", "changes", ""),
    ("project:1", "status", "review", "declined", ""),
    ("project:1", "status", "draft", "discarded", ""),
    ("project:1", "status", "review", "closed", ""),
    ("project:1", "status", "changes", "closed", ""),
    ("project:1", "status", "open", "closed", ""),
    ("project:1", "status", "closed", "open", ""),
    ("project:1", "places", "1", "2", ""),
    ("project:1", "owner", "1", None, ""),
    ("project:1", "owner", None, "999", ""),
    ("project:1", "deadline", "2026-03-16 everywhere", "2026-03-18 everywhere", ""),
    ("project:1", "decide", "2026-03-16T10:00:00+00:00", "2026-03-18 Europe/Madrid", ""),
    ("project:1", "starts", "2026-03-16 Europe/Madrid", "2026-03-18 Europe/Madrid", ""),
    *(("application:1", "birth", None, after, "") for after in ("admission", "submitted")),
    ("application:1", "status", "admission", "submitted", ""),
    ("application:1", "status", "withdrawn", "submitted", ""),
    ("application:1", "status", "shortlisted", "submitted", ""),
    ("application:1", "status", "expired", "offered", ""),
    *(
        ("application:1", "status", "submitted", after, "")
        for after in ("declined", "expired", "not_selected", "withdrawn", "released")
    ),
    *(
        ("application:1", "status", "submitted", "released", reason)
        for reason in ("silence", "full", "overfull", "admission", "refused", "late")
    ),
    ("application:1", "offer", None, "2026-03-18T10:00:00+00:00", ""),
    ("placement:1", "status", "active", "completed", ""),
    *(("placement:1", "status", "active", "ended", reason) for reason in ("time", "plans", "work")),
    ("placement:1", "due", "2026-03-16 Europe/Madrid", "2026-03-18 Europe/Madrid", ""),
    *(
        ("milestone:1", what, "2026-03-16 Europe/Madrid", "2026-03-18 Europe/Madrid", reason)
        for what, reason in (
            ("due", "agreed"),
            ("kept", ""),
            *(("asked", each) for each in ("exams", "illness", "longer", "waiting", "other")),
        )
    ),
    *(("submission:1", "status", "handed_in", after, "") for after in ("accepted", "changes")),
    ("submission:1", "birth", None, "handed_in", ""),
    *(("member:1", "status", "asked", after, "") for after in ("admitted", "refused")),
    ("member:1", "birth", None, "asked", ""),
    ("part:1:1", "birth", None, "owner", ""),
    ("absence:1", "back", "2026-03-18 Europe/Madrid", None, ""),
    *(
        ("absence:1", "away", None, "2026-03-18 Europe/Madrid", reason)
        for reason in ("", "holiday", "illness", "family", "elsewhere", "other")
    ),
    *(("mentor:1", "status", "active", after, "") for after in ("refused", "ended")),
    ("mentor:1", "birth", None, "active", ""),
    *(("part:1:1", "status", "owner", after, "") for after in ("reviewer", "stand_in", "left")),
    *(("channel:1", "status", "new", after, "") for after in ("active", "paused", "away")),
    ("channel:1", "birth", None, "new", ""),
    *(("space:1", "status", "new", after, "") for after in ("active", "paused")),
    ("space:1", "birth", None, "new", ""),
]
"""A row of every kind that a history can have."""

PARENTS = {
    "milestone": "placement:1",
    "submission": "milestone:1",
    "application": "project:1",
    "part": "company:1",
}


async def test_every_row_is_a_sentence(stage: Stage) -> None:
    """A coordinator reads every kind of row there is, by whichever thing it is about."""
    await lived(stage)
    put_in_place_of_all(stage)
    cora, pages = stage.person("cora"), [""]
    for noun in ("project", "application", "placement", "membership", "company", "channel", "space"):
        await cora.uses(f"/stint history {noun} 1")
        pages.append(screen_of(stage, "cora"))
        while "[Earlier]" in pages[-1]:
            await cora.presses("Earlier")
            pages.append(screen_of(stage, "cora"))
    read = "\n".join(pages)
    for words in (
        "The owner of the project is now: a person who left",
        "The project has no owner any more.",
        "Places: 2; before: 1",
        "The reason: Plans have changed.",
        "Deliverable 1: Work was handed in.",
        "after Mon 9 March, 08:0",
        "† from before the history began",
        "(on the command line)",
        "(automatically)",
    ):
        assert words in read, words


def put_in_place_of_all(stage: Stage) -> None:
    """Put a row of every kind into the history, in place of what happened."""

    def turn(work: Any) -> None:  # noqa: ANN401 - a unit of work
        programme_id = work.session.scalars(select(Programme.id)).one()
        work.session.execute(delete(HistoryRow))
        for number, (subject, what, before, after, reason) in enumerate(EVERY_ROW):
            noun = subject.partition(":")[0]
            work.session.add(
                HistoryRow(
                    programme_id=programme_id,
                    subject=subject,
                    parent=PARENTS.get(noun, ""),
                    what=what,
                    before=before,
                    after=after,
                    at=stage.clock.now(),
                    reason=reason,
                    began_by=("", "command", "promise.release")[number % 3],
                    known_by=("", "dates", "found", "")[number % 4],
                )
            )

    stage.database.transact_inline(turn)

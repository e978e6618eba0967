"""Work for many people is done in pieces: each is a turn, and a timer does the next, also after a kill."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select, update

from bot.programme.core.timers import PIECE
from storage.database import UnitOfWork
from storage.tables import Application, Cohort, Identity, Member, Person, Project
from tests.support.projects import DECIDE, publish, seed_application
from tests.support.stage import Stage

MANY = 23


def _crowd(stage: Stage, number: int, status: str) -> None:
    """Let so many students, unknown until now, have applied to the first project."""
    now = stage.clock.now()
    for each in range(number):
        stage.world.add_account(f"s{each}", f"Student {each}", "Europe/London")

    def apply(work: UnitOfWork) -> None:
        project = work.session.scalars(select(Project)).one()
        mine = {"programme_id": project.programme_id}
        cohort = work.session.scalars(select(Cohort)).one()
        for each in range(number):
            student = Person(**mine, name=f"Student {each}", zone="Europe/London", created_at=now)
            work.session.add(student)
            work.session.flush()
            theirs = {**mine, "person_id": student.id}
            work.session.add(Identity(**theirs, platform="terminal", user_id=f"s{each}", seen_at=now))
            seed_application(work, project, student, now, status=status)
            if status == "admission":
                work.session.add(Member(**theirs, cohort_id=cohort.id, state="asked", created_at=now))

    stage.database.transact_inline(apply)


def _counts(stage: Stage) -> dict[str, int]:
    return dict(Counter(status for (status,) in stage.rows(select(Application.status))))


async def test_a_release_of_many_goes_on_after_its_first_turn(stage: Stage) -> None:
    """Each turn releases a few, all are released in the end, and the employer reads of them once."""
    publish(stage)
    _crowd(stage, MANY, "submitted")
    await stage.to(DECIDE + timedelta(days=1))
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Release them now")
    assert _counts(stage) == {"submitted": MANY}
    await stage.person("cora").presses("Release them")
    assert "I am releasing 23 applicants from Market map of repair shops now." in stage.screen("cora")
    assert _counts(stage) == {"submitted": MANY - PIECE, "released": PIECE}
    await stage.tick(seconds=1)
    assert _counts(stage) == {"released": MANY}
    assert all("Market map of repair shops" in stage.screen(f"s{each}") for each in range(MANY))
    await stage.tick(days=1)
    assert stage.screen("marta").count("released 23 applicants") == 1


async def test_a_release_stops_where_the_date_is_moved(stage: Stage) -> None:
    """Those who were released stay so; the others wait for the new date."""
    publish(stage)
    _crowd(stage, MANY, "submitted")
    await stage.to(DECIDE + timedelta(days=1))
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Release them now")
    await stage.person("cora").presses("Release them")
    moved = update(Project).values(decide_at=stage.clock.now() + timedelta(days=9))
    await stage.database.transact(lambda work: work.session.execute(moved))
    await stage.tick(seconds=1)
    assert _counts(stage) == {"submitted": MANY - PIECE, "released": PIECE}


async def test_all_who_asked_are_refused_when_a_cohort_ends(stage: Stage) -> None:
    """Each turn refuses a few of them, and all have their answer in the end."""
    publish(stage)
    _crowd(stage, MANY, "admission")
    cora = stage.person("cora")
    await cora.uses("/cohort end Spring 26")
    await cora.presses("End it")
    asked = select(func.count()).where(Member.state == "asked")
    assert stage.rows(asked) == [(MANY - PIECE,)]
    await stage.tick(seconds=1)
    assert stage.rows(asked) == [(0,)]
    assert _counts(stage) == {"released": MANY}

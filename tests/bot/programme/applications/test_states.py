"""What a student, and the employer, read of an application in each state that it can be in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.answers import JSONValue
from bot.chat.content import Message, message
from bot.chat.events import Place, UserRef
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Completed, Declined
from bot.chat.translation import translated
from bot.chat.values import replace
from bot.programme.applications import lookup, offers, overview
from bot.programme.applications.decisions import decide, kind_reasons, release_reasons
from bot.programme.core import subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import mutes
from storage.tables import Application, Cohort, Mute, Placement, Programme, Project
from storage.unit_of_work import UnitOfWork
from tests.support.in_memory import button, command, in_memory
from tests.support.in_memory import said as replied
from tests.support.projects import seed_applications, turn_of
from tests.support.stage import MONDAY


@pytest.fixture
def work() -> Iterator[UnitOfWork]:
    """A turn's share of a database in which a student has applied to a project."""
    with in_memory() as made:
        seed_applications(made, 1)
        yield made


def applied(work: UnitOfWork, **columns: object) -> Application:
    """The application, with these columns."""
    application = work.session.scalars(select(Application)).one()
    for name, value in columns.items():
        setattr(application, name, value)
    work.session.flush()
    return application


def read(said: Message) -> str:
    """What a person reads of a message."""
    return plain_text(translated(said, ENGLISH))


def acting(work: UnitOfWork, account: str) -> Turn:
    """A turn in which a person acts in their direct messages."""
    place = Place("terminal", "", f"dm-{account}", "dm")
    return replace(turn_of(work, account), user=UserRef("terminal", account), place=place)


def at_work(work: UnitOfWork) -> None:
    """Let the student work on the project since Monday."""
    application = applied(work)
    placement = Placement(
        programme_id=application.programme_id,
        project_id=application.project_id,
        application_id=application.id,
        person_id=application.person_id,
        status="active",
        starts_at=MONDAY,
        due_at=MONDAY,
        created_at=MONDAY,
    )
    work.session.add(placement)
    work.session.flush()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"status": "admission", "cohort_id": 1},
            "Complete. It is sent once a coordinator admits you to Spring.",
        ),
        ({"status": "offered"}, "You have an offer. You can answer it here."),
        ({"status": "expired"}, "The offer ran out before you answered."),
        ({"status": "withdrawn"}, "You withdrew it."),
        (
            {"status": "released", "release_reason": "overfull"},
            "The place was taken away while you had the offer",
        ),
        (
            {"status": "released", "release_reason": "refused"},
            "the coordinators did not admit you to its cohort.",
        ),
        ({"status": "released", "release_reason": "late"}, "admitted you after the decisions had been made."),
        ({"status": "released"}, "No decision came, so I released you."),
    ],
    ids=lambda each: each if isinstance(each, str) else "-".join(map(str, each.values())),
)
def test_a_students_list_says_where_each_application_is(
    work: UnitOfWork, columns: dict[str, object], said: str
) -> None:
    """Each in its own sentence."""
    work.session.scalars(select(Cohort)).one()
    applied(work, **columns)
    student = turn_of(work, "p1")
    assert said in read(message(*overview.overview(student, overview.first_page(student))))


def test_a_students_list_says_how_the_work_goes(work: UnitOfWork) -> None:
    """That it started, and by when it is due once it is a placement."""
    project = work.session.scalars(select(Project)).one()
    project.starts_at = project.starts_at.replace(year=2025)
    project.starts_day = project.starts_zone = None
    applied(work, status="accepted")
    turn = acting(work, "p1")
    assert "You accepted. It started on" in replied(
        overview.list_command(turn, command(turn, "applications"))
    )
    at_work(work)
    assert "You accepted. The work is due by" in replied(
        overview.list_command(turn, command(turn, "applications"))
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("overfull", "released, the place was taken away"),
        ("silence", "released, no answer came in time"),
        ("full", "released, every place was taken"),
        ("", "released"),
    ],
)
def test_an_employers_list_says_why_an_application_was_released(
    work: UnitOfWork, reason: str, said: str
) -> None:
    """In the few words of a line of a list."""
    assert ENGLISH.text(release_reasons.in_list(applied(work, release_reason=reason))) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("late", "could not be sent any more"),
        ("refused", "did not admit you"),
        ("full", "need not wait any longer"),
    ],
)
def test_a_released_student_reads_why(work: UnitOfWork, reason: str, said: str) -> None:
    """By what did or did not happen, and that the application is closed."""
    application = applied(work, status="released", release_reason=reason)
    project = work.session.scalars(select(Project)).one()
    assert said in read(message(*release_reasons.to_student(turn_of(work, "p1"), project, application)))


def test_own_words_of_a_reason_stay_away_from_a_student_who_wants_none(work: UnitOfWork) -> None:
    """They read that there was one."""
    application, project = applied(work), work.session.scalars(select(Project)).one()
    mute = Mute(
        programme_id=project.programme_id,
        person_id=application.person_id,
        from_id=project.owner_id,
        application_id=application.id,
        created_at=MONDAY,
    )
    work.session.add(mute)
    work.session.flush()
    turn = turn_of(work)
    assert mutes.is_unwanted(turn, application.id, turn_of(work, "p1").person, project.owner_id)
    said = read(message(kind_reasons.to_student(turn, project, application, "Your map was unclear.")))
    assert said.startswith("They gave a reason in their own words.")
    assert "unclear" not in said


def test_without_a_time_to_undo_a_decision_goes_now(work: UnitOfWork) -> None:
    """And says so, of an offer as of a no."""
    work.session.scalars(select(Programme)).one().undo_seconds = 0
    application = applied(work)
    turn = acting(work, "p0")
    offered = decide.applicant_offer_pressed(turn, button(turn, verbs.APPLICANT_OFFER(application.id)))
    assert "An offer for Market map of repair shops goes to Person 1 now." in replied(offered)
    applied(work, held=None)
    for about, said in (
        (subjects.NOT_SELECTED("application", application.id), "Your answer goes to Person 1 now"),
        (subjects.NOT_SELECTED("rest", application.project_id), "Your answer goes to one applicant now"),
    ):
        given: dict[str, JSONValue] = {"reason": "time", "words": None}
        form = kind_reasons.reason_form(turn, about)
        answered = decide.not_selected_submitted(turn, Completed(form, about, given, {}, {}, 0))
        assert f"{said}: not this time for Market map of repair shops." in replied(answered)
        applied(work, held=None)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"status": "admission"}, "a coordinator has to admit the student first."),
        ({"submitted_at": None}, "This application was never sent, so only its student can read it."),
    ],
    ids=["waits for a coordinator", "never sent"],
)
def test_an_application_that_was_not_sent_is_its_students(
    work: UnitOfWork, columns: dict[str, object], said: str
) -> None:
    """The company cannot open it, and reads why."""
    application = applied(work, **columns)
    with pytest.raises(Declined) as refused:
        lookup.lock_managed_application(turn_of(work, "p0"), application.id)
    assert said in read(refused.value.message)


def test_an_offer_that_has_run_out_is_taken_by_no_press_before_its_timer(work: UnitOfWork) -> None:
    """At its last instant it is open; after that a press is refused, also while the bot has not closed it."""
    application = applied(work, status="offered", offer_until=MONDAY)
    turn = acting(work, "p1")
    offers.must_be_open(turn, application)
    late = replace(turn, now=MONDAY + timedelta(seconds=1))
    with pytest.raises(Declined) as refused:
        offers.offer_accept_pressed(late, button(late, verbs.OFFER_ACCEPT(application.id)))
    assert "This offer has run out." in read(refused.value.message)
    assert application.status == "offered"


def test_no_person_answers_an_offer_of_another(work: UnitOfWork) -> None:
    """The number of an application in a button is no right: a press by another person is refused."""
    application = applied(work, status="offered", offer_until=MONDAY + timedelta(days=1))
    other = acting(work, "p0")
    with pytest.raises(Declined) as refused:
        offers.offer_accept_pressed(other, button(other, verbs.OFFER_ACCEPT(application.id)))
    assert "That application is not yours." in read(refused.value.message)
    assert application.status == "offered"

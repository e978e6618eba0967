"""The rules behind applications: what is in time, offered again, in line; when it is over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.chat.actions import SetTimer
from bot.chat.answers.terms import MARK
from bot.chat.content import Plain, say
from bot.chat.events import TimerFired
from bot.chat.forms import Question
from bot.chat.language import as_text
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.programme.applications import answer_retention, application_form, deadlines, waiting_list
from bot.programme.applications.decisions import kind_reasons
from bot.programme.core import subjects
from bot.programme.core.lifecycle import move
from bot.programme.notifications import waits
from storage.tables import Application, Person, Project
from storage.tables.values import GivenAnswer, HeldDecision, OwnQuestion
from storage.unit_of_work import UnitOfWork
from tests.support.in_memory import in_memory
from tests.support.projects import DEADLINE, DECIDE, project_row, seed_application, seed_applications, turn_of
from tests.support.stage import MONDAY

LATE = DEADLINE + timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def work() -> Iterator[UnitOfWork]:
    """A turn's share of a database in which three students have applied to one project."""
    with in_memory() as made:
        seed_applications(made, 3)
        yield made


def project_in(work: UnitOfWork) -> Project:
    """The seeded project."""
    return work.session.scalars(select(Project).order_by(Project.id)).first() or Project()


def applications_in(work: UnitOfWork) -> list[Application]:
    """The seeded applications, oldest first."""
    return list(work.session.scalars(select(Application).order_by(Application.id)))


@pytest.mark.parametrize(
    ("begun", "now", "counts"),
    [
        (MONDAY, DEADLINE, True),
        (MONDAY, DEADLINE + MINUTE, True),
        (MONDAY, LATE, True),
        (MONDAY, LATE + MINUTE, False),
        (DEADLINE, LATE, True),
        (DEADLINE + MINUTE, DEADLINE + MINUTE, False),
        (None, DEADLINE, True),
        (None, DEADLINE + MINUTE, False),
    ],
)
def test_what_is_in_time(work: UnitOfWork, begun: datetime | None, now: datetime, counts: bool) -> None:
    """Until the deadline anything is, for thirty minutes more a draft begun before it."""
    assert deadlines.in_time(turn_of(work, now=now), project_in(work), begun) is counts


def test_a_project_closed_by_hand_takes_nothing(work: UnitOfWork) -> None:
    """Closed before its deadline a project takes no draft; closed by the clock it takes late ones."""
    project = project_in(work)
    project.closed_at = DEADLINE - MINUTE
    move(turn_of(work), project, "closed")
    assert deadlines.closed_early(project)
    assert not deadlines.in_time(turn_of(work, now=DEADLINE - MINUTE), project, MONDAY)
    project.closed_at = DEADLINE
    assert deadlines.in_time(turn_of(work, now=LATE), project, MONDAY)


@pytest.mark.parametrize(
    ("left", "before"),
    [
        (timedelta(days=9), timedelta(hours=24)),
        (timedelta(hours=24), timedelta(hours=3)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(minutes=30), timedelta(minutes=15)),
    ],
)
def test_a_draft_is_spoken_of_while_there_is_time(
    work: UnitOfWork, left: timedelta, before: timedelta
) -> None:
    """The reminder lies ahead of now and before the deadline, a day before where that is possible."""
    project = project_in(work)
    project.deadline_at = afternoon = DEADLINE + timedelta(hours=6)
    person = work.session.scalars(select(Person)).all()[1]
    reminder, _ = deadlines.draft_timers(turn_of(work, now=afternoon - left), project, person)
    assert isinstance(reminder, SetTimer)
    assert reminder.due_at == afternoon - before


def answer(question: Question, value: str) -> GivenAnswer:
    """An answer as an application keeps it."""
    asked = question.ask
    return GivenAnswer(question.name, as_text(asked.label), asked.kind, value, value, question.fingerprint)


def test_only_the_same_question_is_offered_an_earlier_answer(work: UnitOfWork) -> None:
    """Ours are offered by name, the employer's word for word, and only what was written."""
    asked = [
        OwnQuestion("text", "What do you read?", "a"),
        OwnQuestion("choice", "Which day?", "b", ("Monday", "Friday")),
    ]
    project = project_in(work)
    project.questions = [replace(asked[0], name="z"), asked[1]]
    owner = work.session.get_one(Person, project.owner_id)
    earlier_project = project_row(work, owner, MONDAY, title="Another", questions=asked, published_at=MONDAY)
    turn = turn_of(work, "p1", MONDAY + MINUTE)
    earlier = application_form.application_form(turn, str(earlier_project.id)).by_name
    answers = [
        answer(earlier["why"], "Because."),
        answer(earlier["own_a"], "Novels."),
        answer(earlier["own_b"], "Friday"),
    ]
    seed_application(work, earlier_project, turn.person, turn.now, answers=answers)
    offered = application_form.offered_answers(turn, application_form.application_form(turn, str(project.id)))
    assert offered == {"why": "Because.", "own_z": "Novels."}


def test_labels_of_long_questions_fit_a_dialog(work: UnitOfWork) -> None:
    """Discord's labels have at most 45 characters; the whole question stays in the prompt."""
    prompt = "What would you do in the first two days of this project, hour by hour?"
    project = project_in(work)
    project.questions = [OwnQuestion("text", prompt, "plan")]
    own = application_form.application_form(turn_of(work, "p1"), str(project.id)).by_name["own_plan"]
    assert len(as_text(own.ask.label)) <= 45
    assert as_text(own.ask.prompt) == prompt


def test_the_waiting_list_is_in_the_employers_order(work: UnitOfWork) -> None:
    """Numbers order it; who has a decision on its way, or an answer, is not in line."""
    project, turn = project_in(work), turn_of(work)
    first, second, third = applications_in(work)
    first.waiting, second.waiting, third.waiting = 3, 1, 2
    work.session.flush()
    assert waiting_list.in_line(turn, project) == [second, third, first]
    second.held = HeldDecision("not_selected", "x")
    move(turn, third, "not_selected")
    work.session.flush()
    assert waiting_list.in_line(turn, project) == [first]


def test_the_promise_keeps_the_employers_days(work: UnitOfWork) -> None:
    """The reminders lie early on the employer's own days, also where the clocks change between them."""
    project, turn = project_in(work), turn_of(work)
    owner = work.session.get_one(Person, project.owner_id)
    owner.zone = "Europe/Berlin"
    project.decide_at = datetime(2026, 3, 30, 21, 59, tzinfo=UTC)  # 23:59; clocks changed on the 29th
    rule, about = ROUTES.waits["answer"], subjects.PROJECT(project.id)
    due = {
        step.name: waits.instant_of(turn, rule, step, about, turn.now, project.decide_at)
        for step in rule.steps
    }
    assert due == {
        "soon": datetime(2026, 3, 27, 23, 5, tzinfo=UTC),
        "day": datetime(2026, 3, 29, 22, 5, tzinfo=UTC),
        "passed": project.decide_at,
        "release": project.decide_at + timedelta(days=3),
    }


@pytest.mark.parametrize("status", ["submitted", "shortlisted", "offered"])
def test_answers_of_an_open_application_are_kept(work: UnitOfWork, status: str) -> None:
    """While a story goes on nothing is erased; it is looked at again later."""
    application = applications_in(work)[0]
    if status != "submitted":
        move(turn_of(work), application, status)
    work.session.flush()
    due = DECIDE + timedelta(days=400)
    turn = turn_of(work, now=due)
    (again,) = answer_retention.erase_due(turn, retention_event(application, due))
    assert isinstance(again, SetTimer)
    assert again.due_at > due


def retention_event(application: Application, due: datetime) -> TimerFired:
    """The timer that erases an application's answers."""
    return TimerFired(
        key="erase",
        kind="application.erase",
        subject=f"application:{application.id}",
        due_at=due,
        payload={},
        programme_id=application.programme_id,
    )


def test_the_reason_is_the_kind_one_and_ones_own_words() -> None:
    """A picked reason is stored as a Term, own words follow it, and neither is no reason."""
    term = f'{MARK}{{"term":"time"}}{MARK}'
    assert kind_reasons.stored_reason({"reason": "time", "words": None}) == term
    assert kind_reasons.stored_reason({"reason": "time", "words": "Next term?"}) == f"{term}\nNext term?"
    assert kind_reasons.stored_reason({"reason": "own", "words": "Next term?"}) == "Next term?"
    assert kind_reasons.stored_reason({"reason": "own", "words": None}) is None


def test_a_kind_reason_is_read_in_the_students_language(work: UnitOfWork) -> None:
    """What the employer picked is a text of the bot's; what they wrote is theirs, and is shown as it is."""
    turn, project, application = turn_of(work), project_in(work), applications_in(work)[0]
    earlier = "The hours or dates of this project do not fit together with yours."
    for picked in (f'{MARK}{{"term":"time"}}{MARK}', earlier):
        said = kind_reasons.to_student(turn, project, application, f"{picked}\nNext term?")
        assert said.parts == (say("They say:"), "\n", say(earlier), "\n", Plain("Next term?"))
        assert kind_reasons.to_student(turn, project, application, picked).parts[-1] == say(earlier)

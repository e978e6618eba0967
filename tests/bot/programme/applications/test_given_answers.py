"""Given answers and agreements: what is kept of them, and what each reader reads."""

from datetime import timedelta
from gettext import NullTranslations
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.content import message, text
from bot.chat.language import Language
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Completed
from bot.chat.values import replace
from bot.programme.applications import application_form, submission
from bot.programme.applications.given_answers import shown_answers
from bot.programme.core.turn import Turn
from storage.tables import Application, Cohort, Company, Project
from storage.tables.values import OwnQuestion
from tests.support.in_memory import person
from tests.support.projects import project_row, seed_application

DAY = {"day": "2026-03-20", "zone": "Europe/Madrid"}
OWN = (
    OwnQuestion("date", "When can you start?", "start"),
    OwnQuestion("choice", "Where?", "place", ("Here", "There")),
)


@pytest.fixture
def applied(turn: Turn) -> tuple[Turn, Project, Application]:
    """Ada in Madrid has answered Marta's questions; Marta is in New York, and acts."""
    company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now)
    cohort = Cohort(
        programme_id=turn.programme_id,
        name="Spring",
        zone="UTC",
        digest_at="08:30",
        days_off=[],
        created_at=turn.now,
    )
    turn.session.add_all([company, cohort])
    turn.session.flush()
    marta = person(turn, "marta", "employer", zone="America/New_York")
    ada = person(turn, "ada", "student", zone="Europe/Madrid")
    marta.person.company_id = company.id
    project = project_row(turn.work, marta.person, turn.now, published_at=turn.now, questions=list(OWN))
    form = application_form.application_form(ada, str(project.id))
    values: dict[str, Any] = {"why": "I like maps.", "time": True, "own_start": DAY, "own_place": "There"}
    done = Completed(form, str(project.id), values, dict.fromkeys(values, "as it was"), {}, 0)
    answers = application_form.answers_of(done)
    return marta, project, seed_application(turn.work, project, ada.person, turn.now, answers=answers)


def read(turn: Turn, application: Application) -> dict[str, str]:
    """What the person who acts reads, by the question as they read it."""
    shown = shown_answers(turn, application, turn.person)
    blocks = [(text("{q}", q=each.question), text("{a}", a=each.shown or "erased")) for each in shown]
    return {plain_text(message(question)): plain_text(message(answer)) for question, answer in blocks}


def test_an_answer_is_made_for_its_reader(applied: tuple[Turn, Project, Application]) -> None:
    """A day has the place that its reader needs, in the question and in the answer; a choice is its label."""
    marta, _, application = applied
    shown = read(marta, application)
    assert shown.pop("Why this project") == "I like maps."
    assert shown.pop("When can you start?") == "Fri 20 March (Madrid; for you 18:59)"
    assert shown.pop("Where?") == "There"
    assert list(shown.values()) == ["Yes"]


def test_a_changed_question_has_the_words_that_are_kept(applied: tuple[Turn, Project, Application]) -> None:
    """A question that was changed or taken out since is shown as it was, with the words of then."""
    marta, project, application = applied
    project.questions = [replace(OWN[0], prompt="When could you begin?")]
    shown = read(marta, application)
    assert (shown["When can you start?"], shown["Where?"]) == ("as it was", "as it was")
    project.starts_at += timedelta(days=7)
    assert "as it was" in read(marta, application).values()


def test_an_erased_answer_has_no_words(applied: tuple[Turn, Project, Application]) -> None:
    """Of an erased answer the question is left."""
    marta, _, application = applied
    application.answers = [replace(each, value=None, shown="") for each in application.answers]
    assert set(read(marta, application).values()) == {"erased"}
    assert "When can you start?" in read(marta, application)


class Shouted(NullTranslations):
    """A language that says every text in capitals."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say one or many."""
        return (msgid1 if n == 1 else msgid2).replace("your answers", "YOUR ANSWERS")


@pytest.mark.soak
def test_an_agreement_is_kept_as_it_was_read(
    applied: tuple[Turn, Project, Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice above the questions is kept in the language of the student who agreed to it."""
    turn, project, _ = applied
    project.status = "open"
    cem = person(turn, "cem", "student")
    form = application_form.application_form(cem, str(project.id))
    monkeypatch.setattr(submission, "language_for", lambda _: Language("xx", Shouted()))
    submission.application_submitted(cem, Completed(form, str(project.id), {}, {}, {}, 0))
    sent = turn.session.scalars(select(Application).where(Application.person_id == cem.person.id)).one()
    assert "coordinators will read YOUR ANSWERS" in sent.agreements[0].text

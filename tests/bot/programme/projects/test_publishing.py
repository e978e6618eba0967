"""What the poster of a project reads once it is out."""

from sqlalchemy import select

from bot.chat.events import Place
from bot.chat.rendering.plain_text import plain_text
from bot.programme.administration.creation import create_cohort
from bot.programme.projects.publishing import published_words
from storage.tables import Announcement, Cohort, Company
from tests.support.in_memory import begun
from tests.support.projects import project_row


def test_several_cohorts_are_named_with_and() -> None:
    """A project of two cohorts is announced to the one and the other, in a sentence."""
    with begun() as turn:
        for name in ("Autumn 26", "Spring 26"):
            place = Place("terminal", "riverside", name[:6].lower())
            create_cohort(turn.work, turn.now, turn.programme_id, name, "Europe/London", place)
        company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now)
        turn.session.add(company)
        turn.session.flush()
        project = project_row(turn.work, None, turn.now)
        for number in turn.session.scalars(select(Cohort.id)):
            made = {"programme_id": turn.programme_id, "project_id": project.id, "announced_at": turn.now}
            turn.session.add(Announcement(**made, cohort_id=number, place=f"terminal/channel/t/{number}"))
        turn.session.flush()
        assert "It is announced to Autumn 26 and Spring 26." in plain_text(published_words(turn, project))

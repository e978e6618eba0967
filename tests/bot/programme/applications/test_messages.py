"""Letters that are late: they are brought over only while they still hold."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from bot.chat.actions import Post
from bot.chat.content import Plain, message
from bot.chat.routes import Declined, Waiting
from bot.programme import people
from bot.programme.applications.messages import closed
from bot.programme.core.turn import Turn
from storage.tables import Cohort, Company, Letter, outbox
from tests.support.life import MONDAY
from tests.support.posted import project_row, seed_application
from tests.support.seeded import begun, button, carried, person


@pytest.fixture
def turn() -> Iterator[Turn]:
    """Cora's programme, with a cohort and a company."""
    with begun() as begin:
        mine = {"programme_id": begin.programme_id, "created_at": begin.now}
        begin.session.add(Company(**mine, name="Acme Maps"))
        begin.session.add(Cohort(**mine, name="Spring", zone="UTC", digest_at="08:30", days_off=[]))
        begin.session.flush()
        yield begin


def written(turn: Turn) -> tuple[Turn, list[Letter]]:
    """Ada as she acts, and two letters of Marta's to her, as the outbox owes them."""
    marta, ada = person(turn, "marta", "employer"), person(turn, "ada", "student")
    marta.person.company_id = turn.session.scalars(select(Company.id)).one()
    project = project_row(turn.work, marta.person, turn.now)
    application = seed_application(turn.work, project, ada.person, turn.now)
    letters = [
        Letter(
            programme_id=turn.programme_id,
            application_id=application.id,
            sender_id=marta.person.id,
            recipient_id=ada.person.id,
            text=words,
            created_at=turn.now,
        )
        for words in ("one", "two")
    ]
    turn.session.add_all(letters)
    turn.session.flush()
    there = people.address(ada, ada.person)
    carried(ada, [Post(there, message(Plain(each.text)), f"letter:{each.id}") for each in letters])
    return ada, letters


def late(letter: Letter) -> Waiting:
    """The letter as one that could not go at once."""
    words = message(Plain(letter.text))
    return Waiting(f"letter:{letter.id}", "terminal/@ada", words, str(letter.id), since=MONDAY)


@pytest.mark.parametrize("state", ["pending", "held"])
def test_who_wants_no_more_gets_none_that_was_on_its_way(turn: Turn, state: str) -> None:
    """What was written before and is still unsent is withdrawn with the press."""
    ada, (first, second) = written(turn)
    turn.connection.execute(update(outbox).where(outbox.c.key == f"letter:{first.id}").values(state="sent"))
    turn.connection.execute(update(outbox).where(outbox.c.key == f"letter:{second.id}").values(state=state))
    carried(ada, closed.mute(ada, button(ada, f"letter-mute:{first.id}")))
    states = turn.connection.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars()
    assert list(states) == ["sent", "withdrawn"]
    assert closed.holds(turn, late(second)) is None


def test_a_late_letter_holds_while_it_is_wanted(turn: Turn) -> None:
    """Its words go as they were written; once they are erased nothing goes."""
    _, (first, _) = written(turn)
    assert closed.holds(turn, late(first)) == late(first).message
    assert closed.named(turn, str(first.id)) == ("a message from ", Plain("Marta"))
    first.text = ""
    turn.session.flush()
    assert closed.holds(turn, late(first)) is None
    with pytest.raises(Declined):
        closed.holds(turn, Waiting("letter:99", "terminal/@ada", message("x"), "99", since=MONDAY))

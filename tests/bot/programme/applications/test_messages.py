"""Messages that are late: brought over only while they still hold; their writer hears what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.chat.actions import Post, Update
from bot.chat.content import Plain, message
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Completed, Declined, Waiting
from bot.chat.values import replace
from bot.programme import people
from bot.programme.applications.messages import closed, undelivered, write
from bot.programme.applications.messages.exchange import exchange_of
from bot.programme.applications.messages.receipt import said_where
from bot.programme.core.turn import Turn
from storage.tables import Application, Cohort, Company, Identity, Letter, outbox
from tests.support.bot import MONDAY
from tests.support.in_memory import begun, button, carried, only, person, said
from tests.support.projects import project_row, seed_application


@contextmanager
def _opened() -> Iterator[Turn]:
    """Cora's programme, with a cohort and a company."""
    with begun() as begin:
        mine = {"programme_id": begin.programme_id, "created_at": begin.now}
        begin.session.add(Company(**mine, name="Acme Maps"))
        begin.session.add(Cohort(**mine, name="Spring", zone="UTC", digest_at="08:30", days_off=[]))
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def written(turn: Turn) -> tuple[Turn, list[Letter]]:
    """Ada as she acts, and two messages of Marta's to her, as the outbox owes them."""
    marta, ada = person(turn, "marta", "employer"), person(turn, "ada", "student")
    marta.person.company_id = turn.session.scalars(select(Company.id)).one()
    project = project_row(turn.work, marta.person, turn.now)
    application = seed_application(turn.work, project, ada.person, turn.now)
    both = [
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
    turn.session.add_all(both)
    turn.session.flush()
    there = people.address(ada, ada.person)
    carried(ada, [Post(there, message(Plain(each.text)), f"letter:{each.id}") for each in both])
    return ada, both


def late(stored: Letter) -> Waiting:
    """The message as one that could not go at once."""
    words = message(Plain(stored.text))
    return Waiting(f"letter:{stored.id}", "terminal/@ada", words, str(stored.id), since=MONDAY)


@pytest.mark.parametrize("state", ["pending", "held"])
def test_who_wants_no_more_gets_none_that_was_on_its_way(turn: Turn, state: str) -> None:
    """What was written before and is still unsent is withdrawn with the press."""
    ada, (first, second) = written(turn)
    turn.connection.execute(update(outbox).where(outbox.c.key == f"letter:{first.id}").values(state="sent"))
    turn.connection.execute(update(outbox).where(outbox.c.key == f"letter:{second.id}").values(state=state))
    carried(ada, closed.message_mute_pressed(ada, button(ada, f"letter-mute:{first.id}")))
    states = turn.connection.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars()
    assert list(states) == ["sent", "withdrawn"]
    assert closed.holds(turn, late(second)) is None


def test_a_late_message_holds_while_it_is_wanted(turn: Turn) -> None:
    """Its words go as they were written; once they are erased nothing goes."""
    _, (first, _) = written(turn)
    assert closed.holds(turn, late(first)) == late(first).message
    assert plain_text(message(closed.named(turn, str(first.id)))) == "A message from Marta"
    first.text = ""
    turn.session.flush()
    assert closed.holds(turn, late(first)) is None
    with pytest.raises(Declined):
        closed.holds(turn, Waiting("letter:99", "terminal/@ada", message("x"), "99", since=MONDAY))


def brought(turn: Turn, writer: str, to: str, *, waits: bool = False, readers: int = 1) -> Letter:
    """A message of `writer`'s, due to the account `to` (and more readers) as it is when it is written."""
    wrote, read = person(turn, writer), person(turn, to)
    application = turn.session.scalars(select(Application)).one()
    stored = Letter(
        programme_id=turn.programme_id,
        application_id=application.id,
        sender_id=wrote.person_id,
        recipient_id=read.person_id,
        person_id=wrote.person_id if readers > 1 else None,
        text="one",
        created_at=turn.now,
    )
    turn.session.add(stored)
    turn.session.flush()
    about = undelivered.subject_for(stored, waits=waits)
    keys = [f"letter:{stored.id}", *(f"letter:{stored.id}:{number}" for number in range(1, readers))]
    there, words = people.address(read, read.person), message("one")
    carried(turn, [Post(there, words, key, kind=undelivered.MESSAGE, subject=about) for key in keys])
    return stored


def becomes(turn: Turn, key: str, state: str) -> None:
    """What became of a message."""
    turn.connection.execute(update(outbox).where(outbox.c.key == key).values(state=state))


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (
            "held",
            "Direct messages there are closed to me, or the account is gone. Your message is kept, and",
        ),
        ("failed", "The platform did not take it. It is kept, and a coordinator can send it once more."),
    ],
)
def test_a_writer_hears_once_why_a_message_waits(turn: Turn, state: str, why: str) -> None:
    """Where it was refused, the writer reads the reason and that it need not be written again."""
    written(turn)
    stored = brought(turn, "marta", "ada")
    becomes(turn, f"letter:{stored.id}", state)
    (post,) = only(undelivered.refused(turn, str(stored.id)), Post)
    assert (post.to, post.key) == ("terminal/@marta", f"letter-waits:{stored.id}")
    assert f"about Market map of repair shops to Ada yet.\n{why}" in plain_text(post.message)
    assert not undelivered.refused(turn, f"{stored.id}:waits")
    waits = Waiting(post.key, str(post.to), post.message, str(stored.id), since=MONDAY)
    assert undelivered.still_waits(turn, waits) == post.message
    becomes(turn, f"letter:{stored.id}", "sent")
    assert undelivered.still_waits(turn, waits) is None
    becomes(turn, f"letter:{stored.id}", "withdrawn")
    assert undelivered.still_waits(turn, waits) is None


def test_a_message_to_several_waits_only_if_none_of_them_has_it(turn: Turn) -> None:
    """One coordinator who cannot be written to is no news for the writer while another one reads it."""
    written(turn)
    stored = brought(turn, "ada", "cora", readers=2)
    becomes(turn, f"letter:{stored.id}:1", "held")
    assert undelivered.refused(turn, str(stored.id)) == []
    becomes(turn, f"letter:{stored.id}", "held")
    (post,) = only(undelivered.refused(turn, str(stored.id)), Post)
    assert "about Market map of repair shops to Cora yet" in plain_text(post.message)
    (update_of,) = only(undelivered.arrived(turn, str(stored.id)), Update)
    assert (
        plain_text(update_of.message)
        == "Your message about Market map of repair shops has arrived with the coordinators."
    )


def test_a_message_to_who_may_not_be_written_to_first_is_said_to_wait(turn: Turn) -> None:
    """It is not under way to a person who has never acted here; the writer reads what they can do."""
    ada, _ = written(turn)
    strict = replace(ada, answers_only=frozenset({"terminal"}))
    turn.session.execute(update(Identity).where(Identity.user_id == "marta").values(acted=False))
    application = turn.session.scalars(select(Application)).one()
    done = Completed(
        write.message_form(strict, f"{application.id}-employer"), f"{application.id}-employer",
        {"text": "Hello?"}, {}, {}, 1,
    )  # fmt: skip
    receipt = said(write.message_submitted(strict, done))
    assert receipt.startswith("This waits for Marta, about Market map of repair shops:\nHello?")
    assert "typed in the space, brings it" in receipt
    assert "On its way" not in receipt


def test_a_message_to_many_coordinators_in_their_night_says_when_it_goes(turn: Turn) -> None:
    """They are too many to be named, and the writer reads by when the quiet hours of all are over."""
    written(turn)
    night = replace(turn, now=turn.now + timedelta(hours=15))
    many = [person(turn, f"cora{number}", "coordinator").person for number in range(9)]
    exchange = exchange_of(night, turn.session.scalars(select(Letter).limit(1)).one())
    words = plain_text(message(said_where(night, exchange, many, waits=False)))
    assert words.startswith("This goes to the coordinators after quiet hours, by Tue 10 March")

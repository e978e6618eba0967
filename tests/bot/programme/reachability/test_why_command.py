"""What a coordinator reads of a person's messages on a day: each state, each reason, and nothing confided."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.chat.content import dump_message, message
from bot.chat.events import Place
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.programme.administration.creation import create_cohort
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.placements import wait_kinds
from bot.programme.reachability import message_kinds, why_command
from storage.tables import Company, Identity, Notice, Person, Placement, Programme, Wait, outbox, timers
from tests.support.in_memory import begun, button, command, person, said
from tests.support.projects import project_row, seed_application

CHANNEL = Place("terminal", "riverside", "spring")
NIGHT = timedelta(hours=15)  # 23:00 in London, in the quiet hours
MORNING = timedelta(hours=24)


@contextmanager
def _opened() -> Iterator[Turn]:
    """Cora acts, at 08:00 on a Monday in London; there is the student Ada."""
    with begun() as begin:
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", CHANNEL)
        person(begin, "ada", "student", zone="Europe/London")
        account(begin).acted = True
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def account(turn: Turn) -> Identity:
    """Ada's account."""
    query = select(Identity).join(Person, Person.id == Identity.person_id).where(Person.name == "Ada")
    return turn.session.scalars(query).one()


def owe(turn: Turn, key: str, state: str = "sent", **columns: Any) -> None:  # noqa: ANN401 - of any column
    """A message to Ada, written now."""
    row = {
        "programme_id": turn.programme_id,
        "key": key,
        "destination": "terminal/@ada",
        "operation": "send",
        "message": dump_message(message("A private word")),
        "created_at": turn.now,
        "due_at": turn.now,
        "state": state,
        "attempts": 1,
        "sent_at": turn.now if state in {"sent", "unknown"} else None,
        "reference": "terminal/dm//d#1",
        **columns,
    }
    turn.connection.execute(insert(outbox), [row])


def why(turn: Turn, day: str = "") -> str:
    """What Cora reads of Ada's day."""
    asked = command(turn, "stint", "why", person="terminal/@ada", day=day)
    return said(why_command.why_command(turn, asked))


@pytest.mark.parametrize(
    ("state", "columns", "read"),
    [
        ("sent", {}, "News of an offer: arrived at 08:00"),
        ("pending", {"due_at": timedelta(hours=1)}, "News of an offer: goes out at 09:00"),
        ("sending", {}, "News of an offer: goes out at 08:00"),
        ("failed", {}, "News of an offer: Terminal refused it at 08:00"),
        ("unknown", {}, "News of an offer: it may have arrived at 08:00"),
        ("answered", {}, "News of an offer: shown at once at 08:00"),
        ("withdrawn", {}, "News of an offer: taken back before it went"),
        ("held", {}, "News of an offer: waits until I can reach them on Terminal again"),
        ("sent", {"was_held": True}, "News of an offer: written at 08:00"),
    ],
)
def test_each_state_is_a_sentence(
    turn: Turn, state: str, columns: dict[str, timedelta | bool], read: str
) -> None:
    """It says when the message arrived, or why it did not; never what it says."""
    at = {name: turn.now + by if isinstance(by, timedelta) else by for name, by in columns.items()}
    owe(turn, keys.OFFER(1, "x"), state, **at)
    shown = why(turn)
    assert read in shown
    assert "A private word" not in shown


@pytest.mark.parametrize(
    ("column", "read"),
    [
        ("acted", "waits until they first use me on Terminal"),
        ("reachable", "direct messages on Terminal are closed"),
    ],
)
def test_a_held_message_says_what_it_waits_for(turn: Turn, column: str, read: str) -> None:
    """The first word of a person, or the opening of their direct messages."""
    setattr(account(turn), column, False)
    turn.session.flush()
    owe(turn, keys.OFFER(1, "x"), "held")
    assert read in why(turn)


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ("sent", "in their quiet hours, so it arrived at "),
        ("pending", "waits for the end of their quiet hours, "),
    ],
)
def test_quiet_hours_are_the_reason_where_they_are(turn: Turn, state: str, read: str) -> None:
    """A message that was written at night says so, and when it came or will come."""
    written, due = turn.now + NIGHT, turn.now + MORNING
    sent: dict[str, datetime] = {"sent_at": due} if state == "sent" else {}
    owe(turn, keys.OFFER(1, "x"), state, created_at=written, due_at=due, **sent)
    assert read in why(turn)


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ("waiting", "waits for their daily message"),
        ("told", "was part of a daily message"),
        ("dropped", "was dropped, as it was no longer true"),
    ],
)
def test_news_for_the_daily_message_says_what_became_of_it(turn: Turn, state: str, read: str) -> None:
    """It waits, was part of a message, or was not true any more."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    kept = {"programme_id": turn.programme_id, "person_id": ada.id, "subject": "placement:1", "message": {}}
    key = keys.REMINDER_NEWS(1, turn.now, 3)
    turn.session.add(Notice(**kept, key=key, state=state, created_at=turn.now))
    turn.session.flush()
    assert "A reminder of a date: came up at 08:00" in why(turn)
    assert read in why(turn)


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (wait_kinds.HAND_IN, "Work to hand in"),
        (wait_kinds.REVIEW, "An answer to work"),
        (wait_kinds.DATE, "An answer about a date"),
        (wait_kinds.CHECK_IN, "A check-in"),
        (wait_kinds.KICKOFF, "A kickoff"),
    ],
)
def test_what_is_waited_for_says_when_it_comes_up_next(turn: Turn, kind: str, read: str) -> None:
    """With the instant of the next reminder or step; without one, that none is planned."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    marta = turn.session.get_one(Person, person(turn, "marta", "employer").person_id)
    company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now)
    turn.session.add(company)
    turn.session.flush()
    marta.company_id = company.id
    project = project_row(turn.work, marta, turn.now)
    applied = seed_application(turn.work, project, ada, turn.now)
    placement = Placement(
        programme_id=turn.programme_id, project_id=project.id, application_id=applied.id, person_id=ada.id,
        status="active", starts_at=turn.now, due_at=turn.now, created_at=turn.now,
    )  # fmt: skip
    turn.session.add(placement)
    turn.session.flush()
    about = subjects.PLACEMENT(placement.id)
    wait = Wait(
        programme_id=turn.programme_id, kind=kind, subject=about, about=about, waits="employer",
        since=turn.now, due_at=None, step=0, next_at=None, state="open", ended_at=None,
    )  # fmt: skip
    turn.session.add(wait)
    turn.session.flush()
    assert f"{read}, placement {placement.id}: no reminder is planned." in why(turn)
    wait.next_at = turn.now + timedelta(days=1)
    turn.session.flush()
    assert f"{read}, placement {placement.id}: the next reminder or step comes at Tue 10 March" in why(turn)


def fire(turn: Turn, kind: Timer, subject: str, **columns: Any) -> int:  # noqa: ANN401 - of any column
    """A timer that fired now; return its id."""
    row = {
        "programme_id": turn.programme_id, "key": f"{kind}-{subject}", "kind": str(kind), "subject": subject,
        "due_at": turn.now, "payload": {}, "late": "send", "state": "done", "attempts": 0,
        "done_at": turn.now, **columns,
    }  # fmt: skip
    return int(turn.connection.execute(insert(timers).returning(timers.c.id), [row]).scalar_one())


NOTHING = "The daily message: its time came at 08:00"


def test_a_time_that_came_without_a_word_is_said(turn: Turn) -> None:
    """A timer that fired for the person, wrote no message to them and added nothing to their news."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    assert NOTHING not in why(turn)
    number = fire(turn, Timer.NOTICES_DAILY, subjects.PERSON(ada.id))
    assert NOTHING in why(turn)
    assert "and there was nothing to say" in why(turn)
    assert NOTHING not in why(turn, "yesterday")
    owe(turn, keys.NOTICES(ada.id, turn.now.date()), cause=keys.TIMER(number, turn.now))
    assert NOTHING not in why(turn)
    assert "The daily message: arrived at 08:00" in why(turn)


def test_a_check_in_whose_time_came_without_a_word_is_named(turn: Turn) -> None:
    """Its own timer is one of those that speak to a person."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    fire(turn, Timer.WAIT_CHECK_IN, subjects.PERSON(ada.id))
    assert "A check-in: its time came at 08:00" in why(turn)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"state": "cancelled"}, Timer.NOTICES_DAILY),
        ({"subject": "person:999"}, Timer.NOTICES_DAILY),
        ({"programme_id": 2}, Timer.NOTICES_DAILY),
        ({}, Timer.HOME_REFRESH),
    ],
)
def test_what_did_not_come_up_for_them_is_not_said(turn: Turn, columns: dict[str, Any], kind: Timer) -> None:
    """A timer that was cancelled, of another person or programme, or that speaks to no person."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    if "programme_id" in columns:
        turn.session.add(Programme(id=2, name="Elsewhere", zone="Europe/London", created_at=turn.now))
        turn.session.flush()
    fire(turn, kind, **{"subject": subjects.PERSON(ada.id), **columns})
    assert "its time came" not in why(turn)


def test_a_time_that_added_to_the_news_is_not_said_twice(turn: Turn) -> None:
    """What it found is in the daily message, which has a line of its own."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    kept = {"programme_id": turn.programme_id, "person_id": ada.id, "subject": "placement:1", "message": {}}
    turn.session.add(
        Notice(**kept, key=keys.REMINDER_NEWS(1, turn.now, 3), state="waiting", created_at=turn.now)
    )
    turn.session.flush()
    fire(turn, Timer.WAIT_HAND_IN, subjects.PERSON(ada.id))
    assert "its time came" not in why(turn)


def test_an_absence_and_a_message_of_no_kind_are_named(turn: Turn) -> None:
    """Who is away is said to be; what has no kind of its own is a message."""
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    ada.away_until = turn.now.date() + timedelta(days=4)
    turn.session.flush()
    owe(turn, keys.HELLO(1))
    assert "A message: arrived at 08:00" in why(turn)
    assert "Away until Fri 13 March" in why(turn)


def test_what_is_confided_is_left_out(turn: Turn) -> None:
    """A case, a report and a mentor's worry are not even counted."""
    for number, key in enumerate(
        (keys.CASE(1, 2, "opened", "x"), keys.REPORT(1, 2), keys.TROUBLE(1, 1, 2, 1, 1))
    ):
        owe(turn, key, reference=f"terminal/dm//d#{number}")
    assert "No message to them on " in why(turn)


@pytest.mark.parametrize(("typed", "shown"), [("yesterday", "Sun 8 March"), ("tuesday", "Tue 3 March")])
def test_a_day_is_one_that_has_begun(turn: Turn, typed: str, shown: str) -> None:
    """A weekday is the last one."""
    assert shown in why(turn, typed)


@pytest.mark.parametrize("typed", ["tomorrow", "some day", "9" * 300])
def test_what_is_no_day_is_asked_again(turn: Turn, typed: str) -> None:
    """With examples of what can be typed."""
    with pytest.raises(Declined) as no:
        why(turn, typed)
    assert "Name one that has begun" in plain_text(no.value.message)


def test_a_long_day_is_turned_by_page(turn: Turn) -> None:
    """Ten lines a page; the buttons lead on, back, and to the days beside it."""
    for number in range(12):
        owe(turn, keys.OFFER(number, "x"), reference=f"terminal/dm//d#{number}")
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    today = turn.now.date()
    first, second = (
        said(why_command.why_pressed(turn, button(turn, verbs.WHY(ada.id, today, start))))
        for start in (0, 10)
    )
    assert first.count("News of an offer") == 10
    assert "[More]" in first
    assert second.count("News of an offer") == 2
    assert "[Back]" in second


def test_a_stranger_and_a_forgotten_person_are_said_to_be_so(turn: Turn) -> None:
    """An account that has not used the bot, and a person who was erased."""
    asked = command(turn, "stint", "why", person="terminal/@nemo")
    with pytest.raises(Declined) as no:
        why_command.why_command(turn, asked)
    assert "has not used me yet" in plain_text(no.value.message)
    ada = turn.session.scalars(select(Person).where(Person.name == "Ada")).one()
    ada.erased_at = turn.now
    turn.session.flush()
    with pytest.raises(Declined) as no:
        why_command.why_pressed(turn, button(turn, verbs.WHY(ada.id, turn.now.date(), None)))
    assert "no longer in this programme" in plain_text(no.value.message)


def test_every_message_to_a_person_has_a_kind() -> None:
    """A new key of a message is given one, is confided, or goes to channels and files alone."""
    elsewhere = {"edit", "staff", "digest", "farewell", "back", "hello", "list", "card", "joined", "admit"}
    every = [*vars(keys).values(), *keys.PROMISE_NEWS.values()]
    heads = {keys.head_of(key) for key in every if isinstance(key, keys.PostKey | keys.NewsKey)}
    named = {head for head in heads if str(message_kinds.kind_of(head).word) != "A message"}
    assert heads - named - message_kinds.CONFIDED <= elsewhere

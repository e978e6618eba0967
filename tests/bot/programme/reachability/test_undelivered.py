"""What never arrives: closed direct messages, channels that are gone, people who left and came back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.actions import Action, Post, SetTimer
from bot.chat.adapter import Lost
from bot.chat.content import load_message, message
from bot.chat.events import MemberJoined, MemberLeft, Place, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined, Undelivered
from bot.chat.values import replace
from bot.programme.administration.creation import create_cohort
from bot.programme.applications import offer_expiry, withdraw
from bot.programme.applications.offer_expiry import OFFER
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import address
from bot.programme.reachability import closed_dms, spaces, undelivered
from storage.tables import Application, Channel, Cohort, Company, Identity, Member, Person, outbox
from tests.support.in_memory import begun, button, carried, command, only, person, said, set_for
from tests.support.projects import project_row, seed_application

CHANNEL = Place("terminal", "riverside", "spring")


@contextmanager
def _opened() -> Iterator[Turn]:
    """Cora acts; there is the cohort Spring and the student Ada."""
    with begun() as begin:
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", CHANNEL)
        person(begin, "ada", "student")
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def lost(
    turn: Turn,
    to: str,
    code: str,
    key: str = "offer:1",
    words: str = "You have an offer.",
    *,
    unknown: bool = False,
) -> list[Action]:
    """Owe a message, and learn that it will never arrive."""
    carried(turn, [Post(to, message(words), key)], key)
    row = outbox.update().where(outbox.c.key == key).values(state="unknown" if unknown else "failed")
    turn.connection.execute(row)
    odd = code in {"invalid_blocks", "message_not_found"}
    ends: Lost = "message" if odd or unknown else "destination"
    actions = undelivered.undelivered(turn, Undelivered(to, code, key, message(words), unknown, ends))
    carried(turn, actions, f"lost {key}")
    return list(actions)


def listed(turn: Turn) -> str:
    """What `/stint tasks` says."""
    return said(tasks.list_command(turn, command(turn, "stint", "tasks")))


def identity(turn: Turn, account: str) -> Identity:
    """An account's row."""
    query = select(Identity).where(Identity.user_id == account).execution_options(populate_existing=True)
    return turn.session.scalars(query).one()


def owed_now(turn: Turn) -> list[tuple[str, str]]:
    """What is owed: destination and words, oldest first."""
    query = select(outbox.c.destination, outbox.c.message).where(outbox.c.state == "pending")
    rows = turn.connection.execute(query.order_by(outbox.c.id)).all()
    return [(row.destination, plain_text(load_message(row.message))) for row in rows]


@pytest.mark.soak
def test_closed_messages_are_an_item_and_what_is_owed_comes_when_they_write(turn: Turn) -> None:
    """Several refused messages are one item that counts them; the person's first word sends them all again.

    The person is taken for reachable when one of them has arrived.
    """
    lost(turn, "terminal/@ada", "50007")
    lost(turn, "terminal/@ada", "50007", "news:2", "Something else.")
    assert not identity(turn, "ada").reachable
    assert "1 task" in listed(turn)
    assert "I cannot write to Ada on Terminal" in listed(turn)
    assert "- A message (2 times)" in listed(turn)
    closed_dms.catch_up(person(turn, "ada"))
    owed = [words for to, words in owed_now(turn) if to == "terminal/@ada"]
    assert owed == ["You have an offer.", "Something else."]
    assert not identity(turn, "ada").reachable
    closed_dms.reached(turn, UserRef("terminal", "ada"))
    assert identity(turn, "ada").reachable
    assert "Nothing waits for you" in listed(turn)


def test_another_account_is_tried_first(turn: Turn) -> None:
    """A person on two platforms gets it on the other one; only if that fails too a coordinator hears."""
    ada = person(turn, "ada").person
    turn.session.add(
        Identity(
            programme_id=turn.programme_id,
            person_id=ada.id,
            platform="discord",
            user_id="7",
            seen_at=turn.now,
        )
    )
    turn.session.flush()
    lost(turn, "terminal/@ada", "50007")
    assert owed_now(turn) == [("discord/@7", "You have an offer.")]
    assert address(turn, ada) == "discord/@7"
    assert "Nothing waits for you" in listed(turn)
    turn.connection.execute(outbox.update().where(outbox.c.key == "offer:1").values(state="failed"))
    words = message("You have an offer.")
    refused = Undelivered("discord/@7", "50007", "offer:1", words, lost="destination")
    carried(turn, undelivered.undelivered(turn, refused), "again")
    assert "I cannot write to Ada on Discord" in listed(turn)


def test_the_coordinator_can_try_again(turn: Turn) -> None:
    """After the person opened their messages, one press sends what is owed."""
    lost(turn, "terminal/@ada", "user_disabled")
    ada = person(turn, "ada").person
    again = button(turn, f"reach-again:{ada.id}")
    assert "one message for Ada" in said(carried(turn, closed_dms.reach_again_pressed(turn, again), "again"))
    assert ("terminal/@ada", "You have an offer.") in owed_now(turn)
    student = person(turn, "ada")
    with pytest.raises(Declined):
        closed_dms.reach_again_pressed(student, button(student, f"reach-again:{ada.id}"))


def test_the_line_that_called_a_student_is_settled_by_a_timer_of_the_turn(turn: Turn) -> None:
    """Who acts in their direct messages again gets what waits, and the line is looked at a minute later."""
    ada = person(turn, "ada")
    lost(turn, "terminal/@ada", "50007")
    assert closed_dms.catch_up(ada) == []
    lost(turn, "terminal/@ada", "50007", "news:2", "Something else.")
    words, about = message("There is a message for you."), str(ada.person_id)
    carried(turn, [Post(CHANNEL, words, "reach-call:1", kind="reach.call", subject=about)])
    turn.connection.execute(outbox.update().where(outbox.c.key == "reach-call:1").values(state="sent"))
    (look,) = only(closed_dms.catch_up(ada), SetTimer)
    assert (look.kind, look.due_at - turn.now) == ("reach.called", timedelta(minutes=1))
    assert set_for(turn, "reach.called") == {}


def test_a_student_is_called_in_their_cohorts_channel_once(turn: Turn) -> None:
    """One line with their name and a button, however many messages wait; it names nothing of what it is."""
    ada = person(turn, "ada")
    cohort = turn.session.scalars(select(Cohort)).one()
    member = {"programme_id": turn.programme_id, "cohort_id": cohort.id, "person_id": ada.person_id}
    turn.session.add(Member(**member, state="admitted", created_at=turn.now))
    turn.session.flush()
    first = lost(turn, "terminal/@ada", "50007")
    (call,) = only(first, Post)
    assert (call.to, call.message.calls) == (str(CHANNEL), "terminal/@ada")
    assert plain_text(call.message) == (
        "There is a message for you: press here. Only you will see it.\n[Read it]"
    )
    second = lost(turn, "terminal/@ada", "50007", "news:2", "Something else.")
    assert [post.key for post in only(second, Post)] == [call.key]
    assert [to for to, _ in owed_now(turn)] == [str(CHANNEL)]


def test_only_the_person_who_was_called_reads_it(turn: Turn) -> None:
    """Another person who presses learns nothing; the right one reads all of it, once."""
    lost(turn, "terminal/@ada", "50007")
    lost(turn, "terminal/@ada", "50007", "news:2", "Something else.")
    ada = person(turn, "ada")
    press = button(turn, f"reach-read:{ada.person_id}")
    with pytest.raises(Declined):
        closed_dms.reach_read_pressed(person(turn, "ben", "student"), press)
    shown = said(carried(ada, closed_dms.reach_read_pressed(ada, press), "read"))
    assert "You have an offer." in shown
    assert "Something else." in shown
    assert "Nothing waits for you" in listed(turn)
    assert "Nothing is left to read here." in said(
        carried(ada, closed_dms.reach_read_pressed(ada, press), "twice")
    )


def test_a_message_of_unknown_fate_is_not_repeated_without_asking(turn: Turn) -> None:
    """A message of unknown fate is an item that says so, and is sent again only by a person's choice."""
    actions = lost(turn, "terminal/@ada", "unsure", unknown=True)
    assert only(actions, Post) == []
    assert "An offer, for Ada" in listed(turn)
    assert identity(turn, "ada").reachable


def test_a_fault_of_one_message_does_not_close_the_person(turn: Turn) -> None:
    """A message that the platform refuses for itself is a separate item; the next ones still go."""
    lost(turn, "terminal/@ada", "invalid_blocks")
    assert identity(turn, "ada").reachable
    assert "could not be delivered (invalid_blocks)" in listed(turn)


def test_a_channel_that_is_gone_is_paused_and_reported_once(turn: Turn) -> None:
    """Two lost messages are one item with a way to choose another channel; back in, it is active again."""
    lost(turn, str(CHANNEL), "is_archived", "card:1")
    lost(turn, str(CHANNEL), "is_archived", "digest:1")
    channel = turn.session.scalars(select(Channel)).one()
    assert channel.state == "paused"
    assert "1 task" in listed(turn)
    assert "/cohort channel" in listed(turn)
    carried(turn, spaces.channel_back(turn, channel), "back")
    assert channel.state == "active"
    assert "Nothing waits for you" in listed(turn)


def test_a_staff_channel_that_is_gone_is_let_go(turn: Turn) -> None:
    """Tasks come to the coordinators directly from then on, and they hear why."""
    programme = turn.programme
    setattr(programme, "staff_place", "terminal/channel/riverside/staff")  # noqa: B010 - mypy would keep it narrowed
    turn.session.flush()
    lost(turn, "terminal/channel/riverside/staff", "channel_not_found", "tasks:1")
    assert programme.staff_place is None
    assert "I can no longer write to the staff channel" in listed(turn)


def test_an_edit_of_what_is_gone_is_nobodys_business(turn: Turn) -> None:
    """A person deleted the bot's card: there is nothing to change, and the channel is fine."""
    assert lost(turn, str(CHANNEL), "message_not_found", "edit:a:card:1") == []
    assert turn.session.scalars(select(Channel)).one().state == "active"


def test_one_message_that_a_channel_refuses_is_shown_to_the_coordinator(turn: Turn) -> None:
    """What could not be posted is an item with the words, so that a person can post them."""
    lost(turn, str(CHANNEL), "invalid_blocks", "card:1", "A fine project")
    assert "could not be posted (invalid_blocks)" in listed(turn)
    assert "A fine project" in listed(turn)


def test_who_leaves_in_the_middle_of_something_is_an_item(turn: Turn) -> None:
    """Their open application is named; back again, the item is closed and they are written to."""
    turn.session.add(Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now))
    turn.session.flush()
    project = project_row(turn.work, None, turn.now, title="Logo refresh")
    ada = person(turn, "ada")
    seed_application(turn.work, project, ada.person, turn.now)
    assert ada.user is not None
    gone_now = MemberLeft(id="m", at=turn.now, actor=ada.user, place=CHANNEL)
    carried(ada, undelivered.left(ada, gone_now), "left")
    assert "Ada has left, with something unfinished:" in listed(turn)
    assert "application to Logo refresh" in listed(turn)
    gone = turn.session.get_one(Person, ada.person_id)
    assert gone.left_at == turn.now
    back = replace(ada, place=CHANNEL)
    here_again = MemberJoined(id="j", at=turn.now, actor=ada.user, place=CHANNEL)
    carried(back, undelivered.joined(back, here_again), "joined")
    assert "Nothing waits for you" in listed(turn)
    assert identity(turn, "ada").reachable


def test_who_leaves_with_nothing_open_just_leaves(turn: Turn) -> None:
    """Coordinators get no task about a person who had nothing under way."""
    ada = person(turn, "ada")
    assert ada.user is not None
    assert undelivered.left(ada, MemberLeft(id="m", at=turn.now, actor=ada.user, place=CHANNEL)) == []


@pytest.mark.parametrize("unknown", [False, True], ids=["refused for itself", "in doubt"])
def test_the_hours_of_an_offer_that_may_not_have_arrived_are_stopped(turn: Turn, *, unknown: bool) -> None:
    """Nothing runs out unread, refused for itself or in doubt: the offer is kept until the project starts."""
    turn.session.add(Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now))
    turn.session.flush()
    project = project_row(turn.work, None, turn.now, title="Logo refresh")
    ada = person(turn, "ada")
    applied = seed_application(turn.work, project, ada.person, turn.now)
    carried(turn, [*move(turn, applied, "offered"), *offer_expiry.run_until(turn, applied, turn.now)], "made")
    applied.offer_until = turn.now + timedelta(hours=48)
    turn.session.flush()
    words = message("You have an offer.")
    carried(turn, [Post("terminal/@ada", words, "offer:1", kind=OFFER, subject=str(applied.id))], "offer")
    lost_now = (
        outbox.update().where(outbox.c.key == "offer:1").values(state="unknown" if unknown else "failed")
    )
    turn.connection.execute(lost_now)
    to = Undelivered("terminal/@ada", "msg_too_odd", "offer:1", words, unknown)
    carried(turn, undelivered.undelivered(turn, to), "lost offer")
    [looked_at] = set_for(turn, "wait.offer").values()
    assert looked_at == project.starts_at - timedelta(hours=24)
    assert turn.session.scalars(select(Application.offer_until)).all() == [None]


@pytest.mark.parametrize(
    "verb", ["application_withdraw_pressed", "application_keep_pressed", "withdraw_pressed"]
)
def test_a_stale_withdraw_shows_the_offer_and_its_hours_begin(turn: Turn, verb: str) -> None:
    """Who reads a refused offer in the answer to an old button has had it, and reads until when."""
    ada = person(turn, "ada", "student")
    turn.session.add(Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now))
    turn.session.flush()
    project = project_row(turn.work, None, turn.now)
    application = seed_application(turn.work, project, ada.person, turn.now)
    carried(turn, move(turn, application, "offered"), "made")
    actions = getattr(withdraw, verb)(ada, button(ada, f"application-withdraw:{application.id}"))
    carried(ada, actions)
    assert "Please answer by Thu 12 March 2026" in said(actions)
    assert application.offer_until == turn.now + timedelta(hours=72)
    reminded = application.offer_until - timedelta(hours=24)
    key = f"wait:offer:{application.id}:soon:{reminded.isoformat()}"
    assert set_for(turn, "wait.offer") == {key: reminded}

"""Messages in doubt: one task, in which a coordinator says of each what is true."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from bot.chat.actions import Action, Post
from bot.chat.codec import Key
from bot.chat.content import Button, Buttons, load_message, message, text
from bot.chat.events import Place
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined, Undelivered
from bot.chat.values import replace
from bot.programme.administration.creation import create_cohort
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.reachability import closed_dms, undelivered, unknown_deliveries
from storage.queries import unknown_deliveries as rows
from storage.tables import Company, Task, outbox
from tests.support.in_memory import begun, button, carried, command, person, said
from tests.support.projects import project_row

CHANNEL = Place("terminal", "riverside", "spring")
STAFF = Place("terminal", "riverside", "staff")
CARD = message(text("Market map of repair shops"), Buttons((Button("Apply", "apply:1"),)))


@contextmanager
def _opened() -> Iterator[Turn]:
    """Cora acts; there is the cohort Spring, the student Ada and a staff channel."""
    with begun() as begin:
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", CHANNEL)
        person(begin, "ada", "student")
        begin.programme.staff_place = str(STAFF)
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def doubted(turn: Turn, to: str, key: str, words: object = CARD, *, kind: str = "", subject: str = "") -> int:
    """Post a message of which it is then unknown whether it arrived; return its row's number."""
    post = Post(to, words, key, kind=kind, subject=subject)  # type: ignore[arg-type]  # a Message
    carried(turn, [post], key)
    of_key = outbox.update().where(outbox.c.key == key)
    turn.connection.execute(of_key.values(state="unknown", sent_at=turn.now, attempts=1))
    lost = Undelivered(to, "unsure", key, CARD, unknown=True)
    carried(turn, undelivered.undelivered(turn, lost), f"lost {key}")
    return int(turn.connection.execute(select(outbox.c.id).where(outbox.c.key == key)).scalar_one())


def listed(turn: Turn) -> str:
    """What `/stint tasks` says."""
    return said(tasks.list_command(turn, command(turn, "stint", "tasks")))


def state(turn: Turn, number: int) -> str:
    """What the outbox says of a row."""
    return str(turn.connection.execute(select(outbox.c.state).where(outbox.c.id == number)).scalar_one())


def test_the_item_says_what_it_is_and_where_it_should_be(turn: Turn) -> None:
    """A card: its words, its channel, since when, and the two answers; its own buttons are not shown."""
    doubted(turn, str(CHANNEL), "card:1:1")
    words = listed(turn)
    assert "A message may not have arrived." in words
    assert "The card of a project, in the channel of Spring, Mon 9 March 2026" in words
    assert "It says: Market map of repair shops" in words
    assert "[Post it again] [It is there]" in words
    assert "[Apply]" not in words


CALLED = {
    keys.ADMITTED: "A note of an admission to a cohort",
    keys.ASIDE: "A note that a draft waits",
    keys.BACK: "A note that I am back",
    keys.ENDED: "A note that a placement ended",
    keys.FILE: "A file",
    keys.HELLO: "My greeting",
    keys.LATE_ANSWER: "An answer",
    keys.LINKED: "A note that two accounts were linked",
    keys.NOTICES: "The daily message",
    keys.QUESTION: "A question of a draft",
    keys.TASK: "A task",
}


@pytest.mark.parametrize("key", CALLED)
def test_a_message_of_an_older_row_is_called_by_its_key(turn: Turn, key: Key) -> None:
    """A row without a kind is known by the word with which its key begins."""
    doubted(turn, str(replace(CHANNEL, id="lost")), f"{key}:1")
    assert f"{CALLED[key]}, in the channel" in listed(turn)


NAMED = {
    "away": "A note that you cover for a person who is away",
    "company.part": "A note on your part in a company",
    "employer.removed": "A note that a role was taken back",
    "farewell": "The farewell of a cohort",
    "mentor": "A note on the mentor of a placement",
}


@pytest.mark.parametrize("kind", NAMED)
def test_a_message_of_a_kind_is_called_by_what_it_is(turn: Turn, kind: str) -> None:
    """A row with a kind has the name that the room of its kind gives it, whatever its key."""
    doubted(turn, str(replace(CHANNEL, id="lost")), "note:1", kind=kind, subject="1")
    assert f"{NAMED[kind]}, in the channel" in listed(turn)


def test_word_of_an_owner_is_called_by_its_project(turn: Turn) -> None:
    """The message to the owner before or now has the project in its name."""
    company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=turn.now)
    turn.session.add(company)
    turn.session.flush()
    turn.person.company_id = company.id
    project = project_row(turn.work, turn.person, turn.now)
    about = subjects.OF_OWNER(project.id, turn.person.id, "yours")
    doubted(turn, str(replace(CHANNEL, id="lost")), "note:1", kind="project.owner", subject=about)
    assert f"Who looks after {project.title}, in the channel" in listed(turn)


def test_a_message_to_an_account_of_no_person_names_the_platform(turn: Turn) -> None:
    """A person who is not known any more has no name."""
    doubted(turn, "terminal/@gone", f"{keys.TASK}:1")
    assert "A task, in direct messages on " in listed(turn)


def test_words_between_others_are_not_shown(turn: Turn) -> None:
    """A direct message is named by what it is and by its reader, not by its words."""
    doubted(turn, "terminal/@ada", "letter:1", message("A secret of Ada's."))
    words = listed(turn)
    assert "A message from another person, for Ada" in words
    assert "secret" not in words


def test_several_are_one_item_and_few_are_shown_at_once(turn: Turn) -> None:
    """After a crash there is one item however many messages it holds; the next follow as they are settled."""
    numbers = [doubted(turn, str(CHANNEL), f"digest:1:2026-03-0{day}:1") for day in range(1, 6)]
    words = listed(turn)
    assert "1 task" in words
    assert "5 messages may not have arrived." in words
    assert words.count("[It is there]") == 3
    assert "2 more follow when these are settled." in words
    first = button(turn, f"doubt-again:{numbers[0]}")
    assert "I am posting it again." in said(
        carried(turn, unknown_deliveries.again_pressed(turn, first), "first")
    )
    assert "4 messages may not have arrived." in listed(turn)
    every = button(turn, f"doubt-all:{numbers[-2]}")
    assert "I am posting 3 messages again." in said(
        carried(turn, unknown_deliveries.all_pressed(turn, every), "all")
    )
    assert [state(turn, number) for number in numbers] == ["pending"] * 4 + ["unknown"]
    assert "A message may not have arrived." in listed(turn)


def test_many_are_settled_by_their_kind(turn: Turn) -> None:
    """Where there are more than are shown one by one, each kind has a choice for all of it."""
    digests = [doubted(turn, str(CHANNEL), f"digest:1:2026-03-0{day}:1") for day in range(1, 4)]
    card = doubted(turn, str(CHANNEL), "card:1:1")
    [stored] = turn.connection.execute(select(Task.message)).scalars()
    words = plain_text(load_message(stored))  # it is longer than a page of the list
    assert "Or settle all of a kind together:" in words
    assert "The card of a project: one message, Mon 9 March 2026" in words
    assert "The digest: 3 messages since Mon 9 March 2026" in words
    assert words.count("[Post all again] [All are there]") == 2
    there = button(turn, f"doubt-kind-there:digest:{digests[1]}")  # a third came after the list was shown
    settled = carried(turn, unknown_deliveries.kind_there_pressed(turn, there), "there")
    assert "Good, 2 messages count as posted." in said(settled)
    assert [state(turn, number) for number in (*digests, card)] == ["sent", "sent", "unknown", "unknown"]
    again = button(turn, f"doubt-kind-again:card:{card}")
    assert "I am posting one message again." in said(
        carried(turn, unknown_deliveries.kind_again_pressed(turn, again), "again")
    )
    assert state(turn, card) == "pending"
    last = button(turn, f"doubt-kind-there:digest:{digests[2]}")
    assert "Good, one message counts as posted." in said(
        carried(turn, unknown_deliveries.kind_there_pressed(turn, last), "last")
    )
    for pressed in (unknown_deliveries.kind_there_pressed, unknown_deliveries.kind_again_pressed):
        with pytest.raises(Declined):
            pressed(turn, last)


def test_what_is_there_counts_as_sent_and_can_be_taken_back(turn: Turn) -> None:
    """It is looked for and listed no more; pressed by mistake, it is listed again; found, it stays."""
    number = doubted(turn, str(STAFF), "tasks:2026-03-09")
    assert "in the staff channel" in listed(turn)
    there, back = (button(turn, f"{verb}:{number}") for verb in ("doubt-there", "doubt-back"))
    assert "it counts as posted" in said(
        carried(turn, unknown_deliveries.there_pressed(turn, there), "there")
    )
    assert "Nothing waits for you" in listed(turn)
    finds = select(outbox.c.target).where(outbox.c.operation == "find")
    assert turn.connection.execute(finds).scalars().all() == ["tasks:2026-03-09"]
    taken_back = carried(turn, unknown_deliveries.back_pressed(turn, back), "back")
    assert "It is listed again." in said(taken_back)
    assert "A message may not have arrived." in listed(turn)
    carried(turn, unknown_deliveries.there_pressed(turn, there), "there again")
    rows.store_place(turn.connection, turn.programme_id, "tasks:2026-03-09", f"{STAFF}#7")
    with pytest.raises(Declined):
        unknown_deliveries.back_pressed(turn, back)


def test_only_a_coordinator_settles_it_and_only_once(turn: Turn) -> None:
    """A number is a key to look up, not a right: others are refused, and so is a second press."""
    number = doubted(turn, str(CHANNEL), "card:1:1")
    student = person(turn, "ada")
    handlers = {
        "doubt-again": unknown_deliveries.again_pressed,
        "doubt-there": unknown_deliveries.there_pressed,
        "doubt-all": unknown_deliveries.all_pressed,
        "doubt-back": unknown_deliveries.back_pressed,
    }
    for verb, handler in handlers.items():
        with pytest.raises(Declined):
            handler(student, button(student, f"{verb}:{number}"))
    carried(turn, unknown_deliveries.again_pressed(turn, button(turn, f"doubt-again:{number}")), "again")
    for verb, handler in handlers.items():
        with pytest.raises(Declined):
            handler(turn, button(turn, f"{verb}:{number}"))


def test_an_old_item_of_a_person_still_works(turn: Turn) -> None:
    """Its button "Try again" posts whatever is in doubt for that person."""
    number = doubted(turn, "terminal/@ada", "offer:1:now")
    ada = person(turn, "ada").person
    actions: list[Action] = list(closed_dms.reach_again_pressed(turn, button(turn, f"reach-again:{ada.id}")))
    assert "one message for Ada" in said(carried(turn, actions, "again"))
    assert state(turn, number) == "pending"
    assert "Nothing waits for you" in listed(turn)

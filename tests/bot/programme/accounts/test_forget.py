"""Forgetting somebody erases their words and their name, and nothing of anybody else."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import literal, select, update

from bot.chat.actions import Post
from bot.chat.answers import Option
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Plain,
    Select,
    dump_message,
    load_message,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import Place, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.chat.sentences import Names
from bot.programme import people
from bot.programme.accounts import forget
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import unnaming
from storage.tables import (
    Application,
    Cohort,
    Company,
    Letter,
    Milestone,
    Notice,
    Placement,
    Task,
    inbox,
    outbox,
)
from tests.support.in_memory import carried, owed, person
from tests.support.projects import project_row, seed_application

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
NEWS = "Adaptation plan: read it in plain text."
WORDS = ("Bob Quill", "text", "plain", "Ada", "kind", "blocks", "Apply", "a", "", "%", '"', "\\")
"""Names that are words of what others wrote, or of how messages are stored."""


pytestmark = pytest.mark.turn(now=NOON)


def called(turn: Turn, name: str) -> Turn:
    """A student with this display name acts."""
    acting = person(turn, "other", "student")
    acting.person.name = name
    acting.session.flush()
    return acting


@pytest.mark.parametrize("name", WORDS)
def test_news_of_others_read_as_they_did(turn: Turn, name: str) -> None:
    """Whatever somebody is called, news and items that are not about them keep every word."""
    marta = person(turn, "marta", "employer", zone="Europe/Madrid")
    ways = Buttons((Button("Apply", "application-begin:1"), Button(f"Read: {name} and more", "x:1")))
    carried(marta, daily_message.notify(marta, marta.person, "one", "project:1", text(NEWS), ways))
    carried(turn, tasks.open_task(turn, "one", "approval", "project:1", text(Plain(NEWS)), ways))
    leaving = called(turn, name)
    carried(leaving, forget.erase(leaving, leaving.person))
    for news in (*turn.session.scalars(select(Notice)), *turn.session.scalars(select(Task))):
        assert plain_text(load_message(news.message)) == f"{NEWS}\n[Apply] [Read: {name} and more]"


@pytest.mark.parametrize("name", WORDS)
def test_messages_to_others_are_kept(turn: Turn, name: str) -> None:
    """The ledger and the stored answers of others lose nothing to a name that is a word of theirs."""
    marta = person(turn, "marta", "employer")
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(text(NEWS), Plain(NEWS)), f"post:{n}") for n in range(4)])
    for number, state in enumerate(("pending", "sent", "failed", "held")):
        turn.connection.execute(update(outbox).where(outbox.c.key == f"post:{number}").values(state=state))
    answer = {"message": dump_message(message(text(NEWS))), "replace": False}
    turn.connection.execute(
        inbox.insert().values(
            programme_id=turn.programme_id,
            platform="terminal",
            event_id="e",
            received_at=NOON,
            answer=answer,
            answer_state="given",
            actor=there,
        )
    )
    leaving = called(turn, name)
    carried(leaving, forget.erase(leaving, leaving.person))
    assert {said for key, said in owed(turn).items() if key.startswith("post:")} == {f"{NEWS}\n{NEWS}"}
    assert turn.connection.execute(select(inbox.c.answer)).scalar() == answer


def test_a_name_goes_wherever_it_is_a_value_of_its_own(turn: Turn) -> None:
    """News in words, a button that ends in the name and a choice of it name somebody who left instead."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    blocks = (
        text("**", Plain("Ada"), "** and ", Plain("Adaline"), " applied."),
        Fields((row("Student", Plain("Ada")),)),
        Buttons((Button("Read: Ada", "x:1"), Button("Market map · Ada", "x:2"), Button("Ada", "x:3"))),
        Select("y", (Option("1", "Ada"), Option("2", "Adaline"))),
    )
    carried(marta, daily_message.notify(marta, marta.person, "one", "news:1", *blocks))
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    gone = unnaming.GONE
    assert plain_text(load_message(news.message)) == (
        f"{gone} and Adaline applied.\nStudent: {gone}\n[Read: {gone}] [Market map · {gone}] [Ada]\n"
        f"[Choose: {gone}, Adaline]"
    )


def test_a_name_goes_from_the_values_of_sentences(turn: Turn) -> None:
    """A person who is a value of a sentence, a label or a list is named as gone, said already or not."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    ada, there = people.person_name(leaving.person), people.address(marta, marta.person)
    blocks = (
        text("**{student}** and {other} applied.", student=ada, other="Adaline"),
        text("- {student}", student=ada),
        Fields((row("Team", "{people}", people=Names((ada, "Bo"))),)),
        Buttons((Button(say("Read: {student}", student=ada), "x:1"),)),
    )
    carried(marta, daily_message.notify(marta, marta.person, "one", "news:1", *blocks))
    carried(marta, [Post(there, message(*blocks), "post:1")])
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    gone = unnaming.GONE
    left = f"{gone} and Adaline applied.\n- {gone}\nTeam: {gone} and Bo\n[Read: {gone}]"
    assert (plain_text(load_message(news.message)), owed(turn)["post:1"]) == (left, left)


def test_a_person_as_a_value_goes_by_the_id(turn: Turn) -> None:
    """A value names the person who left, also where a namesake stays and in unsent sentences."""
    marta = person(turn, "marta", "employer")
    stays = person(turn, "ada", "student")
    leaving = called(turn, stays.person.name)
    gone, kept = people.person_name(leaving.person), people.person_name(stays.person)
    blocks = (
        text("{one} and {other} applied.", one=gone, other=kept),
        Fields((row("Student", gone),)),
        Buttons((Button(say("Read: {student}", student=gone), "x:1"),)),
        Select("y", (Option("1", say("{student} · {title}", student=gone, title="Map")),)),
    )
    carried(marta, daily_message.notify(marta, marta.person, "one", "news:1", *blocks))
    carried(marta, [Post(people.address(marta, marta.person), message(*blocks), "post:1")])
    carried(marta, tasks.open_task(marta, "one", "approval", "project:1", *blocks))
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    (task,) = turn.session.scalars(select(Task))
    said = (
        f"{unnaming.GONE} and Ada applied.\nStudent: {unnaming.GONE}\n[Read: {unnaming.GONE}]\n"
        f"[Choose: {unnaming.GONE} · Map]"
    )
    told = [plain_text(load_message(stored.message)) for stored in (news, task)]
    assert [*told, owed(turn)["post:1"]] == [said] * 3


def test_a_sent_message_with_a_person_as_a_value_goes_by_the_id(turn: Turn) -> None:
    """What was sent with a name that the person no longer had is erased as well."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Adaline")
    said = message(text("{student} applied.", student=people.person_name(leaving.person)))
    carried(marta, [Post(people.address(marta, marta.person), said, "post:1")])
    turn.connection.execute(update(outbox).values(state="sent"))
    leaving.person.name = "Ada"
    carried(leaving, forget.erase(leaving, leaving.person))
    assert owed(turn)["post:1"] == ""


RELAYED = (
    text(Plain("Ada")),
    text("The reason: ", Plain("Ada")),
    text("They say:\n", Plain("Ada")),
    text("**", Plain("Acme Maps"), "**: ", Plain("Ada")),
    text("- ", Plain("Ada")),
    text("It takes the place of “", Plain("Ada"), "”."),
    text("**Why?**\n", Plain("Ada"), "\n", "**And?**"),
    note("You typed: ", Plain("Ada")),
    Fields((row("Questions", Plain("Ada")),)),
    Select("y", (Option("Ada", "Ada"),)),
    text("The reason: {reason}", reason="Ada"),
    text("**Why?**\n{answer}", answer=Plain("Ada")),
    text("Said: “{words}” and no more.", words="Ada"),
    Fields((row("Questions", "{words}", words="Ada"),)),
)
"""How the bot passes on what a person wrote, here a word that is the name of somebody else."""


@pytest.mark.parametrize("block", RELAYED)
def test_what_others_wrote_is_not_renamed(turn: Turn, block: Block) -> None:
    """Words that wait to be read stay as they were written, also where all of them are a name."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    opening = text("**", Plain("Ada"), "** applied.")
    carried(marta, daily_message.notify(marta, marta.person, "one", "news:1", opening, block))
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(opening, block), "post:1")])
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    kept = plain_text(message(text("**", Plain(unnaming.GONE), "** applied."), block))
    assert (plain_text(load_message(news.message)), owed(turn)["post:1"]) == (kept, kept)


@pytest.mark.parametrize(("state", "left"), [("sent", ""), ("pending", "The date is moved.\nThe reason: …")])
def test_words_in_a_message_go_with_their_writer(turn: Turn, state: str, left: str) -> None:
    """What was sent is erased; what waits goes out without the words, in a message and in the day's news."""
    ada = person(turn, "ada", "student")
    leaving = called(turn, "Bob")
    said = (text("The date is moved."), text("The reason: {reason}", reason="I am ill."))
    writer = leaving.person.id
    post = Post(people.address(ada, ada.person), message(*said), "post:1", writer=writer)
    carried(
        leaving, [post, *daily_message.notify(leaving, ada.person, "one", "news:1", *said, writer=writer)]
    )
    turn.connection.execute(update(outbox).values(state=state))
    turn.session.execute(update(Notice).values(state={"sent": "told"}.get(state, "waiting")))
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    assert (owed(turn)["post:1"], plain_text(load_message(news.message))) == (left, left)


@pytest.mark.parametrize(
    ("account", "place"),
    [
        (UserRef("terminal", "ada"), Place("terminal", "", "dm-ada", "dm")),
        (UserRef("slack", "T1/U1"), Place("slack", "T1", "D1", "dm")),
        (UserRef("discord", "181"), Place("discord", "", "991", "dm")),
    ],
    ids=lambda of: of.platform,
)
def test_the_place_of_their_direct_messages_is_nowhere(turn: Turn, account: UserRef, place: Place) -> None:
    """What was sent there is no longer called by it; a channel that others read keeps its messages."""
    someone = people.person_for(turn, account, "Ada")
    channel = Place(place.platform, "T1", "C1")
    sent = {"post:1": (str(account), place), "edit:1": (str(place), place), "card:1": (str(channel), channel)}
    carried(turn, [Post(to, message("Hello."), key) for key, (to, _) in sent.items()])
    for key, (_, where) in sent.items():
        stood = {"state": "sent", "reference": f"{where}#7", "target": f"{where}#7"}
        turn.connection.execute(update(outbox).where(outbox.c.key == key).values(stood))
    turn.connection.execute(update(outbox).where(outbox.c.key == "edit:1").values(key=f"edit:{place}#7"))
    carried(turn, forget.erase(turn, someone))
    rows = [str(tuple(row)) for row in turn.connection.execute(select(outbox).order_by(outbox.c.id))]
    assert [str(channel) in row for row in rows] == [False, False, True]
    assert not [row for row in rows if str(account) in row or str(place) in row]


def test_rows_with_a_name_are_known_by_their_labels() -> None:
    """Whatever row the program makes of a person's bare name is among those in which a name is replaced."""
    labels = set()
    for path in (Path(__file__).resolve().parents[4] / "bot" / "programme").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "row" and len(call.args) > 1:
                values = (*call.args[1:], *(keyword.value for keyword in call.keywords))
                value = " ".join(map(ast.unparse, values))
                if re.search(r"(person|student|employer|owner)\.name", value):
                    labels.add(ast.literal_eval(call.args[0]))
    assert labels <= unnaming.ROWS


def test_a_namesake_is_not_unnamed(turn: Turn) -> None:
    """Of two people with one name, news that may be about the one who stays keep it."""
    marta = person(turn, "marta", "employer")
    stays = person(turn, "ada", "student")
    leaving = called(turn, stays.person.name)
    carried(
        marta, daily_message.notify(marta, marta.person, "one", "news:1", text(Plain("Ada"), " applied."))
    )
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    assert plain_text(load_message(news.message)) == "Ada applied."


@pytest.mark.parametrize("state", ["pending", "held", "failed", "sent"])
def test_a_letter_of_somebody_forgotten_is_not_brought_any_more(turn: Turn, state: str) -> None:
    """Its words are erased under every key it went by, and what never arrived never will."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    application = _applied(turn, marta, leaving)
    letter = Letter(
        programme_id=turn.programme_id,
        application_id=application.id,
        sender_id=leaving.person.id,
        recipient_id=marta.person.id,
        text="Do not tell.",
        created_at=NOON,
    )
    turn.session.add(letter)
    turn.session.flush()
    keys = (f"letter:{letter.id}", f"letter:{letter.id}:elsewhere", f"letter:{letter.id}1")
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(Plain("Do not tell.")), key) for key in keys])
    turn.connection.execute(update(outbox).where(outbox.c.key.in_(keys)).values(state=state))
    carried(leaving, forget.erase(leaving, leaving.person))
    rows = turn.connection.execute(select(outbox.c.key, outbox.c.state).where(outbox.c.key.in_(keys)))
    after = "sent" if state == "sent" else "withdrawn"
    assert {row.key: row.state for row in rows} == {keys[0]: after, keys[1]: after, keys[2]: state}
    assert [said for key, said in owed(turn).items() if key in keys] == ["", "", "Do not tell."]


def test_what_was_said_of_their_own_things_goes_with_them(turn: Turn) -> None:
    """News about a deliverable of theirs that were told are erased, whether or not they name anybody."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    milestone_id = _at_work(turn, marta, leaving)
    why = text("The reason: ", Plain("I am ill."))
    for key, about in (("one", f"date:{milestone_id}"), ("two", f"date:{milestone_id + 1}")):
        carried(marta, daily_message.notify(marta, marta.person, key, about, why))
    turn.session.execute(update(Notice).values(state="told"))
    carried(leaving, forget.erase(leaving, leaving.person))
    query = select(Notice.message).where(Notice.key.in_(("one", "two"))).order_by(Notice.id)
    said = turn.session.scalars(query)
    assert [plain_text(load_message(each)) for each in said] == ["", "The reason: I am ill."]


def _applied(turn: Turn, marta: Turn, student: Turn) -> Application:
    """The student's application to a project of Marta's."""
    company = Company(programme_id=turn.programme_id, name="Acme Maps", created_at=NOON)
    turn.session.add(company)
    turn.session.flush()
    marta.person.company_id = company.id
    project = project_row(turn.work, marta.person, NOON)
    cohort = Cohort(
        programme_id=turn.programme_id,
        name="Spring 26",
        zone="UTC",
        digest_at="08:30",
        days_off=[],
        created_at=NOON,
    )
    turn.session.add(cohort)
    turn.session.flush()
    return seed_application(turn.work, project, student.person, NOON)


def _at_work(turn: Turn, marta: Turn, student: Turn) -> int:
    """The id of a deliverable of the student's, in a placement that is over."""
    application = _applied(turn, marta, student)
    placement = Placement(
        programme_id=turn.programme_id,
        project_id=application.project_id,
        application_id=application.id,
        person_id=student.person.id,
        status="ended",
        starts_at=NOON,
        due_at=NOON,
        created_at=NOON,
        ended_at=NOON,
    )
    turn.session.add(placement)
    turn.session.flush()
    milestone = Milestone(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        position=1,
        title="A table",
        due_at=NOON,
        status="open",
    )
    turn.session.add(milestone)
    turn.session.flush()
    return milestone.id


@pytest.mark.parametrize("said", ['{"kind":"person","id":%d,"name":"Ada"}', '{"id": %d, "kind": "person"}'])
def test_a_value_is_found_in_any_order_of_its_json(turn: Turn, said: str) -> None:
    """Databases and writers put the keys of stored JSON in their own order, with blanks or without."""
    held, other = (literal(said % number) for number in (turn.person.id, turn.person.id + 1))
    found = select(unnaming.is_value_of(held, turn.person), unnaming.is_value_of(other, turn.person))
    assert tuple(turn.connection.execute(found).one()) == (True, False)

"""Forgetting a person erases their words and their name, and nothing of anybody else."""

from datetime import UTC, datetime

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
    Project,
    Task,
    conversations,
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


@pytest.mark.sampled("Bob Quill", "blocks", "%")
@pytest.mark.parametrize("name", WORDS)
def test_news_of_others_read_as_they_did(turn: Turn, name: str) -> None:
    """Whatever a person is called, news and items that are not about them keep every word."""
    marta = person(turn, "marta", "employer", zone="Europe/Madrid")
    ways = Buttons((Button("Apply", "application-begin:1"), Button(f"Read: {name} and more", "x:1")))
    carried(marta, daily_message.notify(marta, marta.person, "one", "project:1", text(NEWS), ways))
    carried(turn, tasks.open_task(turn, "one", "approval", "project:1", text(Plain(NEWS)), ways))
    leaving = called(turn, name)
    carried(leaving, forget.erase(leaving, leaving.person))
    for news in (*turn.session.scalars(select(Notice)), *turn.session.scalars(select(Task))):
        assert plain_text(load_message(news.message)) == f"{NEWS}\n[Apply] [Read: {name} and more]"


@pytest.mark.soak
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


@pytest.mark.soak
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
    text("**{company}** applied.", company="Ada"),
    text("**{project}** is open.", project="Ada"),
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
"""How the bot passes on what a person wrote or gave a name, here a word that is a name of another person."""


@pytest.mark.sampled("block1", "block3", "block4")
@pytest.mark.parametrize("block", RELAYED)
def test_what_others_wrote_is_not_renamed(turn: Turn, block: Block) -> None:
    """Words that wait to be read stay as they were written, also where all of them are a name."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    opening = text("**{student}** applied.", student=people.person_name(leaving.person))
    carried(marta, daily_message.notify(marta, marta.person, "one", "news:1", opening, block))
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(opening, block), "post:1")])
    carried(leaving, forget.erase(leaving, leaving.person))
    (news,) = turn.session.scalars(select(Notice))
    kept = plain_text(message(text("**{student}** applied.", student=unnaming.GONE), block))
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


@pytest.mark.soak
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


@pytest.mark.soak
@pytest.mark.parametrize("state", ["pending", "held", "failed", "sent"])
def test_a_message_of_a_forgotten_person_is_not_brought_any_more(turn: Turn, state: str) -> None:
    """Its words are erased under every key it went by, and what never arrived never will."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    application = _applied(turn, marta, leaving)
    stored = Letter(
        programme_id=turn.programme_id,
        application_id=application.id,
        sender_id=leaving.person.id,
        recipient_id=marta.person.id,
        text="Do not tell.",
        created_at=NOON,
    )
    turn.session.add(stored)
    turn.session.flush()
    keys = (f"letter:{stored.id}", f"letter:{stored.id}:elsewhere", f"letter:{stored.id}1")
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(Plain("Do not tell.")), key) for key in keys])
    turn.connection.execute(update(outbox).where(outbox.c.key.in_(keys)).values(state=state))
    carried(leaving, forget.erase(leaving, leaving.person))
    rows = turn.connection.execute(select(outbox.c.key, outbox.c.state).where(outbox.c.key.in_(keys)))
    after = "sent" if state == "sent" else "withdrawn"
    assert {row.key: row.state for row in rows} == {keys[0]: after, keys[1]: after, keys[2]: state}
    assert [said for key, said in owed(turn).items() if key in keys] == ["", "", "Do not tell."]


@pytest.mark.soak
def test_what_was_said_of_their_own_things_goes_with_them(turn: Turn) -> None:
    """News about their deliverable that were delivered are erased, whether or not they name a person."""
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


def _applied_too(turn: Turn, student: Turn) -> Application:
    """Another student's application to the project of `_applied`."""
    project = turn.session.scalars(select(Project)).one()
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
    found = select(*(unnaming.may_name(each, turn.person.id) for each in (held, other)))
    assert tuple(turn.connection.execute(found).one()) == (True, False)


OF_BEFORE = [{"kind": "text", "parts": [{"kind": "plain", "text": "Ada"}, " applied, says Adaline."]}]
"""Blocks as they were stored before people were values: the name is a part of the text."""


@pytest.mark.soak
@pytest.mark.parametrize("state", ["sent", "pending", "held", "failed"])
def test_messages_of_before_go_by_what_they_are_about(turn: Turn, state: str) -> None:
    """A name in the text of older messages goes with the person's things, and nothing of a namesake's."""
    marta = person(turn, "marta", "employer")
    stays, leaving = person(turn, "ada", "student"), called(turn, "Ada")
    mine = _applied(turn, marta, leaving).id
    theirs = _applied_too(turn, stays).id
    there = people.address(marta, marta.person)
    keys = {number: f"application:{number}:admitted:x" for number in (mine, theirs)}
    carried(marta, [Post(there, message(text("Old.")), key) for key in keys.values()])
    turn.connection.execute(update(outbox).values(state=state, message={"blocks": OF_BEFORE}))
    carried(leaving, forget.erase(leaving, leaving.person))
    query = select(outbox.c.key, outbox.c.state).where(outbox.c.key.in_(keys.values()))
    states = {row.key: row.state for row in turn.connection.execute(query)}
    assert states == {keys[mine]: "sent" if state == "sent" else "withdrawn", keys[theirs]: state}
    said = owed(turn)
    assert (said[keys[mine]], said[keys[theirs]]) == ("", "Ada applied, says Adaline.")


@pytest.mark.soak
@pytest.mark.parametrize(("about", "key"), [("withdrawn:{}", "x:{}"), ("news:1", "no-place:{}:x")])
def test_news_of_before_go_by_what_they_are_about(turn: Turn, about: str, key: str) -> None:
    """Older news of the person's things, by subject or by key, are not sent any more; a namesake's are."""
    marta = person(turn, "marta", "employer")
    stays, leaving = person(turn, "ada", "student"), called(turn, "Ada")
    numbers = _applied(turn, marta, leaving).id, _applied_too(turn, stays).id
    for each in numbers:
        carried(
            marta, daily_message.notify(marta, marta.person, key.format(each), about.format(each), text("x"))
        )
    turn.session.execute(update(Notice).values(message={"blocks": OF_BEFORE}))
    carried(leaving, forget.erase(leaving, leaving.person))
    gone, kept = (
        turn.session.scalars(select(Notice).where(Notice.key == key.format(each))).one() for each in numbers
    )
    assert (plain_text(load_message(gone.message)), gone.state) == ("", "dropped")
    assert (plain_text(load_message(kept.message)), kept.state) == ("Ada applied, says Adaline.", "waiting")


@pytest.mark.soak
@pytest.mark.parametrize("about", ["withdrawn:{}", "project:1"])
def test_items_of_before_go_by_what_they_are_about(turn: Turn, about: str) -> None:
    """Older items about the person's things, by subject or by key, are closed; a namesake's stay open."""
    marta = person(turn, "marta", "employer")
    stays, leaving = person(turn, "ada", "student"), called(turn, "Ada")
    numbers = _applied(turn, marta, leaving).id, _applied_too(turn, stays).id
    for each in numbers:
        carried(
            turn,
            tasks.open_task(turn, f"overfull:{each}", "overfull", about.format(each), text("x")),
        )
    turn.session.execute(update(Task).values(message={"blocks": OF_BEFORE}))
    carried(leaving, forget.erase(leaving, leaving.person))
    gone, kept = (
        turn.session.scalars(select(Task).where(Task.key == f"overfull:{each}")).one() for each in numbers
    )
    assert (plain_text(load_message(gone.message)), gone.state) == ("", "done")
    assert (plain_text(load_message(kept.message)), kept.state) == ("Ada applied, says Adaline.", "open")


@pytest.mark.soak
def test_an_item_of_before_that_waits_for_an_answer_keeps_its_buttons(turn: Turn) -> None:
    """An early end, or an approval, can still be looked into: its words go, and the name with them."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    _at_work(turn, marta, leaving)
    (number,) = turn.session.scalars(select(Placement.id))
    kind = "placement.ended"
    carried(turn, tasks.open_task(turn, f"ended:{number}", kind, f"ended:{number}", text("Old.")))
    way = {"kind": "buttons", "buttons": [{"label": "See it", "action": "x:1"}]}
    turn.session.execute(update(Task).values(message={"blocks": [*OF_BEFORE, way]}))
    carried(leaving, forget.erase(leaving, leaving.person))
    (item,) = turn.session.scalars(select(Task).where(Task.kind == kind))
    said = "This is about a person who left.\n[See it]"
    assert (plain_text(load_message(item.message)), item.state) == (said, "open")


@pytest.mark.parametrize(("state", "left"), [("sent", ""), ("pending", "Ada applied, says Adaline.")])
def test_what_others_still_wait_for_is_sent(turn: Turn, state: str, left: str) -> None:
    """Older messages about an employer's students lose their text once they were read, and not before."""
    marta, student = person(turn, "marta", "employer"), person(turn, "ada", "student")
    milestone_id = _at_work(turn, marta, student)
    (number,) = turn.session.scalars(select(Project.id))
    there = people.address(student, student.person)
    carried(marta, [Post(there, message(text("Old.")), f"moved:{milestone_id}:x")])
    carried(turn, tasks.open_task(turn, f"approval:{number}", "approval", f"project:{number}", text("Old.")))
    turn.connection.execute(update(outbox).values(state=state, message={"blocks": OF_BEFORE}))
    turn.session.execute(update(Task).values(message={"blocks": OF_BEFORE}))
    carried(marta, forget.erase(marta, marta.person))
    item = turn.session.scalars(select(Task).where(Task.kind == "approval")).one()
    assert owed(turn)[f"moved:{milestone_id}:x"] == left
    assert (plain_text(load_message(item.message)), item.state) == (
        "This is about a person who left.",
        "open",
    )


@pytest.mark.soak
def test_a_daily_message_of_before_goes_with_its_news(turn: Turn) -> None:
    """A sent daily message is erased if a piece of news in it was about the person's things."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    number = _applied(turn, marta, leaving).id
    carried(marta, daily_message.notify(marta, marta.person, "x", f"withdrawn:{number}", text("Old.")))
    (news,) = turn.session.scalars(select(Notice))
    news.state = "told"
    there = people.address(marta, marta.person)
    for day, first in (("09", news.id), ("10", news.id + 1)):
        about = f"{marta.person.id}:{first}:{first + 1}"
        key = f"notices:{marta.person.id}:2026-03-{day}"
        carried(marta, [Post(there, message(text("Old.")), key, kind="notices", subject=about)])
    turn.connection.execute(update(outbox).values(state="sent", message={"blocks": OF_BEFORE}))
    carried(leaving, forget.erase(leaving, leaving.person))
    said = [words for key, words in owed(turn).items() if key.startswith("notices:")]
    assert said == ["", "Ada applied, says Adaline."]


@pytest.mark.parametrize("known", [True, False])
def test_a_daily_message_of_before_that_waits_keeps_its_other_news(turn: Turn, *, known: bool) -> None:
    """News about the person's things go out of it; one that does not say what it holds is not sent."""
    marta = person(turn, "marta", "employer")
    leaving = called(turn, "Ada")
    number = _applied(turn, marta, leaving).id
    for about in (f"withdrawn:{number}", "project:99"):
        carried(marta, daily_message.notify(marta, marta.person, about, about, text("Old."), text("More.")))
    first, last = turn.session.scalars(select(Notice).order_by(Notice.id))
    first.message, last.message = {"blocks": OF_BEFORE}, dump_message(message(text("Of another project.")))
    first.state = last.state = "told"
    key = f"notices:{marta.person.id}:2026-03-09"
    subject = f"{marta.person.id}:{first.id}:{last.id}" if known else str(marta.person.id)
    there = people.address(marta, marta.person)
    carried(marta, [Post(there, message(text("Old.")), key, kind="notices", subject=subject)])
    turn.connection.execute(
        update(outbox).where(outbox.c.key == key).values(state="pending", message={"blocks": OF_BEFORE})
    )
    carried(leaving, forget.erase(leaving, leaving.person))
    state = turn.connection.execute(select(outbox.c.state).where(outbox.c.key == key)).scalar_one()
    assert (owed(turn)[key], state) == (("Of another project.", "pending") if known else ("", "withdrawn"))
    assert first.state == "dropped"


@pytest.mark.soak
@pytest.mark.parametrize(("said", "left"), [({"language": "en"}, True), ({}, False)])
def test_answers_of_before_are_not_given_again(turn: Turn, said: dict[str, str], *, left: bool) -> None:
    """An older answer, which may name anybody in its text, goes when any person is forgotten."""
    marta, leaving = person(turn, "marta", "employer"), called(turn, "Ada")
    there = str(people.address(marta, marta.person))
    row = {"programme_id": turn.programme_id, "platform": "terminal", "event_id": "x", "received_at": NOON}
    row |= {"actor": there, "answer_state": "given", "answer": {"message": {"blocks": OF_BEFORE}, **said}}
    turn.connection.execute(inbox.insert().values(row))
    carried(leaving, forget.erase(leaving, leaving.person))
    query = select(inbox.c.answer).where(inbox.c.actor == there)
    assert (turn.connection.execute(query).scalar_one() is not None) is left


@pytest.mark.soak
def test_a_thing_with_a_longer_number_keeps_what_was_said_of_it(turn: Turn) -> None:
    """Messages are found by how their key or their message's begins: those of application 12 not for 1."""
    marta, leaving = person(turn, "marta", "employer"), called(turn, "Ada")
    mine = _applied(turn, marta, leaving).id
    there = people.address(marta, marta.person)
    own, other = (f"application:{number}:admitted:x" for number in (mine, f"{mine}2"))
    carried(marta, [Post(there, message(text("Old.")), key) for key in (own, other, "edit:1", "edit:2")])
    targets = {"edit:1": own, "edit:2": other}
    for key, target in targets.items():
        turn.connection.execute(update(outbox).where(outbox.c.key == key).values(target=target))
    turn.connection.execute(update(outbox).values(state="sent", message={"blocks": OF_BEFORE}))
    carried(leaving, forget.erase(leaving, leaving.person))
    said = owed(turn)
    assert [key for key in (own, other, *targets) if said[key]] == [other, "edit:2"]


def test_a_draft_of_another_person_loses_the_name(turn: Turn) -> None:
    """Where a draft of others names the person as a value, it names a person who left; the rest stays."""
    marta = person(turn, "marta", "employer")
    leaving, stays = called(turn, "Ada"), person(turn, "ada", "student")
    told = {
        "said": [people_in(each) for each in (leaving.person.id, stays.person.id)],
        "answers": {"why": "Ada"},
    }
    turn.connection.execute(
        conversations.insert().values(
            programme_id=turn.programme_id,
            person_id=marta.person.id,
            form="x",
            subject="1",
            destination="",
            state="waiting",
            draft=told,
            revision=1,
            prompt_key="",
            updated_at=NOON,
            created_at=NOON,
        )
    )
    carried(leaving, forget.erase(leaving, leaving.person))
    (draft,) = turn.connection.scalars(select(conversations.c.draft))
    named = [each["name"] for each in draft["said"]]
    assert (named, draft["answers"]) == ([unnaming.GONE, "Ada"], {"why": "Ada"})


def people_in(number: int) -> dict[str, object]:
    """A person as a value, as it is stored."""
    return {"kind": "person", "id": number, "name": "Ada", "mention": False, "account": ""}

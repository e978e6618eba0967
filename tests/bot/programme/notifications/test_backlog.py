"""Messages that come late: each is asked whether it still holds, by the module that makes its kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from adapters.terminal.limits import LIMITS
from bot.chat.actions import Action, Post, SetTimer
from bot.chat.adapter import Capabilities
from bot.chat.content import Message, load_message, message, text
from bot.chat.events import Place
from bot.chat.local_day import Day
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.values import replace
from bot.programme import people
from bot.programme.administration.creation import create_cohort
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog, daily_message, tasks
from bot.programme.notifications.waits import Reached
from bot.programme.placements import check_in_waits, late_messages
from bot.runtime import delivery_outcomes, stored_responses
from bot.runtime.conversations import messages_of
from bot.runtime.turns import PlatformProfile
from storage.queries import Row, conversations, lanes
from storage.tables import (
    Application,
    Channel,
    CheckIn,
    Cohort,
    Company,
    Identity,
    Letter,
    Member,
    Milestone,
    Placement,
    Project,
    Report,
    Role,
    Space,
    StoredFile,
    Task,
    outbox,
)
from storage.tables import conversations as drafts
from tests.support.in_memory import begun, carried, only, person, set_for
from tests.support.projects import project_row, seed_application

CHANNEL = Place("terminal", "riverside", "spring")
DAY = timedelta(days=1)


@contextmanager
def _opened() -> Iterator[Turn]:
    """Ada has applied to Market map, of Acme Maps, in the cohort Spring."""
    with begun() as begin:
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", CHANNEL)
        begin.session.add(Company(programme_id=begin.programme_id, name="Acme Maps", created_at=begin.now))
        begin.session.flush()
        project = project_row(begin.work, None, begin.now, title="Market map")
        seed_application(begin.work, project, person(begin, "ada", "student").person, begin.now)
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def comes_late(turn: Turn, kind: str, subject: str, words: str = "As it was.") -> str | None:
    """What a message of this kind says that was owed a day ago; None when it does not come."""
    key = f"{kind}:{subject}"
    post = Post("terminal/@ada", message(words), key, kind=kind, subject=subject)
    carried(replace(turn, now=turn.now - DAY), [post], key)
    asked = backlog.for_now(turn, claimed(turn)).row
    state = select(outbox.c.state, outbox.c.message).where(outbox.c.key == key)
    now = turn.connection.execute(state).one()
    assert (asked is None) == (now.state == "withdrawn")
    if asked is None:
        return None
    assert asked.message == now.message
    return plain_text(load_message(now.message))


def claimed(turn: Turn) -> Row:
    """The one message that is due."""
    (row,) = lanes.claim(turn.connection, turn.now, turn.now + DAY, 10)
    return row


def application(turn: Turn) -> Application:
    """Ada's."""
    return turn.session.scalars(select(Application)).one()


def placed(turn: Turn) -> Milestone:
    """Ada's placement, with one deliverable that is due in three days."""
    applied = application(turn)
    common = {"programme_id": turn.programme_id}
    placement = Placement(
        **common,
        project_id=applied.project_id,
        application_id=applied.id,
        person_id=applied.person_id,
        status="active",
        starts_at=turn.now,
        due_at=turn.now + 3 * DAY,
        created_at=turn.now,
    )
    turn.session.add(placement)
    turn.session.flush()
    due = turn.now + 3 * DAY
    made = Milestone(
        **common, placement_id=placement.id, position=1, title="A report", due_at=due, status="open"
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def test_an_offer_comes_with_the_whole_of_its_time_or_not_at_all(turn: Turn) -> None:
    """Its words and its last day are of now; one that was answered elsewhere does not come."""
    applied = application(turn)
    applied.status, applied.offer_until = "offered", turn.now - DAY
    turn.session.flush()
    said = comes_late(turn, "offer", str(applied.id))
    assert said is not None
    assert "Answer by: Thu 12 March 2026" in said
    assert applied.offer_until == turn.now + timedelta(hours=72)
    applied.status = "declined"
    turn.session.flush()
    turn.connection.execute(outbox.delete())
    assert comes_late(turn, "offer", str(applied.id)) is None


def status_of(status: str) -> Callable[[Turn], tuple[str, str, Callable[[], None]]]:
    """A message about an application in a state, and what changes that state."""

    def case(turn: Turn) -> tuple[str, str, Callable[[], None]]:
        applied = application(turn)
        applied.status = status
        return "application", f"{applied.id}:{status}", lambda: setattr(applied, "status", "offered")

    return case


def membership(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word of an admission, and its end."""
    member = Member(
        programme_id=turn.programme_id,
        cohort_id=1,
        person_id=application(turn).person_id,
        state="admitted",
        created_at=turn.now,
    )
    turn.session.add(member)
    turn.session.flush()
    return "membership", f"{member.id}:admitted", lambda: setattr(member, "state", "refused")


def changed(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word of a change of a project, to a person who then withdraws."""
    applied = application(turn)
    return "project.changed", str(applied.id), lambda: setattr(applied, "status", "withdrawn")


def decided(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that a project is open, and its end."""
    project = turn.session.scalars(select(Project)).one()
    project.status = "open"
    return "project.decided", f"{project.id}:open", lambda: setattr(project, "status", "closed")


def accepted(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that changes are asked for, and the new version."""
    milestone = placed(turn)
    return (
        late_messages.WORK,
        late_messages.work_of(turn, milestone),
        lambda: setattr(milestone, "status", "handed_in"),
    )


def moved(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word of a date, and another one."""
    milestone = placed(turn)
    due = milestone.due_at + DAY
    return late_messages.DATE, late_messages.date_of(milestone), lambda: setattr(milestone, "due_at", due)


def trouble(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Trouble that a student reported in confidence, and their better answer."""
    made = placed(turn)
    told = CheckIn(
        programme_id=turn.programme_id,
        placement_id=made.placement_id,
        person_id=application(turn).person_id,
        step=1,
        side="student",
        asked_at=turn.now,
        answered_at=turn.now,
        answer="stuck",
    )
    turn.session.add(told)
    return "checkin.trouble", f"{made.placement_id}:1", lambda: setattr(told, "answer", "on_track")


def closed_draft(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that a draft was not sent, and an application of the same person since."""
    applied = application(turn)
    ben = person(turn, "ben", "student").person_id
    mine = applied.person_id
    applied.person_id = ben or 0
    subject = f"{applied.project_id}:{mine}"
    return "application.closed", subject, lambda: setattr(applied, "person_id", mine)


def staff_item(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """A task for the staff channel, and its end."""
    tasks.open_task(turn, "trouble:1:1", "placement.trouble", "placement:1", text("Ada is stuck."))
    number = turn.connection.execute(select(Task.id)).scalar_one()
    return "tasks.item", str(number), lambda: tasks.close_task(turn, "trouble:1:1")


def coordinator(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that a person is no coordinator, and that they are one after all."""
    ada = people.person_of(turn, application(turn).person_id)

    def appoint() -> None:
        people.give_role(turn, ada, "coordinator")

    return "coordinator", f"{ada.id}:no", appoint


def in_channel(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that projects come to a cohort's channel, and the cohort's end."""
    channel = turn.session.scalars(select(Channel)).one()
    channel.place, channel.state = "terminal/@ada", "active"
    cohort = turn.session.get_one(Cohort, channel.cohort_id)
    return "channel.word", str(channel.id), lambda: setattr(cohort, "ended_at", turn.now)


def paused_channel(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that the bot is back in a channel, which it has to leave again."""
    kind, subject, _ = in_channel(turn)
    return kind, subject, lambda: setattr(turn.session.get_one(Channel, int(subject)), "state", "paused")


def staff(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """The greeting of the staff channel, and another one."""
    turn.programme.staff_place = "terminal/@ada"
    return "staff.hello", "", lambda: setattr(turn.programme, "staff_place", str(CHANNEL))


def space_of(turn: Turn) -> tuple[Space, str]:
    """A space that joined, and what a message about it to Ada, who coordinates, has as its subject."""
    space = turn.session.scalars(select(Space)).one()
    ada = people.person_of(turn, application(turn).person_id)
    people.give_role(turn, ada, "coordinator")
    return space, f"{ada.id}:{space.platform}/{space.external_id}"


def space_left(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that a space has joined, which the bot has left since."""
    space, about = space_of(turn)
    return "space.joined", about, lambda: setattr(space, "state", "paused")


def space_for_another(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word that a space has joined, for a person who coordinates no more."""
    _, about = space_of(turn)
    taken = delete(Role).where(Role.person_id == application(turn).person_id, Role.role == "coordinator")

    def dismiss() -> None:
        turn.session.execute(taken)

    return "space.joined", about, dismiss


def given_file(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """A file, and its end."""
    file = StoredFile(
        programme_id=turn.programme_id,
        person_id=application(turn).person_id,
        platform="terminal",
        external_id="F1",
        name="a.pdf",
        size=1,
        media_type="application/pdf",
        content=b"1",
        created_at=turn.now,
    )
    turn.session.add(file)
    turn.session.flush()
    return "file", str(file.id), lambda: turn.session.delete(file)


def read_by_employer(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """An application that its employer asked for, and its withdrawal."""
    applied = application(turn)
    project = turn.session.get_one(Project, applied.project_id)
    project.owner_id = applied.person_id  # its reader has the account of these tests
    return "applicant", str(applied.id), lambda: setattr(applied, "status", "withdrawn")


def read_by_no_person(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """An application that a person asked for who no longer looks after its project."""
    kind, subject, _ = read_by_employer(turn)
    project = turn.session.get_one(Project, application(turn).project_id)
    return kind, subject, lambda: setattr(project, "owner_id", None)


def ended(turn: Turn) -> Placement:
    """Ada's placement, which ended early."""
    placement = turn.session.get_one(Placement, placed(turn).placement_id)
    placement.status, placement.ended_at, placement.reason = "ended", turn.now, "No data."
    turn.session.flush()
    return placement


def word_of_end(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """Word to a student that their work has ended, and their wish to be forgotten."""
    placement = ended(turn)
    ada = people.person_of(turn, placement.person_id)
    return "placement.ended", f"{placement.id}:{ada.id}", lambda: setattr(ada, "erased_at", turn.now)


def why_it_ended(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """What a student wrote to the coordinators of an end; one of them works for the company since."""
    placement = ended(turn)
    project = turn.session.get_one(Project, placement.project_id)
    about = f"{placement.id}:{turn.person.id}:{placement.person_id}"
    return "placement.ended", about, lambda: setattr(turn.person, "company_id", project.company_id)


def report_answer(turn: Turn) -> tuple[str, str, Callable[[], None]]:
    """The answer of a report, and the end of the time for which its words are kept."""
    applied = application(turn)
    stored = Letter(
        programme_id=turn.programme_id,
        application_id=applied.id,
        sender_id=turn.person.id,
        recipient_id=applied.person_id,
        text="Rude.",
        created_at=turn.now,
    )
    turn.session.add(stored)
    turn.session.flush()
    report = Report(
        programme_id=turn.programme_id,
        letter_id=stored.id,
        application_id=applied.id,
        reporter_id=applied.person_id,
        about_id=turn.person.id,
        created_at=turn.now,
        due_at=turn.now,
        ended_at=turn.now,
        answer="They will not write again.",
    )
    turn.session.add(report)
    turn.session.flush()
    return "report.answer", str(report.id), lambda: setattr(report, "answer", "")


@pytest.mark.parametrize(
    "case",
    [
        status_of("expired"),
        status_of("submitted"),
        membership,
        changed,
        decided,
        accepted,
        moved,
        coordinator,
        trouble,
        closed_draft,
        staff_item,
        in_channel,
        paused_channel,
        staff,
        space_left,
        space_for_another,
        given_file,
        read_by_employer,
        read_by_no_person,
        word_of_end,
        why_it_ended,
        report_answer,
    ],
)
def test_what_is_no_longer_so_does_not_come(
    turn: Turn, case: Callable[[Turn], tuple[str, str, Callable[[], None]]]
) -> None:
    """While it holds it comes as it was; after that it is let go of."""
    kind, subject, change = case(turn)
    turn.session.flush()
    assert comes_late(turn, kind, subject) == "As it was."
    change()
    turn.session.flush()
    turn.connection.execute(outbox.delete())
    assert comes_late(turn, kind, subject) is None


def test_a_closing_message_has_the_lines_of_now(turn: Turn) -> None:
    """A line that was written while it waited is in it; a person who is forgotten gets none."""
    placement = turn.session.get_one(Placement, placed(turn).placement_id)
    placement.status, placement.ended_at = "completed", turn.now
    ada = people.person_of(turn, placement.person_id)
    placement.student_line = "I learned to ask early."
    turn.session.flush()
    said = comes_late(turn, "placement.closing", f"{placement.id}:{ada.id}") or ""
    assert said.startswith("Complete: Market map")
    assert "I learned to ask early." in said
    ada.erased_at = turn.now
    turn.session.flush()
    turn.connection.execute(outbox.delete())
    assert comes_late(turn, "placement.closing", f"{placement.id}:{ada.id}") is None


def with_messages(turn: Turn, messages: Mapping[str, MessageRoute]) -> Turn:
    """The turn as the runtime begins it, which knows messages of its own."""
    return replace(turn, routes=replace(turn.routes, messages={**turn.routes.messages, **messages}))


def test_an_answer_holds_for_a_day(turn: Turn) -> None:
    """The answer to words, or to a press, is of no use to a person who has gone on for longer."""
    running = with_messages(turn, stored_responses.MESSAGES)
    assert comes_late(running, "answer", "") == "As it was."
    turn.connection.execute(outbox.delete())
    later = replace(running, now=turn.now + DAY)
    carried(running, [Post("terminal/@ada", message("As it was."), "a", kind="answer")], "a")
    turn.connection.execute(update(outbox).values(created_at=turn.now - DAY))
    assert backlog.for_now(later, claimed(later)).row is None


@pytest.mark.parametrize(("state", "comes"), [("waiting", True), ("open", False), ("done", False)])
def test_a_draft_is_said_to_wait_while_it_does(turn: Turn, state: str, *, comes: bool) -> None:
    """Of one that is in front again, or sent, nothing is said any more."""
    row = {
        "programme_id": turn.programme_id,
        "person_id": application(turn).person_id,
        "destination": "terminal/@ada",
        "form": "apply",
        "subject": "1",
        "draft": {},
        "created_at": turn.now,
        "updated_at": turn.now,
    }
    number = conversations.begin(turn.connection, row)
    turn.connection.execute(update(drafts).values(state=state))
    running = with_messages(turn, messages_of({}))
    assert bool(comes_late(running, "talk.aside", str(number))) is comes


def test_a_card_of_the_day_keeps_what_is_still_of_use(turn: Turn) -> None:
    """A piece that was dropped, or whose time is over, is left out; without any the card does not come."""
    ada = person(turn, "ada")
    made = [
        daily_message.notify(turn, ada.person, name, f"thing:{name}", text(name), useful_until=until)
        for name, until in (("kept", None), ("over", turn.now + timedelta(hours=2)), ("dropped", None))
    ]
    assert all(made)
    table: Any = daily_message._table  # noqa: SLF001 - as after the card was sent
    turn.connection.execute(table.update().values(state="told"))
    daily_message.retract_notices(turn, "thing:dropped")
    later = replace(turn, now=turn.now + timedelta(hours=3))
    about = f"{ada.person_id}:1:3"
    said = comes_late(later, "notices", about) or ""
    assert said.splitlines()[0] == "kept"
    assert "over" not in said.split()
    assert "dropped" not in said
    daily_message.retract_notices(turn, "thing:kept")
    turn.connection.execute(outbox.delete())
    assert comes_late(later, "notices", about) is None


def counted(turn: Turn) -> Turn:
    """The turn, where a late message of the kind `toy` counts from now, and sets a timer by that."""
    told: list[str] = []

    def late(_turn: Turn, subject: str) -> Sequence[Action]:
        told.append(subject)
        return [SetTimer(f"counted:{subject}", turn.now + DAY, "toy.counted", subject)]

    def holds(_turn: Turn, waiting: Waiting) -> Message | None:
        return message(f"Counted for {told[-1]}.") if waiting.subject != "over" else None

    return with_messages(turn, {"toy": MessageRoute(holds, late=late)})


@pytest.mark.parametrize("subject", ["one", "over"])
def test_what_a_late_message_counts_from_now_is_counted_before_it_is_worded(turn: Turn, subject: str) -> None:
    """What is counted is in the words, and what follows from it is carried out, also without the message."""
    asking = counted(turn)
    post = Post("terminal/@ada", message("As it was."), "toy", kind="toy", subject=subject)
    carried(replace(asking, now=turn.now - DAY), [post], "toy")
    port = PlatformProfile(asking.routes, Capabilities(), LIMITS)
    sent = delivery_outcomes.due(port, turn.work, claimed(turn), turn.now)
    words = None if sent is None else plain_text(load_message(sent.message))
    assert words == (None if subject == "over" else "Counted for one.")
    assert set_for(turn, "toy.counted") == {f"counted:{subject}": turn.now + DAY}


def test_what_is_read_elsewhere_is_counted_from_there(turn: Turn) -> None:
    """A message that is shown in another answer counts from then, and so do those who read it."""
    asking = counted(turn)
    carried(asking, [Post("terminal/@ada", message("As it was."), "one", kind="toy", subject="one")], "one")
    read = backlog.read_here(asking, turn.connection.execute(outbox.select()).all())
    assert [plain_text(each) for each in read.messages] == ["Counted for one."]
    assert [each.key for each in only(read.actions, SetTimer)] == ["counted:one"]


def test_what_goes_in_time_is_not_asked(turn: Turn) -> None:
    """A message that is minutes old goes as it was written, and so does one of no kind, however late."""
    post = Post("terminal/@ada", message("Now."), "now", kind="application", subject="1:declined")
    carried(turn, [post], "now")
    row = claimed(turn)
    assert backlog.for_now(turn, row) == backlog.ForNow(row)
    turn.connection.execute(outbox.delete())
    assert comes_late(turn, "", "", "Without a kind.") == "Without a kind."


def test_a_message_is_not_lost_over_a_fault_of_the_asked_room(turn: Turn) -> None:
    """It goes as it was, and the turn it was asked in goes on."""
    assert comes_late(turn, "notices", "not a number") == "As it was."
    assert turn.session.scalars(select(Project)).one().title == "Market map"


@pytest.mark.parametrize("reachable", [True, False])
def test_who_could_not_be_asked_is_not_silent(turn: Turn, *, reachable: bool) -> None:
    """Two unanswered check-ins are a task, unless they never reached the student."""
    milestone = placed(turn)
    common = {"programme_id": turn.programme_id, "placement_id": milestone.placement_id, "side": "student"}
    person_id = application(turn).person_id
    asked = [CheckIn(**common, person_id=person_id, step=step, asked_at=turn.now) for step in (0, 1)]
    turn.session.add_all(asked)
    turn.session.execute(update(Identity).where(Identity.person_id == person_id).values(reachable=reachable))
    turn.session.flush()
    about = f"placement:{milestone.placement_id}"
    reached = Reached(about, "silent", turn.now, (f"check-in:{asked[-1].id}",))
    assert bool(check_in_waits.silent(turn, reached)) is reachable


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland"])
def test_word_of_a_day_comes_wherever_its_student_is(turn: Turn, zone: str) -> None:
    """It holds by the date, in whatever zone; an earlier version named the instant, which holds as well."""
    milestone = placed(turn)
    day = date(2026, 3, 20)
    dates.write(milestone, "due", Day(day, zone))
    turn.session.flush()
    instant = int(milestone.due_at.timestamp())
    for subject in (f"{milestone.id}:2026-03-20", f"{milestone.id}:{instant}"):
        assert comes_late(turn, late_messages.DATE, subject) == "As it was."
        turn.connection.execute(outbox.delete())
    dates.write(milestone, "due", Day(day + DAY, zone))
    turn.session.flush()
    assert comes_late(turn, late_messages.DATE, f"{milestone.id}:2026-03-20") is None

"""A coordinator's tasks: opened once, closed, opened again, and summed up once a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.chat.actions import Post, Reply, SetTimer
from bot.chat.content import Plain, text
from bot.chat.day_parts import day_part
from bot.chat.local_day import Day
from bot.chat.routes import Declined, Waiting
from bot.chat.values import replace
from bot.programme.core import keys, seals
from bot.programme.core.timers import ForDate
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, moved_days, task_summary, tasks
from storage.tables import GroupRole, Identity
from tests.support.in_memory import button, carried, command, fired, only, owed, person, said, set_for


def open_one(turn: Turn, key: str, kind: str = "approval", words: str = "") -> list[Post]:
    """Open an item that says its key; the posts that come of it."""
    made = tasks.open_task(turn, key, kind, "project:1", text("Look at ", Plain(words or key), "."))
    return only(carried(turn, made), Post)


def listed(turn: Turn) -> str:
    """What `/stint tasks` says."""
    return said(tasks.list_command(turn, command(turn, "stint", "tasks")))


def test_an_item_is_listed_once_and_closed_by_its_key(turn: Turn) -> None:
    """Opened twice it is there once, with its newest words; closed it is gone, and may come again."""
    open_one(turn, "approval:1", words="an old title")
    open_one(turn, "approval:1", words="a new title")
    assert "1 task" in listed(turn)
    assert "Look at a new title." in listed(turn)
    tasks.close_task(turn, "approval:1")
    assert "Nothing waits for you" in listed(turn)
    open_one(turn, "approval:1")
    assert "1 task" in listed(turn)


def test_closing_by_button_can_be_taken_back(turn: Turn) -> None:
    """Done takes an item off the list, and the next button puts it back."""
    open_one(turn, "one")
    pressed = tasks.task_done_pressed(turn, button(turn, "task-done:1:0"))
    assert only(pressed, Reply)[0].replace
    assert "Closed." in said(pressed)
    with pytest.raises(Declined):
        tasks.task_done_pressed(turn, button(turn, "task-done:1:0"))
    assert "1 task" in said(tasks.task_reopen_pressed(turn, button(turn, "task-reopen:1:0")))


def test_a_made_up_button_opens_no_item_that_is_not_ones_own(turn: Turn) -> None:
    """Neither one that is hidden from the person who presses it, nor a report, which only its answer ends."""
    own = text("Look.")
    tasks.open_task(turn, "hidden", "letter", "application:1", own, about=tasks.TaskSubject(turn.person_id))
    tasks.open_task(turn, "report:1", tasks.ANSWERED, "application:1", own)
    for key in ("hidden", "report:1"):
        tasks.close_task(turn, key)
    for number in (1, 2):
        with pytest.raises(Declined):
            tasks.task_reopen_pressed(turn, button(turn, f"task-reopen:{number}:0"))
    assert "Nothing waits for you" in listed(turn)


def test_items_are_paged(turn: Turn) -> None:
    """Seven items are two pages, and closing the last of the second leads back to the first."""
    for number in range(7):
        open_one(turn, f"item {number}")
    first = listed(turn)
    assert "7 tasks" in first
    assert "item 4" in first
    assert "item 5" not in first
    second = said(tasks.task_page_pressed(turn, button(turn, "task-page:5")))
    assert "item 6" in second
    assert "item 4" not in second
    assert "item 0" in said(tasks.task_page_pressed(turn, button(turn, "task-page:0")))


def test_only_coordinators_act_on_items(turn: Turn) -> None:
    """A student with an item's button is refused, and so is a button with an impossible number."""
    open_one(turn, "one")
    ada = person(turn, "ada", "student")
    for handler, pressed in (
        (tasks.task_done_pressed, "task-done:1:0"),
        (tasks.task_page_pressed, "task-page:start"),
    ):
        with pytest.raises(Declined):
            handler(ada, button(ada, pressed))
    with pytest.raises(Declined):
        tasks.task_done_pressed(turn, button(turn, "task-done:99999999999999999999:0"))


def summary_key(turn: Turn) -> str:
    """The key of the next summary's timer."""
    return next(iter(set_for(turn, "tasks.daily")))


def test_the_staff_channel_gets_one_summary_a_day(turn: Turn) -> None:
    """At the set hour of the programme's zone the tasks are summed up, and the next one is set."""
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    turn.session.flush()
    carried(turn, task_summary.reschedule_summary(turn))
    for number in range(12):
        open_one(turn, f"item {number:02}")
    later, event = fired(turn, summary_key(turn))
    assert event.due_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    actions = carried(later, task_summary.tasks_daily_due(later, event), "summary")
    (post,) = only(actions, Post)
    assert post.to == turn.programme.staff_place
    assert "12 tasks wait for a coordinator." in said([post])
    assert "item 09" in said([post])
    assert "item 10" not in said([post])
    assert "and 2 more" in said([post])
    (following,) = only(actions, SetTimer)
    assert following.payload == ForDate(date(2026, 3, 10))


def test_the_summary_takes_the_newest_seal_out_of_the_database(turn: Turn) -> None:
    """The staff channel gets the head of the history's chain, as `stint audit verify --head` takes it."""
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    turn.session.flush()
    seals.seal(turn.connection, turn.programme_id)
    carried(turn, task_summary.reschedule_summary(turn))
    open_one(turn, "item")
    later, event = fired(turn, summary_key(turn))
    (post,) = only(carried(later, task_summary.tasks_daily_due(later, event), "summary"), Post)
    assert f"to check it with later: {seals.head_of(turn.connection, turn.programme_id)}" in said([post])


def test_the_seal_leaves_the_database_on_a_day_without_tasks_too(turn: Turn) -> None:
    """Each day the staff channel gets it, and a day's message that comes late has the seal of then."""
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    turn.session.flush()
    seals.seal(turn.connection, turn.programme_id)
    carried(turn, task_summary.reschedule_summary(turn))
    later, event = fired(turn, summary_key(turn))
    (post,) = only(carried(later, task_summary.tasks_daily_due(later, event), "summary"), Post)
    head = seals.head_of(turn.connection, turn.programme_id)
    lines = "Nothing waits for a coordinator today.\nNewest seal of the history, to check it with later: "
    assert said([post]).endswith(f"{lines}{head}")
    waiting = Waiting(post.key, str(post.to), post.message, post.subject, event.due_at)
    assert task_summary.ROUTES.messages[post.kind].holds(later, waiting) == post.message


def test_nothing_open_is_no_summary(turn: Turn) -> None:
    """On a day without tasks nothing is said, and the next day is looked at."""
    later, event = fired(turn, summary_key(turn))
    actions = task_summary.tasks_daily_due(later, event)
    assert only(actions, Post) == []
    assert len(only(actions, SetTimer)) == 1


def test_a_summary_that_is_hours_late_is_left_to_the_next(turn: Turn) -> None:
    """After a night without the bot no reader gets yesterday's summary."""
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    carried(turn, task_summary.reschedule_summary(turn))
    open_one(turn, "one")
    later, event = fired(turn, summary_key(turn), at=turn.now + timedelta(hours=10))
    assert only(task_summary.tasks_daily_due(later, event), Post) == []


def test_without_a_staff_channel_it_is_in_the_daily_message(turn: Turn) -> None:
    """Each coordinator's card of the day holds the summary; settled meanwhile, it does not."""
    open_one(turn, "one")
    later, event = fired(turn, summary_key(turn))
    carried(later, task_summary.tasks_daily_due(later, event), "summary")
    (card_key,) = set_for(turn, "notices.daily")
    card_turn, card_event = fired(turn, card_key)
    (card,) = only(daily_message.notices_daily_due(card_turn, card_event), Post)
    assert card.to == "terminal/@cora"
    assert "One task waits for a coordinator." in said([card])
    tasks.close_task(turn, "one")


@pytest.mark.soak
def test_a_coordinator_by_group_gets_the_summary_for_a_week(turn: Turn) -> None:
    """A coordinator by a group who acted within a week gets what coordinators get, and no others do."""
    turn.session.add(
        GroupRole(programme_id=turn.programme_id, platform="terminal", group_id="77", role="coordinator")
    )
    seen = {"dee": (["77"], 2), "eve": (["77"], 8), "fay": (["5"], 2), "gil": ([], 2)}
    for account, (groups, days) in seen.items():
        acting = person(turn, account)
        mine = update(Identity).where(Identity.person_id == acting.person_id)
        turn.session.execute(mine.values(groups=groups, groups_at=turn.now - timedelta(days=days)))
    open_one(turn, "one")
    later, event = fired(turn, summary_key(turn))
    carried(later, task_summary.tasks_daily_due(later, event), "summary")
    told = [
        only(daily_message.notices_daily_due(*fired(turn, key)), Post)
        for key in set_for(turn, "notices.daily")
    ]
    assert {str(card.to) for (card,) in told} == {"terminal/@cora", "terminal/@dee"}


def test_a_summary_of_what_is_settled_is_not_sent(turn: Turn) -> None:
    """An item that is closed before the daily message goes out takes the summary with it."""
    open_one(turn, "one")
    later, event = fired(turn, summary_key(turn))
    carried(later, task_summary.tasks_daily_due(later, event), "summary")
    tasks.close_task(turn, "one")
    (card_key,) = set_for(turn, "notices.daily")
    card_turn, card_event = fired(turn, card_key)
    assert daily_message.notices_daily_due(card_turn, card_event) == []


def test_a_summary_that_waits_follows_a_day_that_moves(turn: Turn) -> None:
    """It is gathered at five past midnight; what is read in the morning names the day where it is by then."""
    day = day_part(Day(date(2026, 3, 12), "Europe/Madrid"), None, turn.now)
    key, words = keys.SILENT_TASK(7, "student"), text("Due {day}.", day=day)
    carried(turn, tasks.open_task(turn, key, "silent", "placement:7", words))
    later, event = fired(turn, summary_key(turn))
    carried(later, task_summary.tasks_daily_due(later, event), "summary")
    carried(later, moved_days.move_days(later, {"placement": [7]}, {"Europe/Madrid"}, "Asia/Tokyo"))
    (card_key,) = set_for(turn, "notices.daily")
    card_turn, card_event = fired(turn, card_key)
    (post,) = only(daily_message.notices_daily_due(card_turn, card_event), Post)
    assert "(Tokyo" in said([post])
    assert "Madrid" not in said([post])


def test_trouble_reaches_the_staff_channel_at_once(turn: Turn) -> None:
    """What cannot wait a day is posted when it happens, once, with its Done button."""
    assert open_one(turn, "trouble:1", "placement.trouble") == []
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    turn.session.flush()
    (post,) = open_one(turn, "trouble:2", "placement.trouble")
    assert "[Done]" in said([post])
    assert open_one(replace(turn, now=turn.now + timedelta(hours=1)), "trouble:2", "placement.trouble") == []
    assert open_one(turn, "project:1", "approval") == []


def test_the_summary_follows_its_hour(turn: Turn) -> None:
    """When the hour is changed the one timer of the summary moves."""
    turn.programme.staff_place = "terminal/channel/riverside/staff"
    turn.programme.daily_at = "07:30"
    turn.session.flush()
    carried(turn, task_summary.reschedule_summary(turn))
    assert set_for(turn, "tasks.daily") == {
        f"tasks:{turn.programme_id}:{date(2026, 3, 10)}": datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
    }
    assert owed(turn) == {}

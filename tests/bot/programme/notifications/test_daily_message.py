"""One message a day: what waits for it, what goes before it, and what is no longer said."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.chat.actions import Post, Reply
from bot.chat.content import Button, Buttons, Message, text
from bot.chat.language import as_text
from bot.chat.languages import PSEUDO
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import replace
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from storage.tables import Identity
from tests.support.in_memory import begun, button, carried, fired, only, owed, person, said, set_for

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@contextmanager
def _opened() -> Iterator[Turn]:
    """Monday noon; Marta in Madrid acts."""
    with begun(now=NOON) as begin:
        yield person(begin, "marta", "employer", zone="Europe/Madrid")


pytestmark = pytest.mark.turn(opened=_opened)


def tell(turn: Turn, key: str, useful_until: datetime | None = None, about: str = "project:1") -> None:
    """Put a piece that says its key into Marta's message."""
    words = text(f"This is {key}.")
    carried(turn, daily_message.notify(turn, turn.person, key, about, words, useful_until=useful_until))


def fire(turn: Turn, key: str, at: datetime | None = None) -> list[Post]:
    """Fire a timer; the messages it makes, which are also carried out."""
    later, event = fired(turn, key, at=at)
    return only(carried(later, daily_message.notices_daily_due(later, event), key), Post)


def words_of(post: Post) -> str:
    """A post's words."""
    assert isinstance(post.message, Message)
    return plain_text(post.message)


def test_everything_of_a_day_is_one_message_at_nine_where_the_person_is(turn: Turn) -> None:
    """Three pieces make one card on the next morning, in order, in the person's own zone."""
    for key in ("one", "two", "three"):
        tell(turn, key)
    ((key, due),) = set_for(turn, "notices.daily").items()
    assert due == datetime(2026, 3, 10, 8, 0, tzinfo=UTC)  # 09:00 in Madrid
    (card,) = fire(turn, key)
    assert card.to == "terminal/@marta"
    words = words_of(card)
    assert words.startswith("3 things for you today")
    assert words.index("one") < words.index("two") < words.index("three")


def test_one_piece_comes_alone_without_a_headline(turn: Turn) -> None:
    """A day with one piece of news is just that piece."""
    tell(turn, "one")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    assert words_of(card) == "This is one."


def test_a_piece_is_said_once(turn: Turn) -> None:
    """The same key again, before or after the card, is no second piece."""
    tell(turn, "one")
    tell(turn, "one")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    assert words_of(card).count("This is one.") == 1
    tell(replace(turn, now=turn.now + timedelta(days=2)), "one")
    assert fire(turn, next(iter(set_for(turn, "notices.daily")))) == []


def test_what_is_no_longer_true_is_not_said(turn: Turn) -> None:
    """Dropped pieces leave the card; with nothing left there is no message."""
    tell(turn, "one", about="project:1")
    tell(turn, "two", about="project:2")
    daily_message.retract_notices(turn, "project:1")
    key = next(iter(set_for(turn, "notices.daily")))
    (card,) = fire(turn, key)
    assert words_of(card) == "This is two."
    tell(turn, "three", about="project:3")
    daily_message.retract_notices(turn, "project:3")
    assert fire(turn, key) == []


def test_what_would_be_too_late_goes_before_and_takes_the_rest_along(turn: Turn) -> None:
    """A piece of use until this evening is sent now, with what else waits; the day's card is then empty."""
    tell(turn, "calm")
    tell(turn, "urgent", useful_until=NOON + 6 * HOUR)
    timers = set_for(turn, "notices.daily")
    early = next(key for key in timers if "early" in key)
    assert timers[early] == NOON
    (card,) = fire(turn, early)
    assert "calm" in words_of(card)
    assert "urgent" in words_of(card)
    assert fire(turn, next(key for key in timers if "early" not in key)) == []


def test_two_urgent_pieces_of_one_moment_are_one_message(turn: Turn) -> None:
    """What becomes urgent at the same instant goes out together."""
    tell(turn, "one", useful_until=NOON + HOUR)
    tell(turn, "two", useful_until=NOON + HOUR)
    first, second = [key for key in set_for(turn, "notices.daily") if "early" in key]
    assert len(fire(turn, first)) == 1
    assert fire(turn, second) == []


def test_an_early_message_is_the_message_of_its_day(turn: Turn) -> None:
    """After one that went out before nine, what comes up until nine waits for the next day's card."""
    morning = replace(turn, now=datetime(2026, 3, 10, 7, 30, tzinfo=UTC))  # 08:30 in Madrid
    tell(morning, "early", useful_until=datetime(2026, 3, 10, 7, 50, tzinfo=UTC))
    early = next(key for key in set_for(turn, "notices.daily") if "early" in key)
    assert len(fire(morning, early)) == 1
    tell(morning, "later")
    (due,) = [due for key, due in set_for(turn, "notices.daily").items() if "early" not in key]
    assert due == datetime(2026, 3, 11, 8, 0, tzinfo=UTC)


def test_the_card_of_a_day_with_an_early_message_moves_to_the_next(turn: Turn) -> None:
    """A card that was due the same day as an early message is put off, and nothing of it is lost."""
    before = replace(turn, now=datetime(2026, 3, 10, 7, 30, tzinfo=UTC))
    tell(before, "one")
    card_key = next(key for key in set_for(turn, "notices.daily") if "early" not in key)
    tell(before, "urgent", useful_until=datetime(2026, 3, 10, 7, 50, tzinfo=UTC))
    early = next(key for key in set_for(turn, "notices.daily") if "early" in key)
    assert len(fire(before, early)) == 1
    tell(before, "two")
    assert fire(turn, card_key) == []
    moved = max(set_for(turn, "notices.daily"), key=lambda key: set_for(turn, "notices.daily")[key])
    assert moved == f"notices:{turn.person_id}:2026-03-11"
    assert words_of(fire(turn, moved)[0]) == "This is two."


def test_in_quiet_hours_an_urgent_piece_waits_for_their_end_when_it_can(turn: Turn) -> None:
    """At 23:00 in Madrid a piece of use until half past eight waits until eight; one until six does not."""
    night = replace(turn, now=datetime(2026, 3, 9, 22, 0, tzinfo=UTC))
    tell(night, "can wait", useful_until=datetime(2026, 3, 10, 7, 30, tzinfo=UTC))
    tell(night, "cannot", useful_until=datetime(2026, 3, 10, 5, 0, tzinfo=UTC))
    early = sorted(due for key, due in set_for(turn, "notices.daily").items() if "early" in key)
    assert early == [night.now, datetime(2026, 3, 10, 7, 0, tzinfo=UTC)]


def test_a_card_in_quiet_hours_comes_at_their_end(turn: Turn) -> None:
    """Who is quiet until ten gets the day's message at ten, and it counts for what must come before."""
    turn.person.quiet_from, turn.person.quiet_to = "22:00", "10:00"
    turn.session.flush()
    tell(turn, "calm", useful_until=datetime(2026, 3, 10, 9, 30, tzinfo=UTC))
    tell(turn, "tight", useful_until=datetime(2026, 3, 10, 8, 30, tzinfo=UTC))  # between nine and ten
    timers = set_for(turn, "notices.daily")
    assert timers[f"notices:{turn.person_id}:2026-03-10"] == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    assert [due for key, due in timers.items() if "early" in key] == [NOON]


@pytest.mark.parametrize("hour", [2, 7])
def test_a_card_that_is_late_is_the_message_of_the_day_on_which_it_comes(turn: Turn, hour: int) -> None:
    """Nothing ran for two days: what waited comes on Wednesday, and nothing else does on that day."""
    tell(turn, "one")
    wednesday = datetime(2026, 3, 11, hour, 30, tzinfo=UTC)  # in Madrid 03:30, in the quiet hours, or 08:30
    fire(turn, next(iter(set_for(turn, "notices.daily"))), at=wednesday)
    tell(replace(turn, now=wednesday + HOUR / 6), "two")
    assert max(set_for(turn, "notices.daily").values()) == datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


def test_what_is_past_its_use_is_never_said(turn: Turn) -> None:
    """A piece whose time is over is not taken, and one that went stale while waiting is left out."""
    assert daily_message.notify(turn, turn.person, "old", "x:1", text("Old."), useful_until=NOON) == []
    tell(turn, "one", useful_until=NOON + 22 * HOUR)
    assert fire(turn, f"notices:{turn.person_id}:2026-03-10", at=NOON + 23 * HOUR) == []


def test_the_message_follows_a_change_of_zone(turn: Turn) -> None:
    """After moving to New York the card comes at nine there, and at nine Madrid time nothing does."""
    tell(turn, "one")
    turn.person.zone = "America/New_York"
    turn.session.flush()
    carried(turn, daily_message.reschedule_daily_message(turn, turn.person))
    (due,) = set_for(turn, "notices.daily").values()
    assert due == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def test_a_full_card_ends_with_a_way_to_the_rest(turn: Turn) -> None:
    """Ten pieces are shown, the others are a count with a button that shows those still true."""
    for number in range(13):
        tell(turn, f"number {number:02}", about=f"project:{number}")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    words = words_of(card)
    assert "number 09" in words
    assert "number 10" not in words
    assert "[Show the other 3]" in words
    daily_message.retract_notices(turn, "project:11")
    assert isinstance(card.message, Message)
    pressed = next(
        button.action
        for block in card.message.blocks
        for button in getattr(block, "buttons", ())
        if as_text(button.label) == "Show the other 3"
    )
    rest = said(only(daily_message.notice_rest_pressed(turn, button(turn, pressed)), Reply))
    assert "number 10" in rest
    assert "number 11" not in rest
    assert "number 12" in rest
    assert "number 00" not in owed(turn).get("rest", "")


def test_a_person_who_left_or_is_forgotten_is_not_written_to(turn: Turn) -> None:
    """The card of a person who has gone meanwhile is not sent."""
    tell(turn, "one")
    turn.person.left_at = NOON
    turn.session.flush()
    assert fire(turn, next(iter(set_for(turn, "notices.daily")))) == []


def test_the_first_card_asks_for_an_unknown_zone_once(turn: Turn) -> None:
    """A person who never said their zone is asked for it at the end of their first daily message only."""
    turn.person.zone = None
    turn.session.flush()
    tell(turn, "one")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    assert words_of(card).startswith("This is one.\nWhich time zone are you in?")
    later = replace(turn, now=NOON + timedelta(days=1))
    tell(later, "two")
    (card,) = fire(turn, max(set_for(turn, "notices.daily")))
    assert words_of(card) == "This is two."


@pytest.mark.parametrize(("locale", "shown"), [("en", 10), (PSEUDO, 7)])
def test_a_card_is_measured_as_its_reader_reads_it(turn: Turn, locale: str, shown: int) -> None:
    """Ten pieces of one full line fit on a phone in English; of a language of longer words the rest waits."""
    turn.session.execute(update(Identity).where(Identity.user_id == "marta").values(locale=locale))
    line = "report " * 5 + "x"
    for number in range(10):
        piece = text("Hand in: {deliverable}", deliverable=line)
        carried(turn, daily_message.notify(turn, turn.person, f"{number}", "project:1", piece))
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    assert words_of(card).count(line) == shown
    rest = "Show the other 3" in words_of(card)
    assert rest is (shown < 10)


def asks_about(turn: Turn, placement: int) -> None:
    """Put a question about an intern into Marta's message."""
    words = text(
        "How is **{student}** doing with **{project}**?", student=f"Intern {placement}", project="Map"
    )
    key = keys.CHECK_IN(placement, 1, "employer")
    ways = Buttons((Button("On track", f"on-track:{placement}"), Button("Stuck", f"stuck:{placement}")))
    carried(turn, daily_message.notify(turn, turn.person, key, f"placement:{placement}", words, ways))


def test_questions_about_several_interns_are_one_with_a_row_each(turn: Turn) -> None:
    """They are one thing of the day, wherever other news came between, and keep their order."""
    asks_about(turn, 1)
    tell(turn, "other")
    asks_about(turn, 2)
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    words = words_of(card)
    assert words.startswith("2 things for you today")
    assert words.count("How are your interns doing?") == 1
    assert words.index("Intern 1 · Map") < words.index("Intern 2 · Map") < words.index("This is other.")
    assert "How is" not in words


def test_an_intern_alone_is_asked_about_by_a_sentence(turn: Turn) -> None:
    """With one question left of two the card is that question."""
    asks_about(turn, 1)
    asks_about(turn, 2)
    daily_message.retract_notices(turn, "placement:1")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    assert words_of(card).startswith("How is Intern 2 doing with Map?")


def test_more_interns_than_a_screen_shows_are_behind_a_button(turn: Turn) -> None:
    """Each intern is on exactly one page, which has the question above and says how many are left."""
    for placement in range(1, 21):
        asks_about(turn, placement)
        if placement == 2:
            tell(turn, "other")
    (card,) = fire(turn, next(iter(set_for(turn, "notices.daily"))))
    page, seen = card.message, list[str]()
    pages = 0
    while True:
        assert isinstance(page, Message)
        words, pages = plain_text(page), pages + 1
        assert ("How are your interns doing?" in words) == ("Intern" in words)
        seen += [line for line in words.splitlines() if line.startswith(("Intern", "This is"))]
        more = [block for block in page.blocks if isinstance(block, Buttons)][-1].buttons[0]
        if "Show the other" not in as_text(more.label):
            break
        left = 21 - len(seen)
        assert as_text(more.label) == ("Show the other one" if left == 1 else f"Show the other {left}")
        page = only(daily_message.notice_rest_pressed(turn, button(turn, more.action)), Reply)[0].message
    assert pages > 2
    assert seen == [*(f"Intern {number} · Map" for number in range(1, 21)), "This is other."]

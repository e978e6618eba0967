"""What fits on a phone: lines, pages, and the project's card with the longest texts there can be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Moment,
    PersonName,
    Plain,
    ShownDay,
    Text,
    note,
    row,
    say,
    text,
)
from bot.chat.language import ENGLISH, as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.screen import LINES, height, in_lines, in_pages, in_rows, paged
from bot.programme.projects.cards import card_of
from bot.programme.projects.display import facts
from storage.tables import Project
from tests.support.in_memory import begun
from tests.support.phone import drawn, too_much

WORDS = st.text("abc de\n.", min_size=1, max_size=1500).map(lambda words: words.strip() or "a")
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    WORDS.map(lambda words: Text((Plain(words),))),
    WORDS.map(lambda words: note(Plain(words))),
    WORDS.map(lambda words: Fields((Field("Label", (Plain(words),)), Field("Other", ("short",))))),
)


@given(st.lists(st.lists(BLOCKS, min_size=1, max_size=3), max_size=4), st.integers(6, 24))
def test_pages_fit_and_lose_no_word(groups: list[list[Block]], room: int) -> None:
    """Every page is within its lines, and all of them together say what the groups say."""
    pages = in_pages(groups, room, ENGLISH)
    assert all(height(page, ENGLISH) <= room for page in pages)

    def letters(blocks: list[Block]) -> str:
        return "".join(plain_text(Message(tuple(blocks))).split())

    assert letters([b for page in pages for b in page]) == letters([b for group in groups for b in group])


@given(WORDS, st.integers(1, 4))
def test_a_paragraph_in_so_many_lines(words: str, most: int) -> None:
    """A shortened text takes at most these lines, and says by its ellipsis that there is more."""
    short = in_lines(words, most)
    assert height([Text((Plain(short),))], ENGLISH) <= most
    assert short == " ".join(words.split()) or short.endswith("…")


def test_pages_are_turned_both_ways_and_rows_hold_five() -> None:
    """The first page has More, the last Back, and buttons beyond five are in a further group."""
    groups = [[Text((f"{number}\n" * 8,))] for number in range(4)]
    last = in_rows([Button(f"Do {number}", f"do:{number}") for number in range(7)])
    assert [len(group.buttons) for group in last] == [5, 2]
    shown = [paged(groups, last, page, lambda number: f"turn:{number}", ENGLISH) for page in range(2)]
    assert [b.label for b in shown[0].blocks[-3].buttons] == ["More"]  # type: ignore[union-attr]
    assert [as_text(b.label) for b in shown[1].blocks[-3].buttons] == ["Back"]  # type: ignore[union-attr]
    assert all(too_much(message) == [] for message in shown)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "20 h over 1 week · $500 · remote · 1 place"),
        ({"weeks": 2, "places": 3}, "20 h over 2 weeks · $500 each · remote · 3 places"),
        (
            {"fee_cents": None, "unpaid_reason": "course credit"},
            "20 h over 1 week · unpaid · remote · 1 place",
        ),
        ({"fee_cents": None}, "20 h over 1 week · remote · 1 place"),
        ({"weeks": 0, "location": "Leeds", "hours": 7.5}, "7.5 h · $500 · Leeds · 1 place"),
    ],
)
def test_the_line_of_facts(changes: dict[str, object], said: str) -> None:
    """Plurals are right, and a fact that is missing is left out."""
    given_facts: dict[str, object] = {
        "hours": 20, "weeks": 1, "fee_cents": 50000, "currency": "USD", "unpaid_reason": "", "location": "",
        "places": 1,
    }  # fmt: skip
    project = Project(**(given_facts | changes))
    assert plain_text(Message((Text(facts(project)),))) == said


def test_the_longest_card_fits_a_phone() -> None:
    """With every text as long as the form takes it, the card is one screen, with Apply on it."""
    with begun() as turn:
        project = Project(
            id=1,
            title="Comprehensive " * 14,
            brief="Investigate interdisciplinary opportunities. " * 60,
            skills=["cross-functional communication"] * 80,
            location="our headquarters in Llanfairpwllgwyngyll " * 4,
            hours=37.5, weeks=10, fee_cents=123456, currency="USD", unpaid_reason="", places=50,
            deadline_at=turn.now + timedelta(days=30), status="open",
        )  # fmt: skip
        card = card_of(turn, project, "The Association of Extraordinarily Long Names " * 3, 12)
    assert len(drawn(card)) <= LINES
    assert drawn(card)[-1] == "[Apply] [Details] [Save]".replace(" ", " ")
    assert isinstance(card.blocks[-1], Buttons)


def test_the_clock_beside_a_day_takes_its_room() -> None:
    """A day is as long as a client draws it, with what it is on the reader's clock."""
    clock = Moment(datetime(2026, 4, 13, 21, 59, tzinfo=UTC), "Europe/Berlin", "date_clock")
    day = ShownDay("Mon 13 April", "Berlin", clock)
    block = text("It is due by {date}.", date=day)
    assert height([block], ENGLISH) == len(drawn(Message((block,)))) == 2


def test_a_label_is_as_long_as_its_words() -> None:
    """A label that names a person takes no more room than what is read."""
    label = say("Write to {student}", student=PersonName(7, "Ada"))
    assert height([Buttons((Button(label, "write"),)), Fields((row(label, "x"),))], ENGLISH) == 2

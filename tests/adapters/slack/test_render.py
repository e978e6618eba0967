"""Messages drawn for Slack: nothing that Slack refuses, and people's words unchanged."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.render import Rendered, action_of, draw
from adapters.slack.rich_text import RenderOptions, rich_text, small_print
from bot.chat.content import (
    Button,
    Buttons,
    Fields,
    Heading,
    Message,
    Moment,
    Option,
    Plain,
    Select,
    ShownDay,
    heading,
    message,
    note,
    row,
    text,
)
from bot.chat.events import MessageRef, Place
from bot.chat.sentences import ChannelName, Part, PersonName, RoleName, WebLink
from tests.support.slack.screen import shown_blocks
from tests.support.slack.validation import message_errors
from tests.support.splitting import SENDABLE
from tests.support.terminal import NOON

REAL_PROJECTS = Path(__file__).parents[4] / "shared" / "data" / "real_projects.json"
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
CARD = MessageRef(Place("slack", "T1", "C1"), "1710000000.000100")

TYPED = st.text(st.sampled_from("ab *_~`<>&|:@!#[]()\n-🙂👩‍🎓"), min_size=1, max_size=60)
"""What people type, with every mark there is."""


def problems(drawn: Sequence[Rendered]) -> list[str]:
    """What Slack would refuse of these messages."""
    return [problem for part in drawn for problem in message_errors(part.text, part.blocks)]


def elements(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every element within a block."""
    for each in block.get("elements", ()):
        yield each
        yield from elements(each)


@given(content=SENDABLE)
def test_no_message_is_refused(content: Message) -> None:
    """Whatever a message holds, Slack takes every part of it."""
    assert problems(draw(content)) == []


@pytest.mark.soak
@pytest.mark.skipif(not REAL_PROJECTS.exists(), reason="real_projects.json is not beside this checkout")
def test_real_posts_are_drawn_whole() -> None:
    """Hundreds of real project posts are taken by Slack, and every word of them can be read there."""
    posts = json.loads(REAL_PROJECTS.read_text(encoding="utf-8"))
    assert len(posts) == 479
    for number, post in enumerate(posts):
        drawn = draw(
            message(
                heading(Plain(post["title"])),
                Fields((row("Company", Plain(post["company"])), row("Skills", Plain(post["skills"])))),
                Plain(post["description"]),
                note(Plain(post["deliverables"])),
                Buttons((Button("Apply", f"apply:{number}"), Button("Details", f"show:{number}"))),
            )
        )
        assert problems(drawn) == []
        read = " ".join(shown_blocks(part.blocks, "UTC", {}) for part in drawn).translate(INVISIBLE)
        for written in (post["description"], post["skills"]):
            assert set(written.translate(INVISIBLE).split()) <= set(read.split()), post["title"]


@given(typed=TYPED)
@example(typed="<!channel> <@U1> <https://a.b|here> *bold* :tada: > quoted")
def test_peoples_words_are_only_words(typed: str) -> None:
    """In rich text they are one text element, letter for letter: no link, ping, emoji or format."""
    block = rich_text(("Said: ", Plain(typed)))
    inside = [each for each in elements(block) if each["type"] != "rich_text_section"]
    assert {each["type"] for each in inside} == {"text"}
    assert not any("style" in each for each in inside)
    assert "".join(each["text"] for each in inside) == f"Said: {typed}"


@given(typed=TYPED)
@example(typed="> quoted")
@example(typed=":tada:")
def test_peoples_words_are_only_words_in_small_print(typed: str) -> None:
    """What begins a link or a ping is escaped; what has no escape there is shown in rich text."""
    block = small_print((Plain(typed),))
    assert shown_blocks([block], "UTC", {}) == typed.translate(INVISIBLE)
    if block["type"] == "context":
        (element,) = block["elements"]
        assert element["verbatim"] is True
        assert not set("<>*_~`") & set(element["text"])
        assert not any(line.startswith("&gt;") for line in element["text"].split("\n"))
        assert not re.search(r":[^\s:]+:", element["text"])


def test_a_link_in_small_print_stays_within_its_brackets() -> None:
    """No character of an address ends it, or begins another link."""
    (element,) = small_print(("[here](https://a.b/|c>d<!channel>&e)",))["elements"]
    assert element["text"] == "<https://a.b/%7Cc&gt;d&lt;!channel&gt;&amp;e|here>"


def test_a_moment_is_shown_in_the_readers_own_zone() -> None:
    """Slack is given the instant, and words for clients that cannot show it."""
    moment = Moment(NOON, "Europe/Berlin", "day")
    (section,) = rich_text((moment,))["elements"]
    assert section["elements"] == [
        {
            "type": "date",
            "timestamp": int(NOON.timestamp()),
            "format": "{date_long}",
            "fallback": section["elements"][0]["fallback"],
        }
    ]
    (small,) = small_print((moment,))["elements"]
    assert small["text"].startswith(f"<!date^{int(NOON.timestamp())}^{{date_long}}|")


@pytest.mark.parametrize(
    ("style", "drawn"),
    [("clock", "{time}"), ("date_clock", "{date_long} {time}"), ("full", "{date_long} {time}")],
)
def test_only_the_clock_beside_a_day_is_slacks_own(
    style: Literal["clock", "date_clock", "full"], drawn: str
) -> None:
    """The day and its place are words; Slack's date mark shows the end on the reader's clock."""
    day = ShownDay("Fri 11 December", "Berlin", Moment(NOON, "Europe/Berlin", style))
    (section,) = rich_text((day,))["elements"]
    before, mark, after = section["elements"]
    assert (before["text"], after["text"]) == ("Fri 11 December (Berlin; for you ", ")")
    assert (mark["type"], mark["timestamp"], mark["format"]) == ("date", int(NOON.timestamp()), drawn)
    (small,) = small_print((day,))["elements"]
    assert small["text"].startswith(
        f"Fri 11 December (Berlin; for you <!date^{int(NOON.timestamp())}^{drawn}|"
    )
    (alone,) = rich_text((ShownDay("Fri 11 December"),))["elements"]
    assert alone["elements"] == [{"type": "text", "text": "Fri 11 December"}]


def test_commands_are_called_as_they_are_in_this_workspace() -> None:
    """Code spans that name a command of ours are shown with its name there, in text and in small print."""
    look = RenderOptions(named=lambda line: line.replace("/apply", "/uni-apply"))
    (drawn,) = draw(message(text("Type `/apply`."), note("Or `/apply 3`.")), look)
    assert shown_blocks(drawn.blocks, "UTC", {}) == "Type /uni-apply.\nOr /uni-apply 3."


def test_a_button_to_a_message_is_a_link_where_it_has_an_address() -> None:
    """Elsewhere it does its action; styles are Slack's own."""
    content = message(
        Buttons((Button("Card", "card:1", to=str(CARD), style="primary"), Button("Go", "go:1")))
    )
    (linked,) = draw(content, RenderOptions(address=lambda to: f"https://river.slack.com/{to[-6:]}"))
    (bare,) = draw(content)
    first, second = linked.blocks[0]["elements"]
    assert first["url"] == "https://river.slack.com/000100"
    assert first["style"] == "primary"
    assert second["action_id"] == "go:1"
    assert bare.blocks[0]["elements"][0]["action_id"] == "card:1"


def test_the_same_action_twice_gets_two_ids_and_is_read_the_same() -> None:
    """Slack wants every action_id of a message once."""
    (drawn,) = draw(
        message(
            Buttons((Button("Yes", "say:1"), Button("Of course", "say:1"))), Buttons((Button("No", "no"),))
        )
    )
    ids = [each["action_id"] for block in drawn.blocks for each in block["elements"]]
    assert len(set(ids)) == 3
    assert [action_of(each) for each in ids] == ["say:1", "say:1", "no"]


def test_what_a_notification_says_is_plain_and_escaped() -> None:
    """The words for notifications and screen readers hold every block's, and ping no person."""
    (drawn,) = draw(
        message(
            Heading(("A title",)),
            text("**Bold** ", Plain("<!channel>")),
            Select("pick", (Option("a", "First"),), "Choose one"),
        )
    )
    assert drawn.text == "A title\nBold &lt;!channel&gt;\n[Choose one: First]"


HERE = RenderOptions(space="T1")


@pytest.mark.parametrize(
    ("value", "drawn", "small"),
    [
        (
            PersonName(7, "Ada", mention=True, account="slack/@T1.U1"),
            {"type": "user", "user_id": "U1"},
            "<@U1>",
        ),
        (PersonName(7, "Ada", mention=True), {"type": "text", "text": "Ada"}, "Ada"),
        (
            PersonName(7, "Ada", mention=True, account="discord/@1"),
            {"type": "text", "text": "Ada"},
            "Ada",
        ),
        (
            ChannelName("slack/channel/T1/C1", "spring"),
            {"type": "channel", "channel_id": "C1"},
            "<#C1>",
        ),
        (
            ChannelName("slack/channel/T2/C1", "spring"),
            {"type": "text", "text": "#spring"},
            "#spring",
        ),
        (
            ChannelName("discord/channel/1/42", "spring"),
            {"type": "text", "text": "#spring (Discord)"},
            "#spring (Discord)",
        ),
        (
            RoleName("discord:1", "42", "mentors"),
            {"type": "text", "text": "mentors (Discord)"},
            "mentors (Discord)",
        ),
        (
            WebLink("https://a.b/c?d&e"),
            {"type": "link", "url": "https://a.b/c?d&e", "text": "https://a.b/c?d&e"},
            "<https://a.b/c?d&amp;e|https://a.b/c?d&amp;e>",
        ),
        (
            WebLink("https://a.b/c", "a|<b>"),
            {"type": "link", "url": "https://a.b/c", "text": "a|<b>"},
            "<https://a.b/c|a/&lt;b&gt;>",
        ),
    ],
)
def test_people_places_and_addresses_have_slacks_own_marks(
    value: Part, drawn: Mapping[str, Any], small: str
) -> None:
    """A mark can be tapped; where Slack has none, or would show an id, the name is there."""
    (section,) = rich_text((value,), HERE)["elements"]
    assert section["elements"] == [drawn]
    (bold,) = rich_text(("**", value, "**"), HERE)["elements"]
    assert bold["elements"] == [{**drawn, "style": {"bold": True}}]
    (printed,) = small_print((value,), HERE)["elements"]
    assert printed["text"] == small


@pytest.mark.parametrize(
    "address",
    [
        "https://a.b/c d",
        "https://a.b/>c",
        "https://a.b/)c",
        "https://a.b/|c",
        "https://a.b/\x07c",
        "javascript:a",
    ],
)
def test_an_address_that_leaves_its_mark_is_words(address: str) -> None:
    """Nothing hostile becomes a link, in text and in small print."""
    (section,) = rich_text((WebLink(address),), HERE)["elements"]
    assert section["elements"] == [{"type": "text", "text": address}]
    assert "<" not in small_print((WebLink(address),), HERE)["elements"][0]["text"]


def test_a_question_as_a_label_is_only_words() -> None:
    """The label of a row may be a person's own question, whose marks format nothing."""
    (drawn,) = draw(message(Fields((row(Plain("Is *this* **it**?"), Plain("Yes")),))))
    (section,) = drawn.blocks[0]["elements"]
    assert "".join(each["text"] for each in section["elements"]) == "Is *this* **it**?: Yes"


def test_words_turn_nothing_that_follows_them() -> None:
    """A mark of direction that a person leaves open ends with their words, in labels as well."""
    content = message(
        heading(Plain("\u202ea")),
        text("{name} applied.", name=PersonName(7, "\u202eadA")),
        note("{name} applied.", name=PersonName(7, "\u202eadA")),
        text("```\n{code}\n```", code="\u202ex"),
        Select("pick:1", (Option("a", "\u202eb", "\u202ec"),), Plain("\u202ed")),
        Buttons((Button(Plain("\u202ee"), "go:1"),)),
    )
    (drawn,) = draw(content, HERE)
    assert "\\u202e" not in json.dumps([drawn.text, drawn.blocks])

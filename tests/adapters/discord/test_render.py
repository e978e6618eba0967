"""Messages as Discord's components: within its limits, and with no person's words read as markup."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS
from adapters.discord.markdown import markdown
from adapters.discord.render import EPHEMERAL, Rendered, action_of, draw
from bot.chat.answers import FileRef, Option
from bot.chat.content import (
    Button,
    Buttons,
    Divider,
    Fields,
    File,
    Image,
    Message,
    Moment,
    Plain,
    Select,
    ShownDay,
    heading,
    message,
    note,
    row,
    text,
)
from bot.chat.rendering.costs import parts_cost
from bot.chat.sentences import ChannelName, Part, PersonName, RoleName, WebLink
from tests.support.discord.openapi import components_in, refusals
from tests.support.discord.screen import read
from tests.support.splitting import PARTS, SENDABLE

REAL_PROJECTS = Path(__file__).parents[4] / "shared" / "data" / "real_projects.json"
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SEND = ("POST", "/channels/1/messages")

HOSTILE = st.text(st.sampled_from("ab1 \n@#*_~`|<>[]()\\-+.:!&/\u200b")) | st.sampled_from(
    [
        "@everyone",
        "hi@everyone",
        "@here.",
        "<@123>",
        "<@&123>",
        "<#123>",
        "</apply:123>",
        "<t:0:F>",
        "<:smile:123>",
        "https://evil.example/a_b",
        "[click](https://evil.example)",
        "<https://evil.example>",
        "# big\n## bigger\n-# small",
        "- a list\n1. another",
        "> a quote\n>>> and all after",
        "||hidden|| **bold** __under__ ~~gone~~",
        "```\nfenced\n```",
        ":wave: discord.gg/abc",
    ]
)
"""What people might write to ping, link, format or pretend."""

LIVE = re.compile(
    r"(?<!\\)(?:[*_~|`\[\]<>]|#|^\s*(?:[-+]|\d+\.)\s)|@(?=everyone|here)|https?:|discord\.gg", re.MULTILINE
)
"""What Discord would read as a mark, a mention or a link."""


def contents(drawn: list[Rendered]) -> list[str]:
    """The words of all text displays."""
    return [
        part["content"] for each in drawn for part in components_in(each.components) if part["type"] == 10
    ]


def only(content: Message, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - draw's own
    """The components of a message that is one message."""
    [drawn] = draw(content, **more)
    return list(drawn.components)


@pytest.mark.parametrize(("style", "drawn"), [("clock", "t"), ("date_clock", "F"), ("full", "F")])
def test_only_the_clock_beside_a_day_is_discords_own(
    style: Literal["clock", "date_clock", "full"], drawn: str
) -> None:
    """The day and its place are words; Discord's time mark shows the end on the reader's clock."""
    day = ShownDay("Fri 11 December", "Berlin", Moment(NOON, "Europe/Berlin", style))
    [box] = only(message(text("Due ", day, " or ", ShownDay("Mon 16 March"))))
    mark = f"<t:1796040000:{drawn}>"
    assert box["content"] == rf"Due Fri 11 December \(Berlin; for you {mark}\) or Mon 16 March"


def test_each_block_becomes_its_component() -> None:
    """Words, lists, times, rows, pictures and lines as Discord draws them, in one box under the heading."""
    content = message(
        heading("A title"),
        text("**Bold** _soft_ ~~gone~~ `code` [here](https://a.b/c)\n- one\n> two"),
        note("Small\nprint"),
        text(Moment(NOON, "UTC"), Moment(NOON, "UTC", "day"), Moment(NOON, "UTC", "time")),
        Fields((row("Fee", "400"), row("Skills", Plain("maps")))),
        Image("https://a.b/c.png", "A map"),
        Divider(),
    )
    [box] = only(content)
    assert box == {
        "type": 17,
        "components": [
            {"type": 10, "content": "### A title"},
            {
                "type": 10,
                "content": "**Bold** *soft* ~~gone~~ `code` [here](<https://a.b/c>)\n- one\n> two",
            },
            {"type": 10, "content": "-# Small\n-# print"},
            {"type": 10, "content": "<t:1796040000:F><t:1796040000:D><t:1796040000:t>"},
            {"type": 10, "content": "**Fee\\:** 400\n**Skills\\:** maps"},
            {"type": 12, "items": [{"media": {"url": "https://a.b/c.png"}, "description": "A map"}]},
            {"type": 14},
        ],
    }


def test_buttons_act_or_lead_somewhere() -> None:
    """An action is a key; an address is a link, that of a message or place as well, where it has one."""
    content = message(
        Buttons(
            (
                Button("Go", "go:1", style="primary"),
                Button("No", "no:1", style="danger"),
                Button("Web", url="https://a.b"),
                Button("Card", "card:1", to="discord/channel/1/2#3"),
                Button("Far", "far:1", to="slack/channel/T/C#3"),
            )
        )
    )
    [group] = only(content, address=lambda to: "https://d/1/2/3" if to.startswith("discord") else "")
    assert [(b["style"], b.get("custom_id"), b.get("url")) for b in group["components"]] == [
        (1, "go:1", None),
        (4, "no:1", None),
        (5, None, "https://a.b"),
        (5, None, "https://d/1/2/3"),
        (2, "far:1", None),
    ]


def test_the_same_action_twice_gets_two_ids_and_is_read_back() -> None:
    """Discord wants every custom_id once in a message; what comes back is the action itself."""
    [group] = only(message(Buttons((Button("Go", "go:1"), Button("Also go", "go:1")))))
    names = [each["custom_id"] for each in group["components"]]
    assert len(set(names)) == 2
    assert {action_of(name) for name in names} == {"go:1"}


def test_a_select_for_several_takes_them_all() -> None:
    """One choice or several of the options; a description only where there is one."""
    options = (Option("a", "First", "the one"), Option("b", "Second"))
    for many, most in ((False, 1), (True, 2)):
        [group] = only(message(Select("pick:1", options, many=many)))
        [select] = group["components"]
        assert (select["type"], select["min_values"], select["max_values"]) == (3, 1, most)
        assert select["options"][0] == {"label": "First", "value": "a", "description": "the one"}


def test_a_file_is_given_where_one_person_reads() -> None:
    """In a direct message the file goes along by a name that its component finds; elsewhere it is named."""
    content = message("Here:", File(FileRef("F1", "my plan: v1.pdf", 10, "application/pdf")))
    [private] = draw(content, with_files=True)
    [(name, file)] = private.files
    assert private.components[1] == {"type": 13, "file": {"url": f"attachment://{name}"}}
    assert re.fullmatch(r"[\w.-]+\.pdf", name)
    assert file.id == "F1"
    [public] = draw(content)
    assert public.files == ()
    assert read(public.components[1]["content"]) == "📎 my plan: v1.pdf"


def test_no_message_pings() -> None:
    """Every body allows no mention."""
    [drawn] = draw(message("Hello."))
    body = drawn.body(flags=EPHEMERAL)
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 1 << 15 | EPHEMERAL
    assert refusals(*SEND, body) == []


@given(HOSTILE)
def test_people_s_words_are_only_words(words: str) -> None:
    """Nothing that people write pings, links, formats or is taken for markup, wherever it is."""
    content = message(Plain(words), note(Plain(words)), Fields((row("Says", Plain(words)),)), "> quoted")
    for shown in contents(draw(content)):
        bare = re.sub(r"^(?:-# |> |\*\*Says\\:\*\* ?)", "", shown, flags=re.MULTILINE)
        assert not LIVE.search(bare), bare


@given(HOSTILE)
def test_people_s_words_are_read_as_they_were_written(words: str) -> None:
    """What a reader sees is what was written, but for white space at the ends."""
    if not words.strip() or "\u200b" in words:
        return
    [shown] = contents(draw(message(Plain(words))))
    assert read(shown).strip() == words.strip()


def test_words_that_go_on_stay_in_their_quote_and_small_print() -> None:
    """A line break of a person's own leaves neither the quotation nor the small print."""
    quoted, small = contents(draw(message(text("> ", Plain("one\ntwo")), note(Plain("one\ntwo")))))
    assert quoted == "> one\n> two"
    assert small == "-# one\n-# two"


@given(SENDABLE)
def test_no_message_is_refused(content: Message) -> None:
    """Whatever there is to say, each body that says it is one that Discord takes."""
    for drawn in draw(content):
        assert refusals(*SEND, drawn.body()) == []


@pytest.mark.soak
@pytest.mark.skipif(not REAL_PROJECTS.exists(), reason="real_projects.json is not beside this checkout")
def test_real_posts_are_all_taken() -> None:
    """Hundreds of real posts, each with all of its words: no body is refused, no word is lost."""
    for number, post in enumerate(json.loads(REAL_PROJECTS.read_text(encoding="utf-8"))):
        content = message(
            heading(Plain(post["title"])),
            Fields((row("Company", Plain(post["company"])), row("Skills", Plain(post["skills"])))),
            Plain(post["description"]),
            text("**Deliverables**\n", Plain(post["deliverables"])),
            Buttons((Button("Apply", f"apply:{number}", style="primary"), Button("Save", f"save:{number}"))),
        )
        drawn = draw(content)
        for each in drawn:
            assert refusals(*SEND, each.body()) == [], post["title"]
        shown = "".join(re.sub(r"[\s\u200b]", "", read(each)) for each in contents(drawn))
        for word in post["description"].split():
            assert word in shown, word


@pytest.mark.parametrize(
    ("value", "space", "drawn"),
    [
        (PersonName(7, "Ada", mention=True, account="discord/@42"), "", "Ada (<@42>)"),
        (PersonName(7, "**A**", mention=True, account="discord/@42"), "", r"\*\*A\*\* (<@42>)"),
        (PersonName(7, "Ada", mention=True, account="slack/@T1.U1"), "", "Ada"),
        (PersonName(7, "Ada", mention=True), "", "Ada"),
        (ChannelName("discord/channel/1/42", "spring"), "", "<#42>"),
        (ChannelName("discord/channel/1/42"), "1", "<#42>"),
        (ChannelName("slack/channel/T1/C1", "spring"), "1", r"\#spring \(Slack\)"),
        (ChannelName("slack/channel/T1/C1"), "1", r"a channel \(Slack\)"),
        (RoleName("discord:1", "42", "mentors"), "1", "<@&42>"),
        (RoleName("discord:1", "42", "mentors"), "2", "mentors"),
        (RoleName("discord:1", "42", "mentors"), "", "mentors"),
        (WebLink("https://a.b/c?d=e&f"), "", "<https://a.b/c?d=e&f>"),
        (WebLink("https://a.b/c", "the [page]"), "", r"[the \[page\]](<https://a.b/c>)"),
        (WebLink("https://a.b/c d"), "", r"https\://a\.b/c d"),
        (WebLink("https://a.b/>c"), "", r"https\://a\.b/\>c"),
        (WebLink("https://a.b/)c"), "", r"https\://a\.b/\)c"),
        (WebLink("https://a.b/|c"), "", r"https\://a\.b/\|c"),
        (WebLink("https://a.b/\x07c"), "", "https\\://a\\.b/\x07c"),
        (WebLink("javascript:alert"), "", r"javascript\:alert"),
    ],
)
def test_people_places_and_addresses_have_discords_own_marks(value: Part, space: str, drawn: str) -> None:
    """A mark can be tapped; where Discord has none, or would show none, the name is there, never an id."""
    [shown] = only(message(text(value)), space=space)
    assert shown["content"] == drawn
    [small] = only(message(note(value)), space=space)
    assert small["content"] == f"-# {drawn}"


def test_a_mention_in_a_text_pings_no_person() -> None:
    """Only the account that a message calls is alerted."""
    ada = PersonName(7, "Ada", mention=True, account="discord/@42")
    [named] = draw(message(text("{student} applied.", student=ada)))
    assert named.body()["allowed_mentions"] == {"parse": []}
    [called] = draw(Message(message(text("For {student}.", student=ada)).blocks, calls="discord/@7"))
    assert called.body()["allowed_mentions"] == {"parse": [], "users": ["7"]}


@pytest.mark.parametrize(
    "address", ["ada@example.org", "ada@here.org", "a.b@everyone.example", "@ada", "a @ b"]
)
def test_an_e_mail_address_is_left_as_it_was_typed(address: str) -> None:
    """Without an invisible character in it, an address that is copied is the address."""
    [shown] = only(message(Plain(address)))
    assert read(shown["content"]) == address
    assert "\u200b" not in shown["content"]


@pytest.mark.parametrize("call", ["@everyone", "@here", "hi@everyone", "(@here)", "@here.", "@everyone.org"])
def test_a_call_of_everyone_is_only_words(call: str) -> None:
    """What would be a mention of all readers is parted, and is read as it was written."""
    [shown] = only(message(Plain(call)))
    assert "@\u200b" in shown["content"]
    assert read(shown["content"]) == call


def test_words_turn_nothing_that_follows_them() -> None:
    """A mark of direction that a person leaves open ends with their words, in labels as well."""
    content = message(
        text("{name} applied.", name=PersonName(7, "\u202eadA")),
        text("```\n{code}\n```", code="\u202ex"),
        Select("pick:1", (Option("a", "\u202eb", "\u202ec"),), Plain("\u202ed")),
        Buttons((Button(Plain("\u202ee"), "go:1"),)),
    )
    assert "\\u202e" not in json.dumps(only(content))
    assert only(message(Plain("\u202e"))) == [{"type": 10, "content": "…"}]


@given(PARTS)
def test_no_words_come_to_more_than_was_counted(parts: tuple[Part, ...]) -> None:
    """What is split by its counted length fits however Discord's marks draw it."""
    drawn = markdown(parts, "-# ", space="1").removeprefix("-# ")
    assert len(drawn.encode("utf-16-le", "surrogatepass")) // 2 <= parts_cost(parts, LIMITS) + 2

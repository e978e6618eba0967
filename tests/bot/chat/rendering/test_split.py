"""Making messages fit: what goes out is within the limits, and all that was said is still said."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import example, given

from adapters.discord.limits import LIMITS as DISCORD
from adapters.slack.limits import LIMITS as SLACK
from adapters.terminal.limits import LIMITS as TERMINAL
from bot.chat.content import (
    Button,
    Buttons,
    Divider,
    Fields,
    Heading,
    Image,
    Message,
    Option,
    Part,
    Plain,
    Select,
    Text,
    heading,
    message,
    row,
    text,
)
from bot.chat.language import ENGLISH, as_text
from bot.chat.rendering.limits import Limits
from bot.chat.rendering.split import base_action, split, weigh
from bot.chat.sentences import PersonName, WebLink, say
from bot.chat.translation import translated
from tests.support.splitting import (
    MESSAGES,
    PARTS,
    TABLES,
    assert_well_split,
    every_table,
    letters,
    platforms,
    texts,
)

REAL_PROJECTS = Path(__file__).parents[5] / "shared" / "data" / "real_projects.json"


@every_table
@given(content=MESSAGES)
@example(content=Message(()))
@example(content=Message((Text(()), Buttons(()), Fields(()), Select("a", ()), Heading(("  ",)))))
@example(content=Message((Divider(), Text(("x",)), Divider())))
def test_every_message_comes_out_whole_and_within_limits(limits: Limits, content: Message) -> None:
    """Whatever a message holds, each part fits, every word is there in order, every action just once."""
    assert_well_split(content, limits)


@every_table
@given(parts=PARTS)
def test_a_text_comes_out_letter_for_letter(limits: Limits, parts: tuple[Part, ...]) -> None:
    """Splitting a text adds nothing and drops nothing but white space at the cuts."""
    content = Message((Text(parts),))
    assert letters(*split(content, limits)) == letters(content)


# --- Groups, options, names -----------------------------------------------------------------------


def test_buttons_go_on_in_further_groups() -> None:
    """Twelve buttons are in groups of five on Discord, all in one message."""
    buttons = Buttons(tuple(Button(f"Option {number}", f"pick:{number}") for number in range(12)))
    (out,) = assert_well_split(message("Choose one.", buttons), DISCORD)
    assert [len(b.buttons) for b in out.blocks if isinstance(b, Buttons)] == [5, 5, 2]


def test_options_are_paged_in_numbered_selects() -> None:
    """More options than a select holds make several, each with its page in words and action."""
    options = tuple(Option(str(number), f"Project {number}") for number in range(60))
    (out,) = assert_well_split(message(Select("pick:7", options, "Choose a project")), DISCORD)
    selects = [block for block in out.blocks if isinstance(block, Select)]
    assert [s.placeholder for s in selects] == [f"Choose a project ({n}/3)" for n in (1, 2, 3)]
    assert [s.action for s in selects] == ["pick:7", "pick:7~2", "pick:7~3"]
    assert {base_action(s.action) for s in selects} == {"pick:7"}
    assert [len(s.options) for s in selects] == [25, 25, 10]


def test_long_names_are_shortened_with_the_whole_beside_them() -> None:
    """Headings, labels, options and descriptions that are too long are whole in a text next to them."""
    name = "A very long name of a project that goes on and on " * 6 + "until here"
    content = message(
        heading(Plain(name)),
        Buttons((Button(f"Apply to {name}", "apply:1"), Button("Save", "save:1"))),
        Select("pick", (Option("1", f"Pick {name}", f"About {name}"),)),
        Image("https://a.b/c.png", f"Shows {name}"),
    )
    out = assert_well_split(content, SLACK)
    blocks = [block for one in out for block in one.blocks]
    shown = next(block for block in blocks if isinstance(block, Buttons))
    assert as_text(shown.buttons[0].label).startswith("Apply to A very long")
    assert as_text(shown.buttons[0].label).endswith("…")
    assert shown.buttons[1].label == "Save"
    whole = "\n".join(texts(out))
    assert whole.split("\n")[:3] == [name, f"- Apply to {name}", "- Save"]
    assert f"Pick {name}: About {name}" in whole


@platforms
def test_a_long_value_leaves_its_row(limits: Limits) -> None:
    """A row that no field holds becomes a text under its bold name, in its place."""
    content = message(Fields((row("Fee", "$400"), row("Wanted", Plain("words " * 1000)), row("Weeks", "2"))))
    out = assert_well_split(content, limits)
    kinds = [type(block) for one in out for block in one.blocks]
    assert kinds[0] is Fields
    assert kinds[-1] is Fields
    assert set(kinds[1:-1]) == {Text}
    assert texts(out)[0].startswith("Wanted\nwords words")


def test_what_is_heavy_together_is_parted() -> None:
    """Options and addresses that each fit, but not all in one message, go to several."""
    options = tuple(Option(f"{n:0100}", "label " * 12, "description " * 6) for n in range(100))
    assert len(assert_well_split(message(Select("pick", options)), SLACK)) > 1
    links = tuple(Button("Open", url=f"https://example.org/{n:02900}") for n in range(25))
    assert len(assert_well_split(message(Buttons(links)), SLACK)) > 1


def test_an_address_that_no_button_holds_is_written_out() -> None:
    """A link button whose address is too long becomes its label and address in words."""
    url = "https://example.org/" + "a" * 600
    out = assert_well_split(message(Buttons((Button("Go", "go"), Button("Open", url=url)))), DISCORD)
    assert texts(out) == [f"Open\n{url}"]


def test_a_heading_stays_with_what_it_is_over() -> None:
    """A heading never ends a message when what it is over begins the next."""
    content = message(heading("First"), Plain("a " * 600), heading("Second"), Plain("b " * 1500), Divider())
    first, second = assert_well_split(content, DISCORD)
    assert [type(block) for block in first.blocks] == [Heading, Text]
    assert [type(block) for block in second.blocks] == [Heading, Text, Divider]


def test_a_divider_is_no_message() -> None:
    """Between two texts that each fill a message, on Discord, which refuses a message without words."""
    first = Text((Plain("word " * 200),))
    second = Text((WebLink(url="x" * 1500), PersonName(7, "word " * 198)))
    made = split(message(first, Divider(), second), DISCORD)
    assert [[type(block) for block in each.blocks] for each in made] == [[Text]] * 3


def test_a_text_begins_under_its_heading() -> None:
    """A text that would fill a message alone still begins right under its heading."""
    first, second = assert_well_split(message(heading("Title"), Plain("b " * 1990)), DISCORD)
    assert [type(block) for block in first.blocks] == [Heading, Text]
    assert [type(block) for block in second.blocks] == [Text]


def test_what_fits_is_left_alone() -> None:
    """A message within the limits comes back as it is, blanks aside."""
    content = translated(
        message(heading("Hello"), "Some **words**.", Buttons((Button("Go", "go"),))), ENGLISH
    )
    assert all(split(content, limits) == [content] for limits in (SLACK, DISCORD, TERMINAL))
    assert split(message(heading("Hello"), text()), SLACK) == [translated(message(heading("Hello")), ENGLISH)]


def test_options_whose_labels_are_values_are_not_listed_again() -> None:
    """A label that names a person fits as its words do, so nothing has to be beside the select."""
    chosen = Select("read", (Option("1", say("{student}", student=PersonName(7, "Ada"))),), "Read one")
    (out,) = split(translated(message(chosen), ENGLISH), DISCORD)
    assert [type(block) for block in out.blocks] == [Select]


def test_weighing_names_what_a_message_holds() -> None:
    """Every part of a weight is a limit's name, so that both speak of the same things."""
    weight = weigh(Buttons((Button("Go", "go"),)), DISCORD)
    assert {f.name for f in fields(weight)} <= {f.name for f in fields(DISCORD)}
    assert weight.components == 2


# --- Real posts -----------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.skipif(not REAL_PROJECTS.exists(), reason="real_projects.json is not beside this checkout")
@every_table
def test_real_posts_come_out_whole(limits: Limits) -> None:
    """Real project posts, shown as cards and whole, fit and lose nothing: each of them by one table."""
    posts = json.loads(REAL_PROJECTS.read_text(encoding="utf-8"))
    assert len(posts) == 479
    tables = list(TABLES.values())
    for number, post in list(enumerate(posts))[tables.index(limits) :: len(tables)]:
        content = message(
            heading(Plain(post["title"])),
            Fields((row("Company", Plain(post["company"])), row("Skills", Plain(post["skills"])))),
            Plain(post["description"]),
            text("**Deliverables**\n", Plain(post["deliverables"])),
            Buttons((Button("Apply", f"apply:{number}"), Button(post["title"], f"show:{number}"))),
        )
        assert_well_split(content, limits)
    options = tuple(Option(str(n), post["title"], post["company"]) for n, post in enumerate(posts))
    assert_well_split(message(Select("pick", options)), limits)


@pytest.mark.soak
def test_the_whole_of_a_real_sized_text_is_read_back_in_order() -> None:
    """The words of a long post, joined again over messages, are the words that were written."""
    written = " ".join(f"word{number}." for number in range(4000))
    for limits in (SLACK, DISCORD):
        assert re.findall(r"\S+", " ".join(texts(split(message(Plain(written)), limits)))) == written.split()

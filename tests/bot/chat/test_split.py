"""Making messages fit: what goes out is within the limits, and all that was said is still said."""

import json
import re
import string
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
import regex  # type: ignore[import-untyped]  # it ships no types
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS as DISCORD
from adapters.slack.limits import LIMITS as SLACK
from adapters.terminal.limits import LIMITS as TERMINAL
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Choose,
    Divider,
    Fields,
    File,
    FileRef,
    Heading,
    Image,
    Message,
    Moment,
    Note,
    Option,
    Part,
    Plain,
    Row,
    Text,
    heading,
    message,
    row,
    text,
)
from bot.chat.limits import Limits, cost
from bot.chat.markdown import Bold, Fence, Item, Line, Link, Quote, parse_parts, strip_parts
from bot.chat.pieces import cut_parts, parts_cost, shorten
from bot.chat.split import base_action, split, weigh

REAL_PROJECTS = Path(__file__).parents[4] / "shared" / "data" / "real_projects.json"

# So tight that random messages run into every limit.
TIGHT = Limits(
    message_text=420,
    message_size=900,
    blocks=4,
    components=7,
    files=2,
    text=300,
    heading=20,
    fields=2,
    field_label=12,
    field_value=40,
    buttons=3,
    button_label=8,
    button_url=30,
    action=100,
    options=3,
    option_label=10,
    option_description=10,
    option_value=100,
    placeholder=24,
    image_url=30,
    image_alt=12,
    moment=20,
    escaped={"*": 2, "&": 5, "\n": 4, "`": 2},
)
TABLES = {"slack": SLACK, "discord": DISCORD, "terminal": TERMINAL, "tight": TIGHT}
every_table = pytest.mark.parametrize("limits", TABLES.values(), ids=TABLES)
platforms = pytest.mark.parametrize("limits", [SLACK, DISCORD], ids=["slack", "discord"])


# --- Random messages ------------------------------------------------------------------------------

MARKS = [
    "*",
    "_",
    "~~",
    "`",
    "```",
    "- ",
    "> ",
    "\n```\n",
    "**bold words** ",
    "`code`",
    "[a page](https://a.b/c)",
]
ODD = ["👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "\u200d", "مرحبا ", "日本語。", "&", "<!channel>", "@everyone"]
LONG = ["supercalifragilistic" * 3, "x" * 500, "long words and more of them, " * 20]
PIECES = st.sampled_from(["a", "word ", "A sentence. ", "\n", "\n\n", " ", *MARKS, *ODD, *LONG])
WORDS = st.lists(PIECES, max_size=25).map("".join)
MOMENTS = st.just(Moment(datetime(2026, 12, 11, 22, 59, tzinfo=UTC), "Europe/Berlin"))
PARTS = st.lists(WORDS | st.builds(Plain, WORDS) | MOMENTS, max_size=5).map(tuple)
ACTIONS = st.text(string.ascii_lowercase + ":", min_size=1, max_size=20)
URLS = st.integers(0, 700).map(lambda size: "https://a.b/" + "c" * size)
OPTIONS = st.lists(st.builds(Option, ACTIONS, WORDS, WORDS), max_size=120)
BLOCKS: st.SearchStrategy[Block] = (
    st.builds(Text, PARTS)
    | st.builds(Heading, PARTS)
    | st.builds(Note, PARTS)
    | st.builds(Fields, st.lists(st.builds(Row, WORDS, PARTS), max_size=13).map(tuple))
    | st.builds(Buttons, st.lists(st.builds(Button, WORDS, ACTIONS), max_size=30).map(tuple))
    | st.builds(Buttons, st.lists(st.builds(Button, WORDS, url=URLS), max_size=7).map(tuple))
    | st.builds(Choose, ACTIONS, OPTIONS.map(tuple), WORDS, st.booleans())
    | st.builds(Image, URLS, WORDS)
    | st.just(File(FileRef("F1", "plan.pdf", 10, "application/pdf")))
    | st.just(Divider())
)
MESSAGES = st.lists(BLOCKS, max_size=8).map(lambda blocks: Message(tuple(blocks)))


# --- What must hold -------------------------------------------------------------------------------


def said(block: Block) -> Iterator[str]:
    """All words of a block, in order, descriptions included, but no placeholder, which may come again."""
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            yield strip_parts(parts)
        case Fields(rows):
            for each in rows:
                yield each.label
                yield strip_parts(each.parts)
        case Buttons(buttons):
            for button in buttons:
                yield button.label
        case Choose(options=options):
            for option in options:
                yield option.label
                yield option.description
        case Image(alt=alt):
            yield alt
        case File(file):
            yield file.name
        case _:
            pass


def letters(*messages: Message) -> str:
    """All that messages say, without white space, which a cut may leave out."""
    words = "".join(word for content in messages for block in content.blocks for word in said(block))
    return "".join(words.split())


def all_placeholders(messages: list[Message]) -> str:
    """What all selects show before anything is chosen."""
    return "".join(b.placeholder for m in messages for b in m.blocks if isinstance(b, Choose))


def holds(outer: str, inner: str) -> bool:
    """Whether all characters of `inner` stand in `outer`, in order."""
    rest = iter(outer)
    return all(character in rest for character in inner)


def pressed(*messages: Message) -> list[tuple[str, str]]:
    """Everything that can be pressed or chosen, in order."""
    found: list[tuple[str, str]] = []
    for content in messages:
        for block in content.blocks:
            if isinstance(block, Buttons):
                found += [(button.action, "") for button in block.buttons if button.action]
            if isinstance(block, Choose):
                found += [(base_action(block.action), option.value) for option in block.options]
    return found


def measured(block: Block, limits: Limits) -> Iterator[tuple[str, int]]:
    """What a block has of everything that is limited, by the limit's name; counted apart from `weigh`."""
    match block:
        case Text(parts) | Note(parts) | Heading(parts):
            length = parts_cost(parts, limits)
            yield from [("heading" if isinstance(block, Heading) else "text", length), ("words", length)]
        case Fields(rows):
            lengths = [(cost(r.label, limits), parts_cost(r.parts, limits)) for r in rows]
            yield from [("fields", len(rows)), *(("words", sum(both)) for both in lengths)]
            yield from [("text", sum(sum(both) for both in lengths))]
            yield from [(name, n) for both in lengths for name, n in zip(SIDES, both, strict=True)]
        case Buttons(buttons):
            yield "buttons", len(buttons)
            for button in buttons:
                label = cost(button.label, limits)
                yield from [("button_label", label), ("button_url", len(button.url)), ("components", 1)]
                yield "size", label + len(button.action) + len(button.url)
        case Choose(action, options, placeholder):
            yield from [("options", len(options)), ("action", len(action.encode())), ("components", 1)]
            yield from [
                ("placeholder", cost(placeholder, limits)),
                ("size", cost(placeholder, limits) + len(action)),
            ]
            for option in options:
                label, description = cost(option.label, limits), cost(option.description, limits)
                yield from [("option_label", label), ("option_description", description)]
                yield "size", label + description + len(option.value)
        case Image(url, alt):
            yield from [("image_url", len(url)), ("image_alt", cost(alt, limits))]
            yield "size", len(url) + cost(alt, limits)
        case File():
            yield "files", 1
        case Divider():
            pass


SIDES = ("field_label", "field_value")
SUMMED = {"components", "files"}


def too_much(content: Message, limits: Limits) -> list[str]:
    """The limits that a message goes over."""
    found = [measure for block in content.blocks for measure in measured(block, limits)]
    words = sum(n for name, n in found if name == "words")
    size = words + sum(n for name, n in found if name == "size")
    sums = [(each, sum(n for name, n in found if name == each)) for each in SUMMED]
    found = [(name, n) for name, n in found if name not in {"words", "size", *SUMMED}]
    found += [("message_text", words), ("message_size", size), ("blocks", len(content.blocks))]
    found += [(name, n + (len(content.blocks) if name == "components" else 0)) for name, n in sums]
    limit_of = {name: getattr(limits, name) for name, _ in found}
    return [f"{name}: {n}" for name, n in found if limit_of[name] is not None and n > limit_of[name]]


def assert_well_split(content: Message, limits: Limits) -> list[Message]:
    """Split, and check everything that holds for every split."""
    out = split(content, limits)
    assert out
    for one in out:
        assert too_much(one, limits) == []
        assert split(one, limits) == [one], "what fits is left as it is"
    assert holds(letters(*out), letters(content)), "words are lost or out of order"
    for block in content.blocks:
        if isinstance(block, Choose) and block.options:
            assert holds(all_placeholders(out) + letters(*out), "".join(block.placeholder.split()))
    assert pressed(*out) == pressed(content), "actions are lost, doubled or out of order"
    return out


@every_table
@given(content=MESSAGES)
@example(content=Message(()))
@example(content=Message((Text(()), Buttons(()), Fields(()), Choose("a", ()), Heading(("  ",)))))
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


@given(parts=PARTS, first=st.integers(0, 400), rest=st.integers(200, 600))
def test_pieces_keep_to_their_lengths(parts: tuple[Part, ...], first: int, rest: int) -> None:
    """The first piece fits the room that is left, every other one a whole message."""
    lengths = [parts_cost(piece, TIGHT) for piece in cut_parts(parts, first, rest, TIGHT)]
    assert lengths[0] <= first
    assert all(0 < length <= rest for length in lengths[1:])


@given(words=WORDS, most=st.integers(1, 60))
def test_shortened_words_fit_and_say_that_they_are_short(words: str, most: int) -> None:
    """A label is left alone, or is a beginning of the words with an ellipsis, within the length."""
    short = shorten(words, most, DISCORD)
    assert cost(short, DISCORD) <= most
    flat = " ".join(words.split())
    assert short in {words, flat} or short.endswith("…")
    begun = regex.findall(r"\X", " ".join(short.removesuffix("…").split()))
    assert short in {words, flat} or regex.findall(r"\X", flat)[: len(begun)] == begun


# --- Where it is cut ------------------------------------------------------------------------------


def texts(messages: list[Message]) -> list[str]:
    """The words of each text block."""
    return [strip_parts(b.parts) for m in messages for b in m.blocks if isinstance(b, Text | Note)]


@platforms
def test_cuts_fall_between_paragraphs_lines_sentences_then_words(limits: Limits) -> None:
    """A text is cut where a reader breathes, at the deepest breath that comes late enough."""
    sentence = "One two three four five six seven. "
    paragraphs = "\n\n".join([sentence * 20] * 20)
    assert all(
        piece.endswith("seven.") and piece.count("\n\n")
        for piece in texts(split(message(Plain(paragraphs)), limits))
    )
    lines = "\n".join(["- a line of a list without an end"] * 300)
    assert all(piece.endswith("without an end") for piece in texts(split(message(lines), limits)))
    assert all(piece.endswith("seven.") for piece in texts(split(message(sentence * 300), limits)))
    words = "word " * 3000
    assert set(" ".join(texts(split(message(words), limits))).split()) == {"word"}


@platforms
@pytest.mark.parametrize(
    "cluster", ["👨‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0323", "👍🏽", "\r\n", "क्षि", "한"], ids=ascii
)
def test_no_cut_inside_a_character(limits: Limits, cluster: str) -> None:
    """What a reader sees as one character stays one, even in a word longer than a message."""
    pieces = texts(split(message(Plain(cluster * 3000)), limits))
    assert {c for piece in pieces for c in regex.findall(r"\X", piece)} <= {cluster, "\n"}
    assert sum(piece.count(cluster) for piece in pieces) == (0 if cluster == "\r\n" else 3000)


@platforms
def test_a_fence_is_closed_and_opened_again(limits: Limits) -> None:
    """Code over a cut stays code on both sides, line by line."""
    lines = [f"    line {number} of ``` the code" for number in range(500)]
    out = split(message(text("See:\n```\n", Plain("\n".join(lines)), "\n```\nDone.")), limits)
    nodes = [node for m in out for b in m.blocks if isinstance(b, Text) for node in parse_parts(b.parts)]
    fenced = [node.text for node in nodes if isinstance(node, Fence)]
    assert len(fenced) > 1
    assert "\n".join(fenced).split("\n") == lines
    assert [type(node) for node in nodes if not isinstance(node, Fence)] == [Line, Line]


@platforms
def test_a_link_is_never_cut(limits: Limits) -> None:
    """Each link comes out with its whole label and address."""
    out = split(message("Read [the whole long page](https://example.org/a/b) now. " * 300), limits)
    links = [
        span
        for m in out
        for b in m.blocks
        if isinstance(b, Text)
        for node in parse_parts(b.parts)
        if isinstance(node, Line)
        for span in node.children
        if isinstance(span, Link)
    ]
    assert len(links) == 300
    assert len(set(links)) == 1


def test_a_link_longer_than_a_message_is_told_in_words() -> None:
    """A link that cannot stand in one message is its label and its address, cut like words."""
    url = "https://example.org/" + "a" * 5000
    out = assert_well_split(message(f"[the page]({url})"), DISCORD)
    assert "".join("".join(texts(out)).split()) == f"thepage({url})"


@platforms
def test_marks_list_and_quote_go_on_after_a_cut(limits: Limits) -> None:
    """Bold words stay bold, a quote stays a quote, and a list item gets no second dash."""
    out = split(message("- **" + "bold words " * 600 + "end**", "> " + "quoted words " * 600), limits)
    nodes = [node for m in out for b in m.blocks if isinstance(b, Text) for node in parse_parts(b.parts)]
    assert [type(node) for node in nodes[:2]] == [Item, Line]
    assert {type(node) for node in nodes} == {Item, Line, Quote}
    spans = [span for node in nodes if isinstance(node, Item | Line) for span in node.children]
    assert {type(span) for span in spans} == {Bold}


def test_words_that_look_like_marks_after_a_cut_stay_words() -> None:
    """A dash or an angle that a cut brings to the beginning of a line makes no list and no quote."""
    words = "one - two > three " * 20
    for first in range(20, 80):
        pieces = cut_parts((words,), first, 200, TIGHT)
        assert {type(node) for piece in pieces for node in parse_parts(piece)} == {Line}
        assert " ".join(strip_parts(piece) for piece in pieces).split() == words.split()


def test_a_line_break_in_an_item_makes_no_second_item() -> None:
    """Somebody's lines within one list item stay one item when it is cut."""
    pieces = cut_parts(("- ", Plain("a line of their own\n" * 40)), 200, 200, TIGHT)
    nodes = [node for piece in pieces for node in parse_parts(piece)]
    assert [type(node) for node in nodes] == [Item] + [Line] * 39


def test_odd_text_is_split_like_any_other() -> None:
    """Lone surrogates, control characters and towers of accents raise nothing and lose nothing."""
    odd = "\ud800x\x00\x1b[0m " * 400 + "a" + "\u0301" * 9000
    for limits in TABLES.values():
        assert_well_split(message(Plain(odd)), limits)


# --- Groups, options, names -----------------------------------------------------------------------


def test_buttons_go_on_in_further_groups() -> None:
    """Twelve buttons stand in groups of five on Discord, all in one message."""
    buttons = Buttons(tuple(Button(f"Option {number}", f"pick:{number}") for number in range(12)))
    (out,) = assert_well_split(message("Choose one.", buttons), DISCORD)
    assert [len(b.buttons) for b in out.blocks if isinstance(b, Buttons)] == [5, 5, 2]


def test_options_are_paged_in_numbered_selects() -> None:
    """More options than a select holds make several, each with its page in words and action."""
    options = tuple(Option(str(number), f"Project {number}") for number in range(60))
    (out,) = assert_well_split(message(Choose("pick:7", options, "Choose a project")), DISCORD)
    selects = [block for block in out.blocks if isinstance(block, Choose)]
    assert [s.placeholder for s in selects] == [f"Choose a project ({n} of 3)" for n in (1, 2, 3)]
    assert [s.action for s in selects] == ["pick:7", "pick:7~2", "pick:7~3"]
    assert {base_action(s.action) for s in selects} == {"pick:7"}
    assert [len(s.options) for s in selects] == [25, 25, 10]


def test_long_names_are_shortened_with_the_whole_beside_them() -> None:
    """Headings, labels, options and descriptions that are too long stand whole in a text next to them."""
    name = "A very long name of a project that goes on and on " * 6 + "until here"
    content = message(
        heading(Plain(name)),
        Buttons((Button(f"Apply to {name}", "apply:1"), Button("Save", "save:1"))),
        Choose("pick", (Option("1", f"Pick {name}", f"About {name}"),)),
        Image("https://a.b/c.png", f"Shows {name}"),
    )
    out = assert_well_split(content, SLACK)
    blocks = [block for one in out for block in one.blocks]
    shown = next(block for block in blocks if isinstance(block, Buttons))
    assert shown.buttons[0].label.startswith("Apply to A very long")
    assert shown.buttons[0].label.endswith("…")
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
    assert len(assert_well_split(message(Choose("pick", options)), SLACK)) > 1
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


def test_a_text_begins_under_its_heading() -> None:
    """A text that would fill a message alone still begins right under its heading."""
    first, second = assert_well_split(message(heading("Title"), Plain("b " * 1990)), DISCORD)
    assert [type(block) for block in first.blocks] == [Heading, Text]
    assert [type(block) for block in second.blocks] == [Text]


def test_what_fits_is_left_alone() -> None:
    """A message within the limits comes back as it is, blanks aside."""
    content = message(heading("Hello"), "Some **words**.", Buttons((Button("Go", "go"),)))
    assert all(split(content, limits) == [content] for limits in (SLACK, DISCORD, TERMINAL))
    assert split(message(heading("Hello"), text()), SLACK) == [message(heading("Hello"))]


def test_weighing_names_what_a_message_holds() -> None:
    """Every part of a weight is a limit's name, so that both speak of the same things."""
    weight = weigh(Buttons((Button("Go", "go"),)), DISCORD)
    assert {f.name for f in fields(weight)} <= {f.name for f in fields(DISCORD)}
    assert weight.components == 2


# --- Real posts -----------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL_PROJECTS.exists(), reason="real_projects.json is not beside this checkout")
@every_table
def test_real_posts_come_out_whole(limits: Limits) -> None:
    """Each of hundreds of real project posts, shown as a card and whole, fits and loses nothing."""
    posts = json.loads(REAL_PROJECTS.read_text(encoding="utf-8"))
    assert len(posts) == 479
    for number, post in enumerate(posts):
        content = message(
            heading(Plain(post["title"])),
            Fields((row("Company", Plain(post["company"])), row("Skills", Plain(post["skills"])))),
            Plain(post["description"]),
            text("**Deliverables**\n", Plain(post["deliverables"])),
            Buttons((Button("Apply", f"apply:{number}"), Button(post["title"], f"show:{number}"))),
        )
        assert_well_split(content, limits)
    options = tuple(Option(str(n), post["title"], post["company"]) for n, post in enumerate(posts))
    assert_well_split(message(Choose("pick", options)), limits)


def test_the_whole_of_a_real_sized_text_is_read_back_in_order() -> None:
    """The words of a long post, joined again over messages, are the words that were written."""
    written = " ".join(f"word{number}." for number in range(4000))
    for limits in (SLACK, DISCORD):
        assert re.findall(r"\S+", " ".join(texts(split(message(Plain(written)), limits)))) == written.split()

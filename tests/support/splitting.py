"""Random messages, and what must hold for every one that was split."""

import string
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS as DISCORD
from adapters.slack.limits import LIMITS as SLACK
from adapters.terminal.limits import LIMITS as TERMINAL
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Field,
    Fields,
    File,
    FileRef,
    Heading,
    Image,
    Message,
    Moment,
    Note,
    Option,
    Plain,
    Select,
    ShownDay,
    Text,
)
from bot.chat.language import as_text
from bot.chat.rendering.costs import parts_cost
from bot.chat.rendering.directions import TURNING
from bot.chat.rendering.limits import Limits, cost
from bot.chat.rendering.markdown import strip_parts
from bot.chat.rendering.split import base_action, split
from bot.chat.sentences import ChannelName, PersonName, RoleName, WebLink

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
ODD = [
    "👨‍👩‍👧‍👦",
    "🇩🇪",
    "e\u0301",
    "\u200d",
    "مرحبا ",
    "日本語。",
    "&",
    "<!channel>",
    "@everyone",
    "\u202eevil",
    "\u2069",
]
LONG = ["supercalifragilistic" * 3, "x" * 500, "long words and more of them, " * 20]
PIECES = st.sampled_from(["a", "word ", "A sentence. ", "\n", "\n\n", " ", *MARKS, *ODD, *LONG])
WORDS = st.lists(PIECES, max_size=25).map("".join)
_DUE = Moment(datetime(2026, 12, 11, 22, 59, tzinfo=UTC), "Europe/Berlin")
MOMENTS = st.sampled_from(
    [_DUE, ShownDay("Fri 11 December", "Berlin"), ShownDay("Fri 11 December", "Berlin", _DUE)]
)
NAMES = st.sampled_from(
    ["", "Ada", "Ada @everyone (she)", "\u202eadA", "**spring**", "x" * 300, "long words " * 90]
)
_IDS = st.integers(10**16, 10**18).map(str)
NAMED = (
    st.builds(PersonName, st.just(7), NAMES)
    | st.builds(PersonName, st.just(7), NAMES, st.just(value=True), _IDS.map("discord/@{}".format))
    | st.builds(PersonName, st.just(7), NAMES, st.just(value=True), st.just("slack/@T1.U1"))
    | st.builds(ChannelName, _IDS.map("discord/channel/1/{}".format), NAMES)
    | st.builds(ChannelName, st.just("slack/channel/T1/C1"), NAMES)
    | st.builds(RoleName, st.just("discord:1"), _IDS, NAMES)
    | st.builds(WebLink, st.integers(0, 700).map(lambda size: "https://a.b/" + "c" * size) | WORDS)
    | st.builds(WebLink, st.integers(0, 100).map(lambda size: "https://a.b/" + "c" * size), st.just("a page"))
)
"""Values that a platform may draw its own mark for."""

PARTS = st.lists(WORDS | st.builds(Plain, WORDS) | MOMENTS | NAMED, max_size=5).map(tuple)
ACTIONS = st.text(string.ascii_lowercase + ":", min_size=1, max_size=20)
URLS = st.integers(0, 700).map(lambda size: "https://a.b/" + "c" * size)
OPTIONS = st.lists(st.builds(Option, ACTIONS, WORDS, WORDS), max_size=120)
BLOCKS: st.SearchStrategy[Block] = (
    st.builds(Text, PARTS)
    | st.builds(Heading, PARTS)
    | st.builds(Note, PARTS)
    | st.builds(Fields, st.lists(st.builds(Field, WORDS, PARTS), max_size=13).map(tuple))
    | st.builds(Buttons, st.lists(st.builds(Button, WORDS, ACTIONS), max_size=30).map(tuple))
    | st.builds(Buttons, st.lists(st.builds(Button, WORDS, url=URLS), max_size=7).map(tuple))
    | st.builds(Select, ACTIONS, OPTIONS.map(tuple), WORDS, st.booleans())
    | st.builds(Image, URLS, WORDS)
    | st.just(File(FileRef("F1", "plan.pdf", 10, "application/pdf")))
    | st.just(Divider())
)
MESSAGES = st.lists(BLOCKS, max_size=8).map(lambda blocks: Message(tuple(blocks)))
SENDABLE = MESSAGES.filter(lambda content: any(part.blocks for part in split(content, Limits())))
"""Messages in which there is something to see."""


# --- What must hold -------------------------------------------------------------------------------


def said(block: Block) -> Iterator[str]:
    """All words of a block, in order, descriptions included, but no placeholder, which may come again."""
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            yield strip_parts(parts)
        case Fields(rows):
            for each in rows:
                yield as_text(each.label)
                yield strip_parts(each.parts)
        case Buttons(buttons):
            for button in buttons:
                yield as_text(button.label)
        case Select(options=options):
            for option in options:
                yield as_text(option.label)
                yield as_text(option.description)
        case Image(alt=alt):
            yield as_text(alt)
        case File(file):
            yield file.name
        case _:
            pass


def letters(*messages: Message) -> str:
    """All that messages say, without white space and marks of direction, which may be left out."""
    words = "".join(word for content in messages for block in content.blocks for word in said(block))
    return "".join(character for character in words if character not in TURNING and not character.isspace())


def all_placeholders(messages: list[Message]) -> str:
    """What all selects show before anything is chosen."""
    return "".join(as_text(b.placeholder) for m in messages for b in m.blocks if isinstance(b, Select))


def holds(outer: str, inner: str) -> bool:
    """Return whether all characters of `inner` are in `outer`, in order."""
    rest = iter(outer)
    return all(character in rest for character in inner)


def pressed(*messages: Message) -> list[tuple[str, str]]:
    """Everything that can be pressed or chosen, in order."""
    found: list[tuple[str, str]] = []
    for content in messages:
        for block in content.blocks:
            if isinstance(block, Buttons):
                found += [(button.action, "") for button in block.buttons if button.action]
            if isinstance(block, Select):
                found += [(base_action(block.action), option.value) for option in block.options]
    return found


def measured(block: Block, limits: Limits) -> Iterator[tuple[str, int]]:
    """What a block has of everything that is limited, by the limit's name; counted apart from `weigh`."""
    match block:
        case Text(parts) | Note(parts) | Heading(parts):
            length = parts_cost(parts, limits)
            yield from [("heading" if isinstance(block, Heading) else "text", length), ("words", length)]
        case Fields(rows):
            lengths = [(cost(as_text(r.label), limits), parts_cost(r.parts, limits)) for r in rows]
            yield from [("fields", len(rows)), *(("words", sum(both)) for both in lengths)]
            yield from [("text", sum(sum(both) for both in lengths))]
            yield from [(name, n) for both in lengths for name, n in zip(SIDES, both, strict=True)]
        case Buttons(buttons):
            yield "buttons", len(buttons)
            for button in buttons:
                label = cost(as_text(button.label), limits)
                yield from [("button_label", label), ("button_url", len(button.url)), ("components", 1)]
                yield "size", label + len(button.action) + len(button.url)
        case Select(action, options, placeholder):
            yield from [("options", len(options)), ("action", len(action.encode())), ("components", 1)]
            yield from [
                ("placeholder", cost(as_text(placeholder), limits)),
                ("size", cost(as_text(placeholder), limits) + len(action)),
            ]
            for option in options:
                label, description = (
                    cost(as_text(option.label), limits),
                    cost(as_text(option.description), limits),
                )
                yield from [("option_label", label), ("option_description", description)]
                yield "size", label + description + len(option.value)
        case Image(url, alt):
            yield from [("image_url", len(url)), ("image_alt", cost(as_text(alt), limits))]
            yield "size", len(url) + cost(as_text(alt), limits)
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
        if isinstance(block, Select) and block.options:
            shown = letters(Message((Text((Plain(as_text(block.placeholder)),)),)))
            assert holds(all_placeholders(out) + letters(*out), shown)
    assert pressed(*out) == pressed(content), "actions are lost, doubled or out of order"
    return out


def texts(messages: list[Message]) -> list[str]:
    """The words of each text block."""
    return [strip_parts(b.parts) for m in messages for b in m.blocks if isinstance(b, Text | Note)]

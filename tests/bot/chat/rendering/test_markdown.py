"""The markdown dialect: what it reads, and that nothing is lost or taken for markup."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.content import Moment, Part, Plain
from bot.chat.rendering.markdown import (
    Bold,
    Code,
    Fence,
    Italic,
    Item,
    Line,
    Link,
    Quote,
    Strike,
    Words,
    parse,
    parse_parts,
    strip_markdown,
    strip_parts,
)

MARKS = st.sampled_from(["**", "_", "~~", "`", "```", "- ", "> ", "[", "](https://a.b)", "\n", " ", "a"])
SOURCES = st.lists(MARKS | st.text(max_size=3), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("source", "span"),
    [
        ("**now**", Bold((Words("now"),))),
        ("_now_", Italic((Words("now"),))),
        ("~~now~~", Strike((Words("now"),))),
        ("`a_b_c`", Code("a_b_c")),
        ("[the page](https://a.b/c_(d))", Link((Words("the page"),), "https://a.b/c_(d)")),
        ("**_now_**", Bold((Italic((Words("now"),)),))),
        ("[**x**](https://a.b)", Link((Bold((Words("x"),)),), "https://a.b")),
    ],
)
def test_reads_each_mark(source: str, span: object) -> None:
    """Each mark of the dialect becomes its node."""
    assert parse(source) == (Line((span,)),)  # type: ignore[arg-type]  # a node, by the table above


@pytest.mark.parametrize(
    "source",
    [
        "snake_case_name",
        "2 ** 3 ** 4",
        "**open",
        "a*b*c",
        "[x](http://a.b)",
        "[x](javascript:alert)",
        "-5 degrees",
        ">x",
        "a - b",
        "````",
        "_ x _",
    ],
)
def test_leaves_what_is_no_markup(source: str) -> None:
    """What only resembles a mark stays as it was written."""
    assert parse(source) == (Line((Words(source),)),)


def test_reads_lines() -> None:
    """Lists, quotes, empty lines and fences are nodes of their own, in order."""
    source = "Do:\n- one\n- **two**\n\n> said\n>\n```\n- **raw**\n```\nend"
    assert parse(source) == (
        Line((Words("Do:"),)),
        Item((Words("one"),)),
        Item((Bold((Words("two"),)),)),
        Line(()),
        Quote((Words("said"),)),
        Quote(()),
        Fence("- **raw**"),
        Line((Words("end"),)),
    )


def test_an_open_fence_is_words() -> None:
    """A fence that is never closed takes nothing with it."""
    assert parse("```\n**x**") == (Line((Words("```"),)), Line((Bold((Words("x"),)),)))


def test_marks_reach_around_people_s_words() -> None:
    """A bold list line can hold a person's words and a moment, which stay whole and unparsed."""
    title, due = Plain("**Pay**\n- _me_"), Moment(datetime(2026, 12, 11, 22, 59, tzinfo=UTC), "Europe/Berlin")
    assert parse_parts(("- **", title, "** until _", due, "_")) == (
        Item((Bold((title,)), Words(" until "), Italic((due,)))),
    )


def test_code_and_fences_hold_people_s_words_as_text() -> None:
    """People's words in code are its text, exactly."""
    assert parse_parts(("`", Plain("a**b"), "`")) == (Line((Code("a**b"),)),)
    assert parse_parts(("```\n", Plain("- x\ny"), "\n```")) == (Fence("- x\ny"),)


def test_a_link_never_leads_where_a_person_says() -> None:
    """A person's words cannot become a link's address."""
    assert all(
        not isinstance(span, Link)
        for span in parse_parts(("[here](https://", Plain("evil.example"), ")"))[0].children  # type: ignore[union-attr]  # a Line
    )


def test_strips_to_words() -> None:
    """Stripping leaves the words: dashes of lists stay, marks and addresses go."""
    assert strip_markdown("**Hi** _you_\n- [page](https://a.b)\n> ~~no~~ `yes`") == "Hi you\n- page\nno yes"
    due = Moment(datetime(2026, 12, 11, 22, 59, tzinfo=UTC), "Europe/Berlin")
    assert (
        strip_parts(("**", Plain("**x**"), "** ", due)) == "**x** Fri 11 December 2026, 23:59 (Europe/Berlin)"
    )


@given(SOURCES)
def test_never_raises_and_never_invents(source: str) -> None:
    """Any text can be read, and its stripped words are characters of it in their order."""
    characters = iter(source)
    assert all(character in characters for character in strip_markdown(source))


@given(st.text(alphabet=st.characters(exclude_characters="*_~`[]()>-")))
def test_text_without_marks_is_unchanged(source: str) -> None:
    """A text without any mark comes back as it was."""
    assert strip_markdown(source) == source


@given(st.lists(SOURCES | st.text().map(Plain), max_size=8))
def test_people_s_words_come_through_whole(parts: list[Part]) -> None:
    """Whatever is around them, people's words come out whole and in order."""
    rest = strip_parts(parts)
    for part in parts:
        if isinstance(part, Plain):
            assert part.text in rest
            rest = rest[rest.index(part.text) + len(part.text) :]


def test_deep_nesting_is_read() -> None:
    """Marks piled up by the thousand are read without running out of stack."""
    assert parse("**_~~" * 3_000 + "x" + "~~_**" * 3_000)

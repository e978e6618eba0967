import pytest

from bot.chat.answers import (
    FileRef,
    JSONValue,
    Reading,
    Refused,
    Understood,
    check_value,
    read_answer,
    shown_of,
)
from bot.chat.language import as_text
from tests.support.answers import ask, in_words, read

CV = FileRef("F1", "cv.pdf", 120_300, "application/pdf")


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yep!",
        "yeahhh",
        "ok",
        "sure thing",
        "y",
        "👍",
        "👍🏽",
        ":+1:",
        ":thumbsup::skin-tone-3:",
        "of course",
        "✅",
        "why not",
    ],
)
def test_a_yes_is_a_yes(text: str) -> None:
    """Words, thumbs and Slack's names of emoji all say yes."""
    assert read(text, ask("yes_no")) == "= Yes"


@pytest.mark.parametrize(
    "text",
    ["no", "nope", "nah", "n", "👎", ":-1:", "no thanks", "of course not", "I don't", "not really", "❌"],
)
def test_a_no_is_a_no(text: str) -> None:
    """A no is understood also where it begins with a yes word."""
    assert read(text, ask("yes_no")) == "= No"


@pytest.mark.parametrize(
    "text", ["yes and no", "maybe", "not sure", "no problem", "yes but only in summer", "ok no", "👍👎"]
)
def test_a_hedged_yes_is_asked_about(text: str) -> None:
    """What says both, or something else besides, is asked."""
    assert read(text, ask("yes_no")) == "? Yes | No"


@pytest.mark.parametrize("text", ["banana", "si", "1", ""])
def test_neither_yes_nor_no_is_refused(text: str) -> None:
    """Other words and other languages are not taken for either."""
    assert isinstance(read_answer(text, ask("yes_no")), Refused)


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Python, C++; CI/CD, R&D", ["Python", "C++", "CI/CD", "R&D"]),
        ("Python and SQL", ["Python", "SQL"]),
        ("Python & SQL", ["Python", "SQL"]),
        ("Python, SQL, and Excel", ["Python", "SQL", "Excel"]),
        ("research and development", ["research and development"]),
        ("UI / UX", ["UI / UX"]),
        ("- Python\n- SQL\n• Data viz", ["Python", "SQL", "Data viz"]),
        ("1. Python\n2. SQL", ["Python", "SQL"]),
        ("Skills: python, Python, PYTHON", ["python"]),
        ("Adobe (Photoshop, Illustrator), Excel", ["Adobe (Photoshop, Illustrator)", "Excel"]),
        ("Node.js, .NET, C#, etc.", ["Node.js", ".NET", "C#"]),
        ("日本語、英語", ["日本語", "英語"]),
        ("none", []),
    ],
)
def test_skills_are_cut_where_people_cut_them(text: str, skills: list[str]) -> None:
    """Commas, lines, bullets and a joining "and" separate skills; names with signs survive."""
    answer = read_answer(text, ask("skills"))
    assert isinstance(answer, Understood)
    assert answer.value == skills


def test_skills_have_limits() -> None:
    """A sentence is no skill, and a count may be asked for."""
    assert read("a" * 61, ask("skills")).endswith(": each can have 60 characters.")
    assert read("a, b, c", ask("skills", maximum=2)) == "! Please name at most 2 skills. That list has 3."
    assert read("none", ask("skills", minimum=1)) == "! Please name at least 1."
    assert read(",,,", ask("skills")) == "! I could not find a skill in that."


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.org/x", "https://example.org/x"),
        ("example.org/x", "https://example.org/x"),
        ("HTTP://Example.ORG/Path", "http://example.org/Path"),
        ("<https://example.org|my page>", "https://example.org"),
        ("[me](https://example.org)", "https://example.org"),
        ("see https://example.org/a_(b).", "https://example.org/a_(b)"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("my portfolio is ada.dev!", "https://ada.dev"),
        ("https://例え.jp/パス", "https://例え.jp/パス"),
    ],
)
def test_a_link_is_found_in_a_text(text: str, link: str) -> None:
    """Bare addresses get https, wrapping and punctuation go."""
    assert read_answer(text, ask("link")) == Understood(link, link)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("javascript:alert(1)", "! I can only take a link that begins with"),
        ("ftp://x.org", "! I can only take a link that begins with"),
        ("report.pdf", "! That is the name of a file."),
        ("http://localhost:3000", "! Others cannot open that address."),
        ("https://192.168.0.1/x", "! Others cannot open that address."),
        ("https://google.com@evil.org", "! Please leave the name and password"),
        ("https://", "! That link is not complete"),
        ("https://[::1", "! That link is not complete"),
        ("no link", "! I could not find a link in that."),
        ("https://a.org https://b.org", "? https://a.org | https://b.org"),
    ],
)
def test_a_link_that_cannot_be_followed_is_refused(text: str, start: str) -> None:
    """Other schemes, private addresses and hidden hosts are refused with the reason."""
    assert read(text, ask("link")).startswith(start)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada@Example.ORG", "= Ada@example.org"),
        ("<mailto:ada@x.org|ada@x.org>", "= ada@x.org"),
        ("Ada L <ada@x.org>", "= ada@x.org"),
        ("it's ada+work@x.co.uk.", "= ada+work@x.co.uk"),
        ("a@b.org, c@d.org", "? a@b.org | c@d.org"),
        ("ada@x", "! That e-mail address is not complete, or has a slip in it."),
        ("ada..l@x.org", "! That e-mail address is not complete, or has a slip in it."),
        ("no thanks", "! I could not find an e-mail address in that."),
    ],
)
def test_an_address_is_found_in_a_text(text: str, shown: str) -> None:
    """An address is taken out of what surrounds it, with its domain in small letters."""
    assert read(text, ask("email")) == shown


def test_a_text_keeps_its_words_and_says_its_limits() -> None:
    """A line is made one line, a long text keeps its lines, and length is counted in characters."""
    assert read_answer("  hi \n there ", ask("text")) == Understood("hi there", "hi there")
    assert read_answer("  hi \n there\x00 ", ask("long")) == Understood("hi \n there", "hi \n there")
    assert read("x" * 1200, ask("text", max_length=1000)) == (
        "! The most I can take here is 1,000 characters. Please shorten it by 200."
    )
    assert read("hi", ask("long", min_length=50)).startswith("! This answer needs at least 50 characters.")
    assert read("\u200b\u200f", ask("text")) == "! There is nothing in that answer yet."


def test_a_file_comes_with_the_message() -> None:
    """One file is taken, several are asked about, none or a large one is refused."""
    stored: JSONValue = {"id": "F1", "name": "cv.pdf", "size": 120_300, "media_type": "application/pdf"}
    assert in_words(read_answer("here", ask("file"), (CV,))) == Understood(stored, "cv.pdf (120 kB)")
    assert read("", ask("file"), (CV, FileRef("F2", "b.doc", 999, ""))) == "? cv.pdf (120 kB) | b.doc (999 B)"
    assert read("my cv", ask("file")).startswith("! No file came with that.")
    assert read("", ask("file", maximum=1e5), (CV,)).startswith("! That file has 120 kB, and the most")


def test_a_stored_value_is_shown_also_when_the_question_has_changed() -> None:
    """Limits that came later, a date that has passed and an option that is gone do not hide it."""
    assert as_text(shown_of(10, ask("number", minimum=20, unit="hours"))) == "10 hours"
    assert (
        as_text(shown_of("2020-12-11T22:59:00Z", ask("date", future=True)))
        == "Fri 11 December 2020, 23:59 (Europe/Berlin)"
    )
    assert as_text(shown_of("gone", ask("choice"))) == "gone"
    assert as_text(shown_of(["remote", "gone"], ask("choices"))) == "remote, gone"
    assert as_text(shown_of(None, ask("text"))) == ""


def test_readings_are_values_that_pass() -> None:
    """A button of a question holds a value that the check takes as it is."""
    reading = Reading("Yes", value=True)
    assert in_words(check_value(reading.value, ask("yes_no"))) == Understood(value=True, shown="Yes")

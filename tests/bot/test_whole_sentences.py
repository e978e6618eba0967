"""No text of the bot is put together from pieces."""

from pathlib import Path

import pytest

import bot
from tests.support.glued_texts import glued

ROOT = Path(bot.__file__).parent

NO_TEXTS: dict[str, tuple[int, str]] = {
    "chat/adapter.py": (1, "an error's message, for the log"),
    "chat/answers/countries.py": (2, "names of countries, as people type them"),
    "chat/country_names.py": (1, "an English name with its article, which CLDR leaves out"),
    "chat/answers/date_words.py": (1, "what is typed, in words that are read more easily"),
    "chat/answers/days.py": (1, "what is typed, in words that are read more easily"),
    "chat/answers/emails.py": (1, "an address that is the same in every language"),
    "chat/answers/links.py": (1, "an address that is the same in every language"),
    "chat/answers/numbers.py": (1, "what is typed, in words that are read more easily"),
    "chat/answers/skills.py": (1, "what is typed, looked up in a table"),
    "chat/answers/zones.py": (2, "a city, and a list of zones"),
    "chat/file_kinds.py": (4, "media types and a list of file endings"),
    "chat/language.py": (1, "a unit of time with its plural, from a table"),
    "programme/importing/sheets.py": (1, "the name of a column without one, which a file's settings store"),
    "programme/applications/residence.py": (1, "the name of a country, as people type it"),
    "programme/projects/form_questions.py": (1, "names of countries, as people type them"),
    "programme/projects/deliverable_list.py": (3, "what is typed, as it is read again"),
    "reading.py": (1, "a size, in an error for the operator"),
    "runtime/sending.py": (1, "a reason for the log"),
}
"""Modules in which something looks like a glued text, with how often and what it is instead."""


def test_no_text_is_glued_from_pieces() -> None:
    """Every text is a literal or a sentence with named values, which a catalogue can hold."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        places = glued(path.read_text(encoding="utf-8"))
        if len(places) != NO_TEXTS.get(name, (0, ""))[0]:
            found[name] = places
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        'text("**", name, "** applied.")',
        'note(f"{n} days")',
        'Declined("Only " + who)',
        'row("Fee", "unpaid (", reason, ")")',
        'Button(f"Back to {title}", "back")',
        "text(*pieces)",
        'lead = ("There is no number ", Plain(number))',
        'words = f"applied on {day}"',
        'words += " and more"',
        'Plain("Nothing yet")',
        'Text(("- ", "One line", name))',
        'text(", ".join(names))',
    ],
)
def test_glue_is_found(source: str) -> None:
    """However the pieces are put together."""
    assert glued(source) != []


@pytest.mark.parametrize(
    "source",
    [
        'text("{student} applied.", student=name)',
        'note("{count} day", "{count} days", count=n)',
        "Declined(*blocks)",
        'Button("Yes" if sure else "No", "x")',
        'raise ValueError(f"not a number: {text}")',
        'log.warning(f"no adapter for {platform}")',
        'url = f"https://example.org/{path} x"',
        'message(*[text("One.") for _ in rows])',
    ],
)
def test_whole_texts_are_no_glue(source: str) -> None:
    """A sentence with values, a choice between literals, and what is for developers."""
    assert glued(source) == []

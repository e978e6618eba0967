"""Sentences: how they are made, put into a language, and stored."""

from datetime import UTC, date, datetime
from gettext import NullTranslations
from typing import ClassVar

import pytest

from bot.chat.content import (
    Button,
    Buttons,
    Fields,
    Text,
    dump_message,
    load_message,
    message,
    note,
    row,
    text,
    with_count,
)
from bot.chat.events import Place, UserRef
from bot.chat.language import ENGLISH, Language, as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.sentences import (
    ChannelName,
    Command,
    Duration,
    FileSize,
    Moment,
    Money,
    Names,
    Number,
    PersonName,
    Plain,
    Sentence,
    ShownDay,
    Term,
    TypedWord,
    Value,
    WebLink,
    ZonePlace,
    say,
)
from bot.chat.translation import mentioned, translated, with_accounts
from bot.chat.values import replace

ADA = PersonName(7, "Ada", mention=True)
AT = datetime(2026, 3, 16, 12, tzinfo=UTC)


class Reversed(NullTranslations):
    """A language that says every text backwards, hole by hole."""

    WORDS: ClassVar = {
        "{student} applied to {project}.": "{project}: {student}!",
        "for you": "für dich",
        "One day": "Ein Tag",
        "{count} days": "{count} Tage",
        "Open\x04state": "offen",
    }

    def gettext(self, message: str) -> str:
        """Say a text."""
        return self.WORDS.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say one or many."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Say a text of a context."""
        return self.WORDS.get(f"{message}\x04{context}", message)


OTHER = Language("de", Reversed())


def test_a_template_has_its_values_where_the_language_wants_them() -> None:
    """The order of the values is the template's, and each stays a value."""
    said = say("{student} applied to {project}.", student=ADA, project="Map")
    assert ENGLISH.put(said) == (ADA, " applied to ", Plain("Map"), ".")
    assert OTHER.put(said) == (Plain("Map"), ": ", ADA, "!")


@pytest.mark.parametrize(("count", "english", "other"), [(1, "One day", "Ein Tag"), (2, "2 days", "2 Tage")])
def test_the_count_decides_about_the_plural(count: int, english: str, other: str) -> None:
    """Each language has its own rule for which form a count takes."""
    said = say("One day", "{count} days", count=count)
    assert ENGLISH.text(said) == english
    assert OTHER.text(said) == other


def test_a_context_tells_apart_what_is_one_word_in_english() -> None:
    """A state and an order may be the same word in English only."""
    assert OTHER.text(say("Open", context="state")) == "offen"
    assert OTHER.text(say("Open", context="order")) == "Open"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("**Ada**", "**Ada**"),
        (3, "3"),
        (Plain("x"), "x"),
        (Money(40000, "USD"), "$400"),
        (Number("7.5"), "7.5"),
        (Duration(2, "day"), "2 days"),
        (Duration(1, "hour"), "1 hour"),
        (FileSize(999), "999 B"),
        (FileSize(120_000), "120 kB"),
        (FileSize(4_900_000), "4.9 MB"),
        (FileSize(3_000_000_000), "3 GB"),
        (Term("offered", "application"), "offered"),
        (Command("/project post"), "/project post"),
        (TypedWord("cancel"), "cancel"),
        (ZonePlace("America/New_York"), "New York"),
        (Names(("Ada", "Bo", "Cem")), "Ada, Bo and Cem"),
        (Names((ADA, "Bo"), "or"), "Ada or Bo"),
        (Names(()), ""),
        (ADA, "Ada"),
        (ChannelName("slack/channel/T1/C1", "spring"), "#spring"),
        (WebLink("https://example.org/a"), "https://example.org/a"),
        (ShownDay("Mon 16 March", "Madrid"), "Mon 16 March (Madrid)"),
        (Moment(AT, "UTC", "day"), "Mon 16 March 2026"),
        (say("in {count} minutes", count=3), "in 3 minutes"),
    ],
)
def test_each_kind_of_value_is_shown(value: Value, shown: str) -> None:
    """A value is shown in the bot's words, and people's own words are never read as marks."""
    assert plain_text(message(text("It is {value} now.", value=value))) == f"It is {shown} now."


def test_a_full_stop_after_a_value_that_ends_in_one_is_left_out() -> None:
    """A company named "Acme Inc." ends its sentence itself."""
    assert ENGLISH.text(say("{company}.", company="Acme Inc.")) == "Acme Inc."
    assert ENGLISH.text(say("{company}...", company="Acme Inc.")) == "Acme Inc...."


def test_a_hole_without_a_value_stays() -> None:
    """What a platform calls a space is filled in where it is known who reads."""
    assert ENGLISH.put(say("In this {space}, {name}.", name="Ada")) == (
        "In this {space}, ",
        Plain("Ada"),
        ".",
    )


def test_sentences_survive_storing() -> None:
    """What is stored of a message before it is said is the same message again."""
    content = message(
        text("One day", "{count} days", count=2),
        note("{student} applied to {project}.", student=ADA, project="Map"),
        Fields((row("Fee", "{fee} each", fee=Money(100, "EUR")),)),
        Buttons((Button(say("Write to {student}", student=ADA), "write"),)),
    )
    assert load_message(dump_message(content)) == content


def test_what_is_said_keeps_people_as_values() -> None:
    """In texts, fields and labels a person is found by id after the message was put into words."""
    content = message(
        text("{student} applied.", student=ADA),
        Buttons((Button(say("Write to {student}", student=ADA), "write"), Button("Later", "later"))),
    )
    said = translated(content, ENGLISH)
    stored = dump_message(said)
    assert str(stored).count("'id': 7") == 2
    assert load_message(stored) == said
    (buttons,) = [block for block in said.blocks if isinstance(block, Buttons)]
    assert [as_text(button.label) for button in buttons.buttons] == ["Write to Ada", "Later"]
    assert translated(said, OTHER) == replace(said, language="de")


def test_people_who_may_be_mentioned_get_their_account() -> None:
    """A person without `mention` is a name for every reader."""
    other = PersonName(8, "Bo")
    content = translated(message(text("{one} and {two}", one=ADA, two=other)), ENGLISH)
    assert mentioned(content) == {7}
    known = with_accounts(content, {7: str(UserRef("discord", "1")), 8: str(UserRef("discord", "2"))})
    assert [part for block in known.blocks for part in block.parts if isinstance(part, PersonName)] == [  # type: ignore[union-attr]
        PersonName(7, "Ada", mention=True, account="discord/@1"),
        other,
    ]
    assert with_accounts(content, {}) == content


def test_equal_sentences_have_equal_hashes() -> None:
    """Questions are keys of a memory, and their texts may be sentences."""
    assert hash(say("{a}", a="1")) == hash(Sentence("{a}", {"a": "1"}))


def test_a_place_is_a_value_as_text() -> None:
    """A channel is found again by its place."""
    place = Place("slack", "T1", "C1")
    assert ChannelName(str(place)).place == "slack/channel/T1/C1"


def test_days_and_instants_are_written_in_the_language_of_their_reader() -> None:
    """The date, its clock and the words beside it are the language's; English is kept as it is."""
    shown = ShownDay("Mon 16 March", "Madrid", Moment(AT, "Europe/Berlin", "date_clock"), date(2026, 3, 16))
    due = message(text("Due {day}, {at}", day=shown, at=Moment(AT, "Europe/Berlin")))
    assert translated(due, ENGLISH).blocks == (Text(("Due ", shown, ", ", Moment(AT, "Europe/Berlin"))),)
    said = plain_text(translated(due, OTHER), clocks=True)
    assert said == (
        "Due Mo., 16. März (Madrid; für dich Mo., 16. März, 13:00), Mo., 16. März 2026, 13:00 (Europe/Berlin)"
    )
    assert plain_text(translated(message(text(shown)), OTHER)) == "Mo., 16. März (Madrid)"
    assert load_message(dump_message(translated(due, OTHER))) == translated(due, OTHER)


def test_a_day_stored_before_its_date_was_kept_stays_as_it_was_written() -> None:
    """There is no date to write in another language, so the English words stay."""
    assert plain_text(translated(message(text(ShownDay("Mon 16 March"))), OTHER)) == "Mon 16 March"


@pytest.mark.parametrize(("tag", "locale"), [("en-XA", "en"), ("pt-BR", "pt_BR"), ("de", "de")])
def test_each_language_has_a_locale(tag: str, locale: str) -> None:
    """A language that Babel does not know is written as its first part."""
    assert Language(tag, NullTranslations()).locale == locale


def test_a_stored_count_is_changed_in_the_sentence_that_has_it() -> None:
    """News that waits counts what is there now, with the words that the count wants."""
    waiting = text("One waits for {who}.", "{count} wait for {who}.", count=2, who="Ada")
    now = with_count(message(waiting, note("By {when}.", when="noon")), 1)
    assert plain_text(now) == "One waits for Ada.\nBy noon."

"""The terminal's own platform: what it keeps, for which people, and through what."""

import json
from pathlib import Path

import pytest

from adapters.terminal.journal import JournalDamaged, JournalInUse
from adapters.terminal.records import Dialog, dump_record, load_record
from adapters.terminal.workspace import BOT, Account, Entry, Workspace
from bot.chat.adapter import OpenedForm
from bot.chat.answers import FileRef, Option
from bot.chat.content import Button as MessageButton
from bot.chat.content import Buttons, Moment, Plain, message, text
from bot.chat.events import CommandUsed, MessageReceived, MessageRef, Origin
from bot.chat.forms import Ask, Form, Question
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import replace
from tests.support.terminal import NOON, people_and_places

FORM = Form(
    "walk",
    "A walk",
    (
        Question("where", Ask("Where to?", "Where", example="the lake"), max_length=80),
        Question(
            "when",
            Ask("Which days?", "Days", "choices", options=(Option("mo", "Monday"),), page=1),
            required=False,
            default=["mo"],
        ),
    ),
    page_titles=("Place", "Time"),
)


def heard(world: Workspace, account: str, words: str) -> MessageReceived:
    """The event of a person's words in their DM."""
    dm = world.dm_of(account)
    return MessageReceived(
        id=world.next_event_id(),
        at=NOON,
        actor=world.user(account),
        place=dm,
        message=MessageRef(dm, world.next_entry_id()),
        text=words,
        files=(FileRef("f1", "plan.pdf", 12, "application/pdf"),),
    )


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """A world opened again holds all it held: people, messages, forms, what waits, what was read."""
    world = people_and_places(Workspace(tmp_path / "world.jsonl"))
    said = message(
        text("**Hi** ", Plain("_Ada_"), Moment(NOON, "Asia/Tokyo")),
        Buttons((MessageButton("Go", "go:1"),)),
    )
    world.post(Entry("spring", BOT, NOON, said, key="hello"))
    event = heard(world, "ada", "hé\u2028llo\n\ud800")
    entry = world.post(Entry("dm-ada", "ada", NOON, event.text), event)
    world.change(entry.id, "changed")
    origin = Origin(MessageRef(world.place("spring"), entry.id), "a1b2c3")
    opened = OpenedForm(FORM, "7", 1, {"where": "x"}, {"when": "no"}, origin=origin)
    world.open_dialog(Dialog("ben", "spring", opened))
    world.mark_read("ben", "spring")
    world.keep("ticks", "post")
    world.close()

    again = Workspace(tmp_path / "world.jsonl")
    assert again.accounts == world.accounts
    assert again.accounts["cora"] == Account("cora", "Cora Lindqvist", "Europe/London", frozenset({"manage"}))
    assert again.channels == world.channels
    assert again.entries == world.entries
    assert again.waiting == (event,)
    assert again.dialog_of("ben") == world.dialog_of("ben")
    assert again.unread("ben", "spring") == 0
    assert again.unread("cora", "spring") == 1
    assert again.kept("ticks") == "post"
    assert again.sent_as("hello") == again.entries[0]
    assert again.next_event_id() == world.next_event_id() != event.id
    again.close()


@pytest.mark.parametrize("why", ["", "I know no command /walk."])
def test_a_command_of_the_first_edition_is_read(why: str) -> None:
    """It had an empty text where the command was understood, or the words that say why it was not."""
    world = people_and_places(Workspace())
    actor, place = world.user("ada"), world.dm_of("ada")
    event = CommandUsed(id=world.next_event_id(), at=NOON, actor=actor, place=place, path=("walk",))
    name, data = dump_record(event)
    assert isinstance(data, dict)
    read = load_record((name, data | {"misread": why}))
    assert isinstance(read, CommandUsed)
    said = plain_text(message(read.misread)) if read.misread else ""
    assert said == why
    assert replace(read, misread=None) == event


def test_a_key_makes_one_message() -> None:
    """The same key again gives back the message it made, whatever its content."""
    world = people_and_places(Workspace())
    first = world.post(Entry("spring", BOT, NOON, message("one"), key="k"))
    assert world.post(Entry("spring", BOT, NOON, message("two"), key="k")) == first
    assert len(world.entries) == 1


def test_each_sees_what_is_theirs() -> None:
    """Private messages, other people's DMs and channels one is not in are out of sight."""
    world = people_and_places(Workspace())
    world.post(Entry("spring", BOT, NOON, message("all")))
    world.post(Entry("spring", BOT, NOON, message("ada's"), private_to="ada"))
    world.post(Entry("staff", BOT, NOON, message("staff")))
    world.post(Entry("dm-ada", BOT, NOON, message("dm")))
    assert len(world.seen_by("ada", "spring")) == 2
    assert len(world.seen_by("ben", "spring")) == 1
    assert world.seen_by("ben", "staff") == world.seen_by("ben", "dm-ada") == []
    assert [place.id for place in world.places_of("cora")] == ["dm-cora", "spring", "staff"]


def test_one_s_own_words_are_not_unread() -> None:
    """Unread counts what others wrote since one last looked."""
    world = people_and_places(Workspace())
    world.post(Entry("spring", "ada", NOON, "mine"))
    world.post(Entry("spring", BOT, NOON, message("its")))
    assert (world.unread("ada", "spring"), world.unread("ben", "spring")) == (1, 2)
    world.mark_read("ada", "spring")
    world.post(Entry("spring", BOT, NOON, message("more")))
    assert (world.unread("ada", "spring"), world.unread("ben", "spring")) == (1, 3)


def test_what_was_handled_waits_no_longer(tmp_path: Path) -> None:
    """An acknowledged event is not there again after a restart; its number is not given twice."""
    world = people_and_places(Workspace(tmp_path / "world.jsonl"))
    event = heard(world, "ada", "hello")
    world.take_in(event)
    world.acknowledge(event.id)
    world.close()
    again = Workspace(tmp_path / "world.jsonl")
    assert again.waiting == ()
    assert again.next_event_id() != event.id
    again.close()


def test_ids_of_two_worlds_differ() -> None:
    """A world that begins again gives ids that the bot's database has never seen."""
    one, other = Workspace(), Workspace()
    assert one.next_event_id() != other.next_event_id()
    assert one.next_entry_id() != other.next_entry_id()


def test_a_line_cut_short_is_dropped(tmp_path: Path) -> None:
    """After a crash in the middle of a write, everything before it is kept and writing goes on."""
    path = tmp_path / "world.jsonl"
    world = people_and_places(Workspace(path))
    world.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'[["Entry",{"id"')
    again = Workspace(path)
    assert again.accounts == world.accounts
    again.keep("x", "y")
    again.close()
    assert path.read_bytes().startswith(whole)
    assert json.loads(path.read_bytes().splitlines()[-1]) == [["Kept", {"name": "x", "value": "y"}]]


def test_words_and_their_event_are_kept_together(tmp_path: Path) -> None:
    """A message and the event that tells of it are one line, so a crash takes both or neither."""
    path = tmp_path / "world.jsonl"
    world = people_and_places(Workspace(path))
    world.post(Entry("dm-ada", "ada", NOON, "hi"), heard(world, "ada", "hi"))
    world.close()
    assert [kind for kind, _ in json.loads(path.read_bytes().splitlines()[-1])] == [
        "Entry",
        "MessageReceived",
    ]


def test_damage_is_named(tmp_path: Path) -> None:
    """A line that cannot be read stops the opening and is named by its number."""
    path = tmp_path / "world.jsonl"
    path.write_text("[]\nnothing\n[]\n")
    with pytest.raises(JournalDamaged, match="line 2"):
        Workspace(path)


def test_a_world_in_use_is_refused(tmp_path: Path) -> None:
    """One world is never written from two sides; when the first is closed, the next may open it."""
    world = Workspace(tmp_path / "world.jsonl")
    with pytest.raises(JournalInUse, match="in use"):
        Workspace(tmp_path / "world.jsonl")
    world.close()
    Workspace(tmp_path / "world.jsonl").close()


def test_listeners_are_called_after_every_change() -> None:
    """A person who watches is called after a change, until they stop."""
    world = people_and_places(Workspace())
    seen = []
    stop = world.watch(lambda: seen.append(len(world.entries)))
    entry = world.post(Entry("spring", BOT, NOON, message("one")))
    world.change(entry.id, message("two"))
    stop()
    world.post(Entry("spring", BOT, NOON, message("three")))
    assert seen == [1, 1]
    assert world.entry(entry.id) == replace(entry, content=message("two"), edited=True)


def test_the_bot_s_name_is_taken() -> None:
    """No account can speak as the bot."""
    with pytest.raises(ValueError, match="bot"):
        Workspace().add_account(BOT, "Bot")

"""A draft's JSON, and what can be asked of a draft."""

import json
from datetime import UTC, datetime

from bot.chat.answers import Reading
from bot.chat.conversation.draft import (
    Draft,
    MessageSource,
    StoredAnswer,
    dump_draft,
    load_draft,
    question_answered_by,
)
from bot.chat.events import MessageRef, Origin, Place
from tests.support.conversations import a_file

FULL = Draft(
    answers={
        "why": StoredAnswer(
            ["a", {"b": None}],
            "a",
            "f1",
            (MessageSource("a", "m1", (a_file(),)), MessageSource("b")),
            datetime(2026, 1, 2, 3, tzinfo=UTC),
        ),
        "known": StoredAnswer(1.5, "1.5", "f2"),
    },
    at="why",
    asked="f1",
    since=3,
    trail=("", "known"),
    misses=2,
    readings=(Reading("one", 1), Reading("two", "2026-01-02")),
    readings_at=4,
    tried=MessageSource("x", "m9"),
    origin=Origin(MessageRef(Place("terminal", "", "dm-ada", "dm"), "m3"), "a1b2c3"),
    confirming="cancel",
    last="why",
    last_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    offered={"why": "old"},
    skipped=("skills",),
    changed=("known",),
    typed={"skills": "none yet"},
    errors={"": "no"},
    begun=True,
    paused=True,
    remark=1,
    standing=("talk:7:4:0:why",),
    review="talk:7:2:0:",
    revision=5,
)


def test_draft_survives_json() -> None:
    """Every field of a draft is in its JSON, and comes back the same."""
    assert load_draft(json.loads(json.dumps(dump_draft(FULL)))) == FULL
    assert load_draft(json.loads(json.dumps(dump_draft(Draft())))) == Draft()
    assert set(dump_draft(FULL)) == set(Draft.__struct_fields__)
    for name in Draft.__struct_fields__:
        assert getattr(FULL, name) != getattr(Draft(), name), name


def test_draft_of_another_version_loads() -> None:
    """Unknown keys are left out and missing ones are new: a deploy loses no draft."""
    data = dump_draft(FULL) | {"mood": "good"}
    assert load_draft(data) == FULL
    given = {"value": 3, "colour": "red"}
    assert load_draft({"answers": {"hours": given}, "at": "why"}) == Draft(
        {"hours": StoredAnswer(3, "", "")}, "why"
    )
    assert load_draft({}) == Draft()


def test_message_finds_the_question_it_answered() -> None:
    """A message is known by what it gave, or tried to give."""
    assert question_answered_by(FULL, "m1") == "why"
    assert question_answered_by(FULL, "m9") == "why"
    assert question_answered_by(FULL, "m2") == ""
    assert question_answered_by(FULL, "") == ""

"""What the database holds of messages and drafts keeps its shape: rows of every version are read for ever."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import ValidationError

from bot.chat.answers import FileRef, Option
from bot.chat.content import (
    Button,
    Buttons,
    Divider,
    Field,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Moment,
    Note,
    Plain,
    Select,
    ShownDay,
    Text,
    dump_message,
    load_message,
)
from bot.chat.conversation.draft import Draft, MessageSource, StoredAnswer, dump_draft, load_draft

AT = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

MESSAGE = Message(
    (
        Heading(("Market map",)),
        Text(("Due ", Moment(AT, "Europe/Berlin", "day"), " by ", Plain("*Ada*"))),
        Text(("Ends ", ShownDay("Mon 16 March", "Madrid", Moment(AT, "UTC", "clock")), ".")),
        Note(("Type `help`.",), typed=True),
        Fields((Field("Fee", ("$400",)),)),
        Buttons((Button("Apply", "apply:1"), Button("Read", url="https://example.org", style="primary"))),
        Select("pick", (Option("a", "A", "The first"),), many=True),
        Image("https://example.org/a.png", "A map"),
        File(FileRef("kept:1", "cv.pdf", 17, "application/pdf")),
        Divider(),
    ),
    answer="talk:1:2:form",
    calls="discord/@1",
)

STORED: dict[str, Any] = {
    "blocks": [
        {"kind": "heading", "parts": ["Market map"]},
        {
            "kind": "text",
            "parts": [
                "Due ",
                {"kind": "moment", "at": "2026-03-09T08:00:00Z", "zone": "Europe/Berlin", "style": "day"},
                " by ",
                {"kind": "plain", "text": "*Ada*"},
            ],
            "typed": False,
        },
        {
            "kind": "text",
            "parts": [
                "Ends ",
                {
                    "kind": "shown_day",
                    "day": "Mon 16 March",
                    "place": "Madrid",
                    "clock": {
                        "kind": "moment",
                        "at": "2026-03-09T08:00:00Z",
                        "zone": "UTC",
                        "style": "clock",
                    },
                },
                ".",
            ],
            "typed": False,
        },
        {"kind": "note", "parts": ["Type `help`."], "typed": True},
        {"kind": "fields", "rows": [{"label": "Fee", "parts": ["$400"]}]},
        {
            "kind": "buttons",
            "buttons": [
                {"label": "Apply", "action": "apply:1", "url": "", "style": "plain", "to": ""},
                {"label": "Read", "action": "", "url": "https://example.org", "style": "primary", "to": ""},
            ],
        },
        {
            "kind": "choose",
            "action": "pick",
            "options": [{"value": "a", "label": "A", "description": "The first"}],
            "placeholder": "Choose",
            "many": True,
        },
        {"kind": "image", "url": "https://example.org/a.png", "alt": "A map"},
        {
            "kind": "file",
            "file": {
                "id": "kept:1",
                "name": "cv.pdf",
                "size": 17,
                "media_type": "application/pdf",
                "refused": "",
            },
        },
        {"kind": "divider"},
    ],
    "answer": "talk:1:2:form",
    "calls": "discord/@1",
}


def test_a_message_is_stored_as_ever() -> None:
    """Every block and part has the keys and the kind that it has always had, and is read again."""
    assert _without_additions(dump_message(MESSAGE)) == STORED
    assert load_message(STORED) == MESSAGE


def _without_additions(stored: Any) -> Any:  # noqa: ANN401 - any stored JSON
    """The stored form without the keys that came later.

    They say how a thing is said in another language or zone, or what an option was called before.
    """
    match stored:
        case list():
            return [_without_additions(each) for each in stored]
        case {"blocks": list(blocks)}:
            kept = {key: value for key, value in stored.items() if key != "language"}
            return {**kept, "blocks": _without_additions(blocks)}
        case {"kind": "choose", "options": list(options)}:
            return {**stored, "options": [_without(each, {"earlier"}) for each in options]}
        case dict():
            days = {"on", "aside", "zone", "ends"}
            later = {"moment": {"locale"}, "shown_day": days}.get(stored.get("kind", ""), set())
            return {key: _without_additions(value) for key, value in _without(stored, later).items()}
    return stored


def _without(stored: dict[str, Any], later: set[str]) -> dict[str, Any]:
    return {key: value for key, value in stored.items() if key not in later}


def test_a_message_of_another_version_is_read() -> None:
    """What an older version did not know yet is as it was then; what a newer one adds is left out."""
    older = {"blocks": [{"kind": "note", "parts": ["Small print."]}]}
    assert load_message(older) == Message((Note(("Small print.",)),))
    newer = {"blocks": [{"kind": "text", "parts": ["Hi"], "mood": "good"}], "tone": "kind"}
    assert load_message(newer) == Message((Text(("Hi",)),))


def test_what_is_no_message_is_refused() -> None:
    """A block of no known kind is an error, never a message with a hole."""
    with pytest.raises(ValidationError):
        load_message({"blocks": [{"kind": "hologram", "parts": []}]})


def test_a_draft_of_the_first_edition_is_read() -> None:
    """Instants with an offset, texts without files and files without a refusal are understood."""
    stored = {
        "answers": {
            "why": {
                "value": "I like maps.",
                "shown": "I like maps.",
                "fingerprint": "f1",
                "sources": [{"text": "I like maps.", "message": "terminal/dm//ada#1"}],
                "at": "2026-03-09T08:00:00+00:00",
            },
            "cv": {
                "value": {"id": "kept:1"},
                "shown": "cv.pdf",
                "fingerprint": "f2",
                "sources": [
                    {
                        "text": "",
                        "message": "",
                        "files": [
                            {"id": "kept:1", "name": "cv.pdf", "size": 17, "media_type": "application/pdf"}
                        ],
                    }
                ],
                "at": None,
            },
        },
        "last_at": "2026-03-09T08:00:00+00:00",
        "trail": ["", "why"],
    }
    file = FileRef("kept:1", "cv.pdf", 17, "application/pdf")
    draft = Draft(
        answers={
            "why": StoredAnswer(
                "I like maps.",
                "I like maps.",
                "f1",
                (MessageSource("I like maps.", "terminal/dm//ada#1"),),
                AT,
            ),
            "cv": StoredAnswer({"id": "kept:1"}, "cv.pdf", "f2", (MessageSource(files=(file,)),)),
        },
        last_at=AT,
        trail=("", "why"),
    )
    assert load_draft(stored) == draft
    assert load_draft(json.loads(json.dumps(dump_draft(draft)))) == draft


def test_a_draft_holds_only_what_is_not_new() -> None:
    """A new draft is stored as nothing; an answer always with its value, words, fingerprint and moment."""
    assert dump_draft(Draft()) == {}
    given = {"value": None, "shown": "", "fingerprint": "f1", "sources": (), "at": None}
    assert dump_draft(Draft({"why": StoredAnswer(None, "", "f1")}, revision=2)) == {
        "answers": {"why": given},
        "revision": 2,
    }

"""The values of a modal's inputs, in the shapes of a submitted view's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["default_of", "filled"]

_MANY = {"multi_static_select", "checkboxes"}
_ONE = {"static_select", "radio_buttons", "overflow"}
_TYPED = {"plain_text_input", "number_input", "url_text_input", "email_text_input"}
_PICKED = {
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
    "conversations_select": "conversation",
    "channels_select": "channel",
    "users_select": "user",
}

Raw = Mapping[str, Any]


def default_of(element: Raw) -> dict[str, Any]:
    """Return what is submitted of an element that was not touched."""
    kind = element["type"]
    if kind in _MANY:
        return {"type": kind, "selected_options": list(element.get("initial_options", ()))}
    if kind in _ONE:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _PICKED:
        name = _PICKED[kind]
        return {"type": kind, f"selected_{name}": element.get(f"initial_{name}")}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": element.get("initial_conversation")}
    if kind == "file_input":
        return {"type": kind, "files": []}
    return {"type": kind, "value": element.get("initial_value")}


def filled(element: Raw, answer: str) -> dict[str, Any]:
    """What is submitted of an element once this was typed into it, or chosen by label or value (or id)."""
    kind = element["type"]
    if kind in _MANY:
        wanted = {answer.strip(), *(piece.strip() for piece in answer.split(","))}
        return {"type": kind, "selected_options": _chosen(element["options"], wanted)}
    if kind in _ONE:
        chosen = _chosen(element["options"], {answer.strip()})
        if answer and not chosen:
            raise AssertionError(f"{answer!r} is none of {element['options']}")
        return {"type": kind, "selected_option": chosen[0] if chosen else None}
    if kind in _PICKED:
        return {"type": kind, f"selected_{_PICKED[kind]}": answer or None}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": answer or None}
    if kind not in _TYPED:
        raise AssertionError(f"nothing can be typed into {kind}")
    longest = element.get("max_length")
    if longest and len(answer) > longest:
        raise AssertionError(f"the client takes {longest} characters, not {len(answer)}")
    return {"type": kind, "value": answer or None}


def _chosen(options: Sequence[Raw], wanted: set[str]) -> list[dict[str, Any]]:
    folded = {each.casefold() for each in wanted}
    return [
        dict(option)
        for option in options
        if {option["text"]["text"].casefold(), option["value"].casefold()} & folded
    ]

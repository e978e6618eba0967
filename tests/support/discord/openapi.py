"""What Discord refuses in a request's body: its OpenAPI description, and the limits that are not in it.

Written from the description and the documentation alone; it knows nothing of the adapter's own limits.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

__all__ = ["SPEC", "components_in", "refusals"]

SPEC = Path(__file__).resolve().parents[4] / "shared" / "data" / "discord-openapi.json"
"""Discord's own description of its API, beside the repository."""

_V2 = 1 << 15
_CONTENT, _V2_TEXT, _V2_COMPONENTS, _MODAL_PARTS, _OPTIONS, _ROW, _COMMAND = 2000, 4000, 40, 5, 25, 5, 8000
_ACTION_ROW, _BUTTON, _SELECT, _INPUT, _SECTION, _TEXT, _LABEL = 1, 2, 3, 4, 9, 10, 18
_MESSAGE_ANSWERS = {4, 7}
_MODAL_ANSWER = 9
_KEYS = frozenset(
    (
        "accent_color components content custom_id description disabled divider emoji fields file file_types "
        "id items label max_length max_values media min_length min_values name options placeholder required "
        "sku_id spacing spoiler style title type url value accessory component default default_values "
        "channel_types"
    ).split()
)


def refusals(method: str, path: str, body: Any) -> list[str]:  # noqa: ANN401 - whatever was sent
    """Why Discord would refuse this request, a line each; empty is accepted. `path` begins after `/v10`.

    `body` is None where there was none; a multipart body is its `payload_json`. Where the description is
    not beside the repository, only the limits that are not in it are held.
    """
    found = _by_description(method, path, body) if SPEC.exists() else []
    if isinstance(body, dict):
        found += _by_limits(path, body)
    elif isinstance(body, list):
        names = Counter((command["name"], command.get("type", 1)) for command in body)
        found += [f"two commands are named {name}" for (name, _), count in names.items() if count > 1]
        found += [f"{each['name']}: over 8000 characters" for each in body if _command_size(each) > _COMMAND]
    return found


def components_in(parts: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as JSON has it
    """Every component, nested ones and accessories included, from top to bottom."""
    for part in parts or ():
        yield part
        yield from components_in(part.get("components"))
        yield from components_in([part[key] for key in ("accessory", "component") if part.get(key)])


def _by_description(method: str, path: str, body: Any) -> list[str]:  # noqa: ANN401 - as JSON has it
    template = _template(method.lower(), path)
    if not template:
        return [f"{method} {path} is no operation"]
    operation = _spec()["paths"][template][method.lower()]
    if "requestBody" not in operation:
        return [f"{method} {template} takes no body"] if body is not None else []
    if body is None:
        return []
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in _validator(method.lower(), template).iter_errors(body)
    ]


def _by_limits(path: str, body: dict[str, Any]) -> list[str]:
    data = body
    if path.endswith("/callback"):
        data = body.get("data") or {}
        if body["type"] == _MODAL_ANSWER:
            return _modal(data)
        if body["type"] not in _MESSAGE_ANSWERS:
            return []
    elif not re.search(r"/messages(/[^/]+)?$|^/webhooks/\d+/[^/]+$", path):
        return []
    return _message(data)


def _message(data: dict[str, Any]) -> list[str]:
    found = []
    content = data.get("content") or ""
    parts = list(components_in(data.get("components")))
    if len(content) > _CONTENT:
        found.append(f"content has {len(content)} characters")
    if data.get("flags", 0) & _V2:
        if content or data.get("embeds"):
            found.append("components V2 go without content and embeds")
        if len(parts) > _V2_COMPONENTS:
            found.append(f"{len(parts)} components")
        shown = sum(len(part["content"]) for part in parts if part["type"] == _TEXT)
        if shown > _V2_TEXT:
            found.append(f"{shown} characters in text displays")
        if not parts:
            found.append("nothing to show")
    elif any(part["type"] >= _SECTION for part in parts):
        found.append("components V2 without their flag")
    mentions = data.get("allowed_mentions")
    if mentions is None or mentions.get("parse") != []:
        found.append(f"allowed_mentions is {mentions}: it must name what it pings")
    return found + _parts(parts)


def _modal(data: dict[str, Any]) -> list[str]:
    parts = list(components_in(data["components"]))
    found = _parts(parts)
    if len(data["components"]) > _MODAL_PARTS:
        found.append(f"{len(data['components'])} parts of a modal")
    if any(part["type"] == _ACTION_ROW for part in data["components"]):
        found.append("action rows in modals are of the past: Label")
    for part in parts:
        if part["type"] == _INPUT and len(part.get("value") or "") > part.get("max_length", 4000):
            found.append(f"{part['custom_id']}: filled with more than it takes")
    return found


def _parts(parts: list[dict[str, Any]]) -> list[str]:
    found = []
    ids = Counter(part["custom_id"] for part in parts if part.get("custom_id"))
    found += [f"custom_id {each} stands {count} times" for each, count in ids.items() if count > 1]
    for part in parts:
        values = Counter(option["value"] for option in part.get("options", ()))
        found += [f"option {value} stands {count} times" for value, count in values.items() if count > 1]
        if len(part.get("options", ())) > _OPTIONS:
            found.append(f"{len(part['options'])} options")
        if part["type"] == _ACTION_ROW:
            buttons = sum(inner["type"] == _BUTTON for inner in part["components"])
            if buttons > _ROW or (buttons != len(part["components"]) and len(part["components"]) > 1):
                found.append("a row has five buttons or one select")
        if part["type"] == _BUTTON and not (part.get("label") or part.get("emoji")):
            found.append("a button without a face")
        if part["type"] == _TEXT and not part["content"].strip():
            found.append("an empty text display")
        if set(part) - _KEYS:
            found.append(f"unknown in a component of type {part['type']}: {sorted(set(part) - _KEYS)}")
    return found


def _command_size(command: dict[str, Any]) -> int:
    own = len(command.get("name", "")) + len(command.get("description", "")) + len(command.get("value", ""))
    inner = [*command.get("options", ()), *command.get("choices", ())]
    return own + sum(_command_size(each) for each in inner)


@cache
def _spec() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    schemas = read["components"]["schemas"]
    schemas["MessageComponentTypes"] = {"type": "integer"}  # who refers to it names the number beside it
    _by_type(read["paths"], schemas)
    _by_type(list(schemas.values()), schemas)
    return read


def _by_type(node: Any, schemas: dict[str, Any]) -> None:  # noqa: ANN401 - as JSON has it
    """Let "one of these components" be decided by the component's type.

    It means the same; unchanged, each component is tried against every kind, which says nothing of what is
    wrong with the kind that was meant.
    """
    if isinstance(node, list):
        for each in node:
            _by_type(each, schemas)
    elif isinstance(node, dict):
        names = [each.get("$ref", "").rpartition("/")[2] for each in node.get("oneOf", ())]
        kinds = [
            schemas.get(name, {}).get("properties", {}).get("type", {}).get("enum", ()) for name in names
        ]
        if len(kinds) > 1 and all(len(kind) == 1 for kind in kinds):
            node["allOf"] = [
                {"if": {"properties": {"type": {"const": kind[0]}}}, "then": each}
                for kind, each in zip(kinds, node.pop("oneOf"), strict=True)
            ]
            node |= {"required": ["type"], "properties": {"type": {"enum": [kind[0] for kind in kinds]}}}
        for each in list(node.values()):
            _by_type(each, schemas)


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    """Templates of paths, those with the fewest parameters first."""
    made = [(path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")) for path in _spec()["paths"]]
    return sorted(made, key=lambda pair: pair[0].count("{"))


def _template(method: str, path: str) -> str:
    fitting = (t for t, pattern in _templates() if pattern.match(path) and method in _spec()["paths"][t])
    return next(fitting, "")


@cache
def _validator(method: str, template: str) -> Draft202012Validator:
    body = _spec()["paths"][template][method]["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**body, "components": _spec()["components"]})

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.limits import LIMITS

OPENAPI = Path(__file__).parents[4] / "shared" / "data" / "discord-openapi.json"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """The schemas of Discord's official API description."""
    if not OPENAPI.exists():
        pytest.skip("discord-openapi.json is not beside this checkout")
    found: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))["components"]["schemas"]
    return found


@pytest.mark.parametrize(
    ("name", "schema", "member", "keyword"),
    [
        ("text", "TextDisplayComponentForMessageRequest", "content", "maxLength"),
        ("buttons", "ActionRowComponentForMessageRequest", "components", "maxItems"),
        ("button_label", "ButtonComponentForMessageRequest", "label", "maxLength"),
        ("button_url", "ButtonComponentForMessageRequest", "url", "maxLength"),
        ("action", "ButtonComponentForMessageRequest", "custom_id", "maxLength"),
        ("action", "StringSelectComponentForMessageRequest", "custom_id", "maxLength"),
        ("options", "StringSelectComponentForMessageRequest", "options", "maxItems"),
        ("placeholder", "StringSelectComponentForMessageRequest", "placeholder", "maxLength"),
        ("option_label", "StringSelectOptionForRequest", "label", "maxLength"),
        ("option_description", "StringSelectOptionForRequest", "description", "maxLength"),
        ("option_value", "StringSelectOptionForRequest", "value", "maxLength"),
        ("image_url", "UnfurledMediaRequest", "url", "maxLength"),
        ("image_alt", "MediaGalleryItemRequest", "description", "maxLength"),
        ("form_title", "ModalInteractionCallbackRequestData", "title", "maxLength"),
        ("question_label", "LabelComponentForModalRequest", "label", "maxLength"),
        ("question_hint", "LabelComponentForModalRequest", "description", "maxLength"),
        ("answer", "TextInputComponentForModalRequest", "max_length", "maximum"),
        ("suggestions", "InteractionApplicationCommandAutocompleteCallbackStringData", "choices", "maxItems"),
    ],
)
def test_the_table_agrees_with_the_official_description(
    schemas: dict[str, Any], name: str, schema: str, member: str, keyword: str
) -> None:
    """Each number that Discord describes itself is the one in the table."""
    assert getattr(LIMITS, name) == schemas[schema]["properties"][member][keyword]

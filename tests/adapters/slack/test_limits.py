import pytest

from adapters.slack.limits import LIMITS


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("blocks", 50),
        ("text", 3000),
        ("heading", 150),
        ("fields", 10),
        ("buttons", 25),
        ("button_label", 75),
        ("button_url", 3000),
        ("action", 255),
        ("options", 100),
        ("option_label", 75),
        ("option_description", 75),
        ("option_value", 150),
        ("placeholder", 150),
        ("image_url", 3000),
        ("image_alt", 2000),
        ("form_title", 24),
        ("form_submit", 24),
        ("question_label", 2000),
        ("question_hint", 2000),
        ("answer", 3000),
        # Undocumented; github.com/slackapi/bolt-js/issues/2509.
        ("message_size", 13_200),
    ],
)
def test_the_table_stays_within_block_kit(name: str, most: int) -> None:
    """No number is above the one in docs.slack.dev/reference/block-kit."""
    assert getattr(LIMITS, name) <= most


def test_a_field_holds_its_label_and_value_together() -> None:
    """A section field's 2000 characters have room for both sides and the marks between them."""
    assert LIMITS.field_label is not None
    assert LIMITS.field_value is not None
    assert LIMITS.field_label + LIMITS.field_value <= 2000 - 10


def test_a_dialog_holds_its_questions_with_a_block_to_spare_for_each() -> None:
    """A view's 100 blocks have room for every question and a line beside it."""
    assert LIMITS.form_questions is not None
    assert LIMITS.form_questions * 2 <= 100

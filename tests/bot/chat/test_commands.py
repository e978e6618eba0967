"""Typed lines, read kindly: which words belong to which option."""

import pytest

from bot.chat.commands import Argument, CommandSpec, parse_command

INVITE = CommandSpec(
    ("team", "invite"),
    "Invite people",
    (
        Argument("people", "whom", rest=True),
        Argument("company", "for which company", spread=True),
        Argument("person", "whom", kind="person"),
        Argument("city", "where"),
    ),
)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("company:Acme Maps", {"company": "Acme Maps"}),
        ("company:Acme Maps & Sons city:Bern", {"company": "Acme Maps & Sons", "city": "Bern"}),
        ('company:"Acme Maps" Marta Ruiz', {"company": "Acme Maps", "people": "Marta Ruiz"}),
        ("Marta Ruiz company:Acme Maps", {"people": "Marta Ruiz", "company": "Acme Maps"}),
        ("company:Acme Maps @marta @jo", {"company": "Acme Maps", "person": "@marta", "people": "@jo"}),
        ("company:Acme Jo, Birch", {"company": "Acme", "people": "Jo, Birch"}),
        ("city:Bern Jo Park", {"city": "Bern", "people": "Jo Park"}),
    ],
)
def test_an_unquoted_value_takes_the_plain_words_after_it(line: str, options: dict[str, str]) -> None:
    """Only where the option says so, and only up to a person, a list or another option."""
    assert parse_command([INVITE], f"/team invite {line}")[1] == options

"""Typed lines, read kindly: which words belong to which option."""

import pytest

from bot.chat.commands import Argument, CommandSpec, MisreadCommand, nearest_commands, parse_command

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


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("@jo, Acme Maps\n@ada, Birch", {"people": "@jo, Acme Maps\n@ada, Birch"}),
        ("s/@T.U1, Acme Maps; s/@T.U2, Birch", {"people": "s/@T.U1, Acme Maps; s/@T.U2, Birch"}),
        ("@jo, @ada city:Bern", {"person": "@jo", "person2": "@ada", "city": "Bern"}),
    ],
)
def test_rows_of_person_and_more_stay_as_they_are_typed(line: str, options: dict[str, str]) -> None:
    """Where several people can be named, "@jo, Acme Maps" is a row, line breaks and all."""
    second = Argument("person2", "whom else", kind="person")
    several = CommandSpec(("team", "invite"), "Invite", (*INVITE.arguments, second))
    assert parse_command([several], f"/team invite {line}")[1] == options


SPECS = (
    INVITE,
    CommandSpec(("team", "post"), "Post"),
    CommandSpec(("apply",), "Apply", (Argument("project", "which", required=True, rest=True),)),
    CommandSpec(("stint", "help"), "Help"),
    CommandSpec(("stint", "setup"), "Set up", (Argument("code", "a code", rest=True),)),
)


@pytest.mark.parametrize(
    ("line", "path", "options"),
    [
        ("/stint team post", ("team", "post"), {}),
        ("/stint apply 12", ("apply",), {"project": "12"}),
        ("stint  Apply  e-bike map", ("apply",), {"project": "e-bike map"}),
        ("/stint setup team post", ("stint", "setup"), {"code": "team post"}),
        ("/help", ("stint", "help"), {}),
        ("/Setup ABCD", ("stint", "setup"), {"code": "ABCD"}),
    ],
)
def test_one_command_may_come_before_all_others(
    line: str, path: tuple[str, ...], options: dict[str, str]
) -> None:
    """What follows it is read like a separate command; after a slash its subcommands need not name it."""
    spec, given = parse_command(SPECS, line)
    assert (spec.path, given) == (path, options)


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("/stint hlep", "/stint help"),
        ("/team psot", "/team post"),
        ("/stint tema post", "/team post"),
        ("/aply 3", "/apply"),
        ("/stint aply 3", "/apply"),
        ("/team frobnicate", ""),
        ("/weather", ""),
        ("help", "/stint help"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_command(line: str, nearest: str) -> None:
    """By the part that is wrong: what is right already says nothing of the rest."""
    found = nearest_commands(SPECS, line)
    assert (found[0].name if found else "") == nearest
    with pytest.raises(MisreadCommand):
        parse_command(SPECS, line)


def test_only_what_is_about_as_likely_is_offered_beside_the_nearest() -> None:
    """Of three commands that begin alike, a slip in the first word leads to the one that was typed."""
    specs = [CommandSpec(("project", word), word) for word in ("post", "edit", "list", "save", "saved")]
    assert [each.name for each in nearest_commands(specs, "/projct list")] == ["/project list"]
    near = [each.name for each in nearest_commands(specs, "/projct save")]
    assert near == ["/project save", "/project saved"]

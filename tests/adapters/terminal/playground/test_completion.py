"""Completion of slash commands: what is offered while a line is typed."""

import pytest

from adapters.terminal.playground.completion import Completion, complete, offers_of
from adapters.terminal.workspace import Workspace
from bot.chat.answers import Option
from tests.support.garden_club import COMMANDS, LIST, garden_world


def completed(line: str) -> Completion:
    """Help for a line in the garden club."""
    return complete(line, COMMANDS, garden_world(Workspace()))


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("/", ["/plot offer", "/plot list ", "/requests", "/attach "]),
        ("/pl", ["/plot offer", "/plot list "]),
        ("/plot ", ["/plot offer", "/plot list "]),
        ("/plot l", ["/plot list "]),
        ("/PLOT L", ["/plot list "]),
        ("/plot list s", ["/plot list soil:"]),
        ("/plot list soil:", ["/plot list soil:loam ", "/plot list soil:clay "]),
        ("/plot list soil:cl", ["/plot list soil:clay "]),
        ("/plot list sunny soil:loam f", ["/plot list sunny soil:loam free:"]),
        ("/plot list free:", ["/plot list free:yes ", "/plot list free:no "]),
        ("/plot list owner:naka", ["/plot list owner:@chi "]),
        ("/plot list soil:loam soil", []),
        ("/nothing", []),
    ],
)
def test_offers_ways_on(line: str, lines: list[str]) -> None:
    """Commands, then options not given yet, then their values, each as the whole line."""
    assert [offer.line for offer in completed(line).offers] == lines


@pytest.mark.parametrize("line", ["", "hello", "a /plot", "/plot\nlist"])
def test_words_are_left_alone(line: str) -> None:
    """What is no command gets no help."""
    assert completed(line) == Completion()


def test_says_how_it_is_typed_and_who_may_use_it() -> None:
    """Beside the usage is what the command is for, who may use it, or what the option means."""
    offer, soil = completed("/plot offer"), completed("/plot list soil:x")
    assert (offer.usage, offer.about) == ("/plot offer", "Offer a plot to the club (for owners)")
    assert soil.about == "soil: which soil"


@pytest.mark.parametrize(("line", "whole"), [("/plot", False), ("/plot list", True), ("/plot list x", True)])
def test_knows_when_a_line_can_be_sent(line: str, whole: bool) -> None:
    """A line is whole once it names a command."""
    assert completed(line).whole is whole


def test_what_only_the_bot_knows_is_wanted() -> None:
    """Options that the bot suggests are asked for with what is typed; its answers become lines."""
    wanted = completed("/plot list sunny co").wanted
    assert wanted is not None
    assert (wanted.spec, wanted.option.name, wanted.typed) == (LIST, "words", "sunny co")
    (offer,) = offers_of(wanted, [Option("The corner", "The corner", "free")])
    assert (offer.line, offer.detail) == ("/plot list The corner ", "free")


def test_a_quoted_value_is_one_word() -> None:
    """Inside quotes nothing else is offered."""
    assert completed('/plot list owner:"Olga Lin').offers[0].line == "/plot list owner:@olga "

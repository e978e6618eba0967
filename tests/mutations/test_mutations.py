"""The mutations fit the program as it is, so that `make mutations` can put each into a copy of it."""

from __future__ import annotations

import ast
import re

import pytest

from tests.mutations.catalogue import PAPER, ROOT, Mutation, load, with_table

MUTATIONS = load()
EACH = pytest.mark.parametrize("mutation", MUTATIONS, ids=[each.what for each in MUTATIONS])


@EACH
def test_the_old_text_is_there_once(mutation: Mutation) -> None:
    """A mutation changes a single line of its module, into another that Python can read."""
    source = (ROOT / mutation.file).read_text(encoding="utf-8")
    mutated = mutation.applied_to(source)
    lines = zip(source.splitlines(), mutated.splitlines(), strict=True)
    assert sum(before != after for before, after in lines) == 1
    ast.parse(mutated)


@EACH
def test_the_test_that_finds_it_is_there(mutation: Mutation) -> None:
    """The named test exists, and the simulation is said to find the fault, or why it does not."""
    path, _, name = mutation.test.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert (mutation.seeds is None) == bool(mutation.unseen)


def test_each_mutation_is_another_one() -> None:
    """There are enough of them, and no two make the same fault or have the same name."""
    assert len(MUTATIONS) >= 25
    assert len({each.what for each in MUTATIONS}) == len(MUTATIONS)
    assert len({(each.file, each.old, each.new) for each in MUTATIONS}) == len(MUTATIONS)


def test_the_paper_has_the_table() -> None:
    """`docs/reliability.md` lists the mutations as they are."""
    paper = PAPER.read_text(encoding="utf-8")
    assert with_table(paper) == paper


def test_a_mutation_that_does_not_fit_is_named() -> None:
    """Where the old text has changed, it is said which mutation has to follow."""
    lost = Mutation(what="A lost guard", file="bot/clock.py", old="no such line", new="", test="")
    with pytest.raises(LookupError, match="has the old text of this mutation 0 times: A lost guard"):
        lost.applied_to("another line")

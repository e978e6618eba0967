"""The fixtures `stage` and `turn`: a test's file says by a mark how its own are opened.

`pytestmark = pytest.mark.stage(opened=..., given=..., **options)`: `opened` makes the context manager, of the
folder, the values of the fixtures named in `given` and the options; without it `open_stage` does, or `begun`
for a turn, which takes no folder. A parameter for the fixture itself comes last.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.programme.core.turn import Turn
from tests.support.in_memory import begun
from tests.support.stage import open_stage


@pytest.fixture
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[object]:
    """The stage on which the people of a test act."""
    opened: Callable[..., AbstractAsyncContextManager[object]] = _opener(request, open_stage, tmp_path)
    async with opened() as made:
        yield made


@pytest.fixture
def turn(request: pytest.FixtureRequest) -> Iterator[Turn]:
    """The turn in which a test calls the rules of the programme."""
    opened: Callable[..., AbstractContextManager[Turn]] = _opener(request, begun)
    with opened() as made:
        yield made


def _opener(request: pytest.FixtureRequest, usual: Callable[..., Any], *first: object) -> Callable[..., Any]:
    mark = request.node.get_closest_marker(request.fixturename)
    options = dict(mark.kwargs) if mark else {}
    opened = options.pop("opened", usual)
    given = [request.getfixturevalue(name) for name in options.pop("given", ())]
    if hasattr(request, "param"):
        given.append(request.param)
    return partial(opened, *first, *given, **options)

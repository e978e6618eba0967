"""Every form of the programme is opened and sent in a programme as it is measured."""

from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.forms import fill_in_all
from benchmarks.population import populate
from benchmarks.stage import PLATFORM, Silent
from bot.chat.adapter import Capabilities, Response
from bot.chat.events import Event
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import open_database


class _WithForms(Silent):
    """A platform that has forms."""

    capabilities = Capabilities(home=True, groups=True)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_every_form_is_filled_in(tmp_path: Path) -> None:
    """Each has a page that is sent, and is taken without a question back at least once."""
    url = f"sqlite:///{tmp_path / 'stint.db'}"
    size = populate(url, 1_000)
    database = open_database(url, inline=True)
    runtime = Runtime(database, ROUTES, {PLATFORM: _WithForms()}, VirtualClock(size.now))
    steps: dict[str, set[str]] = defaultdict(set)
    taken: set[str] = set()

    async def take(step: str, event: Event) -> Response:
        answer = await runtime.receive(event)
        form, _, what = step.removeprefix("Form ").partition(", ")
        steps[form].add(what)
        taken.update([form] if what != "opened" and not answer.errors else [])
        return answer

    await fill_in_all(database, size, take)
    await runtime.close()
    await database.close()
    assert {form for form, of in steps.items() if "a page" in of} == ROUTES.forms.keys()
    assert ROUTES.forms.keys() - taken == {"setup-join"}, "there is no code to join by"

"""What is seldom said: of a place, a post or a page as few people ever see it."""

import pytest

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.command_line import read_typed
from adapters.terminal.workspace import Workspace
from bot.chat.commands import CommandSpec, MisreadCommand
from bot.chat.content import Block, message
from bot.chat.conversation.draft import Draft, StoredAnswer
from bot.chat.conversation.steps import what_changed
from bot.chat.events import Place
from bot.chat.findings import finding_lines
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.translation import translated
from bot.chat.values import replace
from bot.programme import cohorts
from bot.programme.core.turn import Turn
from bot.programme.projects.from_answers import blank_project, fill
from bot.programme.projects.preview import preview_blocks
from storage.tables import Channel, Cohort
from tests.support.in_memory import begun
from tests.support.terminal import NOON, people_and_places

pytestmark = pytest.mark.turn(opened=begun)


def read(*blocks: Block) -> str:
    """What a person reads."""
    return plain_text(translated(message(*blocks), ENGLISH))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("new", "this channel (not ready yet: `/stint setup` says why)"),
        ("paused", "this channel (paused: I cannot write there)"),
    ],
)
def test_the_channel_itself_is_not_named_in_it(turn: Turn, state: str, said: str) -> None:
    """A cohort's page in the cohort's own channel says what is wrong with it."""
    here = Place("terminal", "riverside", "spring")
    mine = {"programme_id": turn.programme_id, "created_at": turn.now}
    cohort = Cohort(**mine, name="Spring 26", zone="Europe/London", digest_at="08:30", days_off=[])
    turn.session.add(cohort)
    turn.session.flush()
    channel = Channel(programme_id=turn.programme_id, cohort_id=cohort.id, place=str(here), state=state)
    turn.session.add(channel)
    turn.session.flush()
    (line,) = cohorts.channel_lines(replace(turn, place=here), cohort)
    assert ENGLISH.text(line) == said


def test_a_post_without_title_and_channel_has_a_preview(turn: Turn) -> None:
    """It says what is missing, and how students find it."""
    project = blank_project(turn)
    fill(turn, project, {})
    said = read(*preview_blocks(turn, project, "Acme", 1, []))
    assert said.startswith("No title yet")
    assert "It is announced in no channel; people find it with /project list." in said


async def test_a_channel_that_is_not_there_is_found() -> None:
    """The terminal looks at a place as every platform does."""
    adapter = TerminalAdapter(people_and_places(Workspace()), lambda: NOON)
    found = await adapter.inspect(Place("terminal", "terminal", "gone"))
    assert read(*finding_lines(found)) == "- There is no such channel.\n  Choose another."


def test_a_command_of_a_channel_is_not_for_the_direct_messages() -> None:
    """It names where it works."""
    world = people_and_places(Workspace())
    setup = CommandSpec(("team", "post"), "Post", where="space")
    with pytest.raises(MisreadCommand) as misread:
        read_typed("/team post", [setup], world, world.dm_of("ada"))
    assert ENGLISH.text(misread.value.reason) == "/team post works in a channel. Type it there."


def test_a_timer_is_no_person(turn: Turn) -> None:
    """What needs a person who acts is refused without one."""
    with pytest.raises(Declined) as refused:
        _ = replace(turn, person_id=None).person
    assert read(*refused.value.message.blocks) == "Only a person can do that."


def test_many_answers_of_a_page_are_counted() -> None:
    """More than three are not named one by one."""
    questions = tuple(Question(name, Ask(f"What is {name}?", label=name.upper())) for name in "abcd")
    form = Form("many", "Many", questions)
    after = Draft(answers={q.name: StoredAnswer("x", "x", q.fingerprint) for q in questions})
    assert read(*what_changed(form, Draft(), after)) == "Saved: 4 answers."

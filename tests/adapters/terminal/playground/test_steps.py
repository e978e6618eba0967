"""The "Try this" list: steps are ticked by what happens, in order, and stay ticked."""

from adapters.terminal.playground.tour import TRY_THIS, Watcher, next_step, seat_of, ticked
from adapters.terminal.workspace import BOT, Entry, Workspace
from bot.chat.content import message
from tests.support.garden_club import MONDAY, STEPS, garden_world


def sent(world: Workspace, key: str) -> None:
    """The bot sent something under this key."""
    world.post(Entry("garden", BOT, MONDAY, message("x"), key=key))


def test_steps_are_ticked_in_order() -> None:
    """Only the next step is ticked, however alike what happens looks."""
    world = garden_world(Workspace())
    watcher = Watcher(world, STEPS)
    sent(world, "request:1")
    assert watcher.look() == []
    sent(world, "card:1")
    sent(world, "request:2")
    assert [step.id for step in watcher.look()] == ["post", "apply"]
    watcher.did("clock")
    sent(world, "grant:1")
    watcher.did("did ButtonPressed accept:1")
    assert [step.id for step in watcher.look()] == ["decide", "accept"]
    assert next_step(STEPS, ticked(world)) == STEPS[-1]


def test_what_was_there_before_does_not_count() -> None:
    """A world that comes with messages begins with nothing ticked."""
    world = garden_world(Workspace())
    sent(world, "card:1")
    assert Watcher(world, STEPS).look() == []
    assert ticked(world) == frozenset()


def test_ticks_are_there_after_a_restart() -> None:
    """What happened between two looks is ticked at the next look; nothing is ticked twice."""
    world = garden_world(Workspace())
    Watcher(world, STEPS)
    sent(world, "card:1")
    assert [step.id for step in Watcher(world, STEPS).look()] == ["post"]
    assert Watcher(world, STEPS).look() == []
    assert ticked(world) == {"post"}


def test_finds_who_can_do_a_step() -> None:
    """A step's seat is a person whose profile fits, oneself if one fits, in the place it begins."""
    world = garden_world(Workspace())
    post, apply, decide, *_ = STEPS
    found = [seat_of(world, step, "chi") for step in (post, apply, decide)]
    assert [(a.id, p.id) for a, p in filter(None, found)] == [
        ("olga", "garden"),
        ("chi", "garden"),
        ("olga", "dm-olga"),
    ]


def test_a_step_that_no_profile_fits_has_no_seat() -> None:
    """Where no profile fits, no person is taken for it."""
    assert seat_of(garden_world(Workspace()), TRY_THIS[1], "olga") is None

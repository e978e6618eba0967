"""What the first edition wrote is read, pressed, fired, answered and given by the program of today.

`make soak` presses and fires all, also what the first edition treated alike: it asks for Hypothesis's profile
"thorough".
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Text, cast, select
from structlog.testing import capture_logs

from bot.chat.codec import head_of
from bot.chat.content import load_message
from bot.chat.events import UserRef, parse_destination
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Routes
from bot.programme import ROUTES
from bot.programme.accounts import forget
from bot.programme.core.turn import Turn
from storage.database import UnitOfWork, open_database
from storage.migrate import upgrade
from storage.tables import Person, metadata
from tests.support.old_data import (
    OLDER,
    TODAYS,
    Press,
    Replay,
    Snapshot,
    drafts_of,
    finish,
    open_replay,
    presses_of,
    read_fixture,
    write_database,
)

pytestmark = pytest.mark.own_texts

EDITION = read_fixture()
SNAPSHOTS = {snapshot.name: snapshot for snapshot in EDITION.snapshots}
ASKED_AGAIN = "changed since you began"
SHORTLIST_STAYS = "this answer leaves them out. Nothing was changed."
"""What a draft of “not this time” to a whole project says, since it does not mean the shortlist any more."""
PLAYED = (
    "forms review: quiet, zone",
    "test_a_coordinator_publishes_over_a_stop_with_a_reason",
    "test_a_declined_offer_goes_to_the_next_in_line",
    "test_a_form_goes_where_it_was_opened",
    "test_approval_with_a_change_and_a_decline",
    "test_many (2)",
    "test_ten_check_ins_of_a_day_are_one_card_with_buttons_for_each",
    "test_the_card_keeps_count_of_the_places",
    "test_the_end_asks_first_and_can_be_taken_back",
    "test_what_spans_spaces_and_platforms[sqlite]",
    "test_what_the_bot_says_is_quoted_word_for_word[students.md]",
)
"""The snapshots with buttons, timers and drafts that no other has: the others are for `make soak`."""
RICHEST = max(SNAPSHOTS.values(), key=lambda snapshot: len(snapshot.sql))


@contextmanager
def without_failures(what: object) -> Iterator[None]:
    """Whatever happens meanwhile, no turn, timer or delivery fails."""
    with capture_logs() as logs:
        yield
    failed = [log for log in logs if "fail" in log["event"] or log["log_level"] == "error"]
    assert failed == [], what


def is_thorough() -> bool:
    """Whether everything is to be tried, however alike."""
    return settings.get_current_profile_name() == "thorough"


@pytest.mark.sampled(*PLAYED)
@pytest.mark.parametrize("name", SNAPSHOTS)
async def test_everything_in_an_old_database_still_works(name: str, tmp_path: Path) -> None:
    """Each button, timer, draft and stored answer does its work, on a fresh copy."""
    snapshot = SNAPSHOTS[name]
    url = write_database(snapshot, tmp_path / "stint.db")
    upgrade(url)
    async with open_replay(tmp_path / "stint.db", snapshot.now) as replay:
        presses = presses_of(replay.path)
        await fire_all(replay, snapshot)
        with without_failures("start"):
            await replay.start()
        await press_all(replay, snapshot, presses)
        await finish_all(replay, snapshot)
        await repeat_all(replay)


async def press_all(replay: Replay, snapshot: Snapshot, presses: Sequence[Press]) -> None:
    """Press every button of every stored message, as its owner."""
    for press in presses:
        if str(press) in snapshot.alike and not is_thorough():
            continue
        await replay.begin()
        with without_failures(press):
            answer = await replay.press(press)
        said = plain_text(answer.message) if answer.message else ""
        assert (OLDER in said) <= (str(press) in snapshot.older), press


async def fire_all(replay: Replay, snapshot: Snapshot) -> None:
    """Let every pending timer fall due, alone."""
    await replay.begin()
    for number, kind in replay.query("SELECT id, kind FROM timers WHERE state = 'pending'"):
        if number in snapshot.fired_alike and not is_thorough():
            continue
        await replay.begin()
        with without_failures(kind):
            await replay.fire(number)
        assert replay.query("SELECT state FROM timers WHERE id = ?", number) == [("done",)], kind


async def finish_all(replay: Replay, snapshot: Snapshot) -> None:
    """Answer every draft to its end; no question that has an answer is asked again."""
    await replay.begin()
    for number in drafts_of(replay.path):
        await replay.begin()
        with without_failures(number):
            state = await finish(replay, number)
        refused = SHORTLIST_STAYS in replay.said
        assert state == "done" or number in snapshot.unfinished or refused, (
            replay.draft(number),
            replay.said[-1500:],
        )
        assert ASKED_AGAIN not in replay.said, replay.draft(number)


async def repeat_all(replay: Replay) -> None:
    """Deliver every event once more: each stored answer is given as it was stored."""
    await replay.begin()
    rows = replay.query(
        "SELECT platform, event_id, actor, answer FROM inbox"
        " WHERE answer IS NOT NULL AND answer_state <> 'posted'"
    )
    for platform, event_id, actor, raw in rows:
        stored, who = json.loads(raw), parse_destination(actor)
        assert isinstance(who, UserRef)
        with without_failures(event_id):
            answer = await replay.repeat(platform, event_id, who)
        said = plain_text(answer.message) if answer.message else ""
        if stored["form"]:
            assert "The form is ready." in said
        elif stored["message"]:
            assert plain_text(load_message(stored["message"])) in said
        else:
            assert said == ""
            assert answer.errors == stored["errors"]


WORDS = "We meet on Mondays now."
OF_GUIDES = "test_what_the_bot_says_is_quoted_word_for_word[students.md]"
ONLY_DIALOGS = {
    "setup-new": (
        f"{OF_GUIDES} (5)",
        "terminal/@dee setup-new",
        {
            "name": "Riverside",
            "zone": "Berlin",
            "cohort": "Spring",
            "channel": "terminal/channel/new/general",
            "currency": "EUR",
        },
        "SELECT count(*) FROM programmes WHERE name = 'Riverside' AND currency = 'EUR'",
    ),
    "setup-join": (f"{OF_GUIDES} (5)", "terminal/@dee setup-join", {"code": "ABCD-EFGH-JKMN"}, ""),
    "coordinator": (
        f"{OF_GUIDES} (5)",
        "terminal/@cora coordinator-add",
        {"person": "terminal/@dee"},
        (
            "SELECT count(*) FROM roles JOIN identities USING (person_id)"
            " WHERE (user_id, role) = ('dee', 'coordinator')"
        ),
    ),
    "checkin-line": (
        "test_changing_an_answer_settles_the_item",
        "terminal/@ada checkin-line:1:1:student",
        {"line": WORDS},
        f"SELECT count(*) FROM check_ins WHERE line = '{WORDS}'",
    ),
    "closing-line": (
        "test_the_main_job[slack and discord]",
        "slack/@T0RIVER.U0MARTA closing-line:1",
        {"line": WORDS},
        f"SELECT count(*) FROM placements WHERE employer_line = '{WORDS}'",
    ),
}
"""Forms of which no draft is there that is answered to its end: a database, the button that opens the form,
the answers to its questions of then, and what counts what they change (nothing where the code is no code)."""


def test_each_old_form_has_a_draft_that_is_answered_to_its_end() -> None:
    """No form is left out of what is played, save for those that are played as dialogs."""
    kept = set()
    for snapshot in SNAPSHOTS.values():
        with closing(sqlite3.connect(":memory:")) as database:
            database.executescript(snapshot.sql)
            drafts = database.execute("SELECT id, form FROM conversations WHERE state IN ('open', 'waiting')")
            kept |= {form for number, form in drafts if number not in snapshot.unfinished}
    assert kept == set(EDITION.forms) - ONLY_DIALOGS.keys()


@pytest.mark.parametrize("form", [pytest.param(each, marks=pytest.mark.soak) for each in ONLY_DIALOGS])
async def test_a_dialog_that_the_first_edition_opened_is_taken(form: str, tmp_path: Path) -> None:
    """Its page is submitted after the upgrade, and does what it says."""
    name, button, values, changed = ONLY_DIALOGS[form]
    upgrade(write_database(SNAPSHOTS[name], tmp_path / "stint.db"))
    async with open_replay(tmp_path / "stint.db", SNAPSHOTS[name].now) as replay:
        [press] = [each for each in presses_of(replay.path) if str(each) == button]
        await replay.start()
        with without_failures(form):
            opened = (await replay.press(press)).form
            assert opened is not None
            answer = await replay.submit(press, form, opened.subject, values)
        if changed:
            assert (answer.errors, replay.query(changed)) == ({}, [(1,)])
        else:
            assert answer.errors["code"] == "That code is unknown, used or too old. Ask for a new one."


BY_PEOPLE = {"approval", "admission", "hand_in", "kickoff"}
"""Kinds of waits that only a person ends: the coordinators are asked again, or have a task."""


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SNAPSHOTS)
async def test_an_old_database_lives_on(name: str, tmp_path: Path) -> None:
    """Eight weeks pass over it, and no person acts: what it owed is sent, and what is waited for ends."""
    snapshot = SNAPSHOTS[name]
    upgrade(write_database(snapshot, tmp_path / "stint.db"))
    async with open_replay(tmp_path / "stint.db", snapshot.now) as replay:
        await replay.begin()
        unsent = "SELECT key FROM outbox WHERE state IN ('pending', 'sending', 'failed')"
        refused = replay.query("SELECT key FROM outbox WHERE state = 'failed'")
        with without_failures(name):
            await replay.clock.advance(snapshot.now + timedelta(weeks=8))
        assert [each for each in replay.query(unsent) if each not in refused] == []
        assert replay.query("SELECT key FROM timers WHERE state = 'failed'") == []
        left = replay.query("SELECT kind, about, next_at FROM waits WHERE state IN ('open', 'held')")
        assert {kind for kind, *_ in left} <= BY_PEOPLE
        tasks = {about for (about,) in replay.query("SELECT subject FROM tasks WHERE state = 'open'")}
        assert {about for _, about, at in left if at is None} <= tasks


IN_PASSING = {"joined", "late", "linked", "reply", "welcome"}
"""Heads of the keys of old messages that name a person and are about nothing of theirs."""


@pytest.mark.parametrize("name", [RICHEST.name, "test_the_main_job[slack and discord]"])
def test_a_person_of_an_old_database_is_forgotten(name: str, tmp_path: Path) -> None:
    """Their name, which is a part of the texts there, goes from all that is about their things."""
    snapshot = SNAPSHOTS[name]
    old = write_database(snapshot, tmp_path / "stint.db")
    upgrade(old)
    database = open_database(old)

    def forget_each(work: UnitOfWork) -> set[str]:
        left: set[str] = set()
        for person in work.session.scalars(select(Person).order_by(Person.id)).all():
            called, before = person.name, work.connection.begin_nested()
            turn = Turn(work=work, now=snapshot.now, programme_id=person.programme_id, person_id=person.id)
            forget.erase(turn, person)
            for table in map(metadata.tables.get, ("outbox", "notices", "tasks")):
                assert table is not None
                said = cast(table.c.message, Text).contains(called, autoescape=True)
                mine = table.c.programme_id == person.programme_id
                query = select(table.c.key).where(mine, said, table.c.state.not_in(("pending", "held")))
                left |= {head_of(key) for key in work.connection.scalars(query)}
            work.session.expire_all()
            before.rollback()
        return left

    assert database.transact_inline(forget_each) <= IN_PASSING


def test_the_fixture_holds_what_the_first_edition_could_write() -> None:
    """Every verb of its buttons, kind of its timers and form is in it, and still has its route."""
    everything = "".join(snapshot.sql for snapshot in EDITION.snapshots)
    assert TODAYS not in everything, "what happens today would be taken for what happened already"
    for name in EDITION.verbs:
        assert re.search(rf'"action": ?"{name}[":]', everything), name
    for name in EDITION.timers:
        assert f"'{name}'" in everything, name
    for name in EDITION.forms:
        assert f"'{name}'" in everything or f'"{name}"' in everything, name
    unowned = ROUTES.unowned or Routes()
    of_the_runtime = {"run"}
    assert set(EDITION.verbs) <= ROUTES.buttons.keys() | unowned.buttons.keys() | of_the_runtime
    assert set(EDITION.timers) <= ROUTES.timers.keys()
    assert set(EDITION.forms) <= ROUTES.forms.keys() | unowned.forms.keys()

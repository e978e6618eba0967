"""What only reads runs on a connection that refuses writes, on both databases and for every role."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Update as UpdateRows
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from adapters.terminal.workspace import PLATFORM, SPACE
from bot.chat.actions import Inspect, Reply, Update
from bot.chat.answers import Option
from bot.chat.codec import head_of
from bot.chat.commands import CommandSpec
from bot.chat.content import dump_message, message
from bot.chat.conversation.draft import Draft, StoredAnswer, dump_draft
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    HomeOpened,
    Inspected,
    MessageReceived,
    MessageRef,
    Place,
    Suggest,
    UserRef,
)
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.programme import ROUTES
from bot.programme.core import subjects, verbs
from bot.programme.core.timers import Timer
from bot.runtime import routing
from bot.runtime.reads import read, suggest
from bot.runtime.timers import read_due
from bot.runtime.turns import PlatformProfile, Read
from storage.database import UnitOfWork
from storage.queries import timers as stored_timers
from storage.tables import (
    Application,
    GroupRole,
    Identity,
    Person,
    Programme,
    Project,
    Role,
    conversations,
    inbox,
    metadata,
    outbox,
    timers,
)
from tests.support import main_job
from tests.support.kept_stage import open_kept
from tests.support.projects import publish, seed_application
from tests.support.stage import Stage

SPRING: Final = Place(PLATFORM, SPACE, "spring")
MENTORS: Final = frozenset({"77"})
PEOPLE: Final = {
    "a student": ("ada", frozenset()),
    "an employer": ("marta", frozenset()),
    "a coordinator": ("cora", frozenset()),
    "a coordinator by a role of the server": ("dee", MENTORS),
}
_numbers = count(1)


async def _played(stage: Stage) -> None:
    """Let there be something to list of every kind."""
    await main_job.is_posted(stage)
    await main_job.is_applied_for(stage)
    await main_job.is_decided(stage)
    await stage.person("marta").uses("/applicants 1")
    await stage.person("marta").chooses("Ben Castillo")
    await stage.person("marta").presses("Write to the student")
    await stage.person("marta").fills({"Your message": "Do you have a bicycle?"})
    await stage.tick(hours=5)  # it is night in New York
    await stage.person("ben").presses("Report", on="Do you have a bicycle?")
    await stage.person("ada").uses("/stint report")
    await stage.person("ada").presses("Something else")
    await stage.person("ada").presses("Write")
    await stage.person("ada").fills({"Who reads it": "Cora Lindqvist", "Your words": "Please keep it."})
    await stage.person("ada").uses("/project save 1")
    second = publish(stage)
    await stage.person("ada").uses(f"/apply {second}")
    await stage.database.transact(lambda work: _chi_applies(work, second, stage.clock.now()))
    await stage.person("marta").uses(f"/applicants {second}")
    await stage.person("marta").chooses("Chi Nakamura")
    await stage.person("marta").presses("Make an offer")
    await stage.person("marta").uses("/project edit 1")
    await stage.person("marta").says("edit hours")
    await stage.person("marta").says("30")
    await stage.person("marta").presses("Save changes")
    await stage.tick(minutes=3)
    await stage.database.transact(lambda work: _dee(work, stage))


def _opened(folder: Path, database_url: str) -> AbstractAsyncContextManager[Stage]:
    """Open that programme, on each database in turn."""
    return open_kept(folder, database_url, _played)


pytestmark = [
    pytest.mark.usefixtures("database_url"),
    pytest.mark.stage(opened=_opened, given=("database_url",)),
    pytest.mark.timeout(180),  # a programme is played before the first of them
]


def _chi_applies(work: UnitOfWork, project_id: int, now: datetime) -> None:
    chi = work.session.scalars(select(Person).where(Person.name == "Chi Nakamura")).one()
    seed_application(work, work.session.get_one(Project, project_id), chi, now)


def _dee(work: UnitOfWork, stage: Stage) -> None:
    """Let Dee be a coordinator by a group alone, seen six days ago, with more news than fitted on a card.

    Everybody has a home page.
    """
    mine = {"programme_id": 1}
    person = Person(**mine, name="Dee Mentor", zone="Europe/London", created_at=stage.clock.now())
    work.session.add(person)
    work.session.flush()
    seen = {"seen_at": stage.clock.now(), "groups": sorted(MENTORS)}
    at = stage.clock.now() - timedelta(days=6)
    work.session.add(
        Identity(**mine, person_id=person.id, platform=PLATFORM, user_id="dee", groups_at=at, **seen)
    )
    work.session.add(GroupRole(**mine, platform=PLATFORM, group_id="77", role="coordinator"))
    work.session.flush()
    work.connection.execute(update(Identity).values(home=str(_home())))
    told = {"key": "k", "subject": "project:1", "state": "told", "created_at": stage.clock.now()}
    card = {"message": dump_message(message("Something is due.")), **told}
    work.connection.execute(insert(metadata.tables["notices"]).values(**mine, person_id=person.id, **card))


def _home() -> Place:
    return Place(PLATFORM, SPACE, "home", "home")


def _common(stage: Stage, account: str, groups: frozenset[str], place: Place | None = None) -> dict[str, Any]:
    return {
        "id": f"read-{next(_numbers)}",
        "at": stage.clock.now(),
        "actor": UserRef(PLATFORM, account),
        "place": place or SPRING,
        "groups": groups,
    }


OPTIONS: Final[dict[str, Sequence[dict[str, str]]]] = {
    "/project list": [{}, {"words": "map"}, {"mine": "yes"}],
    "/project show": [{"project": "1"}, {"project": "e-bike market map"}],
    "/employer show": [{"company": "Acme Maps"}],
    "/applicants": [{}, {"project": "1"}, {"project": "map"}],
    "/placement": [{}, {"placement": "1"}, {"placement": "map"}],
    "/project versions": [{"project": "1"}, {"project": "e-bike market map"}],
    "/stint help": [{}, {"about": "project"}],
    "/stint history": [
        {"subject": "project 1"},
        {"subject": "application 1"},
        {"subject": "e-bike market map"},
    ],
    "/stint why": [{"person": "terminal/@ada"}],
}
"""The options with which a command that reads is used here, where there are any."""

PRESSED: Final = (
    verbs.APPLICANTS_LIST(1),
    verbs.APPLICANTS_PAGE(1, 0),
    verbs.APPLICANT_SHOW(2),
    verbs.APPLICANT_TURN(2),
    verbs.APPLICATIONS_LIST(),
    verbs.APPLICATIONS_PAGE(0),
    verbs.CASES(0),
    verbs.CASE_ASK("programme", 0),
    verbs.CASE_SHOW(1),
    verbs.COHORT_PAGE(0),
    verbs.COMPANY_SHOW(1),
    verbs.DATA_PAGE(1),
    verbs.DATA_SHOW(),
    verbs.DIGEST_ALL(1, "new", 0, 1_773_000_000),
    verbs.EMPLOYER_PAGE(0),
    verbs.HELP_PAGE(1),
    verbs.HISTORY_LIST(0),
    verbs.HISTORY(str(subjects.PROJECT), 1),
    verbs.HISTORY(str(subjects.PLACEMENT), 1, 0),
    verbs.MESSAGES_ALL(2),
    verbs.MESSAGE_READ(1),
    verbs.NOTICE_REST(0, 999),
    verbs.PLACEMENTS_PAGE(0),
    verbs.PLACEMENT_SHOW(1),
    verbs.PROJECT_LIST(1),
    verbs.PROJECT_SAVED(1),
    verbs.PROJECT_SHOW(1),
    verbs.RULES_PAGE(0),
    verbs.SETTINGS_PAGE(0),
    verbs.TASK_PAGE("0"),
    verbs.TERMS_LIST(1),
    verbs.TERMS_SHOW(1),
    verbs.VERSION_LIST(1),
    verbs.VERSION_SHOW(1),
    verbs.WHY(1, date(2026, 3, 9), 0),
)
CHOSEN: Final = (
    (verbs.APPLICANTS_PICK.choice(), "1"),
    (verbs.APPLICANT_TURN.choice(), "2"),
    (verbs.HISTORY_OF.choice(), "application 1"),
    (verbs.RULE_SHOW.choice(), "too-dense"),
)


_COORDINATORS: Final = {
    *("cohort admit", "stint tasks", "stint roles", "stint rules", "stint settings", "Inspected"),
    *("stint why terminal/@ada", verbs.MESSAGE_READ, verbs.RULES_PAGE, verbs.RULE_SHOW),
    *(verbs.SETTINGS_PAGE, verbs.TASK_PAGE, verbs.WHY),
}
_EMPLOYERS: Final = {
    *("applicants", "applicants 1", "applicants map", verbs.APPLICANTS_LIST, verbs.APPLICANTS_PAGE),
    *(verbs.APPLICANT_SHOW, verbs.APPLICANT_TURN, verbs.APPLICANTS_PICK, verbs.MESSAGES_ALL),
    *("employer list", verbs.EMPLOYER_PAGE, verbs.TERMS_LIST),
    *("project versions 1", "project versions e-bike market map", verbs.VERSION_LIST, verbs.VERSION_SHOW),
}
REFUSED: Final[dict[str, set[str]]] = {
    "a student": {*_COORDINATORS, *_EMPLOYERS, verbs.NOTICE_REST},
    "an employer": {*_COORDINATORS, verbs.CASE_SHOW, verbs.NOTICE_REST},
    "a coordinator": {verbs.NOTICE_REST},
    "a coordinator by a role of the server": {verbs.CASE_SHOW},
}
"""What is not for each of them; a rest of news has one of them alone, and a case its chosen readers."""


def _reading() -> list[CommandSpec]:
    return [spec for spec in ROUTES.specs if spec.reads]


def _events(stage: Stage, account: str, groups: frozenset[str]) -> list[Event]:
    """Every event of a person that only reads."""

    def common(place: Place | None = None) -> dict[str, Any]:
        return _common(stage, account, groups, place)

    dm = Place(PLATFORM, "", f"dm-{account}", "dm")
    used = [(spec, options) for spec in _reading() for options in OPTIONS.get(spec.name, [{}])]
    return [
        *(CommandUsed(**common(), path=spec.path, options=dict(options)) for spec, options in used),
        *(ButtonPressed(**common(), action=action) for action in PRESSED),
        *(ChoiceMade(**common(), action=action, values=(value,)) for action, value in CHOSEN),
        ButtonPressed(**common(), action="run:project.list:mine=yes"),
        MessageReceived(**common(dm), message=MessageRef(dm, "1"), text="/stint help"),
        Inspected(**common(), verb="doctor", findings=()),
        HomeOpened(**common(_home())),
    ]


def _port(stage: Stage) -> PlatformProfile:
    can = stage.adapter.capabilities
    grouped = frozenset({PLATFORM})
    return PlatformProfile(ROUTES, can, stage.adapter.limits, homes=frozenset({PLATFORM}), grouped=grouped)


async def _read(stage: Stage, event: Event) -> Read | None:
    return await stage.database.read(lambda work: read(work, event, stage.clock.now(), _port(stage)))


def _shown(found: Read) -> str:
    said = found.declined.message if found.declined else None
    return "\n".join(
        [
            *([plain_text(said)] if said else []),
            *(plain_text(each.message) for each in found.actions if isinstance(each, Reply | Update)),
        ]
    )


@pytest.mark.sampled("sqlite")
@pytest.mark.parametrize("who", PEOPLE)
async def test_everything_that_only_reads_does_so(stage: Stage, who: str) -> None:
    """Each is answered, or refused to this role, and says only what needs no name of a turn."""
    with pytest.raises(DBAPIError):  # no row can be written there
        await stage.database.read(lambda work: work.connection.execute(insert(inbox).values(event_id="x")))
    refused: set[str] = set()
    for event in _events(stage, *PEOPLE[who]):
        assert routing.only_reads(ROUTES, event), event
        found = await _read(stage, event)
        assert found is not None, event
        assert found.declined or found.actions, event
        assert all(isinstance(each, Reply | Update | Inspect) for each in found.actions), event
        if found.declined:
            refused.add(_name(event))
    assert refused == REFUSED[who]


SUBJECTS: Final = {
    "case": "programme-0",
    "case-line": "1-said",
    "letter": "1:2",
    "project": "first",
}
"""What a draft of a form is about, where that is no number of something."""
UNNAMED: Final = {
    *(
        "case-readers",
        "changes",
        "colleague",
        "hand-in",
        "letter",
        "not-selected",
        "project-change",
        "project-decline",
    ),
    *(
        "project-override",
        "scope-rule",
        "settings",
        "setup-join",
        "setup-new",
        "version-refuse",
        "work-dropped",
    ),
}
"""Forms whose drafts Cora could not go on with here."""


@pytest.mark.soak
async def test_drafts_are_named_without_writing(stage: Stage) -> None:
    """Help names a draft of any form, whatever its title is looked up in; the home page asks it."""
    for form in sorted(ROUTES.forms):
        await stage.database.transact(partial(_waits, stage=stage, form=form))
        used = CommandUsed(**_common(stage, "cora", frozenset()), path=("stint", "help"), options={})
        found = await _read(stage, used)
        assert found is not None, form
        assert ("Go on: " in _shown(found)) == (form not in UNNAMED), form


def _waits(work: UnitOfWork, stage: Stage, form: str) -> None:
    """Let Cora have one draft, which waits."""
    now, cora = stage.clock.now(), select(Identity.person_id).where(Identity.user_id == "cora")
    given = {"title": StoredAnswer("Map of repair cafes")}
    work.connection.execute(delete(conversations))
    row = {"programme_id": 1, "person_id": cora.scalar_subquery(), "form": form, "revision": 1}
    row |= {"subject": SUBJECTS.get(form, "1"), "draft": dump_draft(Draft(answers=given)), "state": "waiting"}
    row |= {"created_at": now, "updated_at": now, "destination": "terminal/@cora", "prompt_key": "x"}
    work.connection.execute(insert(conversations).values(**row))


async def test_what_is_drawn_when_it_is_due_only_reads(stage: Stage) -> None:
    """Home pages and digests say on a reader what there is to say."""
    kinds = sorted(ROUTES.reads & ROUTES.timers.keys())
    assert kinds == [Timer.COHORT_DIGEST, Timer.HOME_REFRESH]
    now, port = stage.clock.now(), _port(stage)
    ada = stage.rows(select(Identity.id).where(Identity.user_id == "ada"))[0][0]
    told = {"told": 0, "left": {}, "last": "", "nominal": now.date().isoformat()}
    home = {"key": "home", "kind": Timer.HOME_REFRESH, "subject": f"identity:{ada}", "payload": {}}
    digest = {"key": "digest", "kind": Timer.COHORT_DIGEST, "subject": "cohort:1", "payload": told}
    rows = [{"programme_id": 1, "due_at": now, "late": "send", **each} for each in (home, digest)]
    await stage.database.transact(lambda work: stored_timers.remind(work.connection, rows))
    said = await stage.database.read(lambda work: read_due(work, port, now))
    assert sorted(row.kind for row, _ in said.values()) == kinds
    assert all(actions for _, actions in said.values())


def _name(event: Event) -> str:
    match event:
        case CommandUsed(path=path, options=options):
            return " ".join([*path, *options.values()])
        case ButtonPressed(action=action) | ChoiceMade(action=action):
            return head_of(action)
        case _:
            return type(event).__name__


def test_nothing_that_only_reads_is_left_out() -> None:
    """Every verb that is marked so is pressed or looked for here, and every one has a route."""
    tried = {action.partition(":")[0] for action in (*PRESSED, *(action for action, _ in CHOSEN))}
    assert ROUTES.reads & ROUTES.buttons.keys() == tried
    assert ROUTES.reads - ROUTES.buttons.keys() - ROUTES.timers.keys() <= ROUTES.inspected.keys()


WRITES: Final = {
    "/away": "opens its form, or shows the absence",
    "/cohort channel": "has the channel looked at",
    "/cohort create": "makes a cohort",
    "/cohort edit": "changes one, or opens its form",
    "/cohort end": "asks a question that is as short as the turn",
    "/mentor": "assigns a mentor",
    "/employer invite": "invites, or opens its form",
    "/project handover": "hands over, or asks a question that is as short as the turn",
    "/employer part": "gives a part, or asks a question that is as short as the turn",
    "/employer remove": "asks a question that is as short as the turn",
    "/project close": "asks a question that is as short as the turn",
    "/project edit": "begins a draft",
    "/project post": "begins a draft",
    "/project repeat": "begins a draft",
    "/project save": "saves",
    "/project template": "begins a draft, or shows what there is to begin with",
    "/stint connect": "connects a space",
    "/stint coordinator": "gives a role",
    "/stint doctor": "has channels looked at; what was found is read",
    "/stint link": "makes a code",
    "/stint setup": "has channels looked at",
}
"""The commands that are handled on the writer, and why."""


def test_every_other_command_has_a_reason() -> None:
    """A new command either only reads, or it is said here why it is handled on the writer."""
    assert {spec.name for spec in ROUTES.specs} - {spec.name for spec in _reading()} == WRITES.keys()


@pytest.mark.sampled("postgresql")
@pytest.mark.soak
async def test_a_servers_role_reads_what_a_coordinator_reads(stage: Stage) -> None:
    """By a group of the space they are shown the same lists, and in a direct message for a week."""
    for spec in _reading():
        if "coordinator" not in spec.allowed:
            continue
        answered = OPTIONS.get(spec.name, [{}])
        for options in ({}, *answered):  # without any, some ask which project is meant
            named, granted = [
                await _read(
                    stage,
                    CommandUsed(**_common(stage, *PEOPLE[who]), path=spec.path, options=dict(options)),
                )
                for who in ("a coordinator", "a coordinator by a role of the server")
            ]
            assert named is not None
            assert granted is not None
            assert not (granted.declined and options in answered), (spec.name, options)
            assert _shown(granted) == _shown(named), (spec.name, options)
    dm = Place(PLATFORM, "", "dm-dee", "dm")
    asked = CommandUsed(**_common(stage, "dee", frozenset(), dm), path=("applicants",))
    assert isinstance(found := await _read(stage, asked), Read)
    assert not found.declined
    await stage.tick(days=2)
    asked = CommandUsed(**_common(stage, "dee", frozenset(), dm), path=("applicants",))
    assert isinstance(found := await _read(stage, asked), Read)
    assert isinstance(found.declined, Declined)
    assert "/applicants is for coordinators and employers" in _shown(found)


@pytest.mark.soak
async def test_what_only_reads_writes_the_answer_alone(stage: Stage) -> None:
    """A list of a coordinator by a group leaves its inbox row, when they were seen, and nothing else."""

    def rows() -> list[Any]:
        tables = (Person.__table__, Role.__table__, outbox)
        return [stage.rows(select(table)) for table in tables]

    before, had = rows(), stage.rows(select(timers.c.id))
    asked = CommandUsed(**_common(stage, "dee", MENTORS), path=("applicants",), options={"project": "1"})
    first = await stage.runtime.receive(asked)
    assert await stage.runtime.receive(asked) == first
    assert first.message is None  # without a way to answer at once it is a message in their DM
    after = rows()
    assert after[:2] == before[:2]
    assert len(after[2]) == len(before[2]) + 1
    assert stage.rows(select(timers.c.id)) == had
    assert len(stage.rows(select(inbox.c.id).where(inbox.c.event_id == asked.id))) == 1
    groups_at = select(Identity.groups_at).where(Identity.user_id == "dee")
    assert stage.rows(groups_at) == [(stage.clock.now(),)]


async def test_what_has_to_be_written_first_is_the_writers(stage: Stage) -> None:
    """A person new or back, a guest, one with two programmes, news of a person, an offer that begins now."""
    now, dm = stage.clock.now(), Place(PLATFORM, "", "dm-ada", "dm")
    chi = UserRef(PLATFORM, "chi")

    async def is_read(**fields: object) -> bool:
        """Whether a reader alone answers `/applications` of Ada's, with these fields."""
        given = {**_common(stage, "ada", frozenset()), "path": ("applications",), **fields}
        return await _read(stage, CommandUsed(**given)) is not None

    async def alter(changed: UpdateRows) -> None:
        await stage.database.transact(lambda work: work.session.execute(changed))

    async def now_ada(**columns: object) -> None:
        await alter(update(Person).where(Person.name == "Ada Okafor").values(**columns))

    assert await is_read()
    assert not await is_read(actor=UserRef(PLATFORM, "eve"))
    assert not await is_read(rights=frozenset({"guest"}))
    await now_ada(left_at=now)
    assert not await is_read()
    await now_ada(left_at=None, zone=None)
    assert await is_read()
    assert not await is_read(actor_zone="Europe/Berlin")
    assert await is_read(actor=chi)
    await alter(update(Application).where(Application.status == "offered").values(offer_until=None))
    assert not await is_read(actor=chi)
    assert await is_read(place=dm)
    await stage.database.transact(_second_programme)
    assert not await is_read(place=dm)
    await alter(update(Identity).values(home=None))
    home = {**_common(stage, "ada", frozenset()), "place": _home()}
    assert await _read(stage, HomeOpened(**home)) is not None  # where a page is kept with what it shows


def _second_programme(work: UnitOfWork) -> None:
    """Let Ada be in another programme too."""
    now = work.session.scalars(select(Programme.created_at)).one()
    work.session.add(Programme(id=2, name="Lakeside", zone="UTC", created_at=now))
    work.session.flush()
    person = Person(programme_id=2, name="Ada Okafor", created_at=now)
    work.session.add(person)
    work.session.flush()
    there = {"platform": PLATFORM, "user_id": "ada", "seen_at": now}
    work.session.add(Identity(programme_id=2, person_id=person.id, **there))


@pytest.mark.sampled("sqlite")
async def test_autocomplete_knows_a_servers_role(stage: Stage) -> None:
    """What is suggested is read by the same roles: by a group of the space as by being named."""
    for path, option in ROUTES.suggestions:
        named, granted = [
            await _suggested(stage, who, path, option)
            for who in ("a coordinator", "a coordinator by a role of the server")
        ]
        assert granted == named, (path, option)


async def _suggested(stage: Stage, who: str, path: tuple[str, ...], option: str) -> tuple[Option, ...]:
    event = Suggest(**_common(stage, *PEOPLE[who]), path=path, option=option, typed="")
    found = await stage.database.read(lambda work: suggest(work, event, _port(stage)))
    return found.options

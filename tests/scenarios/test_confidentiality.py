"""Confidentiality: what has few readers reaches no other reader, from the post to the hand-over."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, TypeAlias

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.chat.values import replace
from bot.programme.projects.confidentiality import LEVELS, up_to
from storage.tables import (
    HistoryRow,
    Identity,
    Person,
    Placement,
    Programme,
    Project,
    inbox,
    metadata,
    outbox,
    timers,
)
from storage.tables.values import Level
from tests.support.completions import completions
from tests.support.every_stage import STAGES
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

BRACKETS: Final[dict[Level, str]] = {"open": "", "team": " (interns only)", "agreement": " (under agreement)"}
MARKER: Final = re.compile(rf"q[a-z]+q({'|'.join(LEVELS)})q")
TITLE: Final = "Map of repair qtitleqopenq"
OPEN: Final[dict[str, Any]] = {
    "brief": "List the repair shops of qbriefqopenq and what each repairs.",
    "location": "Leeds, qplaceqopenq",
    "payer": "Acme qpayerqopenq",
    "skills": ["qskillqopenq"],
    "field": "qfieldqopenq",
}
"""The fields that are always open, each with its marker."""
notices = metadata.tables["notices"]


class Parts(Struct, frozen=True):
    """The levels of the parts of a post that have one."""

    contact: Level
    details: Level
    deliverables: tuple[Level, ...]
    name: str = "first"

    def marker(self, field: Literal["contact", "details"]) -> str:
        """The marker of a field in this version."""
        return mark(f"{self.name}{field}", getattr(self, field))

    @property
    def lines(self) -> str:
        """The deliverables as an employer writes them, each with a marker of its level."""
        levels = enumerate(self.deliverables, 1)
        return "\n".join(
            f"Map {n} of {mark(f'{self.name}map', level)}{BRACKETS[level]}" for n, level in levels
        )

    @property
    def choices(self) -> str:
        """The choices of the question what is confidential, as a person types their numbers."""
        chosen = {"team": ["1"], "agreement": ["2"], "open": []}[self.contact]
        return ", ".join([*chosen, *(["3"] if self.details == "agreement" else [])])


def mark(field: str, level: Level) -> str:
    """A marker of a level: a word that is in one field alone."""
    return f"q{field}q{level}q"


def levels_in(*texts: object) -> set[str]:
    """The levels of the markers in these texts."""
    return {level for each in texts for level in MARKER.findall(str(each).casefold())}


LEVEL: Final = st.sampled_from(LEVELS)
PARTS: Final = st.builds(
    Parts, LEVEL, st.sampled_from(LEVELS[1:]), st.lists(LEVEL, min_size=1, max_size=3).map(tuple)
)
CLOSED: Final = Parts("agreement", "agreement", LEVELS)
FOR_INTERNS: Final = Parts("team", "team", LEVELS)


async def looks(platform: AnyStage, account: str, *lines: str) -> None:
    """A person reads what these commands answer, and its next page where there is one."""
    person = platform.person(account)
    for line in lines:
        await person.uses(line)
        with suppress(LookupError):
            await person.presses("More")


async def strangers_look(platform: AnyStage) -> None:
    """A student who waits for an answer and an employer of another company look wherever they can."""
    await looks(platform, "ben", "/project list", "/project show 1", "/applications")
    await looks(platform, "jo", "/project show 1", "/project versions 1")


async def is_edited(platform: AnyStage, parts: Parts, *, approval: bool) -> None:
    """The employer changes every part that has a level; a coordinator approves it where that is needed."""
    marta, cora = platform.person("marta"), platform.person("cora")
    await marta.uses("/project edit 1")
    answers = {
        "Deliverables": parts.lines,
        "Who answers questions": f"{parts.marker('contact')}, daily",
        "Only for accepted interns": f"Now it is {parts.marker('details')}.",
    }
    for label, answer in answers.items():
        await marta.says(f"edit {label}")
        await marta.says(answer)
    if parts.choices:
        await marta.says("edit Confidential")
        await marta.says(parts.choices)
    await marta.presses("Save changes")
    if approval and not platform.rows(select(Project.id).where(Project.contact.contains("second"))):
        await looks(platform, "cora", "/stint tasks")
        await cora.presses("Approve")
    await platform.tick(minutes=2)


def to_others(platform: AnyStage, *but: str) -> list[Any]:
    """Every message, answer and notice of people other than these accounts and the two who make the post."""
    names = platform.rows(
        select(Identity.platform, Identity.user_id, Identity.person_id, Person.name).join(
            Person, Person.id == Identity.person_id
        )
    )
    readers = {"Marta", "Cora", *(each.capitalize() for each in but)}
    may = [row for row in names if row.name.split()[0] in readers]
    places = {f"{row.platform}/@{row.user_id}" for row in may}
    sent = platform.rows(select(outbox.c.message).where(outbox.c.destination.not_in(places)))
    given_to = platform.rows(select(inbox.c.answer).where(inbox.c.actor.not_in(places)))
    noted = platform.rows(
        select(notices.c.message).where(notices.c.person_id.not_in([row.person_id for row in may]))
    )
    return [*sent, *given_to, *noted]


def stored_in_the_open(platform: AnyStage) -> Iterable[Any]:
    """What is searched, the history, and what timers carry: none of it has its own reader."""
    yield from platform.rows(select(Project.search))
    yield from platform.rows(select(HistoryRow))
    yield from platform.rows(select(timers.c.key, timers.c.subject, timers.c.payload))


def completed(platform: AnyStage) -> list[str]:
    """What each option of a command offers a student and an employer of another company, as they type."""
    return [said for name, _, said in completions(platform) if name.startswith(("Ben", "Jo"))]


def holds(platform: AnyStage, *but: str) -> None:
    """No reader has a word of a level above theirs; `but` are interns, who read what is the team's."""
    for account in ("ada", "ben", "jo"):
        allowed = up_to("team") if account in but else up_to("open")
        assert levels_in(platform.person(account).view()) <= set(allowed), account
    assert levels_in(*to_others(platform, *but)) <= {"open"}
    assert levels_in(*to_others(platform)) <= set(up_to("team" if but else "open"))
    assert levels_in(*stored_in_the_open(platform)) <= {"open"}


@pytest.mark.parametrize("name", sorted(STAGES))
@settings(max_examples=1, phases=(Phase.explicit, Phase.generate))
@example(first=FOR_INTERNS, second=CLOSED, approval=True, early=True)
@example(first=FOR_INTERNS, second=CLOSED, approval=False, early=False)
@given(first=PARTS, second=PARTS, approval=st.booleans(), early=st.booleans())
async def test_nothing_reaches_a_reader_of_a_lower_level(
    name: str, first: Parts, second: Parts, *, approval: bool, early: bool
) -> None:
    """Not by any card, list, search, difference, offer, kickoff, export, answer or log."""
    second = replace(second, name="second")
    with TemporaryDirectory() as folder, capture_logs() as logs:
        async with STAGES[name](Path(folder)) as platform:
            await lives(platform, first, second, approval=approval, early=early)
    assert levels_in(logs) == set()


async def lives(platform: AnyStage, first: Parts, second: Parts, *, approval: bool, early: bool) -> None:
    """A project from its post to a hand-over; `early`: it is edited before the offer, else at work."""
    platform.database.transact_inline(
        lambda work: work.session.execute(update(Programme).values(approval=approval))
    )
    levels = {"contact": first.contact, "private_details": first.details}
    words = {"contact": f"{first.marker('contact')}, daily", "private_details": first.marker("details")}
    await posted(
        platform, "ada", "ben", title=TITLE, deliverables=first.lines, levels=levels, **words, **OPEN
    )
    ada, marta = platform.person("ada"), platform.person("marta")
    if early:
        await is_edited(platform, second, approval=approval)
    await strangers_look(platform)
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await looks(platform, "ada", "/project show 1", "/applications", "/stint history 1")
    holds(platform)
    await ada.presses("Accept")
    await looks(platform, "ada", "/placement")
    before = ada.view()
    if not early:
        await is_edited(platform, second, approval=approval)
    await platform.tick(days=2)
    await looks(platform, "ada", "/placement", "/project show 1", "/profile")
    await ada.presses("Show my data")
    await strangers_look(platform)
    holds(platform, "ada")
    parts = second if early else first
    assert (parts.marker("contact") in before) == (parts.contact in up_to("team"))
    assert (parts.marker("details") in before) == (parts.details in up_to("team"))
    offered = completed(platform)
    assert any("Map of repair" in str(each) for each in offered)
    assert levels_in(*offered) <= {"open"}
    await marta.uses("/employer invite @chi")
    await marta.uses("/project handover @chi")
    await platform.tick(days=1)
    holds(platform, "ada", "chi")


async def test_an_employer_chooses_who_reads_what(stage: Stage) -> None:
    """Who answers is hidden from applicants, details from interns too; who manages the post reads both."""
    await posted(stage, contact="Bo, daily", private_details="The door code is 4711.")
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/project edit 1")
    await marta.says("edit Confidential")
    await marta.says("Who answers: interns only, Details: under agreement")
    await marta.presses("Save changes")
    await ada.uses("/project show 1")
    assert "Bo, daily" not in stage.screen("ada")
    await marta.uses("/project show 1")
    shown = stage.screen("marta")
    while "[More]" in shown[shown.rindex("/project show 1") :]:
        await marta.presses("More")
        shown += stage.screen("marta")
    assert "Only for accepted interns\nQuestions: Bo, daily" in shown
    assert "Only under your agreement: no intern reads it yet\nThe door code is 4711." in shown
    await marta.uses("/project edit 1")
    await marta.says("edit Confidential")
    await marta.says("none")
    await marta.presses("Save changes")
    await marta.uses("/project versions 1")
    versions = stage.screen("marta")
    for line in (
        "Questions: only interns may read it",
        "Only for accepted interns: no intern may read it, as it is under agreement",
        "Questions: everybody may read it",
    ):
        assert line in versions, line


@pytest.mark.soak
async def test_the_staff_channel_reads_that_a_change_waits(tmp_path: Path) -> None:
    """Its readers need not be coordinators; a coordinator reads the difference in the list of tasks."""
    staff = {"staff_place": "terminal/channel/riverside/staff", "approval": True}
    parts = Parts("team", "team", ("open", "team", "agreement"), "second")
    async with open_stage(tmp_path, programme=staff) as stage:
        stage.world.add_channel("staff", "staff", frozenset({"cora", "marta"}))
        words = {"contact": mark("contact", "team"), "private_details": mark("details", "team")}
        await posted(stage, deliverables=f"A map of {mark('map', 'team')} (interns only)", **words)
        marta, cora = stage.person("marta"), stage.person("cora")
        await marta.uses("/project edit 1")
        await marta.says("edit Deliverables")
        await marta.says(parts.lines)
        await marta.says("edit Only for accepted interns")
        await marta.says(parts.marker("details"))
        await marta.presses("Save changes")
        await stage.tick(days=1, hours=4)
        told = stage.screen("cora", "staff")
        assert "a change waits for your approval." in told
        assert levels_in(told) == set()
        await cora.uses("/stint tasks")
        await cora.presses("Read it")
        assert levels_in(stage.screen("cora")) == set(LEVELS)


@pytest.mark.soak
async def test_an_intern_whose_work_has_ended_early_reads_no_details(stage: Stage) -> None:
    """Who is of the team no more reads nothing that is the team's."""
    await posted(stage, "ada", private_details=mark("details", "team"))
    ada, marta = stage.person("ada"), stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    await ada.uses("/placement")
    seen = stage.screen("ada")
    assert levels_in(seen) == {"team"}
    stage.database.transact_inline(
        lambda work: work.session.execute(update(Placement).values(status="ended"))
    )
    await ada.uses("/placement 1")
    now = stage.screen("ada")
    assert levels_in(now[now.rindex("/placement 1") :]) == set()

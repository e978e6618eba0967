"""Readers of the history: no reader gets a row that the table forbids, and every one that it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chat.language import as_text
from bot.chat.values import replace
from bot.programme.core import history, subjects
from bot.programme.core.turn import Turn
from bot.programme.people import what_happened
from bot.programme.people.history_readers import SEEN, Sees, condition, readers_of
from bot.programme.people.what_happened import WithHistory
from storage.tables import Alias, Company, HistoryRow
from tests.support.history_world import World, put, world
from tests.support.in_memory import begun, person
from tests.support.stage import MONDAY

READERS: Final = ("cora", "marta", "jo", "ada", "ben", "eve")
STATUSES: Final = {
    "project": ("draft", "review", "changes", "open", "closed"),
    "application": ("admission", "submitted", "shortlisted", "offered", "released", "withdrawn"),
    "offer": ("open", "accepted", "taken_back"),
    "placement": ("active", "completed", "ended"),
    "milestone": ("open", "handed_in", "accepted"),
    "submission": ("handed_in", "accepted"),
    "member": ("asked", "admitted"),
    "part": ("owner", "reviewer", "stand_in", "left"),
    "company": ("verified", "unverified"),
    "mentor": ("active", "refused", "ended"),
    "absence": ("2026-03-12 Europe/London", "2026-03-13 Europe/London"),
    "scope-rule": ("off", "stop 8", "suggestion 20"),
}


@dataclass(frozen=True)
class Written:
    """A row of the history, by a noun of the world."""

    noun: str
    of_ada: bool
    what: str
    before: str | None
    after: str
    hour: int


@st.composite
def written(draw: st.DrawFn) -> Written:
    """A row of any noun; an owner row names one of the two employers, and a part is Jo's."""
    noun = draw(st.sampled_from(sorted(STATUSES)))
    kinds = ["birth", "status", "due"] + (["owner", "places", "deadline"] if noun == "project" else [])
    if noun == "absence":
        kinds = ["away", "back"]
    what = draw(st.sampled_from(kinds))
    values = {"owner": ("marta", "jo"), "places": ("2", "3")}.get(what, STATUSES[noun])
    before = None if what == "birth" else draw(st.sampled_from(values))
    return Written(
        noun, draw(st.booleans()), what, before, draw(st.sampled_from(values)), draw(st.integers(0, 9))
    )


def placed(here: World, each: Written, number: int) -> HistoryRow:
    """Write the row where it belongs."""
    application = here.of_ada if each.of_ada else here.of_ben
    of_application = subjects.APPLICATION(application.id)
    about = {
        "project": (subjects.PROJECT(here.project.id), ""),
        "application": (of_application, subjects.PROJECT(here.project.id)),
        "offer": (subjects.OFFER(application.id, 1), of_application),
        "placement": (subjects.PLACEMENT(here.placement.id), subjects.APPLICATION(here.of_ada.id)),
        "milestone": (subjects.MILESTONE(here.milestone.id), subjects.PLACEMENT(here.placement.id)),
        "submission": (subjects.SUBMISSION(number), subjects.MILESTONE(here.milestone.id)),
        "member": (subjects.MEMBER(here.member.id), subjects.COHORT(1)),
        "part": (
            subjects.PART(here.project.company_id, history.alias_of(here.cora, here.jo.own_id)),
            "company:1",
        ),
        "company": (subjects.COMPANY(here.project.company_id), ""),
        "mentor": (subjects.MENTOR(number), subjects.PLACEMENT(here.placement.id)),
        "scope-rule": (subjects.SCOPE_RULE("too-dense"), subjects.PROGRAMME(here.cora.programme_id)),
        # Of Jo, who is of the company, or of Cora, who is of none.
        "absence": (
            (subjects.ABSENCE(history.alias_of(here.cora, here.jo.own_id)), "company:1")
            if each.of_ada
            else (
                subjects.ABSENCE(history.alias_of(here.cora, here.cora.own_id)),
                subjects.PROGRAMME(here.cora.programme_id),
            )
        ),
    }
    subject, parent = about[each.noun]
    before, after = each.before, each.after
    if each.what == "owner":
        names = (before or "", after)
        before, after = (str(history.alias_of(here.cora, getattr(here, name).own_id)) for name in names)
    at = MONDAY + timedelta(hours=each.hour)
    return put(here.cora, subject, each.what, before, after, at=at, parent=parent, by=here.cora)


def allowed(here: World, reader: str, row: HistoryRow, rows: list[HistoryRow]) -> bool:
    """Say whether a reader may see a row, read from the table by hand."""
    noun = row.subject.partition(":")[0]
    seen = SEEN[{str(each): each for each in SEEN}[noun]]
    if reader == "cora":
        return True
    if reader in {"marta", "jo"} and "employer" in seen:
        if noun in {"part", "absence"}:  # their own
            return row.subject.endswith(f":{history.alias_of(here.cora, getattr(here, reader).own_id)}")
        told = owns(here, reader, row, rows) or has_part(here, reader, row, rows)
        return told and passes(seen["employer"], row)
    if reader in {"ada", "ben", "eve"} and "student" in seen:
        if noun == "project":
            opened = [r.at for r in rows if r.subject == row.subject and is_status(r) and r.after == "open"]
            told = bool(opened) and row.at >= min(opened) and reader != "eve"
        else:
            told = whose(here, row) == reader
        return told and passes(seen["student"], row)
    return False


def is_status(row: HistoryRow) -> bool:
    """Whether a row is of a status."""
    return row.what in {"birth", "status"}


def passes(sees: Sees, row: HistoryRow) -> bool:
    """Whether the kind of row and the move are seen."""
    if sees.what and row.what not in sees.what:
        return False
    return not any(row.after == to and since in {"", row.before or ""} for since, to in sees.unless)


def owns(here: World, reader: str, row: HistoryRow, rows: list[HistoryRow]) -> bool:
    """Whether a reader owned the project when something happened."""
    changes = [each for each in rows if each.what == "owner"]
    if not changes:
        return reader == "marta"
    person_id = getattr(here, reader).own_id
    mine = str(here.cora.session.scalars(select(Alias.id).where(Alias.person_id == person_id)).first())
    first, last = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    times = [first, *(each.at for each in changes), last]
    owners = [changes[0].before, *(each.after for each in changes)]
    return any(owner == mine and times[n] <= row.at < times[n + 1] for n, owner in enumerate(owners))


def has_part(here: World, reader: str, row: HistoryRow, rows: list[HistoryRow]) -> bool:
    """Whether a reader had a part in the project's company when something happened; Marta has none."""
    times: list[tuple[datetime, datetime]] = []
    for each in rows:
        if each.subject.startswith("part:") and each.what == "birth":
            times.append((each.at, MONDAY + timedelta(days=1)))
        elif each.subject.startswith("part:") and each.after == "left" and times:
            times[-1] = (times[-1][0], each.at)
    return reader == "jo" and any(start <= row.at < end for start, end in times)


def whose(here: World, row: HistoryRow) -> str:
    """Whose application, placement or membership a row is about."""
    of_ben = subjects.APPLICATION(here.of_ben.id)
    return "ben" if of_ben in {row.subject, row.parent} else "ada"


@given(st.lists(written(), max_size=12), st.sampled_from(READERS))
def test_a_reader_gets_what_the_table_allows_and_no_more(drawn: list[Written], reader: str) -> None:
    """Whatever happened in whatever order: the statement and the table read by hand agree on every row."""
    with begun() as turn:
        here = world(turn)
        alone(here)
        rows = [placed(here, each, number) for number, each in enumerate(drawn, start=1)]
        acting = getattr(here, reader) if reader != "eve" else person(turn, "eve")
        company = turn.session.get_one(Company, here.project.company_id)
        pages = (here.project, here.of_ada, here.of_ben, here.placement, here.member, company, turn.programme)
        for of in pages:
            assert shown(acting, of) == {
                row.id for row in rows if within(of, row, here) and allowed(here, reader, row, rows)
            }


def within(of: WithHistory, row: HistoryRow, here: World) -> bool:
    """Whether a history has a row, for a reader who may see it."""
    about = what_happened.about(here.cora, of).subjects
    return row.subject in about or row.parent in about


def shown(turn: Turn, of: WithHistory) -> set[int]:
    """The ids of the rows of a history that the turn's person sees."""
    about = what_happened.about(turn, of)
    [reader] = readers_of(turn, [about])
    query = select(HistoryRow.id).where(
        HistoryRow.subject.in_(about.subjects) | HistoryRow.parent.in_(about.subjects), condition(reader)
    )
    return set(turn.session.scalars(query))


def alone(here: World) -> None:
    """Leave Marta the project that she owns, and no part in its company."""
    here.marta.person.company_id = None
    here.cora.session.flush()


@pytest.fixture
def here(turn: Turn) -> World:
    """A programme in which nothing has happened yet."""
    return world(turn)


def test_a_new_owner_sees_what_happened_since(here: World) -> None:
    """What came before the change is the first owner's, and stays theirs."""
    alone(here)
    project = subjects.PROJECT(here.project.id)
    marta, jo = (str(history.alias_of(here.cora, each.own_id)) for each in (here.marta, here.jo))
    put(here.cora, project, "birth", None, "draft")
    put(here.cora, project, "owner", marta, jo, at=MONDAY + timedelta(days=1))
    put(here.cora, project, "status", "draft", "open", at=MONDAY + timedelta(days=2))
    assert entries(here.marta, here.project) == ["The project was begun."]
    assert entries(here.jo, here.project) == [
        "The project was published.",
        "The owner of the project is now: you",
    ]


def test_an_owner_of_two_joined_accounts_keeps_both_times(here: World) -> None:
    """Joining accounts leads a second alias to the person, so that what each of them owned is theirs."""
    alone(here)
    project = subjects.PROJECT(here.project.id)
    marta, jo = (str(history.alias_of(here.cora, each.own_id)) for each in (here.marta, here.jo))
    put(here.cora, project, "birth", None, "draft")
    put(here.cora, project, "owner", marta, jo, at=MONDAY + timedelta(days=1))
    put(here.cora, project, "status", "draft", "open", at=MONDAY + timedelta(days=2))
    alias = here.cora.session.get_one(Alias, int(jo))
    alias.person_id = here.marta.own_id
    here.cora.session.flush()
    assert len(entries(here.marta, here.project)) == 3
    assert entries(here.jo, here.project) == []


def test_a_colleague_reads_what_happened_while_they_were_there(here: World) -> None:
    """A part gives the history from its birth to its end; a part that was found is of before it."""
    project, company = subjects.PROJECT(here.project.id), here.project.company_id
    part = subjects.PART(company, history.alias_of(here.cora, here.jo.own_id))
    put(here.cora, project, "birth", None, "draft")
    put(here.cora, part, "birth", None, "reviewer", at=MONDAY + timedelta(days=1))
    put(here.cora, project, "status", "draft", "open", at=MONDAY + timedelta(days=2))
    put(here.cora, part, "status", "reviewer", "left", at=MONDAY + timedelta(days=3))
    put(here.cora, project, "status", "open", "closed", at=MONDAY + timedelta(days=4))
    assert entries(here.jo, here.project) == ["The project was published."]
    row = here.cora.session.scalars(select(HistoryRow).where(HistoryRow.subject == part)).first()
    assert row is not None
    row.known_by = "found"
    here.cora.session.flush()
    assert entries(here.jo, here.project) == ["The project was published.", "The project was begun."]
    assert len(entries(here.marta, here.project)) == 3


def test_what_was_never_public_is_no_students(here: World) -> None:
    """A project that waits for approval, or was taken back, has no history for a student."""
    project = subjects.PROJECT(here.project.id)
    put(here.cora, project, "birth", None, "draft")
    put(here.cora, project, "status", "draft", "review")
    put(here.cora, project, "status", "review", "closed")
    assert entries(here.ada, here.project) == []
    assert len(entries(here.marta, here.project)) == 3


def test_a_shortlist_is_no_students(here: World) -> None:
    """Neither that they came on it, nor that they were taken off; an offer from it is theirs to see."""
    of = subjects.APPLICATION(here.of_ada.id)
    for before, after in (
        ("submitted", "shortlisted"),
        ("shortlisted", "submitted"),
        ("shortlisted", "offered"),
    ):
        put(here.cora, of, "status", before, after, parent=subjects.PROJECT(here.project.id))
    assert entries(here.ada, here.of_ada) == ["A place was offered."]
    assert len(entries(here.marta, here.of_ada)) == 3
    assert entries(here.ben, here.of_ada) == []


def test_an_employer_sees_an_application_from_its_submission_on(here: World) -> None:
    """What waits for admission is between the student and the coordinators."""
    of, parent = subjects.APPLICATION(here.of_ben.id), subjects.PROJECT(here.project.id)
    put(here.cora, of, "birth", None, "admission", parent=parent)
    put(here.cora, of, "status", "admission", "submitted", parent=parent, at=MONDAY + timedelta(hours=1))
    sent = "The student was admitted to the cohort, and the application was sent."
    assert entries(here.marta, here.of_ben) == [sent]
    assert len(entries(here.ben, here.of_ben)) == 2


def test_a_reason_is_its_writers_and_the_coordinators(here: World) -> None:
    """The other side reads that the work ended; why, as a code, its writer and who may be confided in."""
    of = subjects.PLACEMENT(here.placement.id)
    row = put(here.cora, of, "status", "active", "ended", by=here.ada, reason="plans")
    row.parent = subjects.APPLICATION(here.of_ada.id)
    said, why = "The placement was ended early.", "Plans have changed"
    assert entries(here.marta, here.placement) == [said]
    assert why in entries(here.ada, here.placement)[0]
    assert entries(here.cora, here.placement) == [said]
    assert why in entries(here.cora, here.placement, reads_reasons=True)[0]


def test_who_was_merged_keeps_their_history_and_who_was_erased_has_no_name(here: World) -> None:
    """An alias leads to the person of now, or to none."""
    of, parent = subjects.APPLICATION(here.of_ben.id), subjects.PROJECT(here.project.id)
    put(here.cora, of, "status", "submitted", "withdrawn", parent=parent, by=here.ben)
    before = what_happened.page_of(here.marta, here.of_ben, 0, 5)
    assert "Ben" in sentence(here.marta, before)
    alias = here.cora.session.scalars(select(Alias).where(Alias.person_id == here.ben.own_id)).one()
    here.cora.session.delete(alias)
    here.cora.session.flush()
    assert "(a person who left)" in sentence(here.marta, what_happened.page_of(here.marta, here.of_ben, 0, 5))


def test_a_programme_has_its_own_things_alone(here: World) -> None:
    """A thing of another programme is not found."""
    assert what_happened.find(here.cora, "project", here.project.id) is here.project
    other = replace(here.cora, programme_id=here.cora.programme_id + 1)
    assert what_happened.find(other, "project", here.project.id) is None
    assert what_happened.find(here.cora, "nothing", here.project.id) is None
    assert what_happened.find(here.cora, "application", 99) is None


def entries(turn: Turn, of: WithHistory, *, reads_reasons: bool = False) -> list[str]:
    """What the turn's person reads of a history, the newest first."""
    page = what_happened.page_of(turn, of, 0, 20, reads_reasons=reads_reasons)
    return [as_text(entry.what) for entry in page.entries]


def sentence(turn: Turn, page: what_happened.HistoryPage) -> str:
    """The newest entry of a page, as its line reads."""
    return as_text(what_happened.as_sentence(turn, page.entries[0]))

"""The difference between two versions of a project, field by field, for the people who decide on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.content import Block, Field, Fields, Plain, Sentence, layout, note, row, say
from bot.chat.language import Language
from bot.chat.rendering.screen import height
from bot.chat.sentences import Names, Value
from bot.programme import people
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects.confidentiality import Guarded, level_of
from bot.programme.projects.countries import open_to
from bot.programme.projects.deliverables import shown_wanted, wanted_of
from bot.programme.projects.display import fee_in_full, shortened, shown_place, shown_time
from bot.programme.projects.fixed_dates import shown_fixed
from bot.programme.projects.lookup import cohort_ids, company_name
from bot.programme.projects.pay import shown_pay
from bot.programme.projects.questions import write_questions
from bot.programme.projects.ready_answers import shown_contact, shown_deliverable
from storage.tables import Cohort, Person, Project
from storage.tables.values import Level

__all__ = ["difference_rows", "in_short"]

_DATES: Final[dict[dates.Name, str]] = {"deadline": "Apply by", "decide": "Answer by", "starts": "Starts"}
_LEVELS: Final[dict[Level, Sentence]] = {
    "open": say("everybody may read it"),
    "team": say("only interns may read it"),
    "agreement": say("no intern may read it, as it is under agreement"),
}
_GUARDED: Final[dict[Guarded, str]] = {
    "contact": "Questions",
    "private_details": "Only for accepted interns",
}
_AROUND: Final = 4  # words that are shown beside those that differ
_LINES: Final = 10  # of a difference in a task: its buttons are on the same screen of a phone
_LINES_EACH: Final = 5  # of one of its fields
_MOST: Final = 300  # characters of each side; the whole post shows the rest


def difference_rows(turn: Turn, before: Project, after: Project, reader: Person | None) -> list[Field]:
    """Return every field that differs, as it was and as it is; `reader` None is any."""
    rows = [*_texts(turn, before, after), *_facts(before, after)]
    for name, label in _DATES.items():
        was, now = dates.read(before, name), dates.read(after, name)
        show = people.shown_day if name == "starts" else people.shown_date
        if was != now:
            rows.append(row(label, _change(show(turn, was, reader), show(turn, now, reader))))
    return [
        *rows,
        *_work(turn, before, after, reader),
        *_readers(turn, before, after),
        *_guarded(turn, before, after),
    ]


def in_short(rows: Sequence[Field], language: Language) -> list[Block]:
    """Return as much of a difference as a task holds above its buttons; “Read it” shows the whole."""
    shown: list[Field] = []
    room = _LINES
    for each in rows:
        tall = height([Fields((each,))], language)
        short = each if tall <= _LINES_EACH else Field(each.label, (say("changed"),))
        room -= min(tall, _LINES_EACH)
        if room < 0:
            break
        shown.append(short)
    left = len(rows) - len(shown)
    cut = [note("“Read it” shows it in full.")] if not left and shown != list(rows) else []
    if left:
        cut = [
            note(
                "{count} more difference: “Read it” shows all.",
                "{count} more differences: “Read it” shows all.",
                count=left,
            )
        ]
    return [Fields(tuple(shown)), *cut]


def _change(was: Value, now: Value) -> Sentence:
    return layout("{before} → {after}", before=was, after=now)


def _texts(turn: Turn, before: Project, after: Project) -> Iterator[Field]:
    if before.title != after.title:
        yield row("Title", _change(before.title, after.title))
    if before.brief != after.brief:
        yield from _long("What is wanted", before.brief, after.brief)
    if before.company_id != after.company_id:
        yield row("Company", _change(company_name(turn, before), company_name(turn, after)))
    if before.field != after.field:
        yield row("Field", _change(before.field or "–", after.field or "–"))
    if before.skills != after.skills:
        yield row("Skills", _change(", ".join(before.skills) or "–", ", ".join(after.skills) or "–"))


def _facts(before: Project, after: Project) -> Iterator[Field]:
    fees = [(each.fee_cents, each.currency, each.unpaid_reason) for each in (before, after)]
    if fees[0] != fees[1]:
        yield row("Fee", _change(fee_in_full(before), fee_in_full(after)))
    if (was := shown_pay(before)) != (now := shown_pay(after)):
        yield row("Payment", _change(was or "–", now or "–"))
    if before.countries != after.countries:
        yield row("Open to", _change(*(open_to(each) or say("all students") for each in (before, after))))
    if before.fixed != after.fixed:
        yield row("Cannot move", _change(*(shown_fixed(each.fixed) or "–" for each in (before, after))))
    if (before.hours, before.weeks) != (after.hours, after.weeks):
        times = (shown_time(each.hours, each.weeks) for each in (before, after))
        yield row("Time", _change(*times))
    if before.places != after.places:
        yield row("Places", _change(before.places, after.places))
    if before.location != after.location:
        yield row("Where", _change(shown_place(before.location), shown_place(after.location)))


def _work(turn: Turn, before: Project, after: Project, reader: Person | None) -> Iterator[Field]:
    old, new = wanted_of(before), wanted_of(after)
    known, left = {each.title: each for each in old}, {each.title for each in new}
    for each in new:
        said = layout("{line}", line=shown_wanted(turn, each, reader))
        if each.title not in known:
            yield row("New deliverable", said)
        elif each != known[each.title]:
            was = layout("{line}", line=shown_wanted(turn, known[each.title], reader))
            yield row("Changed deliverable", _change(was, said))
            if each.level != known[each.title].level:
                yield row("Who reads it", _LEVELS[each.level])
    for each in old:
        if each.title not in left:
            yield row("No deliverable any more", shown_deliverable(each.title))


def _readers(turn: Turn, before: Project, after: Project) -> Iterator[Field]:
    if set(cohort_ids(before)) != set(cohort_ids(after)):
        yield row("Cohorts", _change(_cohorts(turn, before), _cohorts(turn, after)))
    if before.questions != after.questions:
        asked = (write_questions(each.questions) for each in (before, after))
        yield from _long("Your own questions", *asked)


def _guarded(turn: Turn, before: Project, after: Project) -> Iterator[Field]:
    """Return the fields with a level that differ, or that other people may read than before."""
    if before.contact != after.contact:
        contacts = (shown_contact(turn, each.contact, each.contact_by_id) for each in (before, after))
        yield row(_GUARDED["contact"], _change(*contacts))
    if before.private_details != after.private_details:
        yield from _long(_GUARDED["private_details"], before.private_details, after.private_details)
    for field, label in _GUARDED.items():
        if (level := level_of(after, field)) != level_of(before, field):
            yield row(label, _LEVELS[level])


def _cohorts(turn: Turn, project: Project) -> Names | Sentence:
    query = select(Cohort.name).where(
        Cohort.programme_id == turn.programme_id, Cohort.id.in_(cohort_ids(project))
    )
    names = turn.session.scalars(query.order_by(Cohort.id)).all()
    return Names(tuple(names)) if names else say("none", context="cohorts")


def _long(label: str, was: str, now: str) -> Iterable[Field]:
    """Return a long text as it was and as it is, each around what differs."""
    old, new = _apart(was, now)
    yield row(label, _change(Plain(old or "–"), Plain(new or "–")))


def _apart(was: str, now: str) -> tuple[str, str]:
    """Return two texts without the words that both begin and end with, but for a few beside what differs."""
    old, new = was.split(), now.split()
    most = min(len(old), len(new))
    begin = next((at for at in range(most) if old[at] != new[at]), most)
    most -= begin
    end = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return _piece(old, begin, end), _piece(new, begin, end)


def _piece(words: list[str], begin: int, end: int) -> str:
    first, last = max(0, begin - _AROUND), min(len(words), len(words) - end + _AROUND)
    lead, tail = "… " if first else "", " …" if last < len(words) else ""
    return f"{lead}{shortened(' '.join(words[first:last]), _MOST)}{tail}"

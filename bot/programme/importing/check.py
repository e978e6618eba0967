"""The pure half of an import: every row of a file read and checked, before anything is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.chat.answers import Ambiguous, Asking, JSONValue, Kind, Refused, Understood, read_answer
from bot.chat.answers.dates import when_of
from bot.chat.answers.normalise import keep
from bot.chat.answers.readings import reason_of
from bot.chat.language import as_text
from bot.chat.local_day import EVERYWHERE, Day, When, ends_at
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.chat.sentences import Names, Sentence, Wording, say
from bot.programme.core import dates
from bot.programme.importing.characters import shown, unkept
from bot.programme.importing.checked import Checked, Ground, ImportRow, RowRefusal
from bot.programme.importing.datecolumns import Order, Row, with_settled_dates
from bot.programme.importing.files import RawFile, UnreadableFile, read_file
from bot.programme.importing.headings import CALLED, FIELDS, Headings, field_named, headings_of
from bot.programme.importing.template import example_row
from bot.programme.projects.deliverable_list import read_deliverables
from bot.programme.projects.deliverables import set_deliverables
from bot.programme.projects.from_answers import is_remote, usual_decision, usual_start
from bot.programme.projects.pay import USUAL_DAYS
from bot.programme.projects.questions import read_questions
from bot.programme.projects.scope_check import MOST_WEEKS, check, weeks_for
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables import Project
from storage.tables.values import CohortRef, WantedDeliverable

__all__ = ["note_counts", "read_rows"]

_NEEDED: Final = ("company", "title", "brief", "hours", "deadline")
_SHOWN: Final = 8  # names of columns in a refusal
_COMPANY: Final = 120  # characters, the column's width
_LIMITS: Final[dict[str, tuple[Kind, float, float, str]]] = {
    "hours": ("number", 0.5, 1000, "hours"),
    "weeks": ("number", 1, MOST_WEEKS, "weeks"),
    "places": ("number", 1, 1000, "places"),
    "pay_days": ("number", 1, 90, "days"),
}
_TEXTS: Final = (
    "title",
    "brief",
    "field",
    "location",
    "unpaid_reason",
    "payer",
    "contact",
    "private_details",
    "questions",
    "url",
)
_AHEAD: Final = re.compile(r"\+\s*(\d{1,3})\s*(d|days?|w|weeks?)", re.IGNORECASE)
_BULLET: Final = re.compile(r"^\s*[-*•]\s+")


class _Unfit(ValueError):
    """A cell that cannot be taken: at which field, and why."""

    def __init__(self, field: str, reason: Wording) -> None:
        super().__init__(as_text(reason))
        self.field = field
        self.reason = reason


def read_rows(
    path: Path,
    defaults: Mapping[str, str],
    ground: Ground,
    *,
    encoding: str = "",
    order: Order | None = None,
) -> Checked:
    """Read a file of projects (CSV, a workbook, JSON) and check every row of it.

    `defaults` replace what a row leaves empty ("hours": "20", "deadline": "+21d"). Columns of other
    names are kept with the project. The same content twice in the file is one project. `encoding` is what
    the importing person says the text is in; `order` says which number of a date is the day, where no date of
    its column does.

    Raises:
        UnreadableFile: the file as a whole cannot be read.
    """
    file = read_file(path, encoding)
    headings = headings_of(file.columns)
    if not headings.fields and any(not isinstance(raw, Sentence) for _, raw in file.rows):
        raise _without_columns(path, file)
    settled = with_settled_dates(file.rows, headings.fields, order)
    known = {field: value for name, value in defaults.items() if (field := field_named(name))}
    rows, refused, repeated = _checked(file, settled, _Reading(headings.fields, known, ground))
    if not (rows or refused or repeated):
        raise UnreadableFile(
            say(
                "{file} holds nothing but the template's example. Put each project into a row of its own.",
                file=path.name,
            )
        )
    unknown = [
        RowRefusal(0, name, say("there is no such field; there are {fields}", fields=Names(tuple(FIELDS))))
        for name in defaults
        if field_named(name) is None
    ]
    notes = (*file.notes, *_notes_on(path, headings))
    return Checked(tuple(rows), (*unknown, *refused), repeated, notes, file.guess)


def _without_columns(path: Path, file: RawFile) -> UnreadableFile:
    return UnreadableFile(
        say(
            "{file} has no column that I know: it has {columns}. `stint import --template` prints a table "
            "with the names I know.",
            file=path.name,
            columns=Names(tuple(f"“{name}”" for name in file.columns[:_SHOWN])),
        )
    )


def _notes_on(path: Path, headings: Headings) -> list[Wording]:
    """Return how the columns were read; of JSON, whose names a program gave, only what is guessed."""
    is_json = path.suffix.lower() in {".json", ".jsonl", ".ndjson"}
    return Headings(headings.fields, headings.guessed, () if is_json else headings.kept).notes()


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of a row: the field of each column, defaults for empty cells, the programme's ground."""

    fields: Mapping[str, str]
    defaults: Mapping[str, str]
    ground: Ground


def _checked(
    file: RawFile, settled: Sequence[Row], reading: _Reading
) -> tuple[list[ImportRow], list[RowRefusal], int]:
    """Return what can be imported, what cannot, and how many rows are there more than once."""
    rows: list[ImportRow] = []
    refused: list[RowRefusal] = []
    seen: set[str] = set()
    repeated = 0
    for (number, raw), (_, clear) in zip(file.rows, settled, strict=True):
        if isinstance(raw, Sentence) or isinstance(clear, Sentence):
            refused.append(RowRefusal(number, "row", raw if isinstance(raw, Sentence) else ""))
            continue
        if _filled(raw) == example_row():
            continue
        # By the contents of the file: the same file read with other options is still the same.
        identity = _identity(raw)
        if identity in seen:
            repeated += 1
            continue
        seen.add(identity)
        try:
            rows.append(_row(number, identity, clear, reading))
        except _Unfit as unfit:
            refused.append(RowRefusal(number, CALLED.get(unfit.field, unfit.field), unfit.reason))
    return rows, refused, repeated


def _filled(raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, value in raw.items() if (text := _as_text(value).strip())}


def note_counts(checked: Checked) -> list[tuple[Wording, int]]:
    """Return what the scope check found in the rows to import, each in words with its number of rows."""
    return Counter(note for row in checked.rows for note in row.notes).most_common()


def _identity(raw: Mapping[str, Any]) -> str:
    """Return a hash of everything in a row; its place in the file does not count."""
    content = {name: value for name, value in raw.items() if value not in (None, "")}
    return sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    ).hexdigest()


def _row(number: int, identity: str, raw: Mapping[str, Any], reading: _Reading) -> ImportRow:
    if strange := unkept(raw):
        raise _Unfit(reading.fields.get(strange[0]) or shown(strange[0]), strange[1])
    cells: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for name, value in raw.items():
        field = reading.fields.get(name)
        if field is None or field in cells:
            if kept := keep(_as_text(value)):
                extra[keep(name)] = kept
        elif _as_text(value).strip():
            cells[field] = value
    for field, value in reading.defaults.items():
        cells.setdefault(field, value)
    for field in _NEEDED:
        if field not in cells:
            missing = "it is empty; fill it in, or give `--default {field}=…` for every such row"
            raise _Unfit(field, say(missing, field=CALLED.get(field, field)))
    values = _values(cells, reading.ground)
    values["extra"] = extra
    company = " ".join(keep(_as_text(cells["company"])).split())
    if not 0 < len(company) <= _COMPANY:
        most = say(
            "a company's name has at most {count} character",
            "a company's name has at most {count} characters",
            count=_COMPANY,
        )
        raise _Unfit("company", most)
    wanted = _wanted(cells, reading.ground)
    post = Project(**values)
    set_deliverables(post, wanted)
    found = check(post, reading.ground.rules)
    notes = tuple(_NOTES[finding.question] for finding in found if finding.question in _NOTES)
    return ImportRow(number, identity, company, values, tuple(wanted), notes)


_NOTES: Final = {
    "deliverables": say("no deliverable is named"),
    "skills": say("no skills are named"),
    "hours": say("the hours look wrong for what is asked"),
    "weeks": say("the weeks look wrong for the hours"),
    "fee": say("the fee is under the programme's floor, or missing without a reason"),
    "brief": say("it sounds like ongoing work"),
    "deadline": say("the deadline is near"),
}


def _as_text(value: Any) -> str:  # noqa: ANN401 - a cell of CSV or JSON
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _values(cells: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
    """Return the columns of Project that a row gives."""
    words = {name: keep(_as_text(cells.get(name, ""))) for name in _TEXTS}
    title = " ".join(words["title"].split())
    if not title:
        raise _Unfit("title", say("there are no letters in it"))
    hours = _number(cells, "hours", ground) or 1.0
    dates = _dates(cells, ground)
    fee, currency = _fee(cells, ground)
    try:
        questions = read_questions(words["questions"])
    except Declined as unread:
        raise _Unfit("questions", plain_text(unread.message)) from None
    return {
        "title": title,
        "brief": words["brief"],
        "hours": hours,
        "field": words["field"],
        "location": "" if is_remote(words["location"]) else words["location"],
        "skills": _skills(cells.get("skills")),
        "weeks": ceil(_number(cells, "weeks", ground) or weeks_for(hours)),
        "fee_cents": fee,
        "currency": currency,
        "unpaid_reason": "" if fee else words["unpaid_reason"],
        "payer": (words["payer"] or _as_text(cells.get("company", "")).strip()) if fee else "",
        "pay_days": int(_number(cells, "pay_days", ground) or USUAL_DAYS) if fee else None,
        "countries": _read(cells, "countries", _asking(ground, "countries")) if "countries" in cells else [],
        "places": int(_number(cells, "places", ground) or 1),
        "contact": words["contact"],
        "private_details": words["private_details"],
        "questions": questions,
        "cohorts": _cohorts(cells, ground),
        "url": words["url"],
        **dates,
    }


def _wanted(cells: Mapping[str, Any], ground: Ground) -> list[WantedDeliverable]:
    words = keep(_as_text(cells.get("deliverables", "")))
    try:
        return read_deliverables(words, ground.rules.now, ground.rules.zone)
    except UnfitAnswerError as unfit:
        raise _Unfit("deliverables", unfit.reason) from None


def _read(cells: Mapping[str, Any], field: str, asking: Asking) -> JSONValue:
    """Read a cell as a person's answer would be read.

    Raises:
        _Unfit: it has no meaning here, or several.
    """
    read = read_answer(_as_text(cells[field]), asking)
    match read:
        case Understood(value):
            return value
        case Refused() | Ambiguous() as unread:
            raise _Unfit(field, reason_of(unread))
    raise TypeError(type(read))


def _asking(ground: Ground, kind: Kind, **rest: Any) -> Asking:  # noqa: ANN401 - Asking's own fields
    zone, currency = ZoneInfo(ground.rules.zone), ground.rules.currency
    return Asking(kind, ground.rules.now, zone, currency=currency, **rest)


def _number(cells: Mapping[str, Any], field: str, ground: Ground) -> float | None:
    if field not in cells:
        return None
    kind, least, most, unit = _LIMITS[field]
    value = _read(cells, field, _asking(ground, kind, minimum=least, maximum=most, unit=unit))
    return float(value) if isinstance(value, int | float) else None


def _fee(cells: Mapping[str, Any], ground: Ground) -> tuple[int | None, str]:
    if "fee" not in cells:
        return None, ground.rules.currency
    value = _read(cells, "fee", _asking(ground, "money"))
    if not isinstance(value, dict):
        return None, ground.rules.currency
    cents = int(Decimal(str(value["amount"])) * 100)
    return (cents, str(value["currency"])) if cents else (None, ground.rules.currency)


def _dates(cells: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
    """Return deadline, decision date and start; the later two follow from the deadline where not given."""
    rules = ground.rules
    deadline = _date(cells, "deadline", ground)
    if deadline is None or ends_at(deadline) <= rules.now:
        raise _Unfit("deadline", say("it has passed already"))
    decide = _date(cells, "decide", ground) or usual_decision(rules, deadline)
    if ends_at(decide) < ends_at(deadline):
        raise _Unfit("decide", say("it lies before the deadline"))
    starts = _date(cells, "start", ground) or usual_start(rules, decide)
    found: dict[dates.Name, When] = {"deadline": deadline, "decide": decide, "starts": starts}
    return {key: value for name, when in found.items() for key, value in dates.columns(name, when).items()}


def _date(cells: Mapping[str, Any], field: str, ground: Ground) -> When | None:
    """Read a date as people write it, or `+21d`, `+3 weeks`: the day so long from now."""
    if field not in cells:
        return None
    days_of = ground.rules.decides_in if field == "decide" else EVERYWHERE
    ahead = _AHEAD.fullmatch(_as_text(cells[field]).strip())
    if ahead:
        days = int(ahead[1]) * (7 if ahead[2].lower().startswith("w") else 1)
        today = ground.rules.now.astimezone(ZoneInfo(ground.rules.zone)).date()
        return Day(today + timedelta(days=days), days_of)
    return when_of(_read(cells, field, _asking(ground, "date", days_of=days_of)))


def _skills(cell: Any) -> list[str]:  # noqa: ANN401 - a cell of CSV or JSON
    """Return a list as it is; split a text by its lines, commas and semicolons. Every word is kept."""
    if isinstance(cell, list):
        pieces: Iterable[str] = (_as_text(one) for one in cell)
    else:
        lines = (_BULLET.sub("", line) for line in keep(_as_text(cell)).splitlines())
        pieces = (piece for line in lines for piece in re.split(r"[,;]\s+|[,;]$", line))
    return list(dict.fromkeys(one for piece in pieces if (one := " ".join(keep(piece).split()))))


def _cohorts(cells: Mapping[str, Any], ground: Ground) -> list[CohortRef]:
    """Return the named cohorts, or every cohort there is."""
    if "cohorts" not in cells:
        return [CohortRef(cohort_id) for cohort_id in ground.cohorts.values()]
    cell = cells["cohorts"]
    names = [_as_text(one) for one in cell] if isinstance(cell, list) else re.split("[,;]", _as_text(cell))
    wanted = [" ".join(name.split()).casefold() for name in names if name.strip()]
    strange = next((name for name in wanted if name not in ground.cohorts), None)
    if strange is not None:
        raise _Unfit("cohorts", say("there is no cohort “{cohort}” here", cohort=strange))
    return [CohortRef(ground.cohorts[name]) for name in dict.fromkeys(wanted)]

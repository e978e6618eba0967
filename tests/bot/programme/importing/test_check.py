"""Reading a file of projects: what is taken, what is refused and why, and that nothing is lost."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.language import ENGLISH, as_text
from bot.programme.importing import Checked, Ground, UnreadableFile, note_counts, read_rows
from bot.programme.projects.deliverable_list import write_deliverables
from bot.programme.projects.scope_check import Rules
from storage.tables.values import CohortRef
from tests.support.imports import NUMBER

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
GROUND = Ground(Rules(NOW, "Europe/London", "Europe/London", 0, "USD", 5), {"spring 26": 1, "autumn 26": 2})
DEFAULTS = {"hours": "20", "deadline": "+21d"}
REAL = Path(__file__).parents[5] / "shared" / "data" / "real_projects.json"


def from_csv(tmp_path: Path, text: str, **defaults: str) -> Checked:
    """A CSV file's rows, checked with these defaults."""
    path = tmp_path / "projects.csv"
    path.write_text(text, encoding="utf-8")
    return read_rows(path, {**DEFAULTS, **defaults}, GROUND)


def from_json(tmp_path: Path, document: object, **defaults: str) -> Checked:
    """A JSON file's rows, checked with these defaults."""
    path = tmp_path / "projects.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_rows(path, {**DEFAULTS, **defaults}, GROUND)


ONE = {"company": "Acme", "title": "Market map", "description": "Find out who rents e-bikes."}


def test_a_csv_row_with_every_kind_of_cell(tmp_path: Path) -> None:
    """Cells are read as answers are; unknown columns are kept; a quoted cell may hold lines."""
    checked = from_csv(
        tmp_path,
        "Company,Title,description,deliverables,skills,hours,fee,Deadline,location,cohorts,Term\n"
        'Acme,Market map,"First line\nsecond, line","- A report\n- A deck","Excel, writing",'
        'about 10 hours,"$400",20 March 2026,Leeds,Spring 26,2026 Q1\n',
    )
    (row,) = checked.rows
    assert checked.refused == ()
    assert row.company == "Acme"
    assert row.values["brief"] == "First line\nsecond, line"
    assert [each.title for each in row.deliverables] == ["A report", "A deck"]
    assert row.values["skills"] == ["Excel", "writing"]
    assert (row.values["hours"], row.values["weeks"]) == (10, 1)
    assert (row.values["fee_cents"], row.values["currency"]) == (40000, "USD")
    assert row.values["deadline_at"] == datetime(2026, 3, 21, 11, 59, tzinfo=UTC)
    assert row.values["location"] == "Leeds"
    assert row.values["cohorts"] == [CohortRef(1)]
    assert row.values["extra"] == {"Term": "2026 Q1"}


def test_defaults_fill_what_is_empty_and_nothing_else(tmp_path: Path) -> None:
    """`--default` fills an empty cell, never a written one; cohorts are all by default."""
    rows = [ONE, {**ONE, "title": "Other", "hours": 5, "deadline": ""}]
    first, second = from_json(tmp_path, rows, fee="unpaid", unpaid_reason="course credit").rows
    assert (first.values["hours"], second.values["hours"]) == (20, 5)
    assert second.values["deadline_at"] == datetime(2026, 3, 31, 11, 59, tzinfo=UTC)  # over everywhere
    assert first.values["cohorts"] == [CohortRef(1), CohortRef(2)]
    assert (first.values["fee_cents"], first.values["unpaid_reason"]) == (None, "course credit")


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({"title": ""}, "row 1, title: it is empty"),
        ({"description": None}, "row 1, description: it is empty"),
        ({"hours": "many"}, "row 1, hours: I could not find a number"),
        ({"hours": "0"}, "row 1, hours: It must be at least: 0.5 hours."),
        ({"deadline": "1 March 2026"}, "row 1, deadline: it has passed already"),
        ({"deadline": "May"}, "row 1, deadline: "),
        ({"fee": "$20 an hour"}, "row 1, fee: "),
        ({"weeks": "40"}, "row 1, weeks: It can be at most: 10 weeks."),
        ({"decision": "10 March 2026"}, "row 1, decision: it lies before the deadline"),
        ({"cohorts": "Winter"}, "row 1, cohorts: there is no cohort “winter” here"),
        ({"questions": "Day (choose: Monday)"}, "row 1, questions: "),
        ({"company": "x" * 121}, "row 1, company: a company's name has at most 120 characters"),
    ],
)
def test_a_refused_row_says_row_field_and_reason(tmp_path: Path, cells: dict[str, object], line: str) -> None:
    """One line per refused row; the others of the file are taken."""
    checked = from_json(tmp_path, [{**ONE, **cells}, {**ONE, "title": "Sound"}])
    (refusal,) = checked.refused
    assert str(refusal).startswith(line)
    assert [row.values["title"] for row in checked.rows] == ["Sound"]


def test_rows_that_are_no_rows(tmp_path: Path) -> None:
    """An entry that is no object, and a line with more cells than columns, are refused with their number."""
    assert [str(r) for r in from_json(tmp_path, [ONE, "words"]).refused] == [
        "row 2: it is no object with named fields"
    ]
    broken = from_csv(tmp_path, "company,title,description\nAcme,Map,Find, who rents\n")
    assert str(broken.refused[0]).startswith("row 2: it has more cells (4) than there are columns (3)")


def test_an_unknown_default_is_refused(tmp_path: Path) -> None:
    """A misspelt `--default` is reported, not ignored."""
    checked = from_json(tmp_path, [ONE], huors="20")
    assert str(checked.refused[0]).startswith("--default, huors: there is no such field; there are company")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"[{", "is not JSON at line 1, column 3: "),
        ("a.json", b'"words"', "holds no list of projects"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"title,title\n1,2\n", "two columns called"),
        ("a.csv", b"company,title\n", "has headings and no rows"),
        ("a.csv", b"colour,size\nred,2\n", "has no column that I know: it has “colour” and “size”"),
        ("a.pdf", b"%PDF-1.7", "is a PDF"),
        ("a.csv", b"%PDF-1.7 company,title", "is a PDF"),
        ("a.xlsx", b"PK\x03\x04 nothing", "is no workbook that I can open"),
        ("a.docx", b"PK\x03\x04 words", "is no table"),
        ("a.csv", b"\x00\x01\x02\x03company", "is no text that I can read"),
        ("a.json", b"[]", "holds an empty list"),
        ("a.json", b"", "is empty"),
        ("a.json", b'[{"hours": NaN}]', "has a number in it"),
        ("a.json", b'[{"hours": ' + b"9" * 5000 + b"}]", "has a number in it"),
        ("a.jsonl", b'{"title": "x"}\n{"hours": Infinity}', "none at all, at line 2"),
        ("a.json", b"[" * 100_000, "is nested too deeply"),
        ("a.json", b'{"projects": [], "projects": []}', "holds no list of projects"),
        ("missing.csv", None, "I cannot read"),
    ],
)
def test_an_unreadable_file_says_why(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    """The file as a whole is refused in one sentence."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=said):
        read_rows(tmp_path / name, {}, GROUND)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({"hours": "60", "weeks": "1"}, "the weeks look wrong for the hours"),
        ({"deadline": "9 March 2026"}, "the deadline is near"),
    ],
)
def test_what_the_scope_check_finds_is_noted(tmp_path: Path, cells: dict[str, str], note: str) -> None:
    """In a few words for the whole file, with the number of rows."""
    checked = from_json(tmp_path, [{**ONE, "deliverables": "A map", "fee": "$900", **cells}])
    assert (note, 1) in [(ENGLISH.text(words), count) for words, count in note_counts(checked)]


def test_a_title_of_marks_alone_is_refused(tmp_path: Path) -> None:
    """The line says what is wrong with it."""
    (refused,) = from_json(tmp_path, [{**ONE, "title": "\u200b\u200b"}]).refused
    assert "there are no letters in it" in str(refused)


def test_identity_is_the_whole_content(tmp_path: Path) -> None:
    """The same row twice is one project; a difference in any column makes another."""
    checked = from_json(tmp_path, [ONE, ONE, {**ONE, "term": "2026"}, {**ONE, "term": "2027"}])
    assert len(checked.rows) == len({row.identity for row in checked.rows}) == 3
    assert checked.repeated == 1


def test_an_import_is_known_by_its_rows(tmp_path: Path) -> None:
    """The same rows are the same import, whatever the file is called or its blanks are."""
    one = from_json(tmp_path, [ONE])
    other = from_csv(
        tmp_path, "company,title,description,empty\nAcme,Market map,Find out who rents e-bikes.,\n"
    )
    assert one.identity == other.identity
    assert from_json(tmp_path, [{**ONE, "title": "Other"}]).identity != one.identity


def test_what_json_can_hold_is_kept(tmp_path: Path) -> None:
    """Numbers, lists and nested values of unknown columns are kept as they read."""
    (row,) = from_json(
        tmp_path, [{**ONE, "skills": ["Go", "R"], "year": 2026, "mentors": [{"name": "Bo"}]}]
    ).rows
    assert row.values["skills"] == ["Go", "R"]
    assert row.values["extra"] == {"year": "2026", "mentors": '[{"name": "Bo"}]'}


def test_long_and_strange_text_is_kept_whole(tmp_path: Path) -> None:
    """A long description with quotes, emoji and other scripts comes through; what no database takes goes."""
    words = 'He said "now"; 日本語 🚲 Ω\u0007' + "x" * 200_000
    (row,) = from_json(tmp_path, [{**ONE, "description": words}]).rows
    assert row.values["brief"] == words.replace("\u0007", "")


@pytest.mark.skipif(not REAL.exists(), reason="the real posts are not beside this checkout")
def test_every_real_post_is_taken_with_every_word() -> None:
    """All 479 real posts pass, each its own, and every word of every column is in what is kept."""
    checked = read_rows(REAL, DEFAULTS, GROUND)
    raw = json.loads(REAL.read_text(encoding="utf-8"))
    assert (len(checked.rows), checked.refused, checked.repeated) == (len(raw), (), 0)
    for row, post in zip(checked.rows, raw, strict=True):
        values = row.values
        kept = f"{row.company} {values['title']} {values['brief']} {values['url']} "
        kept += write_deliverables(row.deliverables)
        kept += " ".join(values["skills"]) + " ".join(values["extra"].values())
        words = [word.strip(",;-*•") for text in post.values() for word in text.split()]
        assert [word for word in words if word not in kept and not NUMBER.fullmatch(word)] == []
    counts = {as_text(note): count for note, count in note_counts(checked)}
    assert counts["no deliverable is named"] == sum(not post["deliverables"].strip() for post in raw)
    assert counts["no skills are named"] == sum(not post["skills"].strip() for post in raw)


def test_a_name_given_twice_in_json_is_refused(tmp_path: Path) -> None:
    """JSON would silently take the last; also deep inside a row, and the other rows are taken."""
    path = tmp_path / "a.json"
    one = '"company": "A", "title": "x", "description": "d"'
    path.write_text(
        f'[{{{one}, "title": "y"}}, {{{one}, "who": {{"a": 1, "a": 2}}}}, {{{one}}}]', encoding="utf-8"
    )
    checked = read_rows(path, DEFAULTS, GROUND)
    assert [str(refusal) for refusal in checked.refused] == [
        "row 1: it gives “title” twice; leave one of them out",
        "row 2: it gives “a” twice; leave one of them out",
    ]
    assert [row.number for row in checked.rows] == [3]


def test_rows_without_a_word_are_no_rows(tmp_path: Path) -> None:
    """Blank rows in and under a table are passed over, and rows keep the numbers that a spreadsheet shows."""
    checked = from_csv(tmp_path, "company,title,description\n,,\nA,One,D\n\n , ,\nA,Two,\n,,\n,,\n")
    assert [row.number for row in checked.rows] == [3]
    assert [str(refusal)[:21] for refusal in checked.refused] == ["row 6, description: i"]


def test_the_dates_of_a_column_settle_one_another(tmp_path: Path) -> None:
    """One date with a 13 in it shows which number is the day; the other columns are none of its business."""
    text = "company,title,description,deadline,start\nA,One,D,04/05/2026,05/06/2026\n"
    one, two = from_csv(tmp_path, f"{text}A,Two,D,13/05/26,05/25/2026\n").rows
    assert one.values["deadline_at"] == datetime(2026, 5, 5, 11, 59, tzinfo=UTC)
    assert two.values["deadline_at"] == datetime(2026, 5, 14, 11, 59, tzinfo=UTC)
    assert one.values["starts_at"].date().isoformat() in {"2026-05-05", "2026-05-06"}


def test_a_column_that_settles_nothing_is_asked_about(tmp_path: Path) -> None:
    """The whole file waits for a person who knows; an option answers, with the same rows either way."""
    path = tmp_path / "a.csv"
    path.write_text("company,title,description,Closing date\nA,One,D,04/05/2026 18:00\n", encoding="utf-8")
    with pytest.raises(
        UnreadableFile,
        match=r"18:00 can be Mon 4 May 2026 or Sun 5 April 2026, .* --dates day-first",
    ):
        read_rows(path, DEFAULTS, GROUND)
    (day,) = read_rows(path, DEFAULTS, GROUND, order="day-first").rows
    (month,) = read_rows(path, DEFAULTS, GROUND, order="month-first").rows
    assert day.values["deadline_at"] == datetime(2026, 5, 4, 17, 0, tzinfo=UTC)
    assert month.values["deadline_at"] == datetime(2026, 4, 5, 17, 0, tzinfo=UTC)
    assert day.identity == month.identity


def test_dates_that_contradict_each_other_are_asked_about_one_by_one(tmp_path: Path) -> None:
    """A column with both orders in it settles nothing, whatever the option says."""
    text = (
        "company,title,description,deadline\nA,One,D,04/05/2026\nA,Two,D,13/05/2026\nA,Three,D,05/13/2026\n"
    )
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    checked = read_rows(path, DEFAULTS, GROUND, order="day-first")
    assert [str(refusal)[:17] for refusal in checked.refused] == ["row 2, deadline: "]
    assert [row.number for row in checked.rows] == [3, 4]


def test_excels_own_numbers_are_dates(tmp_path: Path) -> None:
    """46112 is 31 March 2026, and its fraction the time of day; as hours it stays a number."""
    text = "company,title,description,deadline,hours\nA,One,D,46112,20\nA,Two,D,46112.75,20\n"
    checked = from_csv(tmp_path, f"{text}A,Three,D,46112,46112\n")
    assert [row.values["deadline_at"] for row in checked.rows] == [
        datetime(2026, 4, 1, 11, 59, tzinfo=UTC),
        datetime(2026, 3, 31, 17, 0, tzinfo=UTC),
    ]
    assert str(checked.refused[0]).startswith("row 4, hours: It can be at most: 1,000")


def test_how_columns_are_read_is_said(tmp_path: Path) -> None:
    """What is called otherwise, and what is kept beside, is said in a sentence each."""
    text = "Organisation,Project Titel,What is wanted?,Mentor\nAcme,Map,Find out.,Bo\n"
    checked = from_csv(tmp_path, text)
    assert checked.rows[0].company == "Acme"
    read, kept = map(as_text, checked.notes)
    assert read.startswith(
        "I read these columns like this: “Organisation” → company, “What is wanted?” → description"
    )
    assert read.endswith("“Project Titel” → title.")
    assert kept == "These columns are kept with each project as they are: “Mentor”."


UNKEPT = ["\0", "\ud800", "\udfff"]


@pytest.mark.parametrize("character", UNKEPT)
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": "Market {}map"}, "title"),
        ({"description": "Find {}out"}, "description"),
        ({"skills": ["Excel", "writ{}ing"]}, "skills"),
        ({"Term": "Spring{}"}, "Term"),
        ({"Sponsor": {"name": "A{}cme"}}, "Sponsor"),
        ({"Te{}rm": "Spring"}, "Te\N{REPLACEMENT CHARACTER}rm"),
    ],
)
def test_a_character_that_no_database_keeps(
    tmp_path: Path, character: str, more: dict[str, object], field: str
) -> None:
    """Its row is refused by number and field, saying where it is; every other row is taken."""
    filled = json.loads(json.dumps(more).replace("{}", json.dumps(character)[1:-1]))
    checked = from_json(tmp_path, [ONE, {**ONE, "title": "Another", **filled}, {**ONE, "title": "Third"}])
    assert [row.number for row in checked.rows] == [1, 3]
    [refusal] = checked.refused
    assert (refusal.row, refusal.field) == (2, field)
    assert f"(U+{ord(character):04X})" in as_text(refusal.reason)
    str(refusal).encode()


def test_a_zero_in_a_csv_file_or_raw_in_json(tmp_path: Path) -> None:
    """The bytes themselves are that row's mistake, too, and not the file's."""
    rows = "\n".join(f"Acme,Study {number},Find out what they charge.,20,+21d" for number in range(9))
    text = f"company,title,description,hours,deadline\n{rows}\nA\0cme,Tenth,Find out.,20,+21d\n"
    checked = from_csv(tmp_path, text)
    assert len(checked.rows) == 9
    [refusal] = checked.refused
    assert str(refusal).startswith(
        "row 11, company: there is a character in it that cannot be stored (U+0000)"
    )
    path = tmp_path / "raw.json"
    path.write_bytes(json.dumps([ONE, {**ONE, "title": "Raw~here"}]).replace("~", "\0").encode())
    checked = read_rows(path, DEFAULTS, GROUND)
    assert (len(checked.rows), [refusal.field for refusal in checked.refused]) == (1, ["title"])


def test_a_line_separator_within_a_line_of_json(tmp_path: Path) -> None:
    """Only a line feed ends a line of .jsonl; what else ends lines may be part of a text."""
    path = tmp_path / "projects.jsonl"
    words = "Find out\u2028who rents\x85e-bikes."
    path.write_text(json.dumps({**ONE, "description": words}, ensure_ascii=False), encoding="utf-8")
    [row] = read_rows(path, DEFAULTS, GROUND).rows
    assert str(row.values["brief"]).startswith("Find out\u2028who rents")


def test_pay_and_countries_of_a_row(tmp_path: Path) -> None:
    """They are read as answers are; a fee without them is the company's, in two weeks, and open to all."""
    named = {**ONE, "fee": "$400", "payer": "A foundation", "pay_days": "30", "countries": "Spain, the UK"}
    first, second, third = from_json(
        tmp_path, [named, {**ONE, "title": "Two", "fee": "$400"}, {**ONE, "title": "Three", "payer": "Acme"}]
    ).rows
    columns = ("payer", "pay_days", "countries")
    assert [first.values[name] for name in columns] == ["A foundation", 30, ["ES", "GB"]]
    assert [second.values[name] for name in columns] == ["Acme", 14, []]
    assert [third.values[name] for name in columns] == ["", None, []]
    (refused,) = from_json(tmp_path, [{**ONE, "countries": "Atlantis"}]).refused
    assert "I do not know a country by the name" in as_text(refused.reason)

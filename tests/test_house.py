"""The rules of the house that no linter knows (CONTRIBUTING.md lists them)."""

import ast
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import JSON

from storage.tables import metadata
from storage.types import StructJSON
from tests.support.handmade_keys import handmade, timed
from tests.support.import_graph import circles, import_graph
from tests.support.lifecycle_rules import births, reads_owner, thrown_away, writes
from tests.support.module_state import caches, changed_state
from tests.support.parsed import nodes, parsed
from tests.support.plain_words import (
    archaic_words,
    archaic_words_of_names,
    archaic_words_of_paper,
    archaic_words_of_texts,
)
from tests.support.stored_keys import keyed_reads

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("adapters", "bot", "storage")
MOST_LINES_IN_A_MODULE = 400
MOST_LINES_IN_A_FUNCTION = 40

# Put together from pieces, so that this file does not name what it forbids.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("debian", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
    ]
]
MACHINE_ROOTS = (r"work\b", r"tmp\b", r"root\b", r"home/\w", r"opt/\w", r"Users/\w")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(MACHINE_ROOTS) + ")")
DRAWING = {"limits", "markdown", "modals", "render", "rich", "views"}
"""The modules of an adapter that draw, or say what fits."""
MEMORIES = {
    "bot/chat/events.py:parse_destination": "pure, and bounded: each step of a message reads where it goes",
    "bot/chat/language.py:_pieces": "pure, and bounded: the templates of the code",
    "bot/chat/languages.py:_read": "a catalogue that is shipped, which nothing changes",
    "bot/chat/money_words.py:in_money": "pure, and bounded: a list says the same few fees",
    "bot/programme/projects/scope_rules.py:_phrases": "pure, and bounded: the phrases of a few programmes",
    "bot/chat/forms.py:_fingerprint": "pure, and bounded: the same few questions are asked in every turn",
}
"""Functions of the core that may remember what they returned for which arguments, with the reason."""
NOT_STORED = "a project that is only drafted or shown; `begin` and `change` store what becomes of it"
PROJECT_VERSION = "of a version, which no lifecycle has: the project moves by its own"
TERMS_OFFER = "a question about terms and its answer, which no lifecycle has"
OUTSIDE_OF_THE_LIFECYCLE = {
    "bot/programme/applications/reports/later_answers.py: report.due_at": "a report has no lifecycle",
    "bot/programme/administration/settings.py: setattr(programme, name, value)": "a setting of the programme",
    "bot/programme/administration/setup/channels.py: Project": NOT_STORED,
    "bot/programme/applications/terms/lookup.py: each.state": TERMS_OFFER,
    "bot/programme/cohorts/members.py: metadata.tables['members']": "two turns may store the same member; "
    "the one that did begins it",
    "bot/programme/core/dates.py: setattr(row, column, value)": NOT_STORED,
    "bot/programme/importing/check.py: Project": NOT_STORED,
    "bot/programme/importing/write.py: insert(Project)": "a row of a file may be stored already",
    "bot/programme/importing/write.py: run.state": "of the import, which no lifecycle has",
    "bot/programme/importing/write.py: setattr(project, name, value)": NOT_STORED,
    "bot/programme/people/personal_data.py: update(column.table if isinstance(column, Column) else "
    "column.class_)": "two people were one: an id is rewritten wherever it is",
    "bot/programme/placements/kickoff.py: held.state": TERMS_OFFER,
    "bot/programme/placements/terms_answers.py: change.state": TERMS_OFFER,
    "bot/programme/placements/terms_changes.py: pending.state": TERMS_OFFER,
    "bot/programme/projects/change_approval.py: version.state": PROJECT_VERSION,
    "bot/programme/projects/change_approval.py: waiting.state": PROJECT_VERSION,
    "bot/programme/projects/from_answers.py: Project": NOT_STORED,
    "bot/programme/projects/from_answers.py: project.places": NOT_STORED,
    "bot/programme/projects/versions.py: setattr(copy, name, value)": NOT_STORED,
}
"""What looks like a birth, a move or a change of a noun outside of the lifecycle, with the reason."""
OWNER_IS_READ = {
    "bot/programme/applications/applicant_waits.py": "a query leaves out projects that have none",
    "bot/programme/core/history.py": "the change of an owner is written",
    "bot/programme/people/parts.py": "the rules of who acts for a project",
    "bot/programme/placements/own_list.py": "owners are loaded with their placements",
    "bot/programme/projects/person_rows.py": "the column is moved when accounts are joined",
}
"""Modules that read a project's owner, with the reason; all others ask by part (`people/parts.py`)."""
TEXTS = "a list of texts"
PLAIN_JSON = {
    "cohorts.days_off": TEXTS,
    "conversations.draft": "a Draft of bot.chat, which the store does not know; empty once erased",
    "identities.groups": TEXTS,
    "inbox.answer": "an answer: bot.runtime.stored_responses has its Struct",
    "notices.message": "a Message of bot.chat, which the store does not know",
    "outbox.message": "as above",
    "projects.countries": TEXTS,
    "projects.extra": "the columns of a person's own file",
    "projects.fixed": TEXTS,
    "projects.levels": "the level of a field by its name",
    "projects.skills": TEXTS,
    "submissions.files": "values of bot.chat.answers.files",
    "tasks.message": "a Message",
    "terms.fixed": TEXTS,
    "terms_offers.fixed": TEXTS,
    "timers.payload": "a Struct for each kind, beside its handler; TimerFired.read reads it",
}
"""Columns of JSON that the store gives as it is, with the reason; the others are Structs."""
KEYED = {"bot/programme/projects/places.py: Application.held['status']": "a path in SQL"}
"""What looks like a key of a JSON column, with the reason."""
OF_A_DRAFT = ("draft.answers", "load_draft(row.draft).answers")
"""The answers of a draft, by the names of questions: a mapping, and no column."""
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@pytest.fixture(scope="module", autouse=True)
def _let_go() -> Iterator[None]:
    """What was parsed is half a million objects, of no use to other tests."""
    yield
    parsed.cache_clear()
    nodes.cache_clear()


def modules() -> Iterator[Path]:
    """Every module of the packages; a migration is a dated record, not a module to read daily."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "versions" not in path.parts:
                yield path


def tracked() -> list[Path]:
    """Every file that git keeps."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, tuple[Version, str]]:
    """A lock's version and whole entry (with hashes, without comments) by package name."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found = {}
    for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
        requirement = Requirement(entry.split("\\\n")[0])
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        found[requirement.name] = (Version(specifier.version), entry)
    return found


def declared(*groups: str) -> list[Requirement]:
    """What pyproject.toml asks for: the project's own dependencies and those of these groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"]
    return [
        Requirement(text)
        for text in [*wanted, *(one for g in groups for one in project["dependency-groups"][g])]
    ]


def test_no_module_is_too_long() -> None:
    """A module has at most 400 lines, so that it can be read in one sitting."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {p: n for p, n in lengths.items() if n > MOST_LINES_IN_A_MODULE} == {}


def test_stage_and_turn_are_opened_in_one_place() -> None:
    """A file says by a mark how its stage or turn is opened; it defines no fixture of that name."""
    defined = [
        f"{path.relative_to(ROOT)} {node.name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in nodes(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name in {"stage", "turn"}
        and any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert defined == ["tests/support/opened.py stage", "tests/support/opened.py turn"]


def test_no_function_is_too_long() -> None:
    """A function, its docstring included, has at most 40 lines, so that it fits on a screen."""
    long = {}
    for path in modules():
        for node in nodes(parsed(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_LINES_IN_A_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_chat_has_no_word_about_internships() -> None:
    """bot.chat is a language for any bot; the programme's words stay in bot.programme."""
    words = re.compile(r"\b(intern(?!al|et)|employer|student|cohort|applicant|placement)", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "bot" / "chat").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]
    assert found == []


def test_numbers_of_clients_are_read_in_one_place() -> None:
    """What comes back from a client, or is typed as #12, is read by bot.chat.numbers, which knows what fits.

    `isdecimal` and its like take numbers of other scripts, and of any length.
    """
    words = re.compile(r"\.is(?:decimal|digit|numeric)\(")
    readers = ROOT / "bot" / "chat" / "answers"
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "bot").rglob("*.py")
        if readers not in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]
    assert found == []


KEYS: Final = ("bot/chat/codec.py", "bot/programme/core/keys.py", "bot/programme/core/subjects.py")
NO_ID: Final = {
    "bot/chat/answers/time_of_day.py": "a time of the day",
    "bot/chat/commands.py": "how an option is typed",
    "bot/chat/sentences.py": "the server of a role, which no person sees",
    "bot/clock.py": "a line of a file, for the log",
    "bot/programme/core/seals.py": "a position and a digest, for people to copy",
    "bot/programme/importing/datecolumns.py": "a date",
    "bot/programme/projects/list_filters.py": "how an option is typed",
    "bot/programme/projects/listing.py": "how an option is typed",
    "bot/programme/projects/search.py": "words of a project's search text, which is written again with it",
    "bot/runtime/pace.py": "the name of a message for the platform",
    "bot/runtime/runtime.py": "the id of an event, and the name of an answer for the platform",
    "bot/runtime/sending.py": "the name of a message for the platform",
}
"""Modules that put texts between colons or hyphens which are no id of ours, with what they are."""


def core_sources(*but: str) -> dict[str, str]:
    """The text of the core's modules by their paths, but for these."""
    return {
        name: path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in but
    }


def test_ids_are_taken_apart_in_one_place() -> None:
    """What is between colons, or the hyphens of a form's subject, is read by bot.chat.codec."""
    words = re.compile(r"(?:split|partition)\(\"[:-]\"")
    assert [name for name, text in core_sources("bot/chat/codec.py").items() if words.search(text)] == []


def test_ids_are_made_in_one_place() -> None:
    """Keys and subjects are made by the codecs of bot.programme.core, never put together by hand."""
    found = {name for name, text in core_sources(*KEYS).items() if [*handmade(text)]}
    assert found == NO_ID.keys()


def test_a_key_names_what_happened_and_not_when() -> None:
    """A key with the present instant never repeats, so that it keeps nothing from being sent twice."""
    assert {name: found for name, text in core_sources().items() if (found := [*timed(text)])} == {}


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("f'offer:{number}'", 1),
        ("f'{number}:{other}:no'", 1),
        ("f'rest-{number}'", 1),
        ("f'{key}:again'", 1),
        ("f'Open: {number}'", 0),
        ("f'{number}'", 0),
        ("keys.OFFER(number)", 0),
    ],
)
def test_an_id_made_by_hand_is_found(expression: str, count: int) -> None:
    """A text of small letters with values between colons or hyphens is an id; one with words is none."""
    assert len([*handmade(expression)]) == count


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("keys.OFFER(number, turn.now)", 1),
        ("keys.OFFER(number, int(turn.now.timestamp()))", 1),
        ("Post(to, words, f'offer {turn.now}')", 1),
        ("SetTimer(key=str(now), due_at=now)", 1),
        ("keys.OFFER(number, turn.source)", 0),
        ("SetTimer(keys.OFFER(number), turn.now)", 0),
    ],
)
def test_a_key_that_holds_the_instant_is_found(expression: str, count: int) -> None:
    """However the instant comes into it; when a timer is due is no part of its key."""
    assert len([*timed(expression)]) == count


def imported(path: Path) -> Iterator[str]:
    """Every module or name that a file imports, wherever in it, as "package.module.name"."""
    for node in nodes(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_no_modules_import_one_another() -> None:
    """Of two modules one is below the other, also for imports in functions, and for those of types alone."""
    graph = import_graph(ROOT, ("adapters", "benchmarks", "bot", "storage", "tests"))
    assert circles(graph) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from room import other", "from room.one import name"),
        ("import room.other", "def late():\n    from room import one"),
        ("from .other import name", "if TYPE_CHECKING:\n    from room.one import Name"),
    ],
)
def test_a_circle_of_imports_is_found(tmp_path: Path, one: str, other: str) -> None:
    """However a module is imported: whole or in part, by a relative name, late, or for its types."""
    (tmp_path / "room").mkdir()
    for name, source in (("__init__", ""), ("one", one), ("other", other), ("third", "import room.one")):
        (tmp_path / "room" / f"{name}.py").write_text(source)
    graph = import_graph(tmp_path, ["room"])
    assert [sorted(set(way)) for way in circles(graph)] == [["room.one", "room.other"]]
    del graph["room.other"]
    assert circles(graph) == []


def test_the_core_keeps_nothing_in_its_modules() -> None:
    """A turn has no effect outside its transaction: what is to be remembered is a row."""
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "bot").rglob("*.py")
    }
    assert {name: found for name, text in sources.items() if (found := changed_state(text))} == {}
    assert {f"{name}:{each}" for name, text in sources.items() for each in caches(text)} == set(MEMORIES)


@pytest.mark.parametrize(
    "body",
    [
        "kept[1] = 2",
        "del kept[1]",
        "kept.update(a=1)",
        "global kept\n    kept = {}",
        "kept.size = 1",
        "return [kept.pop() for _ in range(2)]",
        "next(kept)",
    ],
)
def test_memory_of_a_module_is_found(body: str) -> None:
    """Whatever changes a name of the module counts; the same done to the function's own name does not."""
    made, own = "kept: dict = make()", body.replace("global kept", "pass")
    assert changed_state(f"{made}\ndef turn():\n    {body}") != []
    assert changed_state(f"{made}\ndef turn(kept):\n    {own}") == []


def test_nouns_are_born_moved_and_changed_in_one_place() -> None:
    """Only the lifecycle stores a noun that has one, or writes its status, dates, places or owner."""
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in modules()}
    del sources["bot/programme/core/lifecycle.py"]
    found = {f"{name}: {each}" for name, text in sources.items() for each in (*writes(text), *births(text))}
    assert found == OUTSIDE_OF_THE_LIFECYCLE.keys()


def test_who_acts_for_a_project_is_asked_by_part() -> None:
    """No module compares a project's owner with a person by itself: its company's people have rights, too."""
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in modules()}
    found = {name for name, text in sources.items() if name.startswith("bot/") and reads_owner(text)}
    assert found == OWNER_IS_READ.keys()


@pytest.mark.parametrize(
    ("statement", "is_read"),
    [
        ("mine = project.owner_id == turn.person_id", True),
        ("query.where(Project.owner_id == person.id)", True),
        ("owner = getattr(project, 'owner_id')", True),
        ("change(turn, project, owner_id=person.id)", False),
        ("project.owner_id = None", False),
        ("values = {'owner_id': None}", False),
    ],
)
def test_a_read_owner_is_found(statement: str, is_read: bool) -> None:
    """A row's and a column's attribute is a read, by whatever way; what writes one is the lifecycle's."""
    assert reads_owner(statement) is is_read


def test_what_follows_is_not_thrown_away() -> None:
    """What a function of the programme returns as actions is used: it holds what higher rooms do as well."""
    sources = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"):
        path.read_text(encoding="utf-8")
        for path in (ROOT / "bot").rglob("*.py")
    }  # fmt: skip
    assert list(thrown_away(sources)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "row.status = 1",
        "row.name, row.due_at = 1, 2",
        "row.places += 1",
        "for row.owner_id in ids: pass",
        "setattr(row, 'offer_until', None)",
        "setattr(row, name, None)",
        "update(Project).where(mine).values(owner_id=1)",
        "update(Milestone).values({'due_at': 1})",
        "update(Member).values(**columns)",
        "update(column.class_).values(status=1)",
        "update(metadata.tables['applications'])",
    ],
)
def test_a_write_past_the_lifecycle_is_found(statement: str) -> None:
    """However a status, a date, the places or an owner is written; reading one is no write."""
    assert len(writes(statement)) == 1
    assert writes("row.title = old.status; self.state = 1; update(Letter).values(state=1)") == []
    assert writes("update(Project).where(Project.status == 'open').values(title='')") == []


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("row = Project(); session.add(row)", 1),
        ("session.execute(insert(Project), rows)", 1),
        ("row = Project(); other = 1; begin(turn, other)", 1),
        ("return begin(turn, Project())", 0),
        ("row = held or Project(); return begin(turn, row)", 0),
        ("row = Letter(); session.add(row)", 0),
    ],
)
def test_a_birth_past_the_lifecycle_is_found(body: str, count: int) -> None:
    """A noun is constructed as what `begin` is given, there or by the name that it is given."""
    imports = "from storage.tables import Letter, Project"
    assert len(births(f"{imports}\ndef turn():\n    {body}")) == count
    assert births(f"from adapters.terminal import Project\ndef turn():\n    {body}") == []


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("move()", 1),
        ("lifecycle.move()", 1),
        ("room.shown()", 1),
        ("turn.follow(TasksRead())", 1),
        ("moved = move()", 0),
        ("lifecycle.can_move()", 0),
        ("room.follow(turn)", 0),
    ],
)
def test_thrown_away_actions_are_found(statement: str, count: int) -> None:
    """A call as a statement throws away what it returns, by whatever way its name was imported."""
    sources = {
        "core.lifecycle": "def move() -> list[Action]: ...\ndef can_move() -> bool: ...",
        "room": "from core.lifecycle import move as shown\ndef follow(turn) -> None: ...",
        "caller": f"import ast\nfrom core import lifecycle\nfrom core.lifecycle import move\n"
        f"import room\n{statement}",
    }
    assert len(thrown_away(sources)) == count


def test_the_old_text_of_deliverables_is_read_nowhere() -> None:
    """It is written for the previous release's program alone, and goes with the release after this one."""
    read = [
        name
        for name, source in core_sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr == "deliverables_text"
        and isinstance(node.ctx, ast.Load)
    ]
    assert read == []


def test_files_of_the_machine_are_read_in_one_place() -> None:
    """A device has no end, so `bot/reading.py` alone reads a file whole; what ships in a package is known."""
    reads = re.compile(r"\.read_(text|bytes)\(|\.open\(\"rb?\"")
    data = (f"bot/programme/projects/{name}.py" for name in ("scope_rules", "templates"))
    answers = (f"bot/chat/answers/{name}.py" for name in ("cities", "zones"))
    shipped = (*answers, "bot/chat/languages.py", *data)
    ours = ("bot/reading.py", *shipped)
    found = [
        path
        for path in modules()
        if reads.search(path.read_text(encoding="utf-8")) and not str(path).endswith(ours)
    ]
    assert found == []


@pytest.mark.parametrize("platform", ["discord", "slack"])
def test_the_platforms_of_the_tests_know_no_limit_or_renderer_of_ours(platform: str) -> None:
    """What plays a platform judges what we send by its own reading: a mistake is not made twice alike."""
    folder = ROOT / "tests" / "support" / platform
    ours = re.compile(
        rf"adapters\.{platform}\.(?:{'|'.join(DRAWING)})\b|bot\.chat\.(?:limits|split|pieces)\b"
    )
    known = {path.stem for path in (ROOT / "adapters" / platform).glob("*.py")}
    assert known & DRAWING >= {"limits", "render"}
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in folder.rglob("*.py")
        for name in imported(path)
        if ours.match(name)
    ]
    assert found == []


def test_no_file_names_a_registry_or_a_machine() -> None:
    """What is committed works anywhere: no package index's host, no path of one machine."""
    found = []
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if any(host in line for host in REGISTRY_HOSTS) or MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize("lock", ["audit", "runtime", "test"])
def test_every_pin_has_hashes_and_no_source(lock: str) -> None:
    """A lock names each package once, with hashes, and leaves where it comes from to pip."""
    for name, (_, entry) in pins(lock).items():
        first, *rest = entry.split("\\\n")
        assert rest, f"{name} has no hash"
        assert all(HASH.fullmatch(line.strip()) for line in rest), first
        assert "--" not in first, first
        assert "://" not in entry, first


def test_locks_hold_what_the_project_declares() -> None:
    """After a change of pyproject.toml's dependencies, someone ran `make lock`."""
    for lock, groups in [("runtime", ["build"]), ("test", ["build", "test"])]:
        pinned = pins(lock)
        for requirement in declared(*groups):
            assert requirement.name in pinned, f"{lock}: run make lock"
            assert pinned[requirement.name][0] in requirement.specifier, requirement


def test_tests_run_on_the_runtime_pins() -> None:
    """The test lock holds every runtime pin unchanged: what is tested is what is run."""
    tested = pins("test")
    for name, (version, _) in pins("runtime").items():
        assert tested[name][0] == version


def test_sockets_stay_on_this_machine() -> None:
    """A test that reaches for another host fails at once (192.0.2.0/24: RFC 5737, which has no host)."""
    refused = (SocketConnectBlockedError, UserWarning)  # it warns first, and warnings are errors
    with socket.socket() as one, pytest.raises(refused, match=r"192\.0\.2\.1"):
        one.connect(("192.0.2.1", 9))


@pytest.mark.parametrize("floor", ["adapters", "bot", "storage", "benchmarks", "scripts", "tests"])
def test_docstrings_and_comments_are_plain_english(floor: str) -> None:
    """They name their subject and do without archaic words; what is quoted is a name or a text."""
    found = {
        str(path.relative_to(ROOT)): words
        for path in sorted((ROOT / floor).rglob("*.py"))
        if (words := list(archaic_words(path)))
    }
    assert found == {}


@pytest.mark.parametrize("floor", ["adapters", "bot", "storage", "benchmarks", "scripts", "tests"])
def test_names_are_plain_english(floor: str) -> None:
    """Functions, classes and modules are named in the words that docstrings may use, those of tests too."""
    found = {
        str(path.relative_to(ROOT)): names
        for path in sorted((ROOT / floor).rglob("*.py"))
        if (names := list(archaic_words_of_names(path)))
    }
    assert found == {}


@pytest.mark.parametrize("floor", ["adapters", "bot", "storage", "benchmarks", "scripts"])
def test_texts_are_plain_english(floor: str) -> None:
    """What people read, from the reasons of a scope to what a command takes, does without archaic words."""
    found = {
        str(path.relative_to(ROOT)): words
        for path in sorted((ROOT / floor).rglob("*.py"))
        if (words := list(archaic_words_of_texts(path)))
    }
    assert found == {}


def test_papers_are_plain_english() -> None:
    """The first pages, the guides and the decisions do without archaic words."""
    papers = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    generated = {"commands.md"}
    found = {
        path.name: words
        for path in papers
        if path.name not in generated and (words := list(archaic_words_of_paper(path)))
    }
    assert found == {}


def test_an_archaic_word_is_found(tmp_path: Path) -> None:
    """In a docstring and in a comment, and not where it is quoted."""
    module = tmp_path / "module.py"
    module.write_text('"""Whoever comes."""\n\nX = 1  # told `told` and "told"\n', encoding="utf-8")
    assert list(archaic_words(module)) == [(1, "Whoever"), (3, "told")]
    module.write_text(
        'X = ["whoever", "for whoever comes"]\nf(earlier=["for whoever comes"])\n', encoding="utf-8"
    )
    assert list(archaic_words_of_texts(module)) == [(1, "whoever")]


@pytest.mark.parametrize("floor", ["bot", "storage"])
def test_no_two_public_classes_have_one_name(floor: str) -> None:
    """A class that other modules may use has one meaning; adapters have the same, each for its platform."""
    found: dict[str, list[str]] = {}
    for path in modules():
        tree = parsed(path.read_text(encoding="utf-8"))
        name = path.relative_to(ROOT).as_posix()
        shown = {
            each.value
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            for each in ast.walk(node.value)
            if isinstance(each, ast.Constant)
        }
        for node in tree.body if name.startswith(floor) else ():
            if isinstance(node, ast.ClassDef) and node.name in shown:
                found.setdefault(node.name, []).append(name)
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_an_archaic_name_is_found(tmp_path: Path) -> None:
    """Of a module, a function and a class, by whole words: a stand-in and an understanding are none."""
    module = tmp_path / "whom_to_ask.py"
    module.write_text(
        "def nobody_reads():\n    class ToldTwice: ...\n\ndef stand_in(): ...\ndef understands(): ...\n",
        encoding="utf-8",
    )
    found = sorted(archaic_words_of_names(module))
    assert found == [(0, "whom_to_ask"), (1, "nobody_reads"), (2, "ToldTwice")]


def test_json_columns_are_structs() -> None:
    """The store reads and writes a column of JSON as Structs, or there is a reason why it does not."""
    columns = {
        f"{table.name}.{column.name}": column.type for table in metadata.sorted_tables for column in table.c
    }
    assert {name for name, kind in columns.items() if isinstance(kind, JSON)} == set(PLAIN_JSON)


def test_no_key_of_a_json_column_is_looked_up() -> None:
    """The keys of stored JSON are written once, as the fields of a Struct; no handler knows them as texts."""
    columns = {
        column.name
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, JSON | StructJSON)
    }
    found = {
        f"{path.relative_to(ROOT)}: {read}"
        for path in modules()
        for read in keyed_reads(path.read_text(encoding="utf-8"), columns)
        if not read.startswith(OF_A_DRAFT)
    }
    assert found == set(KEYED)


@pytest.mark.parametrize(
    "source",
    [
        "event.payload['step']",
        "event.payload.get('step')",
        "(row.held or {}).get('status')",
        "known = dict(event.payload)\nknown.pop('nominal')",
        "[each['label'] for each in row.answers]",
        "row.held['left'] = True",
    ],
)
def test_a_looked_up_key_is_found(source: str) -> None:
    """At the column itself, at a variable that is given it, and at what runs through it."""
    assert len(keyed_reads(source, {"payload", "held", "answers"})) == 1
    assert keyed_reads(source, {"message"}) == []

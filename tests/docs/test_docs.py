"""The papers say what is: files, commands, settings and links that they name are there."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from adapters.cli.commands import app
from adapters.cli.reference import reference
from adapters.config import Settings
from bot.chat.commands import CommandSpec, MisreadCommand, parse_command
from bot.programme import ROUTES

ROOT = Path(__file__).resolve().parents[2]
TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PAPERS = [ROOT / name for name in TOP] + sorted((ROOT / "docs").rglob("*.md"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
SUFFIXES = (".py", ".md", ".toml", ".txt", ".json", ".svg", ".tcss", ".db")
MADE_WHEN_RUN = {
    "config.toml",
    "manifest.json",
    "sbom.json",
    "stint.db",
    "world.jsonl",
}  # by the operator, not by us


def each_paper() -> pytest.MarkDecorator:
    """Run a test once for every paper."""
    return pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))


def spans(paper: Path) -> list[str]:
    """Return what is between backticks in running text."""
    return SPAN.findall(FENCE.sub("", paper.read_text(encoding="utf-8")))


def shell_lines(paper: Path) -> Iterator[str]:
    """Command lines: indented blocks, fenced blocks marked sh, and spans."""
    text = paper.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        if block.startswith(("```sh", "```console")):
            yield from (line.removeprefix("$ ").strip() for line in block.splitlines()[1:-1])
    plain = FENCE.sub("", text)
    yield from (line.strip() for line in plain.splitlines() if line.startswith("    "))
    yield from SPAN.findall(plain)


def as_typed(line: str) -> list[str]:
    """The words of a command line, without the comment after it."""
    return shlex.split(line.partition("  #")[0].replace("…", "").replace("'", "’"))


def test_the_command_reference_is_fresh() -> None:
    """docs/commands.md is what `stint commands` prints now; `make docs` writes it."""
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == reference(ROUTES.specs), "run make docs"


@each_paper()
def test_relative_links_resolve(paper: Path) -> None:
    """Every link to a file leads to one, and every link to a heading to a heading of it."""
    broken = []
    for found in LINK.finditer(FENCE.sub("", paper.read_text(encoding="utf-8"))):
        link = found[1] or found[2]
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (paper.parent / name).resolve() if name else paper
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(paper: Path) -> set[str]:
    """What the headings of a paper are linked by."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", paper.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@each_paper()
def test_files_that_are_named_are_there(paper: Path) -> None:
    """A path between backticks names a file or folder of ours; a bare name, one somewhere in it."""
    names = {path.name for path in kept_files()} | MADE_WHEN_RUN
    missing = []
    for span in spans(paper):
        if not re.fullmatch(r"[\w.\-*/]+", span) or span.startswith(("/", "-")):
            continue
        top = span.split("/")[0]
        if "/" in span and (ROOT / top).exists():
            found = any(ROOT.glob(span.rstrip("/")))
        elif span.endswith(SUFFIXES) and "*" not in span and "/" not in span:
            found = span in names
        else:
            continue
        if not found:
            missing.append(span)
    assert missing == []


def kept_files() -> list[Path]:
    """Every file that git keeps or could keep."""
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(asked, cwd=ROOT, text=True)
    return [ROOT / name for name in listed.split("\0") if name]


@each_paper()
def test_chat_commands_that_are_named_exist(paper: Path) -> None:
    """A span that begins with a slash is a command, with options that it has."""
    wrong = []
    for span in spans(paper):
        if re.match(r"/[a-z]", span):
            try:
                parse_command(ROUTES.specs, one_of(span))
            except MisreadCommand as problem:
                if not begins_a_command(span) and "also needs" not in str(problem):
                    wrong.append(f"{span}: {problem}")
    assert wrong == []


def one_of(span: str) -> str:
    """A usage as one could type it: `paid:yes/no` becomes `paid:yes`, brackets and dots go."""
    typed = re.sub(r"[\[\]<>]", "", span).replace(":…", ":x").replace("…", "")
    return re.sub(r":([\w-]+)/[\w/-]+", r":\1", typed)


def begins_a_command(span: str) -> bool:
    """Whether it is the first words of commands, such as `/cohort`."""
    words = span.removeprefix("/").split()
    return any(list(spec.path[: len(words)]) == words for spec in ROUTES.specs)


def test_examples_of_commands_can_be_typed() -> None:
    """The example of every command is read as that command."""
    for spec in ROUTES.specs:
        if spec.example:
            found, _ = parse_command(ROUTES.specs, spec.example)
            assert found.path == spec.path
    assert all(isinstance(spec, CommandSpec) for spec in ROUTES.specs)


@each_paper()
def test_shell_commands_that_are_named_exist(paper: Path) -> None:
    """`make TARGET` has its target; `stint COMMAND --option` has its command and options."""
    tool = get_command(app)
    assert isinstance(tool, TyperGroup)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong = []
    for line in shell_lines(paper):
        words = as_typed(line) if re.match(r"(make|stint|\.venv/bin/stint)( |$)", line) else []
        if words[:1] == ["make"]:
            asked = [word for word in words[1:] if re.fullmatch(r"[a-z-]+", word)]
            wrong += [line for word in asked if word not in targets]
        elif len(words) > 1 and not knows(tool, words[1:]):
            wrong.append(line)
    assert wrong == []


def knows(tool: TyperGroup, words: list[str]) -> bool:
    """Whether the tool has this command with these options."""
    if words[0].startswith("--"):
        return words[0] in {name for parameter in tool.params for name in parameter.opts} | {"--help"}
    command = tool.commands.get(words[0])
    if isinstance(command, TyperGroup):
        return words[1:] == [] or knows(command, words[1:])
    if command is None:
        return False
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    return all(word.split("=")[0] in options for word in words[1:] if word.startswith("--"))


@each_paper()
def test_settings_that_are_named_exist(paper: Path) -> None:
    """A variable STINT_… is a setting, and so is every name in a block of TOML."""
    text = paper.read_text(encoding="utf-8")
    known = {"STINT_" + "__".join(path).upper() for path in setting_paths(Settings().model_dump())}
    named = {name for name in re.findall(r"\bSTINT_\w+", text) if not name.endswith("_")}
    assert named <= known
    for block in re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        known_paths = set(setting_paths(Settings().model_dump()))
        # An empty table takes any name: what commands are called in Slack.
        given = setting_paths(tomllib.loads(block))
        assert [path for path in given if not {path, path[:-1]} & known_paths] == []


def setting_paths(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every setting by its tables and its name."""
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from setting_paths(value, (*above, name))
        else:
            yield (*above, name)


def test_decisions_are_numbered_once_and_listed() -> None:
    """Numbers run from 1 without a gap, the heading repeats it, and the index has each with its title."""
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d+): (.+)\]\((.+)\)$", index, re.MULTILINE)
    found = []
    for number, path in enumerate(DECISIONS, start=1):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        title = head.removeprefix(f"# {number}. ")
        assert title != head, path.name
        found.append((f"{number:04}", title, path.name))
        parts = [line for line in lines if line.startswith("## ")]
        assert parts == ["## Context", "## Decision", "## Consequences"], path.name
    assert listed == found


@each_paper()
def test_papers_speak_plainly(paper: Path) -> None:
    """No em dash, no line that is hard to read in a terminal outside tables, quotes and links."""
    outside = FENCE.sub("", paper.read_text(encoding="utf-8"))
    assert "—" not in outside
    if paper.name in {"commands.md", "performance.md"}:  # generated, a line for each thing
        return
    long = [line for line in outside.splitlines() if len(line) > 115 and not line.startswith(("|", "#"))]
    assert [line for line in long if "](" not in line] == []


def test_the_readme_lists_every_paper() -> None:
    """A person who begins at the README finds all the others from there, or from the index of decisions."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = {link for pair in LINK.findall(text) for link in pair}
    for paper in PAPERS:
        if paper.parent.name != "decisions" and paper.name != "README.md":
            assert str(paper.relative_to(ROOT)) in linked


def test_the_readme_shows_the_picture_once_it_is_there() -> None:
    """The picture of the playground is in the README exactly if it is in docs/."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert ("docs/playground.svg" in text) == (ROOT / "docs" / "playground.svg").exists()


def first_paragraph(text: str) -> str:
    """What a paper says before its first empty line after the heading."""
    lines = text.splitlines()[2:]
    return " ".join(takewhile(bool, lines))


def test_every_paper_begins_with_what_it_is() -> None:
    """After its heading a paper says in a sentence what it is."""
    for paper in PAPERS:
        if paper not in DECISIONS:
            text = paper.read_text(encoding="utf-8")
            assert text.startswith("# "), paper.name
            assert first_paragraph(text), paper.name

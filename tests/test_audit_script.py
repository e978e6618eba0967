"""`make audit`: the list of what Stint runs with, and what is said of the vulnerability database."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from scripts import audit

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill of materials of the lock."""
    made: dict[str, Any] = audit.sbom((ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8"))
    return made


def test_every_pin_of_the_lock_is_a_component(bill: dict[str, Any]) -> None:
    """With its name, version, package URL, and the licence and description that it gives itself."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    pins = [line.split()[0].split(";")[0] for line in lock.splitlines() if line[:1].isalnum()]
    assert {f"{each['name']}=={each['version']}" for each in bill["components"]} == set(pins)
    assert len(bill["components"]) == len(pins)
    assert all(each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}" for each in bill["components"])
    licensed = [each for each in bill["components"] if "licenses" in each]
    assert len(licensed) > 0.9 * len(pins)
    aiohttp = next(each for each in bill["components"] if each["name"] == "aiohttp")
    assert aiohttp["licenses"] == [{"expression": "Apache-2.0 AND MIT"}]
    assert aiohttp["description"]


def test_each_reference_leads_to_a_component(bill: dict[str, Any]) -> None:
    """The graph names the project and every package, and nothing that is not there."""
    references = {each["bom-ref"] for each in bill["components"]} | {"stint-bot"}
    graph = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert graph.keys() == references
    assert {each for needed in graph.values() for each in needed} <= references
    assert any(each.startswith("pkg:pypi/sqlalchemy@") for each in graph["stint-bot"])
    reached, left = {"stint-bot"}, ["stint-bot"]
    while left:
        new = set(graph[left.pop()]) - reached
        reached |= new
        left += new
    lost = references - reached
    assert {each.partition("@")[0].removeprefix("pkg:pypi/") for each in lost} <= ONLY_ELSEWHERE


ONLY_ELSEWHERE = {"audioop-lts", "backports-zstd", "colorama", "pywin32", "setuptools"}
"""Pins that another machine or Python needs, or the installation itself: no package here names them."""


def test_the_same_lock_gives_the_same_list(bill: dict[str, Any]) -> None:
    """Byte for byte, with a serial number of its own; another lock has another."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    assert audit.sbom(lock) == bill
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert uuid.UUID(bill["serialNumber"].removeprefix("urn:uuid:")).version == 5
    assert audit.sbom(lock + "\n")["serialNumber"] != bill["serialNumber"]


def test_it_is_written_where_nothing_can_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network the list is there, and it is said that the database was not asked."""
    monkeypatch.setattr(audit, "BIN", tmp_path / "no-such-folder")
    assert audit.main([str(tmp_path / "sbom.json")]) == 0
    assert json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))["bomFormat"] == "CycloneDX"
    assert (
        "The vulnerability database was NOT asked: pip-audit could not be installed."
        in capsys.readouterr().out
    )


def answer(*packages: dict[str, Any]) -> str:
    """What pip-audit writes."""
    return json.dumps({"dependencies": packages, "fixes": []})


SKIPPED = {"name": "regex", "skip_reason": "not found"}
GOOD = {"name": "rich", "version": "15.0.0", "vulns": []}
BAD = {"name": "idna", "version": "3.1", "vulns": [{"id": "CVE-1", "fix_versions": ["3.7"], "aliases": []}]}


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("", 0, "was NOT asked"),
        (answer(SKIPPED, SKIPPED), 0, "was NOT asked"),
        (answer(GOOD, SKIPPED), 0, "The database says nothing of regex."),
        (answer(GOOD), 0, "The database knows 1 of 1 packages; vulnerabilities: 0."),
        (answer(GOOD, BAD), 1, "idna 3.1: CVE-1, mended in 3.7"),
    ],
)
def test_what_the_database_says_is_reported(
    capsys: pytest.CaptureFixture[str], said: str, code: int, words: str
) -> None:
    """A known hole fails the command; an answer about no package is none."""
    assert audit.report(said) == code
    assert words in capsys.readouterr().out

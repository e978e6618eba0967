"""Write what Stint runs with as an SBOM, and ask the vulnerability database about it; `make audit` runs this.

usage: PYTHON scripts/audit.py [FILE]

FILE (sbom.json) is CycloneDX, of the pins in `requirements/runtime.txt` and of what the installed packages
say of themselves; it needs no network, and is the same for the same lock. The database is asked by pip-audit,
which is installed from `requirements/audit.txt` into a folder that is thrown away. Where it cannot be
installed, or the database cannot be reached, that is said, and the exit code is 0: nothing is known then,
neither good nor bad. It is 1 where a vulnerability is known.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "requirements" / "runtime.txt"
TOOL = ROOT / "requirements" / "audit.txt"
BIN = Path(sys.executable).parent
SPACE = uuid.UUID("6f1cdd36-9d0c-4b55-9d5f-5f0f3c9a3f6e")
"""The name space of the SBOM's serial number, which is made of the lock's digest."""

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", re.MULTILINE)
SECONDS = 300
_WHOLE_TEXT = 60
"""Characters from which a licence is a text and no name."""


def main(arguments: list[str]) -> int:
    """Write the SBOM to the file that is named, and report what the database says."""
    target = Path(arguments[0]) if arguments else ROOT / "sbom.json"
    lock = RUNTIME.read_text(encoding="utf-8")
    made = sbom(lock)
    target.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target.name} lists {len(made['components'])} packages.")
    return ask_database()


def sbom(lock: str) -> dict[str, Any]:
    """Return the bill of materials of a lock, in CycloneDX 1.6 (cyclonedx.org/docs/1.6/json)."""
    pins = {str(canonicalize_name(name)): pinned for name, pinned in PIN.findall(lock)}
    digest = hashlib.sha256(lock.encode()).hexdigest()
    own = {
        "type": "application",
        "bom-ref": "stint-bot",
        "name": "stint-bot",
        "version": version("stint-bot"),
    }
    direct = [purl(name, pins[name]) for name in needs("stint-bot", pins)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, digest)}",
        "version": 1,
        "metadata": {"component": own, "properties": [{"name": "stint:lock:sha256", "value": digest}]},
        "components": [component(name, pinned) for name, pinned in sorted(pins.items())],
        "dependencies": [
            {"ref": "stint-bot", "dependsOn": direct},
            *(
                {
                    "ref": purl(name, pinned),
                    "dependsOn": [purl(each, pins[each]) for each in needs(name, pins)],
                }
                for name, pinned in sorted(pins.items())
            ),
        ],
    }


def purl(name: str, pinned: str) -> str:
    """Return the package URL of a pin."""
    return f"pkg:pypi/{name}@{pinned}"


def component(name: str, pinned: str) -> dict[str, Any]:
    """Return a package of the lock, with what it says of itself where it is installed."""
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl(name, pinned),
        "name": name,
        "version": pinned,
        "purl": purl(name, pinned),
    }
    said = about(name)
    if said.get("summary"):
        found["description"] = said["summary"]
    return found | licences(said)


def licences(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a package's licence: its expression, else the names by which it calls it."""
    if said.get("license_expression"):
        return {"licenses": [{"expression": said["license_expression"]}]}
    classifiers = [each for each in said.get("classifier", ()) if each.startswith("License :: ")]
    names = [each.rpartition(" :: ")[2] for each in classifiers]
    own = str(said.get("license", ""))
    names = names or ([own] if own and len(own) < _WHOLE_TEXT else [])
    return {"licenses": [{"license": {"name": name}} for name in names]} if names else {}


def about(name: str) -> Mapping[str, Any]:
    """Return what an installed package says of itself; nothing where it is for other machines."""
    try:
        return distribution(name).metadata.json
    except PackageNotFoundError:
        return {}


def needs(name: str, pins: Mapping[str, str]) -> list[str]:
    """Return what an installed package needs on this machine, of what is pinned."""
    try:
        listed = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    found = set()
    for each in map(Requirement, listed):
        # Of extras all count: what is pinned is there for a reason.
        wanted = each.marker is None or "extra" in str(each.marker) or each.marker.evaluate()
        if wanted:
            found.add(str(canonicalize_name(each.name)))
    return sorted(found & pins.keys())


def ask_database() -> int:
    """Ask about every pin; return 1 where a vulnerability is known."""
    with TemporaryDirectory(prefix="stint-audit-") as folder:
        environment, answer = Path(folder) / "environment", Path(folder) / "answer.json"
        uv = str(BIN / "uv")
        installed = run(uv, "venv", "--quiet", str(environment)) and run(
            *(uv, "pip", "sync", "--quiet", "--require-hashes", str(TOOL)),
            *("--python", str(environment / "bin" / "python")),
        )
        if not installed:
            print("The vulnerability database was NOT asked: pip-audit could not be installed.")
            return 0
        run(
            *(str(environment / "bin" / "pip-audit"), "--requirement", str(RUNTIME), "--require-hashes"),
            *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "20"),
            *("--format", "json", "--output", str(answer)),
        )
        return report(answer.read_text(encoding="utf-8") if answer.exists() else "")


def run(*command: str) -> bool:
    """Run a program; return whether it went well. What it complains of is not shown."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def report(answer: str) -> int:
    """Say what pip-audit's answer says; return 1 where a vulnerability is known. "" is no answer."""
    packages = json.loads(answer)["dependencies"] if answer else []
    asked = [each for each in packages if "skip_reason" not in each]
    if not asked:
        print("The vulnerability database was NOT asked: it cannot be reached from here.")
        return 0
    known = [(each, problem) for each in asked for problem in each["vulns"]]
    for each, problem in known:
        fixed = ", ".join(problem["fix_versions"]) or "no version yet"
        print(f"{each['name']} {each['version']}: {problem['id']}, mended in {fixed}")
    if skipped := sorted(each["name"] for each in packages if "skip_reason" in each):
        print(f"The database says nothing of {', '.join(skipped)}.")
    print(f"The database knows {len(asked)} of {len(packages)} packages; vulnerabilities: {len(known)}.")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

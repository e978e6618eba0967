"""What the tests of `stint` share."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import app
from tests.support.commands import Done, Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `stint` in the test's folder (or another one) within this process: quicker than one of its own."""

    def run(*arguments: str, cwd: Path = tmp_path, **environment: str) -> Done:
        monkeypatch.chdir(cwd)
        environment = {"COLUMNS": "100", **environment}
        result = CliRunner(env=environment).invoke(app, arguments, catch_exceptions=False)
        return Done(result.exit_code, result.stdout, result.stderr)

    return run

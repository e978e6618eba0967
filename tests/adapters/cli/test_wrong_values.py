"""A setting with a value that it cannot have is explained in plain words, whatever is wrong with it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import pytest
from pydantic import BaseModel, SecretStr

from adapters.cli.configuration import load_settings
from adapters.config import ConfigError, Settings

PYDANTIC = re.compile(
    r"[Ii]nput|should be|valid (string|integer|boolean|number|dictionary|tuple|path)|instance of|parse|"
    r"pydantic|field|String|Value error|at least \d+ item|greater than|less than|pattern|errors\.",
)
"""Words of the library that checks values; no person at a shell should have to read them."""

VALUES = {
    "3": 3,
    "-1": -1,
    "99999999999999999999": 99999999999999999999,
    "2.5": 2.5,
    "inf": float("inf"),
    "true": True,
    '"\\u0007 no such value"': "\a no such value",
    '""': "",
    "[]": [],
    '[""]': [""],
    "[1, 2]": [1, 2],
    "{}": {},
    "{ a = 1 }": {"a": 1},
    '{ apply = "Not A Name" }': {"apply": "Not A Name"},
    "2026-11-28": "a date",
    "12:30:00": "a time",
}
"""A value of every kind that TOML has, and what a variable says instead."""


def settings_of(model: type[BaseModel], *tables: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every setting and table by its path, with its annotation; secrets are not for a file."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if kind is SecretStr:
            continue
        yield (*tables, name), kind
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from settings_of(kind, *tables, name)


EVERY = dict(settings_of(Settings))


@pytest.mark.parametrize("path", EVERY, ids=".".join)
def test_every_setting_says_in_plain_words_what_it_takes(tmp_path: Path, path: tuple[str, ...]) -> None:
    """Some kind of value is refused: by file, line, setting, what was found and what it takes."""
    file = tmp_path / "config.toml"
    refusals = []
    for value in VALUES:
        table = f"[{path[0]}]\n" if path[1:] else "\n"
        file.write_text(f"{table}{path[-1]} = {value}\n", encoding="utf-8")
        try:
            load_settings(file)
        except ConfigError as error:
            refusals += str(error).splitlines()
    assert refusals
    assert [said for said in refusals if PYDANTIC.search(said.removeprefix(str(file)))] == []
    within = [said for said in refusals if said.startswith(f"{file}, line ")]
    assert within == refusals
    assert all(".".join(path[:1]) in said and said.endswith((".", ".]")) for said in refusals)
    takes = [said for said in refusals if "it takes" in said or ";" in said]
    assert takes


@pytest.mark.parametrize("path", EVERY, ids=".".join)
def test_every_variable_says_in_plain_words_what_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
) -> None:
    """The same of the environment: what is refused is refused by the variable's name."""
    monkeypatch.chdir(tmp_path)
    variable = "STINT_" + "__".join(path).upper()
    composed = get_origin(EVERY[path]) is not None or not isinstance(EVERY[path], type)
    refusals = []
    for value in [*map(json.dumps, VALUES.values()), "no JSON", "[", '{"sockets": "many", "port": []}']:
        monkeypatch.setenv(variable, value)
        try:
            load_settings()
        except ConfigError as error:
            refusals += str(error).splitlines()
    assert [said for said in refusals if PYDANTIC.search(said)] == []
    assert [said for said in refusals if not said.startswith((variable, "database_url"))] == []
    assert refusals or not composed


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "[web]\nport = 'many'\n",
            'line 2: web.port is "many", and it takes a whole number from 0 to 65535,',
        ),
        ("[web]\nport = 70000\n", "line 2: web.port is 70000, and it takes a whole number from 0 to 65535,"),
        ("[slack]\nsockets = 2.5\n", "slack.sockets is 2.5, and it takes a whole number from 2 to 10,"),
        ("[slack]\nshort_commands = 'often'\n", 'is "often", and it takes true or false, without quotes.'),
        ("[slack]\nprefix = 'Uni '\n", 'slack.prefix is "Uni ", and it takes at most 20 small letters'),
        ("[slack]\nmode = 'pigeon'\n", 'slack.mode is "pigeon", and it takes "socket" or "http".'),
        ("[slack]\nnames = 3\n", 'is 3, and it takes names in braces, such as { apply = "apply-here" }.'),
        ("[slack]\nnames = { apply = 3 }\n", "line 2: slack.names.apply is 3, and it takes text in quotes."),
        ("[files]\nkinds = []\n", "files.kinds is an empty list, and it takes a list with at least one text"),
        ("[files]\nkinds = ['pdf', 3]\n", "line 2: files.kinds, entry 2, is 3, and it takes text in quotes."),
        ("[files]\nkinds = ['exe']\n", "files.kinds is a list; 'exe' is no kind of file that can be taken"),
        ("slack = 'on'\n", 'line 1: slack is "on", and it takes settings of its own: write its name in'),
        ("slack = { sockets = 1 }\n", "line 1: slack.sockets is 1, and it takes a whole number from 2 to 10"),
        ("database_url = 'x://me:secret@host/y'\n", 'is "x://…@host/y"; write sqlite:///FILE or postgresql'),
        ("database_url = 2026-11-28\n", "database_url is the date or time 2026-11-28, and it takes text"),
    ],
)
def test_the_sentence_of_each_kind_of_mistake(tmp_path: Path, written: str, said: str) -> None:
    """What was found and what is taken are in one sentence; a password in an address is not."""
    file = tmp_path / "config.toml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert said in str(refused.value)
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("STINT_WEB__PORT", "many", 'STINT_WEB__PORT in the environment: web.port is "many", and it takes a'),
        (
            "STINT_SLACK",
            '{"sockets": 1}',
            "STINT_SLACK in the environment: slack.sockets is 1, and it takes a",
        ),
        ("STINT_SLACK", "on", "STINT_SLACK in the environment is not JSON. It takes JSON in braces;"),
        (
            "STINT_FILES__KINDS",
            "pdf",
            'is not JSON. It takes a list with at least one text in quotes, such as ["',
        ),
        ("STINT_SLACK__NAMES", "a", 'It takes names in braces, such as {"apply": "apply-here"}.'),
        ("STINT_DISCORD", '{"token": 3}', "STINT_DISCORD in the environment: discord.token cannot be used,"),
    ],
)
def test_a_variable_is_named_where_the_file_has_the_setting_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    """The environment wins, so what is wrong in it is said of the variable and not of the file's line."""
    file = tmp_path / "config.toml"
    file.write_text("[web]\nport = 8080\n[slack]\nsockets = 2\n[files]\nkinds = ['pdf']\n", encoding="utf-8")
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert said in str(refused.value)

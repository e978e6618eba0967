import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from adapters.cli.configuration import load_settings, secret_files, unknown_variables
from adapters.config import ConfigError, Settings

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


def _names(model: type[BaseModel]) -> dict[str, object]:
    """Every setting of a model that a file may hold, tables as dictionaries."""
    names: dict[str, object] = {}
    for name, info in model.model_fields.items():
        kind = info.annotation
        if kind is SecretStr:
            continue
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        names[name] = _names(kind) if nested else None  # type: ignore[arg-type] # a model, as asked above
    return names


def _shape(table: dict[str, object]) -> dict[str, object]:
    return {k: _shape(v) if isinstance(v, dict) and v else None for k, v in table.items()}


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """config.example.toml loads, names each setting once, and says what holds without it."""
    assert _shape(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))) == _names(Settings)
    monkeypatch.chdir(EXAMPLE.parent)
    assert load_settings(Path(EXAMPLE.name)).model_dump() == Settings().model_dump()


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plain and nested settings can be given by environment."""
    file = tmp_path / "config.toml"
    file.write_text('log_level = "error"\n[terminal]\nfolder = "there"\n', encoding="utf-8")
    monkeypatch.setenv("STINT_LOG_LEVEL", "debug")
    monkeypatch.setenv("STINT_TERMINAL__FOLDER", "here")
    settings = load_settings(file)
    assert settings.log_level == "debug"
    assert settings.terminal.folder == Path("here")


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        (
            'log_level = "info"\ncolour = "red"\n',
            "line 2",
            "config.example.toml lists every one; remove this",
        ),
        (
            'log_level = "info"\nlog_levle = "debug"\n',
            "line 2",
            "no setting log_levle. Did you mean log_level?",
        ),
        ('[slack]\nbot_tokne_file = "x"\n', "line 2", "Did you mean bot_token_file under [slack]?"),
        ("port = 8080\n", "line 1", "Did you mean port under [web]?"),
        ('\n[slcak]\nmode = "http"\n', "line 2", "Did you mean slack?"),
        ("[web]\nprot = 8080\n", "line 2", "Did you mean port under [web]?"),
        ('\n\nlog_level = "loud"\n', "line 3", '"debug", "info", "warning" or "error"'),
        ("[terminal]\nfolder = 3\n", "line 2", "the name of a folder"),
        ('database_url = "mysql://x"\n', "line 1", "sqlite:///FILE or postgresql://"),
        ("this is no toml", "line 1", "not TOML"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_and_the_fix(
    tmp_path: Path, text: str, line: str, fix: str
) -> None:
    """The message names the line and what to write instead."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert line in str(refused.value)
    assert fix in str(refused.value)


def test_a_bad_variable_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the environment says wrong is named as the environment names it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STINT_LOG_FORMAT", "xml")
    with pytest.raises(ConfigError, match="STINT_LOG_FORMAT in the environment"):
        load_settings()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A file that was asked for and is not there is no reason to go on silently."""
    with pytest.raises(ConfigError, match=r"config\.example\.toml"):
        load_settings(tmp_path / "none.toml")


TOKEN = "xoxb-" + "1234567890-abcdefghij"


def test_secrets_come_from_files_and_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A `…_file` is read, keys come newest first, and no secret shows in what is printed."""
    (tmp_path / "bot").write_text(f"{TOKEN}\n", encoding="utf-8")
    file = tmp_path / "config.toml"
    file.write_text(f'[slack]\nbot_token_file = "{tmp_path / "bot"}"\n', encoding="utf-8")
    monkeypatch.setenv("STINT_DISCORD__TOKEN", "discord-secret")
    monkeypatch.setenv("STINT_SECRET_KEY", "newest, older\noldest")
    settings = load_settings(file)
    assert settings.slack.bot_token.get_secret_value() == TOKEN
    assert settings.slack.enabled
    assert settings.discord.enabled
    assert settings.secret_keys == ("newest", "older", "oldest")
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert not any(secret in shown for secret in (TOKEN, "discord-secret", "newest"))


@pytest.mark.parametrize(
    ("text", "name", "variable"),
    [
        (f'[slack]\nbot_token = "{TOKEN}"\n', "slack.bot_token", "STINT_SLACK__BOT_TOKEN"),
        (f'\nsecret_key = "{TOKEN}"\n', "secret_key", "STINT_SECRET_KEY"),
        (f'[discord]\ntoken = "{TOKEN}"\n', "discord.token", "STINT_DISCORD__TOKEN"),
    ],
)
def test_a_secret_in_the_file_is_refused(tmp_path: Path, text: str, name: str, variable: str) -> None:
    """The message has the line and both ways out, and not the secret."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    said = str(refused.value)
    assert f"{file}, line 2: {name} is a secret" in said
    assert variable in said
    assert f"{name.rpartition('.')[2]}_file" in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: No such file or directory"),
        (" \n", "is empty; put the secret into it"),
        (TOKEN, "bot_token and bot_token_file are both given"),
    ],
)
def test_a_secret_file_that_is_of_no_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, why: str
) -> None:
    """A missing file, an empty one and a secret given twice are said, with the table they are in."""
    file = tmp_path / "config.toml"
    file.write_text(f'[slack]\nbot_token_file = "{tmp_path / "bot"}"\n', encoding="utf-8")
    if content is not None:
        (tmp_path / "bot").write_text(content, encoding="utf-8")
    if content == TOKEN:
        monkeypatch.setenv("STINT_SLACK__BOT_TOKEN", TOKEN)
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    both = content == TOKEN
    assert f"{file}, line {1 if both else 2}: slack{': ' if both else '.bot_token_file: '}" in str(
        refused.value
    )
    assert why in str(refused.value)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "text", ['[slack]\nnames = { apply = "Apply Here" }\n', '[web]\npublic_url = "stint.example.org"\n']
)
def test_names_and_addresses_are_checked(tmp_path: Path, text: str) -> None:
    """What Slack or a browser could not use is refused with its line."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        load_settings(file)


def test_paths_count_from_the_file_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever `stint` is started: the database, the terminal's folder and secrets; ~ is the home folder."""
    there = tmp_path / "etc"
    there.mkdir()
    (there / "token").write_text(TOKEN, encoding="utf-8")
    (there / "config.toml").write_text(
        'database_url = "sqlite:///data/stint.db"\n[terminal]\nfolder = "~/terminal"\n'
        '[discord]\ntoken_file = "token"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("STINT_SLACK__BOT_TOKEN_FILE", "etc/token")
    settings = load_settings(Path("etc/config.toml"))
    assert settings.database_url == "sqlite:///etc/data/stint.db"
    assert settings.terminal.folder == tmp_path / "terminal"
    assert settings.discord.token.get_secret_value() == TOKEN
    assert settings.slack.bot_token.get_secret_value() == TOKEN
    assert dict(secret_files(settings)) == {
        "discord.token_file": Path("etc/token"),
        "slack.bot_token_file": Path("etc/token"),
    }


def test_values_with_capitals_are_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """INFO is info, wherever it is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STINT_LOG_LEVEL", "WARNING")
    (tmp_path / "config.toml").write_text('log_format = "JSON"\n', encoding="utf-8")
    settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("warning", "json")


def test_other_variables_are_listed_and_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is like no setting may belong to something else."""
    monkeypatch.chdir(tmp_path)
    for name in ("STINT_PORT", "STINT_SERVICE_HOST", "STINT_SLACK_PORT", "STINT_WEB_PORT_8080_TCP"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:8080")  # as Kubernetes does for services of these names
    assert load_settings().web.port == 8080
    for name in unknown_variables():
        monkeypatch.delenv(name)
    monkeypatch.setenv("STINT_WALLPAPER", "blue")
    monkeypatch.setenv("STINT_SLACK__NAMES", "{}")
    assert load_settings().log_level == "info"
    assert unknown_variables() == ["STINT_WALLPAPER"]

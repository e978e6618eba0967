import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from adapters.config import ConfigError, Settings, load_settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def _names(model: type[BaseModel]) -> dict[str, object]:
    """Every setting of a model, tables as dictionaries."""
    names: dict[str, object] = {}
    for name, info in model.model_fields.items():
        kind = info.annotation
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        names[name] = _names(kind) if nested else None  # type: ignore[arg-type] # a model, as asked above
    return names


def _shape(table: dict[str, object]) -> dict[str, object]:
    return {k: _shape(v) if isinstance(v, dict) else None for k, v in table.items()}


def test_the_example_lists_every_setting_with_its_default() -> None:
    """config.example.toml loads, names each setting once, and says what holds without it."""
    assert _shape(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))) == _names(Settings)
    assert load_settings(EXAMPLE).model_dump() == Settings().model_dump()


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
        ('log_level = "info"\nlog_levle = "debug"\n', "line 2", "config.example.toml lists every one"),
        ('\n\nlog_level = "loud"\n', "line 3", "'debug', 'info', 'warning' or 'error'"),
        ("[terminal]\nfolder = 3\n", "line 2", "path"),
        ('database_url = "mysql://x"\n', "line 1", "sqlite:///FILE or postgresql://"),
        ("this is no toml", "line 1", "not TOML"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_and_the_fix(
    tmp_path: Path, text: str, line: str, fix: str
) -> None:
    """The message names where it stands and what to write instead."""
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

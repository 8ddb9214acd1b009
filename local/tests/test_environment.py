"""Secrets are made once and kept private; what the caller says wins."""

from pathlib import Path

from local import environment


def test_secrets_outlive_a_restart(tmp_path: Path):
    assert environment.kept_secrets(tmp_path) == environment.kept_secrets(tmp_path)


def test_secrets_are_for_the_owner_alone(tmp_path: Path):
    environment.kept_secrets(tmp_path)
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0


def test_the_callers_word_wins(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://market.example")
    monkeypatch.setenv("SECRET_KEY", "mine")
    told = environment.told(environment.for_processes(tmp_path, 8123, {"DATABASE_URL": "", "REDIS_URL": ""}))
    assert (told["SITE_URL"], told["SECRET_KEY"], told["PORT"]) == ("https://market.example", "mine", "8123")

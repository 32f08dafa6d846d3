"""Settings are read from the environment, and what is wrong there is said by name."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio import environment


def test_a_postgresql_url_is_taken_apart(tmp_path: Path) -> None:
    url = "postgresql://thimble:p%40ss%2Fword@db.example.org:5433/studio?sslmode=require"
    found = environment.database(url, tmp_path)
    assert found["ENGINE"].endswith("postgresql")
    assert (found["USER"], found["PASSWORD"]) == ("thimble", "p@ss/word")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", "5433", "studio")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_without_a_url_it_is_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    found = environment.database("", tmp_path)
    assert found["NAME"] == str(tmp_path / "thimble.sqlite3")
    assert environment.database("sqlite:////srv/my%20data.db", tmp_path)["NAME"] == "/srv/my data.db"


@pytest.mark.django_db
def test_sqlite_runs_in_wal_mode() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("this run is on PostgreSQL")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_unknown_database_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="THIMBLE_DATABASE_URL: 'mysql'"):
        environment.database("mysql://localhost/x", tmp_path)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("true", True), ("off", False), ("", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("THIMBLE_X", value)
    assert environment.flag("THIMBLE_X") is expected


def test_what_is_no_flag_or_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIMBLE_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="THIMBLE_X"):
        environment.flag("THIMBLE_X")
    with pytest.raises(ImproperlyConfigured, match="THIMBLE_X"):
        environment.whole_number("THIMBLE_X", 1)


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THIMBLE_SECRET_KEY", raising=False)
    keys: set[str] = set()
    folder = tmp_path / "data"
    threads = [threading.Thread(target=lambda: keys.add(environment.secret_key(folder))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in folder.iterdir()] == ["secret-key"]
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_secret_key_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THIMBLE_SECRET_KEY", raising=False)
    (tmp_path / "secret-key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="secret-key"):
        environment.secret_key(tmp_path)


def test_a_data_folder_with_a_long_path_still_has_a_socket(tmp_path: Path) -> None:
    short = environment.embedded_redis_socket(tmp_path)
    assert short.is_relative_to(tmp_path)
    long = environment.embedded_redis_socket(tmp_path / ("x" * 120))
    assert len(str(long)) < 100
    assert long != environment.embedded_redis_socket(tmp_path / ("y" * 120))

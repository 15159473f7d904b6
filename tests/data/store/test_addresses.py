"""Where a store is, and what is said when it is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.data.store import MetricStore
from decision_widgets.data.store.address import read_address
from decision_widgets.errors import EngineMissing, StoreFailed

HIDDEN = "hunter2"


def summary() -> dw.HistorySummary:
    return dw.summarize(dw.examples.ride_hailing(riders=50), metrics="fare", participant="rider_id", time="time")


def test_a_store_is_as_given_or_as_the_environment_says_or_a_file_of_this_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DECISION_STORE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    own = read_address(None).file
    assert own is not None
    assert tmp_path in own.parents
    MetricStore().publish(summary())
    assert own.is_file()
    monkeypatch.setenv("DECISION_STORE", str(tmp_path / "team.sqlite"))
    assert read_address(None).file == tmp_path / "team.sqlite"
    assert read_address(tmp_path / "given.sqlite").file == tmp_path / "given.sqlite"
    assert read_address(f"sqlite:///{tmp_path}/given.sqlite").file == tmp_path / "given.sqlite"
    assert read_address("~/given.sqlite").file == tmp_path / "given.sqlite"


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert MetricStore(tmp_path / "none" / "store.sqlite").list() == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "got an empty text"),
        (5, "got int"),
        ("mysql://ana:hunter2@host/db", "there is none on 'mysql'"),
        ("postgresql://ana:hunter2@host:port/db", "cannot be read"),
        ("://hunter2", "cannot be read"),
        ("sqlite://", "would be forgotten"),
        ("sqlite:///:memory:", "would be forgotten"),
    ],
)
def test_an_address_that_is_none_is_one_clear_error(given: Any, said: str) -> None:
    with pytest.raises(dw.InputError, match=said) as caught:
        MetricStore(given)
    assert HIDDEN not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "long"])
def test_a_wrong_timeout_is_said(timeout: Any) -> None:
    with pytest.raises(dw.InputError, match="timeout must be a positive number"):
        MetricStore("store.sqlite", timeout=timeout)


def test_a_server_that_does_not_answer_is_one_clear_error() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install -e '.[postgres]'")
    store = MetricStore(f"postgresql://ana:{HIDDEN}@127.0.0.1:1/metrics?sslpassword={HIDDEN}", timeout=2)
    with pytest.raises(
        StoreFailed, match=r"^The store postgresql://ana:\*\*\*@127.0.0.1:1/metrics.* cannot be reached:"
    ) as caught:
        store.list()
    assert HIDDEN not in str(caught.value) + repr(store)


def test_an_option_that_a_server_does_not_know_does_not_show_the_password() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install -e '.[postgres]'")
    with pytest.raises(StoreFailed, match="colour") as caught:
        MetricStore(f"postgresql://ana:{HIDDEN}@127.0.0.1:1/metrics?colour={HIDDEN}", timeout=2).list()
    assert "Background" not in str(caught.value)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda path: path.mkdir(), "unable to open"),
        (lambda path: path.write_bytes(b"no database, but long enough to be looked at" * 9), "not a database"),
    ],
)
def test_a_file_that_is_no_store_is_one_clear_error(made: Any, said: str, tmp_path: Path) -> None:
    made(tmp_path / "store.sqlite")
    store = MetricStore(tmp_path / "store.sqlite", timeout=1)
    with pytest.raises(StoreFailed, match=f"cannot be read: .*{said}"):
        store.list()
    with pytest.raises(StoreFailed, match=f"cannot be written: .*{said}"):
        store.publish(summary())


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFailed, match=r"cannot be written: (File exists|Not a directory)"):
        MetricStore(tmp_path / "file" / "store.sqlite").publish(summary())


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EngineMissing, match=r"decision_widgets\[postgres\]"):
        MetricStore("postgresql://ana@127.0.0.1:1/metrics").list()


def test_the_store_is_known_without_loading_a_database_library() -> None:
    code = "import decision_widgets as dw, sys; dw.MetricStore; print(*{'sqlalchemy', 'psycopg'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

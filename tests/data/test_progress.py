"""A long read tells how far it is, to whoever looks, and leaves nothing behind."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest
from engines import Opened, spark_only

import decision_widgets as dw
from decision_widgets.data import Progress, progress

DESIGN = dw.BetweenSubject(participant="pid", arm="arm", control="A", metrics=["y"])
ROWS = "range % 100000 AS pid, 'AB'[1 + range % 2] AS arm, random() AS y"


def big(rows: int) -> Any:
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW big AS SELECT {ROWS} FROM range({rows})")
    return connection


def small() -> pd.DataFrame:
    return pd.DataFrame({"pid": range(100), "arm": list("AB") * 50, "y": [i % 7 / 3 for i in range(100)]})


def statements() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("decision_widgets")]


@pytest.mark.parametrize("make", [lambda c: (c, "big"), lambda c: c.table("big")], ids=["table", "relation"])
def test_a_function_hears_the_stages_and_the_share(make: Any) -> None:
    heard: list[Progress] = []
    dw.analyze(make(big(15_000_000)), DESIGN, methods=[], progress=heard.append)
    stages = list(dict.fromkeys(said.stage for said in heard))
    assert stages == ["Looking at 3 columns", "Gathering participants", "Adding up 1 metric"]
    shares = [said.share for said in heard if said.share is not None]
    assert shares
    assert 0 <= min(shares) <= max(shares) <= 1
    assert [said.seconds for said in heard] == sorted(said.seconds for said in heard)


def test_a_function_hears_the_stages_of_a_short_read_too() -> None:
    heard: list[Progress] = []
    dw.analyze(small(), DESIGN, progress=heard.append)
    assert heard[0].stage == "Looking at 3 columns"


@pytest.mark.parametrize("words", [{}, {"progress": None}, {"progress": False}])
def test_a_script_sees_nothing(words: Any, capsys: pytest.CaptureFixture[str]) -> None:
    dw.analyze((big(12_000_000), "big"), DESIGN, methods=[], **words)
    assert capsys.readouterr() == ("", "")


def test_a_line_that_was_asked_for_goes_when_the_read_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    dw.analyze(small(), DESIGN, progress=True)
    out, err = capsys.readouterr()
    shown = err.split("\r")
    assert out == ""
    assert shown[1] == "Looking at 3 columns: 0 s"
    assert (shown[-2].strip(), shown[-1]) == ("", "")
    assert len(shown[-2]) >= len(shown[-3].rstrip())


@pytest.mark.parametrize(("silent_for", "shown"), [(2.0, False), (0.1, True)])
def test_a_line_appears_by_itself_only_where_it_takes_long(
    silent_for: float, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_somebody_looks", lambda: True)
    monkeypatch.setattr(progress, "FIRST_WORD_AFTER", silent_for)
    with progress.watching(None) as watch:
        watch.stage("Sleeping")
        watch.run(lambda: time.sleep(0.5), cancel=lambda: None, share=lambda: 0.25)
    assert ("Sleeping: 25%, 0 s" in capsys.readouterr().err) is shown


@pytest.mark.parametrize(
    ("shell", "terminal", "prompt", "ci", "looks"),
    [
        (SimpleNamespace(kernel=object()), False, False, "", True),
        (SimpleNamespace(kernel=object()), False, False, "true", False),
        (SimpleNamespace(), True, False, "", True),
        (None, True, True, "", True),
        (None, True, False, "", False),
        (None, False, True, "", False),
    ],
    ids=["kernel", "kernel in CI", "IPython", "prompt", "script in a terminal", "pipe"],
)
def test_somebody_looks_in_a_kernel_and_at_a_prompt(
    shell: Any, terminal: bool, prompt: bool, ci: str, looks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.delattr(sys, "ps1", raising=False)
    if prompt:
        monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert progress._somebody_looks() is looks


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(dw.InputError, match=r"progress must be True, False, None .* got str"):
        dw.analyze(small(), DESIGN, progress="yes")


def test_an_error_of_the_function_ends_the_read_and_passes_on() -> None:
    def fail(said: Progress) -> None:
        if said.stage == "Gathering participants":
            raise ZeroDivisionError

    connection = big(3_000_000)
    before = connection.execute("SHOW ALL TABLES").fetchall()
    with pytest.raises(ZeroDivisionError):
        dw.analyze((connection, "big"), DESIGN, progress=fail)
    assert connection.execute("SHOW ALL TABLES").fetchall() == before
    assert statements() == []


def test_no_thread_outlives_a_read_or_its_error(tmp_path: Path) -> None:
    dw.analyze(small(), DESIGN)
    with pytest.raises(dw.InputError):
        dw.analyze("nothing.parquet", DESIGN)
    connection = duckdb.connect()
    connection.execute("CREATE VIEW broken AS SELECT 1 AS pid, 'A' AS arm, error('no') AS y")
    with pytest.raises(dw.InputError):
        dw.analyze((connection, "broken"), DESIGN, progress=True)
    small().to_csv(tmp_path / "rows.csv")
    dw.read_table(tmp_path / "rows.csv")
    with pytest.raises(dw.InputError):
        dw.read_table("nothing.parquet")
    assert statements() == []


@spark_only
def test_spark_tells_its_share_of_tasks(engine: Opened) -> None:
    heard: list[Progress] = []
    rows = engine.session.range(0, 6_000_000, 1, 16)
    rows = rows.selectExpr("id % 1000 AS pid", "IF(id % 2 = 0, 'A', 'B') AS arm", "sin(id) * cos(id) + rand() AS y")
    dw.analyze(rows, DESIGN, methods=[], progress=heard.append)
    shares = [said.share for said in heard if said.share is not None]
    assert shares
    assert 0 <= min(shares) <= max(shares) <= 1
    if engine.name == "spark connect":
        assert engine.session.client._progress_handlers == []

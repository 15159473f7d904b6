"""Whether a frame that was read has changed since, told without reading it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from decision_widgets.data import seen as module
from decision_widgets.data.seen import Seen, is_frame, remember, seen, summary_of

COLUMNS = ("user", "arm", "spend", "day")


def frame(n: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    arm = np.where(np.arange(n) % 2, "a", "b")
    day = pd.date_range("2026-11-01", periods=n, freq="h")
    return pd.DataFrame({"user": np.arange(n), "arm": arm, "spend": rng.normal(size=n), "day": day, "other": 1})


def as_it_was(table: Any) -> Seen:
    return Seen(table=lambda: table, columns=COLUMNS, summary=summary_of(table, COLUMNS))


def change(table: pd.DataFrame, column: str, values: Any) -> pd.DataFrame:
    changed = table.copy()
    changed.loc[7, column] = values
    return changed


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda table: table.copy(), None),
        (lambda table: table.assign(other=2), None),
        (lambda table: pd.concat([table, table.iloc[:3]]), "has 3 more rows than"),
        (lambda table: table.iloc[1:], "has 1 fewer row than"),
        (lambda table: change(table, "spend", 99.0), "has other values in 'spend' than"),
        (lambda table: change(table, "spend", np.nan), "has other values in 'spend' than"),
        (lambda table: change(table, "day", pd.Timestamp("2030-01-01")), "has other values in 'day' than"),
        (lambda table: table.assign(user=table.user[::-1].to_numpy()), "has other values in 'user' than"),
        (lambda table: table.assign(arm="a", spend=0.0), "has other values in 'arm', 'spend' than"),
        (lambda table: table.drop(columns="spend"), "no longer has the column 'spend' that it had"),
    ],
)
def test_what_changed_is_said(edit: Callable[[pd.DataFrame], pd.DataFrame], said: str | None) -> None:
    table = frame()
    assert as_it_was(table).change(edit(table)) == said
    if said is None or "column" not in said:
        assert as_it_was(pl.from_pandas(table)).change(pl.from_pandas(edit(table))) == said


def test_an_edit_in_place_is_seen() -> None:
    table = frame()
    before = as_it_was(table)
    table.loc[3, "spend"] += 1e-9
    assert before.change(table) == "has other values in 'spend' than"


def test_a_large_frame_is_summarised_by_every_kth_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NUMBERS", 4000)
    table = frame()
    before = as_it_was(table)
    assert before.change(change(table, "spend", 99.0)) is None
    assert before.change(table.assign(spend=table.spend * 2)) == "has other values in 'spend' than"
    assert before.change(table.iloc[:-1]) == "has 1 fewer row than"


def test_only_a_notebook_remembers_and_only_the_last_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_seen", {})
    table = frame(4)
    remember(table, COLUMNS, "outside")
    monkeypatch.setattr(module, "_in_notebook", lambda: True)
    for at in range(module.KEPT + 1):
        remember(table, COLUMNS, f"read {at}")
    remember("events.parquet", COLUMNS, "a path")
    remember(table, ("absent",), "an odd frame")
    assert [seen(name) is None for name in ("outside", "read 0", "read 1", "a path", "an odd frame")] == [
        *(True, True, False, True, True),
    ]


def test_only_frames_in_memory_are_frames() -> None:
    import duckdb

    table = frame(4)
    relation = duckdb.sql("SELECT 1 AS user")
    lazy = pl.from_pandas(table).lazy()
    told = [is_frame(each) for each in (table, pl.from_pandas(table), relation, lazy, "a.csv", None)]
    assert told == [True, True, False, False, False, False]


def test_nothing_keeps_the_frame_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_in_notebook", lambda: True)
    table = frame(4)
    remember(table, COLUMNS, "short-lived")
    del table
    found = seen("short-lived")
    assert found is not None
    assert found.table() is None

"""Tables that break readers: late surprises, large identifiers, outliers, odd labels, names that differ by case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import decision_widgets as dw


def design(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="pid", arm="arm", metrics=list(metrics), **({"control": "A"} | words))


def table(n: int = 1000, per: int = 1, arms: str = "AB", seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pid = np.repeat(np.arange(n), per)
    return pd.DataFrame({"pid": pid, "arm": np.array(list(arms))[pid % len(arms)], "y": rng.normal(10, 1, n * per)})


def test_a_first_decimal_late_in_a_csv_is_not_rounded_away(tmp_path: Path) -> None:
    frame = table(30_000).assign(y=["0"] * 25_000 + ["0.5"] * 5_000)
    frame.to_csv(tmp_path / "late.csv", index=False)
    found = dw.analyze(tmp_path / "late.csv", design("y")).effect("y")
    assert found.control_mean == pytest.approx(0.5 / 6, rel=1e-12)


def test_a_text_late_in_a_csv_refuses_its_metric_alone(tmp_path: Path) -> None:
    frame = table(30_000)
    frame.assign(z=["1"] * 29_999 + ["n/a"]).to_csv(tmp_path / "late.csv", index=False)
    result = dw.analyze(tmp_path / "late.csv", design("y", "z"))
    assert (result.effect("y").result, result.effect("z").result) == ("estimate", "not_estimable")


@pytest.mark.parametrize("kind", ["int64", "category", "Int64", object])
def test_large_identifiers_are_not_merged(kind: Any) -> None:
    frame = table(1000).assign(pid=lambda f: pd.Series(2**60 + f.pid).astype(kind))
    found = dw.analyze(frame, design("y")).effect("y")
    assert (found.n_control, found.n_treatment) == (500, 500)


@pytest.mark.parametrize(("offset", "spread"), [(1e12, 1.0), (1e9, 1e-4), (1e15, 100.0), (1.7e12, 1.0)])
def test_small_steps_on_a_large_offset_still_vary(offset: float, spread: float) -> None:
    frame = table(2000, seed=3)
    frame["y"] = offset + spread * (frame.y > 10)
    found = dw.analyze(frame, design(dw.Metric("y", kind="continuous"))).effect("y")
    by_arm = (frame.y - offset).groupby(frame.arm)
    assert found.result == "estimate"
    assert found.effect == pytest.approx(by_arm.mean()["B"] - by_arm.mean()["A"], rel=1e-9, abs=1e-12 * spread)
    assert found.std_error == pytest.approx(np.sqrt((by_arm.var() / by_arm.size()).sum()), rel=1e-9)


@pytest.mark.parametrize("outlier", [-(2.0**63), -1e13, 1e16])
def test_an_outlier_in_one_arm_leaves_the_others_exact(outlier: float) -> None:
    frame = table(3000, per=2, arms="ABC")
    alone = dw.analyze(frame[frame.arm != "C"], design("y"))
    frame.loc[frame.index[frame.arm == "C"][0], "y"] = outlier
    together = dw.analyze(frame, design("y"))
    for left, right in zip(alone.estimates, [e for e in together.estimates if e.arm == "B"], strict=True):
        assert left.effect == pytest.approx(right.effect, rel=1e-12)
        assert left.std_error == pytest.approx(right.std_error, rel=1e-12)
    one, other = (next(s for s in r.statistics if s.arm == "A") for r in (alone, together))
    assert other.std_dev == pytest.approx(one.std_dev, rel=1e-12)


@pytest.mark.parametrize(
    "arms",
    [
        pa.array([date(2024, 1, 1), date(2024, 1, 2)] * 50),
        pa.array([1.5, 2.5] * 50),
        pa.array([True, False] * 50),
        pa.array(["it's", 'a "quote"; 🚕'] * 50),
    ],
)
def test_arms_of_any_type_are_labels(arms: pa.Array) -> None:
    rows = pa.table({"pid": pa.array(range(100)), "arm": arms, "y": pa.array(np.arange(100.0))})
    control = str(arms[0].as_py())
    found = dw.analyze(rows, design(dw.Metric("y", kind="continuous"), control=control)).effect("y")
    assert (found.n_control, found.n_treatment) == (50, 50)


@pytest.mark.parametrize("make", [lambda f: f, pl.from_pandas, pa.Table.from_pandas], ids=["pandas", "polars", "arrow"])
def test_names_that_differ_by_case_are_different_columns(make: Any) -> None:
    frame = table(200).assign(Y=lambda f: f.y * 100, ARM="x")
    result = dw.analyze(make(frame), design("y", "Y"))
    assert result.effect("Y").effect == pytest.approx(100 * result.effect("y").effect, rel=1e-12)


@pytest.mark.parametrize("make", [lambda f: f, pl.from_pandas, pa.Table.from_pandas], ids=["pandas", "polars", "arrow"])
def test_days_are_counted_in_the_zone_of_the_column(make: Any) -> None:
    frame = table(1800)
    frame["time"] = pd.date_range("2024-01-01", periods=1800, freq="11min", tz="Asia/Tokyo")
    found = dw.analyze(make(frame), design("y", time="time")).provenance
    assert (found.first_day, found.days) == ("2024-01-01", 14)


def test_a_table_whose_name_has_a_dot_is_found() -> None:
    connection = duckdb.connect()
    connection.register("frame", table(100))
    connection.execute('CREATE TABLE "my.table" AS SELECT * FROM frame')
    assert dw.analyze((connection, "my.table"), design("y")).effect("y").n_control == 50


def test_a_frame_that_the_user_registered_is_a_table() -> None:
    connection = duckdb.connect()
    connection.register("rides", table(100))
    assert dw.analyze((connection, "rides"), design("y")).effect("y").n_control == 50


def test_a_statement_the_engine_cannot_run_is_one_clear_error() -> None:
    connection = duckdb.connect()
    connection.register("frame", table(100))
    connection.execute("CREATE VIEW broken AS SELECT pid, arm, error('no such file') AS y FROM frame")
    with pytest.raises(dw.InputError, match=r"DuckDB could not read the table.*no such file"):
        dw.analyze((connection, "broken"), design("y"))


def test_a_metric_the_engine_cannot_read_is_refused_and_the_others_are_read() -> None:
    connection = duckdb.connect()
    connection.register("frame", table(100))
    late = "CASE WHEN pid = 77 THEN error('no such file') ELSE y END"
    connection.execute(f"CREATE VIEW half AS SELECT pid, arm, y, {late} AS z FROM frame")
    result = dw.analyze((connection, "half"), design("y", "z"))
    alone = dw.analyze(table(100), design("y")).effect("y")
    assert result.effect("y").effect == pytest.approx(alone.effect, rel=1e-12)
    refused = result.effect("z")
    assert refused.result == "not_estimable"
    assert "no such file" in refused.message.text

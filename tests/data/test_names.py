"""A name is data: whatever stands in it, the numbers are the same and nothing of it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from engines import DUCKDB, SPARK, SPARK_PARAMS, Opened, assert_same, csv, parquet, tolerance

import decision_widgets as dw
from decision_widgets.data import Reading, read_moments
from decision_widgets.data.cells import CellSpec, read_cells
from decision_widgets.moments import MetricColumns, MomentSpec

ROLES = ("pid", "arm", "y", "x", "group", "time")
PLAIN = dict(zip(ROLES, ROLES, strict=True))
HOSTILE = {
    "signs": ('a "b"', "it's; DROP TABLE t --", "`tick` {0} {} %s \\", "🚕\t", "sel ect", "a.b"),
    "reserved": ("select", "from", "table", "order", "group", "timestamp"),
    "ours": ("arm", "id", "n", "y0", "level", "moment"),
    "ours again": ("c0", "part", "known_arm", "s0", "g0", "row_hash"),
    "ours once more": ("y0", "c1", "m0", "raw_x0", "arm", "id"),
    "ours in other case": ("ID", "Arm", "Y0", "U0", "PART", "N"),
}
LABELS = np.array(['it\'s \\ "A"; --', "B 🚕 {0} `b`"])


def rows() -> pa.Table:
    rng = np.random.default_rng(4)
    pid = np.repeat(np.arange(120), 3)
    x = rng.normal(5, 1, 120)[pid]
    return pa.table(
        {
            "pid": pid,
            "arm": LABELS[pid % 2],
            "y": pa.array(x + rng.normal(0, 1, len(pid)), mask=rng.random(len(pid)) < 0.1),
            "x": x,
            "group": np.array(["left", "right"])[pid // 2 % 2],
            "time": pa.array(pd.date_range("2026-01-05", periods=len(pid), freq="h").astype("datetime64[us]")),
        }
    )


def spec(names: Mapping[str, str]) -> MomentSpec:
    metric = MetricColumns(metric="metric", numerator=names["y"], covariates=(names["x"],))
    return MomentSpec(
        participant=names["pid"], arm=names["arm"], control=str(LABELS[0]), arms=None, time=names["time"],
        metrics=(metric,), missing="drop", groups=(names["group"],), samples=("metric",),
    )  # fmt: skip


def plainly(reading: Reading, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what was read without the names it was read by."""
    metric = reading.metrics["metric"]
    return {
        "participants": reading.participants,
        "left out": list(reading.left_out.values()),
        "days": (reading.first_day, reading.days),
        "group": reading.groups[names["group"]],
        "arms": metric.arms,
        "parts": metric.parts[names["group"]],
        "samples": metric.samples,
        "adjusted": metric.adjustment.arms,
    }


# No name of a column reaches Spark, so one set of names is enough there.
IN_DUCKDB = [(engine, hostile) for engine in DUCKDB for hostile in HOSTILE]
IN_SPARK = [pytest.param(param.values[0], "signs", marks=param.marks) for param in SPARK_PARAMS]


@pytest.mark.parametrize(("engine", "hostile"), [*IN_DUCKDB, *IN_SPARK], indirect=["engine"])
def test_no_name_changes_the_numbers(engine: Opened, hostile: str) -> None:
    names = dict(zip(ROLES, HOSTILE[hostile], strict=True))
    expected = plainly(read_moments(rows(), spec(PLAIN)), PLAIN)
    plain = rows()
    if engine.name in SPARK:
        table = engine.make(plain).toDF(*names.values())
    else:
        table = engine.make(plain.rename_columns(list(names.values())))
    found = plainly(read_moments(table, spec(names)), names)
    assert_same(found, expected, tolerance(engine.name))


@pytest.mark.parametrize(("engine", "hostile"), IN_DUCKDB, indirect=["engine"])
def test_no_name_changes_the_cells(engine: Opened, hostile: str) -> None:
    names = dict(zip(ROLES, HOSTILE[hostile], strict=True))

    def cells(table: Any, names: Mapping[str, str]) -> dict[str, Any]:
        keys, outcomes = (names["arm"], names["group"]), (names["y"], names["x"])
        found = read_cells(table, CellSpec(keys=keys, outcomes=outcomes, time=names["time"], slot_minutes=600))
        return {"rows": found.rows, "outcomes": list(found.outcomes.values())}

    table = engine.make(rows().rename_columns(list(names.values())))
    for left, right in zip(cells(table, names)["outcomes"], cells(rows(), PLAIN)["outcomes"], strict=True):
        assert_same(left, right, tolerance(engine.name))


DIFFER_BY_CASE = {"pid": "Y", "arm": "y", "y": "X", "x": "x", "group": "Arm", "time": "arm"}
BY_CASE = {"pandas": lambda t, f: t.to_pandas(), "polars": lambda t, f: pl.from_arrow(t), "arrow": lambda t, f: t}


@pytest.mark.parametrize("make", BY_CASE.values(), ids=BY_CASE)
def test_names_that_differ_by_case_are_different_columns(make: Any, tmp_path: Path) -> None:
    table = make(rows().rename_columns(list(DIFFER_BY_CASE.values())), tmp_path)
    found = plainly(read_moments(table, spec(DIFFER_BY_CASE)), DIFFER_BY_CASE)
    assert_same(found, plainly(read_moments(rows(), spec(PLAIN)), PLAIN), 1e-11)


@pytest.mark.parametrize("make", [parquet, csv, lambda t, f: duckdb.connect().from_arrow(t)])
def test_where_duckdb_renames_a_column_that_differs_by_case_nothing_is_taken_for_it(make: Any, tmp_path: Path) -> None:
    table = make(pa.table({"pid": range(4), "arm": list("ABAB"), "Y": [1, 2, 3, 4], "y": [5, 6, 7, 9]}), tmp_path)
    design = dw.BetweenSubject(participant="pid", arm="arm", control="A", metrics=["y"])
    with pytest.raises(dw.ColumnNotFound, match="no column 'y'"):
        dw.analyze(table, design)


@pytest.mark.parametrize("name", ["select", 'a "b"; DROP TABLE other', "it's", "🚕", "frame", "files", "a.b"])
def test_the_name_of_a_table_or_file_is_a_name(name: str, tmp_path: Path) -> None:
    expected = plainly(read_moments(rows(), spec(PLAIN)), PLAIN)
    connection = duckdb.connect()
    connection.register("rows", rows())
    quoted = '"' + name.replace('"', '""') + '"'
    connection.execute(f"CREATE TABLE other AS SELECT 1; CREATE TABLE {quoted} AS SELECT * FROM rows")
    path = parquet(rows(), tmp_path).rename(tmp_path / f"{name}.parquet")
    for table in ((connection, name), path):
        assert_same(plainly(read_moments(table, spec(PLAIN)), PLAIN), expected, 1e-11)
    assert connection.execute("SELECT * FROM other").fetchall() == [(1,)]

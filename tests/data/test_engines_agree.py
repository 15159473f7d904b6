"""The same experiment in every engine gives the same numbers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import decision_widgets as dw

ODD = "odd \"name\"; DROP TABLE 'x' 🚕"
# Parallel sums are gathered in another order by each engine; 13 digits are what doubles leave of them.
TOLERANCE = 1e-11


@pytest.fixture(scope="module")
def rides() -> pd.DataFrame:
    """Make a skewed, null-ridden frame with three arms, a value near 1e9 and a column name that could do harm."""
    rng = np.random.default_rng(3)
    frame = dw.examples.ride_hailing(600, arms=3)
    frame["fare"] = frame["fare"] ** 2
    frame.loc[rng.random(len(frame)) < 0.1, "fare"] = np.nan
    frame["late"] = np.where(frame["booked"] == 1, "yes", "no")
    frame.loc[rng.random(len(frame)) < 0.05, "late"] = None
    frame["balance"] = 1e9 + rng.normal(0, 1, len(frame))
    frame[ODD] = frame["wait_minutes"]
    return frame


@pytest.fixture(scope="module")
def design() -> dw.BetweenSubject:
    plain = ("booked", "late", "fare", "balance", ODD)
    ratios = (
        dw.Metric("cancel_rate", numerator="cancelled", denominator="booked", role="secondary"),
        dw.Metric("fare_per_rider", numerator="fare", denominator="rider_id", role="secondary"),
    )
    return dw.BetweenSubject(
        participant="rider_id",
        arm="variant",
        control="control",
        time="time",
        metrics=[*(dw.Metric(name, role="secondary") for name in plain), *ratios],
        missing="drop",
    )


def numbers(result: dw.DecisionResult) -> pd.DataFrame:
    return result.to_frame().set_index(["metric", "arm", "method"]).select_dtypes("number").astype("float64")


@pytest.fixture(scope="module")
def expected(rides: pd.DataFrame, design: dw.BetweenSubject) -> dw.DecisionResult:
    return dw.analyze(rides, design)


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "rides.parquet"
    pq.write_table(pa.Table.from_pandas(frame), path)
    return path


def split_files(frame: pd.DataFrame, folder: Path) -> str:
    for part in range(3):
        parquet(frame.iloc[part::3], folder).rename(folder / f"part-{part}.parquet")
    return str(folder / "part-*.parquet")


def csv(frame: pd.DataFrame, folder: Path) -> str:
    frame.to_csv(folder / "rides.csv", index=False)
    return str(folder / "rides.csv")


def relation(frame: pd.DataFrame, folder: Path) -> Any:
    return duckdb.connect().from_arrow(pa.Table.from_pandas(frame))


def table(frame: pd.DataFrame, folder: Path) -> Any:
    connection = duckdb.connect()
    connection.register("rides", frame)
    connection.execute('CREATE TABLE "all rides; 2026" AS SELECT * FROM rides')
    return connection, "all rides; 2026"


ENGINES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "polars": lambda frame, folder: pl.from_pandas(frame),
    "polars lazy": lambda frame, folder: pl.from_pandas(frame).lazy(),
    "polars NaN": lambda frame, folder: pl.from_pandas(frame, nan_to_null=False),
    "arrow": lambda frame, folder: pa.Table.from_pandas(frame),
    "parquet": parquet,
    "parquet files": split_files,
    "csv": csv,
    "duckdb relation": relation,
    "duckdb table": table,
}


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES)
def test_every_engine_gives_the_same_numbers(
    make: Callable[[pd.DataFrame, Path], Any],
    rides: pd.DataFrame,
    design: dw.BetweenSubject,
    expected: dw.DecisionResult,
    tmp_path: Path,
) -> None:
    found = dw.analyze(make(rides, tmp_path), design)
    pd.testing.assert_frame_equal(numbers(found), numbers(expected), rtol=TOLERANCE, atol=1e-13)
    assert found.messages == expected.messages
    assert found.provenance.days == expected.provenance.days
    assert found.provenance.left_out == expected.provenance.left_out


def test_the_order_of_rows_changes_nothing(rides: pd.DataFrame, design: dw.BetweenSubject) -> None:
    shuffled = rides.sample(frac=1, random_state=1)
    first, second = dw.analyze(rides, design), dw.analyze(shuffled, design)
    pd.testing.assert_frame_equal(numbers(first), numbers(second), rtol=TOLERANCE, atol=1e-13)
    assert first.provenance.fingerprint == second.provenance.fingerprint


def test_another_value_changes_the_fingerprint(rides: pd.DataFrame, design: dw.BetweenSubject) -> None:
    other = rides.assign(booked=rides["booked"].where(rides.index != 5, 1 - rides["booked"]))
    assert dw.analyze(other, design).provenance.fingerprint != dw.analyze(rides, design).provenance.fingerprint


def test_a_rare_event_after_the_sampled_rows_is_still_binary() -> None:
    n = 30_000
    frame = pd.DataFrame({"user": range(n), "arm": np.arange(n) % 2, "paid": (np.arange(n) > n - 400).astype(int)})
    result = dw.analyze(frame, dw.BetweenSubject(participant="user", arm="arm", control="0", metrics=["paid"]))
    assert result.kind("paid") == "binary"
    assert result.effect("paid").control_mean == pytest.approx(frame.paid[frame.arm == 0].mean(), rel=1e-14)


def test_a_file_that_is_not_there_is_one_clear_error(design: dw.BetweenSubject, tmp_path: Path) -> None:
    with pytest.raises(dw.InputError, match="No table is read from"):
        dw.analyze(tmp_path / "nothing.parquet", design)


def test_the_users_connection_is_left_as_it_was(rides: pd.DataFrame, design: dw.BetweenSubject) -> None:
    connection, name = table(rides, Path())
    before = connection.execute("SHOW ALL TABLES").fetchall()
    dw.analyze((connection, name), design)
    assert connection.execute("SHOW ALL TABLES").fetchall() == before


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pyspark = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: pip install -e '.[spark]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = pyspark.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        session = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
        yield session
        session.stop()


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_gives_the_same_numbers(
    spark: Any, rides: pd.DataFrame, design: dw.BetweenSubject, expected: dw.DecisionResult, tmp_path: Path
) -> None:
    frame = spark.read.parquet(str(parquet(rides, tmp_path)))
    found = dw.analyze(frame, design)
    pd.testing.assert_frame_equal(numbers(found), numbers(expected), rtol=1e-9, atol=1e-13)
    assert found.messages == expected.messages
    assert spark.catalog.listTables() == []


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_monitors_as_pandas_does(spark: Any, rides: pd.DataFrame, tmp_path: Path) -> None:
    design = dw.BetweenSubject(
        participant="rider_id", arm="variant", control="control", time="time", segments=["city"],
        metrics=["booked"], monitoring={"rule": "obf", "looks": 2}, planned_days=14,
    )  # fmt: skip
    frame = spark.read.parquet(str(parquet(rides, tmp_path)))
    found, expected = dw.monitor(frame, design), dw.monitor(rides, design)
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), rtol=1e-9)
    assert found.enrolment == expected.enrolment
    assert spark.catalog.listTables() == []

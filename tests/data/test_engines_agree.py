"""The same experiment in every engine gives the same numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Opened, assert_same, table, tolerance

import decision_widgets as dw
from decision_widgets.data import MetricReading, read_moments
from decision_widgets.data.cells import CellSpec, read_cells
from decision_widgets.moments import MetricColumns, MomentSpec

ODD = "odd \"name\"; DROP TABLE 'x' 🚕 {0} `b`"


@pytest.fixture(scope="session")
def rides() -> pa.Table:
    """Make a skewed, null-ridden table with three arms, a value near 1e9, every type, and a name that could do harm."""
    rng = np.random.default_rng(3)
    frame = dw.examples.ride_hailing(600, arms=3)
    n, rider = len(frame), frame["rider_id"].astype("category").cat.codes.to_numpy()
    wait = frame["wait_minutes"].to_numpy(float)

    def lacking(share: float) -> np.ndarray:
        return rng.random(n) < share

    nan = np.where(lacking(0.05), np.nan, wait)
    of_rider = {name: rng.normal(0, 1, rider.max() + 1) for name in ("before", "visits")}
    city = pa.array(np.array(["north", "south", "it's"])[rider % 3], mask=rider % 17 == 0).dictionary_encode()
    return pa.table(
        {
            "rider_id": frame["rider_id"],
            "variant": frame["variant"],
            "time": pa.array(frame["time"].astype("datetime64[us]").dt.tz_localize("UTC")),
            "clock": pa.array(frame["time"].astype("datetime64[us]")),
            "booked": frame["booked"],
            "cancelled": frame["cancelled"],
            "fare": pa.array(frame["fare"].to_numpy(float) ** 2, mask=lacking(0.1)),
            "late": pa.array(np.where(frame["booked"] == 1, "yes", "no"), mask=lacking(0.05)),
            "balance": 1e9 + rng.normal(0, 1, n),
            "trips": pa.array(rng.poisson(2, n), mask=lacking(0.05)),
            "kept": pa.array(rng.random(n) < 0.7, mask=lacking(0.05)),
            "price": pa.array([Decimal(f"{x:.4f}") for x in wait], pa.decimal128(12, 4)),
            "single": pa.array(wait, pa.float32()),
            "heat": pa.array(nan, mask=lacking(0.05)),
            "before": 1e3 + wait + of_rider["before"][rider],
            "visits": pa.array(np.exp(of_rider["visits"])[rider], mask=rider % 5 == 0),
            "city": city,
            "zone": pa.array(rider % 4, pa.int32()),
            ODD: wait,
        }
    )


def design(**words: Any) -> dw.BetweenSubject:
    plain = ("late", "fare", "balance", "kept", ODD)
    ratios = (
        dw.Metric("cancel_rate", numerator="cancelled", denominator="booked", role="secondary"),
        dw.Metric("fare_per_rider", numerator="fare", denominator="rider_id", role="secondary"),
    )
    adjusted = (
        dw.Metric("heat", covariates=["before"], role="secondary"),
        dw.Metric("price", covariates=["before", "visits"], role="secondary"),
    )
    metrics = [*(dw.Metric(name, role="secondary") for name in plain), *ratios, *adjusted]
    given = {"participant": "rider_id", "arm": "variant", "control": "control", "time": "time"}
    return dw.BetweenSubject(**(given | {"metrics": metrics, "missing": "drop"} | words))


SPEC = MomentSpec(
    participant="rider_id",
    arm="variant",
    control="control",
    arms=None,
    time="clock",
    metrics=(
        MetricColumns(metric="fare", numerator="fare", covariates=("before", "visits")),
        MetricColumns(metric="trips", numerator="trips"),
        MetricColumns(metric="single", numerator="single"),
        MetricColumns(metric="rate", numerator="cancelled", denominator="booked", covariates=("before",)),
    ),
    missing="drop",
    groups=("city", "zone"),
    samples=("fare",),
)
CELLS = CellSpec(keys=("variant", "city"), outcomes=("fare", "price"), time="clock", slot_minutes=360)


def numbers(result: dw.DecisionResult) -> pd.DataFrame:
    return result.to_frame().set_index(["metric", "arm", "method"]).select_dtypes("number").astype("float64")


@pytest.fixture(scope="session")
def expected(rides: pa.Table) -> dw.DecisionResult:
    return dw.analyze(rides.to_pandas(), design(), methods=[])


def test_every_engine_gives_the_same_result(engine: Opened, rides: pa.Table, expected: dw.DecisionResult) -> None:
    found = dw.analyze(engine.make(rides), design(), methods=[])
    pd.testing.assert_frame_equal(numbers(found), numbers(expected), rtol=tolerance(engine.name), atol=1e-12)
    assert found.messages == expected.messages
    assert [(kind.metric, kind.kind) for kind in found.kinds] == [(kind.metric, kind.kind) for kind in expected.kinds]
    assert found.provenance.days == expected.provenance.days
    assert found.provenance.left_out == expected.provenance.left_out


def test_every_engine_gives_the_same_moments(engine: Opened, rides: pa.Table) -> None:
    expected = read_moments(rides.to_pandas(), SPEC)
    assert all(isinstance(metric, MetricReading) for metric in expected.metrics.values())
    assert_same(read_moments(engine.make(rides), SPEC), expected, tolerance(engine.name))


def test_every_engine_monitors_alike(engine: Opened, rides: pa.Table) -> None:
    metrics = [dw.Metric("heat", covariates=["before"]), dw.Metric("kept", role="guardrail", limit=0.1)]
    plan = design(
        metrics=metrics, time="clock", segments="zone", planned_days=14, monitoring={"rule": "obf", "looks": 2}
    )
    found, expected = dw.monitor(engine.make(rides), plan), dw.monitor(rides.to_pandas(), plan)
    assert expected.decision.verdict != "too-early"
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), rtol=tolerance(engine.name))
    assert found.enrolment == expected.enrolment
    assert found.messages == expected.messages


def test_every_engine_gives_the_same_cells(engine: Opened, rides: pa.Table) -> None:
    assert_same(read_cells(engine.make(rides), CELLS), read_cells(rides.to_pandas(), CELLS), tolerance(engine.name))


def test_the_order_of_rows_changes_nothing(rides: pa.Table) -> None:
    frame = rides.to_pandas()
    shuffled = frame.sample(frac=1, random_state=1)
    first, second = dw.analyze(frame, design()), dw.analyze(shuffled, design())
    pd.testing.assert_frame_equal(numbers(first), numbers(second), rtol=1e-11, atol=1e-12)
    assert first.provenance.fingerprint == second.provenance.fingerprint


def test_another_value_changes_the_fingerprint(rides: pa.Table) -> None:
    frame = rides.to_pandas()
    other = frame.assign(booked=frame["booked"].where(frame.index != 5, 1 - frame["booked"]))
    assert dw.analyze(other, design()).provenance.fingerprint != dw.analyze(frame, design()).provenance.fingerprint


def test_a_rare_event_after_the_sampled_rows_is_still_binary() -> None:
    n = 30_000
    frame = pd.DataFrame({"user": range(n), "arm": np.arange(n) % 2, "paid": (np.arange(n) > n - 400).astype(int)})
    result = dw.analyze(frame, dw.BetweenSubject(participant="user", arm="arm", control="0", metrics=["paid"]))
    assert result.kind("paid") == "binary"
    assert result.effect("paid").control_mean == pytest.approx(frame.paid[frame.arm == 0].mean(), rel=1e-14)


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(dw.InputError, match="No table is read from"):
        dw.analyze(tmp_path / "nothing.parquet", design())


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize("shown", [False, True])
def test_the_users_connection_is_left_as_it_was(rides: pa.Table, tmp_path: Path, progress: bool, shown: bool) -> None:
    connection, name = table(rides, tmp_path)
    connection.execute(f"SET enable_progress_bar = {shown}")
    look = "SELECT name, value FROM duckdb_settings()"
    before = connection.execute("SHOW ALL TABLES").fetchall(), connection.execute(look).fetchall()
    for data in ((connection, name), connection.table('"all ""rides""; 2026"')):
        dw.analyze(data, design(), methods=[], progress=progress)
    assert (connection.execute("SHOW ALL TABLES").fetchall(), connection.execute(look).fetchall()) == before

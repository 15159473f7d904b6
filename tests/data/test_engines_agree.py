"""The same experiment in every engine gives the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Opened, tolerance

import decision_widgets as dw
from decision_widgets.data import CellSpec, MetricReading, read_cells, read_moments
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
            "before": 1e6 + wait + of_rider["before"][rider],
            "visits": pa.array(np.exp(of_rider["visits"])[rider], mask=rider % 5 == 0),
            "city": city,
            "zone": pa.array(rider % 4, pa.int32()),
            ODD: wait,
        }
    )


def design(**words: Any) -> dw.BetweenSubject:
    plain = ("booked", "late", "fare", "balance", "trips", "kept", "price", "single", "heat", ODD)
    ratios = (
        dw.Metric("cancel_rate", numerator="cancelled", denominator="booked", role="secondary"),
        dw.Metric("fare_per_rider", numerator="fare", denominator="rider_id", role="secondary"),
    )
    adjusted = (
        dw.Metric("adjusted", numerator="price", covariates=["before"], role="secondary"),
        dw.Metric("adjusted by two", numerator="fare", covariates=["before", "visits"], role="secondary"),
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
        MetricColumns(metric="trips", numerator="trips", covariates=("visits",)),
        MetricColumns(metric="kept", numerator="kept"),
        MetricColumns(metric="heat", numerator="heat"),
        MetricColumns(metric="rate", numerator="cancelled", denominator="booked", covariates=("before",)),
    ),
    missing="drop",
    groups=("city", "zone", "kept"),
    samples=("fare", "rate"),
)
CELLS = CellSpec(keys=("variant", "city"), outcomes=("fare", "kept", "price"), time="clock", slot_minutes=360)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """List everything that a record holds, each with where it stands."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from flat(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        yield f"{path} keys", list(value)
        for name, own in value.items():
            yield from flat(own, f"{path}[{name}]")
    elif isinstance(value, tuple):
        yield f"{path} length", len(value)
        for at, own in enumerate(value):
            yield from flat(own, f"{path}[{at}]")
    else:
        yield path, value


def assert_same(found: Any, expected: Any, rtol: float) -> None:
    """Compare two records: numbers up to `rtol` of the largest beside them, everything else exactly."""
    left, right = dict(flat(found)), dict(flat(expected))
    assert list(left) == list(right)
    for path, value in right.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            np.testing.assert_allclose(
                left[path], value, rtol=rtol, atol=rtol * np.abs(value).max(initial=0), err_msg=path
            )
        elif isinstance(value, np.ndarray):
            assert left[path].tolist() == value.tolist(), path
        elif isinstance(value, float):
            assert left[path] == pytest.approx(value, rel=rtol, abs=1e-11), path
        elif not path.endswith("fingerprint"):
            assert left[path] == value, path


def numbers(result: dw.DecisionResult) -> pd.DataFrame:
    return result.to_frame().set_index(["metric", "arm", "method"]).select_dtypes("number").astype("float64")


@pytest.fixture(scope="session")
def expected(rides: pa.Table) -> dw.DecisionResult:
    return dw.analyze(rides.to_pandas(), design())


def test_every_engine_gives_the_same_result(engine: Opened, rides: pa.Table, expected: dw.DecisionResult) -> None:
    found = dw.analyze(engine.make(rides), design())
    pd.testing.assert_frame_equal(numbers(found), numbers(expected), rtol=tolerance(engine.name), atol=1e-12)
    assert found.messages == expected.messages
    assert found.kinds == expected.kinds
    assert found.provenance.days == expected.provenance.days
    assert found.provenance.left_out == expected.provenance.left_out


def test_every_engine_gives_the_same_moments(engine: Opened, rides: pa.Table) -> None:
    expected = read_moments(rides.to_pandas(), SPEC)
    assert all(isinstance(metric, MetricReading) for metric in expected.metrics.values())
    assert_same(read_moments(engine.make(rides), SPEC), expected, tolerance(engine.name))


def test_every_engine_gives_the_same_cells(engine: Opened, rides: pa.Table) -> None:
    assert_same(read_cells(engine.make(rides), CELLS), read_cells(rides.to_pandas(), CELLS), tolerance(engine.name))

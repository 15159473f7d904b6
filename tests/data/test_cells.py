"""Rows become the cells of a panel: exactly, in every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import decision_widgets as dw
from decision_widgets.data.cells import CellSpec, read_cells
from decision_widgets.estimates import PanelCells, clustered_ols, panel_regression


def trips(rows: int = 4000, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    minute = rng.integers(0, 14 * 24 * 60, rows)
    region, slot = rng.choice(["north", "south", "east"], rows), minute // 120
    treated = (slot * 7 + np.char.str_len(region.astype(str)) * 3) % 5 < 2
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2026-01-05") + pd.to_timedelta(minute, "min"),
            "region": region,
            "treated": treated,
            "fare": 20 + 3 * np.sin(minute / 200) + 0.5 * treated + rng.normal(0, 4, rows),
            "booked": rng.random(rows) < 0.4,
        }
    )


SPEC = CellSpec(keys=("region", "treated"), outcomes=("fare", "booked"), time="time", slot_minutes=120)


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "trips.parquet")
    return folder / "trips.parquet"


@pytest.mark.parametrize(
    "make",
    [
        lambda frame, folder: frame,
        lambda frame, folder: pl.from_pandas(frame),
        lambda frame, folder: pa.Table.from_pandas(frame),
        lambda frame, folder: duckdb.connect().from_arrow(pa.Table.from_pandas(frame)),
        parquet,
    ],
    ids=["pandas", "polars", "arrow", "duckdb relation", "parquet"],
)
def test_cells_hold_what_pandas_groups(make: Any, tmp_path: Path) -> None:
    frame = trips()
    cells = read_cells(make(frame, tmp_path), SPEC)
    slot = (frame["time"] - pd.Timestamp("1970-01-01")) // pd.Timedelta(minutes=120)
    expected = frame.assign(slot=slot).groupby(["region", "treated", "slot"])
    found = pd.DataFrame({name: cells.keys[name] for name in ("region", "treated", "slot")})
    keys = expected.size().reset_index()
    assert [tuple(map(str, row)) for row in found.to_numpy()] == [
        tuple(map(str, row)) for row in keys[["region", "treated", "slot"]].to_numpy()
    ]
    assert cells.rows.tolist() == expected.size().tolist()
    for name, sums in cells.outcomes.items():
        of = expected[name]
        np.testing.assert_allclose(sums.mean, of.mean().to_numpy(float), rtol=1e-12)
        np.testing.assert_allclose(
            sums.within, of.apply(lambda y: ((y.astype(float) - y.mean()) ** 2).sum()), atol=1e-9
        )


def test_missing_values_and_keys_are_counted() -> None:
    frame = trips().astype({"treated": "boolean", "booked": "boolean"})
    frame.loc[:9, "fare"] = np.nan
    frame.loc[5:24, "region"] = None
    cells = read_cells(frame, SPEC)
    assert cells.left_out == {"region": 20, "treated": 0, "slot": 0}
    assert cells.rows.sum() == len(frame) - 20
    assert cells.outcomes["fare"].weight.sum() == frame.dropna(subset=["fare", "region"]).shape[0]


@pytest.mark.parametrize("sort", [False, True])
def test_values_near_a_billion_keep_their_digits(sort: bool) -> None:
    frame = trips(40_000)
    small = frame["fare"].round(6)
    frame["fare"] = 1e9 + small + (1e7 * (frame["time"].dt.day) if sort else 0)
    exact = frame["fare"] - 1e9
    frame = frame.sort_values("time")
    cells = read_cells(frame, CellSpec(keys=("region",), outcomes=("fare",), time="time", slot_minutes=120))
    slot = (frame["time"] - pd.Timestamp("1970-01-01")) // pd.Timedelta(minutes=120)
    within = exact.groupby([frame["region"], slot]).apply(lambda y: ((y - y.mean()) ** 2).sum())
    np.testing.assert_allclose(cells.outcomes["fare"].within, within, rtol=1e-7 if sort else 1e-10)


def test_a_panel_of_cells_is_the_regression_on_rows() -> None:
    frame = trips()
    cells = read_cells(frame, SPEC)
    sums, keys = cells.outcomes["fare"], cells.keys
    hour, day = keys["slot"] % 12, keys["slot"] // 12
    fit = panel_regression(
        PanelCells(
            weight=sums.weight, mean=sums.mean, within=sums.within, treatment=keys["treated"].astype(float),
            fixed_effects={"hour": hour, "day": day, "region": keys["region"]}, cluster=keys["slot"],
        )
    )  # fmt: skip
    slot = ((frame["time"] - pd.Timestamp("1970-01-01")) // pd.Timedelta(minutes=120)).to_numpy()
    dummies = [pd.get_dummies(of, drop_first=True).to_numpy(float) for of in (slot % 12, slot // 12, frame["region"])]
    x = np.column_stack([frame["treated"].to_numpy(float), np.ones(len(frame)), *dummies])
    dense = clustered_ols(frame["fare"], x, slot)
    assert fit.effect == pytest.approx(dense.coefficients[0], rel=1e-9)
    assert fit.std_error == pytest.approx(dense.std_error_cr2[0], rel=1e-9)
    assert fit.std_error_independent > 0


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (CellSpec(keys=("region",), outcomes=("region",)), "holds no numbers"),
        (CellSpec(keys=("area",), outcomes=("fare",)), "no column 'area'"),
        (CellSpec(keys=("region",), outcomes=("fare",), time="fare", slot_minutes=30), "holds no timestamps"),
        (CellSpec(keys=("region",), outcomes=("fare",), time="time", slot_minutes=0), "at least 1; got 0"),
        (CellSpec(keys=("empty",), outcomes=("fare",)), "every key of the cells"),
    ],
)
def test_what_makes_no_cells_is_one_clear_error(spec: CellSpec, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        read_cells(trips().assign(empty=pd.Series(pd.NA, dtype="string")), spec)

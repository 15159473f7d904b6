"""The marketplace: seeded, follows its schedule, and what it says of its effect and its rhythm is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.examples import marketplace

COLUMNS = ["time", "region", "arm", "rain", "driver_hours", "completed", "fare", "wait_minutes"]


def planned(days: int = 4, **words: Any) -> pd.DataFrame:
    design = dw.Switchback(time="time", slot="2h", metrics=["completed"], **{"region": "region", **words})
    regions = ["Hanoi", "Manila"] if design.region else None
    return dw.schedule(design, start="2026-11-02", days=days, regions=regions, seed=3)


def hourly(rides: pd.DataFrame) -> pd.DataFrame:
    """Mean and count of each region and hour, with the treated share of this hour and the hours before."""
    run = rides.assign(hour=rides.time.dt.floor("h"), treated=(rides.arm == "treatment") * 1.0)
    cells = run.groupby(["region", "hour"]).agg(
        y=("completed", "mean"), n=("completed", "size"), now=("treated", "mean")
    )
    for back in (1, 2, 3):
        cells[f"lag{back}"] = cells.groupby(level="region")["now"].shift(back).fillna(0.0)
    return cells.reset_index()


def within(cells: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    """Take off what a calendar hour and a region have on average (all cells are there)."""
    y = cells[column]
    by_hour, by_region = (y.groupby(cells[name]).transform("mean") for name in ("hour", "region"))
    return (y - by_hour - by_region + y.mean()).to_numpy()


def test_the_same_seed_gives_the_same_table_and_another_another() -> None:
    words = {"days": 2, "history_days": 2, "regions": 2}
    pd.testing.assert_frame_equal(marketplace(**words, seed=3), marketplace(**words, seed=3))
    assert not marketplace(**words, seed=3).equals(marketplace(**words, seed=4))


def test_it_has_weeks_of_history_without_an_arm_then_the_run() -> None:
    rides = marketplace()
    assert list(rides.columns) == COLUMNS
    assert 150_000 < len(rides) < 250_000
    before = rides.time < "2026-11-02"
    assert rides.arm.isna().equals(before)
    assert rides.time.dt.date.nunique() == 42
    assert rides.region.nunique() == 4
    assert rides.time.is_monotonic_increasing
    assert not rides.drop(columns="arm").isna().any(axis=None)
    assert (rides.loc[rides.completed == 0, "fare"] == 0).all()
    assert (rides.groupby(["region", rides.time.dt.floor("h")])[["rain", "driver_hours"]].nunique() == 1).all(axis=None)


def test_the_default_switches_in_pairs_of_four_hours() -> None:
    rides = marketplace(history_days=0, days=6, requests_per_hour=200)
    slots = rides.groupby(["region", rides.time.dt.floor("4h")]).arm.agg(["nunique", "first"])
    assert (slots["nunique"] == 1).all()
    for _, arms in slots["first"].groupby(level="region"):
        pairs = arms.to_numpy().reshape(-1, 2)
        assert (pairs[:, 0] != pairs[:, 1]).all()


def test_it_serves_the_schedule_it_is_given() -> None:
    plan = planned()
    rides = marketplace(plan, history_days=1)
    served = rides.dropna(subset="arm")
    wanted = plan.set_index(["region", "slot_start"]).arm
    keys = pd.MultiIndex.from_arrays([served.region, served.time.dt.floor("2h")])
    assert (wanted.loc[keys].to_numpy() == served.arm.to_numpy()).all()
    assert set(rides.region) == {"Hanoi", "Manila"}
    assert served.time.max() < pd.Timestamp("2026-11-06")


def test_the_history_is_the_same_whatever_is_served() -> None:
    one, other = (marketplace(plan, days=4, history_days=2, regions=2, seed=3) for plan in (None, planned(region=None)))
    assert not one.arm.equals(other.arm)
    before = one.time < "2026-11-02"
    pd.testing.assert_frame_equal(one[before], other[before])


def test_a_schedule_without_regions_switches_all_of_them() -> None:
    rides = marketplace(planned(region=None), history_days=0, regions=3, requests_per_hour=100)
    assert rides.region.nunique() == 3
    assert (rides.groupby(rides.time.dt.floor("2h")).arm.nunique() == 1).all()


@pytest.mark.slow
def test_the_effect_and_its_onset_are_recovered() -> None:
    rides = marketplace(
        days=28, history_days=0, regions=8, requests_per_hour=200, effect=0.09, onset=(0.5, 0.3, 0.2), seed=1
    )
    cells = hourly(rides)
    lags = np.column_stack([within(cells, name) for name in ("now", "lag1", "lag2", "lag3")])
    y = within(cells, "y")
    found, *_ = np.linalg.lstsq(lags, y, rcond=None)
    left = y - lags @ found
    inverse = np.linalg.inv(lags.T @ lags)
    # Errors of a region's day go together, so they are summed first (Liang & Zeger 1986).
    unit = cells.region + cells.hour.dt.date.astype(str)
    scores = pd.DataFrame(lags * left[:, None]).groupby(unit.to_numpy()).sum().to_numpy()
    errors = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    truth = np.array([0.045, 0.027, 0.018, 0.0])
    assert (np.abs(found - truth) < 4 * errors).all(), (found, errors)
    assert (errors < 0.006).all()


def test_without_an_effect_the_arms_are_alike_and_with_one_only_completion_moves() -> None:
    words = {"days": 14, "history_days": 0, "regions": 8, "requests_per_hour": 100}
    none, some = (marketplace(**words, effect=effect, seed=2) for effect in (0.0, 0.08))
    assert none.time.equals(some.time)
    assert none.wait_minutes.equals(some.wait_minutes)
    assert none.driver_hours.equals(some.driver_hours)
    gained = some.completed.astype(int) - none.completed
    assert set(gained) == {0, 1}
    both = (none.completed == 1) & (some.completed == 1)
    assert none.fare[both].equals(some.fare[both])
    # Every request draws the same chance in both, so the gain is binomial around the exposure's share of the effect.
    treated = some.arm == "treatment"
    assert gained[treated].mean() > 3 * gained[~treated].mean()
    assert gained.mean() == pytest.approx(0.04, abs=0.004)


def test_hours_keep_what_the_hour_before_had() -> None:
    rides = marketplace(days=1, history_days=56, regions=2, requests_per_hour=150)
    cells = hourly(rides)
    week = cells.hour.dt.day_of_week * 24 + cells.hour.dt.hour
    left = cells.y - cells.y.groupby([cells.region, week]).transform("mean")
    near = [float(left[cells.region == region].autocorr(1)) for region in cells.region.unique()]
    far = [float(left[cells.region == region].autocorr(24)) for region in cells.region.unique()]
    assert min(near) > 0.2
    assert max(abs(each) for each in far) < 0.2


def test_the_hour_of_the_week_shows_in_demand_and_completion() -> None:
    cells = hourly(marketplace(days=1, history_days=56, requests_per_hour=100))
    hour, weekday = cells.hour.dt.hour, cells.hour.dt.day_of_week
    busy, calm = cells[(hour == 18) & (weekday < 5)], cells[(hour == 4) & (weekday < 5)]
    assert busy.n.mean() > 2 * calm.n.mean()
    assert busy.y.mean() < calm.y.mean() - 0.03
    late = cells[hour == 23].groupby(weekday).n.mean()
    assert late[5] > late[1]


@pytest.mark.parametrize(
    "words",
    [
        {"days": 0}, {"regions": 9}, {"regions": 0}, {"effect": 0.2}, {"onset": (0.5, 0.2)}, {"onset": ()},
        {"onset": (1.5, -0.5)}, {"requests_per_hour": 0}, {"start": "soon"}, {"history_days": -1},
        {"schedule": pd.DataFrame({"region": ["a"]})}, {"schedule": planned().replace({"treatment": "on"})},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(dw.InputError):
        marketplace(**words)

"""Participants' own values: exact, with their ties, whatever was subtracted on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.data import MetricReading, Reading, read_moments
from decision_widgets.data import participants as participants_room
from decision_widgets.data import samples as samples_room


def read(frame: pd.DataFrame, *metrics: Any, **words: Any) -> Reading:
    spec = design(*metrics, **words).needs()
    names = tuple(columns.metric for columns in spec.metrics)
    return read_moments(frame, replace(spec, samples=names, participants=names))


def of(reading: Reading, metric: str, arm: str) -> Any:
    found = reading.metrics[metric]
    assert isinstance(found, MetricReading)
    return found.samples[arm]


@pytest.mark.parametrize("metric", ["spend", "trips", "paid"])
@pytest.mark.parametrize("participant", ["user", None])
def test_values_and_ties_are_those_of_pandas_in_both_arms_together(metric: str, participant: str | None) -> None:
    frame = experiment(500, seed=3)
    reading = read(frame, metric, participant=participant)
    unit = frame["user"] if participant else pd.Series(range(len(frame)))
    expected = frame.groupby(["variant", unit])[metric].mean()
    every = []
    for arm in (CONTROL, TREATMENT):
        sample = of(reading, metric, arm)
        values = np.sort(expected[arm].to_numpy())
        np.testing.assert_allclose(sample.every, values, rtol=1e-12, atol=0)
        assert len(sample.values) == len(np.unique(values.round(12)))
        every.append(sample.values)
    both = len(np.unique(np.concatenate(every)))
    assert both == len(np.unique(expected.to_numpy().round(12)))


def test_a_constant_price_is_one_value_however_often_it_was_paid() -> None:
    frame = experiment(300)
    frame["spend"] = np.where(frame["user"] % 3 == 0, 0.0, 9.99)
    frame.loc[frame["variant"] == TREATMENT, "spend"] += np.where(frame["user"] % 5 == 0, 3.3, 0)[
        (frame["variant"] == TREATMENT).to_numpy()
    ]
    reading = read(frame, "spend")
    assert of(reading, "spend", CONTROL).values.tolist() == pytest.approx([0.0, 9.99])
    assert 0.0 in of(reading, "spend", CONTROL).values
    common = np.intersect1d(of(reading, "spend", CONTROL).values, of(reading, "spend", TREATMENT).values)
    assert len(common) == 2


def test_a_ratio_gives_each_participants_own_ratio() -> None:
    frame = experiment(300)
    reading = read(frame, dw.Metric("rate", numerator="clicks", denominator="views"))
    totals = frame[frame["variant"] == CONTROL].groupby("user")[["clicks", "views"]].sum()
    np.testing.assert_allclose(
        of(reading, "rate", CONTROL).every, np.sort(totals["clicks"] / totals["views"]), rtol=1e-12
    )


def test_participants_one_by_one_are_those_of_pandas() -> None:
    frame = experiment(300).assign(before=lambda f: f["user"] % 7 * 1.5)
    frame.loc[frame["user"] % 4 == 0, "before"] = np.nan
    frame.loc[frame["user"] % 5 == 0, "spend"] = np.nan
    people = read(frame, dw.Metric("spend", covariates=["before"]), "paid", missing="drop").people
    assert people is not None
    expected = frame.groupby("user").agg(
        arm=("variant", "first"),
        n=("spend", "count"),
        total=("spend", "sum"),
        paid=("paid", "sum"),
        x=("before", "mean"),
    )
    assert people.arm.tolist() == (expected["arm"] == TREATMENT).astype(int).tolist()
    spend = people.metrics["spend"]
    assert spend.known.tolist() == (expected["n"] > 0).tolist()
    np.testing.assert_allclose(spend.weight, expected["n"])
    np.testing.assert_allclose(spend.total, expected["total"], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(people.metrics["paid"].total, expected["paid"], atol=1e-12)
    np.testing.assert_allclose(people.covariates["before"], expected["x"], rtol=1e-12, atol=1e-14)
    assert (people.n_participants, people.seed) == (300, None)


def test_of_many_a_sample_leaves_the_engine_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_room, "MOST_VALUES", 400)
    monkeypatch.setattr(participants_room, "MOST_PARTICIPANTS", 400)
    frame = experiment(4000, sizes="equal")
    first, second = read(frame, "spend", "paid"), read(frame.sample(frac=1, random_state=1), "spend", "paid")
    for arm in (CONTROL, TREATMENT):
        sample = of(first, "spend", arm)
        assert sample.n == pytest.approx(200, abs=60)
        assert sample.n_units == 2000
        assert sample.seed is not None
        np.testing.assert_allclose(sample.values, of(second, "spend", arm).values, rtol=1e-12)
        assert of(first, "paid", arm).n == 2000  # two values need no sample
    assert first.people is not None
    assert len(first.people.arm) == pytest.approx(400, abs=80)
    assert first.people.n_participants == 4000

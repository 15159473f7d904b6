"""A table becomes moments: who counts, what is left out, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

from decision_widgets.data import MetricReading, Reading, read_moments
from decision_widgets.moments import ArmMoments


def read(frame: pd.DataFrame, *metrics: object, **words: object) -> Reading:
    return read_moments(frame, design(*metrics, **words).needs())


def arm(reading: Reading, metric: str, name: str) -> ArmMoments:
    found = reading.metrics[metric]
    assert isinstance(found, MetricReading)
    return found.arms[name]


def test_participants_and_rows_are_counted_by_arm() -> None:
    frame = experiment(50)
    reading = read(frame, "spend")
    assert dict(reading.participants) == frame.groupby("variant").user.nunique().to_dict()
    for name in (CONTROL, TREATMENT):
        assert arm(reading, "spend", name).n_observations == (frame.variant == name).sum()
        assert arm(reading, "spend", name).level == pytest.approx(frame.spend[frame.variant == name].mean(), rel=1e-13)


def test_rows_without_participant_or_arm_are_left_out_and_counted_apart() -> None:
    frame = experiment(50).astype({"user": "Int64", "variant": object})
    frame.loc[:2, "user"] = pd.NA
    frame.loc[2:6, "variant"] = None  # the row that lacks both is counted with the arms
    reading = read(frame, "spend", missing="drop")
    assert dict(reading.left_out) == {"user": 2, "variant": 5, "several arms": 0}
    clean = read(frame.iloc[7:], "spend")
    assert dict(reading.participants) == dict(clean.participants)
    assert arm(reading, "spend", CONTROL).level == arm(clean, "spend", CONTROL).level


def test_a_row_without_arm_does_not_make_a_participant_of_several_arms() -> None:
    frame = experiment(50).astype({"variant": object})
    extra = frame.head(1).assign(variant=None)
    assert read(pd.concat([frame, extra], ignore_index=True), "spend", missing="drop").n_contaminated == 0


def test_a_participant_of_several_arms_is_in_none() -> None:
    frame = experiment(50)
    user = frame.user.iloc[0]
    other = TREATMENT if frame.variant.iloc[0] == CONTROL else CONTROL
    extra = frame.head(1).assign(variant=other)
    reading = read(pd.concat([frame, extra], ignore_index=True), "spend")
    without = read(frame[frame.user != user], "spend")
    assert reading.n_contaminated == 1
    assert dict(reading.participants) == dict(without.participants)
    assert arm(reading, "spend", other).level == pytest.approx(arm(without, "spend", other).level, rel=1e-13)


@pytest.mark.parametrize("first", [True, False], ids=["missing row first", "missing row last"])
def test_per_participant_counts_each_participant_with_a_value_once(first: bool) -> None:
    frame = pd.DataFrame(
        {
            "user": [1, 1, 2, 3, 4, 4, 5, 6],
            "variant": [CONTROL] * 4 + [TREATMENT] * 4,
            "trips": [np.nan, 5.0, 2.0, 3.0, np.nan, 7.0, 1.0, 4.0],
        }
    )
    ratio = {"name": "per_user", "numerator": "trips", "denominator": "user"}
    reading = read(frame if first else frame[::-1], ratio, missing="drop")
    assert arm(reading, "per_user", CONTROL).level == pytest.approx(10 / 3, rel=1e-14)
    assert arm(reading, "per_user", TREATMENT).level == pytest.approx(4.0, rel=1e-14)
    assert arm(reading, "per_user", CONTROL).weight == 3
    zero = read(frame if first else frame[::-1], ratio, missing="zero")
    assert arm(zero, "per_user", CONTROL).level == pytest.approx(10 / 3, rel=1e-14)


def test_a_participant_whose_every_row_is_missing_counts_per_participant_only_as_zero() -> None:
    frame = experiment(40).assign(trips=lambda f: f.trips.astype(float))
    frame.loc[frame.user == frame.user.iloc[0], "trips"] = np.nan
    ratio = {"name": "per_user", "numerator": "trips", "denominator": "user"}
    name = frame.variant.iloc[0]
    n = frame[frame.variant == name].user.nunique()
    assert arm(read(frame, ratio, missing="drop"), "per_user", name).weight == n - 1
    assert arm(read(frame, ratio, missing="zero"), "per_user", name).weight == n


def test_days_are_counted_from_the_first_to_the_last() -> None:
    frame = experiment(30)
    frame["time"] = pd.Timestamp("2026-02-27 23:59", tz="Asia/Jakarta") + pd.to_timedelta(
        np.arange(len(frame)) % 3, "D"
    )
    reading = read(frame, "spend", time="time")
    assert (reading.first_day, reading.last_day, reading.days) == ("2026-02-27", "2026-03-01", 3)


def test_dates_as_text_are_read() -> None:
    frame = experiment(30).assign(time="2026-01-05")
    assert read(frame, "spend", time="time").days == 1


def test_a_column_that_is_a_metric_and_part_of_a_ratio_is_recognised_as_a_metric() -> None:
    frame = experiment(50)
    rate = {"name": "per_trip", "numerator": "spend", "denominator": "trips"}
    for metrics in ((rate, "spend"), ("spend", rate)):
        found = read(frame, *metrics).metrics["spend"]
        assert isinstance(found, MetricReading)
        assert found.recognition.kind == "continuous"
        assert "Declared" not in found.recognition.evidence

"""Moments adjusted by covariates are the row-level regression, whatever the number of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.data import MetricReading, read_moments
from decision_widgets.estimates import RelativeEffect, adjusted_difference, clustered_ols, relative_effect


def with_covariates(participants: int = 300, **words: Any) -> pd.DataFrame:
    """Add a covariate near 1e6, one of two values, and one that a fifth of the participants lack."""
    frame = experiment(participants, **words)
    rng = np.random.default_rng(9)
    who = frame["user"] - 1000
    taste = frame.groupby("user")["spend"].transform("mean")
    noise = rng.normal(0, 1, (3, participants))[:, who]
    frame["before"] = 1e6 + 5 * taste + noise[0]
    frame["android"] = (noise[1] > 0.3).astype(int)
    frame["visits"] = np.where(rng.random(participants)[who] < 0.2, np.nan, np.exp(noise[2]))
    return frame


def read(frame: pd.DataFrame, metric: dw.Metric, **words: Any) -> MetricReading:
    found = read_moments(frame, design(metric, **words).needs()).metrics[metric.name]
    assert isinstance(found, MetricReading)
    return found


def adjusted(reading: MetricReading) -> Any:
    assert reading.adjustment is not None
    arms = reading.adjustment.arms
    return adjusted_difference(
        arms[CONTROL],
        arms[TREATMENT],
        (reading.arms[CONTROL], reading.arms[TREATMENT]),
        mean_covariance=reading.adjustment.mean_covariance,
    )


def agrees(answer: Any, frame: pd.DataFrame, y: Any, columns: list[Any]) -> None:
    """Compare with CR2 of the interacted regression on rows, plus what the mean of covariates adds."""
    arms = [name for name in (TREATMENT, "treatment_2") if (frame["variant"] == name).any()]
    dummies = [(frame["variant"] == name).to_numpy(float) for name in arms]
    centred = np.column_stack([np.asarray(column, float) - np.mean(column) for column in columns])
    x = np.column_stack([np.ones(len(frame)), *dummies, centred, *(dummy[:, None] * centred for dummy in dummies)])
    fit = clustered_ols(y, x, frame["user"])
    totals = pd.DataFrame(centred).groupby(frame["user"].to_numpy()).sum().to_numpy()
    first = 1 + len(arms) + centred.shape[1]
    slopes = fit.coefficients[first : first + centred.shape[1]]
    added = float(((totals @ slopes) ** 2).sum()) / len(frame) ** 2
    assert answer.effect == pytest.approx(fit.coefficients[1], rel=1e-9)
    assert answer.std_error == pytest.approx(np.sqrt(fit.std_error_cr2[1] ** 2 + added), rel=1e-9)
    assert answer.df == pytest.approx(fit.df_cr2[1], rel=1e-8)


@pytest.mark.parametrize("covariates", [["before"], ["before", "android"]])
@pytest.mark.parametrize("participants", [90, 300])
def test_several_covariates_give_the_interacted_regression_on_rows(covariates: list[str], participants: int) -> None:
    frame = with_covariates(participants)
    found = adjusted(read(frame, dw.Metric("spend", covariates=covariates)))
    agrees(found.answer, frame, frame["spend"], [frame[name] for name in covariates])
    assert found.variance_reduction > 0.2


def test_who_has_no_covariate_gets_the_mean_and_an_indicator() -> None:
    frame = with_covariates()
    reading = read(frame, dw.Metric("spend", covariates=["before", "visits"]))
    missing = frame["visits"].isna()
    agrees(adjusted(reading).answer, frame, frame["spend"], [frame["before"], frame["visits"].fillna(7.0), missing])
    assert reading.adjustment is not None
    before, visits = reading.adjustment.covariates
    assert before.missing_share == 0
    assert visits.missing_share == pytest.approx(frame[missing].user.nunique() / frame.user.nunique())


def test_rows_without_an_outcome_do_not_enter() -> None:
    frame = with_covariates()
    frame.loc[::7, "spend"] = np.nan
    kept = frame.dropna(subset=["spend"])
    found = adjusted(read(frame, dw.Metric("spend", covariates=["before"]), missing="drop"))
    agrees(found.answer, kept, kept["spend"], [kept["before"]])


def test_a_ratio_is_adjusted_through_its_linearised_values() -> None:
    frame = with_covariates()
    rate = dw.Metric("rate", numerator="clicks", denominator="views", covariates=["before", "android"])
    found = adjusted(read(frame, rate))
    people = frame.groupby(["user", "variant"], as_index=False).agg(
        clicks=("clicks", "sum"), views=("views", "sum"), before=("before", "mean"), android=("android", "mean")
    )
    arm = people.groupby("variant")[["clicks", "views"]].transform("sum")
    level, mean = arm["clicks"] / arm["views"], people.groupby("variant")["views"].transform("mean")
    value = level + (people["clicks"] - level * people["views"]) / mean
    agrees(found.answer, people, value, [people["before"], people["android"]])


def test_a_ratio_by_a_constant_is_the_mean_per_participant() -> None:
    frame = with_covariates().groupby("user", as_index=False).first().assign(one=1)
    ratio = dw.Metric("ratio", numerator="spend", denominator="one", covariates=["before"])
    left = adjusted(read(frame, ratio))
    right = adjusted(read(frame, dw.Metric("spend", covariates=["before"])))
    for name in ("effect", "std_error", "df"):
        assert getattr(left.answer, name) == pytest.approx(getattr(right.answer, name), rel=1e-9)


def test_three_arms_are_centred_at_the_mean_of_all() -> None:
    frame = with_covariates(360, arms=3)
    found = adjusted(read(frame, dw.Metric("spend", covariates=["before"])))
    agrees(found.answer, frame, frame["spend"], [frame["before"]])


def test_where_slopes_differ_the_interval_covers_the_effect_on_everybody() -> None:
    """The covariate moves the outcome by 3 under treatment alone: errors about this sample alone cover 76%."""
    rng, inside, repetitions = np.random.default_rng(8), 0, 300
    for _ in range(repetitions):
        before = rng.normal(0, 1, 150)
        treated = rng.permutation(np.arange(150) % 2)
        spend = 10 + 3 * before * treated + rng.normal(0, 1, 150)
        frame = pd.DataFrame({"user": range(150), "variant": np.array([CONTROL, TREATMENT])[treated], "spend": spend})
        found = adjusted(read(frame.assign(before=before), dw.Metric("spend", covariates=["before"]))).answer
        inside += found.effect_lower <= 0 <= found.effect_upper
    assert inside / repetitions == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / repetitions))


def test_relative_and_absolute_intervals_exclude_nothing_together() -> None:
    frame = with_covariates(120, effect=0.9)
    answer = adjusted(read(frame, dw.Metric("spend", covariates=["before"]))).answer
    edge = abs(answer.effect) / answer.std_error
    for quantile in (0.999 * edge, 1.001 * edge):
        relative = relative_effect(answer, quantile=quantile)
        assert isinstance(relative, RelativeEffect)
        lower, upper = answer.interval(quantile)
        assert (relative.relative_effect_lower > 0) == (lower > 0)
        assert (relative.relative_effect_upper < 0) == (upper < 0)


def test_the_move_of_the_estimate_has_the_standard_error_of_its_influence() -> None:
    """Over many shuffles of the arms the move divided by its standard error is spread like a standard normal."""
    frame = with_covariates(300).groupby("user", as_index=False).first()
    rng, moves = np.random.default_rng(5), []
    for _ in range(150):
        shuffled = frame.assign(variant=rng.permutation(frame["variant"].to_numpy()))
        found = adjusted(read(shuffled, dw.Metric("spend", covariates=["before"])))
        moves.append(found.change / found.change_std_error)
    assert np.std(moves) == pytest.approx(1, abs=3 / np.sqrt(2 * 150))


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (lambda f: 3.0, "does not vary"),
        (lambda f: 2 * f["before"] - 7, "other covariates determine it"),
        (lambda f: np.nan, "is missing in all"),
        (lambda f: "word", "one text only"),
        (lambda f: np.where(f["variant"] == CONTROL, 1.0, f["android"]), "does not vary in every arm"),
    ],
)
def test_a_useless_covariate_is_left_out_with_its_reason_and_the_others_adjust(column: Any, reason: str) -> None:
    frame = with_covariates()
    frame["odd"] = column(frame)
    both = read(frame, dw.Metric("spend", covariates=["before", "odd"]))
    alone = read(frame, dw.Metric("spend", covariates=["before"]))
    assert both.adjustment is not None
    kept, odd = both.adjustment.covariates
    assert (kept.used, odd.used) == (True, False)
    assert odd.reason is not None
    assert reason in odd.reason
    assert adjusted(both).answer.std_error == pytest.approx(adjusted(alone).answer.std_error, rel=1e-12)


def test_few_participants_support_few_covariates() -> None:
    frame = with_covariates(44)
    reading = read(frame, dw.Metric("spend", covariates=["before", "android"]))
    assert reading.adjustment is not None
    assert [c.reason for c in reading.adjustment.covariates] == [None, "an arm of 22 participants supports 1"]

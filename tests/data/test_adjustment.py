"""Moments adjusted by covariates are the row-level regression, whatever the number of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.data import MetricReading, read_moments
from decision_widgets.estimates import adjusted_difference, clustered_ols


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
    return adjusted_difference(arms[CONTROL], arms[TREATMENT], (reading.arms[CONTROL], reading.arms[TREATMENT]))


def interacted(frame: pd.DataFrame, columns: list[np.ndarray], weights: np.ndarray | None = None) -> np.ndarray:
    """Build 1, D, centred covariates and their products with D."""
    treated = (frame["variant"] == TREATMENT).to_numpy(float)
    centred = [column - np.average(column, weights=weights) for column in columns]
    return np.column_stack([np.ones(len(frame)), treated, *centred, *(treated * column for column in centred)])


def agrees(answer: Any, fit: Any) -> None:
    assert answer.effect == pytest.approx(fit.coefficients[1], rel=1e-9)
    assert answer.std_error == pytest.approx(fit.std_error_cr2[1], rel=1e-9)
    assert answer.df == pytest.approx(fit.df_cr2[1], rel=1e-8)


@pytest.mark.parametrize("covariates", [["before"], ["before", "android"]])
@pytest.mark.parametrize("participants", [90, 300])
def test_several_covariates_give_the_interacted_regression_on_rows(covariates: list[str], participants: int) -> None:
    frame = with_covariates(participants)
    found = adjusted(read(frame, dw.Metric("spend", covariates=covariates)))
    x = interacted(frame, [frame[name].to_numpy(float) for name in covariates])
    agrees(found.answer, clustered_ols(frame["spend"], x, frame["user"]))
    assert found.variance_reduction > 0.2


def test_who_has_no_covariate_gets_the_mean_and_an_indicator() -> None:
    frame = with_covariates()
    reading = read(frame, dw.Metric("spend", covariates=["before", "visits"]))
    missing = frame["visits"].isna()
    columns = [frame["before"].to_numpy(), frame["visits"].fillna(7.0).to_numpy(), missing.to_numpy(float)]
    agrees(adjusted(reading).answer, clustered_ols(frame["spend"], interacted(frame, columns), frame["user"]))
    assert reading.adjustment is not None
    before, visits = reading.adjustment.covariates
    assert before.missing_share == 0
    assert visits.missing_share == pytest.approx(frame[missing].user.nunique() / frame.user.nunique())


def test_rows_without_an_outcome_do_not_enter() -> None:
    frame = with_covariates()
    frame.loc[::7, "spend"] = np.nan
    kept = frame.dropna(subset=["spend"])
    found = adjusted(read(frame, dw.Metric("spend", covariates=["before"]), missing="drop"))
    x = interacted(kept, [kept["before"].to_numpy()])
    agrees(found.answer, clustered_ols(kept["spend"], x, kept["user"]))


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
    x = interacted(people, [people["before"].to_numpy(), people["android"].to_numpy()])
    agrees(found.answer, clustered_ols(value, x, people["user"]))


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
    dummies = [(frame["variant"] == name).to_numpy(float) for name in (TREATMENT, "treatment_2")]
    centred = (frame["before"] - frame["before"].mean()).to_numpy()
    x = np.column_stack([np.ones(len(frame)), *dummies, centred, *(dummy * centred for dummy in dummies)])
    agrees(found.answer, clustered_ols(frame["spend"], x, frame["user"]))


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

"""Checks of predicted effects: equal to their definitions, blind to noise, and open to what is there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import integrate, stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    PredictedEffectChecks,
    calibration_slope,
    check_predicted_effects,
    clustered_ols,
    predicted_group_effects,
    targeting_gain,
)

Rows = dict[str, Any]


def rows(n: int = 400, spread: float = 0.5, seed: int = 0, share: float = 0.4, noise: float = 1.0) -> Rows:
    """Make 1 to 4 rows for each participant, whose effects vary by `spread` times what is predicted."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n), rng.integers(1, 5, n))
    predicted, treatment = rng.normal(size=n), (rng.random(n) < share).astype(float)
    y = rng.normal(size=n) + treatment * (0.3 + spread * predicted)
    return {
        "predicted": predicted[cluster],
        "outcome": y[cluster] + noise * rng.normal(size=len(cluster)),
        "treatment": treatment[cluster],
        "propensity": share,
        "cluster": cluster,
    }


def scores(data: Rows) -> np.ndarray:
    d, y, e = data["treatment"], data["outcome"], np.broadcast_to(data["propensity"], data["outcome"].shape)
    mean_t, mean_c = np.average(y, weights=d / e), np.average(y, weights=(1 - d) / (1 - e))
    return (d - e) / (e * (1 - e)) * (y - (1 - e) * mean_t - e * mean_c)


def test_the_gain_is_its_definition_with_ties_sharing_their_ranks() -> None:
    data = rows()
    data["predicted"] = data["predicted"].round()
    score = scores(data)
    order = np.argsort(-data["predicted"], kind="stable")
    level = np.array([score[data["predicted"] == value].mean() for value in data["predicted"][order]])
    curve = np.cumsum(level) / np.arange(1, len(level) + 1) - score.mean()
    assert targeting_gain(**data).effect == pytest.approx(curve.mean(), rel=1e-9)


def test_the_gain_of_knowing_normal_effects_is_the_one_by_integration() -> None:
    data = rows(n=8_000, spread=1.0, noise=0.0)
    answer = targeting_gain(**data)
    truth = integrate.quad(lambda u: stats.norm.pdf(stats.norm.isf(u)) / u, 0, 1)[0]
    assert answer.effect_lower < truth < answer.effect_upper
    assert answer.std_error < 0.1


def test_only_the_order_of_predictions_counts_for_the_gain_and_its_error() -> None:
    data = rows()
    there, back = targeting_gain(**data), targeting_gain(**data | {"predicted": np.exp(3 * data["predicted"])})
    assert back == there


def test_the_half_sample_error_is_the_spread_of_the_gain_over_experiments() -> None:
    answers = [targeting_gain(**rows(n=300, seed=seed), n_draws=60) for seed in range(120)]
    spread = np.std([one.effect for one in answers], ddof=1)
    assert np.mean([one.std_error for one in answers]) == pytest.approx(spread, rel=0.2)  # 3 MCSE of a spread of 120


def test_shift_and_scale_of_the_outcome() -> None:
    data = rows()
    there = check_predicted_effects(**data)
    scaled = check_predicted_effects(**data | {"outcome": 1e5 + 4 * data["outcome"]})
    assert scaled.targeting.effect == pytest.approx(4 * there.targeting.effect, rel=1e-8)
    assert scaled.targeting.std_error == pytest.approx(4 * there.targeting.std_error, rel=1e-8)
    assert scaled.calibration.slope == pytest.approx(4 * there.calibration.slope, rel=1e-8)
    assert scaled.groups.difference == pytest.approx(4 * there.groups.difference, rel=1e-8)


def test_the_slope_is_the_weighted_regression_of_statsmodels_with_a_dense_cr2() -> None:
    data = rows()
    e = np.random.default_rng(1).uniform(0.2, 0.8, len(data["outcome"]))
    data["propensity"], step, s = e, data["treatment"] - e, data["predicted"] - data["predicted"].mean()
    x, weight = np.column_stack([step * s, np.ones(len(s)), step, s]), 1 / (e * (1 - e))
    answer = calibration_slope(**data)
    assert answer.slope == pytest.approx(sm.WLS(data["outcome"], x, weight).fit().params[0], rel=1e-9)
    root = np.sqrt(weight)
    dense = clustered_ols(data["outcome"] * root, x * root[:, None], data["cluster"])
    assert answer.std_error == pytest.approx(dense.std_error_cr2[0], rel=1e-9)
    assert answer.df == pytest.approx(dense.df_cr2[0], rel=1e-8)


def test_predictions_twice_too_large_have_half_the_slope() -> None:
    data = rows()
    there, twice = calibration_slope(**data), calibration_slope(**data | {"predicted": 7 + 2 * data["predicted"]})
    assert twice.slope == pytest.approx(there.slope / 2, rel=1e-9)
    assert twice.slope_upper == pytest.approx(there.slope_upper / 2, rel=1e-9)


def test_exchanging_the_arms_and_the_signs_changes_nothing_but_the_order() -> None:
    every = rows()
    first = np.unique(every["cluster"], return_index=True)[1]  # no prediction lies on the edge of two groups
    data = {name: values if name == "propensity" else values[first] for name, values in every.items()}
    mirrored = {"predicted": -data["predicted"], "treatment": 1 - data["treatment"], "propensity": 0.6}
    there, back = check_predicted_effects(**data), check_predicted_effects(**data | mirrored)
    assert back.calibration.slope == pytest.approx(there.calibration.slope, rel=1e-9)
    assert back.groups.difference == pytest.approx(there.groups.difference, rel=1e-9)
    assert back.groups.groups[0].effect == pytest.approx(-there.groups.groups[-1].effect, rel=1e-9)


def test_a_groups_effect_is_its_difference_of_means() -> None:
    data = rows()
    answer = predicted_group_effects(**data)
    edges = np.quantile(data["predicted"], [0.2, 0.4, 0.6, 0.8])
    for one in answer.groups:
        inside = np.searchsorted(edges, data["predicted"]) == one.group - 1
        y, treated = data["outcome"][inside], data["treatment"][inside] == 1
        assert one.effect == pytest.approx(y[treated].mean() - y[~treated].mean(), rel=1e-9)
        assert one.predicted_effect == pytest.approx(data["predicted"][inside].mean())
        assert one.n_participants == len(set(data["cluster"][inside]))
    assert answer.difference == pytest.approx(answer.groups[-1].effect - answer.groups[0].effect, rel=1e-9)


def test_equal_predictions_stay_in_one_group() -> None:
    data = rows()
    for mostly in (np.minimum(data["predicted"], 0), np.maximum(data["predicted"], 0), np.sign(data["predicted"])):
        groups = predicted_group_effects(**data | {"predicted": mostly}).groups
        assert 2 <= len(groups) <= 4
        assert sum(one.n_participants for one in groups) == 400


def test_a_baseline_takes_noise_away_and_one_that_is_known_already_changes_nothing() -> None:
    data = rows()
    own = np.random.default_rng(0).normal(size=400) * 5
    noisy = data | {"outcome": data["outcome"] + own[data["cluster"]]}
    plain, helped = check_predicted_effects(**noisy), check_predicted_effects(**noisy, baseline=own[data["cluster"]])
    assert helped.targeting.std_error < plain.targeting.std_error / 2
    assert helped.calibration.std_error < plain.calibration.std_error / 2
    assert helped.groups.groups[0].std_error < plain.groups.groups[0].std_error / 2
    assert calibration_slope(**data, baseline=2 * data["predicted"] - 1) == calibration_slope(**data)


def test_groups_out_of_order_by_more_than_chance_do_not_pass() -> None:
    data = rows(n=4000, spread=0.0)
    predicted = data["predicted"]
    hump = np.where((predicted > -0.8) & (predicted < -0.3), 3.0, 0.0) + (predicted > 0.8)
    answer = predicted_group_effects(**data | {"outcome": data["outcome"] + data["treatment"] * hump})
    assert answer.difference_lower > 0
    assert not answer.in_order
    assert not answer.passed


def test_what_is_there_passes_and_too_bold_predictions_fail_their_calibration_alone() -> None:
    data = rows(n=3000)
    honest = check_predicted_effects(**data | {"predicted": 0.3 + 0.5 * data["predicted"]})
    assert honest.passed
    assert honest.failed == ()
    assert honest.n_participants == 3000
    bold = check_predicted_effects(**data | {"predicted": 5 * data["predicted"]})
    assert not bold.passed
    assert bold.failed == ("calibration",)


def test_the_seed_decides_and_the_record_survives_its_plain_form() -> None:
    data = rows()
    answer = check_predicted_effects(**data, seed=3)
    assert answer == check_predicted_effects(**data, seed=3)
    assert answer.targeting.std_error != check_predicted_effects(**data, seed=4).targeting.std_error
    assert PredictedEffectChecks.from_dict(answer.to_dict()) == answer


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"predicted": 1.0}, "needs one value per row"),
        ({"predicted": np.ones(3)}, "needs one value per row"),
        ({"cluster": np.ones(3)}, "needs one label per row"),
        ({"predicted": "same"}, "ranks nobody"),
        ({"outcome": "gap"}, "'outcome' must be finite"),
        ({"treatment": "same"}, "both must occur"),
        ({"propensity": 1.0}, "strictly between 0 and 1"),
        ({"propensity": np.nan}, "'propensity' must be finite"),
        ({"cluster": "same"}, "at least 20 clusters"),
    ],
)
@pytest.mark.parametrize("check", [targeting_gain, calibration_slope, predicted_group_effects])
def test_what_cannot_be_checked_is_refused(check: Any, changes: Rows, said: str) -> None:
    data = rows()
    n = len(data["outcome"])
    values = {"same": np.ones(n), "gap": np.r_[np.nan, data["outcome"][1:]]}
    given = {name: values[value] if isinstance(value, str) else value for name, value in changes.items()}
    with pytest.raises(InputError, match=said):
        check(**data | given)


def test_outcomes_that_do_not_vary_and_groups_of_one_arm_are_refused() -> None:
    data = rows()
    for check in (targeting_gain, calibration_slope, predicted_group_effects):
        with pytest.raises(InputError):
            check(**data | {"outcome": np.zeros(len(data["outcome"]))})
    with pytest.raises(InputError, match="2 participants in each arm"):
        predicted_group_effects(**data | {"predicted": data["treatment"] + 1e-9 * data["predicted"]})
    with pytest.raises(InputError):
        check_predicted_effects([], [], [], 0.5, [])
    with pytest.raises(InputError, match="at least 2 groups"):
        predicted_group_effects(**data, n_groups=1)
    with pytest.raises(InputError, match="at least 20 draws"):
        targeting_gain(**data, n_draws=1)


def rejections(n_experiments: int, n: int) -> np.ndarray:
    """Count how often each check lets through predictions that are noise, and how often all three do."""
    passed = np.zeros(4)
    for seed in range(n_experiments):
        answer = check_predicted_effects(**rows(n=n, spread=0.0, seed=seed), seed=seed)
        passed += [answer.targeting.passed, answer.calibration.passed, answer.groups.passed, answer.passed]
    return passed / n_experiments


def test_noise_does_not_pass() -> None:
    assert (rejections(60, 150) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 60)).all()


@pytest.mark.slow
def test_noise_passes_no_check_more_often_than_promised() -> None:
    assert (rejections(600, 300) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)).all()

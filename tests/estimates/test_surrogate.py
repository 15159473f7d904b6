"""The surrogate index: its regression, its error, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.surrogate import SurrogateIndex, surrogate_index


def samples(rng: np.random.Generator, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    history = rng.normal(size=(n, 2))
    y = 1 + history @ [1, 0.5] + rng.normal(size=n) * (1 + history[:, 0] ** 2) / 2
    return y, history, rng.normal(size=(n, 2)), rng.normal([0.4, 0.2], 1, (n, 2))


def test_the_index_is_the_prediction_of_statsmodels() -> None:
    y, history, control, treated = samples(np.random.default_rng(0))
    fit = surrogate_index(y, history, control, treated)
    theirs = sm.OLS(y, sm.add_constant(history)).fit(cov_type="HC1")
    index_c, index_t = (theirs.predict(sm.add_constant(arm)) for arm in (control, treated))
    assert fit.coefficients == pytest.approx(theirs.params, rel=1e-10)
    assert fit.r_squared == pytest.approx(theirs.rsquared, rel=1e-10)
    assert (fit.control_mean, fit.treatment_mean) == pytest.approx((index_c.mean(), index_t.mean()), rel=1e-10)
    assert fit.effect == pytest.approx(index_t.mean() - index_c.mean(), rel=1e-10)
    square = (index_c.var(ddof=1) + index_t.var(ddof=1)) / 120
    assert fit.std_error_index == pytest.approx(math.sqrt(square), rel=1e-10)
    shift = np.array([0, *(treated.mean(axis=0) - control.mean(axis=0))])
    assert fit.std_error == pytest.approx(math.sqrt(square + shift @ theirs.cov_params() @ shift), rel=1e-10)


def test_swapping_arms_flips_the_sign_and_units_do_not_matter() -> None:
    y, history, control, treated = samples(np.random.default_rng(1))
    fit = surrogate_index(y, history, control, treated)
    other = surrogate_index(3 - 2 * y, 7 + 10 * history, 7 + 10 * treated, 7 + 10 * control)
    assert other.effect == pytest.approx(2 * fit.effect, rel=1e-9)
    assert other.std_error == pytest.approx(2 * fit.std_error, rel=1e-9)


def test_participants_unlike_history_are_counted() -> None:
    fit = surrogate_index([1, 2, 2, 4, 5], [0, 1, 1, 2, 3], [0, 1, -1], [1, 3, 3, 9, 4])
    assert fit.outside_support == pytest.approx(3 / 8)


def test_one_surrogate_may_be_a_plain_list_and_the_result_survives() -> None:
    fit = surrogate_index([1, 2, 2, 4, 5], [0, 1, 1, 2, 3], [0, 1, 2], [1, 3, 3])
    column = surrogate_index([1, 2, 2, 4, 5], [[0], [1], [1], [2], [3]], [[0], [1], [2]], [[1], [3], [3]])
    assert fit == column
    assert SurrogateIndex.from_dict(fit.to_dict()) == fit


def test_the_interval_covers_although_history_is_small() -> None:
    rng, covered, naive = np.random.default_rng(2), 0, 0
    for _ in range(1_000):
        fit = surrogate_index(*samples(rng, 60))
        covered += fit.effect_lower <= 0.5 <= fit.effect_upper
        naive += abs(fit.effect - 0.5) <= 1.96 * fit.std_error_index
    assert covered / 1_000 == pytest.approx(0.95, abs=0.025)  # 3 Monte-Carlo errors, and a normal quantile
    assert naive < covered


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"history_outcome": [1, 2, math.nan, 4, 5]}, "finite"),
        ({"history_outcome": [1, 2]}, "shape"),
        ({"history_surrogates": [2, 2, 2, 2, 2]}, "depend on each other"),
        ({"history_surrogates": [1, 2, 2, 4, 5]}, "without a residual"),
        ({"history_surrogates": [[0, 1]] * 5}, "the same surrogates; got 2, 1 and 1"),
        ({"control_surrogates": [1, math.inf, 2]}, "control_surrogates must be finite"),
        ({"control_surrogates": [1]}, "at least 2 participants; got 1 v 3"),
        ({"treatment_surrogates": []}, "treatment_surrogates needs one row per participant"),
        ({"control_surrogates": [1, 1, 1], "treatment_surrogates": [1, 1, 1]}, "index does not vary"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "history_outcome": [1, 2, 2, 4, 5],
        "history_surrogates": [0, 1, 1, 2, 3],
        "control_surrogates": [0, 1, 2],
        "treatment_surrogates": [1, 3, 3],
    }
    with pytest.raises(InputError, match=message):
        surrogate_index(**(good | changed))

"""Text where numbers belong, and numbers too large or small to square: one error that names the argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    PanelCells,
    adjust_p_values,
    causal_cluster_variance,
    clustered_logit,
    clustered_ols,
    distributed_lags,
    interaction_regression,
    max_t_quantile,
    newey_west,
    panel_regression,
    randomization_test,
    robust_ols,
    sample_ratio,
    sign_flip_test,
    spending_bounds,
    surrogate_index,
    targeting_gain,
    wang_tsiatis_bounds,
)
from decision_widgets.moments import Moments, Sample, floats

N = 80
RNG = np.random.default_rng(6)
Y, D, UNIT = RNG.normal(size=N), np.arange(N) % 2, np.arange(N) // 2
X = np.column_stack([np.ones(N), RNG.normal(size=N)])
WORDS = ["1.5", *["2"] * (N - 1)]


def cells(**changes: Any) -> PanelCells:
    given: dict[str, Any] = {
        "weight": np.ones(N), "mean": Y, "within": np.zeros(N), "treatment": D, "fixed_effects": {}, "cluster": UNIT,
    }  # fmt: skip
    return PanelCells(**(given | changes))


TEXT: dict[str, tuple[Callable[[Any], Any], str]] = {
    "Moments.of": (lambda text: Moments.of({"spend": text}), "spend"),
    "Sample.of": (Sample.of, "A sample"),
    "robust_ols, y": (lambda text: robust_ols(text, X), "y"),
    "robust_ols, x": (lambda text: robust_ols(Y[:2], [[1.0, text], [1.0, 2.0]]), "x"),
    "clustered_ols": (lambda text: clustered_ols(text, X, UNIT), "y"),
    "newey_west": (lambda text: newey_west(text, X, lags=2), "y"),
    "panel_regression, mean": (lambda text: panel_regression(cells(mean=text)), "'mean'"),
    "panel_regression, control": (lambda text: panel_regression(cells(controls={"rain": text})), "'rain'"),
    "clustered_logit": (lambda text: clustered_logit(text, D, UNIT), "y"),
    "clustered_logit, covariates": (lambda text: clustered_logit(D, D, UNIT, covariates=text), "covariates"),
    "interaction_regression": (lambda text: interaction_regression(Y, D, text), "moderator"),
    "distributed_lags": (lambda text: distributed_lags(text, D, lags=1), "y"),
    "causal_cluster_variance": (lambda text: causal_cluster_variance(text, D, UNIT, cluster_share=1), "y"),
    "surrogate_index": (lambda text: surrogate_index(text, Y, Y, Y), "history_outcome"),
    "targeting_gain": (lambda text: targeting_gain(text, Y, D, 0.5, UNIT), "'predicted'"),
    "randomization_test": (lambda text: randomization_test(text, Y), "control"),
    "sign_flip_test": (sign_flip_test, "differences"),
    "adjust_p_values": (adjust_p_values, "p_values"),
    "spending_bounds": (spending_bounds, "information"),
    "wang_tsiatis_bounds": (lambda text: wang_tsiatis_bounds(text, delta=0.2), "information"),
    "sample_ratio": (lambda text: sample_ratio([5, 5], text[-2:]), "shares"),
    "sample_ratio, counts": (lambda text: sample_ratio(text[-2:], [0.5, 0.5]), "counts"),
    "max_t_quantile": (lambda text: max_t_quantile([[each] for each in text]), "draws"),
}


@pytest.mark.parametrize("values", [["a", "b"] * (N // 2), WORDS, [*Y[1:].tolist(), "a"], [[1], [1, 2]]])
@pytest.mark.parametrize("name", TEXT)
def test_what_is_no_number_is_refused_by_the_name_of_its_argument(name: str, values: list[Any]) -> None:
    statistic, argument = TEXT[name]
    with pytest.raises(InputError, match=f"^{argument} must hold numbers; got"):
        statistic(values)


def test_dates_are_no_numbers_and_gaps_are_missing_numbers() -> None:
    with pytest.raises(InputError, match="day must hold numbers"):
        floats("day", np.array(["2026-05-01"], dtype="datetime64[D]"))
    assert np.isnan(floats("y", [1.0, None])).tolist() == [False, True]
    assert floats("y", [True, False]).tolist() == [1.0, 0.0]


def test_what_came_is_shown_in_part() -> None:
    with pytest.raises(InputError) as refusal:
        floats("y", ["a"] * 10_000)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_outcomes_whose_squares_are_no_numbers_are_refused(size: float) -> None:
    for statistic in (
        lambda: panel_regression(cells(mean=size * Y)),
        lambda: panel_regression(cells(controls={"rain": size * X[:, 1]})),
        lambda: clustered_ols(size * Y, X, UNIT),
        lambda: robust_ols(size * Y, X),
    ):
        with pytest.raises(InputError, match=r"holds numbers near .*e[+-](200|199), too far from 1 to square"):
            statistic()


@pytest.mark.parametrize("size", [1e90, 1e-90])
def test_outcomes_that_can_be_squared_scale_the_effect_and_its_error(size: float) -> None:
    one, scaled = panel_regression(cells()), panel_regression(cells(mean=size * Y))
    assert scaled.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert scaled.std_error == pytest.approx(size * one.std_error, rel=1e-9)

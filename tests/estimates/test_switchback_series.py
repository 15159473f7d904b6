"""One series of periods: unbiased over every schedule, its variance not too small on average."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.switchback_series import (
    HorvitzThompson,
    MinimaxSwitchback,
    horvitz_thompson,
    minimax_draws,
    minimax_switchback,
)


def potential(n: int, carryover: int, seed: int) -> Any:
    """Return the outcome of each period as a function of its exposure, and the effect of lasting treatment."""
    rng = np.random.default_rng(seed)
    level, lags = rng.normal(3, 2, n), rng.normal(1, 1, (n, carryover + 1))

    def outcome(arm: np.ndarray) -> np.ndarray:
        past = np.array([np.concatenate([arm[max(0, t - carryover) : t + 1][::-1], [0] * carryover])[: carryover + 1]
                         for t in range(n)])  # fmt: skip
        return level + (lags * past).sum(axis=1)

    return outcome, float(lags[carryover:].sum(axis=1).mean())


def every_schedule(starts: np.ndarray) -> list[np.ndarray]:
    coins = itertools.product([0, 1], repeat=int(starts.sum()))
    return [np.array(each)[np.cumsum(starts) - 1] for each in coins]


@pytest.mark.parametrize("share", [0.5, 0.3])
@pytest.mark.parametrize(("drawn", "carryover"), [([1] * 8, 1), ([1, 0, 1, 0, 0, 1, 1, 0], 2), ([1] * 6, 0)])
def test_the_estimate_is_right_on_average_over_every_schedule(drawn: list[int], carryover: int, share: float) -> None:
    starts = np.array(drawn, dtype=bool)
    outcome, truth = potential(len(starts), carryover, seed=1)
    mean = missed = 0.0
    for arm in every_schedule(starts):
        ones = int(arm[starts].sum())
        chance = share**ones * (1 - share) ** (int(starts.sum()) - ones)
        try:
            mean += chance * horvitz_thompson(outcome(arm), arm, carryover=carryover, drawn=starts, share=share).effect
        except InputError:
            missed += chance * by_hand(outcome(arm), arm, starts, carryover, share)
    assert mean + missed == pytest.approx(truth, rel=1e-10)


def by_hand(y: np.ndarray, arm: np.ndarray, starts: np.ndarray, m: int, share: float) -> float:
    stretch, total = np.cumsum(starts), 0.0
    for t in range(m, len(y)):
        window = arm[t - m : t + 1]
        draws = len(set(stretch[t - m : t + 1].tolist()))
        total += y[t] * (window.all() / share**draws - (window == 0).all() / (1 - share) ** draws)
    return total / (len(y) - m)


def test_the_estimate_is_what_the_formula_says() -> None:
    rng = np.random.default_rng(2)
    starts = rng.random(60) < 0.5
    starts[0] = True
    arm, y = rng.integers(0, 2, 60)[np.cumsum(starts) - 1], rng.normal(size=60)
    fit = horvitz_thompson(y, arm, carryover=3, drawn=starts, share=0.4)
    assert fit.effect == pytest.approx(by_hand(y, arm, starts, 3, 0.4), rel=1e-12)
    assert fit.n_used == 57


@pytest.mark.parametrize(("blocks", "carryover"), [(4, 1), (6, 1), (7, 2), (8, 2)])
def test_the_minimax_variance_is_not_too_small_on_average(blocks: int, carryover: int) -> None:
    n = blocks * carryover
    starts = minimax_draws(n, carryover)
    assert starts.sum() == blocks - 2
    outcome, truth = potential(n, carryover, seed=blocks)
    effects, variances = [], []
    for arm in every_schedule(starts):
        y = outcome(arm)
        sums = y.reshape(-1, carryover).sum(axis=1)
        first = arm[::carryover]
        effects.append(by_hand(y, arm, starts, carryover, 0.5))
        same = sum(32 * sums[b] ** 2 * (first[b] == first[b - 1]) for b in range(2, blocks - 1))
        variances.append((8 * sums[1] ** 2 + same + 8 * sums[-1] ** 2) / (n - carryover) ** 2)
        if {0, 1} <= set(arm[carryover:]) and arm[-1] != arm[0]:
            fit = minimax_switchback(y, arm, carryover=carryover)
            assert fit.effect == pytest.approx(effects[-1], rel=1e-10)
            assert fit.std_error**2 == pytest.approx(variances[-1], rel=1e-10)
    assert np.mean(effects) == pytest.approx(truth, rel=1e-10)
    assert np.mean(variances) >= np.var(effects)


def schedule(n: int = 24, carryover: int = 2) -> tuple[np.ndarray, np.ndarray]:
    starts = minimax_draws(n, carryover)
    rng = np.random.default_rng(5)
    return rng.normal(5, 1, n), (np.arange(starts.sum()) % 4 < 2)[np.cumsum(starts) - 1].astype(int)


def test_what_was_expected_is_subtracted() -> None:
    y, arm = schedule()
    expected = np.linspace(4, 6, 24)
    centred = minimax_switchback(y, arm, carryover=2, expected=expected)
    assert centred == minimax_switchback(y - expected, arm, carryover=2)
    assert centred.std_error < minimax_switchback(y, arm, carryover=2).std_error


def test_swapping_arms_flips_the_sign_and_the_unit_scales() -> None:
    y, arm = schedule()
    fit, other = minimax_switchback(y, arm, carryover=2), minimax_switchback(10 * y, 1 - arm, carryover=2)
    assert other.effect == pytest.approx(-10 * fit.effect)
    assert other.std_error == pytest.approx(10 * fit.std_error)
    assert other.effect_upper == pytest.approx(-10 * fit.effect_lower)


def test_results_survive_their_plain_form() -> None:
    y, arm = schedule()
    plain, fit = horvitz_thompson(y, arm, carryover=1), minimax_switchback(y, arm, carryover=2)
    assert HorvitzThompson.from_dict(plain.to_dict()) == plain
    assert MinimaxSwitchback.from_dict(fit.to_dict()) == fit


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": [1, 2, math.nan, 3]}, "y and expected must be finite"),
        ({"expected": [1, 2, math.inf, 3]}, "y and expected must be finite"),
        ({"y": [1, 2]}, "one value per period"),
        ({"y": [], "treatment": []}, "carryover must be a whole number"),
        ({"treatment": [0, 1, 2, 1]}, "treatment must be 0 or 1"),
        ({"treatment": [0, 1, math.nan, 1]}, "treatment must be 0 or 1"),
        ({"treatment": [1, 1, 1, 1]}, "were all control"),
        ({"treatment": [0, 0, 0, 1]}, "were all treatment"),
        ({"carryover": -1}, "carryover must be a whole number from 0"),
        ({"carryover": 4}, "from 0 to 3 periods; got 4"),
        ({"carryover": 1.5}, "whole number from 0 to 3 periods; got 1.5"),
        ({"share": 1.0}, "share must be a number between 0 and 1"),
        ({"drawn": [True, False, False, False]}, "changes in period 3, where the schedule has no draw"),
        ({"drawn": [1, 0, 1, 0]}, "drawn must be True or False"),
        ({"drawn": [True]}, "drawn must be True or False"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"y": [1, 2, 4, 5], "treatment": [0, 0, 1, 1], "carryover": 1}
    with pytest.raises(InputError, match=message):
        horvitz_thompson(**(good | changed))


def test_the_minimax_error_needs_its_schedule() -> None:
    y, arm = schedule()
    for carryover, n in ((0, 24), (5, 24), (2, 6)):
        with pytest.raises(InputError, match=f"got {n} periods and a carry-over of {carryover}"):
            minimax_switchback(y[:n], arm[:n], carryover=carryover)
    with pytest.raises(InputError, match="where the schedule has no draw"):
        minimax_switchback(y, np.arange(24) // 2 % 2, carryover=2)
    with pytest.raises(InputError, match="no error can be estimated"):
        minimax_switchback(np.zeros(24), arm, carryover=2)

"""The sequential sample ratio: the Bayes factor scipy gives, and no more false alarms than promised."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import SequentialSampleRatio, sequential_sample_ratio


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.7, 0.2, 0.1), (1, 2, 3, 4)])
@pytest.mark.parametrize("planned", [50, 3_000, 1e6, None])
def test_the_evidence_is_a_ratio_of_scipys_likelihoods(shares: tuple[float, ...], planned: float | None) -> None:
    pi = np.array(shares) / sum(shares)
    counts = np.random.default_rng(2).multinomial(700, pi[::-1], size=3).cumsum(axis=0)
    test = sequential_sample_ratio(counts.tolist(), shares, planned_participants=planned)
    concentration = {50: 100.0, 3_000: 1_500.0}.get(planned or 0, 1e4)
    assert test.concentration == concentration
    expected = [
        stats.dirichlet_multinomial.logpmf(n, concentration * pi, n.sum()) - stats.multinomial.logpmf(n, n.sum(), pi)
        for n in counts
    ]
    assert test.log_evidence == pytest.approx(expected, abs=1e-7)
    assert test.p_values == pytest.approx(np.minimum.accumulate(np.minimum(1, np.exp(-np.array(expected)))), rel=1e-6)


def test_the_smallest_p_is_kept_and_its_look_named() -> None:
    counts = [[500, 500], [2_000, 1_500], [5_000, 5_000]]
    test = sequential_sample_ratio(counts, [1, 1], planned_participants=10_000)
    assert test.first_alarm == 1
    assert test.p_value == test.p_values[1] < 0.001
    assert test.log_evidence[2] < test.log_evidence[1]


def test_nobody_yet_is_no_evidence() -> None:
    test = sequential_sample_ratio([[0, 0], [3, 2]], [0.5, 0.5])
    assert test.log_evidence[0] == 0
    assert test.p_values[0] == 1
    assert test.first_alarm is None


def test_neither_the_order_of_arms_nor_the_unit_of_shares_matters() -> None:
    there = sequential_sample_ratio([[310, 590, 100]], [0.3, 0.6, 0.1])
    back = sequential_sample_ratio([[100, 310, 590]], [1, 3, 6])
    assert there.log_evidence == pytest.approx(back.log_evidence, abs=1e-9)


def test_evidence_beyond_what_floats_hold_is_still_a_probability() -> None:
    test = sequential_sample_ratio([[20_000_000, 10_000_000]], [0.5, 0.5])
    assert test.p_value == 0
    assert math.isfinite(test.log_evidence[0])


def test_an_answer_survives_its_plain_form() -> None:
    test = sequential_sample_ratio([[10, 12], [100, 180]], [0.5, 0.5])
    assert SequentialSampleRatio.from_json(test.to_json()) == test


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": []}, "there must be a look"),
        ({"counts": [[1, 2, 3]]}, "one count for each of the 2 arms"),
        ({"counts": [[5, 5], [4, 9]]}, "cannot fall"),
        ({"counts": [[-1, 5]]}, "whole numbers"),
        ({"counts": [[1.5, 5]]}, "whole numbers"),
        ({"counts": [[math.nan, 5]]}, "whole numbers"),
        ({"shares": [0.5, 0.0]}, "positive share"),
        ({"shares": [0.5, math.nan]}, "positive share"),
        ({"shares": [1.0], "counts": [[3]]}, "at least 2 arms"),
        ({"shares": [0.5, 0.6]}, "these sum to 1.1"),
        ({"planned_participants": 0}, "planned_participants must be"),
        ({"alarm": 1.0}, "alarm must be"),
    ],
)
def test_counts_and_shares_that_make_no_sense_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sequential_sample_ratio(**({"counts": [[5, 5]], "shares": [0.5, 0.5]} | change))


@pytest.mark.slow
def test_28_daily_looks_raise_few_false_alarms_and_find_a_loss() -> None:
    draws, shares = 5_000, np.array([0.5, 0.3, 0.2])
    rng = np.random.default_rng(3)

    def alarms(served: np.ndarray, n: int) -> float:
        counts = rng.multinomial(1_000, served, size=(n, 28)).cumsum(axis=1)
        tests = (sequential_sample_ratio(each.tolist(), shares, planned_participants=28_000) for each in counts)
        return float(np.mean([test.first_alarm is not None for test in tests]))

    assert alarms(shares, draws) <= 0.001 + 3 * math.sqrt(0.001 / draws)
    lossy = shares * [1, 1, 0.85]
    assert alarms(lossy / lossy.sum(), 300) > 0.95


def test_10_looks_raise_few_false_alarms() -> None:
    draws = 1_000
    counts = np.random.default_rng(9).multinomial(300, [0.5, 0.5], size=(draws, 10)).cumsum(axis=1)
    alarms = [sequential_sample_ratio(each.tolist(), [1, 1], alarm=0.05).first_alarm is not None for each in counts]
    assert np.mean(alarms) <= 0.05

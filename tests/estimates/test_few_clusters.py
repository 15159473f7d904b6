"""When an effect may be judged by its clustered error."""

from __future__ import annotations

import math

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import clustered_difference
from decision_widgets.estimates.few_clusters import few_clusters
from decision_widgets.moments import arm_moments


@pytest.mark.parametrize(
    ("n_control", "n_treatment", "df", "verdict"),
    [
        (2, 50, 40.0, "refuse"),
        (50, 2, 40.0, "refuse"),
        (50, 50, 2.99, "refuse"),
        (0, 50, 40.0, "refuse"),
        (3, 3, 3.0, "warn"),
        (9, 50, 40.0, "warn"),
        (50, 9, 40.0, "warn"),
        (50, 50, 9.99, "warn"),
        (10, 10, 10.0, None),
    ],
)
def test_the_fewest_decide(n_control: int, n_treatment: int, df: float, verdict: str | None) -> None:
    assert few_clusters(n_control, n_treatment, df) == verdict


@pytest.mark.parametrize(
    ("effective", "verdict"), [(2.99, "refuse"), (3.0, "warn"), (9.99, "warn"), (10.0, None), (math.inf, None)]
)
def test_an_arm_counts_for_as_many_as_it_weighs_like(effective: float, verdict: str | None) -> None:
    assert few_clusters(200, 200, 39.0, effective=effective) == verdict


def false_positives(share: float, *, runs: int = 1_500, n: int = 200) -> tuple[float, str | None]:
    """Return how often 5% is claimed where nothing is true and one of n participants holds a share of its arm."""
    rng = np.random.default_rng(int(100 * share))
    sizes = np.full(n, 5.0)
    heavy = np.append(5.0 * (n - 1) * share / (1 - share), sizes[1:])
    claims, said = 0, None
    for _ in range(runs):
        arms = [
            arm_moments(
                m, m * math.sqrt(0.2) * rng.standard_normal(n) + np.sqrt(0.8 * m) * rng.standard_normal(n), shift=0
            )
            for m in (sizes, heavy)
        ]
        answer = clustered_difference(*arms)
        assert answer.df is not None
        assert answer.df > 25
        said = few_clusters(n, n, answer.df, effective=min(arm.effective_participants for arm in arms))
        claims += answer.p_value <= 0.05
    return claims / runs, said


@pytest.mark.parametrize(
    ("share", "verdict", "high"), [(0.1, None, 0.065), (0.3, None, 0.065), (0.5, "warn", 0.075), (0.75, "refuse", 1.0)]
)
def test_one_participant_who_holds_much_of_an_arm(share: float, verdict: str | None, high: float) -> None:
    """Bell–McCaffrey degrees of freedom alone see none of these: they are 218, 57, 33 and 39."""
    rate, said = false_positives(share)
    assert said == verdict
    assert rate <= high + 2 * math.sqrt(high * (1 - high) / 1_500)
    assert verdict != "refuse" or rate > 0.2


@pytest.mark.parametrize("given", [(-1, 3, 3.0), (3, 3, math.nan), (3, 3, -1.0)])
def test_counts_that_cannot_be_are_refused(given: tuple[int, int, float]) -> None:
    with pytest.raises(InputError, match="cannot be negative or missing"):
        few_clusters(*given)


def test_a_weight_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be negative or missing"):
        few_clusters(3, 3, 3.0, effective=math.nan)

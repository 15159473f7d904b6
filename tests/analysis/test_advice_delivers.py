"""What an advice promises is what the analysis then delivers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import decision_widgets as dw
from decision_widgets.estimates import RelativeEffect, relative_effect, welch_t
from decision_widgets.moments import Moments, TypedSummary
from decision_widgets.results.sizing_records import PairAdvice


def plan(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="user", arm="variant", control="c", metrics=list(metrics) or ["y"], **words)


def known(metric: str = "y", **words: Any) -> TypedSummary:
    return TypedSummary(metric, **words)


def sized(advice: Any, metric: str = "y", arm: str | None = None) -> PairAdvice:
    row = advice.row(metric, arm)
    assert isinstance(row, PairAdvice)
    return row


@pytest.mark.parametrize("share", [0.98, 0.99, 0.9])
def test_a_rare_guardrail_is_planned_for_its_limit_and_no_more(share: float) -> None:
    row = sized(dw.advise(plan(dw.Metric("y", role="guardrail", limit=0.03)), known(mean=share)))
    z2 = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2
    assert row.n_control == pytest.approx(z2 * 2 * share * (1 - share) / (0.03 * share) ** 2, abs=3)
    assert row.power == pytest.approx(0.8, abs=0.005)


def found(row: PairAdvice, level: float, sd: float | None, change: float, draws: int = 40_000) -> float:
    """Return how often Welch's test, which Fieller's interval agrees with, finds the change (binary without an sd)."""
    rng = np.random.default_rng(11)
    means, parts, dfs = [], [], []
    for n, at in ((row.n_control, level), (row.n_treatment, level + change)):
        if sd is None:
            mean = rng.binomial(n, at, draws) / n
            variance = mean * (1 - mean) / (n - 1)
        else:
            mean = rng.normal(at, sd / np.sqrt(n), draws)
            variance = sd**2 * rng.chisquare(n - 1, draws) / (n - 1) / n
        means.append(mean)
        parts.append(variance)
        dfs.append(n - 1)
    both = parts[0] + parts[1]
    df = both**2 / sum(part**2 / df for part, df in zip(parts, dfs, strict=True))
    return float(np.mean(np.abs(means[1] - means[0]) > stats.t.ppf(0.975, df) * np.sqrt(both)))


@pytest.mark.parametrize(
    ("level", "sd", "effect"),
    [
        (0.1, None, 0.5), (0.3, None, 0.2), (0.3, None, -0.2), (10, 20, 0.15), (10, 20, -0.15),
        (10, 20, 0.3), (10, 20, -0.3), (10, 20, 0.8),
    ],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_a_relative_effect_is_found_as_often_as_advised(
    level: float, sd: float | None, effect: float, share: float
) -> None:
    given = plan(arms={"c": 1 - share, "t": share})
    row = sized(dw.advise(given, known(mean=level, std_dev=sd), effect=effect))
    often = found(row, level, sd, effect * level)
    assert often == pytest.approx(0.8, abs=0.02)
    stated = sized(dw.advise(given, known(mean=level, std_dev=sd), effect=effect, participants=row.n_participants))
    assert often == pytest.approx(stated.power, abs=0.02)
    smallest = sized(dw.advise(given, known(mean=level, std_dev=sd), participants=row.n_participants))
    if effect > 0:
        assert smallest.relative_mde == pytest.approx(effect, rel=0.01)


def test_half_of_a_share_lost_is_found_as_often_as_advised() -> None:
    """Equal arms; with 12 events in a small arm the normal itself is 3 points off."""
    row = sized(dw.advise(plan(), known(mean=0.1), effect=-0.5))
    assert found(row, 0.1, None, -0.05) == pytest.approx(0.8, abs=0.02)


def test_the_interval_of_a_percentage_leaves_0_out_when_that_of_the_difference_does() -> None:
    row = sized(dw.advise(plan(), known(mean=10, std_dev=20), effect=0.3))
    rng, agreed, seen = np.random.default_rng(3), 0, 0
    for _ in range(300):
        arms = (Moments.of({"y": rng.normal(m, 20, n)}) for m, n in ((10, row.n_control), (13, row.n_treatment)))
        difference = welch_t(*arms)
        interval = relative_effect(difference)
        assert isinstance(interval, RelativeEffect)
        by_share = not interval.relative_effect_lower <= 0 <= interval.relative_effect_upper
        agreed += by_share == (not difference.effect_lower <= 0 <= difference.effect_upper)
        seen += by_share
    assert agreed == 300
    assert seen / 300 == pytest.approx(0.8, abs=0.07)


def test_a_share_that_has_hardly_any_base_finds_a_relative_effect_all_the_same() -> None:
    row = sized(dw.advise(plan(), known(mean=0.02), participants=800))
    assert row.relative_mde is not None
    assert row.relative_mde > 1


def test_power_does_not_fall_where_participants_are_added() -> None:
    powers = [
        sized(dw.advise(plan(), known(mean=0.01), effect=2.0, participants=n)).power for n in range(1990, 2012, 2)
    ]
    assert max(abs(np.diff(powers))) < 0.03
    assert min(powers) > 0.85

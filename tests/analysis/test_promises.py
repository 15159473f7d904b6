"""What inference promises, by simulation: false positives, coverage, alarms. Seeded; run with ``pytest -m slow``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.analysis.diagnosis import SRM_BELOW
from decision_widgets.estimates import MeanDifference, clustered_difference, relative_effect, sample_ratio, student_t
from decision_widgets.estimates.relative import RelativeEffect
from decision_widgets.moments import ArmMoments, arm_moments

pytestmark = pytest.mark.slow
DRAWS = 5000


def bound(share: float, draws: int) -> float:
    """Three Monte-Carlo standard errors of a share."""
    return float(3 * np.sqrt(share * (1 - share) / draws))


@dataclass(frozen=True)
class World:
    """How participants are made: rows each (mean 5, given CV), how alike their rows are, and what an outcome is."""

    participants: int
    cv: float
    outcome: Literal["normal", "binary", "skewed"]
    share_treated: float = 0.5
    effect: float = 0.0

    def draws(self, n: int, seed: int) -> Iterator[tuple[ArmMoments, ArmMoments]]:
        rng = np.random.default_rng(seed)
        n_treated = round(self.participants * self.share_treated)
        for _ in range(n):
            yield self.arm(rng, self.participants - n_treated, 0.0), self.arm(rng, n_treated, self.effect)

    def arm(self, rng: np.random.Generator, n: int, effect: float) -> ArmMoments:
        shape = 1 / self.cv**2 if self.cv else np.inf
        rows = (
            1 + rng.poisson(4 * (rng.gamma(shape, 1 / shape, n) if self.cv else np.ones(n)))
            if self.cv
            else np.full(n, 5)
        )
        who = np.repeat(np.arange(n), rows)
        alike = rng.normal(0, 0.6, n)[who] + rng.normal(0, 0.8, len(who))
        y = {"normal": 10 + alike, "binary": (alike < -0.5).astype(float), "skewed": np.exp(alike)}[
            self.outcome
        ] + effect
        return arm_moments(
            rows.astype(float), np.bincount(who, weights=y - 1, minlength=n), shift=1.0, observations=y - 1
        )

    def truth(self) -> tuple[float, float]:
        """Return the level of control and of treatment, from the distribution itself."""
        from scipy import stats

        level = {"normal": 10.0, "binary": float(stats.norm.cdf(-0.5)), "skewed": float(np.exp(0.5))}[self.outcome]
        return level, level + self.effect


NULLS = [
    World(400, 0.0, "normal"),
    World(400, 1.0, "normal"),
    World(400, 1.0, "binary"),
    World(1000, 1.0, "skewed"),
    World(400, 1.0, "normal", share_treated=0.2),
]


def answers(world: World, seed: int) -> list[MeanDifference]:
    return [clustered_difference(control, treatment) for control, treatment in world.draws(DRAWS, seed)]


@pytest.mark.parametrize(
    "world", NULLS, ids=lambda world: f"{world.outcome}, CV {world.cv:g}, {world.share_treated:.0%}"
)
def test_false_positives_of_the_recommended_path_are_five_percent(world: World) -> None:
    rejected = np.mean([answer.p_value < 0.05 for answer in answers(world, seed=11)])
    assert rejected == pytest.approx(0.05, abs=bound(0.05, DRAWS))


@pytest.mark.parametrize("outcome", ["normal", "binary", "skewed"])
def test_the_interval_covers_a_true_effect_as_often_as_it_says(outcome: Literal["normal", "binary", "skewed"]) -> None:
    world = World(1000, 1.0, outcome, effect=0.1)
    control, treatment = world.truth()
    results = answers(world, seed=12)
    covered = np.mean([a.effect_lower <= treatment - control <= a.effect_upper for a in results])
    assert covered == pytest.approx(0.95, abs=bound(0.05, DRAWS))
    relative = [r for a in results if isinstance(r := relative_effect(a), RelativeEffect)]
    uplift = treatment / control - 1
    covered = np.mean([r.relative_effect_lower <= uplift <= r.relative_effect_upper for r in relative])
    assert len(relative) == DRAWS
    assert covered == pytest.approx(0.95, abs=bound(0.05, DRAWS))


def test_few_participants_do_not_reject_too_often() -> None:
    draws = answers(World(24, 1.0, "normal"), seed=13)
    assert np.mean([a.p_value < 0.05 for a in draws]) <= 0.065 + bound(0.05, DRAWS)


def test_plain_ols_on_repeated_rows_rejects_a_true_null_far_too_often() -> None:
    """The negative control: the harness can see a wrong standard error."""
    rejected = []
    for control, treatment in World(400, 1.0, "normal").draws(DRAWS, seed=14):
        assert control.observations is not None
        assert treatment.observations is not None
        rejected.append(student_t(control.observations, treatment.observations).p_value < 0.05)
    assert np.mean(rejected) > 0.10


def test_the_detectable_effect_is_detected_with_the_stated_power() -> None:
    world = World(600, 1.0, "normal")
    spread = np.mean([a.std_error for a in answers(world, seed=15)[:300]])
    effect = dw.estimates.detectable_effect(float(spread), df=500, alpha=0.05, power=0.8)
    shown = World(600, 1.0, "normal", effect=effect)
    found = np.mean([a.p_value < 0.05 for a in answers(shown, seed=16)])
    assert found == pytest.approx(0.8, abs=bound(0.8, DRAWS) + 0.005)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (1 / 3, 1 / 3, 1 / 3)])
def test_the_split_raises_a_false_alarm_once_in_a_thousand(shares: tuple[float, ...]) -> None:
    draws = 40_000
    counts = np.random.default_rng(17).multinomial(20_000, shares, size=draws)
    alarms = np.mean([sample_ratio([int(n) for n in row], shares).p_value < SRM_BELOW for row in counts])
    assert alarms == pytest.approx(0.001, abs=bound(0.001, draws))


def test_the_whole_analysis_ships_a_feature_without_effect_at_most_once_in_forty() -> None:
    draws, shipped, rejected = 1500, 0, 0
    rng = np.random.default_rng(18)
    design = dw.BetweenSubject(participant="u", arm="v", control="A", metrics=["y", "z"])
    for _ in range(draws):
        rows = rng.integers(1, 6, 200)
        who = np.repeat(np.arange(200), rows)
        noise = rng.normal(0, 1, (200, 2))[who] + rng.normal(0, 1, (len(who), 2))
        frame = pd.DataFrame({"u": who, "v": np.where(who % 2, "A", "B"), "y": 5 + noise[:, 0], "z": 5 + noise[:, 1]})
        result = dw.analyze(frame, design)
        shipped += result.decision.verdict == "ship"
        adjusted = [getattr(row, "p_value_adjusted", None) for row in result.recommended()]
        rejected += any(p is not None and p < 0.05 for p in adjusted)
    assert shipped / draws <= 0.025 + bound(0.025, draws)
    assert rejected / draws <= 0.05 + bound(0.05, draws)

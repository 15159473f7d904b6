"""A planned experiment has the power it was planned for, by simulation of the whole road from history to test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from decision_widgets.estimates import (
    HistorySums,
    RelativeEffect,
    SizingGoal,
    duration,
    planned_power,
    relative_effect,
    required_size,
    size_interval,
    typed_variance,
    variance_from_history,
    welch_t,
)
from decision_widgets.moments import Moments

DRAWS = 4_000
HISTORY = 1_000_000


@dataclass(frozen=True)
class Cell:
    """Participants with 1 + negative binomial observations (mean, CV), alike by ICC, sizes that may be informative."""

    mean: float
    cv: float
    icc: float
    informative: float = 0.0
    binary: bool = False

    @property
    def effect(self) -> float:
        return 0.03 if self.binary else 0.1

    def sizes(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        if self.cv == 0:
            return np.full(shape, self.mean)
        mu, variance = self.mean - 1, (self.cv * self.mean) ** 2
        r = mu**2 / (variance - mu)
        return 1.0 + rng.negative_binomial(r, r / (r + mu), shape)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], effect: float) -> tuple[np.ndarray, np.ndarray]:
        """Return m and S."""
        m = self.sizes(rng, shape)
        if self.binary:
            p, k = 0.2 + effect, 1 / self.icc - 1
            return m, rng.binomial(m.astype(int), rng.beta(p * k, (1 - p) * k, shape)).astype(float)
        own = rng.standard_normal(shape)
        if self.informative:
            # Log sizes standardised by rounded moments of the distribution: any fixed numbers would do.
            own = self.informative * (np.log(m) - 1.5) + np.sqrt(1 - self.informative**2) * own
        noise = np.sqrt(m * (1 - self.icc)) * rng.standard_normal(shape)
        return m, m * (effect + np.sqrt(self.icc) * own) + noise

    def rejected(self, n: int, draws: int, rng: np.random.Generator, effect: float) -> float:
        """Return how often the test of linearised values rejects with n participants per arm."""
        found, batch = 0, max(1, 1_000_000 // n)
        for first in range(0, draws, batch):
            shape = min(batch, draws - first), n
            arms = [self.draw(rng, shape, change) for change in (0.0, effect)]
            levels = [s.sum(1) / m.sum(1) for m, s in arms]
            parts = [
                ((s - r[:, None] * m) / m.mean(1)[:, None]).var(1, ddof=1) / n
                for (m, s), r in zip(arms, levels, strict=True)
            ]
            t = (levels[1] - levels[0]) / np.sqrt(parts[0] + parts[1])
            found += int((np.abs(t) > stats.t.ppf(0.975, 2 * n - 2)).sum())
        return found / draws


GRID = [
    Cell(8, 0.0, 0.2),
    Cell(8, 0.5, 0.2),
    Cell(8, 1.0, 0.2),
    Cell(8, 2.0, 0.2),
    Cell(20, 1.5, 0.1),
    Cell(3, 1.0, 0.5),
    Cell(8, 1.0, 0.2, informative=0.5),
    Cell(8, 1.0, 0.2, informative=-0.5),
    Cell(8, 1.0, 0.2, binary=True),
    Cell(8, 2.0, 0.1, binary=True),
]


def planned(cell: Cell, rng: np.random.Generator) -> int:
    m, s = cell.draw(rng, (HISTORY,), 0.0)
    learnt = variance_from_history(HistorySums.of(m, s), binary=cell.binary)
    return required_size(SizingGoal(effect=cell.effect), learnt).n_control


def test_a_small_plan_has_its_power() -> None:
    rng = np.random.default_rng(1)
    cell = Cell(4, 0.8, 0.2)
    variance = typed_variance(0, 1.0, observations_per_participant=4, cv_observations=0.8, icc=0.2)
    n = required_size(SizingGoal(effect=0.3), variance).n_control
    power = cell.rejected(n, 3_000, rng, 0.3)
    assert power == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 3_000))
    assert cell.rejected(n, 3_000, rng, 0.0) == pytest.approx(0.05, abs=3 * np.sqrt(0.0475 / 3_000) + 0.005)


@pytest.mark.slow
@pytest.mark.parametrize("cell", GRID, ids=str)
def test_history_gives_the_size_that_has_the_power(cell: Cell) -> None:
    rng = np.random.default_rng(20)
    assert cell.rejected(planned(cell, rng), DRAWS, rng, cell.effect) == pytest.approx(0.8, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("cell", [cell for cell in GRID if not cell.informative], ids=str)
def test_typed_numbers_do_when_sizes_say_nothing(cell: Cell) -> None:
    rng = np.random.default_rng(21)
    sizes = cell.sizes(rng, (HISTORY,))
    variance = typed_variance(
        0.2 if cell.binary else 0.0,
        None if cell.binary else 1.0,
        observations_per_participant=float(sizes.mean()),
        cv_observations=float(sizes.std() / sizes.mean()),
        icc=cell.icc,
    )
    n = required_size(SizingGoal(effect=cell.effect), variance).n_control
    assert cell.rejected(n, DRAWS, rng, cell.effect) == pytest.approx(0.8, abs=0.02)


@pytest.mark.slow
def test_forgetting_that_sizes_differ_has_far_too_little_power() -> None:
    """The negative control: the harness can see a wrong design effect."""
    rng = np.random.default_rng(22)
    equal = typed_variance(0, 1.0, observations_per_participant=8, icc=0.2)
    n = required_size(SizingGoal(effect=0.1), equal).n_control
    assert Cell(8, 2.0, 0.2).rejected(n, DRAWS, rng, 0.1) < 0.45


@pytest.mark.slow
def test_a_loss_is_ruled_out_as_often_as_planned_and_wrongly_once_in_forty() -> None:
    rng = np.random.default_rng(23)
    goal = SizingGoal.noninferiority(0.2, effect=0.0)
    n = required_size(goal, typed_variance(0, 1.0)).n_control
    se, quantile = np.sqrt(2 / n), stats.t.ppf(0.975, 2 * n - 2)
    shown = rng.normal(0, se, (2, 20_000)) + np.array([[0.0], [-0.2]]) - quantile * se > -0.2
    assert shown.mean(1) == pytest.approx([0.8, 0.025], abs=0.01)


@pytest.mark.slow
def test_a_relative_effect_is_found_at_least_as_often_as_planned() -> None:
    rng = np.random.default_rng(24)
    goal = SizingGoal(effect=0.15, relative=True)
    n = required_size(goal, typed_variance(1.0, 1.5)).n_control
    control, treatment = (rng.normal(mean, 1.5 / np.sqrt(n), 20_000) for mean in (1.0, 1.15))
    # The delta-method interval of the ratio, the widest that an analysis would show.
    ratio = treatment / control
    se = 1.5 * np.sqrt((1 + ratio**2) / n) / control
    found = np.mean(np.abs(ratio - 1) > 1.96 * se)
    assert 0.79 <= found <= 0.88


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.15, -0.15])
def test_the_interval_of_fieller_finds_a_relative_effect_either_way(effect: float) -> None:
    rng = np.random.default_rng(27)
    n = required_size(SizingGoal(effect=effect, relative=True), typed_variance(1.0, 1.5)).n_control
    found = 0
    for _ in range(2_000):
        arms = (Moments.of({"y": rng.normal(mean, 1.5, n)}) for mean in (1.0, 1 + effect))
        interval = relative_effect(welch_t(*arms))
        assert isinstance(interval, RelativeEffect)
        found += not interval.relative_effect_lower <= 0 <= interval.relative_effect_upper
    assert 0.8 - 0.027 <= found / 2_000 <= 0.9  # 3 Monte-Carlo errors below what was planned


@pytest.mark.slow
def test_the_planned_duration_has_the_power() -> None:
    rng = np.random.default_rng(25)
    days = np.arange(1, 43)
    goal = SizingGoal(effect=0.2)
    past = {"level": np.zeros(42), "variance": np.ones(42), "observations_per_participant": np.ones(42)}
    run = duration(goal, participants=20 * days, **past)
    assert run.first_day is not None
    assert planned_power(goal, typed_variance(0, 1.0), run.n_control, run.n_treatment) >= 0.8
    power = Cell(1, 0.0, 0.2).rejected(run.n_control, 10_000, rng, 0.2)
    assert power == pytest.approx(0.8, abs=0.02)


@pytest.mark.slow
def test_the_interval_covers_the_true_size() -> None:
    rng = np.random.default_rng(26)
    goal, cell, covered = SizingGoal(effect=0.1), Cell(4, 0.8, 0.2), 0
    truth = (
        2 * required_size(goal, variance_from_history(HistorySums.of(*cell.draw(rng, (HISTORY,), 0.0)))).control_exact
    )
    for seed in range(400):
        found = size_interval(goal, *cell.draw(rng, (1_000,), 0.0), draws=199, seed=seed)
        assert found.n_upper is not None
        covered += found.n_lower <= truth <= found.n_upper
    # A percentile interval of a variance is a little short with heavy-tailed sizes.
    assert 0.84 <= covered / 400 <= 0.94

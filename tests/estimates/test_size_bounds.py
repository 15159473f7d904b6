"""The interval of a size from sums says what the bootstrap of participants says, and covers as often as it promises."""

from __future__ import annotations

import numpy as np
import pytest
from calibration.worlds.participants import Participants

from decision_widgets.errors import InputError
from decision_widgets.estimates import SizingGoal, required_size, size_bounds, size_interval, variance_from_history
from decision_widgets.estimates.planning_variance import HistorySums
from decision_widgets.moments import WindowSums

SHIFT = 0.3
GOALS = {
    "absolute": SizingGoal(effect=0.1),
    "relative": SizingGoal(effect=0.05, relative=True),
    "margin": SizingGoal.noninferiority(0.1, relative=True),
}


def window(m: np.ndarray, s: np.ndarray) -> WindowSums:
    """Sum one row per participant; `s` is already shifted."""
    names = ("m", "s", "m2", "sm", "s2", "m3", "sm2", "s2m", "s3", "m4", "sm3", "s2m2", "s3m", "s4")
    powers = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3), (4, 0), (3, 1), (2, 2), (1, 3)]
    powers.append((0, 4))
    sums = {f"sum_{name}": float((m**a * s**b).sum()) for name, (a, b) in zip(names, powers, strict=True)}
    return WindowSums(days=None, n_people=len(m), n_participants=len(m), n_observations=int(m.sum()), **sums)


def people(outcome: str, n: int, rng: np.random.Generator, *, cv: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    world = Participants(control=n, treatment=1, outcome=outcome, mean=6, cv=cv, icc=0.2)
    m, s = world.arm(rng, (1, n), 0.0)
    # A level away from 0, for relative effects.
    return m[0], s[0] + (2.0 * m[0] if outcome == "continuous" else 0.0)


@pytest.mark.parametrize("goal", GOALS, ids=str)
@pytest.mark.parametrize("outcome", ["continuous", "binary", "count"])
def test_it_agrees_with_the_bootstrap_of_participants(outcome: str, goal: str) -> None:
    m, s = people(outcome, 3_000, np.random.default_rng(7))
    binary = outcome == "binary"
    found = size_bounds(GOALS[goal], window(m, s - SHIFT * m), shift=SHIFT, binary=binary)
    drawn = size_interval(GOALS[goal], m, s - SHIFT * m, shift=SHIFT, binary=binary, draws=2_000)
    assert found.n_total == pytest.approx(drawn.n_total, rel=1e-9)
    assert drawn.n_lower is not None
    assert np.log(found.n_lower / drawn.n_lower) == pytest.approx(0, abs=0.03)
    assert np.log((found.n_upper or 0) / (drawn.n_upper or 1)) == pytest.approx(0, abs=0.03)


def test_it_covers_the_size_of_the_population_as_often_as_it_says() -> None:
    rng, goal, n, histories = np.random.default_rng(3), GOALS["relative"], 1_000, 600
    m, s = people("count", 400_000, rng)
    truth = required_size(goal, variance_from_history(HistorySums.of(m, s))).control_exact * 2
    inside = 0
    for _ in range(histories):
        at = rng.integers(len(m), size=n)
        found = size_bounds(goal, window(m[at], s[at] - 2 * m[at]), shift=2.0)
        inside += found.n_lower <= truth <= (found.n_upper or np.inf)
    error = (0.9 * 0.1 / histories) ** 0.5
    assert inside / histories == pytest.approx(0.9, abs=3.5 * error)


def test_it_does_not_depend_on_the_shift_and_narrows_with_the_root_of_the_history() -> None:
    m, s = people("count", 2_000, np.random.default_rng(5))
    near, far = (size_bounds(GOALS["relative"], window(m, s - c * m), shift=c) for c in (0.0, 2.0))
    assert near.n_upper == pytest.approx(far.n_upper, rel=1e-9)
    four = size_bounds(GOALS["relative"], window(np.tile(m, 4), np.tile(s, 4)))
    assert four.upper_ratio is not None
    assert near.upper_ratio is not None
    assert np.log(near.upper_ratio) / np.log(four.upper_ratio) == pytest.approx(2, rel=0.02)


def test_participants_without_a_value_change_nothing_but_how_many_are_assigned() -> None:
    m, s = people("count", 1_000, np.random.default_rng(6))
    plain = size_bounds(GOALS["absolute"], window(m, s))
    with_others = size_bounds(GOALS["absolute"], window(np.append(m, np.zeros(1_000)), np.append(s, np.zeros(1_000))))
    assert with_others.n_total == pytest.approx(2 * plain.n_total, rel=0.01)
    assert with_others.upper_ratio == pytest.approx(plain.upper_ratio, rel=0.05)


def test_a_level_that_could_be_0_has_no_upper_end() -> None:
    rng = np.random.default_rng(1)
    found = size_bounds(GOALS["relative"], window(np.ones(30), rng.normal(0.3, 1.0, 30)))
    assert (found.n_upper, found.upper_ratio) == (None, None)


@pytest.mark.parametrize(
    ("m", "s", "message"),
    [
        ([1.0, 1.0], [1.0, 2.0], "at least 3 participants"),
        ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0], "does not vary"),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], "at least 3 participants"),
    ],
)
def test_too_little_is_refused(m: list[float], s: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        size_bounds(GOALS["absolute"], window(np.array(m), np.array(s)))

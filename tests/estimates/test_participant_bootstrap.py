"""Joint draws of statistics: they repeat, depend as the data do, and keep the family's level."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import BootstrapFamily, participant_bootstrap, resampled_p_values, welch_t
from decision_widgets.moments import Moments

module = import_module("decision_widgets.estimates.participant_bootstrap")  # its function hides it in the package


def experiment(n: int = 240, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    arm = np.array(["A", "B", "C"])[rng.integers(0, 3, n)]
    shared = rng.normal(size=n)
    return np.column_stack([shared, 2 * shared + rng.normal(size=n), rng.exponential(size=n)]), arm


@pytest.mark.parametrize("kind", ["poisson", "multiplier"])
def test_the_observed_statistics_are_welchs(kind: str) -> None:
    y, arm = experiment()
    family = participant_bootstrap(y, arm, control="A", draws=99, kind=kind)
    for i, (treatment, metric) in enumerate(family.hypotheses):
        control, treated = (Moments.of({"y": y[arm == each, metric]}) for each in ("A", treatment))
        welch = welch_t(control, treated)
        assert family.effects[i] == pytest.approx(welch.effect, rel=1e-10)
        assert family.std_errors[i] == pytest.approx(welch.std_error, rel=1e-10)
        assert family.statistics[i] == pytest.approx(welch.statistic, rel=1e-10)


def test_one_poisson_draw_is_the_statistic_of_its_weights() -> None:
    y, arm = experiment(30)
    family = participant_bootstrap(y, arm, control="B", draws=120, seed=5)
    assert family.hypotheses[:4] == (("A", 0), ("A", 1), ("A", 2), ("C", 0))
    rng = np.random.default_rng(5)
    # The arms are drawn one after the other, control first.
    weights = {name: rng.poisson(1.0, (120, int((arm == name).sum()))) for name in ("B", "A", "C")}

    def level(name: str, draw: int) -> tuple[np.ndarray, np.ndarray]:
        rows, w = y[arm == name], weights[name][draw][:, None]
        mean = (w * rows).sum(axis=0) / w.sum()
        squares = (w * (rows - mean) ** 2).sum(axis=0) * len(rows) / (len(rows) - 1)
        return mean - rows.mean(axis=0), squares / w.sum() ** 2

    for draw in (0, 119):
        (e_b, v_b), (e_c, v_c) = level("B", draw), level("C", draw)
        assert family.draws[draw, 3:] == pytest.approx((e_c - e_b) / np.sqrt(v_b + v_c), rel=1e-9)


def test_a_ratio_is_linearised() -> None:
    rng = np.random.default_rng(2)
    m, arm = rng.integers(0, 5, 200).astype(float), rng.integers(0, 2, 200)
    s = m * rng.normal(3, 1, 200)
    family = participant_bootstrap(s, arm, control=0, weights=m, draws=99)
    errors = []
    for each in (0, 1):
        mine = (arm == each) & (m > 0)
        ratio = s[mine].sum() / m[mine].sum()
        u = (s - ratio * m)[mine]
        errors.append(mine.sum() / (mine.sum() - 1) * (u**2).sum() / m[mine].sum() ** 2)
    assert family.hypotheses == (("1", 0),)
    assert family.std_errors[0] == pytest.approx(sum(errors) ** 0.5, rel=1e-10)


@pytest.mark.parametrize("kind", ["poisson", "multiplier"])
def test_draws_depend_on_each_other_as_the_statistics_do(kind: str) -> None:
    y, arm = experiment(3_000)
    family = participant_bootstrap(y, arm, control="A", draws=4_000, kind=kind)
    found = np.corrcoef(family.draws.T)
    assert family.draws.std(axis=0) == pytest.approx(np.ones(6), abs=0.05)
    # Two metrics of one treatment correlate as the metrics do (2/√5); two treatments by half, through control.
    assert found[0, 1] == pytest.approx(2 / 5**0.5, abs=0.05)
    assert found[0, 3] == pytest.approx(0.5, abs=0.07)
    assert found[0, 2] == pytest.approx(0.0, abs=0.07)


def test_shift_scale_and_order_of_participants_do_not_matter() -> None:
    y, arm = experiment()
    family = participant_bootstrap(y, arm, control="A", draws=199)
    moved = participant_bootstrap(1e6 + 3 * y, arm, control="A", draws=199)
    assert moved.statistics == pytest.approx(family.statistics, rel=1e-6)
    assert moved.draws == pytest.approx(family.draws, rel=1e-5, abs=1e-6)
    turned = participant_bootstrap(-y, arm, control="A", draws=199)
    assert turned.draws == pytest.approx(-family.draws)


def test_the_seed_decides_and_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    y, arm = experiment()
    one, same, other = (participant_bootstrap(y, arm, control="A", draws=150, seed=seed) for seed in (1, 1, 2))
    assert (one.draws == same.draws).all()
    assert (one.draws != other.draws).any()
    monkeypatch.setattr(module, "BATCH", 700)
    assert participant_bootstrap(y, arm, control="A", draws=150, seed=1).draws == pytest.approx(one.draws, rel=1e-9)


def test_labels_may_be_of_any_type() -> None:
    y, _ = experiment(60)
    numbers = np.repeat([0, 1, 2], 20)
    as_numbers, as_text, as_floats, as_objects = (
        participant_bootstrap(y, labels, control=control, draws=99)
        for labels, control in (
            (numbers, 0),
            (numbers.astype(str), "0"),
            (numbers.astype(float), 0.0),
            (numbers.astype(object), 0),
        )
    )
    for other in (as_text, as_floats, as_objects):
        assert other.hypotheses == as_numbers.hypotheses
        assert (other.draws == as_numbers.draws).all()


def test_draws_with_nothing_to_studentise_by_are_infinite_and_counted() -> None:
    y, arm = np.zeros(40), np.repeat(["A", "B"], 20)
    y[0] = 1.0  # one event, in control: a third of the draws have none
    family = participant_bootstrap(y, arm, control="A", draws=1_999)
    assert family.degenerate_share == pytest.approx(np.exp(-1), abs=0.04)
    assert np.isinf(family.draws).mean() == family.degenerate_share
    assert resampled_p_values(family.statistics, family.draws)[0] >= family.degenerate_share


def test_tiny_arms_that_nobody_is_drawn_into_are_infinite() -> None:
    y, arm = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 9.0]), np.repeat(["A", "B"], [2, 4])
    family = participant_bootstrap(y, arm, control="A", draws=999)
    assert not np.isnan(family.draws).any()
    assert family.degenerate_share >= np.exp(-2) / 2


def test_the_arrays_cannot_be_changed() -> None:
    family = participant_bootstrap(*experiment(60), control="A", draws=99)
    assert isinstance(family, BootstrapFamily)
    for array in (family.draws, family.statistics, family.effects, family.std_errors):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


Y = np.arange(6.0)
ARMS = ["A", "A", "A", "B", "B", "B"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"draws": 98}, "at least 99 draws; got 98"),
        ({"kind": "normal"}, "'poisson' or 'multiplier'; got 'normal'"),
        ({"control": "Z"}, "control 'Z' must be one of at least 2 arms; got A, B"),
        ({"arms": ["A"] * 6}, "must be one of at least 2 arms; got A"),
        ({"arms": ARMS[:5]}, "Every participant has one arm"),
        ({"arms": ["A", "A", "A", "B", "B", None]}, "labels are missing"),
        ({"arms": [0.0, 0.0, 0.0, 1.0, 1.0, np.nan], "control": 0}, "labels are missing"),
        ({"arms": ["A", "A", "A", "A", "A", "B"]}, "at least 2 participants with weight in every arm; arm B"),
        ({"weights": [1, 1, 1, 1, 0, 0]}, "at least 2 participants with weight in every arm; arm B"),
        ({"weights": [1, 1, 1, 1, 1, -1]}, "weights not negative"),
        ({"weights": [1, 1]}, "got shapes"),
        ({"totals": [0, 1, 2, 3, 4, np.inf]}, "must be finite"),
        ({"totals": []}, "got shapes"),
        ({"totals": [2, 2, 2, 5, 5, 5]}, "values that vary"),
        ({"totals": [0.1] * 6, "kind": "multiplier"}, "values that vary"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, object], words: str) -> None:
    given = {"totals": Y, "arms": ARMS, "control": "A"} | changes
    with pytest.raises(InputError, match=words):
        participant_bootstrap(**given)


def false_claims(kind: str, n: int, size: int, draws: int) -> float:
    """Return how often a family of 2 treatments × 2 skewed, related metrics has a false claim."""
    rng, claims = np.random.default_rng(10), 0
    arm = np.repeat([0, 1, 2], [2 * size, size, size])
    for i in range(n):
        first = rng.exponential(size=len(arm))
        y = np.column_stack([first, first * rng.exponential(size=len(arm))])
        family = participant_bootstrap(y, arm, control=0, draws=draws, kind=kind, seed=i)
        claims += min(resampled_p_values(family.statistics, family.draws)) <= 0.05
    return claims / n


def test_a_family_of_skewed_metrics_keeps_its_level() -> None:
    # A product of exponentials has skewness 8; at 100 per arm the bootstrap is allowed 2 points beyond its noise.
    n = 200
    assert 0.005 < false_claims("poisson", n, 100, 199) <= 0.07 + 3 * (0.05 * 0.95 / n) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["poisson", "multiplier"])
def test_larger_arms_keep_it_closely(kind: str) -> None:
    n = 1_000
    assert 0.02 < false_claims(kind, n, 400, 199) <= 0.06 + 3 * (0.05 * 0.95 / n) ** 0.5

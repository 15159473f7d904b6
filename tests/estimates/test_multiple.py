"""Adjusted p-values: what closed testing by brute force gives, and what other software gives."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from decision_widgets.errors import InputError
from decision_widgets.estimates import Procedure, StoreyQ, adjust_p_values, storey_q_values

THEIRS = {
    "bonferroni": "bonferroni",
    "sidak": "sidak",
    "holm": "holm",
    "holm-sidak": "holm-sidak",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "bh": "fdr_bh",
    "by": "fdr_by",
    "bky": "fdr_tsbky",
}
# Neuhaus et al. 1992, as in Benjamini & Hochberg 1995, section 3.2.
NEUHAUS = [
    *[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459],
    *[0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0],
]


def families(sizes: tuple[int, ...]) -> list[list[float]]:
    rng = np.random.default_rng(7)
    # Rounded, so that some are tied; cubed, so that some are small.
    return [list(np.round(rng.random(size) ** 3, 2)) for size in sizes for _ in range(40)]


def by_closure(p: list[float], local_test: str) -> list[float]:
    """Adjust by testing every intersection of hypotheses: the largest p of all that hold one's hypothesis."""

    def of_intersection(members: tuple[int, ...]) -> float:
        inside = np.sort([p[i] for i in members])
        m = len(inside)
        if local_test == "bonferroni":
            return min(1.0, m * inside[0])
        return float((m * inside / np.arange(1, m + 1)).min())

    every = [c for size in range(1, len(p) + 1) for c in itertools.combinations(range(len(p)), size)]
    return [max(of_intersection(c) for c in every if i in c) for i in range(len(p))]


@pytest.mark.parametrize(("procedure", "local_test"), [("holm", "bonferroni"), ("hommel", "simes")])
def test_a_stepwise_procedure_is_closed_testing_by_brute_force(procedure: Procedure, local_test: str) -> None:
    for family in families((1, 2, 3, 4, 5)):
        assert adjust_p_values(family, procedure) == pytest.approx(by_closure(family, local_test), rel=1e-12)


@pytest.mark.parametrize("procedure", get_args(Procedure))
def test_every_procedure_is_statsmodels(procedure: Procedure) -> None:
    # statsmodels' Holm collects all garbage of the process at each call.
    for family in families((1, 2, 7, 40))[:: 20 if procedure == "holm" else 2]:
        for alpha in (0.05, 0.1):
            theirs = multipletests(np.minimum(family, 1 - 1e-12), alpha=alpha, method=THEIRS[procedure])
            ours = adjust_p_values(list(np.minimum(family, 1 - 1e-12)), procedure, alpha=alpha)
            assert ours == pytest.approx(theirs[1], rel=1e-10)


@pytest.mark.parametrize("procedure", [each for each in get_args(Procedure) if each != "bky"])
def test_one_comparison_is_adjusted_for_nothing(procedure: Procedure) -> None:
    assert adjust_p_values([0.034], procedure) == pytest.approx((0.034,), rel=1e-12)


@pytest.mark.parametrize("procedure", get_args(Procedure))
def test_adjusted_p_values_keep_the_order_of_the_family_and_of_the_list(procedure: Procedure) -> None:
    for family in families((6, 30)):
        adjusted = np.array(adjust_p_values(family, procedure))
        assert (np.diff(adjusted[np.argsort(family, kind="stable")]) >= -1e-15).all()
        assert ((adjusted >= 0) & (adjusted <= 1)).all()
        assert adjust_p_values(family[::-1], procedure) == pytest.approx(adjusted[::-1], rel=1e-12)


@pytest.mark.parametrize("procedure", [each for each in get_args(Procedure) if each != "bky"])
def test_no_adjusted_p_value_is_smaller_than_its_own(procedure: Procedure) -> None:
    for family in families((6, 30)):
        assert (np.array(adjust_p_values(family, procedure)) >= np.array(family) * (1 - 1e-12)).all()


@pytest.mark.parametrize(("more", "less"), [("hommel", "hochberg"), ("hochberg", "holm"), ("holm", "bonferroni")])
def test_the_stronger_procedure_never_has_the_larger_p(more: Procedure, less: Procedure) -> None:
    for family in families((5, 20)):
        strong, weak = np.array(adjust_p_values(family, more)), np.array(adjust_p_values(family, less))
        assert (strong <= weak * (1 + 1e-12)).all()


def test_two_stages_reject_what_their_definition_rejects() -> None:
    for family in [*families((10, 40)), NEUHAUS]:
        for alpha in (0.05, 0.1, 0.2):
            first = alpha / (1 + alpha)
            bh = np.array(adjust_p_values(family, "bh"))
            n_first = int((bh <= first).sum())
            left = len(family) - n_first
            want = bh * left / len(family) <= first if 0 < left < len(family) else bh <= first
            got = np.array(adjust_p_values(family, "bky", alpha=alpha)) <= alpha
            assert (got == want).all()


def test_the_q_values_of_r_are_found() -> None:
    # qvalue 2.30.0, lambda = 0.5, for the 15 p-values; seven copies of each leave shares and ranks/m as they are.
    q = [0.0008, 0.0016, 0.00506666666666667, 0.019, 0.03216, 0.0340571428571429, 0.0340571428571429, 0.0344, 0.0408]
    q += [0.2592, 0.309963636363636, 0.381266666666667, 0.401723076923077, 0.433714285714286, 0.533333333333333]
    answer = storey_q_values(NEUHAUS * 7)
    assert answer.null_share == pytest.approx(0.533333333333333, rel=1e-12)
    assert answer.q_values[:15] == pytest.approx(q, rel=1e-12)
    assert StoreyQ.from_dict(answer.to_dict()) == answer


def test_q_values_without_any_effect_are_those_of_benjamini_and_hochberg() -> None:
    family = list(np.linspace(0.001, 1, 200) ** 0.9)
    answer = storey_q_values(family)
    assert answer.null_share == 1.0
    assert answer.q_values == adjust_p_values(family, "bh")


def test_q_values_that_cannot_be_had_are_refused() -> None:
    with pytest.raises(InputError, match="at least 100 p-values; got 15"):
        storey_q_values(NEUHAUS)
    with pytest.raises(InputError, match="No p-value is above"):
        storey_q_values([0.01] * 100)
    with pytest.raises(InputError, match="threshold must lie between 0 and 1"):
        storey_q_values([0.01] * 100, threshold=1.0)
    with pytest.raises(InputError, match="between 0 and 1; got"):
        storey_q_values([float("nan")] * 100)


@pytest.mark.parametrize("p_values", [[[0.1, 0.2]], 0.1])
def test_p_values_are_a_flat_list(p_values: object) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        adjust_p_values(p_values)


def related(rho: float, m: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n families of m normal statistics: pairs related by a negative rho, all related by another."""
    if rho < 0:
        pair = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=(n, m // 2))
        return pair.reshape(n, m)
    return np.sqrt(rho) * rng.normal(size=(n, 1)) + np.sqrt(1 - rho) * rng.normal(size=(n, m))


def error_rates(procedure: Procedure, rho: float, n: int, *, effects: int, level: float) -> tuple[float, float]:
    """Return how often a family has a false claim, and the mean share of false claims."""
    statistics = related(rho, 10, n, np.random.default_rng(11))
    statistics[:, 10 - effects :] += 3.0
    p = 2 * stats.norm.sf(np.abs(statistics))
    claimed = np.array([adjust_p_values(list(row), procedure, alpha=level) for row in p]) <= level
    false = claimed[:, : 10 - effects].sum(axis=1)
    return float((false > 0).mean()), float((false / np.maximum(claimed.sum(axis=1), 1)).mean())


def at_most(level: float, n: int) -> float:
    """Three Monte-Carlo standard errors above the level."""
    return level + 3 * (level * (1 - level) / n) ** 0.5


@pytest.mark.parametrize("rho", [-0.5, 0.9])
def test_a_family_keeps_its_promise(rho: float) -> None:
    n = 1_000
    assert 0.002 < error_rates("holm", rho, n, effects=5, level=0.05)[0] <= at_most(0.05, n)
    assert 0.002 < error_rates("bh", rho, n, effects=5, level=0.10)[1] <= at_most(0.10, n)


@pytest.mark.slow
@pytest.mark.parametrize("effects", [0, 5])
@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.9])
def test_every_procedure_keeps_its_promise(rho: float, effects: int) -> None:
    n = 4_000
    for procedure in ("holm", "holm-sidak", "hommel", "hochberg", "bonferroni", "sidak"):
        assert error_rates(procedure, rho, n, effects=effects, level=0.05)[0] <= at_most(0.05, n), procedure
    for procedure in ("bh", "by"):
        assert error_rates(procedure, rho, n, effects=effects, level=0.10)[1] <= at_most(0.10, n), procedure
    if rho == 0:  # two stages are proven for independence
        assert error_rates("bky", rho, n, effects=effects, level=0.10)[1] <= at_most(0.10, n)


def test_alpha_is_a_share() -> None:
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1; got 5"):
        adjust_p_values([0.1, 0.2], "bky", alpha=5)

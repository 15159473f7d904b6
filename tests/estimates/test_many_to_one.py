"""Dunnett: tables in print, scipy, direct integration, and what follows from the definition."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import integrate, special, stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    SimultaneousDifference,
    adjust_p_values,
    any_exceeds,
    dunnett,
    many_to_one,
    simultaneous_quantile,
    student_t,
    two_proportions,
    welch_t,
)
from decision_widgets.estimates.difference import MeanDifference, difference
from decision_widgets.moments import Moments


def arms(*values: Sequence[float]) -> list[Moments]:
    return [Moments.of({"y": each}) for each in values]


def normal_arms(seed: int, sizes: Sequence[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(0.3 * i, 1 + 0.2 * i, n) for i, n in enumerate(sizes)]


@pytest.mark.parametrize(
    ("k", "df", "alpha", "printed"),
    # Dunnett 1955, tables 2a and 2b (exact for two treatments), and 1964.
    [(2, 30, 0.05, 2.32), (2, 60, 0.01, 2.90), (3, 24, 0.05, 2.51)],
)
def test_the_critical_values_in_print_are_found(k: int, df: float, alpha: float, printed: float) -> None:
    assert round(simultaneous_quantile(alpha, 1.0, np.ones(k), df), 2) == printed


def test_unequal_arms_are_those_of_multcomp() -> None:
    # R, multcomp::glht with mcp("Dunnett"), on the mucociliary data of Thomson & Short 1969.
    control, *treated = arms([2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0])
    obstructed, asbestosis = dunnett(control, treated)
    assert (obstructed.p_value_single_step, asbestosis.p_value_single_step) == pytest.approx(
        (0.58317, 0.99819), abs=1e-5
    )
    # R draws: its limits are good to about 1e-5.
    assert obstructed.effect_lower_simultaneous == pytest.approx(-0.6898153448579, abs=1e-4)
    assert asbestosis.effect_upper_simultaneous == pytest.approx(0.9933456251632, abs=1e-4)


def by_integration(q: float, v0: float, v: np.ndarray, df: float) -> float:
    """Integrate the definition adaptively, over control's error and over the scale."""
    shared, own = np.sqrt(v0 / (v0 + v)), np.sqrt(v / (v0 + v))

    def given_scale(x: float) -> float:
        def inside(z: float) -> float:
            return float(np.prod(special.ndtr((x - shared * z) / own) - special.ndtr((-x - shared * z) / own)))

        steps = np.clip(np.concatenate([x / shared, -x / shared]), -8, 8)
        return integrate.quad(
            lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (1 - inside(z)),
            -9,
            9,
            points=sorted(set(steps)),
            epsabs=1e-11,
            limit=200,
        )[0]

    scale = stats.chi(df)
    return integrate.quad(
        lambda s: scale.pdf(s * math.sqrt(df)) * math.sqrt(df) * given_scale(q * s),
        0,
        1 + 9 / math.sqrt(df),
        epsabs=1e-9,
    )[0]


@pytest.mark.parametrize(
    ("q", "v0", "v", "df"),
    [(2.3, 1.0, [1.0, 1.0], 9.0), (1.1, 1.0, [0.3, 2.0, 2.0], 25.0), (3.0, 1.0, [0.02, 1.0], 60.0)],
)
def test_the_tail_is_the_integral_of_its_definition(q: float, v0: float, v: list[float], df: float) -> None:
    assert any_exceeds(q, v0, np.array(v), df) == pytest.approx(by_integration(q, v0, np.array(v), df), abs=1e-7)


def test_bivariate_tails_are_those_of_the_bivariate_normal() -> None:
    # scipy integrates two dimensions exactly (Genz 2004).
    for v0, v in [(1.0, [1.0, 1.0]), (1.0, [1e-3, 0.5]), (0.01, [1.0, 3.0])]:
        shared = np.sqrt(v0 / (v0 + np.array(v)))
        law = stats.multivariate_normal(cov=[[1, shared.prod()], [shared.prod(), 1]])
        for q in (0.2, 1.5, 2.2):
            want = 1 - law.cdf([q, q], lower_limit=[-q, -q])
            assert any_exceeds(q, v0, np.array(v), None) == pytest.approx(want, abs=1e-9)


def test_independent_and_identical_statistics_are_the_two_extremes() -> None:
    one = 2 * stats.t.sf(2.4, 1e6)
    nothing_shared = any_exceeds(2.4, 0.0, np.ones(6), None)
    assert nothing_shared == pytest.approx(1 - (1 - 2 * stats.norm.sf(2.4)) ** 6, rel=1e-12)
    all_shared = any_exceeds(2.4, 1.0, np.array([0.0, 0.0, 1e-18]), None)
    assert all_shared == pytest.approx(2 * stats.norm.sf(2.4), rel=1e-8)
    assert all_shared < any_exceeds(2.4, 1.0, np.ones(6), None) < nothing_shared
    assert any_exceeds(2.4, 1.0, np.array([0.0, 0.0]), 1e6) == pytest.approx(one, rel=1e-8)


def test_small_tails_keep_their_digits() -> None:
    # Far out at most one statistic exceeds, so that the tail is the sum of single ones.
    for df in (None, 400.0):
        single = 2 * (stats.norm.sf(9.0) if df is None else stats.t.sf(9.0, df))
        assert any_exceeds(9.0, 1.0, np.ones(4), df) == pytest.approx(4 * single, rel=1e-3)
    assert any_exceeds(60.0, 1.0, np.ones(4), None) == 0.0
    assert any_exceeds(0.0, 1.0, np.ones(4), 3.0) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("df", [0.7, 1.0, 2.5, 8.9, 9.0, 71.9, 72.0, 1e4, 1e9, None])
@pytest.mark.parametrize("alpha", [0.3, 0.05, 1e-6])
def test_quantile_and_tail_undo_each_other(df: float | None, alpha: float) -> None:
    v = np.array([0.2, 1.0, 1.0, 7.0])
    quantile = simultaneous_quantile(alpha, 1.0, v, df)
    assert any_exceeds(quantile, 1.0, v, df) == pytest.approx(alpha, rel=1e-8)
    # Šidák's inequality and a single statistic enclose it.
    assert any_exceeds(quantile, 1.0, v[:1], df) < alpha < 4 * any_exceeds(quantile, 1.0, v[:1], df) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("critical", "v0", "v", "df", "words"),
    [
        (2.0, 1.0, [], 5.0, "has a variance"),
        (2.0, 1.0, [1.0, -1.0], 5.0, "not negative"),
        (2.0, math.nan, [1.0, 1.0], 5.0, "not negative"),
        (2.0, 0.0, [1.0, 0.0], 5.0, "positive variance"),
        (2.0, 1.0, [1.0, 1.0], 0.0, "Degrees of freedom are positive"),
        (math.nan, 1.0, [1.0, 1.0], 5.0, "got NaN"),
    ],
)
def test_a_tail_that_does_not_exist_is_refused(
    critical: float, v0: float, v: list[float], df: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        any_exceeds(critical, v0, v, df)


def test_the_ends_of_the_tail() -> None:
    assert any_exceeds(-1.0, 1.0, [1.0, 1.0], 5.0) == 1.0
    assert any_exceeds(math.inf, 1.0, [1.0, 1.0], 5.0) == 0.0
    # A statistic beyond any square is still a number: three degrees of freedom fall with the cube.
    huge, large = (any_exceeds(q, 1.0, [1.0, 2.0], 3.0) for q in (1e70, 1e60))
    assert huge / large == pytest.approx(1e-30, rel=1e-6)
    assert any_exceeds(1e200, 1.0, [1.0, 2.0], 10.0) == 0.0


def test_dunnett_is_scipys_within_its_random_error() -> None:
    for seed, sizes in enumerate([(12, 9, 15), (40, 7, 7, 30), (6, 20, 20, 20, 5)]):
        control, *treated = normal_arms(seed, sizes)
        theirs = stats.dunnett(*treated, control=control, rng=np.random.default_rng(0))
        ours = dunnett(*arms(control), arms(*treated))
        assert [each.statistic for each in ours] == pytest.approx(list(theirs.statistic), rel=1e-10)
        assert [each.p_value_single_step for each in ours] == pytest.approx(list(theirs.pvalue), abs=2e-4)
        interval = theirs.confidence_interval(0.95)
        assert [each.effect_lower_simultaneous for each in ours] == pytest.approx(list(interval.low), abs=0.02)


def test_one_treatment_is_a_t_test() -> None:
    control, treatment = arms([3.1, 4.2, 5.0, 6.1], [4.4, 5.9, 6.6])
    (pooled,) = dunnett(control, [treatment])
    student = student_t(control, treatment)
    assert pooled.p_value_adjusted == pooled.p_value_single_step == student.p_value
    assert pooled.effect_lower_simultaneous == pytest.approx(student.effect_lower, rel=1e-12)
    (welch,) = many_to_one([welch_t(control, treatment)])
    assert welch.p_value_adjusted == welch.p_value
    assert welch.effect_upper_simultaneous == pytest.approx(welch.effect_upper, rel=1e-12)


def test_the_single_step_agrees_with_its_interval_at_the_edge() -> None:
    control, *treated = arms(*normal_arms(3, (20, 12, 30, 9)))
    alone = [welch_t(control, arm) for arm in treated]
    for each in many_to_one(alone):
        reach = (each.effect_upper_simultaneous - each.effect) / each.std_error
        variances = np.array([other.treatment_variance for other in alone])
        assert any_exceeds(reach, each.control_variance, variances, each.df) == pytest.approx(0.05, rel=1e-8)
        assert reach > each.quantile(0.05)


def test_stepping_down_never_loses_and_the_clearest_gains_nothing() -> None:
    control, *treated = arms(*normal_arms(4, (25, 14, 30, 9, 60)))
    family = many_to_one([welch_t(control, arm) for arm in treated])
    in_order = sorted(family, key=lambda each: each.p_value_adjusted)
    assert all(each.p_value <= each.p_value_adjusted <= each.p_value_single_step * (1 + 1e-9) for each in family)
    assert in_order[0].p_value_adjusted == pytest.approx(in_order[0].p_value_single_step, rel=1e-12)
    assert [each.p_value_adjusted for each in family] < list(adjust_p_values([each.p_value for each in family], "holm"))


def by_closure(differences: Sequence[MeanDifference]) -> list[float]:
    v0, v = differences[0].control_variance, np.array([each.treatment_variance for each in differences])
    k = len(differences)
    adjusted = [0.0] * k
    for members in range(1, 2**k):
        inside = [i for i in range(k) if members >> i & 1]
        p = min(any_exceeds(abs(differences[i].statistic), v0, v[inside], differences[i].df) for i in inside)
        adjusted = [max(adjusted[i], p) if i in inside else adjusted[i] for i in range(k)]
    return adjusted


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_step_down_is_closed_testing_by_brute_force(seed: int) -> None:
    control, *treated = arms(*normal_arms(seed, (15, 6, 30, 9)))
    alone = [welch_t(control, arm) for arm in treated]
    assert len({each.df for each in alone}) == 3
    assert [each.p_value_adjusted for each in many_to_one(alone)] == pytest.approx(by_closure(alone), rel=1e-10)


def test_order_unit_and_sign_do_not_matter() -> None:
    values = normal_arms(6, (20, 12, 30, 9))
    control, *treated = arms(*values)
    want = [each.p_value_adjusted for each in dunnett(control, treated)]
    assert [each.p_value_adjusted for each in dunnett(control, treated[::-1])] == pytest.approx(want[::-1], rel=1e-10)
    control, *treated = arms(*(1e4 - 1e-3 * each for each in values))
    other = dunnett(control, treated)
    assert [each.p_value_adjusted for each in other] == pytest.approx(want, rel=1e-6)


def test_proportions_are_compared_with_the_normal() -> None:
    alone = [
        difference(0.12, level, 0.12 * 0.88 / 900, level * (1 - level) / n, df=None, alpha=0.05)
        for level, n in ((0.15, 300), (0.1, 500))
    ]
    family = many_to_one(alone)
    assert alone[0].std_error == pytest.approx(two_proportions(108, 900, 45, 300).std_error, rel=1e-12)
    assert family[0].df is None
    assert family[0].p_value < family[0].p_value_adjusted < 2 * family[0].p_value


def test_tied_treatments_have_equal_p_values() -> None:
    control, one, other = arms([1, 2, 3, 4], [3, 4, 5, 6.5], [3, 4, 5, 6.5])
    first, second = dunnett(control, [one, other])
    assert first.p_value_adjusted == second.p_value_adjusted == pytest.approx(first.p_value_single_step)


def test_a_disagreement_between_p_and_interval_is_a_fact_of_the_record() -> None:
    alone = [difference(0.0, level, 1.0, 1.0, df=None, alpha=0.05) for level in (6.0, 2.9)]
    clear, second = many_to_one(alone)
    assert not clear.p_and_interval_disagree
    assert second.p_value_adjusted < 0.05 < second.p_value_single_step
    assert second.p_and_interval_disagree


def test_a_record_survives_its_plain_form() -> None:
    control, *treated = arms(*normal_arms(6, (20, 12, 30)))
    for each in dunnett(control, treated):
        assert SimultaneousDifference.from_dict(each.to_dict()) == each


def test_what_shares_no_control_is_refused() -> None:
    one, two, three = arms([1, 2, 3.5], [2, 4, 5], [1, 4, 4.5])
    with pytest.raises(InputError, match="share one control"):
        many_to_one([student_t(one, two), student_t(one, three)])  # pooled with different arms
    with pytest.raises(InputError, match="share one control"):
        many_to_one([welch_t(one, three), welch_t(two, three)])
    with pytest.raises(InputError, match="no comparison to adjust"):
        many_to_one([])
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1; got 0"):
        many_to_one([welch_t(one, two), welch_t(one, three)], alpha=0.0)


def test_a_pooled_variance_that_cannot_be_had_is_refused() -> None:
    with pytest.raises(InputError, match="more values than arms; got 3 for 3"):
        dunnett(*arms([1.0]), arms([2.0], [3.0]))
    with pytest.raises(InputError, match="values that vary"):
        dunnett(*arms([1.0, 1.0]), arms([2.0, 2.0], [3.0, 3.0]))
    with pytest.raises(InputError, match="no comparison"):
        dunnett(*arms([1.0, 2.0]), [])


def test_unequal_arms_keep_the_level() -> None:
    rng, n = np.random.default_rng(8), 2_000
    deviations = np.array([0.2, 1.0, 0.5, 2.0])
    levels = rng.normal(size=(n, 4)) * deviations
    claims = 0
    for row in levels:
        alone = [difference(row[0], row[i], 0.04, deviations[i] ** 2, df=None, alpha=0.05) for i in range(1, len(row))]
        claims += min(each.p_value_adjusted for each in many_to_one(alone)) <= 0.05
    # 3 Monte-Carlo standard errors around 5 %.
    assert abs(claims / n - 0.05) <= 3 * (0.05 * 0.95 / n) ** 0.5


def false_claims(sizes: Sequence[int], spreads: Sequence[float], n: int, *, effects: int) -> float:
    """Return how often Welch comparisons, stepped down, claim an effect that is not there."""
    rng, wrong = np.random.default_rng(8), 0
    for _ in range(n):
        control, *treated = (rng.normal(0, s, size) for s, size in zip(spreads, sizes, strict=True))
        moved = [each + 9.0 * (i < effects) for i, each in enumerate(treated)]
        alone = [welch_t(*arms(control, each)) for each in moved]
        wrong += any(each.p_value_adjusted <= 0.05 for each in many_to_one(alone)[effects:])
    return wrong / n


@pytest.mark.slow
@pytest.mark.parametrize("effects", [0, 1])
@pytest.mark.parametrize(("sizes", "spreads"), [((90, 20, 20), (1, 1, 1)), ((15, 40, 60), (2.0, 1.0, 0.5))])
def test_the_level_is_kept_with_and_without_effects(
    sizes: Sequence[int], spreads: Sequence[float], effects: int
) -> None:
    n = 1_000
    assert false_claims(sizes, spreads, n, effects=effects) <= 0.05 + 3 * (0.05 * 0.95 / n) ** 0.5

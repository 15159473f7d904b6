"""Normality against scipy and statsmodels, and its laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.diagnostic import lilliefors as statsmodels_lilliefors
from statsmodels.stats.diagnostic import normal_ad

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    Normality,
    NormalityTest,
    anderson_darling,
    lilliefors,
    normality,
    shapiro_wilk,
)
from decision_widgets.estimates.normality import _lilliefors_p
from decision_widgets.moments import Sample

RNG = np.random.default_rng(31)
VALUES = {
    "normal": RNG.normal(5, 3, 200),
    "skewed": RNG.lognormal(0, 0.7, 90),
    "counts": RNG.poisson(4, 400),
    "nearly normal": RNG.gamma(30, 1, 150),
    "few": np.array([1.0, 2.5, 2.5, 4.0, 4.5, 8.0, 9.0, 11.0]),
}
EVERY = pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
TESTS = pytest.mark.parametrize("test", [shapiro_wilk, anderson_darling, lilliefors])


@EVERY
def test_shapiro_wilk_is_scipys(values: np.ndarray) -> None:
    ours, scipys = shapiro_wilk(Sample.of(values)), stats.shapiro(values)
    assert (ours.statistic, ours.p_value) == pytest.approx((scipys.statistic, scipys.pvalue), rel=1e-8)
    assert (ours.n_tested, ours.seed) == (len(values), None)


@EVERY
def test_anderson_darling_is_statsmodels(values: np.ndarray) -> None:
    ours = anderson_darling(Sample.of(values))
    assert (ours.statistic, ours.p_value) == pytest.approx(normal_ad(np.asarray(values, dtype=float)), rel=1e-8)


@EVERY
def test_lilliefors_d_is_statsmodels(values: np.ndarray) -> None:
    ours = lilliefors(Sample.of(values))
    assert ours.statistic == pytest.approx(statsmodels_lilliefors(values)[0], rel=1e-10)


def test_lilliefors_p_value_is_uniform_under_the_normal() -> None:
    rng = np.random.default_rng(2)
    for n in (12, 60, 300):
        p_values = np.array([lilliefors(Sample.of(rng.normal(size=n))).p_value for _ in range(1_200)])
        for level in (0.01, 0.05, 0.1, 0.3, 0.5, 0.8):
            error = 3.5 * np.sqrt(level * (1 - level) / len(p_values)) + 0.01  # the formulas' own error
            assert (p_values <= level).mean() == pytest.approx(level, abs=error)


def test_the_branches_of_the_lilliefors_p_value_meet() -> None:
    gaps = np.linspace(0.01, 0.5, 2_000)
    for n in (5, 30, 100, 101, 5_000):
        p = np.array([_lilliefors_p(float(d), n) for d in gaps / np.sqrt(n / 5)])
        assert p.max() == 1
        assert ((p >= 0) & (p <= 1)).all()
        assert np.diff(p).max() < 0.02  # the two published formulas meet at 0.1 to this


def test_an_extreme_anderson_darling_stops_where_its_formula_does() -> None:
    assert anderson_darling(Sample.of(RNG.lognormal(0, 2, 2_000))).p_value == 3.7e-24


@EVERY
def test_the_shape_is_scipys(values: np.ndarray) -> None:
    ours = normality(Sample.of(values))
    assert ours.skewness == pytest.approx(stats.skew(values), rel=1e-9)
    assert ours.excess_kurtosis == pytest.approx(stats.kurtosis(values), rel=1e-9)
    assert ours.qq_correlation == pytest.approx(stats.probplot(values)[1][2], rel=1e-9)


@EVERY
@pytest.mark.parametrize(("scale", "shift"), [(1e-200, 0.0), (1e250, 0.0), (0.25, 1e6), (-1.0, 0.0)])
def test_unit_and_origin_do_not_matter(values: np.ndarray, scale: float, shift: float) -> None:
    one, other = (normality(Sample.of(each)) for each in (values, scale * values + shift))
    assert other.skewness == pytest.approx(np.sign(scale) * one.skewness, rel=1e-6, abs=1e-9)
    for name in ("shapiro_wilk", "lilliefors", "anderson_darling"):
        tested, again = getattr(one, name), getattr(other, name)
        assert (again.statistic, again.p_value) == pytest.approx((tested.statistic, tested.p_value), rel=1e-5)


def test_gathered_counts_are_what_single_units_are() -> None:
    thousand = np.repeat(VALUES["counts"], 10)
    gathered = normality(Sample.of(thousand))
    assert gathered.lilliefors is not None
    assert gathered.lilliefors.statistic == pytest.approx(statsmodels_lilliefors(thousand)[0], rel=1e-10)
    assert gathered.qq_correlation == pytest.approx(stats.probplot(thousand)[1][2], rel=1e-9)


def test_above_5000_units_the_shape_is_the_headline_and_shapiro_wilk_tests_a_labelled_subsample() -> None:
    values = RNG.normal(size=5_001)
    assert normality(Sample.of(values[:5_000])).headline == "tests"
    large = normality(Sample.of(values), seed=7)
    assert large.headline == "shape"
    assert large.shapiro_wilk is not None
    assert (large.shapiro_wilk.n_tested, large.shapiro_wilk.seed) == (5_000, 7)
    assert large == normality(Sample.of(values), seed=7)
    assert large.shapiro_wilk != shapiro_wilk(Sample.of(values), seed=8)
    assert large.lilliefors is not None
    assert (large.lilliefors.n_tested, large.lilliefors.seed) == (5_001, None)


def test_the_subsample_draws_units_and_not_values() -> None:
    zeros = Sample(values=np.array([0.0, 1.0]), counts=np.array([90_000, 10_000]), n_units=100_000)
    drawn = shapiro_wilk(zeros)
    share = 0.1
    expected = [
        stats.shapiro(np.repeat([0.0, 1.0], [5_000 - ones, ones])).statistic
        for ones in (5_000 * share - 90, 5_000 * share + 90)
    ]
    assert expected[0] < drawn.statistic < expected[1]


def test_a_subsample_of_one_value_has_no_test() -> None:
    rare = Sample(values=np.array([0.0, 1.0]), counts=np.array([10**8, 1]), n_units=10**8 + 1)
    with pytest.raises(InputError, match="5000 units drawn hold one value"):
        shapiro_wilk(rare)


@TESTS
@pytest.mark.parametrize("value", [0.0, 1.0, -1e9])
def test_one_value_has_no_shape(test: Callable[[Sample], NormalityTest], value: float) -> None:
    with pytest.raises(CannotEstimate, match="All 20 units hold") as refusal:
        test(Sample.of(np.full(20, value)))
    assert (refusal.value.code, refusal.value.facts) == ("E_NO_VARIATION", {"n": 20, "value": value})


@TESTS
def test_rounding_is_no_shape(test: Callable[[Sample], NormalityTest]) -> None:
    with pytest.raises(CannotEstimate, match=r"hold 0\.3"):
        test(Sample.of([0.3, 0.1 + 0.2] * 10))


@pytest.mark.parametrize(("test", "n"), [(shapiro_wilk, 3), (lilliefors, 5), (anderson_darling, 8)])
def test_each_test_has_its_fewest_units(test: Callable[[Sample], NormalityTest], n: int) -> None:
    values = np.arange(n) ** 1.5
    assert 0 <= test(Sample.of(values)).p_value <= 1
    with pytest.raises(InputError, match=f"at least {n} units; got {n - 1}"):
        test(Sample.of(values[:-1]))


def test_a_small_sample_has_the_tests_that_it_can_have() -> None:
    four, seven = normality(Sample.of([1, 2, 3, 9])), normality(Sample.of([1, 2, 3, 9, 11, 12, 30]))
    assert four.shapiro_wilk is not None
    assert (four.lilliefors, four.anderson_darling) == (None, None)
    assert seven.lilliefors is not None
    assert seven.anderson_darling is None
    with pytest.raises(CannotEstimate) as refusal:
        normality(Sample.of([1, 2]))
    assert refusal.value.code == "E_SMALL_N"


@EVERY
def test_the_record_survives_its_plain_form(values: np.ndarray) -> None:
    answer = normality(Sample.of(values))
    assert Normality.from_json(answer.to_json()) == answer

"""Power and sample sizes: equal to statsmodels where it is right, and to each other everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    Alternative,
    cluster_power,
    control_sizes,
    design_effect,
    difference_power,
    proportion_power,
)
from decision_widgets.estimates.increasing_root import increasing_root
from decision_widgets.estimates.proportion_power import ProportionPower
from decision_widgets.estimates.sample_size import whole

THEIRS = {"two-sided": "two-sided", "greater": "larger", "less": "smaller"}


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("ratio", [0.3, 1.0, 4.0])
def test_power_is_that_of_statsmodels(alternative: Alternative, ratio: float) -> None:
    for effect, n in ((0.1, 30), (0.3, 60), (-0.4, 25), (0.02, 900)):
        ours = difference_power(effect * 3, 9, 9, n, n * ratio, alternative=alternative)
        theirs = TTestIndPower().power(effect, n, 0.05, ratio, alternative=THEIRS[alternative])
        assert float(ours) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("ratio", [0.3, 1.0, 4.0])
def test_sample_size_is_that_of_statsmodels(ratio: float) -> None:
    for effect, power in ((0.15, 0.8), (0.5, 0.9), (1.0, 0.6)):
        theirs = TTestIndPower().solve_power(effect, None, 0.05, power, ratio)
        assert float(control_sizes(effect, 1, 1, allocation=ratio, power=power)) == pytest.approx(theirs, rel=1e-7)


def test_the_size_has_the_power_it_was_asked_for() -> None:
    rng = np.random.default_rng(0)
    effect, v_c, v_t, k = rng.uniform(0.01, 2, 500), *rng.uniform(0.5, 5, (2, 500)), rng.uniform(0.1, 9, 500)
    for alpha, power, rule in ((0.05, 0.8, "pooled"), (1e-5, 0.95, "welch"), (0.2, 0.3, "normal")):
        n = control_sizes(effect, v_c, v_t, allocation=k, alpha=alpha, power=power, df_rule=rule)
        reached = difference_power(effect, v_c, v_t, n, np.maximum(k * n, 2), alpha=alpha, df_rule=rule)
        least = np.isclose(np.minimum(n, k * n), 2)  # both arms hold 2, whatever the effect
        assert reached[~least] == pytest.approx(power, abs=2e-9)
        assert (reached[least] >= power - 1e-9).all()


def test_power_grows_with_participants_and_effect_and_falls_with_variance() -> None:
    n = np.arange(2, 400)
    assert (np.diff(difference_power(0.4, 1, 1, n, n)) > 0).all()
    assert (np.diff(difference_power(np.linspace(0, 0.9, 200), 1, 1, 50, 50)) > 0).all()
    assert (np.diff(difference_power(0.4, np.linspace(0.1, 9, 200), 1, 50, 50)) < 0).all()


def test_without_an_effect_power_is_alpha_and_an_opposite_effect_is_found_as_often() -> None:
    assert float(difference_power(0, 1, 2, 10, 20, alpha=0.03)) == pytest.approx(0.03, rel=1e-9)
    assert float(difference_power(-0.5, 1, 2, 10, 20)) == float(difference_power(0.5, 1, 2, 10, 20))


def test_swapping_the_arms_turns_the_allocation_over() -> None:
    n_c = control_sizes(0.3, 1.0, 2.5, allocation=3.0)
    swapped = control_sizes(-0.3, 2.5, 1.0, allocation=1 / 3)
    assert float(swapped) == pytest.approx(3 * float(n_c), rel=1e-9)


def test_units_do_not_matter() -> None:
    assert float(control_sizes(30, 1e4, 2e4)) == pytest.approx(float(control_sizes(0.3, 1, 2)), rel=1e-12)


def test_large_samples_follow_the_normal_formula() -> None:
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    # The far tail adds about 1e-6 to the power.
    assert float(control_sizes(0.001, 2, 3, allocation=2, df_rule="normal")) == pytest.approx(
        z**2 * (2 + 3 / 2) / 0.001**2, rel=5e-6
    )
    assert float(control_sizes(0.001, 2, 3, allocation=2)) == pytest.approx(z**2 * 3.5 / 0.001**2, rel=5e-6)


def test_welch_has_fewer_degrees_of_freedom_than_the_pooled_test() -> None:
    welch = difference_power(2, 1, 25, 5, 10, df_rule="welch")
    share = (1 / 5) / (1 / 5 + 25 / 10)
    df = 1 / (share**2 / 4 + (1 - share) ** 2 / 9)
    nc, q = 2 / np.sqrt(1 / 5 + 25 / 10), stats.t.ppf(0.975, df)
    assert float(welch) == pytest.approx(stats.nct.sf(q, df, nc) + stats.nct.cdf(-q, df, nc), abs=1e-9)
    assert welch < difference_power(2, 1, 25, 5, 10)


def test_equal_clusters_have_the_textbook_design_effect() -> None:
    assert float(design_effect(12, 0.1)) == pytest.approx(1 + 11 * 0.1)
    k, m = 9, 12
    ours = cluster_power(0.4, 2.0, 2.1, cluster_size=m, clusters_per_arm=k)
    nc, q = 0.4 / np.sqrt(2 * 4 * 2.1 / (k * m)), stats.t.ppf(0.975, 2 * (k - 1))
    assert float(ours) == pytest.approx(stats.nct.sf(q, 16, nc) + stats.nct.cdf(-q, 16, nc), abs=1e-9)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("shares", [(0.08, 0.6), (0.95, 0.4)])
def test_rare_events_are_counted_exactly(shares: tuple[float, float], alternative: Alternative) -> None:
    n_c, n_t = 11, 9
    expected = sum(
        stats.binom.pmf(a, n_t, shares[1]) * stats.binom.pmf(b, n_c, shares[0])
        for a in range(n_t + 1)
        for b in range(n_c + 1)
        if stats.fisher_exact([[a, n_t - a], [b, n_c - b]], alternative=alternative)[1] <= 0.05
    )
    ours = proportion_power(*shares, n_c, n_t, alternative=alternative)
    assert ours.method == "exact"
    assert ours.power == pytest.approx(expected, rel=1e-10)


def test_rare_events_among_very_many_are_exact_too_and_mirrored_by_rare_non_events() -> None:
    events, others = (
        proportion_power(1e-5, 5e-5, 400_000, 300_000),
        proportion_power(0.99999, 0.99995, 400_000, 300_000),
    )
    assert events.method == others.method == "exact"
    assert events.power == pytest.approx(others.power, rel=1e-6)
    drawn = np.random.default_rng(1).binomial([400_000, 300_000], [1e-5, 5e-5], size=(4000, 2))
    tables = {(int(c), int(t)) for c, t in drawn}
    p = {(c, t): stats.hypergeom.pmf(np.arange(c + t + 1), 700_000, c + t, 300_000) for c, t in tables}
    rejected = {table: chance[chance <= chance[table[1]] * (1 + 1e-7)].sum() <= 0.05 for table, chance in p.items()}
    share = np.mean([rejected[int(c), int(t)] for c, t in drawn])
    assert events.power == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 4000))


def test_frequent_events_follow_the_unpooled_normal() -> None:
    ours = proportion_power(0.2, 0.25, 900, 1100)
    se = np.sqrt(0.2 * 0.8 / 900 + 0.25 * 0.75 / 1100)
    z = stats.norm.ppf(0.975)
    assert ours.method == "normal"
    assert ours.power == pytest.approx(stats.norm.sf(z - 0.05 / se) + stats.norm.cdf(-z - 0.05 / se), rel=1e-9)
    assert ProportionPower.from_dict(ours.to_dict()) == ours


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0.0, 1, 1), "not 0"),
        ((np.nan, 1, 1), "effect must be finite; got nan"),
        ((1, -1, 1), "control_variance"),
        ((1, 0, 0), "positive variance"),
        ((1e-9, 1, 1), "too small for any countable"),
        ((["a"], 1, 1), "numbers"),
        (([1, 2], [1, 2, 3], 1), "shapes"),
    ],
)
def test_a_size_that_does_not_exist_is_refused(arguments: tuple[float, float, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        control_sizes(*arguments)


def test_bad_options_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="never finds an effect"):
        control_sizes(-1, 1, 1, alternative="greater")
    with pytest.raises(InputError, match=r"power must be between 0\.05 and 1; got 0\.01"):
        control_sizes(1, 1, 1, power=0.01)
    with pytest.raises(InputError, match=r"alpha must be between 0 and 0\.5; got 5"):
        difference_power(1, 1, 1, 5, 5, alpha=5)
    with pytest.raises(InputError, match="Did you mean 'two-sided'"):
        difference_power(1, 1, 1, 5, 5, alternative="two_sided")
    with pytest.raises(InputError, match="n_control must be finite and at least 2; got 1"):
        difference_power(1, 1, 1, 1, 5)
    with pytest.raises(InputError, match="positive variance"):
        difference_power(1, 0, 0, 5, 5)
    with pytest.raises(InputError, match="whole"):
        proportion_power(0.1, 0.2, 10.5, 20)
    with pytest.raises(InputError, match="control_share must be between 0 and 1; got 0"):
        proportion_power(0.0, 0.2, 10, 20)


def test_no_values_give_no_sizes() -> None:
    assert control_sizes([], 1, 1).shape == (0,)
    assert difference_power([], 1, 1, 5, 5).shape == (0,)


def test_rounding_up_ignores_the_rounding_of_floats() -> None:
    assert [whole(n) for n in (3.0, 3.0000000001, 2.9999999999, 3.001, 1e12 + 0.4)] == [3, 3, 3, 4, 10**12]


def test_steps_that_do_not_settle_are_no_answer() -> None:
    one = np.ones(1)
    with pytest.raises(InputError, match="no solution"):
        increasing_root(lambda x, at: np.zeros_like(x), one, low=one, start=one, slope=one)

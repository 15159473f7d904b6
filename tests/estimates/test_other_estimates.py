"""Two proportions, families of p-values, quantiles, and the effect that could have been seen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from decision_widgets.errors import InputError
from decision_widgets.estimates import Procedure, adjust_p_values, detectable_effect, two_proportions
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile


def test_two_proportions_are_statsmodels() -> None:
    ours = two_proportions(120, 1000, 168, 1100)
    z, p = proportions_ztest([168, 120], [1100, 1000])
    assert (ours.statistic, ours.p_value) == pytest.approx((z, p), rel=1e-10)
    p_c, p_t = 0.12, 168 / 1100
    assert ours.interval == "wald"
    assert ours.std_error == pytest.approx((p_c * (1 - p_c) / 1000 + p_t * (1 - p_t) / 1100) ** 0.5, rel=1e-12)


@pytest.mark.parametrize("counts", [(0, 10, 10, 10), (10, 10, 0, 10), (0, 3, 2, 2), (500, 500, 0, 40)])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_nothing_against_everything_has_an_interval_that_is_newcombes(counts: tuple[int, ...], alpha: float) -> None:
    ours = two_proportions(*counts, alpha=alpha)
    expected = confint_proportions_2indep(counts[2], counts[3], counts[0], counts[1], method="newcomb", alpha=alpha)
    assert (ours.effect_lower, ours.effect_upper) == pytest.approx(expected, abs=1e-12)
    assert (ours.std_error, ours.interval) == (None, "newcombe")
    assert -1 <= ours.effect_lower < ours.effect_upper <= 1
    assert ours.statistic == pytest.approx(proportions_ztest(counts[2::-2], counts[3::-2])[0], rel=1e-10)


@pytest.mark.parametrize("counts", [(5, 3, 1, 10), (0, 0, 1, 2), (-1, 5, 1, 5)])
def test_more_events_than_units_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(InputError, match="events"):
        two_proportions(*counts)


def test_equal_outcomes_everywhere_are_refused() -> None:
    with pytest.raises(InputError, match="same outcome"):
        two_proportions(0, 50, 0, 50)


def test_holm_by_hand() -> None:
    assert adjust_p_values([0.01, 0.04, 0.03], "holm") == pytest.approx((0.03, 0.06, 0.06))


def test_benjamini_hochberg_by_hand() -> None:
    assert adjust_p_values([0.01, 0.04, 0.03], "bh") == pytest.approx((0.03, 0.04, 0.04))


@pytest.mark.parametrize(("procedure", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_our_own_procedures_are_statsmodels(procedure: Procedure, theirs: str) -> None:
    rng = np.random.default_rng(4)
    for size in (1, 2, 5, 40):
        family = np.round(rng.random(size) ** 3, 2)  # rounded, so that some are tied
        assert adjust_p_values(list(family), procedure) == pytest.approx(
            multipletests(family, method=theirs)[1], rel=1e-12
        )


def test_an_empty_family_is_empty() -> None:
    assert adjust_p_values([]) == ()


@pytest.mark.parametrize("p_values", [[float("nan")], [1.2], [-0.1]])
def test_what_is_no_p_value_is_refused(p_values: list[float]) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        adjust_p_values(p_values)


def test_an_unknown_procedure_names_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'holm'"):
        adjust_p_values([0.1], "holms")


@pytest.mark.parametrize("df", [3.2, 57.7, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("tail", [0.4, 0.025, 0.0025, 1e-9])
def test_quantile_and_tail_undo_each_other(df: float, tail: float) -> None:
    assert two_sided_p(upper_quantile(tail, df), df) == pytest.approx(2 * tail, rel=1e-8)
    assert upper_quantile(tail, df) == pytest.approx(stats.t.isf(tail, df), rel=1e-8)


def test_the_detectable_effect_is_found_with_the_stated_power() -> None:
    n = 300
    effect = detectable_effect((2 / n) ** 0.5, df=2 * n - 2, alpha=0.05, power=0.8)
    # (t + t)·SE is the usual approximation of the noncentral t; at 598 df it is good to a tenth of a point.
    assert TTestIndPower().power(effect, n, 0.05) == pytest.approx(0.8, abs=0.001)


def test_p_values_far_in_the_tail_do_not_become_zero() -> None:
    assert two_sided_p(30.0, 1e6) == pytest.approx(2 * stats.t.sf(30.0, 1e6), rel=1e-8, abs=0)
    assert np.isfinite(two_sided_p(1e6, 10.0))

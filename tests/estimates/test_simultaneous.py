"""Intervals of a family: all cover together, or those selected miss rarely."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import adjust_p_values, interval_alpha, interval_disagrees, selected_interval_alpha


def test_bonferroni_and_sidak_by_hand() -> None:
    assert interval_alpha(4) == 0.0125
    assert interval_alpha(4, method="sidak", alpha=0.1) == pytest.approx(1 - 0.9**0.25, rel=1e-12)
    assert interval_alpha(1, method="sidak") == pytest.approx(0.05, rel=1e-12)
    assert interval_alpha(7, method="sidak") > interval_alpha(7)


def test_an_adjusted_p_value_and_its_interval_agree_at_the_edge() -> None:
    for method in ("bonferroni", "sidak"):
        p = interval_alpha(9, method=method)
        assert adjust_p_values([p] + [0.5] * 8, method)[0] == pytest.approx(0.05, rel=1e-10)


def test_selected_intervals_widen_with_the_share_that_was_left_out() -> None:
    assert selected_interval_alpha(10, 10) == pytest.approx(0.10)
    assert selected_interval_alpha(2, 10, q=0.05) == pytest.approx(0.01)
    assert selected_interval_alpha(2, 3, q=0.05, any_dependence=True) == pytest.approx(0.05 * 2 / 3 / (11 / 6))
    assert selected_interval_alpha(1, 1, q=0.05, any_dependence=True) == pytest.approx(0.05)


def test_an_effect_is_selected_exactly_when_its_selected_interval_excludes_0() -> None:
    # Benjamini & Yekutieli 2005, section 4: BH at level q and intervals at R·q/m agree.
    z = np.random.default_rng(3).normal(1.5, 1.5, 30)
    selected = np.array(adjust_p_values(list(2 * stats.norm.sf(np.abs(z))), "bh")) <= 0.10
    assert 0 < selected.sum() < 30
    reach = stats.norm.isf(selected_interval_alpha(int(selected.sum()), 30) / 2)
    assert ((np.abs(z) >= reach) == selected).all()


def test_intervals_of_selected_effects_miss_rarely_where_plain_ones_do_not() -> None:
    rng, n, m, q = np.random.default_rng(5), 1_500, 20, 0.10
    truth = np.where(np.arange(m) < 14, 0.4, 3.0)
    shared, plain = [], []
    for z in truth + rng.normal(size=(n, m)):
        selected = np.array(adjust_p_values(list(2 * stats.norm.sf(np.abs(z))), "bh")) <= q
        if selected.any():
            miss = np.abs(z - truth)[selected]
            shared.append((miss > stats.norm.isf(selected_interval_alpha(int(selected.sum()), m, q=q) / 2)).mean())
            plain.append((miss > stats.norm.isf(q / 2)).mean())
    assert np.mean(shared) <= q + 3 * (q * (1 - q) / n) ** 0.5
    assert np.mean(plain) > q + 0.05


def test_a_disagreement_is_seen_on_both_sides() -> None:
    assert interval_disagrees(0.04, -0.1, 2.0)
    assert interval_disagrees(0.06, -2.0, -0.1)
    assert not interval_disagrees(0.04, 0.1, 2.0)
    assert not interval_disagrees(0.06, -0.1, 2.0)
    assert not interval_disagrees(0.04, -0.1, 2.0, alpha=0.01)


def test_what_is_no_family_or_level_is_refused() -> None:
    with pytest.raises(InputError, match="family must be a positive whole number; got 0"):
        interval_alpha(0)
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1; got 0"):
        interval_alpha(3, alpha=0.0)
    with pytest.raises(InputError, match="'bonferroni' or 'sidak'; got 'tukey'"):
        interval_alpha(3, method="tukey")
    with pytest.raises(InputError, match="n_selected must be a positive whole number; got 0"):
        selected_interval_alpha(0, 10)
    with pytest.raises(InputError, match="family must be a positive whole number"):
        interval_alpha(2.5)
    with pytest.raises(InputError, match="got 11"):
        selected_interval_alpha(11, 10)
    with pytest.raises(InputError, match="q must be"):
        selected_interval_alpha(1, 10, q=float("nan"))

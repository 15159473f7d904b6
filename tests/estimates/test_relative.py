"""Relative effects: Fieller's interval, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.estimates import MeanDifference, NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.difference import difference
from decision_widgets.estimates.quantiles import upper_quantile


def a_difference(
    control: float, treatment: float, *, v_c: float = 0.04, v_t: float = 0.09, df: float = 50
) -> MeanDifference:
    return difference(control, treatment, v_c, v_t, df=df, alpha=0.05)


def test_the_ends_solve_fiellers_equation() -> None:
    answer = a_difference(5.0, 5.8)
    relative = relative_effect(answer)
    assert isinstance(relative, RelativeEffect)
    q = upper_quantile(0.025, 50)
    for r in (relative.relative_effect_lower, relative.relative_effect_upper):
        assert (answer.effect - r * 5.0) ** 2 == pytest.approx(q**2 * (0.09 + (1 + r) ** 2 * 0.04), rel=1e-10)
    assert relative.relative_effect == pytest.approx(0.16, rel=1e-12)


@pytest.mark.parametrize("treatment", np.linspace(3.8, 6.2, 25))
def test_the_relative_interval_excludes_zero_exactly_when_the_absolute_one_does(treatment: float) -> None:
    answer = a_difference(5.0, float(treatment))
    relative = relative_effect(answer)
    assert isinstance(relative, RelativeEffect)
    assert (relative.relative_effect_lower > 0) == (answer.effect_lower > 0)
    assert (relative.relative_effect_upper < 0) == (answer.effect_upper < 0)


@pytest.mark.parametrize("level", [0.0, -3.0])
def test_a_baseline_that_is_not_positive_has_no_relative_effect(level: float) -> None:
    assert relative_effect(a_difference(level, 1.0)) == NoRelativeEffect(code="E_BASELINE_SIGN")


def test_a_baseline_near_zero_has_no_relative_effect() -> None:
    assert relative_effect(a_difference(0.3, 1.0)) == NoRelativeEffect(code="E_RATIO_UNBOUNDED")


def test_a_stricter_level_is_wider() -> None:
    answer = a_difference(5.0, 5.8)
    wide, plain = relative_effect(answer, quantile=answer.quantile(0.01)), relative_effect(answer)
    assert isinstance(wide, RelativeEffect)
    assert isinstance(plain, RelativeEffect)
    assert wide.relative_effect_lower < plain.relative_effect_lower < plain.relative_effect_upper
    assert plain.relative_effect_upper < wide.relative_effect_upper


def test_the_unit_of_the_metric_cancels() -> None:
    one = relative_effect(a_difference(5.0, 5.8))
    other = relative_effect(a_difference(5e6, 5.8e6, v_c=0.04e12, v_t=0.09e12))
    assert isinstance(one, RelativeEffect)
    assert isinstance(other, RelativeEffect)
    assert other.relative_effect_lower == pytest.approx(one.relative_effect_lower, rel=1e-12)

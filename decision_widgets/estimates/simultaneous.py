"""How wide the intervals of a family must be, for all of them or for those that were selected."""

from __future__ import annotations

from typing import Literal

import numpy as np

from decision_widgets.checks import Between, Positive
from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha


def interval_alpha(family: int, *, method: Literal["bonferroni", "sidak"] = "bonferroni", alpha: float = 0.05) -> float:
    """Return the alpha of each of `family` intervals, so that all cover together with probability ``1 − alpha``.

    Bonferroni: ``alpha/m``, under any dependence. Šidák (1967): ``1 − (1−alpha)^(1/m)``, for two-sided intervals of
    jointly normal effects under any correlation.

    >>> interval_alpha(10), round(interval_alpha(10, method="sidak"), 6)
    (0.005, 0.005116)
    """
    _check_level("alpha", alpha)
    _check_count("family", family)
    if method == "bonferroni":
        return alpha / family
    if method == "sidak":
        return float(-np.expm1(np.log1p(-alpha) / family))
    raise InputError(f"Simultaneous intervals are 'bonferroni' or 'sidak'; got {method!r}.")


def selected_interval_alpha(n_selected: int, family: int, *, q: float = 0.10, any_dependence: bool = False) -> float:
    """Return the alpha of the intervals of selected effects, of which a share of at most q misses (FCR).

    ``R·q/m`` with R of m selected, as by Benjamini–Hochberg at level q; over ``Σ 1/j`` under any dependence, to go
    with Benjamini–Yekutieli (Benjamini & Yekutieli 2005). A plain interval of an effect chosen because it is large
    covers too rarely.

    >>> round(selected_interval_alpha(3, 30), 6), round(selected_interval_alpha(3, 30, any_dependence=True), 6)
    (0.01, 0.002503)
    """
    _check_level("q", q)
    _check_count("family", family)
    _check_count("n_selected", n_selected)
    if n_selected > family:
        raise InputError(f"No more than {family} effects of {family} can be selected; got {n_selected}.")
    harmonic = float((1 / np.arange(1, family + 1)).sum()) if any_dependence else 1.0
    return n_selected * q / (family * harmonic)


def interval_disagrees(
    p_value_adjusted: float, effect_lower: float, effect_upper: float, *, alpha: float = 0.05
) -> bool:
    """Tell whether an adjusted p-value and a simultaneous interval say different things about an effect of 0.

    They may where p-values step (Holm 1979, Hommel, step-down Dunnett) and intervals do not.

    >>> interval_disagrees(0.04, -0.1, 2.0)
    True
    """
    return (p_value_adjusted < checked_alpha(alpha)) != (effect_lower > 0 or effect_upper < 0)


def _check_level(name: str, level: float) -> None:
    if not (rule := Between(0, 1)).accepts(level):
        raise InputError(f"{name} must be {rule.wants()}; got {level!r}.")


def _check_count(name: str, count: int) -> None:
    if not (rule := Positive(whole=True)).accepts(count):
        raise InputError(f"{name} must be {rule.wants()}; got {count!r}.")

"""Equivalence: is the difference between two means small enough not to matter?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import welch_t
from decision_widgets.moments import Moments
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Equivalence(Record):
    """Two one-sided tests of treatment minus control against a lower and an upper margin.

    Attributes
    ----------
    effect, std_error, df : float
        Of Welch's test.
    margin_lower, margin_upper : float
        Differences between them do not matter, in the metric's own unit.
    statistic_lower, p_value_lower : float
        Against ``effect ≤ margin_lower``.
    statistic_upper, p_value_upper : float
        Against ``effect ≥ margin_upper``.
    p_value : float
        The larger of the two: below `alpha` the arms are equivalent.
    effect_lower, effect_upper : float
        The ``1 − 2·alpha`` interval: inside the margins exactly when ``p_value < alpha``.
    """

    effect: float
    std_error: float
    df: float
    margin_lower: float
    margin_upper: float
    statistic_lower: float
    p_value_lower: float
    statistic_upper: float
    p_value_upper: float
    p_value: float
    effect_lower: float
    effect_upper: float
    alpha: float


def tost_welch(
    control: Moments, treatment: Moments, *, margin_lower: float, margin_upper: float, alpha: float = 0.05
) -> Equivalence:
    """Tell whether two means differ by less than the margins (two one-sided Welch tests, Schuirmann 1987).

    ``t = (effect − margin)/SE`` at each margin, with Welch–Satterthwaite degrees of freedom. Each argument holds the
    moments of one column of independent values, at least 2 rows each.

    Raises
    ------
    InputError
        Margins out of order, `alpha` outside 0 to 0.5, or arms that `welch_t` refuses.

    Examples
    --------
    >>> same = Moments.of({"y": [1, 2, 3]})
    >>> round(tost_welch(same, same, margin_lower=-3, margin_upper=3).p_value, 6)
    0.010656
    """
    finite = Between(-math.inf, math.inf)
    wrong = problems(
        {"margin_lower": finite, "margin_upper": finite, "alpha": Between(0, 0.5)},
        {"margin_lower": margin_lower, "margin_upper": margin_upper, "alpha": alpha},
    )
    if wrong:
        raise InputError.together("The equivalence test", wrong)
    if not margin_lower < margin_upper:
        raise InputError(f"margin_lower must be below margin_upper; got {margin_lower:g} and {margin_upper:g}.")
    welch = welch_t(control, treatment, alpha=2 * alpha)
    assert welch.df is not None
    lower, upper = ((welch.effect - margin) / welch.std_error for margin in (margin_lower, margin_upper))
    p_lower, p_upper = float(scipy.special.stdtr(welch.df, -lower)), float(scipy.special.stdtr(welch.df, upper))
    return Equivalence(
        effect=welch.effect,
        std_error=welch.std_error,
        df=welch.df,
        margin_lower=float(margin_lower),
        margin_upper=float(margin_upper),
        statistic_lower=lower,
        p_value_lower=p_lower,
        statistic_upper=upper,
        p_value_upper=p_upper,
        p_value=max(p_lower, p_upper),
        effect_lower=welch.effect_lower,
        effect_upper=welch.effect_upper,
        alpha=alpha,
    )

"""Two proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProportionDifference(Record):
    """Treatment share minus control share; the interval is unpooled, the test pooled."""

    effect: float
    std_error: float
    effect_lower: float
    effect_upper: float
    statistic: float
    p_value: float


def two_proportions(
    events_control: int, n_control: int, events_treatment: int, n_treatment: int, *, alpha: float = 0.05
) -> ProportionDifference:
    """Compare two shares of independent units.

    Interval: ``p_t − p_c ± z·√(p_t(1−p_t)/n_t + p_c(1−p_c)/n_c)`` (Wald). Test: z with the pooled share, the square
    of Pearson's χ² without continuity correction.

    >>> round(two_proportions(20, 100, 30, 100).p_value, 6)
    0.10247
    """
    checked_alpha(alpha)
    for events, n in ((events_control, n_control), (events_treatment, n_treatment)):
        if not 0 <= events <= n or n == 0:
            raise InputError(f"A share needs 0 ≤ events ≤ n and n > 0; got {events} events of {n}.")
    p_c, p_t = events_control / n_control, events_treatment / n_treatment
    pooled = (events_control + events_treatment) / (n_control + n_treatment)
    null_error = math.sqrt(pooled * (1 - pooled) * (1 / n_control + 1 / n_treatment))
    if null_error == 0:
        raise InputError("No test is possible: every unit of both arms has the same outcome.")
    std_error = math.sqrt(p_c * (1 - p_c) / n_control + p_t * (1 - p_t) / n_treatment)
    half = upper_quantile(alpha / 2) * std_error
    statistic = (p_t - p_c) / null_error
    return ProportionDifference(
        effect=p_t - p_c,
        std_error=std_error,
        effect_lower=p_t - p_c - half,
        effect_upper=p_t - p_c + half,
        statistic=statistic,
        p_value=two_sided_p(statistic),
    )

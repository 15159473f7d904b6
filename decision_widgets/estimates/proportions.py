"""Two proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProportionDifference(Record):
    """Treatment share minus control share; the interval is unpooled, the test pooled.

    Attributes
    ----------
    std_error : float or None
        Of `effect`, unpooled; ``None`` where both shares are 0 or 1, and no error can be read from them.
    interval : {"wald", "newcombe"}
        How the ``1 − alpha`` interval was made.
    """

    effect: float
    std_error: float | None
    effect_lower: float
    effect_upper: float
    statistic: float
    p_value: float
    interval: Literal["wald", "newcombe"] = "wald"


def two_proportions(
    events_control: int, n_control: int, events_treatment: int, n_treatment: int, *, alpha: float = 0.05
) -> ProportionDifference:
    """Compare two shares of independent units.

    Interval: ``p_t − p_c ± z·√(p_t(1−p_t)/n_t + p_c(1−p_c)/n_c)`` (Wald). Test: z with the pooled share, the square
    of Pearson's χ² without continuity correction. Where nothing happened in one arm and everything in the other, Wald's
    interval would be a single point; Newcombe's (1998, method 10) stands in: ``√((p_t−l_t)² + (u_c−p_c)²)`` below and
    ``√((u_t−p_t)² + (p_c−l_c)²)`` above, l and u the limits of each share by the score test (Wilson 1927).

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
    z, statistic = upper_quantile(alpha / 2), (p_t - p_c) / null_error
    below = above = z * std_error
    if not std_error:
        (l_c, u_c), (l_t, u_t) = _score_limits(p_c, n_control, z), _score_limits(p_t, n_treatment, z)
        below, above = math.hypot(p_t - l_t, u_c - p_c), math.hypot(u_t - p_t, p_c - l_c)
    return ProportionDifference(
        effect=p_t - p_c,
        std_error=std_error or None,
        effect_lower=p_t - p_c - below,
        effect_upper=p_t - p_c + above,
        statistic=statistic,
        p_value=two_sided_p(statistic),
        interval="wald" if std_error else "newcombe",
    )


def _score_limits(share: float, n: int, z: float) -> tuple[float, float]:
    """Return the shares that a score test of `share` of n does not reject, at most 0 to 1 (Wilson 1927)."""
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))

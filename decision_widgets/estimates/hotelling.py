"""A Wald statistic with few clusters: Hotelling's T² with the degrees of freedom of its variance."""

from __future__ import annotations

from dataclasses import dataclass

import scipy

from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JointTest(Record):
    """Whether several contrasts are all 0.

    Attributes
    ----------
    statistic : float
        F: the Wald statistic Q times ``(η − q + 1)/(ηq)``.
    df : int
        q, the number of contrasts.
    df_denominator : float
        ``η − q + 1``.
    p_value : float
    """

    statistic: float
    df: int
    df_denominator: float
    p_value: float


def hotelling(wald: float, q: int, eta: float) -> JointTest:
    """Return the test of a Wald statistic of q contrasts whose variance has the spread of a Wishart with η df."""
    denominator = eta - q + 1
    statistic = denominator / (eta * q) * wald
    return JointTest(
        statistic=statistic,
        df=q,
        df_denominator=denominator,
        p_value=float(scipy.special.fdtrc(q, denominator, statistic)),
    )

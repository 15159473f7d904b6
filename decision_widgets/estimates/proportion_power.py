"""How often two shares are told apart: by the normal, or exactly where events are rare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, number
from decision_widgets.estimates.power import Alternative, checked, difference_power
from decision_widgets.records import Record

# Below this many expected events (or non-events) in an arm the normal is poor.
RARE_BELOW = 10.0
# Outcomes of one exact computation; an arm with rare events against one with very many would need more.
MOST_CELLS = 30_000_000
# Tables whose probabilities differ by rounding alone are equally likely.
TIE = 1e-7
MIRRORED: Final[dict[Alternative, Alternative]] = {"two-sided": "two-sided", "greater": "less", "less": "greater"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProportionPower(Record):
    """The power to tell two shares apart.

    Attributes
    ----------
    power : float
    method : {"normal", "exact"}
        Wald's test with the unpooled variance, or Fisher's exact test.
    fewest : float
        The least of expected events and non-events in either arm; the exact test is used below 10.
    """

    power: float
    method: Literal["normal", "exact"]
    fewest: float


def proportion_power(
    control_share: float,
    treatment_share: float,
    n_control: int,
    n_treatment: int,
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> ProportionPower:
    """Tell with what probability two shares of independent participants are found to differ.

    ``SE² = p_c(1 − p_c)/n_c + p_t(1 − p_t)/n_t`` and normal quantiles; with fewer than 10 expected events or
    non-events in an arm the rejections of Fisher's exact test are added up over all outcomes of two binomials.

    Parameters
    ----------
    control_share, treatment_share : float
        Between 0 and 1.
    n_control, n_treatment : int
        Participants, at least 3.

    Raises
    ------
    InputError
        Shares of 0 or 1, numbers that are not whole.

    Examples
    --------
    >>> answer = proportion_power(0.01, 0.03, 500, 500)
    >>> answer.method, round(answer.power, 4)
    ('exact', 0.5612)
    """
    checked(alpha, alternative)
    p = [
        number(name, share, 0, 1)
        for name, share in (("control_share", control_share), ("treatment_share", treatment_share))
    ]
    sizes = [_whole("n_control", n_control), _whole("n_treatment", n_treatment)]
    fewest = min(min(share, 1 - share) * n for share, n in zip(p, sizes, strict=True))
    if sum(p) > 1:  # non-events are the rarer: the same test, mirrored
        p, alternative = [1 - share for share in p], MIRRORED[alternative]
    windows = [_window(share, n) for share, n in zip(p, sizes, strict=True)]
    totals = int(windows[0][-1] + windows[1][-1] - windows[0][0] - windows[1][0]) + 1
    support = min(*sizes, int(windows[0][-1] + windows[1][-1])) + 1
    if fewest < RARE_BELOW and totals * support <= MOST_CELLS:
        power = _exact(p, sizes, windows, alpha, alternative)
        return ProportionPower(power=power, method="exact", fewest=fewest)
    v_c, v_t = (share * (1 - share) for share in p)
    power = float(
        difference_power(p[1] - p[0], v_c, v_t, *sizes, alpha=alpha, alternative=alternative, df_rule="normal")
    )
    return ProportionPower(power=power, method="normal", fewest=fewest)


def _whole(name: str, n: int) -> int:
    if number(name, n, 3, closed=True) != int(n):
        raise InputError(f"{name} must be a whole number; got {n:g}.")
    return int(n)


def _window(share: float, n: int) -> np.ndarray:
    """Return the counts that hold all but 1e-12 of a binomial."""
    reach = 8 * np.sqrt(n * share * (1 - share)) + 20
    return np.arange(max(0, int(n * share - reach)), min(n, int(n * share + reach)) + 1)


def _exact(
    p: list[float], sizes: list[int], windows: list[np.ndarray], alpha: float, alternative: Alternative
) -> float:
    control, treatment = (
        np.exp(_log_choose(n, x) + scipy.special.xlogy(x, share) + scipy.special.xlog1py(n - x, -share))
        for share, n, x in zip(p, sizes, windows, strict=True)
    )
    power = 0.0
    for total in range(int(windows[0][0] + windows[1][0]), int(windows[0][-1] + windows[1][-1]) + 1):
        rejected = _rejected(total, sizes, alpha, alternative)
        at = rejected - windows[1][0]
        other = total - rejected - windows[0][0]
        inside = (at >= 0) & (at < len(treatment)) & (other >= 0) & (other < len(control))
        power += float(treatment[at[inside]] @ control[other[inside]])
    return min(1.0, power)


def _rejected(total: int, sizes: list[int], alpha: float, alternative: Alternative) -> np.ndarray:
    """Return the treatment's events at which Fisher's test rejects, given the events of both arms together."""
    n_c, n_t = sizes
    events = np.arange(max(0, total - n_c), min(total, n_t) + 1)
    chance = np.exp(
        _log_choose(n_t, events) + _log_choose(n_c, total - events) - _log_choose(n_c + n_t, np.array(total))
    )
    if alternative == "greater":
        p_value = np.cumsum(chance[::-1])[::-1]
    elif alternative == "less":
        p_value = np.cumsum(chance)
    else:
        ascending = np.sort(chance)
        below = np.searchsorted(ascending, chance * (1 + TIE), side="right")
        p_value = np.cumsum(ascending)[below - 1]
    return events[p_value <= alpha]


def _log_choose(n: int, k: np.ndarray) -> Array:
    return np.asarray(scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1))

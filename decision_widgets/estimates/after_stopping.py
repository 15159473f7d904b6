"""The effect, its interval and p-value once a plan of looks has stopped."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from decision_widgets.errors import InputError
from decision_widgets.estimates.boundary_crossing import crossings, root
from decision_widgets.estimates.confidence_sequence import Sides
from decision_widgets.estimates.group_sequential import GroupSequentialBounds
from decision_widgets.records import Record

# Doublings of a bracket, each from one standard error at the first look.
DOUBLINGS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoppedEstimate(Record):
    """The effect after a plan of looks has stopped, corrected for having stopped where it looked large.

    Attributes
    ----------
    naive_effect, std_error : float
        The plain estimate at the stop; on average too large in size when a boundary was crossed.
    effect : float
        Median-unbiased: as likely too large as too small.
    effect_lower, effect_upper : float
        The true effect lies below, or above, each with probability at most ``alpha/sides``.
    p_value : float
        Of no effect; two-sided when `sides` is 2, else of an effect above 0.
    information : float
        Fraction of the plan's information at the stop.
    """

    naive_effect: float
    std_error: float
    effect: float
    effect_lower: float
    effect_upper: float
    p_value: float
    information: float
    alpha: float
    sides: Sides


def after_stopping(bounds: GroupSequentialBounds, *, effect: float, std_error: float) -> StoppedEstimate:
    """Tell what the effect is after the experiment stopped at the last look of `bounds`.

    Stagewise ordering (Tsiatis, Rosner & Mehta 1984): an earlier upward crossing is stronger than a later one, then the
    larger Z. With H(τ) the probability under τ of an outcome at least as strong as the one seen, the p-value is
    ``2·min(H(0), 1 − H(0))`` (H(0) for one side), the limits solve ``H = alpha/sides`` and ``H = 1 − alpha/sides``, the
    estimate ``H = 1/2``. Looks that were still to come do not matter.

    Parameters
    ----------
    bounds : GroupSequentialBounds
        The looks taken, the last being the one that stopped; no earlier one may have crossed.
    effect, std_error : float
        The plain estimate at that look.

    Raises
    ------
    InputError
        A standard error that is not positive, an effect that is not finite.

    >>> from decision_widgets.estimates import spending_bounds
    >>> stopped = after_stopping(spending_bounds([0.5, 1]), effect=2.0, std_error=0.8)
    >>> round(stopped.effect, 3), round(stopped.p_value, 4)
    (1.986, 0.0143)
    """
    if not (math.isfinite(effect) and math.isfinite(std_error) and std_error > 0):
        raise InputError(
            f"A stop needs a finite effect and a positive standard error; got {effect!r} and {std_error!r}."
        )
    z, t = effect / std_error, bounds.information[-1]
    tails = _tails(bounds, z)
    at_least, at_most = tails(0.0)
    per_drift = std_error * math.sqrt(t)
    side = bounds.alpha / bounds.sides
    lower, middle, upper = (per_drift * _drift(tails, share, z, bounds) for share in (side, 0.5, 1 - side))
    return StoppedEstimate(
        naive_effect=effect,
        std_error=std_error,
        effect=middle,
        effect_lower=lower,
        effect_upper=upper,
        p_value=min(1.0, 2 * min(at_least, at_most) if bounds.sides == 2 else at_least),
        information=t,
        alpha=bounds.alpha,
        sides=bounds.sides,
    )


def _tails(bounds: GroupSequentialBounds, z: float) -> Callable[[float], tuple[float, float]]:
    """Return the map from a drift to the probabilities of outcomes at least, and at most, as strong as the one seen.

    They are summed apart, so that neither loses its digits where the other is nearly 1.
    """
    upper, lower = [*bounds.upper()[:-1], z], [*bounds.lower()[:-1], z]

    def tails(drift: float) -> tuple[float, float]:
        up, down = crossings(bounds.information, upper, lower, drift)
        return math.fsum(up), math.fsum(down)

    return tails


def _drift(
    tails: Callable[[float], tuple[float, float]], share: float, z: float, bounds: GroupSequentialBounds
) -> float:
    """Return the drift under which an outcome at least as strong as the one seen has probability `share`."""

    def excess(drift: float) -> float:
        at_least, at_most = tails(drift)
        return at_least - share if share <= 0.5 else 1 - share - at_most

    centre, step = z / math.sqrt(bounds.information[-1]), 1 / math.sqrt(bounds.information[0])
    reach = next(
        reach for k in range(DOUBLINGS) if excess(centre - (reach := step * 2**k)) <= 0 <= excess(centre + reach)
    )
    return root(excess, centre - reach, centre + reach)

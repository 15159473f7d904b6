"""How an effect sets in after a switch, and what slots without a burn-in would make of it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.estimates.arguments import number
from decision_widgets.vocabulary import Assignment

# How much a switch counts: slots drawn alone, in pairs AB or BA (where a neighbour differs more often), or in turns.
SWITCHES: Final = {"slots": 1.0, "pairs": 1.5, "alternating": 2.0}


def onset_curve(minutes: float, until: int) -> NDArray[np.float64]:
    """Return F, the share of an effect that has set in, in the middle of each minute after a switch; shape (until,).

    It grows in a straight line and is whole after `minutes`; 0 minutes are an effect at once.

    >>> onset_curve(2, 4).tolist()
    [0.25, 0.75, 1.0, 1.0]
    """
    number("minutes", minutes, 0, closed=True)
    middle = np.arange(until) + 0.5
    return np.ones(until) if minutes == 0 else np.minimum(middle / minutes, 1.0)


def attenuation(curve: NDArray[np.float64], slot: int, assignment: Assignment | str = "slots") -> float:
    """Tell by what share an effect is underestimated when nothing is left out at the start of slots.

    ``A = (1/L)∫₀^L (1 − F)`` for slots drawn alone, when treatment ends as it begins; 1.5 times that for pairs AB or
    BA, twice for strict alternation.

    Parameters
    ----------
    curve : ndarray
        F by minute, as `onset_curve` gives it; whole after its end.
    slot : int
        L, minutes.
    assignment : {"slots", "pairs", "alternating"}
        Other ways to draw count as slots drawn alone.

    Examples
    --------
    >>> round(attenuation(onset_curve(30, 120), 120, "pairs"), 4)
    0.1875
    """
    number("slot", slot, 1, closed=True)
    return float((1 - curve[:slot]).sum() / slot) * SWITCHES.get(assignment, 1.0)


def exposure_shares(curve: NDArray[np.float64], slot: int, begin: int, end: int) -> NDArray[np.float64]:
    """Return how much of the treatment in a stretch of a slot comes from the slot itself, the one before, and so on.

    Minutes `begin` to `end` of the slot; shares add up to 1. An effect ends as it begins.

    >>> exposure_shares(onset_curve(60, 60), 60, 0, 60).tolist()
    [0.5, 0.5]
    """
    reach = -(-len(curve) // slot)
    whole = np.concatenate([curve, np.ones((reach + 1) * slot - len(curve))])
    ages = np.arange(begin, end)[:, None] + slot * np.arange(reach + 1)
    seen = whole[np.minimum(ages, len(whole) - 1)].mean(axis=0)
    shares = np.diff(seen, prepend=0.0)
    last = int(np.flatnonzero(shares > 0)[-1])
    return np.asarray(shares[: last + 1])

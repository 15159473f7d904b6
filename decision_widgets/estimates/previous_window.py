"""How much of a metric's variance participants' own past would explain, learnt on one half and judged on the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array
from decision_widgets.moments import NormalEquations, PreviousWindow, usable_columns


def previous_window_reduction(halves: Sequence[PreviousWindow], *, ratio: bool = False) -> float:
    """Tell which share of the variance of a mean the window before removes (CUPED), out of sample.

    A participant's error ``e_i = s_i − R·m_i`` is predicted by its level in the window before, with an indicator of
    newcomers: coefficients from one half of the participants, by the regression of the recommended analysis (rows as
    weights; participants for a ratio), judged on the other, and the other way round. ``1 − Σ(e − ê)²/Σe²`` over both
    (Deng, Xu, Kohavi & Walker 2013). Below 0 when the past predicts nothing.

    Raises
    ------
    InputError
        Not two halves with at least 3 participants each, or a metric that does not vary.

    Examples
    --------
    >>> half = PreviousWindow(days=7, half=0, n_participants=4, n_known=4, sum_x=0, sum_x2=4, sum_m=4, sum_mx=0,
    ...     sum_m_known=4, sum_mx2=4, sum_s=0, sum_sx=4, sum_s_known=0, sum_s2=5, sum_ms=0, sum_msx=4, sum_ms_known=0,
    ...     sum_m2=4, sum_m2x=0, sum_m2_known=4, sum_m2x2=4)
    >>> round(previous_window_reduction([half, half]), 6)
    0.8
    """
    if len(halves) != 2 or any(half.n_participants < 3 or not half.sum_m > 0 for half in halves):
        raise InputError("What the past explains needs two halves of at least 3 participants each.")
    left = total = 0.0
    for learnt, judged in (halves, reversed(halves)):
        level = learnt.sum_s / learnt.sum_m
        predicted, squares = _errors(learnt, judged, level, ratio=ratio)
        left, total = left + predicted, total + squares
    if not total > 0:
        raise InputError("What the past explains needs a metric that varies; all participants are the same.")
    return 1 - left / total


def _errors(learnt: PreviousWindow, judged: PreviousWindow, level: float, *, ratio: bool) -> tuple[float, float]:
    """Return ``Σ(e − ê)²`` and ``Σe²`` of the half that is judged."""
    squares = judged.sum_s2 - 2 * level * judged.sum_ms + level**2 * judged.sum_m2
    equations = _equations(learnt, level, ratio=ratio)
    kept, _ = usable_columns([equations])
    coefficients = equations.columns(kept).solve()[0]
    cross, right = _judged(judged, level, ratio=ratio)
    explained = 2 * coefficients @ right[kept] - coefficients @ cross[np.ix_(kept, kept)] @ coefficients
    return squares - float(explained), squares


def _equations(half: PreviousWindow, level: float, *, ratio: bool) -> NormalEquations:
    """Return the regression of the analysis on ``(1, x, known)``."""
    if ratio:
        cross, right = _judged(half, level, ratio=True)
        return NormalEquations(cross=cross, right=right)
    cross = _symmetric(half.sum_m, half.sum_mx, half.sum_m_known, half.sum_mx2)
    own = np.array([half.sum_m, half.sum_mx, half.sum_m_known])
    return NormalEquations(cross=cross, right=np.array([half.sum_s, half.sum_sx, half.sum_s_known]) - level * own)


def _judged(half: PreviousWindow, level: float, *, ratio: bool) -> tuple[Array, Array]:
    """Return the squares of what moves a participant's error, and its products with the error."""
    if ratio:
        cross = _symmetric(half.n_participants, half.sum_x, half.n_known, half.sum_x2)
        own = np.array([half.sum_m, half.sum_mx, half.sum_m_known])
        return cross, np.array([half.sum_s, half.sum_sx, half.sum_s_known]) - level * own
    cross = _symmetric(half.sum_m2, half.sum_m2x, half.sum_m2_known, half.sum_m2x2)
    right = np.array([half.sum_ms, half.sum_msx, half.sum_ms_known])
    return cross, right - level * cross[0]


def _symmetric(one: float, x: float, known: float, x2: float) -> Array:
    # x is 0 for newcomers, so x·known = x.
    return np.array([[one, x, known], [x, x2, x], [known, x, known]], dtype=np.float64)

"""How alike the residuals of neighbouring slots are, by how far apart they lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.panel_cells import PanelCells, solve_panel
from decision_widgets.estimates.quantiles import upper_quantile
from decision_widgets.moments import floats
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Autocorrelation(Record):
    """Correlations by lag, the first of them 1.

    Attributes
    ----------
    correlations : tuple of float
        At lag 0, 1, …
    limit : float
        ``1.96/√n``: 95 of 100 correlations of n unrelated values stay below it.
    gone_at : int or None
        The first lag whose correlation is below the limit, in absolute value.
    n : int
    """

    correlations: tuple[float, ...]
    limit: float
    gone_at: int | None
    n: int


def autocorrelation(
    values: ArrayLike, period: ArrayLike, *, series: ArrayLike | None = None, lags: int
) -> Autocorrelation:
    """Correlate values with those some periods before, within series, pooled.

    ``r_k = Σ(v_t − v̄)(v_{t−k} − v̄)/Σ(v_t − v̄)²``, v̄ over all values (Box & Jenkins 1970): products over the pairs that
    are there, so that a missing period costs its own pairs only. The limit is Bartlett's (1946) for unrelated values.

    Parameters
    ----------
    values : array_like, shape (n,)
    period : array_like of int, shape (n,)
        When each was; no period twice within a series.
    series : array_like, shape (n,), optional
        Label of the series, such as a region, to which each belongs; one series if left out.
    lags : int
        The last lag.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite or all the same, periods that are not whole or come twice, lags
        below 1, or as many lags as periods.

    Examples
    --------
    >>> found = autocorrelation([1, 2, 1, 2, 1, 2], range(6), lags=2)
    >>> [round(each, 4) for each in found.correlations], found.gone_at
    ([1.0, -0.8333, 0.6667], 2)
    """
    v, t = floats("values", values), np.asarray(period)
    if v.ndim != 1 or t.shape != v.shape or not np.isfinite(v).all() or len(v) < 2:
        raise InputError(f"values and period need one finite number each per slot; got {v.shape} and {t.shape}.")
    if not np.issubdtype(t.dtype, np.integer):
        raise InputError("period must hold whole numbers.")
    codes = np.zeros(len(v), dtype=np.intp) if series is None else label_codes(series, len(v), "series", "value")
    span = int(t.max() - t.min()) + 1
    if lags not in range(1, span):
        raise InputError(f"lags must be a whole number from 1 to {span - 1}, less than the periods; got {lags!r}.")
    table = np.full((codes.max() + 1, span), np.nan)
    table[codes, t - t.min()] = v - v.mean()
    if int(np.isfinite(table).sum()) < len(v):
        raise InputError("A period comes twice within a series; give one value for each.")
    square = float(np.nansum(table**2))
    if square <= 1e-20 * float((v**2).sum()):
        raise InputError("All values are the same, so nothing is correlated.")
    found = [1.0] + [float(np.nansum(table[:, k:] * table[:, :-k])) / square for k in range(1, lags + 1)]
    limit = upper_quantile(0.025) / math.sqrt(len(v))
    return Autocorrelation(
        correlations=tuple(found),
        limit=limit,
        gone_at=next((k for k, r in enumerate(found) if abs(r) < limit), None),
        n=len(v),
    )


def residual_autocorrelation(
    cells: PanelCells, period: ArrayLike, *, series: ArrayLike | None = None, lags: int
) -> Autocorrelation:
    """Correlate the residuals of a panel regression, averaged over each period of each series, with earlier ones.

    The regression takes away treatment, fixed effects and controls; `autocorrelation` of what is left, one weighted
    mean per period and series.

    Parameters
    ----------
    cells : PanelCells
    period, series : array_like, shape (C,)
        The slot and the region of each cell.
    lags : int

    Raises
    ------
    InputError
        As `panel_regression` and `autocorrelation`.
    """
    solution = solve_panel(cells)
    t, root = np.asarray(period), solution.span.root
    codes = np.zeros(len(root), dtype=np.intp) if series is None else label_codes(series, len(root), "series", "cell")
    if t.shape != root.shape:
        raise InputError(f"period needs one value for each of the {len(root)} cells; got shape {t.shape}.")
    groups, place = np.unique(np.column_stack([codes, t]), axis=0, return_inverse=True)
    place = place.ravel()
    means = np.bincount(place, root * solution.residual) / np.bincount(place, root**2)
    return autocorrelation(means, groups[:, 1], series=groups[:, 0], lags=lags)

"""The control's level of a panel beside its effect, and what covariates from before the run take off its error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.cluster_leverage import adjust
from decision_widgets.estimates.difference import MeanDifference, difference
from decision_widgets.estimates.fixed_effects import Matrix
from decision_widgets.estimates.panel import panel_coefficients
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.estimates.variance_reduction import VarianceReduction, variance_reduction
from decision_widgets.moments import floats
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PanelAdjustment(Record):
    """A panel's effect with and without covariates that were known before it began.

    Attributes
    ----------
    adjusted, unadjusted : MeanDifference
        As `panel_difference`, of the same cells.
    reduction : VarianceReduction
    covariates : tuple of str
    slopes : tuple of float
        The outcome's unit per unit of each covariate.
    """

    adjusted: MeanDifference
    unadjusted: MeanDifference
    reduction: VarianceReduction
    covariates: tuple[str, ...]
    slopes: tuple[float, ...]


def panel_difference(cells: PanelCells, *, alpha: float = 0.05) -> MeanDifference:
    """Return the effect of `panel_regression` with the two levels that it lies between, for a relative effect.

    ``μ_c = z̄ − τ̂·D̄`` and ``μ_t = μ_c + τ̂``, z̄ and D̄ weighted means over the cells. Cluster g moves τ̂ by its CR2 score
    ``s_g`` and z̄ by ``m_g = Σ_{c∈g} w_c e_c/W``, e the residuals; ``Var μ_c = Σ(m_g − D̄s_g)²``, the other two alike
    (the delta method over clusters, Liang & Zeger 1986). The effect's own variance is exactly CR2's. Levels are those
    of these hours and regions: the fixed effects count as known.

    Parameters
    ----------
    cells : PanelCells
        With a treatment of 0 and 1, in the outcome's unit.
    alpha : float
        1 minus the level of the interval.

    Raises
    ------
    InputError
        As `panel_regression`.

    Examples
    --------
    >>> cells = PanelCells(weight=[2, 2, 2, 2], mean=[1, 3, 2, 5], within=[1, 1, 1, 1], treatment=[0, 1, 0, 1],
    ...                    fixed_effects={}, cluster=[0, 1, 2, 3])
    >>> found = panel_difference(cells)
    >>> round(found.control_mean, 6), round(found.effect, 6), round(found.std_error, 6)
    (1.5, 2.5, 1.118034)
    """
    return _between_levels(solve_panel(cells), cells, alpha=alpha)


def adjusted_panel(cells: PanelCells, covariates: Mapping[str, ArrayLike], *, alpha: float = 0.05) -> PanelAdjustment:
    """Adjust a panel's effect by covariates that treatment cannot have moved (CUPED; Deng et al. 2013).

    The covariates enter as controls with one slope each. The adjusted and the unadjusted effect are compared by the
    clusters' scores on both, which tells whether they are further apart than chance brings them.

    Parameters
    ----------
    cells : PanelCells
    covariates : mapping of str to array_like, shape (C,)

    Raises
    ------
    InputError
        As `panel_regression`; no covariate, or one that is a control already.
    """
    if not covariates or set(covariates) & set(cells.controls):
        raise InputError("An adjustment needs covariates that are not among the controls already.")
    given = {name: floats(repr(name), values) for name, values in covariates.items()}
    richer = replace(cells, controls=dict(cells.controls) | given)
    plain, full = solve_panel(cells), solve_panel(richer)
    unadjusted, adjusted = (_between_levels(each, cells, alpha=alpha) for each in (plain, full))
    shift = _raw_scores(full) - _raw_scores(plain)
    return PanelAdjustment(
        adjusted=adjusted,
        unadjusted=unadjusted,
        reduction=variance_reduction(
            adjusted, unadjusted, std_error_shift=float(np.sqrt(shift @ shift)), n_units=plain.n_clusters
        ),
        covariates=tuple(given),
        slopes=tuple(float(full.estimates[full.names.index(name)]) for name in given),
    )


def _between_levels(solution: PanelSolution, cells: PanelCells, *, alpha: float) -> MeanDifference:
    treatment = panel_coefficients(solution, alpha=alpha)[0]
    weight = np.asarray(cells.weight, dtype=np.float64)
    share = float(np.average(np.asarray(cells.treatment, dtype=np.float64), weights=weight))
    level = float(np.average(np.asarray(cells.mean, dtype=np.float64), weights=weight)) - treatment.effect * share
    cluster, root = solution.cluster, np.sqrt(weight)
    half = adjust(solution.span, cluster, solution.position[:, :1]).half[:, 0]
    own = np.bincount(cluster, half * solution.residual)
    mean = np.bincount(cluster, root * solution.residual) / weight.sum()
    control, treated = mean - share * own, mean + (1 - share) * own
    return difference(
        level,
        level,
        float(control @ control),
        float(treated @ treated),
        df=treatment.df,
        alpha=alpha,
        treatment_offset=treatment.effect,
        covariance=float(control @ treated),
    )


def _raw_scores(solution: PanelSolution) -> Matrix:
    """Return ``b_gᵀe_g`` of the treatment, shape (G,)."""
    found: Matrix = np.bincount(solution.cluster, solution.contributions[:, 0] * solution.residual).astype(np.float64)
    return found

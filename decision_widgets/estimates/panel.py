"""Panel regression with fixed effects and clustered errors, from cells instead of rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.blas import threads_for
from decision_widgets.estimates.cluster_leverage import adjust, satterthwaite
from decision_widgets.estimates.fixed_effects import Codes, Matrix, absorb, nested, unit_rank
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PanelCoefficient(Record):
    """One regressor's coefficient and its uncertainty.

    Attributes
    ----------
    name : str
    effect : float
        In the outcome's unit per unit of the regressor.
    std_error, df, statistic, p_value, effect_lower, effect_upper : float
        CR2 with the Bell–McCaffrey (Satterthwaite) degrees of freedom, t; the ``1 − alpha`` interval.
    std_error_cr0, std_error_cr1 : float
        Sandwich without correction; with ``G/(G−1)·(N−1)/(N−K)``, effects nested in clusters not counted in K.
    df_cr1, p_value_cr1
        ``G − 1`` and the two-sided p-value from t.
    std_error_cv3 : float or None
        Cluster jackknife; ``None`` where one cluster's absence leaves nothing to estimate from.
    std_error_independent : float
        Of plain OLS on rows, which takes no account of clusters.
    """

    name: str
    effect: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    std_error_cr0: float
    std_error_cr1: float
    df_cr1: int
    p_value_cr1: float
    std_error_cv3: float | None
    std_error_independent: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PanelRegression(PanelCoefficient):
    """The treatment's coefficient, and what the regression rests on.

    Attributes
    ----------
    controls : tuple of PanelCoefficient
    residual_variance : float
        Of rows, divisor N − rank.
    retained_variation : float
        ``Var(D̃)/Var(D)``: the share of the treatment's variation that the fixed effects leave.
    fixed_effects_rank : int
        Independent columns among the fixed effects, the constant included.
    fixed_effects_share : float
        Rank of the fixed effects averaged to clusters, over the number of clusters.
    n_observations, n_cells, n_clusters : int
    """

    controls: tuple[PanelCoefficient, ...]
    residual_variance: float
    retained_variation: float
    fixed_effects_rank: int
    fixed_effects_share: float
    n_observations: int
    n_cells: int
    n_clusters: int
    alpha: float


def panel_regression(cells: PanelCells, *, alpha: float = 0.05) -> PanelRegression:
    """Estimate ``y = τD + fixed effects (+ controls) + e`` on rows, from cells, with errors clustered.

    ``V = Σ_g (w_gᵀe_g)²`` with ``w_g = (I − H_gg)^{-1/2}X_g(XᵀX)^{-1}c``: CR2, H the hat matrix of the rows with the
    fixed effects, identity working model (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018). The exponent is 0 for CR0
    and −1, with ``(G−1)/G`` before the sum, for CV3 (MacKinnon, Nielsen & Webb 2023). Where a cluster alone determines
    a direction, as it does an effect nested in it, the inverse is the generalised one. Cost grows with cells, not rows.

    Parameters
    ----------
    cells : PanelCells
    alpha : float
        1 minus the level of the intervals.

    Raises
    ------
    InputError
        Cells that do not fit together, fewer than 2 clusters, a treatment that the fixed effects determine, no rows
        beyond the coefficients, or a coefficient whose clustered error cannot be computed.

    Examples
    --------
    >>> cells = PanelCells(weight=[2, 2, 2, 2], mean=[1, 3, 2, 5], within=[1, 1, 1, 1], treatment=[0, 1, 0, 1],
    ...                    fixed_effects={}, cluster=[0, 1, 2, 3])
    >>> fit = panel_regression(cells)
    >>> round(fit.effect, 6), round(fit.std_error, 6), round(fit.df, 6)
    (2.5, 1.118034, 2.0)
    """
    solution = solve_panel(cells)
    with threads_for(solution.span.basis.size * solution.span.basis.shape[1]):
        treatment, *controls = panel_coefficients(solution, alpha=alpha)
        share = unit_rank(solution.effects, solution.cluster) / solution.n_clusters
    return PanelRegression(
        **{name: getattr(treatment, name) for name in PanelCoefficient.__dataclass_fields__},
        controls=tuple(controls),
        residual_variance=_residual_variance(solution),
        retained_variation=solution.retained_variation,
        fixed_effects_rank=solution.fixed_rank,
        fixed_effects_share=share,
        n_observations=round(solution.n_rows),
        n_cells=len(solution.residual),
        n_clusters=solution.n_clusters,
        alpha=alpha,
    )


def stata_factor(solution: PanelSolution) -> float:
    """Return ``G/(G−1)·(N−1)/(N−K)``, K without effects nested in clusters (Stata's xtreg, pyfixest's "nested")."""
    g, n = solution.n_clusters, solution.n_rows
    counted = [codes for codes in solution.effects if not nested(codes, solution.cluster)]
    rank = solution.fixed_rank
    if len(counted) < len(solution.effects):
        rank = absorb(counted, solution.span.root**2).rank
    return g / (g - 1) * (n - 1) / (n - rank - (solution.span.rank - solution.fixed_rank))


def panel_coefficients(solution: PanelSolution, *, alpha: float) -> list[PanelCoefficient]:
    """Return every coefficient of a solved regression, or every contrast of them (`contrasted`), with its errors."""
    checked_alpha(alpha)
    variance = _residual_variance(solution)
    b, cluster, g = solution.contributions, solution.cluster, solution.n_clusters
    adjusted = adjust(solution.span, cluster, solution.position)
    cr0, cr2, cv3 = (_root_of_squares(cluster, w, solution.residual) for w in (b, adjusted.half, adjusted.whole))
    cr1 = cr0 * math.sqrt(stata_factor(solution))
    nothing = np.minimum(cr0, cr2) <= solution.only_rounding(np.maximum(np.abs(b), np.abs(adjusted.half)))
    rows = []
    for j, name in enumerate(solution.names):
        effect, std_error = float(solution.estimates[j]), float(cr2[j])
        df = satterthwaite(solution.span, cluster, adjusted.half[:, j])
        if nothing[j] or not df > 0:
            raise InputError(f"The clustered error of {name!r} is 0 or undefined: too few clusters tell about it.")
        half = upper_quantile(alpha / 2, df) * std_error
        rows.append(
            PanelCoefficient(
                name=name,
                effect=effect,
                std_error=std_error,
                df=df,
                statistic=effect / std_error,
                p_value=two_sided_p(effect / std_error, df),
                effect_lower=effect - half,
                effect_upper=effect + half,
                std_error_cr0=float(cr0[j]),
                std_error_cr1=float(cr1[j]),
                df_cr1=g - 1,
                p_value_cr1=two_sided_p(effect / float(cr1[j]), g - 1),
                std_error_cv3=float(cv3[j]) * math.sqrt((g - 1) / g) if adjusted.estimable[j] else None,
                std_error_independent=math.sqrt(variance * float(b[:, j] @ b[:, j])),
            )
        )
    return rows


def _residual_variance(solution: PanelSolution) -> float:
    rank = solution.span.rank
    if solution.n_rows <= rank:
        n = round(solution.n_rows)
        raise InputError(f"A regression needs more rows than coefficients; got {n} rows for {rank}.")
    return (float(solution.residual @ solution.residual) + solution.within) / (solution.n_rows - rank)


def _root_of_squares(cluster: Codes, w: Matrix, residual: Matrix) -> Matrix:
    """Return ``√Σ_g (w_gᵀe_g)²`` of each column of `w`."""
    return np.sqrt([(np.bincount(cluster, column * residual) ** 2).sum() for column in w.T])

"""Does the effect change with a moderator? Regressions on treatment, moderator and their product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.contrasts import contrasted
from decision_widgets.estimates.fixed_effects import Matrix, absorb
from decision_widgets.estimates.panel import PanelCoefficient, panel_coefficients
from decision_widgets.estimates.panel_cells import COLLINEAR, PanelCells, solve_panel
from decision_widgets.estimates.quantiles import two_sided_p
from decision_widgets.moments import floats
from decision_widgets.records import Record

MODERATOR, PRODUCT = "moderator", "treatment × moderator"
NAMES = ("effect at 0", "effect at 1", "interaction")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InteractionCoefficient(PanelCoefficient):
    """A coefficient of an interaction regression.

    Attributes
    ----------
    df_residual : int
        ``N − K``.
    p_value_residual : float
        Of `statistic`, from t with `df_residual`: the usual test after HC2, where rows are independent and many.
    """

    df_residual: int
    p_value_residual: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InteractionRegression(Record):
    """How the effect changes with a moderator S.

    Attributes
    ----------
    effect_at_0, effect_at_1 : InteractionCoefficient
        The effect where S is 0 and where S is 1.
    interaction : InteractionCoefficient
        What one more unit of S adds to the effect: ``effect_at_1 − effect_at_0``.
    moderator_absorbed : bool
        Whether the fixed effects determine S itself, which then has no coefficient of its own.
    n_observations, n_clusters : int
    """

    effect_at_0: InteractionCoefficient
    effect_at_1: InteractionCoefficient
    interaction: InteractionCoefficient
    moderator_absorbed: bool
    n_observations: int
    n_clusters: int
    alpha: float


def interaction_regression(
    y: ArrayLike,
    treatment: ArrayLike,
    moderator: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    controls: Mapping[str, ArrayLike] | None = None,
    alpha: float = 0.05,
) -> InteractionRegression:
    """Estimate ``y = a + τD + bS + δDS (+ controls) + e``: the effect τ at S = 0, τ + δ at S = 1, and their difference.

    Errors are clustered: CR2 with Bell–McCaffrey degrees of freedom, and CR1 with t(G−1) beside it. Without clusters
    every row is one, which makes CR2 equal to HC2 (MacKinnon & White 1985). The moderator must be known before the
    treatment could act; that the effect differs with it is a comparison of groups, not what S causes.

    Parameters
    ----------
    y, treatment, moderator : array_like, shape (N,)
        The outcome in its unit, the treatment 0 or 1, the moderator 0 or 1 or a number.
    cluster : array_like, shape (N,), optional
        Labels of what was randomised.
    controls : mapping of str to array_like, shape (N,)
    alpha : float
        1 minus the level of the intervals.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite, a treatment or moderator that does not vary or determines the
        other, or too few clusters.

    Examples
    --------
    >>> fit = interaction_regression([1, 3, 2, 3, 1, 7, 2, 9], [0, 0, 1, 1] * 2, [0, 0, 0, 0, 1, 1, 1, 1])
    >>> [round(each.effect, 6) for each in (fit.effect_at_0, fit.effect_at_1, fit.interaction)]
    [0.5, 1.5, 1.0]
    """
    n_rows = np.size(y)
    cells = PanelCells(
        weight=np.ones(n_rows),
        mean=y,
        within=np.zeros(n_rows),
        treatment=treatment,
        fixed_effects={},
        cluster=np.arange(n_rows) if cluster is None else cluster,
        controls=controls or {},
    )
    return panel_interaction(cells, moderator, alpha=alpha)


def panel_interaction(cells: PanelCells, moderator: ArrayLike, *, alpha: float = 0.05) -> InteractionRegression:
    """Estimate ``y = τD + bS + δDS + fixed effects (+ controls) + e`` on rows, from cells, with errors clustered.

    As `interaction_regression`, within the fixed effects and clusters of `cells`. A moderator that the fixed effects
    determine (a property of regions, with an effect for every region) is left to them.

    Parameters
    ----------
    cells : PanelCells
    moderator : array_like, shape (C,)
        S, which does not vary within a cell and which the treatment must not move.
    alpha : float

    Raises
    ------
    InputError
        As `interaction_regression`, or a treatment or product that the fixed effects determine.
    """
    treatment, s = _checked(cells, moderator)
    absorbed = bool(cells.fixed_effects) and _determined(cells, s)
    own = {} if absorbed else {MODERATOR: s}
    solution = solve_panel(replace(cells, controls={PRODUCT: treatment * s, **own, **cells.controls}))
    rest = [0.0] * (len(solution.names) - 2)
    at = contrasted(solution, {NAMES[0]: [1, 0, *rest], NAMES[1]: [1, 1, *rest], NAMES[2]: [0, 1, *rest]})
    df = round(solution.n_rows) - solution.span.rank
    effect_at_0, effect_at_1, interaction = (
        InteractionCoefficient(
            **{name: getattr(each, name) for name in PanelCoefficient.__dataclass_fields__},
            df_residual=df,
            p_value_residual=two_sided_p(each.statistic, df),
        )
        for each in panel_coefficients(at, alpha=alpha)
    )
    return InteractionRegression(
        effect_at_0=effect_at_0,
        effect_at_1=effect_at_1,
        interaction=interaction,
        moderator_absorbed=absorbed,
        n_observations=round(solution.n_rows),
        n_clusters=solution.n_clusters,
        alpha=alpha,
    )


def _checked(cells: PanelCells, moderator: ArrayLike) -> tuple[Matrix, Matrix]:
    taken = {MODERATOR, PRODUCT} & set(cells.controls)
    if taken:
        raise InputError(f"A control cannot be named {min(taken)!r}; give it another name.")
    treatment, s = floats("treatment", cells.treatment), floats("moderator", moderator)
    if s.ndim != 1 or s.shape != treatment.shape:
        raise InputError(f"Treatment and moderator need one value per row; got {treatment.shape} and {s.shape}.")
    if not (len(s) and np.isfinite(s).all() and np.isfinite(treatment).all()):
        raise InputError("Treatment and moderator must be finite; drop rows without them first.")
    if np.ptp(s) == 0:
        raise InputError(f"An interaction needs a moderator that varies; it is {s[0]:g} everywhere.")
    from_mean = [values - values.mean() for values in (treatment, s, treatment * s)]
    lengths = [np.linalg.norm(values) or 1.0 for values in from_mean]
    if np.linalg.matrix_rank(np.column_stack(from_mean) / lengths) < 3:
        raise InputError(
            "An interaction needs both arms at two values of the moderator; here one can be told from the other."
        )
    return treatment, s


def _determined(cells: PanelCells, s: Matrix) -> bool:
    """Tell whether the fixed effects leave nothing of a column."""
    fixed = absorb(solve_panel(cells).effects, np.asarray(cells.weight, dtype=np.float64))
    centred = fixed.root * (s - np.average(s, weights=fixed.root**2))
    return bool((fixed.residual(centred[:, None]) ** 2).sum() <= COLLINEAR * (centred**2).sum())

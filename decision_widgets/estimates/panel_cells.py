"""Cells of a panel, and the least squares that needs nothing but them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import squarable
from decision_widgets.estimates.blas import threads_for
from decision_widgets.estimates.fixed_effects import NEGLIGIBLE, Codes, Matrix, Span, absorb
from decision_widgets.estimates.labels import label_codes
from decision_widgets.moments import ROUNDING, floats

# Below this share of its variation the treatment or a control is a combination of the fixed effects.
COLLINEAR = NEGLIGIBLE
TREATMENT = "treatment"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanelCells:
    """Rows of a panel gathered to C cells within which treatment, fixed effects, cluster and controls do not vary.

    A table of rows is the case of one row per cell: `weight` 1, `within` 0.

    Attributes
    ----------
    weight : array_like, shape (C,)
        Rows in each cell, positive.
    mean, within : array_like, shape (C,)
        ``ȳ`` and the centred ``Σ(y − ȳ)²`` of the outcome in each cell, in its unit and its square.
    treatment : array_like, shape (C,)
        The treatment, 0 or 1 (or a share).
    fixed_effects : mapping of str to array_like, shape (C,)
        Labels of each effect; without any, the regression has a constant.
    cluster : array_like, shape (C,)
        Label of the randomiser's draw that a cell belongs to.
    controls : mapping of str to array_like, shape (C,)
        Further regressors, by name.
    """

    weight: ArrayLike
    mean: ArrayLike
    within: ArrayLike
    treatment: ArrayLike
    fixed_effects: Mapping[str, ArrayLike]
    cluster: ArrayLike
    controls: Mapping[str, ArrayLike] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanelSolution:
    """The solved regression, every cell's numbers scaled by the root of its weight.

    Attributes
    ----------
    names : tuple of str
        The k regressors, the treatment first.
    estimates : ndarray, shape (k,)
    residual : ndarray, shape (C,)
        ``e = √n(ȳ − ŷ)``.
    rounding : ndarray, shape (C,)
        What a residual may hold by rounding alone.
    span : Span
        Of all regressors and fixed effects; `fixed_rank` is the rank of the fixed effects alone.
    position : ndarray, shape (r, k)
        ``β̂_j = b_jᵀy`` with ``b_j = Q·position_j``, the regressor cleared of all others over its squared length.
    effects : tuple of ndarray of int, shape (C,)
        Codes of each fixed effect; `cluster` those of the clusters, G of them.
    retained_variation : float
        ``Var(D̃)/Var(D)``, D̃ the treatment cleared of the fixed effects.
    n_rows, within : float
        ``Σn`` and the sum of squares within cells.
    """

    names: tuple[str, ...]
    estimates: Matrix
    residual: Matrix
    rounding: Matrix
    span: Span
    fixed_rank: int
    position: Matrix
    effects: tuple[Codes, ...]
    cluster: Codes
    retained_variation: float
    n_rows: float
    within: float

    @property
    def n_clusters(self) -> int:
        return int(self.cluster.max()) + 1

    def only_rounding(self, w: Matrix) -> Matrix:
        """Return what ``√Σ_g (w_gᵀe_g)²`` of each column of `w`, shape (C, k), may hold by rounding alone."""
        own = np.column_stack([np.bincount(self.cluster, column**2) for column in w.T])
        within = np.bincount(self.cluster, self.residual**2)
        return np.asarray(np.sqrt(ROUNDING**2 * within @ own + self.rounding**2 @ w**2))

    @property
    def contributions(self) -> Matrix:
        """``b``, shape (C, k)."""
        return self.span.basis @ self.position


def solve_panel(cells: PanelCells) -> PanelSolution:
    """Regress cell means on treatment, controls and fixed effects, weighted by rows: the row-level coefficients.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite or beyond 1e±100, weights that are not positive, labels that are
        missing, fewer than 2 clusters, or a regressor that the fixed effects or other regressors determine.
    """
    y, weight, regressors, within = _numbers(cells)
    effects = tuple(
        label_codes(labels, len(y), f"The fixed effect {name!r}", "cell")
        for name, labels in cells.fixed_effects.items()
    )
    cluster = label_codes(cells.cluster, len(y), "cluster", "cell")
    if cluster.max() < 1:
        raise InputError("Clustered errors need at least 2 clusters; got 1.")
    names = (TREATMENT, *cells.controls)
    others = sum(sorted(int(codes.max()) for codes in effects)[:-1])
    with threads_for(len(y) * (len(names) + others) ** 2):
        fixed = absorb(effects, weight)
        own, length, retained = _cleared(fixed, regressors, names)
        columns, triangle = np.linalg.qr(own / length)
        _refuse_dependence(triangle, names)
        span = fixed.with_columns(columns)
        outcome = fixed.root * (y - np.average(y, weights=weight))
        back = np.linalg.inv(triangle) / length[:, None]
        residual = span.residual(outcome[:, None])[:, 0]
        _assert_orthogonal(span, residual, outcome)
        estimates = back @ (columns.T @ outcome)
    return PanelSolution(
        names=names,
        estimates=estimates,
        residual=residual,
        rounding=ROUNDING * np.sqrt(weight * y**2 + np.mean(weight * y**2)),
        span=span,
        fixed_rank=fixed.rank,
        position=np.vstack([np.zeros((fixed.basis.shape[1], len(names))), back.T]),
        effects=effects,
        cluster=cluster,
        retained_variation=float(retained[0]),
        n_rows=float(weight.sum()),
        within=float(within.sum()),
    )


def _numbers(cells: PanelCells) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    columns = {"mean": cells.mean, "weight": cells.weight, "within": cells.within, TREATMENT: cells.treatment}
    arrays = {name: floats(repr(name), values) for name, values in (columns | dict(cells.controls)).items()}
    shape = arrays["mean"].shape
    if len(shape) != 1 or not shape[0]:
        raise InputError(f"A panel needs at least one cell, with one mean each; got means of shape {shape}.")
    for name, values in arrays.items():
        if values.shape != shape:
            raise InputError(f"{name!r} needs one value for each of the {shape[0]} cells; got shape {values.shape}.")
        if not np.isfinite(values).all():
            raise InputError(f"{name!r} must be finite in every cell; drop or fill missing values first.")
    y, weight, within, *regressors = arrays.values()
    if (weight <= 0).any() or (within < 0).any():
        raise InputError("Every cell needs a positive weight and a sum of squares that is not negative.")
    for name in ("mean", TREATMENT, *cells.controls):
        squarable(repr(name), arrays[name])
    return y, weight, np.column_stack(regressors), within


def _cleared(fixed: Span, regressors: Matrix, names: tuple[str, ...]) -> tuple[Matrix, Matrix, Matrix]:
    """Return the regressors without the fixed effects, their lengths, and the share of variation that is left."""
    centred = fixed.root[:, None] * (regressors - np.average(regressors, axis=0, weights=fixed.root**2))
    total = (centred**2).sum(axis=0)
    own = fixed.residual(centred)
    left = (own**2).sum(axis=0)
    for name, part, whole in zip(names, left, total, strict=True):
        if part <= COLLINEAR * whole:
            raise InputError(
                f"The fixed effects determine the {name}: nothing of it varies within them. "
                "Use fewer fixed effects, or a schedule that is not tied to the calendar."
                if name == TREATMENT
                else f"The fixed effects determine the control {name!r}; leave it out."
            )
    return own, np.sqrt(left), left / total


def _refuse_dependence(triangle: Matrix, names: tuple[str, ...]) -> None:
    for name, part in zip(names, np.diag(triangle) ** 2, strict=True):
        if part <= COLLINEAR:
            raise InputError(f"The control {name!r} is a combination of the other regressors; leave it out.")


def _assert_orthogonal(span: Span, residual: Matrix, outcome: Matrix) -> None:
    levels = (span.incidence @ residual) / np.sqrt(span.level_weight)
    worst = max(np.abs(levels).max(), np.abs(span.basis.T @ residual).max())
    if worst > 1e-9 * np.linalg.norm(outcome):
        raise InputError("The normal equations could not be solved exactly; the weights of cells differ too much.")

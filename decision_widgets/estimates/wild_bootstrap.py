"""Wild cluster bootstrap of a panel regression's treatment effect, from cross-products of clusters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.cluster_leverage import cross_products
from decision_widgets.estimates.fixed_effects import Matrix
from decision_widgets.estimates.panel import stata_factor
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.records import Record

WildWeights = Literal["rademacher", "webb"]

# Draws that equal the observed statistic but for rounding count as ties.
TIE = 1e-9
WEBB = np.sqrt([1.5, 1.0, 0.5])
# Up to this many clusters one G × G matrix is quicker than its factors.
DENSE = 1_000
# Weights in one batch of draws: 32 MB.
BATCH = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WildBootstrap(Record):
    """The wild cluster bootstrap-t of the treatment effect.

    Attributes
    ----------
    effect, null_effect : float
        The estimate, and the value that the null hypothesis gives it.
    statistic : float
        ``(effect − null_effect)/SE`` with the CR1 standard error.
    p_value : float
        Two-sided: share of draws with ``|t*| ≥ |t|``, ties counted; when draws are random, the observed one is
        counted among them.
    n_draws : int
        Sets of weights, all ``2^G`` if `enumerated`.
    """

    effect: float
    null_effect: float
    statistic: float
    p_value: float
    weights: WildWeights
    n_draws: int
    enumerated: bool
    n_clusters: int
    seed: int


def wild_bootstrap(
    cells: PanelCells,
    *,
    null_effect: float = 0.0,
    draws: int = 9_999,
    weights: WildWeights = "rademacher",
    seed: int = 0,
) -> WildBootstrap:
    """Test the treatment effect by drawing the signs of whole clusters' residuals, the null imposed.

    ``t* = (τ* − τ₀)/SE*`` of ``y* = fitted under τ₀ + v_g·ũ_g`` with CR1 errors, one weight v per cluster (Cameron,
    Gelbach & Miller 2008; Roodman et al. 2019). τ* and the scores are linear in v, so no draw sees a cell:
    ``τ* − τ₀ = Σ_g a_g v_g`` and ``s*_g = a_g v_g − Σ_h d_gᵀH_gh ũ_h v_h``.

    Parameters
    ----------
    cells : PanelCells
    draws : int
        Random draws, at least 99; all ``2^G`` signs instead, if they are not more.
    weights : {"rademacher", "webb"}
        ±1, or Webb's (2014) six points, which leave fewer ties with few clusters.

    Raises
    ------
    InputError
        As `panel_regression`, or fewer than 99 draws.

    Examples
    --------
    >>> cells = PanelCells(weight=[1] * 6, mean=[1, 3, 2, 5, 2, 4], within=[0] * 6, treatment=[0, 1] * 3,
    ...                    fixed_effects={}, cluster=[0, 0, 1, 1, 2, 2])
    >>> wild = wild_bootstrap(cells)
    >>> wild.n_draws, wild.p_value
    (8, 0.25)
    """
    if draws < 99:
        raise InputError(f"A bootstrap p-value needs at least 99 draws; got {draws}.")
    if weights not in ("rademacher", "webb"):
        raise InputError(f"weights must be 'rademacher' or 'webb'; got {weights!r}.")
    solution = solve_panel(cells)
    g = solution.n_clusters
    enumerated = weights == "rademacher" and g <= math.log2(draws)
    a, scores = _linear_forms(solution, null_effect)
    difference = float(solution.estimates[0]) - null_effect
    own = np.bincount(solution.cluster, solution.contributions[:, 0] * solution.residual)
    if np.linalg.norm(own) <= solution.only_rounding(solution.contributions)[0]:
        raise InputError("The clustered error of the treatment is 0; nothing is left to draw.")
    square = difference**2 / float(own @ own)
    batches = _every_sign(g) if enumerated else _random_weights(g, draws, weights, np.random.default_rng(seed))
    n_extreme, n_draws = 0, 0
    for v in batches:
        # Without a division: where numerator and error both vanish the draw is a tie.
        n_extreme += int(((a @ v) ** 2 >= square * (1 - TIE) ** 2 * (scores(v) ** 2).sum(axis=0)).sum())
        n_draws += v.shape[1]
    return WildBootstrap(
        effect=difference + null_effect,
        null_effect=null_effect,
        statistic=math.copysign(math.sqrt(square / stata_factor(solution)), difference),
        p_value=n_extreme / n_draws if enumerated else (1 + n_extreme) / (1 + n_draws),
        weights=weights,
        n_draws=n_draws,
        enumerated=enumerated,
        n_clusters=g,
        seed=seed,
    )


def _linear_forms(solution: PanelSolution, null_effect: float) -> tuple[Matrix, Callable[[Matrix], Matrix]]:
    """Return a, shape (G,), and the map from weights, shape (G, draws), to scores of the same shape."""
    b, cluster = solution.contributions[:, 0], solution.cluster
    restricted = solution.residual + (solution.estimates[0] - null_effect) * b / (b @ b)
    a: Matrix = np.bincount(cluster, b * restricted).astype(np.float64)
    left_levels, left = cross_products(solution.span, cluster, b)
    right_levels, right = cross_products(solution.span, cluster, restricted)
    if len(a) <= DENSE:
        form = np.diag(a) - (left_levels @ right_levels.T).toarray() - left @ right.T
        return a, lambda v: form @ v
    return a, lambda v: a[:, None] * v - left_levels @ (right_levels.T @ v) - left @ (right.T @ v)


def _every_sign(g: int) -> Iterator[Matrix]:
    step = max(1, BATCH // g)
    for first in range(0, 2**g, step):
        draw = np.arange(first, min(first + step, 2**g))
        yield np.where((draw >> np.arange(g)[:, None]) & 1, 1.0, -1.0)


def _random_weights(g: int, draws: int, weights: WildWeights, rng: np.random.Generator) -> Iterator[Matrix]:
    points: Matrix = np.array([-1.0, 1.0]) if weights == "rademacher" else np.concatenate([-WEBB, WEBB])
    step = max(1, BATCH // g)
    for first in range(0, draws, step):
        yield points[rng.integers(len(points), size=(g, min(step, draws - first)), dtype=np.int8)]

"""What is known about one arm for one metric once covariates are taken into account.

In each arm the metric is regressed on covariates measured before the experiment (Lin 2013: every arm has slopes of its
own), with weight ``w_i``: a participant's observations, or 1 for a ratio, whose linearised values are regressed.
``z_i`` starts with 1; ``B = (Σ w z zᵀ)⁻¹``; ``h_i = w_i z_iᵀB z_i``; ``a_i = gᵀB z_i`` with g the covariates' mean over
all arms; ``e_i`` is the participant's total residual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
COLLINEAR: Final = 1e-10
"""Below this share of its variation a covariate is a combination of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedMoments:
    """One arm, one metric, adjusted by covariates.

    Attributes
    ----------
    level_above_shift : float
        The arm's level at the covariates' mean over all arms, minus `shift`.
    residual, adjusted_residual : float
        ``Σ(a·e)²`` (CR0) and ``Σ(a·e)²/(1−h)`` (CR2): variances of the level.
    trace, own2, own2h, gram2 : float
        ``gᵀB g``, ``Σω²``, ``Σω²h`` and ``tr((B·Σ ω·w·z zᵀ)²)`` with ``ω = w·a²/(1−h)``: the Satterthwaite degrees of
        freedom follow from them (Bell & McCaffrey 2002, for clusters within which covariates do not vary).
    change : float
        ``Σ(a·e − u/M)²``: variance of what adjusting adds to the level (u, M: of the unadjusted arm).
    complete : bool
        False when one participant alone determines a coefficient (1 − h = 0).
    """

    n_participants: int
    shift: float
    level_above_shift: float
    coefficients: tuple[float, ...]
    residual: float
    adjusted_residual: float
    trace: float
    own2: float
    own2h: float
    gram2: float
    change: float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalEquations:
    """The sums of one arm's weighted regression: ``Σ w z zᵀ``, shape (p, p), ``Σ w z y``, shape (p,), ``Σ w y²``."""

    cross: Matrix
    right: Matrix
    outcome: float | None = None

    def columns(self, kept: Sequence[int]) -> NormalEquations:
        """Return the equations of some of the columns."""
        return NormalEquations(cross=self.cross[np.ix_(kept, kept)], right=self.right[list(kept)], outcome=self.outcome)

    def solve(self) -> tuple[Matrix, Matrix]:
        """Return coefficients, shape (p,), and the inverse of the cross-products, shape (p, p)."""
        scale = 1 / np.sqrt(np.diag(self.cross))
        inverse = np.linalg.inv(self.cross * np.outer(scale, scale)) * np.outer(scale, scale)
        return inverse @ self.right, inverse

    def share_left(self, kept: list[int]) -> float:
        """Return the share of the outcome's variation about its mean that these columns, the constant first, leave.

        1 where ``Σ w y²`` is not known.
        """
        if self.outcome is None:
            return 1.0
        own = self.columns(kept)
        p = len(kept)
        together = np.empty((p + 1, p + 1))
        together[:p, :p], together[p, :p], together[:p, p], together[p, p] = (
            own.cross,
            own.right,
            own.right,
            own.outcome,
        )
        return _share_left(together, list(range(p)), p)


def usable_columns(equations: Sequence[NormalEquations]) -> tuple[list[int], list[int]]:
    """Return the columns to adjust by, and the copies of the outcome among those left out; column 0 is the constant.

    Left out is a column that earlier ones determine in any arm, and a copy: one with which nothing of the outcome would
    be left in an arm, as only the outcome itself does. An outcome that does not vary has no copies.

    >>> cross = np.array([[4.0, 2.0, 4.0], [2.0, 2.0, 2.0], [4.0, 2.0, 4.0]])
    >>> usable_columns([NormalEquations(cross=cross, right=np.array([3.0, 1.0, 3.0]), outcome=3.0)])
    ([0, 1], [])
    """
    kept, copies = [0], []
    varying = [each for each in equations if each.share_left([0]) > 0]
    for column in range(1, len(equations[0].right)):
        if any(_share_left(each.cross, kept, column) <= COLLINEAR for each in equations):
            continue
        if any(each.share_left([*kept, column]) <= COLLINEAR for each in varying):
            copies.append(column)
        else:
            kept.append(column)
    return kept, copies


def _share_left(cross: Matrix, kept: list[int], column: int) -> float:
    """Return the share of a column's variation about its mean that the columns kept do not explain."""
    about_mean = cross - np.outer(cross[0], cross[0]) / cross[0, 0]
    own = about_mean[column, column]
    if own <= COLLINEAR * cross[column, column]:
        return 0.0
    others = kept[1:]
    if not others:
        return 1.0
    between = about_mean[np.ix_(others, others)]
    scale = 1 / np.sqrt(np.diag(between))
    to_column = about_mean[others, column] * scale
    explained = to_column @ np.linalg.solve(between * np.outer(scale, scale), to_column)
    return float(1 - explained / own)

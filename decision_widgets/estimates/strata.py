"""Cells of one stratum and one arm, thin strata merged: what post-stratification adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.moments import ArmMoments, Moments

Weights = Literal["observations", "participants"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One arm in one stratum.

    Attributes
    ----------
    n : int
        Units, or participants.
    weight, weight_squares : float
        ``M = Σm_i`` and ``Σm_i²`` (both n for single units).
    level : float
        ``Σs_i/M``, above the offset that all cells share.
    variance : float
        Of `level`; ``residual_weight`` is ``Σu_i m_i`` with ``u_i = s_i − level·m_i``.
    expected, df : float
        What the variance is expected to be, up to a factor common to all cells, and its degrees of freedom.
    """

    n: int
    weight: float
    weight_squares: float
    level: float
    variance: float
    residual_weight: float
    expected: float
    df: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Control and treatment in one stratum, or in several that were merged, with its share of the whole."""

    members: tuple[str, ...]
    share: float
    control: Cell
    treatment: Cell

    @property
    def effect(self) -> float:
        """Treatment minus control."""
        return self.treatment.level - self.control.level

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """Control, then treatment."""
        return self.control, self.treatment


def merged_members(counts: Mapping[str, tuple[int, int]], least: float) -> list[tuple[str, ...]]:
    """Gather all thin strata into one; while that one is thin itself, the smallest of the others joins it.

    A stratum is thin when the smaller arm's share of its units, ``n_s·min(n_c, n_t)/n``, is below `least`, or an arm
    has fewer than 2 units there. The share is expected, not found: merging the strata in which an arm happens to be
    short would undo the adjustment where it is needed, and so bias the effect.

    >>> merged_members({"a": (50, 50), "b": (8, 10), "c": (11, 8), "d": (12, 9)}, 10)
    [('a',), ('d',), ('b', 'c')]
    """
    total = [sum(pair[arm] for pair in counts.values()) for arm in (0, 1)]
    share = min(total) / sum(total)

    def is_thin(names: Sequence[str]) -> bool:
        found = [sum(counts[name][arm] for name in names) for arm in (0, 1)]
        return sum(found) * share < least or min(found) < 2

    thin = [name for name in counts if is_thin([name])]
    whole = [name for name in counts if name not in thin]
    while thin and whole and is_thin(thin):
        smallest = min(whole, key=lambda name: sum(counts[name]))
        whole.remove(smallest)
        thin.append(smallest)
    return [(name,) for name in whole] + ([tuple(thin)] if thin else [])


def mean_cell(parts: Sequence[Moments], offset: float) -> Cell:
    """Make a cell of single units from the moments of their values."""
    moments = reduce(Moments.merge, parts)
    n, variance = moments.n, moments.variance(moments.columns[0]) / moments.n
    return Cell(
        n=n,
        weight=float(n),
        weight_squares=float(n),
        level=float(moments.mean[0]) - offset,
        variance=variance,
        residual_weight=0.0,
        expected=variance,
        df=n - 1.0,
    )


def cluster_cell(parts: Sequence[ArmMoments], offset: float) -> Cell:
    """Make a cell of participants; CR2 for one stratum, and what takes its place for several.

    CR2 needs every ``h_i = m_i/M``, which merged moments lack. With ``H = Σh_i²`` the variance
    ``Σu²/(M²(1 − H))`` has no bias either when errors of observations are independent, and at least ``1/H − 1``
    degrees of freedom.
    """
    if not any(part.weight > 0 for part in parts):
        raise InputError("An arm of a stratum holds no weight, so it has no level; merge that stratum.")
    totals = reduce(Moments.merge, [_above(part, offset) for part in parts])
    mean_m, mean_s = (float(mean) for mean in totals.mean)
    n, weight, level = totals.n, totals.n * mean_m, mean_s / mean_m
    squares = float(totals.cross[0, 0]) + n * mean_m**2
    concentration = squares / weight**2
    if concentration > 1 - 1e-12 or (len(parts) == 1 and not parts[0].sums.estimable):
        raise InputError("One participant holds the whole weight of an arm in a stratum; merge that stratum.")
    if len(parts) == 1:
        sums = parts[0].sums
        variance = sums.adjusted_residual
        df = 1 / (weight**2 * sums.spread)
    else:
        residual = totals.combination((-level, 1.0)).cross[0, 0]
        variance = float(residual) / (weight**2 * (1 - concentration))
        df = 1 / concentration - 1
    return Cell(
        n=n,
        weight=weight,
        weight_squares=squares,
        level=level,
        variance=variance,
        residual_weight=float(totals.cross[1, 0]) - level * float(totals.cross[0, 0]),
        expected=1 / weight,
        df=df,
    )


def degrees_of_freedom(strata: Sequence[Stratum]) -> float:
    """Return Satterthwaite's degrees of freedom of ``Σ w_s²(V_ts + V_cs)``."""
    parts = [(s.share**2 * cell.expected, cell.df) for s in strata for cell in s.cells]
    total = sum(expected for expected, _ in parts)
    return 1 / sum((expected / total) ** 2 / df for expected, df in parts)


def share_variance(strata: Sequence[Stratum], weights: Weights) -> float:
    """Return what shares taken from the sample add to the variance: ``Σ_i z_i²(τ_s − τ)²/(Σz)²``, z weight or 1."""
    total = sum(_size(cell, weights) for s in strata for cell in s.cells)
    effect = sum(s.share * s.effect for s in strata)
    squares = [sum(cell.weight_squares if weights == "observations" else cell.n for cell in s.cells) for s in strata]
    return sum((s.effect - effect) ** 2 * z2 for s, z2 in zip(strata, squares, strict=True)) / total**2


def shift_variance(strata: Sequence[Stratum], weights: Weights, *, shares_known: bool) -> float:
    """Return the variance of the post-stratified minus the plain effect, from what each unit adds to both.

    Unit i of stratum s and arm a adds ``±(w_s/M_as − 1/M_a)u_i ∓ (R_as − R_a)m_i/M_a + (τ_s − τ)z_i/Σz``; the last
    part is absent when the shares are known.
    """
    effect = sum(s.share * s.effect for s in strata)
    total = sum(_size(cell, weights) for s in strata for cell in s.cells)
    variance = 0.0
    for arm, sign in enumerate((-1.0, 1.0)):
        cells = [s.cells[arm] for s in strata]
        arm_weight = sum(cell.weight for cell in cells)
        arm_level = sum(cell.weight * cell.level for cell in cells) / arm_weight
        for s, cell in zip(strata, cells, strict=True):
            a = sign * (s.share / cell.weight - 1 / arm_weight)
            b = -sign * (cell.level - arm_level) / arm_weight
            c = 0.0 if shares_known else (s.effect - effect) / total
            per_weight, per_unit = (b + c, 0.0) if weights == "observations" else (b, c)
            variance += (
                a**2 * cell.variance * cell.weight**2
                + 2 * a * per_weight * cell.residual_weight
                + per_weight**2 * cell.weight_squares
                + 2 * per_weight * per_unit * cell.weight
                + per_unit**2 * cell.n
            )
    return max(0.0, variance)


def sample_shares(cells: Mapping[tuple[str, ...], tuple[Cell, Cell]], weights: Weights) -> dict[tuple[str, ...], float]:
    """Return each stratum's share of both arms' participants or weight."""
    sizes = {members: sum(_size(cell, weights) for cell in pair) for members, pair in cells.items()}
    total = sum(sizes.values())
    return {members: size / total for members, size in sizes.items()}


def known_shares(shares: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    """Check shares that were given: one for each stratum, positive, with the sum 1."""
    if set(shares) != set(names):
        raise InputError(f"shares must name the strata {sorted(names)}; got {sorted(shares)}.")
    if not all(np.isfinite(share) and share > 0 for share in shares.values()):
        raise InputError(f"Every share must be a positive fraction; got {dict(shares)}.")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise InputError(f"The shares of the strata must sum to 1; got {sum(shares.values()):g}.")
    return dict(shares)


def _size(cell: Cell, weights: Weights) -> float:
    return cell.weight if weights == "observations" else float(cell.n)


def _above(arm: ArmMoments, offset: float) -> Moments:
    """Return the moments of ``(m_i, S_i − offset·m_i)``."""
    turn = np.array([[1.0, 0.0], [arm.shift - offset, 1.0]])
    totals = arm.totals.of_columns("m", "s")
    return Moments(columns=("m", "s"), n=totals.n, mean=turn @ totals.mean, cross=turn @ totals.cross @ turn.T)

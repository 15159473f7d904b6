"""Estimate and CR2 error of many treatments at once, where clusters are thousands.

The estimate is exact. Of the treatment's own leverage in a cluster, about 1/G, the first order is kept, and the
residual's part along the treatment, 1/G of the error's square, is taken at its expectation. All sums over clusters are
then quadratic in a few sums of the tosses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from decision_widgets.estimates.blas import one_thread
from decision_widgets.estimates.cluster_leverage import satterthwaite
from decision_widgets.estimates.fixed_effects import Codes, Matrix, Span
from decision_widgets.estimates.simulated_clusters import LEAST_RETAINED, Simulated
from decision_widgets.estimates.simulated_window import SwitchbackWindow

# Degrees of freedom from which no draw's error was off by 1e-3 of itself.
ENOUGH = 4_000
TERMS = 200
SETTLED = 1e-13
DF_DRAWS = 2


def many_clusters(window: SwitchbackWindow, rng: np.random.Generator) -> ManyClusters | None:
    """Prepare a window in which every cluster has a coin of its own and an effect is whole; ``None`` for others."""
    own = window.n_coins == window.n_clusters and bool((window.coin == window.cluster).all())
    if not own or window.n_clusters < ENOUGH or window.exposure is not None or window.blocks is not None:
        return None
    try:
        found = ManyClusters(window, rng)
    except ArithmeticError:
        return None
    return found if found.df >= ENOUGH else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Products:
    """What tosses are multiplied with; G clusters, levels L, basis r."""

    by_level: sparse.csr_array  # (2L, G): the treatment's means by level, and its products with the scores' parts
    by_basis: Matrix  # (2r + 2, G): the same along the basis, the estimate's numerator, the scores' sum
    levels: sparse.csr_array  # (L, L): the scores' parts squared
    mixed: Matrix  # (L, r)
    basis: Matrix  # (r, r)
    sums: tuple[Matrix, Matrix]  # (L,) and (r,): products of the parts with the expected leverage
    constant: float
    expected: float


class ManyClusters:
    """Simulate draws of a window with thousands of clusters, each with its own coin.

    Raises
    ------
    ArithmeticError
        A fixed effect lies almost within a cluster, so that the series for the leverage does not settle.
    """

    def __init__(self, window: SwitchbackWindow, rng: np.random.Generator) -> None:
        self.window, self.span = window, window.span()
        self._columns = window.columns()
        self._leverage = _Leverage(window, self.span)
        self._total = float(window.weight.sum() / 4)
        self._products = self._prepare()
        self.df = float(np.mean([self._freedom(window.toss(1, rng)[:, 0]) for _ in range(DF_DRAWS)]))

    @property
    def numbers_per_draw(self) -> int:
        """How many numbers one draw takes at a time."""
        return self.window.n_clusters // 4  # tosses are read once, row by row, and need not stay in a cache

    @one_thread()
    def simulate(self, tosses: Matrix) -> Simulated:
        """Return what the regression says under each column of `tosses`, shape (K, B)."""
        p, n_levels, r = self._products, len(self.span.level_weight), self.span.basis.shape[1]
        sums, along = p.by_level @ tosses, p.by_basis @ tosses
        means, tied = sums[:n_levels], sums[n_levels:]
        basis, mixed = along[:r], along[r : 2 * r]
        squares = self._total - self.span.level_weight @ means**2 - (basis**2).sum(axis=0)
        told = squares > LEAST_RETAINED * self._total
        squares = np.where(told, squares, 1.0)
        effect = along[-2] / squares
        scores = p.constant - 2 * ((means * tied).sum(axis=0) + (basis * mixed).sum(axis=0))
        scores += (means * (p.levels @ means + 2 * p.mixed @ basis)).sum(axis=0) + (basis * (p.basis @ basis)).sum(
            axis=0
        )
        tilt = along[-1] - p.sums[0] @ means - p.sums[1] @ basis
        variance = (scores - 2 * effect * tilt + effect**2 * p.expected) / squares**2
        effect, variance = (np.where(told, value, np.nan) for value in (effect, variance))
        nothing = np.zeros(len(effect))
        df = np.where(told, self.df, np.nan)
        return Simulated(effect=effect, variance=variance, df=df, share=nothing + 1, cross=nothing, own=nothing)

    @one_thread()
    def _prepare(self) -> _Products:
        window, span, x = self.window, self.span, self._columns
        g, n_levels = window.n_clusters, len(span.level_weight)
        residual = span.residual((span.root * window.outcome)[:, None])[:, 0]
        held = np.asarray(x.T @ residual)
        share = self._leverage.expected(span.root * window.side)
        gain = 1 + share / 2 / share.sum()  # (1 − q)^{-1/2}, q the treatment's share that a cluster holds
        score = self._leverage.half(residual) * gain[window.cluster]
        own = np.asarray(x.T @ score)
        levels = sparse.csr_array((span.root * score, (span.level, window.cluster)), shape=(n_levels, g))
        basis = np.asarray(
            sparse.csr_array((score, (window.cluster, np.arange(len(score)))), shape=(g, len(score))) @ span.basis
        )
        means = sparse.diags_array(1 / span.level_weight) @ (span.incidence @ x)
        scaled = share * (self._total / share.sum())
        return _Products(
            by_level=sparse.csr_array(sparse.vstack([means, levels @ sparse.diags_array(own)])),
            by_basis=np.vstack([np.asarray(x.T @ span.basis).T, (basis * own[:, None]).T, held, own * scaled]),
            levels=sparse.csr_array(levels @ levels.T),
            mixed=np.asarray(levels @ basis),
            basis=basis.T @ basis,
            sums=(np.asarray(levels @ scaled), basis.T @ scaled),
            constant=float(own @ own / 4),
            expected=float(scaled @ scaled),
        )

    def _freedom(self, toss: Matrix) -> float:
        """Return the degrees of freedom of one draw; with so many clusters they hardly vary between draws."""
        own = self.span.residual((self._columns @ toss)[:, None])
        own /= np.sqrt((own**2).sum())
        return satterthwaite(self.span.with_columns(own), self.window.cluster, self._leverage.half(own[:, 0]))


class _Leverage:
    """The fixed effects' part in the clusters' leverage, ``P_gg``."""

    def __init__(self, window: SwitchbackWindow, span: Span) -> None:
        cluster = window.cluster
        order = np.argsort(cluster, kind="stable")
        size = np.bincount(cluster)
        place = np.empty(len(cluster), dtype=np.intp)
        place[order] = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
        self._at: tuple[Codes, Codes] = (cluster, place)
        self._shape = (window.n_clusters, int(size.max()))
        level = self._padded(span.level, -1)
        scaled = self._padded(span.root / np.sqrt(span.level_weight[span.level]), 0.0)
        q = np.zeros((*self._shape, span.basis.shape[1]))
        q[self._at] = span.basis
        self._within = np.matmul(q, q.swapaxes(1, 2))
        self._within += (level[:, :, None] == level[:, None, :]) * scaled[:, :, None] * scaled[:, None, :]

    def half(self, values: Matrix) -> Matrix:
        """Return ``(I − P_gg)^{-1/2}z`` in every cluster, shape (C,), by its binomial series."""
        term = self._padded(values, 0.0)[..., None]
        total = term.copy()
        for j in range(1, TERMS):
            term = np.matmul(self._within, term) * ((2 * j - 1) / (2 * j))
            total += term
            if np.abs(term).max() <= SETTLED * np.abs(total).max():
                return np.asarray(total[..., 0][self._at])
        raise ArithmeticError("The leverage of a cluster is too close to 1 for its series.")

    def expected(self, column: Matrix) -> Matrix:
        """Return ``x_gᵀ(I − P_gg)x_g``, shape (G,)."""
        x = self._padded(column, 0.0)[..., None]
        return np.asarray((x * (x - np.matmul(self._within, x))).sum(axis=(1, 2)))

    def _padded(self, values: Matrix | Codes, empty: float) -> Matrix:
        padded = np.full(self._shape, empty, dtype=np.float64)
        padded[self._at] = values
        return padded

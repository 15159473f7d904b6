"""Estimate, CR2 error and Bell–McCaffrey degrees of freedom of many treatments at once, exactly.

Within cluster g all that depends on the draw lies in a small space Y_g in which ``I − P_gg`` is diagonal, Λ. There
``(Λ − uuᵀ)^{-1/2}u = (2/π)∫ (Λ+t²)^{-1}u / (1 − uᵀ(Λ+t²)^{-1}u) dt`` (Sherman & Morrison under the integral), which few
nodes give to the last digits (Hale, Higham & Trefethen 2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from scipy import sparse

from decision_widgets.estimates.blas import one_thread
from decision_widgets.estimates.fixed_effects import NEGLIGIBLE, Codes, Matrix, Span
from decision_widgets.estimates.simulated_freedom import Freedom
from decision_widgets.estimates.simulated_window import SwitchbackWindow

# A cluster of more cells is described by its treatment and fixed effects instead, which are fewer.
SMALL = 16
ACCURACY = 1e-12
# A cluster that holds so much of what tells the effect leaves no error to estimate.
MOST_LEVERAGE = 1 - 1e-6
LEAST_RETAINED = 0.05
# From so many clusters degrees of freedom hardly vary between draws, and are averaged over a few.
MANY = 2_000
DF_DRAWS = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """Estimates under B draws, shape (B,) each; NaN where a draw leaves nothing to compare.

    `variance` is that of the outcome as it is; with an effect δ that sets in as the window's exposure says the estimate
    is ``effect + δ·share`` and its variance ``variance + 2δ·cross + δ²·own``.
    """

    effect: Matrix
    variance: Matrix
    df: Matrix
    share: Matrix
    cross: Matrix
    own: Matrix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Space:
    """What draws are multiplied with; G clusters of k directions each, levels L, basis r, tosses K."""

    directions: sparse.csr_array  # Yᵀ, (G·k, C)
    gap: Matrix  # λ, (G, k); 1 where a direction is empty
    outcome: Matrix  # (G, k)
    columns: sparse.csr_array  # (G·k, K)
    levels: sparse.csr_array  # (G·k, L)
    basis: Matrix  # (G·k, r)


class ExactClusters:
    """Simulate draws of a window, every number as ``panel_regression`` has it."""

    def __init__(self, window: SwitchbackWindow) -> None:
        self.window, self.span = window, window.span()
        columns = window.columns()
        self._space = _space_of(window, self.span, columns)
        self._projected = _Projected.of(self.span, columns)
        self._total = float((window.weight).sum() / 4)
        shape = (*self._space.gap.shape, -1)
        self._freedom = Freedom.of(self.span, window.cluster, self._space.basis.reshape(shape), self._space.levels)
        self._usual_df: float | None = None
        self._exposed = None
        if window.exposure is not None:
            exposed = window.exposure_columns()
            along = sparse.csr_array(self._space.directions @ exposed)
            self._exposed = (along, _Projected.of(self.span, exposed))

    @property
    def numbers_per_draw(self) -> int:
        """How many numbers one draw takes at a time."""
        freedom = self._freedom.size if self.window.n_clusters < MANY else 0
        return self._space.gap.size * 4 + freedom

    def simulate(self, tosses: Matrix) -> Simulated:
        """Return what the regression says under each column of `tosses`, shape (K, B)."""
        shape = (*self._space.gap.shape, tosses.shape[1])
        v = self._projected.clear(self._space.columns, self._space, tosses).reshape(shape)
        own = np.einsum("gkb,gkb->gb", v, v)
        squares = own.sum(axis=0)
        told = squares > LEAST_RETAINED * self._total
        squares = np.where(told, squares, 1.0)
        gain, lost = self._gain(v, squares)
        told = told & np.logical_not(lost)
        effect = np.einsum("gk,gkb->b", self._space.outcome, v) / squares
        w = gain * v
        scores = np.einsum("gkb,gk->gb", w, self._space.outcome) - effect * np.einsum("gkb,gkb->gb", w, v)
        share, exposed = np.ones(len(squares)), np.zeros_like(scores)
        if self._exposed is not None:
            share, exposed = self._exposure_scores(tosses, v, w, squares)
        numbers = {
            "effect": effect,
            "variance": (scores**2).sum(axis=0) / squares**2,
            "df": self._degrees(own / squares, w / np.sqrt(squares), v / np.sqrt(squares)),
            "share": share,
            "cross": (scores * exposed).sum(axis=0) / squares**2,
            "own": (exposed**2).sum(axis=0) / squares**2,
        }
        return Simulated(**{name: np.where(told, value, np.nan) for name, value in numbers.items()})

    def _degrees(self, own: Matrix, w: Matrix, u: Matrix) -> Matrix:
        if self.window.n_clusters < MANY:
            return self._freedom.of_draws(own, w, u)
        if self._usual_df is None:
            few = slice(0, DF_DRAWS)
            self._usual_df = float(np.mean(self._freedom.of_draws(own[:, few], w[..., few], u[..., few])))
        return np.full(own.shape[1], self._usual_df)

    def _gain(self, v: Matrix, squares: Matrix) -> tuple[Matrix, Matrix]:
        """Return g with ``(Λ − uuᵀ)^{-1/2}v = g·v``, shape (G, k, B), and the draws that one cluster decides."""
        gap, squared = self._space.gap, v * v
        leverage = np.matmul((1 / gap)[:, None, :], squared)[:, 0] / squares
        lost = (leverage > MOST_LEVERAGE).any(axis=0)
        worst = float(np.where(lost, 0.0, leverage).max(initial=0.0))
        node, factor = _nodes(float(gap.min()) * (1 - worst))
        shrunk = 1 / (gap[:, :, None] + node)
        within = np.matmul(shrunk.transpose(0, 2, 1), squared)
        within /= squares
        within[..., lost] = 0.0
        return np.matmul(shrunk * factor, 1 / (1 - within)), lost

    def _exposure_scores(self, tosses: Matrix, v: Matrix, w: Matrix, squares: Matrix) -> tuple[Matrix, Matrix]:
        assert self._exposed is not None
        columns, projected = self._exposed
        padded = np.vstack([tosses, np.full((1, tosses.shape[1]), 0.5)])
        set_in = projected.clear(columns, self._space, padded).reshape(v.shape)
        share = np.einsum("gkb,gkb->b", v, set_in) / squares
        return share, np.einsum("gkb,gkb->gb", w, set_in) - share * np.einsum("gkb,gkb->gb", w, v)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Projected:
    """The fixed effects' part of some columns: means by level, shape (L, K), and along the basis, shape (r, K)."""

    means: sparse.csr_array
    along: Matrix

    @classmethod
    def of(cls, span: Span, columns: sparse.csr_array) -> _Projected:
        means = sparse.diags_array(1 / span.level_weight) @ (span.incidence @ columns)
        return cls(means=sparse.csr_array(means), along=np.asarray(columns.T @ span.basis).T)

    def clear(self, columns: sparse.csr_array, space: _Space, tosses: Matrix) -> Matrix:
        """Return the directions of ``columns @ tosses`` less its fixed effects, shape (G·k, B)."""
        cleared: Matrix = columns @ tosses
        cleared -= space.levels @ (self.means @ tosses)
        with one_thread():
            cleared -= space.basis @ (self.along @ tosses)
        return cleared


def _space_of(window: SwitchbackWindow, span: Span, columns: sparse.csr_array) -> _Space:
    directions, gap = _directions_of(window, span)
    outcome = span.residual((span.root * window.outcome)[:, None])[:, 0]
    return _Space(
        directions=directions,
        gap=gap,
        outcome=(directions @ outcome).reshape(gap.shape),
        columns=sparse.csr_array(directions @ columns),
        levels=sparse.csr_array(directions @ span.incidence.T),
        basis=np.asarray(directions @ span.basis),
    )


def _directions_of(window: SwitchbackWindow, span: Span) -> tuple[sparse.csr_array, Matrix]:
    """Return the directions Yᵀ, shape (G·k, C), and their λ, shape (G, k), padded with empty ones."""
    found = [(members, *_eigen(window, span, members)) for members in _alike(window.cluster)]
    k = max(value.shape[1] for _, _, value in found)
    gap = np.ones((window.n_clusters, k))
    rows, cells, values = [], [], []
    for members, vector, value in found:
        g, own = window.cluster[members[:, 0]], value > NEGLIGIBLE
        gap[g, : value.shape[1]] = np.where(own, value, 1.0)
        kept = np.where(own[:, None, :], vector, 0.0)
        at = np.nonzero(kept)
        rows.append(g[at[0]] * k + at[2])
        cells.append(members[at[0], at[1]])
        values.append(kept[at])
    shape = (gap.size, len(window.weight))
    indices = (np.concatenate(rows), np.concatenate(cells))
    return sparse.csr_array((np.concatenate(values), indices), shape=shape), gap


def _eigen(window: SwitchbackWindow, span: Span, members: Codes) -> tuple[Matrix, Matrix]:
    """Return eigenvectors, shape (n, m, k), and values, (n, k), of ``I − P_gg`` where draws can lie."""
    level, root, q = span.level[members], span.root[members], span.basis[members]
    labels = [_local(codes[members]) for codes in (window.coin * 2 + (window.side > 0), *window.effects)]
    n_columns = sum(int(codes.max()) + 1 for codes in labels)
    if members.shape[1] <= SMALL or n_columns > members.shape[1] / 2:
        within = (level[:, :, None] == level[:, None, :]) * (root / span.level_weight[level])[:, :, None]
        within *= root[:, None, :]
        value, vector = np.linalg.eigh(np.eye(members.shape[1]) - within - q @ q.swapaxes(-1, -2))
        return vector, value
    space = _spanned(root, labels)
    held = _one_hot(_local(level)) * (root / np.sqrt(span.level_weight[level]))[..., None]
    levels, along = held.swapaxes(-1, -2) @ space, q.swapaxes(-1, -2) @ space
    inner = space.swapaxes(-1, -2) @ space
    value, vector = np.linalg.eigh(inner - levels.swapaxes(-1, -2) @ levels - along.swapaxes(-1, -2) @ along)
    return space @ vector, value


def _spanned(root: Matrix, labels: list[Codes]) -> Matrix:
    """Return an orthonormal basis of the dummies of all labels times `root`, shape (n, m, k); spare columns are 0."""
    dummies = np.concatenate([_one_hot(codes) for codes in labels], axis=2) * root[..., None]
    length = np.sqrt((dummies**2).sum(axis=1, keepdims=True))
    dummies /= np.where(length > 0, length, 1.0)
    value, vector = np.linalg.eigh(dummies.swapaxes(-1, -2) @ dummies)
    kept = value > NEGLIGIBLE
    return np.asarray(dummies @ (vector * np.where(kept, 1 / np.sqrt(np.where(kept, value, 1.0)), 0.0)[:, None, :]))


def _local(codes: Codes) -> Codes:
    """Number the labels of each row from 0."""
    order = np.argsort(codes, axis=1, kind="stable")
    ordered = np.take_along_axis(codes, order, axis=1)
    rank = np.cumsum(np.diff(ordered, axis=1, prepend=ordered[:, :1]) > 0, axis=1, dtype=np.intp)
    local = np.empty(rank.shape, dtype=np.intp)
    np.put_along_axis(local, order, rank, axis=1)
    return local


def _one_hot(local: Codes) -> Matrix:
    return np.asarray(local[..., None] == np.arange(local.max() + 1), dtype=np.float64)


def _alike(cluster: Codes) -> Iterator[Codes]:
    """Yield the cells of clusters of one size, shape (clusters, cells of each)."""
    order, size = np.argsort(cluster, kind="stable"), np.bincount(cluster)
    start = np.cumsum(size) - size
    for m in np.unique(size):
        yield order[start[size == m][:, None] + np.arange(m)]


def _nodes(low: float) -> tuple[Matrix, Matrix]:
    """Return t² and the weights of ``a^{-1/2} = Σ weight/(t² + a)`` for a from `low` to 1 (Hale et al. 2008, §4)."""
    n = int(np.ceil(-np.log(ACCURACY) * (3 - np.log(low)) / (2 * np.pi**2))) + 1
    period = scipy.special.ellipkm1(low)
    sn, cn, dn, _ = scipy.special.ellipj((np.arange(n) + 0.5) * period / n, 1 - low)
    return np.asarray(low * (sn / cn) ** 2), np.asarray(2 / np.pi * np.sqrt(low) * period / n * dn / cn**2)

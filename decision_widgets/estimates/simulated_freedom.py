"""Bell–McCaffrey degrees of freedom of many treatments at once.

With ``w_g = (I−H_gg)^{-1/2}u_g`` the clusters' parts have ``P_gg = u_gᵀu_g`` and ``P_gh = −w_gᵀH_gh w_h``, H of the
fixed effects and the treatment, so that ``tr(P)²/tr(P²)`` needs each cluster's products with the effects alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from decision_widgets.estimates.fixed_effects import Codes, Matrix, Span

# Beyond this rank the largest fixed effect is kept as levels, of which a cluster has few.
DENSE_RANK = 160


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Freedom:
    """The fixed effects as G clusters of k directions see them.

    Attributes
    ----------
    dense : ndarray, shape (G, r, k)
        The basis along the directions.
    levels : ndarray, shape (G, l, k)
        Each cluster's own levels of the largest effect; none where they are in `dense`.
    pairs, count : tuple of (i, j, sparse array of shape (pairs, G)), ndarray of shape (pairs,)
        Which two levels a cluster's i-th and j-th are, and how often their product counts.
    gather : tuple of sparse array, shape (L, G)
        Which level a cluster's i-th is.
    """

    dense: Matrix
    levels: Matrix
    pairs: tuple[tuple[int, int, sparse.csr_array], ...]
    count: Matrix
    gather: tuple[sparse.csr_array, ...]

    @property
    def size(self) -> int:
        """How many numbers one draw takes at a time."""
        return int(self.dense.shape[0] * (2 * self.dense.shape[1] + self.levels.shape[1]))

    @classmethod
    def of(cls, span: Span, cluster: Codes, basis: Matrix, levels: sparse.csr_array) -> Freedom:
        """Take the basis and levels along the directions, shapes (G, k, r) and (G·k, L)."""
        g, k, _ = basis.shape
        scaled = sparse.csr_array(levels @ sparse.diags_array(1 / np.sqrt(span.level_weight)))
        if span.rank <= DENSE_RANK:
            dense = np.concatenate([basis, scaled.toarray().reshape(g, k, -1)], axis=2)
            return cls(dense=_turned(dense), levels=np.zeros((g, 0, k)), pairs=(), count=np.empty(0), gather=())
        own = _own_levels(span, cluster, g)
        n_levels = len(span.level_weight)
        at_row = (np.arange(g)[:, None] * k + np.arange(k))[:, None, :] + 0 * own[:, :, None]
        values = np.asarray(scaled[at_row.ravel(), np.repeat(own.ravel(), k)]).reshape(*own.shape, k)
        pairs, count = _pairs(own, n_levels)
        return cls(
            dense=_turned(basis),
            levels=values * (own >= 0)[..., None],
            pairs=pairs,
            count=count,
            gather=tuple(_sums(own[:, i], n_levels) for i in range(own.shape[1])),
        )

    def of_draws(self, own: Matrix, w: Matrix, u: Matrix) -> Matrix:
        """Return the degrees of freedom, shape (B,), from ``u_gᵀu_g``, shape (G, B), w and u, shape (G, k, B)."""
        along = np.einsum("gkb,gkb->gb", w, u)
        dense = np.concatenate([np.matmul(self.dense, w), along[:, None]], axis=1)
        by_draw = np.ascontiguousarray(dense.transpose(2, 1, 0))
        squares = (np.matmul(by_draw, by_draw.swapaxes(1, 2)) ** 2).sum(axis=(1, 2))
        taken = np.einsum("grb,grb->gb", dense, dense)
        if self.pairs:
            levels = np.matmul(self.levels, w)
            taken += np.einsum("glb,glb->gb", levels, levels)
            both = sum(sums @ (levels[:, i] * levels[:, j]) for i, j, sums in self.pairs)
            squares += self.count @ np.asarray(both) ** 2
            mixed = sum(
                sums @ (levels[:, i, None] * dense).reshape(len(dense), -1) for i, sums in enumerate(self.gather)
            )
            squares += 2 * (np.asarray(mixed) ** 2).reshape(-1, dense.shape[2]).sum(axis=0)
        return np.asarray(1 / ((own**2).sum(axis=0) + squares - (taken**2).sum(axis=0)))


def _turned(values: Matrix) -> Matrix:
    return np.ascontiguousarray(values.swapaxes(1, 2))


def _own_levels(span: Span, cluster: Codes, g: int) -> Codes:
    """Return the levels that each cluster holds, ascending, shape (G, l), padded with −1."""
    n_levels = len(span.level_weight)
    held = np.unique(cluster * n_levels + span.level)
    home, level = held // n_levels, held % n_levels
    count = np.bincount(home, minlength=g)
    own = np.full((g, count.max()), -1, dtype=np.intp)
    own[home, np.arange(len(held)) - (np.cumsum(count) - count)[home]] = level
    return own


def _pairs(own: Codes, n_levels: int) -> tuple[tuple[tuple[int, int, sparse.csr_array], ...], Matrix]:
    places = [(i, j) for i in range(own.shape[1]) for j in range(i, own.shape[1])]
    names = [np.where(own[:, j] >= 0, own[:, i] * n_levels + own[:, j], -1) for i, j in places]
    known = np.unique(np.concatenate(names))
    known = known[known >= 0]
    codes = [np.where(name >= 0, np.searchsorted(known, name), -1) for name in names]
    count = np.where(known // n_levels == known % n_levels, 1.0, 2.0)
    return tuple((i, j, _sums(code, len(known))) for (i, j), code in zip(places, codes, strict=True)), count


def _sums(codes: Codes, n: int) -> sparse.csr_array:
    kept = np.flatnonzero(codes >= 0)
    return sparse.csr_array((np.ones(len(kept)), (codes[kept], kept)), shape=(n, len(codes)))

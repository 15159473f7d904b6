"""Bell–McCaffrey degrees of freedom of many treatments at once.

With ``w_g = (I−H_gg)^{-1/2}u_g`` the clusters' parts have ``P_gg = u_gᵀu_g`` and ``P_gh = −w_gᵀH_gh w_h``, H of the
fixed effects and the treatment, so that ``tr(P)²/tr(P²)`` needs each cluster's products with the effects alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from decision_widgets.estimates.blas import one_thread
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
        The levels of the largest effect that a cluster's group holds; none where they are in `dense`.
    members, present : ndarray, shape (groups, q)
        Clusters that share levels are of one group, padded to the largest one.
    """

    dense: Matrix
    levels: Matrix
    members: Codes
    present: Matrix

    @property
    def size(self) -> int:
        """How many numbers one draw takes at a time."""
        return int(self.dense.shape[0] * (2 * self.dense.shape[1] + 2 * self.levels.shape[1]))

    @classmethod
    def of(cls, span: Span, cluster: Codes, basis: Matrix, levels: sparse.csr_array) -> Freedom:
        """Take the basis and levels along the directions, shapes (G, k, r) and (G·k, L)."""
        g, k, _ = basis.shape
        scaled = sparse.csr_array(levels @ sparse.diags_array(1 / np.sqrt(span.level_weight)))
        if span.rank <= DENSE_RANK:
            dense = np.concatenate([basis, scaled.toarray().reshape(g, k, -1)], axis=2)
            none = np.zeros((0, 0))
            return cls(dense=_turned(dense), levels=np.zeros((g, 0, k)), members=none.astype(np.intp), present=none)
        group_of_cluster, group_of_level = _groups(span, cluster, g)
        place = _places(group_of_level)
        held = scaled.tocoo()
        own = np.zeros((g * k, int(place.max()) + 1))
        own[held.coords[0], place[held.coords[1]]] = held.data
        at = _places(group_of_cluster)
        members = np.zeros((int(group_of_cluster.max()) + 1, int(at.max()) + 1), dtype=np.intp)
        present = np.zeros(members.shape)
        members[group_of_cluster, at], present[group_of_cluster, at] = np.arange(g), 1.0
        return cls(dense=_turned(basis), levels=_turned(own.reshape(g, k, -1)), members=members, present=present)

    def of_draws(self, own: Matrix, w: Matrix, u: Matrix) -> Matrix:
        """Return the degrees of freedom, shape (B,), from ``u_gᵀu_g``, shape (G, B), w and u, shape (G, k, B).

        NaN for draws in which the effects leave nothing of the treatment.
        """
        along = np.einsum("gkb,gkb->gb", w, u)
        dense = np.concatenate([np.matmul(self.dense, w), along[:, None]], axis=1)
        squares = _squared(np.ascontiguousarray(dense.transpose(2, 1, 0)))
        taken = np.einsum("grb,grb->gb", dense, dense)
        if self.levels.shape[1]:
            levels = np.matmul(self.levels, w)
            taken += np.einsum("glb,glb->gb", levels, levels)
            grouped = (levels[self.members] * self.present[..., None, None]).transpose(0, 3, 2, 1)
            grouped = np.ascontiguousarray(grouped)  # (groups, B, l, q)
            mixed = np.matmul(grouped, np.ascontiguousarray(dense[self.members].transpose(0, 3, 1, 2)))
            squares += 2 * np.einsum("nblr,nblr->b", mixed, mixed)
            if grouped.shape[2] > grouped.shape[3]:
                grouped = grouped.swapaxes(2, 3)
            both = np.matmul(grouped, grouped.swapaxes(2, 3))
            squares += np.einsum("nblm,nblm->b", both, both)
        spread = np.asarray((own**2).sum(axis=0) + squares - (taken**2).sum(axis=0))
        return np.asarray(np.divide(1, spread, out=np.full_like(spread, np.nan), where=spread > 0))


@one_thread()
def _squared(values: Matrix) -> Matrix:
    """Return ``‖ZᵀZ‖²`` of each draw, shape (B,), from (B, r, G)."""
    return np.asarray((np.matmul(values, values.swapaxes(1, 2)) ** 2).sum(axis=(1, 2)))


def _turned(values: Matrix) -> Matrix:
    return np.ascontiguousarray(values.swapaxes(1, 2))


def _groups(span: Span, cluster: Codes, g: int) -> tuple[Codes, Codes]:
    """Return the group of each cluster and of each level: what cells join belongs together."""
    n_levels = len(span.level_weight)
    graph = sparse.coo_array((np.ones(len(cluster)), (cluster, g + span.level)), shape=(g + n_levels,) * 2)
    group = connected_components(graph, directed=False)[1].astype(np.intp)
    return group[:g], group[g:]


def _places(group: Codes) -> Codes:
    """Number the members of each group from 0."""
    order, size = np.argsort(group, kind="stable"), np.bincount(group)
    place = np.empty(len(group), dtype=np.intp)
    place[order] = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    return place

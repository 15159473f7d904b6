"""Fixed effects over weighted cells as an exact orthogonal projection, without a column per level of the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack
from scipy.sparse.csgraph import connected_components

from decision_widgets.errors import InputError
from decision_widgets.estimates.blas import one_thread, threads_for

Matrix = NDArray[np.float64]
Codes = NDArray[np.intp]

# A column whose own part is below this share of its variation is a combination of the others.
NEGLIGIBLE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Span:
    """The space of some columns over C cells, each cell scaled by the root of its weight: ``P = P_1 + QQᵀ``.

    A row-level column that is constant within cells has the same inner products as its cell values times `root`, so
    the hat matrix of the rows is this projection, wherever rows enter through their cells.

    Attributes
    ----------
    root : ndarray, shape (C,)
        ``√n_c``, n the rows of a cell.
    level : ndarray of int, shape (C,)
        Code of the effect with most levels; `level_weight`, shape (L,), holds the rows of each level.
    incidence : sparse array, shape (L, C)
        ``√n_c`` where cell c is of level l; ``P_1`` takes means within levels.
    basis : ndarray, shape (C, r)
        ``Q``: orthonormal, orthogonal to every dummy of `level`.
    """

    root: Matrix
    level: Codes
    level_weight: Matrix
    incidence: sparse.csr_array
    basis: Matrix

    @property
    def rank(self) -> int:
        return len(self.level_weight) + int(self.basis.shape[1])

    def residual(self, columns: Matrix) -> Matrix:
        """Return ``(I − P)z`` of each column, shape (C, k); done twice, for the digits that the first pass loses."""
        for _ in range(2):
            means = (self.incidence @ columns) / self.level_weight[:, None]
            columns = columns - self.root[:, None] * means[self.level]
            columns = columns - product(self.basis, product(self.basis.T, columns))
        return columns

    def with_columns(self, orthonormal: Matrix) -> Span:
        """Return the span enlarged by columns that are already orthonormal and orthogonal to it."""
        return replace(self, basis=np.hstack([self.basis, orthonormal]))


def absorb(effects: Sequence[Codes], weight: Matrix) -> Span:
    """Return the span of the dummies of all effects, or of a constant if there are none.

    The effect with most levels is absorbed by means. Of any other, one level is dropped in each connected component of
    the graph that joins its levels to those of the largest (Abowd, Creecy & Kramarz 2002), which leaves exactly the
    independent columns when there are two effects; further dependencies among three or more are found by a pivoted
    Cholesky. No pseudo-inverse: its default cutoff may invert a direction that is zero by design.

    Parameters
    ----------
    effects : sequence of ndarray of int, shape (C,)
        Codes 0, 1, … without gaps.
    weight : ndarray, shape (C,)
        Rows of each cell, positive.
    """
    largest, *others = sorted(effects, key=lambda codes: -codes.max()) or [np.zeros(len(weight), dtype=np.intp)]
    root: Matrix = np.sqrt(weight)
    n_cells, n_levels = len(root), int(largest.max()) + 1
    span = Span(
        root=root,
        level=largest,
        level_weight=np.bincount(largest, weight).astype(np.float64),
        incidence=sparse.csr_array((root, (largest, np.arange(n_cells))), shape=(n_levels, n_cells)),
        basis=np.empty((n_cells, 0)),
    )
    for position, codes in enumerate(others):
        dummies = (codes[:, None] == _levels_to_keep(largest, codes)) * root[:, None]
        own = span.residual(dummies) / np.sqrt((dummies**2).sum(axis=0))
        span = span.with_columns(_orthonormal(own if position == 0 else own[:, _independent(own)]))
    return span


def product(a: Matrix, b: Matrix) -> Matrix:
    """Return ``ab``, a small one on one thread."""
    with threads_for(a.shape[0] * a.shape[1] * b.shape[1]):
        return np.asarray(a @ b)


def nested(codes: Codes, cluster: Codes) -> bool:
    """Tell whether every level lies within one cluster."""
    home = np.empty(codes.max() + 1, dtype=np.intp)
    home[codes] = cluster
    return bool((home[codes] == cluster).all())


def unit_rank(effects: Sequence[Codes], cluster: Codes) -> int:
    """Return the rank of the effects' dummies once averaged over the cells of each unit that was randomised.

    Calendar hours within a slot count once: only what differs between units can take away from their number.
    """
    n_units = int(cluster.max()) + 1
    blocks = [_unit_columns(codes, cluster, n_units) for codes in effects]
    if all((np.diff(block.indptr) == 1).all() for block in blocks):
        return absorb([block.indices.astype(np.intp) for block in blocks], np.ones(n_units)).rank
    table = sparse.hstack(blocks, format="csr")
    gram = (table @ table.T if n_units < table.shape[1] else table.T @ table).toarray()
    return len(_pivots(gram / np.sqrt(np.outer(gram.diagonal(), gram.diagonal()))))


def _levels_to_keep(largest: Codes, codes: Codes) -> Codes:
    n_levels, n_others = int(largest.max()) + 1, int(codes.max()) + 1
    graph = sparse.coo_array((np.ones(len(codes)), (largest, n_levels + codes)), shape=(n_levels + n_others,) * 2)
    _, component = connected_components(graph, directed=False)
    _, dropped = np.unique(component[n_levels:], return_index=True)
    return np.delete(np.arange(n_others), dropped)


def _independent(columns: Matrix) -> Codes:
    return _pivots(product(columns.T, columns))


def _pivots(gram: Matrix) -> Codes:
    """Return the columns that a pivoted Cholesky of their Gram matrix keeps; `gram` has a scale of 1."""
    # LAPACK compares every pivot but the first with its tolerance.
    if gram.size == 0 or gram.diagonal().max() <= NEGLIGIBLE:
        return np.empty(0, dtype=np.intp)
    with one_thread():
        _, pivots, rank, _ = lapack.dpstrf(gram, tol=NEGLIGIBLE)
    return np.sort(pivots[:rank] - 1).astype(np.intp)


def _orthonormal(columns: Matrix) -> Matrix:
    """Return an orthonormal basis by Cholesky, twice (Yamamoto et al. 2015), for independent columns."""
    try:
        columns = columns / np.sqrt((columns**2).sum(axis=0))
        for _ in range(2):
            gram = product(columns.T, columns)
            with one_thread():
                back = np.linalg.inv(np.linalg.cholesky(gram)).T
            columns = product(columns, back)
    except np.linalg.LinAlgError:
        raise InputError("The fixed effects are too close to each other to be told apart; leave one out.") from None
    return columns


def _unit_columns(codes: Codes, cluster: Codes, n_units: int) -> sparse.csr_array:
    """Return the different columns, shape (G, ·), among the means of the dummies in units, each to a length of 1."""
    table = sparse.csr_array((np.ones(len(codes)), (cluster, codes)), shape=(n_units, int(codes.max()) + 1))
    table = sparse.csr_array(table @ sparse.diags_array(1 / np.sqrt(table.multiply(table).sum(axis=0))))
    marks = np.random.default_rng(0).random((n_units, 2))
    _, first = np.unique(np.round(np.asarray(table.T @ marks), 9), axis=0, return_index=True)
    return sparse.csr_array(table[:, first])

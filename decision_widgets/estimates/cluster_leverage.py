"""What each cluster's leverage does to its part of a coefficient, without a matrix as large as the cluster's cells.

Within cluster g, ``I − H_gg`` is the identity less one rank for each level of the largest fixed effect and less the low
rank of all other regressors. Small clusters are solved densely in batches, large ones by a few products with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from decision_widgets.estimates.fixed_effects import NEGLIGIBLE, Codes, Matrix, Span, product

# Up to this many cells an eigendecomposition is cheap and runs on one thread; beyond, threads cost more than they give.
SMALL = 16
STEPS = (10, 20, 40)
# Numbers in one batch of clusters: 32 MB.
BATCH = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adjusted:
    """Contributions b, shape (C, k), after the leverage of their own cluster.

    Attributes
    ----------
    half : ndarray, shape (C, k)
        ``(I − H_gg)^{-1/2} b_g``, the pseudo-inverse where the cluster alone determines a direction.
    whole : ndarray, shape (C, k)
        ``(I − H_gg)^{-1} b_g`` up to such directions, to which residuals are orthogonal.
    estimable : ndarray of bool, shape (k,)
        Whether the coefficient can still be estimated without any one cluster.
    """

    half: Matrix
    whole: Matrix
    estimable: NDArray[np.bool_]


def adjust(span: Span, cluster: Codes, position: Matrix) -> Adjusted:
    """Adjust the contributions ``b = Q·position`` (position has shape (r, k)) for the leverage within clusters."""
    length = np.sqrt((position**2).sum(axis=0))
    b = span.basis @ (position / length)
    half, whole, lost = np.empty_like(b), np.empty_like(b), np.zeros(b.shape[1])
    for members in _batches(cluster, span.basis.shape[1]):
        solve = _from_cells if members.shape[1] <= SMALL else _from_steps
        half[members], whole[members], also = solve(span, members, b[members])
        lost = np.maximum(lost, also)
    return Adjusted(half=half * length, whole=whole * length, estimable=lost < NEGLIGIBLE)


def satterthwaite(span: Span, cluster: Codes, w: Matrix) -> float:
    """Return ``tr(P)²/tr(P²)``, P the covariance of ``w_gᵀe_g`` over clusters when errors are independent and alike.

    ``P_gh = 1[g=h]·w_gᵀw_g − w_gᵀH_gh w_h`` with ``H_gh`` of low rank, so P itself is not formed (Bell & McCaffrey
    2002; Pustejovsky & Tipton 2018). `w` has shape (C,).
    """
    own = np.bincount(cluster, w**2)
    levels, columns = cross_products(span, cluster, w)
    taken = np.asarray(levels.multiply(levels).sum(axis=1)).ravel() + (columns**2).sum(axis=1)
    per_cluster, per_level = np.diff(levels.indptr).astype(float), np.bincount(levels.indices).astype(float)
    thin = (levels.T @ levels) if (per_cluster**2).sum() < (per_level**2).sum() else (levels @ levels.T)
    both = (thin.data**2).sum() + 2 * ((levels.T @ columns) ** 2).sum() + (product(columns.T, columns) ** 2).sum()
    trace, squares = own.sum() - taken.sum(), (own**2).sum() - 2 * (own * taken).sum() + both
    return float(trace**2 / squares) if trace > NEGLIGIBLE * own.sum() and squares > 0 else 0.0


def cross_products(span: Span, cluster: Codes, w: Matrix) -> tuple[sparse.csr_array, Matrix]:
    """Return the two halves of Z, shapes (G, L) and (G, r), with ``w_gᵀH_gh v_h = Z(w)_g·Z(v)_h``; w has shape (C,)."""
    n_clusters = int(cluster.max()) + 1
    values = w * span.root / np.sqrt(span.level_weight)[span.level]
    levels = sparse.csr_array((values, (cluster, span.level)), shape=(n_clusters, len(span.level_weight)))
    levels.sum_duplicates()
    gather = sparse.csr_array((w, (cluster, np.arange(len(w)))), shape=(n_clusters, len(w)))
    return levels, np.asarray(gather @ span.basis)


def _batches(cluster: Codes, rank: int) -> Iterator[Codes]:
    """Yield the cells of clusters of one size, shape (clusters, cells of each)."""
    order = np.argsort(cluster, kind="stable")
    size = np.bincount(cluster)
    start = np.cumsum(size) - size
    for m in np.unique(size):
        alike, step = start[size == m], max(1, int(BATCH // (m * max(m, rank))))
        for first in range(0, len(alike), step):
            yield order[alike[first : first + step, None] + np.arange(m)]


Answer = tuple[Matrix, Matrix, Matrix]


def _from_cells(span: Span, members: Codes, b: Matrix) -> Answer:
    """Solve clusters of m cells by the eigenvectors of ``I − H_gg``, shape (m, m)."""
    level, root, q = span.level[members], span.root[members], span.basis[members]
    within = (level[:, :, None] == level[:, None, :]) * (root / span.level_weight[level])[:, :, None] * root[:, None, :]
    value, vector = np.linalg.eigh(np.eye(members.shape[1]) - within - q @ q.swapaxes(-1, -2))
    along = vector.swapaxes(-1, -2) @ b
    return (*_powers(vector, value, along), _lost(value, along))


def _powers(vector: Matrix, value: Matrix, along: Matrix) -> tuple[Matrix, Matrix]:
    free = value > NEGLIGIBLE
    inverse = np.where(free, 1 / np.where(free, value, 1.0), 0.0)[..., None]
    return np.asarray(vector @ (np.sqrt(inverse) * along)), np.asarray(vector @ (inverse * along))


def _lost(value: Matrix, along: Matrix) -> Matrix:
    return np.asarray(((along**2) * (value <= NEGLIGIBLE)[..., None]).sum(axis=-2).max(axis=0))


def _from_steps(span: Span, members: Codes, b: Matrix) -> Answer:
    """Solve large clusters by Lanczos steps, which only multiply by ``I − H_gg``; few do, leverage being small.

    What has not settled after the last count of `STEPS` is solved densely.
    """
    level, root, q = span.level[members], span.root[members], span.basis[members]
    n, m, k = b.shape
    _, pair = np.unique((level + len(span.level_weight) * np.arange(n)[:, None]).ravel(), return_inverse=True)
    share = root / span.level_weight[level]

    def less_leverage(x: Matrix) -> Matrix:
        sums = np.bincount(pair, (root * x).ravel())[pair].reshape(n, m)
        own: Matrix = x - share * sums - (q @ (x[:, None, :] @ q).swapaxes(-1, -2))[..., 0]
        return own

    half, whole, lost = np.empty_like(b), np.empty_like(b), np.zeros(k)
    settled = np.ones(n, dtype=bool)
    for j in range(k):
        half[..., j], whole[..., j], lost[j], done = _lanczos(less_leverage, b[..., j])
        settled &= done
    if not settled.all():
        half[~settled], whole[~settled], also = _from_cells(span, members[~settled], b[~settled])
        lost = np.maximum(lost, also)
    return half, whole, lost


def _lanczos(product: Callable[[Matrix], Matrix], b: Matrix) -> tuple[Matrix, Matrix, float, NDArray[np.bool_]]:
    """Return ``A^{-1/2}b`` and ``A^{-1}b`` of each row of `b`, shape (n, m), the part of b lost, and which settled.

    Lanczos with full orthogonalisation (Higham 2008, §13.2): settled when its last two vectors no longer matter.
    """
    length = np.sqrt((b**2).sum(axis=1))
    length[length == 0] = 1.0
    for steps in STEPS:
        vectors, diagonal, beside = _krylov(product, b / length[:, None], steps)
        value, rotation = _eigen(diagonal, beside)
        along = rotation[:, 0, :, None]
        parts = _powers(rotation, value, along)
        settled = np.all([np.abs(part[:, -2:, 0]).max(axis=1) <= 1e-15 for part in parts], axis=0)
        if settled.all():
            break
    half, whole = ((vectors @ part)[..., 0] * length[:, None] for part in parts)
    lost = (along[..., 0] ** 2 * (value <= NEGLIGIBLE)).sum(axis=1) * length**2
    return half, whole, float(np.where(settled, lost, 0.0).max()), settled


def _krylov(multiply: Callable[[Matrix], Matrix], start: Matrix, steps: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return the Lanczos vectors, shape (n, m, steps), and the two diagonals, (n, steps) and (n, steps − 1)."""
    n, m = start.shape
    vectors, diagonal, beside = np.zeros((n, m, steps)), np.zeros((n, steps)), np.zeros((n, steps - 1))
    vectors[..., 0] = start
    for s in range(steps):
        current = vectors[..., s]
        x = multiply(current)
        # A space that is exhausted goes on with zero vectors, uncoupled from the rest.
        diagonal[:, s] = np.where(current.any(axis=1), (current * x).sum(axis=1), 1.0)
        if s + 1 == steps:
            break
        seen = vectors[..., : s + 1]
        x = x - (seen @ (x[:, None, :] @ seen).swapaxes(-1, -2))[..., 0]
        size = np.sqrt((x**2).sum(axis=1))
        size[size < 1e-13] = 0.0
        vectors[..., s + 1] = x / np.where(size > 0, size, np.inf)[:, None]
        beside[:, s] = size
    return vectors, diagonal, beside


def _eigen(diagonal: Matrix, beside: Matrix) -> tuple[Matrix, Matrix]:
    """Return eigenvalues and eigenvectors of symmetric tridiagonal matrices, shapes (n, s) and (n, s, s).

    By LAPACK's stev, which knows no threads: on matrices as small as these they wait for each other.
    """
    from scipy.linalg.lapack import dstev

    found = [dstev(d, e) for d, e in zip(diagonal, beside, strict=True)]
    if any(info for *_, info in found):
        raise np.linalg.LinAlgError("The eigenvalues of a tridiagonal matrix did not converge.")
    return np.array([value for value, *_ in found]), np.array([vector for _, vector, _ in found])

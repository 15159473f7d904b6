"""CR2 and its degrees of freedom by dense algebra, cluster by cluster; clusters of one size at a time."""

from __future__ import annotations

from typing import Any


def cr2(x: Any, residuals: Any, who: Any) -> tuple[Any, Any]:
    """Return standard errors, shape (outcomes, p), and degrees of freedom, shape (p,).

    Rows stand in the order of `who`; `residuals` has shape (rows, outcomes). Bell & McCaffrey (2002): scores
    ``X_g'A_g e_g`` with ``A_g = (I − X_g B X_g')^(-1/2)``; with ``w_g = A_g X_g B c`` and ``u_g = X_g'w_g``,
    ``df = (Σ_g P_gg)²/Σ_gh P_gh²`` of ``P_gh = [g = h]·w_g'w_g − u_g'B u_h``.
    """
    import numpy as np

    bread = np.linalg.inv(x.T @ x)
    starts = np.flatnonzero(np.diff(who, prepend=who[0] - 1))
    sizes = np.diff(starts, append=len(who))
    scores, own, through = [], [], []
    for size in np.unique(sizes):
        rows = starts[sizes == size][:, None] + np.arange(size)
        x_g = x[rows]
        values, vectors = np.linalg.eigh(np.eye(size) - x_g @ bread @ x_g.transpose(0, 2, 1))
        root = (vectors / np.sqrt(values)[:, None, :]) @ vectors.transpose(0, 2, 1)
        w = root @ x_g @ bread
        scores.append(x_g.transpose(0, 2, 1) @ root @ residuals[rows])
        own.append((w**2).sum(axis=1))
        through.append(x_g.transpose(0, 2, 1) @ w)
    errors = np.sqrt(((bread @ np.concatenate(scores)) ** 2).sum(axis=0)).T
    alone, u = np.concatenate(own), np.concatenate(through)
    return errors, np.array([_df(bread, alone[:, place], u[:, :, place]) for place in range(x.shape[1])])


def _df(bread: Any, alone: Any, u: Any) -> float:
    import numpy as np

    shared = ((u @ bread) * u).sum(axis=1)
    product = bread @ (u.T @ u)
    diagonal = alone - shared
    return float(diagonal.sum() ** 2 / (np.trace(product @ product) - (shared**2).sum() + (diagonal**2).sum()))


def of_mean(centred: Any, slopes: Any, who: Any) -> float:
    """Return ``γᵀΣγ``: what the sampling of the covariate's mean adds to the variance of an effect at that mean.

    Σ is the variance of the mean of rows, clustered by participant; `who` numbers them from 0.
    """
    import numpy as np

    totals = np.bincount(who, centred * slopes)
    return float((totals**2).sum() / len(centred) ** 2)

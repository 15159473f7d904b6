"""Sums of a panel regression's coefficients, one at a time and jointly, with clustered errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.cluster_leverage import adjust, cross_products
from decision_widgets.estimates.fixed_effects import NEGLIGIBLE, Matrix
from decision_widgets.estimates.hotelling import JointTest, hotelling
from decision_widgets.estimates.panel_cells import PanelSolution


def contrasted(solution: PanelSolution, contrasts: Mapping[str, Sequence[float]]) -> PanelSolution:
    """Return a solution whose coefficients are weighted sums of those of `solution`, by name."""
    weights = np.array(list(contrasts.values()), dtype=np.float64).T
    return replace(
        solution,
        names=tuple(contrasts),
        estimates=weights.T @ solution.estimates,
        position=solution.position @ weights,
    )


def joint_test(solution: PanelSolution) -> JointTest:
    """Test that all q coefficients of a (contrasted) solution are 0, with the errors clustered.

    ``Q = βᵀV^{-1}β`` with V of CR2 is compared with Hotelling's T² of η degrees of freedom, which match the spread of
    V under independent errors of one variance: ``η = q(q+1)/Σ_st Var(D_st)``, D = V whitened by its expectation (AHT
    of Tipton & Pustejovsky 2015). For q = 1 this is the square of the t test with Bell–McCaffrey degrees of freedom.

    Raises
    ------
    CannotEstimate
        ``E_FEW_CLUSTERS``: too few clusters for so many contrasts.
    InputError
        Contrasts that depend on each other.
    """
    cluster, q = solution.cluster, len(solution.names)
    length = np.sqrt((solution.position**2).sum(axis=0))
    if np.linalg.matrix_rank(solution.position / length) < q:
        raise InputError("The contrasts of a joint test depend on each other; leave the redundant ones out.")
    half = adjust(solution.span, cluster, solution.position / length).half
    expected = _Spread.of(solution, half).expectation()
    value, vector = np.linalg.eigh(expected)
    if value[0] <= NEGLIGIBLE * value[-1]:
        raise too_few(solution.n_clusters, q)
    white = vector / np.sqrt(value)
    half = half @ white
    scores = np.column_stack([np.bincount(cluster, column * solution.residual) for column in half.T])
    beta = (solution.estimates / length) @ white
    eta = q * (q + 1) / _Spread.of(solution, half).total_variance()
    if np.linalg.matrix_rank(scores) < q or eta - q + 1 <= 0:
        raise too_few(solution.n_clusters, q)
    wald = float(beta @ np.linalg.solve(scores.T @ scores, beta))
    return hotelling(wald, q, eta)


def too_few(n_clusters: int, q: int) -> CannotEstimate:
    return CannotEstimate(
        "E_FEW_CLUSTERS", f"{n_clusters} randomised units are too few to test {q} contrasts together."
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spread:
    """Covariance of the scores ``w_gᵀe_g`` of q contrasts when errors are independent and alike.

    ``P_gh[s,t] = 1[g=h]·own_g[s,t] − Z_s[g]·Z_t[h]``, which is never formed.

    Attributes
    ----------
    own, taken : ndarray, shape (G, q, q)
        ``w_g[s]ᵀw_g[t]`` and ``Z_s[g]·Z_t[g]``.
    z : tuple of sparse array, shape (G, R)
    """

    own: Matrix
    taken: Matrix
    z: tuple[sparse.csr_array, ...]

    @classmethod
    def of(cls, solution: PanelSolution, w: Matrix) -> _Spread:
        cluster = solution.cluster
        halves = (cross_products(solution.span, cluster, column) for column in w.T)
        z = tuple(sparse.csr_array(sparse.hstack([a, sparse.csr_array(b)], format="csr")) for a, b in halves)
        own = [[np.bincount(cluster, s * t) for t in w.T] for s in w.T]
        taken = [[np.asarray(s.multiply(t).sum(axis=1)).ravel() for t in z] for s in z]
        return cls(own=np.moveaxis(np.array(own), 2, 0), taken=np.moveaxis(np.array(taken), 2, 0), z=z)

    def expectation(self) -> Matrix:
        """Return ``E[V]``, shape (q, q)."""
        return np.asarray((self.own - self.taken).sum(axis=0))

    def total_variance(self) -> float:
        """Return ``Σ_st Var(V_st) = Σ_st Σ_gh (P_gh[s,s]·P_gh[t,t] + P_gh[s,t]·P_gh[t,s])`` for normal errors."""
        own, taken = (np.trace(each, axis1=1, axis2=2) for each in (self.own, self.taken))
        same = (own**2 - 2 * own * taken).sum() + (self.own**2 - 2 * self.own * self.taken).sum()
        return float(same + sum(_crossed(s, t) for s in self.z for t in self.z))


def _crossed(s: sparse.csr_array, t: sparse.csr_array) -> float:
    """Return ``Σ_gh (s_g·s_h)(t_g·t_h) + (s_g·t_h)(t_g·s_h)``, by whichever products are smaller."""
    if s.shape[0] < s.shape[1]:
        across = s @ t.T
        return float(((s @ s.T).multiply(t @ t.T)).sum() + across.multiply(across.T).sum())
    inner = s.T @ t
    return float(inner.multiply(inner).sum() + inner.multiply(inner.T).sum())

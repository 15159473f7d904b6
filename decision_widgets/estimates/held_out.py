"""Rows of participants whom a prediction of effects has not seen, with a known chance of treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import Codes, Matrix
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.moments import floats

LEAST_CLUSTERS: Final = 20
LEAST_IN_GROUP: Final = 2
# Below this share of its variation a baseline is a combination of what is in the regression already.
REDUNDANT: Final = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """Predictions beside what happened; every array has shape (N,)."""

    predicted: Matrix
    outcome: Matrix
    treatment: Matrix
    propensity: Matrix
    cluster: Codes
    baseline: Matrix

    @classmethod
    def of(
        cls,
        predicted: ArrayLike,
        outcome: ArrayLike,
        treatment: ArrayLike,
        propensity: ArrayLike,
        cluster: ArrayLike,
        baseline: ArrayLike | None,
    ) -> HeldOut:
        """Check what was given; without a `baseline` it is 0."""
        n = np.shape(outcome)
        given = {"predicted": predicted, "outcome": outcome, "treatment": treatment}
        given["propensity"] = np.full(n, propensity) if np.ndim(propensity) == 0 else propensity
        given["baseline"] = np.zeros(n) if baseline is None else baseline
        arrays = {name: floats(repr(name), values) for name, values in given.items()}
        for name, values in arrays.items():
            if len(n) != 1 or values.shape != n:
                raise InputError(f"{name!r} needs one value per row of the outcome, {n}; got shape {values.shape}.")
        for name, values in arrays.items():
            if not np.isfinite(values).all():
                raise InputError(f"{name!r} must be finite; drop rows without it first.")
        held = cls(**arrays, cluster=label_codes(cluster, n[0], "cluster", "row of the outcome"))
        held._refuse()
        return held

    def _refuse(self) -> None:
        if not len(self.outcome) or self.n_clusters < LEAST_CLUSTERS:
            raise InputError(f"Predicted effects are checked on at least {LEAST_CLUSTERS} clusters.")
        if not np.isin(self.treatment, (0, 1)).all() or np.ptp(self.treatment) == 0:
            raise InputError("The treatment must be 0 or 1 in every row, and both must occur.")
        if not ((self.propensity > 0) & (self.propensity < 1)).all():
            raise InputError("The propensity must lie strictly between 0 and 1.")
        if np.ptp(self.predicted) == 0:
            raise InputError("The predicted effect is the same for every row, so it ranks nobody.")

    @property
    def n_clusters(self) -> int:
        return int(self.cluster.max()) + 1

    @property
    def step(self) -> Matrix:
        """``D − e``."""
        return self.treatment - self.propensity

    def scores(self) -> Matrix:
        """Return ``Γ = (D−e)/(e(1−e))·(y − b)``, whose mean at given covariates is the effect there.

        ``b = baseline + (1−e)·r̄_t + e·r̄_c``, r̄ the weighted mean of ``y − baseline`` in each arm.
        """
        e, treated, rest = self.propensity, self.treatment == 1, self.outcome - self.baseline
        mean_t = np.average(rest[treated], weights=1 / e[treated])
        mean_c = np.average(rest[~treated], weights=1 / (1 - e[~treated]))
        return np.asarray(self.step / (e * (1 - e)) * (rest - (1 - e) * mean_t - e * mean_c))

    def cells(
        self, regressor: Matrix, controls: Mapping[str, Matrix], fixed_effects: Mapping[str, ArrayLike] | None = None
    ) -> PanelCells:
        """Return rows as cells, weighted by ``1/(e(1−e))`` to a mean of 1."""
        weight = 1 / (self.propensity * (1 - self.propensity))
        return PanelCells(
            weight=weight / weight.mean(),
            mean=self.outcome,
            within=np.zeros(len(self.outcome)),
            treatment=regressor,
            fixed_effects=fixed_effects or {},
            cluster=self.cluster,
            controls=controls,
        )

    def control(self, others: Matrix) -> dict[str, Matrix]:
        """Return the baseline, unless a constant and `others`, shape (N, ·), determine it."""
        centred = self.baseline - self.baseline.mean()
        columns = np.column_stack([np.ones(len(centred)), others])
        left = centred - columns @ np.linalg.lstsq(columns, centred)[0]
        return {"baseline": centred} if left @ left > REDUNDANT * (centred @ centred) else {}

    def groups(self, n_groups: int) -> Codes:
        """Return groups 0, 1, … of rows by size of prediction, equal predictions together."""
        if n_groups < 2:
            raise InputError(f"A comparison needs at least 2 groups; got {n_groups}.")
        edges = np.quantile(self.predicted, np.arange(1, n_groups) / n_groups)
        position = np.searchsorted(edges, self.predicted, side="left")
        if np.ptp(position) == 0:  # most predictions are the largest
            position = np.searchsorted(edges, self.predicted, side="right")
        group = np.unique(position, return_inverse=True)[1].astype(np.intp)
        for arm in (0, 1):
            pairs = np.unique(np.column_stack([group, self.cluster])[self.treatment == arm], axis=0)
            if np.bincount(pairs[:, 0], minlength=group.max() + 1).min() < LEAST_IN_GROUP:
                raise InputError(f"Each of {n_groups} groups needs 2 participants in each arm; use fewer groups.")
        return group


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Scores gathered to entries of one cluster and one prediction each, the largest prediction first.

    Attributes
    ----------
    total, count : ndarray, shape (M,)
        Sum of an entry's scores, and its rows.
    rank, cluster : ndarray, shape (M,)
        Equal ranks are ties.
    harmonic, summed : ndarray, shape (N + 1,)
        ``H_x = Σ_{j≤x} 1/j`` and ``Σ_{j≤x} H_{j−1}``.
    """

    total: Matrix
    count: Codes
    rank: Codes
    cluster: Codes
    harmonic: Matrix
    summed: Matrix

    @classmethod
    def of(cls, held: HeldOut) -> Ranking:
        rank = np.unique(-held.predicted, return_inverse=True)[1]
        order = np.lexsort((held.cluster, rank))
        rank, cluster, score = rank[order].astype(np.intp), held.cluster[order], held.scores()[order]
        first = np.flatnonzero(np.r_[True, (np.diff(rank) != 0) | (np.diff(cluster) != 0)])
        harmonic = np.r_[0.0, np.cumsum(1 / np.arange(1, len(score) + 1))]
        return cls(
            total=np.add.reduceat(score, first),
            count=np.diff(np.r_[first, len(score)]),
            rank=rank[first],
            cluster=cluster[first],
            harmonic=harmonic,
            summed=np.r_[0.0, np.cumsum(harmonic[:-1])],
        )

    def autoc(self, clusters: NDArray[np.bool_] | None = None) -> float:
        """Return ``(1/n)Σ_k (mean of the k best-ranked scores) − mean score``, ties averaged, of some clusters."""
        here = slice(None) if clusters is None else clusters[self.cluster]
        total, count, rank = self.total[here], self.count[here], self.rank[here]
        first = np.flatnonzero(np.r_[True, np.diff(rank) != 0])
        total, count = np.add.reduceat(total, first), np.add.reduceat(count, first)
        end = np.cumsum(count)
        n, start = end[-1], end - count
        weight = self.harmonic[n] - (self.summed[end] - self.summed[start]) / count
        return float((total @ weight - total.sum()) / n)

"""What is known about one arm for one metric, once rows are gathered to participants.

A participant i has a weight ``m_i`` (observations, or the denominator of a ratio) and a total ``S_i``. The arm's
level is ``R = ΣS_i / Σm_i`` and ``u_i = S_i − R·m_i`` is what participant i adds to its error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments.floats import ROUNDING
from decision_widgets.moments.moments import Moments

Vector = NDArray[np.float64]

# A difference smaller than this share of its terms has fewer than 6 digits left.
CANCELLED = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSums:
    """The sums over participants from which CR0, CR1 and CR2 of a difference between arms follow exactly.

    With ``h_i = m_i/M``, ``q_i = h_i/(M(1−h_i))`` and ``v_i = h_i/√(M(1−h_i))`` (Bell & McCaffrey 2002, reduced for
    one mean per arm): `residual` = Σu²/M², `adjusted_residual` = Σu²/((1−h)M²), `q2` = Σq², `qv2` = Σq·v²,
    `v2` = Σv². `complete` is false when one participant holds the whole weight (1 − h = 0).
    """

    residual: float
    adjusted_residual: float
    q2: float
    qv2: float
    v2: float
    complete: bool

    @property
    def spread(self) -> float:
        """``Σq² − 2Σq·v² + (Σv²)²``, half the variance of this arm's CR2 variance when errors are independent."""
        return self.q2 - 2 * self.qv2 + self.v2**2

    @property
    def estimable(self) -> bool:
        """Whether no participant holds the weight so nearly alone that `spread` is lost to rounding."""
        return self.complete and self.spread > CANCELLED * (self.q2 + self.v2**2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmMoments:
    """One arm, one metric.

    Attributes
    ----------
    n_participants, n_observations : int
        Participants with at least one row that entered, and those rows.
    n_missing : int
        Rows without a value (left out or set to zero, as the design says).
    weight : float
        ``M = Σm_i``: rows, or the denominator's total for a ratio.
    level : float
        ``R``, in the metric's own unit.
    totals : Moments
        Of participants: columns ``m`` and ``s`` = ``S_i − shift·m_i``; `shift` keeps large levels exact.
    participant_means, observations : Moments or None
        Of ``S_i/m_i`` and of single rows; ``None`` for a ratio, whose participants may have no denominator.
    skewness : float
        Of ``u_i``; 0 when they do not vary.
    top_share : float
        Share of ``Σu²`` held by the 1 % of participants with the largest.
    """

    n_participants: int
    n_observations: int
    n_missing: int
    weight: float
    level: float
    shift: float
    totals: Moments
    participant_means: Moments | None
    observations: Moments | None
    sums: ClusterSums
    skewness: float
    top_share: float

    @property
    def linearised_variance(self) -> float:
        """``V = Σu²/(n−1)/m̄²``, the variance of one participant's share of the level (Deng et al. 2018)."""
        return self.sums.residual * self.n_participants**2 / (self.n_participants - 1)

    @property
    def effective_participants(self) -> float:
        """``1/Σh²`` with ``h = m/M``: how many participants of equal weight the arm is like (Carter et al. 2017)."""
        if self.weight <= 0:
            return 0.0
        mean, n = self.totals.average("m"), self.n_participants
        at = self.totals.columns.index("m")
        return n / (1 + float(self.totals.cross[at, at]) / (n * mean**2))

    @property
    def level_above_shift(self) -> float:
        """``R − shift``, with the digits that `level` loses when it is large."""
        return self.totals.average("s") / self.totals.average("m")


def arm_moments(
    m: Vector,
    s: Vector,
    *,
    shift: float,
    n_missing: int = 0,
    observations: Vector | None = None,
    n_observations: int | None = None,
) -> ArmMoments:
    """Reduce the participants of one arm.

    Parameters
    ----------
    m : ndarray, shape (n,)
        Weight of each participant, not negative, with a positive total.
    s : ndarray, shape (n,)
        ``S_i − shift·m_i``.
    shift : float
        What was subtracted from every observation (or ``shift·denominator`` from every numerator).
    observations : ndarray, shape (N,), optional
        Single rows minus `shift`; leave out for a ratio.

    Raises
    ------
    InputError
        Nobody, a weight below 0 or not finite, or no weight at all.
    """
    if not (np.isfinite(m).all() and (m >= 0).all() and m.any()):
        raise InputError("Weights of participants are finite, not negative, and not all 0.")
    weight = float(m.sum())
    slope = float(s.sum()) / weight
    u = _without_rounding(s - slope * m, np.abs(s) + np.abs(slope) * m)
    singles = observations is not None
    return ArmMoments(
        n_participants=len(m),
        n_observations=len(observations) if observations is not None else int(n_observations or 0),
        n_missing=n_missing,
        weight=weight,
        level=shift + slope,
        shift=shift,
        totals=Moments.of({"m": m, "s": s}),
        participant_means=Moments.of({"mean": s / m}) if singles else None,
        observations=Moments.of({"y": observations}) if observations is not None else None,
        sums=_cluster_sums(m, u, weight),
        skewness=_skewness(u),
        top_share=_top_share(u),
    )


def _without_rounding(u: Vector, scale: Vector) -> Vector:
    """Set to 0 what is only the rounding of s − slope·m, so that a constant metric has variance 0 exactly."""
    return np.where(np.abs(u) <= ROUNDING * scale, 0.0, u)


def _cluster_sums(m: Vector, u: Vector, weight: float) -> ClusterSums:
    h = m / weight
    complete = bool(h.max() < 1)
    free = 1 - h if complete else np.where(h < 1, 1 - h, 1.0)
    q = h / (weight * free)
    v2 = h * q
    squares = (u / weight) ** 2
    return ClusterSums(
        residual=float(squares.sum()),
        adjusted_residual=float((squares / free).sum()),
        q2=float((q**2).sum()),
        qv2=float((q * v2).sum()),
        v2=float(v2.sum()),
        complete=complete,
    )


def _skewness(u: Vector) -> float:
    spread = float(np.sqrt(np.mean(u**2)))
    return float(np.mean((u / spread) ** 3)) if spread > 0 else 0.0


def _top_share(u: Vector) -> float:
    squares = u**2
    total = float(squares.sum())
    if total == 0:
        return 0.0
    count = max(1, len(u) // 100)
    return float(np.partition(squares, len(u) - count)[-count:].sum()) / total

"""Statistics of several metrics and treatments, drawn together by resampling participants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError, listed
from decision_widgets.moments import floats, label

Matrix = NDArray[np.float64]
BootstrapKind = Literal["poisson", "multiplier"]

# Weights in one batch of draws: 32 MB.
BATCH: Final = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrapFamily:
    """Every treatment against control in every metric, with draws under the null.

    Attributes
    ----------
    hypotheses : tuple of (str, int)
        Treatment and column of the metric, in the order of the arrays; H = treatments × metrics.
    effects, std_errors, statistics : ndarray, shape (H,)
    draws : ndarray, shape (B, H)
        ``t*`` centred at the estimate; infinite where a draw leaves nothing to studentise by.
    degenerate_share : float
        Largest share of such draws in a column. p-values cannot be smaller.
    """

    hypotheses: tuple[tuple[str, int], ...]
    effects: Matrix
    std_errors: Matrix
    statistics: Matrix
    draws: Matrix
    degenerate_share: float
    kind: BootstrapKind
    seed: int

    def __post_init__(self) -> None:
        for array in (self.effects, self.std_errors, self.statistics, self.draws):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arm:
    """Weights m and errors ``u = S − R·m``, shape (n, J); levels R, their variances and ``n/(n−1)``, shape (J,)."""

    m: Matrix
    u: Matrix
    level: Matrix
    variance: Matrix
    small_sample: Matrix


def participant_bootstrap(
    totals: ArrayLike,
    arms: ArrayLike,
    *,
    control: object,
    weights: ArrayLike | None = None,
    draws: int = 1_999,
    kind: BootstrapKind = "poisson",
    seed: int = 0,
) -> BootstrapFamily:
    """Draw the t statistics of several metrics and treatments together, for `resampled_p_values`.

    ``t = (R_t − R_c)/√(V_t + V_c)``, ``R = ΣS/Σm``, ``V = n/(n−1)·Σu²/(Σm)²``. A participant keeps one weight in all
    metrics and all comparisons with the arm, which carries their dependence over.

    Parameters
    ----------
    totals : array_like, shape (n,) or (n, J)
        ``S_i`` of each participant and metric: its sum of observations, or a ratio's numerator.
    arms : array_like, shape (n,)
        Labels.
    weights : array_like, same shape as `totals`, optional
        ``m_i``: observations, or the denominator; 1 if left out. 0, with a total of 0, for a participant who has no
        value in a metric.
    kind : {"poisson", "multiplier"}
        ``"poisson"``: participants count Poisson(1) times, and every draw is studentised anew, which follows skewed
        metrics and small arms (Hanley & MacGibbon 2006; Chamandy et al. 2012). ``"multiplier"``: errors times
        independent normals (Chernozhukov, Chetverikov & Kato 2013), drawn from their exact joint normal law; takes no
        time however many participants, and is for arms of thousands.
    draws : int
        At least 99.

    Raises
    ------
    InputError
        Shapes that do not fit, values that are not finite, negative weights, an unknown control, or an arm with fewer
        than 2 participants or nothing that varies.

    Examples
    --------
    >>> y, arm = np.random.default_rng(1).normal(size=(300, 2)), np.repeat(["A", "B", "C"], 100)
    >>> family = participant_bootstrap(y, arm, control="A", draws=199)
    >>> family.hypotheses, family.draws.shape
    ((('B', 0), ('B', 1), ('C', 0), ('C', 1)), (199, 4))
    """
    if draws < 99:
        raise InputError(f"A bootstrap p-value needs at least 99 draws; got {draws}.")
    if kind not in ("poisson", "multiplier"):
        raise InputError(f"kind must be 'poisson' or 'multiplier'; got {kind!r}.")
    s, m = _participants(totals, weights)
    rows = _rows_of_arms(arms, len(s), label(control))
    names = list(rows)
    each = [_arm(name, s[chosen], m[chosen]) for name, chosen in rows.items()]
    rng = np.random.default_rng(seed)
    errors, variances = zip(*(_drawn(arm, draws, kind, rng) for arm in each), strict=True)
    effects = np.concatenate([arm.level - each[0].level for arm in each[1:]])
    variance = np.concatenate([arm.variance + each[0].variance for arm in each[1:]])
    if not (variance > 0).all():
        raise InputError("A test needs values that vary; in some metric an arm and control hold one value each.")
    drawn = np.concatenate(
        [_studentised(errors[i] - errors[0], variances[i] + variances[0]) for i in range(1, len(names))], axis=1
    )
    return BootstrapFamily(
        hypotheses=tuple((name, j) for name in names[1:] for j in range(s.shape[1])),
        effects=effects,
        std_errors=np.sqrt(variance),
        statistics=effects / np.sqrt(variance),
        draws=drawn,
        degenerate_share=float(np.isinf(drawn).mean(axis=0).max()),
        kind=kind,
        seed=seed,
    )


def _participants(totals: ArrayLike, weights: ArrayLike | None) -> tuple[Matrix, Matrix]:
    s = floats("totals", totals)
    m = np.ones_like(s) if weights is None else floats("weights", weights)
    if s.ndim not in (1, 2) or s.size == 0 or m.shape != s.shape:
        raise InputError(f"Totals are participants × metrics and weights alike; got shapes {s.shape} and {m.shape}.")
    if not (np.isfinite(s).all() and np.isfinite(m).all() and (m >= 0).all()):
        raise InputError("Totals and weights must be finite, and weights not negative.")
    return s.reshape(len(s), -1), m.reshape(len(s), -1)


def _rows_of_arms(arms: ArrayLike, n: int, control: str) -> dict[str, NDArray[np.bool_]]:
    """Return which rows belong to each arm, control first."""
    given = np.asarray(arms)
    if given.shape != (n,):
        raise InputError(f"Every participant has one arm; got shape {given.shape} for {n} participants.")
    if given.dtype == object:
        given = np.array(["" if each is None or each != each else label(each) for each in given.tolist()])
    distinct, codes = np.unique(given, return_inverse=True)
    names = [label(each) for each in distinct.tolist()]
    if {"", "nan"} & set(names):
        raise InputError("Every participant has one arm; some labels are missing.")
    if control not in names or len(names) < 2:
        raise InputError(f"The control {control!r} must be one of at least 2 arms; got {listed(names)}.")
    order = [control, *(name for name in names if name != control)]
    return {name: codes == names.index(name) for name in order}


def _arm(name: str, s: Matrix, m: Matrix) -> _Arm:
    if not ((m > 0).sum(axis=0) >= 2).all():
        raise InputError(f"Every metric needs at least 2 participants with weight in every arm; arm {name} has fewer.")
    weight = m.sum(axis=0)
    level = s.sum(axis=0) / weight
    u = s - level * m
    # What is only rounding is 0, so that a constant metric has variance 0 exactly.
    u[np.abs(u) <= 64 * np.finfo(np.float64).eps * (np.abs(s) + np.abs(level) * m)] = 0.0
    n = ((m > 0) | (s != 0)).sum(axis=0)
    factor = n / (n - 1)
    return _Arm(m=m, u=u, level=level, variance=factor * (u**2).sum(axis=0) / weight**2, small_sample=factor)


def _drawn(arm: _Arm, draws: int, kind: BootstrapKind, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Return the drawn errors of the levels and their variances, both shape (draws, J)."""
    if kind == "multiplier":
        scaled = np.sqrt(arm.small_sample) * arm.u / arm.m.sum(axis=0)
        values, vectors = np.linalg.eigh(scaled.T @ scaled)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        errors = rng.standard_normal((draws, len(values))) @ root.T
        return errors, np.broadcast_to(arm.variance, errors.shape)
    parts = [_poisson(arm, size, rng) for size in _batches(draws, len(arm.u))]
    errors, variances = (np.concatenate(part) for part in zip(*parts, strict=True))
    return errors, variances


def _poisson(arm: _Arm, draws: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    n, metrics = arm.u.shape
    columns = np.concatenate([arm.m, arm.u, arm.u**2, arm.u * arm.m, arm.m**2], axis=1)
    sums = rng.poisson(1.0, size=(draws, n)).astype(np.float64) @ columns
    weight, u, uu, um, mm = (sums[:, i * metrics : (i + 1) * metrics] for i in range(5))
    empty = weight <= 0
    weight = np.where(empty, 1.0, weight)
    error = u / weight
    squares = uu - 2 * error * um + error**2 * mm
    squares[squares <= 64 * np.finfo(np.float64).eps * uu] = 0.0
    # An arm that nobody was drawn into has no level.
    return np.where(empty, np.nan, error), arm.small_sample * squares / weight**2


def _studentised(error: Matrix, variance: Matrix) -> Matrix:
    known = np.isfinite(error) & (variance > 0)
    return np.where(known, error / np.sqrt(np.where(known, variance, 1.0)), np.inf)


def _batches(draws: int, n: int) -> Iterator[int]:
    step = max(1, BATCH // n)
    for first in range(0, draws, step):
        yield min(step, draws - first)

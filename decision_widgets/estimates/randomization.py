"""Randomisation tests of independent units and of pairs: how often chance alone would deal such a difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments import floats
from decision_widgets.records import Record

Matrix = NDArray[np.float64]

# Statistics that equal the observed one but for rounding count as ties: differences of values near 1e9 keep 7 digits.
TIE = 1e-6
# Numbers in one batch of draws: 32 MB.
BATCH = 4_000_000
LEAST_DRAWS = 99


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RandomizationTest(Record):
    """How often the assignments that could have been drawn give a statistic as far from 0 as the observed one.

    Attributes
    ----------
    effect : float
        Difference in means, or mean difference within pairs.
    p_value : float
        Two-sided: share of assignments with a statistic at least as large, the sign aside. Ties count; where
        assignments are drawn, the observed one counts among them.
    p_value_greater, p_value_less : float
        Share of assignments with a statistic at least as high, or at least as low.
    n_draws : int
        Assignments looked at: every possible one if `enumerated`.
    n_units : int
        Units, or pairs.
    """

    effect: float
    p_value: float
    p_value_greater: float
    p_value_less: float
    n_draws: int
    enumerated: bool
    n_units: int
    seed: int


def randomization_test(
    control: ArrayLike, treatment: ArrayLike, *, draws: int = 9_999, seed: int = 0
) -> RandomizationTest:
    """Test that treatment changes no unit, for units of which a fixed number was treated at random.

    Statistic: the difference in means. Its distribution over all ``C(n, n_t)`` assignments is exact whatever the
    outcomes are like, under the null hypothesis that no unit is affected (Fisher 1935). A difference in spread may
    make it reject too, more so in unequal arms.

    Parameters
    ----------
    control, treatment : array_like, shape (n_c,), (n_t,)
        One outcome per unit that was randomised.
    draws : int
        Random assignments, at least 99; every assignment instead, if they are not more.

    Raises
    ------
    InputError
        An arm without units, values that are not finite, outcomes that are all the same, or too few draws.

    Examples
    --------
    >>> test = randomization_test([1, 2, 3, 4], [5, 6, 7, 8])
    >>> test.effect, test.n_draws, round(test.p_value, 6)
    (4.0, 70, 0.028571)
    """
    arms = [_values(values, name) for values, name in ((control, "control"), (treatment, "treatment"))]
    n_control, n_treatment = map(len, arms)
    together = np.concatenate(arms)
    pooled = _centred(together)
    smaller = min(n_control, n_treatment)
    sign = 1 if smaller == n_treatment else -1
    observed = float(pooled[-n_treatment:].sum()) if sign == 1 else -float(pooled[:n_control].sum())
    tie = max(_tie(observed, pooled), _rounding(together))
    count = math.comb(len(pooled), smaller)
    enumerated = _enumerates(count, draws)
    tails = (
        _split_tails(_chosen(pooled, smaller), observed, sign, tie)
        if enumerated
        else _drawn_tails((sign * s for s in _drawn_choices(pooled, smaller, draws, seed)), observed, tie)
    )
    return _test(
        tails, float(arms[1].mean() - arms[0].mean()), count if enumerated else draws, enumerated, pooled, seed
    )


def sign_flip_test(differences: ArrayLike, *, draws: int = 9_999, seed: int = 0) -> RandomizationTest:
    """Test that treatment changes no unit, for pairs in each of which a coin decided who was treated.

    Statistic: the sum of differences treated − control; each sign is as likely as the other, ``2^n`` assignments in
    all (Fisher 1935). Differences of 0 are kept.

    Parameters
    ----------
    differences : array_like, shape (n,)
        One per pair.
    draws : int
        Random assignments, at least 99; every assignment instead, if they are not more.

    Raises
    ------
    InputError
        No pairs, values that are not finite, differences that are all 0, or too few draws.

    Examples
    --------
    >>> test = sign_flip_test([1, 2, 3, 4, 5])
    >>> test.effect, test.n_draws, test.p_value
    (3.0, 32, 0.0625)
    """
    values = _values(differences, "differences")
    if not values.any():
        raise InputError("Every difference is 0; no test is possible.")
    observed, count = float(values.sum()), 2 ** len(values)
    enumerated = _enumerates(count, draws)
    tails = (
        _split_tails([(_signed(values[::2]), _signed(values[1::2]))], observed, 1, _tie(observed, values))
        if enumerated
        else _drawn_tails(_drawn_signs(values, draws, seed), observed, _tie(observed, values))
    )
    return _test(tails, float(values.mean()), count if enumerated else draws, enumerated, values, seed)


Tails = tuple[int, int, int]


def _test(tails: Tails, effect: float, n: int, enumerated: bool, values: Matrix, seed: int) -> RandomizationTest:
    observed = 0 if enumerated else 1
    either, greater, less = ((observed + tail) / (observed + n) for tail in tails)
    return RandomizationTest(
        effect=effect,
        p_value=either,
        p_value_greater=greater,
        p_value_less=less,
        n_draws=n,
        enumerated=enumerated,
        n_units=len(values),
        seed=seed,
    )


def _values(given: ArrayLike, name: str) -> Matrix:
    values = floats(name, given)
    if values.ndim != 1 or not len(values):
        raise InputError(f"{name} must hold one number per unit, at least one; got shape {values.shape}.")
    if not np.isfinite(values).all():
        raise InputError(f"{name} must be finite; drop or fill missing values first.")
    return values


def _centred(pooled: Matrix) -> Matrix:
    if (pooled == pooled[0]).all():
        raise InputError("Every unit has the same outcome; no test is possible.")
    return np.asarray(pooled - pooled.mean())


def _enumerates(count: int, draws: int) -> bool:
    if draws < LEAST_DRAWS:
        raise InputError(f"A randomisation p-value needs at least {LEAST_DRAWS} draws; got {draws}.")
    return count <= draws


def _rounding(given: Matrix) -> float:
    """Return by how much two sums of deviations may differ only because the values had a level to carry."""
    return float(np.finfo(np.float64).eps * len(given) * np.abs(given).max())


def _tie(observed: float, values: Matrix) -> float:
    return TIE * max(abs(observed), float(np.linalg.norm(values)))


def _split_tails(halves: Iterable[tuple[Matrix, Matrix]], observed: float, sign: int, tie: float) -> Tails:
    """Count the sums ``sign·(a + b)``, a from one half and b from the other, in each tail, without forming them."""
    either, greater, less = 0, 0, 0
    for left, right in halves:
        a, b = sign * left, np.sort(sign * right)

        def at_least(bound: float, a: Matrix = a, b: Matrix = b) -> int:
            return int((len(b) - np.searchsorted(b, bound - a, side="left")).sum())

        def at_most(bound: float, a: Matrix = a, b: Matrix = b) -> int:
            return int(np.searchsorted(b, bound - a, side="right").sum())

        greater += at_least(observed - tie)
        less += at_most(observed + tie)
        far = abs(observed) - tie
        either += at_least(far) + at_most(-far) if far > 0 else len(a) * len(b)
    return either, greater, less


def _drawn_tails(batches: Iterator[Matrix], observed: float, tie: float) -> Tails:
    tails = np.zeros(3, dtype=int)
    for drawn in batches:
        tails += [
            (np.abs(drawn) >= abs(observed) - tie).sum(),
            (drawn >= observed - tie).sum(),
            (drawn <= observed + tie).sum(),
        ]
    either, greater, less = tails.tolist()
    return either, greater, less


def _chosen(values: Matrix, size: int) -> list[tuple[Matrix, Matrix]]:
    """Return the sums of all choices of `size` values, as pairs of parts from the two halves of the values."""
    left, right = _sums_by_size(values[::2], size), _sums_by_size(values[1::2], size)
    return [(left[j], right[size - j]) for j in range(size + 1) if j < len(left) and size - j < len(right)]


def _sums_by_size(values: Matrix, largest: int) -> list[Matrix]:
    sums = [np.zeros(1)]
    for value in values:
        grown = [part + value for part in sums]
        sums = [np.concatenate([old, new]) for old, new in zip(sums[1:], grown[:-1], strict=True)]
        sums = [np.zeros(1), *sums, grown[-1]][: largest + 1]
    return sums


def _signed(values: Matrix) -> Matrix:
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def _drawn_choices(values: Matrix, size: int, draws: int, seed: int) -> Iterator[Matrix]:
    rng, step = np.random.default_rng(seed), max(1, BATCH // len(values))
    for first in range(0, draws, step):
        keys = rng.random((min(step, draws - first), len(values)))
        yield values[np.argpartition(keys, size - 1, axis=1)[:, :size]].sum(axis=1)


def _drawn_signs(values: Matrix, draws: int, seed: int) -> Iterator[Matrix]:
    rng, step = np.random.default_rng(seed), max(1, BATCH // len(values))
    for first in range(0, draws, step):
        yield (2.0 * rng.integers(0, 2, (min(step, draws - first), len(values)), dtype=np.int8) - 1) @ values

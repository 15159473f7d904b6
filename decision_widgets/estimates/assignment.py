"""Who gets which arm: simple, complete and stratified assignment, seeded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments import label

Codes = NDArray[np.int64]
Method = Literal["simple", "complete", "stratified"]

LONGEST_BLOCK = 1_000
MISSING_STRATUM = "missing"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """One arm for each id, in the order of the ids.

    Attributes
    ----------
    ids : ndarray, shape (n,)
    arm_codes : ndarray of int, shape (n,)
        Places in `arms`.
    stratum_codes : ndarray of int, shape (n,)
        Places in `strata`; all 0 without strata.
    counts : ndarray of int, shape (S, A)
        Ids per stratum and arm.
    block : int or None
        Length of a permuted block: in each, every arm occurs as its share says.
    """

    method: Method
    ids: NDArray[np.object_]
    arms: tuple[str, ...]
    shares: tuple[float, ...]
    strata: tuple[str, ...]
    arm_codes: Codes
    stratum_codes: Codes
    counts: Codes
    block: int | None
    seed: int

    def __post_init__(self) -> None:
        for array in (self.ids, self.arm_codes, self.stratum_codes, self.counts):
            array.flags.writeable = False

    @property
    def arm(self) -> NDArray[np.str_]:
        """The arm of each id, shape (n,)."""
        return np.array(self.arms)[self.arm_codes]


def simple_assignment(ids: ArrayLike, shares: Mapping[str, float], *, seed: int = 0) -> Assignment:
    """Draw an arm for each id by itself: independent, so the counts vary as a multinomial does.

    Parameters
    ----------
    ids : array_like, shape (n,)
        Each once; the same ids in the same order with the same seed get the same arms.
    shares : mapping of str to float
        Positive, with the sum 1.

    Raises
    ------
    InputError
        Ids that are missing or occur twice, fewer than 2 arms, shares that are not positive or do not sum to 1.
    """
    names, planned = _arms(shares)
    labels = _ids(ids)
    edges = np.cumsum(planned)[:-1]
    codes = np.searchsorted(edges, np.random.default_rng(seed).random(len(labels)), side="right")
    return _assigned("simple", labels, names, planned, codes, (), None, seed)


def complete_assignment(ids: ArrayLike, shares: Mapping[str, float], *, seed: int = 0) -> Assignment:
    """Shuffle arms of fixed size over the ids: no arm is a whole id away from its share.

    Each id gets arm k with probability ``π_k`` exactly; what ``nπ_k`` has beyond whole ids is drawn by systematic
    sampling.

    Parameters
    ----------
    ids, shares
        As `simple_assignment`, as are the errors.

    Examples
    --------
    >>> complete_assignment(range(10), {"control": 0.5, "treatment": 0.5}).counts.tolist()
    [[5, 5]]
    """
    names, planned = _arms(shares)
    labels = _ids(ids)
    codes = _shuffled(len(labels), planned, np.random.default_rng(seed))
    return _assigned("complete", labels, names, planned, codes, (), None, seed)


def stratified_assignment(
    ids: ArrayLike, shares: Mapping[str, float], strata: ArrayLike, *, block: int | None = None, seed: int = 0
) -> Assignment:
    """Balance the arms inside each stratum, by permuted blocks in the order of the ids.

    In a block every arm occurs as its share says, in random order; what is left of a stratum after its last whole
    block is shuffled as in `complete_assignment`. So in every stratum no arm is a whole id away from its share, and
    within a block at any time.

    Parameters
    ----------
    ids, shares
        As `simple_assignment`; shares must be multiples of a common fraction not below 1/1000.
    strata : array_like, shape (n,)
        A label for each id, for example from `tertile_strata`; ``None`` and NaN are one stratum, "missing".
    block : int, optional
        A multiple of the shortest block, which is the default.

    Raises
    ------
    InputError
        As `simple_assignment`; shares or a block that do not fit, strata of another length.

    Examples
    --------
    >>> city = ["north"] * 4 + ["south"] * 6
    >>> stratified_assignment(range(10), {"control": 0.5, "treatment": 0.5}, city).counts.tolist()
    [[2, 2], [3, 3]]
    """
    names, planned = _arms(shares)
    labels, stratum = _ids(ids), _labels(strata)
    if len(stratum) != len(labels):
        raise InputError(f"strata must hold one label per id, {len(labels)}; got {len(stratum)}.")
    counts, length = _block(planned, block)
    kinds, stratum_codes = np.unique(stratum, return_inverse=True)
    rng = np.random.default_rng(seed)
    codes = np.empty(len(labels), np.int64)
    order = np.argsort(stratum_codes, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(stratum_codes))[:-1]):
        whole = len(rows) // length
        blocks = rng.permuted(np.tile(np.repeat(np.arange(len(names)), counts), (whole, 1)), axis=1)
        codes[rows] = np.concatenate([blocks.ravel(), _shuffled(len(rows) - whole * length, planned, rng)])
    strata_of = tuple(str(kind) for kind in kinds), stratum_codes
    return _assigned("stratified", labels, names, planned, codes, strata_of, length, seed)


def tertile_strata(values: ArrayLike, region: ArrayLike | None = None, *, groups: int = 3) -> NDArray[np.str_]:
    """Cut a metric measured before the experiment into thirds, crossed with a region, as strata of an assignment.

    Equal values share a third, so heavily tied metrics give fewer strata; missing values are strata of their own.

    Parameters
    ----------
    values : array_like, shape (n,)
        NaN where missing.
    region : array_like, shape (n,), optional
        Labels.
    groups : int
        Other than 3 for quarters and so on.

    Examples
    --------
    >>> tertile_strata([1, 2, 3, 4, 5, 6, float("nan")]).tolist()
    ['1', '1', '2', '2', '3', '3', 'missing']
    """
    try:
        metric = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("Thirds need numbers, one per participant.") from None
    if metric.ndim != 1 or np.isinf(metric).any() or not np.isfinite(metric).any():
        raise InputError("Thirds need one number per participant, finite or missing, and one that is not missing.")
    if groups < 2:
        raise InputError(f"groups must be at least 2; got {groups}.")
    known = np.isfinite(metric)
    cuts = np.quantile(metric[known], np.arange(1, groups) / groups)
    third = np.where(known, (np.searchsorted(cuts, metric, side="left") + 1).astype(str), MISSING_STRATUM)
    if region is None:
        return third
    place = _labels(region)
    if len(place) != len(third):
        raise InputError(f"region must hold one label per value, {len(third)}; got {len(place)}.")
    return np.char.add(np.char.add(place, " / "), third)


def _arms(shares: Mapping[str, float]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    if len(shares) < 2:
        raise InputError(f"An assignment needs at least 2 arms; got {list(shares)}.")
    planned = np.array([float(share) for share in shares.values()])
    if not (np.isfinite(planned).all() and (planned > 0).all() and abs(planned.sum() - 1) < 1e-9):
        raise InputError(f"Shares of arms must be positive and sum to 1; got {dict(shares)}.")
    return tuple(label(name) for name in shares), planned / planned.sum()


def _ids(ids: ArrayLike) -> NDArray[np.object_]:
    given = _listed(ids)
    if not given:
        raise InputError("An assignment needs at least one id; got none.")
    if any(_is_missing(each) for each in given):
        raise InputError("Every id must be there; some are missing.")
    try:
        distinct = len(set(given))
    except TypeError:
        raise InputError(f"An id must be a number or a text; got {given[0]!r}.") from None
    if distinct < len(given):
        raise InputError("Every id must occur once, or one participant would get two arms; some occur twice.")
    labels = np.empty(len(given), dtype=object)
    labels[:] = given
    return labels


def _labels(values: ArrayLike) -> NDArray[np.str_]:
    return np.array([MISSING_STRATUM if _is_missing(value) else label(value) for value in _listed(values)], dtype=str)


def _listed(values: ArrayLike) -> list[object]:
    if not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise InputError(f"Ids and labels must be a list; got {values!r}.")
    return list(values)


def _is_missing(value: object) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas' NA compares to nothing
        return True


def _block(planned: NDArray[np.float64], block: int | None) -> tuple[Codes, int]:
    """Return how often each arm occurs in a block, and the block's length."""
    parts = [Fraction(float(share)).limit_denominator(LONGEST_BLOCK) for share in planned]
    shortest = lcm(*(part.denominator for part in parts))
    exact = all(abs(float(part) - share) < 1e-9 for part, share in zip(parts, planned, strict=True))
    if not exact or sum(parts) != 1 or shortest > LONGEST_BLOCK:
        raise InputError(f"Blocks need shares in whole parts of 1/{LONGEST_BLOCK} or less; got {planned.tolist()}.")
    length = shortest if block is None else block
    if length < 1 or length % shortest:
        raise InputError(f"block must be a multiple of {shortest}, the shortest that holds these shares; got {block}.")
    return np.array([int(part * length) for part in parts], dtype=np.int64), length


def _shuffled(n: int, planned: NDArray[np.float64], rng: np.random.Generator) -> Codes:
    """Return n codes in random order, each arm within one of its share."""
    # Rounded, so that a share that fills whole ids loses none to its last digit.
    reached = np.round(np.cumsum(planned) * n, 9)
    whole = np.floor(reached)
    edges = (whole + (reached - whole + rng.random() >= 1)).astype(np.int64)
    return rng.permutation(np.repeat(np.arange(len(planned)), np.diff(edges, prepend=0)))


def _assigned(
    method: Method,
    ids: NDArray[np.object_],
    arms: tuple[str, ...],
    planned: NDArray[np.float64],
    codes: Codes,
    strata: tuple[tuple[str, ...], Codes] | tuple[()],
    block: int | None,
    seed: int,
) -> Assignment:
    names, stratum_codes = strata or (("all",), np.zeros(len(ids), np.int64))
    counts = np.bincount(stratum_codes * len(arms) + codes, minlength=len(names) * len(arms))
    return Assignment(
        method=method,
        ids=ids,
        arms=arms,
        shares=tuple(planned.tolist()),
        strata=names,
        arm_codes=codes.astype(np.int64),
        stratum_codes=stratum_codes.astype(np.int64),
        counts=counts.reshape(len(names), len(arms)).astype(np.int64),
        block=block,
        seed=seed,
    )

"""How many participants several arms need, and how best to share them out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, finite, number
from decision_widgets.estimates.power import Alternative, DfRule
from decision_widgets.estimates.required_size import LEAST
from decision_widgets.estimates.sample_size import control_sizes, whole
from decision_widgets.records import Record

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArmSizes(Record):
    """Participants needed by arms that are compared in pairs.

    Attributes
    ----------
    n_arms : tuple of int
        Of each arm, the largest that any of its pairs needs.
    n_total : int
        Their sum.
    n_at_shares : tuple of int
        The same when traffic keeps its shares: the neediest arm sets the total.
    n_total_at_shares : int
    total_exact : float
        The total at these shares before rounding.
    pairs : tuple of (int, int)
        Positions of the arms compared; the first of each is its control.
    pair_totals : tuple of float
        For each pair, the participants of all arms together, at these shares, that it would need.
    pair_alpha : float
        ``alpha`` over the number of pairs (Bonferroni).
    """

    n_arms: tuple[int, ...]
    n_total: int
    n_at_shares: tuple[int, ...]
    n_total_at_shares: int
    total_exact: float
    pairs: tuple[Pair, ...]
    pair_totals: tuple[float, ...]
    pair_alpha: float


def control_pairs(n_arms: int) -> tuple[Pair, ...]:
    """Compare every arm with the first.

    >>> control_pairs(3)
    ((0, 1), (0, 2))
    """
    return tuple((0, arm) for arm in range(1, n_arms))


def every_pair(n_arms: int) -> tuple[Pair, ...]:
    """Compare every arm with every other.

    >>> every_pair(3)
    ((0, 1), (0, 2), (1, 2))
    """
    return tuple(itertools.combinations(range(n_arms), 2))


def arm_sizes(
    effects: float | Sequence[float],
    variances: float | Sequence[float],
    shares: Sequence[float],
    *,
    pairs: Sequence[Pair] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    alternative: Alternative = "two-sided",
    df_rule: DfRule = "pooled",
) -> ArmSizes:
    """Tell how many participants each of several arms needs, so that every pair has the power.

    Every pair is solved at ``alpha/#pairs`` with the allocation that the shares imply; an arm in several pairs gets the
    largest of their answers, which is conservative.

    Parameters
    ----------
    effects : float or sequence
        Of each pair, in its order, not 0.
    variances : float or sequence
        Of one participant of each arm.
    shares : sequence, length at least 2
        Traffic of each arm, the control first; need not add up to 1.
    pairs : sequence of (int, int), optional
        Every arm against the first by default; see `control_pairs` and `every_pair`.

    Raises
    ------
    InputError
        Shares that are not positive, a pair that names no two arms, lists of the wrong length.

    Examples
    --------
    >>> arm_sizes(0.5, 1.0, [1, 1, 1]).n_arms
    (78, 78, 78)
    """
    part, wanted = _shares_and_pairs(shares, pairs)
    first, second = (np.array(side) for side in zip(*wanted, strict=True))
    variance = _one_each("variances", variances, len(part), "arm")
    exact = control_sizes(
        _one_each("effects", effects, len(wanted), "pair"),
        variance[first],
        variance[second],
        allocation=part[second] / part[first],
        alpha=number("alpha", alpha, 0, 0.5) / len(wanted),
        power=power,
        alternative=alternative,
        df_rule=df_rule,
    )
    totals = exact / part[first]
    most = [totals[(first == arm) | (second == arm)].max(initial=0.0) for arm in range(len(part))]
    n_arms, at_shares = _whole_arms(part * most), _whole_arms(part * totals.max())
    return ArmSizes(
        n_arms=n_arms,
        n_total=sum(n_arms),
        n_at_shares=at_shares,
        n_total_at_shares=sum(at_shares),
        total_exact=float(totals.max()),
        pairs=wanted,
        pair_totals=tuple(float(n) for n in totals),
        pair_alpha=alpha / len(wanted),
    )


def best_control_share(n_treatments: int, *, variance_ratio: float = 1.0) -> float:
    """Tell which share of the traffic the control should have when every treatment is compared with it.

    ``n_c : n_t = √(G·V_c/V_t) : 1`` for G treatments minimises the total (Dunnett 1955; List, Sadoff & Wagner 2011).

    Parameters
    ----------
    variance_ratio : float
        ``V_t/V_c``.

    >>> best_control_share(1), round(best_control_share(4), 4)
    (0.5, 0.3333)
    """
    if n_treatments < 1:
        raise InputError(f"n_treatments must be at least 1; got {n_treatments}.")
    control = float(np.sqrt(n_treatments / number("variance_ratio", variance_ratio, 0)))
    return control / (control + n_treatments)


def allocation_cost(control_share: float, n_treatments: int = 1, *, variance_ratio: float = 1.0) -> float:
    """Tell how many times the best split's participants this split needs for the same precision, at least 1.

    The treatments share the rest equally. For one treatment of equal variance it is ``1/(4p(1 − p))``.

    >>> round(allocation_cost(0.1), 4)
    2.7778
    """
    share = number("control_share", control_share, 0, 1)
    best = best_control_share(n_treatments, variance_ratio=variance_ratio)
    here, least = (1 / p + variance_ratio * n_treatments / (1 - p) for p in (share, best))
    return here / least


def _shares_and_pairs(shares: Sequence[float], pairs: Sequence[Pair] | None) -> tuple[Array, tuple[Pair, ...]]:
    part = finite("shares", list(shares), 0)
    if part.ndim != 1 or len(part) < 2:
        raise InputError(f"Several arms need at least 2 shares; got {part.size}.")
    wanted = control_pairs(len(part)) if pairs is None else tuple((int(a), int(b)) for a, b in pairs)
    if not wanted or any(a == b or not {a, b} <= set(range(len(part))) for a, b in wanted):
        raise InputError(f"pairs must name two different arms from 0 to {len(part) - 1} each; got {list(wanted)}.")
    return part / part.sum(), wanted


def _whole_arms(exact: Array) -> tuple[int, ...]:
    return tuple(max(LEAST, whole(float(n))) for n in exact)


def _one_each(name: str, values: float | Sequence[float], count: int, what: str) -> Array:
    array = finite(name, values)
    if array.ndim == 0:
        return np.full(count, float(array))
    if array.shape != (count,):
        raise InputError(f"{name} must be one number or one per {what}, {count} in all; got {array.size}.")
    return array

"""What an unequal split of participants costs, compared with the best one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_shares
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Allocation(Record):
    """A split of participants against the best split for the same comparisons.

    Attributes
    ----------
    efficiency : float
        Sample of the best split over the sample of this one, at equal power for the worst comparison; at most 1.
    sample_factor : float
        ``1/efficiency``: this split needs so many times the sample of the best one.
    best_control_share : float
        Control's share in the best split; the treatments share the rest equally.
    """

    efficiency: float
    sample_factor: float
    best_control_share: float


def allocation(shares: Sequence[float], *, compare: Literal["control", "all"] = "control") -> Allocation:
    """Tell how much larger an experiment has to be because its arms are not split in the best way.

    A comparison of arms a and b needs a sample in proportion to ``1/s_a + 1/s_b`` (equal variances and costs; List,
    Sadoff & Wagner 2011). Against control the best split gives control √k times a treatment's share and needs
    ``(1+√k)²``; for all pairs of K arms it is equal and needs 2K. With two arms the efficiency is ``4p(1−p)``.

    Parameters
    ----------
    shares : sequence of float
        Of the arms, control first; they sum to 1 or are whole numbers in proportion.
    compare : {"control", "all"}
        Whether treatments are compared with control only, or every pair of arms.

    >>> round(allocation([0.9, 0.1]).efficiency, 6), round(allocation([0.5, 0.25, 0.25]).sample_factor, 6)
    (0.36, 1.029437)
    """
    given = checked_shares(shares)
    if compare not in ("control", "all"):
        raise InputError(f"compare must be 'control' or 'all'; got {compare!r}.")
    cost = 1 / given
    if compare == "control":
        root = math.sqrt(len(given) - 1)
        needed, best, control_share = float(cost[0] + cost[1:].max()), (1 + root) ** 2, 1 / (1 + root)
    else:
        needed, best, control_share = float(np.sort(cost)[-2:].sum()), 2.0 * len(given), 1 / len(given)
    return Allocation(
        efficiency=min(1.0, best / needed), sample_factor=max(1.0, needed / best), best_control_share=control_share
    )

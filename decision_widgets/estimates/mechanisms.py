"""How treatment was dealt to the units of an experiment, so that it can be dealt again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.records import Record

Codes = NDArray[np.intp]
Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IndependentUnits(Record):
    """Each unit had its own coin; `share` is its chance of treatment."""

    share: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise InputError(f"share must be a number between 0 and 1; got {self.share!r}.")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pairs(Record):
    """A fair coin for each pair (AB or BA); of a pair that lost a unit, the other was treated with chance ½."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Complete(Record):
    """`n_treated` of all units were treated, each choice as likely as any other."""

    n_treated: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Blocks(Record):
    """In each block as many units as were observed to be, each choice as likely as any other."""


Mechanism = IndependentUnits | Pairs | Complete | Blocks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deal:
    """A mechanism and the units it dealt to.

    Attributes
    ----------
    block : ndarray of int, shape (U,)
        Units dealt to together; one block where the mechanism has none.
    n_treated : ndarray of int, shape (B,)
        Units treated in each block; −1 where each has a coin of its own.
    share : float
        Chance of treatment of such a coin.
    """

    block: Codes
    n_treated: Codes
    share: float

    @property
    def n_assignments(self) -> int:
        """How many different assignments there are."""
        return math.prod(
            2**size if k < 0 else math.comb(size, k)
            for size, k in zip(np.bincount(self.block).tolist(), self.n_treated.tolist(), strict=True)
        )

    def draw(self, n: int, rng: np.random.Generator) -> Flags:
        """Deal n times; shape (U, n)."""
        dealt = rng.random((len(self.block), n)) < self.share
        together = np.flatnonzero(self.n_treated[self.block] >= 0)
        if len(together):
            block = np.unique(self.block[together], return_inverse=True)[1]
            size, n_treated = np.bincount(block), self.n_treated[self.n_treated >= 0]
            order = np.argsort(block[:, None] + rng.random((len(block), n)), axis=0)
            place = np.arange(len(block)) - np.repeat(np.cumsum(size) - size, size)
            chosen = np.broadcast_to((place < np.repeat(n_treated, size))[:, None], order.shape)
            inner = np.empty_like(chosen)
            np.put_along_axis(inner, order, chosen, axis=0)
            dealt[together] = inner
        return dealt

    def every(self) -> tuple[Flags, Matrix]:
        """Return every assignment, shape (U, A), and its probability, shape (A,)."""
        dealt, probability = np.zeros((len(self.block), 1), dtype=bool), np.ones(1)
        for b, k in enumerate(self.n_treated):
            units = np.flatnonzero(self.block == b)
            choices = [list(chosen) for chosen in combinations(units, k)] if k >= 0 else [[], list(units)]
            odds = np.full(len(choices), 1 / len(choices)) if k >= 0 else np.array([1 - self.share, self.share])
            dealt = np.repeat(dealt, len(choices), axis=1)
            for i, chosen in enumerate(choices):
                dealt[chosen, i :: len(choices)] = True
            probability = np.outer(probability, odds).ravel()
        return dealt, probability


def deal(mechanism: Mechanism, treated: Flags, block: Codes | None) -> Deal:
    """Say how a mechanism deals to the units that were observed, `treated` of shape (U,).

    Raises
    ------
    InputError
        Blocks that are missing, or treatment that the mechanism cannot have dealt.
    """
    if not isinstance(mechanism, Mechanism):
        raise InputError(f"mechanism must be IndependentUnits, Pairs, Complete or Blocks; got {mechanism!r}.")
    n_units, own = len(treated), np.arange(len(treated))
    if isinstance(mechanism, IndependentUnits):
        return Deal(block=own, n_treated=np.full(n_units, -1), share=mechanism.share)
    if isinstance(mechanism, Complete):
        if treated.sum() != mechanism.n_treated:
            raise InputError(f"The mechanism treats {mechanism.n_treated} units; {treated.sum()} are treated.")
        return Deal(block=np.zeros(n_units, dtype=np.intp), n_treated=np.array([mechanism.n_treated]), share=0.5)
    if block is None:
        raise InputError(f"{type(mechanism).__name__} need the block of each unit; give block=.")
    size, count = np.bincount(block), np.bincount(block, treated).astype(np.intp)
    if isinstance(mechanism, Pairs):
        if (size > 2).any() or (count[size == 2] != 1).any():
            raise InputError("A pair has at most 2 units, one treated and one not; give the schedule that was served.")
        count = np.where(size == 2, 1, -1)
    return Deal(block=block, n_treated=count, share=0.5)

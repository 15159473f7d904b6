"""A stretch of history as a switchback would cut it: cells whose treatment coins decide, before any coin is tossed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import Codes, Matrix, Span, absorb


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """How much of the treatment has set in: in cell c the share ``Σ share·D`` over (cell, coin, side, share) lines.

    Lines that are missing from a cell's total of 1 count as control: the time before the run.
    """

    cell: Codes
    coin: Codes
    side: Matrix
    share: Matrix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwitchbackWindow:
    """C cells of a history that could have been an experiment.

    Attributes
    ----------
    weight, outcome : ndarray, shape (C,)
        Fixed positive weights, and the mean of each cell.
    coin : ndarray of int, shape (C,)
        Which toss decides the cell: 0, 1, … of K tosses.
    side : ndarray, shape (C,)
        1 where the cell is treated when the toss shows 1, −1 where it is treated when it shows 0.
    cluster : ndarray of int, shape (C,)
        Codes without gaps, G of them.
    effects : tuple of ndarray of int, shape (C,)
        Codes of each fixed effect, without gaps.
    blocks : ndarray of int, shape (K,), optional
        Tosses that are dealt half and half together; without, each is fair and independent.
    exposure : Exposure, optional
        Where an effect takes longer to set in than the burn-in; else it is whole in every cell.
    """

    weight: Matrix
    outcome: Matrix
    coin: Codes
    side: Matrix
    cluster: Codes
    effects: tuple[Codes, ...]
    blocks: Codes | None = None
    exposure: Exposure | None = None
    n_coins: int = field(default=0)

    def __post_init__(self) -> None:
        if not len(self.weight) or (self.weight <= 0).any():
            raise InputError("A window needs cells, each with a positive weight.")
        if not self.n_coins:
            object.__setattr__(self, "n_coins", int(self.coin.max()) + 1)

    @property
    def n_clusters(self) -> int:
        return int(self.cluster.max()) + 1

    def span(self) -> Span:
        """Return the space of the fixed effects."""
        return absorb(self.effects, self.weight)

    def columns(self) -> sparse.csr_array:
        """Return the treatment by toss, cells scaled by the root of their weight: ``D − ½ = columns @ (toss − ½)``."""
        values = np.sqrt(self.weight) * self.side
        shape = (len(values), self.n_coins)
        return sparse.csr_array((values, (np.arange(len(values)), self.coin)), shape=shape)

    def exposure_columns(self) -> sparse.csr_array:
        """Return the treatment that has set in, by toss; the last column, of a toss that is always 1, is its level."""
        assert self.exposure is not None
        given, root = self.exposure, np.sqrt(self.weight)
        level = np.bincount(given.cell, given.share, len(root)) / 2
        cells = np.concatenate([given.cell, np.arange(len(root))])
        coins = np.concatenate([given.coin, np.full(len(root), self.n_coins)])
        values = np.concatenate([given.share * given.side, 2 * level])  # a toss that is 1 stands ½ above its middle
        return sparse.csr_array((values * root[cells], (cells, coins)), shape=(len(root), self.n_coins + 1))

    def toss(self, n: int, rng: np.random.Generator) -> Matrix:
        """Toss all coins n times: ±½, shape (K, n)."""
        if self.blocks is not None:
            return self._dealt(n, rng) - 0.5
        n_bytes = -(-n // 8)
        bits = np.unpackbits(rng.integers(0, 256, (self.n_coins, n_bytes), dtype=np.uint8), axis=1)[:, :n]
        return np.asarray(bits - 0.5, dtype=np.float64)

    def _dealt(self, n: int, rng: np.random.Generator) -> Matrix:
        """Deal half of each block to treatment; a coin decides about the middle one of an odd number."""
        assert self.blocks is not None
        order = np.argsort(self.blocks, kind="stable")
        block = self.blocks[order]
        size = np.bincount(block)
        place = np.arange(len(block)) - (np.cumsum(size) - size)[block]
        n_treated = size[:, None] // 2 + (rng.random((len(size), n)) < 0.5) * (size % 2)[:, None]
        shuffled = np.argsort(block[:, None] + rng.random((len(block), n)), axis=0)
        dealt = np.empty((len(block), n))
        np.put_along_axis(dealt, shuffled, (place[:, None] < n_treated[block]).astype(float), axis=0)
        tosses = np.empty_like(dealt)
        tosses[order] = dealt
        return tosses


def treatment_of(window: SwitchbackWindow, tosses: Matrix) -> NDArray[np.float64]:
    """Return the treatment of every cell, 0 or 1, under tosses of ±½; shape (C, …)."""
    side = window.side.reshape(-1, *[1] * (tosses.ndim - 1))
    treated: NDArray[np.float64] = 0.5 + side * tosses[window.coin]
    return treated

"""A market of regions by hours, in which slots of hours are switched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Schedule = Literal["iid", "pairs", "day-balanced"]

PERSISTENCE = 0.8
# The effect's share that arrives in the hour of exposure, the next, and the one after.
ARRIVAL = (0.5, 0.3, 0.2)
WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Switchback:
    """Hourly cells of regions over days; every slot's arm is drawn by the schedule, for all regions together or each.

    Hours are seasonal, weekends differ in level and shape; a common and a regional AR(1), a common and a regional
    shock of each day, and noise. The effect differs from slot to slot around its mean. `burn_in` hours are dropped at
    the start of every slot; the effect arrives over three hours where it is `delayed`, else at once.
    """

    schedule: Schedule
    together: bool
    regions: int = 5
    days: int = 14
    slot_hours: int = 2
    burn_in: int = 0
    delayed: bool = False

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> tuple[Array, Array]:
        """Return treatment and outcome of the cells that are kept, shape (n, cells)."""
        arms = self._arms(rng, n)
        slot = np.repeat(arms, self.slot_hours, axis=2)
        y = self._noise(rng, n)
        if effect:
            of_slot = effect * (1 + rng.standard_normal(arms.shape))
            exposed = slot * np.repeat(of_slot, self.slot_hours, axis=2)
            y += self._arrived(exposed)
        kept = self.kept
        return np.broadcast_to(slot, y.shape)[:, :, kept].reshape(n, -1), y[:, :, kept].reshape(n, -1)

    @property
    def hours(self) -> int:
        return 24 * self.days

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which hours of the calendar are analysed."""
        return np.arange(self.hours) % self.slot_hours >= self.burn_in

    def labels(self) -> dict[str, Codes]:
        """Return of each kept cell its region, calendar hour, hour of day and of week, date, slot, pair and unit drawn.

        The unit is one draw of the randomiser: a slot, a pair or a day, of one region where regions are separate.
        """
        hour = np.arange(self.hours)[self.kept]
        region, hour = (axis.ravel() for axis in np.meshgrid(np.arange(self.regions), hour, indexing="ij"))
        slot = hour // self.slot_hours
        drawn = {"iid": slot, "pairs": slot // 2, "day-balanced": hour // 24}[self.schedule]
        return {
            "region": region,
            "calendar hour": hour,
            "hour of day": hour % 24,
            "hour of week": hour % (24 * WEEK),
            "date": hour // 24,
            "region and slot": region * self.hours + slot,
            "unit": drawn if self.together else region * self.hours + drawn,
        }

    def _arms(self, rng: np.random.Generator, n: int) -> Array:
        """Return the arm of each slot, shape (n, 1 or regions, slots)."""
        shape = n, 1 if self.together else self.regions, self.days, 24 // self.slot_hours
        if self.schedule == "iid":
            arms = rng.integers(0, 2, shape)
        elif self.schedule == "pairs":
            first = rng.integers(0, 2, (*shape[:3], shape[3] // 2, 1))
            arms = np.concatenate([first, 1 - first], axis=4)
        else:
            arms = rng.permuted(np.broadcast_to(np.arange(shape[3]) % 2, shape), axis=3)
        return arms.reshape(n, shape[1], -1).astype(float)

    def _noise(self, rng: np.random.Generator, n: int) -> Array:
        everywhere, here = (n, 1, self.hours), (n, self.regions, self.hours)
        y = 0.5 * _autoregression(rng, everywhere) + 0.5 * _autoregression(rng, here) + 0.5 * rng.standard_normal(here)
        for regions in (1, self.regions):
            y += 0.3 * np.repeat(rng.standard_normal((n, regions, self.days)), 24, axis=2)
        angle = 2 * np.pi * np.arange(self.hours) / 24
        weekend = np.arange(self.hours) // 24 % WEEK >= WEEK - 2
        return y + 2 * np.sin(angle) + weekend * (0.5 + 0.8 * np.cos(angle))

    def _arrived(self, exposed: Array) -> Array:
        if not self.delayed:
            return exposed
        return np.asarray(lfilter(ARRIVAL, [1.0], exposed, axis=2))


def _autoregression(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return stationary AR(1) series of variance 1 along the last axis."""
    shocks = math.sqrt(1 - PERSISTENCE**2) * rng.standard_normal(shape)
    shocks[..., 0] /= math.sqrt(1 - PERSISTENCE**2)
    return np.asarray(lfilter([1.0], [1.0, -PERSISTENCE], shocks, axis=-1))

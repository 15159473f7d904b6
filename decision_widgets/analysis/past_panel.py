"""The history of a switchback: regions × stretches of clock, each metric with its totals and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from decision_widgets.data import Listener
from decision_widgets.data.cells import Cells, CellSpec, read_cells
from decision_widgets.design import Metric, Switchback
from decision_widgets.design.clock import DAY
from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import Matrix

HOUR = 60
WEEK = 7 * DAY
ANYWHERE = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastMetric:
    """One metric by region and stretch: totals and sizes (rows, the denominator, or hours of clock), shape (R, T)."""

    metric: Metric
    total: Matrix
    size: Matrix

    @property
    def level(self) -> float:
        """The total over the size, everywhere."""
        return float(self.total.sum() / self.size.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastPanel:
    """R regions by T stretches of `grain` minutes from `start` (minutes since 1970, a midnight), in whole days."""

    start: int
    grain: int
    regions: tuple[str, ...]
    rows: Matrix
    metrics: Mapping[str, PastMetric]

    @property
    def days(self) -> int:
        return self.rows.shape[1] * self.grain // DAY

    def hours(self, values: Matrix) -> Matrix:
        """Add values up to hours; shape (R, hours)."""
        return values.reshape(len(values), -1, HOUR // self.grain).sum(axis=2)


def grain_of(designs: Sequence[Switchback]) -> int:
    """Return the longest stretch that all slots and burn-ins are made of, whole minutes that divide an hour."""
    lengths = [length for each in designs for length in (each.slot, each.burn_in, _offset(each)) if length]
    return gcd(HOUR, *lengths)


def read_past(history: Any, designs: Sequence[Switchback], progress: bool | Listener | None) -> PastPanel:
    """Gather a history by region and stretch, in its engine.

    Raises
    ------
    InputError, ColumnNotFound
        The table lacks a column, or holds other things than the design says.
    """
    design, grain = designs[0], grain_of(designs)
    keys = () if design.region is None else (design.region,)
    spec = CellSpec(keys=keys, outcomes=_outcomes(design), time=design.time, slot_minutes=grain)
    cells = read_cells(history, spec, progress)
    slot = np.asarray(cells.keys["slot"], dtype=np.int64)
    labels = np.zeros(len(slot), dtype=object) if design.region is None else cells.keys[design.region]
    regions, region = np.unique(labels.astype(str), return_inverse=True)
    per_day = DAY // grain
    first, last = -(-int(slot.min()) // per_day), (int(slot.max()) + 1) // per_day
    # A day that begins or ends in the middle would count as gaps.
    first -= int(slot.min()) % per_day * grain <= HOUR and int(slot.min()) % per_day > 0
    last += (int(slot.max()) + 1) % per_day * grain >= DAY - HOUR
    inside = (slot >= first * per_day) & (slot < last * per_day)
    at, shape = (region[inside], slot[inside] - first * per_day), (len(regions), max(last - first, 0) * per_day)
    rows = np.zeros(shape)
    rows[at] = cells.rows[inside]
    return PastPanel(
        start=first * DAY,
        grain=grain,
        regions=(ANYWHERE,) if design.region is None else tuple(map(str, regions)),
        rows=rows,
        metrics={each.name: _past_metric(each, design, cells, inside, at, (shape, grain)) for each in design.metrics},
    )


def _offset(design: Switchback) -> int:
    """Return the minutes of the day at which the first slot begins."""
    return 0 if design.start is None else int(design.start[11:13]) * HOUR + int(design.start[14:16])


def _outcomes(design: Switchback) -> tuple[str, ...]:
    named = [
        name for each in design.metrics for name in (each.numerator or each.name, each.denominator) if name is not None
    ]
    return tuple(name for name in dict.fromkeys(named) if name != design.time)


def _past_metric(
    metric: Metric, design: Switchback, cells: Cells, inside: Any, at: Any, frame: tuple[tuple[int, int], int]
) -> PastMetric:
    shape, grain = frame
    total, size = np.zeros(shape), np.zeros(shape)
    own = cells.outcomes[metric.numerator or metric.name]
    total[at] = (own.weight * own.mean)[inside]
    if metric.denominator is None:
        size[at] = own.weight[inside]
    elif metric.denominator == design.time:
        size += grain / HOUR
    else:
        below = cells.outcomes[metric.denominator]
        size[at] = (below.weight * below.mean)[inside]
    if total.size and not size.sum() > 0:
        raise InputError(f"The history holds no values of {metric.name!r}; check the column.")
    return PastMetric(metric=metric, total=total, size=size)

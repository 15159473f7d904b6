"""The history of a switchback: regions × stretches of clock, each metric with its totals and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import gcd
from typing import Any

import numpy as np

from decision_widgets.data import Listener, SlotMetric, SlotReading, Unreadable
from decision_widgets.data.slots import read_slots
from decision_widgets.design import Metric, Switchback
from decision_widgets.design.clock import DAY, minute_of
from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import Matrix
from decision_widgets.moments import SlotSpec
from decision_widgets.vocabulary import Kind

HOUR = 60
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastMetric:
    """One metric by region and stretch, shape (R, T): rows that enter, their totals, and sizes.

    A size is the rows, the denominator's total, or hours of clock where the region was there.
    """

    metric: Metric
    kind: Kind
    per_hour: bool
    rows: Matrix
    total: Matrix
    size: Matrix

    @property
    def level(self) -> float:
        """The total over the size, everywhere."""
        return float(self.total.sum() / self.size.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastPanel:
    """R regions by T stretches of `grain` minutes from `start` (local minutes since 1970, a midnight), in whole days.

    `unreadable` says of other metrics why they are not here.
    """

    start: int
    grain: int
    regions: tuple[str, ...]
    rows: Matrix
    metrics: Mapping[str, PastMetric]
    unreadable: Mapping[str, Unreadable] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return int(self.rows.shape[1] * self.grain // DAY)

    def hours(self, values: Matrix) -> Matrix:
        """Add values up to hours; shape (R, hours)."""
        return np.asarray(values.reshape(len(values), -1, HOUR // self.grain).sum(axis=2))


def grain_of(designs: Sequence[Switchback]) -> int:
    """Return the longest stretch that all slots and burn-ins are made of, whole minutes that divide an hour."""
    starts = [minute_of(each.start) for each in designs if each.start is not None]
    return gcd(HOUR, *(length for each in designs for length in (each.slot, each.burn_in)), *starts)


def needs_of_history(design: Switchback) -> SlotSpec:
    """Return what a switchback needs from a table of its history, in which nobody has an arm."""
    return replace(design.needs(), arm=None, start=None, end=None, conditions=(), controls=())


def read_past(history: Any, designs: Sequence[Switchback], progress: bool | Listener | None) -> PastPanel:
    """Gather a history by region and stretch, in its engine.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The table lacks a column, holds other things than the design says, or has too little of the deciding metric.
    """
    design, grain = designs[0], grain_of(designs)
    reading = read_slots(history, replace(needs_of_history(design), slot=grain, burn_in=0), progress)
    per_day = DAY // grain
    seen = reading.slot[reading.rows > 0]
    first, last = _whole_days(int(seen.min()), int(seen.max()) + 1, per_day)
    inside = (reading.slot >= first * per_day) & (reading.slot < last * per_day)
    place = _Place(reading=reading, inside=inside, first=first * per_day, n=max(last - first, 0) * per_day)
    read = {each: reading.metrics[each.name] for each in design.metrics}
    return PastPanel(
        start=reading.start + first * DAY,
        grain=grain,
        regions=reading.regions,
        rows=place.of(reading.rows),
        metrics={
            each.name: _past(each, design, own, place) for each, own in read.items() if isinstance(own, SlotMetric)
        },
        unreadable={each.name: own for each, own in read.items() if isinstance(own, Unreadable)},
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """Where cells of a reading stand in the panel."""

    reading: SlotReading
    inside: Any
    first: int
    n: int

    def of(self, values: Any) -> Matrix:
        at = self.reading.region[self.inside] * self.n + self.reading.slot[self.inside] - self.first
        sums = np.bincount(at, values[self.inside].astype(float), minlength=len(self.reading.regions) * self.n)
        return np.asarray(sums.reshape(len(self.reading.regions), self.n))


def _whole_days(first: int, last: int, per_day: int) -> tuple[int, int]:
    """Return the first day that is whole and the end of the last; an hour without rows at an end is no matter."""
    an_hour = max(per_day // 24, 1)
    begin = first // per_day if first % per_day <= an_hour else -(-first // per_day)
    end = -(-last // per_day) if -last % per_day <= an_hour else last // per_day
    return begin, end


def _past(metric: Metric, design: Switchback, read: SlotMetric, place: _Place) -> PastMetric:
    rows, total, size = (place.of(np.nan_to_num(values)) for values in (read.rows, read.total, read.size))
    if place.n and not size.sum() > 0:
        raise InputError(f"The history holds no values of {metric.name!r}; check the column.")
    hours, kind = metric.denominator == design.time, read.recognition.kind
    return PastMetric(metric=metric, kind=kind, per_hour=hours, rows=rows, total=total, size=size)

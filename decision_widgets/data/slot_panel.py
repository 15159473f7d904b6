"""Fine cells of a switchback → the cells of its panel, with those in which nothing happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.slot_clock import DAY, HOUR, Clock, Minutes
from decision_widgets.data.slot_keys import Codes, Labels, groups, joined

NOBODY = -1
WEEK = 168


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """C cells in order: `begin` is the minute at which a place begins; `at` is the cell of each fine one."""

    region: Codes
    begin: Minutes
    arm: NDArray[np.int8]
    labels: Mapping[str, NDArray[np.object_]]
    rows: NDArray[np.int64]
    minutes: NDArray[np.float64]
    at: Codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """Regions and minutes at which places begin; with an arm, labels and rows where there are any."""

    region: Codes
    begin: Minutes
    arm: Codes
    labels: tuple[Codes, ...]
    rows: NDArray[np.float64]

    def columns(self) -> tuple[Codes, ...]:
        """Return what tells cells apart."""
        return (self.region, self.begin, self.arm, *self.labels)


def make_panel(
    clock: Clock,
    minute: Minutes,
    region: Codes,
    arm: NDArray[np.int8],
    labels: Mapping[str, Labels],
    rows: NDArray[np.int64],
) -> Panel:
    """Gather fine cells, shape (F,) each, and add the places of each region's span that have no row."""
    columns = (region, clock.begin_of(minute), arm.astype(np.int64), *(own.codes for own in labels.values()))
    first, at = groups(*columns)
    own_region, begin, own_arm, *codes = (column[first] for column in columns)
    cells = _Places(region=own_region, begin=begin, arm=own_arm, labels=tuple(codes), rows=_by(at, rows))
    empty = _filled(clock, cells, *_without_rows(clock, minute, region, cells))
    both = [np.concatenate(pair) for pair in zip(cells.columns(), empty.columns(), strict=True)]
    counted = np.concatenate([cells.rows, empty.rows])
    order = np.argsort(joined(*both))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    own_region, begin, own_arm, *codes = (column[order] for column in both)
    return Panel(
        region=own_region,
        begin=begin,
        arm=own_arm.astype(np.int8),
        labels={name: _written(own.levels, code) for (name, own), code in zip(labels.items(), codes, strict=True)},
        rows=counted[order].astype(np.int64),
        minutes=_shared(clock.length_of(begin), own_region, begin, counted[order]),
        at=place[at],
    )


def _without_rows(clock: Clock, minute: Minutes, region: Codes, cells: _Places) -> tuple[Codes, Minutes]:
    """List region and begin of the places in which nothing happened."""
    run = clock.places(clock.start, int(minute.max()))
    history = clock.places_of_days(np.unique(minute[minute < clock.start] // DAY))
    history = history[(history >= clock.begin_of(minute.min())) & (history < clock.start)]
    found = []
    for code in np.unique(region):
        own = minute[region == code]
        days = np.unique(own // DAY)
        lower = days[0] * DAY if own.min() >= clock.start else clock.start
        upper = (days[-1] + 1) * DAY if own.max() >= clock.start else clock.start
        begins = np.concatenate(
            [history[np.isin(history // DAY, days)], run[(run >= max(lower, clock.start)) & (run < upper)]]
        )
        found.append(np.setdiff1d(begins, cells.begin[cells.region == code]))
    return np.repeat(np.unique(region), [len(begins) for begins in found]), np.concatenate(found)


def _filled(clock: Clock, cells: _Places, region: Codes, begin: Minutes) -> _Places:
    """Give places without rows an arm and labels, as far as others tell them."""
    regions, begins = np.concatenate([cells.region, region]), np.concatenate([cells.begin, begin])
    _, at = groups(regions, clock.slot_of(begins))
    served, asked = at[: len(cells.rows)], at[len(cells.rows) :]
    n = int(at.max()) + 1
    control, treatment = (_by(served, cells.rows * (cells.arm == arm), n) for arm in (0, 1))
    arm = np.where(control + treatment == 0, NOBODY, treatment > control)[asked]
    return _Places(
        region=region,
        begin=begin,
        arm=arm,
        labels=tuple(_label_near(cells, column, region, begin) for column in cells.labels),
        rows=np.zeros(len(begin)),
    )


def _label_near(cells: _Places, column: Codes, region: Codes, begin: Minutes) -> Codes:
    """Return a label of the places without rows, −1 where nothing tells it.

    What determines the label throughout the table tells it: the region, the hour of the day or week, the day, the day
    of the region, the hour, the hour of the region.
    """
    known = np.full(len(begin), -1, np.int64)
    regions, begins = np.concatenate([cells.region, region]), np.concatenate([cells.begin, begin])
    for determinant in _determinants(regions, begins):
        _, at = groups(*determinant)
        known = np.where(known < 0, _told(at[: len(column)], column, at[len(column) :]), known)
    return known


def _determinants(region: Codes, begin: Minutes) -> Iterator[tuple[Codes, ...]]:
    day, hour = begin // DAY, begin // HOUR
    yield (region,)
    yield (hour % (DAY // HOUR),)
    yield (hour % WEEK,)
    yield (day,)
    yield region, day
    yield (hour,)
    yield region, hour


def _told(at: Codes, column: Codes, asked: Codes) -> Codes:
    """Return the value that a column has in each group asked for; −1 unless every group has but one."""
    n = int(max(at.max(), asked.max(initial=0))) + 1
    lowest, highest = np.full(n, np.iinfo(np.int64).max), np.full(n, -1, np.int64)
    np.minimum.at(lowest, at, column)
    np.maximum.at(highest, at, column)
    return np.full(len(asked), -1, np.int64) if (lowest < highest).any() else highest[asked]


def _by(at: Codes, rows: NDArray[Any], n: int = 0) -> NDArray[np.float64]:
    return np.bincount(at, rows, minlength=n).astype(np.float64)


def _written(levels: tuple[str, ...], codes: Codes) -> NDArray[np.object_]:
    return np.array([*levels, ""], dtype=object)[codes]


def _shared(
    minutes: NDArray[np.float64], region: Codes, begin: Minutes, rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share the minutes of a place among its cells by their rows."""
    _, at = groups(region, begin)
    together = _by(at, rows)[at]
    return np.asarray(np.where(together > 0, minutes * rows / np.maximum(together, 1), minutes))

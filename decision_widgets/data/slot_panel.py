"""Fine cells of a switchback → the cells of its panel, with those in which nothing happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.slot_clock import DAY, HOUR, Clock, Minutes

Codes = NDArray[np.intp]
NOBODY = -1


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


def make_panel(
    clock: Clock,
    minute: Minutes,
    region: Codes,
    arm: NDArray[np.int8],
    labels: Mapping[str, NDArray[np.object_]],
    rows: NDArray[np.int64],
) -> Panel:
    """Gather fine cells, shape (F,) each, and add the places of each region's span that have no row."""
    begin = clock.begin_of(minute)
    levels = {name: np.unique(column, return_inverse=True) for name, column in labels.items()}
    keys = np.column_stack([region, begin, arm, *(code for _, code in levels.values())])
    cells, at = np.unique(keys, axis=0, return_inverse=True)
    empty = _without_rows(clock, minute, region, cells)
    names, texts = list(levels), [level for level, _ in levels.values()]
    filled = np.column_stack(
        [*empty.T, _arm_of_slot(clock, cells, _by(at.ravel(), rows), empty), *_labels_near(cells, empty)]
    )
    everything = np.vstack([cells, filled])
    order = np.lexsort(everything.T[::-1])
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    everything, at = everything[order], place[at.ravel()]
    counted = _by(at, rows, len(order))
    return Panel(
        region=everything[:, 0].astype(np.intp),
        begin=everything[:, 1],
        arm=everything[:, 2].astype(np.int8),
        labels={name: _written(texts[i], everything[:, 3 + i]) for i, name in enumerate(names)},
        rows=counted.astype(np.int64),
        minutes=_shared(clock.length_of(everything[:, 1]), everything[:, :2], counted),
        at=at,
    )


def _without_rows(clock: Clock, minute: Minutes, region: Codes, cells: Minutes) -> Minutes:
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
        begins = np.setdiff1d(begins, cells[cells[:, 0] == code, 1])
        found.append(np.column_stack([np.full(len(begins), code), begins]))
    return np.vstack(found)


def _arm_of_slot(clock: Clock, cells: Minutes, rows: NDArray[np.float64], empty: Minutes) -> Minutes:
    """Return the arm that most rows of the slot and region have, of each place without rows."""
    served = cells[:, 2] != NOBODY
    slots = np.column_stack([np.r_[cells[served, 0], empty[:, 0]], clock.slot_of(np.r_[cells[served, 1], empty[:, 1]])])
    _, at = np.unique(slots, axis=0, return_inverse=True)
    at = at.ravel()
    n, n_served = int(at.max(initial=-1)) + 1, int(served.sum())
    counts = [np.bincount(at[:n_served], rows[served] * (cells[served, 2] == arm), minlength=n) for arm in (0, 1)]
    chosen = np.where(counts[0] + counts[1] == 0, NOBODY, counts[1] > counts[0])
    return np.asarray(chosen[at[n_served:]], np.int64)


def _labels_near(cells: Minutes, empty: Minutes) -> list[Minutes]:
    """Return each label of the places without rows, −1 where nothing tells it.

    What determines a label throughout the table tells it: the region, the hour of the day or week, the day, the day of
    the region, the hour, the hour of the region.
    """
    found = []
    for column in cells.T[3:]:
        known = np.full(len(empty), -1, np.int64)
        for mine, theirs in zip(_determinants(empty), _determinants(cells), strict=True):
            known = np.where(known < 0, _told(theirs, column, mine), known)
        found.append(known)
    return found


def _determinants(places: Minutes) -> Iterator[Minutes]:
    region, begin = places[:, 0], places[:, 1]
    day, hour = begin // DAY, begin // HOUR
    always = np.zeros_like(begin)
    for which, when in (
        (region, always),
        (always, hour % 24),
        (always, hour % 168),
        (always, day),
        (region, day),
        (always, hour),
        (region, hour),
    ):
        yield np.column_stack([which, when])


def _told(groups: Minutes, column: Minutes, asked: Minutes) -> Minutes:
    """Return the value that a column has in each group asked for; −1 unless every group has but one."""
    _, at = np.unique(np.vstack([groups, asked]), axis=0, return_inverse=True)
    at = at.ravel()
    n = int(at.max(initial=-1)) + 1
    lowest, highest = np.full(n, np.iinfo(np.int64).max), np.full(n, -1, np.int64)
    np.minimum.at(lowest, at[: len(groups)], column)
    np.maximum.at(highest, at[: len(groups)], column)
    if (lowest < highest).any():
        return np.full(len(asked), -1, np.int64)
    return highest[at[len(groups) :]]


def _by(at: Codes, rows: NDArray[Any], n: int = 0) -> NDArray[np.float64]:
    return np.bincount(at, rows, minlength=n).astype(np.float64)


def _written(levels: NDArray[np.object_], codes: Minutes) -> NDArray[np.object_]:
    return np.array([*levels, ""], dtype=object)[codes]


def _shared(minutes: NDArray[np.float64], places: Minutes, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share the minutes of a place among its cells by their rows."""
    _, at = np.unique(places, axis=0, return_inverse=True)
    together = _by(at.ravel(), rows)[at.ravel()]
    return np.asarray(np.where(together > 0, minutes * rows / np.maximum(together, 1), minutes))

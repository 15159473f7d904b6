"""Cells of a switchback as its regression reads them: outcome, weight, fixed effects, clusters, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.analysis.slot_run import SlotRun, clusters_of
from decision_widgets.analysis.time_effects import HOURS, TIME_NAMES, WEEK, time_effects_of, time_labels, week_hour
from decision_widgets.data import SlotMetric
from decision_widgets.design import Metric
from decision_widgets.estimates import PanelCells
from decision_widgets.vocabulary import TimeEffects

HISTORY_FOR_WEIGHTS: Final = 14
HISTORY_FOR_COVARIATE: Final = 7

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetricCells:
    """The analysed cells of one metric.

    Attributes
    ----------
    at : ndarray of int
        Their places in the reading.
    panel : PanelCells
        In the metric's own unit.
    time_fe : str
        What the effects of time became.
    weights : str
        What the weights are, in words.
    """

    at: Codes
    panel: PanelCells
    time_fe: TimeEffects
    weights: str


def analysed(run: SlotRun, parts: int) -> Codes:
    """Return the places of the cells of all kept slots, without their first `parts` parts.

    Under the minimax plan only the first slot of a stretch has a burn-in: nothing was drawn at the others.
    """
    reading = run.reading
    inside = (reading.slot >= 0) & (reading.slot < run.n_slots)
    slot = np.where(inside, reading.slot, 0)
    inside &= run.kept[reading.region, slot] & (reading.minutes > 0)
    if run.design.arm is not None:
        inside &= reading.arm >= 0
    begins = run.first_of_draw == np.arange(run.n_slots)
    drawn = begins[slot] if run.design.assignment == "minimax" else np.ones(len(slot), dtype=bool)
    return np.flatnonzero(inside & ((reading.part >= parts) | ~drawn)).astype(np.intp)


def is_per_hour(run: SlotRun, metric: Metric) -> bool:
    """Tell whether a metric is a total per region and hour."""
    return metric.denominator is not None and metric.denominator == run.design.time


def metric_cells(run: SlotRun, metric: Metric, read: SlotMetric, parts: int) -> MetricCells:
    """Gather what the regression of a metric needs; cells in which it has no value are left out."""
    at = analysed(run, parts)
    weight, words = _weights(run, metric, read)
    at = at[
        ((read.size > 0) & np.isfinite(read.total) & np.isfinite(read.size) & np.isfinite(weight) & (weight > 0))[at]
    ]
    return MetricCells(
        at=at,
        panel=_panel(run, metric, read, at, weight[at]),
        time_fe=resolved_time(run),
        weights=words,
    )


def _panel(run: SlotRun, metric: Metric, read: SlotMetric, at: Codes, weight: Floats) -> PanelCells:
    total, size, within = read.total[at], read.size[at], read.within[at]
    # Only ratios of weights matter: their sum is the number of rows, so that degrees of freedom are those of rows.
    if len(at) and not (run.design.weights == "rows" and metric.denominator is None):
        weight = weight * max(float(read.rows[at].sum()), float(len(at))) / float(weight.sum())
    spread = within * weight / size if metric.denominator is None else np.zeros(len(at))
    region, slot = run.reading.region[at], run.reading.slot[at]
    return PanelCells(
        weight=weight,
        mean=total / size,
        within=spread,
        treatment=(run.served[region, slot] == 1).astype(np.float64),
        fixed_effects=fixed_effects(run, at),
        cluster=clusters_of(run).label[region, slot],
        controls=_controls(run, at, weight),
    )


def resolved_time(run: SlotRun) -> TimeEffects:
    """Say which effects of time the design's own word became."""
    return time_effects_of(run.design, int(run.kept.any(axis=1).sum()), run.days)


def time_names(run: SlotRun) -> tuple[str, ...]:
    """Name the fixed effects of time."""
    return TIME_NAMES[resolved_time(run)]


def fixed_effects(run: SlotRun, at: Codes) -> dict[str, NDArray[Any]]:
    """Return the labels of every fixed effect, by name: of time, of regions, and those the design adds."""
    design = run.design
    found: dict[str, NDArray[Any]] = {**time_labels(resolved_time(run), run.reading.hour[at])}
    if design.region_fe and len(np.unique(run.reading.region[at])) > 1:
        found["region"] = run.reading.region[at]
    return found | {name: run.reading.labels[name][at] for name in design.fixed_effects}


def _controls(run: SlotRun, at: Codes, weight: Floats) -> dict[str, Floats]:
    """Return the design's controls; a cell without a value has the mean, and an indicator where some have one."""
    found: dict[str, Floats] = {}
    for name in run.design.controls:
        values = run.reading.controls[name][at]
        found |= completed(name, values, weight)
    return found


def completed(name: str, values: Floats, weight: Floats) -> dict[str, Floats]:
    """Fill what is missing with the weighted mean, and add an indicator of it."""
    known = np.isfinite(values)
    if known.all() or not known.any():
        return {name: np.where(known, values, 0.0)}
    mean = float(np.average(values[known], weights=weight[known]))
    return {name: np.where(known, values, mean), f"{name} is missing": (~known).astype(np.float64)}


def history_days(run: SlotRun) -> float:
    """Return for how many days before the first slot there are rows, as hours over 24."""
    hours = run.reading.hour[(run.reading.slot < 0) & (run.reading.rows > 0)]
    return len(np.unique(hours)) / HOURS


def usual(run: SlotRun, values: Floats, *, before: bool) -> Floats:
    """Return the mean of a total per clock hour, for every cell's region and hour: of the week before, of the day in.

    `before` takes the history's hours of the week, else the run's hours of the day. An hour in which no region has a
    row was not observed.
    """
    reading = run.reading
    own = (reading.slot < 0) if before else (reading.slot >= 0)
    key = week_hour(reading.hour) if before else reading.hour % HOURS
    length = WEEK if before else HOURS
    seen = np.unique(reading.hour[own & (reading.rows > 0)])
    times = np.bincount((week_hour(seen) if before else seen % HOURS).astype(np.intp), minlength=length)
    place = (reading.region * length + key).astype(np.intp)
    sums = np.bincount(place[own], values[own], minlength=len(reading.regions) * length)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = sums.reshape(-1, length) / times
    return np.asarray(rates.ravel()[place])


def _weights(run: SlotRun, metric: Metric, read: SlotMetric) -> tuple[Floats, str]:
    """Return the weight of every cell of the reading, in the unit of the metric's size, and what it is."""
    kind, minutes = run.design.weights, run.reading.minutes
    if kind == "rows" and not is_per_hour(run, metric):
        return read.size, "the rows they have"
    if kind == "hours" or is_per_hour(run, metric):
        return minutes * (1 / 60 if is_per_hour(run, metric) else _mean_size(run, read)), "minutes"
    in_run = usual(run, read.size, before=False)
    words = "usual rows of region and hour of the day"
    if history_days(run) >= HISTORY_FOR_WEIGHTS:
        rate = usual(run, read.size, before=True)
        before = np.isfinite(rate) & (rate > 0)
        both = before & np.isfinite(in_run) & (in_run > 0) & (run.reading.slot >= 0)
        # What has no history counts as the run says, on the history's scale.
        scale = float(rate[both].sum() / in_run[both].sum()) if both.any() else 1.0
        in_run = np.where(before, rate, in_run * scale)
        words = "usual rows of region and hour of the week before"
    return in_run * minutes / 60, words


def _mean_size(run: SlotRun, read: SlotMetric) -> float:
    own = run.reading.slot >= 0
    return float(read.size[own].sum() / run.reading.minutes[own].sum())


def history_covariate(
    run: SlotRun, metric: Metric, read: SlotMetric, cells: MetricCells
) -> tuple[Mapping[str, Floats], float] | None:
    """Return the metric's own level in the same region and hour of the week before the run, as controls.

    Also the share of cells without one, which have their region's mean and an indicator. ``None`` without 7 days of
    history, or where nothing of it is known.
    """
    if history_days(run) < HISTORY_FOR_COVARIATE:
        return None
    totals = usual(run, read.total, before=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = totals if is_per_hour(run, metric) else totals / usual(run, read.size, before=True)
    values = np.where(np.isfinite(levels), levels, np.nan)[cells.at]
    known, region = np.isfinite(values), run.reading.region[cells.at]
    if not known.any() or np.ptp(values[known]) == 0:
        return None
    missing = float(1 - known.mean())
    for code in np.unique(region[~known]):
        own = known & (region == code)
        values[~known & (region == code)] = values[own].mean() if own.any() else values[known].mean()
    found = {"level before": values}
    if missing:
        found["level before is missing"] = (~known).astype(np.float64)
    return found, missing

"""What is to be known about the metrics of a switchback before any effect is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from decision_widgets.analysis.slot_cells import is_per_hour
from decision_widgets.analysis.slot_run import NOTHING, SlotRun
from decision_widgets.data import SlotMetric, Unreadable
from decision_widgets.design import Metric
from decision_widgets.results import Message
from decision_widgets.views import numbers

MISSING_ABOVE: Final = 0.05
EMPTY_ABOVE: Final = 0.02


def metric_messages(run: SlotRun) -> Iterator[Message]:
    """Judge each metric's data; an error here refuses that metric alone."""
    metrics = run.reading.metrics
    fine = sum(isinstance(read, Unreadable) for read in metrics.values()) == 1 and len(metrics) > 1
    for metric in run.design.metrics:
        read = metrics[metric.name]
        if isinstance(read, Unreadable):
            others = " The other metrics are fine." if fine else ""
            yield Message.of("E_METRIC_KIND", metric=metric.name, what=read.what + others, remedy=read.remedy)
        elif is_per_hour(run, metric) and (share := _empty_share(run)) > EMPTY_ABOVE:
            what = f"{numbers.level_percent(share)} of its slots have no rows, and nobody knows whether they are 0."
            remedy = "give a row with 0 for every region and hour without any"
            yield Message.of("E_METRIC_KIND", metric=metric.name, what=what, remedy=remedy)
        else:
            yield from _about(run, metric, read)


def _empty_share(run: SlotRun) -> float:
    """Return the share of slots without rows, within each region's first and last one with some."""
    empty, inside = 0, 0
    for own in run.served != NOTHING:
        at = np.flatnonzero(own)
        if len(at):
            inside += int(at[-1] - at[0]) + 1
            empty += int(at[-1] - at[0]) + 1 - len(at)
    return empty / inside if inside else 0.0


def _about(run: SlotRun, metric: Metric, read: SlotMetric) -> Iterator[Message]:
    found, name = read.recognition, metric.name
    if found.mapping is not None and found.kind == "binary":
        yield Message.of("I_BINARY_MAP", metric=name, zero=f"'{found.mapping[0]}'", one=f"'{found.mapping[1]}'")
    if found.largest is not None:
        yield Message.of("I_COUNT_OR_MONEY", metric=name, largest=numbers.integer(found.largest))
    if metric.role == "guardrail" and metric.limit is None:
        yield Message.of("E_NI_MARGIN", metric=name)
    if metric.covariates:
        what = f"covariates of {name}"
        why = "A switchback is adjusted by controls=, and by its own weeks before where the table holds them."
        yield Message.of("W_NOT_APPLIED", what=what, why=why)
    in_run = run.reading.slot >= 0
    missing, rows = float(read.missing[in_run].sum()), float(run.reading.rows[in_run].sum())
    if missing:
        share = missing / rows
        code = "W_MISSING" if share > MISSING_ABOVE else "I_MISSING"
        handled = "counted as 0" if run.design.missing == "zero" else "left out"
        facts = {"percent": numbers.level_percent(share), "n": numbers.integer(missing), "handled": handled}
        yield Message.of(code, metric=name, by_arm="", **facts)

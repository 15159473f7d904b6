"""From a table to the store: the metrics of a list are summed up and published together."""

from __future__ import annotations

from datetime import date
from typing import Any

from decision_widgets.analysis.summaries import summarize
from decision_widgets.data import Listener
from decision_widgets.data.store import MetricStore, Publication
from decision_widgets.design import CommonMetrics, Metric
from decision_widgets.errors import ColumnNotFound, InputError, MissingValues
from decision_widgets.moments import HistorySummary, MetricSummary, RefusedMetric


def publish_common_metrics(
    data: Any,
    metrics: CommonMetrics,
    store: MetricStore,
    *,
    as_of: date | str | None = None,
    progress: bool | Listener | None = None,
) -> Publication:
    """Sum up a table and publish each metric that can be read; the others are handed back with the reason.

    Parameters
    ----------
    data : table
        Anything that ``summarize`` reads.
    metrics : CommonMetrics
        Which metrics, by which columns.
    store : MetricStore
    as_of : date, optional
        The day up to which a table without a time is true.
    progress : bool, callable, optional
        As in ``analyze``.

    Raises
    ------
    InputError
        The table cannot be read at all, or the store is not there; nothing was published.
    """
    return store.publish(_summaries(data, metrics, progress), as_of=as_of)


def _summaries(data: Any, asked: CommonMetrics, progress: bool | Listener | None) -> HistorySummary:
    try:
        return _summarize(data, asked, asked.metrics, progress)
    except (ColumnNotFound, MissingValues) as problem:
        return _one_by_one(data, asked, progress, problem)


def _one_by_one(
    data: Any, asked: CommonMetrics, progress: bool | Listener | None, problem: InputError
) -> HistorySummary:
    """Find the metrics that stand in the way of the others."""
    found: list[MetricSummary] = []
    refused: list[RefusedMetric] = []
    for metric in asked.metrics:
        try:
            alone = _summarize(data, asked, (metric,), progress)
        except (ColumnNotFound, MissingValues) as own:
            remedy = "mend its columns" if isinstance(own, ColumnNotFound) else "write missing: drop, or missing: zero"
            refused.append(RefusedMetric(metric=metric.name, what=str(own), remedy=remedy))
        else:
            found += alone.metrics
            refused += alone.refused
    if not found and len({each.what for each in refused}) == 1:
        raise problem  # of the table, and of no metric
    return HistorySummary(metrics=tuple(found), refused=tuple(refused))


def _summarize(
    data: Any, asked: CommonMetrics, metrics: tuple[Metric, ...], progress: bool | Listener | None
) -> HistorySummary:
    return summarize(
        data,
        metrics=metrics,
        participant=asked.participant,
        time=asked.time,
        missing=asked.missing,
        population=asked.population,
        progress=progress,
    )

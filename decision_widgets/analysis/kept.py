"""What an advice keeps of its history, so that it can be asked again without the data."""

from __future__ import annotations

from collections.abc import Mapping

from decision_widgets.analysis.past import Past, past_from
from decision_widgets.analysis.sources import Known
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.moments import HistorySummary, MetricSummary, RefusedMetric, TypedSummary
from decision_widgets.results.sizing import SizingAdvice

Pasts = Mapping[str, Past | CannotEstimate]


def kept_history(pasts: Pasts) -> tuple[HistorySummary | None, tuple[TypedSummary, ...]]:
    """Return the sums that came from data, with what could not be read (``None`` without data), and what was typed."""
    summaries = [past.summary for past in pasts.values() if isinstance(past, Past)]
    read = tuple(summary for summary in summaries if isinstance(summary, MetricSummary))
    typed = tuple(summary for summary in summaries if isinstance(summary, TypedSummary))
    refused = tuple(
        RefusedMetric(metric=name, what=str(past), remedy=str(past.facts.get("remedy", "")))
        for name, past in pasts.items()
        if isinstance(past, CannotEstimate)
    )
    return (HistorySummary(metrics=read, refused=refused) if read or refused else None), typed


def kept_pasts(advice: SizingAdvice) -> dict[str, Past | CannotEstimate]:
    """Return the past of every metric of an advice.

    Raises
    ------
    InputError
        The advice was saved without its history.
    """
    known: dict[str, Known] = {typed.metric: typed for typed in advice.typed}
    if advice.past is not None:
        known |= {each.metric: each for each in advice.past.metrics}
        known |= {each.metric: each for each in advice.past.refused}
    missing = [metric.name for metric in advice.design.metrics if metric.name not in known]
    if missing:
        raise InputError(f"This advice was saved without the history of {missing[0]!r}; call advise again.")
    return {metric.name: past_from(known[metric.name], advice.question.estimand) for metric in advice.design.metrics}

"""Where a metric's past was kept: summaries given by hand, or a store that knows them by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from decision_widgets.data.store import MetricStore
from decision_widgets.data.tables import is_table
from decision_widgets.errors import InputError, MetricNotFound
from decision_widgets.moments import MetricSummary, RefusedMetric, SummarySource, TypedSummary
from decision_widgets.moments.summary import among

Known = MetricSummary | TypedSummary | RefusedMetric
_OF_A_PATH: Final = re.compile(r"[/\\*?]|\.(csv|parquet)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Several:
    """Summaries given one by one; a text is the name of a metric in the store."""

    known: Mapping[str, Known | str]

    def summary(self, metric: str) -> Known:
        """Return the one of this metric."""
        found = among(self.known, metric)
        return MetricStore().summary(found) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class _Named:
    """One metric of the store."""

    name: str

    def summary(self, metric: str) -> MetricSummary:
        """Return it when it is the metric of the design."""
        try:
            found = MetricStore().summary(self.name)
        except MetricNotFound as problem:
            raise MetricNotFound(f"{problem} Nor is there a file of data called {self.name!r}.") from None
        if metric != self.name:
            raise InputError(
                f"The history is the metric {self.name!r} of the store, and the design has {metric!r} too. "
                f"Give MetricStore() to find each by its name, or {{{metric!r}: 'its name in the store', …}}."
            )
        return found


def kept_source(history: Any) -> SummarySource | None:
    """Return what knows summaries that were made earlier; ``None`` for a table."""
    if isinstance(history, str) and not _OF_A_PATH.search(history) and not Path(history).exists():
        return _Named(history)
    if is_table(history):  # a Spark frame has a method `summary` too
        return None
    if callable(getattr(history, "summary", None)) and not isinstance(history, type):
        source: SummarySource = history
        return source
    if isinstance(history, Mapping):
        return _Several({str(name): _summary_of(each) for name, each in history.items()})
    if isinstance(history, list | tuple) and history and all(map(_is_summary, history)):
        return _Several({each.metric: each for each in history})
    return None


def _is_summary(each: object) -> bool:
    return isinstance(each, MetricSummary | TypedSummary)


def _summary_of(each: object) -> Known | str:
    if not isinstance(each, MetricSummary | TypedSummary | str):
        raise InputError(
            "A mapping as history holds a name in the store, a MetricSummary or TypedSummary under each metric's name; "
            f"got {type(each).__name__}."
        )
    return each

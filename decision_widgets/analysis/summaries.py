"""From a table of the past to the sums from which experiments are planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from decision_widgets import checks
from decision_widgets.data import Listener
from decision_widgets.data.history import read_history
from decision_widgets.design import Metric
from decision_widgets.design.metric import read_metrics
from decision_widgets.errors import InputError
from decision_widgets.moments import HistorySpec, HistorySummary
from decision_widgets.vocabulary import Missing, words


def summarize(
    data: Any,
    *,
    metrics: str | Mapping[str, Any] | Metric | Iterable[str | Mapping[str, Any] | Metric],
    participant: str | None = None,
    time: str | None = None,
    missing: Missing = "raise",
    population: str | None = None,
    as_of: date | str | None = None,
    progress: bool | Listener | None = None,
) -> HistorySummary:
    """Sum a table of the past up to what planning needs, so that experiments can be planned without it.

    Parameters
    ----------
    data : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many. It has no arms.
    metrics : Metric, str or mapping, or a sequence of them
        As in a design.
    participant : str, optional
        Column: who. Left out, every row is one participant.
    time : str, optional
        Column of dates or timestamps; without it no number of days can be planned, and nothing is known of what
        covariates would remove.
    missing : {"raise", "drop", "zero"}
        What to do with rows without a value.
    population : str, optional
        Of whom, in your words.
    as_of : date, optional
        The day up to which it is true; by default the last day of the table.
    progress : bool, callable, optional
        As in ``analyze``.

    Returns
    -------
    HistorySummary
        A ``MetricSummary`` per metric (``summary(name)``), and why others could not be read; `to_json` and `from_json`
        keep and restore them.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The table does not fit; nothing was computed.

    Examples
    --------
    >>> import decision_widgets as dw
    >>> past = dw.summarize(dw.examples.ride_hailing(riders=200), metrics="booked", participant="rider_id", time="time")
    >>> past.summary("booked").n_days
    14
    """
    problems = checks.problems(
        {
            "participant": checks.Optional(checks.Name()),
            "time": checks.Optional(checks.Name()),
            "missing": checks.OneOf(words(Missing)),
            "population": checks.Optional(checks.Name()),
        },
        {"participant": participant, "time": time, "missing": missing, "population": population},
    )
    day = checks.as_day(as_of)
    problems += filter(None, [checks.as_of_problem(as_of)])
    read = list(read_metrics(metrics, "summarize", problems))
    names = [metric.name for metric in read]
    problems += [f"Two metrics are called {name!r}." for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise InputError.together("summarize", problems)
    columns = tuple(metric.columns() for metric in read)
    found = read_history(
        data, HistorySpec(participant=participant, time=time, metrics=columns, missing=missing), progress
    )
    given: dict[str, Any] = {"population": population} | ({} if day is None else {"as_of": day})
    return replace(found, metrics=tuple(replace(each, **given) for each in found.metrics))

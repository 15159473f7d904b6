"""The door of the room: recognise the table, check it, reduce it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from decision_widgets.data.columns import read_column, rows_without_value
from decision_widgets.data.frame import Assignment, assignment, calendar, check_columns, fingerprint
from decision_widgets.data.metric import read_metric
from decision_widgets.data.reading import MetricReading, Reading, Unreadable
from decision_widgets.errors import InputError, MissingValues, listed
from decision_widgets.moments import MetricColumns, MomentSpec


def read_moments(table: Any, spec: MomentSpec) -> Reading:
    """Reduce a table to the moments that a design needs, in one pass over its rows.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per observation; a participant may have many.
    spec : MomentSpec
        From ``design.needs()``.

    Raises
    ------
    InputError
        The table is not a pandas frame, is empty, or holds one arm only or an arm that the design does not name.
    ColumnNotFound
        A column that the design names is not there.
    MissingValues
        Values are missing and ``missing="raise"``.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(table, pandas.DataFrame):
        raise InputError(
            f"The data must be a pandas DataFrame with one row per observation; got {type(table).__name__}. "
            "Convert it first, for example with .to_pandas()."
        )
    check_columns(table, spec)
    if len(table) == 0:
        raise InputError("The table has no rows; check the query or the filter before it.")
    who = assignment(table, spec)
    metrics = {columns.metric: _read_one(table, columns, who, spec) for columns in spec.metrics}
    _raise_if_missing(spec, who, metrics)
    first_day, last_day, days = calendar(table, spec.time)
    return Reading(
        arms=who.arms,
        participants=who.participants,
        n_rows=len(table),
        left_out=who.left_out,
        n_contaminated=who.n_contaminated,
        days=days,
        first_day=first_day,
        last_day=last_day,
        fingerprint=fingerprint(table, spec),
        metrics=metrics,
    )


def _read_one(table: Any, columns: MetricColumns, who: Assignment, spec: MomentSpec) -> MetricReading | Unreadable:
    numerator = read_column(table[columns.numerator], columns.numerator, declared=columns.kind)
    if isinstance(numerator, Unreadable):
        return numerator
    if columns.denominator is None:
        return read_metric(numerator, None, columns, who, spec.missing)
    if columns.denominator == spec.participant:
        absent = np.isnan(numerator.values)
        counted = np.ones_like(absent) if spec.missing == "zero" else ~absent
        return read_metric(numerator, who.once(counted), columns, who, spec.missing)
    denominator = read_column(table[columns.denominator], columns.denominator, declared="continuous")
    if isinstance(denominator, Unreadable):
        return denominator
    below = denominator.values < 0
    if below.any():
        return Unreadable(
            what=f"Its denominator '{columns.denominator}' is negative in {below.sum():,} rows, "
            f"first in row {int(np.argmax(below)):,}.",
            remedy="a ratio of totals needs a denominator of 0 or more",
        )
    return read_metric(numerator, denominator.values, columns, who, spec.missing)


def _raise_if_missing(spec: MomentSpec, who: Assignment, metrics: dict[str, MetricReading | Unreadable]) -> None:
    if spec.missing != "raise":
        return
    problems = [f"{n:,} rows have no {reason}" for reason, n in who.left_out.items() if reason != "several arms" and n]
    for name, reading in metrics.items():
        count = 0 if isinstance(reading, Unreadable) else sum(reading.missing.values())
        if count:
            total = sum(reading.rows.values()) if isinstance(reading, MetricReading) else 0
            problems.append(f"metric {name!r} is missing in {count:,} of {total:,} rows{rows_without_value(reading)}")
    if problems:
        raise MissingValues(
            f"Values are missing: {listed(problems)}. Say what to do with such rows: "
            'missing="drop" leaves them out and counts them, missing="zero" counts an absent outcome as 0.'
        )

"""The door of the room: recognise the table, check it, reduce it in its engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from decision_widgets.data.arms import arms_in_order
from decision_widgets.data.columns import check_ids
from decision_widgets.data.each_metric import read_what_can_be_read
from decision_widgets.data.engine import Engine
from decision_widgets.data.metrics import MetricReader, Metrics
from decision_widgets.data.missing import missing_values, rows_without
from decision_widgets.data.overview import Overview, look_over
from decision_widgets.data.people import arm_codes
from decision_widgets.data.progress import Listener, Watch, counted
from decision_widgets.data.reading import MetricReading, Reading, Unreadable
from decision_widgets.data.seen import remember
from decision_widgets.data.until import up_to
from decision_widgets.errors import InputError
from decision_widgets.moments import MomentSpec, label


def read_moments(table: Any, spec: MomentSpec, progress: bool | Listener | None = None) -> Reading:
    """Reduce a table to the moments that a design needs, where its rows are.

    Two scans: one flat, arm by arm (what the columns hold), one that gathers rows to participants, for all metrics
    together. Nothing leaves the engine but sums.

    Parameters
    ----------
    table : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many.
    spec : MomentSpec
        From ``design.needs()``.
    progress : bool, callable, optional
        As in ``analyze``.

    Raises
    ------
    InputError
        The table is none of these, is empty, or holds one arm only or an arm that the design does not name.
    ColumnNotFound
        A column that the design names is not there.
    MissingValues
        Values are missing and ``missing="raise"``.
    EngineFailed
        The engine could not read any metric; one that alone cannot be read is refused and the others are read.
    """
    reading, failed = read_what_can_be_read(table, spec, progress, _read)
    if failed:
        metrics = {c.metric: failed.get(c.metric) or reading.metrics[c.metric] for c in spec.metrics}
        reading = replace(reading, metrics=metrics)
    remember(table, spec.columns(), reading.fingerprint)
    return reading


def _read(engine: Engine, spec: MomentSpec, watch: Watch) -> Reading:
    types = engine.types()
    check_ids(engine, spec.participant, types)
    engine = up_to(engine, spec, types)
    watch.stage(f"Looking at {counted(len(spec.columns()), 'column')}")
    overview = look_over(engine, spec, types)
    arms, labels = _arms(overview, spec)
    codes = dict(zip(arm_codes(len(arms)), arms, strict=True))
    reader = MetricReader(
        engine=engine, spec=spec, types=types, overview=overview, arms=codes, labels=labels, watch=watch
    )
    read = reader.read()
    left_out = {spec.arm: overview.without_arm}
    if spec.participant is not None:
        if read.census.rows == 0:
            raise InputError(f"The participant column {spec.participant!r} is missing in every row; check the join.")
        left_out = {spec.participant: overview.n_rows - overview.without_arm - read.census.rows} | left_out
    _raise_if_missing(spec, left_out | ({spec.time: overview.without_time} if spec.time else {}), read.metrics)
    return Reading(
        arms=arms,
        participants=read.participants,
        n_rows=overview.n_rows,
        left_out=left_out | {"several arms": read.census.rows_torn},
        n_contaminated=read.census.n_torn,
        days=_days(overview),
        first_day=_iso(overview.first_day),
        last_day=_iso(overview.last_day),
        fingerprint=_fingerprint(overview, read),
        metrics=read.metrics,
        groups=read.groups,
        people=read.people,
    )


def _fingerprint(overview: Overview, read: Metrics) -> str:
    """Hash the rows by arm, the participants with their number of rows, and to four digits how values are shared out.

    The last are sums of decimals, of which no two runs give the same last digits.
    """
    spread = [
        f"{name} {arm} {moments.sums.residual:.3e}"
        for name, metric in read.metrics.items()
        if isinstance(metric, MetricReading)
        for arm, moments in metric.arms.items()
    ]
    facts = [overview.n_rows, overview.row_hashes, read.census.hashes, *spread]
    return sha256("\n".join(map(str, facts)).encode()).hexdigest()[:12]


def _days(overview: Overview) -> int | None:
    if overview.first_day is None or overview.last_day is None:
        return None
    return (overview.last_day - overview.first_day).days + 1


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _arms(overview: Overview, spec: MomentSpec) -> tuple[tuple[str, ...], dict[str, list[Any]]]:
    names = [label(value) for value, _ in overview.labels]
    arms = arms_in_order(names, spec)
    by_arm: dict[str, list[Any]] = {name: [] for name in arms}
    for (value, _), name in zip(overview.labels, names, strict=True):
        by_arm[name].append(value)
    return arms, by_arm


def _raise_if_missing(
    spec: MomentSpec, left_out: Mapping[str, int], metrics: Mapping[str, MetricReading | Unreadable]
) -> None:
    if spec.missing != "raise":
        return
    problems = rows_without(left_out, spec.time)
    for name, reading in metrics.items():
        if isinstance(reading, MetricReading) and (count := sum(reading.missing.values())):
            where = ", ".join(f"{arm}: {n:,}" for arm, n in reading.missing.items())
            problems.append(f"metric {name!r} is missing in {count:,} of {sum(reading.rows.values()):,} rows ({where})")
    if problems:
        raise missing_values(problems)

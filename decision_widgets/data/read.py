"""The door of the room: recognise the table, check it, reduce it in its engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from decision_widgets.data.engine import ColumnType, Engine, as_key, as_label, literal
from decision_widgets.data.overview import PART_OF_RATIO, Column, Overview, look_over
from decision_widgets.data.reading import MetricReading, Reading, Unreadable
from decision_widgets.data.reduction import Reduced, Terms, reduce_table
from decision_widgets.data.tables import open_table
from decision_widgets.errors import EngineFailed, InputError, MissingValues, did_you_mean, listed
from decision_widgets.moments import MetricColumns, MomentSpec, label


def read_moments(table: Any, spec: MomentSpec) -> Reading:
    """Reduce a table to the moments that a design needs, where its rows are.

    Two scans: one flat, arm by arm (what the columns hold), one that gathers rows to participants, for all metrics
    together. Nothing leaves the engine but sums.

    Parameters
    ----------
    table : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many.
    spec : MomentSpec
        From ``design.needs()``.

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
    engine = open_table(table, spec)
    try:
        return _read(engine, spec)
    except EngineFailed as problem:
        return _read_what_can_be_read(engine, spec, problem)
    finally:
        engine.close()


def _read_what_can_be_read(engine: Engine, spec: MomentSpec, problem: EngineFailed) -> Reading:
    """Find the metrics that the engine cannot read, one by one, and read the others together."""
    failed = {}
    for columns in spec.metrics:
        try:
            _read(engine, replace(spec, metrics=(columns,), missing="drop"))
        except EngineFailed as own:
            failed[columns.metric] = Unreadable(what=str(own), remedy="mend the query behind its column")
    kept = tuple(columns for columns in spec.metrics if columns.metric not in failed)
    if not kept or not failed:
        raise problem
    reading = _read(engine, replace(spec, metrics=kept))
    metrics = {c.metric: failed.get(c.metric) or reading.metrics[c.metric] for c in spec.metrics}
    return replace(reading, metrics=metrics)


def _read(engine: Engine, spec: MomentSpec) -> Reading:
    types = engine.types()
    overview = look_over(engine, spec, types)
    if overview.without_participant == overview.n_rows:
        raise InputError(f"The participant column {spec.participant!r} is missing in every row; check the join.")
    arms, codes = _arms(overview, spec)
    terms, unreadable = _terms(spec, overview, codes)
    key = as_key(engine, spec.participant, types[spec.participant])
    reduced = reduce_table(engine, key, _arm_code(engine, spec, types, codes), terms)
    metrics = {c.metric: unreadable.get(c.metric) or _metric(c, overview, reduced, arms) for c in spec.metrics}
    left_out = {spec.participant: overview.without_participant, spec.arm: overview.without_arm}
    _raise_if_missing(spec, left_out | ({spec.time: overview.without_time} if spec.time else {}), metrics)
    return Reading(
        arms=arms,
        participants={name: reduced.participants.get(code, 0) for code, name in enumerate(arms)},
        n_rows=overview.n_rows,
        left_out=left_out | {"several arms": reduced.rows_torn},
        n_contaminated=reduced.n_torn,
        days=_days(overview),
        first_day=_iso(overview.first_day),
        last_day=_iso(overview.last_day),
        fingerprint=overview.fingerprint,
        metrics=metrics,
    )


def _days(overview: Overview) -> int | None:
    if overview.first_day is None or overview.last_day is None:
        return None
    return (overview.last_day - overview.first_day).days + 1


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _arms(overview: Overview, spec: MomentSpec) -> tuple[tuple[str, ...], dict[int, list[Any]]]:
    names = [label(value) for value, _ in overview.labels]
    arms = _arms_in_order(names, spec)
    codes: dict[int, list[Any]] = {}
    for (value, _), name in zip(overview.labels, names, strict=True):
        codes.setdefault(arms.index(name), []).append(value)
    return arms, codes


def _arms_in_order(found: list[str], spec: MomentSpec) -> tuple[str, ...]:
    if spec.control not in found:
        raise InputError(
            f"The column {spec.arm!r} has no rows of the control {spec.control!r}.{did_you_mean(spec.control, found)} "
            f"It holds: {listed(sorted(found)) or 'nothing'}."
        )
    if len(set(found)) < 2:
        raise InputError(
            f"The column {spec.arm!r} holds one arm only, {spec.control!r}; a comparison needs a treatment too. "
            "Check the filter before it."
        )
    if spec.arms is None:
        return (spec.control, *sorted(set(found) - {spec.control}))
    unknown = sorted(set(found) - set(spec.arms))
    if unknown:
        raise InputError(
            f"The column {spec.arm!r} holds arms that the design does not name: {listed(unknown)}. "
            f"The design names: {listed(list(spec.arms))}. Add them to arms=, or filter those rows out."
        )
    return spec.arms


def _arm_code(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType], codes: dict[int, list[Any]]) -> str:
    column = as_label(engine, spec.arm, types[spec.arm])
    cases = [
        f"WHEN {column} = {literal(engine, value)} THEN {code}" for code, values in codes.items() for value in values
    ]
    return f"CASE {' '.join(cases)} END"


def _terms(
    spec: MomentSpec, overview: Overview, codes: Mapping[int, Sequence[Any]]
) -> tuple[list[Terms], dict[str, Unreadable]]:
    terms, unreadable = [], {}
    for columns in spec.metrics:
        term = _term(columns, spec, overview, codes)
        if isinstance(term, Unreadable):
            unreadable[columns.metric] = term
        else:
            terms.append(term)
    return terms, unreadable


def _term(
    columns: MetricColumns, spec: MomentSpec, overview: Overview, codes: Mapping[int, Sequence[Any]]
) -> Terms | Unreadable:
    y = _numerator(columns, overview)
    if isinstance(y, Unreadable):
        return y
    means = {code: _sum(y, labels) / max(1, _count(y, labels)) for code, labels in codes.items()}
    zero = spec.missing == "zero"
    plain = Terms(metric=columns.metric, y=y.number, shift=means, as_zero=zero, complete=y.complete)
    if columns.denominator is None:
        return plain
    if columns.denominator == spec.participant:
        return replace(plain, per_participant=True, shift=dict.fromkeys(codes, 0.0))
    d = overview.columns[columns.denominator, PART_OF_RATIO]
    if isinstance(d, Unreadable):
        return d
    if d.lowest < 0:
        return Unreadable(
            what=f"Its denominator '{columns.denominator}' is negative in some rows, down to {d.lowest:g}.",
            remedy="a ratio of totals needs a denominator of 0 or more",
        )
    levels = {code: _sum(y, labels) / (_sum(d, labels) or 1.0) for code, labels in codes.items()}
    return replace(plain, d=d.number, shift=levels)


def _numerator(columns: MetricColumns, overview: Overview) -> Column | Unreadable:
    return overview.columns[columns.numerator, columns.kind if columns.denominator is None else PART_OF_RATIO]


def _sum(column: Column, labels: Sequence[Any]) -> float:
    return float(sum(column.sums[label][0] for label in labels))


def _count(column: Column, labels: Sequence[Any]) -> int:
    return int(sum(column.sums[label][1] for label in labels))


def _metric(
    columns: MetricColumns, overview: Overview, reduced: Reduced, arms: tuple[str, ...]
) -> MetricReading | Unreadable:
    column = _numerator(columns, overview)
    assert isinstance(column, Column)
    moments = reduced.moments[columns.metric]
    missing = reduced.missing[columns.metric]
    if sum(missing.values()) == sum(reduced.rows.values()):
        return Unreadable(what=f"No row of '{columns.metric}' has both a value and an arm.", remedy="check the join")
    recognition = column.recognition
    if columns.denominator is not None:
        recognition = replace(
            recognition,
            kind="ratio",
            evidence=f"Total of '{columns.numerator}' divided by total of '{columns.denominator}'",
            confidence="certain",
            largest=None,
        )
    return MetricReading(
        recognition=recognition,
        arms={name: moments[code] for code, name in enumerate(arms) if code in moments},
        rows={name: reduced.rows.get(code, 0) for code, name in enumerate(arms)},
        missing={name: missing.get(code, 0) for code, name in enumerate(arms)},
        incomplete={name: reduced.incomplete[columns.metric].get(code, 0) for code, name in enumerate(arms)},
        modal_value=column.modal_value,
        modal_share=column.modal_share,
    )


def _raise_if_missing(
    spec: MomentSpec, left_out: Mapping[str, int], metrics: Mapping[str, MetricReading | Unreadable]
) -> None:
    if spec.missing != "raise":
        return
    problems = [f"{n:,} rows have no {column}" for column, n in left_out.items() if n]
    for name, reading in metrics.items():
        if isinstance(reading, MetricReading) and (count := sum(reading.missing.values())):
            where = ", ".join(f"{arm}: {n:,}" for arm, n in reading.missing.items())
            problems.append(f"metric {name!r} is missing in {count:,} of {sum(reading.rows.values()):,} rows ({where})")
    if problems:
        raise MissingValues(
            f"Values are missing: {listed(problems)}. Say what to do with such rows: "
            'missing="drop" leaves them out and counts them, missing="zero" counts an absent outcome as 0.'
        )

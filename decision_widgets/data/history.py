"""A table of the past → sums per metric and length of window, in its engine.

Rows are gathered to one line per participant and day. What a participant adds to a sum over windows of d = 1, 2, … days
changes only on days with rows, so each sum is asked for as changes by day, in one statement, and added up here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from decision_widgets.data.each_metric import read_what_can_be_read
from decision_widgets.data.engine import ColumnType, Engine, as_key, double
from decision_widgets.data.history_sums import MetricTerms, WindowStatements
from decision_widgets.data.missing import missing_values
from decision_widgets.data.overview import MICROS_PER_DAY, PART_OF_RATIO, Overview, look_over, moment
from decision_widgets.data.progress import Listener, Watch, counted
from decision_widgets.data.reading import Unreadable
from decision_widgets.data.until import EPOCH
from decision_widgets.errors import InputError
from decision_widgets.moments import HistorySpec, HistorySummary, MetricColumns, MetricSummary, RefusedMetric

LONGEST_WINDOW: Final = 42
WEEK: Final = 7
MOST_PREVIOUS: Final = 28


def read_history(table: Any, spec: HistorySpec, progress: bool | Listener | None = None) -> HistorySummary:
    """Reduce a table of the past to the sums from which experiments are planned, where its rows are.

    The window is the last 42 days at most; windows before and after for covariates reach back twice as far as the
    longest of 7, 14, 21 and 28 days that fits twice. A metric that cannot be read is refused, the others are read.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues, EngineFailed
        As ``read_moments``.
    """
    spec = replace(spec, metrics=tuple(replace(columns, covariates=()) for columns in spec.metrics))
    found, failed = read_what_can_be_read(table, spec, progress, _read)
    refused = (RefusedMetric(metric=name, what=own.what, remedy=own.remedy) for name, own in failed.items())
    return replace(found, refused=(*found.refused, *refused))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days since 1970 on which the window begins and ends, and how long the windows before and after are."""

    first: int
    last: int
    previous: tuple[int, ...]

    @property
    def from_day(self) -> int:
        """The first day of which anything is read."""
        return min(self.first, self.last + 1 - 2 * max(self.previous, default=0))


def _read(engine: Engine, spec: HistorySpec, watch: Watch) -> HistorySummary:
    types = engine.types()
    watch.stage(f"Looking at {counted(len(spec.columns()), 'column')}")
    overview = look_over(engine, spec, types)
    written = {columns.metric: _terms(overview, spec, columns) for columns in spec.metrics}
    terms = {name: found for name, found in written.items() if isinstance(found, MetricTerms)}
    refused = tuple(
        RefusedMetric(metric=name, what=found.what, remedy=found.remedy)
        for name, found in written.items()
        if isinstance(found, Unreadable)
    )
    period = _period(overview, spec)
    watch.stage("Gathering participants")
    statements = WindowStatements(
        engine=engine,
        terms=list(terms.values()),
        rows=_daily_rows(engine, spec, types, list(terms.values()), period),
        everybody_once=spec.participant is None,
        first=period.first,
        last=period.last,
        previous=period.previous,
    )
    watch.stage(f"Adding up {counted(len(terms), 'metric')}")
    read = statements.read() if terms else []
    left_out = overview.without_time if spec.time else 0
    if spec.participant is not None:
        left_out += _without_participant(engine, spec, types)
    found = []
    for term, sums in zip(terms.values(), read, strict=True):
        if isinstance(sums, Unreadable):
            refused += (RefusedMetric(metric=term.columns.metric, what=sums.what, remedy=sums.remedy),)
        else:
            found.append(_summary(spec, term, overview, period, sums, left_out))
    _raise_if_missing(spec, left_out, found)
    return HistorySummary(metrics=tuple(found), refused=refused)


def _summary(
    spec: HistorySpec, term: MetricTerms, overview: Overview, period: Period, sums: Mapping[str, Any], left_out: int
) -> MetricSummary:
    column, recognition = term.column, term.column.recognition
    ratio = term.columns.denominator is not None
    evidence = f"Total of '{term.columns.numerator}' divided by total of '{term.columns.denominator}'"
    day = None if spec.time is None else date.fromordinal(EPOCH.toordinal() + period.last).isoformat()
    first = None if spec.time is None else date.fromordinal(EPOCH.toordinal() + period.first).isoformat()
    return MetricSummary(
        metric=term.columns.metric,
        kind="ratio" if ratio else recognition.kind,
        evidence=evidence if ratio else recognition.evidence,
        confidence="certain" if ratio else recognition.confidence,
        mapping=None if ratio else recognition.mapping,
        largest=None if ratio else recognition.largest,
        numerator=term.columns.numerator,
        denominator=term.columns.denominator,
        participant=spec.participant,
        time=spec.time,
        first_day=first,
        last_day=day,
        as_of=day,
        shift=term.shift,
        modal_share=column.modal_share,
        left_out=left_out,
        missing=spec.missing,
        **sums,
    )


def _terms(overview: Overview, spec: HistorySpec, columns: MetricColumns) -> MetricTerms | Unreadable:
    declared = columns.kind if columns.denominator is None else PART_OF_RATIO
    y = overview.columns[columns.numerator, declared]
    if isinstance(y, Unreadable):
        return y
    total, count = (sum(part[at] for part in y.sums.values()) for at in (0, 1))
    terms = MetricTerms(columns=columns, column=y, shift=_near(total / max(1, count)), as_zero=spec.missing == "zero")
    if columns.denominator is None:
        return terms
    if columns.denominator == spec.participant:
        return replace(terms, per_participant=True, shift=0.0)
    d = overview.columns[columns.denominator, PART_OF_RATIO]
    if isinstance(d, Unreadable):
        return d
    if d.lowest < 0:
        return Unreadable(
            what=f"Its denominator '{columns.denominator}' is negative in some rows, down to {d.lowest:g}.",
            remedy="a ratio of totals needs a denominator of 0 or more",
        )
    weight = sum(value for value, _ in d.sums.values())
    return replace(terms, denominator=d, shift=_near(total / (weight or 1.0)))


def _near(level: float) -> float:
    """Round to 12 digits, so that engines that add up in another order subtract the same."""
    return float(f"{level:.12g}")


def _period(overview: Overview, spec: HistorySpec) -> Period:
    if spec.time is None or overview.first_day is None or overview.last_day is None:
        return Period(first=0, last=0, previous=())
    first, last = ((day - EPOCH).days for day in (overview.first_day, overview.last_day))
    n_days = last - first + 1
    weeks = tuple(days for days in range(WEEK, MOST_PREVIOUS + 1, WEEK) if 2 * days <= n_days)
    previous = weeks or ((n_days // 2,) if n_days > 1 else ())
    return Period(first=max(first, last + 1 - LONGEST_WINDOW), last=last, previous=previous if spec.participant else ())


def _daily_rows(
    engine: Engine, spec: HistorySpec, types: Mapping[str, ColumnType], terms: Sequence[MetricTerms], period: Period
) -> str:
    """Write participants by day after FROM: ``id, day, n`` and each metric's counts and sums."""
    day = "0"
    if spec.time is not None:
        day = moment(engine, spec, types)
        if types[spec.time] != "date":
            day = f"CAST(floor({day} / {double(MICROS_PER_DAY)}) AS BIGINT)"
    key = "0" if spec.participant is None else as_key(engine, spec.participant, types[spec.participant])
    raw = [f"{sql} AS {name}" for k, term in enumerate(terms) for name, sql in term.raw(k).items()]
    read = f"SELECT {', '.join([f'{key} AS id', f'{day} AS day', *raw])} FROM {engine.source}"
    known = f"({read}) AS read_rows WHERE id IS NOT NULL AND day >= {period.from_day}"
    row = [f"{sql} AS {name}" for k, term in enumerate(terms) for name, sql in term.row(k).items()]
    rows = f"SELECT {', '.join(['id', 'day', *row])} FROM {known}"
    if spec.participant is None:
        single = [f"{sql} AS {name}" for k, term in enumerate(terms) for name, sql in term.single(k).items()]
        return f"(SELECT {', '.join(['id', 'day', '1 AS n', *single])} FROM ({rows}) AS known_rows) AS daily"
    own = [f"{sql} AS {name}" for k, term in enumerate(terms) for name, sql in term.gathered(k).items()]
    gathered = ", ".join(["id", "day", "count(*) AS n", *own])
    return f"{engine.keep(f'SELECT {gathered} FROM ({rows}) AS known_rows GROUP BY id, day')} AS daily"


def _without_participant(engine: Engine, spec: HistorySpec, types: Mapping[str, ColumnType]) -> int:
    assert spec.participant is not None
    key = as_key(engine, spec.participant, types[spec.participant])
    ((missing, rows),) = engine.query(
        f"SELECT sum(CASE WHEN {key} IS NULL THEN 1 ELSE 0 END), count(*) FROM {engine.source}"
    )
    if missing == rows:
        raise InputError(f"The participant column {spec.participant!r} is missing in every row; check the join.")
    return int(missing)


def _raise_if_missing(spec: HistorySpec, left_out: int, found: Sequence[MetricSummary]) -> None:
    if spec.missing != "raise":
        return
    named = " or ".join(name for name in (spec.participant, spec.time and f"readable {spec.time}") if name)
    problems = [f"{left_out:,} rows have no {named}"] if left_out else []
    problems += [
        f"metric {each.metric!r} is missing in {each.n_missing:,} of {each.n_rows:,} rows"
        for each in found
        if each.n_missing
    ]
    if problems:
        raise missing_values(problems)

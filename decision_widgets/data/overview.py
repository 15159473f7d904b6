"""The first look at a table, arm by arm: how many rows, what each column holds, when.

Columns of few different values are grouped by, so that the scan counts each value instead of adding it up row by row;
all that is asked of them is then answered from the counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from decision_widgets.data.columns import Candidate, Column, candidate, expression, judge
from decision_widgets.data.engine import ColumnType, Engine, Row, as_label, double
from decision_widgets.data.reading import Unreadable
from decision_widgets.errors import InputError
from decision_widgets.moments import HistorySpec, MomentSpec
from decision_widgets.vocabulary import Kind

SAMPLE_ROWS: Final = 10_000
LONGEST_RUN: Final = 3_660  # days: more of them come from a mistaken date
Spec = MomentSpec | HistorySpec
FEW_VALUES: Final = 100
FEW_COMBINATIONS: Final = 10_000
MICROS_PER_DAY: Final = 86_400_000_000
PART_OF_RATIO: Final = "continuous"
_ABOUT_ROWS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What one flat scan says. `labels` maps the table's arm values to rows.

    `row_hashes` is a sum of hashes of what the rows hold, arm by arm, whoever they belong to.
    """

    n_rows: int
    labels: Sequence[tuple[Any, int]]
    without_arm: int
    without_time: int
    columns: Mapping[tuple[str, Kind | None], Column | Unreadable]
    first_day: date | None
    last_day: date | None
    row_hashes: int


def look_over(engine: Engine, spec: Spec, types: Mapping[str, ColumnType]) -> Overview:
    """Scan once, grouped by arm, without touching participants."""
    wanted = _wanted(spec)
    candidates = candidates_of(engine, list(dict.fromkeys(name for name, _ in wanted)), types)
    readable = {name: found for name, found in candidates.items() if isinstance(found, Candidate)}
    rows = engine.query(_statement(engine, spec, types, readable))
    n_rows = int(sum(row[1] for row in rows))
    if n_rows == 0:
        raise InputError("The table has no rows; check the query or the filter before it.")
    first_day, last_day = _days(rows, spec, types)
    aggregates = Aggregates(powers=spec.participant is None)
    columns: dict[tuple[str, Kind | None], Column | Unreadable] = {}
    for name, declared in wanted:
        found = candidates[name]
        if isinstance(found, Unreadable):
            columns[name, declared] = found
        else:
            at = _ABOUT_ROWS + aggregates.width * list(readable).index(name)
            parts = {row[0]: row[at : at + aggregates.width] for row in rows}
            columns[name, declared] = judge(engine, name, types[name], found, parts, n_rows, declared)
    return Overview(
        n_rows=n_rows,
        labels=[(row[0], int(row[1])) for row in rows if not is_nothing(row[0])],
        without_arm=int(sum(row[1] for row in rows if is_nothing(row[0]))),
        columns=columns,
        without_time=sum(int(row[2] or 0) for row in rows),
        first_day=first_day,
        last_day=last_day,
        row_hashes=sum(int(row[5] or 0) for row in rows),
    )


def _days(rows: Sequence[Row], spec: Spec, types: Mapping[str, ColumnType]) -> tuple[date, date] | tuple[None, None]:
    if spec.time is None:
        return None, None
    first = day_of(min(present(rows, 3), default=None), spec, types)
    last = day_of(max(present(rows, 4), default=None), spec, types)
    if (last - first).days > LONGEST_RUN:
        raise InputError(f"The rows last from {first} to {last}; look for a mistaken date in {spec.time!r}.")
    return first, last


def _wanted(spec: Spec) -> list[tuple[str, Kind | None]]:
    """List the columns to read, each with the kind it is declared to be; parts of a ratio stay as they are."""
    wanted: list[tuple[str, Kind | None]] = []
    for metric in spec.metrics:
        wanted.append((metric.numerator, metric.kind if metric.denominator is None else PART_OF_RATIO))
        if metric.denominator is not None and metric.denominator != spec.participant:
            wanted.append((metric.denominator, PART_OF_RATIO))
        wanted += [(covariate, PART_OF_RATIO) for covariate in metric.covariates]
    return list(dict.fromkeys(wanted))


def candidates_of(
    engine: Engine, names: Sequence[str], types: Mapping[str, ColumnType]
) -> dict[str, Candidate | Unreadable]:
    written = {name: expression(engine, name, types[name]) for name in names}
    readable = {name: found for name, found in written.items() if not isinstance(found, Unreadable)}
    sample: list[Row] = []
    if readable:
        numbers = ", ".join(f"{number} AS y{i}" for i, (number, _) in enumerate(readable.values()))
        sample = engine.query(f"SELECT {numbers} FROM {engine.source} LIMIT {SAMPLE_ROWS}")
    found: dict[str, Candidate | Unreadable] = {n: f for n, f in written.items() if isinstance(f, Unreadable)}
    for i, (name, (number, texts)) in enumerate(readable.items()):
        found[name] = candidate(number, texts, [row[i] for row in sample])
    return {name: found[name] for name in names}


def _grouped(candidates: Mapping[str, Candidate]) -> set[str]:
    """Choose the columns to group by: few values each, and few combinations of all, as far as the sample tells."""
    chosen, combinations = set(), 1
    for name, found in sorted(candidates.items(), key=lambda item: item[1].distinct):
        combinations *= max(1, found.distinct)
        if found.distinct > FEW_VALUES or combinations > FEW_COMBINATIONS:
            break
        chosen.add(name)
    return chosen


def _statement(engine: Engine, spec: Spec, types: Mapping[str, ColumnType], candidates: Mapping[str, Candidate]) -> str:
    grouped = _grouped(candidates)
    hashed, hash_sum = engine.dialect().hash, engine.dialect().hash_sum
    by_row = [engine.name(name) for name in spec.columns() if name not in (spec.participant, spec.arm, *grouped)]
    rows = [f"{'0' if spec.arm is None else as_label(engine, spec.arm, types[spec.arm])} AS arm"]
    rows.append(f"{hashed.format(', '.join(by_row)) if by_row else '0'} AS row_hash")
    rows.append(f"{moment(engine, spec, types)} AS moment")
    aggregates = Aggregates(powers=spec.participant is None)
    inner = ["arm", "count(*) AS n"]
    inner.append("sum(CASE WHEN moment IS NULL THEN 1 ELSE 0 END) AS timeless" if spec.time else "0 AS timeless")
    inner += ["min(moment) AS first_moment", "max(moment) AS last_moment"]
    inner.append(f"{hash_sum.format('row_hash') if by_row else '0'} AS hashes")
    counted = ["arm", "n", "hashes", *(f"y{i}" for i, name in enumerate(candidates) if name in grouped)]
    outer = ["arm", "sum(n)", "sum(timeless)", "min(first_moment)", "max(last_moment)"]
    outer.append(hash_sum.format(hashed.format(", ".join(counted))))
    keys = ["arm"]
    for i, (name, found) in enumerate(candidates.items()):
        if name in grouped:
            whole = types[name] == "integer"  # to hash it as such is quicker
            rows.append(f"{engine.name(name) if whole else found.number} AS k{i}")
            keys.append(f"k{i}")
            inner.append(f"{f'CAST(k{i} AS DOUBLE)' if whole else f'k{i}'} AS y{i}")
            outer += aggregates.of_values(found, f"y{i}")
        else:
            rows.append(f"{found.number} AS y{i}")
            inner += [f"{sql} AS a{i}_{j}" for j, sql in enumerate(aggregates.of_rows(found, f"y{i}"))]
            outer += [f"{gather}(a{i}_{j})" for j, gather in enumerate(aggregates.gathers)]
    scanned = f"SELECT {', '.join(rows)} FROM {engine.source}"
    values = f"SELECT {', '.join(inner)} FROM ({scanned}) AS scanned GROUP BY {', '.join(keys)}"
    return f"SELECT {', '.join(outer)} FROM ({values}) AS counted GROUP BY arm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """What is asked of a column, once in terms of rows and once in terms of values and their counts n.

    What the sample has settled costs the scan of rows nothing.
    """

    powers: bool

    @property
    def gathers(self) -> list[str]:
        return ["sum", "min", "max", *["sum"] * (9 if self.powers else 5)]

    @property
    def width(self) -> int:
        return len(self.gathers)

    def of_rows(self, found: Candidate, y: str) -> list[str]:
        conditions = _conditions(found, y)
        settled = [found.whole, found.few, found.one_sided, bool(found.levels)]
        usual = ["1", "0", "0", "0"]
        counts = [
            f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" if asked else default
            for condition, asked, default in zip(conditions, settled, usual, strict=True)
        ]
        powers = [f"sum({power})" for power in self._powers(found, y)]
        return [f"count({y})", f"min({y})", f"max({y})", f"sum({y})", *counts, *powers]

    def of_values(self, found: Candidate, y: str) -> list[str]:
        counts = [f"sum(CASE WHEN {condition} THEN n ELSE 0 END)" for condition in _conditions(found, y)]
        present = f"sum(CASE WHEN {y} IS NOT NULL THEN n ELSE 0 END)"
        powers = [f"sum(n * ({power}))" for power in self._powers(found, y)]
        return [present, f"min({y})", f"max({y})", f"sum(n * {y})", *counts, *powers]

    def _powers(self, found: Candidate, y: str) -> Iterator[str]:
        if self.powers:
            v = f"({y} - {double(found.mean)})"
            yield from (" * ".join([v] * power) for power in (1, 2, 3, 4))


def _conditions(found: Candidate, y: str) -> list[str]:
    """List what is counted: no whole number, none of the sample's two values, its most frequent one, its largest."""
    levels = [double(level) for level in found.levels]
    return [
        f"{y} <> floor({y})",
        " AND ".join(f"{y} <> {level}" for level in levels) or f"{y} IS NOT NULL",
        f"{y} = {double(found.mode)}",
        f"{y} = {levels[-1]}" if levels else "FALSE",
    ]


def moment(engine: Engine, spec: Spec, types: Mapping[str, ColumnType]) -> str:
    """Write the time of a row: days since 1970 of a column of dates, else microseconds, in its own calendar."""
    if spec.time is None:
        return "CAST(NULL AS BIGINT)"
    name, dialect = engine.name(spec.time), engine.dialect()
    if types[spec.time] == "date":
        return dialect.days.format(name)
    if types[spec.time] in ("timestamp", "instant"):
        return dialect.micros.format(name)
    if types[spec.time] == "text":
        return dialect.micros.format(dialect.as_timestamp.format(name))
    raise InputError(
        f"The time column {spec.time!r} holds numbers, not dates; convert it first, "
        "for example with pd.to_datetime(..., unit='s')."
    )


def day_of(moment: Any, spec: Spec, types: Mapping[str, ColumnType]) -> date:
    """Return the calendar day of a `moment` that came back."""
    assert spec.time is not None
    if moment is None:
        held = (
            "not read as dates: no row holds one as 2026-11-25; convert it first, for example with "
            "pd.to_datetime(..., format='%m/%d/%Y')"
            if types[spec.time] == "text"
            else "missing in every row"
        )
        raise InputError(f"The time column {spec.time!r} is {held}.")
    days = int(moment) if types[spec.time] == "date" else int(moment) // MICROS_PER_DAY
    try:
        return date(1970, 1, 1) + timedelta(days=days)
    except OverflowError as problem:
        raise InputError(f"The time column {spec.time!r} holds a moment outside the years 1 to 9999.") from problem


def present(rows: Sequence[Row], at: int) -> list[Any]:
    """Return one column of what came back, where something stands."""
    return [row[at] for row in rows if row[at] is not None]


def is_nothing(value: object) -> bool:
    """Tell whether a label is missing."""
    return value is None or (isinstance(value, float) and math.isnan(value))

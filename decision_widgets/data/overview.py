"""The first look at a table, arm by arm: how many rows, what each column holds, when."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from decision_widgets.data.engine import ColumnType, Engine, Row, as_key, as_label, as_number, double
from decision_widgets.data.kinds import Profile, Recognition, recognise, two_words, written
from decision_widgets.data.reading import Unreadable
from decision_widgets.errors import InputError
from decision_widgets.moments import MomentSpec
from decision_widgets.vocabulary import Kind

SAMPLE_ROWS: Final = 10_000
LOOKS_LIKE_AN_ID: Final = 1_000  # different whole numbers in a row, not one of them twice
LARGEST: Final = 1e100  # the squares of totals must stay finite
SMALLEST: Final = 1e-100  # and above 0
MICROS_PER_DAY: Final = 86_400_000_000
PART_OF_RATIO: Final = "continuous"
_PER_COLUMN: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One readable column: how it is written as a number, what it holds, and its sum and count by label of the arm."""

    number: str
    recognition: Recognition
    sums: Mapping[Any, tuple[float, int]]
    lowest: float
    complete: bool
    modal_value: float
    modal_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What one flat scan says. `labels` maps the table's arm values to rows."""

    n_rows: int
    labels: Sequence[tuple[Any, int]]
    without_participant: int
    without_arm: int
    without_time: int
    columns: Mapping[tuple[str, Kind | None], Column | Unreadable]
    first_day: date | None
    last_day: date | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A column before the scan: its expression, and what a sample suggests."""

    number: str
    texts: tuple[str, str] | None
    levels: tuple[float, ...]
    mode: float
    few: bool
    whole: bool
    one_sided: bool
    unique: bool


def look_over(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType]) -> Overview:
    """Scan once, grouped by arm, without touching participants."""
    wanted = _wanted(spec)
    names = list(dict.fromkeys(name for name, _ in wanted))
    candidates = {name: _candidate(engine, name, types[name]) for name in names}
    scanned = [name for name, candidate in candidates.items() if isinstance(candidate, _Candidate)]
    rows = engine.query(_statement(engine, spec, types, {n: candidates[n] for n in scanned}))
    n_rows = sum(row[1] for row in rows)
    if n_rows == 0:
        raise InputError("The table has no rows; check the query or the filter before it.")
    columns: dict[tuple[str, Kind | None], Column | Unreadable] = {}
    for name, declared in wanted:
        candidate = candidates[name]
        if isinstance(candidate, Unreadable):
            columns[name, declared] = candidate
        else:
            at = 8 + _PER_COLUMN * scanned.index(name)
            parts = {row[0]: row[at : at + _PER_COLUMN] for row in rows}
            columns[name, declared] = _column(engine, name, types[name], candidate, parts, n_rows, declared)
    return Overview(
        n_rows=n_rows,
        labels=[(row[0], row[1]) for row in rows if not _is_nothing(row[0])],
        without_participant=sum(int(row[2] or 0) for row in rows),
        without_arm=sum(int(row[3] or 0) for row in rows if _is_nothing(row[0])),
        columns=columns,
        without_time=sum(int(row[4] or 0) for row in rows),
        first_day=_day(min((row[5] for row in rows if row[5] is not None), default=None), spec, types),
        last_day=_day(max((row[6] for row in rows if row[6] is not None), default=None), spec, types),
        fingerprint=f"{sum(int(row[7] or 0) for row in rows) % (1 << 48):012x}",
    )


def _wanted(spec: MomentSpec) -> list[tuple[str, Kind | None]]:
    """List the columns to read, each with the kind it is declared to be; the parts of a ratio stay as they are."""
    wanted: list[tuple[str, Kind | None]] = []
    for metric in spec.metrics:
        wanted.append((metric.numerator, metric.kind if metric.denominator is None else PART_OF_RATIO))
        if metric.denominator is not None and metric.denominator != spec.participant:
            wanted.append((metric.denominator, PART_OF_RATIO))
    return list(dict.fromkeys(wanted))


def _candidate(engine: Engine, name: str, kind: ColumnType) -> _Candidate | Unreadable:
    if kind in ("date", "timestamp"):
        return Unreadable(what=f"The column '{name}' holds dates.", remedy="name a column of numbers")
    if kind == "other":
        return Unreadable(
            what=f"The column '{name}' holds neither numbers nor texts.", remedy="name a column of numbers"
        )
    texts = None
    if kind == "text":
        found = _texts(engine, name)
        if isinstance(found, Unreadable):
            return found
        texts = found
    number = as_number(engine, name, kind, texts or ())
    values = (value for (value,) in engine.query(f"SELECT {number} FROM {engine.source} LIMIT {SAMPLE_ROWS}"))
    sample = Counter(value for value in values if value is not None and math.isfinite(value))
    few = len(sample) <= 2
    mode, most = max(sample.items(), key=lambda item: item[1], default=(0.0, 0))
    return _Candidate(
        number=number,
        texts=texts,
        levels=tuple(sorted(sample)) if few else (),
        mode=mode,
        few=few,
        whole=all(value == math.floor(value) for value in sample),
        one_sided=most >= 0.9 * sample.total(),
        unique=most == 1 and sample.total() >= LOOKS_LIKE_AN_ID,
    )


def _texts(engine: Engine, name: str) -> tuple[str, str] | Unreadable:
    column = engine.name(name)
    found = engine.query(f"SELECT DISTINCT {column} FROM {engine.source} WHERE {column} IS NOT NULL LIMIT 3")
    levels = [str(value) for (value,) in found]
    words = two_words(levels)
    if words is not None:
        return words
    if len(levels) == 2 and not any(map(_is_number, levels)):
        first, second = sorted(levels)
        return Unreadable(
            what=f"The column '{name}' holds two texts, '{first}' and '{second}', and does not say which counts as 1.",
            remedy=f'df["{name}"] = df["{name}"] == "{second}"',
        )
    if not levels:
        (rows,) = engine.query(f"SELECT count(*) FROM {engine.source}")
        return Unreadable(what=f"The column '{name}' is missing in all {rows[0]:,} rows.", remedy="check the join")
    if len(levels) == 1 and not _is_number(levels[0]):
        what = f"The column '{name}' holds one text only, '{levels[0]}'."
        return Unreadable(what=what, remedy="check the metric's query")
    return _text_in_numbers(engine, name)


def _text_in_numbers(engine: Engine, name: str) -> Unreadable:
    column, numbered = engine.name(name), engine.dialect().numbered
    wrong = f"{column} IS NOT NULL AND {engine.dialect().try_double.format(column)} IS NULL"
    remedy = f"clean the column '{name}' so that it holds numbers only, then run again"
    counts = f"SELECT count(*), sum(CASE WHEN {wrong} THEN 1 ELSE 0 END) FROM {engine.source}"
    ((rows, n_wrong),) = engine.query(counts)
    if not n_wrong:
        remedy = f'df["{name}"] = pd.to_numeric(df["{name}"])'
        return Unreadable(what=f"The column '{name}' holds its numbers as text.", remedy=remedy)
    row = engine.name("decision_widgets row")
    source = engine.source if numbered is None else f"({numbered.format(row, engine.source)}) AS numbered"
    shown = f", {row}" if numbered is not None else ""
    order = f" ORDER BY {row}" if numbered is not None else ""
    example = engine.query(f"SELECT {column}{shown} FROM {source} WHERE {wrong}{order} LIMIT 1")[0]
    where = f" in row {example[1]:,}" if numbered is not None else ""
    return Unreadable(
        what=f"The column '{name}' has text in {n_wrong:,} of {rows:,} rows, for example {str(example[0])!r}{where}.",
        remedy=remedy,
    )


def _statement(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType], candidates: Mapping[str, Any]) -> str:
    arm = as_label(engine, spec.arm, types[spec.arm])
    key = as_key(engine, spec.participant, types[spec.participant])
    hashed = engine.dialect().row_hash.format(", ".join(engine.name(column) for column in spec.columns()))
    moment = _moment(engine, spec, types)
    parts = [
        arm,
        "count(*)",
        f"sum(CASE WHEN {key} IS NULL THEN 1 ELSE 0 END)",
        f"sum(CASE WHEN {key} IS NOT NULL THEN 1 ELSE 0 END)",
        f"sum(CASE WHEN {moment} IS NULL THEN 1 ELSE 0 END)" if spec.time is not None else "0",
        f"min({moment})",
        f"max({moment})",
        hashed,
    ]
    for candidate in candidates.values():
        parts += _aggregates(candidate)
    return f"SELECT {', '.join(parts)} FROM {engine.source} GROUP BY 1"


def _aggregates(candidate: _Candidate) -> list[str]:
    """Ask for what the sample leaves open; what it has settled costs the scan nothing."""
    y = candidate.number

    def rows_where(condition: str) -> str:
        return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"

    levels = [double(level) for level in candidate.levels]
    return [
        f"count({y})",
        f"min({y})",
        f"max({y})",
        f"sum({y})",
        rows_where(f"{y} <> floor({y})") if candidate.whole else "1",
        rows_where(" AND ".join(f"{y} <> {level}" for level in levels) or f"{y} IS NOT NULL") if candidate.few else "0",
        rows_where(f"{y} = {double(candidate.mode)}") if candidate.one_sided else "0",
        rows_where(f"{y} = {levels[-1]}") if levels else "0",
    ]


def _moment(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType]) -> str:
    if spec.time is None:
        return "NULL"
    name, dialect = engine.name(spec.time), engine.dialect()
    if types[spec.time] == "date":
        return dialect.days.format(name)
    if types[spec.time] == "timestamp":
        return dialect.micros.format(name)
    if types[spec.time] == "text":
        return dialect.micros.format(dialect.as_timestamp.format(name))
    raise InputError(
        f"The time column {spec.time!r} holds numbers, not dates; convert it first, "
        "for example with pd.to_datetime(..., unit='s')."
    )


def _day(moment: Any, spec: MomentSpec, types: Mapping[str, ColumnType]) -> date | None:
    if spec.time is None:
        return None
    if moment is None:
        held = "not read as dates: no row holds one" if types[spec.time] == "text" else "missing in every row"
        raise InputError(f"The time column {spec.time!r} is {held}.")
    days = int(moment) if types[spec.time] == "date" else int(moment) // MICROS_PER_DAY
    try:
        return date(1970, 1, 1) + timedelta(days=days)
    except OverflowError as problem:
        raise InputError(f"The time column {spec.time!r} holds a moment outside the years 1 to 9999.") from problem


def _totals(parts: Sequence[Row]) -> Row:
    def over(at: int, gather: Any) -> Any:
        return gather([part[at] for part in parts if part[at] is not None], default=None)

    def total(at: int) -> float:
        return float(sum(part[at] for part in parts if part[at] is not None))

    return (int(total(0)), over(1, min), over(2, max), *(total(at) for at in range(3, _PER_COLUMN)))


def _column(
    engine: Engine,
    name: str,
    kind: ColumnType,
    candidate: _Candidate,
    parts: Mapping[Any, Row],
    n_rows: int,
    declared: Kind | None,
) -> Column | Unreadable:
    totals = _totals(list(parts.values()))
    present, lowest, highest, _, _, _, modal, _ = totals
    if (refusal := _refusal(engine, name, kind, candidate, totals, n_rows, declared)) is not None:
        return refusal
    profile, upper = _profile(engine, kind, candidate, totals)
    if declared == "binary" and profile.n_distinct > 2:
        return _not_binary(engine, name, candidate.number)
    recognition = recognise(profile, declared)
    number, mode = candidate.number, candidate.mode
    sums = {label: (part[3] or 0.0, part[0]) for label, part in parts.items()}
    if present == n_rows and kind == "number":
        number = as_number(engine, name, "integer")  # without a NaN anywhere there is nothing to look for
    if recognition.mapping is not None and candidate.texts is None:
        number = f"CASE WHEN {number} = {double(highest)} THEN 1.0E0 WHEN {number} = {double(lowest)} THEN 0.0E0 END"
        sums, mode = dict.fromkeys(parts, (float(upper), present)), float(candidate.mode == highest)
    return Column(
        number=number,
        recognition=recognition,
        sums=sums,
        lowest=lowest,
        complete=present == n_rows,
        modal_value=mode,
        modal_share=modal / present,
    )


def _refusal(
    engine: Engine, name: str, kind: ColumnType, candidate: _Candidate, totals: Row, n_rows: int, declared: Kind | None
) -> Unreadable | None:
    present, lowest, highest = totals[:3]
    if present == 0:
        return Unreadable(what=f"The column '{name}' is missing in all {n_rows:,} rows.", remedy="check the join")
    largest = max(abs(lowest), abs(highest))
    if largest > LARGEST:
        return _beyond(engine, name, candidate.number, n_rows, infinite=math.isinf(largest))
    if 0 < largest < SMALLEST:
        what = f"The column '{name}' holds nothing beyond ±{SMALLEST:g}."
        return Unreadable(what=what, remedy="measure it in a smaller unit")
    if declared is None and kind == "integer" and lowest >= 0 and candidate.unique and _all_differ(engine, candidate):
        return Unreadable(
            what=f"The column '{name}' holds a different whole number in every row, so it looks like an identifier.",
            remedy="name a column that measures something, or declare kind='continuous'",
        )
    return None


def _all_differ(engine: Engine, candidate: _Candidate) -> bool:
    y = candidate.number
    return bool(engine.query(f"SELECT count(DISTINCT {y}) = count({y}) FROM {engine.source}")[0][0])


def _profile(engine: Engine, kind: ColumnType, candidate: _Candidate, totals: Row) -> tuple[Profile, int]:
    """Return the profile of a column and how many rows hold the larger of two values."""
    present, lowest, highest, _, broken, other, _, upper = totals
    n_distinct = 3 if not candidate.few else len({lowest, highest})
    if candidate.few and other:
        # The sample's few values are not all there is: it may have come before the first rare one.
        held = engine.query(f"SELECT {candidate.number} AS y, count(*) FROM {engine.source} GROUP BY 1 LIMIT 4")
        counted = {value: n for value, n in held if value is not None}
        n_distinct, upper = len(counted), counted.get(highest, 0)
    shown: Sequence[object] = candidate.texts or [bool(x) if kind == "bool" else x for x in sorted({lowest, highest})]
    profile = Profile(
        n_distinct=n_distinct,
        levels=shown if n_distinct <= 2 else (),
        share_of_last=upper / present if n_distinct == 2 else 1.0,
        lowest=lowest,
        highest=highest,
        whole=not broken,
    )
    return profile, int(upper)


def _beyond(engine: Engine, name: str, number: str, n_rows: int, *, infinite: bool) -> Unreadable:
    limit = double(sys.float_info.max if infinite else LARGEST)
    where, numbered = f"abs({number}) > {limit}", engine.dialect().numbered
    ((n,),) = engine.query(f"SELECT count(*) FROM {engine.source} WHERE {where}")
    first = ""
    if numbered is not None:
        row = engine.name("decision_widgets row")
        rows = numbered.format(row, engine.source)
        first = f", first in row {engine.query(f'SELECT min({row}) FROM ({rows}) AS numbered WHERE {where}')[0][0]:,}"
    if infinite:
        return Unreadable(
            what=f"The column '{name}' is infinite in {n:,} of {n_rows:,} rows{first}.",
            remedy=f'df["{name}"] = df["{name}"].replace([np.inf, -np.inf], np.nan)',
        )
    return Unreadable(
        what=f"The column '{name}' has values beyond ±{LARGEST:g} in {n:,} of {n_rows:,} rows{first}.",
        remedy="check the metric's query, or measure it in a larger unit",
    )


def _not_binary(engine: Engine, name: str, number: str) -> Unreadable:
    few = f"SELECT DISTINCT {number} AS y FROM {engine.source} WHERE {number} IS NOT NULL ORDER BY y LIMIT 3"
    shown = [written(float(value)) for (value,) in engine.query(few)]
    return Unreadable(
        what=f"The column '{name}' is declared binary and has more than two values, "
        f"for example {shown[0]}, {shown[1]} and {shown[2]}.",
        remedy="declare another kind, or make it 0 and 1",
    )


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

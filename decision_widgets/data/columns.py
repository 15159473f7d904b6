"""Judge a column: what a sample suggests before the scan, what it holds after, and whether it can be a metric."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from decision_widgets.data.engine import ColumnType, Engine, Row, as_number, double
from decision_widgets.data.kinds import Profile, Recognition, recognise, two_words, written
from decision_widgets.data.reading import Unreadable
from decision_widgets.errors import InputError
from decision_widgets.vocabulary import Kind

LOOKS_LIKE_AN_ID: Final = 1_000  # different whole numbers in a row, not one of them twice
LARGEST: Final = 1e100  # the squares of totals must stay finite
SMALLEST: Final = 1e-100  # and above 0
_WITH_COMMA: Final = re.compile(r"[+-]?\d+(,\d+)+")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_SIGNS: Final = "$€£% "
_SETTLED: Final = 8  # aggregates that settle what a column is; the four powers follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """Count and sums of the first four powers of ``y − shift`` in one arm, with the smallest and largest y."""

    n: int
    shift: float
    sums: tuple[float, float, float, float]
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One readable column: how it is written as a number, what it holds, and its sum and count by label of the arm.

    `powers` are there when they were asked for and the two values of a text were not recoded.
    """

    number: str
    recognition: Recognition
    sums: Mapping[Any, tuple[float, int]]
    powers: Mapping[Any, Powers]
    lowest: float
    complete: bool
    modal_value: float
    modal_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A column before the scan: its expression, and what a sample suggests."""

    number: str
    texts: tuple[str, str] | None
    levels: tuple[float, ...]
    distinct: int
    mean: float
    mode: float
    few: bool
    whole: bool
    one_sided: bool
    unique: bool


def expression(engine: Engine, name: str, kind: ColumnType) -> tuple[str, tuple[str, str] | None] | Unreadable:
    """Write a column as a number, with the two texts that were read as 0 and 1; or say why it is none."""
    if kind in ("date", "timestamp", "instant"):
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
    return as_number(engine, name, kind, texts or ()), texts


def candidate(number: str, texts: tuple[str, str] | None, values: Sequence[float | None]) -> Candidate:
    """Say what the sampled values of a column suggest."""
    sample = np.array(values, dtype=np.float64)
    levels, counts = np.unique(sample[np.isfinite(sample)], return_counts=True)
    n, distinct = int(counts.sum()), len(levels)
    at, most = (int(counts.argmax()), int(counts.max())) if n else (0, 0)  # the smallest of the most frequent
    return Candidate(
        number=number,
        texts=texts,
        levels=tuple(levels.tolist()) if distinct <= 2 else (),
        distinct=distinct,
        mean=math.fsum((levels / n * counts).tolist()) if n else 0.0,
        mode=float(levels[at]) if n else 0.0,
        few=distinct <= 2,
        whole=bool((levels == np.floor(levels)).all()),
        one_sided=most >= 0.9 * n,
        unique=most == 1 and n >= LOOKS_LIKE_AN_ID,
    )


def _texts(engine: Engine, name: str) -> tuple[str, str] | Unreadable:
    column = engine.name(name)
    found = engine.query(f"SELECT DISTINCT {column} FROM {engine.source} WHERE {column} IS NOT NULL LIMIT 3")
    levels = [str(value) for (value,) in found]
    words = two_words(levels)
    if words is not None:
        return words
    numbers = [level for level in levels if _is_number(level) or _WITH_COMMA.fullmatch(level)]
    if len(levels) == 2 and not numbers:
        first, second = sorted(levels)
        return Unreadable(
            what=f"The column '{name}' holds two texts, '{first}' and '{second}', and does not say which counts as 1.",
            remedy=f'df["{name}"] = df["{name}"] == "{second}"',
        )
    if not levels:
        (rows,) = engine.query(f"SELECT count(*) FROM {engine.source}")
        return Unreadable(what=f"The column '{name}' is missing in all {rows[0]:,} rows.", remedy="check the join")
    if len(levels) == 1 and not numbers:
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
    shown_text = str(example[0])
    if _THOUSANDS.fullmatch(shown_text):
        remedy = (
            f"say what its commas are: pd.read_csv(…, thousands=',') if '{shown_text}' is "
            f"{shown_text.replace(',', '')}, decimal=',' if not"
        )
    elif _WITH_COMMA.fullmatch(shown_text):
        remedy = f"write the decimals of '{name}' with a point, for example by pd.read_csv(…, decimal=',')"
    elif _is_number(shown_text.strip(_SIGNS)):
        remedy = f'df["{name}"] = df["{name}"].str.strip("{_SIGNS}").astype(float)'
    where = f" in row {example[1]:,}" if numbered is not None else ""
    return Unreadable(
        what=f"The column '{name}' has text in {n_wrong:,} of {rows:,} rows, for example {shown_text!r}{where}.",
        remedy=remedy,
    )


def check_ids(engine: Engine, column: str | None, types: Mapping[str, ColumnType]) -> None:
    """Refuse participants whose ids are floats so large that neighbours are one number; the first rows tell."""
    if column is None or types[column] != "number":
        return
    first = f"SELECT {engine.name(column)} AS x FROM {engine.source} LIMIT 10000"
    held = f"SELECT CAST(x AS DOUBLE) AS id, typeof(x) AS kind FROM ({first}) AS first_rows WHERE x IS NOT NULL"
    ((largest, kind),) = engine.query(
        f"SELECT max(abs(id)), min(kind) FROM ({held}) AS held WHERE NOT isnan(id) AND abs(id) < 1.0E300"
    )
    exact = {"DOUBLE": 2**53, "FLOAT": 2**24}.get(str(kind).upper())
    if exact is not None and largest >= exact:
        raise InputError(
            f"The participants in {column!r} are floating-point numbers up to {largest:.3g}, where different ids "
            "become one number; read the ids as text or whole numbers (int64)."
        )


def _totals(parts: Sequence[Row]) -> Row:
    def over(at: int, gather: Any) -> Any:
        return gather([part[at] for part in parts if part[at] is not None], default=None)

    def total(at: int) -> float:
        return float(sum(part[at] for part in parts if part[at] is not None))

    return (int(total(0)), over(1, min), over(2, max), *(total(at) for at in range(3, _SETTLED)))


def judge(
    engine: Engine,
    name: str,
    kind: ColumnType,
    candidate: Candidate,
    parts: Mapping[Any, Row],
    n_rows: int,
    declared: Kind | None,
) -> Column | Unreadable:
    """Say what a column is, from its aggregates by label of the arm (`parts`)."""
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
    recoded = recognition.mapping is not None and candidate.texts is None
    if present == n_rows and kind == "number":
        number = as_number(engine, name, "integer")  # without a NaN anywhere there is nothing to look for
    if recoded:
        number = f"CASE WHEN {number} = {double(highest)} THEN 1.0E0 WHEN {number} = {double(lowest)} THEN 0.0E0 END"
        sums, mode = dict.fromkeys(parts, (float(upper), present)), float(candidate.mode == highest)
    return Column(
        number=number,
        recognition=recognition,
        sums=sums,
        powers={} if recoded else _powers(parts, candidate.mean),
        lowest=lowest,
        complete=present == n_rows,
        modal_value=mode,
        modal_share=modal / present,
    )


def _powers(parts: Mapping[Any, Row], shift: float) -> dict[Any, Powers]:
    return {
        label: Powers(n=int(part[0]), shift=shift, sums=tuple(part[8:12]), lowest=part[1], highest=part[2])
        for label, part in parts.items()
        if part[0] and len(part) > _SETTLED and part[8] is not None
    }


def _refusal(
    engine: Engine, name: str, kind: ColumnType, candidate: Candidate, totals: Row, n_rows: int, declared: Kind | None
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


def _all_differ(engine: Engine, candidate: Candidate) -> bool:
    y = candidate.number
    return bool(engine.query(f"SELECT count(DISTINCT {y}) = count({y}) FROM {engine.source}")[0][0])


def _profile(engine: Engine, kind: ColumnType, candidate: Candidate, totals: Row) -> tuple[Profile, int]:
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


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

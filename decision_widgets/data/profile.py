"""What each column of a table holds, before anybody said what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from decision_widgets.data.columns import Column
from decision_widgets.data.engine import ColumnType, Engine, as_label, as_number
from decision_widgets.data.overview import Overview, look_over
from decision_widgets.data.progress import Listener, counted, watching
from decision_widgets.data.reading import Unreadable
from decision_widgets.data.tables import columns_of, open_table
from decision_widgets.errors import InputError
from decision_widgets.moments import HistorySpec, MetricColumns, label
from decision_widgets.records import Record
from decision_widgets.vocabulary import Confidence, Kind

EXACT_UP_TO: Final = 2_000_000
MOST_LEVELS: Final = 60
SHOWN: Final = 3
LONGEST_SAMPLE: Final = 40
_LEVELLED: Final = ("integer", "bool", "text")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ColumnProfile(Record):
    """One column: what it holds, and what kind of metric it could be.

    Attributes
    ----------
    name : str
    type : str
        ``"integer"``, ``"number"``, ``"bool"``, ``"text"``, ``"date"``, ``"timestamp"`` or ``"other"``.
    missing : int
        Rows without a value.
    distinct : int or None
        Different values, an estimate above two million rows; ``None`` where they cannot be counted.
    sample : tuple of str
        Values of the first rows.
    levels : tuple of str
        All its values, the most frequent first, where there are at most 60.
    kind, evidence, confidence
        As a metric; ``None`` where it can be none, and then `reason` and `remedy` say why and what helps.
    first, last : str or None
        Of dates.
    """

    name: str
    type: str
    missing: int
    distinct: int | None
    sample: tuple[str, ...]
    levels: tuple[str, ...] = ()
    kind: Kind | None = None
    evidence: str | None = None
    confidence: Confidence | None = None
    reason: str | None = None
    remedy: str | None = None
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TableProfile(Record):
    """A table: how many rows, and each of its columns."""

    rows: int
    columns: tuple[ColumnProfile, ...]


def read_profile(table: Any, progress: bool | Listener | None = None) -> TableProfile:
    """Look at every column of a table where its rows are: one scan for kinds, one for counts, one per short column.

    Raises
    ------
    InputError
        It is no table, has no rows, or no column that can be named.
    EngineFailed
        The engine could not read it.
    """
    with watching(progress) as watch:
        names = columns_of(table, watch)
        once = [name for name in dict.fromkeys(names) if names.count(name) == 1]
        if not once:
            raise InputError("The table has no columns that can be told apart by their names.")
        wanted = HistorySpec(
            participant=None, time=None, metrics=tuple(MetricColumns(metric=name, numerator=name) for name in once)
        )
        engine = open_table(table, wanted, watch)
        try:
            watch.stage(f"Looking at {counted(len(once), 'column')}")
            types = engine.types()
            overview = look_over(engine, wanted, types)
            return TableProfile(rows=overview.n_rows, columns=tuple(_profiles(engine, once, types, overview)))
        finally:
            engine.close()


def _profiles(
    engine: Engine, names: Sequence[str], types: Mapping[str, ColumnType], overview: Overview
) -> Iterator[ColumnProfile]:
    counts = _counts(engine, names, types, exact=overview.n_rows <= EXACT_UP_TO)
    samples = _samples(engine, names, types)
    for name in names:
        n, distinct, first, last = counts[name]
        levels = _levels(engine, name, types[name]) if distinct and distinct <= MOST_LEVELS else ()
        yield ColumnProfile(
            name=name,
            type=types[name],
            missing=overview.n_rows - n,
            distinct=distinct,
            sample=samples[name],
            levels=levels,
            first=first,
            last=last,
            **_judged(overview.columns[name, None]),
        )


def _judged(found: Column | Unreadable) -> dict[str, Any]:
    if isinstance(found, Unreadable):
        return {"reason": found.what, "remedy": found.remedy}
    known = found.recognition
    return {"kind": known.kind, "evidence": known.evidence, "confidence": known.confidence}


def _counts(
    engine: Engine, names: Sequence[str], types: Mapping[str, ColumnType], *, exact: bool
) -> dict[str, tuple[int, int | None, str | None, str | None]]:
    asked, how = [], "count(DISTINCT {})" if exact else "approx_count_distinct({})"
    for name in names:
        kind = types[name]
        value = as_number(engine, name, kind) if kind == "number" else engine.name(name)
        dated = kind in ("date", "timestamp")
        asked += [f"count({value})", "NULL" if kind == "other" else how.format(value)]
        asked += [_as_text(engine, f"{end}({value})") if dated else "NULL" for end in ("min", "max")]
    (row,) = engine.query(f"SELECT {', '.join(asked)} FROM {engine.source}")
    parts = {name: row[4 * at : 4 * at + 4] for at, name in enumerate(names)}
    return {
        name: (int(n or 0), None if distinct is None else int(distinct), _day(first), _day(last))
        for name, (n, distinct, first, last) in parts.items()
    }


def _samples(engine: Engine, names: Sequence[str], types: Mapping[str, ColumnType]) -> dict[str, tuple[str, ...]]:
    seen = [name for name in names if types[name] != "other"]
    if not seen:
        return dict.fromkeys(names, ())
    texts = ", ".join(_as_text(engine, engine.name(name)) for name in seen)
    rows = engine.query(f"SELECT {texts} FROM {engine.source} LIMIT {SHOWN}")
    found = {name: tuple(_short(row[at]) for row in rows if row[at] is not None) for at, name in enumerate(seen)}
    return {name: found.get(name, ()) for name in names}


def _levels(engine: Engine, name: str, kind: ColumnType) -> tuple[str, ...]:
    if kind not in _LEVELLED:
        return ()
    column = engine.name(name)
    rows = engine.query(
        f"SELECT {as_label(engine, name, kind)}, count(*) AS n FROM {engine.source} WHERE {column} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_LEVELS}"
    )
    return tuple(label(value) for value, _ in rows)


def _as_text(engine: Engine, sql: str) -> str:
    return f"CAST({sql} AS {engine.dialect().text})"


def _day(moment: object) -> str | None:
    return None if moment is None else str(moment)[:10]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"

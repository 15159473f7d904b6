"""Frames in memory, made ready for the engine: the columns that are read, each of one type, under names of ours.

Names of ours, because an engine may take "Group" and "group" for one column; times lose their zone here and keep their
own calendar days, which the engine would count in UTC, unless whoever reads them converts them by their zones.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from decision_widgets.data.engine import Wanted
from decision_widgets.data.progress import Watch
from decision_widgets.errors import InputError
from decision_widgets.moments import label


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A frame to scan: `aliases` maps the table's names to its columns, `mixed` names what has no one type."""

    frame: Any
    aliases: Mapping[str, str]
    mixed: tuple[str, ...] = ()


def prepare_pandas(frame: Any, wanted: Wanted, *, zones: bool = False) -> Prepared:
    """Make a pandas frame ready; Python objects are given one type or refused."""
    import pandas as pd

    names = [str(name) for name in frame.columns]
    unnamed = [name for name in wanted.columns() if name not in list(frame.columns)]
    if unnamed:
        raise InputError(
            f"The name of column {unnamed[0]!r} is no text; rename it, for example df.columns = df.columns.map(str)."
        )
    typed: dict[str, Any] = {}
    mixed: list[str] = []
    aliases = _aliases(wanted)
    for name, alias in aliases.items():
        column = frame.iloc[:, names.index(name)]
        found = _key(column, name) if name in wanted.labels() else _plain(column, zones)
        mixed += [name] if found is None else []
        typed[alias] = pd.Series(0.0, index=column.index) if found is None else found
    return Prepared(frame=pd.DataFrame(typed, index=frame.index), aliases=aliases, mixed=tuple(mixed))


def prepare_polars(frame: Any, wanted: Wanted, watch: Watch, *, zones: bool = False) -> Prepared:
    """Make a Polars frame ready; a lazy one is computed once, its columns that are read, and not at every scan."""
    import polars as pl

    aliases = _aliases(wanted)
    frame = frame.select(list(aliases)).rename(dict(aliases))
    if isinstance(frame, pl.LazyFrame):
        query = frame.collect(background=True)
        frame = watch.run(query.fetch_blocking, cancel=query.cancel, share=lambda: None)
    zoned = [alias for alias, kind in frame.collect_schema().items() if getattr(kind, "time_zone", None) and not zones]
    return Prepared(frame=frame.with_columns(pl.col(zoned).dt.replace_time_zone(None)), aliases=aliases)


def prepare_arrow(table: Any, wanted: Wanted, *, zones: bool = False) -> Prepared:
    """Make a PyArrow table ready."""
    import pyarrow as pa
    import pyarrow.compute as pc

    aliases = _aliases(wanted)
    table = table.select(list(aliases)).rename_columns(list(aliases.values()))
    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz and not zones:
            table = table.set_column(at, field.name, pc.local_timestamp(table.column(at)))
    return Prepared(frame=table, aliases=aliases)


def _aliases(wanted: Wanted) -> dict[str, str]:
    return {name: f"c{at}" for at, name in enumerate(wanted.columns())}


def _key(column: Any, name: str) -> Any:
    """Return participants or arms as the engine groups them: whole numbers stay whole, other objects become text."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype) if not column.hasnans else column.astype(object)
    if column.dtype.kind in "iufb" or isinstance(column.dtype, pd.StringDtype):
        return column
    try:
        pd.factorize(column)
    except TypeError as problem:
        raise InputError(f"The column {name!r} holds values that are no labels: {problem}.") from problem
    return column.astype(object).map(lambda value: None if pd.isna(value) else label(value)).astype("string")


def _plain(column: Any, zones: bool) -> Any:
    """Return a column of one type that the engine scans, or ``None`` for what is neither number, text nor date."""
    import pandas as pd

    if isinstance(column.dtype, pd.SparseDtype):
        return column.sparse.to_dense()
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _of_categories(column)
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if isinstance(column.dtype, pd.DatetimeTZDtype) or _is_zoned_arrow(column):
        return column if zones else column.dt.tz_localize(None)
    if column.dtype == object:
        return _one_type(column, zones)
    if column.dtype.kind in "mc" or isinstance(column.dtype, pd.IntervalDtype):
        return None
    return column.astype("float64") if column.dtype == np.longdouble else column


def _is_zoned_arrow(column: Any) -> bool:
    held = getattr(column.dtype, "pyarrow_dtype", None)
    return held is not None and getattr(held, "tz", None) is not None


def _of_categories(column: Any) -> Any:
    kind = column.cat.categories.dtype.kind
    return column.astype({"i": "Int64", "u": "UInt64", "f": "float64", "b": "boolean"}.get(kind, "string"))


def _one_type(column: Any, zones: bool) -> Any:
    """Return Python objects as one type: numbers, truth values, texts, dates; ``None`` when they are none of these."""
    import pandas as pd

    present = column[~column.isna()]
    if all(isinstance(value, bool | np.bool_) for value in present):
        return column.astype("boolean")
    if all(isinstance(value, Real | Decimal) for value in present):
        return pd.Series([None if pd.isna(v) else _as_float(v) for v in column], index=column.index, dtype="float64")
    if all(isinstance(value, str | Real | Decimal) for value in present):
        return column.astype("string")
    if all(isinstance(value, date) for value in present):
        return _moments_of(column, present) if zones else _days_of(column)
    return None


def _days_of(column: Any) -> Any:
    import pandas as pd

    local = column.map(lambda moment: moment.replace(tzinfo=None) if hasattr(moment, "tzinfo") else moment)
    return pd.to_datetime(local)


def _moments_of(column: Any, present: Any) -> Any:
    """Return moments as the instants or the clock times that they all are; ``None`` for some of each, or for days."""
    import pandas as pd

    if not all(isinstance(value, datetime) for value in present):
        return None
    zoned = [value.tzinfo is not None for value in present]
    return pd.to_datetime(column, utc=True) if all(zoned) else None if any(zoned) else pd.to_datetime(column)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max

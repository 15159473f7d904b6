"""Recognise what was given as data and open it in its engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from numbers import Real
from pathlib import Path
from typing import Any

from decision_widgets.data.duckdb_engine import DuckDB
from decision_widgets.data.engine import Engine
from decision_widgets.data.spark_engine import Spark
from decision_widgets.errors import ColumnNotFound, EngineMissing, InputError, did_you_mean, listed
from decision_widgets.moments import MomentSpec, label

# Up to here one thread reads in a fixed order, so that the same table gives the same last digit.
IN_ORDER_UP_TO = 200_000
ACCEPTED = (
    "a pandas or Polars frame, a PyArrow table, a DuckDB relation, (connection, table name), the path of Parquet or "
    "CSV files, or a PySpark DataFrame"
)


def open_table(table: Any, spec: MomentSpec) -> Engine:
    """Open a table; a library that is not imported cannot have made it, so nothing heavy is imported to find out."""
    if _made_by(table, "pandas", "DataFrame"):
        return _open_pandas(table, spec)
    engine = _engine_of(table)
    check_columns(list(engine.types()), spec)
    return engine


def _engine_of(table: Any) -> Engine:
    if isinstance(table, str | Path):
        return DuckDB.of_files(table)
    if _made_by(table, "polars", "DataFrame", "LazyFrame") or _made_by(table, "pyarrow", "Table"):
        _needs_pyarrow(table)
        return DuckDB.of_frame(table)
    if _made_by(table, "duckdb", "DuckDBPyRelation"):
        return DuckDB.of_relation(table)
    if isinstance(table, tuple) and len(table) == 2 and _made_by(table[0], "duckdb", "DuckDBPyConnection"):
        return DuckDB.of_table(table[0], str(table[1]))
    if _made_by(table, "pyspark", "DataFrame"):
        return Spark(table)
    raise InputError(f"The data must be {ACCEPTED}; got {type(table).__name__}.")


def _made_by(table: Any, package: str, *names: str) -> bool:
    homes = (package, f"_{package}")  # DuckDB's classes live in its compiled module
    return any(kind.__name__ in names and kind.__module__.split(".")[0] in homes for kind in type(table).__mro__)


def _needs_pyarrow(table: Any) -> None:
    if find_spec("pyarrow") is None:
        raise EngineMissing(f"Reading a {type(table).__name__} needs PyArrow: pip install 'decision_widgets[polars]'.")


def check_columns(available: Sequence[str], spec: MomentSpec) -> None:
    """Refuse a table that lacks columns or names one twice; all problems together."""
    wanted = spec.columns() | {name: "the design" for name in spec.also_named if name not in spec.columns()}
    missing = [column for column in wanted if column not in available]
    if len(missing) == 1:
        raise ColumnNotFound.among(missing[0], available, wanted[missing[0]])
    if missing:
        each = [f"{column!r} for {wanted[column]}{did_you_mean(column, available)}" for column in missing]
        raise ColumnNotFound(f"The table lacks columns: {'; '.join(each)}. It has: {listed(sorted(available))}.")
    twice = [column for column in wanted if available.count(column) > 1]
    if twice:
        raise InputError(f"The table has several columns called {twice[0]!r}; rename all but one.")


def _open_pandas(frame: Any, spec: MomentSpec) -> Engine:
    """Scan the columns that are read, under text names; Python objects are given one type or refused."""
    import pandas as pd

    names = [str(name) for name in frame.columns]
    check_columns(names, spec)
    wanted = spec.columns()
    unnamed = [name for name in wanted if name not in list(frame.columns)]
    if unnamed:
        raise InputError(
            f"The name of column {unnamed[0]!r} is no text; rename it, for example df.columns = df.columns.map(str)."
        )
    typed: dict[str, Any] = {}
    mixed: list[str] = []
    for name in wanted:
        column = frame.iloc[:, names.index(name)]
        if column.dtype == object and name in (spec.participant, spec.arm):
            typed[name] = _labels(column, name)
        elif column.dtype == object:
            found = _one_type(column)
            typed[name] = pd.Series(0.0, index=column.index) if found is None else found
            mixed += [name] if found is None else []
        else:
            typed[name], unfit = _plain(column)
            mixed += [name] if unfit else []
    return DuckDB.of_frame(pd.DataFrame(typed, index=frame.index), mixed, in_order=len(frame) <= IN_ORDER_UP_TO)


def _plain(column: Any) -> tuple[Any, bool]:
    """Return a typed column as DuckDB scans it, and whether it holds what is neither number, text nor date."""
    import pandas as pd

    if isinstance(column.dtype, pd.SparseDtype):
        return column.sparse.to_dense(), False
    if isinstance(column.dtype, pd.CategoricalDtype):
        numeric = column.cat.categories.dtype.kind in "iuf"
        return column.astype("float64" if numeric else "string"), False
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp(), False
    if column.dtype.kind in "mc":
        return pd.Series(0.0, index=column.index), True
    return column, False


def _labels(column: Any, name: str) -> Any:
    import pandas as pd

    try:
        pd.factorize(column)
    except TypeError as problem:
        raise InputError(f"The column {name!r} holds values that are no labels: {problem}.") from problem
    return column.map(lambda value: None if pd.isna(value) else label(value)).astype("string")


def _one_type(column: Any) -> Any:
    """Return Python objects as one type: numbers, truth values, texts, dates; ``None`` when they are none of these."""
    import pandas as pd

    present = column[~column.isna()]
    if all(isinstance(value, bool) for value in present):
        return column.astype("boolean")
    if all(isinstance(value, Real | Decimal) for value in present):
        return pd.Series([None if pd.isna(v) else _as_float(v) for v in column], index=column.index, dtype="float64")
    if all(isinstance(value, str | Real | Decimal) for value in present):
        return column.astype("string")
    if all(isinstance(value, date) for value in present):
        return pd.to_datetime(column)
    return None


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max
